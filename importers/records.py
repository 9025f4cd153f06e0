"""The values that pass between the steps of an import: sheet, issue, decision, matched rows.

Everything here is columnar. A sheet of a million rows is a handful of :class:`Column`s, each a
list of distinct values plus an int32 code per row, so that later steps work on the distinct
values only.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.int32]


class FileProblem(Exception):
    """A file (or an argument about it) that can't be used; the text is one sentence for a person.

    The sentence names file, sheet and cell where they are known, the cause, and what to do.
    """


class PasswordNeeded(FileProblem):
    """The file is encrypted and no password, or a wrong one, was given (Q2)."""


class Severity(StrEnum):
    """How much an issue weighs: an error leaves a row out, the others do not."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Issue:
    """One remark about the file. ``row`` is 1-based, ``column`` a letter; both may be unknown."""

    severity: Severity
    reason: str
    sheet: str = ""
    row: int | None = None
    column: str | None = None
    value: str = ""


class DecisionKind(StrEnum):
    """What a person has to decide before anything is written (F6)."""

    VALUE = "value"  # a cell value without a certain dictionary key
    MODE = "mode"
    DECIMAL = "decimal"
    DATE = "date"
    CURRENCY = "currency"
    STRUCTURE = "structure"
    SHEET = "sheet"
    FILTER = "filter"
    NODE = "node"
    ROLE = "role"


@dataclass(frozen=True, slots=True)
class Decision:
    """A question that stops an import (exit code 2).

    ``question`` is a sentence that names the command-line option which answers it. For VALUE,
    ``dictionary``, ``context``, ``value`` and ``proposal`` (a key, or "") fill a line of the
    decisions file and ``rows`` is the number of source rows that hang on it.
    """

    kind: DecisionKind
    question: str
    dictionary: str = ""
    context: str = ""
    value: str = ""
    proposal: str = ""
    zone: str = ""
    rows: int = 0
    options: tuple[str, ...] = ()


# --------------------------------------------------------------------------- a parsed sheet


@dataclass(frozen=True, slots=True)
class CellError:
    """An error cell (``#N/A``, ``#REF!`` …) or a formula without a stored result (Q17)."""

    text: str


CellValue = (
    None | str | int | float | bool | dt.date | dt.datetime | dt.time | dt.timedelta | CellError
)


@dataclass(frozen=True, slots=True)
class Column:
    """One column: distinct *typed* values in order of first appearance and a code per row.

    ``values[0]`` is always None (the empty cell). 1, 1.0, True and "1" are four different
    values. ``number_format`` is the prevailing spreadsheet format of the column's numbers, or "".
    """

    values: list[CellValue]
    codes: Codes
    number_format: str = ""
    hidden: bool = False

    def text(self, code: int) -> str:
        """Return the value of ``code`` as a person sees it in the sheet."""
        return display(self.values[code], self.number_format)

    def texts(self) -> list[str]:
        """Return the display text of every distinct value (same order as ``values``)."""
        return [display(v, self.number_format) for v in self.values]


@dataclass(frozen=True, slots=True)
class Merge:
    """A merged range, 0-based and inclusive."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True, slots=True)
class ParsedSheet:
    """One sheet as it stands in the file; row 0 of the codes is row 1 of the sheet.

    ``hidden_rows`` holds 0-based rows; ``visibility_known`` is False where the format does not
    tell (ODS, XLSB). ``truncated`` = exactly 1 048 576 rows, probably cut by Excel (Q4).
    ``notes`` are facts the reader found (encoding guessed, quotes off …).
    """

    name: str
    columns: tuple[Column, ...]
    row_count: int
    hidden: bool = False
    merges: tuple[Merge, ...] = ()
    hidden_rows: Codes = field(default_factory=lambda: np.empty(0, np.int32))
    visibility_known: bool = True
    date_1904: bool = False
    notes: tuple[Issue, ...] = ()

    @classmethod
    def from_rows(cls, rows: Sequence[Sequence[CellValue]], name: str = "Sheet1") -> ParsedSheet:
        """Build a sheet from rows of values (ragged rows are padded with empty cells)."""
        width = max((len(r) for r in rows), default=0)
        builder = ColumnsBuilder()
        builder.add_rows([list(r) + [None] * (width - len(r)) for r in rows])
        columns = builder.finish()
        return cls(name=name, columns=columns, row_count=len(rows))

    def cell(self, row: int, column: int) -> CellValue:
        """Return the typed value at 0-based ``row``, ``column``."""
        col = self.columns[column]
        return col.values[int(col.codes[row])]

    def row_texts(self, row: int) -> list[str]:
        """Return the display texts of 0-based ``row``."""
        return [c.text(int(c.codes[row])) for c in self.columns]


_EMPTY: tuple[object, ...] = ("", None, (type(None), None))
"""The keys of the empty cell in an interner."""


class _Interner(dict[object, int]):
    """Gives each new key the next code; a hit costs one dictionary look-up. Empty cells have 0."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__(dict.fromkeys(_EMPTY, 0))

    def __missing__(self, key: object) -> int:
        self[key] = code = len(self)
        return code


