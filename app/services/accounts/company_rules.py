"""What must hold for a company before it is saved, and what only looks odd (ACC-1)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from app.db.queries import companies as queries
from app.db.queries import masters as rows
from app.db.queries.companies import CAPS, COMPANY
from app.db.queries.legal_entities import LEGAL_ENTITY
from app.db.queries.tenancy import sees
from app.db.tables.companies import SYSTEM_OWNER
from app.domain import requisites
from app.domain.counting import counted
from app.domain.zones import zone_of
from app.errors import FieldProblem, UserError
from app.services.context import Context
from app.services.form_values import is_address
from app.services.masters import chosen
from dictionaries.catalogue import load_catalogue
from dictionaries.entries import Dictionaries

MNP = ("mnp_requests", "mnp_connection", "mnp_channels")
OWN = (
    "name",
    "email",
    "phone",
    "time_zone",
    "dialogues_per_operator",
    *queries.REQUISITES,
    "fz230",
    *CAPS,
)
"""What a company says about itself; the rest is its tenant's to say."""

OWNER = (*OWN, "description", "two_factor")
"""What the System owner says about itself: nobody stands above it."""

_NUMBERS = ("tax_id", "kpp", "bik", "bank_account", "correspondent_account")
_FLAGS = (
    "enabled",
    "creator_of_resellers",
    "invoices_enabled",
    "mnp_requests",
    "moderation",
    "two_factor",
    "fz230",
)
_PHONE = re.compile(r"\+?[0-9 ().-]{3,40}")

Problems = dict[str, str]


def standing(ctx: Context, company_id: int | None) -> str:
    """Return where a company stands from the actor: owner, own, top (below the owner) or below.

    ``None`` = a new one. MNP is set in the topmost back office only (L30), what a tenant decides
    about a company is not for that company to change.
    """
    if company_id == ctx.actor.company_id:
        return "owner" if company_id == SYSTEM_OWNER else "own"
    return "top" if ctx.actor.company_id == SYSTEM_OWNER else "below"


def changeable(place: str) -> tuple[str, ...]:
    """Return the columns that an actor may change of a company in this standing."""
    if place in {"own", "owner"}:
        return OWN if place == "own" else OWNER
    hidden = () if place == "top" else MNP
    return tuple(name for name in COMPANY.fields if name not in hidden)


def checked(
    ctx: Context, connection: Any, values: Mapping[str, Any], row: Mapping[str, Any] | None
) -> dict[str, Any]:
    """Return what to store of ``values``; ``row`` = the company as it is, None for a new one.

    Raises FieldProblem.
    """
    place = standing(ctx, None if row is None else row["id"])
    found = {name: values[name] for name in changeable(place) if name in values}
    found |= {name: tidy(found[name]) for name in _NUMBERS if found.get(name)}
    found |= {name: bool(found[name]) for name in _FLAGS if name in found}
    problems = {**_plain_problems(found), **requisite_problems(found)}
    if place in {"top", "below"}:
        tenant = _tenant(ctx, connection, values, row, problems)
        problems |= _type_problems(connection, found, row, tenant)
        problems |= _entity(connection, found, row, tenant)
        found["parent_id"] = tenant["id"]
    problems |= _mnp_problems(found)
    if problems:
        raise FieldProblem(problems)
    return found


def tidy(number: str) -> str:
    """Return a number without spaces if it is one of digits, else as it was written."""
    plain = requisites.plain(number)
    return plain if plain.isascii() and plain.isalnum() and plain[:1].isdigit() else number


def requisite_problems(values: Mapping[str, Any]) -> Problems:
    """Return a sentence for each number that claims to be a Russian requisite and is none."""
    given = {name: str(values.get(name) or "") for name in _NUMBERS}
    bik = given["bik"]
    account, correspondent = given["bank_account"], given["correspondent_account"]
    found = {
        "tax_id": requisites.inn_problem(given["tax_id"]),
        "kpp": requisites.kpp_problem(given["kpp"]),
        "bik": requisites.bik_problem(bik),
        "bank_account": requisites.account_problem(bik, account),
        "correspondent_account": requisites.account_problem(bik, correspondent, correspondent=True),
    }
    return {name: text for name, text in found.items() if text}


def _plain_problems(values: Mapping[str, Any]) -> Problems:
    found = {}
    email, phone = str(values.get("email") or ""), str(values.get("phone") or "")
    if email and not is_address(email):
        found["email"] = f'"{email[:80]}" is not a mail address: write name@company.com.'
    if phone and not _PHONE.fullmatch(phone):
        found["phone"] = "A phone number has digits, spaces and a leading +: write +49 30 1234567."
    try:
        zone_of(str(values.get("time_zone") or "UTC"))
    except ValueError as problem:
        found["time_zone"] = str(problem)
    counts = {"dialogues_per_operator": "Dialogues per operator"}
    counts |= dict(zip(CAPS, ("Calls per day", "Calls per week", "Calls per month"), strict=True))
    for name, title in counts.items():
        number = values.get(name)
        if number is not None and not 0 < number < 2**31:
            found[name] = f"{title} must be 1 or more: empty the field for no limit."
    if (values.get("credit_limit") or 0) < 0:
        found["credit_limit"] = "A credit limit is 0 or more: empty the field for none."
    return {**found, **_currency_problems(values)}


