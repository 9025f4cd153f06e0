"""One small office on each kind of database, with something in every section."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.bootstrap import open_session
from app.db.queries.learned import LearnedMatch, remember
from app.services.context import Context
from app.services.dictionary_changes import add_entry
from app.services.tariffs.import_file import ImportRequest, import_file
from app.services.tariffs.scopes import NewScope, add_scope
from app.services.tariffs.services import NewService, add_service
from importers.choices import Choices
from tests.contracts.cases import (
    access,
    agreements,
    banks,
    companies,
    control,
    dictionaries,
    enabled,
)
from tests.helpers.postgres import PostgresServer, Unavailable

BOTH = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    try:
        server = PostgresServer()
    except Unavailable as reason:
        pytest.skip(str(reason))
    yield server
    server.stop()


@pytest.fixture(scope="session", params=BOTH)
def office(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Context]:
    """A context of the owner; tests may add to it, and change what they added themselves."""
    yield from opened_office(request, tmp_path_factory)


def opened_office(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Context]:
    """Yield a context on a new office of the kind in ``request.param``."""
    folder = tmp_path_factory.mktemp("office")
    target = str(folder / "office.db")
    if request.param == "postgresql":
        server: PostgresServer = request.getfixturevalue("postgres")
        target = server.address(server.create_database())
    session = open_session(target, create=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tempfile, "tempdir", str(folder))
        _fill(session.context(), folder)
    yield session.context()
    session.close()


def _fill(ctx: Context, folder: Path) -> None:
    add_service(ctx, NewService("Nordwind SMS", currency="EUR", side="cost"))
    add_service(ctx, NewService("Pack", type="unit_pack", size="1000", description="=1+1"))
    add_scope(ctx, NewScope("Nordwind SMS", "2026-01-01"))
    add_scope(ctx, NewScope("Nordwind SMS", "2099-01-01", draft=True))
    price_list = folder / "list.csv"
    price_list.write_text(
        "Country,MCCMNC,Price\nDE,26201,0.05\nDE,26202,0.06\nFR,20801,0.04\n", encoding="utf-8"
    )
    outcome = import_file(
        ctx,
        ImportRequest(
            file=price_list,
            service="Nordwind SMS",
            choices=Choices(),
            vendor="Nordwind",
            save_profile="Nordwind monthly",
        ),
    )
    assert outcome.import_id, outcome
    with ctx.database.write() as connection:
        match = LearnedMatch("country", "", "allemagne", "DE")
        remember(connection, ctx.actor.company_id, [match], actor="Ann", now=ctx.clock())
    add_entry(ctx, "pricing_category", "vip", [])
    for part in (banks, companies, agreements, control, enabled, access, dictionaries):
        part.fill(ctx)
