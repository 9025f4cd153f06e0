"""Enabled services and bundle initiators: which rate plans agreements use (ACC-4)."""

from __future__ import annotations

from app.domain.sections import Section
from app.sections.common import KEPT, load_command
from app.sections.enabled_common import (
    HIDDEN,
    NOT_SHOWN,
    PARENT,
    PERIOD,
    PLACE,
    REST,
    SERVICES_AREA,
    TIMES,
    chosen,
    end_command,
)

_SERVICES, _INITIATORS = "accounts.enabled_services", "accounts.enabled_initiators"

ENABLED_SERVICES = Section(
    id="enabled_services",
    title="Enabled services",
    singular="enabled service",
    group="Accounts",
    icon="enabled",
    area=SERVICES_AREA,
    source="enabled_services",
    columns=(*PLACE, *PERIOD, HIDDEN, *REST),
    sort=(("company", False), ("effective_from", True)),
    search=("company", "agreement", "service"),
    form=(*chosen(_SERVICES, "Service"), *TIMES, NOT_SHOWN),
    load=f"{_SERVICES}.load",
    create=f"{_SERVICES}.create",
    update=f"{_SERVICES}.update",
    suggest=f"{_SERVICES}.suggest",
    advise=f"{_SERVICES}.advise",
    commands=(
        end_command(_SERVICES, "its resources are free for another service then"),
        load_command("enabled_services"),
    ),
    nouns=("enabled_services", "agreements", "services", "companies"),
    name_column="service",
    empty="No service is enabled yet.",
    empty_hint="Enable a rate plan on an agreement: its traffic is charged by it from then on.",
    help="enabled_services",
    kept=KEPT.name,
    parent=PARENT,
)

ENABLED_INITIATORS = Section(
    id="enabled_initiators",
    title="Enabled bundle initiators",
    singular="enabled bundle initiator",
    group="Accounts",
    icon="bundle",
    area=SERVICES_AREA,
    source="enabled_initiators",
    columns=(*PLACE, *PERIOD, HIDDEN, *REST),
    sort=(("company", False), ("effective_from", True)),
    search=("company", "agreement", "service"),
    form=(*chosen(_INITIATORS, "Bundle initiator"), *TIMES, NOT_SHOWN),
    load=f"{_INITIATORS}.load",
    create=f"{_INITIATORS}.create",
    update=f"{_INITIATORS}.update",
    suggest=f"{_INITIATORS}.suggest",
    advise=f"{_INITIATORS}.advise",
    commands=(
        end_command(_INITIATORS, "traffic counts for its bundle no longer then"),
        load_command("enabled_initiators"),
    ),
    nouns=("enabled_services", "agreements", "services", "companies"),
    name_column="service",
    empty="No bundle initiator is enabled yet.",
    empty_hint="A bundle initiator says which traffic of an agreement counts for its bundle.",
    help="enabled_services",
    kept=KEPT.name,
    parent=PARENT,
)
