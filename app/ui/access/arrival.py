"""What the window reads when somebody comes in, in a job: rights, own tabs, name and picture."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from app import bootstrap
from app.errors import UserError
from app.services.access import sign_in as signing
from app.services.access.account import MyAccount, my_account
from app.ui.open_database import front_kind
from app.ui.pages import page_class
from app.ui.preferences import config_folder
from app.ui.session_file import SavedSession, read_session, session_path

if TYPE_CHECKING:
    from app.bootstrap import Session
    from app.services.access.sign_in import SignIn


@dataclass(frozen=True, slots=True)
class Arrival:
    """A person with the session to work in and the tabs of the last time."""

    session: Session
    person: MyAccount
    saved: SavedSession


def arrive(session: Session, sign_in: SignIn, place: str) -> Arrival:
    """Return what the window needs to let somebody in; loads the page that was in front."""
    entered = bootstrap.signed_in(session, sign_in)
    person = my_account(entered.context())
    saved = read_session(session_path(config_folder(), place, person.user_id))
    for kind in front_kind(saved):
        page_class(kind)
    return Arrival(entered, person, saved)


def end(session: Session) -> None:
    """End a session in its database; one that can't be reached ends by itself."""
    number = session_id(session)
    if number is not None:
        with suppress(UserError):
            signing.end(session.database, number)


def seen(session: Session) -> None:
    """Tell the database that somebody works, who has not asked it for anything lately."""
    number = session_id(session)
    if number is not None:
        signing.seen(session.database, number, datetime.now(UTC))


def session_id(session: Session | None) -> int | None:
    """Return the number of the sign-in that a session works under, None without one."""
    return session.sign_in.session_id if session is not None and session.sign_in else None
