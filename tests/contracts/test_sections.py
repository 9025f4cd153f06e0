"""Every section holds what it declares: names, list, filters, sorting, groups, export, form."""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from app.actions import ACTIONS
from app.db.queries import list_sources
from app.domain.filter_text import filter_text, parse_filter
from app.domain.records import Filter, ListQuery, Record, Row
from app.domain.sections import Column, Kind, Section
from app.errors import FieldProblem, UserError
from app.sections import GROUPS, SECTIONS, section
from app.sections.answers import DICTIONARIES
from app.sections.rates import ATTRIBUTES
from app.services import records
from app.services.context import SERVICES, Actor, Context
from app.services.form_values import shown
from app.services.list_export import export_list
from dictionaries.catalogue import load_catalogue
from dictionaries.entries import Dictionaries
from tests.contracts.cases import (
    access,
    agreements,
    banks,
    companies,
    dictionaries,
    enabled,
    tariffs,
)

ARGUMENTS = {"rates": (("scope", "1"),)}
CASES = {
    **tariffs.CASES,
    **banks.CASES,
    **agreements.CASES,
    **companies.CASES,
    **enabled.CASES,
    **access.CASES,
    **dictionaries.CASES,
}

FORMS = [s for s in SECTIONS if s.form]
_ids = [s.id for s in SECTIONS]


def query(chosen: Section, *filters: Filter, **asked: Any) -> ListQuery:
    return ListQuery(chosen.id, filters, arguments=ARGUMENTS.get(chosen.id, ()), **asked)


def rows_of(ctx: Context, chosen: Section, asked: ListQuery) -> list[Row]:
    keys = records.keys(ctx, chosen, asked)
    rows = records.rows_by_keys(ctx, chosen, asked, keys)
    assert [row[0] for row in rows] == list(keys)
    assert records.first_rows(ctx, chosen, asked) == rows[:200]
    assert records.count(ctx, chosen, asked)[0] == len(rows)
    return rows


def keys_of(ctx: Context, chosen: Section, *filters: Filter) -> set[int]:
    return set(records.keys(ctx, chosen, query(chosen, *filters)))


# ------------------------------------------------------------------------------ declarations


def test_ids_and_titles_are_used_once() -> None:
    assert len({s.id for s in SECTIONS}) == len({s.title for s in SECTIONS}) == len(SECTIONS)
    assert {s.group for s in SECTIONS} <= set(GROUPS)
    assert all(section(s.id) is s for s in SECTIONS)


@pytest.mark.parametrize("chosen", SECTIONS, ids=_ids)
def test_every_name_of_a_section_is_there(chosen: Section) -> None:
    named = [chosen.load, chosen.create, chosen.update, chosen.remove, chosen.clone]
    named += [chosen.suggest, chosen.advise]
    for command in chosen.commands:
        named += [command.service, command.details, command.suggest]
    for name in filter(None, named):
        assert records.named_service(name)
        assert SERVICES[f"app.services.{name}"].area == chosen.area
    asked = [field for command in chosen.commands for field in command.asks]
    for field in (*chosen.form, *asked):
        for name in filter(None, (field.options, field.fills)):
            assert records.named_service(name)
            assert f"app.services.{name}" in SERVICES, "choices ask for a right of their own"
    assert chosen.source in {*list_sources.SOURCES, *records.HELD}
    columns = {column.name for column in chosen.columns}
    assert len(columns) == len(chosen.columns)
    assert {column.zone for column in chosen.columns if column.zone} <= columns
    assert set(chosen.search) | {name for name, _ in chosen.sort} <= columns
    assert {chosen.name_column, *chosen.defaults} <= columns
    for name, text in chosen.defaults.items():
        assert parse_filter(text, chosen.column(name))
    addresses = [chosen.open_row, *(c.link for c in chosen.columns)]
    addresses += [command.opens for command in chosen.commands]
    for address in addresses:
        assert set(re.findall(r"{(\w+)}", address)) <= columns
    for command in chosen.commands:
        assert command.when is None or command.when[0] in columns
    assert chosen.empty
    assert chosen.empty_hint
    assert chosen.nouns


@pytest.mark.parametrize("chosen", SECTIONS, ids=_ids)
def test_item_46_no_two_commands_share_a_shortcut(chosen: Section) -> None:
    used = [c.shortcut for c in chosen.commands if c.shortcut]
    used += [action.shortcut for action in ACTIONS if action.shortcut]
    assert len(set(used)) == len(used)


