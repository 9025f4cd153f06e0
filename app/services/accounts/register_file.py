"""Reads a register of companies: CSV or XLSX with tax ID, name, KPP and address (ACC-1, G6)."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.db.queries.company_register import RegisterEntry
from app.domain.requisites import inn_problem, plain
from app.errors import UserError
from importers.formats.dialects import find_delimiter
from importers.formats.encodings import find_encoding
from importers.formats.limits import check_archive
from importers.records import FileProblem

HEADINGS = {
    "tax_id": ("inn", "инн", "tax id", "tax id number", "tax number", "taxid", "инн организации"),
    "name": (
        "name",
        "company",
        "company name",
        "legal company name",
        "наименование",
        "наименование организации",
        "полное наименование",
        "сокращенное наименование",
        "название",
        "организация",
    ),
    "kpp": ("kpp", "кпп"),
    "legal_address": (
        "address",
        "legal address",
        "адрес",
        "юридический адрес",
        "адрес организации",
        "адрес места нахождения",
    ),
}
"""What a column may be called, in lower case."""

REQUIRED = ("tax_id", "name")
LOOKED_AT = 20
"""Rows among which the one with the headings is looked for."""

LONGEST = {"tax_id": 20, "name": 1000, "kpp": 20, "legal_address": 1000}


@dataclass(slots=True)
class Rejects:
    """How many rows were left out, and the first sentences that say why."""

    number: int = 0
    sentences: list[str] = field(default_factory=list)

    def add(self, sentence: str) -> None:
        """Count a row; the first ten are told."""
        self.number += 1
        if len(self.sentences) < 10:
            self.sentences.append(sentence)


def entries(path: Path, rejects: Rejects) -> Iterator[RegisterEntry]:
    """Yield the companies of a file; what is no company goes to ``rejects``.

    Raises UserError for a file that can't be read or has no column of tax IDs or names.
    """
    try:
        rows = _spreadsheet(path) if zipfile.is_zipfile(path) else _text(path)
        places, first, rest = _headed(path, rows)
    except OSError as problem:
        raise UserError(
            f"{path.name} can't be read ({problem.strerror}): choose another file."
        ) from None
    except FileProblem as problem:
        raise UserError(f"{problem}.".replace("..", ".")) from None
    for number, row in enumerate(rest, start=first):
        entry = _entry(row, places)
        if entry is None:
            continue
        reason = _reason(entry)
        if reason:
            rejects.add(f"Row {number}: {reason}")
        else:
            yield entry


def _headed(
    path: Path, rows: Iterator[Sequence[Any]]
) -> tuple[dict[str, int], int, Iterator[Sequence[Any]]]:
    """Return where the columns stand, the number of the first row of data, and the rows of it."""
    for number, row in enumerate(rows, start=1):
        texts = [str(cell or "").strip().lower().replace("ё", "е") for cell in row]
        places = {
            name: next(i for i, text in enumerate(texts) if text in known)
            for name, known in HEADINGS.items()
            if any(text in known for text in texts)
        }
        if all(name in places for name in REQUIRED):
            return places, number + 1, rows
        if number >= LOOKED_AT:
            break
    raise UserError(
        f"{path.name} has no headings INN and Name (ИНН, Наименование) in its first "
        f"{LOOKED_AT} rows: name its columns INN, KPP, Name, Address."
    )


def _entry(row: Sequence[Any], places: dict[str, int]) -> RegisterEntry | None:
    """Return a row as an entry, None for an empty one."""
    texts = {name: _cell(row[place]) if place < len(row) else "" for name, place in places.items()}
    if not any(texts.values()):
        return None
    for name in ("tax_id", "kpp"):
        texts[name] = plain(texts.get(name, ""))
    kept = {name: text[: LONGEST[name]] for name, text in texts.items() if name != "tax_id"}
    return RegisterEntry(tax_id=_padded(texts["tax_id"]), **kept)


def _padded(tax_id: str) -> str:
    """Return an INN with the leading zero that a spreadsheet takes from a number."""
    return f"0{tax_id}" if tax_id.isdecimal() and len(tax_id) in {9, 11} else tax_id


def _cell(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = "" if value is None else str(value)
    return " ".join(text.split()) if not text.isprintable() else text.strip()


def _reason(entry: RegisterEntry) -> str:
    """Return why an entry is none."""
    if not entry.tax_id:
        return "there is no tax ID."
    if len(entry.tax_id) > LONGEST["tax_id"]:
        return f'"{entry.tax_id[:40]}" is too long for a tax ID.'
    if not entry.name:
        return f"{entry.tax_id} has no name."
    return inn_problem(entry.tax_id)


def _text(path: Path) -> Iterator[Sequence[Any]]:
    encoding = find_encoding(path).name
    with path.open(encoding=encoding, errors="replace", newline="") as stream:
        head = [line for line, _ in zip(stream, range(LOOKED_AT), strict=False)]
    delimiter = find_delimiter(head) or ","
    return _lines(path, encoding, delimiter)


def _lines(path: Path, encoding: str, delimiter: str) -> Iterator[Sequence[Any]]:
    csv.field_size_limit(1_000_000)
    with path.open(encoding=encoding, errors="replace", newline="") as stream:
        cleaned: Iterable[str] = (line.replace("\0", "") for line in stream)
        try:
            yield from csv.reader(cleaned, delimiter=delimiter)
        except csv.Error:
            raise UserError(
                f"{path.name} is no table of texts: save it as CSV or XLSX and load that."
            ) from None


def _spreadsheet(path: Path) -> Iterator[Sequence[Any]]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        with zipfile.ZipFile(path) as archive:
            check_archive(archive, path.name)
        sheet = CalamineWorkbook.from_path(path).get_sheet_by_index(0)
    except (CalamineError, zipfile.BadZipFile, IndexError):
        raise UserError(
            f"{path.name} can't be read as a spreadsheet: save it as CSV or XLSX and load that."
        ) from None
    return iter(sheet.iter_rows())
