"""Which services an agreement has, and which channels that takes up (ACC-4, G4, A17)."""

from __future__ import annotations

import sqlalchemy as sa

from app.db.tables.columns import (
    company_id,
    flag,
    identity,
    instant,
    no_overlap,
    one_of,
    period,
    refers,
    sized,
    table,
    text,
    version,
)
from app.db.types import Key

BILLINGS = ("free", "charge")

enabled_service = table(
    "enabled_service",
    identity(),
    company_id(),
    refers("agreement_id", "agreement.id"),
    refers("service_id", "service.id"),
    *period(),
    flag("hidden"),
    text("billing", nullable=True),
    flag("auto_extend"),
    refers("extends_id", "enabled_service.id", nullable=True),
    version(),
    instant("created_at"),
    instant("updated_at"),
    one_of("billing", *BILLINGS),
    sa.CheckConstraint("effective_from < effective_till", name="period"),
    sa.UniqueConstraint("extends_id"),
    sa.Index(None, "company_id"),
    sa.Index(None, "agreement_id", "effective_from"),
    sa.Index(None, "service_id"),
    sqlite_autoincrement=True,
)
"""Pay-as-you-go services, packs, bundle initiators and bundle packs alike; the service's type says
which. ``extends_id`` = the bundle pack of the period before (L7). Rows are never deleted (L18)."""

enabled_channel = table(
    "enabled_channel",
    identity(),
    refers("agreement_id", "agreement.id"),
    refers("enabled_service_id", "enabled_service.id"),
    sa.Column("channel", Key, nullable=False),
    instant("effective_from"),
    instant("effective_till", nullable=True),
    sized("channel", 1, 200),
    sa.CheckConstraint("effective_from < effective_till", name="period"),
    no_overlap("enabled_channel", "agreement_id", text="channel"),
    sa.Index(None, "agreement_id", "channel"),
    sa.Index(None, "enabled_service_id"),
    sqlite_autoincrement=True,
)
"""``channel`` = "domain/resource" priced by a pay-as-you-go service while its enabling and one of
its live scopes hold; kept by enabling, by tree edits and by making a scope live. The database
refuses two at once on one channel of an agreement (G4, A17)."""
