"""What has to happen at its time: the tasks of the due work as data, and one thing that is due.

One more task: a module under app/services with ``due`` and ``do``, and a line in ``TASKS``.
``due(connection, until)`` returns the units of all tenants up to an instant, past or to come;
``do(unit, ctx, connection)`` does one inside the transaction it is given, tells the audit, and
returns a sentence. What it raises undoes the unit, and is told.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Unit:
    """One thing that is due ``at`` an instant.

    ``subject`` = "table:id"; with ``at`` it is done once and never again. ``title`` is what a
    person calls it, ``company_id`` the tenant it belongs to.
    """

    subject: str
    at: dt.datetime
    title: str
    company_id: int

    @property
    def number(self) -> int:
        """Return the id in ``subject``."""
        return int(self.subject.rpartition(":")[2])


@dataclass(frozen=True, slots=True)
class Task:
    """A kind of due work; ``due`` and ``do`` are functions (module.function under app.services).

    ``nouns`` = what windows read anew when something was done.
    """

    id: str
    title: str
    help: str
    due: str
    do: str
    nouns: tuple[str, ...] = ()


TASKS: tuple[Task, ...] = (
    Task(
        "agreement_versions",
        "Agreement versions",
        "When a version of an agreement begins or ends, the audit says so.",
        "due.agreement_versions.due",
        "due.agreement_versions.do",
        ("agreements", "agreement_versions"),
    ),
    Task(
        "bundle_packs",
        "Auto extend",
        "A bundle pack with auto extend is bought again for the next billing period.",
        "accounts.enabled_extend.due",
        "accounts.enabled_extend.do",
        ("enabled_services", "agreements"),
    ),
    Task(
        "invitations",
        "Invitations",
        "An invitation that nobody used ends; the audit says so.",
        "access.due.invitations_due",
        "access.due.expire_invitation",
        ("users",),
    ),
    Task(
        "unused_users",
        "Unused users",
        "Users who did not sign in for as long as the policy says are blocked; Admins never.",
        "access.due.blocking_due",
        "access.due.block_unused",
        ("users",),
    ),
)
