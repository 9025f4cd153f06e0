"""The command line as a process on a terminal: its phases as a person sees them, and how to end it.

Progress is shown only where a person watches, so standard error is a pseudo-terminal here.
"""

from __future__ import annotations

import os
import pty
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import psutil

from tests.imports.places import ROOT

STARTING, ENDED = "starting", "ended"
_LINE = re.compile(r"\r\x1b\[K([a-z]*)")


class Watched:
    """A running ``tariffdesk`` command; ``phases`` are (time, phase) as they were shown."""

    def __init__(self, target: str | Path, *arguments: object) -> None:
        self._terminal, theirs = pty.openpty()
        self.began = time.monotonic()
        self.phases: list[tuple[float, str]] = [(self.began, STARTING)]
        self._shown = ""
        self.process = subprocess.Popen(
            command(target, *arguments),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=theirs,
            cwd=ROOT,
            env={**os.environ, "TMPDIR": tempfile.gettempdir()},
            start_new_session=True,
        )
        os.close(theirs)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        while True:
            try:
                data = os.read(self._terminal, 4096)
            except OSError:
                return
            if not data:
                return
            now = time.monotonic()
            self._shown += data.decode("utf-8", "replace")
            for phase in _LINE.findall(data.decode("utf-8", "replace")):
                if phase and phase != self.phases[-1][1]:
                    self.phases.append((now, phase))

    @property
    def phase(self) -> str:
        """The phase shown last."""
        return self.phases[-1][1]

    @property
    def said(self) -> str:
        """What stands on the terminal besides progress."""
        return re.sub(r"\r\x1b\[K[^\r\n]*(?=\r\x1b\[K)", "", self._shown).replace("\r\x1b[K", "")

    def await_phase(self, phase: str, seconds: float = 60) -> None:
        """Return when ``phase`` has begun, or the process has ended."""
        deadline = time.monotonic() + seconds
        while all(name != phase for _, name in self.phases) and self.process.poll() is None:
            assert time.monotonic() < deadline, f"{phase} never came: {self.phases}"
            time.sleep(0.001)

    def children(self) -> list[psutil.Process]:
        """Return the processes that this one has started."""
        try:
            return psutil.Process(self.process.pid).children(recursive=True)
        except psutil.NoSuchProcess:
            return []

    def wait(self, seconds: float = 60) -> int:
        """Wait for the end and return the exit code (negative for a signal)."""
        code = self.process.wait(seconds)
        self._reader.join(seconds)
        assert self.process.stdout is not None
        self.process.stdout.close()
        os.close(self._terminal)
        return code

    def kill(self) -> str:
        """Kill the process and return the phase in which that happened."""
        over = self.process.poll() is not None
        self.process.send_signal(signal.SIGKILL)
        self.wait()
        return ENDED if over else self.phase

    def durations(self) -> dict[str, float]:
        """Return the seconds spent in each phase of a process that has ended just now."""
        ends = [at for at, _ in self.phases[1:]] + [time.monotonic()]
        return {name: end - at for (at, name), end in zip(self.phases, ends, strict=True)}


def command(target: str | Path, *arguments: object) -> Sequence[str]:
    """Return the command line of a process."""
    return [sys.executable, "-m", "app", "--db", str(target), *map(str, arguments)]


def gone(processes: Sequence[psutil.Process], seconds: float = 10) -> bool:
    """Tell whether all the processes end in time (a zombie has ended)."""
    deadline = time.monotonic() + seconds
    while any(_alive(p) for p in processes):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.005)
    return True


def _alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def job_folders() -> list[Path]:
    """Return the job folders that are there now."""
    return sorted(Path(tempfile.gettempdir()).glob("tariffdesk-job-*"))
