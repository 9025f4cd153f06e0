"""The cells of the matrix: who makes which call about whose rows, what must come of it, what did.

``matrix.csv`` has a line for each call: its area, level, whether it takes data out, and its sight:
``own`` rows of the actor's company and of those below it, ``down`` what its tenant hands down as
well (to look at), ``none`` no rows of tenants, ``whole`` all of the database by design.
"""

from __future__ import annotations

import csv
import re
import sqlite3
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from app.db.engine import Database
from app.db.queries.tenancy import subtree
from app.db.tables import metadata
from app.domain.permissions import BACKOFFICE, EXPORT, ROLES, SELF, VIEW, SystemRole
from app.errors import NotAllowed, UserError
from app.services.context import Actor, Context
from tests.contracts.matrix.arguments import Missing, Target, parameters
from tests.contracts.matrix.calls import Call, texts
from tests.contracts.matrix.world import BELOW, DOWN, FOREIGN, NOW, OWN, SIBLING, WORDS, World

FILE = Path(__file__).with_name("matrix.csv")
RELATIONS = (OWN, BELOW, *FOREIGN, DOWN)
SIGHTS = ("own", "down", "none", "whole")
TRACES = {"audit", "audit_link", "user_session"}
"""Tables that tell what was done; a refused command may leave a line there."""

_NOT_OWN = r"There is no (legal entity|bank account)|of another company"
ALSO_REFUSED: dict[str, str] = {
    "access.account.use_mailed_codes": "can't send any yet",
    "access.switch.switch_off": "Only an administrator of the System owner",
    "accounts.register_fill.company": "register that was loaded has no",
    "accounts.register_fill.legal_entity": "register that was loaded has no",
    "accounts.register_fill.own_legal_entity": "register that was loaded has no",
    "demo.make_demo": "goes into an empty database",
    "bulk.load_file.load_records": "column|heading",
    "dictionary_alias_records.remove_named": "has no own alias",
    "dictionary_changes.export_learned": "There is no vendor",
    "dictionary_missed.restore": "is retired in another company|no such dictionary entry",
    "dictionary_update.undo_update": "no update",
    "tariffs.import_job.draft_job": "belongs to your tenant",
    **{
        f"dictionary_records.{verb}": "no such dictionary entry|None of these"
        for verb in ("load", "remove", "restore", "retire", "revert", "update")
    },
    **{
        f"records.{verb}@entries": "no such dictionary entry"
        for verb in ("load", "remove", "update")
    },
    **{
        f"accounts.{module}.{verb}": _NOT_OWN
        for module in ("own_bank_account_records", "own_legal_records")
        for verb in (
            *("create", "dependants", "load", "remove", "restore", "retire", "update", "advise"),
        )
    },
    **{
        f"records.{verb}@{section}": _NOT_OWN
        for section in ("own_bank_accounts", "own_legal_entities")
        for verb in ("create", "load", "remove", "update")
    },
}
"""What is refused in this network also to who may do it, and with which words.

What is a company's *own* is its alone, not that of companies below it; so are the lists of its
dictionaries.
"""
NEW_ALONE = {
    *("accounts.bank_records.create", "records.create@banks"),
    *("accounts.own_legal_records.create", "records.create@own_legal_entities"),
    *("tariffs.service_records.create", "records.create@services"),
    *("tariffs.vendor_records.create", "records.create@vendors"),
    *("dictionary_alias_records.create", "records.create@aliases"),
    *("dictionary_records.create", "records.create@entries", "dictionary_records.retire"),
    *("bulk.load_file.load_records@companies", "tariffs.import_batch.import_batch"),
}
"""Calls that name no row of another tenant, or one of its dictionary, which is handed down: what is
made is the actor's own."""

CHILDREN = {
    "bulk.load_file.load_records",
    "tariffs.import_batch.import_batch",
    "tariffs.import_file.import_file",
}
"""Calls that have a child process read a file, a second each: tried by one role."""

SOME = {"agreements", "banks", "companies"}
"""Sections that a file is loaded into unless all are tried."""

UNSEEN = (*FOREIGN, DOWN)

ALSO_NEEDED = {"dictionary_repair.repair": ("finance.services", "manage")}
"""Calls that make others with a right of another area."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the matrix."""

    call: str
    area: str
    level: str
    export: str
    sight: str


@cache
def lines() -> dict[str, Line]:
    """Return the matrix by call."""
    with FILE.open(encoding="utf-8", newline="") as stream:
        return {row["call"]: Line(**row) for row in csv.DictReader(stream)}


