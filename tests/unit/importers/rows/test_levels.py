"""Keys of rows: countries, networks, codes, contexts, lists, catch-alls, contradictions."""

from __future__ import annotations

import datetime as dt

import pytest

from dictionaries.learn import Learned, learned_match
from importers.records import CellError, DecisionKind, FileProblem, Severity

from .sheets import errors, rates, run, said, states, use

SMS = ("country", "network", "price")


def test_guide_table_country_and_network():
    rows = [
        ["Country", "Network", "Price"],
        ["Netherlands", "All networks", 0.06],
        ["Netherlands", "KPN", 0.05],
        ["Norway", "All networks", 0.04],
        ["Poland", "T-Mobile", 0.02],
        ["Poland", "Orange", 0.021],
    ]
    assert rates(run(rows, SMS, "country network")) == {
        "NL/*": "0.06",
        "NL/20408": "0.05",
        "NO/*": "0.04",
        "PL/26002": "0.02",
        "PL/26003": "0.021",
    }


def test_operator_is_looked_up_inside_its_country():
    rows = [
        ["c", "n", "p"],
        ["DE", "Vodafone", 0.1],
        ["ES", "Vodafone", 0.2],
        ["PT", "Vodafone", 0.3],
    ]
    assert rates(run(rows, SMS, "country network")) == {
        "DE/26202": "0.1",
        "ES/21401": "0.2",
        "PT/26801": "0.3",
    }


def test_level_by_one_dictionary_attribute_and_full_match():
    rows = [["c", "p"], ["DEU", 0.1], ["Germany", 0.2]]
    result = run(rows, (use(0, "country.alpha3", how="full"), "price"), "country")
    assert rates(result) == {"DE": "0.1"}
    assert [d.value for d in result.decisions] == ["Germany"]


def test_q25_q26_mnc_restored_by_the_dictionary_and_zero_is_a_code():
    rows = [["mcc", "mnc", "p"], [262, 1, 0.1], ["262", "02", 0.2], ["228", "1", 0.4]]
    result = run(rows, ("mcc", "mnc", "price"), "mccmnc")
    assert rates(result) == {"26201": "0.1", "26202": "0.2", "22801": "0.4"}
    zero = run(
        [["mcc", "mnc", "p"], ["340", 0, 0.3], ["412", "", 0.2]],
        ("mcc", "mnc", "price"),
        "mcc mnc",
        accept_suggestions=True,
    )
    assert rates(zero) == {"412/*": "0.2"}, "0 is not blank: it is an MNC that MCC 340 lacks"


def test_q27_glued_and_separated_codes():
    rows = [["code", "p"], ["310-410", 1], ["262/01", 2], ["2621 ", 3], [26202.0, 4]]
    result = run(rows, ("mccmnc", "price"), "mccmnc", duplicates="last")
    assert rates(result) == {"310410": "1", "26201": "3", "26202": "4"}


def test_padded_mncs_of_a_whole_list():
    pairs = [
        ("425", "050"),
        ("262", "010"),
        ("262", "020"),
        ("208", "100"),
        ("412", "200"),
        ("412", "010"),
        ("412", "550"),
        ("232", "030"),
    ]
    rows = [["mcc", "mnc", "p"], *([*pair, 1] for pair in pairs)]
    found = rates(run(rows, ("mcc", "mnc", "price"), "mcc mccmnc", accept_suggestions=True))
    assert {"425/42505", "262/26201", "262/26202", "412/41255"} <= set(found)


def test_q28_lists_and_ranges_of_mncs_become_rates_of_one_row():
    rows = [["mcc", "mnc", "p"], ["262", "01;02;03", 0.5], ["262", 1.2, 0.1]]
    result = run(rows, ("mcc", "mnc", "price"), "country mccmnc")
    assert rates(result) == {"DE/26201": "0.5", "DE/26202": "0.5", "DE/26203": "0.5"}
    assert result.counts.imported == 1
    assert set(result.rows.source_row.tolist()) == {1}
    assert errors(result)[0][:2] == (3, "B")
    assert "fraction" in errors(result)[0][2]


