"""The lists about dictionaries as tables in memory, and their sources (GEN-10)."""

from __future__ import annotations

import sqlalchemy as sa

from app.db.held_lists import HeldRows
from app.db.queries.lists import Source
from app.db.types import UtcDateTime

_metadata = sa.MetaData()


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text) for name in names]


def _numbers(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.Integer) for name in names]


DICTIONARIES = sa.Table(
    "held_dictionaries",
    _metadata,
    sa.Column("id", sa.BigInteger, primary_key=True),
    *_texts("dictionary", "name"),
    *_numbers("used", "shipped", "added", "changed", "retired", "aliases"),
    sa.Column("updated_at", UtcDateTime),
)

ENTRIES = sa.Table(
    "held_entries",
    _metadata,
    sa.Column("id", sa.BigInteger, primary_key=True),
    *_texts("dictionary", "key", "name", "countries", "codes", "details", "other_names"),
    *_texts("origin", "state"),
    *_numbers("aliases"),
    sa.Column("created_at", UtcDateTime),
    sa.Column("updated_at", UtcDateTime),
)

MISSED = sa.Table(
    "held_missed",
    _metadata,
    sa.Column("id", sa.BigInteger, primary_key=True),
    *_texts("dictionary", "key", "name", "why"),
    *_numbers("nodes", "scopes", "answers", "profiles"),
    *_texts("places", "company"),
)

_EXACT = frozenset({"dictionary", "origin", "state", "why"})


def held_source(held: HeldRows) -> Source:
    """Return the source of rows in memory: every column of their table is a column of the list."""
    c = held.table.c
    place = (c.dictionary, c.key) if "key" in c else (c.id,)
    return Source(
        id=c.id,
        columns=dict(c),
        origin=held.table,
        order=place,
        exact=_EXACT & set(c.keys()),
        held=held,
    )
