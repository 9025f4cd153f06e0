from __future__ import annotations

import csv
import random
import time
from collections import Counter
from pathlib import Path

import pytest

from dictionaries.entries import Dictionaries, Dictionary, Entry
from dictionaries.match import Limits, Match, match

GOLD = Path(__file__).with_name("gold_cells.csv")


def _gold(name: str) -> list[dict[str, str]]:
    with GOLD.open(encoding="utf-8", newline="") as stream:
        return [row for row in csv.DictReader(stream) if row["dictionary"] == name]


def _judge(
    name: str, dictionaries: Dictionaries, capsys: pytest.CaptureFixture[str]
) -> tuple[list[str], float, float]:
    """Return wrong greens, the share of right keys among five, the share of greens."""
    rows = _gold(name)
    owner = dictionaries["operator"].index.code_owner
    found = match(
        dictionaries[name], [r["value"] for r in rows], contexts=[r["context"] for r in rows]
    )
    wrong, top, known = [], 0, 0
    zones: Counter[str] = Counter()
    for row, m in zip(rows, found, strict=True):
        key = owner[row["key"]] if name == "operator" and row["key"] else row["key"]
        zones[m.zone] += 1
        if m.zone == "green" and m.key != key:
            wrong.append(f"{row['context']}:{row['value']} -> {m.key} ({m.reason}), not {key}")
        if key:
            known += 1
            top += key in [c.key for c in m.alternatives[:5]]
    greens = zones["green"] / known
    with capsys.disabled():
        print(
            f"\n{name}: {len(rows)} cells, green {zones['green']}, yellow {zones['yellow']}, "
            f"red {zones['red']}; key among five {top}/{known}; wrong greens {len(wrong)}"
        )
    return wrong, top / known, greens


