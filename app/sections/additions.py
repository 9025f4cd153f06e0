"""The section Dictionary additions: what users added to the shipped dictionaries (F18)."""

from __future__ import annotations

from app.domain.sections import Choice, Column, Command, Kind, Section
from app.sections.answers import DICTIONARIES

STATES = (Choice("used", "In use", "ok"), Choice("retired", "Retired", "neutral"))

ADDITIONS = Section(
    id="additions",
    title="Dictionary additions",
    singular="dictionary entry",
    group="Tariffs",
    icon="dictionary",
    area="mccmnc",
    source="additions",
    columns=(
        Column("id", "ID", Kind.NUMBER, 6, hidden=True),
        Column("dictionary", "Dictionary", Kind.CHOICE, 18, choices=DICTIONARIES),
        Column("key", "Key", Kind.CODE, 14),
        Column("name", "Name", Kind.TEXT, 36),
        Column("state", "Status", Kind.STATUS, 10, choices=STATES),
        Column("updated_at", "Modified", Kind.INSTANT, 17),
        Column("created_at", "Created", Kind.INSTANT, 17, hidden=True),
        Column("company", "Company", Kind.TEXT, 20, hidden=True),
    ),
    sort=(("dictionary", False), ("key", False)),
    search=("key", "name"),
    commands=(
        Command(
            "retire",
            "Retire",
            "archive",
            service="dictionary_records.retire",
            needs="some",
            danger=True,
            confirm="Retire {names}? Imports no longer match it; rates that use it stay.",
            when=("state", ("used",)),
        ),
        Command(
            "restore",
            "Use again",
            "undo",
            service="dictionary_records.restore",
            needs="some",
            when=("state", ("retired",)),
        ),
    ),
    nouns=("dictionaries",),
    empty="Nothing was added to the dictionaries.",
    empty_hint="Countries, networks and the like come with the program; additions stand here.",
    help="import-values",
)
