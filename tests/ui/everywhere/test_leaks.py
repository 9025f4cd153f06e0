"""Pages end with their tabs: nothing of them lives on, and nothing runs for them any more."""

from __future__ import annotations

import gc
import threading
import time
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent
from pytestqt.qtbot import QtBot

from tests.ui.conftest import THREADS, settle
from tests.ui.everywhere.tour import LISTS

if TYPE_CHECKING:
    from app.ui.main_window import MainWindow
    from app.ui.pages import Page

TIMES = 6
"""A page that stays is found by itself; what is left behind each time has to outgrow the noise."""

ADDRESSES = (
    "home",
    "help",
    "list?section=services",
    "record?section=services&id=1",
    "service?id=1",
    "compare?first=2&second=3",
    "import?service=10",
)


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_closed_page_leaves_nothing(
    make_window: Callable[..., MainWindow], demo_database: Path, qtbot: QtBot, address: str
) -> None:
    window = make_window(demo_database)
    page = window.open_address(address)
    settle(qtbot, window.jobs)
    window.close_page(page, ask=False)  # what is made once and kept is there now
    del page
    threads, children = _threads(), len(psutil.Process().children(recursive=True))
    gone: list[weakref.ref[Page]] = []
    for _ in range(TIMES):
        page = window.open_address(address)
        settle(qtbot, window.jobs)
        gone.append(weakref.ref(page))
        window.close_page(page, ask=False)
        del page
    _end_what_was_deleted()
    _until(lambda: not window.jobs.running)
    left = [p for ref in gone if (p := ref()) is not None]
    assert not [p for p in left if shiboken6.isValid(p)]
    if address != "home":
        assert not left, gc.get_referrers(left[0])
    _until(lambda: _threads() <= threads)
    _until(lambda: len(psutil.Process().children(recursive=True)) <= children)


def test_an_import_with_a_file_ends_its_process(
    make_window: Callable[..., MainWindow], demo_database: Path, qtbot: QtBot
) -> None:
    window = make_window(demo_database)
    before = len(psutil.Process().children(recursive=True))
    gone = []
    for _ in range(2):
        page = window.open_address("import?service=10")
        settle(qtbot, window.jobs)
        page.open_list(str(LISTS / "meridian_sms_2026-02.csv"))  # type: ignore[attr-defined]
        qtbot.waitUntil(
            lambda p=page: not p.wizard.busy and not window.jobs.running, timeout=20_000
        )
        gone.append(weakref.ref(page))
        window.close_page(page, ask=False)
        del page
    _end_what_was_deleted()
    assert not [p for ref in gone if (p := ref()) is not None and shiboken6.isValid(p)]
    assert not [ref for ref in gone if ref() is not None]
    _until(lambda: not window.jobs.running)
    _until(lambda: len(psutil.Process().children(recursive=True)) <= before)


def _threads() -> int:
    """Return the number of threads besides those of the jobs, which are kept for the next ones."""
    return len([t for t in threading.enumerate() if not t.name.startswith(THREADS)])


def _end_what_was_deleted() -> None:
    for _ in range(3):
        QCoreApplication.processEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        gc.collect()


def _until(reached: Callable[[], bool], seconds: float = 5.0) -> None:
    deadline = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < deadline, "something is still running"
        QCoreApplication.processEvents()
        time.sleep(0.02)
