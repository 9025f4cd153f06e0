"""Manifests: a result per file, a stopped run goes on where it was (IMP-15)."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from tests.helpers.command_line import Desk
from tests.imports.places import dump

Write = Callable[..., Path]
SMS = "sms/sms_message"
HEADER = "Country,MCCMNC,Price"


def test_a_batch_goes_on_after_a_failing_file(desk: Desk, write: Write, tmp_path: Path) -> None:
    desk.service("T")
    desk.service("U")
    write("1.csv", HEADER, "DE,26201,0.05", "FR,20801,0.04")
    broken = write("2.csv", "nothing", "to be", "seen")
    write("3.csv", "Where;Cost", "DE;0,05", "Nowhere land;0,06")
    manifest = write(
        "list.csv",
        "file,service,mode,column,node,accept_suggestions,skip_errors,decimal,currency",
        "1.csv,S,,,,,,,usd",
        "2.csv,T,,,,,,,",
        '3.csv,U,merge,A=attribute:country | B=price,SMS messaging/SMS message,yes,yes,",",',
    )
    report = tmp_path / "batch.json"
    ran = desk("import-batch", manifest, "--report", report)
    assert ran.code == 1, ran
    assert "2 done, 0 already done before, 0 need decisions, 1 failed" in ran.out
    files = json.loads(report.read_text(encoding="utf-8"))["files"]
    assert [f["status"] for f in files] == ["done", "failed", "done"]
    assert files[0]["rows"]["imported"] == 2
    assert files[2]["rejected"] == 1
    assert desk.rates("U") == {f"{SMS}/DE": "0.05"}
    broken.write_text(f"{HEADER}\nES,21401,0.03\nES,21403,0.04\n", encoding="utf-8")
    ran = desk("import-batch", manifest, "--report", report)
    assert ran.code == 0, ran
    assert "1 done, 2 already done before, 0 need decisions, 0 failed" in ran.out
    assert len(desk.rates("T")) == 2
    assert desk.ok("tree", "--service", "S", "--json").json["revision"] == 1


def test_a_manifest_with_semicolons_or_tabs(desk: Desk, write: Write) -> None:
    write("1.csv", HEADER, "DE,26201,0.05", "FR,20801,0.04")
    for name, sign in (("semicolons.csv", ";"), ("tabs.csv", "\t")):
        lines = ("file,service,mode", "1.csv,S,replace")
        manifest = write(name, *(line.replace(",", sign) for line in lines))
        assert "1 done" in desk.ok("import-batch", manifest).out
    assert len(desk.rates()) == 2


def test_open_decisions_of_a_batch(desk: Desk, write: Write) -> None:
    desk.service("T")
    write("1.csv", "Country,Price", "DE,0.05", "Nowhere land,0.06")
    write("2.csv", HEADER, "DE,26201,0.05", "FR,20801,0.04")
    manifest = write(
        "list.csv", "file,service,node,decisions", "1.csv,S,SMS messaging/SMS message,open.csv",
        "2.csv,T,,",
    )  # fmt: skip
    ran = desk("import-batch", manifest)
    assert ran.code == 2, ran
    assert "1 done, 0 already done before, 1 need decisions, 0 failed" in ran.out
    answers = manifest.with_name("open.csv")
    text = answers.read_text(encoding="utf-8-sig").rstrip("\r\n")
    answers.write_text(f"{text}FR\n", encoding="utf-8")
    assert desk("import-batch", manifest).code == 0
    assert desk.rates() == {f"{SMS}/DE": "0.05", f"{SMS}/FR": "0.06"}


def test_a_bad_manifest_is_refused_before_any_import(desk: Desk, write: Write) -> None:
    write("1.csv", HEADER, "DE,26201,0.05", "FR,20801,0.04")
    before = dump(desk.target)
    for lines in (
        ("file", "1.csv"),
        ("file,service,colour", "1.csv,S,red"),
        ("file,service,start_row", "1.csv,S,second"),
        ("file,service,scope", "1.csv,S,x"),
        ("file,service", "1.csv,S,", "1.csv,S"),
        ("file,service,password_file", "1.csv,S,none.txt"),
        (),
    ):
        ran = desk("import-batch", write("bad.csv", *lines))
        assert ran.code == 1, (lines, ran)
        assert ran.err.count("\n") == 1, ran
        assert dump(desk.target) == before


def test_a_wrong_word_in_a_manifest_fails_its_line_only(desk: Desk, write: Write) -> None:
    write("1.csv", HEADER, "DE,26201,0.05", "FR,20801,0.04")
    manifest = write(
        "list.csv", "file,service,mode,kind,duplicates", "1.csv,S,overwrite,,", "1.csv,S,,sms,",
        "1.csv,S,,,never", "1.csv,Nobody,,,", "none.csv,S,,,", "1.csv,S,,,",
    )  # fmt: skip
    ran = desk("import-batch", manifest)
    assert ran.code == 1, ran
    assert "1 done, 0 already done before, 0 need decisions, 5 failed" in ran.out
    for word in (
        '--mode "overwrite"',
        '--kind "sms"',
        '--duplicates "never"',
        "Nobody",
        "none.csv",
    ):
        assert word in ran.out
    assert len(desk.rates()) == 2
