"""The composition root: from settings to an open database and a context for the services."""

from __future__ import annotations

import getpass
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from app.db.engine import is_server, open_database
from app.errors import UserError
from app.services.context import Actor, Context

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


@contextmanager
def opened(
    option: str | None,
    *,
    create: bool = False,
    upgrade: bool = False,
    report: Callable[[str, int, int | None], None] | None = None,
) -> Iterator[Context]:
    """Yield a context on the chosen database; ``create`` makes it (and its folder) if needed."""
    target = database_target(option)
    if not is_server(target):
        if "://" in target:
            raise UserError(
                "The database address can't be used: give a file, or postgresql://user@host/name."
            )
        path = Path(target).expanduser()
        if create:
            path.parent.mkdir(parents=True, exist_ok=True)
        elif not path.exists():
            raise UserError(
                f"There is no database {path}: check the name, or create it with "
                f"tariffdesk --db {path} db init."
            )
        target = str(path)
    with open_database(target, create=create, upgrade=upgrade) as database:
        context = Context(actor=Actor(_user_name()), database=database)
        if report is not None:
            context = Context(actor=context.actor, database=database, report=report)
        yield context


def _user_name() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "owner"
