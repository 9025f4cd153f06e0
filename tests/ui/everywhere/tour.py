"""The tour: every page and dialog of the window, one after the other, on the sample operator.

Each stop yields its name when the window stands there and nothing is loading.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from PySide6.QtCore import QPoint, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from app.domain.records import ListQuery
from app.domain.sections import Section
from app.sections import SECTIONS
from app.services import records
from app.ui.lists.menus import show_column_menu, show_row_menu
from app.ui.tariffs.tree_words import Column
from app.ui.widgets.confirm import Question, SaveQuestion
from tests.screenshots.driver import Driver
from tests.screenshots.scenes_import import (
    COLUMNS,
    CONFIRM,
    PREVIEW,
    VALUES,
    begun,
    calm,
    choose,
    to,
)
from tests.screenshots.scenes_lists import place, select
from tests.screenshots.scenes_tree import A2P, COMING, CURRENT, networks, node, opened, set_price
from tests.ui.everywhere.tour_access import access

LISTS = Path(__file__).resolve().parents[3] / "resources" / "sample" / "lists"
SERVICES = (1, 2, 4, 6, 7, 8, 11)
"""Services of the sample operator: one of every type of the guide, WhatsApp, and voice."""

MOMENT, ROUNDS = 30, 3
"""Milliseconds of a timer that belongs to what was just done; rounds of events without any."""

Part = Callable[["Walker"], Iterator[str]]


class Walker(Driver):
    """A driver that does not wait longer than the window needs."""

    def settle(self, quiet: float = 0.0) -> None:
        """Run the window until no job runs, nothing was begun by a moment's timer, and it stands.

        What waits for a person to end typing is not waited for: see :meth:`patient`.
        """
        still = 0

        def calm() -> bool:
            nonlocal still
            still = 0 if self.window.jobs.running or self._is_about_to_act() else still + 1
            return still > ROUNDS

        self.until(calm)
        self.end_what_was_deleted()

    def _is_about_to_act(self) -> bool:
        timers = self.window.findChildren(QTimer)
        return any(t.isActive() and t.isSingleShot() and t.interval() <= MOMENT for t in timers)

    def patient(self) -> None:
        """Wait for what comes a moment after typing."""
        super().settle(0.3)

    def close_popups(self) -> None:
        """Close menus and dialogs; the window is in front again, as a desktop would have it."""
        super().close_popups()
        self.window.activateWindow()

    def clear(self) -> None:
        """Close what a part left behind."""
        self.close_popups()
        for page in list(self.window.tabs.pages):
            self.window.close_page(page, ask=False)
        self.settle()

    def roots(self) -> list[QWidget]:
        """Return what a person can use now: the dialog or menu in front, else the window."""
        popup = QApplication.activePopupWidget()
        if popup is not None:
            return [popup]
        modal = QApplication.activeModalWidget()
        return [modal] if modal is not None else [self.window]

    def leave(self, page: Any) -> None:
        """Close a page, whatever it holds."""
        self.close_popups()
        self.window.close_page(page, ask=False)
        self.settle()


def start(walk: Walker) -> Iterator[str]:
    """Start page, questions, and what the window itself shows."""
    walk.open("home")
    yield "home"
    walk.window.show_palette()
    walk.keys("sms")
    walk.patient()
    yield "palette"
    walk.press("Escape")
    walk.window.show_shortcuts()
    yield "shortcuts"
    walk.close_popups()
    walk.window.show_about()
    walk.settle()
    yield "about"
    walk.close_popups()
    walk.window.connect_server()
    yield "connect"
    walk.close_popups()
    Question(
        walk.window,
        walk.window.tr("Delete"),
        walk.window.tr("Delete"),
        yes=walk.window.tr("Delete"),
        details=["Acme"],
        danger=True,
    ).open()
    yield "question"
    walk.close_popups()
    SaveQuestion(walk.window, walk.window.tr("Save"), ["Acme", "Nordwind"]).open()
    yield "save-question"
    walk.close_popups()
    for menu in walk.window.menuBar().actions():
        walk.window.menuBar().setActiveAction(menu)
        walk.settle()
        if QApplication.activePopupWidget() is not None:
            yield f"menu-{menu.text()}"
        walk.close_popups()
    page = walk.open("help")
    yield "help"
    walk.leave(page)


def notices(walk: Walker) -> Iterator[str]:
    """Toasts, bars over the tabs, jobs in the status bar."""
    walk.open("home")
    window = walk.window
    window.notify(window.tr("Saved"), action=(window.tr("Open"), lambda: None))
    window.show_fault("KeyError", "Traceback", Path("tariffdesk.log"))
    window.trouble.lose(window.tr("The database server does not answer."))
    window.recovery.offer(2)
    yield "bars"
    for bar in (window.fault_bar, window.notice_bar, window.recovery_bar):
        bar.clear()
    go = threading.Event()

    def work(job: Any) -> None:
        job.report("", 4, 10)
        go.wait(20)

    try:
        for _ in range(2):
            window.jobs.run(work, owner=window, title=window.tr("Exporting"))
        walk.busy(0.1)
        yield "jobs"
        window.status.more.click()
        walk.busy(0.1)
        yield "jobs-popup"
    finally:
        go.set()
    walk.close_popups()


def lists(walk: Walker) -> Iterator[str]:
    """The list of each section, with what opens from it."""
    for section in SECTIONS:
        given = "".join(f"&{name}=13" for name in section.arguments)
        page = walk.open(f"list?section={section.id}{given}")
        yield f"list-{section.id}"
        if section.id != "services":
            walk.leave(page)
    page = walk.open("list?section=services")
    page.set_filter("side", "=sell")
    page.groups.turn("type")
    walk.settle()
    select(page, (1, 3), ("name", "currency"))
    yield "list-filtered"
    page.set_filter("name", "Austria")
    walk.settle()
    yield "list-nothing"
    page.clear_filters()
    page.groups.turn("type")
    page.choose_columns()
    yield "list-columns"
    page.chooser.close()
    page.view.focus_filter("state")
    page.view.main.header.edits[place(page, "state")].show_choices()
    yield "list-choices"
    walk.close_popups()
    page.views.menu.popup(walk.window.mapToGlobal(QPoint(300, 100)))
    yield "list-views"
    walk.close_popups()
    page.views.ask_new()
    yield "list-save-view"
    walk.close_popups()
    page.export()
    yield "list-export"
    walk.close_popups()
    page.view.go_to(1)
    show_row_menu(page, page.view.main.viewport().mapToGlobal(QPoint(260, 60)))
    yield "list-row-menu"
    walk.close_popups()
    show_column_menu(page, "type", page.view.main.viewport().mapToGlobal(QPoint(360, 4)))
    yield "list-column-menu"
    walk.close_popups()
    page.commands.actions["archive"].trigger()
    walk.settle()
    yield "list-archive"
    walk.leave(page)


def forms(walk: Walker) -> Iterator[str]:
    """The form of each section: new, seen, edited, refused."""
    for section in SECTIONS:
        if not section.form:
            continue
        if section.create:
            page = walk.open(f"record?section={section.id}")
            yield f"form-{section.id}-new"
            page.save(lambda _worked: None)
            walk.settle()
            yield f"form-{section.id}-refused"
            walk.leave(page)
        if section.load:
            page = walk.open(f"record?section={section.id}&id={_first(walk, section)}")
            yield f"form-{section.id}"
            if section.update:
                page.begin_editing()
                walk.settle()
                yield f"form-{section.id}-edit"
            walk.leave(page)


def _first(walk: Walker, section: Section) -> int:
    """Return the ID of the first row of a list. Raises IndexError where the sample has none."""
    session = walk.window.jobs.session
    assert session is not None
    return records.first_rows(session.context(), section, ListQuery(section.id), 1)[0][0]


def services(walk: Walker) -> Iterator[str]:
    """The page of each service, and the dialogs of its scopes."""
    for number in SERVICES:
        page = walk.open(f"service?id={number}")
        walk.settle()
        yield f"service-{number}"
        if number != 1:
            walk.leave(page)
    page = walk.open("service?id=1")
    page.new_scope()
    walk.settle()
    yield "scope-new"
    walk.close_popups()
    page.change_dates(COMING)
    walk.settle()
    yield "scope-dates"
    walk.close_popups()
    page.copy_tree(4)
    walk.settle()
    yield "scope-copy"
    walk.close_popups()
    page.show_revisions()
    walk.settle()
    yield "revisions"
    walk.leave(page)
    page = walk.open("compare")
    yield "compare"
    walk.leave(page)
    page = walk.open("compare?first=2&second=3")
    walk.settle()
    yield "compare-two"
    walk.leave(page)


def tree(walk: Walker) -> Iterator[str]:
    """The tree editor with its dialogs and panels."""
    editor = _loaded(walk, COMING)
    page = walk.page
    items = networks(editor, "Austria")
    set_price(editor, items[0], 4_990_000)
    editor.commands.remove_silently([items[2]])
    editor.view.go_to(items[1], Column.PRICE)
    walk.settle()
    yield "tree"
    editor.view.edit(editor.model.index_of(items[1], Column.TYPE))
    walk.settle()
    yield "tree-edit"
    editor.view.go_to(items[1], Column.NAME)
    editor.acts.find.trigger()
    walk.keys("vodafone")
    walk.patient()
    yield "tree-find"
    editor.find_bar.close_bar()
    editor.view.go_to(items[0], Column.PRICE)
    editor.show_history(True)
    walk.settle()
    yield "tree-history"
    editor.show_history(False)
    editor.show_problems(True)
    yield "tree-problems"
    editor.show_problems(False)
    editor.view.go_to(node(editor, *A2P, "Spain", "DIGI"), Column.PRICE)
    editor.acts.scale.trigger()
    walk.settle()
    yield "scale"
    walk.close_popups()
    editor.view.go_to(node(editor, *A2P), Column.NAME)
    editor.acts.add.trigger()
    walk.settle()
    walk.keys("ja")
    walk.patient()
    yield "picker"
    walk.close_popups()
    editor.view.go_to(node(editor, *A2P, "Austria"), Column.NAME)
    editor.acts.prices.trigger()
    walk.dialog().value.setText("3.5")  # type: ignore[attr-defined]
    walk.patient()
    yield "prices"
    walk.close_popups()
    editor.view.customContextMenuRequested.emit(QPoint(40, 40))
    yield "tree-menu"
    walk.leave(page)
    yield from _tree_conflict(walk)


def _loaded(walk: Walker, scope: int) -> Any:
    """Return the editor of a scope when the networks of Austria are there."""
    editor = opened(walk, scope)

    def there() -> bool:
        try:
            return bool(networks(editor, "Austria"))
        except StopIteration:
            return False

    walk.until(there)
    return editor


def _tree_conflict(walk: Walker) -> Iterator[str]:
    from app.domain import tree_edits
    from app.domain.tree_draft import TreeDraft
    from app.services.tariffs import edit_tree, tree_pages

    editor = _loaded(walk, COMING)
    page = walk.page
    items = networks(editor, "Austria")[:2]
    for item in items:
        set_price(editor, item, 4_990_000)
    session = walk.window.jobs.session
    assert session is not None
    ctx = session.context()
    rows = tree_pages.rows_by_number(ctx, COMING, [item.no for item in items])
    draft = TreeDraft()
    draft.apply(
        tree_edits.set_values(draft, [row.ref() for row in rows], {"price": 6_000_000}, "x")
    )
    edit_tree.save_tree_edits(ctx, COMING, draft, base_rev=editor.head.revision)
    editor.save_now()
    walk.settle()
    yield "tree-conflict"
    walk.leave(page)
    editor = _loaded(walk, CURRENT)
    page = walk.page
    set_price(editor, networks(editor, "Austria")[0], 4_990_000)
    editor.save_now()
    walk.settle()
    yield "tree-live"
    walk.leave(page)


def wizard(walk: Walker) -> Iterator[str]:
    """The import of a price list of the sample, step by step, and its undo."""
    page = walk.open("import")
    yield "import-nothing"
    walk.leave(page)
    page = begun(walk, LISTS / "meridian_sms_2026-02.csv", 10)
    choose(walk, page, vendor="Meridian", mode="merge", skip_errors=True)
    yield "import-file"
    to(walk, page, COLUMNS)
    yield "import-columns"
    page.columns.settings.more.click()
    walk.settle()
    yield "import-settings"
    source = page.columns.source
    source.show_role_menu(1, source.header.place_below(1))
    yield "import-roles"
    walk.close_popups()
    to(walk, page, VALUES)
    page.values.chips.choose("all")
    walk.settle()
    if page.values.model.rowCount():
        page.values._go(0)
        walk.settle()
    yield "import-values"
    to(walk, page, PREVIEW)
    yield "import-tree"
    page.preview.tabs.setCurrentWidget(page.preview.changes)
    walk.settle()
    yield "import-changes"
    page.preview.tabs.setCurrentWidget(page.preview.issues)
    walk.settle()
    yield "import-remarks"
    to(walk, page, VALUES)
    page.values.search.clear()
    for _ in range(page.wizard.draft.values.get("open", 0)):
        page.values.chips.choose("open")
        walk.patient()
        page.values._go(0)
        page.values.panel.skip.click()
        calm(walk, page)
    to(walk, page, CONFIRM)
    yield "import-confirm"
    page.go_next()
    walk.until(lambda: page.committing is None)
    walk.settle()
    yield "import-done"
    walk.leave(page)


def control(walk: Walker) -> Iterator[str]:
    """One command in the audit, what is due next."""
    for name in ("audit?id=1", "due"):
        page = walk.open(name)
        yield name.partition("?")[0]
        walk.leave(page)


PARTS: tuple[Part, ...] = (
    *(start, notices, lists, forms, services),
    *(control, tree, wizard, access),
)
"""The last one switches the sign-in on."""


def first_run(walk: Walker) -> Iterator[str]:
    """The window without a database."""
    walk.open("home")
    yield "first-run"
