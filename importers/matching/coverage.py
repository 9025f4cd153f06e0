"""Which branches of freshly matched rates have no Others: events that match no key go unpriced."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from dictionaries.catalogue import Catalogue
from importers.matching.duplicates import path_ids
from importers.records import OTHERS, Issue, MatchedRows, Severity


def tell_missing_others(
    rows: MatchedRows,
    catalogue: Catalogue,
    resource: str,
    *,
    filled: Collection[str] = (),
    advice: str = "",
) -> Issue | None:
    """Return one remark about the levels without a price for Others, None if every one has it.

    Grouping levels and prefixes need none: rating does not look for an exact key there. Levels by
    a ``filled`` attribute get theirs otherwise; ``advice`` is one more sentence on what to do.
    """
    gaps = []
    for depth, level in enumerate(rows.levels):
        exact = catalogue.kind(resource, level.attribute) == "exact"
        if level.attribute in filled or not exact:
            continue
        lacking, branches = _lacking(rows, depth)
        if lacking:
            name = catalogue.attributes[level.attribute].name
            gaps.append(f"{name} (in {lacking} of {branches} places)" if depth else name)
    if not gaps:
        return None
    return Issue(
        Severity.INFO,
        f"There is no price for Others at {', '.join(gaps)}: what matches no key there "
        f'will not be priced. Add a row "Others", or price Others in the tree.{advice}',
    )


def _lacking(rows: MatchedRows, depth: int) -> tuple[int, int]:
    """Return the number of branches above level ``depth`` without Others, and of all of them."""
    above = rows.levels[:depth]
    level = rows.levels[depth]
    own = np.zeros(len(rows), np.bool_)
    if OTHERS in level.keys:
        own = level.codes == level.keys.index(OTHERS)
    if not above:
        return int(not own.any()), 1
    ids = path_ids([lv.codes for lv in above], [len(lv.keys) for lv in above])
    branches = len(np.unique(ids))
    return branches - len(np.unique(ids[own])), branches
