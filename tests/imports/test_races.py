"""Two imports at once: on one scope one wins and the other is told; elsewhere both succeed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.helpers.command_line import Desk
from tests.imports.places import complaints
from tests.imports.processes import Watched

Write = Callable[..., Path]


def _list(write: Write, name: str, *, cents: int, count: int = 900) -> Path:
    rows = [f"Area {n // 10},49{n:05d},0.{cents}{n % 7}" for n in range(count)]
    return write(name, "Destination,Prefix,Price", *rows)


OPTIONS = (
    *("--node", "Voice calls/Call", "--column", "A=attribute:destination"),
    *("--column", "B=attribute:prefix", "--column", "C=price"),
)


def test_one_of_two_imports_into_a_scope_wins(any_desk: Desk, write: Write) -> None:
    lists = [_list(write, f"{cents}.csv", cents=cents) for cents in (11, 22)]
    runs = [
        Watched(any_desk.target, "import", path, "--service", "S", "--expect-rev", 0, *OPTIONS)
        for path in lists
    ]
    codes = [run.wait() for run in runs]
    assert sorted(codes) == [0, 1], [run.said for run in runs]
    winner = codes.index(0)
    told = runs[1 - winner].said.strip()
    assert told
    assert "\n" not in told
    assert any(words in told for words in ("changed", "revision")), told
    rates = any_desk.rates()
    assert len(rates) == 900
    assert {price[:4] for price in rates.values()} == {f"0.{(11, 22)[winner]}"}
    assert any_desk.ok("tree", "--service", "S", "--json").json["revision"] == 1
    assert complaints(any_desk.target) == []


def test_imports_into_two_scopes_do_not_disturb_each_other(any_desk: Desk, write: Write) -> None:
    any_desk.service("T")
    lists = [_list(write, f"{cents}.csv", cents=cents) for cents in (11, 22)]
    runs = [
        Watched(any_desk.target, "import", path, "--service", name, "--vendor", "Both", *OPTIONS)
        for name, path in zip("ST", lists, strict=True)
    ]
    assert [run.wait() for run in runs] == [0, 0], [run.said for run in runs]
    assert len(any_desk.rates("S")) == len(any_desk.rates("T")) == 900
    assert complaints(any_desk.target) == []
