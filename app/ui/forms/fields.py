"""One editor for each kind of field: what it shows, the value it stands for, whether it changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QPlainTextEdit

from app.domain.sections import Choice, Field, Kind
from app.ui import formats
from app.ui.forms.cells_editor import CellsEditor
from app.ui.forms.date_entry import DateEntry
from app.ui.forms.editor import (
    LONG_HEIGHT,
    SHORT_WIDTH,
    TEXT_WIDTH,
    FieldEditor,
    Lookup,
)
from app.ui.forms.hidden_editor import HiddenEditor
from app.ui.forms.list_editor import LIST_KINDS, ListEditor
from app.ui.forms.moment_editor import MomentEditor
from app.ui.forms.shown import number_text
from app.ui.look.marks import set_mark
from app.ui.widgets.type_ahead import Option, TypeAhead

LONG_CODE = 60
"""Codes that may be longer have a wide line, where a whole account number is seen."""


class TextEditor(FieldEditor):
    """One line of text; codes as well, which are never numbers."""

    def __init__(self, field: Field) -> None:
        self.line = QLineEdit()
        super().__init__(field, self.line)
        self.line.setPlaceholderText(field.placeholder)
        short = field.longest <= (LONG_CODE if field.kind is Kind.CODE else 40)
        self.line.setFixedWidth(SHORT_WIDTH if short else TEXT_WIDTH)
        self.line.textEdited.connect(self._tell)

    def put(self, value: Any, label: str = "") -> None:
        self.line.setText("" if value is None else str(value))
        self.line.setCursorPosition(0)

    def value(self) -> str | None:
        return self.line.text().strip() or None

    def memo(self) -> str:
        return self.line.text()

    def length(self) -> int:
        return len(self.line.text().strip())


class LongTextEditor(FieldEditor):
    """Several lines; Tab goes on to the next field."""

    def __init__(self, field: Field) -> None:
        self.box = QPlainTextEdit()
        super().__init__(field, self.box)
        self.box.setPlaceholderText(field.placeholder)
        self.box.setTabChangesFocus(True)
        self.box.setFixedSize(TEXT_WIDTH, LONG_HEIGHT)
        self._quiet = False
        self.box.textChanged.connect(self._changed)

    def put(self, value: Any, label: str = "") -> None:
        self._quiet = True
        self.box.setPlainText("" if value is None else str(value))
        self._quiet = False

    def value(self) -> str | None:
        return self.box.toPlainText().strip() or None

    def memo(self) -> str:
        return self.box.toPlainText()

    def length(self) -> int:
        return len(self.box.toPlainText().strip())

    def _changed(self) -> None:
        if not self._quiet:
            self.edited.emit()


class NumberEditor(FieldEditor):
    """A number, an amount or a price in the person's own writing; never guessed."""

    def __init__(self, field: Field) -> None:
        self.line = QLineEdit()
        super().__init__(field, self.line)
        self.line.setPlaceholderText(field.placeholder)
        self.line.setFixedWidth(SHORT_WIDTH)
        self.line.textEdited.connect(self._tell)
        self.line.editingFinished.connect(self._tidy)

    def put(self, value: Any, label: str = "") -> None:
        self.line.setText("" if value is None else self._written(Decimal(str(value))))

    def value(self) -> Decimal | None:
        text = self.line.text().strip()
        if not text:
            return None
        price = self.field.kind is Kind.PRICE
        return formats.parse_price(text) if price else formats.parse_number(text)

    def memo(self) -> str:
        return self.line.text()

    def recall(self, memo: Any) -> None:
        self.line.setText(str(memo))

    def _written(self, value: Decimal) -> str:
        return number_text(self.field, value)

    def _tidy(self) -> None:
        try:
            value = self.value()
        except ValueError:
            return
        if value is not None and self.line.isModified():
            self.line.setText(self._written(value))


