"""Others = Free in every region of a WhatsApp card, if a person wants it (A10).

Traffic has no pricing category until Meta's status has come, and is priced as Others until then:
a region without Others would leave it unpriced. Where the card has no price for Service, which Meta
does not charge for, Service becomes free with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from app.domain.counting import counted
from app.domain.diff import Mode, TreeDiff, diff
from app.domain.outcome import outcome
from app.domain.tree import OTHERS, Bools, Int32, PriceType, RateTree, with_leaves
from importers.records import Issue, Severity
from importers.settings import ImportSettings, Kind

CATEGORY, SERVICE = "pricing_category", "service"
ADVICE = " Or make it free in each region with --others free."


@dataclass(frozen=True, slots=True)
class Drafted:
    """A draft's tree with its difference and the sheet row of its nodes (None = not kept).

    ``others_free`` = places that got Others = Free, ``service_free`` = those of them that got
    Service = Free as well, ``without_others`` = places without Others.
    """

    tree: RateTree
    difference: TreeDiff
    node_rows: npt.NDArray[np.int32] | None = None
    others_free: int = 0
    service_free: int = 0
    without_others: int = 0


def settle_others(
    drafted: Drafted, settings: ImportSettings, target: Sequence[tuple[str, str]], mode: Mode
) -> Drafted:
    """Return the draft with Others = Free where none would be, if the settings say so.

    What the file or the rates that stay say of Others (or Service) is never changed.
    """
    if settings.kind is Kind.STANDARD:
        return drafted
    bare = _without(drafted.difference, target, OTHERS)
    if settings.others != "free" or not len(bare):
        return replace(drafted, without_others=len(bare))
    tree = with_leaves(drafted.tree, bare, OTHERS, PriceType.FREE)
    unserved = np.empty(0, np.int32)
    if not _keyed(drafted.tree, SERVICE).any():
        unserved = np.intersect1d(bare, _without(drafted.difference, target, SERVICE))
        tree = with_leaves(tree, unserved, SERVICE, PriceType.FREE)
    order = tree.preorder()
    rows = drafted.node_rows
    if rows is not None:
        rows = np.append(rows, np.full(len(tree) - len(rows), -1, np.int32))[order]
    tree = tree.take(order)
    difference = diff(drafted.difference.current, tree, target, mode)
    return Drafted(tree, difference, rows, len(bare), len(unserved))


def tell_others(drafted: Drafted, settings: ImportSettings) -> list[Issue]:
    """Remark on what the choice did, or that it has no meaning for this kind of file."""
    if settings.others != "free":
        return []
    if settings.kind is Kind.STANDARD:
        told = "Others is made free in WhatsApp cards only: --others has no effect on this file."
        return [Issue(Severity.WARNING, told)]
    if not drafted.others_free:
        return []
    told = f"Others is free in {counted(drafted.others_free, 'region')} without a price for it"
    if drafted.service_free:
        told += f", Service, which the file does not price, in {drafted.service_free}"
    return [Issue(Severity.INFO, f"{told}.")]


def _without(found: TreeDiff, target: Sequence[tuple[str, str]], key: str) -> Int32:
    """Return the draft's branches by category that will have no child ``key`` afterwards."""
    after = outcome(found, target)
    tree = after.tree
    if CATEGORY not in tree.attributes:
        return np.empty(0, np.int32)
    branches = tree.depends_on == tree.attributes.index(CATEGORY)
    branches[after.drafted :] = False
    branches[tree.parent[_keyed(tree, key)]] = False
    return np.flatnonzero(branches).astype(np.int32)


def _keyed(tree: RateTree, key: str) -> Bools:
    """Mask of the nodes with a key; a pool may hold a text more than once."""
    return np.isin(tree.key, [code for code, text in enumerate(tree.keys) if text == key])
