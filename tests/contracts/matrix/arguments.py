"""What service calls are given: a tenant's rows, and the arguments that other calls have not.

A parameter of one meaning everywhere stands in ``PLAIN``, a call of its own in ``BY_NAME``.
"""

from __future__ import annotations

import datetime as dt
import importlib
import inspect
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from app.db.engine import Database
from app.db.queries.rate_nodes import read_tree
from app.db.queries.scopes import scope_by_id
from app.db.queries.services import service_by_id
from app.db.tables.dictionary_entries import dictionary_entry
from app.domain.price_changes import PriceChange
from app.domain.records import ListQuery
from app.domain.sections import Kind, Section
from app.domain.tree_draft import TreeDraft
from app.sections import SECTIONS
from app.services.access.mail import MailSettings
from app.services.access.sign_up import Registration
from app.services.accounts.enabled_commands import EnableRequest
from app.services.bulk.outcomes import LoadRequest
from app.services.context import Actor, Context
from app.services.dictionary_keys import number_of
from app.services.dictionary_missed import number_for
from app.services.tariffs.import_job import ImportRequest, Place
from app.services.tariffs.scope_changes import CreateScope, ScopeChanges
from app.services.tariffs.scopes import NewScope
from app.services.tariffs.services import NewService
from app.services.tariffs.subtrees import Subtree
from app.services.tariffs.tree_files import CHANGES, save_change_set
from tests.contracts.matrix.world import (
    DOWN,
    FOREIGN,
    NOW,
    OTHER,
    OWN,
    PARENT,
    PASSWORD,
    SIBLING,
    WORDS,
    World,
    priced,
)
from tests.db.trees import changes

ROOT = "app.services."
LOADS = {
    "agreement": "accounts.agreement_records",
    "agreement_version": "accounts.agreement_versions",
    "backoffice_user": "access.user_records",
    "portal_user": "access.user_records",
}
"""Where kinds are loaded that other modules than their own are about."""


@dataclass
class Target:
    """Whose rows a call is made about; ``used`` = it was about rows at all."""

    world: World
    database: Database
    relation: str
    folder: Path
    used: bool = False
    made: list[Any] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    section: Section | None = None
    known: dict[tuple[str, str], Any] = field(default_factory=dict)

    def row(self, kind: str) -> int:
        """Return the id of the tenant's row of a kind. Raises Missing if nothing is handed down."""
        self.used = True
        rows = self.world.rows[self.relation]
        if kind not in rows:
            raise Missing(kind)
        return rows[kind]

    def has(self, kind: str) -> bool:
        """Return whether the tenant has a row of a kind."""
        return kind in self.world.rows[self.relation]

    @property
    def word(self) -> str:
        """Return the word that the tenant's rows are called by."""
        self.used = True
        return WORDS[self.relation]

    def says(self, text: str) -> str:
        """Return words of the caller's own: a sentence that repeats them tells nothing."""
        self.used = True
        self.said.append(text := f"{WORDS[self.relation]}{text}")
        return text

    @property
    def company(self) -> int:
        """Return the tenant."""
        self.used = True
        return self.world.companies[self.relation]

    def keeper(self, kind: str = "") -> Context:
        """Return a context of who may do everything with the tenant's row of a kind.

        What is handed down to be a company's own is only there among its own ones.
        """
        given = self.relation == DOWN and kind.startswith("own_")
        tenant = self.world.companies[OWN if given else self.relation]
        return Context(Actor("keeper", tenant), self.database, clock=lambda: NOW)

    @property
    def entry(self) -> int:
        """Return the number of the tenant's entry in the lists of dictionaries."""
        with self.database.read() as connection:
            key = sa.select(dictionary_entry.c.key).where(
                dictionary_entry.c.id == self.row("addition")
            )
            return number_of("pricing_category", connection.execute(key).scalar_one())

    @property
    def lost(self) -> int:
        """Return the number of the tenant's missed option."""
        return number_for((self.company, "country", self.says("").lower()))

    def load(self, module: str, kind: str) -> Any:
        """Return the record of the tenant's row as its form shows it."""
        number = self.entry if kind == "addition" else self.row(kind)
        place = (self.relation, kind)
        if place not in self.known:
            load = service_called(f"{LOADS.get(kind, module)}.load")
            self.known[place] = load(self.keeper(kind), number)
        return self.known[place]


