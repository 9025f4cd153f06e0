"""What can be loaded from files, as data: which section, which fields tell rows apart (G6)."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.sections import Field, Kind, Section
from app.errors import UserError

_COMPANY = Field(
    "company", "Company", Kind.REFERENCE, help="The company of the agreement, by its name."
)


@dataclass(frozen=True, slots=True)
class Loadable:
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


@dataclass(frozen=True, slots=True)
class Load:
    """What is loaded, with the section whose form the rows go through."""

    what: Loadable
    section: Section

    @property
    def key(self) -> tuple[str, ...]:
        """Return the fields that tell rows apart."""
        return self.what.key

    @property
    def fields(self) -> tuple[Field, ...]:
        """Return the columns that a file may have, those that tell rows apart first."""
        form = [field for field in self.section.form if not field.computed]
        key = [field for name in self.key for field in form if field.name == name]
        return (*self.what.extra, *key, *(field for field in form if field not in key))

    @property
    def needed(self) -> tuple[Field, ...]:
        """Return the fields that every new record needs and that have no value by themselves."""
        return tuple(
            field
            for field in self.fields
            if field.required and field.default is None and field.shown_when is None
        )


LOADS = (
    Loadable(
        "companies",
        "companies",
        ("name", "parent_id"),
        words=(("company", "name"), ("parent", "parent_id")),
    ),
    Loadable("legal-entities", "legal_entities", ("party_id", "name")),
    Loadable("own-legal-entities", "own_legal_entities", ("name",)),
    Loadable("banks", "banks", ("name", "branch_code"), words=(("bank", "name"),)),
    Loadable(
        "bank-accounts", "bank_accounts", ("party_id", "legal_entity_id", "bank_id", "number")
    ),
    Loadable("own-bank-accounts", "own_bank_accounts", ("legal_entity_id", "bank_id", "number")),
    Loadable("agreements", "agreements", ("party_id", "code")),
    Loadable(
        "enabled-services",
        "enabled_services",
        ("agreement_id", "service_id", "effective_from"),
        extra=(_COMPANY,),
        words=(("agreement code", "agreement_id"),),
        types=("payg",),
    ),
    Loadable(
        "enabled-packs",
        "enabled_packs",
        ("agreement_id", "service_id", "effective_from"),
        extra=(_COMPANY,),
        words=(("agreement code", "agreement_id"), ("service", "service_id")),
        types=("unit_pack", "monetary_pack"),
    ),
    Loadable(
        "enabled-initiators",
        "enabled_initiators",
        ("agreement_id", "service_id", "effective_from"),
        extra=(_COMPANY,),
        words=(("agreement code", "agreement_id"), ("service", "service_id")),
        types=("bundle_initiator",),
    ),
    Loadable(
        "enabled-bundle-packs",
        "enabled_bundle_packs",
        ("agreement_id", "service_id"),
        extra=(_COMPANY,),
        words=(("agreement code", "agreement_id"), ("service", "service_id")),
        types=("bundle_pack",),
    ),
    Loadable("users", "users", ("email",), words=(("e-mail", "email"), ("roles", "roles"))),
    Loadable("portal-users", "portal_users", ("email",), words=(("e-mail", "email"),)),
)


def load_named(name: str) -> Loadable:
    """Return what is loaded under a name. Raises UserError that says which there are."""
    for one in LOADS:
        if name.strip().lower().replace("_", "-") == one.name:
            return one
    known = ", ".join(one.name for one in LOADS)
    raise UserError(f'"{name}" can\'t be loaded from a file: choose one of {known}.')


def load_of(section: Section) -> Load:
    """Return what is loaded into a section. Raises UserError if nothing is."""
    for one in LOADS:
        if one.section_id == section.id:
            return Load(one, section)
    raise UserError(f"{section.title} can't be loaded from a file: choose another list.")
