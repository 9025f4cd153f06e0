"""XLSX and the other workbook formats: typed cells, places, hidden parts, errors, dates."""

from __future__ import annotations

import datetime as dt
import re
import struct
import zipfile
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from importers.formats.limits import memory_limit, time_limit
from importers.formats.package import Parts
from importers.formats.reading import open_book
from importers.formats.sheet_scan import scan_sheet
from importers.formats.sheet_walk import walk_sheet
from importers.records import CellError, FileProblem, Merge, Severity
from tests.unit.importers.formats.sheets import (
    SHEET,
    only,
    raw_xlsx,
    read,
    reasons,
    rows,
    write_zip,
    xlsx_parts,
)

NO_RESULT = CellError("formula without result")


def moment(*numbers: int) -> dt.datetime:
    """Return a local time: spreadsheets know no zones."""
    return dt.datetime(*numbers)  # type: ignore[arg-type]  # noqa: DTZ001


def workbook(path: Path, **options: Any) -> xlsxwriter.Workbook:
    return xlsxwriter.Workbook(str(path), options)


def test_typed_values(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = workbook(path)
    sheet = book.add_worksheet("Rates")
    date = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.write_row(0, 0, ["007", "0,0123", " x ", "line\nbreak", "\u00a0", "1E3"])
    sheet.write_row(1, 0, [7, 0.1, 1e-7, True, 123456789012345])
    sheet.write_datetime(2, 0, moment(2025, 3, 1), date)
    sheet.write_datetime(2, 1, moment(2025, 3, 1, 12, 30), date)
    sheet.write_datetime(2, 2, dt.time(13, 5), book.add_format({"num_format": "hh:mm"}))
    book.close()
    assert rows(read(path)) == [
        ["007", "0,0123", " x ", "line\nbreak", "\u00a0", "1E3"],
        [7.0, 0.1, 1e-7, True, 123456789012345.0, None],
        [dt.date(2025, 3, 1), moment(2025, 3, 1, 12, 30), dt.time(13, 5), None, None, None],
    ]


def test_number_one_true_and_text_one_stay_apart(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = workbook(path)
    book.add_worksheet().write_column(0, 0, [1, True, "1", 1.5, False, 0, "0"])
    book.close()
    column = read(path).columns[0]
    assert [column.values[c] for c in column.codes] == [1.0, True, "1", 1.5, False, 0.0, "0"]
    assert [type(column.values[c]) for c in column.codes] == [
        float, bool, str, float, bool, float, str,
    ]  # fmt: skip


def test_q14_true_rows_and_columns_and_no_empty_area(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = workbook(path)
    sheet = book.add_worksheet()
    sheet.write("C5", "price")
    sheet.write("D7", 0.05)
    sheet.write_blank("K900", None, book.add_format({"bold": True}))
    book.close()
    parsed = read(path)
    assert (parsed.row_count, len(parsed.columns)) == (7, 4)
    assert parsed.cell(4, 2) == "price"
    assert parsed.cell(6, 3) == 0.05
    assert sum(cell is not None for row in rows(parsed) for cell in row) == 2


def test_number_formats_of_columns(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = workbook(path)
    sheet = book.add_worksheet()
    zeros = book.add_format({"num_format": "000"})
    sheet.write_row(0, 0, ["MNC", "Price", "Plain"])
    for row in range(1, 40):
        sheet.write_number(row, 0, row, zeros)
        sheet.write_number(row, 1, row / 100, book.add_format({"num_format": 4}))
        sheet.write_number(row, 2, row)
    sheet.write_number(40, 0, 5)
    book.close()
    parsed = read(path)
    assert [c.number_format for c in parsed.columns] == ["000", "#,##0.00", ""]
    assert parsed.row_texts(7) == ["007", "0.07", "7"]


def test_q08_all_sheets_hidden_ones_marked(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = workbook(path)
    book.add_worksheet("Rates").write(0, 0, "x")
    book.add_worksheet("Old").hide()
    book.add_worksheet("Secret").very_hidden()
    book.add_chartsheet("Chart")
    book.close()
    result = open_book(path)
    assert [(s.name, s.hidden, s.row_count) for s in result.sheets] == [
        ("Rates", False, 1),
        ("Old", True, 0),
        ("Secret", True, 0),
    ]


def test_sheets_can_be_chosen(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = workbook(path)
    for name in ("A", "B", "C"):
        book.add_worksheet(name).write(0, 0, name)
    book.close()
    assert read(path, sheets=("B",)).name == "B"
    assert read(path, sheets=(2,)).cell(0, 0) == "C"
    with pytest.raises(FileProblem, match="no sheet 'D': its sheets are 'A', 'B', 'C'"):
        read(path, sheets=("D",))


def test_q09_hidden_rows_and_columns_are_marked(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = workbook(path)
    sheet = book.add_worksheet()
    for row in range(6):
        sheet.write_row(row, 0, [row, "a", "b", "c"])
    sheet.set_row(2, None, None, {"hidden": True})
    sheet.set_row(4, None, None, {"hidden": True})
    sheet.set_row(50, None, None, {"hidden": True})
    sheet.set_column("B:C", None, None, {"hidden": True})
    book.close()
    parsed = read(path)
    assert parsed.visibility_known
    assert parsed.hidden_rows.tolist() == [2, 4]
    assert [c.hidden for c in parsed.columns] == [False, True, True, False]
    assert parsed.cell(2, 0) == 2.0


def test_q11_merged_ranges(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = workbook(path)
    sheet = book.add_worksheet()
    sheet.merge_range("B2:C4", "Germany")
    sheet.write("D5", 1)
    book.close()
    parsed = read(path)
    assert parsed.merges == (Merge(1, 1, 3, 2),)
    assert (parsed.cell(1, 1), parsed.cell(2, 1)) == ("Germany", None)


def test_q17_errors_and_formulas(tmp_path: Path) -> None:
    path = raw_xlsx(
        tmp_path / "a.xlsx",
        '<row r="2">'
        '<c r="A2" t="e"><f>NA()</f><v>#N/A</v></c><c r="B2" t="e"><v>#REF!</v></c>'
        '<c r="C2"><f>1+1</f></c><c r="D2"><f>1+1</f><v></v></c><c r="E2"><f>1+1</f><v/></c>'
        '<c r="F2"><f t="shared" si="0"/></c><c r="G2"><f>1+1</f><v>2</v></c>'
        '<c r="H2" t="str"><f>""</f><v></v></c><c r="I2" t="str"><f>"007"</f><v>007</v></c>'
        '</row><row r="9"><c r="K9" t="e"><v>#DIV/0!</v></c></row>',
    )
    parsed = read(path)
    assert (parsed.row_count, len(parsed.columns)) == (9, 11)
    assert rows(parsed)[1][:9] == [
        CellError("#N/A"), CellError("#REF!"), NO_RESULT, NO_RESULT, NO_RESULT, NO_RESULT,
        2.0, None, "007",
    ]  # fmt: skip
    assert parsed.cell(8, 10) == CellError("#DIV/0!")


def test_q17_formulas_that_nobody_calculated_are_doubted(tmp_path: Path) -> None:
    cells = '<row r="1"><c r="A1"><f>B1*2</f><v>0</v></c></row>'
    doubtful = open_book(
        raw_xlsx(tmp_path / "a.xlsx", cells, calc='<calcPr calcId="1" fullCalcOnLoad="1"/>')
    )
    assert [n.severity for n in doubtful.notes] == [Severity.WARNING]
    assert "save it and import that" in reasons(doubtful)
    assert not open_book(raw_xlsx(tmp_path / "b.xlsx", cells)).notes


def test_a_number_with_leading_zeros_is_text(tmp_path: Path) -> None:
    path = raw_xlsx(
        tmp_path / "a.xlsx",
        '<row r="1"><c r="A1"><f>TEXT(7,"000")</f><v>0100</v></c><c r="B1" t="n"><v>007</v></c>'
        '<c r="C1" t="str"><f>1</f><v>01</v></c>'
        '<c r="D1"><v>0.5</v></c><c r="E1"><v>100</v></c></row>',
    )
    values = rows(read(path))[0]
    assert values == ["0100", "007", "01", 0.5, 100.0]
    assert 100.0 not in read(path).columns[0].values


def test_a_cell_the_bulk_reader_refuses_does_not_lose_the_sheet(tmp_path: Path) -> None:
    path = raw_xlsx(
        tmp_path / "a.xlsx",
        '<row r="1"><c r="A1" t="b"><v>01</v></c><c r="B1"><v>0.5</v></c></row>'
        '<row r="2"><c r="B2" t="inlineStr"><is><t>007</t></is></c></row>',
    )
    assert rows(read(path))[0][1:] == [0.5]
    assert read(path).cell(1, 1) == "007"


def test_a_repeated_error_is_one_value(tmp_path: Path) -> None:
    cells = "".join(f'<row r="{r}"><c r="A{r}" t="e"><v>#N/A</v></c></row>' for r in range(1, 2000))
    column = read(raw_xlsx(tmp_path / "a.xlsx", cells)).columns[0]
    assert column.values == [None, CellError("#N/A")]
    assert column.codes.tolist() == [1] * 1999


def test_q18_date_systems(tmp_path: Path) -> None:
    for name, system in (("a.xlsx", False), ("b.xlsx", True)):
        book = workbook(tmp_path / name, date_1904=system)
        sheet = book.add_worksheet()
        sheet.write_datetime(
            0, 0, moment(2025, 1, 2), book.add_format({"num_format": "dd/mm/yyyy"})
        )
        sheet.write_number(0, 1, 45352)
        book.close()
        parsed = read(tmp_path / name)
        assert parsed.date_1904 is system
        assert rows(parsed) == [[dt.date(2025, 1, 2), 45352.0]]


@pytest.mark.parametrize("name", ["a.xls", "a.csv", "a.ods", "noname"])
def test_q01_a_workbook_is_known_by_content(tmp_path: Path, name: str) -> None:
    book = workbook(tmp_path / name)
    book.add_worksheet().write(0, 0, "007")
    book.close()
    result = open_book(tmp_path / name)
    assert result.type == "xlsx"
    assert rows(only(result)) == [["007"]]
    assert ("but it is an Excel workbook (XLSX)" in reasons(result)) == (name != "noname")


# --------------------------------------------------------------------------- the scan

UNUSUAL = {
    "prefix": lambda xml: re.sub(r"<(/?)", r"<\1x:", xml).replace("xmlns=", "xmlns:x="),
    "utf-16": lambda xml: ('<?xml version="1.0" encoding="UTF-16"?>' + xml).encode("utf-16"),
    "single quotes": lambda xml: xml.replace('"', "'"),
    "spaced": lambda xml: xml.replace("><", ">\n<"),
    "no references": lambda xml: re.sub(r' r="[A-Z]*\d+"', "", xml),
    "reference not first": lambda xml: re.sub(r'<c (r="\w+") t="(\w+)"', r'<c t="\2" \1', xml),
}
CELLS = (
    '<row r="1" hidden="1"><c r="A1" t="e"><v>#N/A</v></c><c r="B1"><f>1</f></c></row>'
    '<row r="2"><c r="A2" t="str"><f>1</f><v></v></c><c r="B2" s="1"><v>7</v></c>'
    '<c r="C2"><v>007</v></c></row><row r="3" hidden="true"><c r="A3"/><c r="B3"/></row>'
)
COLUMNS = '<cols><col min="2" max="3" width="0" hidden="1"/></cols>'


@pytest.mark.parametrize("spelling", UNUSUAL)
def test_the_slow_look_agrees_with_the_fast_one(tmp_path: Path, spelling: str) -> None:
    xml = SHEET.format(rows=CELLS, before=COLUMNS)
    facts = []
    for name, text in (("usual", xml), ("unusual", UNUSUAL[spelling](xml))):
        path = write_zip(tmp_path / f"{name}.xlsx", xlsx_parts(text))
        with zipfile.ZipFile(path) as archive:
            parts = Parts(archive, path.name)
            facts.append(scan_sheet(parts, "xl/worksheets/sheet1.xml", ("", "000")))
    assert facts[0] == facts[1]
    assert facts[0].hidden_rows == [0, 2]
    assert facts[0].hidden_columns == {1, 2}
    assert facts[0].formats == {1: "000"}
    assert sorted(facts[0].marks, key=str) == sorted(
        [(0, 0, CellError("#N/A")), (0, 1, NO_RESULT), (1, 2, "007")], key=str
    )
    assert (facts[0].far_row, facts[0].far_column) == (1, 2)


def test_both_looks_agree_across_block_borders(tmp_path: Path) -> None:
    cells = "".join(
        f'<row r="{r}" hidden="{int(r % 7 == 0)}"><c r="A{r}"><v>{r}</v></c>'
        f'<c r="AB{r}" t="e"><v>#N/A</v></c></row>'
        for r in range(1, 40_000)
    )
    path = raw_xlsx(tmp_path / "a.xlsx", cells)
    with zipfile.ZipFile(path) as archive:
        parts = Parts(archive, path.name)
        fast = scan_sheet(parts, "xl/worksheets/sheet1.xml", ())
        slow = walk_sheet(parts.chunks("xl/worksheets/sheet1.xml"), path.name, ())
    assert fast == slow
    assert len(fast.marks) == 39_999
    assert fast.far_column == 27


def test_utf16_parts_are_read(tmp_path: Path) -> None:
    xml = '<?xml version="1.0" encoding="UTF-16"?>' + SHEET.format(rows=CELLS, before=COLUMNS)
    path = write_zip(tmp_path / "a.xlsx", xlsx_parts(xml.encode("utf-16")))
    parsed = read(path)
    assert rows(parsed)[0] == [CellError("#N/A"), NO_RESULT, None]
    assert parsed.hidden_rows.tolist() == [0]


# --------------------------------------------------------------------------- hostile files


def test_far_apart_cells_are_refused(tmp_path: Path) -> None:
    path = raw_xlsx(
        tmp_path / "a.xlsx",
        '<row r="1"><c r="A1"><v>1</v></c></row>'
        '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
    )
    with pytest.raises(FileProblem, match="reaches down to XFD1048576"):
        open_book(path)


def test_too_many_columns_are_refused(tmp_path: Path) -> None:
    path = raw_xlsx(tmp_path / "a.xlsx", '<row r="1"><c r="AAA1"><v>1</v></c></row>')
    with pytest.raises(FileProblem, match="sheet 'Rates' has 703 columns"):
        open_book(path)


def test_a_sheet_packed_too_tight_is_refused(tmp_path: Path) -> None:
    path = raw_xlsx(tmp_path / "a.xlsx", " " * (30 << 20))
    with pytest.raises(FileProblem, match="packed suspiciously tight"):
        open_book(path)


def test_a_part_larger_than_it_says_is_refused(tmp_path: Path) -> None:
    path = raw_xlsx(tmp_path / "a.xlsx", '<row r="1"><c r="A1"><v>1</v></c></row>' + " " * 10_000)
    data = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        size = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    lie, place = struct.pack("<I", 300), 0
    while (place := data.find(struct.pack("<I", size), place)) >= 0:
        data[place : place + 4] = lie
    path.write_bytes(data)
    with pytest.raises(FileProblem, match="damaged"):
        open_book(path)


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml"])
def test_entities_are_refused(tmp_path: Path, part: str) -> None:
    parts = xlsx_parts(SHEET.format(rows=CELLS, before=""))
    bomb = b'<!DOCTYPE w [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    parts[part] = bomb + parts[part]
    with pytest.raises(FileProblem, match="declares XML entities"):
        open_book(write_zip(tmp_path / "a.xlsx", parts))


def test_too_many_parts_are_refused(tmp_path: Path) -> None:
    parts = xlsx_parts(SHEET.format(rows=CELLS, before=""))
    parts |= {f"xl/media/{i}": b"" for i in range(10_001)}
    with pytest.raises(FileProblem, match="holds 10006 parts"):
        open_book(write_zip(tmp_path / "a.xlsx", parts))


def test_one_broken_sheet_leaves_the_others(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = workbook(path)
    book.add_worksheet("Good").write(0, 0, 1)
    book.add_worksheet("Bad").write(0, 0, 2)
    book.close()
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["xl/worksheets/sheet2.xml"] = parts["xl/worksheets/sheet2.xml"][:300]
    result = open_book(write_zip(path, parts))
    assert [s.name for s in result.sheets] == ["Good"]
    assert [n.sheet for n in result.notes if n.severity is Severity.WARNING] == ["Bad"]
    assert result.sheet_names == ("Good", "Bad")
    with pytest.raises(FileProblem, match="Bad"):
        read(path, sheets=("Bad",))


@pytest.mark.parametrize("cut", [10, 300, -30])
def test_q03_truncated(tmp_path: Path, cut: int) -> None:
    path = raw_xlsx(tmp_path / "a.xlsx", CELLS)
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(FileProblem, match=r"a\.xlsx is damaged"):
        open_book(path)


def test_q03_not_there_and_not_a_file(tmp_path: Path) -> None:
    with pytest.raises(FileProblem, match=r"gone\.xlsx is not there"):
        open_book(tmp_path / "gone.xlsx")
    with pytest.raises(FileProblem, match="is not a file"):
        open_book(tmp_path)


def test_limits_grow_with_the_unpacked_size(tmp_path: Path) -> None:
    small = raw_xlsx(tmp_path / "a.xlsx", CELLS)
    assert (time_limit(small), memory_limit(small)) == (20.0, 1 << 30)
    large = raw_xlsx(tmp_path / "b.xlsx", " " * (200 << 20))
    assert time_limit(large) == pytest.approx(60, abs=0.1)
    assert memory_limit(large) == pytest.approx(1312 << 20, rel=0.01)


# --------------------------------------------------------------------------- XLS, ODS, XLSB


def test_xls(tmp_path: Path) -> None:
    import xlwt

    book = xlwt.Workbook()
    sheet = book.add_sheet("Rates")
    book.add_sheet("Old").visibility = 1
    zeros = xlwt.easyxf(num_format_str="000")
    for row in range(4):
        sheet.write(row, 1, row + 1, zeros)
        sheet.write(row, 2, "007")
    sheet.write(4, 3, moment(2025, 1, 2), xlwt.easyxf(num_format_str="yyyy-mm-dd"))
    sheet.write_merge(6, 7, 1, 2, "merged")
    sheet.row(1).hidden = True
    sheet.col(2).hidden = True
    sheet.row(5).set_cell_error(3, 0x2A)
    book.save(str(tmp_path / "a.xls"))
    result = open_book(tmp_path / "a.xls")
    parsed = result.sheets[0]
    assert [s.hidden for s in result.sheets] == [False, True]
    assert parsed.cell(0, 1) == 1
    assert parsed.row_texts(0) == ["", "001", "007", ""]
    assert parsed.cell(4, 3) == dt.date(2025, 1, 2)
    assert parsed.cell(5, 3) == CellError("#N/A")
    assert parsed.merges == (Merge(6, 1, 7, 2),)
    assert parsed.hidden_rows.tolist() == [1]
    assert [c.hidden for c in parsed.columns] == [False, False, True, False]


ODS = (
    '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0" '
    'office:version="1.2"><office:body><office:spreadsheet><table:table table:name="Rates">'
    '<table:table-column/><table:table-column table:visibility="collapse" '
    'table:number-columns-repeated="2"/>'
    '<table:table-row table:number-rows-repeated="2"/>'
    '<table:table-row table:visibility="filter">'
    '<table:table-cell office:value-type="string"><text:p>007</text:p></table:table-cell>'
    '<table:table-cell table:formula="of:=1/0" office:value-type="float" office:value="0" '
    'calcext:value-type="error"><text:p>#DIV/0!</text:p></table:table-cell>'
    '<table:table-cell office:value-type="float" office:value="0.05"/>'
    '<table:table-cell table:formula="of:=1"/></table:table-row>'
    '<table:table-row><table:table-cell table:number-columns-spanned="2" '
    'office:value-type="string"><text:p>m</text:p></table:table-cell>'
    "<table:covered-table-cell/></table:table-row>"
    "</table:table></office:spreadsheet></office:body></office:document-content>"
)
MANIFEST = (
    '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
    '<manifest:file-entry manifest:full-path="/" '
    'manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/></manifest:manifest>'
)


def test_ods(tmp_path: Path) -> None:
    path = write_zip(
        tmp_path / "a.ods",
        {
            "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": ODS.encode(),
            "META-INF/manifest.xml": MANIFEST.encode(),
        },
    )
    parsed = read(path)
    assert rows(parsed)[2:] == [
        ["007", CellError("#DIV/0!"), 0.05, NO_RESULT],
        ["m", None, None, None],
    ]
    assert parsed.hidden_rows.tolist() == [2]
    assert [c.hidden for c in parsed.columns] == [False, True, True, False]
    assert parsed.merges == (Merge(3, 0, 3, 1),)


def record(kind: int, body: bytes = b"") -> bytes:
    """Return an XLSB record; lengths below 128 only."""
    return (bytes([kind]) if kind < 128 else bytes([kind & 127 | 128, kind >> 7])) + bytes(
        [len(body)]
    ) + body  # fmt: skip


def xlsb_sheet() -> bytes:
    cell = struct.pack("<II", 0, 0)
    return b"".join(
        [
            record(129),
            record(60, struct.pack("<IIIIH", 1, 1, 0, 0, 1)),
            record(148, bytes(16)),
            record(145),
            record(0, struct.pack("<IIHBBBI", 0, 0, 300, 0, 0, 0, 0)),
            record(5, cell + struct.pack("<d", 0.05)),
            record(0, struct.pack("<IIHBBBI", 1, 0, 300, 0, 0x10, 0, 0)),
            record(3, cell + b"\x2a"),
            record(146),
            record(176, struct.pack("<IIII", 0, 1, 2, 3)),
            record(130),
        ]
    )


def test_xlsb(tmp_path: Path) -> None:
    name = "Rates".encode("utf-16-le")
    relation = "rId1".encode("utf-16-le")
    bundle = struct.pack("<III", 0, 1, 4) + relation + struct.pack("<I", 5) + name
    parts = xlsx_parts("")
    del parts["xl/worksheets/sheet1.xml"], parts["xl/workbook.xml"]
    types = parts["[Content_Types].xml"].replace(b"workbook.xml", b"workbook.bin")
    parts["[Content_Types].xml"] = types
    parts["_rels/.rels"] = parts["_rels/.rels"].replace(b"workbook.xml", b"workbook.bin")
    relations = parts.pop("xl/_rels/workbook.xml.rels").replace(b"sheet1.xml", b"sheet1.bin")
    parts["xl/_rels/workbook.bin.rels"] = relations
    parts["xl/workbook.bin"] = b"".join(
        [record(131), record(153, b"\x01" + bytes(11)), record(143), record(156, bundle),
         record(144), record(132)]
    )  # fmt: skip
    parts["xl/worksheets/sheet1.bin"] = xlsb_sheet()
    result = open_book(write_zip(tmp_path / "a.xlsb", parts))
    parsed = only(result)
    assert result.type == "xlsb"
    assert parsed.date_1904
    assert rows(parsed) == [[0.05], [CellError("#N/A")]]
    assert parsed.hidden_rows.tolist() == [1]
    assert parsed.merges == (Merge(0, 2, 1, 3),)
