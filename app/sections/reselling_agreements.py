"""The section Reselling agreements: under which agreement a reseller buys what it resells."""

from __future__ import annotations

from app.domain.sections import Choice, Column, Field, Kind, Section
from app.sections.common import KEPT

SERVICE = "accounts.reselling_records"

STATES = (
    Choice("past", "Past", "neutral"),
    Choice("current", "Current", "ok"),
    Choice("upcoming", "Upcoming", "info"),
)

RESELLING_AGREEMENTS = Section(
    id="reselling_agreements",
    title="Reselling agreements",
    singular="reselling agreement",
    group="Accounts",
    icon="reseller",
    area="accounts.reselling_agreements",
    source="reselling_agreements",
    columns=(
        Column("id", "ID", Kind.NUMBER, 6),
        Column("state", "Status", Kind.STATUS, 10, choices=STATES),
        Column(
            "entity",
            "Legal entity",
            Kind.TEXT,
            20,
            link="record?section=legal_entities&id={legal_entity_id}",
        ),
        Column("party", "Company", Kind.TEXT, 20),
        Column(
            "agreement",
            "Agreement",
            Kind.TEXT,
            14,
            link="record?section=agreements&id={agreement_id}",
        ),
        Column("effective_from", "Effective from", Kind.INSTANT, 35, zone="from_zone"),
        Column("effective_till", "Effective till", Kind.INSTANT, 35, zone="till_zone", none="∞"),
        Column("from_zone", "Time zone of the start", Kind.CODE, 16, hidden=True),
        Column("till_zone", "Time zone of the end", Kind.CODE, 16, hidden=True),
        Column("legal_entity_id", "Legal entity ID", Kind.NUMBER, 8, hidden=True),
        Column("agreement_id", "Agreement ID", Kind.NUMBER, 8, hidden=True),
        Column("keeper", "Kept by", Kind.TEXT, 18, hidden=True),
        KEPT,
        Column("created_at", "Created", Kind.INSTANT, 17, hidden=True),
        Column("updated_at", "Modified", Kind.INSTANT, 17, hidden=True),
    ),
    sort=(("entity", False), ("effective_from", True)),
    search=("entity", "party", "agreement", "id"),
    form=(
        Field(
            "legal_entity_id",
            "Legal entity",
            Kind.REFERENCE,
            required=True,
            fixed=True,
            options="accounts.legal_records.reseller_choices",
            help="The legal entity of a reseller.",
        ),
        Field(
            "agreement_id",
            "Agreement",
            Kind.REFERENCE,
            required=True,
            fixed=True,
            options=f"{SERVICE}.agreements",
            reset_by=("legal_entity_id",),
            help="An agreement with that reseller.",
        ),
        Field("effective_from", "Effective from", Kind.MOMENT, required=True, zone="from_zone"),
        Field(
            "from_zone",
            "Time zone of the start",
            Kind.REFERENCE,
            required=True,
            default="UTC",
            options="accounts.choices.time_zones",
        ),
        Field(
            "effective_till",
            "Effective till",
            Kind.MOMENT,
            zone="till_zone",
            help="Empty = indefinitely.",
        ),
        Field(
            "till_zone",
            "Time zone of the end",
            Kind.REFERENCE,
            default="UTC",
            options="accounts.choices.time_zones",
        ),
    ),
    load=f"{SERVICE}.load",
    create=f"{SERVICE}.create",
    update=f"{SERVICE}.update",
    remove=f"{SERVICE}.remove",
    suggest=f"{SERVICE}.suggest",
    name_column="entity",
    nouns=("reselling_agreements", "legal_entities"),
    empty="No reselling agreement yet.",
    empty_hint="It joins a reseller's legal entity with the agreement under which it buys.",
    help="reselling",
    kept=KEPT.name,
)
