"""Enabled packs and bundle packs: what agreements have bought ahead (ACC-4)."""

from __future__ import annotations

from app.domain.sections import Choice, Column, Field, Kind, Section
from app.sections.common import KEPT, load_command
from app.sections.enabled_common import (
    PACKS_AREA,
    PARENT,
    PERIOD,
    PLACE,
    REST,
    TIMES,
    chosen,
    end_command,
)
from app.sections.scopes import YES_NO

_PACKS, _BUNDLES = "accounts.enabled_packs", "accounts.enabled_bundle_packs"

TYPES = (Choice("unit_pack", "Unit pack"), Choice("monetary_pack", "Monetary pack"))
BILLINGS = (Choice("free", "Free of charge"), Choice("charge", "Charge"))

ENABLED_PACKS = Section(
    id="enabled_packs",
    title="Enabled packs",
    singular="enabled pack",
    group="Accounts",
    icon="pack",
    area=PACKS_AREA,
    source="enabled_packs",
    columns=(
        *PLACE,
        Column(
            "cost",
            "Cost",
            Kind.AMOUNT,
            10,
            help="The price when it was bought; empty: free of charge, or no rate found.",
        ),
        Column("currency", "Currency", Kind.CODE, 9),
        *PERIOD,
        Column("type", "Type", Kind.CHOICE, 14, choices=TYPES, hidden=True),
        Column("size", "Size", Kind.AMOUNT, 9, hidden=True),
        Column("billing", "Billing", Kind.CHOICE, 14, choices=BILLINGS, hidden=True),
        *REST,
    ),
    sort=(("company", False), ("effective_from", True)),
    search=("company", "agreement", "service"),
    form=(
        *chosen(_PACKS, "Pack"),
        *TIMES,
        Field(
            "billing",
            "Billing",
            Kind.CHOICE,
            required=True,
            choices=BILLINGS,
            default="charge",
            fixed=True,
            help="Charge: the price comes from a pay-as-you-go service enabled on the agreement.",
        ),
        Field(
            "cost",
            "Cost",
            computed=True,
            reset_by=("service_id", "agreement_id", "effective_from", "from_zone", "billing"),
        ),
    ),
    load=f"{_PACKS}.load",
    create=f"{_PACKS}.create",
    update=f"{_PACKS}.update",
    suggest=f"{_PACKS}.suggest",
    advise=f"{_PACKS}.advise",
    commands=(
        end_command(_PACKS, "what is left in the pack is not used any more then"),
        load_command("enabled_packs"),
    ),
    nouns=("enabled_services", "agreements", "services", "companies", "rates"),
    name_column="service",
    empty="No pack is enabled yet.",
    empty_hint="Packs are used before pay-as-you-go services, the one enabled first before others.",
    help="enabled_services",
    kept=KEPT.name,
    parent=PARENT,
)

ENABLED_BUNDLE_PACKS = Section(
    id="enabled_bundle_packs",
    title="Enabled bundle packs",
    singular="enabled bundle pack",
    group="Accounts",
    icon="bundle",
    area=PACKS_AREA,
    source="enabled_bundle_packs",
    columns=(
        *PLACE,
        Column(
            "used",
            "Used",
            Kind.TEXT,
            10,
            help="Contacts counted and contacts in the pack; empty until traffic was rated.",
        ),
        *PERIOD,
        Column("size", "Size", Kind.AMOUNT, 9),
        Column("auto_extend", "Auto extend", Kind.CHOICE, 11, choices=YES_NO),
        *REST,
    ),
    sort=(("company", False), ("effective_from", True)),
    search=("company", "agreement", "service"),
    form=(
        *chosen(_BUNDLES, "Bundle pack"),
        Field(
            "auto_extend",
            "Auto extend",
            Kind.FLAG,
            default=False,
            help="Buy it again for each next billing period of the agreement.",
        ),
        Field("effective_from", "Effective from", Kind.MOMENT, zone="from_zone", computed=True),
        Field("effective_till", "Effective till", Kind.MOMENT, zone="from_zone", computed=True),
        Field("from_zone", "Time zone", computed=True),
    ),
    load=f"{_BUNDLES}.load",
    create=f"{_BUNDLES}.create",
    update=f"{_BUNDLES}.update",
    advise=f"{_BUNDLES}.advise",
    commands=(load_command("enabled_bundle_packs"),),
    nouns=("enabled_services", "agreements", "services", "companies"),
    name_column="service",
    empty="No bundle pack is enabled yet.",
    empty_hint="A bundle pack holds a number of contacts for one billing period of the agreement.",
    help="enabled_services",
    kept=KEPT.name,
    parent=PARENT,
)
