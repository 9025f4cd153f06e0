"""Matching operators: inside the row's country, by name, former name, code and likeness.

Restricting to the country is what makes operator names matchable at all; without one only a name
that is unique in the world is certain.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from dictionaries.index import Index, OperatorBlock, equal_keys
from dictionaries.ladder import is_null, reason_of
from dictionaries.names import without, words
from dictionaries.normalise import in_cyrillic, mixed_script, normalise
from dictionaries.others import is_others
from dictionaries.results import COUNTRY_ONLY, GREEN, RED, YELLOW, Candidate, Limits, Match

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from dictionaries.entries import Name

_PART = re.compile(r"\s+[-\u2010-\u2015]+\s+|[/|,;()\[\]]+|\bformer(?:ly)?\b|\bex\b", re.IGNORECASE)
_CODE = re.compile(r"(\d{3})[-/ ]?(\d{1,3})(?:\.0+)?")
_FORMER_COST = 10.0
_HINT = 0.89  # all words of one name in the other: a hint, never certain
_UNLIKE, _GENERAL = 45.0, 75.0  # likeness of what is not general, below which likeness is capped
_JOINED, _CORE = 2, 3  # places among the variants of a name
_TOP = 12  # ranked operators kept per value
_SHORT = 4  # names of fewer letters match by equality only


@dataclass(frozen=True, slots=True)
class Context:
    """What the row says besides the name: countries (None = nothing) and an operator's code."""

    countries: frozenset[str] | None
    code: str = ""
    text: str = ""


def read_context(text: str, index: Index) -> Context:
    """Read a context: alpha-2 codes, MCCs and an MCCMNC, separated by blanks or commas."""
    countries: set[str] = set()
    code = ""
    known = False
    for token in re.split(r"[\s,;/|]+", text.strip()):
        if re.fullmatch(r"[A-Za-z]{2}", token):
            countries.add(token.upper())
            known = True
        elif token[:3] in index.mcc_countries and token.isdigit():
            known = known or len(token) in {3, 5, 6}
            code = token if len(token) > 3 else code
            if not countries:
                countries |= index.mcc_countries[token[:3]] or {""}
    return Context(frozenset(countries) if known else None, code, text)


def match_operator(text: str, context: Context, index: Index, limits: Limits) -> Match:
    """Return the operator that ``text`` (a name or a code) means in ``context``."""
    match = _resolve(text, context, index, limits)
    if context.code:
        match = _checked(match, context, index)
    return match


def _resolve(text: str, context: Context, index: Index, limits: Limits) -> Match:
    if is_null(text) or is_others(text):
        return Match(text, RED, "", 0.0, "no operator named")
    code = _by_code(text, context, index)
    if code is not None:
        return code
    if context.countries is None:
        return _anywhere(text, index)
    block = index.block(context.countries)
    if not block.keys:
        return Match(text, RED, "", 0.0, "no operators known in this country")
    return (
        _by_name(text, block)
        or _by_lookalikes(text, block)
        or _by_parts(text, block)
        or _by_likeness(text, block, limits)
    )


def _by_code(text: str, context: Context, index: Index) -> Match | None:
    plain = text.strip()
    shape = _CODE.fullmatch(plain)
    if shape is None:
        return None
    key = index.code_owner.get(shape[1] + shape[2])
    if key is None:
        return None
    countries = index.dictionary.entry(key).countries
    if context.countries and countries and context.countries.isdisjoint(countries):
        where = ", ".join(countries)
        return Match(text, RED, "", 0.0, f"code {plain} belongs to {where}", conflict=True)
    return Match(text, GREEN, key, 100.0, "key" if plain == key else "code")


def _checked(match: Match, context: Context, index: Index) -> Match:
    """Hold the match against the row's own code."""
    owner = index.code_owner.get(context.code)
    if owner is None or match.key == owner or match.conflict:
        return match
    label = index.dictionary.label
    if not match.key:
        return Match(match.value, YELLOW, owner, 75.0, f"code {context.code}")
    return Match(match.value, RED, "", match.score, f"row says {label(match.key)}, but "
                 f"{context.code} is {label(owner)}", conflict=True)  # fmt: skip


