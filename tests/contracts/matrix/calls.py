"""How every service call is made: its arguments, from a tenant's rows, by the names they have.

A call whose arguments can't be made from their names stands in ``BY_NAME``; what a module's ``ids``
and ``values`` are of stands in ``KINDS``.
"""

from __future__ import annotations

import datetime as dt
import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.db.queries.scopes import scope_by_id
from app.domain.sections import Section
from app.sections import SECTIONS
from app.services.bulk.loads import LOADS as LOADED_SECTIONS
from app.services.context import SECTION_AREA, SERVICES, Context, Permission
from tests.contracts.matrix.arguments import (
    BY_NAME,
    LOADS,
    PLAIN,
    ROOT,
    Target,
    loadable,
    parameters,
    query,
    service_called,
)

LOADED = {load.section_id for load in LOADED_SECTIONS}
KINDS = {
    "access.naming": "backoffice_user",
    "access.role_records": "role",
    "access.user_commands": "backoffice_user",
    "access.user_records": "backoffice_user",
    "accounts.agreement_advice": "agreement",
    "accounts.agreement_records": "agreement",
    "accounts.agreement_versions": "agreement_version",
    "accounts.bank_account_records": "bank_account",
    "accounts.bank_records": "bank",
    "accounts.company_records": "company",
    "accounts.enabled_bundle_packs": "enabled_bundle_pack",
    "accounts.enabled_initiators": "enabled_bundle_initiator",
    "accounts.enabled_packs": "enabled_unit_pack",
    "accounts.enabled_services": "enabled_payg",
    "accounts.legal_records": "entity",
    "accounts.own_bank_account_records": "own_bank_account",
    "accounts.own_legal_records": "own_entity",
    "accounts.reselling_records": "reselling",
    "control.audit_entries": "audit",
    "dictionary_alias_records": "alias",
    "dictionary_records": "addition",
    "tariffs.import_records": "import",
    "tariffs.learned_records": "answer",
    "tariffs.list_words": "scope",
    "tariffs.profile_records": "profile",
    "tariffs.service_records": "service",
    "tariffs.vendor_records": "vendor",
}
"""Of what kind the rows of a module of services are."""

ROWS = {
    "agreement_id": "agreement",
    "audit_id": "audit",
    "company_id": "company",
    "first": "scope",
    "import_id": "import",
    "scope_id": "scope",
    "second": "scope",
    "service_id": "service",
    "source_id": "scope",
    "version_id": "agreement_version",
}
"""Kind of the row that a parameter names, whatever the module."""

SECTION_KINDS = {
    "answers": "answer",
    "audit": "audit",
    "dictionaries": "addition",
    "missed": "addition",
    "due_work": "due",
    "imports": "import",
    "order_of_use": "enabled_payg",
    "portal_users": "portal_user",
    "rates": "scope",
    "scopes": "scope",
}
"""Kind of the rows of sections whose forms do not tell."""

NEW: dict[str, dict[str, Any]] = {
    "addition": {"key": "new"},
    "alias": {"alias": "Teutonia"},
    "agreement": {"code": "NEW"},
    "agreement_version": {"effective_from": dt.datetime.fromisoformat("2031-01-01")},
    "backoffice_user": {"email": "new@example.com"},
    "bank": {"name": "New bank"},
    "bank_account": {"number": "NEW 77"},
    "company": {"name": "New company", "type": "client"},
    "enabled_bundle_initiator": {
        "effective_from": dt.datetime.fromisoformat("2027-01-01"),
        "effective_till": None,
    },
    "enabled_payg": {
        "effective_from": dt.datetime.fromisoformat("2027-01-01"),
        "effective_till": None,
    },
    "enabled_unit_pack": {
        "effective_from": dt.datetime.fromisoformat("2027-01-01"),
        "effective_till": None,
    },
    "entity": {"name": "New entity"},
    "own_bank_account": {"number": "NEW 77"},
    "own_entity": {"name": "New entity"},
    "portal_user": {"email": "new@example.com"},
    "reselling": {
        "effective_from": dt.datetime.fromisoformat("2031-01-01"),
        "effective_till": dt.datetime.fromisoformat("2032-01-01"),
    },
    "role": {"name": "New role"},
    "service": {"name": "New service"},
    "vendor": {"name": "New vendor"},
}
"""What a new record has that the one it is modelled on has not."""

TERMS = (
    *("effective_from", "from_zone", "effective_till", "till_zone", "credit_limit"),
    *("billing_zone", "days_for_payment", "billing_period", "billing_weekday", "billing_day"),
    "split_by_month",
)


