"""The section Rates: every rate of one validity period as a flat list (SVC-4)."""

from __future__ import annotations

from app.domain.sections import Choice, Column, Command, Kind, Section

PRICE_TYPES = (
    Choice("flat", "Flat rate"),
    Choice("scale", "Scale"),
    Choice("free", "Free"),
    Choice("included", "Included"),
    Choice("not_included", "Not included"),
    Choice("blocked", "Blocked"),
)
BILLING_RULES = (
    Choice("submitted", "Submitted"),
    Choice("delivered", "Delivered"),
    Choice("default", "Default"),
)
QUANTITY_RULES = (
    Choice("messages", "Messages"),
    Choice("segments", "Segments"),
    Choice("full_period", "Full period"),
    Choice("default", "Default"),
)
ATTRIBUTES = (
    Choice("domain", "Service domain"),
    Choice("resource", "Resource"),
    Choice("direction", "Direction"),
    Choice("country", "Country"),
    Choice("network", "Network"),
    Choice("mcc", "MCC"),
    Choice("mnc", "MNC"),
    Choice("mccmnc", "MCCMNC"),
    Choice("mno", "MNO"),
    Choice("destination", "Destination"),
    Choice("prefix", "Prefix"),
    Choice("sender_id_type", "Sender ID type"),
    Choice("sender_id", "Sender ID"),
    Choice("periodicity", "Periodicity"),
    Choice("billing_event", "Billing event"),
    Choice("whatsapp_region", "WhatsApp region"),
    Choice("pricing_category", "Pricing category"),
    Choice("pricing_type", "Pricing type"),
    Choice("pack", "Pack"),
    Choice("additional_service", "Additional service"),
)

RATES = Section(
    id="rates",
    title="Rates",
    singular="rate",
    group="Tariffs",
    icon="price",
    area="finance.services",
    source="rates",
    columns=(
        Column("path", "Place", Kind.TEXT, 36, sortable=False, filterable=False, tail=True),
        Column("name", "Name", Kind.TEXT, 23, sortable=False, filterable=False),
        Column("attribute", "By", Kind.CHOICE, 11, choices=ATTRIBUTES, sortable=False),
        Column("key", "Key", Kind.CODE, 10),
        Column("price_type", "Price type", Kind.CHOICE, 12, choices=PRICE_TYPES),
        Column("price", "Price", Kind.PRICE, 10),
        Column("scale", "Scale", Kind.TEXT, 18, sortable=False, filterable=False),
        Column("billing_rule", "Billing rule", Kind.CHOICE, 12, choices=BILLING_RULES),
        Column("quantity_rule", "Quantity rule", Kind.CHOICE, 13, choices=QUANTITY_RULES),
        Column("connect_price", "Connection", Kind.PRICE, 12, hidden=True),
        Column("first_interval", "First interval, s", Kind.NUMBER, 12, hidden=True),
        Column("next_interval", "Next interval, s", Kind.NUMBER, 12, hidden=True),
        Column(
            "revision",
            "Revision",
            Kind.NUMBER,
            9,
            help="The revision of the tree since which the rate is as it is.",
        ),
        Column("id", "Number", Kind.NUMBER, 9, hidden=True),
        Column("scope_id", "Scope", Kind.NUMBER, 12, hidden=True, filterable=False),
        Column("service_id", "Service ID", Kind.NUMBER, 9, hidden=True, filterable=False),
    ),
    search=("key",),
    open_row="service?id={service_id}&scope={scope_id}&node={id}",
    commands=(
        Command(
            "show",
            "Show in the structure",
            "tree",
            opens="service?id={service_id}&scope={scope_id}&node={id}",
            level="view",
        ),
    ),
    arguments=("scope",),
    nouns=("rates",),
    name_column="name",
    empty="No rate yet.",
    empty_hint="Import a price list, or add rates in the structure of the service.",
    help="lists",
)
