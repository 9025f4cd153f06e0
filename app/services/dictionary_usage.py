"""Which rates, answers and profiles use keys of dictionaries (SVC-7)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from app.db.queries import dictionary_usage as usage
from app.domain.counting import counted
from dictionaries.catalogue import load_catalogue
from dictionaries.entries import OTHERS, Dictionaries

_NO_KEYS = frozenset({"", OTHERS, "skip", "blocked", "zero", "error"})
"""What an answer in a profile may be instead of a key."""

_OF_THE_TREE = {"domain": "service_domain", "resource": "resource"}


def dictionary_of(attribute: str) -> str:
    """Return the dictionary of an attribute of rate trees, "" for free text."""
    known = load_catalogue().attributes.get(attribute)
    return _OF_THE_TREE.get(attribute) or (known.dictionary if known else "")


def attributes_of(dictionary: str) -> list[str]:
    """Return the attributes of rate trees whose values are keys of a dictionary."""
    names = [*_OF_THE_TREE, *load_catalogue().attributes]
    return [name for name in names if dictionary_of(name) == dictionary]


def every_attribute() -> list[str]:
    """Return the attributes of rate trees that have a dictionary."""
    return [name for name in (*_OF_THE_TREE, *load_catalogue().attributes) if dictionary_of(name)]


def uses_of(connection: Any, company_id: int, dictionary: str, key: str) -> str:
    """Return what uses a key: "12 nodes of 2 scopes, 1 answer"; "" if nothing does."""
    attributes = attributes_of(dictionary)
    found = usage.used_keys(connection, company_id, attributes, keys=[key])
    told = []
    if found:
        nodes, scopes = sum(one.nodes for one in found), len({one.scope_id for one in found})
        told.append(f"{counted(nodes, 'node')} of {counted(scopes, 'scope')}")
    answers = [
        number
        for _, name, meant, number in usage.answered_keys(connection, company_id)
        if (name, meant) == (dictionary, key)
    ]
    if answers:
        told.append(counted(sum(answers), "answer"))
    profiles = keys_of_profiles(connection, company_id)
    named = {one for (_, name, meant), ids in profiles.items() for one in ids
             if (name, meant) == (dictionary, key)}  # fmt: skip
    if named:
        told.append(counted(len(named), "profile"))
    return ", ".join(told)


def keys_of_profiles(connection: Any, company_id: int) -> dict[tuple[int, str, str], list[int]]:
    """Return (company, dictionary, key) → the profiles whose answers or constants name the key."""
    found: dict[tuple[int, str, str], list[int]] = defaultdict(list)
    for profile_id, owner, _, settings in usage.profile_settings(connection, company_id):
        for dictionary, key in dict.fromkeys(keys_of_settings(settings)):
            found[owner, dictionary, key].append(profile_id)
    return found


def keys_of_settings(settings: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the (dictionary, key) pairs that the settings of a profile name."""
    pairs = [
        (question.partition("|")[0], str(answer))
        for question, answer in (settings.get("answers") or {}).items()
    ]
    for attribute, key in _constants(settings):
        pairs.append((dictionary_of(attribute), key))
    return [(name, key) for name, key in pairs if name in Dictionaries() and key not in _NO_KEYS]


def _constants(settings: dict[str, Any]) -> Sequence[tuple[str, str]]:
    return [tuple(pair) for pair in settings.get("constants") or () if len(pair) == 2]
