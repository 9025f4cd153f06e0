"""Matches words against a dictionary, as an import would (``match``)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from app.errors import UserError
from dictionaries.entries import Dictionaries
from dictionaries.match import match

ATTRIBUTE_DICTIONARIES = {
    "network": "operator",
    "mno": "operator",
    "whatsapp_region": "whatsapp_market",
}


def match_values(
    dictionaries: Dictionaries, name: str, values: Sequence[str], country: str = ""
) -> list[dict[str, Any]]:
    """Return zone, key, score, reason and alternatives of each value.

    ``name`` is a dictionary or an attribute; ``country`` (alpha-2 or an MCC) narrows operators.
    """
    known = ATTRIBUTE_DICTIONARIES.get(name, name)
    if known not in dictionaries.names():
        names = ", ".join(sorted(dictionaries.names()))
        raise UserError(f'There is no dictionary "{name}"; choose one of {names}.')
    context = country.upper()
    countries = dictionaries["country"]
    if context and context not in countries and context not in dictionaries["mcc"]:
        raise UserError(
            f'--country "{country}" is not a country code or an MCC; write e.g. DE or 262.'
        )
    contexts = [context] * len(values) if context else None
    return [
        {
            "value": found.value,
            "zone": found.zone,
            "key": found.key or None,
            "score": round(found.score, 1),
            "reason": found.reason,
            "alternatives": [asdict(candidate) for candidate in found.alternatives],
        }
        for found in match(dictionaries[known], values, contexts=contexts)
    ]
