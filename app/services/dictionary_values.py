"""Entries as forms show them, and forms as entries are stored: only what differs from the base."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from app.services.dictionaries import REPLACES
from app.services.dictionary_lists import Stored, base, called_as, details_of, origin_of
from dictionaries.entries import OTHERS, Dictionaries, Dictionary, Entry

_LANGUAGES = ("fr", "de", "es", "it", "pt", "ru", "uk", "pl", "nl", "tr", "zh", "ar", "ja", "ko")

FACTS: dict[str, tuple[str, ...]] = {
    "country": ("name_en", "alpha3", "numeric", *(f"name_{code}" for code in _LANGUAGES)),
    "operator": ("name", "brand", "operator", "status"),
    "mccmnc": ("brand", "operator", "status"),
    "currency": ("name", "numeric", "minor_units"),
    "mcc": (),
    "mnc": (),
}
"""Dictionary → the fields of its form that are attributes or details; others have a name."""

EVERY_FACT = tuple(dict.fromkeys(name for names in FACTS.values() for name in names))
LINKS = ("countries", "codes")

SHAPES: dict[str, tuple[str, str]] = {
    "country": (r"[A-Z]{2}", "two capital letters (ISO 3166 alpha-2)"),
    "mcc": (r"\d{3}", "three digits"),
    "mnc": (r"\d{2,3}", "two or three digits"),
    "mccmnc": (r"\d{5,6}", "MCC and MNC together, five or six digits"),
    "operator": (r"\d{5,6}", "the smallest MCCMNC of the network, five or six digits"),
    "currency": (r"[A-Z]{3}", "three capital letters (ISO 4217)"),
}

MADE_ELSEWHERE = {
    "pack": "Packs are services: make, rename or archive the service.",
    "service_domain": "Service domains come with the program: they can't be changed here.",
    "resource": "Resources come with the program: they can't be changed here.",
}
"""Dictionaries whose entries nobody edits, and why."""


LINKED = 6
"""Linked keys that a form names of each dictionary."""

FEW_NAMES = 12
"""Up to so many names stand in a line each."""


def facts_of(name: str) -> tuple[str, ...]:
    """Return the fields of a dictionary's form that hold attributes or details."""
    return FACTS.get(name, ("name",))


def form_values(found: Stored, name: str, key: str, aliases: Sequence[str]) -> dict[str, Any]:
    """Return what the form of an entry shows; fields of other dictionaries are empty."""
    dictionary = found.merged[name]
    entry = dictionary.entries[key]
    return {
        **plain_values(found, name, key, aliases),
        "known_as": known_as(dictionary, entry, aliases),
        "linked": linked(entry, found.merged, name),
        "origin": origin_of(found, name, key),
        "state": "retired" if entry.retired else "used",
        "shipped": _as_shipped(found, name, key),
    }


def plain_values(found: Stored, name: str, key: str, aliases: Sequence[str]) -> dict[str, Any]:
    """Return the fields of an entry that can be edited; quick, for many at a time."""
    dictionary = found.merged[name]
    entry = dictionary.entries[key]
    mine = facts_of(name)
    return {
        "dictionary": name,
        "key": key,
        **{fact: dictionary.value(key, fact) if fact in mine else "" for fact in EVERY_FACT},
        "countries": list(entry.countries),
        "codes": list(entry.codes),
        "aliases": list(aliases),
    }


def known_as(dictionary: Dictionary, entry: Entry, own: Sequence[str]) -> str:
    """Return the further names of an entry, former ones with their last year."""
    lines: dict[str, str] = {}
    for name in dictionary.further_names():
        if name.key == entry.key and name.text not in own and name.kind != "member":
            former = "former name" if name.kind in {"former", "noted", "historic"} else ""
            told = f"{former}, until {name.until}" if former and name.until else former
            lines.setdefault(name.text, f"{name.text} ({told})" if told else name.text)
    return ("\n" if len(lines) <= FEW_NAMES else "; ").join(lines.values())


def linked(entry: Entry, known: Dictionaries, name: str) -> str:
    """Return what belongs to an entry in the linked dictionaries, a line for each."""
    lines = []
    for target in known.links(name):
        keys = known.linked(name, entry.key, target)
        if keys and not (target == "country" and entry.countries):
            labels = ", ".join(known[target].label(key) for key in keys[:LINKED])
            more = f" and {len(keys) - LINKED} more" if len(keys) > LINKED else ""
            lines.append(f"{known[target].title}: {labels}{more}")
    return "\n".join(lines)


def _as_shipped(found: Stored, name: str, key: str) -> str:
    shipped = base()[name]
    entry = shipped.entries.get(key)
    if entry is None or entry == found.merged[name].entries[key]:
        return ""
    parts = [called_as(shipped, entry), details_of(shipped, entry)]
    parts += [", ".join(entry.countries), ", ".join(entry.codes)]
    return "\n".join(part for part in parts if part)


# ------------------------------------------------------------------------------ storing


def attributes_for(
    name: str, key: str, values: Mapping[str, Any], kept: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what is stored of an entry; ``kept`` = stored before, for what no form shows."""
    shipped = base()[name].entries.get(key)
    facts = facts_of(name)
    found = {n: v for n, v in kept.items() if n not in {*facts, *LINKS, REPLACES}}
    for fact in facts:
        text = str(values.get(fact) or "").strip()
        if text != (base()[name].value(key, fact) if shipped else ""):
            found[fact] = text
    replaced = []
    for link in LINKS:
        old: tuple[str, ...] = getattr(shipped, link) if shipped else ()
        wanted = list(dict.fromkeys(values.get(link) or ()))
        if link == "codes" and name == "operator":
            wanted = list(dict.fromkeys((key, *wanted)))
        if set(old) <= set(wanted):
            found[link] = [one for one in wanted if one not in old]
        else:
            found[link] = wanted
            replaced.append(link)
    return {**found, REPLACES: replaced} if replaced else found


def display_name(key: str, values: Mapping[str, Any]) -> str:
    """Return the name of a stored entry: its first filled name, else its key."""
    for name in ("name", "name_en", "brand", "operator"):
        if values.get(name):
            return str(values[name])
    return key


def problems_of(name: str, key: str, values: Mapping[str, Any]) -> dict[str, str]:
    """Return what is wrong with the values of an entry, by field."""
    found: dict[str, str] = {}
    shape = SHAPES.get(name)
    title = base()[name].title
    if key == OTHERS:
        found["key"] = 'The key "*" stands for Others: choose another key.'
    elif shape is not None and not re.fullmatch(shape[0], key):
        found["key"] = f"A key of {title} is {shape[1]}: correct it."
    wrong = [code for code in values.get("codes") or () if not re.fullmatch(r"\d{5,6}", code)]
    if wrong:
        found["codes"] = f"{wrong[0]} is no MCCMNC: write five or six digits."
    if not re.fullmatch(r"[0-4]?", str(values.get("minor_units") or "")):
        found["minor_units"] = "Decimals are a digit from 0 to 4: correct it."
    if not re.fullmatch(r"\d{3}|", str(values.get("numeric") or "")):
        found["numeric"] = "A numeric code has three digits: correct it."
    return found
