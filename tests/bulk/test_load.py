"""Files of every kind: added, changed, unchanged and left out, on both databases (G6)."""

from __future__ import annotations

import csv
import datetime as dt
import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import xlsxwriter
from sqlalchemy import event

from app.db.engine import open_database
from app.db.queries.enabled import hold_service
from app.db.tables import metadata
from app.errors import UserError
from app.sections import section
from app.services import records
from app.services.bulk.outcomes import ONLY_NEW, UPDATE, Loaded
from app.services.context import Actor, Context
from tests.bulk.conftest import NOW, Load, Rows, values

COMPANIES = [
    ["Name", "Tenant", "Type", "E-mail", "Credit limit", "Moderation", "Currency of limits"],
    ["Lantern", "Ridge", "Client", "a@lantern.example", "100.50", "yes", "EUR"],
    ["Ridge", "", "Reseller", "info@ridge.example", "0", "no", "EUR"],
]
WORLD: tuple[tuple[str, Rows], ...] = (
    (
        "own-legal-entities",
        [
            ["name", "legal name", "country", "legal id number"],
            ["Harbour EU", "Harbour GmbH", "Germany", "HRB 1"],
        ],
    ),
    ("companies", COMPANIES),
    (
        "legal-entities",
        [
            ["COMPANY", "Name", "Legal company name", "Country", "Is default"],
            ["Ridge", "Ridge Ltd", "Ridge Limited", "gb", "no"],
            ["Ridge / Lantern", "Lantern Ltd", "Lantern Limited", "Germany (DE)", ""],
        ],
    ),
    ("banks", [["Name", "Country", "Address"], ["Harbour Bank", "DE", "Kai 1"]]),
    (
        "own-bank-accounts",
        [
            ["Name", "Legal entity", "Bank", "Account holder", "Account number"],
            ["Harbour EUR", "Harbour EU", "Harbour Bank", "Harbour GmbH", "DE 1"],
        ],
    ),
    (
        "bank-accounts",
        [
            ["Name", "Company", "Legal entity", "Bank", "Account holder", "Account number"],
            ["Ridge EUR", "Ridge", "Ridge Ltd", "Harbour Bank", "Ridge Limited", "GB 22 33"],
        ],
    ),
    (
        "agreements",
        [
            [
                *("Company", "Agreement code", "Agreement date", "Currency", "Effective from"),
                *("Billing period", "Billing day", "Bank account", "Invoice e-mails"),
            ],
            [
                *("Ridge", "R-1", "2026-01-01", "EUR", "2026-01-01 00:00"),
                *("Weekly", "Monday", "GB2233", "b@ridge.example; a@ridge.example"),
            ],
        ],
    ),
    (
        "enabled-services",
        [["Agreement", "Service", "Effective from"], ["R-1", "SMS Europe", "2026-02-01"]],
    ),
    (
        "enabled-initiators",
        [["Agreement", "Bundle initiator", "Effective from"], ["R-1", "Chat plan", "2026-02-01"]],
    ),
    (
        "enabled-bundle-packs",
        [["Company", "Agreement", "Service", "Auto extend"], ["Ridge", "R-1", "Chat 500", "yes"]],
    ),
)


_HASTE = "SET LOCAL lock_timeout = '200ms'"
MEANWHILE = {
    "name": "Meanwhile",
    "type": "client",
    "time_zone": "UTC",
    "dialogues_per_operator": "10",
}
COMPANY_FORM = section("companies")


def stored(ctx: Context) -> dict[str, int]:
    """Return how many rows each table has."""
    with ctx.database.read() as connection:
        return {
            name: connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
            for name, table in metadata.tables.items()
        }


def versions(ctx: Context) -> dict[str, Any]:
    """Return the versions of all rows of the tables that have one."""
    with ctx.database.read() as connection:
        return {
            name: sorted(
                tuple(row) for row in connection.execute(sa.select(table.c.id, table.c.version))
            )
            for name, table in metadata.tables.items()
            if {"id", "version"} <= set(table.c.keys())
        }


def rejected(found: Loaded) -> Iterator[str]:
    return (row.detail for row in found.rows if row.outcome == "rejected")


