"""The section Missed options: keys in use that left their dictionary (SVC-7, M1)."""

from __future__ import annotations

from app.domain.sections import Choice, Column, Command, Kind, Section
from app.sections.answers import DICTIONARIES

REASONS = (
    Choice("gone", "Gone", "error"),
    Choice("retired", "Retired", "warn"),
)

MISSED = Section(
    id="missed",
    title="Missed options",
    singular="missed option",
    group="Tariffs",
    icon="warning",
    area="mccmnc",
    source="missed",
    columns=(
        Column("id", "ID", Kind.NUMBER, 16, hidden=True),
        Column("dictionary", "Dictionary", Kind.CHOICE, 16, choices=DICTIONARIES),
        Column("key", "Key", Kind.CODE, 14),
        Column("name", "Name", Kind.TEXT, 22, help="What a retired entry is called."),
        Column("why", "Why", Kind.STATUS, 10, choices=REASONS),
        Column("places", "Used in", Kind.TEXT, 26, help="The services with such rates."),
        Column("scopes", "Scopes", Kind.NUMBER, 9),
        Column("nodes", "Branches", Kind.NUMBER, 10, help="Places in rate trees."),
        Column("answers", "Answers", Kind.NUMBER, 9, help="Remembered answers of imports."),
        Column("profiles", "Profiles", Kind.NUMBER, 9, help="Import profiles."),
        Column("company", "Company", Kind.TEXT, 16, help="Whose rates use it."),
    ),
    sort=(("dictionary", False), ("key", False)),
    search=("key", "name", "places"),
    open_row="missed-option?id={id}",
    commands=(
        Command("repair", "Choose another key…", "edit", opens="missed-option?id={id}"),
        Command(
            "add",
            "Add the entry",
            "plus",
            opens="record?section=entries&set.dictionary={dictionary}&set.key={key}",
            when=("why", ("gone",)),
        ),
        Command(
            "restore",
            "Use again",
            "undo",
            service="dictionary_missed.restore",
            needs="some",
            when=("why", ("retired",)),
        ),
    ),
    nouns=("dictionaries", "services", "scopes", "rates", "learned"),
    name_column="key",
    empty="No missed option.",
    empty_hint="Every key that rates, answers and profiles use is in its dictionary.",
    help="dictionaries",
    parent="dictionaries",
)
