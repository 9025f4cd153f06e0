"""Every option of the import command does what it says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter

from tests.helpers.command_line import Desk
from tests.imports.places import SHARED, dump

Write = Callable[..., Path]
SMS = "sms/sms_message"
NODE = ("--node", "SMS messaging/SMS message")


def _columns(*texts: str) -> list[str]:
    return [part for text in texts for part in ("--column", text)]


def test_node_rules_and_set_make_the_place(desk: Desk, write: Write) -> None:
    mt = write("mt.csv", "Country,Price", "DE,0.05")
    desk.ok(
        "import", mt, "--service", "S", *NODE, "--set", "direction=mt",
        "--billing-rule", "delivered", "--quantity-rule", "segments",
    )  # fmt: skip
    assert desk.rates() == {f"{SMS}/mt/DE": "0.05"}
    message = desk.ok("tree", "--service", "S", "--json").json["tree"][0]["children"][0]
    assert (message["billing_rule"], message["quantity_rule"]) == ("delivered", "segments")
    # Without --node the next list goes to the A2P (MT) child, because there is a direction now.
    more = write("more.csv", "Country,MCCMNC,Price", "FR,20801,0.04", "ES,21401,0.03")
    desk.ok("import", more, "--service", "S", "--mode", "merge")
    assert set(desk.rates()) == {f"{SMS}/mt/DE", f"{SMS}/mt/FR/20801", f"{SMS}/mt/ES/21401"}


def test_level_order_decides_the_tree(desk: Desk, write: Write) -> None:
    listed = write(
        "l.csv", "Country,Sender ID type,Price", "DE,Alphanumeric,0.05", "DE,Short code,0.06"
    )
    desk.ok(
        "import", listed, "--service", "S", *NODE, "--level", "sender_id_type,country",
        *_columns("A=attribute:country", "B=attribute:sender_id_type", "C=price"),
        "--accept-suggestions",
    )  # fmt: skip
    paths = [path.split("/") for path in desk.rates()]
    assert len(paths) == 2
    assert all(path[3] == "DE" for path in paths)


def test_a_wide_sheet_by_column(desk: Desk, write: Write) -> None:
    wide = write("wide.csv", "Where,To phones,From phones", "DE,0.05,0.01", "FR,0.06,0.02")
    desk.ok(
        "import", wide, "--service", "S", *NODE,
        *_columns("A=attribute:country:full", "B=price@direction:mt", "C=price@direction:mo"),
        "--level", "direction,country",
    )  # fmt: skip
    assert desk.rates() == {
        f"{SMS}/mt/DE": "0.05", f"{SMS}/mt/FR": "0.06",
        f"{SMS}/mo/DE": "0.01", f"{SMS}/mo/FR": "0.02",
    }  # fmt: skip


def test_full_matching_takes_no_aliases(desk: Desk, write: Write, tmp_path: Path) -> None:
    listed = write("l.csv", "Country,Price", "Germany,0.05", "Holland,0.06")
    for how, code in (("full", 2), ("best", 0)):
        ran, report = desk.import_report(
            tmp_path, listed, "--service", "S", *NODE,
            *_columns(f"A=attribute:country:{how}", "B=price"),
        )  # fmt: skip
        assert ran.code == code, ran
        assert report["written"] is (code == 0)


def test_rows_sheet_where_and_kind(desk: Desk, tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "two.xlsx"))
    for name, price in (("Premium", 0.07), ("Basic", 0.05)):
        sheet = book.add_worksheet(name)
        sheet.write_row(0, 0, ["Country", "Product", "Price"])
        for row, country in enumerate(("DE", "FR", "ES", "IT"), start=1):
            sheet.write_row(row, 0, [country, "A" if row % 2 else "B", price + row / 1000])
    book.close()
    file = tmp_path / "two.xlsx"
    ran = desk("import", file, "--service", "S", *NODE)
    assert ran.code == 2
    assert "--sheet" in ran.err
    desk.ok(
        "import", file, "--service", "S", *NODE, "--sheet", 2, "--start-row", 3, "--end-row", 5,
        "--where", "Product=A", "--kind", "standard", *_columns("A=attribute:country", "C=price"),
    )  # fmt: skip
    assert desk.rates() == {f"{SMS}/ES": "0.053"}


def test_duplicates(desk: Desk, write: Write, tmp_path: Path) -> None:
    twice = write("t.csv", "Country,Price", "DE,0.05", "FR,0.04", "DE,0.06")
    ran, report = desk.import_report(tmp_path, twice, "--service", "S", *NODE)
    assert ran.code == 2, ran
    assert report["rows"]["errors"] == 2
    # A dry run ends as the run would.
    assert desk("import", twice, "--service", "S", *NODE, "--dry-run").code == 2
    assert desk("import", twice, "--service", "S", *NODE, "--dry-run", "--skip-errors").code == 3
    assert desk.rates() == {}
    ran, report = desk.import_report(tmp_path, twice, "--service", "S", *NODE, "--skip-errors")
    assert ran.code == 3
    assert desk.rates() == {f"{SMS}/FR": "0.04"}
    for kind, price in (("first", "0.05"), ("last", "0.06")):
        desk.ok("import", twice, "--service", "S", *NODE, "--mode", "replace", "--duplicates", kind)
        assert desk.rates() == {f"{SMS}/DE": price, f"{SMS}/FR": "0.04"}


def test_modes(desk: Desk, write: Write) -> None:
    def rates(*names: str) -> set[str]:
        return {f"{SMS}/{name}" for name in names}

    base = write("b.csv", "Country,MCCMNC,Price", "DE,26201,0.05", "DE,26202,0.06", "FR,20801,0.04")
    part = write("p.csv", "Country,MCCMNC,Price", "DE,26203,0.07")
    desk.ok("import", base, "--service", "S")
    ran = desk("import", part, "--service", "S")
    assert ran.code == 2
    assert "--mode merge" in ran.err
    desk.ok("import", part, "--service", "S", "--mode", "merge")
    assert set(desk.rates()) == rates("DE/26201", "DE/26202", "DE/26203", "FR/20801")
    desk.ok("import", part, "--service", "S", "--mode", "replace-listed")
    assert set(desk.rates()) == rates("DE/26203", "FR/20801")
    desk.ok("import", part, "--service", "S", "--mode", "replace")
    assert set(desk.rates()) == rates("DE/26203")


def test_decimal_unit_currency_encoding_delimiter(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "l.txt"
    path.write_bytes("Страна|Цена\nГермания|1,250\nФранция|2,500\n".encode("cp1251"))
    options = (
        *("import", path, "--service", "S", *NODE, "--encoding", "cp1251", "--delimiter", "pipe"),
        *_columns("A=attribute:country", "B=price"),
    )
    ran = desk(*options)
    assert ran.code == 2
    assert "--decimal" in ran.err
    desk.ok(*options, "--decimal", ",", "--unit", "0.01", "--currency", "usd")
    assert desk.rates() == {f"{SMS}/DE": "0.0125", f"{SMS}/FR": "0.025"}
    desk.ok(*options, "--decimal", ".", "--mode", "replace")
    assert desk.rates() == {f"{SMS}/DE": "1250", f"{SMS}/FR": "2500"}
    ran = desk(*options, "--decimal", ",", "--currency", "EUR", "--mode", "replace")
    assert ran.code == 2
    assert "EUR" in ran.err


def test_effective_date_and_date_order(desk: Desk, write: Write) -> None:
    dated = write(
        "d.csv", "Country,Price,Effective date", "DE,0.05,01.02.2026", "DE,0.06,01.03.2026"
    )
    options = (
        *("import", dated, "--service", "S", *NODE),
        *_columns("A=attribute:country", "B=price", "C=effective_from"),
    )
    ran = desk(*options, "--effective", "2026-03-15", "--date-order", "dmy")
    assert ran.code == 0, ran
    assert desk.rates() == {f"{SMS}/DE": "0.06"}
    ran = desk(*options, "--effective", "2026-02-15", "--date-order", "dmy", "--mode", "replace")
    assert ran.code == 0, ran
    assert desk.rates() == {f"{SMS}/DE": "0.05"}


def test_rates_of_a_later_day_are_told_to_be_live_at_once(
    desk: Desk, write: Write, tmp_path: Path
) -> None:
    later = (dt.datetime.now(dt.UTC) + dt.timedelta(days=90)).date().isoformat()
    dated = write("d.csv", "Country,Price,Effective date", f"DE,0.05,{later}")
    options = (dated, "--service", "S", *NODE, "--mode", "replace")

    def told(*more: object) -> list[tuple[str, str]]:
        ran, report = desk.import_report(tmp_path, *options, *more)
        assert ran.code == 0, ran
        return [
            (issue["severity"], issue["reason"])
            for issue in report["issues"]
            if "live at once" in issue["reason"]
        ]

    [(severity, reason)] = told("--effective", later)
    assert severity == "warning"
    assert f"take effect on {later} but the scope is in force now" in reason
    desk.ok("scope", "add", "--service", "S", "--from", later)
    assert told("--effective", later, "--scope", 2) == []
    write("d.csv", "Country,Price", "DE,0.05")
    assert told() == [("info", "the scope is in force: changes are live at once")]


def test_expected_revision(desk: Desk, plain_list: Path) -> None:
    desk.ok("import", plain_list, "--service", "S", "--expect-rev", 0)
    before = dump(desk.target)
    ran = desk("import", plain_list, "--service", "S", "--mode", "merge", "--expect-rev", 0)
    assert ran.code == 1
    assert "revision 1" in ran.err
    assert dump(desk.target) == before
    desk.ok("import", plain_list, "--service", "S", "--mode", "merge", "--expect-rev", 1)


def test_a_protected_book_needs_its_password(desk: Desk, tmp_path: Path) -> None:
    from msoffcrypto.format.ooxml import OOXMLFile

    plain, locked = tmp_path / "plain.xlsx", tmp_path / "locked.xlsx"
    book = xlsxwriter.Workbook(str(plain))
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["Country", "MCCMNC", "Price"])
    sheet.write_row(1, 0, ["DE", "26201", 0.05])
    sheet.write_row(2, 0, ["FR", "20801", 0.04])
    book.close()
    with plain.open("rb") as source, locked.open("wb") as target:
        OOXMLFile(source).encrypt("Grün 7", target)
    right, wrong = tmp_path / "right.txt", tmp_path / "wrong.txt"
    right.write_text("Grün 7\n", encoding="utf-8")
    wrong.write_text("blue", encoding="utf-8")
    for extra in ((), ("--password-file", wrong)):
        ran = desk("import", locked, "--service", "S", *extra)
        assert ran.code == 1, ran
        assert "password" in ran.err
        assert "Grün" not in ran.err
    desk.ok("import", locked, "--service", "S", "--password-file", right)
    assert len(desk.rates()) == 2


def test_a_protected_old_book(desk: Desk, tmp_path: Path) -> None:
    book = SHARED / "corpus" / "encrypted_msoffcrypto" / "rc4cryptoapi_password.xls"
    if not book.exists():
        pytest.skip(f"{book} is not there")
    secret = tmp_path / "secret.txt"
    secret.write_text("Password1234_", encoding="utf-8")
    assert desk("inspect", book).code == 1
    assert desk.ok("inspect", book, "--password-file", secret, "--json").json["type"] == "xls"


def test_hidden_rows_can_be_left_out(desk: Desk, tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "h.xlsx"))
    sheet = book.add_worksheet()
    for number, row in enumerate([["Country", "Price"], ["DE", 0.05], ["FR", 0.04], ["ES", 0.03]]):
        sheet.write_row(number, 0, row)
    sheet.set_row(2, options={"hidden": True})
    book.close()
    options = ("import", tmp_path / "h.xlsx", "--service", "S", *NODE)
    desk.ok(*options)
    assert set(desk.rates()) == {f"{SMS}/DE", f"{SMS}/FR", f"{SMS}/ES"}
    desk.ok(*options, "--mode", "replace", "--skip-hidden")
    assert set(desk.rates()) == {f"{SMS}/DE", f"{SMS}/ES"}


def test_profiles_are_saved_recognised_and_tell_moved_columns(
    desk: Desk, write: Write, tmp_path: Path
) -> None:
    january = write("1.csv", "Where,Code,Charge", "DE,26201,0.05", "FR,20801,0.04", "ES,21401,0.03")
    desk.ok(
        "import", january, "--service", "S", *NODE, "--vendor", "Nord", "--save-profile", "Nord A",
        *_columns("A=attribute:country", "B=attribute:mccmnc", "C=price"),
    )  # fmt: skip
    february = write(
        "2.csv", "Where,Code,Charge", "DE,26201,0.06", "FR,20801,0.04", "ES,21401,0.03"
    )
    ran, report = desk.import_report(
        tmp_path, february, "--service", "S", *NODE, "--vendor", "Nord", "--mode", "replace"
    )
    assert ran.code == 0, ran
    assert report["profile"] == "Nord A"
    assert report["changes"]["increased"] == 1
    march = write("3.csv", "Code,Where,Charge", "26201,DE,0.07", "20801,FR,0.04", "21401,ES,0.03")
    ran, report = desk.import_report(
        tmp_path, march, "--service", "S", *NODE, "--vendor", "Nord", "--mode", "replace",
        "--profile", "Nord A",
    )  # fmt: skip
    assert ran.code == 0, ran
    told = [issue["reason"] for issue in report["issues"] if issue["severity"] == "warning"]
    assert 'Column "Where" moved from A to B.' in told
    assert desk.rates()[f"{SMS}/DE/26201"] == "0.07"
    assert report["changes"]["removed"] == 0
