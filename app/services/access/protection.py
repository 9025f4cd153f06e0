"""What signing in protects in each kind of database, and what it does not: said plainly."""

from __future__ import annotations

from app.db.engine import Database
from app.services.access.state import needed

_FILE_OFF = (
    "Anyone who can open this file can see and change everything in it. Nobody signs in; the audit "
    "names the person of the machine."
)
_FILE_ON = (
    "Tariffdesk asks who you are, shows what your role allows, and the audit names you. The file "
    "itself is not locked: whoever can copy it can read and change it with other programs. Keep it "
    "where only the right people come."
)
_SERVER_OFF = (
    "Anyone with a login of this database server can see and change everything. Nobody signs in; "
    "the audit names the person of the machine and the server's login."
)
_SERVER_ON = (
    "Tariffdesk asks who you are, shows what your role allows, and the audit names you. The "
    "database itself does not check this yet: whoever has a login of the server can go round "
    "passwords, second steps and roles with other programs. Give such logins only to people who "
    "may see everything."
)


def protection(database: Database) -> str:
    """Return what holds for this database as it is set now."""
    on = needed(database)
    if database.kind == "sqlite":
        return _FILE_ON if on else _FILE_OFF
    return _SERVER_ON if on else _SERVER_OFF
