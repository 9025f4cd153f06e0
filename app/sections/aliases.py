"""The section Aliases: further names of dictionary entries that people added (GEN-10, M1)."""

from __future__ import annotations

from app.domain.sections import Column, Command, Field, Kind, Section
from app.sections.answers import DICTIONARIES

SERVICE = "dictionary_alias_records"

ALIASES = Section(
    id="aliases",
    title="Aliases",
    singular="alias",
    group="Tariffs",
    icon="link",
    area="mccmnc",
    source="aliases",
    columns=(
        Column("alias", "Alias", Kind.TEXT, 30),
        Column("dictionary", "Dictionary", Kind.CHOICE, 16, choices=DICTIONARIES),
        Column(
            "key",
            "Key",
            Kind.CODE,
            14,
            link="list?section=entries&where.dictionary=%3D{dictionary}&where.key=%3D{key}",
        ),
        Column("meaning", "Means", Kind.TEXT, 32, sortable=False, filterable=False),
        Column("context", "Within", Kind.CODE, 10, help="The country of the network."),
        Column("created_at", "Created", Kind.INSTANT, 17),
        Column("updated_at", "Modified", Kind.INSTANT, 17, hidden=True),
        Column("company", "Company", Kind.TEXT, 20, hidden=True),
    ),
    sort=(("alias", False),),
    search=("alias", "key"),
    form=(
        Field("alias", "Alias", required=True, longest=400, help="The word of price lists."),
        Field(
            "dictionary",
            "Dictionary",
            Kind.CHOICE,
            required=True,
            choices=DICTIONARIES,
            fixed=True,
            instead="delete this alias and add one in the other dictionary",
        ),
        Field(
            "key",
            "Means",
            Kind.REFERENCE,
            required=True,
            options=f"{SERVICE}.keys",
            reset_by=("dictionary",),
        ),
        Field(
            "context",
            "Within",
            Kind.CODE,
            computed=True,
            help="Networks share names across countries: the alias holds in this one.",
        ),
    ),
    load=f"{SERVICE}.load",
    create=f"{SERVICE}.create",
    update=f"{SERVICE}.update",
    remove=f"{SERVICE}.remove",
    commands=(
        Command(
            "delete",
            "Delete",
            "trash",
            service=f"{SERVICE}.remove",
            needs="some",
            shortcut="Del",
            danger=True,
            confirm="Delete {names}? Imports no longer know these words.",
        ),
    ),
    nouns=("dictionaries",),
    name_column="alias",
    empty="No alias was added.",
    empty_hint="Entries come with many names; add the words that your vendors use besides.",
    help="dictionaries",
    parent="dictionaries",
)
