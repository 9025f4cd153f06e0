"""What the commands of the sections do: clone, archive, undo, forget, delete, retire; export."""

from __future__ import annotations

import csv
import tempfile
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from app.bootstrap import open_session
from app.db.queries import rate_nodes, scopes
from app.db.queries.learned import LearnedMatch, recall, remember
from app.domain.records import Filter, ListQuery
from app.errors import Cancelled, FieldProblem, UserError
from app.sections import section
from app.services import list_export, records
from app.services.context import Context
from app.services.dictionary_changes import add_entry
from app.services.dictionary_keys import number_of
from app.services.list_export import export_list
from app.services.tariffs import choices, import_records, service_records, vendor_records
from app.services.tariffs.import_file import ImportRequest, import_file
from app.services.tariffs.scopes import NewScope, add_scope
from app.services.tariffs.services import NewService, add_service
from tests.db.trees import ROOT_ONLY, branch, commit, flat, plain

SERVICES = section("services")
TREE = {**ROOT_ONLY, ("sms",): branch("resource"), ("sms", "submit"): flat(5_000_000)}


@pytest.fixture
def ctx(tmp_path: Path) -> Context:
    return open_session(str(tmp_path / "office.db"), create=True).context()


def _service(ctx: Context, name: str = "Nord") -> int:
    """Add a service with a current scope that has a rate, and a draft."""
    number = add_service(ctx, NewService(name, currency="EUR", description="Europe"))
    scope = add_scope(ctx, NewScope(name, "2026-01-01"))
    add_scope(ctx, NewScope(name, "2099-01-01", draft=True))
    commit(ctx.database, scope.id, TREE)
    return number


def _all(section_id: str, *filters: Filter, **asked: object) -> ListQuery:
    return ListQuery(section_id, filters, **asked)  # type: ignore[arg-type]


def _column(ctx: Context, section_id: str, name: str) -> list[object]:
    chosen = section(section_id)
    place = [c.name for c in chosen.columns].index(name) + 1
    return [row[place] for row in records.first_rows(ctx, chosen, _all(section_id))]


# ------------------------------------------------------------------------------ services


def test_svc_01_a_clone_has_all_scopes_as_drafts_with_their_rates(ctx: Context) -> None:
    number = _service(ctx)
    assert service_records.clone(ctx, [number]) == 'Made "Nord (copy)" with 2 draft scopes.'
    assert service_records.clone(ctx, [number]) == 'Made "Nord (copy 2)" with 2 draft scopes.'
    with ctx.database.read() as connection:
        copies = scopes.scopes_of(connection, number + 1)
        assert [scope.draft for scope in copies] == [True, True]
        assert copies[0].effective_from is not None
        tree = rate_nodes.read_tree(connection, copies[0].id)
        assert scopes.revisions(connection, copies[0].id)[0].kind == "copy"
    assert plain(tree) == TREE
    made = records.load(ctx, SERVICES, number + 1)
    assert (made.values["currency"], made.values["description"]) == ("EUR", "Europe")
    assert ("Copy of", None, "Nord") in made.history[0].changes


def test_svc_01_a_clone_by_its_form(ctx: Context) -> None:
    number = _service(ctx)
    made = service_records.clone_as(ctx, number, {"name": "South", "description": "Italy"})
    assert records.load(ctx, SERVICES, made).values["description"] == "Italy"
    with pytest.raises(FieldProblem, match="already"):
        service_records.clone_as(ctx, number, {"name": "South"})


def test_a_long_name_still_has_room_for_copy(ctx: Context) -> None:
    number = add_service(ctx, NewService("x" * 200, currency="EUR"))
    service_records.clone(ctx, [number])
    assert "x" * 193 + " (copy)" in _column(ctx, "services", "name")