def _anywhere(text: str, index: Index) -> Match:
    names = index.exact.get(normalise(text))
    if not names:
        return Match(text, RED, "", 0.0, "no country to look in")
    chosen, _ = equal_keys(names, index)
    countries = {c for n in chosen for c in index.dictionary.entry(n.key).countries}
    if len(chosen) > 1 or len({n.key for n in names}) > 1:
        return Match(text, RED, "", 0.0, f"name in use in {len(countries)} countries")
    return Match(text, GREEN, chosen[0].key, 100.0, "name, unique worldwide")


def _by_name(text: str, block: OperatorBlock) -> Match | None:
    """Match by equality, running operators before closed ones, the fuller form first."""
    closed: Match | None = None
    for step, names in _equal_names(normalise(text), block):
        running = [n for n in names if _runs(n.key, block)]
        if running:
            return _named(text, running, block, step, doubt=closed is not None)
        closed = closed or _named(text, names, block, step)
    return closed


def _by_lookalikes(text: str, block: OperatorBlock) -> Match | None:
    """Match a Cyrillic name typed with Latin letters: in part for certain, altogether perhaps."""
    folded = in_cyrillic(normalise(text))
    match = _by_name(folded, block) if folded else None
    if match is None or (match.zone == GREEN and mixed_script(text)):
        return match and match.but(value=text)
    return match.but(value=text, zone=YELLOW, unsafe=True, reason=f"{match.reason} in Cyrillic")


def _runs(key: str, block: OperatorBlock) -> bool:
    return block.index.dictionary.entries[key].detail("status") == "operational"


def _equal_names(norm: str, block: OperatorBlock) -> Iterator[tuple[int, list[Name]]]:
    """Yield (step, names) for each form of the name that some operator bears."""
    common = words("generic") | words("noise") | words("company")
    for step, (variant, table) in enumerate(zip(block.variants(norm), block.forms, strict=True)):
        names = table.get(variant)
        if names and (step < _JOINED or len(variant) >= _SHORT):
            if step and all(word in common for word in variant.split()):
                continue
            yield step, names


def _named(
    text: str, names: list[Name], block: OperatorBlock, step: int, *, doubt: bool = False
) -> Match:
    index = block.index
    chosen, tier = equal_keys(names, index)
    reason = "name" if tier in {0, 2} else reason_of(chosen[0])
    if len(chosen) > 1:
        labels = ", ".join(index.dictionary.label(n.key) for n in chosen[:3])
        return Match(text, YELLOW, chosen[0].key, 90.0, f"several bear the name: {labels}",
                     unsafe=True)  # fmt: skip
    if step == _CORE:
        doubt = doubt or not _telling(normalise(text), chosen[0].key, block)
    else:
        doubt = doubt or _twin(normalise(text), chosen[0].key, tier, block)
    if doubt:
        return Match(text, YELLOW, chosen[0].key, 85.0, f"{reason}, general words left out",
                     unsafe=True)  # fmt: skip
    return Match(text, GREEN, chosen[0].key, 100.0 - step, reason)


def _twin(norm: str, key: str, tier: int, block: OperatorBlock) -> bool:
    """Tell whether a company's name is also the core of another operator's name."""
    if tier < 2 and block.index.dictionary.value(key, "brand"):
        return False
    names = block.forms[_CORE].get(block.variants(norm)[_CORE], ())
    return any(n.key != key and _runs(n.key, block) for n in names)


def _telling(norm: str, key: str, block: OperatorBlock) -> bool:
    """Tell whether a word of the name belongs to this operator alone in the country."""
    return any(block.rare_words.get(word) == {key} for word in norm.split())


def _by_parts(text: str, block: OperatorBlock) -> Match | None:
    parts = [p.strip() for p in _PART.split(text) if p and p.strip()]
    if not 2 <= len(parts) <= 6:
        return None
    matches = [(part, _by_name(part, block)) for part in parts]
    found = [m for _, m in matches if m is not None]
    keys = {m.key for m in found}
    if len(keys) != 1:
        return None
    unknown = [part for part, m in matches if m is None and not _noise(part, block)]
    if not unknown and all(m.zone == GREEN for m in found):
        return Match(text, GREEN, found[0].key, 98.0, found[0].reason)
    left = f", left out: {', '.join(unknown)}" if unknown else ""
    return Match(text, YELLOW, found[0].key, 85.0, found[0].reason + left, unsafe=True)


def _noise(part: str, block: OperatorBlock) -> bool:
    known = words("noise") | words("company") | words("generic") | block.country_words
    return all(word in known or word.isdigit() for word in normalise(part).split())


