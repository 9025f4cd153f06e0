"""Reverses one revision of a rate tree as a new revision; what was edited since stays (F13).

Every node that the revision touched gets an act: INSERTED nodes go, UPDATED ones get their old
values back, REMOVED ones return. A node with other values since is EDITED: it stays. Then nodes are
kept that can't be reversed because of one that stays (a branch with a kept child, a place taken
since …), until none is left. All of it is SQL on sets.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app.db.queries.rate_paths import paths_of
from app.db.tables.rate_nodes import PAYLOAD, rate_node, rate_node_history
from app.db.tables.scopes import scope_revision
from app.db.types import BigInt
from app.errors import Conflict, UserError

INSERTED, UPDATED, REMOVED, EDITED = "I", "U", "R", "E"

_metadata = sa.MetaData()
undo_node = sa.Table(
    "undo_node",
    _metadata,
    sa.Column("node_no", BigInt, primary_key=True, autoincrement=False),
    sa.Column("act", sa.Text, nullable=False),
    sa.Column("kept", sa.Integer, nullable=False),
    prefixes=["TEMPORARY"],
    sqlite_with_rowid=False,
)

live = rate_node
old = rate_node_history.alias("old")  # the version that the revision closed
Condition = sa.ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class UndoResult:
    """Numbers of nodes: values given back, brought back, taken away; paths that stay as edited."""

    updated: int
    inserted: int
    removed: int
    kept: list[tuple[str, ...]]

    @property
    def restored(self) -> int:
        """Return how many nodes are again as they were."""
        return self.updated + self.inserted


def undo_import(
    connection: sa.Connection, scope_id: int, rev: int, new_rev: int, *, strict: bool = False
) -> UndoResult:
    """Reverse revision ``rev`` of a scope that the caller has locked, as revision ``new_rev``.

    If no node was edited since, the tree equals that of ``rev - 1``. The caller records the new
    revision. Raises UserError for a revision that is unknown or already undone, and with
    ``strict`` :class:`Conflict` if nodes were edited since.
    """
    _check_revision(connection, scope_id, rev)
    _metadata.drop_all(connection, checkfirst=True)
    _metadata.create_all(connection, checkfirst=False)
    _collect(connection, scope_id, rev)
    _keep_dependents(connection, scope_id, rev)
    kept = _kept_paths(connection, scope_id)
    if kept and strict:
        raise Conflict(
            f"{len(kept)} rates were edited since, the first at {' / '.join(kept[0])}; nothing "
            "was undone: undo without --strict to keep them."
        )
    result = UndoResult(*_reverse(connection, scope_id, rev, new_rev), kept)
    _metadata.drop_all(connection, checkfirst=False)
    return result


def _check_revision(connection: sa.Connection, scope_id: int, rev: int) -> None:
    made = scope_revision
    ours = made.c.scope_id == scope_id
    if connection.scalar(sa.select(made.c.rev).where(ours, made.c.rev == rev)) is None:
        raise UserError(f"There is no revision {rev} to undo: list the revisions of the scope.")
    by = connection.scalar(sa.select(made.c.rev).where(ours, made.c.undone_rev == rev))
    if by is not None:
        raise UserError(f"Revision {rev} was already undone by revision {by}.")


# ------------------------------------------------------------------------------ what to do


def _collect(connection: sa.Connection, scope_id: int, rev: int) -> None:
    columns = ["node_no", "act", "kept"]
    for select in (
        _still_live(scope_id, rev),
        _changed_since(scope_id, rev),
        _gone(scope_id, rev),
    ):
        connection.execute(sa.insert(undo_node).from_select(columns, select))
    if connection.dialect.name != "sqlite":
        connection.execute(sa.text("ANALYZE undo_node"))


def _still_live(scope_id: int, rev: int) -> sa.Select[Any]:
    """Nodes as the revision left them: new ones and changed ones."""
    act = sa.case((_closed_by(scope_id, live.c.node_no, rev), UPDATED), else_=INSERTED)
    return sa.select(live.c.node_no, act, sa.literal(0)).where(
        live.c.scope_id == scope_id, live.c.from_rev == rev
    )


def _changed_since(scope_id: int, rev: int) -> sa.Select[Any]:
    """Nodes whose version from the revision was closed later.

    One that has the revision's values again is reversed all the same; one that has the wanted
    values already, or is new and gone, is no news.
    """
    made, here = rate_node_history.alias("made"), rate_node.alias("here")
    number = made.c.node_no
    on_live = sa.and_(here.c.scope_id == scope_id, here.c.node_no == number)
    before = rate_node_history.alias("before")
    on_before = sa.and_(
        before.c.scope_id == scope_id, before.c.node_no == number, before.c.to_rev == rev
    )
    is_live, was = here.c.node_no.is_not(None), before.c.node_no.is_not(None)
    again = sa.and_(is_live, _same(made, here))
    act = sa.case((~again, EDITED), (was, UPDATED), else_=INSERTED)
    nodes = made.join(here, on_live, isouter=True).join(before, on_before, isouter=True)
    return (
        sa.select(number, act, sa.case((again, 0), else_=1))
        .select_from(nodes)
        .where(
            made.c.scope_id == scope_id,
            made.c.from_rev == rev,
            sa.or_(is_live, was),
            ~sa.and_(is_live, was, _same(before, here)),
        )
    )


def _gone(scope_id: int, rev: int) -> sa.Select[Any]:
    """Nodes that the revision removed; one that another undo brought back changed is edited."""
    here = rate_node.alias("here")
    on_live = sa.and_(here.c.scope_id == scope_id, here.c.node_no == old.c.node_no)
    back = here.c.node_no.is_not(None)
    made = rate_node_history.alias("made")
    remade = sa.exists().where(
        made.c.scope_id == scope_id, made.c.node_no == old.c.node_no, made.c.from_rev == rev
    )
    return (
        sa.select(
            old.c.node_no, sa.case((back, EDITED), else_=REMOVED), sa.case((back, 1), else_=0)
        )
        .select_from(old.join(here, on_live, isouter=True))
        .where(
            old.c.scope_id == scope_id,
            old.c.to_rev == rev,
            ~remade,
            sa.or_(~back, sa.and_(here.c.from_rev != rev, ~_same(old, here))),
        )
    )


def _same(one: sa.FromClause, other: sa.FromClause) -> Condition:
    return sa.and_(*(one.c[name].is_not_distinct_from(other.c[name]) for name in PAYLOAD))


def _closed_by(scope_id: int, number: sa.ColumnElement[int], rev: int) -> Condition:
    closed = rate_node_history.alias("closed")
    return sa.exists().where(
        closed.c.scope_id == scope_id, closed.c.node_no == number, closed.c.to_rev == rev
    )


def _going(number: sa.ColumnElement[int], act: str) -> Condition:
    """Whether a node is to be reversed with ``act``."""
    other = undo_node.alias("other")
    return sa.exists().where(other.c.node_no == number, other.c.act == act, other.c.kept == 0)


# ------------------------------------------------------------------------------ what must stay


def _keep_dependents(connection: sa.Connection, scope_id: int, rev: int) -> None:
    """Keep nodes that hang on kept ones, level by level."""
    rules = (
        (INSERTED, _has_staying_child(scope_id, undo_node.c.node_no)),
        (UPDATED, _would_strand_children(scope_id, rev)),
        (REMOVED, _place_is_lost(scope_id, rev)),
    )
    statements = [
        sa.update(undo_node)
        .where(undo_node.c.act == act, undo_node.c.kept == 0, condition)
        .values(kept=1)
        for act, condition in rules
    ]
    while sum(connection.execute(statement).rowcount for statement in statements):
        pass


def _has_staying_child(
    scope_id: int, number: sa.ColumnElement[int], *, newer_than: int | None = None
) -> Condition:
    """Tell whether a node keeps a child; with ``newer_than`` one that was not there before it."""
    child, earlier = rate_node.alias("child"), rate_node_history.alias("earlier")
    conditions = [
        child.c.scope_id == scope_id,
        child.c.parent_no == number,
        ~_going(child.c.node_no, INSERTED),
    ]
    if newer_than is not None:
        was_there = sa.exists().where(
            earlier.c.scope_id == scope_id,
            earlier.c.node_no == child.c.node_no,
            earlier.c.from_rev < newer_than,
            earlier.c.to_rev >= newer_than,
        )
        conditions += [child.c.from_rev >= newer_than, ~was_there]
    return sa.exists().where(*conditions)


def _would_strand_children(scope_id: int, rev: int) -> Condition:
    """Tell whether a branch would change its kind while children of the new kind stay below."""
    before = rate_node_history.alias("before")
    now = rate_node.alias("now")
    return sa.exists().where(
        now.c.scope_id == scope_id,
        now.c.node_no == undo_node.c.node_no,
        before.c.scope_id == scope_id,
        before.c.node_no == undo_node.c.node_no,
        before.c.to_rev == rev,
        before.c.depends_on.is_distinct_from(now.c.depends_on),
        # A name of the next outer query only: SQLAlchemy looks no further.
        _has_staying_child(scope_id, now.c.node_no, newer_than=rev),
    )


def _place_is_lost(scope_id: int, rev: int) -> Condition:
    """Tell whether a removed node lacks its parent, of the kind it had, or its key is taken."""
    gone = rate_node_history.alias("gone")
    parent = rate_node.alias("parent")
    before = rate_node_history.alias("before")
    rival = rate_node.alias("rival")
    parent_stays = sa.exists().where(
        parent.c.scope_id == scope_id,
        parent.c.node_no == gone.c.parent_no,
        ~_going(parent.c.node_no, INSERTED),
    )
    parent_differs = sa.exists().where(
        parent.c.scope_id == scope_id,
        parent.c.node_no == gone.c.parent_no,
        before.c.scope_id == scope_id,
        before.c.node_no == gone.c.parent_no,
        before.c.from_rev < rev,
        before.c.to_rev >= rev,
        before.c.depends_on.is_distinct_from(parent.c.depends_on),
        ~_going(parent.c.node_no, UPDATED),
    )
    taken = sa.exists().where(
        rival.c.scope_id == scope_id,
        rival.c.parent_no == gone.c.parent_no,
        rival.c.key == gone.c.key,
        ~_going(rival.c.node_no, INSERTED),
    )
    returns = _going(gone.c.parent_no, REMOVED)
    return sa.exists().where(
        gone.c.scope_id == scope_id,
        gone.c.node_no == undo_node.c.node_no,
        gone.c.to_rev == rev,
        sa.or_(~sa.or_(parent_stays, returns), parent_differs, taken),
    )


def _kept_paths(connection: sa.Connection, scope_id: int) -> list[tuple[str, ...]]:
    numbers = connection.scalars(sa.select(undo_node.c.node_no).where(undo_node.c.kept == 1))
    return sorted(paths_of(connection, scope_id, numbers).values())


# ------------------------------------------------------------------------------ doing it


def _reverse(
    connection: sa.Connection, scope_id: int, rev: int, new_rev: int
) -> tuple[int, int, int]:
    _close(connection, scope_id, new_rev)
    removed = connection.execute(
        sa.delete(live).where(live.c.scope_id == scope_id, _chosen(live.c.node_no, INSERTED))
    ).rowcount
    updated = connection.execute(
        sa.update(live)
        .where(
            live.c.scope_id == scope_id,
            old.c.scope_id == scope_id,
            old.c.node_no == live.c.node_no,
            old.c.to_rev == rev,
            _chosen(live.c.node_no, UPDATED),
        )
        .values({**{name: old.c[name] for name in PAYLOAD}, "from_rev": new_rev})
    ).rowcount
    names = ["scope_id", "node_no", "parent_no", "key", *PAYLOAD]
    rows = sa.select(*(old.c[name] for name in names), sa.literal(new_rev)).where(
        old.c.scope_id == scope_id, old.c.to_rev == rev, _chosen(old.c.node_no, REMOVED)
    )
    into = sa.insert(live).from_select([*names, "from_rev"], rows)
    inserted = connection.execute(into.execution_options(preserve_rowcount=True)).rowcount
    return updated, inserted, removed


def _close(connection: sa.Connection, scope_id: int, new_rev: int) -> None:
    names = [column.name for column in rate_node_history.columns]
    columns = [sa.literal(new_rev) if name == "to_rev" else live.c[name] for name in names]
    rows = sa.select(*columns).where(
        live.c.scope_id == scope_id, _chosen(live.c.node_no, INSERTED, UPDATED)
    )
    connection.execute(sa.insert(rate_node_history).from_select(names, rows))


def _chosen(number: sa.ColumnElement[int], *acts: str) -> Condition:
    chosen = sa.select(undo_node.c.node_no).where(undo_node.c.act.in_(acts), undo_node.c.kept == 0)
    return number.in_(chosen)
