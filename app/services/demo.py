"""Sample data (GEN-8): an operator that sells SMS, WhatsApp, RCS, packs and a bundle.

Its sell services hold the guide's worked examples (SVC-9); its cost services are lists of invented
vendors, imported as a person would; it has resellers, clients and users. Dates follow the year in
which it is made.
"""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from app.db.queries import rate_nodes
from app.db.queries import scopes as scope_rows
from app.domain.counting import counted
from app.domain.diff import change_set, compare
from app.domain.sections import Section
from app.domain.tree import RateTree, empty_tree
from app.errors import UserError
from app.services import audit
from app.services.context import Context, service
from app.services.demo_accounts import SampleAccounts
from app.services.dictionary_changes import add_alias, add_entry
from app.services.tariffs.decisions_file import answer_key, write_decisions
from app.services.tariffs.drafting_tree_sheet import tree_of
from app.services.tariffs.import_file import ImportOutcome, ImportRequest, import_file
from app.services.tariffs.scopes import NewScope, add_scope
from app.services.tariffs.services import NewService, add_service, list_services
from importers.records import ParsedSheet
from importers.tree_sheet import read_tree_sheet

SERVICE = "Nordwind SMS"


@dataclass(frozen=True, slots=True)
class _Plan:
    """A service that is sold, with the file of its tree in resources/sample/trees."""

    service: NewService
    tree: str


@dataclass(frozen=True, slots=True)
class _List:
    """A price list of resources/sample/lists and how it is imported.

    ``answers`` = what a person decided: country, the vendor's name of an operator, its key.
    """

    service: str
    file: str
    vendor: str
    node: str = ""
    profile: str = ""
    answers: tuple[tuple[str, str, str], ...] = ()


_SERVICES = (
    _Plan(NewService("SMS service", "payg", "EUR", description="Europe by network"), "sms_service"),
    _Plan(NewService("WhatsApp", "payg", "USD", description="By market and category"), "whatsapp"),
    _Plan(NewService("RCS messages", "payg", "EUR", description="Basic, single, session"), "rcs"),
    _Plan(NewService("USA SMS&WA Pack", "unit_pack", size="1000"), "unit_pack"),
    _Plan(
        NewService("Pack prices EUR", "payg", "EUR", description="USA SMS&WA Pack"), "pack_prices"
    ),
    _Plan(NewService("Bundle initiator SMS+WA", "bundle_initiator"), "bundle_initiator"),
    _Plan(NewService("Bundle 1000 contacts", "bundle_pack", size="1000"), "bundle_pack"),
    _Plan(NewService("Bundle prices EUR", "payg", "EUR"), "bundle_prices"),
)
_RESELLER = "Brindlemoor Telecom"
_RESOLD = _Plan(
    NewService("Brindlemoor SMS", "payg", "EUR", description="What the reseller sells on"),
    "sms_service",
)
"""A reseller's own service: it sets its own prices for what it buys (14.1)."""

_COST = (
    NewService(SERVICE, "payg", "EUR", description="Sample cost list", side="cost"),
    NewService("Meridian SMS", "payg", "USD", description="Wholesale SMS, monthly", side="cost"),
    NewService("Blautel voice", "payg", "EUR", description="A-Z voice termination", side="cost"),
)
_SMS = "SMS messaging/SMS message"
_LISTS = (
    _List(SERVICE, "nordwind_sms_2026-01.csv", "Nordwind", profile="Nordwind monthly"),
    _List(SERVICE, "nordwind_sms_2026-02.csv", "Nordwind"),
    _List(
        "Meridian SMS",
        "meridian_sms_2026-01.csv",
        "Meridian",
        _SMS,
        "Meridian monthly",
        (("DE", "Sipgate Simquadrat", "26212"), ("ES", "Xfera Mobil", "21404")),
    ),
    _List("Blautel voice", "blautel_voice_2026-01.csv", "Blautel", "Voice calls/Call"),
)
_ALIASES = (("operator", "26201", "Telekom Mobil D"), ("country", "GB", "Britain and N. Ireland"))
"""Dictionary, key and what a person lets mean it."""

_OWN_NETWORK = ("26288", "Harbour Mobile")
"""Code and invented brand of a German network that no public list has."""

TO_TRY, TO_TRY_SERVICE = "meridian_sms_2026-02.csv", "Meridian SMS"
"""The next issue of a vendor whose profile is known, with the usual errors: left to import."""


@service("finance.services", "manage")
def make_demo(ctx: Context, sections: Iterable[Section]) -> Iterator[str]:
    """Fill an empty database and yield what happened, line by line.

    ``sections`` = those there are: companies and users are made through their forms.
    """
    if list_services(ctx):
        raise UserError(
            "Sample data goes into an empty database: make a new local database for it."
        )
    year = ctx.clock().year
    for plan in _SERVICES:
        yield _sell(ctx.another(), plan, year)
    for bought in _COST:
        own = ctx.another()
        service_id = add_service(own, bought)
        scope = add_scope(own, NewScope(bought.name, f"{year}-01-01"))
        yield f'Service {service_id} "{bought.name}" with scope {scope.id} added'
    network, brand = _OWN_NETWORK
    facts = [("brand", brand)]
    add_entry(ctx.another(), "operator", network, facts, countries=["DE"], codes=[network])
    for dictionary, key, alias in _ALIASES:
        add_alias(ctx.another(), dictionary, key, alias)
    for number, listed in enumerate(_LISTS):
        ctx.stop_if_cancelled()
        ctx.report("importing price lists", number, len(_LISTS))
        with as_file(files("resources.sample.lists") / listed.file) as path:
            yield from _told(listed.file, _import(ctx.another(), listed, path))
    yield from _accounts(ctx, {one.id: one for one in sections}, year)


