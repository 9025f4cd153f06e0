"""The same imports give the same trees, counts and reports on SQLite and on PostgreSQL."""

from __future__ import annotations

import json
import multiprocessing
import random
import shutil
import tempfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.command_line import Desk
from tests.helpers.postgres import PostgresServer
from tests.imports.places import complaints

SHEETS = 14
NETWORKS = {
    "DE": ("26201", "26202", "26203"),
    "FR": ("20801", "20810", "20820"),
    "ES": ("21401", "21403", "21407"),
    "PL": ("26001", "26003", "26006"),
    "CI": ("61203", "61205"),
}
COLUMNS = (
    *("--column", "A=attribute:country", "--column", "B=attribute:mccmnc"),
    *("--column", "C=price", "--column", "D=price_type"),
)
IDS = ("import", "scope", "file")
_Step = tuple[str, list[str]]


def _sheet(chance: random.Random, path: Path) -> Path:
    lines = ["Country,MCCMNC,Price,Type"]
    for country in chance.sample(sorted(NETWORKS), chance.randint(1, 5)):
        if chance.random() < 0.2:
            lines.append(f"{country},,0.{chance.randint(1, 9999):04d},Flat")
        for network in chance.sample(NETWORKS[country], chance.randint(1, 2)):
            kind = chance.choice(("Flat", "Flat", "Flat", "Free", "Blocked"))
            price = "" if kind == "Blocked" else "0" if kind == "Free" else _price(chance)
            lines.append(f"{country},{network},{price},{kind}")
            if chance.random() < 0.1:
                lines.append(lines[-1])
    if chance.random() < 0.2:
        lines.append("DE,26201,ask,Flat")
    if chance.random() < 0.2:
        lines.append("Never land,99999,0.01,Flat")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _price(chance: random.Random) -> str:
    whole, decimals = chance.choice(((0, 4), (0, 8), (12, 2), (9_999_999, 8)))
    return f"{whole}.{chance.randint(1, 10**decimals - 1):0{decimals}d}"


def _steps(folder: Path) -> list[_Step]:
    """Return commands by name; a fixed seed, so that a failure can be looked at again."""
    chance = random.Random(70)
    steps: list[_Step] = []
    for number in range(SHEETS):
        sheet = _sheet(chance, folder / f"{number}.csv")
        words = ["import", str(sheet), "--service", "S", "--node", "SMS messaging/SMS message"]
        words += [*COLUMNS, "--mode", chance.choice(("merge", "replace", "replace-listed"))]
        words += ["--duplicates", chance.choice(("first", "last", "error"))]
        words += chance.choice(([], ["--skip-errors"], ["--skip-errors", "--accept-suggestions"]))
        words += chance.choice(([], [], ["--vendor", "Nord"], ["--billing-rule", "delivered"]))
        steps.append(("import", words))
        if number % 8 == 7:
            steps.append(("undo", ["undo-import", str(chance.randint(1, number // 2))]))
        if number == 20:
            copy = ["scope", "add", "--service", "S", "--from", "2099-01-01", "--copy-from", "1"]
            steps.append(("copy", copy))
    steps.append(("compare", ["compare", "2", "1", "--json"]))
    return steps


def _play(target: str, folder: str) -> list[Any]:
    """Run all steps on one database; return what each said, wrote and left."""
    jobs = Path(tempfile.mkdtemp(dir=folder))
    desk, report = Desk(target), jobs / "report.json"
    told = []
    for name, words in _steps(jobs):
        extra = ["--report", str(report)] if name == "import" else []
        report.unlink(missing_ok=True)
        ran = desk(*words, *extra)
        found = json.loads(report.read_text(encoding="utf-8")) if report.exists() else {}
        said = [text.replace(str(jobs), "") for text in (ran.out, ran.err)]
        tree = desk("tree", "--service", "S", "--json").json
        told.append([words[:1], ran.code, said, {**found, "file": ""}, tree])
    return told


@pytest.mark.postgres
def test_many_imports_agree(
    postgres: PostgresServer, server_template: str, file_template: Path, tmp_path: Path
) -> None:
    path = tmp_path / "parity.db"
    shutil.copy(file_template, path)
    name = postgres.create_database(template=server_template)
    targets = [str(path), postgres.address(name)]
    spawned = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(2, mp_context=spawned) as both:
        local, server = both.map(_play, targets, [str(tmp_path)] * 2)
    for number, (here, there) in enumerate(zip(local, server, strict=True)):
        assert here == there, f"step {number}"
    codes = [step[1] for step in local]
    assert {0, 2, 3} <= set(codes), codes
    assert max(step[4]["leaves"] for step in local) > 8
    assert complaints(path) == []
    assert complaints(targets[1]) == []
    postgres.drop_database(name)
