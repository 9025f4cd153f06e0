"""Checks the values of a form against its declaration: one validator for window and command line.

What only the services know (a taken name, an unknown currency) they refuse themselves.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Any

from app.domain.permissions import AREAS, MANAGE, VIEW
from app.domain.sections import Field, Kind, Section
from app.domain.zones import settled, zone_of
from app.errors import FieldProblem

DECIMALS = {Kind.PRICE: 8, Kind.AMOUNT: 4}
LARGEST_DIGITS = 18
LONGEST_ADDRESS = 254
"""Most characters of a mail address (RFC 5321, 4.5.3.1.3)."""

YEARS = range(1900, 9999)
"""Years a MOMENT may have; one more at the end has no instant in every zone."""

TEXTS = frozenset({Kind.TEXT, Kind.LONG_TEXT, Kind.CODE})
LISTS = frozenset({Kind.CHOICES, Kind.REFERENCES, Kind.EMAILS, Kind.WORDS})

_YES = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
_FLAGS = {True: ("True", "true", "yes", "1"), False: ("False", "false", "no", "0")}
_BREAKS = re.compile(r"[,;\r\n]+")


def validated(section: Section, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return a value for every field of the form, typed as its kind says; hidden ones are None.

    Texts are stripped, numbers may be texts with a point, lists texts with commas. Computed fields
    are left out. Raises FieldProblem with a sentence for each field that is wrong.
    """
    found: dict[str, Any] = {}
    problems: dict[str, str] = {}
    for field in section.form:
        if field.computed:
            continue
        if not shown(field, values):
            found[field.name] = None
            continue
        try:
            found[field.name] = _checked(field, values.get(field.name), values)
        except ValueError as problem:
            problems[field.name] = str(problem)
    if problems:
        raise FieldProblem(problems)
    return found


def typed(field: Field, text: str) -> Any:
    """Return the value that a text of an address gives a field, None if it fits none."""
    try:
        return _checked(replace(field, required=False), text, {})
    except ValueError:
        return None


def shown(field: Field, values: Mapping[str, Any]) -> bool:
    """Return whether a form with these values shows the field; of a list one fitting is enough."""
    return shown_by(field.shown_when, values)


def shown_by(condition: tuple[str, tuple[str, ...]] | None, values: Mapping[str, Any]) -> bool:
    """Return whether values fit a condition (field, values) of a field or a panel."""
    if condition is None:
        return True
    other, wanted = condition
    value = values.get(other)
    if isinstance(value, bool):
        return not set(_FLAGS[value]).isdisjoint(wanted)
    if isinstance(value, list | tuple):
        return any(str(one) in wanted for one in value)
    return str(value) in wanted


def _checked(field: Field, value: Any, values: Mapping[str, Any]) -> Any:
    """Return the value of a field. Raises ValueError with a sentence."""
    if field.kind is Kind.HIDDEN:
        return _hidden(field, value)
    if field.kind in LISTS:
        return _list(field, value)
    if isinstance(value, str):
        value = value.strip()
    if value is None or value in ("", {}):
        if field.required:
            raise ValueError(f"{field.title} is required: fill it in.")
        return _empty(field)
    if field.kind is Kind.MOMENT:
        return _moment(field, value, values.get(field.zone))
    if field.kind is Kind.CELLS:
        return _cells(field, value, values.get(field.zone))
    check = _CHECKS.get(field.kind)
    return check(field, value) if check else value


def _empty(field: Field) -> Any:
    if field.kind is Kind.CELLS:
        return {}
    if field.kind is Kind.FLAG:  # nobody set it: what the form begins with
        return bool(field.default)
    return "" if field.kind in TEXTS else None


def _text(field: Field, value: Any) -> str:
    text = str(value)
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


def _choice(field: Field, given: Any) -> str:
    value = str(given)
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


def _hidden(field: Field, value: Any) -> str | None:
    """Return a password as it was typed; no sentence ever repeats it."""
    if value is None or value == "":
        if field.required:
            raise ValueError(f"{field.title} is required: fill it in.")
        return None
    text = str(value)
    if len(text) > field.longest:
        raise ValueError(f"{field.title} is too long: use up to {field.longest} characters.")
    if "\0" in text:
        raise ValueError(f"{field.title} has a sign that can't be used: type it anew.")
    return text