def test_item_27_archiving_names_what_hangs_on_a_service(ctx: Context) -> None:
    number, other = _service(ctx), add_service(ctx, NewService("Alone", currency="EUR"))
    lines = service_records.dependants(ctx, [number, other])
    assert lines == ["Nord: 2 scopes, one of them current"]
    assert service_records.archive(ctx, [number, other]) == 'Archived "Nord", "Alone".'
    assert service_records.archive(ctx, [number]) == "They were archived already."
    assert _column(ctx, "services", "state") == ["archived", "archived"]
    assert service_records.restore(ctx, [number]) == 'Restored "Nord".'
    assert sorted(_column(ctx, "services", "state")) == ["archived", "current"]  # type: ignore[type-var]
    newest = records.load(ctx, SERVICES, number).history[0]
    assert (newest.action, newest.changes) == ("Restore service", (("Archived", True, False),))


def test_gen_04_all_or_nothing(ctx: Context) -> None:
    number = _service(ctx)
    with pytest.raises(UserError, match="no service 99"):
        service_records.archive(ctx, [number, 99])
    assert _column(ctx, "services", "state") == ["current"]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"currency": ""}, "currency"),
        ({"currency": "XXQ"}, "currency"),
        ({"time_zone": "Mars/Base"}, "time_zone"),
        ({"time_zone": "../etc"}, "time_zone"),
        ({"type": "unit_pack", "size": "1.5"}, "size"),
        ({"type": "monetary_pack", "size": "-1"}, "size"),
        ({"type": "monetary_pack", "size": "1e99"}, "size"),
        ({"type": "other"}, "type"),
        ({"side": ""}, "side"),
        ({"name": "line\nbreak"}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"description": "x" * 4001}, "description"),
    ],
)
def test_item_23_a_wrong_value_is_told_at_its_field(
    ctx: Context, values: dict[str, str], field: str
) -> None:
    good = {
        "name": "N",
        "type": "payg",
        "side": "sell",
        "currency": "EUR",
        "time_zone": "UTC",
    }
    with pytest.raises(FieldProblem) as refused:
        records.create(ctx, SERVICES, good | values)
    assert set(refused.value.problems) == {field}
    assert _column(ctx, "services", "name") == []


def test_item_23_all_wrong_fields_are_told_at_once(ctx: Context) -> None:
    with pytest.raises(FieldProblem) as refused:
        records.create(ctx, SERVICES, {"type": "monetary_pack", "size": "much"})
    assert list(refused.value.problems) == ["name", "side", "currency", "size", "time_zone"]


def test_item_24_a_hidden_field_is_not_saved(ctx: Context) -> None:
    values = {"name": "Pack", "type": "unit_pack", "side": "sell", "size": 5, "time_zone": "UTC"}
    number = records.create(ctx, SERVICES, {**values, "currency": "EUR"})
    saved = records.load(ctx, SERVICES, number).values
    assert (saved["currency"], saved["size"]) == (None, Decimal(5))


def test_reference_fields_offer_what_fits_the_typed_words(ctx: Context) -> None:
    assert choices.currencies(ctx, "eur", {})[0].value == "EUR"
    assert "Euro" in choices.currencies(ctx, "eur", {})[0].title
    assert "USD" in [c.value for c in choices.currencies(ctx, "dollar us", {})][:3]
    assert choices.time_zones(ctx, "", {})[0].value == "UTC"
    assert choices.time_zones(ctx, "new york", {})[0].value == "America/New_York"
    assert choices.vendors(ctx, "", {}) == []


# ------------------------------------------------------------------------------ imports and so on


