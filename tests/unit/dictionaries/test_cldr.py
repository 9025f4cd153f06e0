"""Country names in the languages of the CLDR are certain matches."""

from __future__ import annotations

import pytest

from dictionaries.entries import Dictionaries
from dictionaries.match import match
from dictionaries.sources.cldr import cldr_names

SHARED_NAMES = {("ar", "SX")}  # the Arabic name is the one of the French part, too


def test_every_name_of_fifteen_languages_means_its_country() -> None:
    countries = Dictionaries.load()["country"]
    names = [row for row in cldr_names() if row[0] in countries]
    assert len({language for _, language, _ in names}) == 15
    found = match(countries, [name for _, _, name in names])
    wrong = {
        (language, key)
        for (key, language, _), hit in zip(names, found, strict=True)
        if hit.zone == "green" and hit.key != key
    }
    assert wrong <= SHARED_NAMES
    green = sum(hit.zone == "green" for hit in found)
    assert green > 0.98 * len(names)


@pytest.mark.parametrize(
    ("name", "key"), [("Karibische Niederlande", "BQ"), ("Irã", "IR"), ("Cechia", "CZ")]
)
def test_names_that_only_the_cldr_has(name: str, key: str) -> None:
    (found,) = match(Dictionaries.load()["country"], [name])
    assert (found.zone, found.key) == ("green", key)
