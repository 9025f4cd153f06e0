"""The section Order of use: what agreements use now, and in which order (RAT-1)."""

from __future__ import annotations

from app.domain.sections import Column, Kind, Section
from app.sections.enabled_common import HIDDEN, PARENT, PERIOD, PLACE, REST, SERVICES_AREA
from app.sections.services import ENABLED_IN, TYPES

_ID, _COMPANY, _AGREEMENT, _SERVICE = PLACE

ORDER_OF_USE = Section(
    id="order_of_use",
    title="Order of use",
    singular="use",
    group="Accounts",
    icon="enabled",
    area=SERVICES_AREA,
    source="order_of_use",
    columns=(
        _COMPANY,
        _AGREEMENT,
        Column(
            "place",
            "Place",
            Kind.NUMBER,
            7,
            none="–",
            help="Tried in this order for each message; bundles only count contacts.",
        ),
        _SERVICE,
        Column("type", "Type", Kind.CHOICE, 16, choices=TYPES),
        *PERIOD[1:],
        Column("id", "ID", Kind.NUMBER, 6, hidden=True),
        Column("enabled_in", "Enabled as", Kind.CHOICE, 18, choices=ENABLED_IN, hidden=True),
        HIDDEN,
        *REST,
    ),
    sort=(("company", False), ("agreement", False), ("place", False)),
    search=("company", "agreement", "service"),
    open_row="record?section={enabled_in}&id={id}",
    nouns=("enabled_services", "agreements", "services", "companies"),
    name_column="service",
    empty="Nothing is in use now.",
    empty_hint="Packs come first, the one enabled first before others; then pay-as-you-go.",
    help="enabled_services",
    parent=PARENT,
)
