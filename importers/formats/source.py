"""The bytes of a file, on disk or decrypted in memory, and the errors of those who read them."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from importers.records import FileProblem


@dataclass(frozen=True, slots=True)
class Source:
    """A file to read: ``data`` replaces what is on disk when it was decrypted."""

    path: Path
    data: bytes | None = None

    @property
    def name(self) -> str:
        """The file's name, for messages."""
        return self.path.name

    def open(self) -> BinaryIO:
        """Return a new binary stream at its start."""
        return io.BytesIO(self.data) if self.data is not None else self.path.open("rb")

    def head(self, size: int = 4096) -> bytes:
        """Return the first bytes."""
        with self.open() as file:
            return file.read(size)


class ReaderFailedError(FileProblem):
    """A reader gave up on a file or sheet; another one may do better."""


ADVICE = "open it in Excel or LibreOffice, save it as XLSX or CSV and import that"


@contextmanager
def reader_errors(name: str, what: str, *, sheet: str = "") -> Iterator[None]:
    """Turn whatever a reader raises into a FileProblem about file ``name``.

    Readers of foreign formats fail in any way at all, Rust panics (a BaseException) included.
    """
    try:
        yield
    except (FileProblem, KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except MemoryError:
        raise FileProblem(
            f"{_place(name, sheet)} needs more memory than there is: split it"
        ) from None
    except PermissionError:
        raise FileProblem(
            f"{name} can't be opened: it is locked by another program or not yours to read; "
            "close it there and try again"
        ) from None
    except FileNotFoundError:
        raise FileProblem(f"{name} is not there (any more): check the folder") from None
    except BaseException as error:  # noqa: BLE001 - the border to foreign readers
        cause = plain_cause(error)
        raise ReaderFailedError(
            f"{_place(name, sheet)} can't be read as {what} ({cause}): it is damaged or unusual; "
            f"{ADVICE}"
        ) from None


def _place(name: str, sheet: str) -> str:
    return f"{name}, sheet {sheet!r}" if sheet else name


def plain_cause(error: BaseException) -> str:
    """Return the first line of an error's text, shortened."""
    text = (str(error).strip() or type(error).__name__).splitlines()[0]
    return text if len(text) <= 160 else text[:157] + "…"
