"""An input that holds several values as chips, and a field at its end that adds more."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QLabel, QWidget

from app.ui.look.marks import set_mark
from app.ui.widgets.announce import announce
from app.ui.widgets.buttons import icon_button
from app.ui.widgets.flow_layout import FlowLayout
from app.ui.widgets.type_ahead import Option, TypeAhead

ENTRY_WIDTH = 170
SEPARATORS = ",;"
_WIDEST_TEXT = 330
_CROSS = 12
_PAD = 4
_ENTERS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_REMOVES = (Qt.Key.Key_Backspace, Qt.Key.Key_Delete)


class ChipsBox(QFrame):
    """Chips (key, text) and an entry. Enter or a comma adds, Backspace in the empty entry removes.

    The crosses of the chips take the keyboard: Left and Right walk over them, Delete removes. With
    ``free`` any text can be added, else only proposals.
    """

    edited = Signal()

    def __init__(self, *, free: bool, placeholder: str, width: int) -> None:
        super().__init__()
        self.free = free
        self.is_wrong: Callable[[str], bool] = lambda _text: False
        self._items: list[tuple[str, str]] = []
        self._chips: list[_Chip] = []
        self._name = ""
        set_mark(self, "chips", True)
        self.setFixedWidth(width)
        self.entry = TypeAhead(placeholder=placeholder, free_text=free)
        self.entry.setFixedWidth(ENTRY_WIDTH)
        self._flow = FlowLayout(self)
        self.setContentsMargins(_PAD, _PAD, _PAD, _PAD)
        self._flow.addWidget(self.entry)
        self.setFocusProxy(self.entry)
        self.entry.line.installEventFilter(self)
        self.entry.chosen.connect(self._chosen)
        if free:
            self.entry.edited.connect(self._split)
        self._fit()

    # ------------------------------------------------------------------ items

    def items(self) -> list[tuple[str, str]]:
        """Return (key, text) of each chip."""
        return list(self._items)

    def set_items(self, items: Sequence[tuple[str, str]]) -> None:
        """Show other chips, without what was being typed. No signal."""
        self._items = list(dict(items).items())
        self.entry.set_value(None, "")
        self._show()

    def pending(self) -> str:
        """Return a text that is typed and not yet a chip."""
        return self.entry.text().strip() if self.free else ""

    def add(self, key: str, text: str) -> bool:
        """Add a chip; False if it is there already."""
        if not key or key.casefold() in {known.casefold() for known, _ in self._items}:
            return False
        self._items.append((key, text))
        self._show()
        announce(self.entry.line, self.tr("Added {name}").format(name=text))
        return True

    def remove(self, key: str) -> None:
        """Take a chip away as the person asked; the keyboard goes to its neighbour."""
        place = [known for known, _ in self._items].index(key)
        text = self._items.pop(place)[1]
        self._show()
        self._focus(min(place, len(self._chips)))
        announce(self.entry.line, self.tr("Removed {name}").format(name=text))
        self.edited.emit()

    def commit(self) -> None:
        """Turn what is typed into a chip, if any text may be one."""
        text = self.pending()
        if text:
            self.entry.set_value(None, "")
            if self.add(text, text):
                self.edited.emit()

    def setAccessibleName(self, name: str) -> None:
        super().setAccessibleName(name)
        self._name = name
        self._tell_items()

    # ------------------------------------------------------------------ showing

    def _show(self) -> None:
        for chip in self._chips:
            self._flow.removeWidget(chip)
            chip.hide()
            chip.deleteLater()
        self._flow.removeWidget(self.entry)
        self._chips = [
            _Chip(key, text, self, wrong=self.is_wrong(text)) for key, text in self._items
        ]
        for widget in (*self._chips, self.entry):
            self._flow.addWidget(widget)
        self._tell_items()
        self._fit()

    def _tell_items(self) -> None:
        texts = ", ".join(text for _, text in self._items)
        words = self.tr("{name}: {texts}").format(name=self._name, texts=texts)
        self.entry.setAccessibleName(words if texts else self._name)

    def _fit(self) -> None:
        """Be as high as the lines of chips."""
        self.setFixedHeight(self._flow.heightForWidth(self.width() - 2 * _PAD) + 2 * _PAD)
        self._flow.invalidate()
        self.updateGeometry()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.FontChange):
            self._fit()

    # ------------------------------------------------------------------ keys and mouse

    def step(self, chip: QWidget | None, way: int) -> None:
        """Go from a chip (None = the entry) to the one beside it."""
        place = self._chips.index(chip) if isinstance(chip, _Chip) else len(self._chips)
        self._focus(place + way)

    def _focus(self, place: int) -> None:
        if 0 <= place < len(self._chips):
            self._chips[place].cross.setFocus(Qt.FocusReason.OtherFocusReason)
        elif place >= len(self._chips):
            self.entry.line.setFocus(Qt.FocusReason.OtherFocusReason)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.entry.line.setFocus(Qt.FocusReason.MouseFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is not self.entry.line:
            return False
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._key_pressed(event)
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            inside = event.type() == QEvent.Type.FocusIn
            set_mark(self, "focused", inside)
            popup = Qt.FocusReason.PopupFocusReason
            if not inside and isinstance(event, QFocusEvent) and event.reason() != popup:
                self.commit()
        return False

    def _key_pressed(self, event: QKeyEvent) -> bool:
        line, key = self.entry.line, event.key()
        if key in (Qt.Key.Key_Backspace, Qt.Key.Key_Left) and not line.text() and self._chips:
            if key == Qt.Key.Key_Left:
                self.step(None, -1)
            else:
                self.remove(self._items[-1][0])
                line.setFocus(Qt.FocusReason.OtherFocusReason)
            return True
        if key in _ENTERS and not self.entry.is_open() and self.pending():
            self.commit()
            return True
        if event.text() and event.text() in SEPARATORS:
            return self._separated()
        return False

    def _separated(self) -> bool:
        """Add at a comma what is typed, or the marked proposal."""
        if self.free:
            self.commit()
        elif self.entry.is_open():
            enter = QKeyEvent(
                QEvent.Type.KeyPress, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier
            )
            QApplication.sendEvent(self.entry.line, enter)
        return True

    def _chosen(self, option: Option) -> None:
        self.entry.set_value(None, "")
        if self.add(str(option.key), option.text):
            self.edited.emit()

    def _split(self, text: str) -> None:
        """Turn a pasted list into chips; other changes are an edit as well."""
        parts = [part.strip() for part in _parted(text)]
        if len(parts) > 1:
            self.entry.set_value(None, "")
            for part in parts:
                self.add(part, part)
        self.edited.emit()


class _Chip(QFrame):
    """A value and the cross that takes it away."""

    def __init__(self, key: str, text: str, box: ChipsBox, *, wrong: bool) -> None:
        super().__init__(box)
        self.key = key
        self._box = box
        set_mark(self, "chip", True)
        set_mark(self, "invalid", wrong)
        shown = self.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, _WIDEST_TEXT)
        words = QLabel(shown)
        words.setTextFormat(Qt.TextFormat.PlainText)
        words.setToolTip(text if shown != text else "")
        set_mark(words, "tone", "error" if wrong else "")
        self.cross = icon_button("close", box.tr("Remove {name}").format(name=text))
        self.cross.setIconSize(QSize(_CROSS, _CROSS))
        self.cross.clicked.connect(lambda: box.remove(key))
        self.cross.installEventFilter(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 2, 0)
        row.setSpacing(2)
        row.addWidget(words)
        row.addWidget(self.cross)
        self.show()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        key = event.key()
        if key in _REMOVES:
            self._box.remove(self.key)
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self._box.step(self, -1 if key == Qt.Key.Key_Left else 1)
        else:
            return False
        return True


def _parted(text: str) -> list[str]:
    for sign in SEPARATORS[1:]:
        text = text.replace(sign, SEPARATORS[0])
    return text.split(SEPARATORS[0])
