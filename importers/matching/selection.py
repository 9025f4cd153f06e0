"""Which rows of a sheet are data, and what their cells say after merges and fill-down.

Everything is done on whole columns of codes; Python looks at distinct values only.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from importers.matching.remarks import Remarks, row_count, row_list
from importers.records import (
    CellValue,
    Codes,
    Column,
    FileProblem,
    ParsedSheet,
    RowState,
    Severity,
    column_letter,
    display,
)
from importers.settings import ImportSettings, Role

Mask = npt.NDArray[np.bool_]


def distinct(codes: Codes, size: int) -> tuple[Codes, Codes]:
    """Return the codes below ``size`` that occur, ascending, and each element's place in them."""
    present = np.zeros(size, np.bool_)
    present[codes] = True
    used = np.flatnonzero(present).astype(np.int32)
    if len(used) == size:
        return used, codes
    place = np.zeros(size, np.int32)
    place[used] = np.arange(len(used), dtype=np.int32)
    return used, place[codes]


def pairs(
    first: Codes, first_size: int, second: Codes, second_size: int
) -> tuple[Codes, Codes, Codes]:
    """Return the distinct pairs of two code arrays (two arrays) and each element's pair number."""
    joined = first.astype(np.int64) * second_size + second
    if first_size * second_size <= 1 << 22:
        used, place = distinct(joined.astype(np.int32), first_size * second_size)
        joined_used: npt.NDArray[np.int64] = used.astype(np.int64)
    else:
        joined_used, inverse = np.unique(joined, return_inverse=True)
        place = inverse.astype(np.int32)
    return (
        (joined_used // second_size).astype(np.int32),
        (joined_used % second_size).astype(np.int32),
        place,
    )


@dataclass(frozen=True)
class Cells:
    """A column over the data rows: the distinct values that occur there and a code per data row."""

    index: int
    values: list[CellValue]
    codes: Codes
    number_format: str = ""

    @cached_property
    def texts(self) -> list[str]:
        """The values as a person sees them; prices are mostly read without."""
        return _texts(self.values, self.number_format)


@dataclass(frozen=True, slots=True)
class Selection:
    """The data rows of a sheet.

    ``state`` has a RowState per sheet row; for rows outside ``rows`` it is final.
    ``first``/``last`` are the used rows that count as read (F19); ``rows`` are 0-based sheet rows.
    """

    sheet: ParsedSheet
    settings: ImportSettings
    state: npt.NDArray[np.int8]
    rows: Codes
    first: int
    last: int
    used: Mask
    cache: dict[tuple[int, str], Cells] = field(default_factory=dict, repr=False, compare=False)

    @property
    def read(self) -> int:
        """Rows from the first to the last used one."""
        return self.last - self.first + 1 if self.last >= self.first else 0

    def cells(self, index: int, extract: str = "") -> Cells:
        """Return the column's cells over the data rows, merged and filled down if so set."""
        key = (index, "section" if extract == "section" else "")
        if key not in self.cache:
            self.cache[key] = self._read(index, section=bool(key[1]))
        return self.cache[key]

    def _read(self, index: int, *, section: bool) -> Cells:
        column = sheet_column(self.sheet, index)
        codes = column.codes
        if section:
            codes = _sections(codes, self.settings.section_rows)
        else:
            column, codes = _merged(self.sheet, self.settings, index)
            if index in self.settings.fill_down:
                codes = _filled(codes, self.used, self.settings)
        used, place = distinct(codes[self.rows], len(column.values))
        values = [column.values[c] for c in used.tolist()]
        return Cells(index, values, place, column.number_format)


def sheet_column(sheet: ParsedSheet, index: int) -> Column:
    """Return the column at ``index``, or a :class:`FileProblem` if the sheet is narrower."""
    if not 0 <= index < len(sheet.columns):
        raise FileProblem(
            f'Sheet "{sheet.name}" has no column {column_letter(max(index, 0))}: '
            f"it has {len(sheet.columns)} columns; declare the columns anew."
        )
    return sheet.columns[index]


def _texts(values: list[CellValue], number_format: str) -> list[str]:
    if not any(not isinstance(v, str) for v in values):
        return values  # type: ignore[return-value]
    return [v if isinstance(v, str) else display(v, number_format) for v in values]


def _sections(codes: Codes, section_rows: tuple[int, ...]) -> Codes:
    marks = np.zeros(len(codes), np.bool_)
    marks[[r for r in section_rows if r < len(codes)]] = True
    return _repeat_above(codes, marks)


def _repeat_above(codes: Codes, known: Mask) -> Codes:
    """Give every row the code of the nearest ``known`` row at or above it (0 without one)."""
    source = np.where(known, np.arange(len(codes), dtype=np.int32), np.int32(-1))
    np.maximum.accumulate(source, out=source)
    return np.where(source >= 0, codes[source], 0).astype(np.int32)


def _filled(codes: Codes, used: Mask, settings: ImportSettings) -> Codes:
    """Repeat the value above in blank cells of data rows; titles and section rows give nothing."""
    known = codes != 0
    known[: max(settings.start_row, 0)] = False
    known[[r for r in settings.section_rows if r < len(codes)]] = False
    return np.where(used, _repeat_above(codes, known), codes).astype(np.int32)


def _merged(sheet: ParsedSheet, settings: ImportSettings, index: int) -> tuple[Column, Codes]:
    """Fill merged ranges (Q11): down always, to the right only between columns of one role."""
    column = sheet.columns[index]
    merges = [
        m
        for m in sheet.merges
        if m.left <= index <= m.right
        and m.top < sheet.row_count
        and m.bottom >= settings.start_row
        and m.top <= settings.end_row
    ]
    if not merges:
        return column, column.codes
    codes, values = column.codes.copy(), column.values
    for merge in merges:
        if merge.left == index:
            codes[merge.top : merge.bottom + 1] = codes[merge.top]
        elif _roles(settings, merge.left) == _roles(settings, index):
            if values is column.values:
                values = list(values)
            values.append(sheet.cell(merge.top, merge.left))
            codes[merge.top : merge.bottom + 1] = len(values) - 1
    return replace(column, values=values, codes=codes), codes


def _roles(settings: ImportSettings, index: int) -> set[tuple[Role, str]]:
    return {(u.role, u.attribute) for u in settings.columns if u.column == index}


def select_rows(sheet: ParsedSheet, settings: ImportSettings, remarks: Remarks) -> Selection:
    """Decide for every row whether it is data; rows left out by a rule are SKIPPED and told."""
    used = _used(sheet)
    places = np.flatnonzero(used)
    first, last = (int(places[0]), int(places[-1])) if len(places) else (0, -1)
    state = np.zeros(sheet.row_count, np.int8)
    data = used.copy()
    data[: max(settings.start_row, 0)] = False
    data[max(settings.end_row + 1, 0) :] = False
    data[[r for r in (*settings.header_rows, *settings.section_rows) if r < sheet.row_count]] = (
        False
    )
    _skip_hidden(sheet, settings, state, data, remarks)
    _skip_filtered(sheet, settings, state, data, remarks)
    rows = np.flatnonzero(data).astype(np.int32)
    return Selection(sheet, settings, state, rows, first, last, used)


def _used(sheet: ParsedSheet) -> Mask:
    used = np.zeros(sheet.row_count, np.bool_)
    for column in sheet.columns:
        blank = _blank_codes(column)
        used |= column.codes != 0 if len(blank) == 1 else ~np.isin(column.codes, blank)
    return used


def _blank_codes(column: Column) -> list[int]:
    """Codes of cells that look empty: the empty cell and strings of white space."""
    return [0] + [
        c
        for c, v in enumerate(column.values)
        if c and isinstance(v, str) and (not v or v.isspace())
    ]


def _skip_hidden(
    sheet: ParsedSheet,
    settings: ImportSettings,
    state: npt.NDArray[np.int8],
    data: Mask,
    remarks: Remarks,
) -> None:
    hidden = np.zeros(len(data), np.bool_)
    hidden[sheet.hidden_rows[sheet.hidden_rows < len(data)]] = True
    hidden &= data
    rows = np.flatnonzero(hidden).astype(np.int32)
    if not len(rows):
        return
    if settings.skip_hidden:
        state[rows] = RowState.SKIPPED
        data[rows] = False
        remarks.add(Severity.INFO, f"Hidden rows are left out as asked: {row_list(rows)}.")
    else:
        remarks.add(Severity.INFO, f"Hidden rows are imported too: {row_list(rows)}.")


def _skip_filtered(
    sheet: ParsedSheet,
    settings: ImportSettings,
    state: npt.NDArray[np.int8],
    data: Mask,
    remarks: Remarks,
) -> None:
    wanted: dict[int, set[str]] = {}
    for index, text in settings.where:
        wanted.setdefault(index, set()).add(_fold(text))
    for index, texts in wanted.items():
        column = sheet_column(sheet, index)
        keep = np.fromiter(
            (_fold(t) in texts for t in column.texts()), np.bool_, len(column.values)
        )
        out = np.flatnonzero(data & ~keep[column.codes]).astype(np.int32)
        if len(out):
            state[out] = RowState.SKIPPED
            data[out] = False
            remarks.add(
                Severity.INFO,
                f"{row_count(len(out))} left out by the filter on column {column_letter(index)}.",
                column=index,
            )


def _fold(text: str) -> str:
    return " ".join(text.split()).casefold()
