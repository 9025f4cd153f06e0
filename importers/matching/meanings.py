"""What distinct cell values mean as keys: by dictionary, as voice prefixes or as plain text.

The result is an :class:`Answered`: for every distinct value its key, several keys (lists, ranges,
carriers in one cell), or the problem that leaves its rows out or waits for a person.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from dictionaries.normalise import mixed_script, normalise
from dictionaries.results import COUNTRY_ONLY
from importers.records import (
    OTHERS,
    CellError,
    CellValue,
    Codes,
    Decision,
    DecisionKind,
    FileProblem,
    column_letter,
)

if TYPE_CHECKING:
    from dictionaries.entries import Dictionaries, Dictionary
    from dictionaries.learn import Learned
    from dictionaries.results import Match
    from importers.settings import ColumnUse, ImportSettings

MOST_VALUES = 20_000
"""More distinct values than this can't be names of a dictionary: the column is another one."""

_SURE_LIST = re.compile(r"[;|\n]")
_LIST_SIGNS = re.compile(r"\s*[;/,|\n]\s*|\s+\+\s+")


class Trouble(IntEnum):
    """Why a value has no key."""

    MISSING = 0  # the cell is empty
    ERROR = 1
    HELD = 2  # a person decides
    SKIP = 3  # a person said: leave these rows out


@dataclass(frozen=True, slots=True)
class Problem:
    """A value without a key; ``dictionary``, ``context`` and ``likely`` make a HELD one a question.

    ``likely`` is the key that the value would probably get ("" if none), ``zone`` yellow or red.
    """

    trouble: Trouble
    reason: str
    value: str = ""
    column: int = -1
    dictionary: str = ""
    context: str = ""
    likely: str = ""
    zone: str = ""
    match: Match | None = None
    clash: bool = False

    def decision(self, rows: int) -> Decision:
        """Return the question that ``rows`` source rows wait for."""
        return Decision(
            kind=DecisionKind.VALUE,
            question=f"{self.reason}; answer it in the decisions file (--decisions FILE.csv).",
            dictionary=self.dictionary,
            context=self.context,
            value=self.value,
            proposal=self.likely,
            zone=self.zone,
            rows=rows,
            options=tuple(c.key for c in self.match.alternatives) if self.match else (),
        )


@dataclass(frozen=True, slots=True)
class Answered:
    """What each distinct value means.

    ``flat[first[v] : first[v] + count[v]]`` are the codes (into ``keys``) of value ``v``; a value
    with count 0 is blank or has an entry in ``problems``. ``proves`` marks values that show their
    row to be data.
    ``matches`` has the Match behind each value that went through a dictionary, ``notes`` warnings.
    """

    keys: list[str]
    first: Codes
    count: Codes
    flat: Codes
    problems: dict[int, Problem]
    proves: npt.NDArray[np.bool_]
    matches: dict[int, Match] = field(default_factory=dict)
    notes: dict[int, str] = field(default_factory=dict)


class AnswerBuilder:
    """Collects keys and problems value by value."""

    def __init__(self, size: int) -> None:
        self._places: dict[str, int] = {}
        self._flat: list[int] = []
        self._first = np.zeros(size, np.int32)
        self._count = np.zeros(size, np.int32)
        self._proves = np.zeros(size, np.bool_)
        self.problems: dict[int, Problem] = {}
        self.matches: dict[int, Match] = {}
        self.notes: dict[int, str] = {}

    def keys(self, value: int, keys: Sequence[str], *, proves: bool = True) -> None:
        """Say that the distinct value number ``value`` means ``keys`` (one or more)."""
        self._first[value] = len(self._flat)
        self._count[value] = len(keys)
        self._flat += [self._places.setdefault(key, len(self._places)) for key in keys]
        self._proves[value] = proves

    def problem(self, value: int, problem: Problem, *, proves: bool = False) -> None:
        """Say that the distinct value number ``value`` has no key."""
        self.problems[value] = problem
        self._proves[value] = proves

    def finish(self) -> Answered:
        """Return everything said so far."""
        return Answered(
            keys=list(self._places),
            first=self._first,
            count=self._count,
            flat=np.array(self._flat, np.int32),
            problems=self.problems,
            proves=self._proves,
            matches=self.matches,
            notes=self.notes,
        )


MatchMemo = dict[tuple[str, str, str, str, str], "Match"]
"""Matches by dictionary, matched by, how, context and text, kept from one draft to the next."""


