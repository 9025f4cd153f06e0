"""Real trouble for the real window: locked files, full disks, dead servers, killed children.

``locked`` holds a file in another process, ``small_disk`` is a real file system of two megabytes,
``server`` a PostgreSQL that can be stopped and started; ``errors`` is what a person is told.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot

from app.bootstrap import open_session
from app.db.engine import open_database
from app.ui.addresses import Address
from app.ui.main_window import MainWindow
from app.ui.tariffs.service_page import ServicePage
from app.ui.tariffs.tree_editor import TreeEditor
from app.ui.widgets.message_bar import MessageBar
from app.ui.widgets.toast import toasts
from tests.helpers.postgres import PostgresServer, Unavailable
from tests.ui.conftest import WAIT_MS

Make = Callable[..., MainWindow]
BUSY_SECONDS = 0.3
"""How long a locked file is waited for here; a person waits for ten seconds."""

_HOLD = """
import sqlite3, sys
held = sqlite3.connect(sys.argv[1], isolation_level=None)
held.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def _short_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for a locked file less long than a person does."""
    monkeypatch.setitem(open_database.__kwdefaults__ or {}, "busy_seconds", BUSY_SECONDS)


# ------------------------------------------------------------------------------ what is told


def bars(window: MainWindow, *kinds: str) -> list[MessageBar]:
    """Return the visible message bars of the window that say something of these kinds."""
    found = window.findChildren(MessageBar)
    return [b for b in found if b.isVisible() and b.text() and b.kind in (kinds or ("error",))]


def errors(window: MainWindow, *kinds: str) -> list[str]:
    """Return the sentences that stand in the window as errors; toasts that tell one, too."""
    told = [b.text() for b in bars(window, *kinds)]
    return told + [t.text() for t in toasts(window) if t.kind == "error"]


def calm(qtbot: QtBot, window: MainWindow, milliseconds: int = WAIT_MS) -> None:
    """Wait until nothing runs and nothing is about to."""

    def quiet() -> bool:
        for _ in range(5):  # what a finished job shows may ask for more, a moment later
            QApplication.processEvents()
            if window.jobs.running:
                return False
        return True

    qtbot.waitUntil(quiet, timeout=milliseconds)


def one_error(qtbot: QtBot, window: MainWindow, *words: str) -> MessageBar:
    """Return the bar with the only error shown; it holds the words and is a single sentence."""
    qtbot.waitUntil(lambda: bool(bars(window)), timeout=WAIT_MS)
    calm(qtbot, window)
    found = bars(window)
    told = [b.text() for b in found]
    assert len(found) == 1, told
    assert window.fault_bar.text() == ""
    assert all(word in told[0] for word in words), told
    assert is_sentence(told[0]), told
    assert QApplication.activeModalWidget() is None
    return found[0]


def is_sentence(text: str) -> bool:
    """Tell whether a text is fit for a person: one line, no traceback, no driver's words."""
    wrong = ("Traceback", "sqlite3", "psycopg", "sqlalchemy", "errno", "Errno", "Background on")
    return "\n" not in text and text.endswith(".") and not any(w in text for w in wrong)


def press(bar: MessageBar, title: str) -> None:
    """Click the button of a bar."""
    (button,) = [b for b in bar.buttons() if b.text() == title]
    button.click()


def accept(text: str) -> Callable[[QDialog], None]:
    """Return an answer that clicks the button whose text begins so."""
    from PySide6.QtWidgets import QPushButton

    def answer(dialog: QDialog) -> None:
        (button,) = [b for b in dialog.findChildren(QPushButton) if b.text().startswith(text)]
        button.click()

    return answer


# ------------------------------------------------------------------------------ work in the window


def rates(target: str | Path, scope: int) -> dict[int, tuple[Any, ...]]:
    """Return all live rates of a scope as the database holds them, read by a session of its own."""
    import sqlalchemy as sa

    session = open_session(str(target))
    try:
        with session.database.read() as connection:
            rows = connection.execute(
                sa.text("SELECT * FROM rate_node WHERE scope_id = :scope ORDER BY node_no"),
                {"scope": scope},
            ).all()
    finally:
        session.close()
    return {row.node_no: tuple(row) for row in rows}