class Missing(LookupError):
    """The tenant has no row of the kind."""


def service_called(name: str) -> Callable[..., Any]:
    """Return a service by its name under app.services."""
    module, _, function = name.rpartition(".")
    found: Callable[..., Any] = getattr(importlib.import_module(f"{ROOT}{module}"), function)
    return found


def parameters(name: str) -> dict[str, inspect.Parameter]:
    """Return the parameters of a service."""
    return dict(inspect.signature(service_called(name)).parameters)


def loadable(module: str) -> bool:
    """Return whether a module has forms."""
    return hasattr(importlib.import_module(f"{ROOT}{module}"), "load")


def query(section: Section | None, target: Target) -> ListQuery:
    """Return the query for a whole list."""
    asked = ListQuery(section.id if section else "rates")
    if section is None or "scope" in section.arguments:
        asked = replace(asked, arguments=(("scope", str(target.row("scope"))),))
    return asked


def _shown(target: Target) -> list[str]:
    """Return the columns of a list that tell most, as far as it can be grouped by them."""
    known = [c for c in target.section.columns if c.sortable and c.filterable]
    texts = [c.name for c in known if c.kind is Kind.TEXT]
    return texts or [c.name for c in known]


def _file(target: Target, name: str = "out.csv") -> Path:
    """Return where a call may write, and where what it wrote is read again."""
    place = Path(tempfile.mkdtemp(dir=target.folder)) / name
    target.made.append(place)
    return place


def _list(target: Target) -> Path:
    place = _file(target, "list.csv")
    place.write_text("Country,Price\nDE,0.07\n", encoding="utf-8")
    target.made.clear()
    return place


def _request(target: Target, **more: Any) -> ImportRequest:
    return ImportRequest(_list(target), str(target.row("service")), **more)


def _place(target: Target) -> Place:
    with target.database.read() as connection:
        scope = scope_by_id(connection, target.row("scope"))
        return Place(service_by_id(connection, scope.service_id), scope)


def drafted(target: Target) -> tuple[Path, dict[str, Any]]:
    """Return the folder and the result that a child leaves for a committed draft."""
    folder = _list(target).parent
    with target.database.read() as connection:
        live = read_tree(connection, target.row("scope"))
    save_change_set(folder / CHANGES, changes(live, priced("0.08", target.word.lower())))
    report = {
        "changes": {"new": 0, "increased": 1},
        "sheet": "",
        "issues": [],
        "effective": None,
        "rows": {"read": 1},
    }
    return folder, {
        "report": report,
        "settings": {},
        "profile_text": "",
        "signature": "",
        "decisions": [],
        "rejected": 0,
    }


def _commit(target: Target) -> tuple[list[Any], dict[str, Any]]:
    folder, result = drafted(target)
    more = {"answers": {}, "folder": folder, "result": result}
    return [_request(target), _place(target).scope], more


def _conclude(target: Target) -> tuple[list[Any], dict[str, Any]]:
    folder, result = drafted(target)
    more = {"answers": {}, "folder": folder}
    return [_request(target), _place(target), result], more


def _manifest(target: Target) -> tuple[list[Any], dict[str, Any]]:
    listed = _list(target)
    manifest = listed.with_name("manifest.csv")
    text = f"file,service\n{listed.name},{target.row('service')}\n"
    manifest.write_text(text, encoding="utf-8")
    return [manifest], {"tell": target.made.append}


def _scope_of(target: Target) -> int:
    with target.database.read() as connection:
        return scope_by_id(connection, target.row("scope")).revision


def _onto(target: Target, kind: str = "service") -> int:
    """Return what a tree is copied to: a sibling's, else the tree to copy is what is foreign."""
    rows = target.world.rows
    if target.relation in (PARENT, OTHER, DOWN):
        target.used = True
        return rows[OWN]["spare" if kind == "service" else kind]
    return target.row(kind)


def _from(target: Target) -> int:
    """Return the scope whose tree is copied."""
    rows = target.world.rows
    return rows[OWN]["scope"] if target.relation == SIBLING else target.row("scope")


def _subtree(target: Target) -> Subtree:
    return service_called("tariffs.subtrees.read_subtree")(
        target.keeper(), target.row("scope"), [1], TreeDraft()
    )


