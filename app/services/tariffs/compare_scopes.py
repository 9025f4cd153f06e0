"""Compares two scopes node by node (SVC-8)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np

from app.db.queries import rate_nodes
from app.db.queries.service_sight import seen_scope
from app.domain.diff import Change, TreeDiff, compare
from app.domain.tree import PriceType
from app.services.context import Context, service
from app.services.dictionaries import dictionaries_of
from app.services.tariffs.tree_view import price_words
from dictionaries.catalogue import load_catalogue
from dictionaries.entries import Dictionaries

SHOWN = 10_000


@service("finance.services", "view")
def compare_scopes(ctx: Context, first: int, second: int) -> dict[str, Any]:
    """Return counts and differences from scope ``first`` to scope ``second``."""
    with ctx.database.read() as connection:
        company = ctx.actor.company_id
        seen_scope(connection, company, first)
        _, owner = seen_scope(connection, company, second)
        before = rate_nodes.read_tree(connection, first)
        after = rate_nodes.read_tree(connection, second)
        dictionaries = dictionaries_of(connection, owner.company_id)
    found = compare(before, after)
    return {
        "first": first,
        "second": second,
        "changes": found.counts(),
        "differences": differences(found, dictionaries),
    }


def differences(
    found: TreeDiff, dictionaries: Dictionaries, limit: int = SHOWN
) -> list[dict[str, Any]]:
    """Return up to ``limit`` leaves that are not the same, with both prices and the change in %."""
    catalogue = load_catalogue()
    shown = (Change.NEW, Change.INCREASED, Change.DECREASED, Change.CHANGED)
    rows = []
    for node in np.flatnonzero(np.isin(found.change, shown))[:limit].tolist():
        then = int(found.match[node])
        old_leaf = then >= 0 and bool(found.current.leaf[then])
        rows.append(
            {
                "change": Change(int(found.change[node])).name.lower(),
                "path": catalogue.path_text(found.draft.path(node), dictionaries),
                "old": price_words(found.current, then) if old_leaf else "",
                "new": price_words(found.draft, node),
                "percent": _percent(found, then, node) if old_leaf else "",
            }
        )
    gone = found.closed()[: limit - len(rows)]
    rows.extend(
        {
            "change": "removed",
            "path": catalogue.path_text(found.current.path(node), dictionaries),
            "old": price_words(found.current, node),
            "new": "",
            "percent": "",
        }
        for node in gone.tolist()
    )
    return rows


def _percent(found: TreeDiff, then: int, now: int) -> str:
    flat = PriceType.FLAT
    if found.current.price_type[then] != flat or found.draft.price_type[now] != flat:
        return ""
    old, new = int(found.current.price[then]), int(found.draft.price[now])
    if not old:
        return ""
    return f"{Decimal(new - old) * 100 / Decimal(old):+.1f}"
