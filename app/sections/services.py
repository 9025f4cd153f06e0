"""The section Services: rate plans and cost price lists (SVC-1)."""

from __future__ import annotations

from app.domain.sections import Choice, Column, Command, Field, Kind, Section

TYPES = (
    Choice("payg", "Pay-as-you-go"),
    Choice("unit_pack", "Unit pack"),
    Choice("monetary_pack", "Monetary pack"),
    Choice("bundle_initiator", "Bundle initiator"),
    Choice("bundle_pack", "Bundle pack"),
)
SIDES = (Choice("sell", "Sell"), Choice("cost", "Cost"))
STATES = (
    Choice("current", "Current", "ok"),
    Choice("upcoming", "Upcoming", "info"),
    Choice("draft", "Draft", "neutral"),
    Choice("past", "Past", "neutral"),
    Choice("none", "No scope", "warn"),
    Choice("archived", "Archived", "neutral"),
)
ENABLED_IN = (
    Choice("enabled_services", "Enabled service"),
    Choice("enabled_packs", "Enabled pack"),
    Choice("enabled_initiators", "Enabled bundle initiator"),
    Choice("enabled_bundle_packs", "Enabled bundle pack"),
)
"""The section in which a service of each type is enabled."""

PRICED = ("payg", "monetary_pack")
SIZED = ("unit_pack", "monetary_pack", "bundle_pack")

SERVICES = Section(
    id="services",
    title="Services",
    singular="service",
    group="Tariffs",
    icon="services",
    area="finance.services",
    source="services",
    columns=(
        Column("id", "ID", Kind.NUMBER, 6),
        Column("name", "Name", Kind.TEXT, 24),
        Column("type", "Type", Kind.CHOICE, 15, choices=TYPES),
        Column("side", "Side", Kind.CHOICE, 8, choices=SIDES),
        Column("size", "Size", Kind.AMOUNT, 8),
        Column("currency", "Currency", Kind.CODE, 8),
        Column("state", "Status", Kind.STATUS, 15, choices=STATES),
        Column("scopes", "Scopes", Kind.NUMBER, 8),
        Column(
            "agreements",
            "Agreements",
            Kind.NUMBER,
            10,
            link="list?section={enabled_in}&where.service_id=%3D{id}",
            help="Agreements that have it enabled now or later.",
        ),
        Column("current_from", "Current from", Kind.DATE, 12),
        Column("last_change", "Rates changed", Kind.INSTANT, 17),
        Column("description", "Description", Kind.TEXT, 12),
        Column("time_zone", "Time zone", Kind.TEXT, 16, hidden=True),
        Column("enabled_in", "Enabled as", Kind.CHOICE, 18, choices=ENABLED_IN, hidden=True),
        Column("company", "Company", Kind.TEXT, 20, hidden=True),
        Column("created_at", "Created", Kind.INSTANT, 17, hidden=True),
        Column("updated_at", "Modified", Kind.INSTANT, 17, hidden=True),
    ),
    sort=(("name", False),),
    search=("name", "description"),
    form=(
        Field("name", "Name", required=True),
        Field(
            "type", "Type", Kind.CHOICE, required=True, choices=TYPES, default="payg", fixed=True
        ),
        Field(
            "side",
            "Side",
            Kind.CHOICE,
            required=True,
            choices=SIDES,
            default="sell",
            fixed=True,
            help="Sell: offered to clients. Cost: a vendor's price list.",
        ),
        Field(
            "currency",
            "Currency",
            Kind.REFERENCE,
            required=True,
            fixed=True,
            options="tariffs.choices.currencies",
            shown_when=("type", PRICED),
        ),
        Field(
            "size",
            "Size",
            Kind.AMOUNT,
            required=True,
            shown_when=("type", SIZED),
            help="Units of a unit pack, amount of a monetary pack, unique contacts of a bundle.",
        ),
        Field(
            "time_zone",
            "Time zone",
            Kind.REFERENCE,
            required=True,
            default="UTC",
            fixed=True,
            options="tariffs.choices.time_zones",
            help="Scopes begin and end at midnight there.",
        ),
        Field("description", "Description", Kind.LONG_TEXT, longest=4000),
    ),
    load="tariffs.service_records.load",
    create="tariffs.service_records.create",
    update="tariffs.service_records.update",
    clone="tariffs.service_records.clone_as",
    open_row="service?id={id}",
    commands=(
        Command("structure", "Open structure", "tree", opens="service?id={id}", level="view"),
        Command(
            "properties",
            "Properties",
            "edit",
            opens="record?section=services&id={id}",
            shortcut="Alt+Return",
            level="view",
        ),
        Command("clone", "Clone", "copy", service="tariffs.service_records.clone"),
        Command(
            "import", "Import rates…", "import", opens="import?service={id}", shortcut="Ctrl+I"
        ),
        Command(
            "archive",
            "Archive",
            "archive",
            service="tariffs.service_records.archive",
            needs="some",
            danger=True,
            confirm="Archive {names}? Rating stops for agreements that use it; it can be "
            "restored later.",
            details="tariffs.service_records.dependants",
            when=("state", ("current", "upcoming", "draft", "past", "none")),
        ),
        Command(
            "restore",
            "Restore from archive",
            "undo",
            service="tariffs.service_records.restore",
            needs="some",
            when=("state", ("archived",)),
        ),
    ),
    nouns=("services", "scopes", "rates", "enabled_services"),
    empty="No service yet.",
    empty_hint="A service is a rate plan or a vendor's price list. Add one, or load sample data.",
    help="services",
    defaults={"state": "!=archived"},
)
