"""Gaps of the event loop in everyday actions: opening, every kind of page, the theme, comparing."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QApplication

from tests.bench.ticker import Gap, Ticker, until

if TYPE_CHECKING:
    from app.ui.main_window import MainWindow

ROUNDS = 3
QUIET_SECONDS = 0.15
"""What a page does in turns of its own follows within this time."""

PAGES = (
    ("start page", "home"),
    ("list of services", "list?section=services"),
    ("list of rates", "list?section=rates&scope={scope}"),
    ("form", "record?section=services&id={service}"),
    ("service", "service?id={service}&scope={scope}"),
    ("comparison", "compare"),
    ("import", "import?service={service}&scope={scope}"),
    ("help", "help"),
)


def page_gaps(window: MainWindow, service: int, scope: int) -> dict[str, Gap]:
    """Return the longest gap of opening each kind of page, the best of some."""
    found = {}
    for name, template in PAGES:
        address = template.format(service=service, scope=scope)
        found[f"open a page: {name}"] = _best(_page(window, address) for _ in range(ROUNDS))
    return found


def _page(window: MainWindow, address: str) -> Gap:
    ticker = Ticker()
    ticker.begin()
    page = window.open_address(address)
    _quiet(window)
    gap = ticker.end()
    window.close_page(page, ask=False)
    _quiet(window)
    return gap


def theme_gap(window: MainWindow) -> Gap:
    """Return the longest gap of showing another theme, with the start page open."""
    from app.ui.look.theme import theme

    application = QApplication.instance()
    assert isinstance(application, QApplication)

    def switched(name: str) -> Gap:
        return _gap(window, lambda: theme().apply(application, name))

    return _best(switched(name) for name in ("dark", "light") * ROUNDS)


def compare_gap(window: MainWindow, service: int, scope: int) -> tuple[Gap, float]:
    """Return the longest gap and the seconds of comparing a scope with its copy."""
    from app.services.tariffs.scopes import NewScope, add_scope

    session = window.jobs.session
    assert session is not None
    new = NewScope(str(service), "2027-01-01", copy_from=scope)
    copy = add_scope(session.context(), new).id
    start, ticker = time.perf_counter(), Ticker()
    ticker.begin()
    page: Any = window.open_address(f"compare?first={scope}&second={copy}")
    until(lambda: page.model is not None)
    page.model.apply(kinds=("unchanged",), text="")
    until(lambda: page.model.total)
    seconds = time.perf_counter() - start
    _quiet(window)
    gap = ticker.end()
    window.close_page(page, ask=False)
    _quiet(window)
    return gap, seconds


def _gap(window: MainWindow, act: Callable[[], object]) -> Gap:
    ticker = Ticker()
    ticker.begin()
    act()
    _quiet(window)
    return ticker.end()


def _best(gaps: Iterable[Gap]) -> Gap:
    return min(gaps, key=lambda gap: gap.length)


def _quiet(window: MainWindow) -> None:
    over = time.monotonic() + QUIET_SECONDS
    until(lambda: not window.jobs.running and time.monotonic() > over)
