"""Links between dictionaries (IMP-9): which keys of one belong to a key of the other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dictionaries.entries import Dictionaries

Pair = tuple[str, str]


def _code_countries(d: Dictionaries) -> Iterable[Pair]:
    return ((e.key, c) for e in d["mccmnc"].entries.values() for c in e.countries)


def _code_operator(d: Dictionaries) -> Iterable[Pair]:
    return ((code, e.key) for e in d["operator"].entries.values() for code in e.codes)


def _code_mcc(d: Dictionaries) -> Iterable[Pair]:
    return ((key, key[:3]) for key in d["mccmnc"].entries)


def _code_mnc(d: Dictionaries) -> Iterable[Pair]:
    return ((key, key[3:]) for key in d["mccmnc"].entries)


def _operator_countries(d: Dictionaries) -> Iterable[Pair]:
    return ((e.key, c) for e in d["operator"].entries.values() for c in e.countries)


def _operator_mcc(d: Dictionaries) -> Iterable[Pair]:
    return ((e.key, code[:3]) for e in d["operator"].entries.values() for code in e.codes)


def _mcc_countries(d: Dictionaries) -> Iterable[Pair]:
    return ((e.key, c) for e in d["mcc"].entries.values() for c in e.countries)


def _market_countries(d: Dictionaries) -> Iterable[Pair]:
    markets = d["whatsapp_market"].entries.values()
    listed = {country for market in markets for country in market.countries}
    for market in markets:
        yield from ((market.key, country) for country in market.countries)
    yield from (("other", country) for country in d["country"] if country not in listed)


_FORWARD: dict[Pair, Callable[[Dictionaries], Iterable[Pair]]] = {
    ("mccmnc", "country"): _code_countries,
    ("mccmnc", "operator"): _code_operator,
    ("mccmnc", "mcc"): _code_mcc,
    ("mccmnc", "mnc"): _code_mnc,
    ("operator", "country"): _operator_countries,
    ("operator", "mcc"): _operator_mcc,
    ("mcc", "country"): _mcc_countries,
    ("whatsapp_market", "country"): _market_countries,
}

LINKS: tuple[Pair, ...] = (*_FORWARD, *((b, a) for a, b in _FORWARD))
"""(from, to) pairs of linked dictionaries, both ways."""


def relation(dictionaries: Dictionaries, source: str, target: str) -> dict[str, tuple[str, ...]]:
    """Return key of ``source`` → keys of ``target`` (best first for countries, else sorted)."""
    forward = _FORWARD.get((source, target))
    backward = _FORWARD.get((target, source))
    if forward is None and backward is None:
        raise KeyError(f"Dictionaries {source} and {target} are not linked.")
    table: dict[str, list[str]] = defaultdict(list)
    if forward is not None:
        for a, b in forward(dictionaries):
            table[a].append(b)
        return {key: tuple(dict.fromkeys(keys)) for key, keys in table.items()}
    assert backward is not None
    for a, b in backward(dictionaries):
        table[b].append(a)
    return {key: tuple(sorted(set(keys))) for key, keys in table.items()}