def test_q29_any_network_of_the_country_beside_explicit_ones():
    rows = [
        ["mcc", "mnc", "name", "p"],
        ["262", "*", "", 1],
        ["260", "xxx", "", 2],
        ["208", "", "", 3],
        ["206", "default", "All networks", 4],
        ["262", "01", "Telekom", 5],
    ]
    result = run(rows, ("mcc", "mnc", "", "price"), "country mccmnc")
    assert rates(result) == {"DE/*": "1", "PL/*": "2", "FR/*": "3", "BE/*": "4", "DE/26201": "5"}


def test_all_networks_need_a_level_that_names_the_country():
    rows = [["code", "p"], ["262", 1], ["26201", 2]]
    result = run(rows, ("mccmnc", "price"), "mccmnc")
    assert rates(result) == {"26201": "2"}
    assert "MCC 262" in errors(result)[0][2]


def test_q30_country_is_not_derived_from_a_shared_mcc():
    rows = [["mcc", "mnc", "p"], ["310", "", 1], ["262", "", 2]]
    result = run(rows, ("mcc", "mnc", "price"), "country mccmnc")
    assert rates(result) == {"DE/*": "2"}
    assert "several countries" in errors(result)[0][2]


def test_q30_withdrawn_country_code_is_never_picked():
    result = run(
        [["c", "p"], ["AN", 1], ["Netherlands Antilles", 2]], ("country", "price"), "country"
    )
    assert not rates(result)
    assert {d.zone for d in result.decisions} <= {"red", "yellow"}
    assert len(result.decisions) == 2


def test_country_against_mcc_is_its_own_error_and_can_be_answered():
    rows = [["c", "mcc", "mnc", "p"], ["Germany", "260", "01", 0.1], ["Poland", "260", "02", 0.2]]
    columns = ("country", "mcc", "mnc", "price")
    result = run(rows, columns, "country mccmnc")
    assert rates(result) == {"PL/26002": "0.2"}
    assert "the row says Germany (DE), but MCC 260 is Poland" in errors(result)[0][2]
    (decision,) = result.decisions
    assert (decision.dictionary, decision.value, decision.zone) == (
        "country",
        "DE / MCC 260",
        "red",
    )
    accepted = run(rows, columns, "country mccmnc", accept_suggestions=True)
    assert accepted.counts.errors == 1
    assert not accepted.decisions
    answered = run(rows, columns, "country mccmnc", answers={"country||de mcc 260": "PL"})
    assert rates(answered) == {"PL/26001": "0.1", "PL/26002": "0.2"}


def test_kin_countries_share_their_mccs():
    rows = [
        ["c", "mcc", "mnc", "p"],
        ["JE", "235", "", 1],
        ["AS", "310", "", 2],
        ["GB", "234", "15", 3],
    ]
    result = run(rows, ("country", "mcc", "mnc", "price"), "country mccmnc")
    assert rates(result) == {"JE/*": "1", "AS/*": "2", "GB/23415": "3"}


def test_q33_columns_in_order_of_trust():
    rows = [
        ["iso", "country", "p"],
        ["", "Germany", 0.1],
        ["FR", "Frankreich", 0.2],
        ["Germany!", "", 0.3],
        ["PL", "Spain", 0.4],
    ]
    result = run(rows, ("country.key", "country", "price"), "country")
    assert rates(result) == {"DE": "0.1", "FR": "0.2"}
    assert [d.value for d in result.decisions] == ["Germany!", "PL / ES"]


def test_network_name_is_checked_against_the_code():
    rows = [
        ["mcc", "mnc", "net", "p"],
        [260, "02", "T-Mobile", 1],
        [260, "03", "Plus", 2],
        [260, "01", "?!", 3],
    ]
    result = run(rows, ("mcc", "mnc", "network", "price"), "country network")
    assert rates(result) == {"PL/26002": "1", "PL/26001": "3"}
    assert "Plus" in said(result)


def test_q31_name_behind_the_dash():
    rows = [
        ["ISO", "Description", "Price"],
        ["AD", "ANDORRA Outbound SMS - Mobiland", 0.1],
        ["AD", "ANDORRA Outbound SMS - Other", 0.2],
        ["AE", "UNITED ARAB EMIRATES Outbound SMS - Etisalat", 0.3],
    ]
    columns = ("country.key", use(1, "network", extract="after_dash"), "price")
    assert rates(run(rows, columns, "country network")) == {
        "AD/21303": "0.1",
        "AD/*": "0.2",
        "AE/42402": "0.3",
    }


