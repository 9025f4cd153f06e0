"""Starts Tariffdesk: ``tariffdesk …`` and ``python -m app …`` come here."""

from __future__ import annotations

import gc
import sys

GARBAGE_THRESHOLD = 100_000
"""New objects between two searches for garbage: loading modules and a million keys makes none."""


def main() -> int:
    """Open the window or run the command line, and return the exit code.

    The worker starts without loading either; the window without loading the command line.
    """
    gc.set_threshold(GARBAGE_THRESHOLD)
    arguments = sys.argv[1:]
    if len(arguments) == 2 and arguments[0] == "worker":
        from pathlib import Path

        from app.services.tariffs.worker import main as work

        return work(Path(arguments[1]))
    try:
        from app.ui.launch import open_window, opening

        what = opening(arguments)
        if what is not None:
            return open_window(what)
        from app.cli import run
    except KeyboardInterrupt:
        return 130  # Ctrl+C while the program was loading
    return run(arguments)


if __name__ == "__main__":
    sys.exit(main())