@pytest.mark.parametrize("chosen", FORMS, ids=[s.id for s in FORMS])
def test_fields_depend_on_fields_and_offer_their_choices(chosen: Section) -> None:
    names = {field.name: field for field in chosen.form}
    for field in chosen.form:
        assert field.shown_when is None or field.shown_when[0] in names
        assert set(field.reset_by) <= set(names)
        assert bool(field.choices) == (field.kind in {Kind.CHOICE, Kind.CHOICES, Kind.STATUS})
        found = {Kind.REFERENCE, Kind.REFERENCES}
        assert (field.kind in found) <= bool(field.options) <= (field.kind in {*found, Kind.WORDS})
        assert not field.zone or field.zone in names
        if field.default is not None and field.choices:
            assert field.default in {choice.value for choice in field.choices}


def test_choices_name_the_dictionaries_and_attributes_there_are() -> None:
    assert {choice.value for choice in DICTIONARIES} == set(Dictionaries.names())
    attributes = {a.key: a.name for a in load_catalogue().attributes.values()}
    attributes |= {"domain": "Service domain", "resource": "Resource"}
    assert {choice.value: choice.title for choice in ATTRIBUTES} == attributes


def test_a_wrong_name_is_a_clear_fault() -> None:
    with pytest.raises(LookupError, match=r"tariffs\.nothing\.load"):
        records.named_service("tariffs.nothing.load")
    with pytest.raises(LookupError, match=r"service_records\.nothing"):
        records.named_service("tariffs.service_records.nothing")


# ------------------------------------------------------------------------------ lists


@pytest.mark.parametrize("chosen", SECTIONS, ids=_ids)
def test_lists_show_something_in_whole_rows(office: Context, chosen: Section) -> None:
    rows = rows_of(office, chosen, query(chosen, sorts=chosen.sort))
    assert rows, "tests/contracts/conftest.py puts something into every section"
    assert {len(row) for row in rows} == {len(chosen.columns) + 1}
    for place, column in enumerate(chosen.columns, start=1):
        values = [row[place] for row in rows if row[place] is not None]
        assert all(_fits(column, value) for value in values), column.name


def _fits(column: Column, value: Any) -> bool:
    kinds = {
        Kind.NUMBER: int,
        Kind.DATE: dt.date,
        Kind.INSTANT: dt.datetime,
        Kind.FLAG: bool,
    }
    if column.kind in {Kind.CHOICE, Kind.STATUS}:
        return value in {choice.value for choice in column.choices}
    if column.kind in {Kind.PRICE, Kind.AMOUNT}:
        return type(value).__name__ == "Decimal"
    return isinstance(value, kinds.get(column.kind, str))


@pytest.mark.parametrize("chosen", SECTIONS, ids=_ids)
def test_item_08_every_column_sorts_both_ways(office: Context, chosen: Section) -> None:
    everything = {row[0] for row in rows_of(office, chosen, query(chosen))}
    for place, column in enumerate(chosen.columns, start=1):
        if not column.sortable:
            continue
        for descending in (False, True):
            asked = query(chosen, sorts=((column.name, descending),))
            rows = records.first_rows(office, chosen, asked, len(everything))
            if not descending:
                assert [row[0] for row in rows] == list(records.keys(office, chosen, asked))
            assert {row[0] for row in rows} == everything
            values = [row[place] for row in rows]
            filled = [value for value in values if value is not None]
            assert values[: len(filled)] == filled, "nothing stands last"
            if column.kind not in {Kind.CHOICE, Kind.STATUS}:
                assert filled == sorted(filled, key=_order, reverse=descending)


def _order(value: Any) -> Any:
    return (value.lower(), value) if isinstance(value, str) else value


