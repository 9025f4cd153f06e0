"""Checks the values of a form against its declaration: one validator for window and command line.

What only the services know (a taken name, an unknown currency) they refuse themselves.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from app.domain.sections import Field, Kind, Section
from app.errors import FieldProblem

DECIMALS = {Kind.PRICE: 8, Kind.AMOUNT: 4}
LARGEST_DIGITS = 18
_YES = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}


def validated(section: Section, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return a value for every field of the form, typed as its kind says; hidden ones are None.

    Texts are stripped, numbers may be texts with a point. Raises FieldProblem with a sentence for
    each field that is wrong.
    """
    found: dict[str, Any] = {}
    problems: dict[str, str] = {}
    for field in section.form:
        if not shown(field, values):
            found[field.name] = None
            continue
        try:
            found[field.name] = _checked(field, values.get(field.name))
        except ValueError as problem:
            problems[field.name] = str(problem)
    if problems:
        raise FieldProblem(problems)
    return found


def shown(field: Field, values: Mapping[str, Any]) -> bool:
    """Return whether a form with these values shows the field."""
    if field.shown_when is None:
        return True
    other, wanted = field.shown_when
    return str(values.get(other)) in wanted


def _checked(field: Field, value: Any) -> Any:
    """Return the value of a field. Raises ValueError with a sentence."""
    if isinstance(value, str):
        value = value.strip()
    if value is None or value == "":
        if field.required:
            raise ValueError(f"{field.title} is required: fill it in.")
        return "" if field.kind in {Kind.TEXT, Kind.LONG_TEXT, Kind.CODE} else None
    if field.kind in {Kind.TEXT, Kind.LONG_TEXT, Kind.CODE}:
        return _text(field, str(value))
    if field.kind in {Kind.CHOICE, Kind.STATUS}:
        return _choice(field, str(value))
    if field.kind in {Kind.NUMBER, Kind.PRICE, Kind.AMOUNT}:
        return _number(field, value)
    if field.kind is Kind.DATE:
        return _date(field, value)
    if field.kind is Kind.FLAG:
        return _flag(field, value)
    return value


def _text(field: Field, text: str) -> str:
    if len(text) > field.longest:
        raise ValueError(f"{field.title} has {len(text)} characters: use up to {field.longest}.")
    lines = text.replace("\n", "").replace("\t", "") if field.kind is Kind.LONG_TEXT else text
    if field.kind is Kind.LONG_TEXT and "\0" not in lines:
        return text
    if not lines.isprintable():
        raise ValueError(
            f"{field.title} has a line break or another sign that can't be shown: take it out."
        )
    return text


def _choice(field: Field, value: str) -> str:
    if value not in {choice.value for choice in field.choices}:
        titles = ", ".join(choice.title for choice in field.choices)
        raise ValueError(f'{field.title} can\'t be "{value}": choose one of {titles}.')
    return value


def _number(field: Field, value: Any) -> Decimal | int:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        raise ValueError(f'{field.title} "{value}" is not a number.') from None
    decimals = DECIMALS.get(field.kind, 0)
    if number.is_finite() and abs(number) >= 10 ** (LARGEST_DIGITS - decimals):
        raise ValueError(f"{field.title} {value} is too large: use a smaller number.")
    if not number.is_finite() or number != round(number, decimals):
        kind = f"a number with up to {decimals} decimals" if decimals else "a whole number"
        raise ValueError(f"{field.title} {value} must be {kind}.")
    return int(number) if field.kind is Kind.NUMBER else number


def _date(field: Field, value: Any) -> dt.date:
    if isinstance(value, dt.date):
        return value
    try:
        return dt.date.fromisoformat(str(value))
    except ValueError:
        raise ValueError(f'{field.title} "{value}" is not a date: write 2026-01-31.') from None


def _flag(field: Field, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    known = _YES.get(str(value).casefold())
    if known is None:
        raise ValueError(f'{field.title} "{value}" is neither yes nor no.')
    return known
