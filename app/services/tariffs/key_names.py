"""Names of keys that are no stored nodes: staged, recovered or copied ones."""

from __future__ import annotations

from collections.abc import Iterable

from app.services.context import Context, service
from app.services.dictionaries import shown_dictionaries
from dictionaries.catalogue import load_catalogue


@service("finance.services", "view")
def key_names(ctx: Context, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """Return (attribute, key) → what a person sees, "Missed option: KEY" for unknown ones."""
    catalogue = load_catalogue()
    with ctx.database.read() as connection:
        dictionaries = shown_dictionaries(connection, ctx.actor.company_id)
    return {
        (attribute, key): catalogue.key_text(attribute, key, dictionaries)
        for attribute, key in keys
    }
