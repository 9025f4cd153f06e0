"""Reads files named on standard input, one a line, and answers each with a line of JSON.

Run as a process of its own under limits: what a file does to the reader is then to be seen.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

from importers.formats.reading import open_book
from importers.records import FileProblem

ADDRESS_SPACE = 3 << 30


def answer(path: Path) -> dict[str, object]:
    """Return what reading ``path`` came to."""
    began = time.monotonic()
    try:
        book = open_book(path)
        found: dict[str, object] = {
            "type": book.type,
            "sheets": [[s.name, s.row_count, len(s.columns)] for s in book.sheets],
            "notes": [note.reason for note in book.notes],
        }
    except FileProblem as problem:
        found = {"problem": str(problem), "kind": type(problem).__name__}
    found["seconds"] = time.monotonic() - began
    found["peak"] = _peak()
    return found


def _peak() -> int:
    """Return the highest memory of this process; ``ru_maxrss`` counts what it was forked from."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    (line,) = [one for one in status.read_text().splitlines() if one.startswith("VmHWM:")]
    return int(line.split()[1]) * 1024


def main() -> None:
    """Answer until the input ends."""
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    for line in sys.stdin:
        print(json.dumps(answer(Path(line.rstrip("\n")))), flush=True)


if __name__ == "__main__":
    main()
