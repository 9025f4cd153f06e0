"""What objects are called, by table and ID: names for a page of the audit in a query a table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import Any

import sqlalchemy as sa

from app.db.queries.agreements import agreement_title
from app.db.tables.agreements import agreement, agreement_version, reselling_agreement
from app.db.tables.columns import metadata
from app.db.tables.companies import company
from app.db.tables.dictionary_entries import dictionary_alias
from app.db.tables.enabled_services import enabled_service
from app.db.tables.learned import learned_match
from app.db.tables.legal_entities import legal_entity
from app.db.tables.scopes import scope
from app.db.tables.services import service
from app.db.tables.users import user_account

CHUNK = 500
"""IDs per statement."""

LONGEST_ID = 19
"""Digits of a number that may not fit into 64 bits any more."""

Name = tuple[str, str]
"""Table and ID, both as the audit has them."""


def names_of(connection: sa.Connection, wanted: Mapping[str, Iterable[int]]) -> dict[Name, str]:
    """Return the names of the objects that are still there; tables without names are left out."""
    found: dict[Name, str] = {}
    for table_name, ids in wanted.items():
        statement = _named(table_name)
        if statement is None:
            continue
        key = statement.selected_columns[0]
        for part in parts(ids):
            rows = connection.execute(statement.where(key.in_(part)))
            found.update({(table_name, str(row[0])): str(row[1]) for row in rows})
    return found


def parts(ids: Iterable[int]) -> Iterator[list[int]]:
    """Yield different IDs, as many as a statement takes."""
    numbers = sorted(set(ids))
    for start in range(0, len(numbers), CHUNK):
        yield numbers[start : start + CHUNK]


def is_id(text: str) -> bool:
    """Return whether a text can be an ID: digits that fit into 64 bits."""
    return text.isascii() and text.isdecimal() and len(text) < LONGEST_ID


@cache
def refers_to(table_name: str, column: str) -> str:
    """Return the table whose IDs a column holds, "" for a column of other values."""
    table = metadata.tables.get(table_name)
    if table is None or column not in table.c:
        return ""
    targets = (key.column for key in table.c[column].foreign_keys)
    return next((target.table.name for target in targets if target.name == "id"), "")


def _named(table_name: str) -> sa.Select[Any] | None:
    """Return the select of (id, name) of a table, None if its rows have no names."""
    special = _SPECIAL.get(table_name)
    if special is not None:
        return special()
    table = metadata.tables.get(table_name)
    if table is None or "name" not in table.c or "id" not in table.c:
        return None
    return sa.select(table.c.id, table.c.name)


def _agreement() -> sa.Select[Any]:
    return sa.select(agreement.c.id, agreement_title())


def _agreement_version() -> sa.Select[Any]:
    c = agreement_version.c
    under = agreement_version.join(agreement, c.agreement_id == agreement.c.id)
    return sa.select(c.id, agreement_title()).select_from(under)


def _reselling_agreement() -> sa.Select[Any]:
    c = reselling_agreement.c
    of = reselling_agreement.join(legal_entity, c.legal_entity_id == legal_entity.c.id)
    return sa.select(c.id, legal_entity.c.name).select_from(of)


def _enabled_service() -> sa.Select[Any]:
    c = enabled_service.c
    of = enabled_service.join(service, c.service_id == service.c.id)
    of = of.join(agreement, c.agreement_id == agreement.c.id)
    name = service.c.name + sa.literal(", ") + agreement_title()
    return sa.select(c.id, name).select_from(of)


def _scope() -> sa.Select[Any]:
    of = scope.join(service, scope.c.service_id == service.c.id)
    return sa.select(scope.c.id, service.c.name).select_from(of)


_SPECIAL: dict[str, Callable[[], sa.Select[Any]]] = {
    "agreement": _agreement,
    "agreement_version": _agreement_version,
    "company_register": lambda: sa.select(company.c.id, company.c.name),
    "dictionary_alias": lambda: sa.select(dictionary_alias.c.id, dictionary_alias.c.alias),
    "enabled_service": _enabled_service,
    "learned_match": lambda: sa.select(learned_match.c.id, learned_match.c.value),
    "reselling_agreement": _reselling_agreement,
    "scope": _scope,
    "user_account": lambda: sa.select(user_account.c.id, user_account.c.email),
}
"""Tables whose rows are called otherwise than by a column "name"."""
