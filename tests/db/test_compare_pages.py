"""Comparison of two scopes, page by page (SVC-8, item 32)."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from app.db.engine import Database
from app.db.queries.scopes import ScopeRecord
from app.errors import Cancelled, UserError
from app.services.context import Context
from app.services.tariffs import compare_pages
from app.services.tariffs.compare_pages import Comparison, start_compare
from tests.db.desk import MT, SMS, context
from tests.db.trees import Tree, Values, branch, commit, flat

AFTER: Tree = {
    **{path: values for path, values in SMS.items() if path[:4] != (*MT, "DE")},
    (*MT, "DE"): flat(4_000_000),
    (*MT, "ES"): flat(7_700_000),
    (*MT, "XX"): flat(6_000_000),
    (*MT, "*"): Values(
        price_type=3, scale='{"type":"tier","group":"","tiers":[["0.04",1000],["0.03",null]]}'
    ),
    (*MT, "IT"): branch("network"),
    (*MT, "IT", "22201"): flat(1),
    (*MT[:2], "mo"): flat(5),
}


@pytest.fixture
def compared(
    database: Database, new_scope: Callable[[], ScopeRecord]
) -> Iterator[tuple[Context, Comparison]]:
    before, after = new_scope(), new_scope()
    commit(database, before.id, SMS)
    commit(database, after.id, AFTER)
    ctx = context(database)
    comparison = start_compare(ctx, before.id, after.id)
    yield ctx, comparison
    comparison.close()


def test_item_32_counts_add_up(compared: tuple[Context, Comparison]) -> None:
    _, found = compared
    assert found.counts == {
        "new": 2, "increased": 1, "decreased": 2, "changed": 1, "unchanged": 0, "removed": 3,
    }  # fmt: skip
    first = sum(1 for v in SMS.values() if v.price_type > 1)
    second = sum(1 for v in AFTER.values() if v.price_type > 1)
    counts = found.counts
    assert sum(counts.values()) - counts["new"] == first
    assert sum(counts.values()) - counts["removed"] == second
    assert (found.first.currency, found.first.revision) == ("EUR", 1)


def test_item_32_rows_come_in_tree_order_with_both_prices(
    compared: tuple[Context, Comparison],
) -> None:
    _, found = compared
    page = found.page()
    told = [(row.keys[-1], row.kind, row.old, row.new, row.percent) for row in page.rows]
    tier = "Tier: {} up to 1000, {} up to ∞"
    assert told == [
        ("mo", "changed", "Free", "0.00000005", ""),
        ("DE", "new", "", "0.04000", ""),
        ("26201", "removed", "0.05000", "", ""),
        ("26202", "removed", "0.06000", "", ""),
        ("*", "removed", "0.09000", "", ""),
        ("ES", "increased", "0.07000", "0.07700", "+10.0"),
        ("22201", "new", "", "0.00000001", ""),
        ("XX", "decreased", "0.08000", "0.06000", "-25.0"),
        (
            "*",
            "decreased",
            tier.format("0.05000", "0.04000"),
            tier.format("0.04000", "0.03000"),
            "",
        ),
    ]
    assert (
        page.rows[2].path
        == "SMS messaging / SMS message / A2P (MT) / Germany / Telekom (Telekom Deutschland GmbH)"
    )
    assert page.rows[2].second_node == -1 < page.rows[2].first_node


def test_item_32_filter_sort_and_pages(compared: tuple[Context, Comparison]) -> None:
    _, found = compared

    def keys(**asked: object) -> list[str]:
        return [row.keys[-1] for row in found.page(**asked).rows]  # type: ignore[arg-type]

    assert keys(kinds=["removed"]) == ["26201", "26202", "*"]
    assert keys(text="germ") == ["DE", "26201", "26202", "*"]
    assert keys(text="germ VODAFONE") == ["26202"]
    assert keys(text="2220") == ["22201"]
    assert keys(text="nowhere") == []
    assert keys(sort="percent")[:2] == ["XX", "ES"]
    assert keys(sort="percent", descending=True)[:2] == ["ES", "XX"]
    page = found.page(first=3, limit=2)
    assert (len(page.rows), page.first, page.total) == (2, 3, 9)
    assert [row.keys[-1] for row in page.rows] == ["26202", "*"]


def test_item_32_export(compared: tuple[Context, Comparison], tmp_path: Path) -> None:
    ctx, found = compared
    file = tmp_path / "changes.xlsx"
    assert found.export(ctx, file, kinds=["increased", "removed"]) == 4
    rows = list(openpyxl.load_workbook(file).active.iter_rows(values_only=True))
    assert rows[0] == ("Change", "Path", "Old", "New", "Old price", "New price", "Change, %")
    assert rows[4][0] == "Increased"
    assert rows[4][4:] == (0.07, 0.077, 10)
    text = tmp_path / "changes.csv"
    assert found.export(ctx, text, text="XX") == 1
    with text.open(encoding="utf-8-sig", newline="") as stream:
        [_, row] = csv.reader(stream)
    assert [Decimal(cell) for cell in row[4:]] == [Decimal("0.08"), Decimal("0.06"), -25]
    with pytest.raises(UserError, match=r"\.xlsx or \.csv"):
        found.export(ctx, tmp_path / "changes.pdf")


def test_big_trees_are_compared_in_a_child_process(
    database: Database,
    new_scope: Callable[[], ScopeRecord],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(compare_pages, "SMALL", 0)
    before, after = new_scope(), new_scope()
    commit(database, before.id, SMS)
    commit(database, after.id, AFTER)
    found = start_compare(context(database), before.id, after.id)
    assert found.counts["removed"] == 3
    assert found.page(kinds=["new"]).rows[0].path.endswith("A2P (MT) / Germany")
    found.close()
    alone = Context(context(database).actor, database, cancelled=lambda: True)
    with pytest.raises(Cancelled):
        start_compare(alone, before.id, after.id)


def test_equal_trees_have_no_difference(database: Database, scope: ScopeRecord) -> None:
    commit(database, scope.id, SMS)
    found = start_compare(context(database), scope.id, scope.id)
    assert found.counts["unchanged"] == 7
    assert found.page().total == 0
    assert found.page(kinds=["unchanged"]).total == 7
    found.close()
