"""The SQL behind lists: one order and one set of rows on both databases, whatever the script."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.db.engine import Database, open_database
from app.db.queries import list_sources, lists
from app.db.queries.profiles import create_profile
from app.db.queries.rate_places import places_of
from app.db.queries.scopes import ScopeRecord, create_scope
from app.db.queries.services import create_service
from app.db.queries.vendors import ensure_vendor
from app.db.tables.companies import SYSTEM_OWNER
from app.domain.records import Filter, Group, ListQuery, Summary
from app.errors import Cancelled
from tests.db.conftest import BOTH, NOW
from tests.db.trees import ROOT_ONLY, Values, branch, commit, flat

NAMES = ["apfel", "Äpfel", "Zürich", "МОСКВА", "москва", "100% pur", "a_b", "back\\slash", "ΣΊΓΜΑ"]
SEARCH = ("name", "description")


@pytest.fixture(scope="module", params=BOTH)
def listed(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    """Services with awkward names, two with a size, half of them in euro; tests only read them."""
    if request.param == "sqlite":
        path = tmp_path_factory.mktemp("listed") / "listed.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        target: str | Path = path
    else:
        server = request.getfixturevalue("postgres")
        template = request.getfixturevalue("postgres_template")
        target = server.address(server.create_database(template=template))
    with open_database(target, create=False) as database:
        _fill(database)
        yield database


def _fill(database: Database) -> None:
    with database.write() as connection:
        for number, name in enumerate(NAMES):
            create_service(
                connection,
                SYSTEM_OWNER,
                name=name,
                now=NOW + dt.timedelta(days=number),
                currency="EUR" if number % 2 else "USD",
                size=Decimal("99999999999999.9999") if number < 2 else None,
                description="" if number else "first",
            )


def _never() -> None:
    """Let a list be read to its end."""


def _source(name: str = "services", **arguments: str) -> lists.Source:
    return list_sources.source(name, lists.Asked(SYSTEM_OWNER, NOW, arguments))


def _names(database: Database, *filters: Filter, **asked: object) -> list[str]:
    query = ListQuery("services", filters=filters, **asked)  # type: ignore[arg-type]
    with database.read() as connection:
        ids = lists.keys(connection, _source(), query, search=SEARCH, check=_never)
        matching, _ = lists.count(connection, _source(), query, search=SEARCH)
        assert matching == len(ids)
        assert lists.first_ids(connection, _source(), query, search=SEARCH, limit=3) == list(
            ids[:3]
        )
        return [row[1] for row in lists.rows_by_keys(connection, _source(), ["name"], ids)]


def _ordered(names: list[str]) -> list[str]:
    return sorted(names, key=lambda name: (name.lower().encode(), name.encode()))


def test_rows_outside_of_what_a_list_is_a_part_of_are_not_counted(listed: Database) -> None:
    euro = Filter("currency", "equals", ("EUR",))
    big = Filter("size", "filled")
    assert sorted(_names(listed, within=(euro,))) == sorted(NAMES[1::2])
    assert _names(listed, big, within=(euro,)) == [NAMES[1]]
    with listed.read() as connection:
        for filters, matching in (((), len(NAMES[1::2])), ((big,), 1)):
            query = ListQuery("services", filters=filters, within=(euro,))
            found = lists.count(connection, _source(), query, search=SEARCH)
            assert found == (matching, len(NAMES[1::2]))


def test_item_08_texts_are_sorted_without_case_and_then_as_written(listed: Database) -> None:
    assert _names(listed) == _ordered(NAMES)
    assert _names(listed, sorts=(("name", False),)) == _ordered(NAMES)
    assert _names(listed, sorts=(("name", True),)) == _ordered(NAMES)[::-1]


def test_item_08_nothing_stands_last_in_both_directions(listed: Database) -> None:
    for descending in (False, True):
        assert set(_names(listed, sorts=(("size", descending),))[:2]) == set(NAMES[:2])


def test_item_08_what_an_outer_join_did_not_find_stands_last(database: Database) -> None:
    with database.write() as connection:
        for name in ("Beta", "alpha", ""):
            found = ensure_vendor(connection, SYSTEM_OWNER, name, now=NOW) if name else None
            create_profile(
                connection,
                SYSTEM_OWNER,
                name=f"of {name}",
                vendor_id=found and found.id,
                signature="",
                settings={},
                now=NOW,
            )
    source = _source("profiles")
    with database.read() as connection:
        for descending, order in (
            (False, ["alpha", "Beta", None]),
            (True, ["Beta", "alpha", None]),
        ):
            query = ListQuery("profiles", sorts=(("vendor", descending),))
            ids = lists.first_ids(connection, source, query, search=(), limit=9)
            assert [r[1] for r in lists.rows_by_keys(connection, source, ["vendor"], ids)] == order
            groups = lists.groups(
                connection, source, query, by=("vendor",), sums=(), search=(), limit=9
            )
            assert [group.values[0] for group in groups] == order


def test_item_08_several_keys_and_the_id_between_equals(listed: Database) -> None:
    euro, dollar = NAMES[1::2], NAMES[::2]
    assert _names(listed, sorts=(("currency", True), ("id", True))) == dollar[::-1] + euro[::-1]
    assert _names(listed, sorts=(("currency", False), ("created_at", True))) == (
        euro[::-1] + dollar[::-1]
    )


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (Filter("name", "contains", ("ÄPF",)), ["Äpfel"]),
        (Filter("name", "contains", ("PFEL",)), ["apfel", "Äpfel"]),
        (Filter("name", "contains", ("москв",)), ["МОСКВА", "москва"]),
        (Filter("name", "contains", ("%",)), ["100% pur"]),
        (Filter("name", "contains", ("_",)), ["a_b"]),
        (Filter("name", "contains", ("\\",)), ["back\\slash"]),
        (Filter("name", "contains", ("\0",)), []),
        (Filter("name", "contains", ("\ud800",)), []),
        (Filter("name", "equals", ("Москва",)), ["МОСКВА", "москва"]),
        (Filter("name", "in", ("APFEL", "zürich")), ["apfel", "Zürich"]),
        (Filter("name", "starts", ("БЕ",)), []),
        (Filter("name", "starts", ("мос",)), ["МОСКВА", "москва"]),
        (Filter("name", "starts", ("100%",)), ["100% pur"]),
        (Filter("name", "between", ("apfel", "b")), ["apfel"]),
        (Filter("name", "gt", ("М",)), ["МОСКВА", "москва"]),
        (Filter("size", "empty"), NAMES[2:]),
        (Filter("size", "filled"), NAMES[:2]),
        (Filter("size", "ge", (Decimal("99999999999999.9999"),)), NAMES[:2]),
        (Filter("size", "gt", (Decimal("99999999999999.9999"),)), []),
        (Filter("size", "differs", (Decimal(1),)), NAMES),
        (Filter("description", "empty"), NAMES[1:]),
        (Filter("description", "contains", ("IRS",)), NAMES[:1]),
        (Filter("currency", "equals", ("EUR",)), NAMES[1::2]),
        (Filter("currency", "differs", ("EUR",)), NAMES[::2]),
        (Filter("state", "in", ("none", "draft")), NAMES),
        (Filter("id", "le", (2,)), NAMES[:2]),
        (Filter("created_at", "le", (NOW,)), NAMES[:1]),
        (Filter("created_at", "equals", (NOW,)), NAMES[:1]),
    ],
)
def test_item_09_filters(listed: Database, asked: Filter, found: list[str]) -> None:
    names = _names(listed, asked)
    assert sorted(names) == sorted(found)
    excludes = {"contains": "excludes", "empty": "filled"}.get(asked.op)
    if excludes:
        others = _names(listed, Filter(asked.column, excludes, asked.values))
        assert sorted([*names, *others]) == sorted(NAMES)


def test_item_09_a_date_means_its_whole_local_day(listed: Database) -> None:
    days = [(NOW + dt.timedelta(days=n)).astimezone().date() for n in range(len(NAMES))]
    assert _names(listed, Filter("created_at", "equals", (days[2],))) == [NAMES[2]]
    assert len(_names(listed, Filter("created_at", "gt", (days[2],)))) == len(NAMES) - 3
    assert len(_names(listed, Filter("created_at", "ge", (days[2],)))) == len(NAMES) - 2
    assert len(_names(listed, Filter("created_at", "lt", (days[2],)))) == 2
    assert len(_names(listed, Filter("created_at", "le", (days[2],)))) == 3
    assert len(_names(listed, Filter("created_at", "between", (days[2], days[4])))) == 3
    assert len(_names(listed, Filter("created_at", "in", (days[2], days[4])))) == 2
    assert len(_names(listed, Filter("created_at", "differs", (days[2],)))) == len(NAMES) - 1


def test_item_10_search_wants_every_word_in_some_column(listed: Database) -> None:
    assert _names(listed, search="apf FIRST") == ["apfel"]
    assert _names(listed, search="100 pur") == ["100% pur"]
    assert _names(listed, search="apf москва") == []


def test_sums_of_great_amounts_are_exact(listed: Database) -> None:
    source, query = _source(), ListQuery("services")
    size = Decimal("99999999999999.9999")
    with listed.read() as connection:
        ids = lists.keys(connection, source, query, search=(), check=_never)
        for chosen in (None, ids):
            sums = lists.summaries(
                connection,
                source,
                query,
                ["size", "name", "created_at", "scopes"],
                search=(),
                ids=chosen,
                check=_never,
            )
            assert sums == [
                Summary("size", 2, size * 2, size, size, size),
                Summary("name", len(NAMES)),
                Summary("created_at", 9, least=NOW, greatest=NOW + dt.timedelta(days=8)),
                Summary("scopes", 9, 0, Decimal(0), 0, 0),
            ]


def test_a_column_that_is_a_sum_itself_adds_up(listed: Database) -> None:
    source = _source()
    scopes = source.columns["scopes"]
    doubled = replace(source, columns={**source.columns, "scopes": scopes + sa.literal(2)})
    with listed.read() as connection:
        (found,) = lists.summaries(
            connection, doubled, ListQuery("services"), ["scopes"], search=(), check=_never
        )
    assert found.total == 2 * len(NAMES)


def test_item_14_groups_count_and_add_up(listed: Database) -> None:
    with listed.read() as connection:
        query = ListQuery("services", sorts=(("currency", True),))
        found = lists.groups(
            connection,
            _source(),
            query,
            by=["currency", "state"],
            sums=["size"],
            search=(),
            limit=9,
        )
    size = Decimal("99999999999999.9999")
    assert found == [
        Group(("USD", "none"), 5, {"size": size}),
        Group(("EUR", "none"), 4, {"size": size}),
    ]


# ------------------------------------------------------------------------------ rates


@pytest.fixture
def rates(database: Database, scope: ScopeRecord) -> tuple[Database, ScopeRecord]:
    """A tree with prices on two levels, a scale and a rule."""
    scale = '{"type":"tier","group":"","tiers":[["0.5",10],["0.25",null]]}'
    commit(
        database,
        scope.id,
        {
            **ROOT_ONLY,
            ("sms",): branch("resource"),
            ("sms", "submit"): branch("country"),
            ("sms", "submit", "DE"): flat(7_000_000, billing_rule=2),
            ("sms", "submit", "FR"): flat(12_345_678),
            ("sms", "submit", "*"): Values(price_type=3, scale=scale),
            ("rcs",): Values(price_type=7),
        },
    )
    return database, scope


def test_rates_of_a_scope_are_its_leaves(rates: tuple[Database, ScopeRecord]) -> None:
    database, scope = rates
    source, query = _source("rates", scope=str(scope.id)), ListQuery("rates")

    def keys(*filters: Filter, sort: str = "key") -> list[str]:
        asked = ListQuery("rates", filters=filters, sorts=((sort, False),))
        with database.read() as connection:
            ids = lists.keys(connection, source, asked, search=(), check=_never)
            return [row[1] for row in lists.rows_by_keys(connection, source, ["key"], ids)]

    assert keys() == ["*", "DE", "FR", "rcs"]
    assert keys(Filter("price", "gt", (Decimal("0.07"),))) == ["FR"]
    assert keys(Filter("price", "equals", (Decimal("0.07"),))) == ["DE"]
    assert keys(Filter("price_type", "in", ("scale", "blocked"))) == ["*", "rcs"]
    assert keys(Filter("attribute", "equals", ("country",))) == ["*", "DE", "FR"]
    assert keys(Filter("billing_rule", "equals", ("delivered",))) == ["DE"]
    assert keys(Filter("billing_rule", "empty")) == ["*", "FR", "rcs"]
    with database.read() as connection:
        ids = lists.keys(connection, source, query, search=(), check=_never)
        rows = lists.rows_by_keys(connection, source, ["key", "price", "price_type"], ids)
        places = places_of(connection, scope.id, ids)
    german = next(row for row in rows if row[1] == "DE")
    assert german[2:] == (Decimal("0.07"), "flat")
    assert places[german[0]].steps == (
        ("domain", "sms"),
        ("resource", "submit"),
        ("country", "DE"),
    )


def test_rates_of_another_company_are_not_shown(rates: tuple[Database, ScopeRecord]) -> None:
    database, scope = rates
    asked = lists.Asked(SYSTEM_OWNER + 1, NOW, {"scope": str(scope.id)})
    with database.read() as connection:
        source = list_sources.source("rates", asked)
        assert lists.count(connection, source, ListQuery("rates"), search=()) == (0, 0)


def test_states_of_scopes_and_their_service(database: Database) -> None:
    day = dt.timedelta(days=1)
    with database.write() as connection:
        service = create_service(
            connection, SYSTEM_OWNER, name="S", now=NOW, currency="EUR", time_zone="Asia/Tokyo"
        )
        for start, till, draft in (
            (NOW - 9 * day, NOW - 5 * day, False),
            (NOW - 5 * day, None, False),
            (NOW - 4 * day, NOW + day, False),
            (NOW + day, None, False),
            (None, None, True),
        ):
            create_scope(
                connection,
                service.id,
                now=NOW,
                draft=draft,
                effective_from=start,
                effective_till=till,
            )
    query = ListQuery("scopes", sorts=(("id", False),))
    with database.read() as connection:
        source = _source("scopes")
        ids = lists.keys(connection, source, query, search=(), check=_never)
        rows = lists.rows_by_keys(connection, source, ["state", "effective_from"], ids)
        assert [row[1] for row in rows] == ["past", "current", "overlapped", "upcoming", "draft"]
        tokyo = dt.timezone(dt.timedelta(hours=9))
        assert rows[1][2] == (NOW - 5 * day).astimezone(tokyo).date()
        assert rows[4][2] is None
        of_service = lists.rows_by_keys(
            connection, _source(), ["state", "scopes", "current_from"], [service.id]
        )
    assert of_service == [(service.id, "current", 5, rows[1][2])]


def test_gen_03_a_long_list_stops_between_chunks(
    listed: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "CHUNK", 2)
    asked: list[int] = []

    def stop() -> None:
        asked.append(1)
        if len(asked) == 2:
            raise Cancelled

    query = ListQuery("services")
    with listed.read() as connection, pytest.raises(Cancelled):
        lists.keys(connection, _source(), query, search=(), check=stop)
    assert len(asked) == 2


@pytest.mark.parametrize("cancelled", [True, False])
def test_gen_03_a_statement_of_a_file_is_interrupted(
    sqlite_file: Path, cancelled: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "STEPS", 10)
    count = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) "
    expected = pytest.raises(Cancelled) if cancelled else nullcontext()
    with (
        open_database(sqlite_file, create=False) as database,
        database.read() as connection,
        expected,
        lists.interruptible(connection, lambda: cancelled),
    ):
        assert connection.exec_driver_sql(f"{count} SELECT count(*) FROM n").scalar() == 1000
