"""Numbers of things in sentences."""

from __future__ import annotations


def counted(number: int, thing: str) -> str:
    """Return "1 row" or "2 rows" for ``thing`` in the singular, which takes an s."""
    return f"{number} {thing}" + ("" if number == 1 else "s")