def line_of(call: Call, sight: str = "own") -> Line:
    """Return the line that a call has to have."""
    right = call.right
    return Line(call.id, right.area, right.level, "export" if right.export else "", sight)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a call: refused by "right" or "sight", or "passed"; all that it told."""

    kind: str
    told: str = ""

    def but(self, said: list[str]) -> Outcome:
        """Return the same without the words that the caller said."""
        told = self.told
        for text in said:
            told = re.sub(re.escape(text), "", told, flags=re.IGNORECASE)
        return Outcome(self.kind, told)


@dataclass
class Office:
    """The network on a database of its own, put back as it was after a change."""

    world: World
    database: Database
    file: Path | None
    template: Path
    folder: Path
    full: bool = False
    only: Collection[str] = RELATIONS
    known: dict[tuple[str, str], Any] = field(default_factory=dict)
    before: dict[str, Any] = field(default_factory=dict)
    tally: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        """Remember what is there before anything is done."""
        with self.database.read() as connection:
            found = connection.execute(subtree(self.world.mine)).scalars()
            self.mine = frozenset(found)
        self.before = self.rows()

    def rows(self) -> dict[str, Any]:
        """Return all rows but traces, by table; a file is read past the layers that cost most."""
        tables = [table for table in metadata.sorted_tables if table.name not in TRACES]
        if self.file is not None:
            with closing(sqlite3.connect(self.file)) as driver:
                return {table.name: set(driver.execute(_all(table))) for table in tables}
        with self.database.read() as connection:
            return {
                table.name: set(map(_plain, connection.exec_driver_sql(_all(table))))
                for table in tables
            }

    def foreign(self, rows: dict[str, Any]) -> dict[str, Any]:
        """Return those of the rows that belong to other tenants."""
        found = {}
        for table in metadata.sorted_tables:
            names = [column.name for column in table.columns]
            if table.name in rows and "company_id" in names:
                place = names.index("company_id")
                found[table.name] = {r for r in rows[table.name] if r[place] not in self.mine}
        return found

    def restore(self) -> None:
        """Put the database back as it was; only of a file."""
        assert self.file is not None
        with (
            closing(sqlite3.connect(self.template)) as source,
            closing(sqlite3.connect(self.file)) as mine,
        ):
            mine.execute("PRAGMA synchronous=OFF")
            source.backup(mine)

    def context(self, role: SystemRole) -> Context:
        """Return a context of a person of Alnus with a role."""
        actor = Actor(
            "alnus.self",
            self.world.mine,
            owner=False,
            permissions=role.cells,
            user_id=self.world.user,
        )
        return Context(actor, self.database, clock=lambda: NOW)

    # -------------------------------------------------------------------------- one cell

    def attempt(self, call: Call, role: SystemRole, relation: str) -> tuple[Outcome, Target] | None:
        """Make a call; None if the tenant has no such row."""
        target = Target(self.world, self.database, relation, self.folder, known=self.known)
        ctx = self.context(role)
        try:
            if "connection" in parameters(call.name):
                with self.database.read() as connection:
                    target.made.append(connection)
                    return Outcome("passed", repr(call.make(ctx, target))), target
            result = call.make(ctx, target)
            return Outcome("passed", "\n".join(texts(result, target.made))), target
        except Missing:
            return None
        except NotAllowed as problem:
            return Outcome("right", str(problem)), target
        except UserError as problem:
            return Outcome("sight", str(problem)), target

    def relations(self, call: Call, role: SystemRole, *, allowed: bool) -> Sequence[str]:
        """Return about whose rows a role makes a call.

        A right does not depend on whose rows it is about, nor sight on the role: unless ``full``,
        Admin tries all, the others the own company's and, but for the calls that every section
        shares, one more.
        """
        if call.name in CHILDREN:
            some = call.section is None or call.section.id in SOME or self.full
            rows = (OWN, SIBLING) if call.section else (OWN, *FOREIGN)
            first = role is ROLES[BACKOFFICE][0]
            return rows if (first and some) or not allowed else ()
        if self.full or role is ROLES[BACKOFFICE][0]:
            return RELATIONS
        if call.section is not None:
            return (OWN,)
        place = sum(map(ord, f"{call.id}{role.id}")) % len(RELATIONS[1:])
        return (OWN, RELATIONS[1:][place])

    def problems(self, call: Call, line: Line, role: SystemRole) -> Iterator[str]:
        """Try a role's cells of a call and yield what is not as the matrix says."""
        allowed = may(role, line)
        for relation in self.relations(call, role, allowed=allowed):
            if relation not in self.only:
                continue
            tried = self.attempt(call, role, relation)
            if tried is None:
                continue
            outcome, target = tried[0].but(tried[1].said), tried[1]
            self.tally["tried"] += 1
            self.tally["allowed" if outcome.kind == "passed" else "refused"] += 1
            place = f"{call.id}, {role.title}, {relation}"
            for problem in self._judged(call, line, relation, outcome, allowed=allowed):
                self.tally["outside"] += 1
                yield f"{place}: {problem}"
            if allowed and not target.used:
                return  # it is about no rows, so about the actor's company alone

    def _judged(
        self, call: Call, line: Line, relation: str, outcome: Outcome, *, allowed: bool
    ) -> Iterator[str]:
        if outcome.kind == "right" or not allowed or call.right.whole:
            wanted = not allowed or call.right.whole
            if line.call in ALSO_NEEDED and outcome.kind == "sight" and relation in UNSEEN:
                return  # the other right is asked for once there is something to do
            if (outcome.kind == "right") is not wanted:
                yield f"the right is {'missing' if wanted else 'there'}, yet: {outcome}"[:300]
            return
        if line.sight != "whole":
            yield from self._leaks(line, outcome)
        expected = ALSO_REFUSED.get(call.id, ALSO_REFUSED.get(call.name, "$nothing"))
        if outcome.kind == "sight":
            if _granted(line, relation) and not re.search(expected, outcome.told):
                yield f"refused: {outcome.told}"
        elif line.level != VIEW:
            if line.sight != "whole":
                yield from self._changes(call, relation)
            if self.file is not None:
                self.restore()

    def _leaks(self, line: Line, outcome: Outcome) -> Iterator[str]:
        hidden = [WORDS[foreign] for foreign in FOREIGN]
        if line.sight != "down" and outcome.kind == "passed":
            hidden.append(WORDS[DOWN])
        if line.sight == "none":
            hidden += [WORDS[OWN], WORDS[BELOW]]
        told = outcome.told.casefold()
        for word in hidden:
            place = told.find(word.casefold())
            if place >= 0:
                yield f"it tells of {word}: {told[max(place - 80, 0) : place + 80]}"

    def _changes(self, call: Call, relation: str) -> Iterator[str]:
        after = self.rows()
        mine, theirs = self.foreign(self.before), self.foreign(after)
        for name in theirs:
            if theirs[name] != mine[name]:
                rows = sorted(map(str, theirs[name] ^ mine[name]))
                yield f"it changed rows of other tenants in {name}: {rows[:2]}"
        if relation in FOREIGN:
            yield from self._references(after, relation)
            alone = self.file is None or call.id in NEW_ALONE
            if after != self.before and not alone:
                changed = [name for name in after if after[name] != self.before[name]]
                yield f"it was made with rows of another tenant and changed {', '.join(changed)}"

    def _references(self, after: dict[str, Any], relation: str) -> Iterator[str]:
        """Yield new rows that refer to a row of a tenant out of sight."""
        for table in metadata.sorted_tables:
            new = after.get(table.name, set()) - self.before.get(table.name, set())
            for place, column in enumerate(table.columns):
                for key in column.foreign_keys if new else ():
                    out = self._out_of_sight(key.column.table, relation)
                    if any(row[place] in out for row in new):
                        yield f"{table.name}.{column.name} refers to a row of another tenant"

    def _out_of_sight(self, table: sa.Table, relation: str) -> set[Any]:
        names = [column.name for column in table.columns]
        if table.name == "company":
            return {self.world.companies[relation], self.world.rows[relation]["company"]} - {1}
        if "company_id" not in names or "id" not in names or table.name == "bank":
            return set()
        tenant = self.world.companies[relation]
        owner, key = names.index("company_id"), names.index("id")
        handed = {self.world.rows[DOWN].get(kind) for kind in self.world.rows[DOWN]}
        rows = {row[key] for row in self.before[table.name] if row[owner] == tenant}
        return rows - handed


def _all(table: sa.Table) -> str:
    return f"SELECT {', '.join(column.name for column in table.columns)} FROM {table.name}"


def _plain(row: Sequence[Any]) -> tuple[Any, ...]:
    """Return a row with lists and objects as texts, to be put into a set."""
    return tuple(repr(one) if isinstance(one, list | dict) else one for one in row)


def _granted(line: Line, relation: str) -> bool:
    """Return whether rows are there for the actor's company at the level of a line."""
    if relation == DOWN:
        return line.sight == "down" and line.level == VIEW
    return relation in (OWN, BELOW)


def may(role: SystemRole, line: Line) -> bool:
    """Return whether the cells of a role hold the right of a line."""
    actor = Actor("", owner=False, permissions=role.cells, user_id=1)
    exported = not line.export or actor.may(EXPORT, VIEW)
    also = ALSO_NEEDED.get(line.call)
    if also is not None and not actor.may(*also):
        return False
    return line.area == SELF or (actor.may(line.area, line.level) and exported)
