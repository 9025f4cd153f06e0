"""Changes, copies and deletes scopes, and says beforehand what that does (SVC-2, F17)."""

from __future__ import annotations

from dataclasses import dataclass

from app.services.context import Context, service


@dataclass(frozen=True, slots=True)
class ScopeChanges:
    """What the scope panel sets; None = as it is. Dates as ``YYYY-MM-DD`` in the service's zone.

    ``till`` is the first day after the scope, "" = no end; ``start`` "" = none (drafts only).
    """

    name: str | None = None
    description: str | None = None
    start: str | None = None
    till: str | None = None
    draft: bool | None = None


@dataclass(frozen=True, slots=True)
class ScopeView:
    """A scope as the panel shows it; dates as in ScopeChanges; ``leaves`` -1 = not counted."""

    id: int
    service_id: int
    name: str
    description: str
    draft: bool
    start: str
    till: str
    state: str
    revision: int
    version: int
    leaves: int
    zone: str


@dataclass(frozen=True, slots=True)
class CreateScope:
    """A new scope of a service; ``copy_from`` = a scope of any service of the company."""

    service_id: int
    start: str = ""
    till: str = ""
    draft: bool = True
    name: str = ""
    description: str = ""
    copy_from: int | None = None


@dataclass(frozen=True, slots=True)
class ChangedScope:
    """A saved scope, and sentences a person should know of (overlaps)."""

    scope: ScopeView
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CopiedTree:
    """The new revision, the rates it has, and how many nodes went."""

    revision: int
    leaves: int
    replaced: int


@dataclass(frozen=True, slots=True)
class CopySource:
    """A scope whose tree can be copied, with what to show in a list."""

    scope_id: int
    title: str
    detail: str
    currency: str


@service("finance.services", "view")
def scopes_of(ctx: Context, service_id: int, *, count: bool = True) -> list[ScopeView]:
    """Return the scopes of a service, newest first; ``count`` counts their rates as well."""
    raise NotImplementedError


@service("finance.services", "view")
def copy_sources(ctx: Context, text: str = "", limit: int = 50) -> list[CopySource]:
    """Return scopes of all services whose service, name or number holds ``text``."""
    raise NotImplementedError


@service("finance.services", "view")
def consequences(ctx: Context, scope_id: int, changes: ScopeChanges) -> list[str]:
    """Return what saving ``changes`` would mean, as sentences to show before (SVC-2)."""
    raise NotImplementedError


@service("finance.services", "view")
def consequences_of_new(ctx: Context, new: CreateScope) -> list[str]:
    """Return what adding a scope would mean, as sentences to show before."""
    raise NotImplementedError


@service("finance.services", "manage")
def create_scope(ctx: Context, new: CreateScope) -> ChangedScope:
    """Add a scope, with a copy of another one's tree if asked."""
    raise NotImplementedError


@service("finance.services", "manage")
def update_scope(ctx: Context, scope_id: int, version: int, changes: ScopeChanges) -> ChangedScope:
    """Save changes to the version that was read. Raises Conflict if somebody else saved."""
    raise NotImplementedError


@service("finance.services", "manage")
def delete_scope(ctx: Context, scope_id: int, version: int) -> None:
    """Delete a draft scope that was never in force. Raises UserError with the reason why not."""
    raise NotImplementedError


@service("finance.services", "manage")
def copy_tree_into(
    ctx: Context, scope_id: int, source_id: int, *, expected_rev: int | None = None
) -> CopiedTree:
    """Replace a draft scope's tree by a copy of another one's, as a revision."""
    raise NotImplementedError
