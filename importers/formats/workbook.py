"""Reads XLSX, XLSM, XLSB, ODS and XLS workbooks with calamine, other readers filling the gaps."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

from importers.formats.assembly import (
    CHUNK_ROWS,
    SheetFacts,
    build_sheet,
    collector_off,
    empty_column,
)
from importers.formats.book import (
    MAX_SHEET_ROWS,
    TYPE_NAMES,
    XLS_SHEET_ROWS,
    OpenOptions,
    info,
    warning,
)
from importers.formats.limits import (
    BYTES_PER_CELL,
    MIB,
    check_archive,
    check_cells,
    check_width,
    memory_limit,
)
from importers.formats.ods_scan import scan_ods
from importers.formats.package import Package, Parts, read_package
from importers.formats.sheet_scan import scan_sheet
from importers.formats.source import ReaderFailedError, Source, reader_errors
from importers.formats.xlsb_scan import read_xlsb_package, scan_xlsb
from importers.records import (
    CellValue,
    Column,
    ColumnsBuilder,
    FileProblem,
    Issue,
    Merge,
    ParsedSheet,
    column_letter,
)

Rows = Iterable[Sequence[CellValue]]


STALE_FORMULAS = (
    "the file asks for its formulas to be calculated on opening, so the results stored in it may "
    "be out of date: open it in Excel, save it and import that"
)


@dataclass(frozen=True, slots=True)
class SheetEntry:
    """A sheet as the workbook lists it; ``index`` counts all sheets, charts included."""

    index: int
    name: str
    hidden: bool = False


@dataclass(slots=True)
class Workbook:
    """The sheets read from a workbook, the names of all, and remarks about the whole."""

    sheets: list[ParsedSheet] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    notes: list[Issue] = field(default_factory=list)


def wanted(entries: Sequence[SheetEntry], options: OpenOptions, name: str) -> list[SheetEntry]:
    """Return the entries that ``options.sheets`` asks for (all by default), in file order."""
    if options.sheets is None:
        return list(entries)
    chosen = set()
    for want in options.sheets:
        places = [i for i, e in enumerate(entries) if want in (i, e.name)]
        if not places:
            there = ", ".join(repr(e.name) for e in entries)
            raise FileProblem(f"{name} has no sheet {want!r}: its sheets are {there}")
        chosen.add(places[0])
    return [entries[i] for i in sorted(chosen)]


def read_each(
    entries: Sequence[SheetEntry],
    read: Callable[[SheetEntry], ParsedSheet],
    result: Workbook,
    *,
    strict: bool,
) -> None:
    """Read every entry into ``result``.

    A sheet that can't be read is a remark as long as another one can, unless ``strict``.
    """
    problems = []
    for entry in entries:
        try:
            result.sheets.append(read(entry))
        except FileProblem as problem:
            if strict:
                raise
            problems.append(problem)
            result.notes.append(warning(str(problem), sheet=entry.name))
    if problems and not result.sheets:
        raise problems[0]


# --------------------------------------------------------------------------- calamine


def read_workbook(source: Source, kind: str, options: OpenOptions) -> Workbook:
    """Return the sheets of an XLSX, XLSM, XLSB or ODS workbook.

    Raises FileProblem when it is damaged, beyond the limits, or has no such sheet.
    """
    with (
        reader_errors(source.name, TYPE_NAMES[kind]),
        source.open() as file,
        zipfile.ZipFile(file) as archive,
    ):
        check_archive(archive, source.name)
        return _read_zipped(source, kind, options, Parts(archive, source.name))


def _read_zipped(source: Source, kind: str, options: OpenOptions, parts: Parts) -> Workbook:
    package = _package(parts, kind)
    _verify_parts(parts)
    facts_of = _facts_by_sheet(parts, kind, package)
    try:
        book = open_calamine(source, kind)
    except ReaderFailedError:
        if kind not in ("xlsx", "xlsm"):
            raise
        from importers.formats.slow_readers import read_by_openpyxl

        return read_by_openpyxl(source, options, package, facts_of)
    entries = sheet_entries(book)
    result = Workbook(names=[e.name for e in entries])

    def read(entry: SheetEntry) -> ParsedSheet:
        return _read_zipped_sheet(book, entry, source, kind, package, facts_of(entry.name))

    strict = options.sheets is not None
    read_each(wanted(entries, options, source.name), read, result, strict=strict)
    return result


def _read_zipped_sheet(
    book: Any, entry: SheetEntry, source: Source, kind: str, package: Package, facts: SheetFacts
) -> ParsedSheet:
    check_reach(facts, source, entry.name)
    stale = package.never_calculated and facts.has_formulas
    try:
        return read_sheet(
            book,
            entry,
            source,
            kind,
            facts=facts,
            date_1904=package.date_1904,
            notes=[warning(STALE_FORMULAS, sheet=entry.name)] if stale else [],
        )
    except ReaderFailedError:
        if kind not in ("xlsx", "xlsm"):
            raise
        from importers.formats.slow_readers import sheet_by_openpyxl

        return sheet_by_openpyxl(source, entry, package, facts)


def _package(parts: Parts, kind: str) -> Package:
    if kind == "ods":
        return Package({})
    return read_xlsb_package(parts) if kind == "xlsb" else read_package(parts)


def _verify_parts(parts: Parts) -> None:
    """Unpack once what the bulk reader will, if nobody else does: a ZIP's sizes can lie."""
    for key in parts.entries:
        if key.endswith(("sharedstrings.xml", "sharedstrings.bin")):
            parts.verify(key)


