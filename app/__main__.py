"""Starts Tariffdesk: ``tariffdesk …`` and ``python -m app …`` come here."""

from __future__ import annotations

import gc
import sys
from pathlib import Path

GARBAGE_THRESHOLD = 100_000
"""New objects between two searches for garbage: loading modules and a million keys makes none."""


def main() -> int:
    """Run the command line and return its exit code; the worker starts without loading it."""
    gc.set_threshold(GARBAGE_THRESHOLD)
    arguments = sys.argv[1:]
    if len(arguments) == 2 and arguments[0] == "worker":
        from app.services.tariffs.worker import main as work

        return work(Path(arguments[1]))
    try:
        from app.cli import run
    except KeyboardInterrupt:
        return 130  # Ctrl+C while the program was loading
    return run(arguments)


if __name__ == "__main__":
    sys.exit(main())
