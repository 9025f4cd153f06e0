"""Due work: versions of agreements that begin or end (ACC-3)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from app.db.queries import due_work
from app.domain.due_work import Unit
from app.services import audit
from app.services.context import Context

TASK = "agreement_versions"

_WORDS = {"begins": "The version is in force now.", "ends": "The version is past now."}


def due(connection: Any, until: dt.datetime) -> list[Unit]:
    """Return the begins and ends of stored versions that nobody told yet."""
    return [
        Unit(
            f"agreement_version:{row['id']}",
            row["at"],
            f"{row['title']}: a version {row['word']}",
            row["company_id"],
        )
        for row in due_work.agreement_moments(connection, TASK, until)
    ]


def do(unit: Unit, ctx: Context, connection: Any) -> str:
    """Tell the audit that a version began or ended at its moment."""
    word = unit.title.rpartition(" ")[2]
    audit.record(
        ctx,
        connection,
        f"agreement version {word}",
        "agreement_version",
        unit.number,
        {"at": unit.at.isoformat(), "agreement": unit.title.rpartition(": ")[0]},
        company_id=unit.company_id,
    )
    return _WORDS[word]
