"""A wizard's session against the command line: the same choices write the same (items 34-41)."""

from __future__ import annotations

import csv
import json
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from app.bootstrap import open_session
from app.errors import Conflict, UserError
from app.services.context import Context
from app.services.tariffs.import_file import ImportRequest
from app.services.tariffs.import_session import ImportSession
from importers.choices import Choices
from tests.helpers.command_line import Desk
from tests.imports.places import SHARED, Dump, dump
from tests.unit.importers.rows.test_whatsapp import CARD, tier_card

Write = Callable[..., Path]
RATES = SHARED / "rates"
_MOMENT = re.compile(
    r"'?\d{16}'?|\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d[.\d+:Z]*"
    r"|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
)
"""Times and the numbers of operations: all that may differ."""

_HASH = re.compile(r"'[0-9a-f]{64}'")


def _context(target: str | Path) -> Context:
    return open_session(str(target)).context()


def _comparable(rows: Dump) -> Dump:
    """Return the rows without moments; the hashes of the audit's chain hold moments as well."""
    # The hashes first: a part of one may read as a moment.
    links = [_HASH.sub("'H'", row) for row in rows["audit_link"]]
    rows = rows | {"audit_link": links}
    return {table: sorted(_MOMENT.sub("T", row) for row in kept) for table, kept in rows.items()}


def _workbook(path: Path, **sheets: list[list[object]]) -> Path:
    with xlsxwriter.Workbook(path) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, ["" if cell is None else cell for cell in row])
    return path


def _sms(folder: Path) -> Path:
    lines = ["Country,MCCMNC,Price", "Germany,26201,0.05", "France,20801,0.04", "Nowhere,99999,1"]
    path = folder / "sms.csv"
    path.write_text("\n".join([*lines, "Spain,21401,ask"]) + "\n", encoding="utf-8")
    return path


def _voice(folder: Path) -> Path:
    path = folder / "voice.csv"
    path.write_text(
        "Country,Destination,Prefix,Price / min,Increment\nSpain,Spain,34,0.01,60/60\n"
        "Spain,Spain Mobile,346;347,0.02,1/1\nItaly,Italy,39,0.015,60/1\n",
        encoding="utf-8",
    )
    return path


def _basic(folder: Path) -> Path:
    return _workbook(folder / "basic.xlsx", Rates=CARD)


def _tier(folder: Path) -> Path:
    return _workbook(folder / "tier.xlsx", Tiers=tier_card())


def _several(folder: Path) -> Path:
    rates = [["Country", "Price"], ["Germany", 0.05], ["France", 0.04]]
    other = [["Country", "Price"], ["Poland", 0.03]]
    return _workbook(folder / "several.xlsx", Cover=[["Dear customer"]], May=rates, June=other)


def _wide(folder: Path) -> Path:
    path = folder / "wide.csv"
    path.write_text("Country;In;Out\nGermany;0,05;0,06\nFrance;0,04;0,07\n", encoding="utf-8")
    return path