PLAIN: dict[str, Callable[[Target], Any]] = {
    "_changed": lambda _: "",
    "_query": lambda _: ListQuery("scopes"),
    "_values": lambda _: {},
    "sections": lambda _: SECTIONS,
    "answers": lambda _: {},
    "asked": lambda t: EnableRequest(t.says(" payg"), t.says("-1")),
    "attribute": lambda _: "country",
    "base_rev": _scope_of,
    "before_key": lambda _: "zz",
    "by": lambda t: tuple(_shown(t)[:1]),
    "change": lambda _: PriceChange("percent", Decimal(10)),
    "changed": lambda _: "",
    "changes": lambda _: ScopeChanges(name="Changed"),
    "code": lambda t: t.says("-1"),
    "company": lambda t: t.says(" client"),
    "columns": lambda t: [c.name for c in t.section.columns],
    "date": lambda _: dt.date(2026, 3, 1),
    "draft": lambda _: TreeDraft(),
    "expected_rev": _scope_of,
    "file": _file,
    "keys": lambda _: ["sms"],
    "levels": lambda _: 2,
    "node_no": lambda _: 4,
    "nodes": lambda _: [1],
    "now": lambda _: NOW,
    "parent_no": lambda _: 1,
    "path": _file,
    "place": lambda _: "SMS messaging",
    "request": _request,
    "rev": _scope_of,
    "service_name": lambda t: str(t.row("service")),
    "subtree": _subtree,
    "text": lambda _: "",
    "texts": lambda _: ["Germany"],
    "until": lambda _: NOW + dt.timedelta(days=4000),
}


def _enrolled(target: Target) -> list[Any]:
    import pyotp

    world = target.world
    actor = Actor("self", world.companies[OWN], user_id=world.user)
    ctx = Context(actor, target.database, clock=lambda: NOW)
    begun = service_called("access.account.enrol")(ctx, PASSWORD)
    return [begun, pyotp.TOTP(begun.secret).at(NOW)]


def _rows_of(target: Target) -> Path:
    """Return a file that names a tenant's company, as a list to load has it."""
    place = _file(target, "load.csv")
    words = [WORDS[one] for one in FOREIGN] if target.relation in FOREIGN else [target.word]
    names = [f"{word} client" for word in words]
    target.said.extend(names)
    target.used = True
    lines = "".join(f"{name},DE\n" for name in names)
    place.write_text(f"company,country\n{lines}", encoding="utf-8")
    target.made.clear()
    return place


def _register(target: Target) -> Path:
    place = _file(target, "register.csv")
    place.write_text("inn,name\n7707083893,New company\n", encoding="utf-8")
    target.made.clear()
    return place


def _newer(target: Target) -> Path:
    place = _file(target, "newer.csv")
    place.write_text("key,name\nnewer,Newer\n", encoding="utf-8")
    target.made.clear()
    return place


def _department(target: Target) -> list[Any]:
    return [{"company_id": str(target.company)}, target.says(".portal department")]


ENDED = {"effective_till": dt.datetime.fromisoformat("2026-03-15"), "till_zone": "UTC"}

