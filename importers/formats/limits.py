"""Limits on what a file may ask of the machine, so that a small file can't exhaust it.

The caller reads a file in a child process and ends it at :func:`memory_limit` and
:func:`time_limit`; the checks here turn most such files away earlier, with a sentence.
"""

from __future__ import annotations

import zipfile
from pathlib import Path

from importers.records import FileProblem

MIB = 1 << 20
MAX_UNPACKED = 2048 * MIB
MAX_RATIO = 200
RATIO_FROM = 10 * MIB
"""Smaller parts may be packed any tighter: they do no harm."""
MAX_ENTRIES = 10_000
MAX_SHEET_COLUMNS = 500
MAX_TEXT_COLUMNS = 2048
MAX_CELLS = 1_048_576 * MAX_SHEET_COLUMNS
MAX_LINE = 16 * MIB
MAX_FIELD = MIB
"""Characters of one text cell; Excel itself stops at 32 767."""
MAX_MARKUP = 256 * MIB
"""Bytes of an HTML or XML file that is held in memory as a tree or event stream."""
SMALL = 20 * MIB
BYTES_PER_CELL = 32
"""What the bulk reader takes for each cell of the rectangle around the used cells."""


def unpacked_size(path: Path) -> int:
    """Return the bytes that ``path`` unpacks to by its own account (its size if not a ZIP)."""
    try:
        with zipfile.ZipFile(path) as archive:
            return sum(entry.file_size for entry in archive.infolist())
    except (zipfile.BadZipFile, NotImplementedError, ValueError, UnicodeDecodeError):
        return path.stat().st_size


def memory_limit(path: Path) -> int:
    """Return the resident bytes that a process reading ``path`` may take."""
    import psutil

    size = unpacked_size(path)
    wanted = 1024 * MIB if size < SMALL else 512 * MIB + 4 * size
    return int(min(max(wanted, 1024 * MIB), 0.6 * psutil.virtual_memory().total))


def time_limit(path: Path) -> float:
    """Return the seconds that a process reading ``path`` may take."""
    size = unpacked_size(path)
    return 20.0 if size < SMALL else 20.0 + 0.2 * size / MIB


def check_archive(archive: zipfile.ZipFile, name: str) -> None:
    """Raise FileProblem when the parts of ``archive`` are too many, too big or packed too tight."""
    entries = archive.infolist()
    if len(entries) > MAX_ENTRIES:
        raise FileProblem(
            f"{name} holds {len(entries)} parts (at most {MAX_ENTRIES} are read): "
            "save it again from Excel as a plain workbook"
        )
    if sum(entry.file_size for entry in entries) > MAX_UNPACKED:
        raise FileProblem(f"{name} is too large when unpacked (over 2 GiB): split it")
    for entry in entries:
        _check_ratio(entry, name)


def _check_ratio(entry: zipfile.ZipInfo, name: str) -> None:
    if entry.file_size >= RATIO_FROM and entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
        raise FileProblem(
            f"{name} is packed suspiciously tight ({entry.filename} unpacks to "
            f"{entry.file_size // MIB} MiB from {entry.compress_size // 1024} KiB): "
            "open it in Excel, delete unused rows and columns and save it again"
        )


def check_width(width: int, name: str, *, sheet: str = "", limit: int = MAX_SHEET_COLUMNS) -> None:
    """Raise FileProblem when a sheet has more than ``limit`` columns."""
    if width > limit:
        place = f"{name}, sheet {sheet!r}" if sheet else name
        raise FileProblem(
            f"{place} has {width} columns (at most {limit} are read): "
            "delete those that are not part of the price list"
        )


def check_cells(rows: int, width: int, name: str, *, sheet: str = "") -> None:
    """Raise FileProblem when a sheet has more cells than are read."""
    if rows * width > MAX_CELLS:
        place = f"{name}, sheet {sheet!r}" if sheet else name
        raise FileProblem(
            f"{place} is too large: {rows} rows x {width} columns "
            f"(at most {MAX_CELLS} cells are read): split it"
        )
