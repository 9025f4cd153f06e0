"""One streamed look through the XML of an XLSX sheet for what the bulk reader does not tell.

Hidden rows and columns, error cells, formulas without a stored result, numbers written with
leading zeros, the number formats of the columns and how far the used cells reach. Ordinary files
(ECMA-376-1, 18.3.1) are searched as bytes, at the speed of unpacking; a file that is written in
an unusual way goes through :mod:`importers.formats.sheet_walk`, which is slower.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from importers.formats.assembly import NO_RESULT, SheetFacts
from importers.formats.limits import MIB
from importers.formats.package import Parts
from importers.formats.sheet_walk import FORMAT_ROWS, prevailing, walk_sheet
from importers.records import CellError, FileProblem, column_index, column_letter

MAX_ROW_BYTES = 64 * MIB

_HIDDEN_ROW = re.compile(rb'<row r="(\d+)"[^>]*\shidden="(?:1|true)"')
_ERROR = re.compile(rb'<c r="([A-Z]+)(\d+)"[^>]*\st="e"[^>]*(?<!/)>(.*?)</c>', re.DOTALL)
_VALUE = re.compile(rb"<v[^>]*>([^<]*)</v>")
_FORMULA = rb"<f\b[^>]*(?:/>|(?<!/)>[^<]*</f>)"
_NO_RESULT = re.compile(
    rb'<c r="([A-Z]+)(\d+)"([^>]*)(?<!/)>' + _FORMULA + rb"(<v[^>]*/>|<v[^>]*></v>)?</c>"
)
_NO_RESULT_SIGNS = (b"</f></c>", b"></v></c>", b"/></c>")
_ZERO_NUMBER = re.compile(rb"<v>0[0-9]")
_ZERO_CELL = re.compile(
    rb'<c r="([A-Z]+)(\d+)"([^>]*)(?<!/)>(?:' + _FORMULA + rb")?<v>(0[0-9]+)</v>"
)
_CELL = re.compile(rb'<c r="([A-Z]+)(\d+)"')
_NUMBER = re.compile(rb'<c r="([A-Z]+)(\d+)"([^>]*)(?<!/)>(?:' + _FORMULA + rb")?<v>[^<]")
_TYPE = re.compile(rb'\st="(\w+)"')
_STYLE = re.compile(rb'\ss="(\d+)"')
_COLUMN = re.compile(rb"<col\s[^>]*>")
_UNUSUAL = re.compile(
    rb'<row(?=[\s/>])(?! r="\d)|<c(?=[\s/>])(?! r="[A-Z])|</c>\s|\shidden=\'|\st=\'e|<!DOCTYPE'
)


@dataclass(slots=True)
class _Scan:
    """What the blocks looked at so far gave."""

    facts: SheetFacts = field(default_factory=SheetFacts)
    styles: dict[int, Counter[int]] = field(default_factory=dict)


def scan_sheet(parts: Parts, part: str, formats: Sequence[str], *, title: str = "") -> SheetFacts:
    """Return the facts of the sheet in ``part``; ``formats`` are those of the cell styles.

    ``title`` is the sheet's name, for messages.

    Raises FileProblem for a part that is damaged or larger than it says.
    """
    chunks = parts.chunks(part)
    name = f"{parts.name}, sheet {title!r}" if title else parts.name
    head = b""
    for chunk in chunks:
        head += chunk
        if b"<sheetData" in head or len(head) > MIB:
            break
    if not _ordinary(head):
        return walk_sheet(_chain(head, chunks), name, formats)
    scan = _Scan()
    start = head.find(b"<sheetData")
    _read_columns(head[:start], scan.facts)
    for number, block in enumerate(_blocks(head[start:], chunks, name)):
        _look(block, scan, first=number == 0)
    return _finished(scan, formats)


def _ordinary(head: bytes) -> bool:
    """Tell whether the byte search understands the sheet, by its first block."""
    opening = head[:200].lower()
    plain = b"encoding=" not in opening or b"utf-8" in opening
    whole_tags = head[: head.rfind(b">") + 1]  # the block may end inside a tag
    return plain and b"<sheetData" in head and not _UNUSUAL.search(whole_tags)


def _chain(head: bytes, chunks: Iterator[bytes]) -> Iterator[bytes]:
    yield head
    yield from chunks


def _blocks(head: bytes, chunks: Iterator[bytes], name: str) -> Iterator[bytes]:
    """Yield the sheet in pieces that end where a row ends."""
    rest = head
    for chunk in chunks:
        rest += chunk
        cut = rest.rfind(b"<row ")
        if cut > 0:
            yield rest[:cut]
            rest = rest[cut:]
        elif len(rest) > MAX_ROW_BYTES:
            raise FileProblem(f"{name} has a row of over 64 MiB: it is not a price list")
    yield rest


def _read_columns(head: bytes, facts: SheetFacts) -> None:
    """Note the hidden columns, which stand before the rows."""
    for tag in _COLUMN.findall(head):
        found = dict(re.findall(rb'(min|max|hidden)="(\w+)"', tag))
        if found.get(b"hidden") in (b"1", b"true") and b"min" in found and b"max" in found:
            last = min(int(found[b"max"]), 16_384)
            facts.hidden_columns.update(range(int(found[b"min"]) - 1, last))


def _look(block: bytes, scan: _Scan, *, first: bool) -> None:
    facts = scan.facts
    if b' hidden="' in block:
        facts.hidden_rows += [int(row) - 1 for row in _HIDDEN_ROW.findall(block)]
    if b' t="e"' in block:
        _read_errors(block, facts)
    # Formulas without a text of their own only follow one that has it.
    if b"</f>" in block or (facts.has_formulas and b"<f " in block):
        facts.has_formulas = True
        _read_formulas(block, facts)
    if _ZERO_NUMBER.search(block):
        _read_zero_numbers(block, facts)
    if first:
        _read_styles(block, scan.styles)
    _reach(block, facts)


def _read_errors(block: bytes, facts: SheetFacts) -> None:
    for letters, row, inner in _ERROR.findall(block):
        value = _VALUE.search(inner)
        error = CellError(value.group(1).decode("utf-8", "replace")) if value else NO_RESULT
        facts.marks.append((int(row) - 1, column_index(letters.decode()), error))


def _read_formulas(block: bytes, facts: SheetFacts) -> None:
    if not any(sign in block for sign in _NO_RESULT_SIGNS):
        return
    for letters, row, attributes, value in _NO_RESULT.findall(block):
        kind = _TYPE.search(attributes)
        # An empty text is a result; an error cell has been noted already.
        if kind and (kind.group(1) == b"e" or (kind.group(1) == b"str" and value)):
            continue
        facts.marks.append((int(row) - 1, column_index(letters.decode()), NO_RESULT))


def _read_zero_numbers(block: bytes, facts: SheetFacts) -> None:
    """Keep "0100" as text: no program writes a number so, the type was left out (U5)."""
    for letters, row, attributes, text in _ZERO_CELL.findall(block):
        kind = _TYPE.search(attributes)
        if not kind or kind.group(1) == b"n":
            facts.marks.append((int(row) - 1, column_index(letters.decode()), text.decode()))


def _read_styles(block: bytes, styles: dict[int, Counter[int]]) -> None:
    """Count the styles of the numbers in the first rows, per column."""
    last = None
    for found in _NUMBER.finditer(block):
        letters, row, attributes = found.groups()
        kind = _TYPE.search(attributes)
        if kind and kind.group(1) != b"n":
            continue
        last = last or int(row) + FORMAT_ROWS
        if int(row) > last:
            break
        style = _STYLE.search(attributes)
        counter = styles.setdefault(column_index(letters.decode()), Counter())
        counter[int(style.group(1)) if style else 0] += 1


def _reach(block: bytes, facts: SheetFacts) -> None:
    """Note the furthest row and column with a filled cell."""
    end = block.rfind(b"</c>")
    last = _CELL.match(block, block.rfind(b'<c r="', 0, end)) if end > 0 else None
    if last:
        facts.far_row = max(facts.far_row, int(last.group(2)) - 1)
        facts.far_column = max(facts.far_column, column_index(last.group(1).decode()))
    while found := _beyond(facts.far_column).search(block):
        facts.far_column = column_index(found.group(1).decode())


@lru_cache(maxsize=512)
def _beyond(column: int) -> re.Pattern[bytes]:
    """Return a pattern for filled cells right of 0-based ``column``."""
    letters = column_letter(column) if column >= 0 else ""
    choices = [f"[A-Z]{{{len(letters) + 1},3}}"] if len(letters) < 3 else []
    for place, letter in enumerate(letters):
        if letter < "Z":
            rest = len(letters) - place - 1
            choices.append(f"{letters[:place]}[{chr(ord(letter) + 1)}-Z][A-Z]{{{rest}}}")
    columns = "|".join(choices) or "(?!)"
    return re.compile(rf'<c r="({columns})\d+"[^>/]*>'.encode())


def _finished(scan: _Scan, formats: Sequence[str]) -> SheetFacts:
    scan.facts.formats = prevailing(scan.styles, formats)
    return scan.facts