class ChoiceEditor(FieldEditor):
    """One of a closed list; one that is not required has an empty line on top."""

    def __init__(self, field: Field) -> None:
        self.box = QComboBox()
        super().__init__(field, self.box)
        self.box.setFixedWidth(SHORT_WIDTH)
        self.box.setPlaceholderText(field.placeholder or self.tr("Choose…"))
        if not field.required:
            self.box.addItem(self.tr("none"), None)
        for choice in field.choices:
            self.box.addItem(choice.title, choice.value)
        self.box.activated.connect(self._tell)

    def put(self, value: Any, label: str = "") -> None:
        self.box.setCurrentIndex(self.box.findData(value))

    def value(self) -> str | None:
        return self.box.currentData()


class FlagEditor(FieldEditor):
    """Yes or no."""

    def __init__(self, field: Field) -> None:
        self.box = QCheckBox(field.placeholder or QCoreApplication.translate("FlagEditor", "Yes"))
        super().__init__(field, self.box)
        self.box.clicked.connect(self._tell)

    def put(self, value: Any, label: str = "") -> None:
        self.box.setChecked(bool(value))

    def value(self) -> bool:
        return self.box.isChecked()


class DateEditor(FieldEditor):
    """A date, typed or picked."""

    def __init__(self, field: Field) -> None:
        self.box = DateEntry()
        super().__init__(field, self.box)
        self.box.edited.connect(self._tell)

    def put(self, value: Any, label: str = "") -> None:
        self.box.set_day(value)

    def value(self) -> date | None:
        return self.box.day()

    def memo(self) -> str:
        return self.box.text()

    def recall(self, memo: Any) -> None:
        self.box.set_text(str(memo))

    def set_invalid(self, invalid: bool) -> None:
        set_mark(self.box.line, "invalid", invalid)


class ReferenceEditor(FieldEditor):
    """Another record or a dictionary's key, found by typing."""

    def __init__(self, field: Field, lookup: Lookup) -> None:
        words = field.placeholder or QCoreApplication.translate("ReferenceEditor", "Type to search")
        self.box = TypeAhead(placeholder=words)
        super().__init__(field, self.box)
        self.box.add_button()
        self.box.setFixedWidth(SHORT_WIDTH if field.longest <= 40 else TEXT_WIDTH)
        self.box.set_source(lambda text, reply: lookup(field, text, reply))
        self.box.chosen.connect(self._tell)
        self.box.cleared.connect(self._tell)

    def put(self, value: Any, label: str = "") -> None:
        empty = value is None or value == ""
        self.box.set_value(None if empty else value, "" if empty else label or str(value))

    def value(self) -> Any:
        return self.box.value()

    def label(self) -> str:
        return self.box.text() if self.box.value() is not None else ""

    def memo(self) -> list[Any]:
        return [self.box.value(), self.label()]

    def recall(self, memo: Any) -> None:
        self.put(*memo)

    def loose(self) -> Any:
        return self.value()

    def set_invalid(self, invalid: bool) -> None:
        set_mark(self.box.line, "invalid", invalid)


_EDITORS: dict[Kind, type[FieldEditor]] = {
    Kind.LONG_TEXT: LongTextEditor,
    Kind.NUMBER: NumberEditor,
    Kind.PRICE: NumberEditor,
    Kind.AMOUNT: NumberEditor,
    Kind.CHOICE: ChoiceEditor,
    Kind.STATUS: ChoiceEditor,
    Kind.FLAG: FlagEditor,
    Kind.DATE: DateEditor,
    Kind.MOMENT: MomentEditor,
    Kind.HIDDEN: HiddenEditor,
    Kind.CELLS: CellsEditor,
}


def editor_of(field: Field, lookup: Lookup) -> FieldEditor:
    """Return a new editor for a field; ``lookup`` answers what is typed where ``options`` are."""
    if field.kind is Kind.REFERENCE:
        return ReferenceEditor(field, lookup)
    if field.kind in LIST_KINDS:
        return ListEditor(field, lookup)
    made: Callable[[Field], FieldEditor] = _EDITORS.get(field.kind, TextEditor)
    return made(field)


def options_of(choices: Sequence[Choice]) -> list[Option]:
    """Return the choices of an ``options`` service as proposals of a type-ahead."""
    return [Option(choice.value, choice.title) for choice in choices]
