"""The tables, one module per noun; importing this package fills ``metadata``."""

from __future__ import annotations

from app.db.tables import (
    agreements,
    audit,
    banks,
    batches,
    companies,
    dictionary_entries,
    due_work,
    enabled_services,
    import_runs,
    learned,
    legal_entities,
    profiles,
    rate_nodes,
    scopes,
    services,
    settings,
    users,
    vendors,
)
from app.db.tables.columns import metadata

__all__ = [
    "agreements",
    "audit",
    "banks",
    "batches",
    "companies",
    "dictionary_entries",
    "due_work",
    "enabled_services",
    "import_runs",
    "learned",
    "legal_entities",
    "metadata",
    "profiles",
    "rate_nodes",
    "scopes",
    "services",
    "settings",
    "users",
    "vendors",
]
