"""The watched child process: its limits, its left-overs, the end of its parent."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
import pytest

from app.errors import UserError
from app.services.tariffs.inspect_file import inspect_file
from app.services.worker_process import Limits, job_folder, run_job


def _inspect(file: Path, limits: Limits) -> dict[str, object]:
    job = {"task": "inspect", "file": str(file), "options": {}}
    with job_folder() as folder:
        return run_job(folder, job, limits, name=file.name, report=_silent, cancelled=lambda: False)


def _silent(phase: str, done: int, total: int | None) -> None:
    return None


@pytest.fixture
def large(tmp_path: Path) -> Path:
    path = tmp_path / "large.csv"
    path.write_text("Country,Price\n" + "Spain,0.04\n" * 400_000, encoding="utf-8")
    return path


def test_a_child_over_its_memory_is_stopped_with_a_sentence(large: Path) -> None:
    with pytest.raises(UserError, match=r"large\.csv: reading needed more than 1 MiB of memory"):
        _inspect(large, Limits(memory=2**20, seconds=60))


def test_a_child_over_its_time_is_stopped_with_a_sentence(large: Path) -> None:
    with pytest.raises(UserError, match=r"large\.csv: reading took longer than"):
        _inspect(large, Limits(memory=2**33, seconds=0.05))


def test_no_child_and_no_folder_are_left_behind(large: Path) -> None:
    with pytest.raises(UserError):
        _inspect(large, Limits(memory=2**33, seconds=0.05))
    assert not [c for c in psutil.Process().children() if "worker" in " ".join(c.cmdline())]
    assert not list(Path(tempfile.gettempdir()).glob(f"tariffdesk-job-{os.getpid()}-*"))


def test_a_folder_of_a_killed_parent_is_swept_by_the_next_job() -> None:
    with subprocess.Popen([sys.executable, "-c", "pass"]) as gone:
        gone.wait()
    stale = Path(tempfile.mkdtemp(prefix=f"tariffdesk-job-{gone.pid}-"))
    with job_folder():
        assert not stale.exists()


def test_the_child_stops_when_its_parent_is_gone() -> None:
    child = subprocess.Popen([sys.executable, "-c", _WAITING], stdin=subprocess.PIPE)
    time.sleep(0.5)
    assert child.poll() is None
    assert child.stdin is not None
    child.stdin.close()
    assert child.wait(timeout=20) == 1


_WAITING = """
import threading, time
from app.services.tariffs import worker
threading.Thread(target=worker._stop_with_parent, daemon=True).start()
time.sleep(60)
"""


def test_inspecting_a_missing_file_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="There is no file"):
        inspect_file(tmp_path / "nothing.csv", {}, _silent)
