"""The real window under load: gaps of its event loop while a million rows come in, first paints."""

from __future__ import annotations

import gc
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QLocale, QObject, QTimer
from PySide6.QtWidgets import QApplication, QTableView, QTreeView

from tests.bench.sheets import voice_deck

if TYPE_CHECKING:
    from app.ui.main_window import MainWindow
    from app.ui.pages import Page

TICK_MS = 5
WAIT_SECONDS = 600.0
SMALL = 1_000
PAINT_ROUNDS = 5
VIEWS = (QTableView, QTreeView)


def run_load(folder: Path, rows: int, only: str) -> None:
    """Import ``rows`` rates through the wizard, then open them as a tree and as a list."""
    from tests.bench.window import GOAL_GAP_MS, GOAL_PAINT, told

    window = _window(folder)
    big = _service(window, "Big", rows, watched=True)
    small = _service(window, "Small", SMALL, watched=False)
    for phase, gap in big.gaps.items():
        if only in {"", "gaps"}:
            detail = f"{big.seconds[phase]:.1f} s, {rows:,} rows"
            told(
                f"longest gap of the event loop: {phase}",
                gap,
                " ms",
                f"<= {GOAL_GAP_MS:.0f}",
                detail,
            )
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
        self.gaps: dict[str, float] = {}
        self.seconds: dict[str, float] = {}


class _Ticker(QObject):
    """A timer that should fire every 5 ms; its longest delay is the longest gap of the loop."""

    def __init__(self) -> None:
        super().__init__()
        self._timer = QTimer(self)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._tick)
        self.longest = 0.0
        self._last = 0.0

    def begin(self) -> None:
        self.longest, self._last = 0.0, time.perf_counter()
        self._timer.start()

    def end(self) -> float:
        """Return the longest gap in milliseconds."""
        self._tick()
        self._timer.stop()
        return self.longest * 1000

    def _tick(self) -> None:
        now = time.perf_counter()
        self.longest = max(self.longest, now - self._last)
        self._last = now


def _window(folder: Path) -> MainWindow:
    QLocale.setDefault(QLocale("en_US"))
    application = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(application, QApplication)
    from app.ui.look import fonts
    from app.ui.look.theme import theme
    from app.ui.main_window import MainWindow

    fonts.install(application)
    theme().apply(application, "light")
    window = MainWindow()
    window.resize(1366, 768)
    window.show()
    window.jobs.faulted.connect(lambda problem, _title: _fail(problem))
    window.open_target(str(folder / "bench.db"), create=True)
    _until(lambda: window.jobs.session is not None and not window.jobs.running)
    return window


def _fail(problem: BaseException) -> None:
    raise SystemExit(f"the window met a fault: {problem!r}")


def _until(reached: Callable[[], object], seconds: float = WAIT_SECONDS) -> None:
    deadline = time.monotonic() + seconds
    application = QApplication.instance()
    assert application is not None
    while not reached():
        if time.monotonic() > deadline:
            raise SystemExit("the window did not get there in time")
        application.processEvents()
        time.sleep(0.001)


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
    _until(lambda: page.wizard.target is not None)
    ticker = _Ticker()

    def phase(what: str, begin: Callable[[], object], reached: Callable[[], object]) -> None:
        start = time.perf_counter()
        if watched:
            ticker.begin()
        begin()
        _until(reached)
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
            _until(lambda: not window.jobs.running)

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
        _until(lambda paint=paint: paint.at)
        times.append(paint.at - start)
        application = QApplication.instance()
        assert application is not None
        application.removeEventFilter(paint)
        _until(lambda: not window.jobs.running)
        window.close_page(page, ask=False)
        _until(lambda: not window.jobs.running)
    return statistics.median(times[1:])
