"""The real window under load: gaps of its event loop while a million rows come in, first paints."""

from __future__ import annotations

import gc
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QLocale, QObject, Qt
from PySide6.QtWidgets import QApplication, QTableView, QTreeView

from app.__main__ import GARBAGE_THRESHOLD
from tests.bench.sheets import voice_deck
from tests.bench.ticker import Gap, Ticker, until
from tests.bench.window_gaps import compare_gap, page_gaps, theme_gap

if TYPE_CHECKING:
    from app.ui.main_window import MainWindow
    from app.ui.pages import Page

SMALL = 1_000
PAINT_ROUNDS = 5
VIEWS = (QTableView, QTreeView)


def run_load(folder: Path, rows: int, only: str) -> None:
    """Import ``rows`` rates through the wizard, then open them as a tree and as a list."""
    from tests.bench.window import GOAL_GAP_MS, GOAL_PAINT, told

    window, opening = _window(folder)
    big = _service(window, "Big", rows, watched=True)
    small = _service(window, "Small", SMALL, watched=False)
    if only in {"", "gaps"}:

        def told_gap(what: str, gap: Gap, detail: str = "") -> None:
            goal = f"<= {GOAL_GAP_MS:.0f}"
            work = f"{gap.worked:.0f} ms of it work of the window itself"
            told(f"longest gap: {what}", gap.length, " ms", goal, f"{work}, {detail}".strip(", "))

        told_gap("open the first database", opening, "everything is loaded meanwhile")
        for phase, gap in big.gaps.items():
            told_gap(phase, gap, f"{big.seconds[phase]:.1f} s, {rows:,} rows")
        for what, gap in page_gaps(window, small.service, small.scope).items():
            told_gap(what, gap)
        told_gap("another theme", theme_gap(window))
        gap, seconds = compare_gap(window, big.service, big.scope)
        told_gap(f"compare {rows:,} rates with {rows:,}", gap, f"{seconds:.1f} s")
    if only in {"", "paint"}:
        for what, address in (
            ("tree", "service?id={service}&scope={scope}"),
            ("list of rates", "list?section=rates&scope={scope}"),
        ):
            long, short = _paints(window, address, big), _paints(window, address, small)
            told(
                f"first paint of the {what} of {rows:,} against {SMALL:,}",
                long / short,
                "x",
                f"<= {GOAL_PAINT}",
                f"{long * 1000:.0f} ms against {short * 1000:.0f} ms",
            )
    window.end()


class _Imported:
    """A service with its rates, and what its import cost the window."""

    def __init__(self, service: int, scope: int) -> None:
        self.service, self.scope = service, scope
        self.gaps: dict[str, Gap] = {}
        self.seconds: dict[str, float] = {}


def _window(folder: Path) -> tuple[MainWindow, Gap]:
    """Return the window with a new database, and the longest gap while it was opened."""
    QLocale.setDefault(QLocale("en_US"))
    application = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(application, QApplication)
    from app.ui import pace
    from app.ui.look import fonts
    from app.ui.look.theme import theme
    from app.ui.main_window import MainWindow
    from app.ui.widgets import wheel_guard

    pace.begin()
    gc.set_threshold(GARBAGE_THRESHOLD)
    fonts.install(application)
    theme().apply(application, "light")
    window = MainWindow()
    window.resize(1366, 768)
    window.show()
    wheel_guard.install(application)
    window.jobs.faulted.connect(lambda problem, _title: _fail(problem))
    window.databases.loaded.connect(pace.loaded, Qt.ConnectionType.SingleShotConnection)
    ticker = Ticker()
    ticker.begin()
    window.open_target(str(folder / "bench.db"), create=True)
    until(lambda: window.jobs.session is not None and not window.jobs.running)
    return window, ticker.end()


def _fail(problem: BaseException) -> None:
    raise SystemExit(f"the window met a fault: {problem!r}")


def _service(window: MainWindow, name: str, rows: int, *, watched: bool) -> _Imported:
    """Make a service and import a deck into it through the wizard."""
    from app.services.tariffs.scopes import NewScope, add_scope
    from app.services.tariffs.services import NewService, add_service

    deck = voice_deck(Path(_cache()) / f"voice_{rows}.xlsx", rows)
    session = window.jobs.session
    assert session is not None
    service = add_service(session.context(), NewService(name, "payg", "USD", side="cost"))
    scope = add_scope(session.context(), NewScope(name, "2026-01-01")).id
    done = _Imported(service, scope)
    page: Any = window.open_address(f"import?service={service}&scope={scope}")
    until(lambda: page.wizard.target is not None)
    ticker = Ticker()

    def phase(what: str, begin: Callable[[], object], reached: Callable[[], object]) -> None:
        start = time.perf_counter()
        if watched:
            ticker.begin()
        begin()
        until(reached)
        if watched:
            done.gaps[what], done.seconds[what] = ticker.end(), time.perf_counter() - start

    wizard = page.wizard
    phase(
        "reading, matching, drafting", lambda: page.open_list(str(deck)), lambda: _drafted(wizard)
    )
    if wizard.problem or wizard.file_problem:
        raise SystemExit(f"{wizard.problem}{wizard.file_problem}")

    def look() -> None:
        for step in range(1, 5):
            page.go_to(step)
            until(lambda: not window.jobs.running)

    phase("looking at every step", look, lambda: True)
    phase("committing", page.commit, lambda: page.outcome is not None)
    window.close_page(page, ask=False)
    gc.collect()
    return done


def _drafted(wizard: Any) -> bool:
    settled = not wizard.busy
    return settled and (wizard.draft is not None or bool(wizard.problem or wizard.file_problem))


def _cache() -> str:
    import tempfile

    folder = Path(tempfile.gettempdir()) / "tariffdesk-bench"
    folder.mkdir(exist_ok=True)
    return str(folder)


class _Paint(QObject):
    """Notes when a view was painted with rows in it."""

    def __init__(self, page: Page) -> None:
        super().__init__()
        self.at = 0.0
        self._page = page
        application = QApplication.instance()
        assert application is not None
        application.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        view = watched.parent()
        if event.type() == QEvent.Type.Paint and not self.at and isinstance(view, VIEWS):
            model = view.model()
            shown = view.isVisible() and self._page.isAncestorOf(view)
            if shown and model is not None and model.index(0, 0).data() not in {None, "", "…"}:
                self.at = time.perf_counter()
        return False


def _paints(window: MainWindow, template: str, imported: _Imported) -> float:
    """Return the median time from *open* to the first paint with rows, in seconds."""
    address = template.format(service=imported.service, scope=imported.scope)
    times = []
    for _ in range(PAINT_ROUNDS + 1):
        start = time.perf_counter()
        page = window.open_address(address)
        paint = _Paint(page)
        until(lambda paint=paint: paint.at)
        times.append(paint.at - start)
        application = QApplication.instance()
        assert application is not None
        application.removeEventFilter(paint)
        until(lambda: not window.jobs.running)
        window.close_page(page, ask=False)
        until(lambda: not window.jobs.running)
    return statistics.median(times[1:])
