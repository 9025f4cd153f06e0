"""Keeps the interpreter itself from holding the window up: its lock and its search for garbage."""

from __future__ import annotations

import gc
import sys

SWITCH_SECONDS = 0.0005
"""How long a job may keep the interpreter while the window waits for it; Python's own is 0.005.

The window asks for the interpreter hundreds of times to paint a list, each time anew.
"""

GARBAGE_THRESHOLDS = (20_000, 10, 50)
"""New objects between two searches for garbage, and how many make one of the older objects: a
search looks at 20 000 objects in 2 ms, at 200 000 in 20 ms."""


def begin() -> None:
    """Set both for a program with a window; called at its start."""
    sys.setswitchinterval(SWITCH_SECONDS)


def loaded() -> None:
    """Take all that was loaded out of the searches for garbage: it stays until the end.

    A hundred thousand objects of modules are else looked at again and again, a tenth of a second
    each time.
    """
    gc.freeze()
    gc.set_threshold(*GARBAGE_THRESHOLDS)
