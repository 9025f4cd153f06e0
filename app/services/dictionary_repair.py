"""Repairs missed options: another key takes the place of one that left its dictionary (M1, SVC-7).

In each rate tree a repair is an ordinary revision: audited, to be undone there. Trees, remembered
answers and profiles change in one transaction, all or none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from app.db.queries import dictionary_usage as usage
from app.db.queries import profiles as profile_rows
from app.db.queries import rate_nodes, rate_subtree, scopes
from app.db.queries.dictionary_usage import KeyPlace
from app.db.queries.service_sight import seen_scope
from app.db.queries.tenancy import refuse_foreign
from app.errors import UserError
from app.services import audit
from app.services.context import Context, require, service
from app.services.dictionaries import shown_dictionaries
from app.services.dictionary_usage import attributes_of, dictionary_of, keys_of_settings
from app.services.tariffs.node_changes import NewNode, change_set

SHOWN = 5
"""Collisions named in a refusal."""


@dataclass(frozen=True, slots=True)
class Repaired:
    """How many scopes, nodes, remembered answers and profiles got another key."""

    scopes: int
    nodes: int
    answers: int
    profiles: int


@dataclass(frozen=True, slots=True)
class _Swap:
    """The key that goes and the one that takes its place, in a company's dictionary."""

    company_id: int
    dictionary: str
    old: str
    new: str


@service("mccmnc", "manage")
def repair(
    ctx: Context,
    dictionary: str,
    key: str,
    new: str,
    *,
    company_id: int | None = None,
    scopes: Sequence[int] | None = None,
    answers: bool = True,
    profiles: bool = True,
) -> Repaired:
    """Let ``new`` take the place of ``key`` in the trees of a company; ``scopes``: only in these.

    Raises UserError naming both places where a tree has a branch for ``new`` already: two branches
    are not made one.
    """
    swap = _Swap(company_id or ctx.actor.company_id, dictionary, key, new)
    with ctx.database.write(bulk=True) as connection:
        refuse_foreign(connection, ctx.actor.company_id, swap.company_id, "such company")
        _check_key(connection, swap)
        trees = _trees(ctx, connection, swap, scopes)
        nodes = 0
        for done, scope_id in enumerate(trees):
            ctx.report("repairing", done, len(trees))
            ctx.stop_if_cancelled()
            nodes += _repair_tree(ctx, connection, scope_id, swap)
        answered = _repair_answers(ctx, connection, swap) if answers else 0
        changed = _repair_profiles(ctx, connection, swap) if profiles else 0
        result = Repaired(len(trees), nodes, answered, changed)
        if not (nodes or answered or changed):
            raise UserError(f'Nothing uses the key "{key}" there any more: refresh the list.')
        told = {"dictionary": dictionary, "key": new, **asdict(result)}
        audit.record(
            ctx,
            connection,
            "repair missed option",
            "dictionary_entry",
            f"{dictionary}/{key}",
            told,
            old={"dictionary": dictionary, "key": key},
            company_id=swap.company_id,
        )
    return result


def _check_key(connection: Any, swap: _Swap) -> None:
    known = shown_dictionaries(connection, swap.company_id)
    if swap.dictionary not in known:
        raise UserError(f'There is no dictionary "{swap.dictionary}": choose one of the list.')
    entry = known[swap.dictionary].entries.get(swap.new)
    title = known[swap.dictionary].title
    if entry is None:
        raise UserError(f'{title} has no key "{swap.new}": choose one of the list, or add it.')
    if entry.retired:
        raise UserError(f"{swap.new} is retired: choose another key, or use it again first.")
    if swap.new == swap.old:
        raise UserError(f"{swap.new} is the missed option itself: choose another key.")


def _trees(ctx: Context, connection: Any, swap: _Swap, wanted: Sequence[int] | None) -> list[int]:
    """Return the scopes to repair; chosen ones must be the company's, and have the key."""
    found = usage.used_keys(
        connection,
        ctx.actor.company_id,
        attributes_of(swap.dictionary),
        keys=[swap.old],
        scopes=wanted,
    )
    mine = dict.fromkeys(one.scope_id for one in found if one.company_id == swap.company_id)
    if mine:
        require(ctx, "finance.services", "manage")
    for scope_id in wanted or ():
        seen_scope(connection, ctx.actor.company_id, scope_id, own=True)
    return sorted(mine)


# ------------------------------------------------------------------------------ trees


