"""Fill by tax ID: a company's name and address from the register that was loaded (ACC-1, G6)."""

from __future__ import annotations

from typing import Any

from app.db.queries.company_register import RegisterEntry, lookup
from app.domain.requisites import inn_problem, plain
from app.errors import FieldProblem
from app.services.context import Context, service


@service("accounts.companies", "view")
def company(ctx: Context, values: dict[str, Any]) -> dict[str, Any]:
    """Return name, KPP and legal address of the company with the tax ID of a form.

    A name that was written stays. Raises FieldProblem if the register has none.
    """
    entry = _found(ctx, values)
    filled = {"tax_id": entry.tax_id, "kpp": entry.kpp, "legal_address": entry.legal_address}
    return {**filled, **_unless_written(values, "name", entry.name)}


@service("accounts.legal_entities", "view")
def legal_entity(ctx: Context, values: dict[str, Any]) -> dict[str, Any]:
    """Return the names and the legal address of the company with the tax ID of a form."""
    return _entity(ctx, values)


@service("settings.own_legal_entities", "view")
def own_legal_entity(ctx: Context, values: dict[str, Any]) -> dict[str, Any]:
    """Return the names and the legal address of the company with the tax ID of a form."""
    return _entity(ctx, values)


def _entity(ctx: Context, values: dict[str, Any]) -> dict[str, Any]:
    entry = _found(ctx, values)
    return {
        "tax_id": entry.tax_id,
        "legal_name": entry.name,
        "legal_address": entry.legal_address,
        **_unless_written(values, "name", entry.name[:200]),
        **_unless_written(values, "country", "RU"),
    }


def _unless_written(values: dict[str, Any], name: str, value: str) -> dict[str, Any]:
    return {} if str(values.get(name) or "").strip() else {name: value}


def _found(ctx: Context, values: dict[str, Any]) -> RegisterEntry:
    tax_id = plain(str(values.get("tax_id") or ""))
    if not tax_id:
        raise FieldProblem({"tax_id": "Write the tax ID first."})
    if problem := inn_problem(tax_id):
        raise FieldProblem({"tax_id": problem})
    with ctx.database.read() as connection:
        entry = lookup(connection, ctx.actor.company_id, tax_id)
    if entry is None:
        raise FieldProblem(
            {
                "tax_id": f"The register that was loaded has no {tax_id}: "
                "load a newer one, or fill in the rest by hand."
            }
        )
    return entry