def test_countries_never_wrong_automatically(
    dictionaries: Dictionaries, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong, top, greens = _judge("country", dictionaries, capsys)
    assert wrong == []
    assert top >= 0.98
    assert greens >= 0.86


def test_operators_never_wrong_automatically(
    dictionaries: Dictionaries, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong, top, greens = _judge("operator", dictionaries, capsys)
    assert wrong == []
    assert top >= 0.93
    assert greens >= 0.80


def _one(d: Dictionary, value: str, context: str = "", **how: object) -> Match:
    return match(d, [value], contexts=[context], **how)[0]  # type: ignore[arg-type]


def test_reasons_are_words(dictionaries: Dictionaries) -> None:
    country = dictionaries["country"]
    assert _one(country, "CI").reason == "key"
    assert _one(country, "Germany").reason == "name"
    assert _one(country, "Ivory Coast").reason == "alias: Ivory Coast"
    assert _one(country, "Switzeland").reason.startswith("similar 9")
    assert _one(dictionaries["operator"], "Avea", "TR").reason == "former name: Avea (until 2016)"


def test_full_match_knows_no_aliases(dictionaries: Dictionaries) -> None:
    country = dictionaries["country"]
    assert _one(country, "Ivory Coast", how="full").zone == "red"
    assert _one(country, "DEU", how="full").key == "DE"
    assert _one(country, "Allemagne", by="name_fr", how="full").key == "DE"
    assert _one(country, "Allemagne", by="name_en", how="full").zone == "red"
    assert _one(country, "Allemagne", by="name_en").key == "DE"  # best match goes on


def test_by_key_is_equality(dictionaries: Dictionaries) -> None:
    country = dictionaries["country"]
    assert _one(country, "de", by="key").key == "DE"
    assert _one(country, "Germany", by="key").zone == "red"
    assert _one(dictionaries["mccmnc"], "26201", by="key").zone == "green"


def test_several_hits_take_the_smallest_key_but_never_green() -> None:
    d = Dictionary(
        "thing", "Thing", ("name",), {"b": Entry("b", ("Same",)), "a": Entry("a", ("same",))}
    )
    found = _one(d, "SAME", by="name")
    assert (found.key, found.zone) == ("a", "yellow")
    assert [c.key for c in found.alternatives] == ["a", "b"]


def test_numbers_and_words_that_tell_apart_are_guarded() -> None:
    names = {str(i): Entry(str(i), (n,)) for i, n in enumerate(["Zone 1 prepaid", "North Plan"])}
    d = Dictionary("thing", "Thing", ("name",), names)
    assert _one(d, "Zone 2 prepaid").zone != "green"
    assert _one(d, "South Plan").zone != "green"


def test_unknown_words_are_a_suggestion_at_most(dictionaries: Dictionaries) -> None:
    found = _one(dictionaries["country"], "Trinidad (TSTT)")
    assert (found.zone, found.key, found.unsafe) == ("yellow", "TT", True)
    assert "TSTT" in found.reason


def test_withdrawn_codes_offer_successors(dictionaries: Dictionaries) -> None:
    found = _one(dictionaries["country"], "AN")
    assert (found.zone, found.key) == ("red", "")
    assert [c.key for c in found.alternatives[:3]] == ["CW", "SX", "BQ"]


def test_a_country_against_its_mcc_is_red(dictionaries: Dictionaries) -> None:
    found = _one(dictionaries["country"], "Germany", "260")
    assert (found.zone, found.key, found.conflict) == ("red", "", True)
    assert found.reason == "row says Germany, but MCC 260 is Poland"
    assert _one(dictionaries["country"], "Germany", "262").zone == "green"
    assert _one(dictionaries["country"], "Guam", "310").zone == "green"


def test_an_operator_against_its_code_is_red(dictionaries: Dictionaries) -> None:
    found = _one(dictionaries["operator"], "Orange", "26001")
    assert (found.zone, found.key, found.conflict) == ("red", "", True)
    assert (
        found.reason
        == "row says Orange (Orange Polska S.A.), but 26001 is Plus (Polkomtel Sp. z o.o.)"
    )
    assert _one(dictionaries["operator"], "Orange", "26003").key == "26003"
    assert _one(dictionaries["operator"], "26002", "DE").conflict


def test_operators_need_their_country(dictionaries: Dictionaries) -> None:
    operator = dictionaries["operator"]
    assert _one(operator, "Vodafone").zone == "red"
    assert _one(operator, "Vodafone", "DE").key == "26202"
    assert _one(operator, "Vodafone", "262").key == "26202"
    assert _one(operator, "Kyivstar").zone == "green"  # unique in the world
    assert _one(operator, "Vodafone", "AQ").zone == "red"


def test_a_code_gives_its_operator(dictionaries: Dictionaries) -> None:
    for text in ("310-410", "310410", "310/410"):
        assert _one(dictionaries["operator"], text, "US").key == "310030"


def test_mixed_scripts_are_told(dictionaries: Dictionaries) -> None:
    found = _one(dictionaries["operator"], "MТС", "RU")
    assert (found.zone, found.key) == ("green", "25001")
    assert "mixes scripts" in found.reason
    assert _one(dictionaries["operator"], "MTC", "RU").zone == "yellow"  # Latin throughout


@pytest.mark.parametrize("sign", ["$", "¥", "kr"])
def test_signs_of_several_currencies_ask(sign: str, dictionaries: Dictionaries) -> None:
    assert _one(dictionaries["currency"], sign).zone == "yellow"


def test_alternatives_show_the_runner_up(dictionaries: Dictionaries) -> None:
    found = _one(dictionaries["country"], "Germny")
    assert len(found.alternatives) >= 5
    assert found.alternatives[0].key == found.key
    scores = [c.score for c in found.alternatives]
    assert scores == sorted(scores, reverse=True)


def test_thresholds_can_be_moved(dictionaries: Dictionaries) -> None:
    assert _one(dictionaries["country"], "Switzeland", limits=Limits(floor=99)).zone == "yellow"
    assert _one(dictionaries["country"], "Swtzrlnd", limits=Limits(suggest=99)).zone == "red"


@pytest.mark.parametrize(
    ("name", "value", "key"),
    [
        ("billing_rule", "Submit", "submitted"),
        ("billing_rule", "per delivered", "delivered"),
        ("quantity_rule", "Segment", "segments"),
        ("price_type", "Flat rate", "flat"),
        ("price_type", "gratis", "free"),
        ("direction", "outbound", "mt"),
        ("direction", "A2P (MT)", "mt"),
        ("pricing_category", "Authentication-\nInternational", "authentication_international"),
        ("pricing_category", "authenticationInternational", "authentication_international"),
        ("pricing_category", "Auth-Intl", "authentication_international"),
        ("currency", "$US", "USD"),
        ("currency", "A$", "AUD"),
        ("currency", "₹", "INR"),
        ("currency", "£", "GBP"),
        ("currency", "GBD", "GBP"),
        ("currency", "€", "EUR"),
        ("currency", "usd", "USD"),
        ("whatsapp_market", "Rest of Central & Eastern Europe", "rest_of_central_eastern_europe"),
        ("whatsapp_market", "UAE", "united_arab_emirates"),
        ("whatsapp_market", "Other", "other"),
        ("whatsapp_market", "Türkiye", "turkey"),
    ],
)
def test_terms(dictionaries: Dictionaries, name: str, value: str, key: str) -> None:
    found = _one(dictionaries[name], value)
    assert (found.key, found.zone) == (key, "green")


def test_wrong_settings_are_told(dictionaries: Dictionaries) -> None:
    with pytest.raises(ValueError, match="match by one of: any, key, alpha3"):
        match(dictionaries["country"], ["x"], by="capital")
    with pytest.raises(ValueError, match="full or best"):
        match(dictionaries["country"], ["x"], how="exact")


def _noisy(name: str, rng: random.Random) -> str:
    words = name.split()
    rng.shuffle(words)
    text = " ".join(words)
    at = rng.randrange(len(text))
    return text[:at] + rng.choice("abcdefgh") + text[at + 1 :]


def test_speed_is_within_three_plain_comparisons() -> None:
    from rapidfuzz import fuzz, process

    rng = random.Random(7)
    syllables = [a + b for a in "bdfgklmnprstvz" for b in "aeiou"]
    words = ["".join(rng.choices(syllables, k=rng.randint(2, 4))) for _ in range(4000)]
    names = [" ".join(rng.sample(words, rng.randint(1, 3))).title() for _ in range(2500)]
    values = list(dict.fromkeys(_noisy(rng.choice(names), rng) for _ in range(5200)))[:5000]
    entries = {f"k{i}": Entry(f"k{i}", (n,)) for i, n in enumerate(names)}
    ratios = []
    for _ in range(3):
        start = time.process_time()
        process.cdist(values, names, scorer=fuzz.token_sort_ratio, workers=1)
        plain = time.process_time() - start
        start = time.process_time()
        match(Dictionary("thing", "Thing", ("name",), entries), values)
        ratios.append((time.process_time() - start) / plain)
    assert min(ratios) <= 3
