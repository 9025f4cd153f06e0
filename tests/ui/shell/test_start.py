"""Real processes: start-up purity, a killed window, a second start, a machine without a display."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from app.ui.launch import Opening, missing_library, opening
from app.ui.main_window import MainWindow
from app.ui.session_file import read_session, session_path
from app.ui.single_instance import SingleInstance
from app.ui.start import no_window
from tests.ui.shell.pages import NotePage

ROOT = Path(__file__).resolve().parents[3]
HEAVY = ("numpy", "sqlalchemy", "pandas", "duckdb", "alembic", "typer", "app.services", "app.db")

PAINTED = """
import sys
import app.ui.start as start
def painted(*arguments):
    first = [m for m in {heavy} if m in sys.modules]
    window = build(*arguments)
    from PySide6.QtWidgets import QApplication
    QApplication.processEvents()
    built = [m for m in {heavy} if m in sys.modules]
    print(first, built)
    sys.stdout.flush()
    __import__("os")._exit(0)
build, start._after_paint = start._after_paint, painted
sys.argv = ["tariffdesk"]
from app.__main__ import main
main()
"""

EDITING = """
import sys
from app.ui import pages
pages.PAGES["note"] = "tests.ui.shell.pages:NotePage"
import app.ui.start as start
def edited(*arguments):
    window = build(*arguments)
    def write():
        if window.jobs.session is not None:
            from tests.ui.shell.pages import address
            window.open(address(5)).edit.setText("half a thought")
    window.database_changed.connect(write)
    return window
build, start._after_paint = start._after_paint, edited
from app.ui.launch import Opening
start.run(Opening(sys.argv[1]))
"""

AT_ONCE = """
import sys, threading
import app.ui.start as start
import app.ui.open_database as opening
asked_for, rest = threading.Event(), opening.load_rest
opening.load_rest = lambda: (asked_for.wait(), rest())
from PySide6.QtCore import QTimer
def asked(*arguments):
    window = build(*arguments)
    kinds = lambda: [t.address.kind for t in window.tabs]
    def ask():
        window.open_address("list?section=services")
        print(window.databases.loading, kinds())
        asked_for.set()
    def shown():
        print(window.databases.loading, kinds())
        sys.stdout.flush()
        __import__("os")._exit(0)
    window.databases.opened.connect(lambda _: QTimer.singleShot(0, ask))
    window.databases.loaded.connect(shown)
    return window
