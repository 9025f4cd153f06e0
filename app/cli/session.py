"""What the commands share: the chosen database, progress on a terminal, plain and JSON output."""

from __future__ import annotations

import getpass
import json
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from app.bootstrap import Login, database_exists, opened
from app.errors import UserError
from app.services.context import Context
from app.services.dictionaries import dictionaries_of
from dictionaries.entries import Dictionaries

BAR_WIDTH = 24
LARGEST_ID = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Session:
    """The options of this run; ``open`` yields a context with progress on the terminal.

    ``password_file`` holds the password of ``user``; without it a terminal is asked.
    """

    db: str
    user: str = ""
    password_file: str = ""
    code: str = ""

    def password(self) -> str:
        """Return the password of the user: from the file, else typed unseen."""
        return read_password(self.password_file, f"Password of {self.user}: ")

    @contextmanager
    def open(self, *, create: bool = False, upgrade: bool = False) -> Iterator[Context]:
        """Open the database for one command."""
        progress = Progress()
        try:
            login = Login(self.user, self.password, self.code) if self.user else None
            with opened(
                self.db, create=create, upgrade=upgrade, report=progress.show, login=login
            ) as context:
                yield context
        finally:
            progress.clear()

    @contextmanager
    def open_patient(self) -> Iterator[Context]:
        """Open the database for long work that ends in a commit, which Ctrl+C must not blur.

        The first Ctrl+C asks the work to stop where nothing is changed yet; later ones force it.
        """
        with _asked_to_stop() as asked, self.open() as context:
            yield replace(context, cancelled=asked)

    def dictionaries(self) -> Dictionaries:
        """Return the dictionaries with the users' additions, or as shipped without a database."""
        if not database_exists(self.db):
            return Dictionaries.load()
        with self.open() as context, context.database.read() as connection:
            return dictionaries_of(connection, context.actor.company_id)


def read_password(file: str, question: str) -> str:
    """Return a password: the first line of a file, else what is typed unseen at a terminal.

    It is never an argument, which other programs of the machine could read.
    """
    if file:
        try:
            text = Path(file).expanduser().read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            raise UserError(f"The password file {file} can't be read: check its name.") from None
        return text.splitlines()[0] if text else ""
    if not sys.stdin.isatty():
        raise UserError(
            "There is no terminal to ask for the password: put it into a file that only you can "
            "read and name that with --password-file."
        )
    return getpass.getpass(question)


@contextmanager
def _asked_to_stop() -> Iterator[Callable[[], bool]]:
    asked = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield asked.is_set
        return

    def ask(_number: int, _frame: object) -> None:
        signal.signal(signal.SIGINT, before)
        asked.set()

    before = signal.signal(signal.SIGINT, ask)
    try:
        yield asked.is_set
    finally:
        signal.signal(signal.SIGINT, before)


class Progress:
    """One line on standard error that says what goes on; nothing where no person watches."""

    def __init__(self) -> None:
        self._live = sys.stderr.isatty()
        self._shown = False

    def show(self, phase: str, done: int, total: int | None) -> None:
        """Show ``phase`` with a bar if the total is known."""
        if not self._live:
            return
        bar = ""
        if total:
            filled = min(BAR_WIDTH, BAR_WIDTH * done // total)
            bar = f" [{'#' * filled}{'.' * (BAR_WIDTH - filled)}] {100 * done // total} %"
        sys.stderr.write(f"\r\033[K{phase}{bar}")
        sys.stderr.flush()
        self._shown = True

    def clear(self) -> None:
        """Take the line away."""
        if self._shown:
            sys.stderr.write("\r\033[K")
            sys.stderr.flush()
            self._shown = False


def say(text: str) -> None:
    """Print one line of result."""
    sys.stdout.write(f"{text}\n")


def warn(text: str) -> None:
    """Print one line of advice on standard error."""
    sys.stderr.write(f"{text}\n")


def print_json(data: Any) -> None:
    """Print ``data`` as indented JSON."""
    say(json.dumps(data, ensure_ascii=False, indent=2, default=str))


def write_json(path: Path, data: Any) -> None:
    """Write ``data`` as JSON, whole or not at all."""
    temporary = path.with_name(path.name + ".tmp")
    try:
        temporary.write_text(
            json.dumps(data, ensure_ascii=False, indent=2, default=str), encoding="utf-8"
        )
        temporary.replace(path)
    except OSError as problem:
        raise UserError(
            f"{path} can't be written ({problem.strerror}): choose another place."
        ) from None


def table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print rows in aligned columns; numbers to the right."""
    texts = [[("" if cell is None else str(cell)) for cell in row] for row in rows]
    widths = [max(len(t[i]) for t in [list(header), *texts]) for i in range(len(header))]
    right = [
        bool(rows) and all(isinstance(row[i], int) for row in rows) for i in range(len(header))
    ]
    for line in [list(header), *texts]:
        cells = [
            cell.rjust(width) if numeric else cell.ljust(width)
            for cell, width, numeric in zip(line, widths, right, strict=True)
        ]
        say("  ".join(cells).rstrip())
