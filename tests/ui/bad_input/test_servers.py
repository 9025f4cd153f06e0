"""A server that dies while the window is open: told once, edits kept, and back by Try again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from pytestqt.qtbot import QtBot

from app.ui.addresses import Address
from app.ui.forms.page import RecordPage
from app.ui.home import HomePage
from app.ui.import_wizard.blockers import CONFIRM
from app.ui.import_wizard.page import DONE, ImportPage
from app.ui.launch import Opening
from app.ui.lists.page import ListPage
from app.ui.main_window import MainWindow
from app.ui.tariffs.service_page import ServicePage
from tests.helpers.command_line import Desk
from tests.helpers.postgres import PostgresServer
from tests.ui.bad_input.conftest import (
    Make,
    calm,
    errors,
    leaf,
    one_error,
    open_tree,
    press,
    price,
    rates,
    set_price,
)
from tests.ui.conftest import WAIT_MS

PLAIN = """Country,Network,Price EUR
Germany,Telekom,0.0730
Germany,Vodafone,0.0725
France,SFR,0.0555
Spain,Movistar,0.0380
"""


@pytest.fixture(scope="module")
def _filled(_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Make a database with a service and four rates; return its name."""
    name = _server.create_database()
    desk = Desk(_server.address(name))
    desk.ok("db", "init")
    desk.ok(
        *("service", "add", "--name", "Acme SMS", "--type", "payg"),
        *("--currency", "EUR", "--side", "cost"),
    )
    desk.ok("scope", "add", "--service", "Acme SMS", "--from", "2040-01-01")
    file = tmp_path_factory.mktemp("server") / "plain.csv"
    file.write_text(PLAIN, encoding="utf-8")
    desk.ok("import", file, "--service", "Acme SMS", "--scope", "1")
    return name


@pytest.fixture
def address(server: PostgresServer, _filled: str) -> str:
    """The address of a database with four rates, of the test's own."""
    return server.address(server.create_database(template=_filled))


@pytest.fixture
def make(make_window: Make, qtbot: QtBot) -> Callable[[str], MainWindow]:
    def opened(target: str) -> MainWindow:
        window = make_window(None)
        window.open_target(target)
        qtbot.waitUntil(lambda: window.jobs.session is not None, timeout=WAIT_MS)
        calm(qtbot, window)
        return window

    return opened


def test_a_server_that_is_down_is_told_and_opens_when_it_is_up(
    qtbot: QtBot, make_window: Make, server: PostgresServer, address: str
) -> None:
    server.halt()
    window = make_window(None)
    window.begin(Opening(address))
    bar = one_error(qtbot, window, "cannot be reached: check the address")
    assert isinstance(window.page, HomePage)
    assert [b.text() for b in bar.buttons()] == ["Connect…", "Try again", "Open another…"]
    server.resume()
    press(bar, "Try again")
    qtbot.waitUntil(lambda: window.jobs.session is not None, timeout=WAIT_MS)
    calm(qtbot, window)
    assert errors(window) == []


def test_edits_of_a_tree_survive_a_dead_server(
    qtbot: QtBot, make: Callable[[str], MainWindow], server: PostgresServer, address: str
) -> None:
    window = make(address)
    editor = open_tree(qtbot, window, 1, 1)
    before = rates(address, 1)
    item = leaf(editor)
    set_price(editor, item, "0.9")
    server.halt()
    editor.save_now()
    bar = one_error(qtbot, window, "connection", "was lost and nothing was saved")
    assert bar is window.notice_bar
    assert editor.is_dirty()
    press(bar, "Try again")
    one_error(qtbot, window, "lost")
    server.resume()
    assert rates(address, 1) == before
    press(window.notice_bar, "Try again")
    calm(qtbot, window)
    assert errors(window) == []
    assert price(editor, item) == "0.90000"
    editor.save_now()
    calm(qtbot, window)
    assert errors(window) == []
    assert not editor.is_dirty()
    assert rates(address, 1) != before


def test_saving_is_way_back_enough(
    qtbot: QtBot, make: Callable[[str], MainWindow], server: PostgresServer, address: str
) -> None:
    """Who saves again instead of pressing Try again gets all pages read anew, too."""
    window = make(address)
    page = window.open(Address.of("record", section="services", id=1))
    assert isinstance(page, RecordPage)
    calm(qtbot, window)
    page.begin_editing()
    page.form.put("name", "Acme renamed")
    server.halt()
    page.save_now()
    one_error(qtbot, window, "was lost and nothing was saved")
    listed = window.open(Address.of("list", section="services"))
    one_error(qtbot, window, "was lost")
    window.open(Address.of("record", section="services", id=1))
    server.resume()
    page.save_now()
    calm(qtbot, window)
    assert errors(window) == []
    window.open(Address.of("list", section="services"))
    calm(qtbot, window)
    assert isinstance(listed, ListPage)
    assert listed.model.rowCount() == 1


def test_pages_opened_on_a_dead_server_come_with_it(
    qtbot: QtBot, make: Callable[[str], MainWindow], server: PostgresServer, address: str
) -> None:
    window = make(address)
    server.halt()
    page = window.open(Address.of("service", id=1))
    record = window.open(Address.of("record", section="services", id=1))
    window.open(Address.of("home"))
    one_error(qtbot, window, "was lost")
    server.resume()
    press(window.notice_bar, "Try again")
    calm(qtbot, window)
    assert errors(window) == []
    assert isinstance(page, ServicePage)
    editor = page.editor()
    assert editor is not None
    assert editor.model.rowCount() > 0
    assert isinstance(record, RecordPage)
    assert record.record is not None


