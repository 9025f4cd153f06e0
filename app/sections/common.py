"""What the sections of master data share: the columns of a row's life, retiring and deleting."""

from __future__ import annotations

from app.domain.sections import Choice, Column, Command, Kind

STATES = (Choice("used", "In use", "ok"), Choice("retired", "Retired", "neutral"))

LIFE = (
    Column("state", "Status", Kind.STATUS, 10, choices=STATES),
    Column("created_at", "Created", Kind.INSTANT, 17, hidden=True),
    Column("updated_at", "Modified", Kind.INSTANT, 17, hidden=True),
)

REMOVE = Command(
    "remove",
    "Delete",
    "trash",
    needs="some",
    shortcut="Del",
    confirm="Delete {names}? This can't be undone.",
    danger=True,
)
"""What lists offer of a section that removes records without a command of its own for it."""

KEPT = Column("kept", "Kept by you", Kind.FLAG, 11, hidden=True)
"""Whether a row is the actor's to change."""

COUNTRY = Column("country", "Country", Kind.TEXT, 15)
COUNTRY_CODE = Column("country_code", "Country code", Kind.CODE, 8, hidden=True)


def life_commands(module: str, noun: str) -> tuple[Command, ...]:
    """Return retire, restore and delete of a section whose services are in ``module``."""
    return (
        Command(
            "retire",
            "Retire",
            "archive",
            service=f"{module}.retire",
            needs="some",
            confirm=f"Retire {noun} {{names}}? It is offered no longer; what names it goes on.",
            details=f"{module}.dependants",
            when=("state", ("used",)),
        ),
        Command(
            "restore",
            "Use again",
            "undo",
            service=f"{module}.restore",
            needs="some",
            when=("state", ("retired",)),
        ),
        delete_command(module, f"Delete {noun} {{names}}?"),
    )


def delete_command(
    module: str,
    confirm: str,
    *,
    details: str = "dependants",
    when: tuple[str, tuple[str, ...]] | None = None,
) -> Command:
    """Return the command that deletes rows by ``module.remove``, told first what names them."""
    return Command(
        "delete",
        "Delete",
        "trash",
        service=f"{module}.remove",
        needs="some",
        shortcut="Del",
        danger=True,
        confirm=confirm,
        details=f"{module}.{details}",
        when=when,
    )


def load_command(section_id: str, *, minor: bool = False) -> Command:
    """Return the command that loads rows of a section from a file."""
    return Command(
        "load",
        "Load from a file…",
        "import",
        opens=f"load?section={section_id}",
        needs="none",
        minor=minor,
    )
