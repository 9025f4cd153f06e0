"""Killed imports leave the old tree or the new one, and nothing else; the next run finishes."""

from __future__ import annotations

import random
import shutil
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.helpers.command_line import Desk
from tests.helpers.postgres import PostgresServer
from tests.imports.conftest import BOTH
from tests.imports.places import complaints, dump, wait_until_alone
from tests.imports.processes import ENDED, STARTING, Watched, gone, job_folders

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="kills are POSIX signals here")

PHASES = (
    *("saving", "reading", STARTING, "saving", "comparing", "matching"),
    *("saving", "building", "understanding"),
)
"""In the order in which they are hit; saving, where it counts, a third of all times."""

STOPPED = {130, -signal.SIGINT}
"""Python itself may end by the signal that it has handled, if that came amid an ``exec``."""

ROWS = 1500
OPTIONS = (
    *("--service", "S", "--node", "Voice calls/Call", "--mode", "replace", "--vendor", "Nord"),
    *("--column", "A=attribute:destination", "--column", "B=attribute:prefix"),
    *("--column", "C=price"),
)


def _deck(path: Path, *, first: int, cents: int) -> Path:
    """Write a voice list; two lists with another ``first`` share most of their prefixes."""
    rows = range(first, first + ROWS)
    lines = ["Destination,Prefix,Price"]
    lines += [f"Germany area {n // 10},49{n:05d},0.{cents + n % 89:04d}" for n in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@dataclass
class Bench:
    """A fresh database holding the old list, as often as needed, and what its trees look like."""

    fresh: Callable[[], str | Path]
    new_deck: Path
    local: bool
    old: dict[str, Any] = field(default_factory=dict)
    new: dict[str, Any] = field(default_factory=dict)
    durations: dict[str, float] = field(default_factory=dict)

    def prepare(self) -> None:
        """Measure one whole import, and keep both trees."""
        target = self.fresh()
        self.old = _tree(target)
        run = Watched(target, "import", self.new_deck, *OPTIONS)
        assert run.wait() == 0, run.said
        self.durations = run.durations()
        self.new = _tree(target)
        assert self.old["revision"] == 1
        assert self.new["revision"] == 2
        assert self.old["tree"] != self.new["tree"]
        assert set(PHASES) <= set(self.durations), self.durations


def _tree(target: str | Path) -> dict[str, Any]:
    shown: dict[str, Any] = Desk(target).ok("tree", "--service", "S", "--json").json
    return shown


@pytest.fixture(scope="module", params=BOTH)
def bench(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Bench]:
    tmp_path = tmp_path_factory.mktemp("kills")
    old = _deck(tmp_path / "old.csv", first=0, cents=100)
    new = _deck(tmp_path / "new.csv", first=500, cents=130)
    if request.param == "sqlite":
        made = Bench(
            _files(request.getfixturevalue("file_template"), old, tmp_path), new, local=True
        )
        made.prepare()
        yield made
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    template = server.create_database(template=request.getfixturevalue("server_template"))
    Desk(server.address(template)).ok("import", old, *OPTIONS)
    used: list[str] = []

    def fresh() -> str:
        while used:
            server.drop_database(used.pop())
        used.append(server.create_database(template=template))
        return server.address(used[0])

    made = Bench(fresh, new, local=False)
    made.prepare()
    yield made
    for name in (*used, template):
        server.drop_database(name)


def _files(template: Path, old: Path, folder: Path) -> Callable[[], Path]:
    loaded = folder / "loaded.db"
    shutil.copy(template, loaded)
    Desk(loaded).ok("import", old, *OPTIONS)
    used = folder / "used.db"

    def fresh() -> Path:
        for path in folder.glob("used.db*"):
            path.unlink()
        return Path(shutil.copy(loaded, used))

    return fresh


def _killed_once(bench: Bench, phase: str, delay: float) -> tuple[str, str]:
    """Kill an import in ``phase`` and check everything; return the phase hit and what is left."""
    target = bench.fresh()
    before = dump(target)
    run = Watched(target, "import", bench.new_deck, *OPTIONS)
    run.await_phase(phase)
    time.sleep(delay)
    children = run.children()
    hit = run.kill()
    assert gone(children), "the reading process outlives its parent"
    wait_until_alone(target)
    left = _tree(target)
    outcome = "old" if left == bench.old else "new"
    assert left in (bench.old, bench.new), f"a mix after a kill in {hit} + {delay:.3f} s"
    assert complaints(target) == []
    if outcome == "old":
        assert dump(target) == before, "something was left of a killed import"
    _finish(bench, target, left["revision"])
    return hit, outcome


def _finish(bench: Bench, target: str | Path, revision: int) -> None:
    """Run the import again: it must end well and sweep the killed one's folder."""
    Desk(target).ok("import", bench.new_deck, *OPTIONS)
    after = _tree(target)
    assert after["tree"] == bench.new["tree"]
    assert after["revision"] == revision + 1
    assert complaints(target) == []
    assert job_folders() == []


def _kills(bench: Bench, count: int) -> None:
    chance = random.Random(20260101)
    hits: Counter[str] = Counter()
    outcomes: Counter[str] = Counter()
    for number in range(count):
        phase = PHASES[number % len(PHASES)]
        delay = chance.uniform(0, bench.durations[phase])
        hit, outcome = _killed_once(bench, phase, delay)
        hits[hit] += 1
        outcomes[outcome] += 1
    print(f"\n{count} kills: {dict(hits)}; trees left: {dict(outcomes)}")
    late = hits[ENDED]  # a short phase may be over before the signal comes
    assert late <= count * 0.2 + 2
    assert len(hits) >= min(len(set(PHASES)), count) - 3, "the kills do not spread over the phases"


def test_a_few_kills_leave_one_tree_or_the_other(bench: Bench) -> None:
    _kills(bench, 8 if bench.local else 4)


@pytest.mark.soak
def test_hundreds_of_kills_leave_one_tree_or_the_other(bench: Bench) -> None:
    _kills(bench, 200 if bench.local else 100)


@pytest.mark.parametrize("phase", [STARTING, "reading", "comparing"])
def test_ctrl_c_changes_nothing(desk: Desk, tmp_path: Path, phase: str) -> None:
    deck = _deck(tmp_path / "deck.csv", first=0, cents=100)
    for _ in range(5):
        before = dump(desk.target)
        run = Watched(desk.target, "import", deck, *OPTIONS)
        run.await_phase(phase)
        time.sleep(0.4 if phase == STARTING else 0)
        if run.process.poll() is None:
            break  # else a busy machine let it end before this test went on
    children = run.children()
    # A terminal sends Ctrl+C to the whole foreground group, the reading process included.
    for process in (run.process.pid, *(child.pid for child in children)):
        psutil.Process(process).send_signal(signal.SIGINT)
    assert run.wait() in STOPPED, run.said
    told = run.said.strip()  # nothing if the program itself was not loaded yet
    assert told == "Cancelled: nothing was changed." or (phase == STARTING and not told)
    assert gone(children)
    assert dump(desk.target) == before
    assert job_folders() == []


def test_ctrl_c_while_saving_tells_the_truth(bench: Bench) -> None:
    for part in (0.1, 0.6):
        target = bench.fresh()
        run = Watched(target, "import", bench.new_deck, *OPTIONS)
        run.await_phase("saving")
        time.sleep(bench.durations["saving"] * part)
        run.process.send_signal(signal.SIGINT)
        code = run.wait()
        assert code in {0, *STOPPED}, run.said
        stopped = "nothing was changed" in run.said
        assert _tree(target) == (bench.old if stopped else bench.new)
        assert stopped or code != 130


def test_ctrl_c_at_any_moment_shows_no_traceback(desk: Desk, plain_list: Path) -> None:
    for delay in (0.3, 0.4, 0.5):
        run = Watched(desk.target, "import", plain_list, "--service", "S", "--dry-run")
        time.sleep(delay)
        run.process.send_signal(signal.SIGINT)
        assert run.wait() in {0, *STOPPED}
        assert "Traceback" not in run.said


def test_the_death_of_the_reading_process_is_told(desk: Desk, tmp_path: Path) -> None:
    deck = _deck(tmp_path / "deck.csv", first=0, cents=100)
    before = dump(desk.target)
    run = Watched(desk.target, "import", deck, *OPTIONS)
    run.await_phase("reading")
    (child,) = run.children()
    child.kill()
    assert run.wait() == 1
    said = run.said.strip()
    assert said.startswith("deck.csv: the reading process stopped")
    assert "\n" not in said
    assert dump(desk.target) == before
    assert job_folders() == []
