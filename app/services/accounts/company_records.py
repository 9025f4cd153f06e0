"""Companies: clients and resellers, the tree of tenants (ACC-1)."""

from __future__ import annotations

from typing import Any

from app.db.queries import companies as queries
from app.db.queries import masters as rows
from app.db.queries.companies import COMPANY
from app.db.queries.tenancy import below
from app.domain.sections import Choice
from app.services.accounts.choices import fitting
from app.services.context import Context, service

AREA = "accounts.companies"


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
