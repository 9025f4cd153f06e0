"""Catch-all words: "All networks", "Other", "Rest of world" … mean the branch *Others* (F2)."""

from __future__ import annotations

import csv
import re
from functools import cache
from pathlib import Path

from dictionaries.normalise import normalise

_DATA = Path(__file__).resolve().parent / "data"
_BRACKETED = re.compile(r"^\W*(?:default|all|other|others|rest)\s*\d{0,6}\W*$", re.IGNORECASE)


@cache
def _words(kind: str) -> frozenset[str]:
    with (_DATA / "others.csv").open(encoding="utf-8", newline="") as stream:
        return frozenset(normalise(r["text"]) for r in csv.DictReader(stream) if r["kind"] == kind)


def is_others(text: str, *, mnc: bool = False) -> bool:
    """Tell whether ``text`` means "everything else at this level" (its key is ``*``).

    ``mnc`` adds the words used for a missing network code only (xx, na …). A blank text is not
    decided here: it depends on the level.
    """
    stripped = text.strip()
    if stripped in {"*", "**", "***"}:
        return True
    norm = normalise(stripped)
    if not norm:
        return False
    if norm in _words("any") or (mnc and norm in _words("mnc")):
        return True
    return _BRACKETED.match(stripped) is not None