def test_a_whole_operator_is_loaded_and_the_same_files_again_change_nothing(
    desk: Context, load: Load
) -> None:
    for name, rows in WORLD:
        before = stored(desk)
        dry = load(name, rows, dry_run=True)
        assert stored(desk) == before, name
        found = load(name, rows)
        assert list(rejected(found)) == [], name
        assert found.number("added") == len(rows) - 1
        assert (dry.counts(), dry.rows) == (found.counts(), found.rows)
    before, kept = stored(desk), versions(desk)
    for name, rows in WORLD:
        found = load(name, rows)
        assert found.number("unchanged") == len(rows) - 1, (name, found.rows)
    assert (stored(desk), versions(desk)) == (before, kept)
    agreement = values(desk, "agreements", "R-1")
    assert agreement["billing_weekday"] == "1"
    assert agreement["own_bank_account_id"] is not None, "the only account is proposed"
    assert agreement["invoice_emails"] == ["b@ridge.example", "a@ridge.example"]


def test_what_differs_is_changed_an_empty_cell_keeps_and_a_dash_empties(
    desk: Context, load: Load
) -> None:
    load("companies", COMPANIES)
    head, lantern, ridge = COMPANIES
    found = load("companies", [head, [*lantern[:3], "", "-", "no"], [*ridge[:4], "", ""]])
    assert found.counts() == {
        "read": 2,
        "added": 0,
        "changed": 1,
        "unchanged": 1,
        "rejected": 0,
        "blank": 0,
    }
    assert "Credit limit: 100.5 → nothing" in found.rows[0].detail
    assert "Moderation: yes → no" in found.rows[0].detail
    now = values(desk, "companies", "Lantern")
    assert (now["email"], now["credit_limit"]) == ("a@lantern.example", None)
    assert values(desk, "companies", "Ridge")["credit_limit"] == 0


def test_rows_that_the_form_refuses_are_left_out_with_its_sentence(
    desk: Context, load: Load, tmp_path: Path
) -> None:
    rejects = tmp_path / "rejects.csv"
    rows = [
        COMPANIES[0],
        ["Good", "", "Client", "", "", ""],
        ["Odd", "", "Agency", "", "", ""],
        ["Lost", "Nowhere", "Client", "", "", ""],
        ["", "", "", "", "", ""],
        ["Poor", "", "Client", "no address", "-5", ""],
        ["", "", "Client", "", "", ""],
        ["good", "", "Client", "", "", "yes"],
    ]
    found = load("companies", rows, rejects=rejects)
    assert found.counts() == {
        "read": 7,
        "added": 1,
        "changed": 0,
        "unchanged": 0,
        "rejected": 5,
        "blank": 1,
    }
    reasons = {row.row: row.detail for row in found.rows if row.detail}
    assert "choose one of Client, Reseller" in reasons[3]
    assert 'no company called "Nowhere"' in reasons[4]
    assert "mail address" in reasons[6]
    assert "Name is required" in reasons[7]
    assert "Row 2 is about the same record" in reasons[8]
    with rejects.open(encoding="utf-8-sig", newline="") as stream:
        left = list(csv.reader(stream))
    assert [len(left), left[0][-1], left[1][0]] == [6, "Reason", "Odd"]
    mended = [left[0], ["Odd", "", "Client", *left[1][3:]]]
    assert load("companies", mended).number("added") == 1


def test_what_never_changes_is_left_out(desk: Context, load: Load) -> None:
    for name, rows in WORLD:
        load(name, rows)
    rows = [
        ["Company", "Agreement code", "Currency", "Credit limit"],
        ["Ridge", "R-1", "USD", ""],
    ]
    assert "Currency can't be changed after creation" in next(
        rejected(load("agreements", rows)), ""
    )
    rows = [["Company", "Agreement code", "Credit limit"], ["Ridge", "R-1", "900"]]
    assert "add a new one" in next(rejected(load("agreements", rows)), "")


def test_a_bundle_pack_is_bought_once_in_a_period_and_again_in_the_next(
    desk: Context, load: Load
) -> None:
    for name, rows in WORLD[:-1]:
        load(name, rows)
    heads, row = WORLD[-1][1]
    found = load("enabled-bundle-packs", [heads, [*row[:3], "no"], row])
    assert [one.outcome for one in found.rows] == ["added", "rejected"]
    changed = load("enabled-bundle-packs", [heads, row])
    assert changed.rows[0].detail == "Auto extend: no → yes"
    later = replace(desk, clock=lambda: NOW + dt.timedelta(days=7))
    assert load("enabled-bundle-packs", [heads, row], ctx=later).number("added") == 1
    wrong = load("enabled-initiators", [["Agreement", "Service"], ["R-1", "Chat 500"]])
    assert "no service of this kind" in next(rejected(wrong))


