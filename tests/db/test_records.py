"""The small tables: services, scopes, vendors, profiles, learned matches, batches, audit."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa

from app.db.engine import Database
from app.db.queries import (
    audit,
    batches,
    companies,
    dictionary_entries,
    import_runs,
    learned,
    profiles,
    scopes,
    services,
    vendors,
)
from app.db.queries.learned import LearnedMatch
from app.errors import Conflict, UserError
from tests.db.conftest import NOW

DAY = dt.timedelta(days=1)


def test_the_system_owner_is_there(database: Database) -> None:
    with database.read() as connection:
        owner = companies.system_owner(connection)
    assert (owner.id, owner.parent_id, owner.name) == (1, None, "System owner")


def test_services_are_made_found_changed_and_archived(database: Database) -> None:
    with database.write() as connection:
        for name in ("B", "A", "C"):
            services.create_service(connection, 1, name=name, now=NOW, currency="EUR")
        with pytest.raises(UserError, match="already"):
            services.create_service(connection, 1, name="A", now=NOW, currency="EUR")
        with pytest.raises(UserError, match="needs a name"):
            services.create_service(connection, 1, name=" ", now=NOW, currency="EUR")
        first = services.find_service(connection, 1, "A")
        assert first is not None
        changed = services.update_service(connection, first, now=NOW + DAY, description="x")
        assert (changed.version, changed.description, changed.updated_at) == (2, "x", NOW + DAY)
        with pytest.raises(Conflict, match="Somebody else"):
            services.update_service(connection, first, now=NOW, description="y")
        services.update_service(connection, changed, now=NOW, archived_at=NOW)
        names = [s.name for s in services.services(connection, 1, limit=1)]
        more = [s.name for s in services.services(connection, 1, after_name="B")]
        every = [s.name for s in services.services(connection, 1, archived=True)]
    assert (names, more, every) == (["B"], ["C"], ["A", "B", "C"])


@pytest.mark.parametrize(
    "wrong", [{"currency": "eur"}, {"currency": "EURO"}, {"type": "gift"}, {"side": "both"}]
)
def test_the_database_checks_services(database: Database, wrong: dict[str, str]) -> None:
    given = {"name": "A", "currency": "EUR", **wrong}
    with pytest.raises(sa.exc.IntegrityError), database.write() as connection:
        services.create_service(connection, 1, now=NOW, **given)  # type: ignore[arg-type]


def test_the_scope_in_force_is_the_first_activated_that_holds(database: Database) -> None:
    with database.write() as connection:
        service = services.create_service(connection, 1, name="A", now=NOW, currency="EUR")

        def make(begin: int, end: int | None, active: int | None) -> int:
            return scopes.create_scope(
                connection,
                service.id,
                now=NOW + DAY * (active or 0),
                draft=active is None,
                effective_from=NOW + DAY * begin,
                effective_till=None if end is None else NOW + DAY * end,
            ).id

        later, first, _draft = make(0, None, 2), make(5, 10, 1), make(0, None, None)

        def current(day: int) -> int | None:
            found = scopes.current_scope(connection, service.id, NOW + DAY * day)
            return found and found.id

        assert [current(day) for day in (-1, 0, 4, 5, 9, 10)] == [
            None, later, later, first, first, later,
        ]  # fmt: skip
        shared = scopes.overlapping_scopes(connection, service.id, NOW + DAY * 9, NOW + DAY * 11)
        assert [s.id for s in shared] == [later, first]
        assert not scopes.overlapping_scopes(
            connection, service.id, NOW - DAY * 9, NOW, other_than=first
        )
        assert len(scopes.scopes_of(connection, service.id)) == 3


def test_a_scope_is_activated_once(database: Database) -> None:
    with database.write() as connection:
        service = services.create_service(connection, 1, name="A", now=NOW, currency="EUR")
        draft = scopes.create_scope(connection, service.id, now=NOW)
        with pytest.raises(UserError, match="needs a date"):
            scopes.update_scope(connection, draft, now=NOW, draft=False)
        live = scopes.update_scope(
            connection, draft, now=NOW + DAY, draft=False, effective_from=NOW
        )
        again = scopes.update_scope(connection, live, now=NOW + 2 * DAY, draft=True)
        back = scopes.update_scope(connection, again, now=NOW + 3 * DAY, draft=False)
        assert (live.activated_at, back.activated_at) == (NOW + DAY, NOW + DAY)
        with pytest.raises(UserError, match="before it begins"):
            scopes.update_scope(connection, back, now=NOW, effective_till=NOW)
        with pytest.raises(Conflict):
            scopes.update_scope(connection, draft, now=NOW, name="x")
        with pytest.raises(UserError, match="no scope 99"):
            scopes.lock_scope(connection, 99)


def test_vendors_are_made_when_first_named(database: Database) -> None:
    with database.write() as connection:
        one = vendors.ensure_vendor(connection, 1, " Acme ", now=NOW)
        assert vendors.ensure_vendor(connection, 1, "Acme", now=NOW) == one
        assert vendors.find_vendor(connection, 1, "acme") is None
        assert [v.name for v in vendors.vendors(connection, 1)] == ["Acme"]


def test_a_vendors_answer_goes_before_the_one_for_all(database: Database) -> None:
    match = LearnedMatch("operator", "DE", "d1", "26201")
    other = LearnedMatch("operator", "DE", "d2", "26202")
    own = LearnedMatch("operator", "DE", "d1", "26203")
    with database.write() as connection:
        vendor = vendors.ensure_vendor(connection, 1, "Acme", now=NOW).id
        learned.remember(connection, 1, [match, other], actor="me", now=NOW)
        learned.remember(connection, 1, [own], actor="me", now=NOW, vendor_id=vendor)
        learned.remember(connection, 1, [own], actor="me", now=NOW, vendor_id=vendor)
        assert learned.remember(connection, 1, [], actor="me", now=NOW) == 0

        def recalled(vendor_id: int | None) -> set[LearnedMatch]:
            return {
                learned.LearnedMatch(m.dictionary, m.context, m.value, m.key)
                for m in learned.recall(connection, 1, vendor_id=vendor_id)
            }

        assert recalled(None) == {match, other}
        assert recalled(vendor) == {own, other}
        assert learned.recall(connection, 1, dictionaries=["country"]) == []
        place = {"dictionary": "operator", "context": "DE", "value": "d1"}
        assert learned.forget(connection, 1, vendor_id=vendor, **place)
        assert not learned.forget(connection, 1, vendor_id=vendor, **place)
        assert recalled(vendor) == {match, other}
        count = connection.scalar(sa.text("SELECT count(*) FROM learned_match"))
        assert count == 2


def test_profiles_are_found_by_name_and_shape(database: Database) -> None:
    with database.write() as connection:
        vendor = vendors.ensure_vendor(connection, 1, "Acme", now=NOW).id
        made = profiles.create_profile(
            connection, 1, name="P", signature="abc", settings={"a": [1]}, now=NOW,
            vendor_id=vendor,
        )  # fmt: skip
        with pytest.raises(UserError, match="already"):
            profiles.create_profile(connection, 1, name="P", signature="", settings={}, now=NOW)
        changed = profiles.update_profile(connection, made, now=NOW, settings={"a": [2]})
        with pytest.raises(Conflict):
            profiles.update_profile(connection, made, now=NOW, settings={})
        assert profiles.find_profile(connection, 1, "P") == changed
        assert profiles.profiles(connection, 1, signature="abc") == [changed]
        assert profiles.profiles(connection, 1, signature="x") == []
    assert (changed.settings, changed.vendor_id) == ({"a": [2]}, vendor)


def test_imports_are_recorded_and_undone_once(
    database: Database, scope: scopes.ScopeRecord
) -> None:
    with database.write() as connection:
        run = import_runs.add_import_run(
            connection, 1, scope.id, 1, file_name="x.xlsx", content_hash="h", settings={"s": 1},
            counts={"read": 3}, report={}, actor="me", at=NOW,
        )  # fmt: skip
        scopes.add_revision(
            connection, scope.id, 1, kind="import", actor="me", at=NOW, inserted=3, updated=0,
            removed=0, import_run_id=run,
        )  # fmt: skip
        import_runs.mark_undone(connection, run, 2)
        with pytest.raises(UserError, match="undone before"):
            import_runs.mark_undone(connection, run, 3)
        record = import_runs.import_run_by_id(connection, run)
        assert (record.counts, record.undone_by, record.rev) == ({"read": 3}, 2, 1)
        assert import_runs.import_runs(connection, 1, content_hash="h") == [record]
        assert import_runs.import_runs(connection, 1, scope_id=scope.id, before=run) == []
        with pytest.raises(UserError, match="no import 99"):
            import_runs.import_run_by_id(connection, 99)
        assert scopes.revisions(connection, scope.id)[0].import_run_id == run


def test_a_batch_resumes_where_it_stopped(database: Database) -> None:
    with database.write() as connection:
        made = batches.start_batch(
            connection, 1, name="jobs.csv", manifest_hash="m", options={}, actor="me", now=NOW,
            files=[("a.xlsx", {"service": "A"}), ("b.xlsx", {})],
        )  # fmt: skip
        batches.update_item(connection, made.id, 0, state="done", exit_code=0, report={"n": 1})
        with pytest.raises(UserError, match="no file number 8"):
            batches.update_item(connection, made.id, 7, state="done")
    with database.write() as connection:
        assert batches.unfinished_batch(connection, 1, "m") == made
        items = batches.batch_items(connection, made.id)
        assert [(i.file_name, i.state, i.report) for i in items] == [
            ("a.xlsx", "done", {"n": 1}),
            ("b.xlsx", "pending", None),
        ]
        batches.finish_batch(connection, made.id, now=NOW)
        assert batches.unfinished_batch(connection, 1, "m") is None
    with pytest.raises(sa.exc.IntegrityError), database.write() as connection:
        batches.update_item(connection, made.id, 0, state="perhaps")


def test_the_audit_trail_reads_newest_first(database: Database) -> None:
    with database.write() as connection:
        for action in ("create", "update"):
            audit.add_audit(
                connection, 1, at=NOW, actor="me", action=action, table_name="service",
                object_id="7", operation_id="op", new={"name": "é"},
            )  # fmt: skip
        trail = audit.audit_trail(connection, 1, table_name="service", object_id="7")
        older = audit.audit_trail(connection, 1, before=trail[0].id)
    assert [entry.action for entry in trail] == ["update", "create"]
    assert older == trail[1:]
    assert (trail[0].old, trail[0].new) == (None, {"name": "é"})
    # the server's own word for who it was, which the client did not give
    assert trail[0].login == ("tester" if database.kind == "postgresql" else None)


def test_users_entries_and_aliases(database: Database) -> None:
    add = dictionary_entries.add_entry
    with database.write() as connection:
        made = add(connection, 1, dictionary="operator", key="99901", name="Test", now=NOW)
        with pytest.raises(UserError, match="already"):
            add(connection, 1, dictionary="operator", key="99901", name="x", now=NOW)
        with pytest.raises(UserError, match="Others"):
            add(connection, 1, dictionary="operator", key="*", name="x", now=NOW)
        gone = dictionary_entries.update_entry(connection, made, now=NOW, retired_at=NOW)
        assert dictionary_entries.entries(connection, 1, dictionary="operator") == [gone]
        alias = dictionary_entries.AliasRecord("operator", "", "testco", "99901")
        dictionary_entries.set_alias(connection, 1, alias, now=NOW)
        moved = dictionary_entries.AliasRecord("operator", "", "testco", "26201")
        dictionary_entries.set_alias(connection, 1, moved, now=NOW)
        assert dictionary_entries.aliases(connection, 1) == [moved]
