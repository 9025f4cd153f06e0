"""What can be loaded from files, as data: which section, which fields tell rows apart (G6)."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.sections import Field, Kind, Section
from app.errors import UserError
from app.sections import section as section_of

_COMPANY = Field(
    "company", "Company", Kind.REFERENCE, help="The company of the agreement, by its name."
)


@dataclass(frozen=True, slots=True)
class Load:
    """Rows of one section. ``key`` = fields that tell rows apart; they are never changed.

    ``extra`` = columns that are no fields of the form and only help to find a record; ``words`` =
    other headings of fields; ``types`` = of services that can be enabled here.
    """

    name: str
    section_id: str
    key: tuple[str, ...]
    extra: tuple[Field, ...] = ()
    words: tuple[tuple[str, str], ...] = ()
    types: tuple[str, ...] = ()

    @property
    def section(self) -> Section:
        """Return the section whose form the rows go through."""
        return section_of(self.section_id)

    @property
    def fields(self) -> tuple[Field, ...]:
        """Return the columns that a file may have, those that tell rows apart first."""
        form = [field for field in self.section.form if not field.computed]
        key = [field for name in self.key for field in form if field.name == name]
        return (*self.extra, *key, *(field for field in form if field not in key))


LOADS = (
    Load(
        "companies",
        "companies",
        ("name", "parent_id"),
        words=(("company", "name"), ("parent", "parent_id")),
    ),
    Load("legal-entities", "legal_entities", ("party_id", "name")),
    Load("own-legal-entities", "own_legal_entities", ("name",)),
    Load("banks", "banks", ("name", "branch_code"), words=(("bank", "name"),)),
    Load("bank-accounts", "bank_accounts", ("party_id", "legal_entity_id", "bank_id", "number")),
    Load("own-bank-accounts", "own_bank_accounts", ("legal_entity_id", "bank_id", "number")),
    Load("agreements", "agreements", ("party_id", "code")),
    Load(
        "enabled-services",
        "enabled_services",
        ("agreement_id", "service_id", "effective_from"),
        extra=(_COMPANY,),
        words=(("agreement code", "agreement_id"),),
        types=("payg",),
    ),
    Load(
        "enabled-packs",
        "enabled_packs",
        ("agreement_id", "service_id", "effective_from"),
        extra=(_COMPANY,),
        words=(("agreement code", "agreement_id"), ("service", "service_id")),
        types=("unit_pack", "monetary_pack"),
    ),
    Load("users", "users", ("email",), words=(("e-mail", "email"), ("roles", "roles"))),
    Load("portal-users", "portal_users", ("email",), words=(("e-mail", "email"),)),
)


def load_named(name: str) -> Load:
    """Return what is loaded under a name. Raises UserError that says which there are."""
    for load in LOADS:
        if name.strip().lower().replace("_", "-") == load.name:
            return load
    known = ", ".join(load.name for load in LOADS)
    raise UserError(f'"{name}" can\'t be loaded from a file: choose one of {known}.')


def load_of(section_id: str) -> Load:
    """Return what is loaded into a section. Raises UserError if nothing is."""
    for load in LOADS:
        if load.section_id == section_id:
            return load
    raise UserError("This list can't be loaded from a file: choose another list.")