@pytest.mark.parametrize("chosen", SECTIONS, ids=_ids)
def test_item_09_every_column_filters(office: Context, chosen: Section) -> None:
    rows = rows_of(office, chosen, query(chosen))
    tried: set[tuple[Kind, str]] = set()
    for place, column in enumerate(chosen.columns, start=1):
        if not column.filterable:
            continue
        for condition in _conditions(column, rows, place):
            assert parse_filter(filter_text(condition), column) == condition
            way = (column.kind, condition.op)
            if condition.op != "equals" and way in tried:
                continue  # each way of comparing once for each kind of column
            tried.add(way)
            found = keys_of(office, chosen, condition)
            expected = {row[0] for row in rows if row[place] == condition.values[0]}
            assert expected <= found
        empty, filled = (
            keys_of(office, chosen, Filter(column.name, op)) for op in ("empty", "filled")
        )
        assert len(empty) + len(filled) == len(rows)


def _conditions(column: Column, rows: list[Row], place: int) -> Iterator[Filter]:
    """Yield conditions that hold for the first filled value: equal, not less, a part of it."""
    value = next((row[place] for row in rows if row[place] not in (None, "")), None)
    if value is None:
        return
    yield Filter(column.name, "equals", (value,))
    if column.kind in {Kind.CHOICE, Kind.STATUS, Kind.FLAG}:
        return
    yield Filter(column.name, "ge", (value,))
    yield Filter(column.name, "between", (value, value))
    if column.kind in {Kind.TEXT, Kind.CODE}:
        for op in ("contains", "starts"):
            yield Filter(column.name, op, (value,))


@pytest.mark.parametrize("chosen", SECTIONS, ids=_ids)
def test_item_10_search_finds_parts_of_the_search_columns(office: Context, chosen: Section) -> None:
    rows = rows_of(office, chosen, query(chosen))
    place = [c.name for c in chosen.columns].index(chosen.search[0]) + 1
    word = rows[0][place].split()[0]
    found = rows_of(office, chosen, query(chosen, search=word[:-1].upper() or word))
    assert rows[0] in found
    assert rows_of(office, chosen, query(chosen, search="nowhere to be found")) == []


@pytest.mark.parametrize("chosen", SECTIONS, ids=_ids)
def test_item_14_groups_and_sums_add_up(office: Context, chosen: Section) -> None:
    asked = query(chosen)
    rows = rows_of(office, chosen, asked)
    listed = [c for c in chosen.columns if c.filterable]
    sums = [c.name for c in listed if c.kind in {Kind.NUMBER, Kind.PRICE, Kind.AMOUNT}]
    totals = {s.column: s.total for s in records.summary(office, chosen, asked, sums)}
    ids = [row[0] for row in rows]
    assert totals == {s.column: s.total for s in records.summary(office, chosen, asked, sums, ids)}
    for column in listed:
        groups = records.groups(office, chosen, asked, (column.name,), sums)
        assert sum(group.count for group in groups) == len(rows)
        for name in sums:
            parts = [g.sums[name] for g in groups if g.sums[name] is not None]
            assert sum(parts) == (totals[name] or 0)
        value = groups[-1].values[0]
        empty = value in (None, "")
        condition = Filter(column.name, *(("empty",) if empty else ("equals", (value,))))
        assert len(keys_of(office, chosen, condition)) == groups[-1].count


@pytest.mark.parametrize("chosen", SECTIONS, ids=_ids)
def test_item_22_export_writes_what_is_shown(
    office: Context, chosen: Section, tmp_path: Path
) -> None:
    asked = query(chosen, sorts=chosen.sort)
    rows = rows_of(office, chosen, asked)
    shown_ones = [c for c in chosen.columns if not c.hidden]
    names = [c.name for c in shown_ones]
    zones = {c.name: chosen.column(c.zone) for c in shown_ones if c.zone}
    columns = [found for c in shown_ones for found in (c, zones.get(c.name)) if found is not None]
    assert export_list(office, chosen, asked, names, tmp_path / "list.xlsx") == len(rows)
    assert export_list(office, chosen, asked, names, tmp_path / "list.csv") == len(rows)
    sheet = openpyxl.load_workbook(tmp_path / "list.xlsx").active
    assert [cell.value for cell in sheet[1]] == [c.title for c in columns]
    assert sheet.freeze_panes == "A2"
    assert sheet.max_row == len(rows) + 1
    places = {c.name: p for p, c in enumerate(chosen.columns, start=1)}
    for number, row in enumerate(rows, start=2):
        for place, column in enumerate(columns, start=1):
            _check_cell(column, sheet.cell(number, place), row[places[column.name]])
    with (tmp_path / "list.csv").open(encoding="utf-8-sig", newline="") as stream:
        assert len(list(csv.reader(stream))) == len(rows) + 1
    assert sorted(p.name for p in tmp_path.iterdir()) == ["list.csv", "list.xlsx"]


