"""Two people on one record: nothing is lost, nobody sees a stack trace (GEN-4).

Every section that creates is raced: the same new record twice, many edits of one record, an edit
against a deletion. The normal run has a small dose of each, the long run 500 edits for each
database.
"""

from __future__ import annotations

import math
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import pytest

from app.domain.sections import Kind, Section
from app.errors import Conflict, FieldProblem, UserError
from app.sections import section
from app.services import records
from app.services.context import Context
from tests.contracts.cases import Case
from tests.contracts.test_sections import CASES

EDITS, LONG = 30, 500
"""Races of two editors for each database, spread over the sections."""

GIVE_UP_SECONDS = 60
LEAST = 20
"""Letters of a sentence that says something."""

NAMED = {"name", "code", "email"}
"""Fields of which a test can make up another value."""


@dataclass(frozen=True, slots=True)
class Ran:
    """What one of the two got: a value, or the sentence that refused it."""

    who: str
    value: Any = None
    problem: UserError | None = None


@pytest.fixture(scope="session")
def tally() -> Iterator[Counter[str]]:
    """Count what was raced; the long run shows it with -s."""
    found: Counter[str] = Counter()
    yield found
    print("\n" + ", ".join(f"{word}: {number}" for word, number in sorted(found.items())))


def people(office: Context) -> tuple[Context, Context]:
    """Return two people at their own programs' commands."""
    ann, bob = (replace(office, actor=replace(office.actor, name=n)) for n in ("Ann", "Bob"))
    return ann, bob


def race(
    office: Context, first: Callable[[Context], Any], second: Callable[[Context], Any]
) -> tuple[Ran, Ran]:
    """Let two people act at the same moment; anything but a UserError fails the test."""
    barrier = threading.Barrier(2)

    def act(ctx: Context, do: Callable[[Context], Any]) -> Ran:
        barrier.wait(GIVE_UP_SECONDS)
        try:
            return Ran(ctx.actor.name, do(ctx))
        except UserError as problem:
            return Ran(ctx.actor.name, problem=problem)

    ann, bob = people(office)
    with ThreadPoolExecutor(2) as both:
        one, other = both.submit(act, ann, first), both.submit(act, bob, second)
        return one.result(GIVE_UP_SECONDS), other.result(GIVE_UP_SECONDS)


def split(results: tuple[Ran, Ran]) -> tuple[list[Ran], list[Ran]]:
    """Return who won and who lost."""
    return [r for r in results if r.problem is None], [r for r in results if r.problem is not None]


def is_clear(problem: UserError | None) -> bool:
    """Tell whether a refusal is made of whole sentences."""
    texts = problem.problems.values() if isinstance(problem, FieldProblem) else [str(problem)]
    return all(len(text) > LEAST and text.endswith(".") for text in texts)


# ------------------------------------------------------------------------------ the races


def made_at_once(office: Context, chosen: Section, values: dict[str, Any]) -> int:
    """Race the same new record; return the id of the one that there is then."""
    results = race(
        office,
        lambda ctx: records.create(ctx, chosen, dict(values)),
        lambda ctx: records.create(ctx, chosen, dict(values)),
    )
    won, lost = split(results)
    assert len(won) == 1, results
    assert is_clear(lost[0].problem), lost
    return int(won[0].value)


def edited_at_once(office: Context, chosen: Section, record_id: int, field: str, two: Any) -> None:
    """Race two edits of one field from the same version; the second is told, field by field."""
    before = records.load(office, chosen, record_id)

    def save(value: Any) -> Callable[[Context], Any]:
        def run(ctx: Context) -> Any:
            records.update(ctx, chosen, record_id, before.version, {field: value})
            return value

        return run

    results = race(office, save(two[0]), save(two[1]))
    won, lost = split(results)
    assert len(won) == 1, results
    after = records.load(office, chosen, record_id)
    assert after.version == before.version + 1
    assert str(after.values[field]) == str(won[0].value), "the winner's value stays"
    assert after.updated_by == won[0].who
    problem = lost[0].problem
    assert isinstance(problem, records.RecordConflict), problem
    assert is_clear(problem)
    assert problem.record.version == after.version
    theirs = {name: str(stored) for name, stored, _ in problem.differences}
    assert theirs == {field: str(won[0].value)}


def deleted_at_once(
    office: Context, chosen: Section, record_id: int, field: str, value: Any
) -> None:
    """Race an edit with a deletion; the record is gone, or both know that it is not."""
    before = records.load(office, chosen, record_id)
    results = race(
        office,
        lambda ctx: records.remove(ctx, chosen, [record_id]),
        lambda ctx: records.update(ctx, chosen, record_id, before.version, {field: value}),
    )
    deletion, edit = results
    assert all(is_clear(r.problem) for r in split(results)[1]), results
    if deletion.problem is None:
        with pytest.raises(UserError, match="There is no"):
            records.load(office, chosen, record_id)
    else:
        assert isinstance(deletion.problem, Conflict), deletion
        assert edit.problem is None
        records.remove(office, chosen, [record_id])


def two_values(chosen: Section, case: Case, record: Any, changes: dict[str, Any]) -> Any:
    """Return the values that two people give a field; what it is now, and what it is changed to."""
    field = {f.name: f for f in chosen.form}[case.field]
    value = changes[case.field]
    if field.kind in {Kind.TEXT, Kind.LONG_TEXT}:
        return value, f"{value} again"
    return value, record.values[case.field]


def _another(case: Case, values: dict[str, Any], number: int) -> dict[str, Any]:
    """Return the values of another record, by another name."""
    taken = f"race{number}.{values['email']}" if case.taken == "email" else f"Race {number}"
    return {**values, case.taken: taken}


def _dose(edits: int) -> int:
    return math.ceil(edits / len(CASES))


@pytest.mark.parametrize("edits", [EDITS, pytest.param(LONG, marks=pytest.mark.soak)])
@pytest.mark.parametrize("name", sorted(CASES))
def test_two_people_on_one_record(
    office: Context, tally: Counter[str], name: str, edits: int
) -> None:
    chosen, case = section(name), CASES[name]
    values, changes = case.made(office)
    if case.taken:
        record_id = made_at_once(office, chosen, values)
        tally["the same new record"] += 1
    else:
        record_id = records.create(office, chosen, values)
    both = two_values(chosen, case, records.load(office, chosen, record_id), changes)
    for number in range(_dose(edits)):
        edited_at_once(office, chosen, record_id, case.field, both[:: 1 - 2 * (number % 2)])
        tally[f"two edits, {office.database.kind}"] += 1
    if chosen.remove:
        deleted_at_once(office, chosen, record_id, case.field, both[0])
        tally["edit and deletion"] += 1


@pytest.mark.parametrize("times", [2, pytest.param(25, marks=pytest.mark.soak)])
@pytest.mark.parametrize("name", sorted(n for n, case in CASES.items() if case.taken in NAMED))
def test_two_people_make_and_delete(
    office: Context, tally: Counter[str], name: str, times: int
) -> None:
    chosen, case = section(name), CASES[name]
    values, changes = case.made(office)
    for number in range(times):
        record_id = made_at_once(office, chosen, _another(case, values, number))
        tally["the same new record"] += 1
        if chosen.remove:
            deleted_at_once(office, chosen, record_id, case.field, changes[case.field])
            tally["edit and deletion"] += 1
