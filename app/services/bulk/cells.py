"""Turns a cell into the value that its field of the form would have been given."""

from __future__ import annotations

from functools import cache

from app.domain.sections import Field, Kind
from app.services.bulk.directory import fold
from app.services.tariffs.choices import currency_pairs, zone_pairs
from dictionaries.catalogue import load_catalogue
from dictionaries.entries import Dictionaries

NOTHING = frozenset({"-", "–", "—"})
"""A cell that empties its field; an empty one leaves it as it is."""

_SHIPPED = "accounts.choices."


def is_shipped(field: Field) -> bool:
    """Tell whether a field is chosen from a list that comes with the program."""
    return field.options.startswith(_SHIPPED)


def chosen(field: Field, text: str) -> str:
    """Return the value of a choice that is written as its title or its value. Raises ValueError."""
    for choice in field.choices:
        if fold(text) in {fold(choice.title), fold(choice.value)}:
            return choice.value
    titles = ", ".join(choice.title for choice in field.choices)
    raise ValueError(f'can\'t be "{text[:80]}": choose one of {titles}.')


def shipped(field: Field, text: str) -> str:
    """Return the key of a country, currency, time zone or channel. Raises ValueError."""
    known = _keys(field.options.removeprefix(_SHIPPED))
    key = known.get(fold(text))
    if key is None:
        raise ValueError(f'there is no "{text[:80]}": check how it is written.')
    return key


@cache
def _keys(name: str) -> dict[str, str]:
    """Return the keys of a shipped list by every way to write them."""
    if name == "time_zones":
        pairs = zone_pairs()
    elif name == "currencies":
        pairs = currency_pairs()
    elif name == "channels":
        pairs = [(domain.key, domain.name) for domain in load_catalogue().domains.values()]
    else:
        known = Dictionaries.load()["country"]
        pairs = [(key, known.label(key)) for key in known]
        pairs += [(key, f"{known.label(key)} ({key})") for key in known]
    return {fold(shown): key for key, shown in pairs} | {fold(key): key for key, _ in pairs}


def parts(text: str) -> list[str]:
    """Return the texts of a cell that holds several, with commas, semicolons or line breaks."""
    for sign in (";", "\n"):
        text = text.replace(sign, ",")
    return [part.strip() for part in text.split(",") if part.strip()]


def is_list(field: Field) -> bool:
    """Tell whether a field holds several values."""
    return field.kind in {Kind.REFERENCES, Kind.CHOICES, Kind.EMAILS, Kind.WORDS}
