"""Dictionaries: keys, their attributes and names, links between them, and what users added.

A dictionary is the shipped base (``data/*.csv``) under the user's own entries. The key ``*`` is the
fallback branch of a rate tree and belongs to no dictionary.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from dictionaries.learn import Learned, LearnedMatch
from dictionaries.normalise import normalise

if TYPE_CHECKING:
    from dictionaries.index import Index

OTHERS = "*"
"""Key of the fallback branch; no dictionary may own it."""

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One key. ``values`` run parallel to the dictionary's attributes ("" = unknown).

    ``countries`` (alpha-2) and ``codes`` (MCCMNCs of an operator, key first) are its links,
    ``details`` facts that are no attribute to match by, ``retired`` hides it from matching.
    """

    key: str
    values: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    details: Pairs = ()
    retired: bool = False

    def detail(self, name: str) -> str:
        """Return one of the details, or ""."""
        return next((value for key, value in self.details if key == name), "")


class Name(NamedTuple):
    """A text that means a key.

    ``kind`` is an attribute, a language, former, alias, misspelt …, ``norm`` the normalised text,
    ``until`` the last year of a former name; an unsafe name is never taken without asking.
    """

    key: str
    text: str
    kind: str
    norm: str
    until: str = ""
    safe: bool = True


@dataclass(frozen=True, slots=True)
class UserEntry:
    """What a user added to, or changed in, a dictionary; the database keeps these.

    For a key of the base, given ``values`` replace, ``aliases``, ``countries`` and ``codes`` add,
    and ``retired`` holds. ``values`` are (attribute or detail, text) pairs. ``replaces`` names the
    links (countries, codes) that take the place of the base's instead of adding to them.
    """

    dictionary: str
    key: str
    values: Pairs = ()
    aliases: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    retired: bool = False
    replaces: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """A text that means several keys, or a withdrawn code with its successors."""

    keys: tuple[str, ...]
    note: str


class Dictionary:
    """A set of keys with attributes (perhaps none) and further names."""

    def __init__(
        self,
        name: str,
        title: str,
        attributes: tuple[str, ...],
        entries: Mapping[str, Entry],
        *,
        names: Callable[[], Iterable[Name]] = tuple,
        ambiguous: Callable[[], Mapping[str, Ambiguous]] = dict,
        label: Callable[[Entry], str] | None = None,
    ) -> None:
        if OTHERS in entries:
            raise ValueError(f"Dictionary {name!r} can't own the key {OTHERS!r}: it means Others.")
        self.name = name
        self.title = title
        self.attributes = attributes
        self.entries = entries
        self._more_names = names
        self._ambiguous = ambiguous
        self._label = label or _first_value

    def __contains__(self, key: object) -> bool:
        return key in self.entries

    def __len__(self) -> int:
        return len(self.entries)

    def __iter__(self) -> Iterator[str]:
        return iter(self.keys())

    def keys(self) -> list[str]:
        """Return all keys, sorted, retired ones included."""
        return sorted(self.entries)

    def entry(self, key: str) -> Entry:
        """Return the entry of ``key``; KeyError if it is not (or no longer) there."""
        return self.entries[key]

    def value(self, key: str, attribute: str) -> str:
        """Return an attribute or detail of ``key``, "" if unknown."""
        entry = self.entries[key]
        if attribute in self.attributes:
            return entry.values[self.attributes.index(attribute)]
        return entry.detail(attribute)

    def label(self, key: str) -> str:
        """Return what a person sees ("Others" for ``*``, "Missed option: KEY" if unknown)."""
        if key == OTHERS:
            return "Others"
        entry = self.entries.get(key)
        return self._label(entry) if entry else f"Missed option: {key}"

    @cached_property
    def names(self) -> tuple[Name, ...]:
        """Every name of every key that is not retired: attribute values first, then the others."""
        own = [
            Name(entry.key, text, attribute, normalise(text))
            for entry in self.entries.values()
            if not entry.retired
            for attribute, text in zip(self.attributes, entry.values, strict=True)
            if text
        ]
        live = {entry.key for entry in self.entries.values() if not entry.retired}
        return (*own, *(name for name in self._more_names() if name.key in live))

    def further_names(self) -> Iterable[Name]:
        """Return the names that are no attributes, of every key, retired ones included."""
        return self._more_names()

    def aliases(self, key: str) -> tuple[Name, ...]:
        """Return the names of ``key`` besides its attributes."""
        return tuple(n for n in self.names if n.key == key and n.kind not in self.attributes)

    @cached_property
    def ambiguous(self) -> Mapping[str, Ambiguous]:
        """Normalised texts that mean several keys; none of these is retired."""
        found = {}
        for text, known in self._ambiguous().items():
            live = tuple(k for k in known.keys if k in self.entries and not self.entries[k].retired)
            if live:
                found[text] = replace(known, keys=live)
        return found

    @cached_property
    def index(self) -> Index:
        """The look-up tables of matching, built at first use."""
        from dictionaries.index import Index

        return Index(self)

    def with_user_entries(self, entries: Iterable[UserEntry]) -> Dictionary:
        """Return this dictionary under the given user entries (those of other ones are left out).

        Raises ValueError for the key ``*`` or an attribute that the dictionary does not have.
        """
        own = [entry for entry in entries if entry.dictionary == self.name]
        if not own:
            return self
        merged = dict(self.entries)
        for user in own:
            merged[user.key] = _overlaid(merged.get(user.key), user, self.attributes)
        aliases = tuple(
            Name(user.key, text, "user", normalise(text)) for user in own for text in user.aliases
        )
        more = self._more_names
        return Dictionary(
            self.name,
            self.title,
            self.attributes,
            merged,
            names=lambda: (*aliases, *more()),
            ambiguous=self._ambiguous,
            label=self._label,
        )