build, start._after_paint = start._after_paint, asked
from app.ui.launch import Opening
start.run(Opening(sys.argv[1]))
"""


def _process(code: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _run(*arguments: str, **settings: str | None) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    for name, value in settings.items():
        environment.pop(name, None)
        if value is not None:
            environment[name] = value
    return subprocess.run(
        [sys.executable, "-m", "app", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def _wait(condition: Callable[[], bool], seconds: float = 20) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.05)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], Opening()),
        (["--db", "x"], Opening("x")),
        (["--db=postgresql://a@b/c"], Opening("postgresql://a@b/c")),
        (["work.db"], Opening("work.db")),
        (["--db", "x.db", "prices.XLSX"], Opening("x.db", (str(Path("prices.XLSX").absolute()),))),
        (["--db"], None),
        (["--help"], None),
        (["--db", "x.db", "db", "init"], None),
        (["import", "prices.xlsx"], None),
        (["demo"], None),
    ],
)
def test_the_arguments_choose_window_or_command(
    arguments: list[str], expected: Opening | None
) -> None:
    assert opening(arguments) == expected


def test_nothing_heavy_is_loaded_before_the_first_paint(config_folder: Path) -> None:
    """F8; the window is whole before these libraries are loaded, too."""
    ran = _process(PAINTED.format(heavy=HEAVY))
    out, err = ran.communicate(timeout=60)
    assert out.strip() == "[] []", err


def test_what_is_asked_for_before_it_is_loaded_opens_a_moment_later(
    database: Path, config_folder: Path
) -> None:
    ran = _process(AT_ONCE, str(database))
    out, err = ran.communicate(timeout=60)
    assert out.splitlines() == ["True ['home']", "False ['home', 'list']"], err


def test_item_49_a_killed_window_offers_its_unsaved_edits(
    make_window: Callable[..., MainWindow], database: Path, config_folder: Path
) -> None:
    path = session_path(config_folder, str(database))
    running = _process(EDITING, str(database))
    try:
        _wait(lambda: bool(read_session(path).unsaved) or running.poll() is not None)
        assert running.poll() is None, running.stderr.read() if running.stderr else ""
    finally:
        running.send_signal(signal.SIGKILL)
        running.communicate()
    assert SingleInstance(config_folder).acquire()  # the lock of a dead process is taken over
    window = make_window(database)
    assert window.recovery_bar.text() == "Unsaved edits of one tab were found."
    window.recovery_bar.buttons()[0].click()
    page = window.page
    assert isinstance(page, NotePage)
    assert page.edit.text() == "half a thought"
    page.discard()


def test_a_window_ends_in_order_by_a_signal(database: Path, config_folder: Path) -> None:
    path = session_path(config_folder, str(database))
    running = _process(EDITING, str(database))
    try:
        _wait(lambda: bool(read_session(path).tabs) or running.poll() is not None)
        running.terminate()
        assert running.wait(15) == 0
    finally:
        running.kill()
        running.communicate()
    assert read_session(path).unsaved  # kept for the next start: nobody could be asked


def test_item_49_a_second_start_raises_the_first_with_its_file(
    qtbot: QtBot, config_folder: Path
) -> None:
    first = SingleInstance(config_folder)
    assert first.acquire()
    first.listen()
    second = _process("import sys\nfrom app.__main__ import main\nsys.exit(main())", "prices.csv")
    with qtbot.waitSignal(first.received, timeout=20_000) as told:
        pass
    second.communicate(timeout=20)
    assert second.returncode == 0
    assert told.args == [{"database": "", "files": [str(ROOT / "prices.csv")]}]
    first.release()


def test_a_second_start_is_taken_by_the_window(
    window: MainWindow, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(window, "open", lambda address: opened.append(address.get("file")))
    window.take_second_start({"database": str(database), "files": ["/x/prices.csv"]})
    assert opened == ["/x/prices.csv"]
    window.take_second_start({"database": "/x/other.db", "files": []})
    assert "/x/other.db" in window.notice_bar.text()
    assert window.notice_bar.buttons()[0].text() == "Open it here"


def test_without_a_display_one_sentence_names_the_command_line() -> None:
    ran = _run(QT_QPA_PLATFORM=None, DISPLAY=None, WAYLAND_DISPLAY=None)
    assert ran.returncode == 1
    assert ran.stderr.count("\n") == 1
    assert "tariffdesk --help" in ran.stderr


def test_a_display_that_is_not_there_is_told_in_one_sentence() -> None:
    ran = _run(QT_QPA_PLATFORM="xcb", DISPLAY=":97", WAYLAND_DISPLAY=None)
    assert ran.returncode == 1
    assert ran.stderr.count("\n") == 1
    assert "libxcb-cursor0" in ran.stderr or "DISPLAY" in ran.stderr


def test_a_missing_library_is_named_with_its_package() -> None:
    text = "libEGL.so.1: cannot open shared object file: No such file or directory"
    assert "apt-get install libegl1" in missing_library(text)
    assert "could not connect" not in no_window("could not connect to display :9", "x")
    assert "libxcb-cursor0" in no_window("xcb-cursor0 or libxcb-cursor0 is needed", "x")


def test_the_command_line_works_without_qt(tmp_path: Path) -> None:
    blocked = "import sys; sys.modules['PySide6'] = None; sys.argv = ['t', *sys.argv[1:]]\n"
    code = f"{blocked}from app.__main__ import main\nsys.exit(main())"
    listed = _process(code, "--help")
    out, err = listed.communicate(timeout=60)
    assert listed.returncode == 0, err
    assert "import" in out
    window = _process(code)
    _, err = window.communicate(timeout=60)
    assert window.returncode == 1
    assert err.count("\n") == 1
    assert "PySide6" in err


def test_unhandled_exceptions_are_logged_and_told(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Item 50: any thread, one log, and a signal for the bar."""
    import threading

    from app.ui.crash import Faults

    parent = QObject()
    faults = Faults(tmp_path, parent)
    monkeypatch.setattr(sys, "excepthook", sys.__excepthook__)
    monkeypatch.setattr(threading, "excepthook", threading.__excepthook__)
    monkeypatch.setattr("faulthandler.enable", lambda file: None)
    faults.install()
    with qtbot.waitSignal(faults.happened) as told:
        sys.excepthook(ValueError, ValueError("first"), None)
    assert told.args[0] == "ValueError"

    def fail() -> None:
        raise KeyError("second")

    with qtbot.waitSignal(faults.happened):
        thread = threading.Thread(target=fail)
        thread.start()
        thread.join()
    text = faults.log.read_text(encoding="utf-8")
    assert "ValueError: first" in text
    assert "KeyError: 'second'" in text
    faults.close()
