"""Every file of the corpus ends in a book or a sentence, within 20 s and 1 GiB."""

from __future__ import annotations

import json
import select
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[4]
CORPUS = (ROOT / ".." / "shared" / "data" / "corpus").resolve()
SECONDS = 20
pytestmark = pytest.mark.skipif(not CORPUS.exists(), reason="the file corpus is not here")

Answers = dict[str, dict[str, Any]]


class Reader:
    """A reading process that is started again when a file ends it."""

    def __init__(self) -> None:
        self.process = self.start()

    @staticmethod
    def start() -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "tests.unit.importers.formats.corpus_reader"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def read(self, path: Path) -> dict[str, Any]:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(f"{path}\n")
        self.process.stdin.flush()
        ready, _, _ = select.select([self.process.stdout], [], [], SECONDS)
        line = self.process.stdout.readline() if ready else ""
        if line:
            return dict(json.loads(line))
        self.stop()
        self.process = self.start()
        return {"died": "of time" if not ready else "by itself"}

    def stop(self) -> None:
        self.process.kill()
        self.process.communicate()


@pytest.fixture(scope="module")
def answers() -> Iterator[Answers]:
    files = sorted(p for p in CORPUS.rglob("*") if p.is_file() and p.name != "README.md")
    reader = Reader()
    try:
        yield {str(p.relative_to(CORPUS)): reader.read(p) for p in files}
    finally:
        reader.stop()


def test_every_file_ends_well(answers: Answers) -> None:
    assert len(answers) > 300
    assert {name: a for name, a in answers.items() if "died" in a} == {}
    assert {name: a for name, a in answers.items() if a["seconds"] > SECONDS} == {}
    assert max(a["peak"] for a in answers.values()) < 1 << 30


def test_every_problem_is_one_sentence_that_names_the_file(answers: Answers) -> None:
    problems = {name: a["problem"] for name, a in answers.items() if "problem" in a}
    assert 20 < len(problems) < 40
    for name, text in problems.items():
        assert Path(name).name in text
        assert "\n" not in text
        assert "Traceback" not in text


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("phpspreadsheet_xls/oleloop.xls", "runs in a circle"),
        ("calamine/issue_594_dos.ods", "can't be read"),
        ("calamine/issue252.xlsx", "is damaged"),
        ("frictionless/zero.xls", "is empty"),
        ("messytables_horror/simple.zip", "is a ZIP archive (with simple.csv)"),
        ("calamine/pass_protected.xlsx", "is protected with a password"),
        ("calamine/pass_protected.xlsb", "is protected with a password"),
        ("phpspreadsheet_xls/pwtest.xls", "is protected with a password"),
    ],
)
def test_hostile_files(answers: Answers, name: str, text: str) -> None:
    assert text in answers[name]["problem"]


@pytest.mark.parametrize(
    ("name", "kind", "sheets"),
    [
        ("phpspreadsheet_xlsx/utf16be.xlsx", "xlsx", [["Sheet1", 1, 1]]),
        ("phpspreadsheet_xlsx/Zip-Windows-Directory-Separator.xlsx", "xlsx", [["Sheet", 3, 21]]),
        ("phpspreadsheet_xlsx/rootZipFiles.xlsx", "xlsx", [["Data", 1, 1]]),
        ("phpspreadsheet_xlsx/without_cell_reference.xlsx", "xlsx", [["工作表1", 10, 10]]),
        ("calamine/nonstandard-xml-ns-prefix.xlsx", "xlsx", [["Sheet1", 3, 2]]),
        ("phpspreadsheet_xls/maccentraleurope.biff5.xls", "xls", [["Ärkusz1", 3, 16]]),
        ("xlrd/biff4_no_format_no_window2.xls", "xls", [["Sheet 1", 27, 4]]),
        ("messytables_horror/encrypted_no_password.xls", "xls", [["simple.csv", 7, 3]]),
        ("frictionless/sample-1-sheet.txt", "xls", [["Sheet1", 3, 3]]),
        ("frictionless/1030_columns.csv", "csv", [["1030_columns", 10, 1030]]),
        ("clevercsv/milk.csv", "tsv", [["milk", 381, 23]]),
        ("messytables_horror/characters.csv", "csv", [["characters", 383, 18]]),
        ("messytables_horror/utf-16le_encoded.csv", "csv", [["utf-16le_encoded", 328, 19]]),
        ("small_tariff_files/tariffs_cp1251.csv", "csv", [["tariffs_cp1251", 4, 9]]),
        ("csv_spectrum/json.csv", "csv", [["json", 2, 2]]),
    ],
)
def test_unusual_files_are_read(
    answers: Answers, name: str, kind: str, sheets: list[list[object]]
) -> None:
    assert (answers[name]["type"], answers[name]["sheets"]) == (kind, sheets)
