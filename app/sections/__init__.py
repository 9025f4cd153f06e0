"""The sections of the back office: one file each, a declaration without code paths of its own.

One more: a source in ``app/db/queries/list_sources.py``, a file here, a line in ``SECTIONS``.
"""

from __future__ import annotations

from app.domain.sections import Section
from app.sections.additions import ADDITIONS
from app.sections.answers import ANSWERS
from app.sections.audit import AUDIT, DUE_WORK
from app.sections.banks import BANKS
from app.sections.imports import IMPORTS
from app.sections.profiles import PROFILES
from app.sections.rates import RATES
from app.sections.scopes import SCOPES
from app.sections.services import SERVICES
from app.sections.vendors import VENDORS

SECTIONS: tuple[Section, ...] = (
    SERVICES,
    SCOPES,
    RATES,
    IMPORTS,
    PROFILES,
    VENDORS,
    ANSWERS,
    ADDITIONS,
    BANKS,
    AUDIT,
    DUE_WORK,
)
"""All of them; one with ``arguments`` is opened from another list, not from the navigation."""

GROUPS = ("Tariffs", "Accounts", "Finance", "Analytics", "Administration")
"""Groups of the navigation in order; one without a section is not shown."""


def section(section_id: str) -> Section:
    """Return a section. Raises KeyError."""
    return {s.id: s for s in SECTIONS}[section_id]
