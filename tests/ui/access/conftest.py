"""Databases that ask who works on them, with users whose passwords the tests know."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.bootstrap import Session, open_session, signed_in
from app.domain.permissions import BACKOFFICE, ROLES
from app.domain.records import ListQuery, NewRecord
from app.sections import section
from app.services import records
from app.services.access import sign_in as signing
from app.services.access import user_records
from app.services.access.sign_up import Registration
from app.services.access.switch import setup_admin, switch_on
from app.services.context import Context
from app.ui.access.sign_in_page import SignInPage
from app.ui.access.sign_in_steps import PasswordStep
from app.ui.main_window import MainWindow
from tests.helpers.command_line import Desk
from tests.helpers.hashing import quick_hashing
from tests.helpers.postgres import PostgresServer, Unavailable
from tests.ui.conftest import WAIT_MS, settle

__all__ = ["quick_hashing"]

PASSWORD = "Lantern-forest-27"
"""The password of every user of these tests."""

ADMIN, NOC = "ada", "noc.nora"


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def come_in(session: Session, login: str = ADMIN) -> Session:
    """Return a session of somebody who has signed in."""
    came = signing.by_password(session.database, login, PASSWORD, clock=now)
    return signed_in(session, came)


def make_admin(session: Session) -> None:
    """Make the administrator Ada and switch sign-in on."""
    ctx = session.context()
    setup_admin(ctx, "ada@example.com", Registration("Ada", "Byron", "", ADMIN, PASSWORD))
    switch_on(ctx)


def role_id(ctx: Context, system: str) -> str:
    """Return the number of a system role of the back office, as forms hold it."""
    titles = {r.id: r.title for r in ROLES[BACKOFFICE]}
    query = ListQuery("roles", search=titles[system])
    found = records.first_rows(ctx, section("roles"), query)
    return str(found[0][0])


def invite(ctx: Context, email: str, *roles: str, **values: object) -> str:
    """Invite somebody to the System owner's back office and return the one-time code."""
    given: dict[str, object] = {
        "email": email,
        "company_id": "1",
        "unrestricted": not roles,
        "roles": [role_id(ctx, role) for role in roles],
        "two_factor": False,
    }
    made = user_records.create_backoffice(ctx, {**given, **values})
    assert isinstance(made, NewRecord)
    return made.told.secret


def join(session: Session, email: str, first: str, login: str, *roles: str) -> None:
    """Make a registered user with roles of the back office; none = no restrictions."""
    ctx = come_in(session).context()
    code = invite(ctx, email, *roles)
    invitation = signing.accept_invitation(session.database, email, code, clock=now)
    registration = Registration(first, "Example", "", login, PASSWORD)
    signing.register(session.database, invitation, registration, clock=now)


@pytest.fixture(scope="session")
def _guarded_template(
    quick_hashing: None, tmp_path_factory: pytest.TempPathFactory, _database_template: Path
) -> Path:
    path = tmp_path_factory.mktemp("guarded") / "guarded.db"
    shutil.copy(_database_template, path)
    session = open_session(str(path))
    make_admin(session)
    join(session, "nora@example.com", "Nora", NOC, "noc_engineer")
    session.close()
    return path


@pytest.fixture
def guarded(_guarded_template: Path, tmp_path: Path) -> Path:
    """The window's database with sign-in on; Ada (``ada``) is its Admin, Nora a NOC engineer."""
    return Path(shutil.copy(_guarded_template, tmp_path / "guarded.db"))


@pytest.fixture
def asked(make_window: Callable[..., MainWindow], guarded: Path, qtbot: QtBot) -> MainWindow:
    """A window that was opened on ``guarded`` and asks for a sign-in."""
    window = make_window()
    ask(qtbot, window, guarded)
    return window


def ask(qtbot: QtBot, window: MainWindow, place: Path | str) -> None:
    """Open a database that asks for a sign-in."""
    window.open_target(str(place))
    qtbot.waitUntil(lambda: window.gate.locked, timeout=WAIT_MS)
    settle(qtbot, window.jobs)


def page_of(window: MainWindow) -> SignInPage:
    assert window.gate.page is not None
    return window.gate.page


def sign_in(qtbot: QtBot, window: MainWindow, login: str = ADMIN, password: str = PASSWORD) -> None:
    """Fill in the first step and wait until the window is open."""
    step = page_of(window).step
    assert isinstance(step, PasswordStep)
    step.login.setText(login)
    step.password.set_text(password)
    step.submit_button.click()
    qtbot.waitUntil(lambda: not window.gate.locked, timeout=WAIT_MS)
    settle(qtbot, window.jobs)


@pytest.fixture(scope="session")
def _server() -> Iterator[PostgresServer]:
    try:
        server = PostgresServer()
    except Unavailable as reason:
        pytest.skip(str(reason))
    yield server
    server.stop()


@pytest.fixture
def new_server_database(_server: PostgresServer) -> str:
    """The address of a new database on a server, with its tables."""
    address = _server.address(_server.create_database())
    Desk(address).ok("db", "init")
    return address
