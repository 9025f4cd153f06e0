"""The section Remembered answers: what people said that words of price lists mean (IMP-8)."""

from __future__ import annotations

from app.domain.sections import Choice, Column, Command, Kind, Section

DICTIONARIES = (
    Choice("country", "Country"),
    Choice("mcc", "MCC"),
    Choice("mccmnc", "MCCMNC"),
    Choice("mnc", "MNC"),
    Choice("operator", "Operator"),
    Choice("whatsapp_market", "WhatsApp market"),
    Choice("currency", "Currency"),
    Choice("direction", "Direction"),
    Choice("price_type", "Price type"),
    Choice("billing_rule", "Billing rule"),
    Choice("quantity_rule", "Quantity rule"),
    Choice("pricing_category", "Pricing category"),
    Choice("pricing_type", "Pricing type"),
    Choice("billing_event", "Billing event"),
    Choice("sender_id_type", "Sender ID type"),
    Choice("periodicity", "Periodicity"),
    Choice("service_domain", "Service domain"),
    Choice("resource", "Resource"),
    Choice("pack", "Pack"),
    Choice("additional_service", "Additional service"),
)

ANSWERS = Section(
    id="answers",
    title="Remembered answers",
    singular="answer",
    group="Tariffs",
    icon="answers",
    area="mccmnc",
    source="answers",
    columns=(
        Column("id", "ID", Kind.NUMBER, 6, hidden=True),
        Column("value", "Word of the list", Kind.TEXT, 30),
        Column("dictionary", "Dictionary", Kind.CHOICE, 16, choices=DICTIONARIES),
        Column("context", "Within", Kind.CODE, 10, help="The country it was said of."),
        Column("key", "Key", Kind.CODE, 12),
        Column("meaning", "Means", Kind.TEXT, 28, sortable=False, filterable=False),
        Column("vendor", "Vendor", Kind.TEXT, 18, help="Empty: holds for every vendor's list."),
        Column("actor", "By", Kind.TEXT, 10),
        Column("at", "When", Kind.INSTANT, 17),
        Column("company", "Company", Kind.TEXT, 20, hidden=True),
    ),
    sort=(("value", False),),
    search=("value", "key", "vendor"),
    remove="tariffs.learned_records.remove",
    commands=(
        Command(
            "forget",
            "Forget",
            "trash",
            service="tariffs.learned_records.remove",
            needs="some",
            shortcut="Del",
            danger=True,
            confirm="Forget what {names} means? The next import asks again.",
        ),
    ),
    nouns=("learned",),
    name_column="value",
    empty="Nothing is remembered yet.",
    empty_hint="What you answer while importing is kept and used for the vendor's next list.",
    help="import-values",
)
