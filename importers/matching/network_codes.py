"""MCC and MNC cells as codes, and what follows from a code: operator, country, MCC, MNC.

A code is a MCCMNC of the dictionary, a bare MCC (all its networks) or ``*`` (IMP-11, Q25-Q29).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from dictionaries.codes import (
    CodeResult,
    decide_padding,
    normalise_mcc,
    normalise_mccmnc,
    normalise_mnc,
)
from dictionaries.others import is_others
from importers.matching.meanings import (
    AnswerBuilder,
    Answered,
    Matching,
    Problem,
    Trouble,
    error_cell,
)
from importers.records import OTHERS, FileProblem

CODE = "code"
"""Name of the attribute that holds the rows' codes; no level of a tree."""

_CODE = re.compile(r"\d{5,6}")
_WHOLE_CODE = re.compile(r"\d{3}[ /-]?\d{1,3}")


def single_code_answers(
    matching: Matching, texts: Sequence[str], *, column: int, errors: frozenset[int]
) -> Answered:
    """Read a column of whole MCCMNCs."""
    builder = AnswerBuilder(len(texts))
    for value, text in enumerate(texts):
        if value in errors:
            builder.problem(value, error_cell(text, column), proves=True)
        elif text.strip() and not _decided(builder, matching, value, text, column):
            result = normalise_mccmnc(text, matching.dictionaries)
            _take(builder, matching, value, result, text, column)
    return builder.finish()


def paired_code_answers(
    matching: Matching,
    mccs: Sequence[str],
    mncs: Sequence[str],
    *,
    column: int,
    errors: frozenset[int],
) -> Answered:
    """Read distinct pairs of MCC and MNC cells; how MNCs are padded is decided for all."""
    builder = AnswerBuilder(len(mccs))
    padding = decide_padding(zip(mccs, mncs, strict=True), matching.dictionaries)
    for value, (mcc, mnc) in enumerate(zip(mccs, mncs, strict=True)):
        text = f"{mcc.strip()} {mnc.strip()}".strip()
        if value in errors:
            builder.problem(value, error_cell(text, column), proves=True)
        elif text and not _decided(builder, matching, value, text, column):
            result = _pair(matching, mcc, mnc, padding)
            _take(builder, matching, value, result, text, column)
    return builder.finish()


def _pair(matching: Matching, mcc: str, mnc: str, padding: str) -> CodeResult:
    blank = not mnc.strip() or is_others(mnc, mnc=True)
    if not mcc.strip():
        if blank:
            return CodeResult((OTHERS,))
        return CodeResult(error=f"MNC {mnc.strip()} stands without an MCC; fill it in.")
    found = normalise_mcc(mcc, matching.dictionaries)
    if found.error or (found.keys == (OTHERS,) and blank):
        return found
    if found.keys == (OTHERS,):
        return normalise_mccmnc(mnc, matching.dictionaries, padding=padding)
    if blank:
        return CodeResult(found.keys)
    if len(found.keys) > 1:
        return CodeResult(error=f"MNC {mnc.strip()} stands beside several MCCs; write a row each.")
    return normalise_mnc(found.keys[0], mnc, matching.dictionaries, padding=padding)


def _decided(
    builder: AnswerBuilder, matching: Matching, value: int, text: str, column: int
) -> bool:
    """Apply a person's answer to a code; return whether there was one."""
    answer = matching.answer("mccmnc", "", text)
    if answer in ("skip", "error"):
        trouble = Trouble.SKIP if answer == "skip" else Trouble.ERROR
        builder.problem(value, Problem(trouble, f'"{text}" is left out by decision', text, column))
    elif answer:
        keys = tuple(part.strip() for part in answer.split(";"))
        if not all(_is_code(matching, key) for key in keys):
            raise FileProblem(
                f'The decision for "{text}" is "{answer}", which is no MCCMNC; '
                f"give a code (or several, joined by ;), {OTHERS} or skip."
            )
        builder.keys(value, keys, proves=keys != (OTHERS,))
    return bool(answer)


def _is_code(matching: Matching, key: str) -> bool:
    """Tell whether an answer is a code; one that the dictionary lacks counts under its MCCs."""
    books = matching.dictionaries
    well_formed = _CODE.fullmatch(key) is not None and key[:3] in books["mcc"]
    return key == OTHERS or key in books["mccmnc"] or well_formed


def _take(
    builder: AnswerBuilder,
    matching: Matching,
    value: int,
    result: CodeResult,
    text: str,
    column: int,
) -> None:
    if result.likely and matching.settings.accept_suggestions:
        builder.keys(value, (result.likely,))
        builder.notes[value] = (
            f"{text}: the dictionary MCCMNC does not have {result.likely}; taken as it stands"
        )
        return
    if result.error:
        builder.problem(value, _unreadable(matching, result, text, column))
        return
    if result.keys == (OTHERS,):
        builder.keys(value, (result.mcc or OTHERS,), proves=bool(result.mcc))
    else:
        builder.keys(value, result.keys)
    if result.doubt:
        builder.notes[value] = result.doubt


def _unreadable(matching: Matching, result: CodeResult, text: str, column: int) -> Problem:
    """Return the problem: a code that only the dictionary lacks waits for a person."""
    unknown = bool(result.likely) or _WHOLE_CODE.fullmatch(text.strip()) is not None
    held = unknown and not matching.settings.accept_suggestions
    return Problem(
        Trouble.HELD if held else Trouble.ERROR,
        result.error.rstrip("."),
        text,
        column,
        dictionary="mccmnc",
        likely=result.likely,
        zone="yellow" if result.likely else "red",
    )


def keys_from_code(
    matching: Matching, attribute: str, key: str, *, country: str, anchored: bool
) -> tuple[str, ...] | Problem:
    """Return what a row's code says about ``attribute``.

    ``country`` settles a code that two operators share; ``anchored`` tells whether a level above
    says which country "all networks" belongs to.
    """
    if attribute == "country":
        return _country(matching, key)
    if key == OTHERS:
        return (OTHERS,)
    if attribute == "mcc":
        return (key[:3],)
    if len(key) == 3:
        return (OTHERS,) if anchored else _not_anchored(key)
    if attribute == "mnc":
        return (key[3:],)
    return (key,) if attribute == "mccmnc" else _operator(matching, key, country)


def _not_anchored(mcc: str) -> Problem:
    return Problem(
        Trouble.ERROR,
        f"all networks of MCC {mcc} have no place in a tree without a level Country or MCC",
        mcc,
    )


def _operator(matching: Matching, key: str, country: str) -> tuple[str, ...] | Problem:
    operators = matching.dictionaries.linked("mccmnc", key, "operator")
    if not operators:
        return Problem(Trouble.ERROR, f"no operator is known for MCCMNC {key}", key)
    book = matching.dictionaries["operator"]
    local = [o for o in operators if country in book.entry(o).countries]
    return ((local or list(operators))[0],)


def _country(matching: Matching, key: str) -> tuple[str, ...] | Problem:
    if key == OTHERS:
        return Problem(Trouble.MISSING, "the country is missing")
    if len(key) > 3:
        if key in matching.dictionaries["mccmnc"]:
            countries = matching.dictionaries.linked("mccmnc", key, "country")
            return countries[:1] or Problem(Trouble.MISSING, "the country is missing")
        key = key[:3]
    countries = matching.dictionaries.linked("mcc", key, "country")
    if len(countries) == 1:
        return countries
    listed = ", ".join(countries)
    return Problem(
        Trouble.ERROR, f"MCC {key} belongs to several countries ({listed}): name the country", key
    )
