"""What an import can go to and be filed under: services, scopes, tree nodes, vendors (IMP-2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.db.queries import import_runs, scopes, vendors
from app.db.queries.service_sight import seen_services
from app.db.queries.services import ServiceRecord
from app.services.context import Context, service
from app.services.dictionaries import dictionaries_of
from app.services.tariffs.find import MANY, find_service
from app.services.tariffs.scopes import state
from dictionaries.catalogue import Catalogue, Resource, load_catalogue
from dictionaries.entries import Dictionaries
from dictionaries.normalise import normalise
from dictionaries.search import search


@dataclass(frozen=True, slots=True)
class ServiceChoice:
    """A service an import may go to; ``currency`` "" for types that have none."""

    id: int
    name: str
    type: str
    side: str
    currency: str


@dataclass(frozen=True, slots=True)
class ScopeChoice:
    """A scope of the chosen service; instants in UTC, ``state`` as the list of scopes names it."""

    id: int
    state: str
    start: datetime | None
    till: datetime | None
    revision: int


@dataclass(frozen=True, slots=True)
class ImportTarget:
    """A service with its scopes; ``proposed`` = the current scope's ID, else the only one's.

    ``vendor`` is whose list was imported last into it, "" if none was named.
    """

    service: ServiceChoice
    scopes: tuple[ScopeChoice, ...]
    time_zone: str
    proposed: int | None
    vendor: str = ""


@service("finance.services", "view")
def service_choices(ctx: Context, text: str = "", *, limit: int = 50) -> list[ServiceChoice]:
    """Return services whose name holds every word of ``text``, or whose ID it is, by name."""
    with ctx.database.read() as connection:
        known = seen_services(connection, ctx.actor.company_id, limit=MANY, own=True)
    words = normalise(text).split()
    fitting = [
        s
        for s in known
        if str(s.id) == text.strip() or all(word in normalise(s.name) for word in words)
    ]
    return [_choice(s) for s in sorted(fitting, key=lambda s: (s.name.casefold(), s.name))[:limit]]


@service("finance.services", "view")
def import_target(ctx: Context, name: str) -> ImportTarget:
    """Return the service of that name (or ID) with its scopes, newest start first."""
    now = ctx.clock()
    with ctx.database.read() as connection:
        found = find_service(connection, ctx.actor.company_id, name, own=True)
        current = scopes.current_scope(connection, found.id, now)
        known = scopes.scopes_of(connection, found.id)
        tenant = found.company_id
        runs = import_runs.listed_runs(connection, tenant, service_id=found.id, limit=1)
    vendor = next((run.vendor for run in runs if run.vendor), "")
    chosen = current.id if current else known[0].id if len(known) == 1 else None
    choices = [
        ScopeChoice(
            s.id,
            state(s, current.id if current else None, now),
            s.effective_from,
            s.effective_till,
            s.revision,
        )
        for s in known
    ]
    choices.sort(key=lambda s: (s.start is not None, s.start), reverse=True)
    return ImportTarget(_choice(found), tuple(choices), found.time_zone, chosen, vendor)


@service("finance.services", "view")
def vendor_choices(ctx: Context, text: str = "", *, limit: int = 50) -> list[str]:
    """Return the names of the vendors that hold every word of ``text``."""
    with ctx.database.read() as connection:
        names = [v.name for v in vendors.vendors(connection, ctx.actor.company_id)]
    words = normalise(text).split()
    return [n for n in names if all(word in normalise(n) for word in words)][:limit]


@service("finance.services", "view")
def node_choices(ctx: Context, text: str = "", *, limit: int = 50) -> list[str]:
    """Return paths of tree nodes for a text being typed: resources, then the keys below one.

    What follows the last slash is searched for below the path before it, once that path names a
    resource; anything else is searched for in the names of domains and resources.
    """
    catalogue = load_catalogue()
    parent, slash, rest = text.rpartition("/")
    if slash and "/" in parent:
        with ctx.database.read() as connection:
            dictionaries = dictionaries_of(connection, ctx.actor.company_id)
        return _below(parent, rest.strip(), catalogue, dictionaries)[:limit]
    words = normalise(text.replace("/", " ")).split()
    paths = [_resource_path(catalogue, r) for r in catalogue.resources.values()]
    return [p for p in paths if all(word in normalise(p) for word in words)][:limit]


def _resource_path(catalogue: Catalogue, resource: Resource) -> str:
    names = (catalogue.domains[resource.domain].name, resource.name)
    return "/".join(name.replace("/", r"\/") for name in names)


def _below(parent: str, text: str, catalogue: Catalogue, dictionaries: Dictionaries) -> list[str]:
    """Return the paths one step below ``parent`` whose last name holds ``text``."""
    try:
        path = catalogue.parse_path(parent, dictionaries)
    except ValueError:
        return []
    used = {attribute for attribute, _ in path}
    start = catalogue.path_text(path, dictionaries)
    found = []
    for key in catalogue.resources[path[1][1]].attributes:
        attribute = catalogue.attributes[key]
        if key not in used and attribute.dictionary:
            hits = search(dictionaries[attribute.dictionary], text, limit=10)
            names = [hit.name.replace("/", r"\/") for hit in hits]
            found += [f"{start}/{name}" for name in names]
    return list(dict.fromkeys(found))


def _choice(found: ServiceRecord) -> ServiceChoice:
    return ServiceChoice(found.id, found.name, found.type, found.side, found.currency or "")