SMS_NODE = "SMS messaging/SMS message"
CASES: dict[str, tuple[Callable[[Path], Path], dict[str, Any], tuple[str, ...]]] = {
    "sms with suggestions": (
        _sms,
        {"choices": Choices(accept_suggestions=True), "skip_errors": True, "vendor": "Nord"},
        ("--accept-suggestions", "--skip-errors", "--vendor", "Nord"),
    ),
    "sms with answers": (
        _sms,
        {
            "choices": Choices(
                answers={
                    "country||nowhere": "PL",
                    "mccmnc||99999": "26001",
                    "price||ask": "blocked",
                    "country||france": "BE",
                    "mccmnc||20801": "20601",
                }
            ),
            "vendor": "Nord",
            "save_profile": "monthly",
        },
        ("--decisions", "ANSWERS", "--vendor", "Nord", "--save-profile", "monthly"),
    ),
    "voice": (_voice, {}, ()),
    "whatsapp basic": (_basic, {"vendor": "Meta"}, ("--vendor", "Meta")),
    "whatsapp tier": (
        _tier,
        {"save_profile": "card", "vendor": "Meta"},
        ("--save-profile", "card", "--vendor", "Meta"),
    ),
    "one of several sheets": (
        _several,
        {"choices": Choices(sheet="June"), "node": SMS_NODE},
        ("--sheet", "June", "--node", SMS_NODE),
    ),
    "wide": (
        _wide,
        {
            "node": SMS_NODE,
            "choices": Choices(
                columns=(
                    "A=attribute:country",
                    "B=price@direction:mo",
                    "C=price@direction:mt",
                ),
                decimal=",",
            ),
        },
        (
            *("--node", SMS_NODE, "--decimal", ",", "--column", "A=attribute:country"),
            *("--column", "B=price@direction:mo", "--column", "C=price@direction:mt"),
        ),
    ),
}
for _name in ("sms/sms_twilio_2024-01.csv", "voice/voice_azure_pstn_rates.csv"):
    CASES[_name] = (
        lambda folder, name=_name: RATES / name,
        {"choices": Choices(accept_suggestions=True), "skip_errors": True, "vendor": "V"},
        ("--accept-suggestions", "--skip-errors", "--vendor", "V"),
    )


@pytest.fixture
def both(file_template: Path, tmp_path: Path) -> tuple[Desk, Path]:
    """Two equal databases: one for the command line, one for the session."""
    for name in ("line.db", "window.db"):
        shutil.copy(file_template, tmp_path / name)
    return Desk(tmp_path / "line.db"), tmp_path / "window.db"


@pytest.fixture
def session() -> Iterator[ImportSession]:
    with ImportSession() as made:
        yield made


@pytest.mark.parametrize("case", CASES)
def test_a_session_writes_what_the_command_line_writes(
    case: str, both: tuple[Desk, Path], session: ImportSession, tmp_path: Path
) -> None:
    make, asked, words = CASES[case]
    file = make(tmp_path)
    if not file.exists():
        pytest.skip("the price lists are not here")
    desk, target = both
    answers = _answers_file(tmp_path / "answers.csv", asked.get("choices", Choices()).answers)
    ran, report = desk.import_report(
        tmp_path,
        *(file, "--service", "S"),
        *(str(answers) if word == "ANSWERS" else word for word in words),
    )
    assert ran.code in (0, 3), ran.err
    request = ImportRequest(file, "S", **asked)
    ctx = _context(target)
    session.open(ctx, file, {})
    with suppress(UserError):  # an earlier look
        session.draft(ctx, replace(request, choices=Choices(), save_profile=""))
    shown = session.draft(ctx, request)
    outcome = session.commit(ctx, request)
    assert outcome.written
    assert json.loads(json.dumps(outcome.report)) == report
    assert shown.changes == report["changes"]
    assert shown.rows == report["rows"]
    assert shown.leaves == report["tree"]["leaves"]
    assert _comparable(dump(target)) == _comparable(dump(desk.target))


def _answers_file(path: Path, answers: dict[str, str]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["dictionary", "context", "value", "answer"])
        for name, answer in answers.items():
            writer.writerow([*name.split("|", 2), answer])
    return path


def test_an_exported_tree_comes_back_the_same(
    both: tuple[Desk, Path], session: ImportSession, tmp_path: Path
) -> None:
    desk, target = both
    sheet = tmp_path / "tree.xlsx"
    desk.ok("import", _voice(tmp_path), "--service", "S")
    desk.ok("export", "--service", "S", sheet)
    desk.ok("import", sheet, "--service", "S", "--mode", "replace")
    ctx = _context(target)
    session.commit(ctx, ImportRequest(_voice(tmp_path), "S"))
    shown = session.draft(ctx, ImportRequest(sheet, "S"))
    assert shown.proposal is None
    assert shown.mode_open
    rows = session.rows(ctx, "1", 0, 3).rows
    assert [row.state for row in rows] == ["header", "imported", "imported"]
    assert session.commit(ctx, ImportRequest(sheet, "S", mode="replace")).written
    assert _comparable(dump(target)) == _comparable(dump(desk.target))