@pytest.fixture
def imported(ctx: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Context:
    """A context with one import by a vendor with a profile."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    _service(ctx)
    file = tmp_path / "list.csv"
    file.write_text("Country,MCCMNC,Price\nDE,26201,0.05\nDE,26202,0.06\n", encoding="utf-8")
    import_file(
        ctx,
        ImportRequest(
            file=file, service="Nord", scope=2, vendor="V", save_profile="V monthly", node=""
        ),
    )
    return ctx


def test_item_40_an_import_is_undone_and_says_what_stays(imported: Context) -> None:
    ctx = imported
    assert import_records.edited_since(ctx, [1]) == []
    with ctx.database.read() as connection:
        tree = plain(rate_nodes.read_tree(connection, 2))
    leaf = next(path for path in tree if path and path[-1] == "26201")
    commit(ctx.database, 2, {**tree, leaf: flat(9_000_000)})
    (line,) = import_records.edited_since(ctx, [1])
    assert line.startswith("Edited since, stays: SMS messaging / ")
    told = import_records.undo(ctx, [1])
    assert told.startswith("Import 1 was undone: 0 rates put back, ")
    assert told.endswith("edited since stay as they are.")
    assert _column(ctx, "imports", "state") == ["undone"]
    with pytest.raises(UserError, match="undone already"):
        import_records.undo(ctx, [1])
    with pytest.raises(UserError, match="one at a time"):
        import_records.undo(ctx, [1, 2])


def test_item_27_a_vendor_in_use_can_not_be_deleted(imported: Context) -> None:
    ctx = imported
    assert vendor_records.dependants(ctx, [1]) == ["V: 1 import, 1 profile"]
    with pytest.raises(UserError, match="can't be deleted because of its 1 import, 1 profile"):
        records.remove(ctx, section("vendors"), [1])
    assert _column(ctx, "vendors", "name") == ["V"]
    assert [c.title for c in choices.vendors(ctx, "v", {})] == ["V"]


def test_imp_14_a_profile_is_given_to_another_vendor_and_deleted(imported: Context) -> None:
    ctx, profiles = imported, section("profiles")
    other = records.create(ctx, section("vendors"), {"name": "W"})
    first = records.load(ctx, profiles, 1)
    assert (first.values["vendor"], first.labels["vendor"]) == ("1", "V")
    records.update(ctx, profiles, 1, first.version, {"vendor": str(other)})
    second = records.load(ctx, profiles, 1)
    assert second.labels["vendor"] == "W"
    assert second.history[0].changes == (("Vendor", "V", "W"),)
    with pytest.raises(FieldProblem) as refused:
        records.update(ctx, profiles, 1, second.version, {"vendor": "77"})
    assert set(refused.value.problems) == {"vendor"}
    assert records.remove(ctx, profiles, [1]) == "Deleted V monthly."
    assert _column(ctx, "profiles", "name") == []
    assert _column(ctx, "imports", "profile") == [None]


def test_imp_08_an_answer_is_forgotten(ctx: Context) -> None:
    with ctx.database.write() as connection:
        match = LearnedMatch("country", "", "allemagne", "DE")
        remember(connection, 1, [match], actor="Ann", now=ctx.clock())
    assert _column(ctx, "answers", "meaning") == ["Germany"]
    assert records.remove(ctx, section("answers"), [1]) == 'Forgot what "allemagne" means.'
    with ctx.database.read() as connection:
        assert recall(connection, 1) == []
    with pytest.raises(UserError, match="gone already"):
        records.remove(ctx, section("answers"), [1])


def test_gen_10_an_added_entry_is_retired_and_used_again(ctx: Context) -> None:
    add_entry(ctx, "pricing_category", "vip", [])
    retire = records.named_service("dictionary_records.retire")
    restore = records.named_service("dictionary_records.restore")
    vip = [number_of("pricing_category", "vip")]
    assert retire(ctx, vip) == "Retired: vip."
    assert records.load(ctx, section("entries"), vip[0]).values["state"] == "retired"
    assert retire(ctx, vip) == "They are retired already."
    assert restore(ctx, vip) == "Using again: vip."
    assert records.load(ctx, section("entries"), vip[0]).values["state"] == "used"


# ------------------------------------------------------------------------------ lists, export


def test_numbers_of_rates_are_counted_again_after_a_change(ctx: Context) -> None:
    _service(ctx)
    assert _column(ctx, "scopes", "rates") == [1, 0]
    commit(ctx.database, 1, {**TREE, ("rcs",): flat(1)})
    assert _column(ctx, "scopes", "rates") == [2, 0]


def test_a_list_of_one_scope_needs_its_scope(ctx: Context) -> None:
    with pytest.raises(UserError, match="needs a scope"):
        records.count(ctx, section("rates"), _all("rates"))


def test_item_22_texts_like_formulas_stay_texts(ctx: Context, tmp_path: Path) -> None:
    for name in ("=1+1", "@SUM(A1)", "+49", "-5", "0021", "plain"):
        add_service(ctx, NewService(name, currency="EUR"))
    asked = _all("services", sorts=(("id", False),))
    export_list(ctx, SERVICES, asked, ["name", "id"], tmp_path / "x.xlsx")
    export_list(ctx, SERVICES, asked, ["name"], tmp_path / "x.csv")
    sheet = openpyxl.load_workbook(tmp_path / "x.xlsx").active
    cells = [sheet.cell(row, 1) for row in range(2, 8)]
    assert [cell.value for cell in cells] == ["=1+1", "@SUM(A1)", "+49", "-5", "0021", "plain"]
    assert {cell.data_type for cell in cells} <= {"s", "f"}
    assert "<f>" not in _sheet_xml(tmp_path / "x.xlsx")
    with (tmp_path / "x.csv").open(encoding="utf-8-sig", newline="") as stream:
        texts = [row[0] for row in csv.reader(stream)]
    assert texts == ["Name", "'=1+1", "'@SUM(A1)", "+49", "-5", "0021", "plain"]


def _sheet_xml(path: Path) -> str:
    import zipfile

    with zipfile.ZipFile(path) as book:
        return book.read("xl/worksheets/sheet1.xml").decode()


def test_item_22_selected_rows_filters_and_a_decimal_comma(ctx: Context, tmp_path: Path) -> None:
    for number in range(4):
        size = f"{number + 1}.5"
        add_service(ctx, NewService(f"P{number}", "monetary_pack", "EUR", size))
    asked = _all("services", Filter("size", "gt", (Decimal(2),)))
    file = tmp_path / "x.csv"
    assert export_list(ctx, SERVICES, asked, ["name", "size"], file) == 3
    assert export_list(ctx, SERVICES, asked, ["name", "size"], file, ids=[4, 2]) == 2
    lines = file.read_text("utf-8-sig").splitlines()
    assert lines == ["Name,Size", "P3,4.5", "P1,2.5"]
    export_list(ctx, SERVICES, asked, ["name", "size"], file, locale_free=False)
    assert "P1;2,5" in file.read_text("utf-8-sig")


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_gen_03_a_cancelled_export_leaves_the_file_as_it_was(
    ctx: Context, tmp_path: Path, ending: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(list_export, "CHUNK", 1)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    for number in range(3):
        add_service(ctx, NewService(f"S{number}", currency="EUR"))
    file = tmp_path / f"list.{ending}"
    file.write_text("old")
    told: list[tuple[str, int, int | None]] = []
    stopping = replace(
        ctx,
        report=lambda *progress: told.append(progress),
        cancelled=lambda: len(told) == 2,
    )
    with pytest.raises(Cancelled):
        export_list(stopping, SERVICES, _all("services"), ["name"], file)
    assert told == [("writing", 0, 3), ("writing", 1, 3)]
    assert file.read_text() == "old"
    assert sorted(p.name for p in tmp_path.iterdir()) == [f"list.{ending}", "office.db"]


def test_a_place_that_can_not_be_written_is_told_first(ctx: Context, tmp_path: Path) -> None:
    for path, sentence in (
        (tmp_path / "list.txt", "ends in .xlsx or .csv"),
        (tmp_path / "none" / "list.csv", "no folder"),
    ):
        with pytest.raises(UserError, match=sentence):
            export_list(ctx, SERVICES, _all("services"), ["name"], path)
