"""The resource catalogue (SVC-3): service domains, their resources, and the attributes of each.

The catalogue is data (``data/catalogue/*.csv``); a path in a rate tree is a tuple of
(attribute, key) pairs that starts with ("domain", …) and ("resource", …).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeVar

from dictionaries.entries import OTHERS, Dictionaries, Dictionary, Entry
from dictionaries.normalise import normalise

_DATA = Path(__file__).resolve().parent / "data" / "catalogue"
_SHOWN = 12  # possibilities listed in a refusal

TreePath = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Domain:
    """A channel, such as SMS messaging."""

    key: str
    name: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Attribute:
    """Something a price may depend on.

    ``kind``: exact = rated by equality, prefix = by the longest prefix, grouping = shown and
    edited, skipped by rating. ``dictionary`` "" = free text.
    """

    key: str
    name: str
    kind: str
    dictionary: str


@dataclass(frozen=True, slots=True)
class Resource:
    """A billable thing with its attributes, default rules and possible price types (keys).

    ``grouping`` names the attributes that only group here (voice: country and destination),
    ``counter_groups`` those that a scale may count by.
    """

    key: str
    domain: str
    name: str
    guide_id: str
    attributes: tuple[str, ...]
    grouping: tuple[str, ...]
    counter_groups: tuple[str, ...]
    billing_rule: str
    quantity_rule: str
    price_types: tuple[str, ...]


_T = TypeVar("_T", Domain, Resource)


@dataclass(frozen=True)
class Catalogue:
    """All domains, resources and attributes by key."""

    domains: dict[str, Domain]
    resources: dict[str, Resource]
    attributes: dict[str, Attribute]

    def of_domain(self, domain: str) -> tuple[Resource, ...]:
        """Return the resources of a domain, in the catalogue's order."""
        return tuple(r for r in self.resources.values() if r.domain == domain)

    def kind(self, resource: str, attribute: str) -> str:
        """Return how rating treats ``attribute`` under ``resource``: exact, prefix or grouping."""
        if attribute in self.resources[resource].grouping:
            return "grouping"
        return self.attributes[attribute].kind

    def parse_path(self, text: str, dictionaries: Dictionaries) -> TreePath:
        r"""Return the path that ``text`` names, e.g. ``SMS messaging/SMS message/A2P (MT)``.

        Each step is a name or a key in any case, or ``ATTRIBUTE=VALUE`` (needed for free text and
        for Others). A slash inside a name is written ``\/``. Raises ValueError with a sentence
        that lists the possibilities.
        """
        steps = _split(text)
        if not steps:
            raise ValueError(
                f"A path begins with a service domain: {_list(self.domains.values())}."
            )
        domain = _choose(steps[0], self.domains.values(), "service domain")
        path = [("domain", domain.key)]
        if len(steps) > 1:
            resource = _choose(steps[1], self.of_domain(domain.key), f"resource of {domain.name}")
            path.append(("resource", resource.key))
            for step in steps[2:]:
                path.append(self._step(step, resource, path, dictionaries))
        return tuple(path)

    def path_text(self, path: Iterable[tuple[str, str]], dictionaries: Dictionaries) -> str:
        """Return the names along ``path`` ("Others" for ``*``, "Missed option: KEY" if unknown)."""
        return "/".join(
            self.key_text(attribute, key, dictionaries).replace("/", r"\/")
            for attribute, key in path
        )

    def key_text(self, attribute: str, key: str, dictionaries: Dictionaries) -> str:
        """Return what a person sees for ``key`` at a level of ``attribute``."""
        if key == OTHERS:
            return "Others"
        if attribute in {"domain", "resource"}:
            named: dict[str, Domain] | dict[str, Resource] = (
                self.domains if attribute == "domain" else self.resources
            )
            return named[key].name if key in named else f"Missed option: {key}"
        known = self.attributes.get(attribute)
        if known is None or not known.dictionary:
            return key
        return dictionaries[known.dictionary].label(key)

    def _step(
        self,
        step: str,
        resource: Resource,
        path: list[tuple[str, str]],
        dictionaries: Dictionaries,
    ) -> tuple[str, str]:
        used = {attribute for attribute, _ in path}
        free = [self.attributes[a] for a in resource.attributes if a not in used]
        if not free:
            raise ValueError(f"{step!r} is too much: {resource.name} has no further attribute.")
        name, sign, value = step.partition("=")
        if sign and any(normalise(name) in _texts(a) for a in free):
            attribute = next(a for a in free if normalise(name) in _texts(a))
            return attribute.key, self._key(attribute, value.strip(), path, dictionaries)
        for attribute in free:
            if attribute.dictionary:
                key = find_key(dictionaries[attribute.dictionary], step, _country(path))
                if key:
                    return attribute.key, key
        raise ValueError(self._no_step(step, resource, free, dictionaries))

    def _key(
        self,
        attribute: Attribute,
        value: str,
        path: list[tuple[str, str]],
        dictionaries: Dictionaries,
    ) -> str:
        if value == OTHERS or normalise(value) == "others":
            return OTHERS
        if not attribute.dictionary:
            return value
        key = find_key(dictionaries[attribute.dictionary], value, _country(path))
        if not key:
            labels = _labels(dictionaries[attribute.dictionary])
            raise ValueError(f"{value!r} is no {attribute.name}; possible are: {labels}.")
        return key

    def _no_step(
        self, step: str, resource: Resource, free: list[Attribute], dictionaries: Dictionaries
    ) -> str:
        if step == OTHERS or normalise(step) == "others":
            wanted = " or ".join(f"{a.key}=Others" for a in free)
            return f"Others needs its attribute under {resource.name}: write {wanted}."
        options = "; ".join(
            f"{a.name}: {_labels(dictionaries[a.dictionary]) if a.dictionary else a.key + '=TEXT'}"
            for a in free
        )
        return f"{step!r} is no value of {resource.name}'s attributes. Possible are {options}."


