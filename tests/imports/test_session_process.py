"""The child of a session: cancel, kill, end of its parent, files that end it, left-overs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from app.bootstrap import open_session
from app.errors import Cancelled, UserError
from app.services.context import Context
from app.services.tariffs import import_session
from app.services.tariffs.import_file import ImportRequest
from app.services.tariffs.import_session import ImportSession, PasswordWanted
from app.services.tariffs.session_worker import Stopped
from app.services.worker_process import Limits
from importers.choices import Choices
from importers.formats.source import reader_errors
from tests.helpers.command_line import Desk
from tests.imports.places import ROOT, SHARED, dump
from tests.imports.processes import job_folders

Write = Callable[..., Path]
NODE = "SMS messaging/SMS message"


@pytest.fixture
def ctx(desk: Desk) -> Context:
    return open_session(desk.target).context()


@pytest.fixture
def session() -> Iterator[ImportSession]:
    with ImportSession() as made:
        yield made


ROWS = 200_000


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("large") / "large.csv"
    rows = (f"Spain,Spain {n % 500},34{n:07d},0.0{n % 97 + 1}" for n in range(ROWS))
    path.write_text("Country,Destination,Prefix,Price\n" + "\n".join(rows), encoding="utf-8")
    return path


def _children() -> list[psutil.Process]:
    return [c for c in psutil.Process().children() if "worker" in " ".join(c.cmdline())]


def test_item_39_cancel_stops_within_two_seconds_and_the_file_stays_open(
    session: ImportSession, ctx: Context, large: Path
) -> None:
    request = ImportRequest(large, "S")
    session.open(ctx, large, {})
    [child] = _children()
    for delay in (0.02, 0.1, 0.2):
        asked = time.monotonic() + delay
        with pytest.raises(Cancelled):
            session.draft(replace(ctx, cancelled=lambda: time.monotonic() > asked), request)  # noqa: B023
        assert time.monotonic() - asked < 2
    assert _children() == [child], "it was stopped without being killed"
    assert session.draft(ctx, request).leaves == ROWS


def test_cancel_from_another_thread(session: ImportSession, ctx: Context, large: Path) -> None:
    threading.Timer(0.3, session.cancel).start()
    with pytest.raises(Cancelled):
        session.open(ctx, large, {})


def test_a_cancel_amid_reading_is_not_a_fault_of_the_file() -> None:
    with pytest.raises(Stopped), reader_errors("a.csv", "a file"):
        raise Stopped


def test_a_child_that_does_not_stop_is_ended(
    session: ImportSession, ctx: Context, large: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_session, "CANCEL_SECONDS", 0.3)
    session.open(ctx, large, {})
    [child] = _children()
    child.suspend()
    asked = time.monotonic() + 0.2
    with pytest.raises(Cancelled):
        session.draft(
            replace(ctx, cancelled=lambda: time.monotonic() > asked), ImportRequest(large, "S")
        )
    assert time.monotonic() - asked < 1
    assert not child.is_running()
    assert session.rows(ctx, "large", 0, 2).total == ROWS + 1


def test_a_killed_child_is_one_sentence_and_the_session_goes_on(
    session: ImportSession, ctx: Context, write: Write
) -> None:
    file = write("1.csv", "Country,Price", "Germany,0.05", "Nowhere,0.06")
    request = ImportRequest(file, "S", node=NODE)
    session.draft(ctx, request)
    child = _children()[0]
    child.suspend()  # it is asked, but can't answer any more
    end = threading.Timer(0.2, child.kill)
    end.start()
    with pytest.raises(UserError, match=r"1\.csv: the reading process stopped \(exit code -9\)"):
        session.values(ctx)
    end.join()
    assert session.values(ctx, show="open").total == 1, "file and draft are there again"


def test_a_child_that_died_while_nobody_asked_is_not_noticed(
    session: ImportSession, ctx: Context, write: Write
) -> None:
    request = ImportRequest(write("1.csv", "Country,Price", "Germany,0.05"), "S", node=NODE)
    session.draft(ctx, request)
    for ask in (lambda: session.values(ctx).total, lambda: session.draft(ctx, request).leaves):
        child = _children()[0]
        child.kill()
        child.wait(10)
        assert ask() == 1


def test_the_child_ends_with_its_input(tmp_path: Path) -> None:
    (tmp_path / "job.json").write_text('{"task": "session"}', encoding="utf-8")
    child = subprocess.Popen(
        [sys.executable, "-m", "app", "worker", str(tmp_path)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert child.stdin is not None
    assert child.stdout is not None
    ask = {"ask": 1, "task": "open", "arguments": {"file": str(tmp_path), "options": {}}}
    child.stdin.write(json.dumps(ask).encode() + b"\n")
    child.stdin.flush()
    lines = iter(child.stdout.readline, b"")
    reply = next(found for found in map(json.loads, lines) if "reply" in found)
    assert "is not a file" in reply["problem"]
    child.stdin.close()
    assert child.wait(timeout=20) == 0
    child.stdout.close()


def test_nothing_is_left_behind(ctx: Context, write: Write, tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", "pass"]) as gone:
        gone.wait()
    stale = Path(tempfile.mkdtemp(prefix=f"tariffdesk-job-{gone.pid}-"))
    session = ImportSession()
    assert not stale.exists()
    session.draft(
        ctx, ImportRequest(write("1.csv", "Country,Price", "Germany,0.05"), "S", node=NODE)
    )
    assert job_folders()
    session.close()
    session.close()
    assert not job_folders()
    assert not _children()
    with pytest.raises(Cancelled):
        session.values(ctx)
    with ImportSession(tmp_path) as elsewhere:
        assert [f.name for f in tmp_path.glob(f"tariffdesk-job-{os.getpid()}-*")]
    assert elsewhere


def test_closing_ends_what_is_being_worked_on(ctx: Context, large: Path) -> None:
    session = ImportSession()
    threading.Timer(0.3, session.close).start()
    with pytest.raises(Cancelled):
        session.open(ctx, large, {})
    assert not _children()


def test_limits_hold_for_each_question(
    session: ImportSession, ctx: Context, large: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session.open(ctx, large, {})
    monkeypatch.setattr(import_session, "draft_limits", lambda file, nodes: Limits(2**20, 60))
    with pytest.raises(UserError, match=r"large\.csv: reading needed more than 1 MiB"):
        session.draft(ctx, ImportRequest(large, "S"))
    monkeypatch.undo()
    assert session.draft(ctx, ImportRequest(large, "S")).leaves == ROWS


BAD = {
    "empty.xlsx": (b"", "empty"),
    "zip.xlsx": (b"PK\x03\x04 and nothing more", "zip"),
    "nul.csv": (b"\x00" * 100, "nul"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_file_that_can_not_be_used_is_a_sentence(
    name: str, session: ImportSession, ctx: Context, tmp_path: Path, write: Write
) -> None:
    path = tmp_path / name
    path.write_bytes(BAD[name][0])
    with pytest.raises(UserError, match=BAD[name][1]) as problem:
        session.open(ctx, path, {})
    assert "--" not in str(problem.value)
    with pytest.raises(UserError, match="No file is open"):
        session.rows(ctx, "1", 0, 1)
    good = write("1.csv", "Country,Price", "Germany,0.05")
    assert session.open(ctx, good, {}).sheets[0].price_list


def test_a_file_that_ends_the_reader_is_a_sentence(
    session: ImportSession, ctx: Context, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reader is ended by the system in the middle of the work, as by a decompression bomb."""
    file = write("1.csv", "Country,Price", *("Germany,0.05" for _ in range(50_000)))

    def killing(phase: str, done: int, total: int | None) -> None:
        _children()[0].kill()

    with pytest.raises(UserError, match=r"1\.csv: the reading process stopped"):
        session.open(replace(ctx, report=killing), file, {})
    assert session.open(ctx, file, {}).sheets[0].rows == 50_001