def test_a_session_refuses_what_the_command_line_refuses(
    both: tuple[Desk, Path], session: ImportSession, tmp_path: Path
) -> None:
    desk, target = both
    file = _sms(tmp_path)
    ran, report = desk.import_report(tmp_path, file, "--service", "S")
    assert ran.code == 2
    outcome = session.commit(_context(target), ImportRequest(file, "S"))
    assert not outcome.written
    assert outcome.exit_code == 2
    assert json.loads(json.dumps(outcome.report)) == report


# ------------------------------------------------------------------------------ two people


def test_rates_that_moved_are_drafted_anew_and_nothing_is_written(
    both: tuple[Desk, Path], session: ImportSession, write: Write
) -> None:
    """F14: the preview must not lie."""
    desk, target = Desk(both[1]), both[1]
    node = ("--node", SMS_NODE)
    file = write("1.csv", "Country,Price", "Germany,0.05", "France,0.04")
    ctx = _context(target)
    request = ImportRequest(file, "S", node=SMS_NODE, mode="merge")
    assert session.draft(ctx, request).changes["new"] == 2
    desk.ok("import", write("2.csv", "Country,Price", "Germany,0.07"), "--service", "S", *node)
    before = dump(target)
    with pytest.raises(Conflict, match="look at the new changes"):
        session.commit(ctx, request)
    assert dump(target) == before
    page = session.changes(ctx)
    assert page.counts["decreased"] == 1
    assert {row.change for row in page.rows} == {"new", "decreased"}
    assert session.commit(ctx, request).report["changes"]["decreased"] == 1


def test_the_same_profile_is_offered_next_time_with_what_differs(
    both: tuple[Desk, Path], session: ImportSession, write: Write
) -> None:
    """Item 38; "-" asks for no profile."""
    ctx = _context(both[1])
    request = ImportRequest(
        write("1.csv", "Country,Code,Price", "Germany,26201,0,05".replace("0,05", '"0,05"')),
        "S",
        node=SMS_NODE,
        vendor="Acme",
        save_profile="Acme monthly",
    )
    assert session.commit(ctx, request).written
    again = write("2.csv", "Country,Price,Code,Fax", 'Germany,"0,06",26201,1')
    asked = ImportRequest(again, "S", node=SMS_NODE, vendor="Acme", mode="merge")
    assert session.draft(ctx, asked).profiles == ("Acme monthly",)
    shown = session.draft(ctx, replace(asked, profile="Acme monthly"))
    assert shown.profile == "Acme monthly"
    assert any("moved from C to B" in text for text in shown.profile_differences)
    assert any('"Fax" (D) is new' in text for text in shown.profile_differences)
    assert session.draft(ctx, replace(asked, profile="-")).profile == ""


# ------------------------------------------------------------------------------ the file


def test_a_file_changed_after_it_was_read_is_not_committed(
    both: tuple[Desk, Path], session: ImportSession, write: Write
) -> None:
    ctx = _context(both[1])
    file = write("1.csv", "Country,Price", "Germany,0.05")
    request = ImportRequest(file, "S", node=SMS_NODE)
    session.draft(ctx, request)
    write("1.csv", "Country,Price", "Germany,0.99")
    with pytest.raises(UserError, match="was changed since it was read"):
        session.commit(ctx, request)
    session.open(ctx, file, {})
    assert session.commit(ctx, request).written


def test_a_session_for_people_who_may_only_look(
    both: tuple[Desk, Path], session: ImportSession, write: Write
) -> None:
    ctx = _context(both[1])
    eve = replace(ctx.actor, owner=False, permissions=frozenset({("finance.services", "view")}))
    looking = replace(ctx, actor=eve)
    request = ImportRequest(write("1.csv", "Country,Price", "DE,0.05"), "S", node=SMS_NODE)
    assert session.draft(looking, request).leaves == 1
    with pytest.raises(UserError, match="may not manage"):
        session.commit(looking, request)