@dataclass(frozen=True)
class Call:
    """A service call, with the section of the services that every section shares."""

    name: str
    right: Permission
    section: Section | None = None

    @property
    def id(self) -> str:
        """Return how the matrix calls it."""
        return f"{self.name}@{self.section.id}" if self.section else self.name

    @property
    def module(self) -> str:
        """Return the module that the rows come from: the section's, else its own."""
        if self.section is not None:
            return self.section.load.rpartition(".")[0]
        return self.name.rpartition(".")[0]

    @property
    def verb(self) -> str:
        """Return the function's own name."""
        return self.name.rpartition(".")[2]

    def kind(self) -> str:
        """Return of what kind its rows are. Raises LookupError with what to add."""
        if self.section is not None and self.section.id in SECTION_KINDS:
            return SECTION_KINDS[self.section.id]
        if self.section is None and self.verb.endswith("_portal"):
            return "portal_user"
        if self.section is None and self.verb.endswith("_version"):
            return "agreement_version"
        if self.module not in KINDS:
            raise LookupError(
                f"{self.id}: say in KINDS of tests/contracts/matrix/calls.py what its rows are, or "
                "how it is called in BY_NAME of arguments.py there."
            )
        return KINDS[self.module]

    def make(self, ctx: Context, target: Target) -> Any:
        """Make the call about the target's rows and return its result, read to its end."""
        args, keywords = self.arguments(target)
        return service_called(self.name)(ctx, *args, **keywords)

    def arguments(self, target: Target) -> tuple[list[Any], dict[str, Any]]:
        """Return the arguments behind the context."""
        target.section = self.section
        if self.name in BY_NAME:
            given = BY_NAME[self.name](target)
            return given if isinstance(given, tuple) else (given, {})
        args: list[Any] = []
        keywords: dict[str, Any] = {}
        for name, parameter in list(parameters(self.name).items())[1:]:
            if parameter.default is not parameter.empty and name not in ROWS:
                continue
            value = self._argument(name, target)
            if parameter.kind is parameter.KEYWORD_ONLY:
                keywords[name] = value
            else:
                args.append(value)
        return args, keywords

    def _argument(self, name: str, target: Target) -> Any:
        plain: dict[str, Callable[[], Any]] = {
            "section": lambda: self.section,
            "query": lambda: query(self.section, target),
            "values": lambda: self._values(target),
            "version": lambda: self._version(target),
            "connection": lambda: target.made[0],
            "ids": lambda: [self._row(target)],
            "numbers": lambda: [self._entry(target) if self._is_entry() else 1],
            "number": lambda: self._entry(target),
            "record_id": lambda: self._row(target),
        }
        if name in PLAIN:
            return PLAIN[name](target)
        if name in plain:
            return plain[name]()
        if name in ROWS:
            return target.row(ROWS[name])
        if name.removeprefix("_").endswith("_id"):
            return target.row(self.kind())
        raise LookupError(
            f"{self.id}: its parameter {name} is not known: say in tests/contracts/matrix "
            "what it is (PLAIN, ROWS), or how the call is made (BY_NAME, both in arguments.py)."
        )

    def _row(self, target: Target) -> int:
        return self._entry(target) if self._is_entry() else target.row(self._idle(target))

    def _is_entry(self) -> bool:
        if self.section is not None:
            return self.section.id in {"entries", "missed"}
        return self.module in {"dictionary_records", "dictionary_missed"}

    def _entry(self, target: Target) -> int:
        missed = self.section.id == "missed" if self.section else self.module.endswith("missed")
        return target.lost if missed else target.entry

    def _idle(self, target: Target) -> str:
        """Return the kind of row that nothing refers to, where a call needs that."""
        kind = self.kind()
        if self.verb in {"remove", "retire"} and target.has(f"idle_{kind}"):
            return f"idle_{kind}"
        if self.verb in {"resend", "revoke"}:
            return "guest"
        return kind

    def _computed(self) -> set[str]:
        """Return the fields that a form shows and never hands to its service."""
        return {
            field.name
            for section in SECTIONS
            if section.load.rpartition(".")[0] == self.module
            for field in section.form
            if field.computed
        }

    def _version(self, target: Target) -> int:
        if self.module == "tariffs.scope_changes":
            with target.database.read() as connection:
                return scope_by_id(connection, target.row("scope")).version
        return int(target.load(self.module, self.kind()).version)

    def _values(self, target: Target) -> dict[str, Any]:
        kind = self.kind()
        if kind not in LOADS and not loadable(self.module):
            return {}
        loaded = target.load(self.module, kind).values
        values = {name: v for name, v in loaded.items() if name not in self._computed()}
        if kind == "agreement" and self.module == "accounts.agreement_records":
            terms = target.load("accounts.agreement_versions", "agreement_version").values
            values = {**{name: terms.get(name) for name in TERMS}, **values}
        if kind.endswith("_user"):
            values |= {"company_id": str(target.company), "two_factor": False}
            values |= {"unrestricted": False, "departments": ["Typed"]}
        if self.verb in {"clone", "clone_as"} or self.verb.startswith("create"):
            values |= NEW.get(kind, {})
        if self.verb.startswith(("create", "update", "clone")):
            return values
        # What a person has typed comes back in warnings; only rows that are named may tell.
        return {
            name: "typed" if isinstance(v, str) and target.word in v else v
            for name, v in values.items()
        }


def calls() -> list[Call]:
    """Return every call there is: those of sections once for each section that has them."""
    found = []
    for name, right in sorted(SERVICES.items()):
        short = name.removeprefix(ROOT)
        if right.area != SECTION_AREA:
            found.append(Call(short, right))
            continue
        verb = short.rpartition(".")[2]
        for section in SECTIONS:
            if verb == "load_records" and section.id not in LOADED:
                continue
            if not hasattr(section, verb) or getattr(section, verb):
                own = Permission(section.area, right.level, right.export)
                found.append(Call(short, own, section))
    return found


def texts(result: Any, made: list[Any]) -> Iterator[str]:
    """Yield all that a call told: its result, the files it wrote."""
    if inspect.isgenerator(result):
        result = next(result, None)
    if hasattr(result, "close") and hasattr(result, "first"):
        yield repr((result.first, result.second))
        result.close()
    else:
        yield repr(result)
    for place in made:
        if isinstance(place, Path) and place.is_file() and place.suffix == ".csv":
            yield place.read_text(encoding="utf-8-sig", errors="replace")
        elif isinstance(place, str):
            yield place
