"""The two ways from the window to the services (GEN-3) and the pinned binding (item 1)."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from app.bootstrap import open_session
from app.errors import Unreachable, UserError
from app.services.context import Context
from app.ui.jobs import Jobs
from tests.ui.conftest import WAIT_MS, settle

EMITS = """
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication, QLabel
class Teller(QObject):
    told = Signal(str, int, object)
application = QApplication([])
label, teller, heard = QLabel(), Teller(), []
teller.told.connect(lambda phase, done, total: heard.append(done))
for number in range(20_000):
    teller.told.emit("reading", number, None)
    label.setText(str(number))
assert len(heard) == 20_000 and label.text() == "19999"
print("survived")
"""


def test_item_01_twenty_thousand_emits_and_texts_survive() -> None:
    """A binding that drops references dies after some hundred emits: tried in a process."""
    ran = subprocess.run(
        [sys.executable, "-c", EMITS], capture_output=True, text=True, check=False, timeout=60
    )
    assert ran.returncode == 0, ran.stderr
    assert "survived" in ran.stdout


def test_a_query_answers_in_the_window_thread(qtbot: QtBot, jobs: Jobs) -> None:
    owner, answers = QObject(), []
    with qtbot.waitSignal(jobs.ended):
        jobs.query(lambda ctx: ctx.database.kind, owner=owner, done=answers.append)
    assert answers == ["sqlite"]


def test_nothing_is_delivered_to_a_gone_owner(qtbot: QtBot, jobs: Jobs) -> None:
    import shiboken6

    owner, answers = QObject(), []
    with qtbot.waitSignal(jobs.ended):
        jobs.query(lambda ctx: 1, owner=owner, done=answers.append)
        shiboken6.delete(owner)
    assert answers == []


def test_a_refusal_and_a_fault_are_told_apart(qtbot: QtBot, jobs: Jobs) -> None:
    owner = QObject()

    def refuse(ctx: Context) -> None:
        raise UserError("Not today: try tomorrow.")

    with qtbot.waitSignal(jobs.refused) as refused:
        jobs.change("Refuse", refuse, owner=owner)
    assert refused.args == ["Not today: try tomorrow.", owner]
    with qtbot.waitSignal(jobs.changed) as changed:
        jobs.change("Change", lambda ctx: None, owner=owner, nouns=("services",))
    assert changed.args == [frozenset({"services"})]


@pytest.mark.parametrize("count", [200])
def test_changes_run_one_after_the_other(qtbot: QtBot, jobs: Jobs, count: int) -> None:
    seen: list[int] = []
    owner = QObject()
    for number in range(count):
        jobs.change("", lambda ctx, n=number: seen.append(n), owner=owner)
    qtbot.waitUntil(lambda: not jobs.running, timeout=10_000)
    assert seen == list(range(count))


def test_what_an_earlier_database_refuses_is_told_no_more(
    qtbot: QtBot, jobs: Jobs, database: Path
) -> None:
    told: list[str] = []
    jobs.unreachable.connect(told.append)
    jobs.refused.connect(lambda sentence, _owner: told.append(sentence))
    opened = threading.Event()

    def work(_: Context) -> str:
        opened.wait(WAIT_MS / 1000)
        raise Unreachable("The file was replaced.")

    before = jobs.session
    job = jobs.query(work, owner=jobs, done=told.append)
    qtbot.waitUntil(lambda: job.session is before, timeout=WAIT_MS)
    jobs.session = open_session(str(database))
    opened.set()
    settle(qtbot, jobs)
    assert told == []
    jobs.query(work, owner=jobs, done=told.append)
    settle(qtbot, jobs)
    assert told == ["The file was replaced."] * 2
    jobs.session.close()
    jobs.session = before
