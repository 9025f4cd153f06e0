"""Ways to a database and what happens when one can't be used: a sentence and what to do."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.bootstrap import open_session
from app.sections import SECTIONS
from app.services.demo import TO_TRY
from app.services.overview import overview
from app.services.palette import find_records
from app.ui.connect_dialog import ConnectDialog, server_address
from app.ui.home import HomePage
from app.ui.import_wizard.page import ImportPage
from app.ui.import_wizard.recent_lists import recent_lists
from app.ui.jobs import Jobs
from app.ui.launch import Opening
from app.ui.main_window import MainWindow
from app.ui.open_database import data_folder, without_password
from tests.ui.conftest import WAIT_MS, settle

Make = Callable[..., MainWindow]


def buttons(page: QWidget) -> dict[str, QPushButton]:
    return {b.text(): b for b in page.findChildren(QPushButton)}


def refused(qtbot: QtBot, window: MainWindow) -> str:
    qtbot.waitUntil(window.notice_bar.isVisible, timeout=WAIT_MS)
    settle(qtbot, window.jobs)
    return window.notice_bar.text()


# ------------------------------------------------------------------------------ first run


def test_the_first_run_offers_four_ways(qtbot: QtBot, make_window: Make) -> None:
    window = make_window(None)
    window.begin(Opening())
    settle(qtbot, window.jobs)
    page = window.page
    assert isinstance(page, HomePage)
    assert list(buttons(page)) == [
        "Load sample data",
        "New local database",
        "Open a database",
        "Connect to a server",
    ]
    assert window.status.place.text() == "No database"


def test_sample_data_is_made_and_opened(qtbot: QtBot, make_window: Make) -> None:
    window = make_window(None)
    window.begin(Opening())
    settle(qtbot, window.jobs)
    page = window.page
    assert isinstance(page, HomePage)
    buttons(page)["Load sample data"].click()
    qtbot.waitUntil(lambda: window.jobs.session is not None, timeout=60_000)
    settle(qtbot, window.jobs)
    assert window.opened is not None
    assert Path(window.opened.place) == data_folder() / "sample.db"
    assert window.place_name() == "sample.db"
    page = window.page
    assert isinstance(page, HomePage)
    assert any(title.endswith(".csv") for title in buttons(page))  # imports of this week
    lists = data_folder() / "sample price lists"
    assert sorted(p.name for p in data_folder().iterdir()) == ["sample price lists", "sample.db"]
    assert recent_lists(window.preferences)[0].file == str(lists / TO_TRY)


def test_a_price_list_of_the_sample_is_imported_from_its_notice(
    qtbot: QtBot, make_window: Make
) -> None:
    window = make_window(None)
    window.load_sample_data()
    qtbot.waitUntil(lambda: window.jobs.session is not None, timeout=60_000)
    settle(qtbot, window.jobs)
    buttons(window)["Import one"].click()
    page = window.page
    assert isinstance(page, ImportPage)
    qtbot.waitUntil(lambda: page.wizard.draft is not None, timeout=WAIT_MS)
    assert page.wizard.draft is not None
    settle(qtbot, window.jobs)
    assert page.wizard.draft.service == "Meridian SMS"
    assert page.wizard.draft.profile == "Meridian monthly"


def test_cancelled_sample_data_leaves_nothing(qtbot: QtBot, make_window: Make) -> None:
    window = make_window(None)
    window.load_sample_data()
    (job,) = window.jobs.running
    job.progress.connect(lambda *_: job.cancel())
    settle(qtbot, window.jobs)
    assert window.jobs.session is None
    assert list(data_folder().iterdir()) == []
    assert not window.databases.opening


def test_a_new_file_is_made_and_remembered(qtbot: QtBot, make_window: Make, tmp_path: Path) -> None:
    window = make_window(None)
    window.begin(Opening())
    settle(qtbot, window.jobs)
    window.new_database()
    (dialog,) = window.findChildren(QFileDialog)
    dialog.done(0)
    path = tmp_path / "new" / "mine.db"
    dialog.fileSelected.emit(str(path))
    qtbot.waitUntil(lambda: window.jobs.session is not None, timeout=WAIT_MS)
    assert path.exists()
    assert window.databases.recent() == [str(path)]
    window.close()
    again = make_window(None)
    again.begin(Opening())
    qtbot.waitUntil(lambda: again.jobs.session is not None, timeout=WAIT_MS)
    assert again.place_name() == "mine.db"


# ------------------------------------------------------------------------------ what can't be used


def test_a_missing_file_is_told_and_the_start_page_stays(
    qtbot: QtBot, make_window: Make, tmp_path: Path
) -> None:
    window = make_window(None)
    window.begin(Opening(str(tmp_path / "gone.db")))
    assert "gone.db" in refused(qtbot, window)
    titles = [b.text() for b in window.notice_bar.buttons()]
    assert titles == ["Create it here", "Try again", "Open another…"]
    assert isinstance(window.page, HomePage)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"hello world, not a database at all" * 10, "not a Tariffdesk database")],
)
def test_a_wrong_file_leaves_the_open_database_open(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, content: bytes, sentence: str
) -> None:
    path = tmp_path / "wrong.db"
    path.write_bytes(content)
    window.open_target(str(path))
    assert sentence in refused(qtbot, window)
    assert window.place_name() == "desk.db"
    assert window.jobs.session is not None


def _set_version(path: Path, version: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (version,))


def test_a_newer_database_is_told(qtbot: QtBot, make_window: Make, database: Path) -> None:
    _set_version(database, "9999")
    window = make_window(None)
    window.begin(Opening(str(database)))
    assert "update Tariffdesk" in refused(qtbot, window)


def test_an_older_database_offers_backup_and_upgrade(
    qtbot: QtBot, make_window: Make, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _set_version(database, "0000")
    window = make_window(None)
    window.begin(Opening(str(database)))
    assert "older Tariffdesk" in refused(qtbot, window)
    upgrade, _other = window.notice_bar.buttons()
    assert upgrade.text() == "Back up and upgrade"
    asked: list[bool] = []
    monkeypatch.setattr(
        window.databases, "open", lambda target, *, create, upgrade: asked.append(upgrade)
    )
    upgrade.click()
    assert asked == [True]


def test_an_unreachable_server_offers_the_form_without_its_password(
    qtbot: QtBot, make_window: Make
) -> None:
    window = make_window(None)
    window.begin(Opening("postgresql://ann:secret@127.0.0.1:1/rates?connect_timeout=2"))
    assert "cannot be reached" in refused(qtbot, window)
    connect = window.notice_bar.buttons()[0]
    assert connect.text() == "Connect…"
    connect.click()
    (dialog,) = window.findChildren(ConnectDialog)
    assert (dialog.host.text(), dialog.port.value()) == ("127.0.0.1", 1)
    assert (dialog.database.text(), dialog.user.text()) == ("rates", "ann")
    assert dialog.password.text() == ""
    dialog.reject()


# ------------------------------------------------------------------------------ servers, backups


def test_passwords_are_not_remembered(window: MainWindow) -> None:
    window.databases.remember(
        "postgresql://ann:s%40cret@db.example.com:5432/rates?password=x&sslmode=require"
    )
    kept = window.databases.last()
    assert kept == "postgresql://ann@db.example.com:5432/rates?sslmode=require"
    assert without_password("C:\\data\\x.db") == "C:\\data\\x.db"


def test_the_form_builds_an_address_of_any_names(qtbot: QtBot, jobs: Jobs) -> None:
    dialog = ConnectDialog(jobs, "postgresql://jos%C3%A9@h:99/a%2Fb")
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.password.setText("p@ss:w/rd")
    assert dialog.address() == "postgresql://jos%C3%A9:p%40ss%3Aw%2Frd@h:99/a%2Fb"
    assert server_address("::1", 5432, "d", "") == "postgresql://[::1]:5432/d"
    dialog.host.clear()
    dialog.connect_button.click()
    assert dialog.message.text() == "Give the name of the server."
    assert dialog.isVisible()


def test_the_form_tests_the_connection(qtbot: QtBot, jobs: Jobs) -> None:
    dialog = ConnectDialog(jobs, "postgresql://ann@127.0.0.1:1/rates")
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.test.click()
    qtbot.waitUntil(lambda: "cannot be reached" in dialog.message.text(), timeout=WAIT_MS)
    assert dialog.test.isEnabled()


def test_a_backup_is_written_and_told(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    from app.ui.widgets.toast import toasts

    path = tmp_path / "copy.db"
    window.databases.write_backup(str(path))
    settle(qtbot, window.jobs)
    open_session(str(path)).close()
    assert str(path) in toasts(window)[0].text()


# ------------------------------------------------------------------------------ start page


def test_the_start_page_tells_what_waits(window: MainWindow, qtbot: QtBot) -> None:
    page = window.page
    assert isinstance(page, HomePage)
    settle(qtbot, window.jobs)
    shown = buttons(page)
    assert "Acme SMS" in shown  # a scope in force without rates
    assert "Retail SMS" in shown


def test_services_of_the_shell_answer(jobs: Jobs) -> None:
    assert jobs.session is not None
    ctx = jobs.session.context()
    found = overview(ctx)
    assert found.services == 2
    assert [s.service for s in found.empty_scopes] == ["Acme SMS", "Retail SMS"]
    records = find_records(ctx, SECTIONS, "SMS acme")
    assert records[0].title == "Acme SMS"
    assert records[0].address == "service?id=1"
    assert find_records(ctx, SECTIONS, "   ") == []
