"""Scopes: what a change means before it is saved, copies, deletion, stale saves (SVC-2, F17)."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from app.db.engine import Database
from app.db.queries.services import create_service
from app.domain.tree_draft import TreeDraft
from app.domain.tree_edits import set_values
from app.errors import Conflict, UserError
from app.services.context import Context
from app.services.tariffs.edit_tree import undo_revision
from app.services.tariffs.scope_changes import (
    CreateScope,
    ScopeChanges,
    consequences,
    consequences_of_new,
    copy_sources,
    copy_tree_into,
    create_scope,
    delete_scope,
    scopes_of,
    update_scope,
)
from tests.db.conftest import NOW
from tests.db.desk import MT, SMS, context, ref, save
from tests.db.trees import ROOT_ONLY, commit, live


@pytest.fixture
def ctx(database: Database) -> Context:
    return context(database)


@pytest.fixture
def service(database: Database) -> int:
    with database.write() as connection:
        made = create_service(
            connection, 1, name="SMS service", now=NOW, currency="EUR", time_zone="Europe/Berlin"
        )
    return made.id


def test_the_panel_shows_scopes_with_local_days(ctx: Context, service: int) -> None:
    made = create_scope(
        ctx, CreateScope(service, "2026-01-01", "2027-01-01", draft=False, name="Old")
    )
    assert made.warnings == ()
    [view] = scopes_of(ctx, service)
    assert (view.start, view.till, view.state, view.leaves) == (
        "2026-01-01",
        "2027-01-01",
        "current",
        0,
    )
    assert view == made.scope
    assert view.zone == "Europe/Berlin"


def test_svc_2_saving_says_before_what_it_means(ctx: Context, service: int) -> None:
    old = create_scope(ctx, CreateScope(service, "2026-01-01", draft=False)).scope
    new = CreateScope(service, "2026-02-01", draft=False)
    [overlap] = consequences_of_new(ctx, new)
    assert overlap.startswith(
        "It overlaps the scope 2026-01-01 – ∞: that one stays current while both cover a day"
    )
    later = replace(ctx, clock=lambda: NOW + dt.timedelta(hours=1))
    made = create_scope(later, new)
    assert made.scope.state == "overlapped"
    assert made.warnings == (overlap,)
    assert consequences_of_new(ctx, replace(new, draft=True)) == []
    told = consequences(later, old.id, ScopeChanges(draft=True))
    assert told == [
        "This scope is no longer the current one.",
        "The scope 2026-02-01 – ∞ becomes current at once.",
    ]
    told = consequences(later, old.id, ScopeChanges(till="2026-02-15"))
    assert told[:1] == ["This scope is no longer the current one."]
    told = consequences(later, made.scope.id, ScopeChanges(start="2026-06-01"))
    assert told[0] == "It takes effect on 2026-06-01."
    update_scope(later, made.scope.id, made.scope.version, ScopeChanges(draft=True))
    told = consequences(later, old.id, ScopeChanges(draft=True))
    assert told[1] == "No scope of this service is in force then: traffic finds no rates."


def test_svc_2_a_draft_that_goes_live_says_so(ctx: Context, service: int) -> None:
    made = create_scope(ctx, CreateScope(service)).scope
    live_now = ScopeChanges(draft=False, start="2026-02-01")
    [told] = consequences(ctx, made.id, live_now)
    assert told == "It becomes the current scope at once: its rates are live when you save."
    assert update_scope(ctx, made.id, made.version, live_now).scope.state == "current"
    [told] = consequences(ctx, made.id, ScopeChanges(till="2027-01-01"))
    assert told == "This is the current scope: its new dates hold at once."


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (ScopeChanges(draft=False), "needs a date"),
        (ScopeChanges(start="2026-02-30"), 'Effective from "2026-02-30" is not a date'),
        (ScopeChanges(start="2026-02-01", till="2026-02-01"), "end before it begins"),
        (ScopeChanges(name="x" * 201), "up to 200"),
    ],
)
def test_wrong_values_are_refused(
    ctx: Context, service: int, changes: ScopeChanges, sentence: str
) -> None:
    made = create_scope(ctx, CreateScope(service)).scope
    with pytest.raises(UserError, match=sentence):
        consequences(ctx, made.id, changes)
    with pytest.raises(UserError, match=sentence):
        update_scope(ctx, made.id, made.version, changes)


def test_gen_4_a_stale_save_is_refused(ctx: Context, service: int) -> None:
    made = create_scope(ctx, CreateScope(service)).scope
    update_scope(ctx, made.id, made.version, ScopeChanges(name="First"))
    with pytest.raises(Conflict, match="repeat your change"):
        update_scope(ctx, made.id, made.version, ScopeChanges(name="Second"))
    with pytest.raises(Conflict):
        delete_scope(ctx, made.id, made.version)
    assert scopes_of(ctx, service)[0].name == "First"


def test_trees_are_copied_between_services_and_into_drafts(
    database: Database, ctx: Context, service: int
) -> None:
    source = create_scope(ctx, CreateScope(service, name="January")).scope
    commit(database, source.id, SMS)
    with database.write() as connection:
        other = create_service(connection, 1, name="Other", now=NOW, currency="USD").id
    new = CreateScope(other, copy_from=source.id)
    assert "in EUR, this service is in USD" in consequences_of_new(ctx, new)[-1]
    made = create_scope(ctx, new).scope
    assert (live(database, made.id), made.leaves, made.revision) == (SMS, 7, 1)
    draft = TreeDraft()
    draft.apply(set_values(draft, [ref(ctx, made.id, *MT, "ES")], {"price": 1}, "price"))
    save(ctx, made.id, draft, 1)
    copied = copy_tree_into(ctx, made.id, source.id, expected_rev=2)
    assert (copied.revision, copied.leaves, copied.replaced) == (3, 7, len(SMS) - 1)
    assert live(database, made.id) == SMS
    undo_revision(ctx, made.id, 3)
    assert live(database, made.id)[*MT, "ES"].price == 1
    with pytest.raises(Conflict, match="revision 4, not 3"):
        copy_tree_into(ctx, made.id, source.id, expected_rev=3)
    update_scope(ctx, made.id, made.version, ScopeChanges(draft=False, start="2026-01-01"))
    with pytest.raises(UserError, match="Only a draft's tree"):
        copy_tree_into(ctx, made.id, source.id)
    assert [s.scope_id for s in copy_sources(ctx, "january")] == [source.id]
    assert copy_sources(ctx, str(made.id))[0].scope_id == made.id
    assert len(copy_sources(ctx)) == 2


def test_item_27_only_a_draft_that_nothing_refers_to_is_deleted(
    database: Database, ctx: Context, service: int
) -> None:
    made = create_scope(ctx, CreateScope(service)).scope
    commit(database, made.id, SMS)
    commit(database, made.id, ROOT_ONLY)
    delete_scope(ctx, made.id, made.version)
    assert scopes_of(ctx, service) == []
    lived = create_scope(ctx, CreateScope(service, "2026-01-01", draft=False)).scope
    with pytest.raises(UserError, match="Only a draft"):
        delete_scope(ctx, lived.id, lived.version)
    again = update_scope(ctx, lived.id, lived.version, ScopeChanges(draft=True)).scope
    with pytest.raises(UserError, match="was in force once"):
        delete_scope(ctx, again.id, again.version)