def _accounts(ctx: Context, sections: Mapping[str, Section], year: int) -> Iterator[str]:
    """Make companies and users; the reseller's service comes when there is the reseller."""
    ctx.report("making companies and agreements", 0, None)
    accounts = SampleAccounts(ctx, sections)
    yield from accounts.make_parties()
    yield _sell(accounts.office(_RESELLER), _RESOLD, year)
    yield from accounts.make_enabled()
    yield accounts.make_users()


def copy_price_lists(folder: Path) -> list[Path]:
    """Write the sample price lists into ``folder``, made if needed, for a person to import."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for source in files("resources.sample.lists").iterdir():
        if source.name.endswith(".csv"):
            copy = folder / source.name
            copy.write_bytes(source.read_bytes())
            written.append(copy)
    return sorted(written)


def _sell(ctx: Context, plan: _Plan, year: int) -> str:
    """Add a service with this year's scope; the first one has a past and a coming scope too."""
    name = plan.service.name
    service_id = add_service(ctx, plan.service)
    if plan is not _SERVICES[0]:
        scope = add_scope(ctx, NewScope(name, f"{year}-01-01"))
        leaves = _plant(ctx, scope.id, plan.tree)
        return _sold(service_id, name, scope.id, leaves)
    past = add_scope(ctx, NewScope(name, f"{year - 1}-01-01", f"{year}-01-01"))
    leaves = _plant(ctx, past.id, plan.tree)
    now = NewScope(name, f"{year}-01-01", f"{year + 1}-01-01", copy_from=past.id)
    current = add_scope(ctx, now)
    add_scope(ctx, NewScope(name, f"{year + 1}-01-01", copy_from=current.id))
    add_scope(ctx, NewScope(name, f"{year + 1}-07-01", draft=True))
    return _sold(service_id, name, current.id, leaves)


def _sold(service_id: int, name: str, scope_id: int, leaves: int) -> str:
    rates = counted(leaves, "rate")
    return f'Service {service_id} "{name}" with scope {scope_id} and {rates} added'


def _plant(ctx: Context, scope_id: int, name: str) -> int:
    """Write a sample tree into a new scope as its first revision; return its number of rates."""
    tree = _tree(ctx, name)
    changes = change_set(compare(empty_tree(), tree))
    with ctx.database.write() as connection:
        revision = scope_rows.lock_scope(connection, scope_id, 0).revision + 1
        rate_nodes.apply_changes(connection, scope_id, changes, revision)
        scope_rows.add_revision(
            connection,
            scope_id,
            revision,
            kind="edit",
            actor=ctx.actor.name,
            at=ctx.clock(),
            inserted=len(changes.insert),
            updated=len(changes.update),
            removed=0,
        )
        audit.record(ctx, connection, "add sample rates", "scope", scope_id, {"tree": name})
    return int(tree.leaf.sum())


def _tree(ctx: Context, name: str) -> RateTree:
    text = (files("resources.sample.trees") / f"{name}.csv").read_text(encoding="utf-8")
    for known in list_services(ctx):  # packs are priced by the number of their service
        text = text.replace(f"{{{known['name']}}}", str(known["id"]))
    rows: list[list[Any]] = [
        [cell or None for cell in row] for row in csv.reader(text.splitlines())
    ]
    return tree_of(read_tree_sheet(ParsedSheet.from_rows(rows)))


def _import(ctx: Context, listed: _List, path: Path) -> ImportOutcome:
    """Import a list; what was decided comes as the decisions file of a person would."""
    answers = {answer_key("operator", where, name): key for where, name, key in listed.answers}
    with tempfile.TemporaryDirectory(prefix="tariffdesk-") as folder:
        decisions = Path(folder) / "decisions.csv"
        write_decisions(decisions, (), answers)
        request = ImportRequest(
            file=path,
            service=listed.service,
            node=listed.node,
            mode="replace",
            vendor=listed.vendor,
            save_profile=listed.profile,
            skip_errors=True,
            decisions=decisions,
        )
        return import_file(ctx, request)


def _told(name: str, outcome: ImportOutcome) -> Iterator[str]:
    report: dict[str, Any] = outcome.report
    rows, changes = report["rows"], report["changes"]
    yield f"{name} imported to {report['node']} as revision {report['revision']}"
    yield (
        f"  {rows['read']} rows = {rows['imported']} imported, {rows['merged']} merged, "
        f"{rows['skipped']} skipped, {rows['not_data']} not data, {rows['errors']} errors"
    )
    yield "  " + ", ".join(f"{count} {word}" for word, count in changes.items())
    for issue in report["issues"]:
        if issue["severity"] == "error":
            yield f"  left out: {issue['column'] or ''}{issue['row'] or ''} {issue['reason']}"
