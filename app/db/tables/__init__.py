"""The tables, one module per noun; importing this package fills ``metadata``."""

from __future__ import annotations

from app.db.tables import (
    audit,
    batches,
    companies,
    dictionary_entries,
    import_runs,
    learned,
    profiles,
    rate_nodes,
    scopes,
    services,
    settings,
    vendors,
)
from app.db.tables.columns import metadata

__all__ = [
    "audit",
    "batches",
    "companies",
    "dictionary_entries",
    "import_runs",
    "learned",
    "metadata",
    "profiles",
    "rate_nodes",
    "scopes",
    "services",
    "settings",
    "vendors",
]
