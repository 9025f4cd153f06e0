"""A price that moves by more than half is told before it is written (item 41)."""

from __future__ import annotations

from pathlib import Path

from tests.helpers.command_line import Desk


def _list(path: Path, spain: str, france: str) -> Path:
    path.write_text(
        f"Country,Price\nSpain,{spain}\nFrance,{france}\nItaly,0.05\n", encoding="utf-8"
    )
    return path


def test_item_41_a_jump_is_a_warning_with_both_prices(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "desk.db")
    desk.ok("db", "init")
    desk.service("S", "EUR")
    node = ("--node", "SMS messaging/SMS message", "--skip-errors")
    desk.ok("import", _list(tmp_path / "a.csv", "0.04", "0.05"), "--service", "S", *node)
    again = _list(tmp_path / "b.csv", "0.061", "0.075")
    _, report = desk.import_report(
        tmp_path, again, "--service", "S", *node, "--mode", "merge", "--dry-run"
    )
    (told,) = [issue["reason"] for issue in report["issues"] if "moved by" in issue["reason"]]
    assert told == (
        "1 price moved by more than 50 %: Spain 0.04000 → 0.06100 (+52 %)"
    )  # France rose by exactly 50 %, Italy stays
