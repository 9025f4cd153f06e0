"""A list, or in its place the fact that there is nothing to list and what to do (item 45)."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QStackedLayout, QWidget

from app.ui.widgets.empty_state import EmptyState


class ListOrFact(QWidget):
    """Shows a view while it has rows."""

    def __init__(self, view: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.nothing = EmptyState()
        self._view = view
        self._stack = QStackedLayout(self)
        self._stack.addWidget(view)
        self._stack.addWidget(self.nothing)

    def show_list(self) -> None:
        """Show the view."""
        self._stack.setCurrentWidget(self._view)

    def show_fact(
        self,
        icon_name: str,
        fact: str,
        hint: str = "",
        action: tuple[str, Callable[[], object]] | None = None,
    ) -> None:
        """Show why the view is empty, with at most one way out."""
        actions = [(*action, False)] if action else []
        self.nothing.set(icon_name, fact, hint, actions)
        self._stack.setCurrentWidget(self.nothing)
