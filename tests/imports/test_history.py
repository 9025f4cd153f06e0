"""Lists of what was imported and of saved profiles, and the names they are found by."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.helpers.command_line import Desk

NODE = ("--node", "SMS messaging/SMS message")


def test_imports_are_listed_newest_first(any_desk: Desk, plain_list: Path) -> None:
    desk = any_desk
    assert desk.ok("import-list", "--json").json == []
    desk.service("T")
    desk.ok("import", plain_list, "--service", "S", "--vendor", "Nord", "--save-profile", "N")
    desk.ok("import", plain_list, "--service", "T")
    desk.ok(
        "import", plain_list, "--service", "S", "--vendor", "Nord", "--profile", "N",
        "--mode", "replace",
    )  # fmt: skip
    desk.ok("undo-import", 1)
    runs = desk.ok("import-list", "--json").json
    assert [(r["id"], r["service"], r["revision"]) for r in runs] == [
        (3, "S", 2), (2, "T", 1), (1, "S", 1),
    ]  # fmt: skip
    assert [r["id"] for r in desk.ok("import-list", "--service", "T", "--json").json] == [2]
    assert [r["undone_by"] for r in runs] == [None, None, 3]
    assert (runs[0]["vendor"], runs[0]["profile"], runs[0]["file"]) == ("Nord", "N", "plain.csv")
    assert (runs[1]["vendor"], runs[1]["scope"], runs[1]["changes"]["new"]) == (None, 2, 3)
    shown = desk.ok("import-list").out.splitlines()
    assert shown[0].split()[:3] == ["Id", "At", "Service"]
    assert "3 new" in shown[2]
    assert desk("import-list", "--service", "none").code == 1


def test_profiles_are_listed_and_named(desk: Desk, write: Callable[..., Path]) -> None:
    sheet = write("1.csv", "Country,Price", "DE,0.05", "FR,0.04")
    options = ("import", sheet, "--service", "S", *NODE, "--mode", "replace")
    desk.ok(*options, "--save-profile", "Common")
    desk.ok(*options, "--vendor", "Nord", "--save-profile", "Nord A")
    found = desk.ok("profile-list", "--json").json
    assert [(p["name"], p["vendor"]) for p in found] == [("Common", None), ("Nord A", "Nord")]
    assert all(p["signature"] and p["updated"] for p in found)
    assert "Nord A" in desk.ok("profile-list").out
    ran = desk(*options, "--profile", "Sud")
    assert ran.code == 1
    assert 'no profile "Sud"; known profiles: Common (any vendor), Nord A (Nord).' in ran.err
    ran = desk(*options, "--profile", "Nord A", "--vendor", "Sud")
    assert ran.code == 1
    assert 'say --vendor "Nord"' in ran.err
    desk.ok(*options, "--profile", "Common", "--vendor", "Sud")
