"""What each column of a file is: known, to be left out, or for a person to tell."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.services.bulk.headings import Head
from app.ui import formats
from app.ui.widgets.buttons import push_button
from app.ui.widgets.card import muted_label
from app.ui.widgets.combo import NarrowCombo

LEAVE_OUT = ""
"""Value of a choice that leaves a column out; the others are titles of fields."""

_CHOICE_WIDTH = 300
_LONGEST = 80


class ColumnsPanel(QWidget):
    """The columns of a file with their first values, and what each of them is."""

    chosen = Signal(str, str)
    """(heading, title of a field or LEAVE_OUT): a person said what a column is."""

    leave_rest = Signal()
    """All columns that are not known are to be left out."""

    other = Signal()
    """Another file is wanted."""

    go_on = Signal()
    """The columns are right: show what the file does."""

    def __init__(self, titles: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._titles = tuple(titles)
        self._summary = QLabel()
        self._summary.setTextFormat(Qt.TextFormat.PlainText)
        self.rest = push_button(self.tr("Leave out the rest"), self.leave_rest.emit)
        self.next = push_button(self.tr("Look at the rows"), self.go_on.emit, kind="primary")
        self.choices: dict[str, NarrowCombo] = {}
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._summary, 1)
        head.addWidget(self.rest)
        head.addWidget(push_button(self.tr("Choose another file…"), self.other.emit))
        head.addWidget(self.next)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self._area, 1)

    def show_columns(
        self, heads: Sequence[Head], values: Sequence[Sequence[str]], *, ready: bool
    ) -> None:
        """Show columns with the first values of each; ``ready``: they can be read as they are."""
        if [head.text for head in heads] != list(self.choices):
            self._lay_out(heads, values)
        for head in heads:
            self._select(self.choices[head.text], head)
        known = sum(1 for head in heads if head.fields)
        unknown = sum(1 for head in heads if not head.fields and not head.left_out)
        told = self.tr("{known} of {columns} are known").format(
            known=formats.number(known),
            columns=formats.counted(len(heads), self.tr("1 column"), self.tr("{n} columns")),
        )
        self._summary.setText(told)
        self.rest.setEnabled(unknown > 0)
        self.next.setEnabled(ready)

    def focus_first(self, heads: Sequence[Head]) -> None:
        """Put the keyboard where a person has to say something."""
        for head in heads:
            if not head.fields and not head.left_out:
                self.choices[head.text].setFocus()
                return

    def _lay_out(self, heads: Sequence[Head], values: Sequence[Sequence[str]]) -> None:
        inside = QWidget()
        grid = QGridLayout(inside)
        grid.setContentsMargins(0, 0, 8, 0)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(2, 1)
        for place, title in enumerate(
            (self.tr("Column of the file"), self.tr("What it is"), self.tr("First values"))
        ):
            grid.addWidget(muted_label(title), 0, place)
        self.choices = {}
        for row, (head, known) in enumerate(zip(heads, values, strict=True), start=1):
            self._add_row(grid, row, head, known)
        grid.setRowStretch(len(heads) + 1, 1)
        self._area.setWidget(inside)

    def _add_row(self, grid: QGridLayout, row: int, head: Head, values: Sequence[str]) -> None:
        choice = NarrowCombo()
        choice.setMinimumWidth(_CHOICE_WIDTH)
        choice.setPlaceholderText(self.tr("Choose what it is"))
        choice.addItem(self.tr("Leave out"), LEAVE_OUT)
        for title in self._titles:
            choice.addItem(title, title)
        choice.setAccessibleName(self.tr("What {column} is").format(column=head.text))
        choice.activated.connect(partial(self._tell, head.text, choice))
        self.choices[head.text] = choice
        name = QLabel(_shortened(head.text))
        name.setTextFormat(Qt.TextFormat.PlainText)
        name.setBuddy(choice)
        shown = muted_label(_shortened(" · ".join(values)))
        shown.setTextFormat(Qt.TextFormat.PlainText)
        for place, widget in enumerate((name, choice, shown)):
            grid.addWidget(widget, row, place)

    def _tell(self, heading: str, choice: NarrowCombo, _index: int) -> None:
        self.chosen.emit(heading, str(choice.currentData()))

    def _select(self, choice: NarrowCombo, head: Head) -> None:
        value = LEAVE_OUT if head.left_out else head.fields[0].title if head.fields else None
        choice.setCurrentIndex(-1 if value is None else choice.findData(value))


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
