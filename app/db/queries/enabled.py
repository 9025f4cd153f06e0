"""What agreements have enabled: services, packs, bundle initiators and bundle packs (ACC-4)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app.db.functions import folded
from app.db.queries.agreements import AGREEMENT, AgreementRecord, agreement_title
from app.db.queries.enabled_channels import keep_service
from app.db.queries.masters import Master, Reference, find, is_storable, matching, visible
from app.db.queries.services import ServiceRecord
from app.db.queries.tenancy import in_sight
from app.db.queries.versioned import save
from app.db.tables.agreements import agreement, agreement_version
from app.db.tables.enabled_services import enabled_service
from app.db.tables.scopes import scope
from app.db.tables.services import service
from app.db.unit_of_work import holding
from app.domain.effective import Span
from app.domain.enabled import Enabled
from app.errors import UserError


def bought_by(company_id: int) -> sa.ColumnElement[bool]:
    """Return the condition that a company buys by an enabling that its tenant lets it see."""
    mine = sa.select(agreement.c.id).where(agreement.c.party_id == company_id)
    return sa.and_(enabled_service.c.hidden == sa.false(), enabled_service.c.agreement_id.in_(mine))


ENABLED = Master(
    table=enabled_service,
    noun="enabled service",
    title="id",
    fields=(
        "service_id",
        "agreement_id",
        "effective_from",
        "from_zone",
        "effective_till",
        "till_zone",
        "hidden",
        "billing",
        "auto_extend",
    ),
    references={"agreement_id": Reference(AGREEMENT, "code")},
    sight=bought_by,
)


@dataclass(frozen=True, slots=True)
class EnabledRecord:
    """An enabling as stored, with the names around it; ``agreement`` "Company - code, CUR".

    ``type``, ``currency``, ``archived_at`` are the service's; ``extends_id`` = the bundle pack of
    the period before.
    """

    id: int
    company_id: int
    agreement_id: int
    agreement: str
    service_id: int
    service: str
    type: str
    currency: str | None
    archived_at: dt.datetime | None
    effective_from: dt.datetime
    from_zone: str
    effective_till: dt.datetime | None
    till_zone: str
    hidden: bool
    billing: str | None
    auto_extend: bool
    extends_id: int | None
    version: int
    created_at: dt.datetime
    updated_at: dt.datetime

    @property
    def span(self) -> Span:
        """Return when it holds."""
        return self.effective_from, self.effective_till

    @property
    def as_used(self) -> Enabled:
        """Return what the order of use needs to know."""
        return Enabled(self.id, self.service_id, self.type, self.span)


ORIGIN = enabled_service.join(agreement, enabled_service.c.agreement_id == agreement.c.id).join(
    service, enabled_service.c.service_id == service.c.id
)
"""Enablings with their agreement and service."""

_FROM_SERVICE = {"service": "name", "type": "type", "currency": "currency"}


def _enabled() -> sa.Select[Any]:
    columns: list[sa.ColumnElement[Any]] = []
    for name in EnabledRecord.__slots__:
        if name == "agreement":
            columns.append(agreement_title().label(name))
        elif name in _FROM_SERVICE:
            columns.append(service.c[_FROM_SERVICE[name]].label(name))
        else:
            columns.append((service if name == "archived_at" else enabled_service).c[name])
    chosen: sa.Select[Any] = sa.select(*columns)
    return chosen.select_from(ORIGIN)


def enabled_by_id(
    connection: sa.Connection,
    company_id: int,
    enabled_id: int,
    types: Collection[str],
    *,
    noun: str,
    own: bool = False,
) -> EnabledRecord:
    """Return an enabling of a service of one of ``types`` in a company's sight.

    ``own``: one that it may change. Raises UserError if there is none.
    """
    statement = _enabled().where(enabled_service.c.id == enabled_id, service.c.type.in_(types))
    seen = statement.where(visible(ENABLED, company_id))
    row = connection.execute(seen).mappings().one_or_none() if is_storable(enabled_id) else None
    if row is None:
        raise UserError(f"There is no {noun} {enabled_id}: refresh the list.")
    if own:
        find(connection, ENABLED, company_id, enabled_id, own=True)
    return EnabledRecord(**row)


def enabled_of(
    connection: sa.Connection, company_id: int, agreement_id: int
) -> list[EnabledRecord]:
    """Return what an agreement has enabled as far as a company sees it, oldest first."""
    statement = _enabled().where(
        enabled_service.c.agreement_id == agreement_id, visible(ENABLED, company_id)
    )
    ordered = statement.order_by(enabled_service.c.effective_from, enabled_service.c.id)
    return [EnabledRecord(**row) for row in connection.execute(ordered).mappings()]


def add_enabled(connection: sa.Connection, values: Mapping[str, Any], *, now: dt.datetime) -> int:
    """Enable a service, keep its channels and return the new id. Raises ChannelTaken (A17)."""
    statement = sa.insert(enabled_service).values(**values, created_at=now, updated_at=now)
    made = connection.execute(statement).inserted_primary_key
    assert made is not None
    keep_service(connection, values["service_id"], only=[made[0]])
    return int(made[0])


def change_enabled(
    connection: sa.Connection,
    row: EnabledRecord,
    version: int,
    values: Mapping[str, Any],
    *,
    now: dt.datetime,
) -> None:
    """Save columns of an enabling; Conflict if ``version`` is stale, ChannelTaken (A17)."""
    save(connection, enabled_service, row.id, version, {**values, "updated_at": now})
    keep_service(connection, row.service_id, only=[row.id])


def meeting(
    connection: sa.Connection,
    agreement_id: int,
    service_id: int,
    span: Span,
    *,
    other_than: int | None,
) -> EnabledRecord | None:
    """Return another enabling of the same service on an agreement that shares time with a span."""
    c = enabled_service.c
    conditions = [
        c.agreement_id == agreement_id,
        c.service_id == service_id,
        sa.or_(c.effective_till.is_(None), c.effective_till > span[0]),
    ]
    if span[1] is not None:
        conditions.append(c.effective_from < span[1])
    if other_than is not None:
        conditions.append(c.id != other_than)
    row = connection.execute(_enabled().where(*conditions).limit(1)).mappings().first()
    return None if row is None else EnabledRecord(**row)


# ------------------------------------------------------------------------------ choices


def services_to_enable(
    connection: sa.Connection,
    company_id: int,
    types: Collection[str],
    under: AgreementRecord | None,
) -> list[tuple[str, str]]:
    """Return (id, "Name, CUR") of services that can be enabled, by name.

    They are sold, not archived, of ``types``, and in the sight of a company; ``under`` an agreement
    only those of its tenant, in its currency or in none (A9).
    """
    c = service.c
    statement = sa.select(c.id, c.name, c.currency).where(
        c.type.in_(types),
        c.side == "sell",
        c.archived_at.is_(None),
        in_sight(c.company_id, company_id) if under is None else c.company_id == under.company_id,
    )
    if under is not None:
        statement = statement.where(sa.or_(c.currency.is_(None), c.currency == under.currency))
    rows = connection.execute(statement.order_by(folded(c.name), c.id))
    return [
        (str(row.id), f"{row.name}, {row.currency}" if row.currency else row.name) for row in rows
    ]


def agreements_to_enable(
    connection: sa.Connection, company_id: int, enabling: ServiceRecord | None, text: str
) -> list[tuple[str, str]]:
    """Return (id, "Company - code, CUR") of agreements that a company manages.

    ``enabling`` a service: only those of its tenant and, if it has one, in its currency (A9).
    """
    conditions = [in_sight(agreement.c.company_id, company_id)]
    if enabling is not None:
        conditions.append(agreement.c.company_id == enabling.company_id)
        if enabling.currency is not None:
            conditions.append(agreement.c.currency == enabling.currency)
    return matching(
        connection, AGREEMENT, company_id, *conditions, label=agreement_title(), text=text
    )


def has_scope(connection: sa.Connection, service_id: int, span: Span) -> bool:
    """Return whether a scope that is no draft shares time with a span."""
    c = scope.c
    conditions = [
        c.service_id == service_id,
        c.draft == sa.false(),
        sa.or_(c.effective_till.is_(None), c.effective_till > span[0]),
    ]
    if span[1] is not None:
        conditions.append(c.effective_from < span[1])
    return connection.execute(sa.select(c.id).where(*conditions).limit(1)).first() is not None


# ------------------------------------------------------------------------------ auto extend


def due_extensions(
    connection: sa.Connection, until: dt.datetime, company_id: int | None = None
) -> list[EnabledRecord]:
    """Return the bundle packs with auto extend whose period ends and that have no next one.

    Oldest end first; those in the sight of ``company_id`` if it is given. A service in the archive
    is not bought again, and nothing is under an agreement that has ended.
    """
    conditions = [_extendable(), enabled_service.c.effective_till <= until]
    if company_id is not None:
        conditions.append(in_sight(enabled_service.c.company_id, company_id))
    order = (enabled_service.c.effective_till, enabled_service.c.id)
    statement = _enabled().where(*conditions).order_by(*order)
    return [EnabledRecord(**row) for row in connection.execute(statement).mappings()]


def extendable(connection: sa.Connection, enabled_id: int) -> EnabledRecord | None:
    """Return a bundle pack if it still goes on after its end, None if not or not any more."""
    statement = _enabled().where(_extendable(), enabled_service.c.id == enabled_id)
    row = connection.execute(statement).mappings().one_or_none()
    return None if row is None else EnabledRecord(**row)


def _extendable() -> sa.ColumnElement[bool]:
    later = enabled_service.alias("later")
    c, terms = enabled_service.c, agreement_version.c
    goes_on = sa.exists().where(
        terms.agreement_id == c.agreement_id,
        terms.effective_from <= c.effective_till,
        sa.or_(terms.effective_till.is_(None), terms.effective_till > c.effective_till),
    )
    return sa.and_(
        c.auto_extend == sa.true(),
        service.c.archived_at.is_(None),
        ~sa.exists().where(later.c.extends_id == c.id),
        goes_on,
    )


def hold_enabled(connection: sa.Connection, enabled_id: int) -> None:
    """Let nobody else extend or change an enabling until this transaction ends."""
    row = sa.select(enabled_service.c.id).where(enabled_service.c.id == enabled_id)
    connection.execute(holding(connection, row))


def hold_service(connection: sa.Connection, service_id: int) -> None:
    """Let nobody else enable a service until this transaction ends: two can't do so at once."""
    row = sa.select(service.c.id).where(service.c.id == service_id)
    connection.execute(holding(connection, row, key_share=True))


# ------------------------------------------------------------------------------ of a service


def agreements_with(
    connection: sa.Connection, service_id: int, now: dt.datetime, *, limit: int
) -> tuple[list[str], int]:
    """Return the first agreements that have a service enabled now or later, and how many do."""
    c = enabled_service.c
    titles = (
        sa.select(agreement.c.id, agreement_title().label("title"))
        .select_from(ORIGIN)
        .where(
            c.service_id == service_id,
            sa.or_(c.effective_till.is_(None), c.effective_till > now),
        )
        .distinct()
        .subquery()
    )
    count = connection.execute(sa.select(sa.func.count()).select_from(titles)).scalar_one()
    first = sa.select(titles.c.title).order_by(sa.func.lower(titles.c.title)).limit(limit)
    return list(connection.execute(first).scalars()), int(count)
