"""The report of an import: every field, from a file whose truth is known."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import xlsxwriter

from tests.helpers.command_line import Desk

Write = Callable[..., Path]


def _workbook(path: Path) -> Path:
    """Write a book with a cover sheet and a list with a title, a header, six rows and a footer."""
    book = xlsxwriter.Workbook(str(path))
    book.add_worksheet("Cover").write(0, 0, "Welcome to our prices")
    sheet = book.add_worksheet("Rates")
    rows = [
        ["Price list of Nord", "", ""],
        ["Country", "MCCMNC", "Price USD"],
        ["Germany", "26201", 0.05],
        ["Germany", "26202", 0.06],
        ["Germany", "26202", 0.06],  # the same again
        ["France", "20801", 0.04],
        ["France", "20810", "call us"],  # no price
        ["", "", ""],
        ["Spain", "21401", 0.02],
    ]
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    book.close()
    return path


def test_every_field(desk: Desk, tmp_path: Path) -> None:
    book, rejects = _workbook(tmp_path / "nord.xlsx"), tmp_path / "rejects.csv"
    ran, report = desk.import_report(
        tmp_path, book, "--service", "S", "--sheet", "Rates", "--skip-errors",
        "--rejects", rejects,
    )  # fmt: skip
    assert ran.code == 3, ran
    assert report["file"] == str(book)
    assert report["type"] == "xlsx"
    assert report["kind"] == "standard"
    assert report["sheet"] == "Rates"
    assert report["header_row"] == 2
    assert report["profile"] is None
    assert report["node"] == "SMS messaging/SMS message"
    assert report["decimal"] == "."
    assert report["currency"] == "USD"
    assert report["revision"] == 1
    rows = report["rows"]
    assert rows == {
        "read": 9, "imported": 4, "merged": 1, "skipped": 0, "not_data": 3, "errors": 1,
    }  # fmt: skip
    assert rows["read"] == sum(count for name, count in rows.items() if name != "read")
    assert report["tree"] == {
        "leaves": 4,
        "staying": 0,
        "levels": [{"attribute": "country", "nodes": 3}, {"attribute": "mccmnc", "nodes": 4}],
    }
    assert report["changes"] == {
        "new": 4, "increased": 0, "decreased": 0, "changed": 0, "unchanged": 0, "removed": 0,
    }  # fmt: skip
    by_letter = {column["column"]: column for column in report["columns"]}
    assert by_letter["A"] == {
        "column": "A", "header": "Country", "role": "attribute", "attribute": "country",
        "distinct": 3, "auto": 3, "suggested": 0, "unmatched": 0,
    }  # fmt: skip
    assert by_letter["B"]["attribute"] == "mccmnc"
    assert by_letter["B"]["distinct"] == 5
    assert (by_letter["C"]["role"], by_letter["C"]["header"]) == ("price", "Price USD")
    errors = [issue for issue in report["issues"] if issue["severity"] == "error"]
    assert [(e["sheet"], e["row"], e["column"], e["value"]) for e in errors] == [
        ("Rates", 7, "C", "call us")
    ]
    assert errors[0]["reason"]
    assert errors[0]["reason"] in ran.err
    with rejects.open(encoding="utf-8-sig", newline="") as file:
        header, *lines = csv.reader(file)
    assert header == ["row", "reason", "Country", "MCCMNC", "Price USD"]
    assert [[line[0], *line[2:]] for line in lines] == [["7", "France", "20810", "call us"]]
    assert "C7" in lines[0][1]


def test_values_taken_by_likeness_are_told(desk: Desk, write: Write, tmp_path: Path) -> None:
    sheet = write(
        "1.csv", "Country,Price", "Grmany,0.05", "France,0.04", "Switzerlnd,0.04", "Italy,0.03"
    )
    ran, report = desk.import_report(
        tmp_path, sheet, "--service", "S", "--node", "SMS messaging/SMS message"
    )
    assert ran.code == 0, ran
    assert report["columns"][0]["auto"] == 4
    [issue] = [i for i in report["issues"] if "by likeness" in i["reason"]]
    assert (issue["severity"], issue["column"]) == ("info", "A")
    assert issue["reason"].startswith("2 values taken by likeness: Grmany → DE (92 %), ")
    assert "Switzerlnd → CH (" in issue["reason"]


def test_changes_count_leaves(desk: Desk, write: Write, tmp_path: Path) -> None:
    header = "Country,MCCMNC,Price,Type"
    first = write(
        "1.csv", header, "DE,26201,0.05,Flat", "DE,26202,0.06,Flat", "FR,20801,0.04,Flat",
        "FR,20810,0.04,Flat", "ES,21401,0.02,Flat",
    )  # fmt: skip
    second = write(
        "2.csv", header, "DE,26201,0.07,Flat", "DE,26202,0.05,Flat", "FR,20801,0.04,Flat",
        "FR,20810,,Blocked", "IT,22201,0.03,Flat",
    )  # fmt: skip
    columns = (
        *("--column", "A=attribute:country", "--column", "B=attribute:mccmnc"),
        *("--column", "C=price", "--column", "D=price_type"),
        *("--node", "SMS messaging/SMS message"),
    )
    desk.ok("import", first, "--service", "S", *columns)
    ran, report = desk.import_report(
        tmp_path, second, "--service", "S", "--mode", "replace", *columns
    )
    assert ran.code == 0, ran
    assert report["changes"] == {
        "new": 1, "increased": 1, "decreased": 1, "changed": 1, "unchanged": 1, "removed": 1,
    }  # fmt: skip
    assert report["revision"] == 2
    assert desk.rates() == {
        "sms/sms_message/DE/26201": "0.07", "sms/sms_message/DE/26202": "0.05",
        "sms/sms_message/FR/20801": "0.04", "sms/sms_message/FR/20810": "Blocked",
        "sms/sms_message/IT/22201": "0.03",
    }  # fmt: skip


def test_inspect_tells_what_an_import_will_take(desk: Desk, tmp_path: Path) -> None:
    book = _workbook(tmp_path / "nord.xlsx")
    found = desk.ok("inspect", book, "--json").json
    assert (found["file"], found["type"]) == (str(book), "xlsx")
    assert found["encoding"] is None
    assert found["delimiter"] is None
    cover, rates = found["sheets"]
    assert (cover["name"], cover["hidden"], cover["rows"]) == ("Cover", False, 1)
    assert cover["currency"] is None
    assert (rates["header_row"], rates["end_row"], rates["rows"]) == (2, 9, 9)
    assert (rates["decimal"], rates["currency"], rates["domain"]) == (".", "USD", "sms")
    assert [(c["column"], c["header"], c["role"], c["attribute"]) for c in rates["columns"]] == [
        ("A", "Country", "attribute", "country"),
        ("B", "MCCMNC", "attribute", "mccmnc"),
        ("C", "Price USD", "price", None),
    ]
    assert all(c["reason"] for c in rates["columns"])
    shown = desk.ok("inspect", book).out
    assert "Sheet Rates: 9 rows" in shown
    assert "Price USD" in shown


def test_inspect_tells_encoding_and_delimiter(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "liste.csv"
    path.write_bytes("Land;Netz;Preis €\nÖsterreich;A1;0,05\nDänemark;TDC;0,06\n".encode("cp1252"))
    found = desk.ok("inspect", path, "--json").json
    assert (found["type"], found["delimiter"]) == ("csv", ";")
    assert found["encoding"].replace("-", "").lower() in {"cp1252", "windows1252"}
    sheet = found["sheets"][0]
    assert (sheet["decimal"], sheet["currency"]) == (",", "EUR")
    told = desk.ok("inspect", path, "--json", "--encoding", "cp1252", "--delimiter", "semicolon")
    assert told.json["sheets"][0]["columns"] == sheet["columns"]


def test_a_dry_run_reports_the_same_and_writes_nothing(
    desk: Desk, plain_list: Path, tmp_path: Path
) -> None:
    dry, planned = desk.import_report(tmp_path, plain_list, "--service", "S", "--dry-run")
    assert dry.code == 0
    assert desk.rates() == {}
    real, done = desk.import_report(tmp_path, plain_list, "--service", "S")
    assert real.code == 0
    for report in (planned, done):
        for name in ("revision", "written", "import"):
            report.pop(name, None)
    assert json.dumps(planned) == json.dumps(done)
