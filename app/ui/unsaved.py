"""Asking Save / Discard / Cancel before something closes, only where something is unsaved."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from app.ui.tab_bar import Tab, Tabs


def ask_unsaved(
    parent: QWidget, tabs: Tabs, closing: Sequence[Tab], then: Callable[[], object]
) -> None:
    """Ask if one of the tabs ``closing`` is unsaved; go on with ``then`` unless told to stay.

    Saving happens in the background: the first page that can't be saved stays in front, and
    ``then`` is not called (item 25).
    """
    dirty = [t for t in closing if t.is_dirty()]
    if not dirty:
        then()
        return
    from app.ui.widgets.confirm import ask_save

    tabs.show_tab(dirty[0])
    title = QCoreApplication.translate("unsaved", "Unsaved changes")
    answer = ask_save(parent, title, [t.title() for t in dirty])
    if answer == "discard":
        for tab in dirty:
            if tab.page is not None:
                tab.page.discard()
        then()
    elif answer == "save":
        _save_all(tabs, dirty, then)


def _save_all(tabs: Tabs, dirty: Sequence[Tab], then: Callable[[], object]) -> None:
    """Save one page after the other."""
    tab, *rest = dirty

    def saved(worked: bool) -> None:
        if not worked:
            tabs.show_tab(tab)
        elif rest:
            _save_all(tabs, rest, then)
        else:
            then()

    assert tab.page is not None
    tab.page.save(saved)
