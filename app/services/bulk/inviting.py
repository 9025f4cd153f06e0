"""Users of a file: invited inside its transaction, their codes mailed or written when it holds."""

from __future__ import annotations

import csv
import os
from pathlib import Path
from typing import Any

from app.db.engine import Database
from app.domain.counting import counted
from app.domain.permissions import BACKOFFICE, PORTAL
from app.domain.sections import Section
from app.errors import UserError
from app.services import records
from app.services.access import mail
from app.services.access.invitations import deliver, new_code
from app.services.access.sign_up import INVITATION
from app.services.access.user_records import Invited, invite
from app.services.context import Context
from app.services.form_values import validated

_APPLICATIONS = {"users": BACKOFFICE, "portal_users": PORTAL}


def application_of(section: Section) -> str:
    """Return the application whose users and roles the rows of a section name."""
    return _APPLICATIONS.get(section.id, BACKOFFICE)


class Inviting:
    """The guests of one file. ``context.database`` is the one transaction of the load."""

    def __init__(self, context: Context, section: Section) -> None:
        self.context = context
        self.section = section
        self.is_for_users = section.id in _APPLICATIONS
        self.can_mail = self.is_for_users and mail.is_ready(context.database)
        self.guests: list[Invited] = []

    def invite(self, values: dict[str, Any]) -> None:
        """Add a guest; nobody is told before the commit. Raises FieldProblem."""
        checked = validated(self.section, values)
        code = new_code()
        application = application_of(self.section)
        with self.context.database.write() as connection:
            made = invite(
                connection, self.context, application, checked, code, can_mail=self.can_mail
            )
            if not checked["active"]:
                record = records.load(self.context, self.section, made.account.id)
                records.update(
                    self.context,
                    self.section,
                    record.id,
                    record.version,
                    {"active": False},
                )
        self.guests.append(made)

    def refuse_undeliverable(self, codes: Path | None) -> None:
        """Raise UserError if codes could neither be mailed nor written."""
        if self.guests and codes is None and not self.can_mail:
            raise UserError(
                f"{counted(len(self.guests), 'user')} would be invited, but mail can't be sent "
                "from this machine yet: enter the mail server under Security, or have the codes "
                "written to a file that only you can read (--codes FILE)."
            )

    def write_codes(self, path: Path) -> None:
        """Write the codes to a new file that only its owner can read (0600)."""
        if not self.guests:
            return
        try:
            number = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        except FileExistsError:
            raise UserError(f"{path} is there already: give the codes another name.") from None
        except OSError as problem:
            raise UserError(
                f"{path} can't be written ({problem.strerror}): choose another place."
            ) from None
        with os.fdopen(number, "w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow(["Email", "Company", "Code", "Valid for days"])
            for one in self.guests:
                days = one.policy.invitation_days
                writer.writerow([one.account.email, one.account.company, one.code.code, days])

    def mail_codes(self, database: Database) -> tuple[str, ...]:
        """Mail every guest the code, after the commit; return a sentence for each that failed."""
        failed = []
        for one in self.guests:
            told = deliver(database, one.account, INVITATION, one.code, one.policy)
            if told.secret:
                failed.append(
                    f"The invitation of {one.account.email} could not be mailed: resend it from "
                    "the list of users."
                )
        return tuple(failed)