def _moment(field: Field, value: Any, zone: Any) -> dt.datetime:
    """Return a naive local time; one that clocks of its zone skip is moved forward."""
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        value = dt.datetime.combine(value, dt.time())
    if not isinstance(value, dt.datetime):
        try:
            value = dt.datetime.fromisoformat(str(value))
        except ValueError:
            raise ValueError(
                f'{field.title} "{value}" is not a date and time: write 2026-01-31 00:00.'
            ) from None
    if value.tzinfo is not None:
        raise ValueError(f"{field.title} has a zone of its own: write the local time alone.")
    if value.year not in YEARS:
        raise ValueError(f"{field.title} can't be in the year {value.year}: check the date.")
    return settled(value, str(zone)) if zone and _is_zone(str(zone)) else value


def _is_zone(name: str) -> bool:
    """Tell whether a zone is known; an unknown one is told below its own field."""
    try:
        zone_of(name)
    except ValueError:
        return False
    return True


def _cells(field: Field, value: Any, application: Any) -> dict[str, str]:
    """Return permissions in the order of the areas; those not granted are left out."""
    if not isinstance(value, Mapping):  # a sentence for people, as all of these are
        raise ValueError(  # noqa: TRY004
            f"{field.title} must name areas and levels: choose them in the form."
        )
    known = AREAS.get(str(application)) or tuple(a for areas in AREAS.values() for a in areas)
    wrong = [name for name in value if name not in {area.id for area in known}]
    if wrong:
        raise ValueError(f'{field.title} has the unknown area "{wrong[0]}": take it out.')
    for area, level in value.items():
        if level not in (VIEW, MANAGE, "none", "", None):
            raise ValueError(f'{field.title}: "{level}" of {area} must be view or manage.')
    found = {a.id: value[a.id] for a in known if value.get(a.id) in (VIEW, MANAGE)}
    if field.required and not found:
        raise ValueError(f"{field.title} is required: grant at least one.")
    return found


# ------------------------------------------------------------------------------ lists


def _list(field: Field, value: Any) -> list[str]:
    """Return the texts of a list, each once. Raises ValueError with a sentence."""
    found = _LISTED[field.kind](field, _parts(value))
    if field.required and not found:
        raise ValueError(f"{field.title} is required: add at least one.")
    return found


def _parts(value: Any) -> list[str]:
    """Return the texts of a list, or of a text with commas, semicolons or line breaks."""
    if value is None:
        return []
    given: Iterable[Any] = _BREAKS.split(value) if isinstance(value, str) else value
    return [text for one in given if (text := str(one).strip())]


def _choices(field: Field, parts: list[str]) -> list[str]:
    for part in parts:
        _choice(field, part)
    return [choice.value for choice in field.choices if choice.value in parts]


def _references(_field: Field, parts: list[str]) -> list[str]:
    return list(dict.fromkeys(parts))


def _words(field: Field, parts: list[str]) -> list[str]:
    for part in parts:
        if len(part) > field.longest or not part.isprintable():
            raise ValueError(
                f'{field.title}: "{part[:40]}" must be one line of up to {field.longest} '
                "characters: shorten it."
            )
    return list(dict.fromkeys(parts))


def _emails(field: Field, parts: list[str]) -> list[str]:
    found: dict[str, str] = {}
    for part in parts:
        if not is_address(part):
            raise ValueError(
                f'{field.title}: "{part[:80]}" is not a mail address: write name@company.com.'
            )
        found.setdefault(part.casefold(), part)
    return list(found.values())


def is_address(text: str) -> bool:
    """Tell whether a text can be a mail address: one @, a dot behind it, nothing unprintable."""
    name, at, domain = text.partition("@")
    parts = domain.split(".")
    return (
        bool(name and at)
        and "@" not in domain
        and len(parts) > 1
        and all(parts)
        and len(text) <= LONGEST_ADDRESS
        and text.isprintable()
        and not re.search(r"[\s<>()\[\],;:\"\\]", text)
    )


_CHECKS: dict[Kind, Callable[[Field, Any], Any]] = {
    **dict.fromkeys(TEXTS, _text),
    **dict.fromkeys((Kind.CHOICE, Kind.STATUS), _choice),
    **dict.fromkeys((Kind.NUMBER, Kind.PRICE, Kind.AMOUNT), _number),
    Kind.DATE: _date,
    Kind.FLAG: _flag,
}

_LISTED: dict[Kind, Callable[[Field, list[str]], list[str]]] = {
    Kind.CHOICES: _choices,
    Kind.REFERENCES: _references,
    Kind.WORDS: _words,
    Kind.EMAILS: _emails,
}