def test_carriers_in_one_cell_get_a_rate_each_only_if_all_are_certain():
    rows = [
        ["c", "n", "p"],
        ["US", "AT&T; Verizon; T-Mobile", 0.008],
        ["GB", "EE; Vodafone; Nobody Mobile", 0.03],
        ["PL", "Orange / Play", 0.02],
    ]
    result = run(rows, SMS, "country network")
    found = rates(result)
    assert [p[:2] for p in found] == ["US", "US", "US", "PL", "PL"]
    assert result.counts.imported == 2
    (decision,) = result.decisions
    assert decision.value == "EE; Vodafone; Nobody Mobile"
    assert decision.proposal == ""
    accepted = run(rows, SMS, "country network", accept_suggestions=True)
    assert not any(path.startswith("GB/") for path in rates(accepted))


def test_one_column_feeds_two_attributes():
    rows = [["what", "p"], ["Germany - Vodafone", 1], ["Spain - Vodafone", 2]]
    columns = (
        use(0, "country", extract="before_dash"),
        use(0, "network", extract="after_dash"),
        use(1, "price"),
    )
    assert rates(run(rows, columns, "country network")) == {"DE/26202": "1", "ES/21401": "2"}


def test_a7_catch_alls_and_blanks():
    rows = [
        ["c", "n", "p"],
        ["Rest of world", "", 1],
        ["Germany", "", 2],
        ["Namibia", "Others", 3],
        ["NA", "MTC", 4],
        ["", "Vodafone", 5],
    ]
    result = run(rows, SMS, "country network")
    assert rates(result) == {"*/*": "1", "DE/*": "2", "NA/*": "3", "NA/64901": "4"}
    assert errors(result) == [(6, "A", "the Country is missing")]


def test_constants_and_linked_levels():
    rows = [["country", "p"], ["Germany", 1], ["Austria", 2]]
    result = run(
        rows, ("country", "price"), "direction country mcc", constants=(("direction", "mt"),)
    )
    assert rates(result) == {"mt/DE/262": "1", "mt/AT/232": "2"}
    with pytest.raises(FileProblem, match="nonsense"):
        run(rows, ("country", "price"), "direction country", constants=(("direction", "nonsense"),))
    with pytest.raises(FileProblem, match="Network has no column"):
        run(rows[:1], ("", "price"), "network")


def test_operator_gives_its_mcc_and_codes():
    rows = [["country", "net", "p"], ["Poland", "Play", 1]]
    assert rates(run(rows, SMS, "country network mcc")) == {"PL/26006/260": "1"}
    codes = rates(run(rows, SMS, "country mccmnc"))
    assert "PL/26006" in codes
    assert set(codes.values()) == {"1"}


def test_unknown_level_and_resource_are_refused():
    with pytest.raises(FileProblem, match='has no level "prefix"'):
        run([["a"], ["b"]], ("price",), "prefix")
    with pytest.raises(FileProblem, match="named twice"):
        run([["a"], ["b"]], ("price",), "country country")
    with pytest.raises(FileProblem, match="no column F"):
        run([["a"], ["b"]], (use(5, "country"), use(0, "price")), "country")


def test_zones_yellow_waits_red_waits_and_accepting_takes_one_and_refuses_the_other():
    rows = [["c", "p"], ["Germany", 1], ["Brundi", 2], ["Qqqq Xyyx", 3], ["Brundi", 2]]
    result = run(rows, ("country", "price"), "country")
    assert rates(result) == {"DE": "1"}
    assert {(d.value, d.proposal, d.zone, d.rows) for d in result.decisions} == {
        ("Brundi", "BI", "yellow", 2),
        ("Qqqq Xyyx", "", "red", 1),
    }
    assert all(d.kind is DecisionKind.VALUE for d in result.decisions)
    assert states(result) == ["NOT_DATA", "IMPORTED", "ERROR", "ERROR", "ERROR"]
    accepted = run(rows, ("country", "price"), "country", accept_suggestions=True)
    assert rates(accepted) == {"DE": "1", "BI": "2"}
    assert not accepted.decisions
    assert states(accepted) == ["NOT_DATA", "IMPORTED", "IMPORTED", "ERROR", "MERGED"]
    assert errors(accepted)[0][:2] == (4, "A")