def test_a_protected_file_asks_for_its_password(session: ImportSession, ctx: Context) -> None:
    folder = SHARED / "corpus" / "encrypted_msoffcrypto"
    files = sorted(folder.glob("*.xlsx")) if folder.exists() else []
    if not files:
        pytest.skip("the file corpus is not here")
    with pytest.raises(PasswordWanted, match="protected with a password"):
        session.open(ctx, files[0], {})


def test_many_threads_may_ask_at_once(session: ImportSession, ctx: Context, write: Write) -> None:
    file = write("1.csv", "Country,Price", *(f"Germany {n},0.05" for n in range(300)))
    session.draft(ctx, ImportRequest(file, "S", node=NODE))
    found: list[int] = []

    def look(number: int) -> None:
        for _ in range(20):
            page = session.rows(ctx, "1", number, 1)
            found.append(page.rows[0].number - number)

    threads = [threading.Thread(target=look, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert found == [1] * 160


def test_a_cancelled_commit_writes_nothing(
    session: ImportSession, ctx: Context, desk: Desk, large: Path
) -> None:
    request = ImportRequest(large, "S")
    session.draft(ctx, request)
    before = dump(desk.target)
    saving: list[int] = []

    def report(phase: str, done: int, total: int | None) -> None:
        if phase == "saving" and done:
            saving.append(done)

    with pytest.raises(Cancelled):
        session.commit(replace(ctx, report=report, cancelled=lambda: bool(saving)), request)
    assert dump(desk.target) == before
    choices = Choices(end_row=3)
    assert session.commit(ctx, replace(request, choices=choices)).report["tree"]["leaves"] == 2
