"""Companies, contracts and users of the sample operator (GEN-8).

They stand in resources/sample/accounts, one file for each section with the fields of its form;
what a field refers to is named there, and a year is one of {before}, {last}, {this}, {next}.
``by`` = the company in whose back office a row is entered; empty: the System owner's.
"""

from __future__ import annotations

import csv
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from importlib.resources import files
from typing import Any

from app.db.queries import user_secrets, users
from app.domain.counting import counted
from app.domain.permissions import BACKOFFICE
from app.domain.sections import Section
from app.services import records
from app.services.access import hashing, sign_up, user_records
from app.services.access.entry import system_context, tell
from app.services.context import Actor, Context
from app.services.tariffs.services import list_services

OPERATOR = "Quillhaven Messaging"
OWNER_ID = 1

_PARTIES = (
    "own_legal_entities",
    "companies",
    "legal_entities",
    "banks",
    "own_bank_accounts",
    "bank_accounts",
    "agreements",
    "agreement_versions",
    "reselling_agreements",
)
_ENABLED = ("enabled_services", "enabled_packs", "enabled_initiators", "enabled_bundle_packs")
"""Sections in the order in which their rows are made; what a row names is there before it."""

_KINDS = {
    "party_id": "company",
    "parent_id": "company",
    "company_id": "company",
    "legal_entity_id": "entity",
    "own_legal_entity_id": "entity",
    "bank_id": "bank",
    "bank_account_id": "account",
    "own_bank_account_id": "account",
    "agreement_id": "agreement",
    "service_id": "service",
}
"""What a reference field of a file names; the names of a kind are different ones."""

_MAKES = {
    "companies": ("company", "name"),
    "own_legal_entities": ("entity", "name"),
    "legal_entities": ("entity", "name"),
    "banks": ("bank", "name"),
    "own_bank_accounts": ("account", "name"),
    "bank_accounts": ("account", "name"),
    "agreements": ("agreement", "code"),
}
"""Which kind the rows of a section are, and the field with their name."""

_PERSONAL = ("first_name", "last_name", "login", "phone")


@dataclass(frozen=True, slots=True)
class SampleAccounts:
    """Makes the accounts through the forms of ``sections``, by ID of the section.

    ``ids`` = what was made so far, as forms have it, by (kind, name).
    """

    ctx: Context
    sections: Mapping[str, Section]
    ids: dict[tuple[str, str], str] = field(default_factory=dict)

    def office(self, company: str) -> Context:
        """Return a context for one command in a company's back office, where all is allowed."""
        own = self.ctx.another()
        if not company:
            return own
        actor = Actor(f"{company} office", int(self.ids["company", company]))
        return replace(own, actor=actor)

    def make_parties(self) -> Iterator[str]:
        """Make companies, what they have, and their agreements; yield a line for each section."""
        companies = self.sections["companies"]
        record = records.load(self.ctx, companies, OWNER_ID)
        records.update(self.ctx, companies, OWNER_ID, record.version, {"name": OPERATOR})
        self.ids["company", OPERATOR] = str(OWNER_ID)
        yield from map(self._fill, _PARTIES)

    def make_enabled(self) -> Iterator[str]:
        """Enable services, packs and a bundle on the agreements; yield a line for each section."""
        for known in list_services(self.ctx):
            self.ids["service", known["name"]] = str(known["id"])
        yield from map(self._fill, _ENABLED)

    def make_users(self) -> str:
        """Invite users of every system role and sign some of them up; return the line about it."""
        rows = self._rows("users")
        for row in rows:
            self.ctx.stop_if_cancelled()
            self._user(row)
        active = sum(1 for row in rows if row["login"])
        return f"{active} users made, {len(rows) - active} more invited"

    def _fill(self, name: str) -> str:
        """Make the rows of a section's file, as its form would."""
        kind, named_by = _MAKES.get(name, ("", ""))
        section, rows = self.sections[name], self._rows(name)
        for row in rows:
            self.ctx.stop_if_cancelled()
            new = records.create(self.office(row["by"]), section, self._values(row))
            if kind:
                self.ids[kind, row[named_by]] = str(int(new))
        return f"{counted(len(rows), section.singular)} made"

    def _rows(self, name: str) -> list[dict[str, str]]:
        """Return the rows of a file with the years of today."""
        year = self.ctx.clock().year
        years = {"before": year - 2, "last": year - 1, "this": year, "next": year + 1}
        text = (files("resources.sample.accounts") / f"{name}.csv").read_text(encoding="utf-8")
        return list(csv.DictReader(text.format(**years).splitlines()))

    def _values(self, row: Mapping[str, str]) -> dict[str, Any]:
        """Return the values of a form: names as IDs, empty cells left out."""
        found = {name: text for name, text in row.items() if text and name != "by"}
        return {n: self.ids[_KINDS[n], text] if n in _KINDS else text for n, text in found.items()}

    def _user(self, row: Mapping[str, str]) -> None:
        """Invite a user; one with a login is signed up, with a password that nobody knows."""
        office = self.office(row["by"])
        section, offered = self.sections["portal_users"], user_records.roles_portal
        if row["application"] == BACKOFFICE:
            section, offered = self.sections["users"], user_records.roles_backoffice
        given = self._values(row)
        values = {n: v for n, v in given.items() if n not in {*_PERSONAL, "application"}}
        if row["roles"]:
            known = {choice.title: choice.value for choice in offered(office, "", values)}
            values["roles"] = [known[row["roles"]]]
        user_id = int(records.create(office, section, values))
        if row["login"]:
            self._sign_up(user_id, {name: row[name].replace(" ", "") for name in _PERSONAL})

    def _sign_up(self, user_id: int, personal: dict[str, str]) -> None:
        ctx, hashed = self.ctx, hashing.hash_password(secrets.token_urlsafe(32))
        with ctx.database.write() as connection:
            sign_up.store_registration(connection, user_id, personal, hashed, ctx.clock)
            user_secrets.end_codes(connection, user_id, sign_up.INVITATION, ctx.clock())
            account = users.account(connection, user_id)
            assert account is not None
            own = system_context(ctx.database, account, ctx.clock)
            tell(connection, own, "sign up", account, {**personal, "status": "active"})
