"""What certain, suggested and former readings do to one another; several lists in one sheet."""

from __future__ import annotations

import pytest

from importers.matching.coverage import tell_missing_others
from importers.records import DecisionKind, Severity
from importers.settings import Duplicates
from tests.unit.importers.rows.sheets import errors, rates, run, said, states, use

NAMED = ("country", "network", "price")


def _kinds(result) -> list[DecisionKind]:
    return [decision.kind for decision in result.decisions]


def test_q33_a_suggestion_of_a_second_column_contradicts_nothing():
    rows = [["iso", "name", "p"], ["KP", "Georgea", 1], ["DE", "France", 2]]
    result = run(rows, ("country", use(1, "country"), "price"), "country", accept_suggestions=True)
    assert rates(result) == {"KP": "1"}
    assert [row for row, _, _ in errors(result)] == [3]
    assert "row says Germany (DE), but another column France (FR)" in said(result)


def test_a_certain_second_column_corrects_a_suggestion():
    rows = [["name", "iso", "p"], ["Brundi", "BF", 1]]
    columns = ("country", use(1, "country", how="full"), "price")
    assert rates(run(rows, columns, "country", accept_suggestions=True)) == {"BF": "1"}


def test_a_suggestion_against_the_rows_mcc_is_refused():
    rows = [["c", "mcc", "p"], ["Belguim Xy", "262", 1]]
    result = run(rows, ("country", "mcc", "price"), "country", accept_suggestions=True)
    assert rates(result) in ({}, {"DE": "1"})


@pytest.mark.parametrize(
    ("name", "taken"),
    [("Orangr", True), ("Teletopio", False), ("Azi Communication", False), ("Qwxzland", False)],
)
def test_weak_suggestions_stay_questions_in_bulk(name, taken):
    rows = [["c", "n", "p"], ["FR", name, 1]]
    open_ = run(rows, NAMED, "country network")
    assert _kinds(open_) == [DecisionKind.VALUE]
    accepted = run(rows, NAMED, "country network", accept_suggestions=True)
    assert bool(rates(accepted)) is taken
    assert not accepted.decisions


def test_a_weak_suggestion_says_why_it_is_not_taken():
    rows = [["c", "n", "p"], ["SA", "Jawwal", 1]]
    result = run(rows, NAMED, "country network", accept_suggestions=True)
    assert "similar 71 %" in errors(result)[0][2]
    assert "too weak to be taken unseen" in errors(result)[0][2]


def test_q36_the_name_of_today_wins_over_a_former_one():
    rows = [["c", "n", "p"], ["KE", "Airtel", 1], ["KE", "yu Mobile", 2], ["SR", "Digicel", 3]]
    for policy in (Duplicates.LAST, Duplicates.FIRST):
        result = run(rows, NAMED, "country network", duplicates=policy)
        assert rates(result) == {"KE/63903": "1", "SR/74603": "3"}
        assert "2 here, 1 in row 2" in said(result)
        assert "(surer one taken)" in said(result)
    assert run(rows, NAMED, "country network", duplicates=Duplicates.ERROR).counts.errors == 2


def test_a_cell_that_names_only_the_country_means_all_networks():
    rows = [["c", "n", "p"], ["VI", "US VIRGIN ISLANDS Outbound SMS", 1]]
    result = run(rows, NAMED, "country network")
    assert rates(result) == {"VI/*": "1"}
    assert "names no operator: taken as all networks" in said(result)


def test_q32_spaces_and_quotes_do_not_matter_and_mixed_scripts_are_told():
    rows = [
        ["c", "n", "p"],
        ["Cote d\u2019Ivoire\u00a0", "Or\u00adange", 1],
        ["  United   Kingdom", "Vodafone", 2],
        ["RU", "\u041cTC", 3],  # a Cyrillic М, Latin TC
    ]
    result = run(rows, NAMED, "country network")
    assert rates(result) == {"CI/61203": "1", "GB/23415": "2", "RU/25001": "3"}
    assert "mixes letters of two scripts" in said(result)


def test_a_code_that_the_dictionary_lacks_is_asked_about_or_kept():
    rows = [["c", "m", "p"], ["DE", "26299", 1], ["FR", "26298", 2]]
    columns = ("country", "mccmnc", "price")
    asked = run(rows, columns, "country mccmnc")
    told = {(d.value, d.proposal, d.zone) for d in asked.decisions}
    assert told == {("26299", "26299", "yellow"), ("FR / MCC 262", "", "red")}
    kept = run(rows, columns, "country mccmnc", accept_suggestions=True)
    assert rates(kept) == {"DE/26299": "1"}
    assert "MCC 262 is Germany" in errors(kept)[0][2]
    answered = run(rows, columns, "country mccmnc", answers={"mccmnc||26299": "26299"})
    assert rates(answered) == {"DE/26299": "1"}


