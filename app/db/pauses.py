"""Keeps the cycle collector out of loops over a million rows."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def no_collections() -> Iterator[None]:
    """Let Python not look for cycles while rows stream through: they make none.

    A full collection holds the interpreter for up to a tenth of a second, and the tuples of every
    chunk would cause one; a window in the same process would stutter.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
