"""One line of a form: its title, the value or its editor, help, number of characters, problem."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from app.domain.sections import Field, Kind
from app.ui import formats
from app.ui.forms.editor import FieldEditor, Lookup
from app.ui.forms.fields import editor_of
from app.ui.forms.remarks import Remark
from app.ui.forms.shown import shown_text
from app.ui.forms.value_label import ValueLabel
from app.ui.look.marks import set_mark
from app.ui.widgets.announce import announce
from app.ui.widgets.buttons import push_button

COUNTED_FROM = 0.8
"""Part of the longest text from which a line counts its characters; long texts always do."""

_LABEL_TOP = 3


class _Cell(QWidget):
    """As high as its texts need at its one width.

    QFormLayout asks for the height at the width it could give, which cut texts of two lines.
    """

    def __init__(self, width: int, parent: QWidget) -> None:
        super().__init__(parent)
        self._width = width
        self.setFixedWidth(width)

    def hasHeightForWidth(self) -> bool:
        return False

    def sizeHint(self) -> QSize:
        layout = self.layout()
        if layout is None:
            return super().sizeHint()
        height = layout.totalHeightForWidth(self._width) if layout.hasHeightForWidth() else -1
        return QSize(self._width, height if height >= 0 else layout.totalSizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()


class FieldRow(QObject):
    """The widgets of one field; ``title`` and ``cell`` stand in the two columns of a form."""

    link_opened = Signal()
    """The shown value, which is a link (:meth:`set_link`), was clicked."""

    fill_asked = Signal()
    """The button that fills other fields from this one was pressed."""

    def __init__(self, field: Field, lookup: Lookup, parent: QWidget) -> None:
        super().__init__(parent)
        self.field = field
        self.editor: FieldEditor = editor_of(field, lookup)
        self.problem = self.advice = ""
        self._editing = self._new = self._linked = False
        self._value: Any = None
        self._label = self._zone = ""
        self._make(parent)
        self._lay_out()
        self.editor.edited.connect(self._count)

    def _make(self, parent: QWidget) -> None:
        required = self.field.required
        self.title = QLabel(f"{self.field.title} *" if required else self.field.title, parent)
        self.title.setBuddy(self.editor.widget)
        self.title.setContentsMargins(0, _LABEL_TOP, 0, 0)
        self.title.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.title.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self.cell = _Cell(self.editor.WIDTH, parent)
        self.shown = ValueLabel(self.cell)
        self.shown.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.shown.setContentsMargins(0, _LABEL_TOP, 0, 0)
        self.shown.opened.connect(self.link_opened)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self.cell)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        entry, value, wrong, odd, below = (QHBoxLayout() for _ in range(5))
        for line, spacing in ((entry, 8), (value, 12), (wrong, 4), (odd, 4), (below, 8)):
            line.setSpacing(spacing)
            column.addLayout(line)
        column.addStretch(1)
        entry.addWidget(self.editor.widget, 0, Qt.AlignmentFlag.AlignLeft)
        self.fill_button: QPushButton | None = None
        if self.field.fills:
            self.fill_button = push_button(self.field.fills_title, self.fill_asked.emit)
            self.fill_button.setVisible(False)
            entry.addWidget(self.fill_button, 0, Qt.AlignmentFlag.AlignTop)
        entry.addStretch(1)
        value.addWidget(self.shown, 1)
        self._reason = Remark(value, self.cell, "muted", wrap=True, beside=True)
        self._trouble = Remark(wrong, self.cell, "error", wrap=True)
        self._warning = Remark(odd, self.cell, "warn", wrap=True)
        self._note = Remark(below, self.cell, "muted", wrap=True)
        below.addStretch(0)
        self._counted = Remark(below, self.cell, "muted", wrap=False)

    @property
    def reason(self) -> QLabel:
        """Return the label that says why the value can't be changed."""
        return self._reason.label

    @property
    def trouble(self) -> QLabel:
        """Return the label of what is wrong."""
        return self._trouble.label

    @property
    def warning(self) -> QLabel:
        """Return the label of what is odd."""
        return self._warning.label

    @property
    def count(self) -> QLabel:
        """Return the label of the number of characters."""
        return self._counted.label

    # ------------------------------------------------------------------ the value

    def show_value(self, value: Any, label: str = "") -> None:
        """Show a value, for reading and in the editor."""
        self._value, self._label = value, label
        self.editor.put(value, label)
        self._show_text()
        self._count()

    def set_link(self, linked: bool) -> None:
        """Let the shown value open something, or be plain text."""
        self._linked = linked
        self._show_text()

    def follow(self, values: Mapping[str, Any]) -> None:
        """Take note of the values of the whole form."""
        self.editor.follow(values)
        zone = str(values.get(self.field.zone) or "") if self.field.zone else ""
        if zone != self._zone:
            self._zone = zone
            self._show_text()

    def _show_text(self) -> None:
        text = self._text()
        linked = self._linked and bool(text)
        self.shown.show_text(text or self.field.placeholder or "—", linked=linked)
        self.shown.setAccessibleName(f"{self.field.title}: {text or self.tr('empty')}")
        set_mark(self.shown, "tone", "" if text else "muted")

    def _text(self) -> str:
        text = shown_text(self.field, self._value, self._label)
        if self.field.kind is not Kind.MOMENT:
            return text
        if not text and not self.field.required:
            return self.tr("∞ (indefinitely)")
        return f"{text} {self._zone}".rstrip()

    # ------------------------------------------------------------------ reading and editing

    def set_editing(self, editing: bool, fixed: str = "", *, new: bool = False) -> None:
        """Offer the editor, or the value alone; ``fixed`` says why it can't be changed."""
        self._new = new
        self._editing = editing and not fixed and not self.field.computed
        reads = self.editor.READS
        if reads:
            self.editor.set_read_only(not self._editing)
        self.editor.widget.setVisible(self._editing or reads)
        if self.fill_button is not None:
            self.fill_button.setVisible(self._editing)
        self.shown.setVisible(not self._editing and not reads)
        self._reason.say(fixed if editing and not self.field.computed else "")
        self._note.say(self.field.help if self._editing else "")
        required = self.field.required and self._editing
        self.title.setText(f"{self.field.title} *" if required else self.field.title)
        self.show_problem("")
        self._count()

    @property
    def is_editable(self) -> bool:
        """Whether the person can change the value now."""
        return self._editing

    @property
    def has_place(self) -> bool:
        """Whether it says anything: what is computed of a new record may, a password is unseen."""
        if self.field.computed:
            return not self._new or self._value not in (None, "")
        return self.field.kind is not Kind.HIDDEN or self._editing

    # ------------------------------------------------------------------ what is wrong or odd

    def show_problem(self, sentence: str) -> None:
        """Show what is wrong below the field; "" takes it away (item 23)."""
        self.problem = sentence
        self._trouble.say(formats.with_dates(sentence))
        self.editor.set_invalid(bool(sentence))
        if sentence:
            announce(self.editor.widget, f"{self.field.title}: {sentence}")
        self._describe()

    def show_advice(self, sentence: str) -> None:
        """Show what looks odd and may still be right; "" takes it away."""
        if sentence and sentence != self.advice:
            announce(self.editor.widget, f"{self.field.title}: {sentence}")
        self.advice = sentence
        self._warning.say(formats.with_dates(sentence))
        self._describe()

    def _describe(self) -> None:
        words = self.problem or self.advice or self.field.help
        self.editor.widget.setAccessibleDescription(words)
        self.shown.setAccessibleDescription(self.advice)

    def _count(self) -> None:
        """Tell how much of the longest text is written, once that matters."""
        longest, length = self.field.longest, self.editor.length()
        long_text = self.field.kind is Kind.LONG_TEXT
        length = 0 if self.field.kind is Kind.HIDDEN and length <= longest else length
        told = self._editing and (
            (long_text and length > 0) or (length > 0 and length >= longest * COUNTED_FROM)
        )
        words = self.tr("{n} of {most} characters") if told else ""
        text = words.format(n=formats.number(length), most=formats.number(longest))
        self._counted.say(text, "error" if length > longest else "")