def _first_value(entry: Entry) -> str:
    return next((value for value in entry.values if value), entry.key)


def _overlaid(base: Entry | None, user: UserEntry, attributes: tuple[str, ...]) -> Entry:
    given = dict(user.values)
    if base is None:
        values = tuple(given.pop(name, "") for name in attributes)
        links = (tuple(dict.fromkeys(user.countries)), tuple(dict.fromkeys(user.codes)))
        return Entry(user.key, values, *links, tuple(given.items()), user.retired)
    values = tuple(given.pop(a, v) for a, v in zip(attributes, base.values, strict=True))
    details = dict(base.details) | given
    return replace(
        base,
        values=values,
        details=tuple(details.items()),
        countries=_links(base.countries, user.countries, whole="countries" in user.replaces),
        codes=_links(base.codes, user.codes, whole="codes" in user.replaces),
        retired=user.retired,
    )


def _links(old: tuple[str, ...], given: tuple[str, ...], *, whole: bool) -> tuple[str, ...]:
    return tuple(dict.fromkeys(given if whole else (*old, *given)))


class Dictionaries:
    """All dictionaries by name, loaded one by one when first used."""

    def __init__(self, user_entries: Iterable[UserEntry] = (), learned: Learned | None = None):
        self.user_entries = tuple(user_entries)
        self.learned = learned or Learned()
        self._loaded: dict[str, Dictionary] = {}
        self._linked: dict[tuple[str, str], dict[str, tuple[str, ...]]] = {}

    @classmethod
    def load(
        cls, user_entries: Iterable[UserEntry] = (), learned: Iterable[LearnedMatch] = ()
    ) -> Dictionaries:
        """Return the shipped dictionaries with what users added and what was learned on top."""
        return cls(user_entries, Learned(learned))

    def __getitem__(self, name: str) -> Dictionary:
        found = self._loaded.get(name)
        if found is None:
            from dictionaries.shipped import load_dictionary

            found = load_dictionary(name).with_user_entries(self.user_entries)
            self._loaded[name] = found
        return found

    def __contains__(self, name: object) -> bool:
        return name in self.names()

    @staticmethod
    def names() -> tuple[str, ...]:
        """Return the names of all dictionaries."""
        from dictionaries.shipped import NAMES

        return NAMES

    def links(self, name: str) -> tuple[str, ...]:
        """Return the dictionaries that ``name`` is linked to (IMP-9)."""
        from dictionaries.links import LINKS

        return tuple(target for source, target in LINKS if source == name)

    def linked(self, name: str, key: str, target: str) -> tuple[str, ...]:
        """Return the keys of ``target`` that belong to ``key`` of ``name``, () if none.

        Raises KeyError if the two dictionaries are not linked.
        """
        from dictionaries.links import relation

        table = self._linked.get((name, target))
        if table is None:
            table = self._linked[name, target] = relation(self, name, target)
        return table.get(key, ())
