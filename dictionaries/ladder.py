"""The ladder of certainty for names: equal, alias, same words, noise left out, parts, similar.

Each step returns a :class:`Match` or None; the first that returns one decides. Rules and thresholds
are measured ones: no step above "suggestion" ever guesses between two keys.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING

from dictionaries.index import Index, equal_keys
from dictionaries.names import loose, words
from dictionaries.normalise import normalise
from dictionaries.others import is_others
from dictionaries.results import FORMER_NAME, GREEN, RED, YELLOW, Limits, Match

if TYPE_CHECKING:
    from dictionaries.entries import Name
    from dictionaries.fuzzy import Similar

_PART = re.compile(r"\s+[-\u2010-\u2015]+\s+|[/|,;:()\[\]_]+|(?<=\w)-(?=[A-Z]{2}\b)")
_NULL = frozenset({"", "na", "n a", "none", "null", "nan", "unknown", "test", "total", "tbd", "tba",
                   "nil", "unused", "not applicable", "unbekannt", "inconnu"})  # fmt: skip
_LONG, _MEDIUM = 7, 5  # letters from which likeness to any name, to an attribute is certain
_PLACES = frozenset({"country", "whatsapp_market"})


def is_null(text: str) -> bool:
    """Tell whether a cell says that there is no value (N/A, -, unknown …)."""
    return normalise(text) in _NULL and text.strip().upper() != "NA"


def by_key(text: str, index: Index) -> Match | None:
    """Match a cell that is the key, in capitals or small letters (``DE``, ``de``; not ``De``)."""
    plain = text.strip()
    if plain in index.dictionary and not index.dictionary.entry(plain).retired:
        return Match(text, GREEN, plain, 100.0, "key")
    key = index.keys_by_case.get(plain.casefold())
    if key is None:
        return None
    if len(plain) == 2 and not (plain.isupper() or plain.islower()):
        return Match(text, YELLOW, key, 95.0, "key in other letters", unsafe=True)
    return Match(text, GREEN, key, 100.0, "key")


def by_symbol(text: str, index: Index) -> Match | None:
    """Match a currency sign or word as it stands (``$US``, ``A$``, ``₹``)."""
    names = index.symbols.get(text.strip().casefold())
    return found(text, names, index) if names else None


def by_attribute(text: str, index: Index, attribute: str) -> Match | None:
    """Full match: equality with one attribute; several hits → the smallest key, to be confirmed."""
    norm = normalise(text)
    names = [n for n in index.exact.get(norm, ()) if n.kind == attribute]
    keys = sorted({n.key for n in names})
    if not keys:
        return None
    if len(keys) > 1:
        return _tie(text, keys, index)
    return Match(text, GREEN, keys[0], 100.0, "name")


def by_name(text: str, index: Index, *, attributes_only: bool = False) -> Match | None:
    """Match a cell that is a name: an attribute before an alias before a former name."""
    norm = normalise(text)
    names = index.exact.get(norm)
    if attributes_only and names:
        names = [n for n in names if n.kind in index.attributes]
    if not names or (norm.isdigit() and index.dictionary.name in _PLACES):
        return _number(text, names, index) if names else None
    return found(text, names, index)


def _number(text: str, names: list[Name], index: Index) -> Match:
    """Suggest for a bare number: it may be an ISO number, an MCC or a dial code."""
    chosen, _ = equal_keys(names, index)
    return Match(text, YELLOW, chosen[0].key, 75.0, f"{chosen[0].kind} {text.strip()}", unsafe=True)


def found(text: str, names: list[Name], index: Index, *, note: str = "") -> Match:
    """Return the match for names that all equal the cell."""
    chosen, tier = equal_keys(names, index)
    if len(chosen) > 1:
        return _tie(text, [n.key for n in chosen], index)
    name = chosen[0]
    reason = note or ("name" if tier == 0 else reason_of(name))
    if name.kind == "member":
        reason = f"part of {index.dictionary.label(name.key)}"
    if not name.safe:
        return Match(text, YELLOW, name.key, 85.0, reason, unsafe=True)
    return Match(text, GREEN, name.key, 100.0, reason)


def reason_of(name: Name) -> str:
    """Return the reason for a name that is no attribute: "alias: Ivory Coast", "former name …"."""
    if name.kind in {"former", "noted", "historic"}:
        until = f" (until {name.until})" if name.until else ""
        return f"{FORMER_NAME}: {shown(name)}{until}"
    return f"alias: {shown(name)}"


def shown(name: Name) -> str:
    """Return a name's text; one that was stored without its capitals gets them back."""
    return name.text.title() if name.text == name.norm else name.text


def _tie(text: str, keys: Iterable[str], index: Index) -> Match:
    ordered = sorted(keys)
    labels = ", ".join(index.dictionary.label(key) for key in ordered[:3])
    return Match(text, YELLOW, ordered[0], 90.0, f"several bear the name: {labels}", unsafe=True)


def by_ambiguous(text: str, index: Index) -> Match | None:
    """Stop at a text known to mean several keys, or a withdrawn code: a person picks."""
    known = index.dictionary.ambiguous.get(normalise(text))
    if known is None:
        return None
    if len(known.keys) == 1:
        return Match(text, YELLOW, known.keys[0], 80.0, known.note, unsafe=True)
    return Match(text, RED, "", 0.0, f"ambiguous: {known.note}")


def by_words(text: str, index: Index) -> Match | None:
    """Match the same words in another order, abbreviated, or written together ("HongKong")."""
    norm = normalise(text)
    same = index.loose.get(loose(norm))
    if same:
        return found(text, same, index)
    joined = norm.replace(" ", "")
    together = index.joined.get(joined) if len(joined) >= 5 else None
    return found(text, together, index) if together else None


