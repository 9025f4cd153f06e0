"""Unsaved edits of a session that was not closed in order: offered, restored or forgotten."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.ui.session_file import SavedTab

if TYPE_CHECKING:
    from app.ui.main_window import MainWindow


class Recovery(QObject):
    """Asks in a bar over the tabs what becomes of the edits that were found (item 49)."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window

    def offer(self, count: int) -> None:
        """Ask about the edits of ``count`` tabs."""
        one = self.tr("Unsaved edits of one tab were found.")
        several = self.tr("Unsaved edits of {0} tabs were found.").format(count)
        self._window.recovery_bar.show_message(
            one if count == 1 else several,
            "warn",
            [(self.tr("Restore"), self.restore), (self.tr("Discard"), self.discard)],
            closable=False,
        )

    def restore(self) -> None:
        """Make the pages with unsaved edits as they were before the crash."""
        tabs = self._window.tabs
        self._window.recovery_bar.clear()
        held = [t for t in tabs if t.page is None and t.saved.unsaved is not None]
        for tab in held:
            tabs.realise(tab)
        if held:
            tabs.show_tab(held[0])

    def discard(self) -> None:
        """Forget the unsaved edits of the session before; the tabs stay."""
        self._window.recovery_bar.clear()
        for tab in self._window.tabs:
            if tab.page is None:
                old = tab.saved
                tab.saved = SavedTab(old.address, old.title, old.icon, old.state)
        self._window.touch()
