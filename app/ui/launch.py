"""Decides from the arguments between window and command line; nothing here needs Qt.

``tariffdesk``, ``tariffdesk --db X``, ``tariffdesk --user LOGIN`` and ``tariffdesk FILE`` open the
window, anything else is a command.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass

DATABASE_SUFFIXES = (".db", ".sqlite", ".sqlite3")
LIST_SUFFIXES = (
    ".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".csv", ".tsv", ".txt", ".html", ".htm", ".xml",
)  # fmt: skip
"""What a price list may be called; its content decides what it is."""

_PACKAGES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libfontconfig.so.1": "libfontconfig1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
}
"""System library → Debian's package with it."""

STILL = "The command line works without a window: see tariffdesk --help."


@dataclass(frozen=True, slots=True)
class Opening:
    """What the window is started with: a database ("" = as remembered), files, who signs in."""

    database: str = ""
    files: tuple[str, ...] = ()
    user: str = ""


def opening(arguments: list[str]) -> Opening | None:
    """Return what the window shall open, None if the arguments are a command."""
    given, rest = {"--db": "", "--user": ""}, list(arguments)
    while rest and rest[0].startswith(tuple(given)):
        option, equals, value = rest.pop(0).partition("=")
        if option not in given or not (equals or rest):
            return None
        given[option] = value if equals else rest.pop(0)
    database = given["--db"]
    lists = []
    for text in rest:
        if is_database_file(text) and not database:
            database = text
        elif is_price_list(text):
            lists.append(os.path.abspath(text))  # noqa: PTH100 - the first paint needs no pathlib
        else:
            return None
    return Opening(database, tuple(lists), given["--user"])


def is_database_file(name: str) -> bool:
    """Tell by its name whether a file is a database."""
    return name.lower().endswith(DATABASE_SUFFIXES)


def is_price_list(name: str) -> bool:
    """Tell by its name whether a file may be a price list."""
    return name.lower().endswith(LIST_SUFFIXES)


def has_display() -> bool:
    """Tell whether windows can be shown here."""
    if sys.platform in {"win32", "darwin"}:
        return True
    return any(os.environ.get(n) for n in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))


def open_window(what: Opening) -> int:
    """Show the window and return its exit code; 1 with one sentence where that can't be."""
    if not has_display():
        return _refused(f"There is no display to open the window on. {STILL}")
    try:
        from app.ui.start import run
    except ImportError as problem:
        if not (problem.name or "").startswith(("PySide6", "shiboken6")) and ".so" not in str(
            problem
        ):
            raise
        return _refused(missing_library(str(problem)))
    return run(what)


def missing_library(message: str) -> str:
    """Return what to install, from the loader's message about a missing library."""
    for library, package in _PACKAGES.items():
        if library in message:
            return (
                f"The window needs the library {library}: install the package {package} "
                f"(apt-get install {package}). {STILL}"
            )
    return f"The window needs PySide6, which could not be loaded ({message}). {STILL}"


def _refused(sentence: str) -> int:
    sys.stderr.write(f"{sentence}\n")
    return 1
