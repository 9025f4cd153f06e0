"""What an import session shows: sheets, columns, rows, values, tree, changes (IMP-4 … IMP-12)."""

from __future__ import annotations

import csv
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import xlsxwriter

from app.bootstrap import open_session
from app.errors import UserError
from app.services.context import Context
from app.services.tariffs.import_file import ImportRequest
from app.services.tariffs.import_session import ImportSession
from app.services.tariffs.import_views import DraftView, ProposalView
from app.services.tariffs.plain_views import from_plain, to_plain
from app.services.tariffs.window_words import in_window_words
from importers.choices import Choices
from tests.helpers.command_line import Desk

Write = Callable[..., Path]
NODE = "SMS messaging/SMS message"


@pytest.fixture(autouse=True)
def _own_jobs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "jobs"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with service S (USD) and its scope 1."""
    path = tmp_path_factory.mktemp("template") / "template.db"
    made = Desk(path)
    made.ok("db", "init")
    made.service()
    return path


@pytest.fixture
def desk(template: Path, tmp_path: Path) -> Desk:
    shutil.copy(template, tmp_path / "desk.db")
    return Desk(tmp_path / "desk.db")


@pytest.fixture
def ctx(desk: Desk) -> Context:
    return open_session(desk.target).context()


@pytest.fixture
def session() -> Iterator[ImportSession]:
    with ImportSession() as made:
        yield made


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(name: str, *lines: str) -> Path:
        path = tmp_path / name
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    return written


@pytest.fixture
def networks(write: Write) -> Path:
    return write(
        "list.csv",
        "Acme rates,,,",
        "Country,Network,MCCMNC,Price",
        "Germany,Vodafone,26202,0.05",
        "Germany,Telekom Deutschlnd,26201,0.06",
        "France,Orange,20801,quux",
        "Nowhere,Nobody,,0.07",
        "Spain,Movistar,21407,0.08",
        "Spain,Movistar,21407,0.09",
        "Total,,,4",
    )


def _request(file: Path, **more: object) -> ImportRequest:
    return ImportRequest(file, "S", **more)  # type: ignore[arg-type]


# ------------------------------------------------------------------------------ the file


def test_sheets_with_the_reason_why_they_look_like_price_lists(
    session: ImportSession, ctx: Context, tmp_path: Path
) -> None:
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("Cover").write(0, 0, "Dear customer")
        rates = book.add_worksheet("Rates")
        for number, row in enumerate([["Country", "Price"], ["Germany", 0.05], ["France", 0.04]]):
            rates.write_row(number, 0, row)
        rates.set_row(2, None, None, {"hidden": True})
        rates.set_column(1, 1, None, None, {"hidden": True})
        book.add_worksheet("Secret").hide()
    view = session.open(ctx, path, {})
    assert (view.type, view.type_name) == ("xlsx", "an Excel workbook (XLSX)")
    assert [(s.name, s.hidden, s.price_list) for s in view.sheets] == [
        ("Cover", False, False),
        ("Rates", False, True),
        ("Secret", True, False),
    ]
    assert view.sheets[0].reasons["price_list"] == "no column holds prices"
    assert view.sheets[1].header_row == 1
    proposal = session.sheet(ctx, "Rates", Choices())
    assert proposal.hidden_rows == 1
    assert proposal.hidden_columns == ("B",)
    rows = session.rows(ctx, "Rates", 0, 10)
    assert [(r.number, r.state, r.hidden) for r in rows.rows] == [
        (1, "header", False),
        (2, "data", False),
        (3, "data", True),
    ]


def test_encoding_and_delimiter_are_told_and_can_be_said(
    session: ImportSession, ctx: Context, tmp_path: Path
) -> None:
    path = tmp_path / "old.csv"
    path.write_bytes("Страна;Цена\nГермания;0,05\n".encode("cp1251"))
    assert session.open(ctx, path, {}).delimiter == ";"
    view = session.open(ctx, path, {"encoding": "cp1251", "delimiter": ";"})
    assert view.encoding == "cp1251"
    assert session.rows(ctx, "1", 1, 1).rows[0].cells == ("Германия", "0,05")


# ------------------------------------------------------------------------------ the columns


def test_columns_with_roles_reasons_and_the_texts_that_say_the_same(
    session: ImportSession, ctx: Context, networks: Path
) -> None:
    session.open(ctx, networks, {})
    before = session.sheet(ctx, "1", Choices())
    texts = [u.text for c in before.columns for u in c.uses if u.role not in ("ignore", "filter")]
    assert "D=price" in texts
    assert all(u.reason for c in before.columns for u in c.uses)
    declared = session.sheet(ctx, "1", Choices(columns=tuple(texts)))
    assert _meaning(declared) == _meaning(before)
    assert declared.levels == before.levels


def _meaning(view: ProposalView) -> list[tuple[str, str, str, str, str, object]]:
    return [
        (c.letter, u.role, u.attribute, u.by, u.how, u.keys)
        for c in view.columns
        for u in c.uses
        if u.role not in ("ignore", "filter")
    ]


def test_part_of_a_cell_can_be_declared(session: ImportSession, ctx: Context, write: Write) -> None:
    """Q31: country and operator in one column."""
    file = write("1.csv", "Name,Price", "Germany - Vodafone,0.05", "France - Orange,0.04")
    choices = Choices(
        columns=("A=country:before_dash", "A=network.name:full:after_dash", "B=price")
    )
    shown = session.draft(ctx, _request(file, node=NODE, choices=choices))
    assert shown.proposal is not None
    uses = shown.proposal.columns[0].uses
    assert [u.text for u in uses] == [
        "A=attribute:country:before_dash",
        "A=attribute:network.name:full:after_dash",
    ]
    assert session.changes(ctx).rows[0].path.startswith("Germany/")


def test_the_three_dictionary_cases_and_linked_levels(
    session: ImportSession, ctx: Context, networks: Path
) -> None:
    """IMP-6, IMP-9."""
    shown = session.draft(ctx, _request(networks, node=NODE))
    proposal = shown.proposal
    assert proposal is not None
    cases = {a.key: (a.case, bool(a.match_by)) for a in proposal.attributes}
    assert cases["country"] == ("attributes", True)
    assert cases["mccmnc"] == ("keys", False)
    voice = session.draft(
        ctx,
        _request(
            networks,
            node="Voice calls/Call",
            choices=Choices(columns=("A=country", "C=prefix", "D=price"), end_row=4),
        ),
    )
    assert voice.proposal is not None
    assert {a.key: a.case for a in voice.proposal.attributes}["prefix"] == "none"
    columns = ("C=attribute:mccmnc", "D=price")
    only_code = _request(networks, node=NODE, choices=Choices(columns=columns, end_row=4))
    added = session.draft(ctx, only_code).proposal
    assert added is not None
    assert {level.attribute for level in added.addable} >= {"country", "network", "mcc"}
    levels = replace(only_code.choices, levels=("country", "network"))
    shown = session.draft(ctx, replace(only_code, choices=levels))
    assert [level.attribute for level in shown.levels] == ["country", "network"]
    assert shown.proposal is not None
    assert shown.proposal.added_levels == ("country", "network")


def test_item_35_a_changed_column_is_drafted_in_less_than_a_second(
    session: ImportSession, ctx: Context, write: Write
) -> None:
    lines = [
        f"Germany,Net {n % 1000} mobil,0.{n % 900 + 100},0.{n % 800 + 100}" for n in range(5000)
    ]
    file = write("5000.csv", "Country,Network,Price,Other", *lines)
    request = _request(file, node=NODE, choices=Choices(duplicates="first"))
    session.draft(ctx, request)
    for changed in (
        Choices(duplicates="first", columns=("A=country", "B=network", "D=price")),
        Choices(duplicates="first", decimal=","),
        Choices(duplicates="first", start_row=9),
        Choices(duplicates="first", columns=("B=network", "A=country", "C=price")),
    ):
        began = time.monotonic()
        session.draft(ctx, replace(request, choices=changed))
        assert time.monotonic() - began < 5  # the goal is 1 s on a machine of its own


# ------------------------------------------------------------------------------ rows


def test_item_36_rows_show_their_state_and_the_cell_at_fault(
    session: ImportSession, ctx: Context, networks: Path
) -> None:
    session.draft(ctx, _request(networks, node=NODE))
    rows = session.rows(ctx, "1", 0, 100)
    assert (rows.first, rows.total) == (0, 9)
    states = [row.state for row in rows.rows]
    assert states == [
        *("title", "header", "imported", "imported", "error", "error", "error", "error"),
        "below",
    ]
    held = rows.rows[4]
    assert held.marks[0].column == 3
    assert '"quux" is not a price' in held.reason
    [issue] = [i for i in session.issues(ctx).rows if i.row == 5]
    assert (issue.column, issue.value) == ("D", "quux")
    assert session.rows(ctx, "1", 7, 100).rows[0].number == 8
    assert session.rows(ctx, "1", 100, 5).rows == ()


def test_item_37_counts_add_up(session: ImportSession, ctx: Context, networks: Path) -> None:
    shown = session.draft(ctx, _request(networks, node=NODE))
    balance = dict(shown.rows)
    assert balance.pop("read") == sum(balance.values()) == 9
    assert shown.changes["new"] == shown.leaves == 2
    assert shown.rejected == balance["errors"]
    assert shown.block.startswith("2 values") or shown.values["open"] > 0


# ------------------------------------------------------------------------------ values


def test_values_with_zones_answers_and_runners_up(
    session: ImportSession, ctx: Context, networks: Path
) -> None:
    """IMP-8: a wrong automatic match can be corrected, too; answers are what Choices keeps."""
    choices = Choices(columns=("A=country", "B=network", "D=price"))
    request = _request(networks, node=NODE, choices=choices)
    shown = session.draft(ctx, request)
    page = session.values(ctx, show="open")
    assert page.total == shown.values["open"] == len(page.rows)
    assert all(row.open for row in page.rows)
    by_value = {row.value: row for row in page.rows}
    assert by_value["Nowhere"].zone in ("yellow", "red")
    assert by_value["quux"].dictionary == "price"
    assert "blocked" in {a.key for a in by_value["quux"].alternatives}
    german = session.values(ctx, text="deutschl").rows[0]
    assert german.context_name == "Germany"
    assert german.alternatives[0].key == "26201"
    vodafone = session.values(ctx, text="vodafone").rows[0]
    assert (vodafone.zone, vodafone.origin) == ("green", "auto")
    answers = {
        by_value["Nowhere"].id: "PL",
        by_value["quux"].id: "blocked",
        vodafone.id: "26201",
        german.id: "26203",
    }
    corrected = replace(request, choices=replace(choices, answers=answers, duplicates="first"))
    after = session.draft(ctx, corrected)
    assert after.values["manual"] == 4
    again = session.values(ctx, text="vodafone").rows[0]
    assert (again.origin, again.key) == ("manual", "26201")
    assert len(again.alternatives) > 1
    paths = {row.path.split("/")[0] for row in session.changes(ctx).rows}
    assert {"Germany", "France", "Spain"} <= paths
    [nobody] = session.values(ctx, show="open").rows
    assert nobody.context_name == "Poland"
    skipped = replace(corrected.choices, answers={**answers, nobody.id: "skip"})
    final = session.draft(ctx, replace(corrected, choices=skipped))
    assert final.values["open"] == 0
    assert final.block == ""


def test_learned_values_are_marked(
    session: ImportSession, ctx: Context, desk: Desk, write: Write
) -> None:
    file = write("1.csv", "Country,Price", "Zone Omega,0.06")
    request = _request(
        file, node=NODE, vendor="Nord", choices=Choices(answers={"country||zone omega": "FR"})
    )
    assert session.commit(ctx, request).written
    later = write("2.csv", "Country,Price", "Zone Omega,0.07", "Spain,0.03")
    shown = session.draft(ctx, _request(later, node=NODE, vendor="Nord", mode="merge"))
    assert shown.values["learned"] == 1
    row = session.values(ctx, show="learned").rows[0]
    assert (row.key, row.name, row.zone) == ("FR", "France", "green")
    assert "Nord" in row.reason


def test_search_while_typing(session: ImportSession, ctx: Context, networks: Path) -> None:
    session.open(ctx, networks, {})
    assert session.search(ctx, "country", "germ")[0].key == "DE"
    found = session.search(ctx, "operator", "vodaf", "DE", 5)
    assert found[0].key == "26202"
    assert "Germany" in found[0].detail
    assert [f.key for f in session.search(ctx, "price", "bl")] == ["blocked"]


# ------------------------------------------------------------------------------ tree and changes


def test_the_tree_page_by_page(session: ImportSession, ctx: Context, write: Write) -> None:
    lines = [f"Germany,2620{n},0.0{n + 1}" for n in (1, 2, 3)]
    file = write("1.csv", "Country,MCCMNC,Price", *lines, "France,20801,0.04")
    session.draft(ctx, _request(file, node=NODE))
    root = session.tree(ctx, 0)
    assert [(r.attribute, r.name, r.leaves) for r in root.rows] == [("domain", "SMS messaging", 4)]
    resource = session.tree(ctx, root.rows[0].id).rows[0]
    assert (resource.billing_rule, resource.quantity_rule) == ("submitted", "messages")
    countries = session.tree(ctx, resource.id)
    assert [(r.name, r.children, r.leaves) for r in countries.rows] == [
        ("Germany", 3, 3),
        ("France", 1, 1),
    ]
    page = session.tree(ctx, countries.rows[0].id, first=1, count=1)
    assert (page.first, page.total) == (1, 3)
    [leaf] = page.rows
    assert (leaf.price, leaf.change, leaf.source_row) == ("0.03000", "new", 3)


def test_changes_by_kind_percent_and_text(
    session: ImportSession, ctx: Context, desk: Desk, write: Write, tmp_path: Path
) -> None:
    first = write("1.csv", "Country,Price", *(f"{c},0.10" for c in ("DE", "FR", "ES", "PL")))
    assert session.commit(ctx, _request(first, node=NODE)).written
    second = write("2.csv", "Country,Price", "DE,0.20", "FR,0.09", "ES,0.10", "IT,0.05")
    shown = session.draft(ctx, _request(second, node=NODE, mode="replace"))
    assert shown.changes == {
        "new": 1, "increased": 1, "decreased": 1, "changed": 0, "unchanged": 1, "removed": 1,
    }  # fmt: skip
    page = session.changes(ctx, sort="percent", descending=True)
    assert page.total == 4
    assert [(r.path, r.percent) for r in page.rows[:2]] == [
        ("Germany", pytest.approx(100)),
        ("France", pytest.approx(-10)),
    ]
    assert {r.change for r in page.rows} == {"increased", "decreased", "new", "removed"}
    removed = session.changes(ctx, kinds=["removed"]).rows[0]
    assert (removed.path, removed.old, removed.node) == ("Poland", "0.10000", None)
    [found] = session.changes(ctx, text="germ").rows
    assert (found.source_row, found.source_column) == (2, "B")
    assert (found.old_price, found.new_price) == (10_000_000, 20_000_000)
    assert session.changes(ctx, kinds=["unchanged"]).total == 1
    path = tmp_path / "changes.csv"
    assert session.export_changes(ctx, path) == 4
    with path.open(encoding="utf-8-sig", newline="") as file:
        assert next(csv.DictReader(file))["path"] == "Germany"


def test_every_issue_can_be_read_not_only_the_first_ten_thousand(
    session: ImportSession, ctx: Context, write: Write, tmp_path: Path
) -> None:
    lines = [f"Spain,34{n:06d},x{n}" for n in range(25_000)]
    file = write("1.csv", "Country,Prefix,Price", "Spain,34,0.01", *lines)
    choices = Choices(columns=("A=country", "B=prefix", "C=price"), accept_suggestions=True)
    shown = session.draft(ctx, _request(file, node="Voice calls/Call", choices=choices))
    assert shown.issues["error"] == shown.rejected == 25_000
    last = session.issues(ctx, severities=["error"], first=24_999, count=10)
    assert last.total == 25_000
    assert [(i.row, i.column, i.value) for i in last.rows] == [(25_002, "C", "x24999")]
    assert session.issues(ctx, text="x24999").total == 1
    assert session.rows(ctx, "1", 25_001, 1).rows[0].marks[0].column == 2
    path = tmp_path / "rejects.csv"
    assert session.export_rejects(ctx, path) == 25_000
    with pytest.raises(UserError, match="there is no folder"):
        session.export_rejects(ctx, tmp_path / "nowhere" / "rejects.csv")


# ------------------------------------------------------------------------------ what is said


def test_the_mode_is_shown_as_a_default_and_asked_before_the_commit(
    session: ImportSession, ctx: Context, write: Write
) -> None:
    file = write("1.csv", "Country,Price", "DE,0.05")
    assert session.commit(ctx, _request(file, node=NODE)).written
    shown = session.draft(ctx, _request(file, node=NODE))
    assert (shown.mode, shown.mode_open) == ("merge", True)
    assert shown.mode_options == ("merge", "replace", "replace-listed")
    assert shown.decisions == ()
    assert shown.block
    assert not session.commit(ctx, _request(file, node=NODE)).written


def test_a_file_without_a_single_rate_still_shows_why(
    session: ImportSession, ctx: Context, write: Write
) -> None:
    file = write("1.csv", "Country,MCC,Price", "DE,abcde,0.05", "FR,fghij,0.06")
    columns = ("A=country", "B=mcc", "C=price")
    shown = session.draft(ctx, _request(file, node=NODE, choices=Choices(columns=columns)))
    assert "gives no rate at all" in shown.block
    assert session.rows(ctx, "1", 1, 1).rows[0].state == "error"


def test_no_sentence_names_an_option_of_the_command_line(
    session: ImportSession, ctx: Context, networks: Path, write: Write
) -> None:
    several = ["A,DE,0.05,0.06,EUR,1/2/2026", "B,DE,0.07,0.01,EUR,3/4/2026", "A,FR,1,2,GBP,"]
    files = [
        networks,
        write("2.csv", "Supplier,Country,Price A,Price B,Currency,Effective", *several * 3),
        write("3.csv", "a,b", "1,2"),
        write("4.csv", "Country;Price", "DE;1,234", "FR;2,345"),
    ]
    for file in files:
        assert [text for text in _said(session, ctx, file) if "--" in text] == []


def _said(session: ImportSession, ctx: Context, file: Path) -> list[str]:
    try:
        shown = session.draft(ctx, _request(file))
    except UserError as problem:
        return [str(problem)]
    reasons = shown.proposal.reasons.values() if shown.proposal else ()
    said = [*reasons, shown.block, shown.node_reason, *(m.text for m in shown.messages)]
    return said + [d["question"] for d in shown.decisions]


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("choose one with --sheet.", "choose one."),
        ("x: choose it with --decimal , or --decimal .", "x: choose it."),
        ('choose one with --where "A=B", or go.', "choose one, or go."),
        ("rates: import them with --effective 2026-01-01 (rows 3)",
         "rates: import them with 2026-01-01 as the effective date (rows 3)"),
        ("nothing to change", "nothing to change"),
        ('--column "A=b": no role', 'Column "A=b": no role'),
        ("say so (--anything)", "say so"),
        ("say so with --any-thing, please", "say so, please"),
    ],
)  # fmt: skip
def test_window_words(said: str, shown: str) -> None:
    assert in_window_words(said) == shown


def test_views_survive_the_way_between_two_processes(
    session: ImportSession, ctx: Context, networks: Path
) -> None:
    shown = session.draft(ctx, _request(networks, node=NODE))
    assert from_plain(DraftView, to_plain(shown)) == shown
