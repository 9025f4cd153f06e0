"""What the four tabs of Enabled services share: columns, fields and states (ACC-4)."""

from __future__ import annotations

from dataclasses import replace

from app.domain.sections import Choice, Column, Command, Field, Kind
from app.sections.common import KEPT
from app.sections.scopes import YES_NO

PARENT = "enabled_services"
SERVICES_AREA, PACKS_AREA = "accounts.enabled_services", "accounts.packs"

STATES = (
    Choice("current", "Current", "ok"),
    Choice("upcoming", "Upcoming", "info"),
    Choice("past", "Past", "neutral"),
)

PLACE = (
    Column("id", "ID", Kind.NUMBER, 6),
    Column("company", "Company", Kind.TEXT, 20, link="company?id={party_id}"),
    Column(
        "agreement",
        "Agreement",
        Kind.TEXT,
        14,
        link="record?section=agreements&id={agreement_id}",
    ),
    Column("service", "Service", Kind.TEXT, 17, link="service?id={service_id}"),
)

PERIOD = (
    Column("state", "Status", Kind.STATUS, 11, choices=STATES),
    Column("effective_from", "Effective from", Kind.INSTANT, 35, zone="from_zone"),
    Column(
        "effective_till",
        "Effective till",
        Kind.INSTANT,
        35,
        zone="till_zone",
        none="∞",
        help="From then on it no longer holds; ∞: indefinitely.",
    ),
)

REST = (
    Column("from_zone", "Time zone of the start", Kind.TEXT, 16, hidden=True),
    Column("till_zone", "Time zone of the end", Kind.TEXT, 16, hidden=True),
    Column("agreement_id", "Agreement ID", Kind.NUMBER, 12, hidden=True),
    Column("service_id", "Service ID", Kind.NUMBER, 9, hidden=True),
    Column("party_id", "Company ID", Kind.NUMBER, 10, hidden=True),
    Column("owner", "Kept by", Kind.TEXT, 20, hidden=True),
    KEPT,
    Column(
        "created_at",
        "Connection date",
        Kind.INSTANT,
        17,
        hidden=True,
        help="When it was enabled, whenever it takes effect.",
    ),
    Column("updated_at", "Modified", Kind.INSTANT, 17, hidden=True),
)

HIDDEN = Column("hidden", "Hidden from client", Kind.CHOICE, 12, choices=YES_NO, hidden=True)


def chosen(module: str, title: str) -> tuple[Field, ...]:
    """Return the fields of service and agreement, whose choices come from ``module``."""
    return (
        Field(
            "service_id",
            title,
            Kind.REFERENCE,
            required=True,
            fixed=True,
            options=f"{module}.services",
        ),
        Field(
            "agreement_id",
            "Agreement",
            Kind.REFERENCE,
            required=True,
            fixed=True,
            options=f"{module}.agreements",
            help="Agreements in the currency of the service.",
        ),
    )


TIMES = (
    Field(
        "effective_from",
        "Effective from",
        Kind.MOMENT,
        required=True,
        zone="from_zone",
        reset_by=("agreement_id",),
        help="When the client bought it.",
    ),
    Field(
        "from_zone",
        "Time zone of the start",
        Kind.REFERENCE,
        required=True,
        options="accounts.choices.time_zones",
        reset_by=("agreement_id",),
    ),
    Field(
        "effective_till",
        "Effective till",
        Kind.MOMENT,
        zone="till_zone",
        help="From then on it no longer holds. Empty: indefinitely.",
    ),
    Field(
        "till_zone",
        "Time zone of the end",
        Kind.REFERENCE,
        required=True,
        options="accounts.choices.time_zones",
        reset_by=("agreement_id",),
    ),
)


def end_command(module: str, then: str) -> Command:
    """Return the command that ends rows whose services are in ``module``; ``then`` follows."""
    till, zone = (replace(field, reset_by=()) for field in TIMES[2:])
    return Command(
        "end",
        "End…",
        "stop",
        service=f"{module}.end",
        needs="some",
        confirm=f"End {{names}}? The record stays; {then}.",
        asks=(replace(till, required=True, help="From then on it no longer holds."), zone),
        suggest=f"{module}.end_proposed",
        when=("state", ("current", "upcoming")),
    )


NOT_SHOWN = Field("hidden", "Do not show to client", Kind.FLAG, default=False)
