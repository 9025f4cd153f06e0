"""Text tables: encodings, delimiters, quotation marks, sizes."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from importers.formats.book import OpenOptions
from importers.formats.encodings import rank
from importers.formats.reading import open_book
from importers.records import FileProblem, Severity
from tests.unit.importers.formats.sheets import only, read, reasons, rows, write

CYRILLIC = "Страна;Оператор;Цена\nРоссия;Мегафон;0,05\nУкраина;Киевстар;0,07\nБеларусь;МТС;0,04\n"
GERMAN = "Land;Anbieter;Preis\nÖsterreich;Telefónica Süd;0,05\nRumänien;Grüne Brücke;0,06\n"
POLISH = "Kraj;Sieć;Cena\nWęgry;Łączność;0,05\nŁotwa;Żółta Gęś;0,06\nWłochy;Źródło;0,07\n"
TURKISH = "Ülke;Şebeke;Fiyat\nTürkiye;Avea Şirketi;0,05\nİsviçre;Kağıthane ağı;0,06\n"
CHINESE = "国家,运营商,价格\n中国,中国移动,0.05\n德国,沃达丰,0.06\n法国,橙子电信,0.07\n"
TAIWANESE = "國家,電信,價格\n臺灣,中華電信,0.05\n德國,遠傳電信,0.06\n日本,台灣大哥大,0.07\n"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (CYRILLIC, "cp1251"),
        (CYRILLIC, "koi8-r"),
        (CYRILLIC, "cp866"),
        (GERMAN, "cp1252"),
        (GERMAN, "mac_roman"),
        (POLISH, "cp1250"),
        (TURKISH, "cp1254"),
        (CHINESE, "gb18030"),
        (TAIWANESE, "big5"),
    ],
)
def test_q05_legacy_encoding_is_proposed_and_told(tmp_path: Path, text: str, encoding: str) -> None:
    book = open_book(write(tmp_path / "a.csv", text, encoding))
    expected = [line.split(";" if ";" in text else ",") for line in text.splitlines()]
    assert rows(only(book)) == expected
    note = next(n for n in book.notes if "encoding guessed" in n.reason)
    assert note.severity is Severity.WARNING
    assert "--encoding" in note.reason
    assert next(line for line in text.splitlines() if not line.isascii()) in note.value


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"],
)
@pytest.mark.parametrize("text", [GERMAN, "a;b\n1;2\n"])
def test_q05_unicode_needs_no_guess(tmp_path: Path, encoding: str, text: str) -> None:
    book = open_book(write(tmp_path / "a.csv", text, encoding))
    assert rows(only(book)) == [line.split(";") for line in text.splitlines()]
    assert "guessed" not in reasons(book)


def test_q05_at_most_three_candidates() -> None:
    assert 1 <= len(rank("Å,1".encode("latin-1"))) <= 3


def test_q05_non_ascii_far_behind_the_start_decides(tmp_path: Path) -> None:
    text = "code,name\n" + "1,plain\n" * 200_000 + "2,Россия\n3,Украина\n4,Беларусь\n"
    book = open_book(write(tmp_path / "a.csv", text, "cp1251"))
    assert book.encoding == "cp1251"
    assert only(book).row_texts(200_001) == ["2", "Россия"]


def test_encoding_can_be_overridden(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "a;b\nЦена;1\n", "cp1251")
    book = open_book(path, OpenOptions(encoding="cp1251"))
    assert (book.encoding, reasons(book)) == ("cp1251", "")
    wrong = read(path, encoding="cp1252")
    assert wrong.row_texts(1) == ["Öåíà", "1"]


def test_encoding_that_does_not_fit_is_refused_with_its_line(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "a;b\n1;2\nЦена;1\n", "cp1251")
    with pytest.raises(FileProblem, match=r"a\.csv is not in the encoding utf-8.*0xD6.*line 3"):
        open_book(path, OpenOptions(encoding="utf-8"))
    with pytest.raises(FileProblem, match="'klingon' is unknown"):
        open_book(path, OpenOptions(encoding="klingon"))
    cut = write(tmp_path / "b.csv", "a;b\n1;2\n".encode("utf-16")[:-1])
    with pytest.raises(FileProblem, match="ends in the middle of a character"):
        open_book(cut)


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("a;b;c\n1;0,5;x\n2;0,7;y\n", ";"),
        ("DE;0,05\nFR;0,06\nIT;0,07\n", ";"),
        ("DE,0.05\nFR,0.06\n", ","),
        ("a\tb\n1\t0,5\n2\t0,6\n", "\t"),
        ("a|b|c\n1|2|3\n", "|"),
        ("a^b\n1^2\n3^4\n", "^"),
        ("a:b:c\nx:y:z\n", ":"),
        ("Price list 2025\nvalid: 01.01.2025\n\na;b;c\n" + "1;0,5;x, y\n" * 50, ";"),
        ("when,what\n10:15:00,x\n10:16:00,y\n", ","),
        ('"a, b";1\n"c, d";2\n"e, f";3\n', ";"),
        ("only\none\ncolumn\n", ""),
        ("Dear customer, please find\nour prices below, and\nbest regards\n", ""),
    ],
)
def test_q06_delimiter(tmp_path: Path, text: str, delimiter: str) -> None:
    assert open_book(write(tmp_path / "a.csv", text)).delimiter == delimiter


def test_q06_sep_line_names_the_delimiter_and_is_no_row(tmp_path: Path) -> None:
    book = open_book(write(tmp_path / "a.csv", "\ufeffsep=;\r\nDE;0,05\r\nFR;0,06\r\n"))
    assert book.delimiter == ";"
    assert rows(only(book)) == [["DE", "0,05"], ["FR", "0,06"]]


def test_q06_delimiter_can_be_overridden(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "a;b,c\n1;2,3\n")
    assert read(path, delimiter=",").row_texts(1) == ["1;2", "3"]
    assert read(path, delimiter="tab").row_texts(1) == ["1;2,3"]
    with pytest.raises(FileProblem, match="not one character"):
        read(path, delimiter="ab")


def test_q07_line_breaks_inside_quotes_stay_and_are_counted(tmp_path: Path) -> None:
    text = 'id,name\n1,"two\nlines"\n2,"three\r\nmore\r\nlines"\n3,plain\n'
    book = open_book(write(tmp_path / "a.csv", text))
    assert rows(only(book)) == [
        ["id", "name"],
        ["1", "two\nlines"],
        ["2", "three\r\nmore\r\nlines"],
        ["3", "plain"],
    ]
    assert "7 lines make 4 rows: 3 line breaks" in reasons(book)


def test_q07_lone_quote_swallows_nothing(tmp_path: Path) -> None:
    body = [f"{i};Operator {i};0,0{i % 10}" for i in range(200)]
    body[50] = '50;"Orange;0,05'
    body[120] = '120;"Quoted; with semicolon";0,07'
    book = open_book(write(tmp_path / "a.csv", "id;name;price\n" + "\n".join(body) + "\n"))
    sheet = only(book)
    assert sheet.row_count == 201
    assert sheet.row_texts(51) == ["50", '"Orange', "0,05"]
    assert sheet.row_texts(121) == ["120", "Quoted; with semicolon", "0,07"]
    note = next(n for n in book.notes if "quotation mark" in n.reason)
    assert (note.row, note.severity) == (52, Severity.WARNING)


def test_q07_two_lone_quotes_do_not_eat_the_rows_between(tmp_path: Path) -> None:
    text = 'a,b,c\n1,"x,0.1\n2,y,0.2\n3,z",0.3\n4,w,0.4\n'
    sheet = read(write(tmp_path / "a.csv", text))
    assert sheet.row_count == 5
    assert sheet.row_texts(2) == ["2", "y", "0.2"]


def test_q07_long_text_cells_are_no_runaways(tmp_path: Path) -> None:
    note = "\n".join(f"line {i}, with a comma" for i in range(9))
    text = f'id,note\n1,"{note}"\n2,"{note}"\n3,short\n'
    book = open_book(write(tmp_path / "a.csv", text))
    assert only(book).row_count == 4
    assert only(book).cell(1, 1) == note
    assert "line 2" in reasons(book)


def test_q07_quote_that_swallows_more_than_a_cell_holds(tmp_path: Path) -> None:
    line = "1;" + "x" * 100 + ";0,05\n"
    text = "a;b;c\n" + line * 10 + '2;"lone;0,05\n' + line * 12_000
    sheet = read(write(tmp_path / "a.csv", text))
    assert sheet.row_count == 12_012
    assert sheet.row_texts(11) == ["2", '"lone', "0,05"]


def test_quotes_can_be_switched_off(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", 'a;b\n"x;y"\n')
    assert read(path, quotes=False).row_texts(1) == ['"x', 'y"']


def test_quotes_escaped_by_backslash(tmp_path: Path) -> None:
    text = 'id,name\n1,"the \\"big\\" one, yes"\n2,"b"\n'
    assert read(write(tmp_path / "a.csv", text)).row_texts(1) == ["1", 'the "big" one, yes']


def test_ragged_rows_are_padded_and_stay_in_place(tmp_path: Path) -> None:
    text = "Rates\n\nid;name;price\n1;a;0,5\n2;b\n3;c;0,6;note\n\n\n"
    assert rows(read(write(tmp_path / "a.csv", text))) == [
        ["Rates", None, None, None],
        [None, None, None, None],
        ["id", "name", "price", None],
        ["1", "a", "0,5", None],
        ["2", "b", None, None],
        ["3", "c", "0,6", "note"],
    ]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends(tmp_path: Path, end: str) -> None:
    text = end.join(["a;b", "1;2", "3;4"]) + end
    assert rows(read(write(tmp_path / "a.csv", text))) == [["a", "b"], ["1", "2"], ["3", "4"]]


def test_cells_stay_text(tmp_path: Path) -> None:
    text = 'mnc;n;f\n007;1e3;=1+1\n" 7 ";1.0;@x\n'
    assert rows(read(write(tmp_path / "a.csv", text)))[1:] == [
        ["007", "1e3", "=1+1"],
        [" 7 ", "1.0", "@x"],
    ]


def test_zero_bytes_are_left_out_and_told(tmp_path: Path) -> None:
    book = open_book(write(tmp_path / "a.csv", b"a;b\n1;x\0y\n2;z\n3;w\n4;v\n5;u\n"))
    assert only(book).row_texts(1) == ["1", "xy"]
    assert "zero bytes" in reasons(book)


@pytest.mark.parametrize("content", [b"", b"\n\n \n", b"\xef\xbb\xbf", b";;;\n;;;\n"])
def test_q03_empty_file(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(FileProblem, match=r"a\.csv is empty"):
        open_book(write(tmp_path / "a.csv", content))


def test_too_many_columns(tmp_path: Path) -> None:
    with pytest.raises(FileProblem, match="has 3001 columns"):
        open_book(write(tmp_path / "a.csv", ",".join(["x"] * 3001) + "\n"))


def test_a_line_that_never_ends(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", b"a;b\n1;2\n" + b"x" * (18 << 20))
    with pytest.raises(FileProblem, match="line 3: no line end within 16 MiB"):
        open_book(path)


def test_q04_more_rows_than_excel_has(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "id;price\n" + "7;0,05\n" * 1_100_000)
    book = open_book(path)
    assert only(book).row_count == 1_100_001
    assert "more than Excel can show" in reasons(book)


def test_q04_a_file_of_exactly_excels_size_was_probably_cut(tmp_path: Path) -> None:
    book = open_book(write(tmp_path / "a.csv", "7;0,05\n" * 1_048_576))
    assert "probably cut by Excel" in reasons(book)


CELLS = st.text(st.sampled_from("aЯ中ß0,.\"' \n-"), min_size=0, max_size=6)


@settings(max_examples=60, deadline=None)
@given(st.integers(2, 4).flatmap(lambda w: st.lists(st.lists(CELLS, min_size=w, max_size=w))))
def test_what_a_csv_writer_wrote_is_what_is_read(table: list[list[str]]) -> None:
    table = [["head", *(["x"] * (len(table[0]) - 1 if table else 1))], *table]
    text = io.StringIO()
    csv.writer(text, delimiter="|", quoting=csv.QUOTE_ALL).writerows(table)
    with tempfile.TemporaryDirectory() as folder:
        path = write(Path(folder) / "a.csv", text.getvalue())
        sheet = read(path, delimiter="|")
    shown = [["" if v is None else v for v in row] for row in rows(sheet)]
    expected = [list(row) for row in table]
    while not any(expected[-1]):
        expected.pop()
    assert expected == [row + [""] * (len(expected[0]) - len(row)) for row in shown]
