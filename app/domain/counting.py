"""Numbers of things in sentences."""

from __future__ import annotations


def counted(number: int, thing: str) -> str:
    """Return "1 row" or "2 rows" for ``thing`` in the singular; "company" becomes "companies"."""
    return f"{number} {thing if number == 1 else plural(thing)}"


def plural(thing: str) -> str:
    """Return the plural of a noun of the trade."""
    if thing.endswith("y") and thing[-2:-1] not in "aeiou":
        return f"{thing[:-1]}ies"
    return f"{thing}s"


def a(thing: str) -> str:
    """Return "a bank" or "an agreement"."""
    return f"{'an' if thing[:1] in 'aeio' else 'a'} {thing}"
