"""Master data in SQL: one row of one table, in a tenant's sight, with what refers to it (ACC-1 …).

A ``Master`` says which table and how its rows are told apart; loading, saving against the version,
deleting what nothing refers to and retiring the rest are then the same for all.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from app.db.functions import contains
from app.db.queries.tenancy import in_sight, sees
from app.db.queries.versioned import save
from app.domain.counting import a
from app.errors import FieldProblem, UserError

LONGEST_ID = 19
"""Digits of a number that may not fit into 64 bits any more."""

Sight = Callable[[int], sa.ColumnElement[bool]]
"""The condition that a row may be seen from a company."""


@dataclass(frozen=True, slots=True)
class Use:
    """A column of another table that refers to a master; ``word`` counts its rows ("agreement")."""

    word: str
    column: sa.Column[Any]


@dataclass(frozen=True, slots=True)
class Reference:
    """A field that names a row of another master: which, and where its shown text stands."""

    master: Master
    label: str = "name"


@dataclass(frozen=True, slots=True)
class Master:
    """A table of master data.

    ``noun`` in sentences ("bank account"); ``fields`` = columns of the form; ``title`` = column
    that names a row; ``unique`` = (columns, sentence with {values}) that tell rows of one tenant
    apart; ``sight`` = what may be seen beside the own subtree (what a tenant hands down).
    ``tenant`` = the column of the tenant; a company's is the one above, and its own id (``keeper``)
    says in whose subtree it is. ``instead`` = what to do with a row that can't be deleted.
    """

    table: sa.Table
    noun: str
    fields: tuple[str, ...]
    title: str = "name"
    references: Mapping[str, Reference] = field(default_factory=dict)
    unique: tuple[tuple[str, ...], ...] = ()
    uses: tuple[Use, ...] = ()
    sight: Sight | None = None
    tenant: str = "company_id"
    keeper: str = "company_id"
    instead: str = ""

    def tenant_of(self, row: Mapping[str, Any]) -> int:
        """Return the tenant of a row; the topmost company is its own."""
        return int(row[self.tenant] or row["id"])

    @property
    def name(self) -> str:
        """Return the table's name, as the audit knows it."""
        return self.table.name

    @property
    def retires(self) -> bool:
        """Return whether rows can be retired instead of deleted."""
        return "retired_at" in self.table.c


def visible(master: Master, company_id: int) -> sa.ColumnElement[bool]:
    """Return the condition that a row is in the sight of a company."""
    own = in_sight(master.table.c[master.keeper], company_id)
    return own if master.sight is None else sa.or_(own, master.sight(company_id))


def find(
    connection: sa.Connection, master: Master, company_id: int, row_id: int, *, own: bool = False
) -> dict[str, Any]:
    """Return a row; ``own``: only one that the company may change, not what is handed down.

    Raises UserError if there is none in sight, or if it is another tenant's to change.
    """
    found = sa.select(master.table).where(master.table.c.id == row_id)
    row = connection.execute(found).mappings().one_or_none() if is_storable(row_id) else None
    mine = row is not None and _keeps(connection, company_id, row[master.keeper])
    if row is None or not (mine or _handed_down(connection, master, company_id, row_id)):
        raise UserError(f"There is no {master.noun} {row_id}: refresh the list.")
    if own and not mine:
        raise UserError(
            f"The {master.noun} {row[master.title]} belongs to your tenant: ask there for changes."
        )
    return dict(row)


def is_storable(row_id: int) -> bool:
    """Return whether a number can be an ID: larger ones fit into no database."""
    return len(str(abs(row_id))) < LONGEST_ID


def all_in_sight(
    connection: sa.Connection, master: Master, company_id: int
) -> list[Mapping[str, Any]]:
    """Return every row in the sight of a company."""
    found = sa.select(master.table).where(visible(master, company_id))
    return [dict(row) for row in connection.execute(found).mappings()]


def is_own(connection: sa.Connection, master: Master, company_id: int, row_id: int) -> bool:
    """Return whether a company may change a row: one of its subtree, not one handed down."""
    keeper = sa.select(master.table.c[master.keeper]).where(master.table.c.id == row_id)
    return _keeps(connection, company_id, connection.execute(keeper).scalar())


def _keeps(connection: sa.Connection, company_id: int, keeper: int | None) -> bool:
    """Return whether the company that keeps a row is in a subtree; rows of nobody are in none."""
    return keeper is not None and sees(connection, company_id, keeper)


def _handed_down(connection: sa.Connection, master: Master, company_id: int, row_id: int) -> bool:
    if master.sight is None:
        return False
    table = master.table
    found = sa.select(table.c.id).where(table.c.id == row_id, master.sight(company_id))
    return connection.execute(found).first() is not None


