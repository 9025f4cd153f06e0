"""What reference fields of the account forms offer from the shipped lists: countries, zones, money.

They hold nobody's data, so every signed-in user may look (the other fields' choices are asked for
with the right to see their section).
"""

from __future__ import annotations

from typing import Any

from app.domain.permissions import SELF
from app.domain.sections import Choice
from app.services.context import Context, service
from app.services.tariffs.choices import currency_pairs, fitting, zone_pairs
from dictionaries.entries import Dictionaries

__all__ = ["channels", "countries", "country_name", "currencies", "fitting", "time_zones"]


@service(SELF, "view")
def countries(_ctx: Context, text: str, _values: dict[str, Any]) -> list[Choice]:
    """Return the countries whose code or name holds the words of ``text``."""
    known = Dictionaries.load()["country"]
    return fitting([(key, f"{known.label(key)} ({key})") for key in known], text)


def country_name(key: str | None) -> str:
    """Return a country as forms show it; the key alone if no list has it any more."""
    known = Dictionaries.load()["country"]
    return f"{known.label(key)} ({key})" if key and key in known else key or ""


@service(SELF, "view")
def currencies(_ctx: Context, text: str, _values: dict[str, Any]) -> list[Choice]:
    """Return the currencies whose code or name holds the words of ``text``."""
    return fitting(currency_pairs(), text)


@service(SELF, "view")
def time_zones(_ctx: Context, text: str, _values: dict[str, Any]) -> list[Choice]:
    """Return the time zones whose name holds the words of ``text``, UTC first."""
    return fitting(zone_pairs(), text)


@service(SELF, "view")
def channels(_ctx: Context, text: str, _values: dict[str, Any]) -> list[Choice]:
    """Return the service domains that carry messages or calls (MNP dipping of a company)."""
    from dictionaries.catalogue import load_catalogue

    names = [(d.key, d.name) for d in load_catalogue().domains.values()]
    return fitting(names, text)