@pytest.mark.parametrize(
    ("answer", "expected", "state"),
    [
        ("FR", {"FR": "3"}, "IMPORTED"),
        ("France", {"FR": "3"}, "IMPORTED"),
        ("*", {"*": "3"}, "IMPORTED"),
        ("skip", {}, "SKIPPED"),
        ("error", {}, "ERROR"),
        ("FR;BE", {"FR": "3", "BE": "3"}, "IMPORTED"),
    ],
)
def test_answers_override_matching(answer, expected, state):
    rows = [["c", "p"], ["Qqqq Xyyx", 3]]
    result = run(rows, ("country", "price"), "country", answers={"country||qqqq xyyx": answer})
    assert rates(result) == expected
    assert states(result)[1] == state
    assert not result.decisions


def test_answer_counts_in_its_context_and_a_wrong_one_is_refused():
    rows = [["c", "n", "p"], ["DE", "Xyz", 1], ["FR", "Xyz", 2]]
    answers = {"operator|DE|xyz": "26201"}
    result = run(rows, SMS, "country network", answers=answers)
    assert rates(result) == {"DE/26201": "1"}
    assert [(d.context, d.value) for d in result.decisions] == [("FR", "Xyz")]
    with pytest.raises(FileProblem, match="no key of Country"):
        run(rows, SMS, "country network", answers={"country||de": "QQQ"})


def test_learned_choices_of_the_vendor_are_used():
    when = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
    learned = Learned(
        [learned_match("country", "Qqqq Xyyx", "GR", vendor="ACME", who="x", when=when)]
    )
    rows = [["c", "p"], ["Qqqq Xyyx", 3]]
    assert rates(run(rows, ("country", "price"), "country", learned=learned, vendor="ACME")) == {
        "GR": "3"
    }
    other = run(rows, ("country", "price"), "country", learned=learned, vendor="Other")
    assert not rates(other)


def test_q17_error_cells_name_the_cell():
    rows = [
        ["c", "n", "p"],
        [CellError("#N/A"), "Vodafone", 1],
        ["DE", CellError("#REF!"), 2],
        ["DE", "", CellError("formula without result")],
    ]
    result = run(rows, SMS, "country network")
    assert [(r, c) for r, c, _ in errors(result)] == [(2, "A"), (3, "B"), (4, "C")]
    assert not result.decisions


def test_text_level_joins_spellings():
    rows = [
        ["d", "prefix", "p"],
        ["Peru  Mobile", "511", 1],
        ["PERU MOBILE", "512", 2],
        ["Peru Mobile", "513", 3],
    ]
    result = run(rows, ("destination", "prefix", "price"), "destination prefix", resource="call")
    assert list(rates(result)) == ["Peru Mobile/511", "Peru Mobile/512", "Peru Mobile/513"]


def test_reports_tell_columns_and_matches():
    rows = [["Land", "p"], ["Germany", 1], ["Germany", 1], ["Brundi", 2], ["Qqqq Xyyx", 3]]
    result = run(rows, ("country", "price"), "country")
    country, price = result.columns
    assert (country.column, country.header, country.distinct) == ("A", "Land", 3)
    assert (country.auto, country.suggested, country.unmatched) == (1, 1, 1)
    assert (price.column, price.distinct, price.unmatched) == ("B", 3, 0)
    (found,) = result.matches
    assert found.rows[0] == 2
    assert found.matches[0].key == "DE"
    assert {m.zone for m in found.matches} == {"green", "yellow", "red"}


def test_too_many_values_for_a_dictionary_is_one_sentence():
    rows = [["c", "p"], *([f"x{i}", 1] for i in range(20_100))]
    with pytest.raises(FileProblem, match="20100 different values"):
        run(rows, ("country", "price"), "country")


def test_unknown_code_waits_for_a_person():
    rows = [["code", "p"], ["26299", 1], ["26201", 2]]
    result = run(rows, ("mccmnc", "price"), "mccmnc")
    assert rates(result) == {"26201": "2"}
    assert [(d.dictionary, d.value) for d in result.decisions] == [("mccmnc", "26299")]
    again = run(rows, ("mccmnc", "price"), "mccmnc", answers={"mccmnc||26299": "26202"})
    assert rates(again) == {"26202": "1", "26201": "2"}


def test_messages_name_severity_once_per_row():
    rows = [["c", "n", "p"], *(["Qqqq Xyyx", "", i + 1] for i in range(30))]
    result = run(rows, SMS, "country network")
    assert len([i for i in result.issues if i.severity is Severity.ERROR]) == 30
    assert result.decisions[0].rows == 30