class ColumnsBuilder:
    """Turns chunks of rows into :class:`Column`s without keeping the rows.

    Feed rectangular chunks (a later chunk may be wider). Empty strings count as empty cells.
    """

    def __init__(self) -> None:
        self._interners: list[_Interner] = []
        self._parts: list[list[Codes]] = []
        self._rows = 0

    @property
    def row_count(self) -> int:
        """Rows fed so far."""
        return self._rows

    def add_rows(self, rows: Sequence[Sequence[CellValue]]) -> None:
        """Append a chunk of equally long rows."""
        if rows:
            self.add_columns(list(zip(*rows, strict=True)), len(rows))

    def add_columns(self, columns: Sequence[Sequence[CellValue]], count: int) -> None:
        """Append a chunk given column by column, each ``count`` long."""
        while len(self._interners) < len(columns):
            self._interners.append(_Interner())
            self._parts.append([np.zeros(self._rows, np.int32)] if self._rows else [])
        for index, values in enumerate(columns):
            self._parts[index].append(self._encode(self._interners[index], values))
        for index in range(len(columns), len(self._interners)):
            self._parts[index].append(np.zeros(count, np.int32))
        self._rows += count

    @staticmethod
    def _encode(interner: _Interner, values: Sequence[CellValue]) -> Codes:
        # str and float never compare equal to one another, so a column of these two needs no
        # type in its key; anything else (1 == 1.0 == True in Python) is keyed by type and value.
        if set(map(type, values)) <= {str, float, type(None)}:
            return np.fromiter(map(interner.__getitem__, values), np.int32, len(values))
        keys: Iterable[object] = (
            v if isinstance(v, (str, float)) or v is None else (type(v), v) for v in values
        )
        return np.fromiter(map(interner.__getitem__, keys), np.int32, len(values))

    def finish(self) -> tuple[Column, ...]:
        """Return the columns; the builder is empty afterwards."""
        result = []
        while self._interners:
            interner, parts = self._interners.pop(0), self._parts.pop(0)
            codes = np.concatenate(parts) if parts else np.zeros(0, np.int32)
            # codes are handed out by len(interner), in which the empty cell stands several times
            np.subtract(codes, len(_EMPTY) - 1, out=codes, where=codes > 0)
            keys = list(interner)[len(_EMPTY) :]
            values: list[Any] = [key[1] if type(key) is tuple else key for key in keys]
            result.append(Column(values=[None, *values], codes=codes))
        self._rows = 0
        return tuple(result)


def display(value: CellValue, number_format: str = "") -> str:
    """Return the text a person sees for ``value``; floats by their shortest round trip.

    A format of zeros only ("00", "000") pads whole numbers, as spreadsheets show them (Q25).
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (int, float)):
        return _display_number(value, number_format)
    if isinstance(value, CellError):
        return value.text
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    return str(value)


def _display_number(value: float, number_format: str) -> str:
    whole = isinstance(value, int) or value.is_integer()
    if whole and abs(value) < 1e15:
        text = str(int(value))
        if number_format and set(number_format) == {"0"}:
            text = text.zfill(len(number_format))
        return text
    return repr(value)


def column_letter(index: int) -> str:
    """Return the spreadsheet letter of 0-based column ``index`` (0 → A, 26 → AA)."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_index(letter: str) -> int:
    """Return the 0-based index of a spreadsheet column letter."""
    index = 0
    for char in letter.upper():
        index = index * 26 + ord(char) - 64
    return index - 1


# --------------------------------------------------------------------------- matched rows


class PriceType(IntEnum):
    """SVC-4. The numbers are stored, so they never change."""

    NONE = 0
    DEPENDS_ON = 1
    FLAT = 2
    SCALE = 3
    FREE = 4
    INCLUDED = 5
    NOT_INCLUDED = 6
    BLOCKED = 7


class BillingRule(IntEnum):
    """SVC-6; INHERIT shows as "Default (…)". Stored numbers."""

    INHERIT = 0
    SUBMITTED = 1
    DELIVERED = 2
    DEFAULT = 3


class QuantityRule(IntEnum):
    """SVC-6; INHERIT shows as "Default (…)". Stored numbers."""

    INHERIT = 0
    MESSAGES = 1
    SEGMENTS = 2
    FULL_PERIOD = 3
    DEFAULT = 4


class RowState(IntEnum):
    """What became of a source row; a row counts once, by the best it gave (F19)."""

    NOT_DATA = 0
    ERROR = 1
    SKIPPED = 2
    MERGED = 3
    IMPORTED = 4


OTHERS = "*"
"""Key of the fallback branch at every level (F2)."""

PRICE_SCALE = 10**8
"""Prices are int64 in units of 1e-8 (F16)."""

NO_PRICE = -1
"""Stands in price arrays where there is no price; prices are never negative."""


@dataclass(frozen=True, slots=True)
class Level:
    """One tree level: its attribute, the distinct canonical keys and a code per rate."""

    attribute: str
    keys: list[str]
    codes: Codes


@dataclass(frozen=True, slots=True)
class MatchedRows:
    """Rates ready to become leaves: every array has one element per rate, paths are unique.

    ``price`` and ``connect_price`` in 1e-8 units or NO_PRICE, intervals in seconds or -1,
    ``scale`` an index into ``scales`` (canonical scale texts, see app.domain.pricing) or -1.
    ``source_row`` is the 0-based row of the sheet. Levels run from the target node downwards.
    """

    levels: tuple[Level, ...]
    price_type: npt.NDArray[np.int8]
    price: npt.NDArray[np.int64]
    billing_rule: npt.NDArray[np.int8]
    quantity_rule: npt.NDArray[np.int8]
    connect_price: npt.NDArray[np.int64]
    first_interval: npt.NDArray[np.int32]
    next_interval: npt.NDArray[np.int32]
    scale: npt.NDArray[np.int32]
    scales: list[str]
    source_row: npt.NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.price)
