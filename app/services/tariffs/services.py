"""Adds and lists services (SVC-1)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from app.db.queries import services
from app.db.queries.service_sight import seen_scopes, seen_services
from app.errors import FieldProblem
from app.services import audit
from app.services.context import Context, service
from app.services.names import checked_name
from app.services.tariffs.find import MANY
from dictionaries.entries import Dictionaries

TYPES = ("payg", "unit_pack", "monetary_pack", "bundle_initiator", "bundle_pack")
PRICED = frozenset({"payg", "monetary_pack"})
LARGEST = 10**14
"""Sizes stay below (18 digits, 4 of them decimals, F16)."""

MONEY_DECIMALS = 4
LONGEST_DESCRIPTION = 4000
SIZED = frozenset({"unit_pack", "monetary_pack", "bundle_pack"})


@dataclass(frozen=True, slots=True)
class NewService:
    """The fields of the *Add service* form; ``size`` is a number as text."""

    name: str
    type: str = "payg"
    currency: str = ""
    size: str = ""
    description: str = ""
    side: str = "sell"
    zone: str = "UTC"


@service("finance.services", "manage")
def add_service(ctx: Context, new: NewService) -> int:
    """Add a service and return its ID. Raises UserError naming the field that is wrong."""
    size = _checked(new)
    with ctx.database.write() as connection:
        refuse_taken(connection, ctx.actor.company_id, new.name.strip())
        added = services.create_service(
            connection,
            ctx.actor.company_id,
            name=new.name.strip(),
            type=new.type,
            currency=new.currency.upper() or None,
            size=size,
            description=new.description,
            side=new.side,
            time_zone=new.zone,
            now=ctx.clock(),
        )
        audit.record(ctx, connection, "add service", "service", added.id, plain(added))
        return added.id


def plain(record: services.ServiceRecord) -> dict[str, Any]:
    """Return the fields of a service as the audit trail keeps them."""
    size = None if record.size is None else f"{record.size.normalize():f}"
    names = ("name", "type", "side", "currency", "time_zone", "description")
    return {**{name: getattr(record, name) for name in names}, "size": size}


def refuse_taken(connection: Any, company_id: int, name: str) -> None:
    """Raise FieldProblem if a service, archived or not, has that name."""
    if services.find_service(connection, company_id, name) is not None:
        raise FieldProblem({"name": f'There is a service "{name}" already: choose another name.'})


def _checked(new: NewService) -> Decimal | None:
    checked_name(new.name, "--name")
    if len(new.description) > LONGEST_DESCRIPTION or "\0" in new.description:
        _refuse(
            "description", f"A description is a text of up to {LONGEST_DESCRIPTION} characters."
        )
    if new.type not in TYPES:
        _refuse("type", f'There is no service type "{new.type}"; choose one of {", ".join(TYPES)}.')
    if new.side not in {"sell", "cost"}:
        _refuse("side", f'A service is for "sell" or "cost", not "{new.side}".')
    try:
        ZoneInfo(new.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        _refuse("time_zone", f'There is no time zone "{new.zone}"; write e.g. Europe/Berlin.')
    _check_currency(new)
    return checked_size(new.type, new.size)


def _refuse(field: str, sentence: str) -> NoReturn:
    raise FieldProblem({field: sentence}) from None


def _check_currency(new: NewService) -> None:
    if new.type in PRICED and not new.currency:
        _refuse(
            "currency",
            f"A service of type {new.type} needs a currency: give one with --currency.",
        )
    if new.type not in PRICED and new.currency:
        _refuse("currency", f"A service of type {new.type} has no currency: leave out --currency.")
    if new.currency and new.currency.upper() not in Dictionaries.load()["currency"]:
        _refuse("currency", f'"{new.currency}" is not an ISO currency code; write e.g. EUR.')


def checked_size(service_type: str, text: str) -> Decimal | None:
    """Return the size of a service of that type. Raises FieldProblem."""
    if service_type not in SIZED:
        if text:
            _refuse("size", f"A service of type {service_type} has no size: leave out --size.")
        return None
    if not text:
        _refuse("size", f"A service of type {service_type} needs a size: give it with --size.")
    try:
        size = Decimal(text)
    except InvalidOperation:
        _refuse("size", f'The size "{text}" is not a number.')
    decimals = MONEY_DECIMALS if service_type == "monetary_pack" else 0
    if not size.is_finite() or not 0 < size < LARGEST or size != round(size, decimals):
        kind = f"a number with up to {decimals} decimals" if decimals else "a whole number"
        _refuse("size", f"The size {text} must be {kind} above 0 and below {LARGEST:,}.")
    return size


@service("finance.services", "view")
def list_services(ctx: Context) -> list[dict[str, Any]]:
    """Return the services as plain data, with the number of their scopes."""
    with ctx.database.read() as connection:
        return [
            {
                "id": s.id,
                "name": s.name,
                "type": s.type,
                "currency": s.currency,
                "size": None if s.size is None else f"{s.size.normalize():f}",
                "side": s.side,
                "scopes": len(seen_scopes(connection, ctx.actor.company_id, s)),
            }
            # Servers sort by the rules of their own language; here the order is always the same.
            for s in sorted(
                seen_services(connection, ctx.actor.company_id, limit=MANY),
                key=lambda s: (s.name.casefold(), s.name),
            )
        ]
