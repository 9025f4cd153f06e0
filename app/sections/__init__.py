"""The sections of the back office: one file each, a declaration without code paths of its own.

One more: a source in ``app/db/queries/list_sources.py``, a file here, a line in ``SECTIONS``.
"""

from __future__ import annotations

from app.domain.sections import Section
from app.sections.services import SERVICES

SECTIONS: tuple[Section, ...] = (SERVICES,)

GROUPS = ("Tariffs", "Parties", "Finance", "Analytics", "Administration")
"""Groups of the navigation in order; one without a section is not shown."""


def section(section_id: str) -> Section:
    """Return a section. Raises KeyError."""
    return {s.id: s for s in SECTIONS}[section_id]
