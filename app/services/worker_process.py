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
from contextlib import contextmanager, suppress
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
def job_folder(base: Path | None = None) -> Iterator[Path]:
    """Yield a fresh folder for one job and remove it afterwards; left-overs are swept first."""
    folder = make_job_folder(base)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def make_job_folder(base: Path | None = None) -> Path:
    """Return a fresh folder in ``base`` (the system's place for such); the caller removes it."""
    place = base or Path(tempfile.gettempdir())
    _sweep(place)
    return Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-", dir=place))


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
    child = Child(folder, name)
    try:
        _watch(child, limits, report, cancelled)
    finally:
        child.stop()
    if cancelled():  # Ctrl+C on a terminal ends the child as well
        raise Cancelled
    return _result(folder, child)


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


class Child:
    """A running worker on the job in its folder: its lines, the watch over it, its end.

    ``name`` is the file shown in messages.
    """

    def __init__(self, folder: Path, name: str) -> None:
        """Start the process."""
        import psutil

        self.name = name
        self._errors = folder / "stderr.txt"
        with self._errors.open("wb") as errors:
            self._process = subprocess.Popen(
                _command(folder),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                env=_environment(),
            )
        self._watched = psutil.Process(self._process.pid)
        self._lines: Queue[dict[str, Any] | None] = Queue()
        assert self._process.stdout is not None
        self._reader = threading.Thread(
            target=_read_lines, args=(self._process.stdout, self._lines), daemon=True
        )
        self._reader.start()

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._process.pid

    def send(self, message: dict[str, Any]) -> None:
        """Write one line to the child; OSError if it is gone."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(message).encode() + b"\n")
        self._process.stdin.flush()

    def receive(self, seconds: float = POLL_SECONDS) -> dict[str, Any] | None:
        """Return the next line, None when the child has ended; Empty if none comes in time."""
        line = self._lines.get(timeout=seconds)
        if line is None:
            self._lines.put(None)  # whoever asks again gets the same answer
            self._process.wait()
        return line

    def check(self, limits: Limits, deadline: float) -> None:
        """Raise UserError if the child is past ``deadline`` (monotonic) or its memory."""
        import psutil

        if time.monotonic() > deadline:
            raise UserError(
                f"{self.name}: reading took longer than {limits.seconds:.0f} s and was stopped; "
                "the file is damaged or too complex. Save it again as XLSX or CSV and retry."
            )
        try:
            resident = self._watched.memory_info().rss
        except psutil.Error:
            return
        if resident > limits.memory:
            raise UserError(
                f"{self.name}: reading needed more than {limits.memory // 2**20} MiB of memory and "
                "was stopped; the file is damaged or too large. Save it again as CSV and retry."
            )

    def has_ended(self) -> bool:
        """Return whether the process is gone."""
        return self._process.poll() is not None

    def ended_well(self) -> bool:
        """Return whether the process ended by itself without an error."""
        return self._process.returncode == 0

    def last_words(self) -> Exception:
        """Return what to raise for a child that ended without an answer."""
        detail = self._errors.read_text(encoding="utf-8", errors="replace").strip()
        if "Error" in detail and "MemoryError" not in detail:
            return WorkerFault(f"the reading process failed on {self.name}:\n{detail}")
        return UserError(
            f"{self.name}: the reading process stopped (exit code {self._process.returncode}); the "
            "file is probably damaged. Open it in a spreadsheet program, save it again and retry."
        )

    def stop(self) -> None:
        """End the process if it still runs, and wait for it and for the thread that reads it."""
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        self._reader.join()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with suppress(OSError):  # an unsent line
                    stream.close()


def _watch(
    child: Child,
    limits: Limits,
    report: Callable[[str, int, int | None], None],
    cancelled: Callable[[], bool],
) -> None:
    deadline = time.monotonic() + limits.seconds
    while True:
        with suppress(Empty):
            line = child.receive()
            if line is None:
                return
            report(line["phase"], line["done"], line["total"])
        if cancelled():
            raise Cancelled
        child.check(limits, deadline)


def _read_lines(stream: IO[bytes], lines: Queue[dict[str, Any] | None]) -> None:
    for raw in stream:
        try:
            lines.put(json.loads(raw))
        except ValueError:
            continue  # a library printed something; only our own lines are JSON objects
    lines.put(None)


def _result(folder: Path, child: Child) -> dict[str, Any]:
    path = folder / "result.json"
    if child.ended_well() and path.exists():
        result: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if "problem" in result:
            raise UserError(result["problem"])
        return result
    raise child.last_words()
