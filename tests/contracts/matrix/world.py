"""A network of companies on four levels, each with a row of every kind under a word of its own.

Owner → reseller Alnus → reseller Acer → its client; owner → reseller Betula → reseller Bromus. The
names of a tenant's rows hold its word, so any answer shows whose rows it tells of. What the owner
hands down to Alnus is called Donum; what else the owner has, Quercus.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from app.db.engine import Database
from app.db.queries import due_work, import_runs
from app.db.queries.audit import add_audit
from app.db.queries.dictionary_entries import AliasRecord, add_entry, set_alias
from app.db.queries.enabled import add_enabled
from app.db.queries.learned import LearnedMatch, remember
from app.db.queries.profiles import create_profile
from app.db.queries.scopes import create_scope
from app.db.queries.vendors import ensure_vendor
from app.db.tables.agreements import agreement, reselling_agreement
from app.db.tables.audit import audit
from app.db.tables.banks import bank, bank_account
from app.db.tables.companies import SYSTEM_OWNER, company_register
from app.db.tables.dictionary_entries import dictionary_alias, dictionary_entry
from app.db.tables.due_work import due_work as due_table
from app.db.tables.learned import learned_match
from app.db.tables.users import (
    role,
    role_company,
    role_permission,
    user_account,
    user_role,
    user_secret,
)
from app.services.access import hashing
from app.services.access.state import set_on
from tests.db.trees import ROOT_ONLY, Tree, branch, commit, flat
from tests.helpers.agreements import START, add_agreement, add_company, add_service, add_version
from tests.helpers.parties import add_entity

NOW = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
NEXT = dt.datetime(2030, 1, 1, tzinfo=dt.UTC)
PASSWORD = "Mountain-7-river"

OWN, BELOW, SIBLING, PARENT, OTHER, DOWN = (
    "own company",
    "company below",
    "sibling reseller",
    "parent",
    "other tenant",
    "handed down",
)
WORDS = {
    OWN: "Alnus",
    BELOW: "Acer",
    SIBLING: "Betula",
    PARENT: "Quercus",
    OTHER: "Bromus",
    DOWN: "Donum",
}
FOREIGN = (SIBLING, PARENT, OTHER)
"""Whose rows an actor of Alnus must not even see."""

Rows = dict[str, int]


@dataclass(frozen=True)
class World:
    """Companies by relation, and the id of a row of each kind by relation and kind."""

    companies: dict[str, int]
    rows: dict[str, Rows]
    user: int

    @property
    def mine(self) -> int:
        """Return the company whose people act."""
        return self.companies[OWN]


def build(database: Database) -> World:
    """Fill an empty database."""
    companies = {PARENT: SYSTEM_OWNER}
    with database.write() as connection:
        for relation, above in ((OWN, PARENT), (SIBLING, PARENT), (BELOW, OWN), (OTHER, SIBLING)):
            companies[relation] = add_company(
                connection,
                f"{WORDS[relation]} reseller",
                parent=companies[above],
                kind="reseller",
            )
    rows = {
        relation: _Tenant(database, company, WORDS[relation]).fill()
        for relation, company in companies.items()
    }
    rows[DOWN] = _handed_down(database, companies[OWN])
    return World({**companies, DOWN: SYSTEM_OWNER}, rows, _own_user(database, companies[OWN]))


class _Tenant:
    """Fills one tenant: a client, what is agreed with it, rate plans, users, traces."""

    def __init__(self, database: Database, company: int, word: str) -> None:
        self.database, self.company, self.word = database, company, word
        # An owner's banks and dictionaries are there for everybody below.
        self.shared = WORDS[DOWN] if company == SYSTEM_OWNER else word

    def fill(self) -> Rows:
        with self.database.write() as connection:
            rows = self._parties(connection)
            rows |= self._agreements(connection, rows["company"])
            rows |= self._people(connection)
            rows |= self._traces(connection)
        tariffs = _Tariffs(self.database, self.company, self.word)
        rows |= tariffs.fill()
        with self.database.write() as connection:
            rows |= self._enabled(connection, rows)
            rows |= self._knowledge(connection)
        return rows

    def _parties(self, connection: sa.Connection) -> Rows:
        word, tenant = self.word, self.company
        client = add_company(connection, f"{word} client", parent=tenant, kind="reseller")
        entity = add_entity(connection, client, tenant=tenant, name=f"{word} client entity")
        own = add_entity(connection, tenant, tenant=tenant, name=f"{word} own entity")
        at = add_bank(connection, tenant, f"{self.shared} bank")
        idle = {
            "idle_company": add_company(connection, f"{word} idle client", parent=tenant),
            "idle_entity": add_entity(
                connection, client, tenant=tenant, name=f"{word} idle entity"
            ),
            "idle_own_entity": add_entity(
                connection, tenant, tenant=tenant, name=f"{word} idle own entity"
            ),
            "idle_bank": add_bank(connection, tenant, f"{self.shared} idle bank"),
        }
        connection.execute(
            sa.insert(company_register).values(
                company_id=tenant, tax_id=f"DE12345678{tenant}", name=f"{self.shared} register"
            )
        )
        return {
            "company": client,
            "entity": entity,
            **idle,
            "own_entity": own,
            "bank": at,
            "bank_account": account(connection, tenant, client, (entity, at), f"{word} account"),
            "own_bank_account": account(connection, tenant, tenant, (own, at), f"{word} own"),
        }

    def _agreements(self, connection: sa.Connection, client: int) -> Rows:
        code = f"{self.word}-1"
        made = add_agreement(connection, client, code, tenant=self.company, till=NEXT)
        idle = add_agreement(connection, client, f"{self.word}-2", tenant=self.company)
        later = add_version(connection, made, NEXT)
        entity = sa.select(agreement.c.legal_entity_id).where(agreement.c.id == made)
        named = connection.execute(entity).scalar_one()
        reselling = resell(connection, self.company, named, made)
        return {
            "agreement": made,
            "idle_agreement": idle,
            "agreement_version": later,
            "reselling": reselling,
        }

    def _people(self, connection: sa.Connection) -> Rows:
        made = add_role(connection, self.company, f"{self.word} role", only=True)
        users = {
            f"{application}_user": add_user(
                connection, self.company, f"{self.word}.{application}", application
            )
            for application in ("backoffice", "portal")
        }
        guest = add_user(connection, self.company, f"{self.word}.guest", guest=True)
        return {"role": made, "guest": guest, **users}

    def _traces(self, connection: sa.Connection) -> Rows:
        word = self.word
        add_audit(
            connection,
            self.company,
            at=NOW,
            actor=f"{word}.actor",
            action="change bank",
            table_name="bank",
            object_id=f"{word}-7",
            operation_id=f"{word}-operation",
            old={"name": f"{word} before"},
            new={"name": f"{word} after"},
        )
        told = {"title": f"{word} title", "text": f"{word} text", "operation": ""}
        key = (f"agreement_version:{self.company}", NOW)
        due_work.mark(
            connection,
            "agreement_versions",
            key,
            company_id=self.company,
            state="failed",
            now=NOW,
            outcome=told,
        )
        newest = {"audit": audit, "due": due_table}
        return {
            kind: connection.execute(sa.select(sa.func.max(table.c.id))).scalar_one()
            for kind, table in newest.items()
        }

    def _enabled(self, connection: sa.Connection, rows: Rows) -> Rows:
        names = ("payg", "unit_pack", "bundle_initiator", "bundle_pack")
        return {
            f"enabled_{name}": enable(
                connection, self.company, rows["agreement"], rows[f"service_{name}"], name
            )
            for name in names
        }

    def _knowledge(self, connection: sa.Connection) -> Rows:
        word, company = self.shared, self.company
        # The answers of a tenant are its own; its dictionary is for all below it.
        matches = [LearnedMatch("country", "", f"{self.word} land".lower(), "DE")]
        remember(connection, company, matches, actor=f"{self.word}.actor", now=NOW)
        added = add_entry(
            connection,
            company,
            dictionary="pricing_category",
            key=word.lower(),
            name=f"{word} category",
            now=NOW,
            attributes={"name": f"{word} category"},
        )
        alias = AliasRecord("country", "", f"{word} country", "FR")
        set_alias(connection, company, alias, now=NOW)
        newest = {"answer": learned_match, "alias": dictionary_alias}
        found = {
            kind: connection.execute(sa.select(sa.func.max(table.c.id))).scalar_one()
            for kind, table in newest.items()
        }
        return {"addition": added.id, **found}


class _Tariffs:
    """Fills the rate plans of a tenant: of each type one, with live rates and a draft."""

    def __init__(self, database: Database, company: int, word: str) -> None:
        self.database, self.company, self.word = database, company, word

    def fill(self) -> Rows:
        rows: Rows = {}
        for kind in ("payg", "unit_pack", "bundle_initiator", "bundle_pack"):
            more = {"size": Decimal(1000)} if kind in ("unit_pack", "bundle_pack") else {}
            with self.database.write() as connection:
                made = add_service(
                    connection,
                    f"{self.word} {kind}",
                    kind,
                    tenant=self.company,
                    description=f"{self.word} notes",
                    **more,
                )
            rows[f"service_{kind}"] = made.id
        rows["service"] = rows["service_payg"]
        with self.database.write() as connection:
            spare = add_service(connection, f"{self.word} spare", tenant=self.company)
            live = create_scope(
                connection, rows["service"], now=NOW, draft=False, effective_from=START
            )
            draft = create_scope(
                connection, rows["service"], now=NOW, draft=True, name=f"{self.word} draft"
            )
            vendor = ensure_vendor(connection, self.company, f"{self.word} vendor", now=NOW)
            idle = ensure_vendor(connection, self.company, f"{self.word} idle vendor", now=NOW)
            profile = create_profile(
                connection,
                self.company,
                name=f"{self.word} profile",
                signature="0" * 64,
                settings={"text": f"{self.word} settings"},
                now=NOW,
                vendor_id=vendor.id,
            )
        commit(self.database, live.id, priced("0.05", self.word.lower()))
        rows |= {"scope": live.id, "draft": draft.id, "spare": spare.id}
        rows |= {"vendor": vendor.id, "idle_vendor": idle.id, "profile": profile.id}
        rows["import"] = self._import(live.id, vendor.id, profile.id)
        return rows

    def _import(self, scope: int, vendor: int, profile: int) -> int:
        revision = commit(self.database, scope, priced("0.06", self.word.lower()), kind="import")
        with self.database.write() as connection:
            return import_runs.add_import_run(
                connection,
                self.company,
                scope,
                revision,
                file_name=f"{self.word}.csv",
                content_hash="0" * 64,
                settings={},
                counts={"new": 0, "increased": 1, "decreased": 0, "changed": 0},
                report={"profile": f"{self.word} profile", "rows": {"read": 1}},
                actor=f"{self.word}.actor",
                at=NOW,
                vendor_id=vendor,
                profile_id=profile,
            )


def _handed_down(database: Database, company: int) -> Rows:
    """Let the owner hand down to a company what a tenant can."""
    tariffs = _Tariffs(database, SYSTEM_OWNER, WORDS[DOWN]).fill()
    word = WORDS[DOWN]
    with database.write() as connection:
        draft = sa.text("UPDATE scope SET name = :name WHERE id = :id")
        connection.execute(draft, {"name": f"{WORDS[PARENT]} secret", "id": tariffs["draft"]})
        banks = sa.select(sa.func.min(bank.c.id)).where(bank.c.company_id == SYSTEM_OWNER)
        at = connection.execute(banks).scalar_one()
        entity = add_entity(connection, company, tenant=SYSTEM_OWNER, name=f"{word} entity")
        made = account(connection, SYSTEM_OWNER, company, (entity, at), f"{word} account")
        bought = add_agreement(connection, company, f"{word}-1", till=NEXT)
        later = add_version(connection, bought, NEXT)
        named = sa.select(agreement.c.legal_entity_id).where(agreement.c.id == bought)
        buyer = connection.execute(named).scalar_one()
        rows = {
            "entity": entity,
            "own_entity": entity,
            "bank": at,
            "bank_account": made,
            "own_bank_account": made,
            "agreement": bought,
            "agreement_version": later,
            "reselling": resell(connection, SYSTEM_OWNER, buyer, bought),
            "role": add_role(connection, SYSTEM_OWNER, f"{word} role", only=False),
            **{
                f"enabled_{kind}": enable(
                    connection, SYSTEM_OWNER, bought, tariffs[f"service_{kind}"], kind
                )
                for kind in ("payg", "unit_pack", "bundle_initiator", "bundle_pack")
            },
        }
        for kind, table in (("addition", dictionary_entry), ("alias", dictionary_alias)):
            of_owner = sa.select(table.c.id).where(table.c.company_id == SYSTEM_OWNER)
            rows[kind] = connection.execute(of_owner).scalar_one()
    return rows | {name: tariffs[name] for name in tariffs if name.startswith(("service", "scope"))}


def _own_user(database: Database, company: int) -> int:
    with database.write() as connection:
        set_on(connection, on=True)
        add_user(connection, SYSTEM_OWNER, f"{WORDS[PARENT]}.admin", part="admin")
        return add_user(connection, company, f"{WORDS[OWN]}.self")


# ------------------------------------------------------------------------------ single rows


def priced(price: str, lost: str = "lost") -> Tree:
    """Return a small tree with a price for Germany and one for a country that is no more."""
    units = int(Decimal(price) * 10**8)
    top = ("sms", "sms_message")
    return {
        **ROOT_ONLY,
        ("sms",): branch("resource"),
        top: branch("direction"),
        (*top, "mt"): branch("country"),
        (*top, "mt", "DE"): flat(units),
        (*top, "mt", lost): flat(units),
        (*top, "mt", "*"): flat(units),
    }


def insert(connection: sa.Connection, table: sa.Table, **row: Any) -> int:
    """Insert a row and return its id."""
    times = {name: START for name in ("created_at", "updated_at") if name in table.c}
    made = connection.execute(sa.insert(table).values(**times, **row)).inserted_primary_key
    assert made is not None
    return int(made[0])


def add_bank(connection: sa.Connection, company: int, name: str) -> int:
    """Add a bank."""
    return insert(connection, bank, company_id=company, name=name, country="DE", address="Kai 1")


def account(
    connection: sa.Connection, company: int, party: int, places: tuple[int, int], name: str
) -> int:
    """Add a bank account of the (legal entity, bank) in ``places``."""
    entity, at = places
    return insert(
        connection,
        bank_account,
        company_id=company,
        party_id=party,
        legal_entity_id=entity,
        bank_id=at,
        name=name,
        holder=name,
        number=f"ACC {entity}",
        number_key=f"ACC{entity}",
    )


def resell(connection: sa.Connection, company: int, entity: int, under: int) -> int:
    """Let a legal entity buy under an agreement, from 2029 on."""
    return insert(
        connection,
        reselling_agreement,
        company_id=company,
        legal_entity_id=entity,
        agreement_id=under,
        effective_from=dt.datetime(2029, 1, 1, tzinfo=dt.UTC),
        from_zone="UTC",
        effective_till=NEXT,
        till_zone="UTC",
    )


def enable(connection: sa.Connection, company: int, under: int, service: int, kind: str) -> int:
    """Enable a service on an agreement for a month of 2026."""
    row = {
        "company_id": company,
        "agreement_id": under,
        "service_id": service,
        "effective_from": dt.datetime(2026, 2, 1, tzinfo=dt.UTC),
        "from_zone": "UTC",
        "effective_till": dt.datetime(2026, 4, 1, tzinfo=dt.UTC),
        "till_zone": "UTC",
        "billing": "free" if kind == "unit_pack" else None,
    }
    return add_enabled(connection, row, now=NOW)


def add_role(connection: sa.Connection, company: int, name: str, *, only: bool) -> int:
    """Add a role that may look at banks, ``only`` for its company."""
    made = insert(connection, role, company_id=company, application="backoffice", name=name)
    connection.execute(
        sa.insert(role_permission).values(role_id=made, area="accounts.banks", level="view")
    )
    if only:
        connection.execute(sa.insert(role_company).values(role_id=made, company_id=company))
    return made


def add_user(
    connection: sa.Connection,
    company: int,
    name: str,
    application: str = "backoffice",
    *,
    guest: bool = False,
    part: str = "noc_engineer",
) -> int:
    """Add a user with a system role, registered with PASSWORD or a guest."""
    of = (role.c.application == application, role.c.system == part)
    signed = {} if guest else {"login": name.lower(), "registered_at": START, "last_active_at": NOW}
    made = insert(
        connection,
        user_account,
        company_id=company,
        application=application,
        email=f"{name.lower()}@example.com",
        first_name=name,
        last_name="User",
        departments=[f"{name} department", "Office"],
        invited_at=START,
        invitation_ends=NEXT,
        **signed,
    )
    given = connection.execute(sa.select(role.c.id).where(*of)).scalar_one()
    connection.execute(sa.insert(user_role).values(user_id=made, role_id=given))
    if not guest:
        hashed = hashing.hash_password(PASSWORD)
        connection.execute(
            sa.insert(user_secret).values(user_id=made, password_hash=hashed, password_at=START)
        )
    return made
