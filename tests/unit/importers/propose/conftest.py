"""The shipped dictionaries and catalogue, loaded once, and short ways to build and read a sheet."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dictionaries.catalogue import Catalogue, load_catalogue
from dictionaries.entries import Dictionaries
from importers.proposals.columns import Hints, propose
from importers.records import ParsedSheet
from importers.settings import ColumnUse, Proposal, Role

Propose = Callable[..., Proposal]


@pytest.fixture(scope="session")
def dictionaries() -> Dictionaries:
    return Dictionaries.load()


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return load_catalogue()


@pytest.fixture
def proposed(dictionaries: Dictionaries, catalogue: Catalogue) -> Propose:
    def run(sheet: ParsedSheet, **hints: object) -> Proposal:
        return propose(sheet, dictionaries, catalogue, hints=Hints(**hints))  # type: ignore[arg-type]

    return run


def uses_of(proposal: Proposal, role: Role) -> list[ColumnUse]:
    return [u for u in proposal.columns if u.role is role]


def attributes_of(proposal: Proposal) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for use in uses_of(proposal, Role.ATTRIBUTE):
        found.setdefault(use.column, []).append(use.attribute)
    return found


def price_columns_of(proposal: Proposal) -> list[int]:
    return [u.column for u in uses_of(proposal, Role.PRICE)]


def role_of(proposal: Proposal, column: int) -> Role:
    return next(u.role for u in proposal.columns if u.column == column)


def reason_of(proposal: Proposal, column: int) -> str:
    return next(u.reason for u in proposal.columns if u.column == column)
