"""Looks through the records of an XLSB sheet for what the bulk reader does not tell.

Format: [MS-XLSB] 2.1.4 (records), 2.4.308 BrtCellErr, 2.4.319 BrtColInfo, 2.4.673 BrtFmlaError,
2.4.696 BrtMergeCell, 2.4.741 BrtRowHdr, 2.4.304 BrtBundleSh, BrtWbProp.
"""

from __future__ import annotations

import posixpath
import struct
from collections.abc import Iterator

from importers.formats.assembly import SheetFacts
from importers.formats.package import Package, Parts, relations, workbook_part
from importers.records import CellError, FileProblem, Merge

_ROW, _ERROR, _FORMULA_ERROR, _COLUMN, _PROPERTIES, _SHEET, _MERGE = 0, 3, 11, 60, 153, 156, 176
_WANTED = {_ROW, _ERROR, _FORMULA_ERROR, _COLUMN, _PROPERTIES, _SHEET, _MERGE}
_HIDDEN_ROW = 0x10
"""fDyZero in the twelfth byte of a row's record."""

# [MS-XLSB] 2.5.98.2 BErr
ERROR_TEXTS = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?",
    0x24: "#NUM!", 0x2A: "#N/A", 0x2B: "#GETTING_DATA",
}  # fmt: skip


def _records(chunks: Iterator[bytes], name: str) -> Iterator[tuple[int, bytes]]:
    """Yield (type, content) of the records this module wants."""
    data, place = b"", 0
    for chunk in chunks:
        data, place = data[place:] + chunk, 0
        while (found := _header(data, place)) is not None:
            kind, start, length = found
            if start + length > len(data):
                break
            if kind in _WANTED:
                yield kind, data[start : start + length]
            place = start + length
    if place < len(data):
        raise FileProblem(f"{name} is damaged (a sheet ends in the middle): get the file again")


def _header(data: bytes, place: int) -> tuple[int, int, int] | None:
    """Return type, start and length of the record at ``place``, None if it is cut off."""
    if place + 2 > len(data):
        return None
    kind = data[place]
    place += 1
    if kind & 0x80:
        kind = (kind & 0x7F) | (data[place] & 0x7F) << 7
        place += 1
    # The length takes one to four bytes of seven bits each, lowest first.
    length = shift = 0
    while shift < 28:
        if place >= len(data):
            return None
        byte = data[place]
        place += 1
        length |= (byte & 0x7F) << shift
        if byte < 0x80:
            break
        shift += 7
    return kind, place, length


def scan_xlsb(parts: Parts, part: str) -> SheetFacts:
    """Return the facts of the sheet in ``part``; FileProblem if it is damaged."""
    facts, row, merges = SheetFacts(), -1, []
    for kind, body in _records(parts.chunks(part), parts.name):
        if kind == _ROW and len(body) >= 12:
            row = struct.unpack_from("<I", body)[0]
            if body[11] & _HIDDEN_ROW:
                facts.hidden_rows.append(row)
        elif kind in (_ERROR, _FORMULA_ERROR) and len(body) >= 9:
            column = struct.unpack_from("<I", body)[0]
            facts.marks.append((row, column, CellError(ERROR_TEXTS.get(body[8], "#ERROR!"))))
        elif kind == _COLUMN and len(body) >= 18 and body[16] & 1:
            first, last = struct.unpack_from("<II", body)
            facts.hidden_columns.update(range(first, min(last + 1, 16_384)))
        elif kind == _MERGE and len(body) >= 16:
            top, bottom, left, right = struct.unpack_from("<IIII", body)
            merges.append(Merge(top, left, bottom, right))
    facts.merges = tuple(merges)
    return facts


def read_xlsb_package(parts: Parts) -> Package:
    """Return the part of each sheet by name and the date system."""
    workbook = workbook_part(parts) or "xl/workbook.bin"
    targets = relations(parts, posixpath.normpath(workbook))
    sheets, date_1904 = {}, False
    for kind, body in _records(parts.chunks(workbook), parts.name):
        if kind == _SHEET:
            identity, place = _text(body, 8)
            sheets[_text(body, place)[0]] = targets.get(identity, "")
        elif kind == _PROPERTIES and body:
            date_1904 = bool(body[0] & 1)
    return Package(sheets, date_1904=date_1904)


def _text(body: bytes, place: int) -> tuple[str, int]:
    """Return the length-prefixed UTF-16 text at ``place`` and where it ends."""
    length = struct.unpack_from("<I", body, place)[0]
    end = place + 4 + 2 * length
    return body[place + 4 : end].decode("utf-16-le", "replace"), end
