"""Price lists that can't be used, or go away meanwhile; reading processes that die (GEN-3)."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from pytestqt.qtbot import QtBot

from app.ui.addresses import Address
from app.ui.import_wizard.blockers import CONFIRM, PREVIEW
from app.ui.import_wizard.page import DONE, ImportPage
from app.ui.main_window import MainWindow
from tests.ui.bad_input.conftest import (
    Disk,
    Make,
    bars,
    calm,
    errors,
    held,
    is_sentence,
    one_error,
    press,
    rates,
)
from tests.ui.conftest import WAIT_MS

PLAIN = """Country,Network,Price EUR
Germany,Telekom,0.0730
Germany,Vodafone,0.0725
France,SFR,0.0555
Spain,Movistar,0.0380
"""
CORPUS = Path(__file__).resolve().parents[4] / "shared" / "data" / "corpus"
SLOW_MS = 40_000


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    """A list of four rates without a question."""
    path = tmp_path / "plain.csv"
    path.write_text(PLAIN, encoding="utf-8")
    return path


def ready(qtbot: QtBot, window: MainWindow, page: ImportPage) -> None:
    """Wait until the wizard has drafted what it was asked for."""
    for _ in range(2):
        qtbot.waitUntil(lambda: not page.wizard.busy, timeout=SLOW_MS)
        calm(qtbot, window, SLOW_MS)


def open_import(qtbot: QtBot, window: MainWindow, file: Path) -> ImportPage:
    """Open the wizard on a file, into Acme SMS."""
    page = window.open(Address.of("import", file=str(file), service="Acme SMS"))
    assert isinstance(page, ImportPage)
    ready(qtbot, window, page)
    return page


def to_confirm(qtbot: QtBot, window: MainWindow, page: ImportPage) -> None:
    """Go to the last step, which must be possible."""
    page.go_to(CONFIRM)
    ready(qtbot, window, page)
    assert page.stack.currentIndex() == CONFIRM, page.reason.text()
    assert page.next.isEnabled(), page.reason.text()


def commit(qtbot: QtBot, window: MainWindow, page: ImportPage) -> None:
    """Confirm and wait for the end, good or bad."""
    page.go_next()
    assert page.committing is not None
    qtbot.waitUntil(lambda: page.committing is None, timeout=SLOW_MS)
    ready(qtbot, window, page)


def imported(qtbot: QtBot, window: MainWindow, page: ImportPage, database: Path) -> None:
    """Import what is in the wizard; it must work now."""
    to_confirm(qtbot, window, page)
    commit(qtbot, window, page)
    assert errors(window) == []
    assert page.stack.currentIndex() == DONE
    assert len(rates(database, 1)) > 4


# ------------------------------------------------------------------------------ wrong files


def _missing(path: Path) -> None:
    assert not path.exists()


def _directory(path: Path) -> None:
    path.mkdir()


def _empty(path: Path) -> None:
    path.touch()


def _blank(path: Path) -> None:
    path.write_text("\n\n  \n", encoding="utf-8")


def _damaged(path: Path) -> None:
    _book(path, [["Country", "Price"], ["Germany", 0.07]])
    data = bytearray(path.read_bytes())
    data[200:-300] = b"\x00" * (len(data) - 500)
    path.write_bytes(data)


def _half(path: Path) -> None:
    _book(path, [["Country", "Price"], *(["Germany", n / 1000] for n in range(500))])
    path.write_bytes(path.read_bytes()[:2000])


def _no_rows(path: Path) -> None:
    _book(path, [])


def _book(path: Path, rows: list[list[object]]) -> None:
    import xlsxwriter

    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Rates")
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)


def _packed(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("plain.csv", PLAIN)


def _picture(path: Path) -> None:
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + os.urandom(3000))


def _letter(path: Path) -> None:
    path.write_bytes(b"%PDF-1.7\n" + os.urandom(3000))


def _of_the_corpus(name: str) -> Callable[[Path], None]:
    def copy(path: Path) -> None:
        if not (CORPUS / name).exists():
            pytest.skip("the file corpus is not here")
        shutil.copy(CORPUS / name, path)

    return copy


WRONG: dict[str, tuple[str, Callable[[Path], None], str]] = {
    "missing": ("gone.csv", _missing, "There is no file"),
    "a folder": ("folder.csv", _directory, "is a folder"),
    "empty": ("empty.csv", _empty, "is empty"),
    "blank": ("blank.csv", _blank, ""),
    "damaged": ("damaged.xlsx", _damaged, "damaged.xlsx"),
    "cut off": ("half.xlsx", _half, "half.xlsx"),
    "packed": ("lists.zip", _packed, "is a ZIP archive"),
    "a picture": ("scan.xlsx", _picture, "scan.xlsx"),
    "a letter": ("offer.pdf", _letter, "offer.pdf"),
    "a killer of readers": (
        "loop.xls",
        _of_the_corpus("phpspreadsheet_xls/oleloop.xls"),
        "runs in a circle",
    ),
    "a bomb": ("bomb.ods", _of_the_corpus("calamine/issue_594_dos.ods"), "can't be read"),
    "protected": (
        "secret.xlsx",
        _of_the_corpus("calamine/pass_protected.xlsx"),
        "is protected with a password",
    ),
}


def test_wrong_files_are_told_one_after_the_other_and_the_wizard_stays(
    qtbot: QtBot, window: MainWindow, database: Path, plain: Path, tmp_path: Path
) -> None:
    """One wizard is given every wrong file; its target stays, and the right one is imported."""
    before = database.read_bytes()
    page = window.open(Address.of("import", service="Acme SMS"))
    assert isinstance(page, ImportPage)
    ready(qtbot, window, page)
    for what, (name, make, words) in WRONG.items():
        path = tmp_path / "wrong" / name
        path.parent.mkdir(exist_ok=True)
        make(path)
        page.open_list(str(path))
        ready(qtbot, window, page)
        bar = one_error(qtbot, window, name, words)
        assert bar is page.file.file.bar, what
        assert not page.next.isEnabled(), what
        assert "can't be used" in page.reason.text(), what
        assert page.wizard.state.service == "Acme SMS"
    assert database.read_bytes() == before
    page.open_list(str(plain))
    ready(qtbot, window, page)
    assert errors(window) == []
    imported(qtbot, window, page, database)


@pytest.mark.parametrize("rows", [[], [["Country", "Price"]], [["hello"], ["world"]]])
def test_a_sheet_without_a_price_is_told_beside_next(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, rows: list[list[object]]
) -> None:
    path = tmp_path / "nothing.xlsx"
    _book(path, rows)
    page = open_import(qtbot, window, path)
    told = [*errors(window), page.reason.text()]
    page.go_next()
    ready(qtbot, window, page)
    told += [*errors(window), page.reason.text()]
    assert not page.next.isEnabled()
    assert all(is_sentence(text) for text in told if text), told
    assert len(set(filter(None, told))) == 1, told


@pytest.mark.soak
def test_a_protected_file_asks_for_its_password_until_it_is_right(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    source = CORPUS / "encrypted_msoffcrypto"
    if not source.exists():
        pytest.skip("the file corpus is not here")
    file = next(p for p in sorted(source.iterdir()) if p.suffix == ".xlsx")
    page = open_import(qtbot, window, Path(shutil.copy(file, tmp_path / "secret.xlsx")))
    one_error(qtbot, window, "secret.xlsx", "password")
    field = page.file.file.password
    assert field.isVisible()
    for typed, right in (("wrong", False), ("Password1234_", True)):
        field.setText(typed)
        field.returnPressed.emit()
        ready(qtbot, window, page)
        assert bool(errors(window)) is not right, errors(window)
    assert page.wizard.book is not None
    assert "Password1234_" not in str(page.state())


# ------------------------------------------------------------------------------ gone meanwhile


def test_a_list_that_is_deleted_meanwhile_keeps_the_wizard(
    qtbot: QtBot, window: MainWindow, database: Path, plain: Path
) -> None:
    page = open_import(qtbot, window, plain)
    to_confirm(qtbot, window, page)
    aside = plain.rename(plain.with_name("aside.csv"))
    before = rates(database, 1)
    commit(qtbot, window, page)
    one_error(qtbot, window, "There is no file", "plain.csv")
    assert rates(database, 1) == before
    # what was read of it can still be looked at and changed
    page.wizard.choose("row", page.wizard.state.choosing(start_row=3))
    ready(qtbot, window, page)
    page.go_to(PREVIEW)
    ready(qtbot, window, page)
    assert page.wizard.draft is not None
    aside.rename(plain)
    page.wizard.choose("row", page.wizard.state.choosing(start_row=None))
    ready(qtbot, window, page)
    to_confirm(qtbot, window, page)
    commit(qtbot, window, page)
    assert errors(window) == []
    assert page.stack.currentIndex() == DONE


@pytest.mark.soak
def test_a_list_that_is_changed_meanwhile_is_read_again_first(
    qtbot: QtBot, window: MainWindow, database: Path, plain: Path
) -> None:
    page = open_import(qtbot, window, plain)
    to_confirm(qtbot, window, page)
    plain.write_text(PLAIN.replace("0.0730", "0.9999"), encoding="utf-8")
    before = rates(database, 1)
    commit(qtbot, window, page)
    one_error(qtbot, window, "plain.csv was changed since it was read")
    assert rates(database, 1) == before
    page._read_again()
    ready(qtbot, window, page)
    assert errors(window) == []
    imported(qtbot, window, page, database)
    assert "99990000" in str(rates(database, 1))


# ------------------------------------------------------------------------------ dead children


def child() -> psutil.Process:
    """Return the reading process of the only wizard."""
    found = [
        p
        for p in psutil.Process().children(recursive=True)
        if p.status() != psutil.STATUS_ZOMBIE and "worker" in p.cmdline()
    ]
    assert len(found) == 1, found
    return found[0]


def test_a_reading_process_that_dies_while_nobody_asks_is_not_noticed(
    qtbot: QtBot, window: MainWindow, database: Path, plain: Path
) -> None:
    page = open_import(qtbot, window, plain)
    first = child()
    first.kill()
    first.wait(10)
    page.wizard.choose("row", page.wizard.state.choosing(start_row=3))
    ready(qtbot, window, page)
    assert errors(window) == []
    child().kill()
    imported(qtbot, window, page, database)


def test_a_reading_process_killed_while_it_drafts_is_told_and_replaced(
    qtbot: QtBot, window: MainWindow, database: Path, plain: Path
) -> None:
    page = open_import(qtbot, window, plain)
    killed = child()
    killed.suspend()
    page.wizard.choose("mode", page.wizard.state.but(mode="replace"))  # drafts, no more
    qtbot.waitUntil(lambda: bool(window.jobs.running))
    qtbot.wait(200)
    killed.send_signal(signal.SIGKILL)
    ready(qtbot, window, page)
    told = [*errors(window), page.reason.text(), *(b.text() for b in bars(window, "warn"))]
    shown = set(filter(None, told))
    page.go_to(1)
    ready(qtbot, window, page)
    shown |= set(filter(None, [*errors(window), page.reason.text()]))
    assert len(shown) == 1, shown
    assert "plain.csv: the reading process stopped" in shown.pop()
    assert page.wizard.state.mode == "replace"
    page.wizard.choose("mode", page.wizard.state.but(mode="merge"))
    ready(qtbot, window, page)
    imported(qtbot, window, page, database)


def test_a_reading_process_killed_while_an_import_is_written_leaves_the_rates(
    qtbot: QtBot, window: MainWindow, database: Path, plain: Path
) -> None:
    page = open_import(qtbot, window, plain)
    to_confirm(qtbot, window, page)
    before = rates(database, 1)
    killed = child()
    killed.suspend()
    page.go_next()
    qtbot.wait(300)
    assert page.committing is not None
    killed.send_signal(signal.SIGKILL)
    qtbot.waitUntil(lambda: page.committing is None, timeout=WAIT_MS)
    one_error(qtbot, window, "plain.csv: the reading process stopped")
    assert rates(database, 1) == before
    imported(qtbot, window, page, database)


def test_a_window_closed_while_an_import_is_written_waits_for_it(
    qtbot: QtBot, window: MainWindow, database: Path, plain: Path
) -> None:
    page = open_import(qtbot, window, plain)
    to_confirm(qtbot, window, page)
    waiting = child()
    waiting.suspend()
    page.go_next()
    qtbot.wait(200)
    window.close()
    assert window.isVisible()
    assert window.notice_bar.text() == (
        "Importing plain.csv is still running: wait until it has finished, or cancel it."
    )
    waiting.resume()
    qtbot.waitUntil(lambda: page.outcome is not None, timeout=WAIT_MS)
    calm(qtbot, window)
    window.close()
    assert not window.isVisible()
    assert len(rates(database, 1)) > 4


# ------------------------------------------------------------------------------ full, locked


def test_an_import_on_a_full_disk_writes_nothing_and_can_be_repeated(
    qtbot: QtBot, make_window: Make, database: Path, plain: Path, small_disk: Disk
) -> None:
    path = Path(shutil.copy(database, small_disk.folder / "desk.db"))
    window = make_window(path)
    page = open_import(qtbot, window, plain)
    to_confirm(qtbot, window, page)
    before = rates(path, 1)
    small_disk.fill()
    commit(qtbot, window, page)
    one_error(qtbot, window, "full: free some space and try again")
    assert page.stack.currentIndex() == CONFIRM
    small_disk.free()
    assert rates(path, 1) == before
    imported(qtbot, window, page, path)


def test_no_room_for_the_reading_process_is_told(
    qtbot: QtBot,
    make_window: Make,
    database: Path,
    plain: Path,
    small_disk: Disk,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(small_disk.folder))
    monkeypatch.setenv("TMPDIR", str(small_disk.folder))
    window = make_window(database)
    small_disk.fill()
    page = open_import(qtbot, window, plain)
    one_error(qtbot, window, "room")
    small_disk.free()
    press(bars(window)[0], "Read again")
    ready(qtbot, window, page)
    assert errors(window) == []
    to_confirm(qtbot, window, page)
    small_disk.fill()
    before = rates(database, 1)
    commit(qtbot, window, page)
    one_error(qtbot, window, "room")
    assert rates(database, 1) == before
    small_disk.free()
    imported(qtbot, window, page, database)


@pytest.mark.soak
def test_an_import_into_a_locked_file_is_told_and_can_be_repeated(
    qtbot: QtBot, window: MainWindow, database: Path, plain: Path
) -> None:
    page = open_import(qtbot, window, plain)
    to_confirm(qtbot, window, page)
    with held(database):
        commit(qtbot, window, page)
        one_error(qtbot, window, "desk.db is in use by another program: try again")
        assert page.outcome is None
    if page.stack.currentIndex() != CONFIRM or not page.next.isEnabled():
        ready(qtbot, window, page)
    imported(qtbot, window, page, database)


@pytest.mark.soak
@pytest.mark.parametrize("moment", range(12))
def test_a_window_killed_at_any_moment_of_an_import_leaves_old_or_new_rates(
    database: Path, plain: Path, moment: int
) -> None:
    """The whole window is killed during a commit; the next one opens an old or a new tree."""
    before = rates(database, 1)
    script = (
        "import os, sys\n"
        "from PySide6.QtWidgets import QApplication\n"
        "app = QApplication([])\n"
        "from app.ui.main_window import MainWindow\n"
        "from app.ui.addresses import Address\n"
        "from PySide6.QtCore import QTimer\n"
        "w = MainWindow(); w.show(); w.open_target(sys.argv[1])\n"
        "page = []\n"
        "def look():\n"
        "    if w.jobs.session is None: return\n"
        "    if not page:\n"
        "        page.append(w.open(Address.of('import', file=sys.argv[2], service='Acme SMS')))\n"
        "    p = w.page\n"
        "    if not hasattr(p, 'wizard'): return\n"  # the pages are still being loaded
        "    if p.wizard.draft is None or p.wizard.busy or p.committing or p.outcome: return\n"
        "    p.go_to(4); p.go_next(); print('committing', flush=True)\n"
        "t = QTimer(); t.timeout.connect(look); t.start(20)\n"
        "app.exec()\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(database), str(plain)], stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    slow = threading.Timer(60, process.kill)  # else a fault in there would wait for ever
    slow.start()
    assert process.stdout.readline() == b"committing\n"
    slow.cancel()
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(moment * 0.02)
    process.kill()
    process.communicate()
    after = rates(database, 1)
    assert after == before or len(after) > 4
