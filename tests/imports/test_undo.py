"""Undo: the tree as it was, or with the rates that were edited since kept and listed (F13)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.helpers.command_line import Desk
from tests.imports.places import complaints, dump

Write = Callable[..., Path]
SMS = "sms/sms_message"
HEADER = "Country,MCCMNC,Price"


def _tree(desk: Desk) -> object:
    return desk.ok("tree", "--service", "S", "--json").json["tree"]


def test_undo_restores_the_tree_on_both_databases(any_desk: Desk, write: Write) -> None:
    first = write("1.csv", HEADER, "DE,26201,0.05", "DE,26202,0.06", "FR,20801,0.04")
    second = write("2.csv", HEADER, "DE,26201,0.07", "ES,21401,0.03")
    any_desk.ok("import", first, "--service", "S")
    before = _tree(any_desk)
    any_desk.ok("import", second, "--service", "S", "--mode", "replace")
    ran = any_desk.ok("undo-import", 2)
    assert "revision 3" in ran.out
    assert _tree(any_desk) == before
    assert complaints(any_desk.target) == []
    again = any_desk("undo-import", 2)
    assert again.code == 1
    assert "undone already" in again.err
    any_desk.ok("undo-import", 1)
    assert any_desk.rates() == {}


def test_rates_edited_since_are_kept_and_listed(any_desk: Desk, write: Write) -> None:
    first = write("1.csv", HEADER, "DE,26201,0.05", "DE,26202,0.06", "FR,20801,0.04")
    second = write("2.csv", HEADER, "DE,26201,0.07", "DE,26202,0.08", "ES,21401,0.03")
    third = write("3.csv", HEADER, "DE,26201,0.09")
    any_desk.ok("import", first, "--service", "S")
    for listed in (second, third):
        any_desk.ok("import", listed, "--service", "S", "--mode", "merge")
    before = dump(any_desk.target)
    strict = any_desk("undo-import", 2, "--strict")
    assert strict.code == 1
    assert strict.err.count("\n") == 1
    assert dump(any_desk.target) == before
    ran = any_desk("undo-import", 2)
    assert ran.code == 3, ran
    assert "kept, edited since" in ran.err
    assert "26201" in ran.err
    assert "26202" not in ran.err
    assert any_desk.rates() == {
        f"{SMS}/DE/26201": "0.09", f"{SMS}/DE/26202": "0.06", f"{SMS}/FR/20801": "0.04",
    }  # fmt: skip