def test_price_types_need_no_price_column():
    rows = [["c", "t"], ["USA", "Included"], ["Others", "Free"], ["FR", "flat"]]
    result = run(rows, ("country", "price_type"), "country")
    assert rates(result) == {"US": "INCLUDED", "*": "FREE"}
    assert states(result) == ["NOT_DATA", "IMPORTED", "IMPORTED", "ERROR"]
    assert "the row has no price" in said(result)


def test_a_column_may_serve_as_context_only():
    rows = [["c", "o", "p"], ["ES", "Vodafone", 10], ["DE", "Vodafone", 15]]
    columns = ("country", "mno", "price")
    result = run(rows, columns, "mno", resource="sms_sender_id_usage_fee")
    assert rates(result) == {"21401": "10", "26202": "15"}


# --------------------------------------------------------------------------- WhatsApp markets


def test_a_country_is_part_of_its_market():
    rows = [["m", "c", "p"], ["United States", "marketing", 1], ["Canada", "marketing", 1]]
    rows += [["Kenya", "marketing", 2], ["Zambia", "marketing", 3], ["Mexico", "marketing", 4]]
    columns = ("whatsapp_region", "pricing_category", "price")
    levels = "whatsapp_region pricing_category"
    asked = run(rows, columns, levels, resource="whatsapp_message")
    assert rates(asked) == {"mexico/marketing": "4"}
    assert {(d.value, d.proposal) for d in asked.decisions} == {
        ("United States", "north_america"), ("Canada", "north_america"),
        ("Kenya", "rest_of_africa"), ("Zambia", "rest_of_africa"),
    }  # fmt: skip
    assert "part of North America" in asked.decisions[0].question
    taken = run(rows, columns, levels, resource="whatsapp_message", accept_suggestions=True)
    assert rates(taken) == {"north_america/marketing": "1", "mexico/marketing": "4"}
    assert states(taken)[1:] == ["IMPORTED", "MERGED", "ERROR", "ERROR", "IMPORTED"]
    assert "rest_of_africa / marketing: the same path with different prices" in said(taken)


# ------------------------------------------------------------------- several lists in one sheet

SUPPLIERS = [
    ["who", "c", "p"], ["A", "DE", 1], ["B", "DE", 2], ["A", "FR", 3], ["B", "FR", 4],
    ["B", "ES", 5],
]  # fmt: skip


def _suppliers(**more):
    columns = (use(0, "filter", header="who"), "country", "price")
    return run(SUPPLIERS, columns, "country", **more)


def test_a_column_that_tells_contradicting_rows_apart_is_asked_for():
    for accept in (False, True):
        result = _suppliers(duplicates="last", accept_suggestions=accept)
        assert _kinds(result) == [DecisionKind.FILTER]
        decision = result.decisions[0]
        assert decision.options == ("B", "A")
        assert '--where "who=B"' in decision.question


def test_a_chosen_list_or_a_chosen_rule_settles_it():
    one = _suppliers(where=((0, "A"),))
    assert rates(one) == {"DE": "1", "FR": "3"}
    assert not one.decisions
    ruled = _suppliers(duplicates="first", ask_filter=False)
    assert rates(ruled) == {"DE": "1", "FR": "3", "ES": "5"}
    assert not ruled.decisions


def test_a_column_that_explains_nothing_is_not_asked_for():
    rows = [["who", "c", "p"], ["A", "DE", 1], ["A", "DE", 2], ["B", "FR", 3]]
    result = run(rows, (use(0, "filter"), "country", "price"), "country", duplicates="last")
    assert not result.decisions


# -------------------------------------------------------------------------------- no Others


def test_levels_without_others_are_one_remark():
    from dictionaries.catalogue import load_catalogue

    rows = [["c", "n", "p"], ["DE", "Vodafone", 1], ["DE", "Others", 1], ["FR", "Orange", 2]]
    result = run(rows, NAMED, "country network")
    told = tell_missing_others(result.rows, load_catalogue(), "sms_message")
    assert told is not None
    assert told.severity is Severity.INFO
    assert "no price for Others at Country, Network (in 1 of 2 places)" in told.reason
    voice = run([["p", "r"], ["93", 1]], ("prefix", "price"), "prefix", resource="call")
    assert tell_missing_others(voice.rows, load_catalogue(), "call") is None
