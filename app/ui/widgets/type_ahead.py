"""A field that proposes what a typed text may mean; the proposals come from a job.

Keyboard: Down opens and moves, Enter and Tab take the marked proposal, Shift+Del deletes one that
has a cross, Esc closes the list and then puts the value back. It can be the editor of a cell:
Enter, Tab and Esc reach the view when the list is closed, and losing the focus ends the edit.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QFocusEvent, QHideEvent, QKeyEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLineEdit, QToolButton, QWidget

from app.ui.look.icons import icon
from app.ui.widgets.announce import announce
from app.ui.widgets.option_list import Option, OptionList

Reply = Callable[[Sequence[Option]], object]
Source = Callable[[str, Reply], object]
"""Called with the typed text and where to put the proposals, which may be called at any time."""

DEBOUNCE_MS = 120
WAIT_MS = 250
"""After so long without an answer the list says that it is searching."""

__all__ = ["Option", "TypeAhead"]


class TypeAhead(QWidget):
    """Line edit with a list of proposals below it. The value is the key of an option, or None."""

    chosen = Signal(object)
    """The Option that was taken."""

    dropped = Signal(object)
    """The Option that is to be deleted: its cross was clicked."""

    edited = Signal(str)
    """The text, after each change by the person."""

    cleared = Signal()
    """The person emptied the field and left it; the value is None now."""

    def __init__(
        self,
        parent: QWidget | None = None,
        *,
        placeholder: str = "",
        two_lines: bool = False,
        free_text: bool = False,
    ) -> None:
        super().__init__(parent)
        self._source: Source | None = None
        self._free_text = free_text
        self._serial = 0
        self._key: object = None
        self._kept = ""
        self.line = QLineEdit(self)
        self.line.setPlaceholderText(placeholder)
        self.line.installEventFilter(self)
        self.line.textEdited.connect(self._typed)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.line)
        self.setFocusProxy(self.line)
        self.setAutoFillBackground(True)
        self._list = OptionList(self.line, two_lines=two_lines)
        self._list.taken.connect(self._take)
        self._list.dropped.connect(self._drop)
        self._timer = _single_shot(self, DEBOUNCE_MS, self._search)
        self._patience = _single_shot(self, WAIT_MS, self._say_searching)

    def set_source(self, source: Source | None) -> None:
        """Take where proposals come from; without one the field is a plain line edit."""
        self._source = source

    def add_button(self) -> None:
        """Put a button at the end that opens the list, so that a chosen value shows its kind."""
        words = self.tr("Show what can be chosen (Down)")
        action = QAction(icon("chevron-down"), words, self.line)
        self.line.addAction(action, QLineEdit.ActionPosition.TrailingPosition)
        for button in self.line.findChildren(QToolButton):
            if button.defaultAction() is action:
                button.setAccessibleName(words)
        action.triggered.connect(self._pressed)

    def _pressed(self) -> None:
        self.line.setFocus(Qt.FocusReason.MouseFocusReason)
        if self.is_open():
            self._forget_search()
        else:
            self._search()

    def set_value(self, key: object, text: str) -> None:
        """Show a value: its key and the text that stands for it. No signal."""
        self._forget_search()
        self._key, self._kept = key, text
        self.line.setText(text)
        self.line.setCursorPosition(0)

    def value(self) -> object:
        """Return the key of the value, None without one."""
        return self._key

    def text(self) -> str:
        """Return the text shown."""
        return self.line.text()

    def setAccessibleName(self, name: str) -> None:
        """Name the field; the focus is in its line edit, so that gets the name."""
        super().setAccessibleName(name)
        self.line.setAccessibleName(name)

    def options(self) -> list[Option]:
        """Return the proposals shown, none while the list is closed."""
        return self._list.options() if self.is_open() else []

    def is_open(self) -> bool:
        """Whether the list of proposals is shown."""
        return self._list.isVisible()

    def open(self) -> None:
        """Ask for proposals at once, for an editor that starts with its list."""
        self._search()

    def close_list(self) -> None:
        """Close the list; answers under way are dropped."""
        self._forget_search()

    # What the person does

    def _typed(self, text: str) -> None:
        self.edited.emit(text)
        self._serial += 1  # an answer to what was typed before is stale now
        if self._free_text:
            self._key, self._kept = None, text
        self._timer.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.line:
            if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
                return self._key_pressed(event)
            if event.type() == QEvent.Type.FocusOut and isinstance(event, QFocusEvent):
                self._left(event)
        return False

    def _key_pressed(self, event: QKeyEvent) -> bool:
        key = event.key()
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up) and not event.modifiers():
            return self._moved(key)
        if not self.is_open():
            return key == Qt.Key.Key_Escape and self._reverted()
        if key in (Qt.Key.Key_PageDown, Qt.Key.Key_PageUp):
            self._list.page(1 if key == Qt.Key.Key_PageDown else -1)
            return True
        if key == Qt.Key.Key_Escape:
            self._forget_search()
            return True
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            return self._accepted()
        if key == Qt.Key.Key_Tab:
            self._accepted()
        if key == Qt.Key.Key_Delete and event.modifiers() == Qt.KeyboardModifier.ShiftModifier:
            return self._drop(self._list.current())
        return False

    def _drop(self, option: Option | None) -> bool:
        if option is None or not option.drops:
            return False
        self._forget_search()
        self.dropped.emit(option)
        return True

    def _moved(self, key: int) -> bool:
        if self.is_open():
            self._list.step(1 if key == Qt.Key.Key_Down else -1)
            return True
        if key == Qt.Key.Key_Down and self._source is not None:
            self._search()
            return True
        return False

    def _accepted(self) -> bool:
        option = self._list.current()
        if option is None:
            return False
        self._take(option)
        return True

    def _reverted(self) -> bool:
        if self.line.text() == self._kept:
            return False
        self._forget_search()
        self.line.setText(self._kept)
        self.line.selectAll()
        return True

    def _take(self, option: Option) -> None:
        self.set_value(option.key, option.text)
        self.line.setFocus()
        self.chosen.emit(option)

    def _left(self, event: QFocusEvent) -> None:
        """Settle what was typed and let a view know that its editor lost the focus."""
        if event.reason() == Qt.FocusReason.PopupFocusReason:
            return
        self._forget_search()
        if not self._free_text and self.line.text() != self._kept:
            if self.line.text().strip():
                self.line.setText(self._kept)
            else:
                self.set_value(None, "")
                self.cleared.emit()
        QApplication.sendEvent(self, QFocusEvent(QEvent.Type.FocusOut, event.reason()))

    def hideEvent(self, event: QHideEvent) -> None:
        self._forget_search()
        super().hideEvent(event)

    # Proposals

    def _search(self) -> None:
        self._timer.stop()
        if self._source is None:
            return
        self._serial += 1
        self._patience.start()
        # Opened on an unchanged value, the list offers everything, not only that value.
        text = "" if self.line.text() == self._kept and self._key is not None else self.line.text()
        self._source(text, partial(self._answered, self._serial))

    def _answered(self, serial: int, options: Sequence[Option]) -> None:
        if serial != self._serial or not self.line.hasFocus():
            return
        self._patience.stop()
        text = self.line.text()
        nothing = self.tr("Nothing matches “%1”").replace("%1", text)
        self._list.show_options(options, text, nothing if text else self.tr("Nothing to choose"))
        announce(self.line, self.tr("%n proposal(s)", "", len(options)))

    def _say_searching(self) -> None:
        if self.line.hasFocus():
            self._list.show_options((), "", self.tr("Searching…"))

    def _forget_search(self) -> None:
        self._serial += 1
        self._timer.stop()
        self._patience.stop()
        self._list.hide()


def _single_shot(parent: QObject, milliseconds: int, slot: Callable[[], object]) -> QTimer:
    timer = QTimer(parent)
    timer.setSingleShot(True)
    timer.setInterval(milliseconds)
    timer.timeout.connect(slot)
    return timer
