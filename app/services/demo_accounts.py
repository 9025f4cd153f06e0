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
from app.sections.agreement_versions import AGREEMENT_VERSIONS
from app.sections.agreements import AGREEMENTS
from app.sections.bank_accounts import BANK_ACCOUNTS
from app.sections.banks import BANKS
from app.sections.companies import COMPANIES
from app.sections.enabled_packs import ENABLED_BUNDLE_PACKS, ENABLED_PACKS
from app.sections.enabled_services import ENABLED_INITIATORS, ENABLED_SERVICES
from app.sections.legal_entities import LEGAL_ENTITIES
from app.sections.own_bank_accounts import OWN_BANK_ACCOUNTS
from app.sections.own_legal_entities import OWN_LEGAL_ENTITIES
from app.sections.reselling_agreements import RESELLING_AGREEMENTS
from app.sections.users import PORTAL_USERS, USERS
from app.services import records
from app.services.access import hashing, sign_up, user_records
from app.services.access.entry import system_context, tell
from app.services.context import Actor, Context
from app.services.tariffs.services import list_services

OPERATOR = "Quillhaven Messaging"
OWNER_ID = 1

_PARTIES = (
    OWN_LEGAL_ENTITIES,
    COMPANIES,
    LEGAL_ENTITIES,
    BANKS,
    OWN_BANK_ACCOUNTS,
    BANK_ACCOUNTS,
    AGREEMENTS,
    AGREEMENT_VERSIONS,
    RESELLING_AGREEMENTS,
)
_ENABLED = (ENABLED_SERVICES, ENABLED_PACKS, ENABLED_INITIATORS, ENABLED_BUNDLE_PACKS)

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
    COMPANIES.id: ("company", "name"),
    OWN_LEGAL_ENTITIES.id: ("entity", "name"),
    LEGAL_ENTITIES.id: ("entity", "name"),
    BANKS.id: ("bank", "name"),
    OWN_BANK_ACCOUNTS.id: ("account", "name"),
    BANK_ACCOUNTS.id: ("account", "name"),
    AGREEMENTS.id: ("agreement", "code"),
}
"""Which kind the rows of a section are, and the field with their name."""


@dataclass(frozen=True, slots=True)
class SampleAccounts:
    """What was made so far: IDs, as forms have them, by (kind, name)."""

    ids: dict[tuple[str, str], str] = field(default_factory=dict)

    def actor(self, company: str) -> Actor:
        """Return somebody who may do everything in the back office of a company."""
        return Actor(f"{company} office", int(self.ids["company", company]))


def make_parties(ctx: Context, made: SampleAccounts) -> Iterator[str]:
    """Make companies, what they have, and their agreements; yield a line for each section."""
    _name_the_operator(ctx, made)
    for section in _PARTIES:
        yield _fill(ctx, made, section)


def make_enabled(ctx: Context, made: SampleAccounts) -> Iterator[str]:
    """Enable services, packs and a bundle on the agreements; yield a line for each section."""
    for known in list_services(ctx):
        made.ids["service", known["name"]] = str(known["id"])
    for section in _ENABLED:
        yield _fill(ctx, made, section)


def make_users(ctx: Context, made: SampleAccounts) -> str:
    """Invite users of every system role and sign some of them up; return the line about it."""
    rows = list(_rows(ctx, "users"))
    for row in rows:
        ctx.stop_if_cancelled()
        _user(ctx, made, row)
    active = sum(1 for row in rows if row["login"])
    return f"{active} users made, {len(rows) - active} more invited"


def _name_the_operator(ctx: Context, made: SampleAccounts) -> None:
    record = records.load(ctx, COMPANIES, OWNER_ID)
    records.update(ctx, COMPANIES, OWNER_ID, record.version, {"name": OPERATOR})
    made.ids["company", OPERATOR] = str(OWNER_ID)


def _fill(ctx: Context, made: SampleAccounts, section: Section) -> str:
    """Make the rows of a section's file, as its form would."""
    kind, named_by = _MAKES.get(section.id, ("", ""))
    rows = list(_rows(ctx, section.id))
    for row in rows:
        ctx.stop_if_cancelled()
        new = records.create(_office(ctx, made, row), section, _values(made, row))
        if kind:
            made.ids[kind, row[named_by]] = str(new)
    return f"{counted(len(rows), section.singular)} made"


def _rows(ctx: Context, name: str) -> Iterator[dict[str, str]]:
    """Yield the rows of a file with the years of today."""
    year = ctx.clock().year
    years = {"before": year - 2, "last": year - 1, "this": year, "next": year + 1}
    text = (files("resources.sample.accounts") / f"{name}.csv").read_text(encoding="utf-8")
    yield from csv.DictReader(text.format(**years).splitlines())


def _office(ctx: Context, made: SampleAccounts, row: Mapping[str, str]) -> Context:
    return replace(ctx, actor=made.actor(row["by"])) if row["by"] else ctx


def _values(made: SampleAccounts, row: Mapping[str, str]) -> dict[str, Any]:
    """Return the values of a form: names as IDs, empty cells left out."""
    found = {name: text for name, text in row.items() if text and name != "by"}
    return {n: made.ids[_KINDS[n], text] if n in _KINDS else text for n, text in found.items()}


# ------------------------------------------------------------------------------ users


def _user(ctx: Context, made: SampleAccounts, row: Mapping[str, str]) -> None:
    """Invite a user; one with a login is signed up, with a password that nobody knows."""
    office = _office(ctx, made, row)
    values = _values(made, row)
    personal = {name: row[name] for name in ("first_name", "last_name", "login", "phone")}
    for name in (*personal, "application"):
        values.pop(name, None)
    section, offered = PORTAL_USERS, user_records.roles_portal
    if row["application"] == BACKOFFICE:
        section, offered = USERS, user_records.roles_backoffice
    if row["roles"]:
        known = {choice.title: choice.value for choice in offered(office, "", values)}
        values["roles"] = [known[row["roles"]]]
    user_id = int(records.create(office, section, values))
    if row["login"]:
        personal["phone"] = personal["phone"].replace(" ", "")
        _sign_up(ctx, user_id, personal)


def _sign_up(ctx: Context, user_id: int, personal: dict[str, str]) -> None:
    hashed = hashing.hash_password(secrets.token_urlsafe(32))
    with ctx.database.write() as connection:
        sign_up.store_registration(connection, user_id, personal, hashed, ctx.clock)
        user_secrets.end_codes(connection, user_id, sign_up.INVITATION, ctx.clock())
        account = users.account(connection, user_id)
        assert account is not None
        own = system_context(ctx.database, account, ctx.clock)
        tell(connection, own, "sign up", account, {**personal, "status": "active"})
