"""What an actor may hand on: never more than the own rights, never to somebody stronger (USR-2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from app.db.queries import roles
from app.db.queries.users import Account
from app.domain.permissions import BACKOFFICE, ROLES, area, system_role
from app.errors import FieldProblem, UserError
from app.services.access.entry import actor_of
from app.services.context import Actor

Cells = Iterable[tuple[str, str]]


def cells_of(connection: Any, role: Mapping[str, Any]) -> dict[str, str]:
    """Return the rights of a role, the system's or one of one's own, as {area: level}."""
    if role["system"] is not None:
        return dict(sorted(system_role(role["application"], role["system"]).cells))
    return roles.cells(connection, role["id"])


def beyond(actor: Actor, application: str, cells: Cells) -> list[tuple[str, str]]:
    """Return the cells that an actor does not hold.

    The back office keeps the portal, so whoever manages users there gives any of its rights.
    """
    if application != BACKOFFICE and actor.application == BACKOFFICE:
        return []
    return [cell for cell in cells if not actor.may(*cell)]


def refuse_beyond(actor: Actor, application: str, cells: Cells, field: str) -> None:
    """Raise FieldProblem for rights that the actor does not hold."""
    lacking = beyond(actor, application, cells)
    if lacking:
        name, level = lacking[0]
        raise FieldProblem(
            {
                field: f"You may not {level} {area(name).title} yourself, so you can't give that "
                "right: choose fewer rights or ask an administrator."
            }
        )


def admin_cells(application: str) -> frozenset[tuple[str, str]]:
    """Return what *No restrictions* means: the cells of the Admin role."""
    return ROLES[application][0].cells


def refuse_stronger(actor: Actor, connection: Any, account: Account) -> None:
    """Raise UserError for a user who holds rights that the actor does not hold.

    Else who may only edit users could take over an administrator's account.
    """
    if account.id == actor.user_id:
        return
    held = actor_of(connection, account).permissions
    if beyond(actor, account.application, sorted(held)):
        raise UserError(
            f"{account.name} may do more than you: ask an administrator to change this user."
        )
