"""The composition root: from settings to an open database and a context for the services."""

from __future__ import annotations

import getpass
import os
import pkgutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from app.db.engine import Database, is_server, open_database, server_name, server_url
from app.db.migrations import UpgradeNeeded
from app.errors import SignedOut, UserError
from app.services.context import NOBODY, Actor, Context

if TYPE_CHECKING:
    from app.services.access.sign_in import SignIn

__all__ = [
    "DATABASE_VARIABLE",
    "Login",
    "Session",
    "UpgradeNeeded",
    "data_folder",
    "database_exists",
    "database_target",
    "load_services",
    "open_session",
    "opened",
    "place_of",
    "signed_in",
]

DATABASE_VARIABLE = "TARIFFDESK_DB"


def database_target(option: str | None) -> str:
    """Return the database to use: the option, else TARIFFDESK_DB, else the user's data folder."""
    chosen = option or os.environ.get(DATABASE_VARIABLE) or ""
    return chosen or str(data_folder() / "tariffdesk.db")


def data_folder() -> Path:
    """Return the folder for a person's own databases; it need not exist yet."""
    import platformdirs

    return Path(platformdirs.user_data_dir("Tariffdesk", appauthor=False))


def database_exists(option: str | None) -> bool:
    """Return whether the chosen database is a server or a file that is there."""
    target = database_target(option)
    return is_server(target) or Path(target).expanduser().exists()


@dataclass(frozen=True, slots=True)
class Session:
    """An open database and who works on it; its contexts may be used in any thread.

    ``sign_in`` = how the actor came in; None where nobody signs in, and before somebody does.
    """

    database: Database
    actor: Actor
    sign_in: SignIn | None = None

    def context(
        self,
        report: Callable[[str, int, int | None], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> Context:
        """Return a context for one command, wired to its progress and its cancel button.

        The actor has the rights of this moment; SignedOut if the session ended meanwhile.
        """
        context = Context(actor=self.current(), database=self.database)
        if report is not None:
            context = replace(context, report=report)
        return context if cancelled is None else replace(context, cancelled=cancelled)

    def current(self) -> Actor:
        """Return who works now, as the database has it; nobody where one has to sign in first."""
        if self.sign_in is not None and self.sign_in.session_id is not None:
            from app.services.access.sign_in import refresh

            return refresh(self.database, self.sign_in.session_id, _now())
        if _asks(self.database):
            if self.actor != NOBODY:
                raise SignedOut("Sign-in was switched on for this database: sign in to go on.")
            return NOBODY
        return self.actor if self.actor != NOBODY else Actor(_user_name())

    def close(self) -> None:
        """Close the database."""
        self.database.close()


def open_session(option: str | None, *, create: bool = False, upgrade: bool = False) -> Session:
    """Open the chosen database; ``create`` makes it (and its folder) if needed.

    Raises UserError with what to do if it can't be used, UpgradeNeeded for an older schema.
    """
    target = database_target(option)
    if not is_server(target):
        if "://" in target:
            raise UserError(
                "The database address can't be used: give a file, or postgresql://user@host/name."
            )
        path = Path(target).expanduser()
        if create:
            _make_folder(path.parent)
        elif not path.exists():
            raise UserError(
                f"There is no database {path}: check the name, or create it with "
                f"tariffdesk --db {path} db init."
            )
        target = str(path)
    database = open_database(target, create=create, upgrade=upgrade)
    try:
        nobody = _asks(database)
    except BaseException:
        database.close()
        raise
    return Session(database, NOBODY if nobody else Actor(_user_name()))


def _asks(database: Database) -> bool:
    from app.services.access.state import needed

    return needed(database)


def signed_in(session: Session, sign_in: SignIn) -> Session:
    """Return the session of who has signed in by all steps. Raises UserError before the last."""
    if sign_in.actor is None or sign_in.session_id is None:
        raise UserError("The sign-in is not finished: go on with its next step.")
    return replace(session, actor=sign_in.actor, sign_in=sign_in)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise UserError(
            f"The folder {folder} can't be made ({problem.strerror}): choose another place."
        ) from None


def place_of(target: str) -> str:
    """Return how a database is called: its full path, or server and database without a login."""
    if is_server(target):
        return server_name(server_url(target))
    return str(Path(target).expanduser().absolute())


def load_services() -> None:
    """Import every service, so that later imports in the window's thread cost nothing."""
    import app.services as package

    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        import_module(found.name)


@dataclass(frozen=True, slots=True)
class Login:
    """Who signs in for one command; ``password`` is asked for only where a database wants it.

    ``code`` = of the authenticator, or of the mail that the command before had sent.
    """

    user: str
    password: Callable[[], str] = field(repr=False)
    code: str = ""


@contextmanager
def opened(
    option: str | None,
    *,
    create: bool = False,
    upgrade: bool = False,
    report: Callable[[str, int, int | None], None] | None = None,
    login: Login | None = None,
) -> Iterator[Context]:
    """Yield a context on the chosen database for one command, and close it afterwards.

    Where the database asks for it, ``login`` signs in for as long; making or upgrading one does
    not.
    """
    session = open_session(option, create=create, upgrade=upgrade)
    try:
        if session.actor == NOBODY and not (create or upgrade):
            session = _enter(session, login)
        yield session.context(report)
    finally:
        try:
            _leave(session)
        finally:
            session.close()


def _enter(session: Session, login: Login | None) -> Session:
    """Sign in by all steps that a command can take. Raises UserError for the others."""
    from app.services.access import sign_in as signing

    if login is None or not login.user:
        raise UserError(
            "This database asks who you are: add --user NAME and --password-file FILE before the "
            "command."
        )
    step = signing.by_password(
        session.database, login.user, login.password(), clock=_now, new_code=not login.code
    )
    if step.needs in {"totp", "email_code"} and step.enrolment is None and login.code:
        step = signing.by_code(session.database, step, login.code, clock=_now)
    if step.needs:
        raise UserError(_unfinished(step))
    return signed_in(session, step)


def _unfinished(step: SignIn) -> str:
    """Return what a person at the command line does next."""
    if step.enrolment is not None:
        return "This account needs an authenticator app: sign in once in the window to add it."
    codes = {
        "totp": "Add --code with what your authenticator app shows.",
        "email_code": f"{step.note} Add it to the command: --code CODE.",
    }
    return codes.get(step.needs, f"{step.note} That is done in the window.")


def _leave(session: Session) -> None:
    if session.sign_in is not None and session.sign_in.session_id is not None:
        from app.services.access.sign_in import end

        with suppress(UserError):  # a session that can't be ended now ends by itself
            end(session.database, session.sign_in.session_id)


def _now() -> datetime:
    return datetime.now(UTC)


def _user_name() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "owner"
