from __future__ import annotations

from dataclasses import replace

import pytest

from dictionaries.catalogue import Catalogue
from dictionaries.entries import Dictionaries
from importers.proposals.columns import propose
from importers.proposals.layout import shape_signature
from importers.records import CellValue, Merge, ParsedSheet
from tests.unit.importers.propose.conftest import Propose

HEADER: list[CellValue] = ["Country", "Operator", "Price"]
Rows = list[list[CellValue]]


def sheet(rows: Rows, *merges: tuple[int, int, int, int]) -> ParsedSheet:
    return replace(ParsedSheet.from_rows(rows), merges=tuple(Merge(*m) for m in merges))


def body(*countries: str) -> Rows:
    return [[c, "Orange", f"0.0{i + 1}5"] for i, c in enumerate(countries)]


def test_q11_merged_body_cells_are_filled_down(proposed: Propose) -> None:
    rows: Rows = [HEADER, ["Germany", "Vodafone", 0.05], [None, "Telekom", 0.06], *body("France")]
    proposal = proposed(sheet(rows, (1, 0, 2, 0)))
    assert proposal.fill_down == (0,)
    assert proposal.ask_fill_down == ()


def test_q11_the_last_rows_of_a_merged_key_are_data(proposed: Propose) -> None:
    rows: Rows = [
        ["Country", "Price"],
        ["France", 0.04],
        ["Germany", 0.05],
        [None, 0.06],
        [None, 0.07],
        ["Note: prices may change"],
    ]
    assert proposed(sheet(rows, (2, 0, 4, 0))).end_row == 4


def test_q11_a_blank_without_a_merge_is_asked_about(proposed: Propose) -> None:
    rows: Rows = [HEADER, ["Germany", "Vodafone", 0.05], [None, "Telekom", 0.06], *body("France")]
    proposal = proposed(sheet(rows))
    assert proposal.fill_down == ()
    assert proposal.ask_fill_down == (0,)


def test_q11_a_blank_code_beside_a_name_is_no_repetition(proposed: Propose) -> None:
    rows: Rows = [
        ["ISO", "Country", "Operator", "Price"],
        ["DE", "Germany", "Vodafone", 0.05],
        [None, "Kosovo", "Vala", 0.06],
        ["FR", "France", "Orange", 0.04],
    ]
    assert proposed(sheet(rows)).ask_fill_down == ()


def test_q12_section_rows_and_repeated_headers_stand_apart(proposed: Propose) -> None:
    rows: Rows = [
        HEADER,
        ["EUROPE"],
        *body("Germany", "France"),
        ["AFRICA"],
        *body("Kenya", "Ghana"),
        HEADER,
        *body("Egypt"),
    ]
    proposal = proposed(sheet(rows))
    assert proposal.section_rows == (1, 4, 7)
    assert proposal.end_row == 8
    assert "section_rows" in proposal.reasons


@pytest.mark.parametrize(
    "footer",
    [
        [["Total countries: 214"]],
        [["Total", None, 3.5]],
        [["Итого", None, "3.5"]],
        [["合计", None, "3.5"]],
        [[], ["* All prices excl. VAT"], ["Contact: rates@example.com"]],
        [["...", "...", "..."]],
        [[None, None, "9.99"]],
        [["Note", "Prices may change"]],
    ],
)
def test_q13_footers_totals_and_notes_are_below_the_end(footer: Rows, proposed: Propose) -> None:
    rows = [HEADER, *body("Germany", "France", "Spain"), *footer]
    proposal = proposed(sheet(rows))
    assert proposal.end_row == 3
    assert "no data below" in proposal.reasons["end_row"]


def test_q13_an_end_row_set_by_a_person_stands(proposed: Propose) -> None:
    rows = [HEADER, *body("Germany", "France", "Spain")]
    assert proposed(sheet(rows), end_row=2).end_row == 2


def test_q13_a_price_word_is_data_to_the_end(proposed: Propose) -> None:
    rows = [HEADER, *body("Germany", "France"), ["Cuba", "Cubacel", "on request"]]
    assert proposed(sheet(rows)).end_row == 3


def test_q14_blank_rows_and_columns_are_ignored_and_counted(proposed: Propose) -> None:
    rows: Rows = [
        [],
        [None, "Country", " ", "Price", None],
        [],
        [None, "Germany", " ", 0.5, None],
        [],
        [None, "France", None, 0.25, None],
        [],
        [" "],
    ]
    proposal = proposed(sheet(rows))
    assert (proposal.header_rows, proposal.start_row, proposal.end_row) == ((1,), 3, 5)
    assert "1 blank row" in proposal.reasons["blank_rows"]
    assert {u.column for u in proposal.columns if u.reason == "the column is empty"} == {0, 2, 4}


def test_an_empty_sheet_and_a_sheet_of_notes_are_no_price_lists(proposed: Propose) -> None:
    for rows in ([], [[]], [["Dear customer"], ["please find below"]], [["a", "b"], ["c", "d"]]):
        proposal = proposed(sheet(rows))
        assert not proposal.price_list
        assert proposal.reasons["price_list"]


def test_the_signature_is_the_layout_not_the_contents(
    dictionaries: Dictionaries, catalogue: Catalogue
) -> None:
    def signature(rows: Rows) -> str:
        built = sheet(rows)
        return shape_signature(built, propose(built, dictionaries, catalogue))

    first = signature([HEADER, *body("Germany", "France", "Spain")])
    assert first == signature([HEADER, *body(*["Kenya"] * 50), ["Total", None, 3]])
    assert first == signature([["March issue"], HEADER, ["Cuba", "Cubacel", "Free"], *body("Peru")])
    assert first == signature([["country ", "OPERATOR", "Price"], *body("Germany", "France")])
    assert first != signature([["Country", "Price", "Operator"], ["Germany", "0.05", "Orange"]])
    assert first != signature([[*HEADER, "Currency"], ["Germany", "Orange", "0.05", "EUR"]])