def test_one_time_written_in_two_ways_is_one_row(desk: Context, load: Load) -> None:
    for name, rows in WORLD[:-3]:
        load(name, rows)
    heads, row = WORLD[-2][1]
    found = load("enabled-initiators", [heads, row, [*row[:2], "2026-02-01 00:00"]])
    assert "Row 2 is about the same record" in next(rejected(found))


def test_only_new_and_update_do_half(desk: Context, load: Load) -> None:
    load("companies", COMPANIES[::2])
    changed = [COMPANIES[0], [*COMPANIES[2][:5], "yes"], COMPANIES[1]]
    dry = load("companies", changed, mode=UPDATE, dry_run=True)
    assert [row.outcome for row in dry.rows] == ["changed", "rejected"]
    found = load("companies", changed, mode=ONLY_NEW)
    assert [row.outcome for row in found.rows] == ["unchanged", "added"]
    assert values(desk, "companies", "Ridge")["moderation"] is False


def test_headings_are_found_mapped_and_refused(desk: Context, load: Load) -> None:
    odd = [["Report of today", ""], ["Kunde *", "Colour"], ["Ridge", "red"]]
    with pytest.raises(UserError, match="no headings"):
        load("companies", odd)
    with pytest.raises(UserError, match='"Colour"'):
        load("companies", odd, mapping={"Kunde": "name"})
    with pytest.raises(UserError, match='no field "Nonsense"'):
        load("companies", odd, mapping={"Kunde": "Nonsense"})
    with pytest.raises(UserError, match="twice"):
        load("companies", [["Name", "Company"], ["a", "b"]])
    with pytest.raises(UserError, match="no column Name"):
        load("companies", [["Type"], ["Client"]])
    found = load("companies", odd, mapping={"Kunde": "name", "Colour": ""})
    assert (found.number("added"), found.left_out) == (1, ("Colour",))


def test_users_are_invited_with_codes_in_a_file_of_their_own(
    desk: Context, load: Load, tmp_path: Path
) -> None:
    load("companies", COMPANIES)
    users = [
        ["Email", "Company", "No restrictions", "Is active"],
        ["ann@ridge.example", "Ridge", "yes", ""],
        ["ben@ridge.example", "Ridge", "yes", "no"],
        ["cat@lantern.example", "Lantern", "yes", ""],
    ]
    before = stored(desk)
    with pytest.raises(UserError, match="2 users would be invited"):
        load("users", users)
    assert stored(desk) == before
    codes = tmp_path / "codes.csv"
    found = load("users", users, codes=codes)
    assert [row.outcome for row in found.rows] == ["added", "added", "rejected"]
    assert "client portal" in found.rows[2].detail
    assert stat.S_IMODE(codes.stat().st_mode) == 0o600
    assert len(codes.read_text(encoding="utf-8").splitlines()) == 3
    assert load("users", users).number("unchanged") == 2
    with pytest.raises(UserError, match="another name"):
        load("users", users, codes=codes)


def test_a_reseller_finds_its_own_companies_only(desk: Context, load: Load) -> None:
    load("companies", [*COMPANIES, ["Other", "", "Reseller", "", "", ""]])
    tenant = int(next(r for r in _ids(desk, "Ridge")))
    reseller = Context(Actor("Rita", company_id=tenant), desk.database, clock=desk.clock)
    rows = [
        ["Company", "Name", "Legal company name", "Country"],
        ["Lantern", "Lantern Ltd", "Lantern Limited", "DE"],
        ["Other", "Other Ltd", "Other Limited", "DE"],
    ]
    found = load("legal-entities", rows, ctx=reseller)
    assert [row.outcome for row in found.rows] == ["added", "rejected"]
    assert 'no company called "Other"' in found.rows[1].detail


def _ids(ctx: Context, name: str) -> list[int]:
    table = metadata.tables["company"]
    with ctx.database.read() as connection:
        return list(connection.execute(sa.select(table.c.id).where(table.c.name == name)).scalars())


def test_two_rows_can_not_both_be_the_default(desk: Context, load: Load) -> None:
    load("companies", COMPANIES)
    rows = [
        ["Company", "Name", "Legal company name", "Country", "Is default"],
        ["Ridge", "One", "One Ltd", "DE", "yes"],
        ["Ridge", "Two", "Two Ltd", "DE", "yes"],
    ]
    found = load("legal-entities", rows)
    assert [row.outcome for row in found.rows] == ["added", "rejected"]
    assert load("legal-entities", rows[:2]).number("unchanged") == 1


