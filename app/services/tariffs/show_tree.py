"""Shows the rate tree of a service (``tree``)."""

from __future__ import annotations

from typing import Any

from app.db.queries import rate_nodes
from app.services.context import Context, service
from app.services.dictionaries import dictionaries_of
from app.services.tariffs.find import find_service, pick_scope
from app.services.tariffs.tree_view import nested
from dictionaries.catalogue import load_catalogue


@service("finance.services", "view")
def show_tree(ctx: Context, service_name: str, scope_id: int | None = None) -> dict[str, Any]:
    """Return a scope's tree as nested plain data, prices as exact texts."""
    with ctx.database.read() as connection:
        target = find_service(connection, ctx.actor.company_id, service_name)
        scope = pick_scope(connection, ctx, target, scope_id)
        tree = rate_nodes.read_tree(connection, scope.id)
        dictionaries = dictionaries_of(connection, target.company_id)
    return {
        "service": target.name,
        "currency": target.currency,
        "scope": scope.id,
        "revision": scope.revision,
        "leaves": int(tree.leaf.sum()),
        "tree": nested(tree, load_catalogue(), dictionaries),
    }
