"""How the rows of each kind of record are told apart, and what their references are (G6)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from app.domain.zones import local_of
from app.errors import FieldProblem
from app.services.bulk.directory import Directory
from app.services.bulk.loads import Load
from app.services.masters import chosen

Values = Mapping[str, Any]
Resolve = Callable[[Directory, Load, Values, str], int]
"""Returns the ID behind a text, given the other values of its row. Raises ValueError."""


def _need(values: Values, name: str, title: str) -> int:
    found = chosen(values, name)
    if found is None:
        raise ValueError(f"it can't be found without its {title}: fill that in.")
    return found


def _company(directory: Directory, _load: Load, _values: Values, text: str) -> int:
    return directory.company(text)


def _legal_entity(directory: Directory, load: Load, values: Values, text: str) -> int:
    own = load.section.id == "own_bank_accounts"
    return directory.entity(text, directory.own if own else _need(values, "party_id", "company"))


def _own_legal_entity(directory: Directory, load: Load, values: Values, text: str) -> int:
    if load.section.id == "companies":
        return directory.entity(text, chosen(values, "parent_id") or directory.own)
    return directory.entity(text, directory.tenant(_need(values, "party_id", "company")))


def _bank_account(directory: Directory, _load: Load, values: Values, text: str) -> int:
    return directory.account(text, _need(values, "legal_entity_id", "legal entity"))


def _own_bank_account(directory: Directory, _load: Load, values: Values, text: str) -> int:
    return directory.account(text, _need(values, "own_legal_entity_id", "own legal entity"))


def _bank(directory: Directory, _load: Load, _values: Values, text: str) -> int:
    return directory.bank(text)


def _agreement(directory: Directory, _load: Load, values: Values, text: str) -> int:
    return directory.agreement(text, chosen(values, "company"))


def _service(directory: Directory, load: Load, values: Values, text: str) -> int:
    return directory.service(text, _need(values, "agreement_id", "agreement"), load.what.types)


def _role(directory: Directory, _load: Load, values: Values, text: str) -> int:
    return directory.role(text, _need(values, "company_id", "company"))


REFERENCES: dict[str, Resolve] = {
    "company": _company,
    "parent_id": _company,
    "party_id": _company,
    "company_id": _company,
    "legal_entity_id": _legal_entity,
    "own_legal_entity_id": _own_legal_entity,
    "bank_account_id": _bank_account,
    "own_bank_account_id": _own_bank_account,
    "bank_id": _bank,
    "agreement_id": _agreement,
    "service_id": _service,
    "roles": _role,
}
"""By field; in this order, for some need others."""


# ------------------------------------------------------------------------------ natural keys


def _find_company(directory: Directory, values: Values) -> int | None:
    tenant = chosen(values, "parent_id") or directory.own
    return directory.find_company(str(values["name"]), tenant)


def _find_entity(directory: Directory, values: Values) -> int | None:
    party = chosen(values, "party_id") or directory.own
    return directory.find_entity(str(values["name"]), party)


def _find_bank(directory: Directory, values: Values) -> int | None:
    return directory.find_bank(str(values["name"]), str(values.get("branch_code") or ""))


def _find_account(directory: Directory, values: Values) -> int | None:
    entity, bank_id = chosen(values, "legal_entity_id"), chosen(values, "bank_id")
    assert entity is not None
    assert bank_id is not None
    return directory.find_account(entity, bank_id, str(values["number"]))


def _find_agreement(directory: Directory, values: Values) -> int | None:
    party = chosen(values, "party_id")
    assert party is not None
    return directory.find_agreement(str(values["code"]), party)


def _find_enabled(directory: Directory, values: Values) -> int | None:
    agreement_id, service_id = chosen(values, "agreement_id"), chosen(values, "service_id")
    assert agreement_id is not None
    assert service_id is not None
    known = directory.enabled(agreement_id, service_id)
    start = values.get("effective_from")
    if start is None:
        if len(known) > 1:
            raise FieldProblem(
                {
                    "effective_from": "It is enabled several times there: fill in Effective from, "
                    "which tells these apart."
                }
            )
        return known[0].id if known else None
    wanted = moment(str(start))
    for one in known:
        if local_of(one.effective_from, one.from_zone) == wanted:
            return one.id
    return None


def _find_bundle_pack(directory: Directory, values: Values) -> int | None:
    """Return the bundle pack of the running period: one that has ended is bought again (L7)."""
    agreement_id, service_id = chosen(values, "agreement_id"), chosen(values, "service_id")
    assert agreement_id is not None
    assert service_id is not None
    known = directory.enabled_now(agreement_id, service_id)
    if len(known) > 1:
        raise FieldProblem(
            {
                "service_id": "It is enabled several times in this period: change these in the "
                "list of enabled bundle packs."
            }
        )
    return known[0].id if known else None


def moment(text: str) -> dt.datetime | None:
    """Return a local time as it is compared, None for what is none."""
    try:
        return dt.datetime.fromisoformat(text)
    except ValueError:
        return None


def _find_user(directory: Directory, values: Values) -> int | None:
    return directory.find_user(str(values["email"]))


_FINDERS: dict[str, Callable[[Directory, Values], int | None]] = {
    "companies": _find_company,
    "legal_entities": _find_entity,
    "own_legal_entities": _find_entity,
    "banks": _find_bank,
    "bank_accounts": _find_account,
    "own_bank_accounts": _find_account,
    "agreements": _find_agreement,
    "enabled_services": _find_enabled,
    "enabled_packs": _find_enabled,
    "enabled_initiators": _find_enabled,
    "enabled_bundle_packs": _find_bundle_pack,
    "users": _find_user,
    "portal_users": _find_user,
}


def existing(directory: Directory, load: Load, values: Values) -> int | None:
    """Return the ID of the record that a row is about, None for a new one.

    Raises FieldProblem if the row does not say which of several it is about.
    """
    return _FINDERS[load.section.id](directory, values)
