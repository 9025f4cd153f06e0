"""Type-ahead search over keys, attributes and names, blind to accents, case and script."""

from __future__ import annotations

from dataclasses import dataclass

from dictionaries.entries import Dictionary
from dictionaries.normalise import normalise
from dictionaries.operators import read_context


@dataclass(frozen=True, slots=True)
class Hit:
    """A found key, its label, and the text by which it was found."""

    key: str
    name: str
    found_by: str


# How well a text answers the query, best first.
_EQUAL, _PREFIX, _WORD, _ALL_WORDS, _INSIDE = range(5)
_ALIAS = 0.5  # an attribute goes before an alias that fits as well


def search(dictionary: Dictionary, text: str, limit: int = 20, context: str = "") -> list[Hit]:
    """Return the keys for a text being typed: equal, then prefix, word starts, anywhere.

    An empty text lists everything. ``context`` (alpha-2 or MCC) limits operators to a country;
    ties go by key.
    """
    wanted = normalise(text)
    allowed = _allowed(dictionary, context)
    best: dict[str, tuple[float, str]] = {}
    attributes = frozenset(dictionary.attributes)
    for key, entry in dictionary.entries.items():
        if not entry.retired and (allowed is None or key in allowed):
            rank = _rank(normalise(key), wanted)
            if rank is not None:
                best[key] = (rank, key)
    for name in dictionary.names:
        if allowed is None or name.key in allowed:
            rank = _rank(name.norm, wanted)
            if rank is None:
                continue
            rank += 0.0 if name.kind in attributes else _ALIAS
            if name.key not in best or rank < best[name.key][0]:
                best[name.key] = (rank, name.text)
    ordered = sorted(best, key=lambda key: (best[key][0], key))[:limit]
    return [Hit(key, dictionary.label(key), best[key][1]) for key in ordered]


def _allowed(dictionary: Dictionary, context: str) -> frozenset[str] | None:
    if dictionary.name != "operator" or not context:
        return None
    countries = read_context(context, dictionary.index).countries
    return None if countries is None else frozenset(dictionary.index.block(countries).keys)


def _rank(norm: str, wanted: str) -> float | None:
    if wanted not in norm:
        words = wanted.split()
        if len(words) > 1 and all(f" {word}" in f" {norm}" for word in words):
            return _ALL_WORDS
        return None
    if norm == wanted:
        return _EQUAL
    if norm.startswith(wanted):
        return _PREFIX
    return _WORD if f" {wanted}" in norm else _INSIDE
