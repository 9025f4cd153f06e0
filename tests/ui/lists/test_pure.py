"""What lists calculate without a window: blocks of cells, states, headings, keys."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QLocale, Qt

from app.domain.records import Group
from app.domain.sections import Column, Kind
from app.sections import section
from app.ui.lists import cells, keys
from app.ui.lists.clipboard import Cell, rows_to_html, rows_to_tsv, spread, tsv_to_rows
from app.ui.lists.filter_words import asked, described, titled
from app.ui.lists.outline import Heading, Outline
from app.ui.lists.state import ColumnLayout, ListState, SavedViews

SERVICES = section("services")
texts = st.text(
    st.characters(blacklist_categories=("Cs",), blacklist_characters="\r\0"), max_size=8
)


# ------------------------------------------------------------------------------ clipboard


@given(
    st.integers(1, 4).flatmap(
        lambda n: st.lists(st.lists(texts, min_size=n, max_size=n), min_size=1)
    )
)
def test_item_15_copied_blocks_come_back_as_they_were(rows: list[list[str]]) -> None:
    assert tsv_to_rows(rows_to_tsv(rows)) == rows


def test_item_15_codes_stay_texts_in_the_table_and_numbers_numbers() -> None:
    html = rows_to_html([[Cell("0021"), Cell("0,05", "0.05"), Cell("<b>")]], ["Code", "Price", "x"])
    assert "mso-number-format:'\\@'" in html
    assert ">0021</td>" in html
    assert 'sdval="0.05"' in html
    assert "&lt;b&gt;" in html


def test_item_16_a_block_spreads_and_a_single_value_fills() -> None:
    block = tsv_to_rows("a\tb\tc\td\r\ne\tf\tg\th\r\ni\tj\tk\tl\r\n")
    placed = spread(block, selected=(1, 1), room=(10, 10))
    assert len(placed) == 12
    assert (placed[-1].row, placed[-1].column, placed[-1].text) == (2, 3, "l")
    filled = spread([["7"]], selected=(3, 2), room=(5, 5))
    assert [p.text for p in filled] == ["7"] * 6
    with pytest.raises(ValueError, match="nothing was pasted"):
        spread(block, selected=(1, 1), room=(2, 10))


def test_item_16_a_block_that_fits_twice_is_repeated() -> None:
    assert [p.text for p in spread([["a"], ["b"]], selected=(4, 1), room=(4, 1))] == list("abab")


# ------------------------------------------------------------------------------ state


def test_item_08_sorting_by_click_second_click_and_shift() -> None:
    state = ListState.of(SERVICES)
    assert state.sorts == (("name", False),)
    assert state.sorted_by("name").sorts == (("name", True),)
    assert state.sorted_by("type", add=True).sorts == (("name", False), ("type", False))
    twice = state.sorted_by("type", add=True).sorted_by("type", add=True)
    assert twice.sorts == (("name", False), ("type", True))
    assert twice.sorted_by("side").sorts == (("side", False),)


def test_item_11_a_state_survives_json_and_new_columns_come_last() -> None:
    layout = ColumnLayout.of(SERVICES).moved("side", "id").toggled("size", False).resized("id", 77)
    state = ListState(layout, (("name", "acme"),), "x", (("type", True),), ("side",))
    assert ListState.from_json(state.to_json(), SERVICES) == state
    data = state.to_json()
    data["columns"]["order"] = [n for n in data["columns"]["order"] if n != "type"] + ["gone"]
    read = ListState.from_json(data, SERVICES)
    assert read is not None
    assert read.columns.order[-1] == "type"
    assert "gone" not in read.columns.order
    assert ListState.from_json({"version": 0}, SERVICES) is None
    assert ListState.from_json("rubbish", SERVICES) is None


def test_the_last_shown_column_stays() -> None:
    layout = ColumnLayout.of(SERVICES)
    for name in layout.order:
        layout = layout.toggled(name, False)
    assert len(layout.visible) == 1


def test_item_12_views_are_saved_renamed_made_default_and_deleted() -> None:
    state = ListState.of(SERVICES)
    views = SavedViews(SERVICES).saved("b", state).saved("a", state.unfiltered())
    assert [v.name for v in views.views] == ["a", "b"]
    views = views.opened_with("b").renamed("b", "c")
    assert views.default is not None
    assert views.default.name == "c"
    with pytest.raises(ValueError, match="already"):
        views.renamed("a", "c")
    assert SavedViews.from_json(views.to_json(), SERVICES) == views
    assert views.removed("c").default is None


# ------------------------------------------------------------------------------ groups


def outline(turned: frozenset[str] = frozenset()) -> Outline:
    groups = [
        Group(("sell", "payg"), 3, {"size": Decimal(6)}),
        Group(("sell", None), 2, {"size": None}),
        Group(("cost", "payg"), 4, {"size": Decimal(1)}),
    ]
    return Outline(groups, turned)


def test_item_14_two_levels_count_and_add_up() -> None:
    made = outline()
    top = made.at(0)
    assert isinstance(top, Heading)
    assert (top.path, top.count, top.sums) == (("sell",), 5, {"size": Decimal(6)})
    assert len(made) == 2 + 3  # outer groups open, inner ones closed
    inner = made.at(1)
    assert isinstance(inner, Heading)
    made.turn(inner)
    assert [made.at(row) for row in (2, 3, 4)] == [0, 1, 2]
    assert made.row_of(1) == 3
    assert made.row_of(4) is None


def test_item_14_what_was_opened_is_open_again() -> None:
    made = outline()
    inner = made.at(1)
    assert isinstance(inner, Heading)
    made.turn(inner)
    again = outline(made.turned)
    assert [bool(isinstance(again.at(row), Heading)) for row in range(len(again))] == [
        isinstance(made.at(row), Heading) for row in range(len(made))
    ]


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(1, 5)), max_size=12),
    st.data(),
)
def test_item_14_every_key_is_found_where_it_is_shown(
    parts: list[tuple[int, int, int]], data: st.DataObject
) -> None:
    sizes = {(a, b): n for a, b, n in sorted(parts)}
    made = Outline([Group(path, n) for path, n in sizes.items()], frozenset())
    for _ in range(data.draw(st.integers(0, 4))):
        if len(made):
            item = made.at(data.draw(st.integers(0, len(made) - 1)))
            if isinstance(item, Heading):
                below = made.below(item)
                before = len(made)
                made.turn(item)
                assert abs(len(made) - before) == below
    shown = {made.at(row): row for row in range(len(made)) if not isinstance(made.at(row), Heading)}
    for key in range(sum(sizes.values())):
        assert made.row_of(key) == shown.get(key)


# ------------------------------------------------------------------------------ cells, keys


def test_item_09_a_persons_own_dates_and_numbers_are_understood() -> None:
    QLocale.setDefault(QLocale("de_DE"))
    size = Column("size", "Size", Kind.AMOUNT)
    day = Column("day", "Day", Kind.DATE)
    found = asked(">0,05", size)
    assert found is not None
    assert found.values == (Decimal("0.05"),)
    found = asked("01.02.2026..2026-03-01", day)
    assert found is not None
    assert found.values == (dt.date(2026, 2, 1), dt.date(2026, 3, 1))


def test_item_10_chips_say_what_a_filter_means() -> None:
    state = SERVICES.column("state")
    assert described("!=archived", state) == "Status: not Archived"
    assert titled("!=archived", state) == "not Archived"
    assert asked("not Archived", state) == asked("!=archived", state)
    assert titled("=archived", state) == "Archived"
    assert described(">5", SERVICES.column("scopes")) == "Scopes > 5"
    assert described("empty", SERVICES.column("description")) == "Description: empty"
    assert described("2..5", SERVICES.column("scopes")) == "Scopes: 2 – 5"


def test_copied_numbers_have_the_persons_decimal_mark_and_no_group_marks() -> None:
    column = Column("price", "Price", Kind.PRICE)
    write = cells.writer(column)
    QLocale.setDefault(QLocale("de_DE"))
    assert cells.copied(column, Decimal("1234.5"), write) == Cell("1234,5", "1234.5")
    code = Column("code", "Code", Kind.CODE)
    assert cells.copied(code, "0021", cells.writer(code)) == Cell("0021")


@pytest.mark.parametrize(
    ("key", "control", "expected"),
    [
        (Qt.Key.Key_Down, False, (6, 2)),
        (Qt.Key.Key_Down, True, (99, 2)),
        (Qt.Key.Key_End, False, (5, 9)),
        (Qt.Key.Key_End, True, (99, 9)),
        (Qt.Key.Key_Home, True, (0, 0)),
        (Qt.Key.Key_PageUp, False, (0, 2)),
        (Qt.Key.Key_A, False, None),
    ],
)
def test_keys_lead_where_a_spreadsheets_do(
    key: Qt.Key, control: bool, expected: tuple[int, int] | None
) -> None:
    grid = keys.Grid(rows=100, columns=10, screen=20)
    assert keys.target(key, control=control, row=5, column=2, grid=grid) == expected