def _by_likeness(text: str, block: OperatorBlock, limits: Limits) -> Match:
    norm = normalise(text)
    if _says_nothing(norm, block):
        local = not block.country_words.isdisjoint(norm.split())
        return Match(text, RED, "", 0.0, COUNTRY_ONLY if local else "general words only")
    ranked = rank_block(norm, block) if len(norm.replace(" ", "")) >= _SHORT else []
    if not ranked or ranked[0].score < limits.suggest:
        return Match(text, RED, "", ranked[0].score if ranked else 0.0, "nothing similar")
    best, second = ranked[0], ranked[1].score if len(ranked) > 1 else 0.0
    reason = f"similar {best.score:.0f} %" + (f", next {second:.0f} %" if second else "")
    clear = best.score >= limits.floor and best.score - second >= limits.margin
    if clear and len(norm) >= 6 and _green_words(norm, best.key, block):
        return Match(text, GREEN, best.key, best.score, reason)
    return Match(text, YELLOW, best.key, best.score, reason)


def _says_nothing(norm: str, block: OperatorBlock) -> bool:
    """Tell whether a text names no more than the country and the service ("Germany SMS")."""
    known = words("noise") | words("company") | words("guard") | block.country_words
    return known.issuperset(norm.split())


def _green_words(norm: str, key: str, block: OperatorBlock) -> bool:
    """Tell whether no word of a similar name belongs to other operators alone."""
    for word in norm.split():
        owners = block.rare_words.get(word)
        if owners and key not in owners:
            return False
    return True


@lru_cache(maxsize=1 << 14)
def rank_block(norm: str, block: OperatorBlock) -> tuple[Candidate, ...]:
    """Return the block's operators by likeness: sorted words as written and without legal forms.

    A name that holds all words of the other (token set) counts 89 at most: it hints, no more.
    Names that are alike in general words only (Azi, B.I.P. Communications) count 75 at most.
    """
    import numpy as np
    from rapidfuzz import fuzz, process

    table = _table(block)
    _, short, _, telling = block.variants(norm)
    plain = " ".join(sorted(norm.split()))
    scores = np.maximum(
        process.cdist([plain], table.plain, scorer=fuzz.ratio)[0],
        process.cdist([short], table.short, scorer=fuzz.ratio)[0],
    )
    bare = without(norm, words("company"), words("generic"))
    for place in np.flatnonzero(scores > _GENERAL).tolist():
        if fuzz.ratio(bare, table.own[place]) < _UNLIKE:
            scores[place] = _GENERAL
    if telling:
        sets = process.cdist([telling], table.telling, scorer=fuzz.token_set_ratio)[0]
        scores = np.maximum(scores, _HINT * sets)
    scores = scores - table.cost
    best = np.zeros(len(block.keys), np.float32)
    np.maximum.at(best, table.owner, scores)
    order = np.lexsort((table.rank, -best.round(3)))
    label = block.index.dictionary.label
    return tuple(
        Candidate(block.keys[i], label(block.keys[i]), float(best[i])) for i in order[:_TOP]
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Table:
    """The names of a block in comparable forms, with the place of their operator in ``keys``."""

    plain: list[str]
    short: list[str]
    telling: list[str]
    own: list[str]
    owner: npt.NDArray[np.intp]
    cost: npt.NDArray[np.float32]
    rank: npt.NDArray[np.intp]


@lru_cache(maxsize=512)
def _table(block: OperatorBlock) -> _Table:
    """Return a block's table: former names weigh less, running operators go first."""
    import numpy as np

    index = block.index
    place = {key: i for i, key in enumerate(block.keys)}
    variants = [block.variants(n.norm) for n in block.names]
    running = [index.dictionary.entry(k).detail("status") == "operational" for k in block.keys]
    order = sorted(range(len(running)), key=lambda i: (not running[i], i))
    rank = np.empty(len(order), np.intp)
    rank[order] = np.arange(len(order))
    return _Table(
        plain=[" ".join(sorted(n.norm.split())) for n in block.names],
        short=[v[1] for v in variants],
        own=[without(n.norm, words("company"), words("generic")) for n in block.names],
        telling=[v[_CORE] if len(v[_CORE]) >= _SHORT - 1 else "" for v in variants],
        owner=np.array([place[n.key] for n in block.names], np.intp),
        cost=np.array([_FORMER_COST * (n.kind == "noted") for n in block.names], np.float32),
        rank=rank,
    )
