"""One cell of the filter row: a text in the grammar of filters, or choices from a menu."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAction, QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QMenu, QToolButton, QWidget

from app.domain.sections import Choice, Column, Kind
from app.ui.lists import cells
from app.ui.lists.filter_words import asked, titled
from app.ui.look.icons import icon
from app.ui.look.marks import set_mark

PAUSE_MS = 200
"""After the last key, before the list is asked (desktop-ux §4)."""


class FilterEdit(QLineEdit):
    """Tells the filter text of one column; bad input is marked and changes nothing."""

    edited = Signal(str, str)
    """(column, text) 200 ms after the last key, if the text makes sense."""

    stepped = Signal(str, int)
    """(column, +1 or -1): Tab or Shift+Tab was pressed."""

    left = Signal()
    """Enter, Down or a second Esc: on to the rows."""

    def __init__(self, column: Column, parent: QWidget) -> None:
        super().__init__(parent)
        self.column = column
        self._told = ""
        self._problem = ""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PAUSE_MS)
        self._timer.timeout.connect(self.tell)
        self.setAccessibleName(self.tr("Filter %1").replace("%1", column.title))
        self.setPlaceholderText(self._hint())
        self.setToolTip(self._help())
        self.setAlignment(cells.alignment(column))
        self._warning: QAction | None = None  # made when there is something to warn of
        self._menu_action = self._add_menu()
        self.textEdited.connect(lambda _text: self._timer.start())

    # -------------------------------------------------------------------------- text

    @property
    def problem(self) -> str:
        """Return the sentence about a text that makes no sense, "" if it does."""
        return self._problem

    def show_text(self, text: str) -> None:
        """Show the filter that is in force, without telling it."""
        self._timer.stop()
        self._told = text
        shown = titled(text, self.column)
        if self.text() != shown:
            self.setText(shown)
            self.setCursorPosition(0)
        self._mark("")

    def tell(self) -> None:
        """Tell the text now if it is a new one and makes sense."""
        self._timer.stop()
        text = self.text().strip()
        try:
            asked(text, self.column)
        except ValueError as problem:
            self._mark(str(problem))
            return
        self._mark("")
        if text not in (self._told, titled(self._told, self.column)):
            self._told = text
            self.edited.emit(self.column.name, text)

    def _mark(self, problem: str) -> None:
        self._problem = problem
        if problem and self._warning is None:
            self._warning = self._add_button("warning", "error", self._help())
        if self._warning is not None:
            self._warning.setVisible(bool(problem))
            self._warning.setToolTip(problem)
        self.setToolTip(problem or self._help())
        self.setAccessibleDescription(problem)
        set_mark(self, "invalid", bool(problem))

    # -------------------------------------------------------------------------- choices

    def _choices(self) -> tuple[Choice, ...]:
        if self.column.kind is Kind.FLAG:
            return (Choice("yes", self.tr("Yes")), Choice("no", self.tr("No")))
        return self.column.choices

    def _add_menu(self) -> QAction | None:
        if not self._choices():
            return None
        action = self._add_button("chevron-down", "", self.tr("Choose values (Alt+Down)"))
        action.triggered.connect(self.show_choices)
        return action

    def _add_button(self, name: str, token: str, text: str) -> QAction:
        action = QAction(icon(name, token), text, self)
        self.addAction(action, QLineEdit.ActionPosition.TrailingPosition)
        for button in self.findChildren(QToolButton):
            if button.defaultAction() is action:
                button.setAccessibleName(f"{self.accessibleName()}: {text}")
        return action

    def show_choices(self) -> QMenu:
        """Open the menu of the column's values; each may be ticked."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        chosen = self._chosen()
        everything = menu.addAction(self.tr("All"))
        everything.setCheckable(True)
        everything.setChecked(not self.text().strip())
        everything.triggered.connect(lambda: self._choose([]))
        menu.addSeparator()
        for choice in self._choices():
            action = menu.addAction(choice.title)
            action.setCheckable(True)
            action.setChecked(choice.value in chosen)
            action.triggered.connect(lambda on, value=choice.value: self._turn(value, on))
        menu.popup(self.mapToGlobal(self.rect().bottomLeft()))
        return menu

    def _chosen(self) -> list[str]:
        """Return the values that the text leaves."""
        try:
            found = asked(self.text(), self.column)
        except ValueError:
            return []
        if found is None or found.op not in {"equals", "in", "differs"}:
            return []
        values = [_as_choice(value) for value in found.values]
        if found.op == "differs":
            return [c.value for c in self._choices() if c.value not in values]
        return values

    def _turn(self, value: str, on: bool) -> None:
        chosen = set(self._chosen()) ^ {value}
        kept = [c.value for c in self._choices() if c.value in chosen or (on and c.value == value)]
        self._choose([] if len(kept) == len(self._choices()) else kept)

    def _choose(self, values: list[str]) -> None:
        titles = [c.title for c in self._choices() if c.value in values]
        text = "|".join(titles)
        self.setText(text)
        if len(values) == 1 and self._chosen() != values:  # the title is a part of another one
            self.setText(f"={text}")
        self.tell()

    # -------------------------------------------------------------------------- keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key == Qt.Key.Key_Escape:
            self._escape()
        elif key == Qt.Key.Key_Down and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            if self._choices():
                self.show_choices()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down):
            self.tell()
            if not self._problem:
                self.left.emit()
        else:
            super().keyPressEvent(event)
            return
        event.accept()

    def _escape(self) -> None:
        if self.text():
            self.clear()
            self.tell()
        else:
            self.left.emit()

    def focusNextPrevChild(self, forward: bool) -> bool:
        self.tell()
        self.stepped.emit(self.column.name, 1 if forward else -1)
        return True

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.ShortcutFocusReason):
            self.selectAll()

    # -------------------------------------------------------------------------- texts

    def _hint(self) -> str:
        if self._choices():
            return self.tr("All")
        if self.column.kind in cells.NUMERIC:
            return self.tr("> 0")
        if self.column.kind in cells.TIMES:
            return self.tr("date")
        return self.tr("contains")

    def _help(self) -> str:
        if self._choices():
            return self.tr("A value or several: a|b; != for all others. Alt+Down shows them.")
        if self.column.kind in cells.NUMERIC or self.column.kind in cells.TIMES:
            return self.tr("=5, !=5, >5, >=5, <5, <=5, a range 1..5, empty, filled")
        return self.tr("Part of the text; =whole text, ^beginning, !without, a|b, empty, filled")


def _as_choice(value: object) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)
