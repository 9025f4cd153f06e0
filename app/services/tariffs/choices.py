"""What reference fields of the tariff forms offer while a person types."""

from __future__ import annotations

import re
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from app.db.queries import vendors as vendor_rows
from app.domain.sections import Choice
from app.services.context import Context, service
from dictionaries.entries import Dictionaries

_SEPARATORS = re.compile(r"[\s/–-]+")

MOST = 50
"""Choices offered at a time; typing more narrows them."""


@service("finance.services", "view")
def currencies(_ctx: Context, text: str, _values: dict[str, Any]) -> list[Choice]:
    """Return the currencies whose code or name holds the words of ``text``."""
    return fitting(currency_pairs(), text)


def currency_pairs() -> list[tuple[str, str]]:
    """Return (code, shown text) of the currencies."""
    known = Dictionaries.load()["currency"]
    return [(key, f"{key} – {known.value(key, 'name')}") for key in known]


@service("finance.services", "view")
def time_zones(_ctx: Context, text: str, _values: dict[str, Any]) -> list[Choice]:
    """Return the time zones whose name holds the words of ``text``, UTC first."""
    return fitting(zone_pairs(), text)


def zone_pairs() -> list[tuple[str, str]]:
    """Return (name, shown text) of the time zones, UTC first."""
    return [(zone, zone.replace("_", " ")) for zone in _zones()]


@cache
def _zones() -> tuple[str, ...]:
    names = {zone for zone in available_timezones() if "/" in zone and not _odd(zone)}
    return ("UTC", *sorted(names))


def _odd(zone: str) -> bool:
    return zone.startswith(("Etc/", "posix/", "right/", "SystemV/", "US/"))


@service("finance.services", "view")
def vendors(ctx: Context, text: str, _values: dict[str, Any]) -> list[Choice]:
    """Return the vendors whose name holds the words of ``text``; the value is the ID as text."""
    with ctx.database.read() as connection:
        known = vendor_rows.vendors(connection, ctx.actor.company_id)
    names = sorted(((str(v.id), v.name) for v in known), key=lambda pair: pair[1].casefold())
    return fitting(names, text)


def fitting(pairs: list[tuple[str, str]], text: str) -> list[Choice]:
    """Return the choices that hold every typed word, those whose words begin so first."""
    asked = text.casefold().replace("_", " ").split()
    ranked = []
    for value, title in pairs:
        known = f"{value} {title}".casefold().replace("_", " ")
        if all(word in known for word in asked):
            starts = _SEPARATORS.split(known)
            begun = sum(any(part.startswith(word) for part in starts) for word in asked)
            ranked.append((value.casefold() not in asked, -begun, Choice(value, title)))
    ranked.sort(key=lambda found: found[:2])
    return [choice for *_, choice in ranked[:MOST]]
