"""The permission matrix: every service call × every role × whose rows it is about (USR-2, USR-3).

``matrix/matrix.csv`` is the matrix. Each call is made by people of a reseller in a network of
companies on four levels, about rows of their own company, of one below, of a sibling, of their
tenant, of a company elsewhere, and about what their tenant hands down. A call without a line fails;
so does one that can't be made, that tells of rows out of sight, or that changes them.
"""

from __future__ import annotations

import csv
import importlib
import pkgutil
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import keyring
import pytest
from argon2 import PasswordHasher
from keyring.backends import fail

import app.services
from app.db.engine import open_database
from app.domain.permissions import AREAS, BACKOFFICE, EXPORT, ROLES, SELF, VIEW, SystemRole
from app.services.access import hashing
from tests.contracts.matrix import calls as made
from tests.contracts.matrix.arguments import BY_NAME
from tests.contracts.matrix.cells import CHILDREN, FILE, SIGHTS, Line, Office, line_of, lines
from tests.contracts.matrix.world import FOREIGN, OTHER, OWN, SIBLING, World, build
from tests.helpers.postgres import PostgresServer

for _module in pkgutil.walk_packages(app.services.__path__, "app.services."):
    importlib.import_module(_module.name)
CALLS = made.calls()
ADMIN = ROLES[BACKOFFICE][0]
GROUPS = sorted({call.id.split(".")[0] for call in CALLS})


@pytest.fixture(scope="module", autouse=True)
def own_machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A machine without a key store, that hashes passwords quickly."""
    before = keyring.get_keyring()
    keyring.set_keyring(fail.Keyring())
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_DATA_HOME", str(tmp_path_factory.mktemp("data")))
        patch.setattr(hashing, "MEMORY_KIB", 64)
        quick = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
        patch.setattr(hashing, "_HASHER", quick)
        yield
    keyring.set_keyring(before)


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory, own_machine: None) -> tuple[Path, World]:
    """The network in a SQLite file that nobody changes."""
    template = tmp_path_factory.mktemp("network") / "network.db"
    with open_database(template, create=True) as database:
        return template, build(database)


@pytest.fixture(scope="module")
def tally() -> Iterator[Counter[str]]:
    """Counts the cells of the whole run and tells them at its end."""
    counted: Counter[str] = Counter()
    yield counted
    print(
        f"\npermission matrix: {counted['tried']} cells tried, {counted['refused']} refused, "
        f"{counted['allowed']} allowed; allowed outside the matrix: {counted['outside']}"
    )


@pytest.fixture
def office(
    network: tuple[Path, World],
    tmp_path: Path,
    tally: Counter[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Office]:
    template, world = network
    file = tmp_path / "network.db"
    shutil.copy(template, file)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with open_database(file, create=False) as database:
        opened = Office(world, database, file, template, tmp_path)
        yield opened
    tally.update(opened.tally)


def needed(call: made.Call) -> Line:
    """Return the line of a call; a failed test says what to add if there is none."""
    known = lines()
    if call.id not in known:
        wanted = line_of(call, "own")
        pytest.fail(
            f"{call.id} is not in {FILE.name}: add the line\n"
            f"{wanted.call},{wanted.area},{wanted.level},{wanted.export},SIGHT\n"
            f"with one of {', '.join(SIGHTS)} (see cells.py there) for SIGHT."
        )
    return known[call.id]


# ------------------------------------------------------------------------------ the file


def test_every_call_has_its_line_and_no_line_is_left_over() -> None:
    for call in CALLS:
        line = needed(call)
        assert line.sight in SIGHTS
        assert line == line_of(call, line.sight), "its right has changed: is that meant?"
    left = lines().keys() - {call.id for call in CALLS}
    assert not left, "lines of calls that are gone: take them out"


def test_no_way_of_calling_is_left_over() -> None:
    known = {call.name for call in CALLS}
    assert BY_NAME.keys() <= known
    assert {f"{module}" for module in made.KINDS} <= {name.rpartition(".")[0] for name in known}


def test_what_takes_data_out_asks_for_the_right_to() -> None:
    exports = {call.name for call in CALLS if call.right.export}
    named = {call.name for call in CALLS if call.verb.startswith(("export", "backup"))}
    assert named <= exports


@pytest.mark.parametrize("call", [c for c in CALLS if c.right.export], ids=lambda call: call.id)
def test_nobody_takes_data_out_without_the_right_to(office: Office, call: made.Call) -> None:
    cells = frozenset(cell for cell in ADMIN.cells if cell[0] != EXPORT)
    outcome, _ = office.attempt(call, replace(ADMIN, cells=cells), OWN) or (None, None)
    assert outcome is not None
    assert outcome.kind == "right", outcome


def test_the_cells_of_the_system_roles_are_those_written_down() -> None:
    with FILE.with_name("roles.csv").open(encoding="utf-8", newline="") as stream:
        written = {
            (line["application"], line["area"], line["role"]): line["level"]
            for line in csv.DictReader(stream)
        }
    found = {
        (application, area.id, role.id): dict(role.cells).get(area.id, "none")
        for application, areas in AREAS.items()
        for area in areas
        for role in ROLES[application]
    }
    assert found == written


# ------------------------------------------------------------------------------ the cells


@pytest.mark.parametrize("group", GROUPS)
def test_cells(office: Office, group: str) -> None:
    found = [
        problem
        for call in CALLS
        if call.id.split(".")[0] == group
        for role in ROLES[BACKOFFICE]
        for problem in office.problems(call, needed(call), role)
    ]
    assert not found, "\n".join(found)


@pytest.mark.soak
@pytest.mark.parametrize("role", ROLES[BACKOFFICE][1:], ids=lambda role: role.id)
def test_cells_of_each_role_about_everybodys_rows(office: Office, role: SystemRole) -> None:
    office.full = True
    found = [problem for call in CALLS for problem in office.problems(call, needed(call), role)]
    assert not found, "\n".join(found)


@pytest.fixture(scope="module")
def postgres() -> Iterator[PostgresServer]:
    server = PostgresServer()
    yield server
    server.stop()


@pytest.mark.soak
@pytest.mark.postgres
def test_cells_on_a_server(
    postgres: PostgresServer, tmp_path: Path, own_machine: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    address = postgres.address(postgres.create_database())
    with open_database(address, create=True) as database:
        office = Office(build(database), database, None, tmp_path, tmp_path)
        looking_first = sorted(CALLS, key=lambda call: call.right.level != VIEW)
        found = [problem for call in looking_first for problem in _on_a_server(office, call)]
    assert not found, "\n".join(found)


def _on_a_server(office: Office, call: made.Call) -> Iterator[str]:
    """Try what changes nothing there: an admin's look, and changes of rows out of sight."""
    if call.name not in CHILDREN and call.right.area != SELF:
        office.only = (OWN, *FOREIGN) if call.right.level == VIEW else (SIBLING, OTHER)
        yield from office.problems(call, needed(call), ADMIN)