def _repair_tree(ctx: Context, connection: Any, scope_id: int, swap: _Swap) -> int:
    """Write the revision of one scope and return how many nodes got the other key.

    Matching goes by path, so nodes never change their key: branches are made anew under the other.
    """
    scope = scopes.lock_scope(connection, scope_id)
    attributes = attributes_of(swap.dictionary)
    places = usage.places_of(connection, scope_id, attributes, [swap.old, swap.new])
    going = [place for place in places if place.key == swap.old]
    _refuse_collisions(connection, scope_id, going, places, swap)
    numbers = {place.node_no for place in going}
    rows = rate_subtree.rows_below(connection, scope_id, sorted(numbers))
    added = [
        NewNode(
            row.node_no,
            row.parent_no,
            replace(row.state, key=swap.new) if row.node_no in numbers else row.state,
        )
        for row in rows
    ]
    changes = change_set(added, [], [row.node_no for row in rows])
    revision = scope.revision + 1
    rate_nodes.apply_changes(connection, scope_id, changes, revision)
    counts = {"inserted": len(rows), "updated": 0, "removed": len(rows)}
    scopes.add_revision(
        connection,
        scope_id,
        revision,
        kind="edit",
        actor=ctx.actor.name,
        at=ctx.clock(),
        **counts,
    )
    told = {"revision": revision, "key": swap.new, "nodes": len(going)}
    audit.record(
        ctx,
        connection,
        "repair missed option",
        "scope",
        scope_id,
        told,
        old={"key": swap.old},
        company_id=swap.company_id,
    )
    return len(going)


def _refuse_collisions(
    connection: Any,
    scope_id: int,
    going: Sequence[KeyPlace],
    places: Sequence[KeyPlace],
    swap: _Swap,
) -> None:
    there = {place.parent_no: place.node_no for place in places if place.key == swap.new}
    pairs = [(p.node_no, there[p.parent_no]) for p in going if p.parent_no in there]
    if not pairs:
        return
    paths = rate_nodes.paths_of(connection, scope_id, [no for pair in pairs for no in pair])
    _, owner = seen_scope(connection, swap.company_id, scope_id)
    lines = [f"{' / '.join(paths[old])} and {' / '.join(paths[new])}" for old, new in pairs[:SHOWN]]
    more = f" and {len(pairs) - SHOWN} more" if len(pairs) > SHOWN else ""
    raise UserError(
        f"Two branches would become one in {owner.name} (scope {scope_id}), so nothing was "
        f"changed: {'; '.join(lines)}{more}. Remove one of each there, or leave that scope out."
    )


# ------------------------------------------------------------------------------ answers, profiles


def _repair_answers(ctx: Context, connection: Any, swap: _Swap) -> int:
    numbers = usage.answer_to(connection, swap.company_id, swap.dictionary, swap.old, swap.new)
    for number in numbers:
        audit.record(
            ctx,
            connection,
            "change answer",
            "learned_match",
            number,
            {"key": swap.new},
            old={"key": swap.old},
            company_id=swap.company_id,
        )
    return len(numbers)


def _repair_profiles(ctx: Context, connection: Any, swap: _Swap) -> int:
    count = 0
    for profile_id, owner, name, settings in usage.profile_settings(connection, swap.company_id):
        named = (swap.dictionary, swap.old) in keys_of_settings(settings)
        if owner != swap.company_id or not named:
            continue
        record = profile_rows.profile_by_id(connection, swap.company_id, profile_id)
        profile_rows.update_profile(
            connection, record, now=ctx.clock(), settings=_swapped(settings, swap)
        )
        audit.record(
            ctx,
            connection,
            "repair missed option",
            "import_profile",
            profile_id,
            {"name": name, "key": swap.new},
            old={"name": name, "key": swap.old},
            company_id=swap.company_id,
        )
        count += 1
    return count


def _swapped(settings: dict[str, Any], swap: _Swap) -> dict[str, Any]:
    """Return the settings of a profile with the other key in answers and constants."""
    prefix = f"{swap.dictionary}|"
    answers = {
        question: swap.new if question.startswith(prefix) and answer == swap.old else answer
        for question, answer in (settings.get("answers") or {}).items()
    }
    constants = [
        [attribute, swap.new if _is_old(attribute, key, swap) else key]
        for attribute, key in settings.get("constants") or ()
    ]
    return {**settings, "answers": answers, "constants": constants}


def _is_old(attribute: str, key: str, swap: _Swap) -> bool:
    return key == swap.old and dictionary_of(attribute) == swap.dictionary
