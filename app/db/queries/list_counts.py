"""Numbers that lists show beside their rows."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from app.db.queries.service_sight import scope_in_sight
from app.db.tables.rate_nodes import rate_node
from app.db.tables.scopes import scope
from app.db.tables.services import service
from app.domain.kinds import PriceType


def revisions_of(
    connection: sa.Connection, company_id: int, ids: Sequence[int]
) -> list[tuple[int, int]]:
    """Return (scope, revision) of those in a company's sight, in the order of ``ids``."""
    statement = (
        sa.select(scope.c.id, scope.c.revision)
        .join(service, scope.c.service_id == service.c.id)
        .where(scope.c.id.in_(list(ids)), scope_in_sight(company_id))
    )
    found = {row.id: row.revision for row in connection.execute(statement)}
    return [(number, found[number]) for number in ids if number in found]


def leaves(connection: sa.Connection, scope_id: int) -> int:
    """Return the number of rates of a scope; it reads the whole tree."""
    statement = (
        sa.select(sa.func.count())
        .select_from(rate_node)
        .where(
            rate_node.c.scope_id == scope_id, rate_node.c.price_type > PriceType.DEPENDS_ON.value
        )
    )
    return int(connection.execute(statement).scalar_one())
