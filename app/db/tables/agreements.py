"""Agreements: contracts with a balance each, their versions, and what they let resell (ACC-3).

An agreement holds what never changes and the e-mail lists; a version holds dates, credit limit and
invoicing (G6). Periods are half-open UTC instants with the zone in which they were entered.
"""

from __future__ import annotations

import sqlalchemy as sa

from app.db.tables.columns import (
    company_id,
    flag,
    identity,
    instant,
    no_overlap,
    one_of,
    party_id,
    period,
    refers,
    sized,
    table,
    text,
    version,
)
from app.db.types import Amount, Json, LocalDate

DIRECTIONS = ("client", "vendor")
BILLING_PERIODS = ("daily", "weekly", "monthly", "quarterly")
EMAIL_LISTS = (
    "invoice_emails",
    "account_emails",
    "rate_change_emails",
    "service_emails",
    "payment_alert_emails",
)

agreement = table(
    "agreement",
    identity(),
    company_id(),
    party_id(),
    text("direction"),
    refers("legal_entity_id", "legal_entity.id"),
    refers("own_legal_entity_id", "legal_entity.id"),
    refers("bank_account_id", "bank_account.id", nullable=True),
    refers("own_bank_account_id", "bank_account.id", nullable=True),
    text("code"),
    sa.Column("date", LocalDate, nullable=False),
    text("currency"),
    *(sa.Column(name, Json, nullable=False, server_default="[]") for name in EMAIL_LISTS),
    version(),
    instant("created_at"),
    instant("updated_at"),
    sized("code", 1, 100),
    one_of("direction", *DIRECTIONS),
    sa.CheckConstraint("length(currency) = 3 AND currency = upper(currency)", name="currency"),
    sa.UniqueConstraint("party_id", "code"),
    sa.Index(None, "company_id"),
    sa.Index(None, "legal_entity_id"),
    sa.Index(None, "own_legal_entity_id"),
    sqlite_autoincrement=True,
)

agreement_version = table(
    "agreement_version",
    identity(),
    refers("agreement_id", "agreement.id"),
    *period(),
    sa.Column("credit_limit", Amount),
    text("billing_zone"),
    sa.Column("days_for_payment", sa.Integer, nullable=False),
    text("billing_period"),
    sa.Column("billing_day", sa.Integer, nullable=False),
    flag("split_by_month"),
    version(),
    instant("created_at"),
    instant("updated_at"),
    sized("billing_zone", 1, 64),
    one_of("billing_period", *BILLING_PERIODS),
    sa.CheckConstraint("effective_from < effective_till", name="period"),
    sa.CheckConstraint("credit_limit >= 0", name="credit_limit"),
    sa.CheckConstraint("days_for_payment BETWEEN 0 AND 3650", name="days_for_payment"),
    sa.CheckConstraint(
        "billing_day BETWEEN 1 AND CASE billing_period WHEN 'daily' THEN 1 WHEN 'weekly' THEN 7 "
        "ELSE 31 END",
        name="billing_day",
    ),
    sa.CheckConstraint(
        "CAST(split_by_month AS INTEGER) = 0 OR billing_period IN ('daily', 'weekly')",
        name="split_by_month",
    ),
    no_overlap("agreement_version", "agreement_id"),
    sa.Index(None, "agreement_id", "effective_from"),
    sqlite_autoincrement=True,
)
"""``billing_day``: 1 for daily, 1 (Monday) to 7 for weekly, else the day of the month, clamped to
its end (A13). ``credit_limit`` NULL = unlimited."""

reselling_agreement = table(
    "reselling_agreement",
    identity(),
    company_id(),
    refers("legal_entity_id", "legal_entity.id"),
    refers("agreement_id", "agreement.id"),
    *period(),
    version(),
    instant("created_at"),
    instant("updated_at"),
    sa.CheckConstraint("effective_from < effective_till", name="period"),
    no_overlap("reselling_agreement", "legal_entity_id", "agreement_id"),
    sa.Index(None, "company_id"),
    sa.Index(None, "legal_entity_id"),
    sa.Index(None, "agreement_id"),
    sqlite_autoincrement=True,
)
"""The agreement under which a reseller's legal entity buys what it resells (guide 14.2)."""
