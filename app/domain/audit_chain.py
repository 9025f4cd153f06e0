"""The chain over a company's audit entries: each hash covers the one before and the entry (G5).

The same text is built by the trigger of the migration on PostgreSQL: parts as ``length:text``,
``-`` for none, so that no two entries have one text.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence


def link_hash(before: str, parts: Sequence[str | None]) -> str:
    """Return the hex SHA-256 of the hash before ("" for the first) and the entry's parts."""
    entry = "".join("-" if part is None else f"{len(part)}:{part}" for part in parts)
    return hashlib.sha256(f"{before}{entry}".encode()).hexdigest()
