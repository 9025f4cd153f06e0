"""Match the distinct values of a column to the keys of a dictionary (IMP-7, IMP-8).

Equality first, then what was learned, then the ladder of :mod:`dictionaries.ladder` (operators:
:mod:`dictionaries.operators`). Every result carries a zone, a reason and ranked alternatives.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial

from dictionaries import ladder
from dictionaries.entries import OTHERS, Dictionary
from dictionaries.fuzzy import Similar, matrix_of, similar
from dictionaries.index import Index
from dictionaries.learn import Learned, LearnedMatch
from dictionaries.names import words
from dictionaries.normalise import mixed_script, normalise
from dictionaries.operators import Context, match_operator, rank_block, read_context
from dictionaries.others import is_others
from dictionaries.results import GREEN, RED, YELLOW, Candidate, Limits, Match

__all__ = ["Candidate", "Limits", "Match", "candidates", "match"]

_ALTERNATIVES = 8
_TOKENS = re.compile(r"\b(?:[A-Za-z]{2}|\d{3}|\d{5,6})\b")
_CODE = re.compile(r"[A-Z]{2}")
_USER_CODE = re.compile(r"AA|Q[M-Z]|X[A-Z]|ZZ")
_PLACES = frozenset({"country", "whatsapp_market"})
_NO_LEARNED = Learned()


@dataclass(frozen=True, slots=True)
class _Job:
    """How one call matches."""

    dictionary: Dictionary
    by: str
    how: str
    limits: Limits
    learned: Learned
    vendor: str


def match(
    dictionary: Dictionary,
    values: Sequence[str],
    *,
    by: str = "any",
    how: str = "best",
    contexts: Sequence[str] | None = None,
    learned: Learned | None = None,
    vendor: str = "",
    limits: Limits | None = None,
) -> list[Match]:
    """Return one :class:`Match` per value; give distinct values, not rows.

    ``by``: "key" (equality only), an attribute of the dictionary, or "any" (key, attributes,
    learned, then the ladder). ``how``: "full" = equality with the key or the attribute(s), "best" =
    then aliases and likeness. ``contexts`` (parallel to values): alpha-2 codes, MCCs or an MCCMNC
    of the row; operators are looked for inside them, a contradiction is red. Raises ValueError for
    an unknown ``by`` or ``how``.
    """
    _check(dictionary, by, how)
    job = _Job(dictionary, by, how, limits or Limits(), learned or _NO_LEARNED, vendor)
    places = list(contexts) if contexts is not None else [""] * len(values)
    if len(places) != len(values):
        raise ValueError("There must be one context per value.")
    done: dict[tuple[str, str], Match] = {}
    open_: list[tuple[str, str]] = []
    for pair in dict.fromkeys(zip(values, places, strict=True)):
        settled = _settle(pair[0], pair[1], job)
        if settled is None:
            open_.append(pair)
        else:
            done[pair] = _finished(settled, pair[1], job)
    if open_:
        done.update(_by_likeness(open_, job))
    return [done[pair] for pair in zip(values, places, strict=True)]


def _check(dictionary: Dictionary, by: str, how: str) -> None:
    allowed = ("any", "key", *dictionary.attributes)
    if by not in allowed:
        raise ValueError(
            f"{dictionary.title} has no attribute {by!r}; match by one of: {', '.join(allowed)}."
        )
    if how not in {"full", "best"}:
        raise ValueError(f"Matching is full or best, not {how!r}.")


def _settle(value: str, context: str, job: _Job) -> Match | None:
    """Return the match if any step before likeness decides, else None."""
    index = job.dictionary.index
    own = _learned(value, context, job, own=True)
    named = job.dictionary.name == "operator" and job.by != "key"  # codes need their country
    found = ladder.by_key(value, index) if value.strip() and not named else None
    if found is None and job.dictionary.name == "currency" and job.by == "any":
        found = ladder.by_symbol(value, index)
    if found or job.by == "key":
        return found or own or Match(value, RED, "", 0.0, "no such key")
    if own is not None and own.zone == GREEN:
        return own
    if named:
        return _operator(value, context, job)
    ambiguous = ladder.by_ambiguous(value, index) if job.by == "any" else None
    if ambiguous is not None:
        return _learned(value, context, job) or ambiguous
    return _full(value, context, job) or _best(value, job)


def _full(value: str, context: str, job: _Job) -> Match | None:
    index = job.dictionary.index
    if job.by == "any":
        found = ladder.by_name(value, index, attributes_only=True)
    else:
        found = ladder.by_attribute(value, index, job.by)
    if found is not None and found.zone == GREEN:
        return found
    learned = _learned(value, context, job)
    if learned is not None:
        return learned
    if job.how == "full":
        return found or Match(value, RED, "", 0.0, "no equal value")
    return found if job.by != "any" else None


def _best(value: str, job: _Job) -> Match | None:
    index = job.dictionary.index
    if ladder.is_null(value):
        return Match(value, RED, "", 0.0, f"the cell says that there is no {job.dictionary.title}")
    if job.dictionary.name in _PLACES and normalise(value) in ladder.brand_names():
        return ladder.by_span(value, index) or Match(value, RED, "", 0.0, "an operator's name")
    if is_others(value) and normalise(value) not in index.exact:
        return Match(value, RED, "", 0.0, "means Others")
    for step in (ladder.by_name, ladder.by_words, ladder.without_noise, ladder.by_parts):
        found = step(value, index)
        if found is not None:
            return found
    if job.dictionary.name == "country" and _CODE.fullmatch(value.strip()):
        return Match(value, RED, "", 0.0, _no_country(value))
    if job.dictionary.name in _PLACES and _only_region(value):
        return Match(value, RED, "", 0.0, "names no single country")
    return None


def _no_country(text: str) -> str:
    """Say why two capital letters are no country; ISO leaves some codes to their users."""
    if _USER_CODE.fullmatch(text.strip()):
        return "ISO gives this code to no country, lists use it for networks without one"
    return "no country has this code"


def _only_region(value: str) -> bool:
    vague = words("region") | words("guard") | words("stop") | words("noise")
    vague |= frozenset(words("expand")) | {"islands", "republic", "saint", "zone", "group", "new"}
    return all(word in vague or word.isdigit() for word in normalise(value).split())


def _operator(value: str, context: str, job: _Job) -> Match | None:
    index = job.dictionary.index
    place = _context(context, index)
    if job.by != "any" or job.how == "full":
        return _operator_full(value, place, context, job)
    found = match_operator(value, place, index, job.limits)
    if found.conflict or (found.zone == GREEN and found.reason in {"key", "code"}):
        return found
    return _learned(value, context, job) or found


def _operator_full(value: str, place: Context, context: str, job: _Job) -> Match | None:
    """Full match inside the row's country; best match goes on to the ladder."""
    index = job.dictionary.index
    kinds = set(job.dictionary.attributes) if job.by == "any" else {job.by}
    names = [n for n in index.exact.get(normalise(value), ()) if n.kind in kinds]
    if place.countries is not None:
        entries = job.dictionary.entries
        names = [n for n in names if not place.countries.isdisjoint(entries[n.key].countries)]
    keys = {n.key for n in names}
    if len(keys) == 1:
        return Match(value, GREEN, keys.pop(), 100.0, "name")
    learned = _learned(value, context, job)
    if learned is not None:
        return learned
    if job.how == "best":
        return match_operator(value, place, index, job.limits)
    if keys:
        return Match(value, YELLOW, min(keys), 90.0, f"{len(keys)} bear the name", unsafe=True)
    return Match(value, RED, "", 0.0, "no equal value")