@pytest.mark.parametrize("kind", ["companies", "enabled-initiators"])
def test_others_go_on_while_a_file_is_tried_out(
    desk: Context, load: Load, target: str | Path, kind: str
) -> None:
    for name, rows in WORLD[:-2]:
        load(name, rows)
    heads, *rows = dict(WORLD)[kind]
    if kind == "companies":
        rows = [["Another", "", "Client", "", "", ""], ["Ridge", "", "", "", "7", ""]]
    added: list[int] = []

    def meanwhile(phase: str, done: int, total: int | None) -> None:
        if phase == "loading" and done == total:
            added.append(_by_somebody_else(target, kind))

    found = load(kind, [heads, *rows, rows[0]], dry_run=True, ctx=replace(desk, report=meanwhile))
    assert [row.outcome for row in found.rows][-1] == "rejected", "it was at the work"
    assert len(added) == 1


def _by_somebody_else(target: str | Path, kind: str) -> int:
    """Add what needs the same locks, without the patience to wait for them."""
    with open_database(target, create=False, busy_seconds=0.2) as database:
        if database.kind == "postgresql":
            event.listen(database.engine, "begin", lambda c: c.exec_driver_sql(_HASTE))
        ctx = Context(Actor("Ben"), database, clock=lambda: NOW)
        if kind == "companies":
            return records.create(ctx, COMPANY_FORM, MEANWHILE)
        with database.write() as connection:
            table = metadata.tables["service"]
            plan = sa.select(table.c.id).where(table.c.name == "Chat plan")
            hold_service(connection, connection.execute(plan).scalar_one())
        return 1


def test_a_cancelled_load_changes_nothing(desk: Context, load: Load) -> None:
    before = stored(desk)
    stopped = replace(desk, cancelled=lambda: True)
    with pytest.raises(UserError, match="Cancelled"):
        load("companies", COMPANIES, ctx=stopped)
    assert stored(desk) == before


def test_bad_files_are_told_in_a_sentence_and_write_nothing(
    desk: Context, load: Load, tmp_path: Path
) -> None:
    before = stored(desk)
    for name, told in _bad_files(tmp_path).items():
        with pytest.raises(UserError, match=told) as refused:
            load("companies", [], file=tmp_path / name)
        assert "--" not in str(refused.value), name
    assert stored(desk) == before


def _bad_files(folder: Path) -> dict[str, str]:
    """Write files that people send, and return the words with which each is refused."""
    texts = {
        "names.csv": ("Lantern,Client\n", "no headings that are known"),
        "twice.csv": ("Name,Name,Type\nA,B,Client\n", r'"Name \[2\]"'),
        "comma.csv": ("Name,Type\nOne,Client\nTwo, Ltd,Client\n", r"row 3 \(Column C\)"),
        "spaces.csv": (" " * 1_100_000, "save it again"),
        "empty.csv": ("", "is empty"),
        "blank.csv": ("\n" * 1000, "nothing in its first|no table|is empty"),
    }
    for name, (text, _) in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "cut.xlsx").write_bytes(b"PK\x03\x04" + bytes(300))
    with xlsxwriter.Workbook(str(folder / "merged.xlsx")) as book:
        sheet = book.add_worksheet()
        sheet.merge_range(0, 0, 0, 1, "Name")
        sheet.write_row(1, 0, ["Merged", "x"])
    known = {name: words for name, (_, words) in texts.items()}
    return known | {"cut.xlsx": "damaged", "merged.xlsx": "Column B", "none.csv": "not there"}


def test_cells_with_errors_leave_their_rows_out(desk: Context, load: Load) -> None:
    rows = [["Name", "Credit limit"], ["One", "#DIV/0!"], ["#N/A", ""], ["# a note", ""]]
    found = load("companies", rows)
    assert [row.detail.partition(":")[0] for row in found.rows] == ["Credit limit", "Name"]
    assert (found.number("rejected"), found.blank) == (2, 1)


@pytest.mark.parametrize("encoding", ["cp1251", "utf-16"])
def test_other_encodings_and_semicolons_are_read(
    desk: Context, load: Load, tmp_path: Path, encoding: str
) -> None:
    file = tmp_path / "list.txt"
    file.write_text("Name;Type\nСвязь Плюс;Client\n", encoding=encoding)
    assert load("companies", [], file=file, dry_run=True).rows[0].title == "Связь Плюс"
