"""Whatever changes data leaves its entry in the audit, in the same transaction (USR-6, F15).

Every statement of the database is watched while every section's services run: a transaction that
changes a table and commits without an entry fails, whichever way it was reached.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from app.db.tables.audit import audit
from app.domain.records import ListQuery
from app.domain.sections import Command, Section
from app.errors import UserError
from app.sections import SECTIONS
from app.sections.audit import FORMS, OBJECTS
from app.services import records
from app.services.context import SERVICES, Context
from app.services.control import audit_verify
from tests.contracts.conftest import BOTH, opened_office
from tests.contracts.test_sections import ARGUMENTS, CASES

CHANGES = re.compile(r"\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+\"?(\w+)", re.IGNORECASE)

NO_FACTS = {"due_lease", "audit_link"}
"""Tables that hold no data of anybody: who does the due work now, the seals of the entries."""

CALLED_OTHERWISE = {"due_work"}
"""Sections without a row of a person: their commands do what is due, each thing with its entry."""


@pytest.fixture(scope="module", params=BOTH)
def desk(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Context]:
    """An office of its own: its commands are all carried out."""
    yield from opened_office(request, tmp_path_factory)


@dataclass
class Watch:
    """The tables that transactions changed; ``silent`` = those that told the audit nothing."""

    now: dict[int, set[str]] = field(default_factory=dict)
    silent: list[set[str]] = field(default_factory=list)
    told: int = 0

    def executed(self, connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        found = CHANGES.match(statement)
        if found:
            self.now.setdefault(id(connection), set()).add(found[1].lower())

    def committed(self, connection: Any) -> None:
        tables = self.now.pop(id(connection), set())
        if "audit" in tables:
            self.told += 1
        elif tables - NO_FACTS:
            self.silent.append(tables)

    def undone(self, connection: Any) -> None:
        self.now.pop(id(connection), None)


@contextmanager
def watched(engine: sa.Engine) -> Iterator[Watch]:
    """Watch every statement of an engine."""
    watch = Watch()
    listeners = (
        ("before_cursor_execute", watch.executed),
        ("commit", watch.committed),
        ("rollback", watch.undone),
    )
    for name, listener in listeners:
        event.listen(engine, name, listener)
    try:
        yield watch
    finally:
        for name, listener in listeners:
            event.remove(engine, name, listener)


def command_of(ctx: Context, who: str) -> Context:
    """Return a context for one command of a person."""
    actor = replace(ctx.actor, name=who)
    return replace(ctx, actor=actor, operation=Context(actor, ctx.database).operation)


def entries(ctx: Context) -> list[Any]:
    """Return what a command left in the audit."""
    statement = sa.select(audit).where(audit.c.operation_id == ctx.operation).order_by(audit.c.id)
    with ctx.database.read() as connection:
        return list(connection.execute(statement).mappings())


def check_told(ctx: Context, name: str) -> None:
    found = entries(ctx)
    assert found, f"{name} left no entry in the audit"
    assert {row["actor"] for row in found} <= {ctx.actor.name, "due work"}
    assert all(row["address"] and row["action"] and row["table_name"] for row in found)


def test_the_watch_sees_silent_changes(desk: Context) -> None:
    with watched(desk.database.engine) as watch, desk.database.write() as connection:
        connection.execute(sa.text("UPDATE bank SET description = description"))
    assert watch.silent == [{"bank"}]


@pytest.mark.parametrize("name", sorted(CASES))
def test_records_made_changed_and_removed_are_told(desk: Context, name: str) -> None:
    chosen, case = {s.id: s for s in SECTIONS}[name], CASES[name]
    values, changes = case.made(desk)
    with watched(desk.database.engine) as watch:
        made = command_of(desk, "Ann")
        record_id = records.create(made, chosen, values)
        check_told(made, f"{name}.create")
        changed = command_of(desk, "Bob")
        version = records.load(desk, chosen, record_id).version
        records.update(changed, chosen, record_id, version, changes)
        check_told(changed, f"{name}.update")
        last = entries(changed)[-1]
        assert last["old"] != last["new"]
        if chosen.remove:
            gone = command_of(desk, "Eve")
            records.remove(gone, chosen, [record_id])
            check_told(gone, f"{name}.remove")
            assert entries(gone)[0]["old"], "what it was is kept"
    assert watch.silent == []


COMMANDS = [
    (chosen, command)
    for chosen in SECTIONS
    for command in chosen.commands
    if command.service and SERVICES.get(f"app.services.{command.service}")
]


def answers(ctx: Context, command: Command, ids: list[int]) -> list[dict[str, Any]]:
    """Return what a command that asks is told: what it proposes itself."""
    if not command.asks:
        return []
    found = records.named_service(command.suggest)(ctx, ids)
    return [{name: value for name, (value, _) in found.items()}]


@pytest.mark.parametrize(
    ("chosen", "command"), COMMANDS, ids=[f"{s.id}-{c.id}" for s, c in COMMANDS]
)
def test_commands_of_lists_are_told(desk: Context, chosen: Section, command: Command) -> None:
    """A command that does something tells it; one that is refused leaves nothing."""
    asked = ListQuery(chosen.id, arguments=ARGUMENTS.get(chosen.id, ()))
    ids = [[]] if command.needs == "none" else [[n] for n in records.keys(desk, chosen, asked)]
    service = records.named_service(command.service)
    with watched(desk.database.engine) as watch:
        for some in ids[:20]:
            own = command_of(desk, "Ann")
            try:
                service(own, some, *answers(own, command, some))
            except UserError:
                assert entries(own) == []
                continue
            if watch.told and chosen.id not in CALLED_OTHERWISE:
                check_told(own, command.service)
                break
    assert watch.silent == []


def test_the_whole_trail_holds(desk: Context) -> None:
    verdict = audit_verify.verify(desk)
    assert verdict.sound, verdict.breaks
    assert verdict.entries > len(SECTIONS)


def test_every_kind_of_object_has_its_word(desk: Context) -> None:
    with desk.database.read() as connection:
        told = set(connection.execute(sa.select(audit.c.table_name).distinct()).scalars())
    assert told <= {choice.value for choice in OBJECTS}


def test_entries_lead_to_sections_there_are() -> None:
    known = {s.id: s for s in SECTIONS}
    titles = {choice.value: choice.title for choice in OBJECTS}
    for table, names in FORMS.items():
        assert table in sa.inspect(audit).metadata.tables, table
        assert set(names) <= set(known)
        assert titles[table].lower() == known[names[0]].singular.lower(), "one word for one thing"
