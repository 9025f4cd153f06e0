"""An operator's database of each kind, and a way to load tables into it."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from app.db.engine import open_database
from app.errors import UserError
from app.sections import section
from app.services.bulk import load_file
from app.services.bulk.load_file import load_records
from app.services.bulk.loads import load_named
from app.services.bulk.outcomes import Loaded, LoadRequest
from app.services.bulk.table import Table, tables_from, tables_of
from app.services.context import Actor, Context
from app.services.tariffs.scopes import NewScope, add_scope
from app.services.tariffs.services import NewService, add_service
from tests.db.conftest import postgres, postgres_template, sqlite_template, target, template

__all__ = ["postgres", "postgres_template", "sqlite_template", "target", "template"]

NOW = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
Rows = Sequence[Sequence[str]]
Load = Callable[..., Loaded]


@pytest.fixture
def desk(target: str | Path) -> Any:
    """The context of the owner of an operator that sells one service and a bundle."""
    with open_database(target, create=False) as database:
        ctx = Context(Actor("Ann"), database, clock=lambda: NOW)
        add_service(ctx, NewService("SMS Europe", currency="EUR"))
        add_scope(ctx, NewScope("SMS Europe", "2026-01-01"))
        add_service(ctx, NewService("Chat plan", type="bundle_initiator"))
        add_service(ctx, NewService("Chat 500", type="bundle_pack", size="500"))
        yield ctx


def read_here(file: Path, **_: Any) -> tuple[Table, ...]:
    """Read tables without a child, which takes a second to start; the command line has one."""
    found = tables_of(file, lambda *_: None)
    if "problem" in found:
        raise UserError(found["problem"])
    return tables_from(file.name, found)


@pytest.fixture
def load(desk: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Load:
    """Load rows, the first of which are the headings, and return what came of them."""
    monkeypatch.setattr(load_file, "read_tables", read_here)

    def run(
        name: str, rows: Rows, *, ctx: Context = desk, file: Path | None = None, **options: Any
    ) -> Loaded:
        if file is None:
            file = tmp_path / f"{name}.csv"
            _write(file, rows)
        return load_records(ctx, section(load_named(name).section_id), LoadRequest(file, **options))

    return run


def _write(file: Path, rows: Rows) -> None:
    with file.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(rows)


def values(ctx: Context, section_id: str, name: str) -> dict[str, Any]:
    """Return what the form of the record with a title shows."""
    from app.domain.records import ListQuery
    from app.services import records

    chosen = section(section_id)
    for row_id in records.keys(ctx, chosen, ListQuery(section_id)):
        record = records.load(ctx, chosen, row_id)
        if record.title == name:
            return record.values
    raise AssertionError(f"no {section_id} {name}")
