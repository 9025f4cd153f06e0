"""Tells prices that a file moves by more than half before they are written (IMP-12, item 41)."""

from __future__ import annotations

from typing import Any

import numpy as np

from app.domain.counting import counted
from app.domain.diff import TreeDiff
from app.domain.pricing import price_text
from app.domain.tree import PriceType
from dictionaries.catalogue import load_catalogue
from dictionaries.entries import Dictionaries
from importers.records import Issue, Severity

JUMP_PERCENT = 50
"""A change of more than this is told: a shifted decimal sign or a swapped column shows so."""

SHOWN = 5
PRICE_DECIMALS_SHOWN = 5


def tell_jumps(found: TreeDiff, dictionaries: Dictionaries, sheet: str) -> list[Issue]:
    """Return one warning that counts the jumps of flat rates and names the largest, or none."""
    nodes = _jumps(found)
    if not len(nodes):
        return []
    listed = "; ".join(_words(found, int(node), dictionaries) for node in nodes[:SHOWN])
    more = f" and {len(nodes) - SHOWN:,} more" if len(nodes) > SHOWN else ""
    told = f"{counted(len(nodes), 'price')} moved by more than {JUMP_PERCENT} %: {listed}{more}"
    return [Issue(Severity.WARNING, told, sheet)]


def _jumps(found: TreeDiff) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Return the draft nodes whose flat price moved too far, the largest ratio first."""
    nodes = np.flatnonzero(found.match >= 0)
    then = found.match[nodes]
    flat = (found.draft.price_type[nodes] == PriceType.FLAT) & (
        found.current.price_type[then] == PriceType.FLAT
    )
    nodes, then = nodes[flat], then[flat]
    old = found.current.price[then].astype(np.float64)  # a ratio to warn by, never a price
    new = found.draft.price[nodes].astype(np.float64)
    far = (old > 0) & (np.abs(new - old) * 100 > old * JUMP_PERCENT)
    ratio = np.abs(new[far] - old[far]) / old[far]
    jumped: np.ndarray[Any, np.dtype[np.int64]] = nodes[far][np.argsort(-ratio, kind="stable")]
    return jumped


def _words(found: TreeDiff, node: int, dictionaries: Dictionaries) -> str:
    then = int(found.match[node])
    old, new = int(found.current.price[then]), int(found.draft.price[node])
    path = load_catalogue().path_text(found.draft.path(node)[2:], dictionaries)
    percent = (new - old) * 100 / old
    shown = [price_text(units, PRICE_DECIMALS_SHOWN) for units in (old, new)]
    return f"{path} {shown[0]} → {shown[1]} ({percent:+.0f} %)"