@dataclass(frozen=True, slots=True)
class Matching:
    """What matching needs to know: dictionaries, what was learned, and the person's answers."""

    dictionaries: Dictionaries
    settings: ImportSettings
    learned: Learned | None = None
    vendor: str = ""
    memo: MatchMemo | None = None

    def answer(self, dictionary: str, context: str, value: str) -> str:
        """Return the person's answer for a value, with its context or for any, else ""."""
        answers = self.settings.answers
        if not answers:
            return ""
        text = normalise(value)
        return answers.get(f"{dictionary}|{context}|{text}") or answers.get(
            f"{dictionary}||{text}", ""
        )


# ------------------------------------------------------------------------------------ extraction


def extracted(texts: Sequence[str], how: str) -> list[str]:
    """Return the part of each text that counts (Q31), e.g. the one after the last dash."""
    cut = _EXTRACTS.get(how)
    if cut is None:
        raise FileProblem(
            f'"{how}" is no part of a cell; choose one of {", ".join(e for e in _EXTRACTS if e)}.'
        )
    return [cut(text) for text in texts]


_DASH = re.compile(r"\s+[-–—]\s+")
_BRACKETS = re.compile(r"[(\[]([^()\[\]]*)[)\]]")


def _after_dash(text: str) -> str:
    return _DASH.split(text)[-1].strip()


def _before_dash(text: str) -> str:
    parts = list(_DASH.finditer(text))
    return text[: parts[-1].start()].strip() if parts else text.strip()


def _in_brackets(text: str) -> str:
    found = _BRACKETS.findall(text)
    return found[-1].strip() if found else ""


_EXTRACTS: dict[str, Callable[[str], str]] = {
    "": lambda text: text,
    "section": lambda text: text,
    "after_dash": _after_dash,
    "before_dash": _before_dash,
    "in_brackets": _in_brackets,
}


# -------------------------------------------------------------------------------- by dictionary


@dataclass(frozen=True, slots=True)
class Asked:
    """Distinct values of one column to look up: ``texts`` with their ``contexts`` ("" = none)."""

    attribute: str
    texts: Sequence[str]
    contexts: Sequence[str]
    use: ColumnUse
    errors: frozenset[int] = frozenset()


def dictionary_answers(matching: Matching, dictionary: Dictionary, asked: Asked) -> Answered:
    """Look values up in a dictionary: a person's answers first, then matching by zones.

    Green is taken; yellow and red wait for a person, or with ``accept_suggestions`` are taken and
    refused. A catch-all ("All networks", "Rest of world") is the fallback key of its level (A7).
    """
    from dictionaries.others import is_others

    builder = AnswerBuilder(len(asked.texts))
    open_values: list[int] = []
    for value, (text, context) in enumerate(zip(asked.texts, asked.contexts, strict=True)):
        answer = matching.answer(dictionary.name, context, text)
        if value in asked.errors:
            builder.problem(value, error_cell(text, asked.use.column), proves=True)
        elif answer:
            _take_answer(builder, value, answer, dictionary, asked)
        elif text.strip() and is_others(text) and text.strip() not in dictionary:
            builder.keys(value, (OTHERS,), proves=False)
        elif text.strip():
            open_values.append(value)
    _refuse_flood(len(open_values), asked, dictionary)
    _match_open(builder, matching, dictionary, asked, open_values)
    return builder.finish()


def _refuse_flood(count: int, asked: Asked, dictionary: Dictionary) -> None:
    if count > MOST_VALUES:
        raise FileProblem(
            f"Column {column_letter(asked.use.column)} holds {count} different values, more than "
            f"{dictionary.title} can explain: declare another column as {asked.attribute}."
        )


_REFUSALS = {"skip": (Trouble.SKIP, "left out"), "error": (Trouble.ERROR, "refused")}


def _take_answer(
    builder: AnswerBuilder, value: int, answer: str, dictionary: Dictionary, asked: Asked
) -> None:
    text = asked.texts[value]
    if answer in _REFUSALS:
        trouble, verb = _REFUSALS[answer]
        builder.problem(
            value, Problem(trouble, f'"{text}" is {verb} by decision', text, asked.use.column)
        )
        return
    keys = [_answered_key(part, dictionary, asked.contexts[value]) for part in answer.split(";")]
    if not all(keys):
        raise FileProblem(
            f'The decision for "{text}" is "{answer}", which is no key of {dictionary.title}; '
            f"give a key (or several, joined by ;), {OTHERS} or skip."
        )
    builder.keys(value, tuple(dict.fromkeys(keys)))


