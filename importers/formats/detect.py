"""Tells what a file is by its content; the name is only a claim (Q1)."""

from __future__ import annotations

import codecs
import re
import zipfile

from importers.formats.ole import OLE_MAGIC, OleFile
from importers.formats.package import part_key
from importers.formats.source import ADVICE, Source
from importers.records import FileProblem, PasswordNeeded

HEAD = 65_536
_RAW_BIFF = re.compile(rb"\x09[\x00\x02\x04\x08][\x04-\x10]\x00")
"""A BOF record outside a container: Excel 2 to 4 (and some writers of Excel 5 files)."""

_OTHER_MAGIC = (
    (b"%PDF", "a PDF document"),
    (b"{\\rtf", "an RTF document"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"\x1f\x8b", "a GZIP archive: unpack it first"),
    (b"7z\xbc\xaf", "a 7-Zip archive: unpack it first"),
    (b"Rar!", "a RAR archive: unpack it first"),
    (b"SQLite format 3", "a database file"),
)
_HTML = re.compile(
    r"<(?:!doctype\s+html|html|table|head|body|meta|style|div|center|font|tr)\b", re.IGNORECASE
)
_TABLE = re.compile(r"<table\b", re.IGNORECASE)
_SPREADSHEETML = "urn:schemas-microsoft-com:office:spreadsheet"
_MIME = re.compile(r"^(?:[\w-]+:[^\n]*\n(?:[ \t][^\n]*\n)*)*?MIME-Version:", re.IGNORECASE)
_CONTROL = re.compile(rb"[\x01-\x08\x0e-\x19\x1b\x1c\x1d]")


def detect(source: Source) -> str:
    """Return the type of ``source``, a key of TYPE_NAMES, or one of two others.

    ``text`` is a text table, ``encrypted`` an encrypted Office package.
    Raises FileProblem naming what the file is when it can't hold a price list.
    """
    head = source.head(HEAD)
    if not head:
        raise FileProblem(f"{source.name} is empty (0 bytes): get the file again")
    if head[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
        return _detect_zip(source)
    if head.startswith(OLE_MAGIC):
        return _detect_ole(source)
    for magic, what in _OTHER_MAGIC:
        if head.startswith(magic):
            raise FileProblem(f"{source.name} is {what}, not a price list; {ADVICE}")
    if _RAW_BIFF.match(head):
        return "xls"
    return _detect_text(source, head)


def _detect_zip(source: Source) -> str:
    try:
        with source.open() as file, zipfile.ZipFile(file) as archive:
            names = [part_key(entry.filename) for entry in archive.infolist()]
            mimetype = archive.read("mimetype")[:100] if "mimetype" in names else b""
            types = _content_types(archive)
    except (zipfile.BadZipFile, OSError, ValueError, KeyError, NotImplementedError, RuntimeError):
        raise FileProblem(
            f"{source.name} is damaged (a ZIP package cut short or broken): get the file again"
        ) from None
    found = _workbook_type(names, types) or _ods_type(names, mimetype)
    if not found:
        raise _other_zip(source.name, names)
    return found


def _content_types(archive: zipfile.ZipFile) -> str:
    for entry in archive.infolist():
        if part_key(entry.filename) == "[content_types].xml" and entry.file_size < HEAD * 16:
            return archive.read(entry).decode("utf-8", "replace").lower()
    return ""


def _workbook_type(names: list[str], types: str) -> str:
    if any(re.search(r"(^|/)workbook\d*\.bin$", n) for n in names):
        return "xlsb"
    workbook = any(re.search(r"(^|/)workbook\d*\.xml$", n) for n in names)
    if workbook or "spreadsheetml.sheet.main" in types:
        return "xlsm" if "macroenabled.main" in types else "xlsx"
    return ""


def _ods_type(names: list[str], mimetype: bytes) -> str:
    if b"opendocument.spreadsheet" in mimetype:
        return "ods"
    return "ods" if not mimetype and "content.xml" in names else ""


def _other_zip(name: str, names: list[str]) -> FileProblem:
    if not names:
        return FileProblem(f"{name} is an empty ZIP archive: get the file again")
    if any(n.startswith("word/") for n in names):
        return FileProblem(f"{name} is a Word document, not a price list; {ADVICE}")
    if any(n.startswith("ppt/") for n in names):
        return FileProblem(f"{name} is a presentation, not a price list")
    if any(n.endswith(".iwa") for n in names):
        return FileProblem(f"{name} is an Apple Numbers file: export it as XLSX and import that")
    held = ", ".join(names[:3])
    return FileProblem(
        f"{name} is a ZIP archive (with {held}): unpack it and import the file in it"
    )


def _detect_ole(source: Source) -> str:
    with source.open() as file:
        ole = OleFile(file.read(), source.name)
    names = {name.lower() for name in ole.streams}
    if "encryptedpackage" in names:
        return "encrypted"
    if names & {"workbook", "book"}:
        return "xls"
    if "worddocument" in names:
        raise FileProblem(f"{source.name} is a Word document, not a price list; {ADVICE}")
    raise FileProblem(f"{source.name} holds no workbook (an OLE file of another program); {ADVICE}")


def _detect_text(source: Source, head: bytes) -> str:
    text = preview(head)
    start = text.lstrip("\ufeff \t\r\n\0")
    if _SPREADSHEETML in text[:4096] and "<workbook" in text[:8192].lower().replace("ss:", ""):
        return "spreadsheetml"
    if _MIME.match(start[:4096]):
        return "mht"
    if start.startswith("<") and (_HTML.match(_without_comments(start)) or _TABLE.search(start)):
        return "html"
    if start.startswith("<?xml"):
        raise FileProblem(f"{source.name} is an XML file of an unknown kind; {ADVICE}")
    if _is_binary(head):
        raise FileProblem(f"{source.name} is neither a spreadsheet nor a text table; {ADVICE}")
    return "text"


def preview(head: bytes) -> str:
    """Return the first characters of a text file, whatever the encoding, for a look at its tags."""
    if head[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return head.decode("utf-16", "replace")
    if head[1:2] == b"\0" and head[:1] == b"<":
        return head.decode("utf-16-le", "replace")
    if head[:2] == b"\0<":
        return head.decode("utf-16-be", "replace")
    return head.decode("latin-1").removeprefix("\xef\xbb\xbf")


def _without_comments(text: str) -> str:
    return re.sub(r"\A(?:\s|<!--.*?-->|<\?.*?\?>)+", "", text, flags=re.DOTALL)


def _is_binary(head: bytes) -> bool:
    """Tell whether more than a few bytes are control characters no text has.

    UTF-16 is looked at as text: every Cyrillic letter has a byte 0x04 there.
    """
    if head[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        head = preview(head).encode(errors="replace")
    return len(_CONTROL.findall(head)) > 0.02 * len(head)


def ods_is_encrypted(source: Source) -> bool:
    """Tell whether the manifest of an ODS package names an encryption (ODF 1.2 part 3, 4.8)."""
    with source.open() as file, zipfile.ZipFile(file) as archive:
        for entry in archive.infolist():
            if part_key(entry.filename) == "meta-inf/manifest.xml":
                return b"encryption-data" in archive.read(entry)
    return False


def refuse_encrypted_ods(source: Source) -> None:
    """Raise PasswordNeeded for an encrypted ODS file: that encryption is not supported."""
    if ods_is_encrypted(source):
        raise PasswordNeeded(
            f"{source.name} is protected with a password, and for ODS files that is not supported: "
            "save it without password in LibreOffice"
        )
