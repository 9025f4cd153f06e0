"""What a session shows of its file: sheets, how a sheet is read, rows as they stand in it.

Runs in the child process; the values are those of :mod:`import_views`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from app.services.tariffs.drafting import propose_sheet
from app.services.tariffs.drafts import Draft, Kept
from app.services.tariffs.import_views import (
    AttributeView,
    BookView,
    CellMark,
    ColumnValue,
    ColumnValues,
    ColumnView,
    LinkedLevel,
    Pairs,
    ProposalView,
    RowsView,
    SheetRow,
    SheetView,
    UseView,
)
from app.services.tariffs.window_words import in_window_words
from dictionaries.catalogue import Catalogue, load_catalogue
from dictionaries.entries import Dictionaries
from importers.choices import column_text
from importers.formats.book import TYPE_NAMES, Book
from importers.matching.selection import sheet_column
from importers.proposals.columns import Hints
from importers.records import (
    Issue,
    ParsedSheet,
    RowState,
    column_index,
    column_letter,
)
from importers.settings import ColumnUse, ImportSettings, Proposal, Role
from importers.tree_sheet import is_tree_sheet

ROLE_TITLES: Pairs = (
    (Role.PRICE.value, "Price"),
    (Role.PRICE_TYPE.value, "Price type"),
    (Role.BILLING_RULE.value, "Billing rule"),
    (Role.QUANTITY_RULE.value, "Quantity rule"),
    (Role.CURRENCY.value, "Currency"),
    (Role.UNIT.value, "Unit"),
    (Role.EFFECTIVE_FROM.value, "Effective from"),
    (Role.EFFECTIVE_TILL.value, "Effective till"),
    (Role.CONNECT_PRICE.value, "Connection price"),
    (Role.FIRST_INTERVAL.value, "First interval"),
    (Role.NEXT_INTERVAL.value, "Next interval"),
    (Role.INCREMENT.value, "Increment (first/next)"),
    (Role.TIER_FROM.value, "Tier from"),
    (Role.TIER_TILL.value, "Tier till"),
)
"""The rate properties that a column may be declared as, in the order of a menu."""

_MATCH_TITLES = {
    "alpha3": "Alpha-3 code",
    "numeric": "Numeric code",
    "name": "Name",
    "brand": "Brand",
    "operator": "Operator",
    "name_en": "English name",
    "name_fr": "French name",
    "name_de": "German name",
    "name_es": "Spanish name",
    "name_it": "Italian name",
    "name_pt": "Portuguese name",
    "name_ru": "Russian name",
    "name_uk": "Ukrainian name",
    "name_pl": "Polish name",
    "name_nl": "Dutch name",
    "name_tr": "Turkish name",
    "name_zh": "Chinese name",
    "name_ar": "Arabic name",
    "name_ja": "Japanese name",
    "name_ko": "Korean name",
}


# ------------------------------------------------------------------------------ the file


def stamp_of(path: Path) -> tuple[int, int]:
    """Return size and time of change of a file; another pair means that it was changed."""
    found = path.stat()
    return found.st_size, found.st_mtime_ns


def book_view(
    book: Book, stamp: tuple[int, int], dictionaries: Dictionaries, kept: Kept
) -> BookView:
    """Return the file with every sheet as it looks at first sight."""
    return BookView(
        file=str(book.path),
        type=book.type,
        type_name=TYPE_NAMES[book.type],
        encoding=book.encoding,
        delimiter=book.delimiter,
        notes=tuple(in_window_words(_placed_note(note)) for note in book.notes),
        sheets=tuple(_sheet_view(sheet, dictionaries, kept) for sheet in book.sheets),
        stamp=stamp,
    )


def _placed_note(note: Issue) -> str:
    return f'Sheet "{note.sheet}": {note.reason}' if note.sheet else note.reason


def _sheet_view(sheet: ParsedSheet, dictionaries: Dictionaries, kept: Kept) -> SheetView:
    catalogue = load_catalogue()
    tree = is_tree_sheet(sheet)
    if tree or not sheet.row_count:
        reason = "an exported rate tree" if tree else "the sheet is empty"
        return SheetView(
            name=sheet.name,
            hidden=sheet.hidden,
            rows=sheet.row_count,
            columns=len(sheet.columns),
            price_list=tree,
            kind="tree_sheet" if tree else "standard",
            domain="",
            resource="",
            node="",
            header_row=1 if tree else None,
            reasons={"price_list": reason},
        )
    proposal = propose_sheet(sheet, Hints(), dictionaries, kept)
    return SheetView(
        name=sheet.name,
        hidden=sheet.hidden,
        rows=sheet.row_count,
        columns=len(sheet.columns),
        price_list=proposal.price_list,
        kind=proposal.kind.value,
        domain=proposal.domain,
        resource=proposal.resource,
        node=_node_text(proposal.resource, catalogue),
        header_row=max(proposal.header_rows) + 1 if proposal.header_rows else None,
        reasons=worded(proposal.reasons),
    )


def _node_text(resource: str, catalogue: Catalogue) -> str:
    known = catalogue.resources.get(resource)
    if known is None:
        return ""
    names = (catalogue.domains[known.domain].name, known.name)
    return "/".join(name.replace("/", r"\/") for name in names)


def worded(reasons: dict[str, str]) -> dict[str, str]:
    """Return reasons in the words of a window."""
    return {part: in_window_words(reason) for part, reason in reasons.items()}


# ------------------------------------------------------------------------------ how it is read


def proposal_view(
    sheet: ParsedSheet,
    proposal: Proposal,
    settings: ImportSettings,
    dictionaries: Dictionaries,
    *,
    resource: str,
    fixed: Iterable[str] = (),
) -> ProposalView:
    """Return how ``sheet`` is read under ``settings``; ``fixed`` attributes are the target's own.

    ``resource`` is the target's catalogue key, "" if none is known yet.
    """
    catalogue = load_catalogue()
    attributes = _attributes(catalogue, dictionaries, resource, set(fixed))
    declared = {u.attribute for u in settings.columns if u.role is Role.ATTRIBUTE}
    declared |= {attribute for u in settings.columns for attribute, _ in u.keys}
    return ProposalView(
        sheet=sheet.name,
        header_rows=tuple(row + 1 for row in settings.header_rows),
        start_row=settings.start_row + 1,
        end_row=settings.end_row + 1,
        decimal=settings.decimal,
        currency=settings.currency,
        unit=settings.unit,
        kind=settings.kind.value,
        domain=catalogue.resources[resource].domain if resource else proposal.domain,
        resource=resource,
        price_list=proposal.price_list,
        effective=settings.effective,
        date_order={True: "dmy", False: "mdy", None: ""}[settings.day_first],
        duplicates=settings.duplicates.value,
        skip_hidden=settings.skip_hidden,
        others=settings.others,
        columns=tuple(_columns(sheet, proposal, settings, dictionaries)),
        levels=tuple((a, catalogue.attributes[a].name) for a in settings.levels),
        added_levels=tuple(a for a in settings.levels if a not in _given(declared)),
        constants=settings.constants,
        constant_names=tuple(catalogue.key_text(a, k, dictionaries) for a, k in settings.constants),
        where=tuple((column_letter(index), text) for index, text in settings.where),
        section_rows=tuple(row + 1 for row in settings.section_rows),
        fill_down=tuple(column_letter(index) for index in settings.fill_down),
        hidden_rows=len(sheet.hidden_rows) if sheet.visibility_known else None,
        hidden_columns=tuple(column_letter(i) for i, c in enumerate(sheet.columns) if c.hidden),
        roles=ROLE_TITLES,
        attributes=attributes,
        addable=_addable(catalogue, attributes, settings, declared),
        reasons=worded(proposal.reasons),
    )


def _given(declared: set[str]) -> set[str]:
    """Return the levels that columns give: MCC and MNC together give the MCCMNC (IMP-11)."""
    return declared | {"mccmnc"} if {"mcc", "mnc"} <= declared else declared


def _columns(
    sheet: ParsedSheet, proposal: Proposal, settings: ImportSettings, dictionaries: Dictionaries
) -> Iterable[ColumnView]:
    catalogue = load_catalogue()
    uses: dict[int, list[ColumnUse]] = {}
    for use in settings.columns:
        uses.setdefault(use.column, []).append(use)
    for index, column in enumerate(sheet.columns):
        header = proposal.headers[index] if index < len(proposal.headers) else ""
        yield ColumnView(
            index=index,
            letter=column_letter(index),
            header=header,
            hidden=column.hidden,
            uses=tuple(
                UseView(
                    role=use.role.value,
                    attribute=use.attribute,
                    by=use.by,
                    how=use.how,
                    keys=use.keys,
                    reason=in_window_words(use.reason),
                    text=column_text(use),
                    part=use.extract,
                    key_names=tuple(catalogue.key_text(a, k, dictionaries) for a, k in use.keys),
                )
                for use in uses.get(index, ())
            ),
        )


def _attributes(
    catalogue: Catalogue, dictionaries: Dictionaries, resource: str, fixed: set[str]
) -> tuple[AttributeView, ...]:
    names: Sequence[str] = tuple(catalogue.attributes)
    if resource:
        names = catalogue.resources[resource].attributes
    return tuple(_attribute(catalogue, dictionaries, name) for name in names if name not in fixed)


def _attribute(catalogue: Catalogue, dictionaries: Dictionaries, name: str) -> AttributeView:
    known = catalogue.attributes[name]
    dictionary = dictionaries[known.dictionary] if known.dictionary else None
    by = dictionary.attributes if dictionary else ()
    return AttributeView(
        key=name,
        name=known.name,
        case="none" if dictionary is None else "attributes" if by else "keys",
        dictionary=known.dictionary,
        dictionary_title=dictionary.title if dictionary else "",
        match_by=tuple((a, _MATCH_TITLES.get(a, a.replace("_", " ").capitalize())) for a in by),
    )


def _addable(
    catalogue: Catalogue,
    attributes: Sequence[AttributeView],
    settings: ImportSettings,
    declared: set[str],
) -> tuple[LinkedLevel, ...]:
    """Return the levels that follow from a declared column by linked dictionaries (IMP-9)."""
    from dictionaries.links import LINKS

    bases = dict.fromkeys([*settings.levels, *sorted(_given(declared))])
    found = []
    for view in attributes:
        if view.key in settings.levels or not view.dictionary:
            continue
        for base in bases:
            source = catalogue.attributes[base].dictionary
            if base == view.key or (source, view.dictionary) in LINKS:
                found.append(LinkedLevel(view.key, view.name, base))
                break
    return tuple(found)


# ------------------------------------------------------------------------------ its rows


@dataclass(frozen=True)
class SheetReader:
    """Shows blocks of one sheet; ``made`` is the draft of it, None before there is one."""

    sheet: ParsedSheet
    settings: ImportSettings | None
    made: Draft | None

    def rows(self, first: int, count: int) -> RowsView:
        """Return ``count`` rows from position ``first`` on."""
        total = self.sheet.row_count
        start = max(0, min(first, total))
        block = range(start, min(start + max(count, 0), total))
        texts = [c.texts() if len(c.values) <= 1000 else None for c in self.sheet.columns]
        rows = tuple(self._row(row, texts) for row in block)
        return RowsView(self.sheet.name, start, total, rows)

    def _row(self, row: int, texts: Sequence[list[str] | None]) -> SheetRow:
        cells = tuple(
            known[int(column.codes[row])] if known else column.text(int(column.codes[row]))
            for column, known in zip(self.sheet.columns, texts, strict=True)
        )
        issues = self._issues_at(row)
        marks = tuple(
            CellMark(
                column_index(i.column) if i.column else -1,
                i.severity.value,
                in_window_words(i.reason),
            )
            for i in issues
        )
        return SheetRow(
            number=row + 1,
            state=self._state(row, cells),
            hidden=row in self._hidden,
            cells=cells,
            marks=marks,
            reason=marks[0].reason if marks else "",
        )

    def _state(self, row: int, cells: Sequence[str]) -> str:
        settings = self.settings
        if settings is None:
            state = self._state_in_tree(row)
        elif row in settings.header_rows:
            state = "header"
        elif row in self._sections:
            state = "section"
        elif not any(text.strip() for text in cells):
            state = "blank"
        elif row < settings.start_row:
            state = "title"
        elif row > settings.end_row:
            state = "below"
        else:
            state = self._outcome(row)
        return state

    def _state_in_tree(self, row: int) -> str:
        return "header" if row == 0 else self._outcome(row)

    def _outcome(self, row: int) -> str:
        if self.made is None:
            return "data"
        state = RowState(int(self.made.state[row]))
        return "below" if state is RowState.NOT_DATA else state.name.lower()

    @cached_property
    def _hidden(self) -> frozenset[int]:
        return frozenset(self.sheet.hidden_rows.tolist())

    @cached_property
    def _sections(self) -> frozenset[int]:
        return frozenset(self.settings.section_rows) if self.settings else frozenset()

    @cached_property
    def _named(self) -> dict[int, list[Issue]]:
        """Return the issues that name a row of this sheet, by the row's position."""
        found: dict[int, list[Issue]] = {}
        for issue in self.made.issues if self.made else ():
            if issue.row is not None and issue.sheet in ("", self.sheet.name):
                found.setdefault(issue.row - 1, []).append(issue)
        return found

    def _issues_at(self, row: int) -> list[Issue]:
        issues = list(self._named.get(row, ()))
        trail = self.made.result.trail if self.made and self.made.result else None
        for more in trail.more if trail else ():
            places: npt.NDArray[Any] = np.flatnonzero(more.rows == row)
            issues += [more.issue(int(place)) for place in places[:5]]
        return issues


def column_values(
    sheet: ParsedSheet, column: int, *, first: int, last: int, text: str, limit: int
) -> ColumnValues:
    """Return a column's values in rows ``first`` to ``last`` (1-based), the most frequent first."""
    found = sheet_column(sheet, column)
    counts = np.bincount(found.codes[first - 1 : last], minlength=len(found.values))
    wanted = text.casefold()
    rows: Counter[str] = Counter()
    for code in np.flatnonzero(counts).tolist():
        shown = " ".join(found.text(code).split())
        if shown and wanted in shown.casefold():
            rows[shown] += int(counts[code])
    return ColumnValues(len(rows), tuple(ColumnValue(v, n) for v, n in rows.most_common(limit)))