def _answered_key(answer: str, dictionary: Dictionary, context: str) -> str:
    """Return the key that a person's answer is or names, "" if none."""
    from dictionaries.catalogue import find_key

    answer = answer.strip()
    return OTHERS if answer == OTHERS else find_key(dictionary, answer, context)


def _match_open(
    builder: AnswerBuilder,
    matching: Matching,
    dictionary: Dictionary,
    asked: Asked,
    values: list[int],
) -> None:
    pairs = [(asked.contexts[v], asked.texts[v]) for v in values]
    found = dict(zip(values, _matches(matching, dictionary, asked, pairs), strict=True))
    unsure = [v for v, hit in found.items() if hit.zone != "green"]
    carriers = _carriers(matching, dictionary, asked, unsure)
    accept = matching.settings.accept_suggestions
    for value, hit in found.items():
        builder.matches[value] = hit
        listed = carriers.get(value)
        if isinstance(listed, Problem):
            builder.problem(value, listed)
        elif listed:
            builder.keys(value, listed)
        elif hit.reason == COUNTRY_ONLY:
            builder.keys(value, (OTHERS,), proves=False)
            builder.notes[value] = f'"{hit.value}" names no operator: taken as all networks'
        elif hit.zone == "green" or (accept and hit.acceptable):
            # A suggestion or a former name neither contradicts another column nor shows that its
            # row is data, and gives way to a row that bears the name of today.
            builder.keys(value, (hit.key,), proves=hit.zone == "green" and not hit.former)
            word = mixed_script(hit.value)
            if word:
                builder.notes[value] = f'"{word}" mixes letters of two scripts'
        else:
            builder.problem(value, _unmatched(hit, dictionary, asked, value, accept=accept))


def _matches(
    matching: Matching, dictionary: Dictionary, asked: Asked, pairs: list[tuple[str, str]]
) -> list[Match]:
    """Match distinct (context, text) pairs, each once."""
    from dictionaries.match import match

    if asked.use.by not in ("any", "key", *dictionary.attributes):
        raise FileProblem(
            f'{dictionary.title} can\'t be matched by "{asked.use.by}": choose key, any or '
            f"{', '.join(dictionary.attributes)}."
        )
    place = (dictionary.name, asked.use.by, asked.use.how)
    memo: MatchMemo = {} if matching.memo is None else matching.memo
    new = [pair for pair in dict.fromkeys(pairs) if (*place, *pair) not in memo]
    hits = match(
        dictionary,
        [text for _, text in new],
        by=asked.use.by,
        how=asked.use.how,
        contexts=[context for context, _ in new],
        learned=matching.learned,
        vendor=matching.vendor,
    )
    memo.update(((*place, *pair), hit) for pair, hit in zip(new, hits, strict=True))
    return [memo[(*place, *pair)] for pair in pairs]


def _carriers(
    matching: Matching, dictionary: Dictionary, asked: Asked, values: list[int]
) -> dict[int, tuple[str, ...] | Problem]:
    """Split cells that name several carriers (Q31): only where every part is certain.

    A list by semicolons that is not certain in all parts is a problem as a whole: likeness to one
    of its parts must not give that carrier the price of all.
    """
    if dictionary.name != "operator":
        return {}
    split = {v: [p for p in _LIST_SIGNS.split(asked.texts[v].strip()) if p] for v in values}
    split = {v: parts for v, parts in split.items() if len(parts) > 1}
    pairs = [(asked.contexts[v], part) for v, parts in split.items() for part in parts]
    hits = iter(_matches(matching, dictionary, asked, pairs) if pairs else ())
    accept = matching.settings.accept_suggestions
    result: dict[int, tuple[str, ...] | Problem] = {}
    for value, parts in split.items():
        own = [next(hits) for _ in parts]
        bulk = accept and _SURE_LIST.search(asked.texts[value]) is not None
        unsure = [hit for hit in own if hit.zone != "green" and not (bulk and hit.acceptable)]
        if not unsure:
            result[value] = tuple(dict.fromkeys(hit.key for hit in own))
        elif _SURE_LIST.search(asked.texts[value]):
            open_parts = ", ".join(f'"{hit.value}"' for hit in unsure)
            reason = f'"{asked.texts[value]}" names several carriers; not certain: {open_parts}'
            result[value] = Problem(
                Trouble.ERROR if accept else Trouble.HELD,
                reason,
                asked.texts[value],
                asked.use.column,
                dictionary=dictionary.name,
                context=asked.contexts[value],
                zone="red",
            )
    return result


