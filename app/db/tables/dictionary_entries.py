"""What users added to or changed in the shipped dictionaries (F18)."""

from __future__ import annotations

import sqlalchemy as sa

from app.db.tables.columns import company_id, identity, instant, sized, table, text, version
from app.db.types import Json, Key

dictionary_entry = table(
    "dictionary_entry",
    identity(),
    company_id(),
    text("dictionary"),
    sa.Column("key", Key, nullable=False),
    text("name"),
    sa.Column("attributes", Json, nullable=False),
    instant("retired_at", nullable=True),
    version(),
    instant("created_at"),
    instant("updated_at"),
    sized("dictionary", 1, 64),
    sized("key", 1, 400),
    sized("name", 1, 400),
    sa.CheckConstraint("key <> '*'", name="key_is_not_others"),
    sa.UniqueConstraint("company_id", "dictionary", "key"),
    sqlite_autoincrement=True,
)

dictionary_alias = table(
    "dictionary_alias",
    identity(),
    company_id(),
    text("dictionary"),
    sa.Column("context", Key, nullable=False),
    sa.Column("alias", Key, nullable=False),
    sa.Column("key", Key, nullable=False),
    instant("created_at"),
    version(),
    # None = as it was added.
    instant("updated_at", nullable=True),
    sized("dictionary", 1, 64),
    sized("context", 0, 200),
    sized("alias", 1, 400),
    sized("key", 1, 400),
    sa.UniqueConstraint("company_id", "dictionary", "context", "alias"),
    sqlite_autoincrement=True,
)
