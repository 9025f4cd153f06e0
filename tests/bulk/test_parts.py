"""Parts of loading that need no database: the order of companies, templates, the command line."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.sections import section
from app.services.bulk.loads import LOADS, Loadable, load_of
from app.services.bulk.order import tenants_first
from app.services.bulk.table import COMMENT, read_tables
from tests.helpers.command_line import Desk


@given(st.permutations(range(12)), st.data())
def test_tenants_come_before_their_companies(places: list[int], data: st.DataObject) -> None:
    above = {n: data.draw(st.integers(0, n - 1)) if n else None for n in range(12)}
    pairs = [(f"C{n}", "" if above[n] is None else f"c{above[n]}") for n in places]
    order = [pairs[place][0] for place in tenants_first(pairs)]
    assert sorted(order) == sorted(name for name, _ in pairs)
    for n, parent in above.items():
        assert parent is None or order.index(f"C{parent}") < order.index(f"C{n}")


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("abcd ")), max_size=12))
def test_every_company_comes_once_also_in_circles(pairs: list[tuple[str, str]]) -> None:
    assert sorted(tenants_first(pairs)) == list(range(len(pairs)))


@pytest.mark.parametrize("load", LOADS, ids=lambda load: load.name)
def test_every_load_has_a_section_with_its_fields(load: Loadable) -> None:
    chosen = load_of(section(load.section_id))
    assert set(load.key) <= {field.name for field in chosen.fields}
    assert chosen.what is load
    assert chosen.section.create


def test_a_template_is_loaded_as_it_is_when_its_example_is_meant(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "desk.db")
    desk.ok("db", "init")
    for name in ("companies", "legal-entities", "banks"):
        book = tmp_path / f"{name}.xlsx"
        desk.ok("load", name, "--template", book)
        assert "1 blank (of 1 row)" in desk.ok("load", name, book).out
        table, _ = read_tables(book, report=lambda *_: None, cancelled=lambda: False)
        rows = [list(row) for row in table.rows]
        rows[1][0] = rows[1][0].removeprefix(COMMENT)
        file = tmp_path / f"{name}.csv"
        with file.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows(rows)
        found = desk.ok("load", name, file, "--json").json
        assert found["counts"]["added"] == 1, found


def test_the_command_tells_its_outcome_by_its_code(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "desk.db")
    desk.ok("db", "init")
    file = tmp_path / "list.csv"
    file.write_text("Name,Type\nOne,Client\nTwo,Nothing\n", encoding="utf-8")
    dry = desk("load", "companies", file, "--dry-run")
    assert (dry.code, "Nothing was written" in dry.out) == (3, True)
    ran = desk("load", "companies", file, "--rejects", tmp_path / "left.csv")
    assert (ran.code, "Row 3, rejected: Two" in ran.err) == (3, True)
    assert desk("load", "companies", tmp_path / "left.csv").code == 1
    assert desk("load", "ships", file).code == 1
    assert desk("load", "companies").code == 1
    assert desk("load", "companies", file, "--update", "--only-new").code == 1
    assert desk("load", "companies", file, "--map", "Type").code == 1
    file.write_text("Wer,Type\nOne,Client\n", encoding="utf-8")
    assert "1 unchanged" in desk.ok("load", "companies", file, "--map", "Wer=Name").out
