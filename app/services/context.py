"""Who acts, on what, and under which permission: the context every service takes (F15)."""

from __future__ import annotations

import functools
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

from app.domain.permissions import BACKOFFICE, EXPORT, SELF, VIEW
from app.domain.permissions import area as known_area
from app.errors import Cancelled, NotAllowed, SignedOut

if TYPE_CHECKING:
    from app.db.engine import Database
    from app.domain.sections import Section

P = ParamSpec("P")
R = TypeVar("R")


SYSTEM_OWNER = 1
"""The company that runs the database; all others are below it."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who works: a signed-in user, or the owner of a database nobody signs in to.

    The owner passes every permission; both see the rows of ``company_id`` and of all below it.
    """

    name: str
    company_id: int = SYSTEM_OWNER
    owner: bool = True
    permissions: frozenset[tuple[str, str]] = frozenset()
    user_id: int | None = None
    application: str = BACKOFFICE

    def may(self, area: str, level: str) -> bool:
        """Return whether the actor holds ``level`` ("view" or "manage") of ``area``."""
        if area == SELF and self.user_id is not None:
            return True
        granted = self.permissions
        return self.owner or (area, level) in granted or (area, "manage") in granted


NOBODY = Actor("", company_id=0, owner=False)
"""The actor of a database that asks who works on it, before anybody has signed in."""


def _no_report(phase: str, done: int, total: int | None) -> None:
    """Take a progress message nobody waits for."""


def _never() -> bool:
    return False


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Context:
    """What a service needs beside its arguments; ``report`` takes (phase, done, total or None).

    ``operation`` = one command of a person: what the audit shows together.
    """

    actor: Actor
    database: Database
    clock: Callable[[], datetime] = field(default=_utc_now)
    report: Callable[[str, int, int | None], None] = field(default=_no_report)
    cancelled: Callable[[], bool] = field(default=_never)
    operation: str = field(default_factory=lambda: str(uuid.uuid4()))

    def another(self) -> Context:
        """Return a context for another command of the same person."""
        return replace(self, operation=str(uuid.uuid4()))

    def stop_if_cancelled(self) -> None:
        """Raise Cancelled if the person asked to stop; inside a transaction this undoes it."""
        if self.cancelled():
            raise Cancelled


@dataclass(frozen=True, slots=True)
class Permission:
    """One cell that a service call asks for.

    ``export``: and the right to take data out; ``whole``: by somebody of the System owner, because
    it is about the whole database.
    """

    area: str
    level: str
    export: bool = False
    whole: bool = False


SECTION_AREA = "<section>"
"""Area of the services that every section shares: the area of the section they are called with."""

SERVICES: dict[str, Permission] = {}
"""Every service call by its qualified name; the permission matrix is tested against it."""


def service(
    area: str, level: str, *, export: bool = False, whole: bool = False
) -> Callable[[Callable[Concatenate[Context, P], R]], Callable[Concatenate[Context, P], R]]:
    """Register a service under the permission it needs and refuse callers without it.

    ``export``: it writes data to a file, which is a right of its own. ``whole``: it is about the
    whole database, so that only people of the System owner may.
    """

    def register(
        function: Callable[Concatenate[Context, P], R],
    ) -> Callable[Concatenate[Context, P], R]:
        name = f"{function.__module__}.{function.__qualname__}"
        SERVICES[name] = Permission(area, level, export, whole)

        @functools.wraps(function)
        def checked(ctx: Context, /, *args: P.args, **kwargs: P.kwargs) -> R:
            require(ctx, area, level)
            if export:
                require_export(ctx)
            if whole and ctx.actor.company_id != SYSTEM_OWNER:
                raise NotAllowed(
                    "This is about the whole database: only people of the System owner may do it."
                )
            return function(ctx, *args, **kwargs)

        return checked

    return register


def require(ctx: Context, area: str, level: str) -> None:
    """Raise NotAllowed unless the actor holds ``level`` of ``area``."""
    if ctx.actor == NOBODY:
        raise SignedOut("This database asks who you are: sign in first.")
    if not ctx.actor.may(area, level):
        what = "the own account" if area == SELF else known_area(area).title
        raise NotAllowed(
            f"{ctx.actor.name} may not {level} {what}: ask an administrator for this right."
        )


def require_export(ctx: Context) -> None:
    """Raise NotAllowed unless the actor may take data out as a file."""
    if not ctx.actor.may(EXPORT, VIEW):
        raise NotAllowed(
            f"{ctx.actor.name} may not take data out as files: ask an administrator for the right "
            f"{known_area(EXPORT).title}."
        )


def section_service(
    level: str, *, export: bool = False
) -> Callable[
    [Callable[Concatenate[Context, Section, P], R]], Callable[Concatenate[Context, Section, P], R]
]:
    """Register a service of lists and forms; the right it asks for is that of its section.

    ``export`` as for :func:`service`.
    """

    def register(
        function: Callable[Concatenate[Context, Section, P], R],
    ) -> Callable[Concatenate[Context, Section, P], R]:
        name = f"{function.__module__}.{function.__qualname__}"
        SERVICES[name] = Permission(SECTION_AREA, level, export)

        @functools.wraps(function)
        def checked(ctx: Context, section: Section, /, *args: P.args, **kwargs: P.kwargs) -> R:
            require(ctx, section.area, level)
            if export:
                require_export(ctx)
            return function(ctx, section, *args, **kwargs)

        return checked

    return register
