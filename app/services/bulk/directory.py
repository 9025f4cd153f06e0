"""Finds records by the words that files have for them: names, paths, codes, numbers.

Read once for a whole file and kept up with what it adds; what is out of the actor's sight is not
there at all.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any

from app.db.queries import natural_keys as queries
from app.db.queries import roles as role_queries
from app.db.queries.natural_keys import Known, KnownEnabling
from app.domain.bank_numbers import compact

PATH = " / "
"""Between the names of a company and of the one above it."""


def fold(text: str) -> str:
    """Return a name as it is compared: in any case, with single spaces."""
    return " ".join(text.split()).casefold()


class Directory:
    """Records in sight of a company, by their words. Look-ups raise ValueError with a sentence."""

    def __init__(
        self, connection: Any, company_id: int, application: str, now: dt.datetime
    ) -> None:
        self.connection = connection
        self.own = company_id
        self.application = application
        self.now = now

    # ------------------------------------------------------------------ what is known

    @cached_property
    def companies(self) -> dict[int, Known]:
        """The own company and all below it."""
        return {one.id: one for one in queries.companies(self.connection, self.own)}

    @cached_property
    def _companies_named(self) -> dict[str, list[Known]]:
        return _by_name(self.companies.values())

    @cached_property
    def _entities(self) -> dict[int, dict[str, list[Known]]]:
        return _by_owner(queries.entities(self.connection, self.own))

    @cached_property
    def _banks(self) -> dict[str, list[Known]]:
        return _by_name(queries.banks(self.connection, self.own))

    @cached_property
    def _accounts(self) -> dict[int, list[tuple[Known, int]]]:
        found: dict[int, list[tuple[Known, int]]] = {}
        for account, bank_id in queries.accounts(self.connection, self.own):
            found.setdefault(account.owner, []).append((account, bank_id))
        return found

    @cached_property
    def agreements(self) -> dict[int, Known]:
        """Agreements by ID; the owner is the company that one is with."""
        return {one.id: one for one in queries.agreements(self.connection, self.own)}

    @cached_property
    def _agreements_named(self) -> dict[str, list[Known]]:
        return _by_name(self.agreements.values())

    @cached_property
    def _services(self) -> dict[str, list[Known]]:
        return _by_name(queries.services(self.connection, self.own))

    @cached_property
    def _enabled(self) -> dict[tuple[int, int], list[KnownEnabling]]:
        found: dict[tuple[int, int], list[KnownEnabling]] = {}
        for one in queries.enablings(self.connection, self.own):
            found.setdefault((one.agreement_id, one.service_id), []).append(one)
        return found

    @cached_property
    def _users(self) -> dict[str, Known]:
        known = queries.users(self.connection, self.own, self.application)
        return {one.name.casefold(): one for one in known}

    # ------------------------------------------------------------------ references

    def tenant(self, company_id: int) -> int:
        """Return the company above another, the own one for itself."""
        found = self.companies.get(company_id)
        return self.own if found is None or company_id == self.own else found.owner

    def company(self, text: str) -> int:
        """Return the company of a name, or of a path "Parent / Name"."""
        found = self._companies_named.get(fold(text), [])
        if not found and PATH in text:
            found = self._by_path(text)
        return _one(found, text, "company", f'write its path, as in "Parent{PATH}Name"')

    def _by_path(self, text: str) -> list[Known]:
        names = [fold(part) for part in text.split(PATH)]
        return [
            one for one in self._companies_named.get(names[-1], []) if self._fits(one, names[:-1])
        ]

    def _fits(self, one: Known, above: list[str]) -> bool:
        for name in reversed(above):
            parent = self.companies.get(one.owner)
            if parent is None or fold(parent.name) != name:
                return False
            one = parent
        return True

    def entity(self, text: str, party: int) -> int:
        """Return the legal entity of a company by its name."""
        return _one(self._entities.get(party, {}).get(fold(text), []), text, "legal entity of it")

    def bank(self, text: str) -> int:
        """Return the bank of a name, or of "Name / branch code"."""
        found = self._banks.get(fold(text), [])
        if not found and PATH in text:
            name, _, branch = text.rpartition(PATH)
            known = self._banks.get(fold(name), [])
            found = [one for one in known if fold(one.other) == fold(branch)]
        return _one(found, text, "bank", f'write "Name{PATH}branch code"')

    def account(self, text: str, entity: int) -> int:
        """Return the bank account of a legal entity by its number or its name."""
        known = [account for account, _ in self._accounts.get(entity, [])]
        found = [one for one in known if one.other == compact(text)]
        found = found or [one for one in known if fold(one.name) == fold(text)]
        return _one(found, text, "bank account of this legal entity", "write its number")

    def agreement(self, text: str, party: int | None) -> int:
        """Return the agreement of a code; of a title "Company - code, CUR" too."""
        found = self._agreements_named.get(fold(text), [])
        if party is not None:
            found = [one for one in found if one.owner == party]
        if not found:
            found = [
                one for one in self.agreements.values() if fold(self._title(one)) == fold(text)
            ]
        return _one(found, text, "agreement", "fill in its company as well")

    def _title(self, one: Known) -> str:
        party = self.companies.get(one.owner)
        return f"{party.name if party else ''} - {one.name}, {one.other}"

    def service(self, text: str, agreement_id: int, types: tuple[str, ...]) -> int:
        """Return the service of a name that the tenant of an agreement sells."""
        seller = self.tenant(self.agreements[agreement_id].owner)
        found = [
            one
            for one in self._services.get(fold(text), [])
            if one.owner == seller and one.other in types
        ]
        return _one(found, text, "service of this kind for sale on this agreement")

    def role(self, text: str, company_id: int) -> int:
        """Return the role of a name that a company may give."""
        known = role_queries.roles_for(self.connection, company_id, self.application)
        named = [Known(role["id"], str(role["name"])) for role in known]
        return _one([one for one in named if fold(one.name) == fold(text)], text, "role")

    # ------------------------------------------------------------------ natural keys

    def find_company(self, name: str, tenant: int) -> int | None:
        """Return the company of a name right below a tenant."""
        found = self._companies_named.get(fold(name), [])
        return _same([one for one in found if one.owner == tenant], name)

    def find_entity(self, name: str, party: int) -> int | None:
        """Return the legal entity of a company."""
        return _same(self._entities.get(party, {}).get(fold(name), []), name)

    def find_bank(self, name: str, branch: str) -> int | None:
        """Return the own bank of a name and a branch code."""
        known = [one for one in self._banks.get(fold(name), []) if one.owner == self.own]
        return _same([one for one in known if fold(one.other) == fold(branch)], name)

    def find_account(self, entity: int, bank_id: int, number: str) -> int | None:
        """Return the account of a legal entity at a bank with a number."""
        key = compact(number)
        for account, at in self._accounts.get(entity, []):
            if at == bank_id and account.other == key:
                return account.id
        return None

    def find_agreement(self, code: str, party: int) -> int | None:
        """Return the agreement of a company with a code."""
        known = self._agreements_named.get(fold(code), [])
        return _same([one for one in known if one.owner == party], code)

    def enabled(self, agreement_id: int, service_id: int) -> list[KnownEnabling]:
        """Return when a service is enabled on an agreement."""
        return self._enabled.get((agreement_id, service_id), [])

    def enabled_now(self, agreement_id: int, service_id: int) -> list[KnownEnabling]:
        """Return when a service is enabled on an agreement, without what has ended."""
        known = self.enabled(agreement_id, service_id)
        return [e for e in known if e.effective_till is None or e.effective_till > self.now]

    def find_user(self, email: str) -> int | None:
        """Return the user with a mail address."""
        found = self._users.get(email.strip().casefold())
        return None if found is None else found.id

    # ------------------------------------------------------------------ what a file adds

    def add_company(self, company_id: int, name: str, tenant: int) -> None:
        """Know a company that the file added, for the rows that name it."""
        one = Known(company_id, name, tenant)
        named = self._companies_named
        self.companies[company_id] = one
        named.setdefault(fold(name), []).append(one)


def _by_name(known: Iterable[Known]) -> dict[str, list[Known]]:
    found: dict[str, list[Known]] = {}
    for one in known:
        found.setdefault(fold(one.name), []).append(one)
    return found


def _by_owner(known: Iterable[Known]) -> dict[int, dict[str, list[Known]]]:
    found: dict[int, dict[str, list[Known]]] = {}
    for one in known:
        found.setdefault(one.owner, {}).setdefault(fold(one.name), []).append(one)
    return found


def _one(found: list[Known], text: str, noun: str, otherwise: str = "check its name") -> int:
    """Return the only record; of several the one that is written just so."""
    if len(found) > 1:
        found = [one for one in found if one.name == text] or found
    if len(found) == 1:
        return found[0].id
    if not found:
        raise ValueError(f'there is no {noun} called "{text[:80]}": check it, or add it first.')
    raise ValueError(f'several are called "{text[:80]}": {otherwise}.')


def _same(found: list[Known], text: str) -> int | None:
    exact: Callable[[Known], bool] = lambda one: one.name == text  # noqa: E731
    chosen = next(filter(exact, found), found[0] if len(found) == 1 else None)
    return None if chosen is None else chosen.id