def _facts_by_sheet(parts: Parts, kind: str, package: Package) -> Callable[[str], SheetFacts]:
    """Return a function that gives the facts of a sheet by its name."""
    if kind == "ods":
        known = scan_ods(parts)
        return lambda name: known.get(name, SheetFacts())

    def facts(name: str) -> SheetFacts:
        part = package.sheets.get(name, "")
        if not part:
            return SheetFacts(visibility_known=False)
        if kind == "xlsb":
            return scan_xlsb(parts, part)
        return scan_sheet(parts, part, package.formats, title=name)

    return facts


def check_reach(facts: SheetFacts, source: Source, sheet: str) -> None:
    """Refuse a sheet whose cells lie so far apart that the reader's rectangle fills the memory."""
    cells = (facts.far_row + 1) * (facts.far_column + 1)
    if cells * BYTES_PER_CELL > memory_limit(source.path) - 128 * MIB:
        corner = f"{column_letter(facts.far_column)}{facts.far_row + 1}"
        raise FileProblem(
            f"{source.name}, sheet {sheet!r} reaches down to {corner} though most of it is empty: "
            "delete the stray cells in the last rows and columns and save it again"
        )


def open_calamine(source: Source, kind: str) -> Any:
    """Return calamine's workbook; FileProblem if it can't read it."""
    from python_calamine import CalamineWorkbook

    with reader_errors(source.name, TYPE_NAMES[kind]), source.open() as file:
        return CalamineWorkbook.from_filelike(file)


def sheet_entries(book: Any) -> list[SheetEntry]:
    """Return the worksheets of a calamine workbook, charts and macro sheets left out."""
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    return [
        SheetEntry(i, meta.name, hidden=meta.visible != SheetVisibleEnum.Visible)
        for i, meta in enumerate(book.sheets_metadata)
        if meta.typ == SheetTypeEnum.WorkSheet
    ]


def read_sheet(
    book: Any,
    entry: SheetEntry,
    source: Source,
    kind: str,
    *,
    facts: SheetFacts,
    date_1904: bool,
    notes: Iterable[Issue] = (),
) -> ParsedSheet:
    """Return one sheet of a calamine workbook, corrected by ``facts``."""
    with reader_errors(source.name, TYPE_NAMES[kind], sheet=entry.name):
        sheet = book.get_sheet_by_index(entry.index)
        columns = _columns(sheet, source.name, entry.name)
        merges = sheet.merged_cell_ranges
        del sheet
    if not facts.merges and merges:
        facts = replace(facts, merges=tuple(sorted(map(_merge, merges), key=_place)))
    check_width(_width(columns, facts), source.name, sheet=entry.name)
    return build_sheet(
        entry.name,
        columns,
        facts,
        hidden=entry.hidden,
        date_1904=date_1904,
        max_rows=XLS_SHEET_ROWS if kind == "xls" else MAX_SHEET_ROWS,
        notes=(*notes, *_notes(facts, entry.name)),
    )


def _columns(sheet: Any, name: str, title: str) -> list[Column]:
    if sheet.start is None:
        return []
    left = sheet.start[1]
    check_width(left + sheet.width, name, sheet=title)
    check_cells(sheet.total_height, left + sheet.width, name, sheet=title)
    columns = columns_of(sheet.iter_rows())
    rows = len(columns[0].codes) if columns else 0
    # iter_rows begins at row 1 but leaves empty columns on the left out.
    return [*(empty_column(rows) for _ in range(left)), *columns]


def columns_of(rows: Rows) -> list[Column]:
    """Return the columns of equally long ``rows``, which are not kept."""
    builder, source = ColumnsBuilder(), iter(rows)
    with collector_off():
        while chunk := list(islice(source, CHUNK_ROWS)):
            builder.add_rows(chunk)
    return list(builder.finish())


def _merge(found: tuple[tuple[int, int], tuple[int, int]]) -> Merge:
    (top, left), (bottom, right) = found
    return Merge(top, left, bottom, right)


def _place(merge: Merge) -> tuple[int, int]:
    return merge.top, merge.left


def _width(columns: Sequence[Column], facts: SheetFacts) -> int:
    return max([len(columns), *(column + 1 for _, column, _ in facts.marks)])


def _notes(facts: SheetFacts, sheet: str) -> list[Issue]:
    if facts.visibility_known:
        return []
    return [info("this file does not tell which rows and columns are hidden", sheet=sheet)]