def open_tree(qtbot: QtBot, window: MainWindow, service: int, scope: int) -> TreeEditor:
    """Open a service's page on a scope, with all levels read; return its editor."""
    page = window.open(Address.of("service", id=service, scope=scope))
    assert isinstance(page, ServicePage)
    calm(qtbot, window)
    editor = page.editor()
    assert editor is not None
    assert editor.scope_id == scope
    editor.open_levels(0)
    calm(qtbot, window)
    return editor


def leaf(editor: TreeEditor, place: int = 0) -> Any:
    """Return a loaded node with a price."""
    found: list[Any] = []

    def walk(item: Any) -> None:
        for child in item.nodes.values():
            if child.nodes:
                walk(child)
            elif editor.model.index_of(child, _price()).data():
                found.append(child)

    walk(editor.model.root)
    return found[place]


def _price() -> Any:
    from app.ui.tariffs.tree_words import Column

    return Column.PRICE


def set_price(editor: TreeEditor, item: Any, text: str) -> None:
    """Give a cell another price, as its editor does."""
    value = int(Decimal(text) * 10**8)
    assert editor.model.setData(editor.model.index_of(item, _price()), value)


def price(editor: TreeEditor, item: Any) -> str:
    """Return the price that a cell shows."""
    return str(editor.model.index_of(item, _price()).data())


# ------------------------------------------------------------------------------ trouble


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Lock a SQLite file in another process, as a backup program or a second user does."""
    process = subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        yield
    finally:
        process.communicate()


class Disk:
    """A mounted file system that can be filled to the last byte and emptied again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._ballast = folder / "ballast"

    def fill(self, spare: int = 0) -> None:
        """Leave ``spare`` bytes."""
        room = os.statvfs(self.folder)
        size = room.f_bavail * room.f_frsize - spare
        with self._ballast.open("ab") as stream:
            stream.write(bytes(max(size, 0)))

    def free(self) -> None:
        """Make room again."""
        self._ballast.unlink(missing_ok=True)


def _mounted(folder: Path, *options: str) -> bool:
    folder.mkdir(exist_ok=True)
    ran = subprocess.run(["mount", *options, str(folder)], check=False, capture_output=True)
    return ran.returncode == 0


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Disk]:
    """A file system of a few megabytes."""
    folder = tmp_path / "disk"
    if os.geteuid() != 0 or not _mounted(folder, "-t", "tmpfs", "-o", "size=8m", "tmpfs"):
        pytest.skip("only root can mount a small file system")
    yield Disk(folder)
    subprocess.run(["umount", "--lazy", str(folder)], check=False, capture_output=True)


@pytest.fixture
def read_only(tmp_path: Path) -> Iterator[Callable[[Path], Path]]:
    """Return a function that gives a folder in which nothing can be written, with a file in it."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount a read-only file system")
    mounted: list[Path] = []

    def make(file: Path) -> Path:
        folder = tmp_path / "read-only"
        if not _mounted(folder, "-t", "tmpfs", "-o", "size=8m", "tmpfs"):
            pytest.skip("no file system can be mounted here")
        mounted.append(folder)
        (folder / file.name).write_bytes(file.read_bytes())
        remount = ["mount", "-o", "remount,ro", str(folder)]
        subprocess.run(remount, check=True, capture_output=True)
        return folder / file.name

    yield make
    for folder in mounted:
        subprocess.run(["umount", "--lazy", str(folder)], check=False, capture_output=True)


@pytest.fixture(scope="module")
def _server() -> Iterator[PostgresServer]:
    try:
        started = PostgresServer()
    except Unavailable as reason:
        pytest.skip(str(reason))
    yield started
    started.stop()


@pytest.fixture
def server(_server: PostgresServer) -> Iterator[PostgresServer]:
    """A running server; a test may halt it, the next one finds it running."""
    _server.resume()
    yield _server
    _server.resume()
