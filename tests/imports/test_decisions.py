"""Open values go out to a file, come back answered, and are known next month (F6, IMP-8)."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.helpers.command_line import Desk
from tests.imports.places import dump

Write = Callable[..., Path]
SMS = "sms/sms_message"
OPTIONS = (
    *("--service", "S", "--node", "SMS messaging/SMS message"),
    *("--column", "A=attribute:country", "--column", "B=price"),
)


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("sign", [";", "\t"])
def test_answers_with_semicolons_or_tabs(
    desk: Desk, write: Write, tmp_path: Path, sign: str
) -> None:
    sheet = write("1.csv", "Country,Price", "Germany,0.05", "Zone Omega,0.06")
    file = tmp_path / "open.csv"
    command = ("import", sheet, *OPTIONS, "--decisions", file)
    ran = desk(*command)
    assert ran.code == 2
    assert '"Zone Omega" (1 row' in ran.err
    lines = file.read_text(encoding="utf-8-sig").splitlines()
    lines[1] += "FR"
    saved = "\r\n".join(line.replace(",", sign) for line in lines)
    file.write_text(saved, encoding="utf-8-sig")
    desk.ok(*command)
    assert desk.rates() == {f"{SMS}/DE": "0.05", f"{SMS}/FR": "0.06"}


def _answer(path: Path, **answers: str) -> None:
    lines = _read(path)
    for line in lines:
        line["answer"] = answers[line["value"].replace(" ", "_")]
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, list(lines[0]))
        writer.writeheader()
        writer.writerows(lines)


def test_out_and_back_and_learned_for_the_vendor(desk: Desk, write: Write, tmp_path: Path) -> None:
    january = write(
        "1.csv", "Country,Price", "Germany,0.05", "Zone Omega,0.06", "Rest of it,0.07",
        "Rest of it,0.07", "Phone home,0.08",
    )  # fmt: skip
    file = tmp_path / "open.csv"
    before = dump(desk.target)
    ran, report = desk.import_report(
        tmp_path, january, *OPTIONS, "--vendor", "Nord", "--decisions", file
    )
    assert ran.code == 2, ran
    assert dump(desk.target) == before
    assert report["written"] is False
    lines = _read(file)
    assert {line["value"] for line in lines} == {"Zone Omega", "Rest of it", "Phone home"}
    assert {line["dictionary"] for line in lines} == {"country"}
    assert {line["rows"] for line in lines if line["value"] == "Rest of it"} == {"2"}
    assert all(not line["answer"] for line in lines)
    for value in ("Zone Omega", "Rest of it", "Phone home"):
        assert value in ran.err
    _answer(file, Zone_Omega="FR", Rest_of_it="*", Phone_home="skip")
    ran, report = desk.import_report(
        tmp_path, january, *OPTIONS, "--vendor", "Nord", "--decisions", file
    )
    assert ran.code == 0, ran
    assert desk.rates() == {f"{SMS}/DE": "0.05", f"{SMS}/FR": "0.06", f"{SMS}/*": "0.07"}
    assert report["rows"]["skipped"] == 1
    # Next month the same vendor's words are known; another vendor's are not.
    february = write("2.csv", "Country,Price", "Germany,0.05", "Zone Omega,0.09", "Rest of it,0.07")
    assert desk("import", february, *OPTIONS, "--vendor", "Sud", "--mode", "merge").code == 2
    assert desk("import", february, *OPTIONS, "--mode", "merge").code == 2
    ran, report = desk.import_report(
        tmp_path, february, *OPTIONS, "--vendor", "Nord", "--mode", "merge"
    )
    assert ran.code == 0, ran
    assert report["changes"]["increased"] == 1
    assert desk.rates()[f"{SMS}/FR"] == "0.09"


def test_answers_of_the_other_kinds(desk: Desk, write: Write, tmp_path: Path) -> None:
    listed = write("1.csv", "Country,Price", "Germany,0.05", "Omega,0.06", "Sigma,0.07")
    file = tmp_path / "open.csv"
    assert desk("import", listed, *OPTIONS, "--decisions", file).code == 2
    _answer(file, Omega="XX", Sigma="skip")
    before = dump(desk.target)
    ran = desk("import", listed, *OPTIONS, "--decisions", file)
    assert ran.code in {1, 2}, ran
    assert "XX" in ran.err
    assert dump(desk.target) == before


def test_suggestions_are_never_taken_silently(desk: Desk, write: Write, tmp_path: Path) -> None:
    listed = write("1.csv", "Country,Price", "Germany,0.05", "Austra,0.06", "Qqqqq,0.07")
    ran, report = desk.import_report(tmp_path, listed, *OPTIONS)
    assert ran.code == 2
    column = next(c for c in report["columns"] if c["column"] == "A")
    assert (column["distinct"], column["auto"], column["suggested"], column["unmatched"]) == (
        3, 1, 1, 1,
    )  # fmt: skip
    ran, report = desk.import_report(tmp_path, listed, *OPTIONS, "--accept-suggestions")
    assert ran.code == 2, ran  # the unknown one is an error row now, which nobody accepted
    ran, report = desk.import_report(
        tmp_path, listed, *OPTIONS, "--accept-suggestions", "--skip-errors"
    )
    assert ran.code == 3, ran
    assert report["rows"]["errors"] == 1
    assert desk.rates() == {f"{SMS}/DE": "0.05", f"{SMS}/AT": "0.06"}
