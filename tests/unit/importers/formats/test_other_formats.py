"""Impostors and the rest: HTML, SpreadsheetML, web archives, passwords, foreign files."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from importers.formats.book import OpenOptions
from importers.formats.reading import open_book
from importers.records import CellError, FileProblem, Merge, PasswordNeeded
from tests.unit.importers.formats.sheets import only, read, reasons, rows, write, write_zip

CORPUS = Path(__file__).resolve().parents[4] / ".." / "shared" / "data" / "corpus"
needs_corpus = pytest.mark.skipif(not CORPUS.exists(), reason="the file corpus is not here")

HTML = """<html><head><meta charset="{charset}"><style>td {{ color: red }}</style></head><body>
<table><tr><td><table>
<tr><th>Land</th><th colspan="2">Preis<br>EUR</th></tr>
<tr><td rowspan="2">Österreich</td><td>007</td><td x:num="0.04567">0,05</td></tr>
<tr style="display:none"><td> a &amp;   b </td><td></td></tr>
</table></td></tr></table></body></html>"""


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16"])
def test_q01_html_named_xls(tmp_path: Path, encoding: str) -> None:
    path = write(tmp_path / "a.xls", HTML.format(charset=encoding), encoding)
    book = open_book(path)
    assert book.type == "html"
    assert "named .xls but it is an HTML table" in reasons(book)
    sheet = only(book)
    assert rows(sheet) == [
        ["Land", "Preis\nEUR", None],
        ["Österreich", "007", 0.04567],
        [None, "a & b", None],
    ]
    assert sheet.merges == (Merge(0, 1, 0, 2), Merge(1, 0, 2, 0))
    assert sheet.hidden_rows.tolist() == [2]


def test_html_without_charset_is_guessed_and_told(tmp_path: Path) -> None:
    page = "<table>" + "<tr><td>Россия</td><td>Мегафон</td></tr>" * 5 + "</table>"
    book = open_book(write(tmp_path / "a.xls", page, "cp1251"))
    assert only(book).row_texts(0) == ["Россия", "Мегафон"]
    assert "encoding guessed: cp1251" in reasons(book)


def test_html_tables_are_sheets(tmp_path: Path) -> None:
    page = "<table><tr><td>a</td></tr></table><table><tr><td>b</td></tr></table>"
    path = write(tmp_path / "a.html", page)
    assert open_book(path).sheet_names == ("Table 1", "Table 2")
    assert read(path, sheets=(1,)).cell(0, 0) == "b"


def test_html_page_without_table(tmp_path: Path) -> None:
    with pytest.raises(FileProblem, match="HTML page without a table"):
        open_book(write(tmp_path / "a.xls", "<html><body>Please log in</body></html>"))


def test_html_with_absurd_spans(tmp_path: Path) -> None:
    cell = '<td colspan="900000000" rowspan="900000000">x</td>'
    with pytest.raises(FileProblem, match=r"a\.xls"):
        open_book(write(tmp_path / "a.xls", f"<table><tr>{cell * 9}</tr></table>"))


def test_q01_web_archive_named_xls(tmp_path: Path) -> None:
    text = (
        "MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\n"
        "--x\r\nContent-Type: text/html; charset=utf-8\r\n"
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
        "<table><tr><td>=C3=96sterreich</td><td>0,05</td></tr></table>\r\n--x--\r\n"
    )
    book = open_book(write(tmp_path / "a.xls", text))
    assert book.type == "mht"
    assert rows(only(book)) == [["Österreich", "0,05"]]


def test_q01_tsv_named_xls(tmp_path: Path) -> None:
    book = open_book(write(tmp_path / "a.xls", "MCC\tMNC\n262\t007\n"))
    assert (book.type, book.delimiter) == ("tsv", "\t")
    assert rows(only(book)) == [["MCC", "MNC"], ["262", "007"]]
    assert "named .xls but it is a tab-separated text table" in reasons(book)


SPREADSHEETML = """<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"
 xmlns:x="urn:schemas-microsoft-com:office:excel"
 xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">
<Styles><Style ss:ID="z"><NumberFormat ss:Format="000"/></Style></Styles>
<Worksheet ss:Name="Rates"><Table><Column/><Column ss:Hidden="1"/>
<Row ss:Index="3"><Cell ss:MergeAcross="1"><Data ss:Type="String">Länder &amp; Netze</Data></Cell>
 <Cell><Data ss:Type="Number">0.05</Data></Cell></Row>
