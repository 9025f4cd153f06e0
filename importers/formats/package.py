"""Finds the parts of an XLSX package: which XML file is which sheet, and the number formats.

Format: ECMA-376 (Office Open XML) part 1, 18 SpreadsheetML, and part 2, packages.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from importers.formats.limits import MIB
from importers.formats.xml_problems import broken_xml, refused_entities
from importers.records import FileProblem

MAX_PART = 64 * MIB
"""Bytes of a part that is read whole (workbook, relations, styles)."""

# ECMA-376-1, 18.8.30: formats known by number only (the dates among them as en-US shows them).
BUILT_IN_FORMATS = {
    0: "", 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00",
    12: "# ?/?", 13: "# ??/??", 14: "mm-dd-yy", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy",
    18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss", 22: "m/d/yy h:mm",
    37: "#,##0 ;(#,##0)", 38: "#,##0 ;[Red](#,##0)", 39: "#,##0.00;(#,##0.00)",
    40: "#,##0.00;[Red](#,##0.00)", 45: "mm:ss", 46: "[h]:mm:ss", 47: "mmss.0", 48: "##0.0E+0",
    49: "@",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Package:
    """What the workbook part says. ``sheets`` maps a sheet's name to its part ("" = not found).

    ``formats`` holds the number format of each cell style. ``never_calculated`` = written by a
    program that left the formulas to Excel.
    """

    sheets: Mapping[str, str]
    formats: tuple[str, ...] = ()
    date_1904: bool = False
    never_calculated: bool = False


@dataclass(slots=True)
class Parts:
    """The entries of a ZIP archive under normalised names (some writers use backslashes)."""

    archive: zipfile.ZipFile
    name: str
    entries: dict[str, zipfile.ZipInfo] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for entry in self.archive.infolist():
            self.entries.setdefault(part_key(entry.filename), entry)

    def __contains__(self, part: str) -> bool:
        return part_key(part) in self.entries

    def chunks(self, part: str, size: int = MIB) -> Iterator[bytes]:
        """Yield the unpacked bytes of ``part``; FileProblem if they are not what ZIP promises."""
        try:
            with self.archive.open(self.entries[part_key(part)]) as file:
                while chunk := file.read(size):
                    yield chunk
        except (zipfile.BadZipFile, EOFError, OSError, ValueError, NotImplementedError) as error:
            raise FileProblem(
                f"{self.name} is damaged ({part} can't be unpacked: {error}): get the file again"
            ) from None
        except Exception as error:
            if type(error).__module__ != "zlib":
                raise
            raise FileProblem(
                f"{self.name} is damaged ({part} can't be unpacked): get the file again"
            ) from None

    def read(self, part: str) -> bytes:
        """Return the whole of a small ``part``; FileProblem if it is too large."""
        if self.entries[part_key(part)].file_size > MAX_PART:
            raise FileProblem(f"{self.name}: its part {part} is too large: save it again in Excel")
        return b"".join(self.chunks(part))

    def verify(self, part: str) -> None:
        """Unpack ``part`` to see that it is no larger than it says."""
        for _ in self.chunks(part):
            pass


def part_key(name: str) -> str:
    """Return the name under which a part is looked up."""
    return name.replace("\\", "/").lstrip("/").lower()


def parse_xml(data: bytes, name: str) -> Any:
    """Return the root element of ``data``; FileProblem for broken XML or one with entities."""
    from xml.etree.ElementTree import ParseError

    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        return fromstring(data, forbid_dtd=True)
    except DefusedXmlException:
        raise refused_entities(name) from None
    except (ParseError, LookupError, ValueError) as error:
        raise broken_xml(name, error) from None


def local(tag: str) -> str:
    """Return an element's name without its namespace."""
    return tag.rpartition("}")[2]


def attribute(element: Any, name: str) -> str:
    """Return the attribute ``name`` of ``element`` in any namespace, or ""."""
    for key, value in element.attrib.items():
        if local(key) == name:
            return str(value)
    return ""


def read_package(parts: Parts) -> Package:
    """Return what the package says about its sheets."""
    workbook = workbook_part(parts)
    if not workbook:
        raise FileProblem(f"{parts.name} holds no workbook: open it in Excel and save it again")
    targets = relations(parts, workbook)
    root = parse_xml(parts.read(workbook), parts.name)
    found: Callable[[str], list[Any]] = lambda tag: [  # noqa: E731
        e for e in root.iter() if local(str(e.tag)) == tag
    ]
    flags = [attribute(e, "date1904") for e in found("workbookPr")]
    on_load = [attribute(e, "fullCalcOnLoad") for e in found("calcPr")]
    return Package(
        sheets={attribute(e, "name"): targets.get(attribute(e, "id"), "") for e in found("sheet")},
        formats=_formats(parts, targets),
        date_1904=any(flag in ("1", "true") for flag in flags),
        never_calculated=any(flag in ("1", "true") for flag in on_load),
    )


def workbook_part(parts: Parts) -> str:
    """Return the part that lists the sheets, or ""."""
    if "_rels/.rels" in parts:
        for element in parse_xml(parts.read("_rels/.rels"), parts.name):
            target = attribute(element, "Target").lstrip("/")
            if attribute(element, "Type").endswith("/officeDocument") and target in parts:
                return target
    named = [n for n in parts.entries if re.search(r"(^|/)workbook\d*\.(xml|bin)$", n)]
    return named[0] if named else ""


def relations(parts: Parts, workbook: str) -> dict[str, str]:
    """Return the parts that ``workbook`` refers to, by relation id and by kind (``*styles``)."""
    folder, file = posixpath.split(workbook)
    part = posixpath.join(folder, "_rels", file + ".rels")
    if part not in parts:
        return {}
    targets = {}
    for element in parse_xml(parts.read(part), parts.name):
        target = attribute(element, "Target").replace("\\", "/")
        place = target if target.startswith("/") else posixpath.join(folder, target)
        place = posixpath.normpath(place).lstrip("/")
        if place in parts:
            targets[attribute(element, "Id")] = place
            targets["*" + attribute(element, "Type").rpartition("/")[2]] = place
    return targets


def _formats(parts: Parts, targets: Mapping[str, str]) -> tuple[str, ...]:
    """Return the number format of every cell style, in order."""
    part = targets.get("*styles", "")
    if not part.endswith(".xml"):
        return ()
    root = parse_xml(parts.read(part), parts.name)
    own = {
        attribute(e, "numFmtId"): attribute(e, "formatCode")
        for e in root.iter()
        if local(str(e.tag)) == "numFmt"
    }
    styles = [e for e in root if local(str(e.tag)) == "cellXfs"]
    return tuple(_format(attribute(e, "numFmtId"), own) for group in styles for e in group)


def _format(number: str, own: Mapping[str, str]) -> str:
    code = own.get(number)
    if code is None:
        code = BUILT_IN_FORMATS.get(int(number), "") if number.isdecimal() else ""
    return "" if code.lower() == "general" else code