@lru_cache(maxsize=4096)
def _context(text: str, index: Index) -> Context:
    return read_context(text, index)


def _learned(value: str, context: str, job: _Job, *, own: bool = False) -> Match | None:
    """Return what was learned (``own``: by this vendor only); a vanished key is no match."""
    if not job.learned.knows(job.dictionary.name) or (own and not job.vendor):
        return None
    norm = normalise(value)
    for place in dict.fromkeys((context, "")):
        known = job.learned.find(job.dictionary.name, norm, context=place, vendor=job.vendor)
        if known is not None and not (own and not known.vendor):
            return _recalled(value, known, job)
    return None


def _recalled(value: str, known: LearnedMatch, job: _Job) -> Match | None:
    when = f"{known.when:%Y-%m-%d}"
    entry = job.dictionary.entries.get(known.key)
    if known.key != OTHERS and (entry is None or entry.retired):
        return Match(value, YELLOW, "", 0.0, f"learned {when}: {known.key}, which is gone")
    who = f" {known.vendor}" if known.vendor else ""
    return Match(value, GREEN, known.key, 100.0, f"learned {when}{who}")


def _by_likeness(pairs: list[tuple[str, str]], job: _Job) -> dict[tuple[str, str], Match]:
    """Compare what no step settled with all names at once."""
    places = job.dictionary.name in _PLACES
    norms = [_stripped(value) if places else normalise(value) for value, _ in pairs]
    hits = similar(
        norms,
        matrix_of(job.dictionary),
        cutoff=min(job.limits.suggest, job.limits.floor - job.limits.margin),
    )
    attributes = frozenset(job.dictionary.attributes)
    result = {}
    for (value, context), ranked in zip(pairs, hits, strict=True):
        found = ladder.by_likeness(value, ranked, job.limits, attributes)
        if found.zone != GREEN:
            spanned = ladder.by_span(value, job.dictionary.index)
            found = spanned if spanned and spanned.score > found.score else found
        result[value, context] = _finished(found, context, job)
    return result