def _unmatched(
    hit: Match, dictionary: Dictionary, asked: Asked, value: int, *, accept: bool
) -> Problem:
    text, context = asked.texts[value], asked.contexts[value]
    where = f" in {context}" if context else ""
    likely = hit.key if hit.zone == "yellow" else ""
    if likely:
        weak = "; too weak to be taken unseen" if accept else ""
        name = f"{dictionary.label(likely)} ({likely})"
        reason = f'"{text}"{where} is probably {name}: {hit.reason}{weak}'
    else:
        reason = f'"{text}"{where} is not in {dictionary.title}' + (
            f": {hit.reason}" if hit.reason else ""
        )
    return Problem(
        Trouble.ERROR if accept else Trouble.HELD,
        reason,
        text,
        asked.use.column,
        dictionary=dictionary.name,
        context=context,
        likely=likely,
        zone=hit.zone,
        match=hit,
    )


# ------------------------------------------------------------------------------------ plain text


def text_answers(texts: Sequence[str], rows: npt.NDArray[Any], *, proves: bool) -> Answered:
    """Take texts as keys (no dictionary): spaces collapsed, equal after normalisation = one key.

    ``rows`` is the number of rows per value; the most frequent spelling gives the key.
    """
    from dictionaries.others import is_others

    builder = AnswerBuilder(len(texts))
    spellings = [" ".join(text.split()) for text in texts]
    folded = [normalise(s) or s for s in spellings]
    best: dict[str, tuple[int, str]] = {}
    counts: Counter[tuple[str, str]] = Counter()
    for fold, spelling, count in zip(folded, spellings, rows.tolist(), strict=True):
        counts[fold, spelling] += count
    for (fold, spelling), count in counts.items():
        if fold not in best or count > best[fold][0]:
            best[fold] = (count, spelling)
    for value, fold in enumerate(folded):
        if not spellings[value]:
            continue
        key = best[fold][1]
        builder.keys(value, (OTHERS if is_others(key) else key,), proves=proves)
    return builder.finish()


# -------------------------------------------------------------------------------- voice prefixes


def prefix_answers(values: Sequence[CellValue], texts: Sequence[str], column: int) -> Answered:
    """Read E.164 prefixes (F4): digits only, ranges and lists expanded, the rest errors."""
    digits = [t[1:] if t[:1] == "+" else t for t in texts]
    odd = [i for i, d in enumerate(digits) if not _PLAIN_PREFIX(d)]
    for value in odd:
        digits[value] = ""
    keys = list(dict.fromkeys(digits))
    flat = np.arange(len(digits), dtype=np.int32)
    places: dict[str, int] = {}
    if odd or len(keys) < len(digits):
        places = {d: i for i, d in enumerate(keys)}
        flat = np.fromiter(map(places.__getitem__, digits), np.int32, len(digits))
    count = np.ones(len(digits), np.int32)
    count[odd] = 0
    first = np.arange(len(digits), dtype=np.int32)
    problems: dict[int, Problem] = {}
    more: list[int] = []
    for value in odd:
        found = _prefixes(values[value], texts[value], column)
        if isinstance(found, Problem):
            problems[value] = found
        else:
            first[value], count[value] = len(digits) + len(more), len(found)
            more += [places.setdefault(key, len(places)) for key in found]
    flat = np.concatenate([flat, np.array(more, np.int32)]) if more else flat
    return Answered(list(places) or keys, first, count, flat, problems, count > 0)


_PLAIN_PREFIX = re.compile(r"[1-9][0-9]{0,14}").fullmatch


def _prefixes(value: CellValue, text: str, column: int) -> tuple[str, ...] | Problem:
    from dictionaries.prefixes import normalise_prefix

    if isinstance(value, CellError):
        return error_cell(text, column)
    if not text.strip():
        return ()
    found = normalise_prefix(text)
    if found.error:
        return Problem(Trouble.ERROR, found.error.rstrip("."), text, column)
    return found.prefixes


def error_cell(text: str, column: int) -> Problem:
    """Return the problem of an error cell or a formula without a result (Q17)."""
    return Problem(
        Trouble.ERROR, f'the cell holds "{text}", an error of the spreadsheet', text, column
    )