<Row ss:Hidden="1"><Cell ss:Index="2" ss:StyleID="z"><Data ss:Type="Number">7</Data></Cell>
 <Cell><Data ss:Type="DateTime">2025-01-02T00:00:00.000</Data></Cell>
 <Cell><Data ss:Type="Boolean">1</Data></Cell><Cell ss:Formula="=1"/>
 <Cell><Data ss:Type="Error">#N/A</Data></Cell><Cell><Data ss:Type="String">007</Data></Cell></Row>
</Table></Worksheet>
<Worksheet ss:Name="Old"><Table/><x:WorksheetOptions><x:Visible>SheetHidden</x:Visible>
</x:WorksheetOptions></Worksheet></Workbook>"""


def test_q01_spreadsheetml_named_xls(tmp_path: Path) -> None:
    book = open_book(write(tmp_path / "a.xls", SPREADSHEETML))
    assert book.type == "spreadsheetml"
    sheet, old = book.sheets
    assert (old.name, old.hidden) == ("Old", True)
    assert rows(sheet)[2:] == [
        ["Länder & Netze", None, 0.05, None, None, None, None],
        [
            None, 7.0, dt.date(2025, 1, 2), True, CellError("formula without result"),
            CellError("#N/A"), "007",
        ],
    ]  # fmt: skip
    assert sheet.row_texts(3)[1] == "007"
    assert sheet.merges == (Merge(2, 0, 2, 1),)
    assert sheet.hidden_rows.tolist() == [3]
    assert [c.hidden for c in sheet.columns] == [False, True] + [False] * 5


def test_spreadsheetml_with_entities_is_refused(tmp_path: Path) -> None:
    bomb = '<!DOCTYPE Workbook [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    text = SPREADSHEETML.replace("<Workbook", bomb + "<Workbook", 1)
    with pytest.raises(FileProblem, match="declares XML entities"):
        open_book(write(tmp_path / "a.xls", text))


def test_broken_spreadsheetml(tmp_path: Path) -> None:
    with pytest.raises(FileProblem, match="broken XML"):
        open_book(write(tmp_path / "a.xls", SPREADSHEETML[:900]))


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"%PDF-1.7 ...", "PDF"),
        (b"{\\rtf1 x}", "RTF"),
        (b"\x89PNG\r\n\x1a\n", "picture"),
        (b"\x1f\x8b\x08\x00", "GZIP"),
        (bytes(range(1, 256)) * 20, "neither a spreadsheet nor a text table"),
        (b"<?xml version='1.0'?><note/>", "XML file of an unknown kind"),
    ],
)
def test_foreign_files_are_named(tmp_path: Path, content: bytes, what: str) -> None:
    with pytest.raises(FileProblem, match=what):
        open_book(write(tmp_path / "prices.xls", content))


@pytest.mark.parametrize(
    ("part", "what"),
    [
        ("word/document.xml", "Word document"),
        ("Index/Document.iwa", "Apple Numbers"),
        ("prices.csv", "ZIP archive"),
    ],
)
def test_foreign_packages_are_named(tmp_path: Path, part: str, what: str) -> None:
    with pytest.raises(FileProblem, match=what):
        open_book(write_zip(tmp_path / "prices.xlsx", {part: b"x"}))


# --------------------------------------------------------------------------- passwords

PROTECTED = [
    ("encrypted_msoffcrypto/example_password.xlsx", "Password1234_"),
    ("encrypted_msoffcrypto/rc4cryptoapi_password.xls", "Password1234_"),
    ("encrypted_msoffcrypto/xor_password_123456789012345.xls", "123456789012345"),
]


@needs_corpus
@pytest.mark.parametrize(("name", "password"), PROTECTED)
def test_q02_password(name: str, password: str) -> None:
    with pytest.raises(PasswordNeeded, match="is protected with a password: give it with"):
        open_book(CORPUS / name)
    with pytest.raises(PasswordNeeded, match="is wrong"):
        open_book(CORPUS / name, OpenOptions(password="wrong"))
    book = open_book(CORPUS / name, OpenOptions(password=password))
    assert any(s.row_count for s in book.sheets)


@needs_corpus
def test_q02_encrypted_ods_is_not_supported_and_says_so() -> None:
    with pytest.raises(PasswordNeeded, match="for ODS files that is not supported"):
        open_book(CORPUS / "calamine/pass_protected.ods", OpenOptions(password="x"))


@needs_corpus
def test_a_looped_container_is_refused_at_once() -> None:
    with pytest.raises(FileProblem, match="runs in a circle"):
        open_book(CORPUS / "phpspreadsheet_xls/oleloop.xls")
