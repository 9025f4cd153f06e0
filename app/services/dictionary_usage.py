"""Which rates, answers and profiles use keys of dictionaries (SVC-7)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

from app.db.queries import dictionary_usage as usage
from app.domain.counting import counted
from dictionaries.catalogue import load_catalogue
from dictionaries.entries import OTHERS, Dictionaries

CHUNK = 5000
"""Keys of one statement."""

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
    return uses_of_all(connection, company_id, [(dictionary, key)]).get((dictionary, key), "")


def uses_of_all(
    connection: Any, company_id: int, places: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], str]:
    """Return what uses each of the (dictionary, key) pairs that something uses, in their order."""
    told: dict[tuple[str, str], list[str]] = {place: [] for place in places}
    for name in dict.fromkeys(name for name, _ in places):
        keys = [key for other, key in places if other == name]
        trees: dict[str, list[usage.UsedKey]] = defaultdict(list)
        for start in range(0, len(keys), CHUNK):
            part = keys[start : start + CHUNK]
            for one in usage.used_keys(connection, company_id, attributes_of(name), keys=part):
                trees[one.key].append(one)
        for key, found in trees.items():
            nodes, scopes = sum(one.nodes for one in found), len({one.scope_id for one in found})
            told[name, key].append(f"{counted(nodes, 'node')} of {counted(scopes, 'scope')}")
    answers: Counter[tuple[str, str]] = Counter()
    for _, name, key, number in usage.answered_keys(connection, company_id):
        answers[name, key] += number
    profiles: dict[tuple[str, str], set[int]] = defaultdict(set)
    for (_, name, key), ids in keys_of_profiles(connection, company_id).items():
        profiles[name, key].update(ids)
    for place, words in told.items():
        if answers[place]:
            words.append(counted(answers[place], "answer"))
        if place in profiles:
            words.append(counted(len(profiles[place]), "profile"))
    return {place: ", ".join(words) for place, words in told.items() if words}


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