BY_NAME: dict[str, Callable[[Target], Any]] = {
    "accounts.enabled_initiators.end": lambda t: [[t.row("enabled_bundle_initiator")], ENDED],
    "accounts.enabled_packs.end": lambda t: [[t.row("enabled_unit_pack")], ENDED],
    "accounts.enabled_services.end": lambda t: [[t.row("enabled_payg")], ENDED],
    "access.account.change_password": lambda _: [PASSWORD, "Valley-8-lake"],
    "access.account.change_phone": lambda _: ["+49301234567"],
    "access.account.check_password": lambda _: [PASSWORD],
    "access.account.confirm": _enrolled,
    "access.account.delete_my_account": lambda _: [PASSWORD, "delete-account"],
    "access.account.disable": lambda _: [PASSWORD],
    "access.account.end_my_sessions": lambda _: [[]],
    "access.account.enrol": lambda _: [PASSWORD],
    "access.account.save_avatar": lambda _: [None],
    "access.account.save_name": lambda _: ["Alnus", "New"],
    "access.account.use_mailed_codes": lambda _: [PASSWORD],
    "access.departments.delete_department": _department,
    "access.departments.departments": lambda t: ["", _department(t)[0]],
    "access.departments.members": _department,
    "access.mail.save_mail_settings": lambda _: [
        MailSettings("127.0.0.1", 9, sender="office@example.com")
    ],
    "access.mail.send_test_mail": lambda _: ["ann@example.com"],
    "access.naming.form_of_user": lambda t: (
        ["backoffice"],
        {
            "email": "new@example.com",
            "company": t.says(" client"),
            "role_names": ["Rate manager"],
        },
    ),
    "access.naming.user_id": lambda t: [t.says(".backoffice@example.com").lower()],
    "access.policy.save_policy": lambda _: [{"idle_minutes": 30}],
    "access.switch.setup_admin": lambda _: [
        "new@example.com",
        Registration("Ann", "Lee", "", "ann.lee", PASSWORD),
    ],
    "access.switch.switch_off": lambda _: [PASSWORD],
    "access.user_commands.give_password": lambda t: [t.row("backoffice_user"), "Valley-8-lake"],
    "accounts.register_fill.company": lambda t: [{"tax_id": f"DE12345678{t.company}"}],
    "accounts.register_fill.legal_entity": lambda t: [{"tax_id": f"DE12345678{t.company}"}],
    "accounts.register_fill.own_legal_entity": lambda t: [{"tax_id": f"DE12345678{t.company}"}],
    "accounts.register_load.load_register": lambda t: [_register(t)],
    "bulk.load_file.load_records": lambda t: [
        t.section,
        LoadRequest(_rows_of(t), dry_run=False, leave_out_unknown=True),
    ],
    "dictionary_alias_records.remove_named": lambda t: ["country", t.says(" country")],
    "dictionary_repair.repair": lambda t: (
        ["country", t.says("").lower(), "ES"],
        {"company_id": t.company},
    ),
    "dictionary_changes.add_alias": lambda _: ["country", "DE", "Teutonia"],
    "dictionary_changes.add_entry": lambda _: ["pricing_category", "new", [("name", "New")]],
    "dictionary_changes.export_learned": lambda t: [t.says(" vendor")],
    "dictionary_changes.forget_learned": lambda t: ["country", t.says(" land").lower()],
    "dictionary_update.last_update": lambda _: ["pricing_category"],
    "dictionary_update.preview_update": lambda t: (
        ["pricing_category", _newer(t)],
        {"complete": False},
    ),
    "dictionary_update.undo_update": lambda _: ["pricing_category"],
    "dictionary_update.update_dictionary": lambda t: (
        ["pricing_category", _newer(t)],
        {"complete": False},
    ),
    "palette.find_records": lambda t: [SECTIONS, t.says("")],
    "tariffs.import_batch.import_batch": _manifest,
    "tariffs.import_commit.commit_draft": _commit,
    "tariffs.import_file.conclude": _conclude,
    "tariffs.import_job.draft_job": lambda t: (
        [_request(t), _place(t)],
        {"answers": {}, "tree": _list(t).with_name("tree")},
    ),
    "tariffs.import_job.live_at_once": lambda t: [
        _place(t).scope,
        {"effective": None, "sheet": ""},
    ],
    "tariffs.import_targets.import_target": lambda t: [str(t.row("service"))],
    "tariffs.subtrees.fits": lambda t: [t.row("scope"), (), _subtree(t)],
    "tariffs.tree_options.options_for": lambda t: [t.row("scope"), ()],
    "tariffs.key_names.key_names": lambda _: [[("country", "DE")]],
    "tariffs.scope_changes.consequences_of_new": lambda t: [
        CreateScope(_onto(t), "2030-01-01", copy_from=_from(t))
    ],
    "tariffs.scope_changes.copy_tree_into": lambda t: [_onto(t, "draft"), _from(t)],
    "tariffs.scope_changes.create_scope": lambda t: [
        CreateScope(_onto(t), "2030-01-01", copy_from=_from(t))
    ],
    "tariffs.scope_changes.delete_scope": lambda t: [t.row("draft"), 1],
    "tariffs.scopes.add_scope": lambda t: [
        NewScope(str(_onto(t)), "2030-01-01", copy_from=_from(t))
    ],
    "tariffs.services.add_service": lambda _: [NewService("New service", currency="EUR")],
}
"""Calls whose arguments do not follow from their names."""
