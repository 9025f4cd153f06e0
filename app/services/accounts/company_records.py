"""Companies: clients and resellers, the tree of tenants (ACC-1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from app.db.queries import companies as queries
from app.db.queries import masters as rows
from app.db.queries.companies import CAPS, COMPANY
from app.db.queries.legal_entities import COMPANY_RECORD, LEGAL_ENTITY
from app.db.queries.tenancy import below
from app.domain.counting import counted
from app.domain.records import Record
from app.domain.sections import Choice
from app.errors import UserError
from app.services import audit, masters
from app.services.accounts.choices import fitting
from app.services.accounts.company_rules import (
    MNP,
    changeable,
    checked,
    odd,
    standing,
    told,
)
from app.services.context import Context, service
from app.services.masters import chosen

AREA = "accounts.companies"

FZ230_CAPS = dict(zip(CAPS, (2, 4, 16), strict=True))
"""Answered calls to one person that the law FZ-230 allows in a day, a week and a month."""


@service(AREA, "view")
def load(ctx: Context, company_id: int) -> Record:
    """Return what the form of a company shows. Raises UserError if there is none."""
    record = masters.load(ctx, COMPANY_RECORD, company_id)
    with ctx.database.read() as connection:
        held = queries.tenants_hold(connection, company_id)
    if held:
        record.locked["type"] = f"It stays because of the company's {told(held)}."
    return _as_seen(record, standing(ctx, company_id))


def _as_seen(record: Record, place: str) -> Record:
    """Return a company without what its tenant, or the topmost back office, keeps to itself."""
    known = changeable(place)
    untold = {name: _UNTOLD.get(name) for name in COMPANY.fields if name not in known}
    values = {**record.values, "standing": place, **untold}
    if place in {"own", "owner"}:
        values["type"] = place
    history = tuple(
        replace(entry, changes=tuple(one for one in entry.changes if one[0] not in untold))
        for entry in record.history
    )
    return replace(record, values=values, history=history)


_UNTOLD = {
    "enabled": True,
    "mnp_connection": "",
    "mnp_channels": [],
    "description": "",
    **dict.fromkeys(
        ("creator_of_resellers", "invoices_enabled", "mnp_requests", "moderation", "two_factor"),
        False,
    ),
}
"""What the form of a company has for a value that its reader is not told."""


@service(AREA, "manage")
def create(ctx: Context, values: dict[str, Any]) -> int:
    """Add a company below the one in ``parent_id`` (else the actor's own) and return its ID."""
    with ctx.database.write() as connection:
        found = checked(ctx, connection, {**_DEFAULTS, **_given(values)}, None)
        tenant = found.pop("parent_id")
        return masters.create(ctx, connection, COMPANY, found, tenant)


@service(AREA, "manage")
def update(ctx: Context, company_id: int, version: int, values: dict[str, Any]) -> None:
    """Save a company; Conflict if ``version`` is not the stored one.

    What its standing does not let the actor change stays as it is.
    """
    with ctx.database.write() as connection:
        rows.find(connection, COMPANY, ctx.actor.company_id, company_id, own=True)
        queries.hold(connection, company_id)
        row = rows.find(connection, COMPANY, ctx.actor.company_id, company_id, own=True)
        found = checked(ctx, connection, values, row)
        masters.update(ctx, connection, COMPANY, row, version, found)


@service(AREA, "manage")
def remove(ctx: Context, ids: Sequence[int]) -> str:
    """Delete companies that nothing names. Raises UserError with what does."""
    _refuse_own(ctx, ids, "deleted")
    return masters.remove(ctx, COMPANY, ids)


@service(AREA, "view")
def dependants(ctx: Context, ids: Sequence[int]) -> list[str]:
    """Return what names the companies, one line for each that is in use."""
    return masters.dependants(ctx, COMPANY, ids)


@service(AREA, "manage")
def block(ctx: Context, ids: Sequence[int]) -> str:
    """Give the users of companies no access; everything else goes on (L30)."""
    _refuse_own(ctx, ids, "blocked")
    return _set_enabled(ctx, ids, enabled=False)


@service(AREA, "manage")
def unblock(ctx: Context, ids: Sequence[int]) -> str:
    """Give the users of companies access again."""
    _refuse_own(ctx, ids, "blocked")
    return _set_enabled(ctx, ids, enabled=True)


def _set_enabled(ctx: Context, ids: Sequence[int], *, enabled: bool) -> str:
    done = []
    verb = "unblock company" if enabled else "block company"
    with ctx.database.write() as connection:
        for company_id in ids:
            row = rows.find(connection, COMPANY, ctx.actor.company_id, company_id, own=True)
            if row["enabled"] == enabled:
                continue
            values = {"enabled": enabled}
            rows.change(connection, COMPANY, row, row["version"], values, now=ctx.clock())
            audit.record(
                ctx,
                connection,
                verb,
                COMPANY.name,
                company_id,
                values,
                old={"enabled": not enabled},
                company_id=COMPANY.tenant_of(row),
            )
            done.append(str(row["name"]))
    word = "Unblocked" if enabled else "Blocked"
    return f"{word} {done[0] if len(done) == 1 else counted(len(done), 'company')}."


def _refuse_own(ctx: Context, ids: Sequence[int], what: str) -> None:
    if ctx.actor.company_id in ids:
        raise UserError(f"Your own company can't be {what} by yourself: take it out.")


@service(AREA, "view")
def suggest(ctx: Context, values: dict[str, Any], changed: str) -> dict[str, tuple[Any, str]]:
    """Propose the tenant and its default legal entity; the caps of FZ-230 when it is switched on.

    ``standing`` says what the form shows, to this actor.
    """
    if changed == "fz230":
        return {name: (cap, "") for name, cap in FZ230_CAPS.items()} if values.get("fz230") else {}
    found: dict[str, tuple[Any, str]] = {}
    with ctx.database.read() as connection:
        own = queries.company_by_id(connection, ctx.actor.company_id)
        tenant = chosen(values, "parent_id") or own["id"]
        if not changed:
            found["standing"] = (standing(ctx, None), "")
            found["parent_id"] = (str(own["id"]), own["name"])
            found["time_zone"] = (own["time_zone"], own["time_zone"].replace("_", " "))
        if changed in {"", "parent_id"}:
            entity = queries.default_entity(connection, tenant)
            if entity is not None:
                row = rows.find(connection, LEGAL_ENTITY, ctx.actor.company_id, entity)
                found["own_legal_entity_id"] = (str(entity), row["name"])
    return found


@service(AREA, "view")
def advise(ctx: Context, company_id: int | None, values: dict[str, Any]) -> dict[str, str]:
    """Return what looks odd about a company and may still be right (A36)."""
    found = odd(values)
    if company_id == ctx.actor.company_id:
        return found
    with ctx.database.read() as connection:
        if values.get("two_factor") and company_id is not None:
            rows.find(connection, COMPANY, ctx.actor.company_id, company_id)
            found |= _without_phone(queries.users_without_phone(connection, company_id))
        tenant = chosen(values, "parent_id") or ctx.actor.company_id
        known = rows.find(connection, COMPANY, ctx.actor.company_id, tenant)
        if queries.default_entity(connection, tenant) is None:
            found["own_legal_entity_id"] = (
                f"{known['name']} has no legal entity yet: agreements will need one."
            )
        if values.get("type") == "reseller" and not queries.may_have_resellers(known):
            found["type"] = f"{known['name']} may not have resellers: this can't be saved so."
    return found


def _without_phone(number: int) -> dict[str, str]:
    if not number:
        return {}
    users = "1 user has" if number == 1 else f"{number} users have"
    return {"two_factor": f"{users} no phone number and could not sign in: fill them in first."}


@service(AREA, "view")
def choices(ctx: Context, text: str, _values: dict[str, Any]) -> list[Choice]:
    """Return the companies below the actor's own; the value is the ID."""
    return _choices(ctx, text, below(COMPANY.table.c.id, ctx.actor.company_id))


@service(AREA, "view")
def own_and_below(ctx: Context, text: str, _values: dict[str, Any]) -> list[Choice]:
    """Return the actor's own company and those below; the value is the ID."""
    return _choices(ctx, text)


@service(AREA, "view")
def tenants(ctx: Context, text: str, _values: dict[str, Any]) -> list[Choice]:
    """Return the companies that may have companies below them; the value is the ID."""
    return _choices(ctx, text, queries.may_have_companies())


def _choices(ctx: Context, text: str, *conditions: Any) -> list[Choice]:
    actor = ctx.actor.company_id
    with ctx.database.read() as connection:
        title = queries.company_title(actor)
        found = rows.matching(connection, COMPANY, actor, *conditions, label=title, text=text)
    return fitting(found, text)


_DEFAULTS: dict[str, Any] = {
    "type": "client",
    "enabled": True,
    "time_zone": "UTC",
    "dialogues_per_operator": 3000,
    "creator_of_resellers": False,
    "invoices_enabled": False,
    "moderation": False,
    "two_factor": False,
    "fz230": False,
    **dict.fromkeys(MNP, None),
}
"""Of a company that is added without a form."""


def _given(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
