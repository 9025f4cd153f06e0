"""Looks through the XML of an XLSX sheet element by element: slow, but sure of any spelling.

For sheets with a namespace prefix, another encoding than UTF-8, or rows and cells without
references (all allowed by ECMA-376-1, 18.3.1).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from xml.parsers import expat

from importers.formats.assembly import NO_RESULT, SheetFacts
from importers.formats.xml_problems import (
    EntitiesRefusedError,
    broken_xml,
    refuse,
    refused_entities,
)
from importers.records import CellError, column_index

FORMAT_ROWS = 250
"""Rows from the first number on that decide the number format of a column."""
_REFERENCE = re.compile(r"([A-Z]+)(\d+)$")
_ZERO_NUMBER = re.compile(r"0[0-9]+$")
_YES = ("1", "true")


class _Walker:
    """Follows the elements of one sheet and keeps what they tell."""

    def __init__(self, formats: Sequence[str]) -> None:
        self.facts = SheetFacts()
        self._formats = formats
        self._styles: dict[int, Counter[int]] = {}
        self._row = self._column = -1
        self._format_end = -1
        self._cell: Mapping[str, str] = {}
        self._formula = self._filled = self._in_value = False
        self._text: list[str] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition("}")[2]
        handler = getattr(self, f"_start_{name}", None)
        if handler:
            handler(attributes)

    def _start_col(self, attributes: Mapping[str, str]) -> None:
        if attributes.get("hidden") in _YES:
            first, last = int(attributes.get("min", 1)), int(attributes.get("max", 1))
            self.facts.hidden_columns.update(range(first - 1, min(last, 16_384)))

    def _start_row(self, attributes: Mapping[str, str]) -> None:
        self._row = int(attributes["r"]) - 1 if "r" in attributes else self._row + 1
        self._column = -1
        if attributes.get("hidden") in _YES:
            self.facts.hidden_rows.append(self._row)

    def _start_c(self, attributes: Mapping[str, str]) -> None:
        found = _REFERENCE.match(attributes.get("r", ""))
        if found:
            self._column = column_index(found.group(1))
            self._row = int(found.group(2)) - 1
        else:
            self._column += 1
        self._cell = attributes
        self._formula = self._filled = False
        self._text = []

    def _start_f(self, _attributes: Mapping[str, str]) -> None:
        self._formula = self.facts.has_formulas = True

    def _start_v(self, _attributes: Mapping[str, str]) -> None:
        self._in_value = self._filled = True

    def _start_is(self, _attributes: Mapping[str, str]) -> None:
        self._filled = True

    def text(self, data: str) -> None:
        if self._in_value:
            self._text.append(data)

    def end(self, tag: str) -> None:
        name = tag.rpartition("}")[2]
        if name == "v":
            self._in_value = False
        elif name == "c":
            self._finish_cell(self._cell.get("t", "n"), "".join(self._text))

    def _finish_cell(self, kind: str, text: str) -> None:
        place = (self._row, self._column)
        if kind == "e":
            self.facts.marks.append((*place, CellError(text) if text else NO_RESULT))
        elif self._formula and not text and not (kind == "str" and self._filled):
            self.facts.marks.append((*place, NO_RESULT))
        elif kind == "n" and _ZERO_NUMBER.match(text):
            self.facts.marks.append((*place, text))
        if self._filled:
            self._reach(kind)

    def _reach(self, kind: str) -> None:
        facts = self.facts
        facts.far_row = max(facts.far_row, self._row)
        facts.far_column = max(facts.far_column, self._column)
        if kind != "n":
            return
        if self._format_end < 0:
            self._format_end = self._row + FORMAT_ROWS
        if self._row <= self._format_end:
            counter = self._styles.setdefault(self._column, Counter())
            counter[int(self._cell.get("s", "0"))] += 1

    def finish(self) -> SheetFacts:
        self.facts.formats = prevailing(self._styles, self._formats)
        return self.facts


def prevailing(styles: Mapping[int, Counter[int]], formats: Sequence[str]) -> dict[int, str]:
    """Return the number format that most counted cells of each column have."""
    found = {}
    for column, counter in styles.items():
        style = counter.most_common(1)[0][0]
        if style < len(formats) and formats[style]:
            found[column] = formats[style]
    return found


def walk_sheet(chunks: Iterable[bytes], name: str, formats: Sequence[str]) -> SheetFacts:
    """Return the facts of the sheet whose XML comes in ``chunks``.

    ``name`` is the file's, for the FileProblem that broken XML or a document type ends in.
    """
    walker = _Walker(formats)
    parser = expat.ParserCreate(namespace_separator="}")
    parser.StartElementHandler = walker.start
    parser.EndElementHandler = walker.end
    parser.CharacterDataHandler = walker.text
    parser.StartDoctypeDeclHandler = refuse
    try:
        for chunk in chunks:
            parser.Parse(chunk, False)  # noqa: FBT003 - expat takes it by position only
        parser.Parse(b"", True)  # noqa: FBT003
    except EntitiesRefusedError:
        raise refused_entities(name) from None
    except (expat.ExpatError, ValueError) as error:
        raise broken_xml(name, error) from None
    return walker.finish()