def find_key(dictionary: Dictionary, text: str, country: str = "") -> str:
    """Return the key that ``text`` is or names exactly, "" if none or several.

    Of operators only running ones count, inside ``country`` if one is given.
    """
    if text in dictionary:
        return text
    index = dictionary.index
    by_case = index.keys_by_case.get(text.casefold())
    if by_case:
        return by_case
    norm = normalise(text)
    names = [
        name
        for name in index.exact.get(norm, ())
        if dictionary.name != "operator" or _fits(dictionary.entry(name.key), country)
    ]
    labelled = [key for key in dictionary if normalise(dictionary.label(key)) == norm]
    for keys in ({n.key for n in names if n.kind == dictionary.attributes[0]},
                 set(labelled), {n.key for n in names}):  # fmt: skip
        if len(keys) == 1:
            return keys.pop()
    return ""


def _fits(entry: Entry, country: str) -> bool:
    running = entry.detail("status") == "operational"
    return running and (not country or country in entry.countries)


def _country(path: list[tuple[str, str]]) -> str:
    key = dict(path).get("country", "")
    return "" if key == OTHERS else key


def _split(text: str) -> list[str]:
    parts = re.split(r"(?<!\\)/", text)
    return [part.replace(r"\/", "/").strip() for part in parts if part.strip()]


def _texts(item: Domain | Resource | Attribute) -> set[str]:
    aliases = item.aliases if isinstance(item, Domain) else ()
    return {normalise(text) for text in (item.key, item.name, *aliases)}


def _choose(step: str, items: Iterable[_T], what: str) -> _T:
    known = list(items)
    wanted = normalise(step)
    for item in known:
        if wanted in _texts(item):
            return item
    raise ValueError(f"{step!r} is no {what}; possible are: {_list(known)}.")


def _list(items: Iterable[Domain | Resource]) -> str:
    return ", ".join(item.name for item in items)


def _labels(dictionary: Dictionary) -> str:
    keys = dictionary.keys()
    shown = ", ".join(dictionary.label(key) for key in keys[:_SHOWN])
    return f"{shown} … ({len(keys)} in all)" if len(keys) > _SHOWN else shown or "none yet"


def _rows(file: str) -> Iterator[dict[str, str]]:
    with (_DATA / file).open(encoding="utf-8", newline="") as stream:
        yield from csv.DictReader(stream)


@cache
def load_catalogue() -> Catalogue:
    """Return the shipped catalogue, read once."""
    domains = {
        r["key"]: Domain(r["key"], r["name"], tuple(filter(None, r["aliases"].split("|"))))
        for r in _rows("domains.csv")
    }
    attributes = {r["key"]: Attribute(**r) for r in _rows("attributes.csv")}
    return Catalogue(domains, {r["key"]: _resource(r) for r in _rows("resources.csv")}, attributes)


def _resource(row: dict[str, str]) -> Resource:
    lists = ("attributes", "grouping", "counter_groups", "price_types")
    texts = {name: value for name, value in row.items() if name not in lists}
    return Resource(
        **texts,
        attributes=tuple(row["attributes"].split()),
        grouping=tuple(row["grouping"].split()),
        counter_groups=tuple(row["counter_groups"].split()),
        price_types=tuple(row["price_types"].split()),
    )
