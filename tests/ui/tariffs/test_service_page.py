"""The page of a service on the sample data: scopes, consequences, copies, revisions (SVC-2)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from app.services.tariffs import scope_changes
from app.services.tariffs.scope_changes import ScopeChanges
from app.ui import formats
from app.ui.addresses import Address
from app.ui.tariffs.revisions_dialog import RevisionsDialog
from app.ui.tariffs.scope_dialog import CopyTreeDialog, ScopeDialog
from app.ui.tariffs.scope_panel import SCOPE
from app.ui.tariffs.service_page import ServicePage
from app.ui.widgets.confirm import Question
from tests.ui.tariffs.conftest import CURRENT, EMPTY, UPCOMING, WAIT, Desk, settle

SMS, PACK = 1, 4


@pytest.fixture
def make_page(qtbot: QtBot, desk: Desk) -> Callable[..., ServicePage]:
    """Return a function that opens a service and waits for the tree of its scope."""

    def make(service: int = SMS, *, prepare: Callable[[Any], object] | None = None, **more: Any):
        page = ServicePage(desk, Address.of("service", id=service, **more))
        qtbot.addWidget(page)
        desk.jobs.changed.connect(page.refresh)  # as the window does
        page.resize(1150, 700)
        if prepare is not None:
            prepare(page)
        page.show()
        page.start()
        qtbot.waitUntil(lambda: page.record is not None, timeout=WAIT)
        counted(page, qtbot)
        return page

    return make


@pytest.fixture
def page(make_page: Callable[..., ServicePage]) -> ServicePage:
    return make_page()


def counted(page: ServicePage, qtbot: QtBot) -> None:
    """Wait until the rates of the scopes are counted, a moment after the tree is there."""
    settle(qtbot, page.shell.jobs)
    qtbot.waitUntil(lambda: all(s.leaves >= 0 for s in page.panel.model.scopes), timeout=WAIT)
    settle(qtbot, page.shell.jobs)


def dialog_of(page: ServicePage, kind: type) -> Any:
    [found] = [d for d in page.findChildren(kind) if d.isVisible()]
    return found


def edit_price(page: ServicePage, qtbot: QtBot) -> int:
    """Stage another price of the first rate in the tree shown; return how many are staged."""
    editor = page.editor()
    assert editor is not None
    editor.open_levels(0)
    settle(qtbot, page.shell.jobs)
    model = editor.model
    column = 2
    todo = [model.index(row, 0) for row in range(model.rowCount())]
    while todo:
        index = todo.pop(0)
        cell = index.siblingAtColumn(column)
        if cell.data() and cell.flags() & Qt.ItemFlag.ItemIsEditable:
            assert model.setData(cell, 950_000_000, Qt.ItemDataRole.EditRole)
            return model.steps.draft.count
        todo += [model.index(row, 0, index) for row in range(model.rowCount(index))]
    raise AssertionError("no rate with a price")


def states(page: ServicePage) -> list[str]:
    return [scope.state for scope in page.panel.model.scopes]


def test_the_current_scope_is_shown_first(page: ServicePage) -> None:
    QAbstractItemModelTester(page.panel.model, page.panel.model)
    assert page.title() == "SMS service"
    assert page.facts.text() == "ID 1 · Pay-as-you-go · Sell · EUR"
    assert page.status_label.text() == "Current"
    assert states(page) == ["draft", "upcoming", "current", "past"]
    assert page.panel.current_id() == CURRENT
    card = page.panel.view.currentIndex().data()
    assert card.splitlines()[0] == "Current"
    assert "91 rates" in card
    assert page.commands.actions["archive"].isVisible()
    assert not page.commands.actions["restore"].isVisible()


def test_an_address_names_scope_and_later_visits_change_it(
    make_page: Callable[..., ServicePage], qtbot: QtBot
) -> None:
    page = make_page(scope=UPCOMING)
    assert page.panel.current_id() == UPCOMING
    page.revisit(Address.of("service", id=SMS, scope=EMPTY))
    settle(qtbot, page.shell.jobs)
    assert page.panel.current_id() == EMPTY
    assert page.editor() is page.editors[EMPTY]


def test_a_pack_shows_its_own_columns(make_page: Callable[..., ServicePage]) -> None:
    page = make_page(PACK)
    assert page.facts.text() == "ID 4 · Unit pack · Sell · size 1,000"
    editor = page.editor()
    assert editor is not None
    titles = [
        editor.model.headerData(c, Qt.Orientation.Horizontal)
        for c in range(editor.model.columnCount())
    ]
    assert "Status" in titles
    assert not [title for title in titles if "Price," in title]


def test_svc_2_a_new_scope_says_what_it_means_and_copies_a_tree(
    page: ServicePage, desk: Desk, qtbot: QtBot
) -> None:
    page.new_scope()
    dialog = dialog_of(page, ScopeDialog)
    dialog.name.setText("Summer")
    dialog.start.set_day(date(2026, 6, 1))
    dialog.draft.setChecked(False)
    qtbot.waitUntil(lambda: "overlaps" in dialog.told.text().lower(), timeout=WAIT)
    assert "stays current" in dialog.told.text()
    dialog.source.set_value(UPCOMING, "SMS service, scope 3")
    dialog.save_button.click()
    counted(page, qtbot)
    made = page.panel.current()
    assert made is not None
    assert (made.name, made.leaves, made.state) == ("Summer", 91, "overlapped")
    editor = page.editor()
    assert editor is not None
    assert editor.scope_id == made.id
    assert editor.model.rowCount() > 0
    assert "overlap" in page.bar.text().lower()


def test_wrong_dates_are_refused_in_the_dialog(page: ServicePage, desk: Desk, qtbot: QtBot) -> None:
    page.change_dates(EMPTY)
    dialog = dialog_of(page, ScopeDialog)
    dialog.start.set_text("soon")
    dialog.save_button.click()
    assert "is not a date" in dialog.bar.text()
    dialog.start.set_day(date(2027, 7, 1))
    dialog.indefinitely.setChecked(False)
    dialog.till.set_day(date(2027, 6, 1))
    dialog.save_button.click()
    settle(qtbot, desk.jobs)
    assert dialog.isVisible()
    assert dialog.bar.kind == "error"
    assert dialog.save_button.isEnabled()
    dialog.reject()


def test_gen_4_dates_that_somebody_else_changed_are_told(
    page: ServicePage, desk: Desk, qtbot: QtBot
) -> None:
    page.change_dates(EMPTY)
    dialog = dialog_of(page, ScopeDialog)
    dialog.name.setText("Mine")

    def elsewhere(ctx: Any) -> None:
        changes = ScopeChanges(name="Theirs", start="2028-01-01", till="", draft=True)
        scope_changes.update_scope(ctx, EMPTY, 1, changes)

    desk.jobs.query(elsewhere, owner=page, done=lambda _: None)
    settle(qtbot, desk.jobs)
    dialog.save_button.click()
    settle(qtbot, desk.jobs)
    assert dialog.bar.text().startswith("Theirs: Somebody else changed this scope")
    assert formats.date(date(2028, 1, 1)) in dialog.bar.text()
    dialog.save_button.click()
    settle(qtbot, desk.jobs)
    assert page.panel.current() is not None
    assert [s.name for s in page.panel.model.scopes if s.id == EMPTY] == ["Mine"]


def test_a_draft_takes_another_tree(page: ServicePage, desk: Desk, qtbot: QtBot) -> None:
    page.panel.choose(EMPTY)
    settle(qtbot, desk.jobs)
    assert page.panel.copy_button.isEnabled()
    page.panel.copy_button.click()
    dialog = dialog_of(page, CopyTreeDialog)
    assert not dialog.copy_button.isEnabled()
    dialog.source.line.setFocus()
    qtbot.keyClicks(dialog.source.line, "scope 3")
    dialog.source.set_value(UPCOMING, "SMS service, scope 3")
    dialog.copy_button.setEnabled(True)
    dialog.copy_button.click()
    counted(page, qtbot)
    assert desk.told == ["91 rates copied."]
    [scope] = [s for s in page.panel.model.scopes if s.id == EMPTY]
    assert scope.leaves == 91
    editor = page.editor()
    assert editor is not None
    assert editor.model.rowCount() > 0


def test_item_27_only_a_draft_is_deleted_after_its_dates_are_named(
    page: ServicePage, desk: Desk, qtbot: QtBot
) -> None:
    assert not page.panel.delete_button.isEnabled()
    assert "draft" in page.panel.delete_button.toolTip()
    page.panel.choose(EMPTY)
    settle(qtbot, desk.jobs)
    page.panel.delete_button.click()
    question = dialog_of(page, Question)
    assert "07/01/2027 – ∞, 0 rates" in question.accessibleDescription()
    question.yes_button.click()
    settle(qtbot, desk.jobs)
    assert states(page) == ["upcoming", "current", "past"]
    assert EMPTY not in page.editors
    assert page.panel.current_id() == CURRENT


def test_item_19_each_scope_keeps_its_unsaved_edits(
    page: ServicePage, desk: Desk, qtbot: QtBot
) -> None:
    assert edit_price(page, qtbot) == 1
    assert page.is_dirty()
    page.panel.choose(UPCOMING)
    settle(qtbot, desk.jobs)
    edit_price(page, qtbot)
    page.panel.choose(CURRENT)
    settle(qtbot, desk.jobs)
    assert page.editors[CURRENT].is_dirty()
    unsaved = page.unsaved()
    assert unsaved is not None
    assert set(unsaved) == {str(CURRENT), str(UPCOMING)}
    marks = {s.id for s in page.panel.model.scopes if _unsaved(page, s.id)}
    assert marks == {CURRENT, UPCOMING}
    page.discard()
    assert not page.is_dirty()
    assert page.unsaved() is None


def _unsaved(page: ServicePage, scope: int) -> bool:
    model = page.panel.model
    rows = range(model.rowCount())
    [index] = [model.index(r) for r in rows if model.index(r).data(SCOPE).id == scope]
    return bool(index.data(SCOPE + 1))


def test_item_49_unsaved_edits_of_a_scope_come_back(
    page: ServicePage, make_page: Callable[..., ServicePage], qtbot: QtBot
) -> None:
    page.panel.choose(UPCOMING)
    settle(qtbot, page.shell.jobs)
    edit_price(page, qtbot)
    kept, state = page.unsaved(), page.state()
    page.discard()

    def prepare(again: ServicePage) -> None:
        again.restore(state)
        again.recover({**(kept or {}), "77": {}})

    again = make_page(prepare=prepare)
    assert again.panel.current_id() == UPCOMING
    assert again.editors[UPCOMING].is_dirty()
    assert "scope 77" in again.bar.text()


def test_saving_saves_every_scope(page: ServicePage, desk: Desk, qtbot: QtBot) -> None:
    page.panel.choose(UPCOMING)
    settle(qtbot, desk.jobs)
    edit_price(page, qtbot)
    done: list[bool] = []
    page.save(done.append)
    qtbot.waitUntil(lambda: bool(done), timeout=WAIT)
    settle(qtbot, desk.jobs)
    assert done == [True]
    assert not page.is_dirty()
    [scope] = [s for s in page.panel.model.scopes if s.id == UPCOMING]
    assert scope.revision == 2


def test_svc_2_undo_in_the_current_scope_asks_first(
    page: ServicePage, desk: Desk, qtbot: QtBot
) -> None:
    page.show_revisions()
    dialog = dialog_of(page, RevisionsDialog)
    QAbstractItemModelTester(dialog.model, dialog.model)
    settle(qtbot, desk.jobs)
    assert dialog.model.rowCount() == 1
    dialog.undo_button.click()
    assert dialog.question is not None
    assert "live at once" in dialog.question.accessibleDescription()
    dialog.question.reject()
    settle(qtbot, desk.jobs)
    assert dialog.model.rowCount() == 1
    dialog.reject()


def test_a_revision_of_another_scope_is_taken_back(
    page: ServicePage, desk: Desk, qtbot: QtBot
) -> None:
    page.panel.choose(UPCOMING)
    settle(qtbot, desk.jobs)
    edit_price(page, qtbot)
    page.show_revisions()
    assert "Save or discard" in page.bar.text()
    page.save(lambda _: None)
    settle(qtbot, desk.jobs)
    page.show_revisions()
    dialog = dialog_of(page, RevisionsDialog)
    settle(qtbot, desk.jobs)
    dialog.undo_button.click()
    settle(qtbot, desk.jobs)
    assert dialog.bar.kind == "ok"
    assert dialog.model.index(0, 3).data() == "Undo of revision 2"
    dialog.reject()


def test_what_the_buttons_open(page: ServicePage, desk: Desk) -> None:
    for action in (page.properties, page.cloning, page.importing, page.comparing, page.rates):
        action.trigger()
    assert [a.text() for a in desk.opened] == [
        "record?id=1&section=services",
        "record?clone=1&section=services",
        "import?scope=2&service=1",
        "compare?first=2",
        "list?scope=2&section=rates",
    ]


@pytest.mark.parametrize("name", ["tree.xlsx", "tree.csv"])
def test_export_writes_the_tree(
    page: ServicePage, desk: Desk, tmp_path: Path, qtbot: QtBot, name: str
) -> None:
    page.export_to(tmp_path / name)
    settle(qtbot, desk.jobs)
    assert (tmp_path / name).stat().st_size > 500
    assert name in desk.told[0]


def test_archiving_is_asked_and_can_be_taken_back(
    page: ServicePage, desk: Desk, qtbot: QtBot
) -> None:
    page.commands.actions["archive"].trigger()
    settle(qtbot, desk.jobs)
    question = page.commands.question
    assert question is not None
    assert "SMS service" in question.accessibleDescription()
    question.yes_button.click()
    settle(qtbot, desk.jobs)
    assert page.status_label.text() == "Archived"
    page.commands.actions["restore"].trigger()
    settle(qtbot, desk.jobs)
    assert page.status_label.text() == "Current"


def test_a_node_may_be_named_by_its_path(
    make_window: Callable[..., Any], demo_database: Path, qtbot: QtBot
) -> None:
    window = make_window(demo_database)
    page: Any = window.open_address("service?id=1&node=SMS messaging/SMS message/A2P (MT)/Spain")
    qtbot.waitUntil(
        lambda: page.editor() is not None and page.editor().view.currentIndex().isValid()
    )
    view = page.editor().view
    qtbot.waitUntil(lambda: view.current_item().key == "ES", timeout=5000)
    settle(qtbot, page.shell.jobs)  # the first levels may open after it
    assert view.visualRect(view.currentIndex()).isValid()
