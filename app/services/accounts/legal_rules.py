"""What holds for every legal entity, a client's or an own one: the default one, the numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.db.queries import legal_entities as queries
from app.db.queries import masters as rows
from app.db.queries.companies import COMPANY
from app.db.queries.legal_entities import LEGAL_ENTITY
from app.domain import requisites
from app.domain.bank_numbers import vat_problem
from app.errors import FieldProblem, UserError
from app.services import audit, masters
from app.services.accounts.company_rules import tidy
from app.services.context import Context
from dictionaries.entries import Dictionaries

RUSSIA = "RU"


def add(ctx: Context, connection: Any, values: Mapping[str, Any], party: int, tenant: int) -> int:
    """Add a legal entity of ``party`` that ``tenant`` keeps; the first in use is the default."""
    found = {**_checked(values), "party_id": party}
    found["is_default"] = bool(found.get("is_default")) or not queries.in_use_of(connection, party)
    if found["is_default"]:
        _unset(ctx, connection, party)
    return masters.create(ctx, connection, LEGAL_ENTITY, found, tenant)


def save(
    ctx: Context,
    connection: Any,
    row: Mapping[str, Any],
    version: int,
    values: Mapping[str, Any],
) -> None:
    """Save a legal entity; making it the default one unsets the one before."""
    found = _checked(values)
    found["is_default"] = bool(found.get("is_default"))
    if row["is_default"] and not found["is_default"]:
        raise FieldProblem(
            {
                "is_default": f"{row['name']} is the default legal entity: "
                "make another one the default instead."
            }
        )
    if found["is_default"] and row["retired_at"] is not None and not row["is_default"]:
        raise FieldProblem({"is_default": "A retired legal entity can't be the default one."})
    if found["is_default"]:
        _unset(ctx, connection, row["party_id"], but=row["id"])
    masters.update(ctx, connection, LEGAL_ENTITY, row, version, found)


def remove(ctx: Context, ids: Sequence[int], *, own: bool) -> str:
    """Delete legal entities that nothing names; a default one hands that on."""
    _look(ctx, ids, own=own)
    return masters.remove(ctx, LEGAL_ENTITY, ids, after=_next_default)


def retire(ctx: Context, ids: Sequence[int], *, own: bool, back: bool = False) -> str:
    """Take legal entities out of use, or ``back``; a default one hands that on."""
    _look(ctx, ids, own=own)
    return masters.retire(ctx, LEGAL_ENTITY, ids, back=back, after=None if back else _hand_on)


def dependants(ctx: Context, ids: Sequence[int], *, own: bool) -> list[str]:
    """Return what names the legal entities, one line for each that is in use."""
    _look(ctx, ids, own=own)
    return masters.dependants(ctx, LEGAL_ENTITY, ids)


def _look(ctx: Context, ids: Sequence[int], *, own: bool) -> None:
    with ctx.database.read() as connection:
        for row_id in ids:
            entity(ctx, connection, row_id, own=own)


def entity(
    ctx: Context, connection: Any, row_id: int, *, own: bool, change: bool = False
) -> dict[str, Any]:
    """Return a legal entity: of the actor's own company, or else of one below.

    Each is another area of permissions. ``change``: only one that the actor may change.
    """
    actor = ctx.actor.company_id
    row = rows.find(connection, LEGAL_ENTITY, actor, row_id, own=change)
    if (row["party_id"] == actor) != own:
        raise UserError(f"There is no legal entity {row_id}: refresh the list.")
    return row


def odd(
    ctx: Context, entity_id: int | None, party: int | None, values: Mapping[str, Any]
) -> dict[str, str]:
    """Return what looks odd about a legal entity of ``party`` and may still be right."""
    return {**_default_told(ctx, entity_id, party, values), **_odd_numbers(values)}


def _default_told(
    ctx: Context, entity_id: int | None, party: int | None, values: Mapping[str, Any]
) -> dict[str, str]:
    if party is None or not values.get("is_default"):
        return {}
    with ctx.database.read() as connection:
        rows.find(connection, COMPANY, ctx.actor.company_id, party)
        other = queries.default_of(connection, party, but=entity_id)
    if other is None:
        return {}
    return {"is_default": f"{other['name']} is the default one until you save this."}


def _odd_numbers(values: Mapping[str, Any]) -> dict[str, str]:
    country = str(values.get("country") or "")
    found = {"vat_id": vat_problem(str(values.get("vat_id") or ""), country)}
    tax_id = tidy(str(values.get("tax_id") or ""))
    if country == RUSSIA and tax_id and not requisites.is_inn(tax_id):
        found["tax_id"] = (
            "A tax ID of Russia (INN) has 10 or 12 digits: compare it with the papers."
        )
    return {**{n: text for n, text in found.items() if text}, **_number_problems(values)}


def _checked(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what to store. Raises FieldProblem."""
    found = {name: values[name] for name in queries.OWN_LEGAL_ENTITY.fields if name in values}
    found |= {n: tidy(found[n]) for n in ("tax_id", "legal_id", "vat_id") if found.get(n)}
    found["notification_emails"] = list(found.get("notification_emails") or [])
    if "payment_systems" in found:  # a field of own ones alone
        found["payment_systems"] = list(found["payment_systems"] or [])
    problems = _number_problems(found)
    if found.get("country") not in Dictionaries.load()["country"]:
        problems["country"] = f'There is no country "{found.get("country")}": choose another one.'
    if problems:
        raise FieldProblem(problems)
    return found


def _number_problems(values: Mapping[str, Any]) -> dict[str, str]:
    """Return what is wrong with Russian numbers; those of other countries are not checked."""
    if values.get("country") != RUSSIA:
        return {}
    found = {
        "tax_id": requisites.inn_problem(tidy(str(values.get("tax_id") or ""))),
        "legal_id": requisites.ogrn_problem(tidy(str(values.get("legal_id") or ""))),
    }
    return {name: text for name, text in found.items() if text}


# ------------------------------------------------------------------------------ the default one


def _unset(ctx: Context, connection: Any, party: int, *, but: int | None = None) -> None:
    row = queries.default_of(connection, party, but=but)
    if row is not None:
        _set(ctx, connection, row, default=False)


def _next_default(ctx: Context, connection: Any, row: Mapping[str, Any]) -> str:
    """Make the oldest other legal entity in use the default one, behind one that is gone."""
    if not row["is_default"]:
        return ""
    following = queries.first_in_use(connection, row["party_id"], but=row["id"])
    if following is None:
        return ""
    _set(ctx, connection, following, default=True)
    return f"{following['name']} is the default one now."


def _hand_on(ctx: Context, connection: Any, row: Mapping[str, Any]) -> str:
    """Let another one be the default instead of a retired one; the only one keeps it."""
    if not row["is_default"]:
        return ""
    if queries.first_in_use(connection, row["party_id"], but=row["id"]) is None:
        return ""
    _set(ctx, connection, row, default=False)
    return _next_default(ctx, connection, row)


def _set(ctx: Context, connection: Any, row: Mapping[str, Any], *, default: bool) -> None:
    queries.set_default(connection, row["id"], default=default, now=ctx.clock())
    audit.record(
        ctx,
        connection,
        "change legal entity",
        LEGAL_ENTITY.name,
        row["id"],
        {"is_default": default},
        old={"is_default": not default},
        company_id=row["company_id"],
    )