def _stripped(value: str) -> str:
    tokens = [w for w in normalise(value).split() if w not in words("noise") and not w.isdigit()]
    return " ".join(tokens)


def _finished(found: Match, context: str, job: _Job) -> Match:
    """Add what every match carries: context, warnings, alternatives, contradiction with the row."""
    if found.key and context and job.dictionary.name == "country":
        found = _held_against(found, context, job.dictionary)
    word = mixed_script(found.value)
    if word and found.zone == GREEN and found.reason not in {"key", "code"}:
        found = found.but(reason=f"{found.reason}; {word} mixes scripts")
    ranker: Callable[[], tuple[Candidate, ...]] = partial(
        candidates, job.dictionary, found.value, context=context, first=found.key
    )
    return found.but(context=context, ranker=ranker)


def _held_against(found: Match, context: str, dictionary: Dictionary) -> Match:
    """Refuse a country that the row's ISO code or MCC does not mean, whatever its likeness."""
    for token in _TOKENS.findall(context):
        known = _mcc_countries().get(token[:3], ()) if token.isdigit() else (token.upper(),)
        if found.key in known or not set(known) & dictionary.entries.keys():
            continue
        where = ", ".join(dictionary.label(key) for key in known[:3])
        what = f"MCC {token[:3]}" if token.isdigit() else f"code {token}"
        reason = f"row says {dictionary.label(found.key)}, but {what} is {where}"
        return Match(found.value, RED, "", found.score, reason, conflict=True)
    return found


@lru_cache(maxsize=1)
def _mcc_countries() -> dict[str, tuple[str, ...]]:
    from dictionaries.shipped import load_dictionary

    return {key: entry.countries for key, entry in load_dictionary("mcc").entries.items()}


def candidates(
    dictionary: Dictionary,
    value: str,
    *,
    context: str = "",
    first: str = "",
    limit: int = _ALTERNATIVES,
) -> tuple[Candidate, ...]:
    """Return the keys most like ``value``, best first, ``first`` (if any) in front."""
    ranked = list(_ranked(dictionary, value, context))
    if first:
        head = next((c for c in ranked if c.key == first), None)
        score = head.score if head else 100.0
        ranked = [
            Candidate(first, dictionary.label(first), score),
            *(c for c in ranked if c.key != first),
        ]
    return tuple(ranked[:limit])


def _ranked(dictionary: Dictionary, value: str, context: str) -> list[Candidate]:
    index = dictionary.index
    if dictionary.name == "operator":
        place = _context(context, index)
        if place.countries is not None:
            return list(rank_block(normalise(value), index.block(place.countries)))
    known = dictionary.ambiguous.get(normalise(value))
    ahead = known.keys if known else _named_parts(value, index)
    norm = _stripped(value) or normalise(value)
    hits = similar([norm], matrix_of(dictionary), cutoff=20.0, deep=600)[0]
    listed = [Similar(key, 100.0, index.names_of[key][0]) for key in ahead]
    listed += [hit for hit in hits if hit.key not in ahead]
    return [Candidate(h.key, dictionary.label(h.key), round(h.score, 1)) for h in listed]


def _named_parts(value: str, index: Index) -> tuple[str, ...]:
    """Return the keys whose names stand in the value as whole words, longest first."""
    tokens = normalise(value).split()[:10]
    keys: dict[str, None] = {}
    for length in range(len(tokens), 0, -1):
        for start in range(len(tokens) - length + 1):
            run = " ".join(tokens[start : start + length])
            if len(run) > 3:
                keys.update(dict.fromkeys(sorted({n.key for n in index.exact.get(run, ())})))
    return tuple(keys)
