"""Rate trees as plain dictionaries, path of keys → values: what the arrays are held against."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.db.engine import Database
from app.db.queries.rate_nodes import UndoResult, apply_changes, read_tree, undo_import
from app.db.queries.scopes import add_revision, lock_scope
from app.domain.diff import ChangeSet, NodeValues
from app.domain.tree import RateTree
from tests.db.conftest import NOW

Path = tuple[str, ...]


@dataclass(frozen=True)
class Values:
    """What a node holds; the defaults are those of a node without anything set."""

    depends_on: str | None = None
    price_type: int = 0
    price: int = -1
    billing_rule: int = 0
    quantity_rule: int = 0
    connect_price: int = -1
    first_interval: int = -1
    next_interval: int = -1
    scale: str | None = None


Tree = dict[Path, Values]

ROOT_ONLY: Tree = {(): Values(depends_on="domain", price_type=1)}
_NUMBERS = {
    "price_type": np.int8,
    "price": np.int64,
    "billing_rule": np.int8,
    "quantity_rule": np.int8,
    "connect_price": np.int64,
    "first_interval": np.int32,
    "next_interval": np.int32,
}


def branch(attribute: str) -> Values:
    return Values(depends_on=attribute, price_type=1)


def flat(price: int, **more: object) -> Values:
    return Values(price_type=2, price=price, **more)  # type: ignore[arg-type]


def paths(tree: RateTree) -> list[Path]:
    found: list[Path] = []
    for index in range(len(tree)):
        parent = int(tree.parent[index])
        key = tree.keys[tree.key[index]]
        found.append(() if parent < 0 else (*found[parent], key))
    return found


def plain(tree: RateTree) -> Tree:
    """Return a tree as a dictionary."""
    result: Tree = {}
    for index, path in enumerate(paths(tree)):
        numbers = {name: int(getattr(tree, name)[index]) for name in _NUMBERS}
        attribute, scale = int(tree.depends_on[index]), int(tree.scale[index])
        result[path] = Values(
            depends_on=None if attribute < 0 else tree.attributes[attribute],
            scale=None if scale < 0 else tree.scales[scale],
            **numbers,
        )
    assert len(result) == len(tree), "two nodes have the same path"
    return result


class _Pool(dict[str | None, int]):
    def __init__(self) -> None:
        super().__init__({None: -1})

    def __missing__(self, text: str | None) -> int:
        self[text] = code = len(self) - 1
        return code

    def texts(self) -> list[str]:
        return [text for text in self if text is not None]


def changes(current: RateTree, wanted: Tree) -> ChangeSet:
    """Return what turns ``current`` into ``wanted``."""
    assert current.node_no is not None
    now = plain(current)
    numbers = dict(zip(paths(current), current.node_no.tolist(), strict=True))
    new = sorted((path for path in wanted if path not in now), key=lambda path: (len(path), path))
    place = {path: index for index, path in enumerate(new)}
    parents = [numbers.get(path[:-1], -place.get(path[:-1], 0) - 1) for path in new]
    differ = [path for path in wanted if path in now and now[path] != wanted[path]]
    gone = [numbers[path] for path in now if path not in wanted]
    keys, attributes, scales = _Pool(), _Pool(), _Pool()

    def values(chosen: list[Path]) -> NodeValues:
        nodes = [wanted[path] for path in chosen]
        return NodeValues(
            key=np.array([keys[path[-1] if path else ""] for path in chosen], np.int32),
            depends_on=np.array([attributes[node.depends_on] for node in nodes], np.int16),
            scale=np.array([scales[node.scale] for node in nodes], np.int32),
            **{
                name: np.array([getattr(node, name) for node in nodes], kind)
                for name, kind in _NUMBERS.items()
            },
        )

    insert, update = values(new), values(differ)
    return ChangeSet(
        insert=insert,
        insert_parent=np.array(parents, np.int64),
        update=update,
        update_no=np.array([numbers[path] for path in differ], np.int64),
        remove_no=np.array(gone, np.int64),
        keys=keys.texts(),
        attributes=tuple(attributes.texts()),
        scales=scales.texts(),
    )


def commit(database: Database, scope_id: int, wanted: Tree, *, kind: str = "edit") -> int:
    """Make ``wanted`` the live tree as a new revision and return the revision."""
    with database.write(bulk=True) as connection:
        rev = lock_scope(connection, scope_id).revision + 1
        difference = changes(read_tree(connection, scope_id), wanted)
        apply_changes(connection, scope_id, difference, rev)
        add_revision(
            connection,
            scope_id,
            rev,
            kind=kind,
            actor="tester",
            at=NOW,
            inserted=len(difference.insert),
            updated=len(difference.update),
            removed=len(difference.remove_no),
        )
    return rev


def undo(database: Database, scope_id: int, rev: int, *, strict: bool = False) -> UndoResult:
    """Undo a revision as a new one."""
    with database.write(bulk=True) as connection:
        new_rev = lock_scope(connection, scope_id).revision + 1
        result = undo_import(connection, scope_id, rev, new_rev, strict=strict)
        add_revision(
            connection,
            scope_id,
            new_rev,
            kind="undo",
            actor="tester",
            at=NOW,
            inserted=result.inserted,
            updated=result.updated,
            removed=result.removed,
            undone_rev=rev,
        )
    return result


def live(database: Database, scope_id: int) -> Tree:
    """Return the live tree."""
    with database.read() as connection:
        return plain(read_tree(connection, scope_id))