def _currency_problems(values: Mapping[str, Any]) -> Problems:
    """Refuse amounts of money without a currency, and a currency that no list has."""
    currency = values.get("limit_currency")
    if currency and currency not in Dictionaries.load()["currency"]:
        return {"limit_currency": f'"{currency}" is not a currency: choose one like EUR.'}
    amounts = [values.get(name) for name in ("credit_limit", "notification_threshold")]
    if not currency and any(amount is not None for amount in amounts):
        return {"limit_currency": "Currency is required with a limit: choose the one it is in."}
    return {}


def _tenant(
    ctx: Context,
    connection: Any,
    values: Mapping[str, Any],
    row: Mapping[str, Any] | None,
    problems: Problems,
) -> dict[str, Any]:
    """Return the row of the company above; the actor's own one where none is chosen."""
    actor = ctx.actor.company_id
    asked = row["parent_id"] if row else chosen(values, "parent_id") or actor
    if row is None and sees(connection, actor, asked):
        queries.hold(connection, asked)
    try:
        tenant = rows.find(connection, COMPANY, actor, asked)
    except UserError:
        problems["parent_id"] = "The tenant is not there any more: choose another one."
        return queries.company_by_id(connection, actor)
    if tenant["type"] == "client":
        problems["parent_id"] = (
            f"{tenant['name']} is a client and has no companies below it: choose a reseller."
        )
    return tenant


def _type_problems(
    connection: Any,
    values: Mapping[str, Any],
    row: Mapping[str, Any] | None,
    tenant: Mapping[str, Any],
) -> Problems:
    wanted = values.get("type")
    was = row["type"] if row else None
    if row and wanted != was and (held := queries.tenants_hold(connection, row["id"])):
        return {"type": f"The type can't be changed because of {row['name']}'s {told(held)}."}
    if wanted == "reseller" and was != "reseller" and not queries.may_have_resellers(dict(tenant)):
        return {
            "type": f"{tenant['name']} may not have resellers: make a client, or ask the tenant "
            f"of {tenant['name']} to make it a creator of resellers."
        }
    creates = wanted == "reseller" and bool(values.get("creator_of_resellers"))
    if row and row["creator_of_resellers"] and not creates:
        below = queries.resellers_below(connection, row["id"])
        if below:
            return {
                "creator_of_resellers": f"{row['name']} has {counted(below, 'reseller')} below it, "
                "so it stays a creator of resellers."
            }
    return {}


def told(held: Mapping[str, int]) -> str:
    """Return counts as words: "1 company, 2 agreements"."""
    return ", ".join(counted(number, word) for word, number in held.items())


def _entity(
    connection: Any,
    values: dict[str, Any],
    row: Mapping[str, Any] | None,
    tenant: Mapping[str, Any],
) -> Problems:
    """Put the own legal entity's id into ``values``: the tenant's default where none is chosen."""
    asked = chosen(values, "own_legal_entity_id")
    if asked is None:
        values["own_legal_entity_id"] = queries.default_entity(connection, tenant["id"])
        return {}
    values["own_legal_entity_id"] = asked
    try:
        entity = rows.find(connection, LEGAL_ENTITY, tenant["id"], asked)
    except UserError:
        entity = None
    if entity is None or entity["party_id"] != tenant["id"]:
        return {
            "own_legal_entity_id": f"This is no legal entity of {tenant['name']}: choose another."
        }
    kept = row is not None and row["own_legal_entity_id"] == asked
    if entity["retired_at"] is not None and not kept:
        problem = rows.retired_problem("Own legal entity", entity["name"])
        return {"own_legal_entity_id": problem}
    return {}


def _mnp_problems(values: dict[str, Any]) -> Problems:
    """Empty what has no meaning without MNP requests, and refuse channels nobody has."""
    if "mnp_requests" not in values:
        return {}
    if not values["mnp_requests"]:
        values |= {"mnp_requests": False, "mnp_connection": "", "mnp_channels": []}
        return {}
    values["mnp_connection"] = values.get("mnp_connection") or ""
    values["mnp_channels"] = list(values.get("mnp_channels") or [])
    known = load_catalogue().domains
    unknown = [channel for channel in values["mnp_channels"] if channel not in known]
    if unknown:
        return {"mnp_channels": f'There is no channel "{unknown[0]}": choose another one.'}
    return {}


def odd(values: Mapping[str, Any]) -> Problems:
    """Return what looks odd about the requisites of a company and may still be right."""
    given = {name: tidy(str(values.get(name) or "")) for name in _NUMBERS}
    found = requisite_problems(given)
    tax_id, bik = given["tax_id"], given["bik"]
    if tax_id and not requisites.is_inn(tax_id):
        found["tax_id"] = "This is no INN (10 or 12 digits): invoices show it as it is, unchecked."
    if len(tax_id) == 12 and requisites.is_inn(tax_id) and given["kpp"]:
        found.setdefault("kpp", "A person has no KPP: check whether the INN is right.")
    if given["kpp"] and len(given["kpp"]) != 9:
        found["kpp"] = "A KPP has nine signs: compare it with the papers."
    if bik and not requisites.is_bik(bik):
        found["bik"] = "This is no BIK (nine digits): account numbers are not checked."
    for name in ("bank_account", "correspondent_account"):
        if bik and given[name] and not requisites.is_account(given[name]):
            found[name] = "An account of a Russian bank has 20 digits: compare it with the papers."
        elif given[name] and not bik:
            found[name] = "Fill in the BIK as well: with it the account number is checked."
    caps = [str(values.get(name) or "") for name in CAPS]
    known = [int(cap) for cap in caps if cap.isdecimal()]
    if known != sorted(known):
        found["calls_per_month"] = "The caps shrink from day to month: the smallest one decides."
    return found
