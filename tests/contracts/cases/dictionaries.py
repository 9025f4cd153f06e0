"""Entries of dictionaries, their aliases, and keys that left them."""

from __future__ import annotations

from app.db.queries.learned import LearnedMatch, remember
from app.sections.aliases import ALIASES
from app.services import records
from app.services.context import Context
from tests.contracts.cases import Case

ENTRY = {"dictionary": "additional_service", "key": "lookup", "name": "Number lookup"}
ALIAS = {"dictionary": "country", "key": "DE", "alias": "Alemannia"}

CASES = {
    "entries": Case(
        {**ENTRY, "key": "audit_mail"},
        {"name": "Audit by mail", "aliases": ["Audit letters"]},
        taken="key",
    ),
    "aliases": Case(
        {**ALIAS, "alias": "Teutonia"}, {"alias": "Teutonia Magna"}, field="alias", taken="alias"
    ),
}


def fill(ctx: Context) -> None:
    """Put an alias into the office, and a remembered answer whose key is in no dictionary."""
    records.create(ctx, ALIASES, ALIAS)
    with ctx.database.write() as connection:
        match = LearnedMatch("operator", "DE", "gone mobile", "26299")
        remember(connection, ctx.actor.company_id, [match], actor="Ann", now=ctx.clock())
