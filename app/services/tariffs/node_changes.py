"""Node states as a change set: how few edited nodes get into the arrays that are written (F1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from app.domain.diff import ChangeSet, NodeValues
from app.domain.tree import NONE
from app.domain.tree_draft import NodeState


@dataclass(frozen=True, slots=True)
class NewNode:
    """A node to add; ``number`` is its negative number, or the stored one it had and lost.

    ``parent`` is the number of a stored node or of another one to add.
    """

    number: int
    parent: int
    state: NodeState


class _Pool(dict[str | None, int]):
    """Gives each text a code; None is -1."""

    def __init__(self) -> None:
        super().__init__({None: NONE})

    def __missing__(self, text: str | None) -> int:
        self[text] = code = len(self) - 1
        return code

    def texts(self) -> list[str]:
        """Return the texts in order of their codes."""
        return [text for text in self if text is not None]


def change_set(
    added: Sequence[NewNode],
    updated: Sequence[tuple[int, NodeState]],
    removed: Sequence[int],
) -> ChangeSet:
    """Return what to write; ``added`` with parents before children."""
    keys, attributes, scales = _Pool(), _Pool(), _Pool()
    place = {node.number: index for index, node in enumerate(added)}
    parents = [-(place[n.parent] + 1) if n.parent in place else n.parent for n in added]
    insert = _values([node.state for node in added], keys, attributes, scales)
    update = _values([state for _, state in updated], keys, attributes, scales)
    return ChangeSet(
        insert=insert,
        insert_parent=np.array(parents, np.int64),
        update=update,
        update_no=np.array([number for number, _ in updated], np.int64),
        remove_no=np.array(removed, np.int64),
        keys=keys.texts(),
        attributes=tuple(attributes.texts()),
        scales=scales.texts(),
    )


def _values(
    states: Sequence[NodeState], keys: _Pool, attributes: _Pool, scales: _Pool
) -> NodeValues:
    def numbers(name: str, kind: type[np.generic]) -> Any:
        found = [getattr(state, name) for state in states]
        return np.array([NONE if value is None else value for value in found], kind)

    return NodeValues(
        key=np.array([keys[state.key] for state in states], np.int32),
        depends_on=np.array([attributes[state.depends_on] for state in states], np.int16),
        price_type=numbers("price_type", np.int8),
        price=numbers("price", np.int64),
        billing_rule=numbers("billing_rule", np.int8),
        quantity_rule=numbers("quantity_rule", np.int8),
        connect_price=numbers("connect_price", np.int64),
        first_interval=numbers("first_interval", np.int32),
        next_interval=numbers("next_interval", np.int32),
        scale=np.array([scales[state.scale] for state in states], np.int32),
    )