def _check_cell(column: Column, cell: Any, value: Any) -> None:
    if value in (None, ""):
        assert cell.value is None
    elif column.kind in {Kind.NUMBER, Kind.PRICE, Kind.AMOUNT}:
        assert cell.data_type == "n"
        assert cell.value == pytest.approx(float(value))
    elif column.kind in {Kind.DATE, Kind.INSTANT}:
        assert cell.is_date
    else:
        assert cell.data_type == "s"


# ------------------------------------------------------------------------------ forms


def test_every_section_that_creates_has_a_case() -> None:
    assert set(CASES) == {s.id for s in SECTIONS if s.create}


@pytest.mark.parametrize("name", sorted(CASES))
def test_a_record_is_made_changed_and_removed(office: Context, name: str) -> None:
    chosen, case = section(name), CASES[name]
    values, changes = case.made(office)
    field = {f.name: f for f in chosen.form}[case.field]
    made = records.create(office, chosen, values)
    first = records.load(office, chosen, made)
    assert first.title
    assert (first.version, first.created_by) == (1, office.actor.name)
    records.update(office, chosen, made, first.version, changes)
    second = records.load(office, chosen, made)
    assert {n: str(second.values[n]) for n in changes} == {n: str(v) for n, v in changes.items()}
    assert second.version == 2
    told = [change for entry in second.history for change in entry.changes]
    assert [new for title, _, new in told if title == field.title][:1], "the history tells"
    with pytest.raises(records.RecordConflict, match="meanwhile") as stale:
        records.update(office, chosen, made, first.version, values_of(first, case.field))
    assert [name for name, _, _ in stale.value.differences] == [case.field]
    assert stale.value.record.version == 2
    if case.taken:
        with pytest.raises(FieldProblem) as taken:
            records.create(office, chosen, {**values, **changes})
        assert set(taken.value.problems) == {case.taken}
    if chosen.remove:
        assert records.remove(office, chosen, [made]).startswith("Deleted")
        with pytest.raises(UserError, match="There is no"):
            records.load(office, chosen, made)


def values_of(record: Record, changed: str) -> dict[str, Any]:
    """Return what somebody saves who still has the record as it was, with the change undone."""
    return {changed: record.values[changed]}


@pytest.mark.parametrize("chosen", FORMS, ids=[s.id for s in FORMS])
def test_an_existing_record_is_loaded_saved_and_guarded(office: Context, chosen: Section) -> None:
    record_id = records.keys(office, chosen, query(chosen))[0]
    record = records.load(office, chosen, record_id)
    assert set(record.values) == {field.name for field in chosen.form}
    records.update(office, chosen, record_id, record.version, dict(record.values))
    again = records.load(office, chosen, record_id)
    assert again.values == record.values
    with pytest.raises(records.RecordConflict):
        records.update(office, chosen, record_id, record.version, dict(record.values))
    for field in chosen.form:
        asked = field.required and not field.fixed and shown(field, again.values)
        if asked and again.values[field.name] is not None:
            with pytest.raises(FieldProblem) as refused:
                records.update(office, chosen, record_id, again.version, {field.name: " "})
            assert refused.value.problems[field.name].startswith(f"{field.title} is required")
        if field.fixed:
            with pytest.raises(FieldProblem) as fixed:
                records.update(office, chosen, record_id, again.version, {field.name: "other"})
            assert "can't be changed after creation" in fixed.value.problems[field.name]


@pytest.mark.parametrize("chosen", FORMS, ids=[s.id for s in FORMS])
def test_a_viewer_may_look_but_not_touch(office: Context, chosen: Section) -> None:
    rights = frozenset({(chosen.area, "view")})
    viewer = replace(office, actor=Actor("Eve", owner=False, permissions=rights))
    record_id = records.keys(viewer, chosen, query(chosen))[0]
    record = records.load(viewer, chosen, record_id)
    for act in (
        lambda: records.create(viewer, chosen, dict(record.values)),
        lambda: records.update(viewer, chosen, record_id, record.version, dict(record.values)),
        lambda: records.remove(viewer, chosen, [record_id]),
    ):
        with pytest.raises(UserError, match="Eve may not manage"):
            act()
