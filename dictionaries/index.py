"""Look-up tables over one dictionary's names, each made when first needed."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING

from dictionaries.names import company, core, loose, words

if TYPE_CHECKING:
    from dictionaries.entries import Dictionary, Name

_OPERATOR_TIERS = {"name": 0, "brand": 0, "operator": 2, "company": 2, "noted": 3}


class Index:
    """The names of one dictionary by their normalised, loose and joined forms."""

    def __init__(self, dictionary: Dictionary) -> None:
        self.dictionary = dictionary
        self.names = dictionary.names
        self.attributes = frozenset(dictionary.attributes)

    def tier(self, name: Name) -> int:
        """Return how much a name is trusted, 0 most.

        Attributes, then aliases; of operators: brands, aliases and former names entered by hand,
        company names (shared by several brands), former names taken from lists.
        """
        if self.dictionary.name == "operator":
            return _OPERATOR_TIERS.get(name.kind, 1)
        return 0 if name.kind in self.attributes else 2 if name.kind == "historic" else 1

    @cached_property
    def keys_by_case(self) -> dict[str, str]:
        """Key without case → key, for keys that are in use."""
        entries = self.dictionary.entries.values()
        return {entry.key.casefold(): entry.key for entry in entries if not entry.retired}

    @cached_property
    def exact(self) -> dict[str, list[Name]]:
        """Normalised text → the names that it is."""
        table: dict[str, list[Name]] = defaultdict(list)
        for name in self.names:
            if name.norm:
                table[name.norm].append(name)
        return dict(table)

    @cached_property
    def symbols(self) -> dict[str, list[Name]]:
        """Currency token as written, in small letters → names."""
        table: dict[str, list[Name]] = defaultdict(list)
        for name in self.names:
            if name.kind == "token":
                table[name.text.casefold()].append(name)
        return dict(table)

    @cached_property
    def loose(self) -> dict[str, list[Name]]:
        """Expanded words in order, without stop words → names."""
        table: dict[str, list[Name]] = defaultdict(list)
        for name in self.names:
            table[loose(name.norm)].append(name)
        table.pop("", None)
        return dict(table)

    @cached_property
    def joined(self) -> dict[str, list[Name]]:
        """Text without spaces ("hongkong") → names."""
        table: dict[str, list[Name]] = defaultdict(list)
        for name in self.names:
            table[name.norm.replace(" ", "")].append(name)
        return dict(table)

    @cached_property
    def by_country(self) -> dict[str, OperatorBlock]:
        """Alpha-2 → the operators of that country; "" = those of no country."""
        keys: dict[str, list[str]] = defaultdict(list)
        for key in sorted(self.dictionary.entries):
            entry = self.dictionary.entries[key]
            if not entry.retired:
                for country in entry.countries or ("",):
                    keys[country].append(key)
        return {c: OperatorBlock(self, frozenset([c]), tuple(ks)) for c, ks in keys.items()}

    @cached_property
    def code_owner(self) -> dict[str, str]:
        """MCCMNC → operator key."""
        entries = self.dictionary.entries.values()
        return {code: e.key for e in entries if not e.retired for code in e.codes}

    @cached_property
    def mcc_countries(self) -> dict[str, frozenset[str]]:
        """MCC → countries whose operators use it."""
        table: dict[str, set[str]] = defaultdict(set)
        for entry in self.dictionary.entries.values():
            for code in entry.codes:
                table[code[:3]] |= set(entry.countries)
        return {mcc: frozenset(countries) for mcc, countries in table.items()}

    @cached_property
    def names_of(self) -> dict[str, list[Name]]:
        """Key → its names."""
        table: dict[str, list[Name]] = defaultdict(list)
        for name in self.names:
            table[name.key].append(name)
        return dict(table)

    def block(self, countries: frozenset[str]) -> OperatorBlock:
        """Return the operators of several countries together."""
        if len(countries) == 1:
            only = next(iter(countries))
            return self.by_country.get(only) or OperatorBlock(self, countries, ())
        keys = sorted({k for c in countries if c in self.by_country
                       for k in self.by_country[c].keys})  # fmt: skip
        return OperatorBlock(self, countries, tuple(keys))


class OperatorBlock:
    """The operators of a country (or a few): small enough to compare a name with all of them."""

    def __init__(self, index: Index, countries: frozenset[str], keys: tuple[str, ...]) -> None:
        self.index = index
        self.countries = countries
        self.keys = keys

    @cached_property
    def names(self) -> list[Name]:
        """All names of the block's operators."""
        return [name for key in self.keys for name in self.index.names_of.get(key, ())]

    @cached_property
    def country_words(self) -> frozenset[str]:
        """Names and codes of the countries: words that a brand may carry or leave out."""
        return frozenset().union(*(_country_words().get(c, frozenset()) for c in self.countries))

    @cached_property
    def forms(self) -> tuple[dict[str, list[Name]], ...]:
        """Tables text → names, one for each of :meth:`variants`."""
        tables: tuple[dict[str, list[Name]], ...] = tuple(defaultdict(list) for _ in range(4))
        for name in self.names:
            for table, text in zip(tables, self.variants(name.norm), strict=True):
                table[text].append(name)
        return tuple(dict(table) for table in tables)

    def variants(self, norm: str) -> tuple[str, str, str, str]:
        """Return the forms of a normalised name, from full to short.

        As written; its words without legal forms and country; these written together; the core
        that tells it from others.
        """
        short = company(norm, self.country_words)
        words_in_order = " ".join(sorted(set(short.split())))
        return norm, words_in_order, short.replace(" ", ""), core(norm, self.country_words)

    @cached_property
    def rare_words(self) -> dict[str, set[str]]:
        """Word → the operators whose names hold it."""
        table: dict[str, set[str]] = defaultdict(set)
        common = words("company") | words("generic") | words("stop") | self.country_words
        for name in self.names:
            for word in name.norm.split():
                if word not in common and not word.isdigit():
                    table[word].add(name.key)
        return dict(table)


_OWN_NAMES = frozenset({"abbreviation", *(f"name_{x}" for x in
                        ("en", "fr", "de", "es", "it", "pt", "pl", "nl", "tr"))})  # fmt: skip
_WORDS: dict[str, frozenset[str]] = {}


def _country_words() -> dict[str, frozenset[str]]:
    """Return alpha-2 → the words of a country's short names and codes."""
    if not _WORDS:
        from dictionaries.shipped import load_dictionary

        country = load_dictionary("country")
        found: dict[str, set[str]] = defaultdict(set)
        for name in country.names:
            if name.kind in _OWN_NAMES:
                found[name.key] |= set(name.norm.split())
        drop = words("stop") | words("guard")
        for entry in country.entries.values():
            codes = {entry.key.lower(), country.value(entry.key, "alpha3").lower()} - {""}
            _WORDS[entry.key] = frozenset(found[entry.key] - drop | codes)
    return _WORDS


def equal_keys(names: list[Name], index: Index) -> tuple[list[Name], int]:
    """Return one name per key from the most trusted tier, keys sorted, and the tier."""
    best = min(index.tier(name) for name in names)
    by_key: dict[str, Name] = {}
    for name in names:
        if index.tier(name) == best:
            by_key.setdefault(name.key, name)
    return [by_key[key] for key in sorted(by_key)], best