def test_an_import_goes_on_when_the_server_is_back(
    qtbot: QtBot,
    make: Callable[[str], MainWindow],
    server: PostgresServer,
    address: str,
    tmp_path: Path,
) -> None:
    file = tmp_path / "next.csv"
    file.write_text(PLAIN.replace("0.0730", "0.0740"), encoding="utf-8")
    before = rates(address, 1)
    window = make(address)
    page = window.open(Address.of("import", file=str(file), service="Acme SMS", scope=1))
    assert isinstance(page, ImportPage)
    calm(qtbot, window)
    page.wizard.choose("mode", page.wizard.state.but(mode="merge"))
    qtbot.waitUntil(lambda: not page.wizard.busy, timeout=WAIT_MS)
    calm(qtbot, window)
    page.go_to(CONFIRM)
    assert page.next.isEnabled(), page.reason.text()
    server.halt()
    page.go_next()
    bar = one_error(qtbot, window, "was lost and nothing was saved")
    assert bar is window.notice_bar
    assert page.outcome is None
    assert page.wizard.state.mode == "merge"
    server.resume()
    assert rates(address, 1) == before
    press(bar, "Try again")
    qtbot.waitUntil(lambda: not page.wizard.busy, timeout=WAIT_MS)
    calm(qtbot, window)
    qtbot.waitUntil(lambda: not page.wizard.busy, timeout=WAIT_MS)
    assert errors(window) == []
    page.go_to(CONFIRM)
    assert page.next.isEnabled(), page.reason.text()
    page.go_next()
    qtbot.waitUntil(lambda: page.outcome is not None, timeout=WAIT_MS)
    calm(qtbot, window)
    assert page.stack.currentIndex() == DONE
    after = rates(address, 1)
    assert len([n for n in after if after[n] != before.get(n)]) == 1


@pytest.mark.soak
def test_a_wizard_begun_on_a_dead_server_finds_its_service_later(
    qtbot: QtBot,
    make: Callable[[str], MainWindow],
    server: PostgresServer,
    address: str,
    tmp_path: Path,
) -> None:
    file = tmp_path / "next.csv"
    file.write_text(PLAIN, encoding="utf-8")
    window = make(address)
    server.halt()
    page = window.open(Address.of("import", file=str(file), service="Acme SMS", scope=1))
    assert isinstance(page, ImportPage)
    one_error(qtbot, window, "was lost")
    assert page.wizard.book is None  # whose rights hold is asked of the database first
    server.resume()
    press(window.notice_bar, "Try again")
    calm(qtbot, window)
    qtbot.waitUntil(lambda: not page.wizard.busy, timeout=WAIT_MS)
    assert errors(window) == []
    assert page.wizard.draft is not None
    assert page.wizard.draft.leaves == 4


@pytest.mark.soak
def test_connections_that_are_cut_are_made_anew(
    qtbot: QtBot, make: Callable[[str], MainWindow], server: PostgresServer, address: str
) -> None:
    """An administrator ends the sessions, or a router forgets them: nobody has to notice."""
    window = make(address)
    editor = open_tree(qtbot, window, 1, 1)
    set_price(editor, leaf(editor), "0.9")
    server.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE application_name = 'tariffdesk' AND pid <> pg_backend_pid()"
    )
    editor.save_now()
    calm(qtbot, window)
    assert errors(window) == []
    assert not editor.is_dirty()


@pytest.mark.soak
def test_a_login_without_the_rights_is_told(
    qtbot: QtBot, make: Callable[[str], MainWindow], server: PostgresServer, address: str
) -> None:
    window = make(address)
    editor = open_tree(qtbot, window, 1, 1)
    set_price(editor, leaf(editor), "0.9")
    assert window.jobs.session is not None
    name = urlsplit(address).path.strip("/")
    server.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    window.jobs.session.database.engine.dispose()
    editor.save_now()
    one_error(qtbot, window, "The database", "only allows reading: ask its administrator")
    assert editor.is_dirty()
    server.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = off")
    window.jobs.session.database.engine.dispose()
    editor.save_now()
    calm(qtbot, window)
    assert errors(window) == []
    assert not editor.is_dirty()


def test_an_empty_database_of_a_server_can_be_filled_at_once(
    qtbot: QtBot, make_window: Make, server: PostgresServer
) -> None:
    window = make_window(None)
    window.open_target(server.address(server.create_database()))
    bar = one_error(qtbot, window, "The database", "holds no Tariffdesk data yet")
    press(bar, "Create it here")
    qtbot.waitUntil(lambda: window.jobs.session is not None, timeout=WAIT_MS)
    calm(qtbot, window)
    assert errors(window) == []


def test_a_row_held_by_somebody_else_is_waited_for_or_told(
    qtbot: QtBot, make: Callable[[str], MainWindow], server: PostgresServer, address: str
) -> None:
    """A colleague's import holds the scope: the save says so and loses nothing."""
    import psycopg

    window = make(address)
    editor = open_tree(qtbot, window, 1, 1)
    set_price(editor, leaf(editor), "0.9")
    name = urlsplit(address).path.strip("/")
    server.execute(f"ALTER DATABASE {name} SET lock_timeout = '300ms'")
    assert window.jobs.session is not None
    window.jobs.session.database.engine.dispose()
    with psycopg.connect(address) as holder:
        holder.execute("SELECT * FROM scope FOR UPDATE")
        editor.save_now()
        one_error(qtbot, window, "is in use by somebody else: try again in a moment")
        assert editor.is_dirty()
    editor.save_now()
    calm(qtbot, window)
    assert errors(window) == []
    assert not editor.is_dirty()