def insert(
    connection: sa.Connection,
    master: Master,
    values: Mapping[str, Any],
    *,
    now: dt.datetime,
) -> int:
    """Add a row and return its id."""
    _refuse_taken(connection, master, values, None)
    row = {**values, "created_at": now, "updated_at": now}
    # not .values(): a statement with them is built and looked at anew for each row of a file
    made = connection.execute(sa.insert(master.table), row).inserted_primary_key
    assert made is not None
    return int(made[0])


def change(
    connection: sa.Connection,
    master: Master,
    row: Mapping[str, Any],
    version: int,
    values: Mapping[str, Any],
    *,
    now: dt.datetime,
) -> None:
    """Save changed columns of ``row``; Conflict if ``version`` is not the stored one."""
    if row["version"] == version:  # else the other's value may be what is taken
        _refuse_taken(connection, master, {**row, **values}, row["id"])
    save(connection, master.table, row["id"], version, {**values, "updated_at": now})


def delete(connection: sa.Connection, master: Master, row_id: int) -> None:
    """Delete a row that nothing refers to."""
    connection.execute(sa.delete(master.table).where(master.table.c.id == row_id))


def uses(connection: sa.Connection, master: Master, row_id: int) -> dict[str, int]:
    """Return how many rows of each kind refer to a row; only kinds that do."""
    found: dict[str, int] = {}
    for use in master.uses:
        statement = sa.select(sa.func.count()).where(use.column == row_id)
        number = int(connection.execute(statement).scalar_one())
        if number:
            found[use.word] = found.get(use.word, 0) + number
    return found


def labels(connection: sa.Connection, master: Master, row: Mapping[str, Any]) -> dict[str, str]:
    """Return the shown texts of a row's references."""
    shown = {}
    for name, reference in master.references.items():
        if row[name] is not None:
            table = reference.master.table
            text = sa.select(table.c[reference.label]).where(table.c.id == row[name])
            shown[name] = str(connection.execute(text).scalar_one())
    return shown


def referred(
    connection: sa.Connection,
    master: Master,
    company_id: int,
    titles: Mapping[str, str],
    values: Mapping[str, Any],
    stored: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return ``values`` with references as ids.

    Raises FieldProblem for what is out of sight, or retired and not in the ``stored`` row already.
    """
    checked = dict(values)
    problems = {}
    for name, reference in master.references.items():
        if values.get(name) in (None, ""):
            if name in checked:
                checked[name] = None
            continue
        title = titles.get(name, name)
        gone = f"{title} is not there any more: choose another one."
        if not _is_id(str(values[name])):
            problems[name] = gone
            continue
        try:
            checked[name] = int(values[name])
            row = find(connection, reference.master, company_id, checked[name])
        except UserError:
            problems[name] = gone
            continue
        new = stored is None or stored[name] != checked[name]
        if new and row.get("retired_at") is not None:
            problems[name] = retired_problem(title, row[reference.label])
    if problems:
        raise FieldProblem(problems)
    return checked


def retired_problem(title: str, name: str) -> str:
    """Return why a field may not name a retired row that it did not name before."""
    return f"{title}: {name} is retired; choose another one, or use it again first."


def _is_id(text: str) -> bool:
    """Return whether a text can be an id: digits that fit into 64 bits."""
    return text.isascii() and text.isdecimal() and len(text) < LONGEST_ID


def matching(
    connection: sa.Connection,
    master: Master,
    company_id: int,
    *conditions: sa.ColumnElement[bool],
    label: sa.ColumnElement[str] | None = None,
    text: str = "",
    most: int = 2000,
) -> list[tuple[str, str]]:
    """Return (id as text, shown text) of the rows in sight that are in use, by name.

    Only those whose shown text holds every word of ``text``, so that no row is out of reach; a
    word may also be the whole id, by which forms find the shown text of a value.
    """
    table = master.table
    shown = table.c[master.title] if label is None else label
    words = [
        sa.or_(contains(shown, word), table.c.id == (int(word) if _is_id(word) else None))
        for word in text.split()
    ]
    statement = sa.select(table.c.id, shown).where(visible(master, company_id), *conditions, *words)
    if master.retires:
        statement = statement.where(table.c.retired_at.is_(None))
    rows = connection.execute(statement.order_by(shown, table.c.id).limit(most))
    return [(str(row_id), str(name)) for row_id, name in rows]


def _refuse_taken(
    connection: sa.Connection, master: Master, values: Mapping[str, Any], row_id: int | None
) -> None:
    table = master.table
    for columns in master.unique:
        if any(values.get(name) is None for name in columns):
            continue
        same = sa.select(table.c.id).where(*(table.c[name] == values[name] for name in columns))
        if row_id is not None:
            same = same.where(table.c.id != row_id)
        if connection.execute(same).first() is not None:
            named = next(name for name in columns if name in master.fields)
            shown = values[named]
            raise FieldProblem(
                {named: f'There is {a(master.noun)} "{shown}" already: choose another one.'}
            )
