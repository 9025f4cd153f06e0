"""An operator with a client's agreement, and rate plans to enable on it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from app.db.engine import Database
from app.db.queries.scopes import create_scope
from app.db.tables.enabled_services import enabled_channel
from app.services.accounts import enabled_services
from app.services.context import Context
from tests.db.conftest import NOW
from tests.db.desk import context
from tests.db.trees import ROOT_ONLY, Tree, branch, commit, flat
from tests.helpers.agreements import START, add_agreement, add_company, add_service

SIZED = ("unit_pack", "monetary_pack", "bundle_pack")

SMS, WHATSAPP, RCS = "sms/sms_message", "whatsapp/whatsapp_message", "rcs/rcs_message"
BERLIN = ZoneInfo("Europe/Berlin")


def local(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


MARCH = local("2026-03-01")


def priced(*channels: str) -> Tree:
    """Return a tree with a flat price for each "domain/resource"."""
    tree: Tree = dict(ROOT_ONLY)
    for channel in channels:
        domain, resource = channel.split("/")
        tree[domain,] = branch("resource")
        tree[domain, resource] = flat(100)
    return tree


def times(start: dt.datetime = MARCH, till: dt.datetime | None = None) -> dict[str, Any]:
    zones = {"from_zone": "Europe/Berlin", "till_zone": "Europe/Berlin"}
    return {"effective_from": start, "effective_till": till, **zones}


@dataclass
class Operator:
    """``agreement`` in EUR of the client Hornes; services by name, each with one scope."""

    ctx: Context
    client: int
    agreement: int
    services: dict[str, int]
    scopes: dict[str, int]

    @classmethod
    def of(cls, database: Database) -> Operator:
        with database.write() as connection:
            client = add_company(connection, "Hornes")
            agreement = add_agreement(connection, client, "1029")
        return cls(context(database), client, agreement, {}, {})

    @property
    def database(self) -> Database:
        return self.ctx.database

    def sell(
        self, name: str, *channels: str, kind: str = "payg", draft: bool = False, **more: Any
    ) -> int:
        """Add a service with a scope from START that prices channels."""
        if kind in SIZED:
            more["size"] = Decimal(1000)
        with self.database.write() as connection:
            made = add_service(connection, name, kind, **more)
            scope = create_scope(connection, made.id, now=NOW, draft=draft, effective_from=START)
        self.services[name], self.scopes[name] = made.id, scope.id
        self.price(name, *channels)
        return made.id

    def price(self, name: str, *channels: str) -> int:
        """Make the tree of a service price channels and no others."""
        return commit(self.database, self.scopes[name], priced(*channels))

    def values(self, name: str, agreement: int | None = None, **more: Any) -> dict[str, Any]:
        place = {"service_id": str(self.services[name])}
        under = {"agreement_id": str(agreement or self.agreement)}
        return {**place, **under, **times(), "hidden": False, **more}

    def enable(self, name: str, agreement: int | None = None, **more: Any) -> int:
        return enabled_services.create(self.ctx, self.values(name, agreement, **more))

    def end(self, row_id: int, till: dt.datetime) -> None:
        record = enabled_services.load(self.ctx, row_id)
        values = {**record.values, "effective_till": till}
        enabled_services.update(self.ctx, row_id, record.version, values)

    def channels(self, agreement: int | None = None) -> list[tuple[str, str, str | None]]:
        """Return (channel, first day, day of the end) of an agreement, as in Berlin."""
        c = enabled_channel.c
        statement = enabled_channel.select().where(c.agreement_id == (agreement or self.agreement))
        with self.database.read() as connection:
            rows = connection.execute(statement.order_by(c.channel, c.effective_from)).all()
        return [(r.channel, _day(r.effective_from), _day(r.effective_till)) for r in rows]


def _day(at: dt.datetime | None) -> Any:
    return at and at.astimezone(BERLIN).date().isoformat()
