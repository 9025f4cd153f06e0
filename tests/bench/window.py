"""Figures of the window: first paint, event-loop gaps under load, long trees and lists, signals."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.bench.process import ROOT, installed_environment

BARE = """
import os, sys
from PySide6.QtWidgets import QApplication, QMainWindow
application = QApplication(sys.argv[:1])
window = QMainWindow()
window.resize(1200, 700)
window.show()
application.processEvents()
os._exit(0)
"""

OURS = """
import os, sys
sys.argv = ["tariffdesk"]
import app.ui.start
app.ui.start._after_paint = lambda *_: os._exit(0)
from app.__main__ import main
sys.exit(main())
"""
"""Ends where the program goes on after its first paint."""

COMPLETE = """
import os, sys
sys.argv = ["tariffdesk"]
import app.ui.start
made = app.ui.start._after_paint
def ended(application, *rest):
    made(application, *rest)
    application.processEvents()
    os._exit(0)
app.ui.start._after_paint = ended
from app.__main__ import main
sys.exit(main())
"""
"""Ends when the whole window, which is built into the first one, was painted too."""

GOAL_START = 1.5
GOAL_GAP_MS = 100.0
GOAL_PAINT = 1.5
EMITS = 20_000


def run_window_benchmark(rounds: int, rows: int, only: str) -> None:
    """Print every figure of the window with its goal."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory(prefix="tariffdesk-bench-") as folder:
        os.environ["TARIFFDESK_CONFIG"] = folder
        os.environ["TARIFFDESK_FONT"] = "bundled"
        if only in {"", "start"}:
            _start(max(rounds, 3) * 4)
        if only in {"", "emits"}:
            _emits()
        if only in {"", "gaps", "paint"}:
            from tests.bench.window_load import run_load

            run_load(Path(folder), rows, only)


def told(what: str, figure: float, unit: str, goal: str, detail: str) -> None:
    """Print one figure as the other benchmarks do."""
    print(f"{what:<70} {figure:7.2f}{unit}  goal {goal:<8} {detail}", flush=True)


def _start(rounds: int) -> None:
    bare, ours, complete = [], [], []
    for _ in range(rounds):
        bare.append(_timed(BARE))
        ours.append(_timed(OURS))
        complete.append(_timed(COMPLETE))
    low, mine, whole = (statistics.median(times[1:]) for times in (bare, ours, complete))
    told(
        "first window against a bare PySide6 window process",
        mine / low,
        "x",
        f"<= {GOAL_START}",
        f"{mine * 1000:.0f} ms against {low * 1000:.0f} ms",
    )
    told(
        "the same until navigation, tabs and start page are painted too",
        whole / low,
        "x",
        "none",
        f"{whole * 1000:.0f} ms",
    )


def _timed(code: str) -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=installed_environment(), check=True)
    return time.perf_counter() - start


def _emits() -> None:
    from PySide6.QtCore import QObject, Signal
    from PySide6.QtWidgets import QApplication, QLabel

    class Source(QObject):
        told = Signal(str, int, object)

    application = QApplication.instance() or QApplication(sys.argv[:1])
    seen = [0]
    source, label = Source(), QLabel()
    source.told.connect(lambda *_: seen.__setitem__(0, seen[0] + 1))
    for number in range(EMITS):
        source.told.emit("phase", number, None)
        label.setText(str(number))
    application.processEvents()
    told("signal emits and label texts survived", seen[0], "", f">= {EMITS}", "")
