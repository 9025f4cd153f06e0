"""Distinct values of the key columns and what each is taken for, by pages (IMP-8)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication, QObject, Qt

from app.ui import formats
from app.ui.import_wizard.change_words import sentence_case
from app.ui.import_wizard.paged_model import Index, PagedModel
from app.ui.look.theme import theme

if TYPE_CHECKING:
    from app.services.context import Context
    from app.services.tariffs.import_session import ImportSession
    from app.services.tariffs.import_views import ValueRow
    from app.ui.import_wizard.wizard import Wizard

VALUE, CONTEXT, ROWS, MATCH, STATUS, WHY = range(6)

STATUS_ROLE = Qt.ItemDataRole.UserRole
"""(tone, word) of a value's status."""

PRICE_WORDS = "price"
"""Dictionary of words in price cells."""


@dataclass(frozen=True, slots=True)
class Filter:
    """Which values are shown: ``show`` as ImportSession.values takes it, a text, one column."""

    show: str = "open"
    text: str = ""
    column: str = ""


class ValuesModel(PagedModel):
    """Values; an answer shows at once, before the draft that takes it is there."""

    def __init__(self, wizard: Wizard, parent: QObject) -> None:
        super().__init__(wizard, parent)
        self.titles = (
            self.tr("Value in the file"),
            self.tr("In"),
            self.tr("Rows"),
            self.tr("Taken as"),
            self.tr("Status"),
            self.tr("Why"),
        )
        self.filter = Filter()
        self.names: dict[tuple[str, str], str] = {}
        """(dictionary, key) → name, of the keys that were chosen here."""
        wizard.changed.connect(self._repaint)

    def show_filter(self, wanted: Filter) -> None:
        """Show other values."""
        if wanted != self.filter:
            self.filter = wanted
            self.clear()
            self.reload()

    def page_of(self, first: int, count: int) -> Callable[[Context, ImportSession], Any]:
        wanted = self.filter
        return lambda ctx, session: session.values(
            ctx,
            show=wanted.show,
            text=wanted.text,
            column=wanted.column,
            first=first,
            count=count,
        )

    def place(self, value_id: str) -> int:
        """Return the position of a value among the pages that are there, -1 if it is not."""
        for number, page in self._pages.items():
            for place, row in enumerate(page):
                if row.id == value_id:
                    return self.first_of(number) + place
        return -1

    def answer(self, row: ValueRow) -> str | None:
        """Return the key that was chosen for a value, None if none was."""
        return self.wizard.state.choices.answers.get(row.id)

    def is_open(self, row: ValueRow) -> bool:
        """Whether a person still has to decide."""
        return row.open and self.answer(row) is None

    def next_open(self, after: int) -> int:
        """Return the position of the next value to decide behind ``after`` (round), else -1."""
        count = self.rowCount()
        for step in range(1, min(count, 2000) + 1):
            place = (after + step) % count
            row = self.known(place)
            if row is None:
                self.row_at(place)
            if row is None or self.is_open(row):
                return place
        return -1

    def match_text(self, row: ValueRow) -> str:
        """Return what a value is taken for, in words."""
        chosen = self.answer(row)
        key = row.key if chosen is None else chosen
        words = outcomes()
        if key in words:
            return words[key]
        if chosen is not None and chosen != row.key:
            return self.names.get((row.dictionary, key), key)
        return with_key(row.name, row.key)

    def status(self, row: ValueRow) -> tuple[str, str]:
        """Return tone and word of a value's status."""
        if self.answer(row) is not None:
            return "ok", self.tr("Chosen")
        if row.origin == "manual":
            return "ok", self.tr("Chosen")
        if row.zone == "red":
            return "warn", self.tr("No match")
        if row.zone == "yellow":
            return "info", self.tr("Suggested {score}").format(score=_score(row.score))
        if row.origin == "learned":
            return "ok", self.tr("Remembered")
        return "neutral", self.tr("Automatic")

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row: ValueRow | None = self.row_at(index.row()) if index.isValid() else None
        if row is None:
            return None
        column = index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(row, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._told(row, column)
        if role == STATUS_ROLE and column == STATUS:
            return self.status(row)
        if role == Qt.ItemDataRole.TextAlignmentRole and column == ROWS:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.BackgroundRole:
            return self._ground(row)
        return None

    def _text(self, row: ValueRow, column: int) -> str:
        if column == VALUE:
            return row.value or self.tr("(empty)")
        if column == CONTEXT:
            return row.context_name or row.context
        if column == ROWS:
            return formats.number(row.rows)
        if column == MATCH:
            return self.match_text(row)
        if column == STATUS:
            return self.status(row)[1]
        return sentence_case(row.reason)

    def _told(self, row: ValueRow, column: int) -> str:
        if column == VALUE:
            columns = ", ".join(row.columns)
            return self.tr("{value}\nColumn {columns}").format(value=row.value, columns=columns)
        return row.reason if column in (STATUS, WHY) else self._text(row, column)

    def _ground(self, row: ValueRow) -> Any:
        if self.answer(row) is not None or row.origin == "manual":
            return theme().color("ok_fill")
        if row.zone == "red":
            return theme().color("warn_fill")
        return theme().color("changed") if row.zone == "yellow" and row.open else None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation == Qt.Orientation.Vertical:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.titles[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            right = section == ROWS
            side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def _repaint(self) -> None:
        if self.rowCount():
            corner = self.index(self.rowCount() - 1, len(self.titles) - 1)
            self.dataChanged.emit(self.index(0, 0), corner)


def outcomes() -> dict[str, str]:
    """Return what may be chosen instead of a key, in words."""
    return {
        "skip": _tr("Leave these rows out"),
        "blocked": _tr("Blocked"),
        "zero": _tr("Price 0"),
        "free": _tr("Free"),
        "included": _tr("Included"),
        "not_included": _tr("Not included"),
        "error": _tr("List as errors"),
    }


def with_key(name: str, key: str) -> str:
    """Return a name with its key, where the key says more."""
    if not key or not name or name == key:
        return name or key
    return f"{name} ({key})"


def _score(score: float) -> str:
    return f"{score:.0f} %"


def _tr(text: str) -> str:
    return QCoreApplication.translate("ValuesModel", text)
