"""What a window has to know of a database before anybody has signed in; nothing of its data."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from app.db.engine import Database
from app.domain.passwords import Policy
from app.services.access.entry import is_on
from app.services.access.policy import common_passwords, policy_in
from app.services.access.protection import protection


@dataclass(frozen=True, slots=True)
class Entrance:
    """Whether people sign in, by which rules passwords are chosen, and what all this protects."""

    needed: bool
    policy: Policy = field(default_factory=Policy)
    common: Collection[str] = frozenset()
    protection: str = ""


def entrance(database: Database) -> Entrance:
    """Return what the sign-in page shows and checks."""
    with database.read() as connection:
        on, policy = is_on(connection), policy_in(connection)
    return Entrance(on, policy, common_passwords(), protection(database))
