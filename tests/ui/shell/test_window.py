"""The window around the pages: tabs, navigation, state, closing."""

from __future__ import annotations

from app.ui.main_window import MainWindow


def test_the_window_opens_a_database(window: MainWindow) -> None:
    assert window.jobs.session is not None
    assert window.page is not None
    assert window.page.title() == "Start"
