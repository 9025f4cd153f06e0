"""The sections of the back office: one file each, a declaration without code paths of its own.

One more: a source in ``app/db/queries/list_sources.py``, a file here, a line in ``SECTIONS``.
"""

from __future__ import annotations

from app.domain.sections import Section
from app.sections.agreement_versions import AGREEMENT_VERSIONS
from app.sections.agreements import AGREEMENTS
from app.sections.aliases import ALIASES
from app.sections.answers import ANSWERS
from app.sections.audit import AUDIT, DUE_WORK
from app.sections.bank_accounts import BANK_ACCOUNTS
from app.sections.banks import BANKS
from app.sections.companies import COMPANIES
from app.sections.dictionaries import DICTIONARIES
from app.sections.enabled_packs import ENABLED_BUNDLE_PACKS, ENABLED_PACKS
from app.sections.enabled_services import ENABLED_INITIATORS, ENABLED_SERVICES
from app.sections.entries import ENTRIES
from app.sections.imports import IMPORTS
from app.sections.legal_entities import LEGAL_ENTITIES
from app.sections.missed import MISSED
from app.sections.order_of_use import ORDER_OF_USE
from app.sections.own_bank_accounts import OWN_BANK_ACCOUNTS
from app.sections.own_legal_entities import OWN_LEGAL_ENTITIES
from app.sections.profiles import PROFILES
from app.sections.rates import RATES
from app.sections.reselling_agreements import RESELLING_AGREEMENTS
from app.sections.roles import ROLES
from app.sections.scopes import SCOPES
from app.sections.services import SERVICES
from app.sections.users import PORTAL_USERS, USERS
from app.sections.vendors import VENDORS

SECTIONS: tuple[Section, ...] = (
    SERVICES,
    SCOPES,
    RATES,
    IMPORTS,
    PROFILES,
    VENDORS,
    ANSWERS,
    DICTIONARIES,
    ENTRIES,
    ALIASES,
    MISSED,
    COMPANIES,
    LEGAL_ENTITIES,
    RESELLING_AGREEMENTS,
    AGREEMENTS,
    AGREEMENT_VERSIONS,
    ENABLED_SERVICES,
    ENABLED_PACKS,
    ENABLED_INITIATORS,
    ENABLED_BUNDLE_PACKS,
    ORDER_OF_USE,
    BANKS,
    BANK_ACCOUNTS,
    OWN_LEGAL_ENTITIES,
    OWN_BANK_ACCOUNTS,
    USERS,
    PORTAL_USERS,
    ROLES,
    AUDIT,
    DUE_WORK,
)
"""All of them; one with ``arguments`` is opened from another list, not from the navigation."""

GROUPS = ("Tariffs", "Accounts", "Finance", "Analytics", "Administration")
"""Groups of the navigation in order; one without a section is not shown."""


def section(section_id: str) -> Section:
    """Return a section. Raises KeyError."""
    return {s.id: s for s in SECTIONS}[section_id]
