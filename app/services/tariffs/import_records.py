"""Imports as records of a list: what undoing one would leave, and undoing it (F13, item 40)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.db.queries import import_runs
from app.db.queries.rate_paths import paths_of
from app.db.queries.rate_places import places_of
from app.domain.counting import counted
from app.errors import UserError
from app.services.context import Context, service
from app.services.dictionaries import dictionaries_of
from app.services.tariffs.undo_import import undo_import
from dictionaries.catalogue import load_catalogue

AREA = "finance.services"
SHOWN = 20
"""Paths named in a question; of more than that is said how many more at least."""


@service(AREA, "manage")
def undo(ctx: Context, ids: Sequence[int]) -> str:
    """Undo one import and return the sentence that says what became of its rates."""
    if len(ids) != 1:
        raise UserError("Imports are undone one at a time: choose one.")
    done = undo_import(ctx, ids[0])
    told = (
        f"Import {ids[0]} was undone: {counted(done.restored, 'rate')} put back, "
        f"{counted(done.removed, 'rate')} taken out"
    )
    if not done.kept:
        return f"{told}."
    return f"{told}; {counted(len(done.kept), 'rate')} edited since {_stay(len(done.kept))}."


def _stay(count: int) -> str:
    return "stays as it is" if count == 1 else "stay as they are"


@service(AREA, "view")
def edited_since(ctx: Context, ids: Sequence[int]) -> list[str]:
    """Return the rates of an import that were edited since and would stay, by their names."""
    with ctx.database.read() as connection:
        run = import_runs.seen_run(connection, ctx.actor.company_id, ids[0])
        numbers = import_runs.edited_since(connection, run, limit=SHOWN + 1)
        lines = _paths(connection, run.company_id, run.scope_id, numbers[:SHOWN])
    if len(numbers) > SHOWN:
        lines.append("and more")
    return [f"Edited since, stays: {line}" for line in lines]


def _paths(connection: Any, company: int, scope_id: int, numbers: Sequence[int]) -> list[str]:
    """Return the paths of nodes in names; in keys those of nodes that are no longer there."""
    places = places_of(connection, scope_id, numbers)
    keys = paths_of(connection, scope_id, numbers)
    catalogue, dictionaries = load_catalogue(), dictionaries_of(connection, company)
    return [
        " / ".join(
            [catalogue.key_text(*step, dictionaries) for step in places[number].steps]
            if number in places
            else keys[number]
        )
        for number in numbers
    ]
