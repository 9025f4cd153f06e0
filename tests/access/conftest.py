"""Both databases with a first administrator, a clock that tests turn, and no real key store."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import keyring
import pyotp
import pytest
from keyring.backends import fail

from app.db.engine import Database, open_database
from app.db.queries.tenancy import tenant_of
from app.db.tables.companies import company
from app.sections.users import PORTAL_USERS, USERS
from app.services import records
from app.services.access import sign_in, switch, user_records
from app.services.access.sign_up import Registration
from app.services.context import Actor, Context
from tests.helpers.hashing import quick_hashing
from tests.helpers.postgres import PostgresServer, Unavailable

__all__ = ["quick_hashing"]

START = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
PASSWORD = "Mountain-7-river"
BOTH = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    try:
        server = PostgresServer()
    except Unavailable as reason:
        pytest.skip(str(reason))
    yield server
    server.stop()


@pytest.fixture(scope="session")
def postgres_template(quick_hashing: None, postgres: PostgresServer) -> str:
    name = postgres.create_database()
    with open_database(postgres.address(name), create=True) as database:
        prepare(database)
    return name


@pytest.fixture(scope="session")
def sqlite_template(quick_hashing: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "template.db"
    with open_database(path, create=True) as database:
        prepare(database)
    return path


def prepare(database: Database) -> None:
    """Make an administrator and switch sign-in on."""
    ctx = Context(Actor("owner"), database, clock=lambda: START)
    switch.setup_admin(
        ctx, "ann@harbour.example", Registration("Ann", "Lee", "", "ann.lee", PASSWORD)
    )
    switch.switch_on(ctx)


@pytest.fixture(autouse=True)
def own_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine without a key store and with a data folder of its own."""
    before = keyring.get_keyring()
    keyring.set_keyring(fail.Keyring())
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.delenv("TARIFFDESK_PASSWORD_FILE", raising=False)
    monkeypatch.setattr(keyring, "set_keyring", lambda _: None)
    yield tmp_path / "data"  # type: ignore[misc]
    monkeypatch.undo()
    keyring.set_keyring(before)


on_both = pytest.mark.parametrize("target", BOTH, indirect=True)
"""For tests whose SQL may differ; the others run on a file."""


@pytest.fixture
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str | Path]:
    """Where a database with an administrator is; a file unless the test asks for both."""
    if getattr(request, "param", "sqlite") == "sqlite":
        path = tmp_path / "office.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield path
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    name = server.create_database(template=request.getfixturevalue("postgres_template"))
    yield server.address(name)
    server.drop_database(name)


@dataclass
class Office:
    """A database, and a clock that stands still until a test turns it."""

    database: Database
    now: dt.datetime = START
    secret: str = ""

    def clock(self) -> dt.datetime:
        return self.now

    def wait(self, **time: float) -> None:
        self.now += dt.timedelta(**time)

    @property
    def ctx(self) -> Context:
        """The owner's context: everything is allowed."""
        return Context(Actor("owner"), self.database, clock=self.clock)

    def as_actor(self, actor: Actor | None) -> Context:
        assert actor is not None
        return replace(self.ctx, actor=actor)

    def sign_in(self, name: str = "ann.lee", password: str = PASSWORD) -> sign_in.SignIn:
        return sign_in.by_password(self.database, name, password, clock=self.clock)

    def signed(self, name: str = "ann.lee", password: str = PASSWORD) -> Context:
        return self.as_actor(self.sign_in(name, password).actor)

    def signed_by_code(self) -> Actor | None:
        """Sign the administrator in with the authenticator that the test has added."""
        assert self.secret
        step = self.sign_in()
        code = pyotp.TOTP(self.secret).at(self.now)
        return sign_in.by_code(self.database, step, code, clock=self.clock).actor

    def company(self, name: str, kind: str = "reseller", parent: int = 1, **more: Any) -> int:
        with self.database.write() as connection:
            made = connection.execute(
                company.insert().values(
                    name=name,
                    type=kind,
                    parent_id=parent,
                    created_at=START,
                    updated_at=START,
                    **more,
                )
            )
            company_id = int(made.inserted_primary_key[0])
            assert tenant_of(connection, company_id) == parent
        return company_id

    def role(self, name: str, *, portal: bool = False, company_id: int = 1) -> str:
        offered = user_records.roles_portal if portal else user_records.roles_backoffice
        found = offered(self.ctx, name, {"company_id": str(company_id)})
        return next(choice.value for choice in found if choice.title == name)

    def form(
        self, email: str, *roles: str, company_id: int = 1, portal: bool = False, **more: Any
    ) -> dict[str, Any]:
        named = roles or ("Broadcast manager" if portal else "Finance manager",)
        ids = [self.role(name, portal=portal, company_id=company_id) for name in named]
        rest = {"departments": ["Office"], **more} if portal else more
        return {"email": email, "company_id": str(company_id), "roles": ids, **rest}

    def invite(self, email: str, *roles: str, ctx: Context | None = None, **more: Any) -> Any:
        section = PORTAL_USERS if more.get("portal") else USERS
        return records.create(ctx or self.ctx, section, self.form(email, *roles, **more))

    def user(
        self, login: str, *roles: str, phone: str = "", password: str = PASSWORD, **more: Any
    ) -> int:
        """Invite a user and sign up with the code."""
        email = f"{login}@harbour.example"
        made = self.invite(email, *roles, **more)
        invitation = sign_in.accept_invitation(
            self.database, email, made.told.secret, clock=self.clock
        )
        form = Registration("Some", "Body", phone, login, password)
        sign_in.register(self.database, invitation, form, clock=self.clock)
        return int(made)


@pytest.fixture
def office(target: str | Path) -> Iterator[Office]:
    with open_database(target, create=False) as database:
        yield Office(database)


@pytest.fixture
def local(sqlite_template: Path, tmp_path: Path) -> Iterator[Office]:
    """The same on a file only, for what does not depend on the database."""
    path = tmp_path / "local.db"
    shutil.copy(sqlite_template, path)
    with open_database(path, create=False) as database:
        yield Office(database)
