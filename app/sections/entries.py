"""The section Dictionary entries: every key of every dictionary, shipped and own (GEN-10, M1)."""

from __future__ import annotations

from app.domain.sections import Choice, Column, Command, Field, Kind, Section
from app.sections.answers import DICTIONARIES
from app.sections.common import delete_command

SERVICE = "dictionary_records"
PARENT = "dictionaries"

ORIGINS = (
    Choice("shipped", "Shipped", "neutral"),
    Choice("changed", "Changed", "warn"),
    Choice("added", "Added", "ok"),
    Choice("tenant", "From your tenant", "info"),
    Choice("service", "A service", "info"),
)
STATES = (Choice("used", "In use", "ok"), Choice("retired", "Retired", "neutral"))

NETWORKS = ("operator", "mccmnc")
PLACED = ("operator", "mccmnc", "mcc", "whatsapp_market")
UNNAMED = ("country", "mcc", "mccmnc", "mnc")
NAMED = tuple(choice.value for choice in DICTIONARIES if choice.value not in UNNAMED)
OF_THE_PROGRAM = ("service_domain", "resource", "pack")
"""Dictionaries whose keys are made elsewhere: in the catalogue, or as services."""

LANGUAGES = (
    ("fr", "French"),
    ("de", "German"),
    ("es", "Spanish"),
    ("it", "Italian"),
    ("pt", "Portuguese"),
    ("ru", "Russian"),
    ("uk", "Ukrainian"),
    ("pl", "Polish"),
    ("nl", "Dutch"),
    ("tr", "Turkish"),
    ("zh", "Chinese"),
    ("ar", "Arabic"),
    ("ja", "Japanese"),
    ("ko", "Korean"),
)

_COUNTRY = ("dictionary", ("country",))

FORM = (
    Field(
        "dictionary",
        "Dictionary",
        Kind.CHOICE,
        required=True,
        choices=DICTIONARIES,
        fixed=True,
        instead="retire this entry and add one in the other dictionary",
    ),
    Field(
        "key",
        "Key",
        Kind.CODE,
        required=True,
        longest=400,
        fixed=True,
        instead="retire this entry, add one with the new key, and choose that under Missed options",
        help="What rate trees keep: ISO code of a country, MCC and MNC of a network.",
    ),
    Field("name", "Name", longest=400, shown_when=("dictionary", NAMED)),
    Field("name_en", "English name", longest=400, shown_when=_COUNTRY),
    Field("alpha3", "Alpha-3 code", Kind.CODE, longest=3, shown_when=_COUNTRY),
    Field(
        "numeric",
        "Numeric code",
        Kind.CODE,
        longest=3,
        shown_when=("dictionary", ("country", "currency")),
    ),
    Field("brand", "Brand", longest=400, shown_when=("dictionary", NETWORKS)),
    Field("operator", "Company", longest=400, shown_when=("dictionary", NETWORKS)),
    Field(
        "status",
        "Network is",
        Kind.CHOICE,
        choices=(
            Choice("operational", "Operational"),
            Choice("closed", "Closed"),
            Choice("unknown", "Unknown"),
        ),
        shown_when=("dictionary", NETWORKS),
        help="Imports prefer operational networks where names are alike.",
    ),
    Field(
        "minor_units",
        "Decimals",
        Kind.CODE,
        longest=1,
        shown_when=("dictionary", ("currency",)),
        help="Amounts on invoices are rounded to so many decimals.",
    ),
    Field(
        "countries",
        "Countries",
        Kind.REFERENCES,
        options="accounts.choices.countries",
        shown_when=("dictionary", PLACED),
        group="Links",
    ),
    Field(
        "codes",
        "MCCMNC codes",
        Kind.WORDS,
        shown_when=("dictionary", ("operator",)),
        group="Links",
        help="All codes of the network; the key is one of them.",
    ),
    Field("linked", "Linked to", Kind.LONG_TEXT, longest=8000, computed=True, group="Links"),
    Field(
        "aliases",
        "Own aliases",
        Kind.WORDS,
        group="Other names",
        help="Imports match these words to this entry from now on.",
    ),
    Field(
        "known_as",
        "Known as",
        Kind.LONG_TEXT,
        longest=40000,
        computed=True,
        group="Other names",
        help="Names that come with the program; former ones with the last year they were used.",
    ),
    *(
        Field(f"name_{code}", title, longest=400, shown_when=_COUNTRY, group="In other languages")
        for code, title in LANGUAGES
    ),
    Field("origin", "Origin", Kind.CHOICE, choices=ORIGINS, computed=True, group="State"),
    Field("state", "Status", Kind.CHOICE, choices=STATES, computed=True, group="State"),
    Field(
        "shipped",
        "As shipped",
        Kind.LONG_TEXT,
        longest=8000,
        computed=True,
        group="State",
        help="The values of the program that yours replace.",
    ),
)

ENTRIES = Section(
    id="entries",
    title="Dictionary entries",
    singular="dictionary entry",
    group="Tariffs",
    icon="dictionary",
    area="mccmnc",
    source="entries",
    columns=(
        Column("dictionary", "Dictionary", Kind.CHOICE, 14, choices=DICTIONARIES),
        Column("key", "Key", Kind.CODE, 10),
        Column("name", "Name", Kind.TEXT, 32),
        Column("countries", "Countries", Kind.CODE, 10),
        Column("codes", "Further codes", Kind.CODE, 13),
        Column("origin", "Origin", Kind.STATUS, 12, choices=ORIGINS),
        Column("state", "Status", Kind.STATUS, 10, choices=STATES),
        Column("other_names", "Other names", Kind.TEXT, 26),
        Column("details", "Details", Kind.TEXT, 20),
        Column("aliases", "Names", Kind.NUMBER, 8, hidden=True, help="How many other names."),
        Column("updated_at", "Modified", Kind.INSTANT, 17, hidden=True),
        Column("created_at", "Created", Kind.INSTANT, 17, hidden=True),
    ),
    sort=(("dictionary", False), ("key", False)),
    search=("key", "name", "other_names", "codes"),
    form=FORM,
    load=f"{SERVICE}.load",
    create=f"{SERVICE}.create",
    update=f"{SERVICE}.update",
    remove=f"{SERVICE}.remove",
    advise=f"{SERVICE}.advise",
    commands=(
        Command(
            "retire",
            "Retire",
            "archive",
            service=f"{SERVICE}.retire",
            needs="some",
            confirm="Retire {names}? Imports no longer match it; rates that use it stay.",
            details=f"{SERVICE}.uses",
            when=("state", ("used",)),
        ),
        Command(
            "restore",
            "Use again",
            "undo",
            service=f"{SERVICE}.restore",
            needs="some",
            when=("state", ("retired",)),
        ),
        Command(
            "revert",
            "Back to the shipped value",
            "refresh",
            service=f"{SERVICE}.revert",
            needs="some",
            confirm="Take back your changes of {names}? Own aliases stay.",
            when=("origin", ("changed",)),
        ),
        delete_command(
            SERVICE,
            "Delete {names}? Its own aliases go as well.",
            details="uses",
            when=("origin", ("added",)),
        ),
        Command("update", "Update from a file…", "import", opens="dictionary-update", needs="none"),
    ),
    nouns=("dictionaries",),
    empty="No entry.",
    empty_hint="Countries, networks and codes come with the program; add what is missing.",
    help="dictionaries",
    parent=PARENT,
)