def without_noise(text: str, index: Index) -> Match | None:
    """Match a name with known noise only: mobile, SMS, all networks, currency, digits."""
    if index.dictionary.name not in _PLACES or normalise(text) in brand_names():
        return None
    tokens = normalise(text).split()
    kept = [w for w in tokens if w not in words("noise") and not w.isdigit()]
    if not kept or kept == tokens:
        return None
    match = _equal(" ".join(kept), index)
    return match.but(value=text) if match else None


def _equal(norm: str, index: Index) -> Match | None:
    names = index.exact.get(norm) or index.loose.get(loose(norm))
    if not names:
        return _without_own_code(norm, index)
    return found(norm, names, index)


def _without_own_code(norm: str, index: Index) -> Match | None:
    """Match "de germany": the first or last word is the code of what the others name."""
    tokens = norm.split()
    if len(tokens) < 2:
        return None
    for code, rest in ((tokens[0], tokens[1:]), (tokens[-1], tokens[:-1])):
        names = index.exact.get(" ".join(rest))
        if names:
            match = found(norm, names, index)
            if index.keys_by_case.get(code) == match.key or _names_key(code, match.key, index):
                return match
    return None


def _names_key(word: str, key: str, index: Index) -> bool:
    return any(name.key == key for name in index.exact.get(word, ()))


def by_parts(text: str, index: Index) -> Match | None:
    """Parts set off by `` - ``, brackets, commas or slashes, of which one or more name a key."""
    parts = [p.strip() for p in _PART.split(text) if p and p.strip()]
    if len(parts) < 2 or len(parts) > 6 or normalise(text) in brand_names():
        return None
    results = [(part, _part(part, index)) for part in parts]
    keys = {match.key for _, match in results if match is not None and match.key}
    if not keys:
        return None
    if len(keys) > 1:
        labels = ", ".join(index.dictionary.label(key) for key in sorted(keys))
        return Match(text, RED, "", 0.0, f"several named: {labels}")
    return _agreed(text, results, keys.pop(), index)


def _agreed(text: str, results: list[tuple[str, Match | None]], key: str, index: Index) -> Match:
    named = [m for _, m in results if m is not None and m.reason != "key"]
    unknown = [part for part, m in results if m is None and not _only_noise(part)]
    certain = any(m.zone == GREEN for m in named) and all(m.zone == GREEN for m in named)
    if certain and not unknown:
        return Match(text, GREEN, key, 98.0, named[0].reason)
    left = f", left out: {', '.join(unknown)}" if unknown else ""
    return Match(text, YELLOW, key, 85.0, f"part {index.dictionary.label(key)}{left}", unsafe=True)


def _part(part: str, index: Index) -> Match | None:
    if normalise(part) in words("region") or is_others(part):
        return None
    if part.isupper() and len(part) in {2, 3}:
        match = by_key(part, index)
        if match:
            return match
    if normalise(part).isdigit():
        return None
    return by_name(part, index) or by_words(part, index) or without_noise(part, index)


def _only_noise(part: str) -> bool:
    known = words("noise") | words("region")
    return is_others(part) or all(w in known or w.isdigit() for w in normalise(part).split())


def by_span(text: str, index: Index) -> Match | None:
    """Suggest by the longest run of words that is a name, among unknown words."""
    tokens = normalise(text).split()
    if not 2 <= len(tokens) <= 10:
        return None
    for length in range(len(tokens) - 1, 0, -1):
        runs = [" ".join(tokens[i : i + length]) for i in range(len(tokens) - length + 1)]
        names = [n for run in runs if len(run) > 3 for n in index.exact.get(run, ())]
        keys = sorted({n.key for n in names})
        if len(keys) == 1:
            return _spanned(text, keys[0], names[0], tokens, index)
        if keys:
            return None
    return None


def _spanned(text: str, key: str, name: Name, tokens: list[str], index: Index) -> Match | None:
    rest = [w for w in tokens if w not in name.norm.split()]
    if any(w in words("guard") for w in rest):
        return None
    reason = f"part {index.dictionary.label(key)}, left out: {' '.join(rest)}"
    return Match(text, YELLOW, key, 72.0, reason, unsafe=True)


def by_likeness(
    text: str, hits: list[Similar], limits: Limits, attributes: frozenset[str] = frozenset()
) -> Match:
    """Decide by the most similar names: floor and margin for green, else a suggestion."""
    letters = len(normalise(text).replace(" ", ""))
    if letters < 4 or not hits or hits[0].score < limits.suggest:
        return Match(text, RED, "", hits[0].score if hits else 0.0, "nothing similar")
    best, second = hits[0], hits[1].score if len(hits) > 1 else 0.0
    reason = f"similar {best.score:.0f} %" + (f", next {second:.0f} %" if second > 0 else "")
    clear = best.score >= limits.floor and best.score - second >= limits.margin
    sure = letters >= _LONG or (letters >= _MEDIUM and best.name.kind in attributes)
    if clear and sure and best.name.safe:
        return Match(text, GREEN, best.key, best.score, reason)
    return Match(text, YELLOW, best.key, best.score, reason, unsafe=not best.name.safe)


@cache
def brand_names() -> frozenset[str]:
    """Return the normalised operator names that look like a country with noise ("china mobile")."""
    from dictionaries.shipped import load_dictionary

    noise = words("noise")
    names = (name.norm for name in load_dictionary("operator").names)
    return frozenset(n for n in names if " " in n and not noise.isdisjoint(n.split()))
