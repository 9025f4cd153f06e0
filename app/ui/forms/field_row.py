"""One line of a form: its title, the value or its editor, help, number of characters, problem."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from app.domain.sections import Field, Kind
from app.ui import formats
from app.ui.forms.fields import TEXT_WIDTH, FieldEditor, Lookup, editor_of, shown_text
from app.ui.look.fonts import small_font
from app.ui.look.icons import icon
from app.ui.look.marks import set_mark
from app.ui.look.theme import theme
from app.ui.widgets.announce import announce

COUNTED_FROM = 0.8
"""Part of the longest text from which a line counts its characters; long texts always do."""

_SIGN = 14
_LABEL_TOP = 3


class _Cell(QWidget):
    """As high as its texts need at its one width.

    QFormLayout asks for the height at the width it could give, which cut texts of two lines.
    """

    def hasHeightForWidth(self) -> bool:
        return False

    def sizeHint(self) -> QSize:
        layout = self.layout()
        if layout is None:
            return super().sizeHint()
        height = layout.totalHeightForWidth(TEXT_WIDTH) if layout.hasHeightForWidth() else -1
        return QSize(TEXT_WIDTH, height if height >= 0 else layout.totalSizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()


class FieldRow(QObject):
    """The widgets of one field; ``title`` and ``cell`` stand in the two columns of a form."""

    def __init__(self, field: Field, lookup: Lookup, parent: QWidget) -> None:
        super().__init__(parent)
        self.field = field
        self.editor: FieldEditor = editor_of(field, lookup)
        self.problem = ""
        self._editing = False
        self._make(parent)
        self.editor.edited.connect(self._count)

    def _make(self, parent: QWidget) -> None:
        required = self.field.required
        self.title = QLabel(f"{self.field.title} *" if required else self.field.title, parent)
        self.title.setBuddy(self.editor.widget)
        self.title.setContentsMargins(0, _LABEL_TOP, 0, 0)
        self.title.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.title.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self.shown = QLabel()
        self.shown.setTextFormat(Qt.TextFormat.PlainText)
        self.shown.setWordWrap(True)
        self.shown.setContentsMargins(0, _LABEL_TOP, 0, 0)
        self.shown.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.note = _small("muted", wrap=True)
        self.count = _small("muted", wrap=False)
        self.trouble = _small("error", wrap=True)
        self._sign = QLabel()
        self._draw_sign()
        theme().changed.connect(self._draw_sign)
        self.reason = _small("muted", wrap=False)
        self.reason.setContentsMargins(0, _LABEL_TOP, 0, 0)
        self.cell = _Cell(parent)
        below = QHBoxLayout()
        below.setSpacing(8)
        below.addWidget(self.note, 1)
        below.addWidget(self.count, 0, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        red = QHBoxLayout()
        red.setSpacing(4)
        red.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        red.addWidget(self.trouble, 1)
        column = QVBoxLayout(self.cell)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.editor.widget, 0, Qt.AlignmentFlag.AlignLeft)
        value = QHBoxLayout()
        value.setSpacing(12)
        value.addWidget(self.shown, 1)
        value.addWidget(self.reason, 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(value)
        column.addLayout(red)
        column.addLayout(below)
        self.cell.setMaximumWidth(TEXT_WIDTH)
        self.cell.setMinimumWidth(TEXT_WIDTH)
        self.show_problem("")

    def show_value(self, value: Any, label: str = "") -> None:
        """Show a value, for reading and in the editor."""
        self.editor.put(value, label)
        text = shown_text(self.field, value, label)
        self.shown.setText(text or "—")
        self.shown.setAccessibleName(f"{self.field.title}: {text or self.tr('empty')}")
        set_mark(self.shown, "tone", "" if text else "muted")
        self._count()

    def set_editing(self, editing: bool, fixed: str = "") -> None:
        """Offer the editor, or the value alone; ``fixed`` says why it can't be changed."""
        self._editing = editing and not fixed
        self.editor.widget.setVisible(self._editing)
        self.shown.setVisible(not self._editing)
        self.reason.setText(fixed)
        self.reason.setVisible(editing and bool(fixed))
        self.note.setText(self.field.help)
        self.note.setVisible(self._editing and bool(self.field.help))
        required = self.field.required and self._editing
        self.title.setText(f"{self.field.title} *" if required else self.field.title)
        self.show_problem("")
        self._count()

    @property
    def is_editable(self) -> bool:
        """Whether the person can change the value now."""
        return self._editing

    def show_problem(self, sentence: str) -> None:
        """Show what is wrong below the field; "" takes it away (item 23)."""
        self.problem = sentence
        self.trouble.setText(sentence)
        self.trouble.setVisible(bool(sentence))
        self._sign.setVisible(bool(sentence))
        self.editor.set_invalid(bool(sentence))
        if sentence:
            announce(self.editor.widget, f"{self.field.title}: {sentence}")
        self.editor.widget.setAccessibleDescription(sentence or self.field.help)

    def _draw_sign(self) -> None:
        self._sign.setPixmap(icon("error", "error").pixmap(QSize(_SIGN, _SIGN)))

    def _count(self) -> None:
        """Tell how much of the longest text is written, once that matters."""
        longest, length = self.field.longest, self.editor.length()
        long_text = self.field.kind is Kind.LONG_TEXT
        told = self._editing and (
            (long_text and length > 0) or (length > 0 and length >= longest * COUNTED_FROM)
        )
        text = self.tr("{n} of {most} characters").format(
            n=formats.number(length), most=formats.number(longest)
        )
        self.count.setText(text)
        set_mark(self.count, "tone", "error" if length > longest else "muted")
        self.count.setVisible(told)


def _small(tone: str, *, wrap: bool) -> QLabel:
    label = QLabel()
    label.setFont(small_font())
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(wrap)
    set_mark(label, "tone", tone)
    return label
