"""The other commands: databases, services, scopes, trees, comparison, export, match, the demo."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.helpers.command_line import Desk
from tests.imports.places import ROOT, dump
from tests.imports.processes import command

Write = Callable[..., Path]
SMS = "sms/sms_message"


def _run(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "app", *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={**os.environ, **settings},
        timeout=120,
    )


def test_the_demo_is_one_command(tmp_path: Path) -> None:
    ran = _run("demo", "--no-window", XDG_DATA_HOME=str(tmp_path), TARIFFDESK_DB="")
    assert ran.returncode == 0, ran
    assert ran.stderr == ""
    assert "26 imported" in ran.stdout
    (made,) = tmp_path.rglob("demo.db")
    desk = Desk(made)
    assert len(desk.rates("Nordwind SMS")) == 26
    refused = _run("--db", str(made), "demo")
    assert refused.returncode == 1
    assert "exists already" in refused.stderr


def test_database_commands(desk: Desk, plain_list: Path, tmp_path: Path) -> None:
    desk.ok("import", plain_list, "--service", "S")
    facts = desk.ok("db", "info", "--json").json
    assert facts["kind"] == "sqlite"
    assert facts["place"] == desk.target
    assert facts["counts"]["import_run"] == 1
    assert facts["schema"] == facts["newest_schema"]
    assert "sqlite" in desk.ok("db", "info").out
    before = dump(desk.target)
    desk.ok("db", "init")  # a second time changes nothing
    assert dump(desk.target) == before
    saved = tmp_path / "saved.db"
    desk.ok("db", "backup", saved)
    assert dump(saved) == before
    assert desk("db", "backup", saved).code == 1
    desk.ok("undo-import", 1)
    said = desk.ok("db", "restore", saved).out
    assert dump(desk.target) == before
    kept = Path(said.strip().rpartition(" ")[2])
    assert Desk(kept).rates() == {}


def test_a_server_is_backed_up_by_its_own_tools(server_desk: Desk, tmp_path: Path) -> None:
    for action in ("backup", "restore"):
        ran = server_desk("db", action, tmp_path / "x.db")
        assert ran.code == 1
        assert ran.err.count("\n") == 1


def test_services_and_scopes(desk: Desk, plain_list: Path) -> None:
    desk.ok("service", "add", "--name", "Pack", "--type", "unit_pack", "--size", 1000)
    listed = {s["name"]: s for s in desk.ok("service", "list", "--json").json}
    assert (listed["Pack"]["type"], listed["Pack"]["size"]) == ("unit_pack", "1000")
    assert listed["Pack"]["currency"] is None
    assert listed["S"]["scopes"] == 1
    assert "Pack" in desk.ok("service", "list").out
    desk.ok("import", plain_list, "--service", "S")
    copied = desk.ok(
        "scope", "add", "--service", "S", "--from", "2099-01-01", "--till", "2099-06-01",
        "--copy-from", 1,
    )  # fmt: skip
    assert "3 rates copied" in copied.out
    assert desk.rates(scope=2) == desk.rates(scope=1)
    desk.ok("scope", "add", "--service", "S", "--from", "2099-01-01", "--draft")
    scopes = desk.ok("scope", "list", "--service", "S", "--json").json
    assert [(s["id"], s["state"], s["rates"]) for s in scopes] == [
        (1, "current", 3), (2, "upcoming", 3), (3, "draft", 0),
    ]  # fmt: skip
    assert (scopes[1]["from"], scopes[1]["till"]) == ("2099-01-01", "2099-06-01")
    assert "draft" in desk.ok("scope", "list", "--service", "S").out
    # --scope names the tree to write; the others stay.
    desk.ok("import", plain_list, "--service", "S", "--scope", 3)
    assert desk.rates(scope=3) == desk.rates(scope=1)


def test_tree_and_compare(desk: Desk, plain_list: Path, write: Write) -> None:
    desk.ok("import", plain_list, "--service", "S")
    shown = desk.ok("tree", "--service", "S").out
    assert "Germany" in shown
    assert "0.05000" in shown
    data = desk.ok("tree", "--service", "S", "--json").json
    assert (data["service"], data["scope"], data["revision"], data["leaves"]) == ("S", 1, 1, 3)
    desk.ok("scope", "add", "--service", "S", "--from", "2099-01-01", "--copy-from", 1)
    other = write("o.csv", "Country,MCCMNC,Price", "DE,26201,0.10", "DE,26202,0.03", "ES,21401,1")
    desk.ok("import", other, "--service", "S", "--scope", 2, "--mode", "replace")
    found = desk.ok("compare", 1, 2, "--json").json
    assert found["changes"] == {
        "new": 1, "increased": 1, "decreased": 1, "changed": 0, "unchanged": 0, "removed": 1,
    }  # fmt: skip
    told = {d["path"].rpartition("/")[2][:5]: d for d in found["differences"]}
    assert told["26201"]["percent"] == "+100.0"
    assert told["26202"]["percent"] == "-50.0"
    assert told["20801"]["change"] == "removed"
    assert "increased" in desk.ok("compare", 1, 2).out


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_export_imports_back_to_the_same_tree(
    desk: Desk, plain_list: Path, tmp_path: Path, ending: str
) -> None:
    desk.ok("import", plain_list, "--service", "S", "--billing-rule", "delivered")
    sheet, flat = tmp_path / f"tree.{ending}", tmp_path / f"flat.{ending}"
    desk.ok("export", "--service", "S", sheet)
    assert "3 rows" in desk.ok("export", "--service", "S", flat, "--flat").out
    desk.service("Copy")
    ran, report = desk.import_report(tmp_path, sheet, "--service", "Copy")
    assert ran.code == 0, ran
    assert report["kind"] == "tree_sheet"
    assert desk.rates("Copy") == desk.rates()
    trees = [desk.ok("tree", "--service", s, "--json").json["tree"] for s in ("S", "Copy")]
    assert trees[0] == trees[1]
    if ending == "csv":
        with flat.open(encoding="utf-8-sig", newline="") as file:
            lines = list(csv.reader(file))
        assert lines[0][:4] == ["Domain", "Resource", "Country", "MCCMNC"]
        assert ["Germany", "26201"] in [[line[2], line[3][:5]] for line in lines]


def test_an_export_in_another_currency_is_asked_about(
    desk: Desk, plain_list: Path, tmp_path: Path
) -> None:
    desk.ok("import", plain_list, "--service", "S")
    desk.service("Euro", "EUR")
    sheet = tmp_path / "tree.csv"
    desk.ok("export", "--service", "S", sheet)
    lines = sheet.read_text(encoding="utf-8-sig").splitlines()
    assert lines[0].endswith(",Currency")
    assert all(line.endswith(",USD") for line in lines[1:])
    command = ("import", sheet, "--service", "Euro")
    ran = desk(*command)
    assert ran.code == 2
    assert "The file is in USD, the service in EUR" in ran.err
    assert desk(*command, "--currency", "GBP").code == 2
    desk.ok(*command, "--currency", "EUR")
    assert desk.rates("Euro") == desk.rates()


def test_an_export_without_currencies_is_not_asked_about(
    desk: Desk, plain_list: Path, tmp_path: Path
) -> None:
    desk.ok("import", plain_list, "--service", "S")
    desk.service("Euro", "EUR")
    sheet = tmp_path / "tree.csv"
    desk.ok("export", "--service", "S", sheet)
    lines = sheet.read_text(encoding="utf-8-sig").splitlines()
    sheet.write_text("\n".join(line.rpartition(",")[0] for line in lines), encoding="utf-8")
    desk.ok("import", sheet, "--service", "Euro")
    assert desk.rates("Euro") == desk.rates()


def test_match(desk: Desk) -> None:
    found = desk.ok("match", "country", "--json", "--", "Deutschland", "Qzx").json
    assert [(m["value"], m["zone"], m["key"]) for m in found] == [
        ("Deutschland", "green", "DE"), ("Qzx", "red", None),
    ]  # fmt: skip
    assert set(found[0]) == {"value", "zone", "key", "score", "reason", "alternatives"}
    assert set(found[0]["alternatives"][0]) == {"key", "name", "score"}
    found = desk.ok("match", "network", "--country", "FR", "--json", "--", "Orange").json
    assert found[0]["key"] == "20801"
    assert "20801" in desk.ok("match", "network", "--country", "FR", "--", "Orange").out


def test_words_match_without_any_database(tmp_path: Path) -> None:
    ran = Desk(tmp_path / "none.db").ok("match", "country", "--json", "--", "Spain")
    assert ran.json[0]["key"] == "ES"
    assert not (tmp_path / "none.db").exists()


def test_help_and_no_arguments(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "none.db")
    for words in (("--help",), ("import", "--help"), ("db", "--help")):
        ran = desk.ok(*words)
        assert "Usage" in ran.out
        assert ran.err == ""
    assert "--accept-suggestions" in desk.ok("import", "--help").out


def test_names_print_to_a_terminal_of_few_letters(desk: Desk, write: Write) -> None:
    listed = write("l.csv", "Country,MCCMNC,Price", "CI,61203,0.05", "CI,61205,0.06")
    desk.ok("import", listed, "--service", "S")
    ran = _run("--db", desk.target, "tree", "--service", "S", PYTHONIOENCODING="ascii")
    assert ran.returncode == 0, ran
    assert "C\\xf4te d'Ivoire" in ran.stdout


def test_a_reader_that_goes_away_is_no_error(desk: Desk, plain_list: Path) -> None:
    desk.ok("import", plain_list, "--service", "S")
    shown = subprocess.Popen(
        command(desk.target, "tree", "--service", "S", "--json"),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT, text=True,
    )  # fmt: skip
    assert shown.stdout is not None
    assert shown.stderr is not None
    shown.stdout.close()
    said = shown.stderr.read()
    shown.stderr.close()
    shown.wait(30)
    assert said == ""


def test_code_beside_the_price_list_is_not_run(tmp_path: Path, plain_list: Path) -> None:
    """A folder of downloads may hold anything, such as an ``app.py`` or ``numpy.py``."""
    for name in ("numpy.py", "json.py", "app.py"):
        (tmp_path / name).write_text("raise SystemExit('ran a stranger')", encoding="utf-8")
    start = "import sys; sys.path[:0] = [sys.argv.pop(1)]; from app.__main__ import main; main()"
    ran = subprocess.run(
        [sys.executable, "-P", "-c", start, str(ROOT), "inspect", str(plain_list), "--json"],
        capture_output=True, text=True, check=False, cwd=tmp_path, timeout=120,
    )  # fmt: skip
    assert "stranger" not in ran.stdout + ran.stderr
    assert json.loads(ran.stdout)["type"] == "csv", ran
