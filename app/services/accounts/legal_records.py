"""Legal entities of clients and resellers (ACC-2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.db.queries import masters as rows
from app.db.queries.companies import COMPANY
from app.db.queries.legal_entities import LEGAL_ENTITY, of_resellers
from app.db.queries.tenancy import tenant_of
from app.domain.records import Record
from app.domain.sections import Choice
from app.errors import FieldProblem
from app.services import masters
from app.services.accounts import legal_rules
from app.services.accounts.choices import country_name, fitting
from app.services.context import Context, service
from app.services.masters import chosen

AREA = "accounts.legal_entities"


@service(AREA, "view")
def load(ctx: Context, entity_id: int) -> Record:
    """Return what the form of a legal entity shows. Raises UserError if there is none."""
    with ctx.database.read() as connection:
        row = legal_rules.entity(ctx, connection, entity_id, own=False)
        company = rows.find(connection, COMPANY, ctx.actor.company_id, row["party_id"])
    record = masters.load(ctx, LEGAL_ENTITY, entity_id, {"party_type": company["type"]})
    record.labels["country"] = country_name(record.values["country"])
    return record


@service(AREA, "manage")
def create(ctx: Context, values: dict[str, Any]) -> int:
    """Add a legal entity of the company in ``party_id`` and return its ID.

    The company's tenant keeps it; a reseller may use it as an own one (L34).
    """
    with ctx.database.write() as connection:
        found = rows.referred(
            connection, LEGAL_ENTITY, ctx.actor.company_id, {"party_id": "Company"}, values
        )
        party = found["party_id"]
        if party in {None, ctx.actor.company_id}:
            raise FieldProblem(
                {"party_id": "Choose a company below yours; yours has own legal entities."}
            )
        return legal_rules.add(ctx, connection, found, party, tenant_of(connection, party))


@service(AREA, "manage")
def update(ctx: Context, entity_id: int, version: int, values: dict[str, Any]) -> None:
    """Save a legal entity; Conflict if ``version`` is not the stored one."""
    with ctx.database.write() as connection:
        row = legal_rules.entity(ctx, connection, entity_id, own=False, change=True)
        legal_rules.save(ctx, connection, row, version, values)


@service(AREA, "manage")
def remove(ctx: Context, ids: Sequence[int]) -> str:
    """Delete legal entities that nothing names. Raises UserError with what does."""
    return legal_rules.remove(ctx, ids, own=False)


@service(AREA, "view")
def dependants(ctx: Context, ids: Sequence[int]) -> list[str]:
    """Return what names the legal entities, one line for each that is in use."""
    return legal_rules.dependants(ctx, ids, own=False)


@service(AREA, "manage")
def retire(ctx: Context, ids: Sequence[int]) -> str:
    """Offer the legal entities no longer; agreements go on."""
    return legal_rules.retire(ctx, ids, own=False)


@service(AREA, "manage")
def restore(ctx: Context, ids: Sequence[int]) -> str:
    """Offer retired legal entities again."""
    return legal_rules.retire(ctx, ids, own=False, back=True)


@service(AREA, "view")
def advise(ctx: Context, entity_id: int | None, values: dict[str, Any]) -> dict[str, str]:
    """Return what looks odd about a legal entity and may still be right."""
    return legal_rules.odd(ctx, entity_id, chosen(values, "party_id"), values)


@service(AREA, "view")
def choices(ctx: Context, text: str, values: dict[str, Any]) -> list[Choice]:
    """Return the legal entities in use of the company in ``party_id``, none without one."""
    party = chosen(values, "party_id")
    if party is None:
        return []
    return _choices(ctx, text, LEGAL_ENTITY.table.c.party_id == party)


@service(AREA, "view")
def reseller_choices(ctx: Context, text: str, _values: dict[str, Any]) -> list[Choice]:
    """Return the legal entities in use of resellers below the actor's company."""
    return _choices(ctx, text, of_resellers(ctx.actor.company_id))


def _choices(ctx: Context, text: str, condition: Any) -> list[Choice]:
    with ctx.database.read() as connection:
        found = rows.matching(connection, LEGAL_ENTITY, ctx.actor.company_id, condition, text=text)
    return fitting(found, text)
