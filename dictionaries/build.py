"""Make the shipped dictionaries from a folder of pinned public sources.

Run ``python -m dictionaries.build SOURCE_DIR`` after a source was renewed, look at the differences
and commit them: matches of released versions never change by themselves (F18).
"""

from __future__ import annotations

import sys
from pathlib import Path

from dictionaries.sources.countries import build_countries
from dictionaries.sources.markets import build_currencies, build_markets
from dictionaries.sources.operators import build_operators


def build(source: Path) -> dict[str, int]:
    """Write every shipped table and return table → rows.

    Raises FileNotFoundError if a source is missing, ValueError if a hand-written line is wrong.
    """
    counts: dict[str, int] = {}
    for step in (build_countries, build_operators, build_markets, build_currencies):
        counts |= step(source)
    return counts


def main(arguments: list[str]) -> int:
    """Build from the folder given as the only argument."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m dictionaries.build SOURCE_DIR\n")
        return 1
    try:
        counts = build(Path(arguments[0]))
    except (OSError, ValueError, KeyError) as problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    sys.stdout.write("".join(f"{rows:>7} {name}\n" for name, rows in counts.items()))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
