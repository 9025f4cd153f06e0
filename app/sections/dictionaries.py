"""The section Dictionaries: what ships with the program and what was added to it (GEN-10, M1)."""

from __future__ import annotations

from app.domain.sections import Column, Command, Kind, Section
from app.sections.answers import DICTIONARIES as NAMES

_OPENED = "list?section=entries&where.dictionary=%3D{dictionary}"


def _count(name: str, title: str, more: str, width: int, words: str) -> Column:
    return Column(name, title, Kind.NUMBER, width, link=f"{_OPENED}{more}", help=words)


DICTIONARIES = Section(
    id="dictionaries",
    title="Dictionaries",
    singular="dictionary",
    group="Tariffs",
    icon="dictionary",
    area="mccmnc",
    source="dictionaries",
    columns=(
        Column("name", "Dictionary", Kind.TEXT, 22, link=_OPENED),
        _count("used", "In use", "&where.state=%3Dused", 9, "Entries that imports match."),
        _count("added", "Added", "&where.origin=%3Dadded", 9, "Entries that you added."),
        _count("changed", "Changed", "&where.origin=%3Dchanged", 10, "Shipped ones you changed."),
        _count("retired", "Retired", "&where.state=%3Dretired", 9, "Entries no longer matched."),
        Column(
            "aliases",
            "Aliases",
            Kind.NUMBER,
            9,
            link="list?section=aliases&where.dictionary=%3D{dictionary}",
            help="Other names that were added.",
        ),
        Column("shipped", "Shipped", Kind.NUMBER, 9, help="Entries that come with the program."),
        Column("updated_at", "Last change", Kind.INSTANT, 17),
        Column("dictionary", "Kind", Kind.CHOICE, 18, choices=NAMES, hidden=True),
    ),
    search=("name",),
    open_row=_OPENED,
    commands=(
        Command(
            "add",
            "Add an entry",
            "plus",
            opens="record?section=entries&set.dictionary={dictionary}",
            needs="one",
        ),
        Command(
            "update",
            "Update from a file…",
            "import",
            opens="dictionary-update?dictionary={dictionary}",
            needs="one",
        ),
    ),
    nouns=("dictionaries",),
    empty="No dictionary.",
    empty_hint="They come with the program.",
    help="dictionaries",
)
