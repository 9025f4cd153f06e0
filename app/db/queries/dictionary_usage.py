"""Where keys of dictionaries are used: rate trees, remembered answers, import profiles (SVC-7)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from app.db.queries.tenancy import in_sight
from app.db.tables.companies import company
from app.db.tables.learned import learned_match
from app.db.tables.profiles import import_profile
from app.db.tables.rate_nodes import rate_node
from app.db.tables.scopes import scope
from app.db.tables.services import service


def company_name(connection: sa.Connection, company_id: int) -> str:
    """Return what a company is called."""
    statement = sa.select(company.c.name).where(company.c.id == company_id)
    return str(connection.execute(statement).scalar() or "")


class UsedKey(NamedTuple):
    """How many live nodes of a scope have ``key`` at a level of ``attribute``."""

    company_id: int
    service_id: int
    service: str
    scope_id: int
    attribute: str
    key: str
    nodes: int
    draft: bool
    effective_from: dt.datetime | None
    time_zone: str


class KeyPlace(NamedTuple):
    """A live node with a key, and the node above it."""

    node_no: int
    parent_no: int
    key: str


def used_keys(
    connection: sa.Connection,
    company_id: int,
    attributes: Sequence[str],
    *,
    keys: Sequence[str] | None = None,
    scopes: Sequence[int] | None = None,
) -> list[UsedKey]:
    """Return the keys of live trees, drafts too, that a company may change; Others left out.

    ``keys``, ``scopes``: only these.
    """
    node, parent = rate_node, rate_node.alias("parent")
    above = sa.and_(parent.c.scope_id == node.c.scope_id, parent.c.node_no == node.c.parent_no)
    conditions = [parent.c.depends_on.in_(list(attributes)), node.c.key != "*"]
    if keys is not None:
        conditions.append(node.c.key.in_(list(keys)))
    if scopes is not None:
        conditions.append(node.c.scope_id.in_(list(scopes)))
    found = (
        sa.select(node.c.scope_id, parent.c.depends_on, node.c.key, sa.func.count().label("nodes"))
        .select_from(node.join(parent, above))
        .where(*conditions)
        .group_by(node.c.scope_id, parent.c.depends_on, node.c.key)
        .subquery("found")
    )
    owner = found.join(scope, scope.c.id == found.c.scope_id)
    statement = (
        sa.select(
            service.c.company_id,
            service.c.id,
            service.c.name,
            found.c.scope_id,
            found.c.depends_on,
            found.c.key,
            found.c.nodes,
            scope.c.draft,
            scope.c.effective_from,
            service.c.time_zone,
        )
        .select_from(owner.join(service, service.c.id == scope.c.service_id))
        .where(in_sight(service.c.company_id, company_id))
        .order_by(service.c.name, found.c.scope_id)
    )
    return [UsedKey._make(row) for row in connection.execute(statement)]


def places_of(
    connection: sa.Connection, scope_id: int, attributes: Sequence[str], keys: Sequence[str]
) -> list[KeyPlace]:
    """Return the live nodes of a scope with one of ``keys`` at a level of ``attributes``."""
    node, parent = rate_node, rate_node.alias("parent")
    above = sa.and_(parent.c.scope_id == node.c.scope_id, parent.c.node_no == node.c.parent_no)
    statement = (
        sa.select(node.c.node_no, node.c.parent_no, node.c.key)
        .select_from(node.join(parent, above))
        .where(
            node.c.scope_id == scope_id,
            parent.c.depends_on.in_(list(attributes)),
            node.c.key.in_(list(keys)),
        )
        .order_by(node.c.node_no)
    )
    return [KeyPlace(*row) for row in connection.execute(statement)]


def trees_stamp(connection: sa.Connection, company_id: int) -> tuple[int, ...]:
    """Return numbers that differ after every change of a tree, an answer or a profile in sight."""
    owned = scope.join(service, service.c.id == scope.c.service_id)
    trees = (
        sa.select(
            sa.func.count(),
            sa.func.sum(scope.c.revision),
            sa.func.max(scope.c.id),
            sa.func.sum(service.c.version),
        )
        .select_from(owned)
        .where(in_sight(service.c.company_id, company_id))
    )
    found = [int(number or 0) for number in connection.execute(trees).one()]
    for table in (learned_match, import_profile):
        numbers = (sa.func.count(), sa.func.max(table.c.id), sa.func.sum(table.c.version))
        statement = sa.select(*numbers).where(in_sight(table.c.company_id, company_id))
        found += [int(number or 0) for number in connection.execute(statement).one()]
    return tuple(found)


def answered_keys(connection: sa.Connection, company_id: int) -> list[tuple[int, str, str, int]]:
    """Return (company, dictionary, key, how many) of remembered answers in sight."""
    table = learned_match
    named = (table.c.company_id, table.c.dictionary, table.c.key)
    statement = (
        sa.select(*named, sa.func.count())
        .where(in_sight(table.c.company_id, company_id), table.c.key != "*")
        .group_by(*named)
    )
    return [(row[0], row[1], row[2], row[3]) for row in connection.execute(statement)]


def answer_to(
    connection: sa.Connection, company_id: int, dictionary: str, key: str, new: str
) -> list[int]:
    """Let a company's remembered answers that mean ``key`` mean ``new``; return their numbers."""
    table = learned_match
    statement = (
        sa.update(table)
        .where(
            table.c.company_id == company_id,
            table.c.dictionary == dictionary,
            table.c.key == key,
        )
        .values(key=new, version=table.c.version + 1)
        .returning(table.c.id)
    )
    return [int(number) for number in connection.execute(statement).scalars()]


def profile_settings(
    connection: sa.Connection, company_id: int
) -> list[tuple[int, int, str, dict[str, Any]]]:
    """Return (ID, company, name, settings) of the import profiles in sight."""
    c = import_profile.c
    statement = (
        sa.select(c.id, c.company_id, c.name, c.settings)
        .where(in_sight(c.company_id, company_id))
        .order_by(c.id)
    )
    return [(row[0], row[1], row[2], row[3]) for row in connection.execute(statement)]
