"""Runs one job in a child process and watches it: progress, cancel, memory, time (F9, F10).

The child is this same program, started as ``tariffdesk worker DIR``. It reads ``DIR/job.json``,
writes its results into DIR and reports progress as JSON lines on its standard output. When its
standard input ends, the parent has died and the child stops.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, Queue
from typing import IO, Any

from app.errors import Cancelled, UserError

POLL_SECONDS = 0.05
_PREFIX = "tariffdesk-job-"


class WorkerFault(RuntimeError):
    """A bug showed in the child process; the text holds its last words."""


@dataclass(frozen=True, slots=True)
class Limits:
    """``memory`` in bytes of resident memory, ``seconds`` of wall time."""

    memory: int
    seconds: float


@contextmanager
def job_folder() -> Iterator[Path]:
    """Yield a fresh folder for one job and remove it afterwards; left-overs are swept first."""
    base = Path(tempfile.gettempdir())
    _sweep(base)
    folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-", dir=base))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _sweep(base: Path) -> None:
    """Remove the job folders of processes that are gone (a killed import leaves its folder)."""
    import psutil

    for folder in base.glob(f"{_PREFIX}*"):
        owner = folder.name.removeprefix(_PREFIX).partition("-")[0]
        if owner.isdigit() and not psutil.pid_exists(int(owner)):
            shutil.rmtree(folder, ignore_errors=True)


def run_job(
    folder: Path,
    job: dict[str, Any],
    limits: Limits,
    *,
    name: str,
    report: Callable[[str, int, int | None], None],
    cancelled: Callable[[], bool],
) -> dict[str, Any]:
    """Run ``job`` in a child and return its result.

    ``name`` is the file shown in messages. Raises UserError with one sentence when the file can't
    be used, when a limit is passed or when the child dies, and Cancelled on request.
    """
    (folder / "job.json").write_text(json.dumps(job), encoding="utf-8")
    with (folder / "stderr.txt").open("wb") as errors:
        child = subprocess.Popen(
            _command(folder),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            env=_environment(),
        )
    try:
        _watch(child, limits, name, report, cancelled)
    finally:
        _stop(child)
    if cancelled():  # Ctrl+C on a terminal ends the child as well
        raise Cancelled
    return _result(folder, child.returncode, name)


def _command(folder: Path) -> list[str]:
    if getattr(sys, "frozen", False):
        return [sys.executable, "worker", str(folder)]
    # -P: a file such as numpy.py in the person's folder of price lists must not be run.
    return [sys.executable, "-P", "-m", "app", "worker", str(folder)]


def _environment() -> dict[str, str]:
    """Return our environment in which the child finds the same program as this one."""
    root = str(Path(__file__).resolve().parents[2])
    others = os.environ.get("PYTHONPATH")
    return {**os.environ, "PYTHONPATH": os.pathsep.join([root, others] if others else [root])}


def _stop(child: subprocess.Popen[bytes]) -> None:
    if child.poll() is None:
        child.kill()
    child.wait()
    for stream in (child.stdin, child.stdout):
        if stream is not None:
            stream.close()


def _watch(
    child: subprocess.Popen[bytes],
    limits: Limits,
    name: str,
    report: Callable[[str, int, int | None], None],
    cancelled: Callable[[], bool],
) -> None:
    import psutil

    lines: Queue[dict[str, Any] | None] = Queue()
    assert child.stdout is not None
    reader = threading.Thread(target=_read_lines, args=(child.stdout, lines), daemon=True)
    reader.start()
    process = psutil.Process(child.pid)
    deadline = time.monotonic() + limits.seconds
    while True:
        try:
            line = lines.get(timeout=POLL_SECONDS)
            if line is None:
                break
            report(line["phase"], line["done"], line["total"])
        except Empty:
            pass
        _check(process, limits, deadline, name, cancelled)
    child.wait()
    reader.join()


def _check(
    process: Any, limits: Limits, deadline: float, name: str, cancelled: Callable[[], bool]
) -> None:
    import psutil

    if cancelled():
        raise Cancelled
    if time.monotonic() > deadline:
        raise UserError(
            f"{name}: reading took longer than {limits.seconds:.0f} s and was stopped; "
            "the file is damaged or too complex. Save it again as XLSX or CSV and retry."
        )
    try:
        resident = process.memory_info().rss
    except psutil.Error:
        return
    if resident > limits.memory:
        raise UserError(
            f"{name}: reading needed more than {limits.memory // 2**20} MiB of memory and was "
            "stopped; the file is damaged or too large. Save it again as CSV and retry."
        )


def _read_lines(stream: IO[bytes], lines: Queue[dict[str, Any] | None]) -> None:
    for raw in stream:
        try:
            lines.put(json.loads(raw))
        except ValueError:
            continue  # a library printed something; only our own lines are JSON objects
    lines.put(None)


def _result(folder: Path, code: int, name: str) -> dict[str, Any]:
    path = folder / "result.json"
    if code == 0 and path.exists():
        result: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if "problem" in result:
            raise UserError(result["problem"])
        return result
    detail = (folder / "stderr.txt").read_text(encoding="utf-8", errors="replace").strip()
    if "Error" in detail and "MemoryError" not in detail:
        raise WorkerFault(f"the reading process failed on {name}:\n{detail}")
    raise UserError(
        f"{name}: the reading process stopped (exit code {code}); the file is probably damaged. "
        "Open it in a spreadsheet program, save it again and retry."
    )
