"""Looks through the XML of an ODS workbook for what the bulk reader does not tell.

Format: OpenDocument 1.2 part 1, 9 (tables); error cells as LibreOffice marks them
(``calcext:value-type``).
"""

from __future__ import annotations

from collections.abc import Mapping
from xml.parsers import expat

from importers.formats.assembly import NO_RESULT, SheetFacts
from importers.formats.package import Parts
from importers.formats.xml_problems import (
    EntitiesRefusedError,
    broken_xml,
    refuse,
    refused_entities,
)
from importers.records import CellError, Merge

CONTENT = "content.xml"
_SIGNS = (b'value-type="error"', b"visibility=", b"formula=", b"-spanned=")
_MAX_MARKED_ROWS = 1_048_576


class _Walker:
    """Follows the tables; rows and columns are counted, as ODS gives no references."""

    def __init__(self) -> None:
        self.sheets: dict[str, SheetFacts] = {}
        self._facts = SheetFacts()
        self._merges: list[Merge] = []
        self._row = self._column = self._column_mark = 0
        self._repeat = 1
        self._error: tuple[int, int] | None = None
        self._text: list[str] = []

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        name = tag.rpartition("}")[2]
        plain = {key.rpartition("}")[2]: value for key, value in attributes.items()}
        if name == "table":
            self._facts, self._merges = SheetFacts(), []
            self.sheets[plain.get("name", "")] = self._facts
            self._row = self._column_mark = 0
        elif name == "table-column":
            self._start_column(plain)
        elif name == "table-row":
            self._start_row(plain)
        elif name in ("table-cell", "covered-table-cell"):
            kind = attributes.get(_CALC_TYPE, "")
            self._start_cell(plain, error=kind == "error")

    def _start_column(self, attributes: Mapping[str, str]) -> None:
        count = _count(attributes, "number-columns-repeated")
        if attributes.get("visibility", "visible") != "visible":
            last = min(self._column_mark + count, 16_384)
            self._facts.hidden_columns.update(range(self._column_mark, last))
        self._column_mark += count

    def _start_row(self, attributes: Mapping[str, str]) -> None:
        self._column = 0
        self._repeat = _count(attributes, "number-rows-repeated")
        if attributes.get("visibility", "visible") != "visible":
            last = min(self._row + self._repeat, _MAX_MARKED_ROWS)
            self._facts.hidden_rows += range(self._row, last)

    def _start_cell(self, attributes: Mapping[str, str], *, error: bool) -> None:
        place = (self._row, self._column)
        if error:
            self._error, self._text = place, []
        elif "formula" in attributes and "value-type" not in attributes:
            self._facts.marks.append((*place, NO_RESULT))
        right = self._column + _count(attributes, "number-columns-spanned") - 1
        bottom = self._row + _count(attributes, "number-rows-spanned") - 1
        if right > self._column or bottom > self._row:
            self._merges.append(Merge(*place, bottom, right))
            self._facts.merges = tuple(self._merges)
        self._column += _count(attributes, "number-columns-repeated")

    def text(self, data: str) -> None:
        if self._error:
            self._text.append(data)

    def end(self, tag: str) -> None:
        name = tag.rpartition("}")[2]
        if name == "table-cell" and self._error:
            shown = "".join(self._text).strip() or "#ERROR!"
            self._facts.marks.append((*self._error, CellError(shown)))
            self._error = None
        elif name == "table-row":
            self._row += self._repeat


_CALC_TYPE = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}value-type"


def _count(attributes: Mapping[str, str], name: str) -> int:
    text = attributes.get(name, "1")
    return max(int(text), 1) if text.isdecimal() and len(text) < 9 else 1


def scan_ods(parts: Parts) -> dict[str, SheetFacts]:
    """Return the facts of each sheet by name; {} when a quick look finds nothing to tell.

    The content is unpacked in any case, to see that it is no larger than it says. Raises
    FileProblem for a damaged file and for one that declares entities.
    """
    last = b""
    found = False
    for chunk in parts.chunks(CONTENT):
        block = last + chunk
        found = found or any(sign in block for sign in _SIGNS)
        last = chunk[-64:]
    return _walk(parts) if found else {}


def _walk(parts: Parts) -> dict[str, SheetFacts]:
    walker = _Walker()
    parser = expat.ParserCreate(namespace_separator="}")
    parser.StartElementHandler = walker.start
    parser.EndElementHandler = walker.end
    parser.CharacterDataHandler = walker.text
    parser.StartDoctypeDeclHandler = refuse
    try:
        for chunk in parts.chunks(CONTENT):
            parser.Parse(chunk, False)  # noqa: FBT003 - expat takes it by position only
        parser.Parse(b"", True)  # noqa: FBT003
    except EntitiesRefusedError:
        raise refused_entities(parts.name) from None
    except (expat.ExpatError, ValueError) as error:
        raise broken_xml(parts.name, error) from None
    return walker.sheets
