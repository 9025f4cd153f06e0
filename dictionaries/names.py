"""The word lists of matching (legal forms, noise, guard words …) and what they leave of a name."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from functools import cache
from pathlib import Path

DATA = Path(__file__).resolve().parent / "data"


@cache
def words(kind: str) -> frozenset[str]:
    """Return the words of one kind in data/words.csv (guard, noise, company …)."""
    with (DATA / "words.csv").open(encoding="utf-8", newline="") as stream:
        lists = {row["kind"]: row["words"] for row in csv.DictReader(stream)}
    return frozenset(lists[kind].split())


@cache
def expansions() -> dict[str, str]:
    """Return abbreviation → word ("st" → "saint")."""
    return dict(pair.split("=", 1) for pair in words("expand"))


def loose(norm: str) -> str:
    """Return the words of a normalised name as an ordered set: expanded, without stop words.

    "korea republic of" and "rep korea" give the same text; "" if nothing but stop words is left.
    """
    table, stop = expansions(), words("stop")
    return " ".join(sorted({table.get(w, w) for w in norm.split() if w not in stop}))


def without(norm: str, *word_sets: Iterable[str]) -> str:
    """Return ``norm`` without the given words, or unchanged if nothing would be left."""
    drop = frozenset().union(*word_sets)
    kept = [word for word in norm.split() if word not in drop]
    return " ".join(kept) if kept else norm


def company(norm: str, country_words: Iterable[str] = ()) -> str:
    """Return an operator's normalised name without legal forms and its own country's words."""
    return without(without(norm, words("company")), country_words)


def core(norm: str, country_words: Iterable[str] = ()) -> str:
    """Return what tells an operator from others: no legal forms, country or generic words."""
    return without(company(norm, country_words), words("generic"))
