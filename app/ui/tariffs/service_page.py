"""A service: its properties on top, its scopes on the left, the rate tree of the chosen one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAction, QUndoStack
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QMenu,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
)

from app.domain.permissions import EXPORT, VIEW
from app.domain.records import ListQuery, Row
from app.errors import UserError
from app.sections import services as service_section
from app.sections.services import SERVICES
from app.services import records
from app.services.tariffs import scope_changes, service_records, tree_pages
from app.services.tariffs.export_scope import export_scope
from app.ui import formats, titles
from app.ui.addresses import Address
from app.ui.lists.commands import SectionCommands, Selected
from app.ui.look.icons import icon
from app.ui.pages import Page, Shell
from app.ui.tariffs.revisions_dialog import RevisionsDialog
from app.ui.tariffs.scope_dialog import NOUNS, CopyTreeDialog, ScopeDialog
from app.ui.tariffs.scope_panel import WIDTH, ScopePanel, period
from app.ui.tariffs.tree_editor import TreeEditor
from app.ui.widgets.card import PageTitle, muted_label
from app.ui.widgets.confirm import YES, Question
from app.ui.widgets.empty_state import EmptyState
from app.ui.widgets.message_bar import MessageBar
from app.ui.widgets.status import StatusLabel
from app.ui.widgets.tool_bar import PageToolBar

if TYPE_CHECKING:
    from app.domain.records import Record
    from app.services.context import Context
    from app.services.tariffs.scope_changes import ChangedScope, CopiedTree, ScopeView

_Loaded = tuple["Record", "list[ScopeView]", "Row | None"]

_EXPORTS = (("xlsx", False), ("csv", False), ("xlsx", True), ("csv", True))


COUNT_AFTER_MS = 400
"""The tree is painted first: counting a million rates would slow it down."""


class ServicePage(Page):
    """Scopes and rate trees of one service; every scope keeps its own unsaved edits."""

    IDENTITY: ClassVar[tuple[str, ...]] = ("id",)
    HELP: ClassVar[str] = "tree"

    def __init__(self, shell: Shell, address: Address) -> None:
        super().__init__(shell, address)
        self.service_id = address.number("id") or 0
        self.record: Record | None = None
        self.editors: dict[int, TreeEditor] = {}
        self._wanted = address.number("scope") or 0
        self._node = address.get("node")
        self._states: dict[str, Any] = {}
        self._recovered: dict[str, Any] = {}
        self._status_text = ""
        self.heading = PageTitle("")
        self.facts = muted_label()
        self.status_label = StatusLabel()
        self.bar = MessageBar(self)
        self.panel = ScopePanel(self)
        self.stack = QStackedWidget()
        self.empty = EmptyState(self)
        self.stack.addWidget(self.empty)
        self.tools = PageToolBar(self)
        self._counting = QTimer(self)
        self._counting.setSingleShot(True)
        self._counting.setInterval(COUNT_AFTER_MS)
        self._counting.timeout.connect(self._count)
        self._row: Row | None = None
        self.commands = SectionCommands(titles.section(SERVICES.id), shell, self, self._selected)
        self._make_actions()
        self._lay_out()
        self.panel.chosen.connect(self.show_scope)
        self.panel.new_wanted.connect(self.new_scope)
        self.panel.dates_wanted.connect(self.change_dates)
        self.panel.copy_wanted.connect(self.copy_tree)
        self.panel.delete_wanted.connect(self.delete_scope)

    # ------------------------------------------------------------------ widgets

    def _make_actions(self) -> None:
        def action(
            title: str, icon_name: str, slot: Callable[[], object], shortcut: str = ""
        ) -> QAction:
            made = QAction(icon(icon_name), title, self)
            made.triggered.connect(lambda *_: slot())
            made.setShortcut(shortcut)
            made.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            self.addAction(made)
            return made

        self.properties = action(self.tr("Properties"), "edit", self.open_properties, "Alt+Return")
        self.cloning = action(self.tr("Clone…"), "copy", self.clone)
        self.importing = action(self.tr("Import rates…"), "import", self.import_rates, "Ctrl+I")
        self.comparing = action(self.tr("Compare"), "compare", self.compare)
        self.exporting = action(self.tr("Export"), "export", lambda: None)
        self.rates = action(self.tr("List of rates"), "list", self.open_rates)
        self.revisions = action(self.tr("Revisions…"), "history", self.show_revisions)
        self.toggling = action(self.tr("Hide scopes"), "eye-off", self.toggle_panel)
        self.export_menu = QMenu(self)
        for ending, flat in _EXPORTS:
            words = self.tr("List of rates as {e}") if flat else self.tr("Rate tree as {e}")
            made = self.export_menu.addAction(words.format(e=ending.upper()) + "…")
            made.triggered.connect(
                lambda *_, ending=ending, flat=flat: self.export(ending, flat=flat)
            )
        self.compare_menu = QMenu(self)
        for words, slot in (
            (self.tr("With another scope…"), self.compare),
            (self.tr("With a file…"), self.compare_file),
        ):
            self.compare_menu.addAction(words).triggered.connect(lambda *_, slot=slot: slot())
        for shown in (self.properties, self.importing):
            self.tools.add(shown)
        self.tools.add(self.comparing, menu=self.compare_menu)
        self.tools.add(self.exporting, menu=self.export_menu)
        for shown in (self.rates, self.revisions, self.cloning):
            self.tools.add(shown)
        for shown in (self.commands.actions["archive"], self.commands.actions["restore"]):
            self.addAction(shown)
            self.tools.add(shown)
        self.tools.add(self.toggling, text=False)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self.heading)
        head.addWidget(self.status_label, 0, Qt.AlignmentFlag.AlignVCenter)
        head.addWidget(self.facts, 1)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.addWidget(self.panel)
        self.splitter.addWidget(self.stack)
        self.splitter.setStretchFactor(1, 1)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setSizes([WIDTH, 900])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addWidget(self.tools)
        layout.addWidget(self.bar)
        layout.addWidget(self.splitter, 1)

    # ------------------------------------------------------------------ page

    def title(self) -> str:
        return self.record.title if self.record else self.tr("Service")

    def icon_name(self) -> str:
        return "tree"

    def start(self) -> None:
        self._load()

    def revisit(self, address: Address) -> None:
        super().revisit(address)
        self._node = address.get("node")
        scope = address.number("scope")
        if scope and self.panel.model.scopes:
            if scope == self.panel.current_id():
                self.show_scope(scope)
            else:
                self.panel.choose(scope)

    def refresh(self, nouns: frozenset[str]) -> None:
        if nouns & {"services", "scopes", "rates", "imports"}:
            self._load()
        for editor in self.editors.values():
            editor.refresh(nouns)

    def is_dirty(self) -> bool:
        return any(editor.is_dirty() for editor in self.editors.values())

    def save(self, done: Callable[[bool], object]) -> None:
        dirty = [editor for editor in self.editors.values() if editor.is_dirty()]

        def next_one(worked: bool = True) -> None:
            if not worked or not dirty:
                done(worked)
            else:
                dirty.pop().save(next_one)

        next_one()

    def discard(self) -> None:
        for editor in self.editors.values():
            editor.discard()

    def state(self) -> dict[str, Any]:
        shown = {str(scope): editor.state() for scope, editor in self.editors.items()}
        return {
            "scope": self.panel.current_id() or self._wanted,
            "panel": self.panel.isVisibleTo(self),
            "editors": self._states | shown,
        }

    def restore(self, state: dict[str, Any]) -> None:
        self._wanted = self._wanted or int(state.get("scope") or 0)
        self._states = dict(state.get("editors") or {})
        if not state.get("panel", True):
            self.toggle_panel()

    def unsaved(self) -> dict[str, Any] | None:
        kept = {str(scope): editor.unsaved() for scope, editor in self.editors.items()}
        edits = self._recovered | {scope: edit for scope, edit in kept.items() if edit is not None}
        return edits or None

    def recover(self, unsaved: dict[str, Any]) -> None:
        self._recovered = dict(unsaved)

    def undo_stack(self) -> QUndoStack | None:
        editor = self.editor()
        return editor.undo_stack if editor is not None else None

    def actions_shown(self) -> list[QAction]:
        editor = self.editor()
        own = super().actions_shown()
        return own + ([a for a in editor.actions() if a.text()] if editor else [])

    def editor(self) -> TreeEditor | None:
        """Return the editor of the scope shown."""
        return self.editors.get(self.panel.current_id())

    # ------------------------------------------------------------------ loading

    def _load(self) -> None:
        number = self.service_id

        def work(ctx: Context) -> _Loaded:
            scopes = scope_changes.scopes_of(ctx, number, count=False)
            rows = records.rows_by_keys(ctx, SERVICES, ListQuery(SERVICES.id), [number])
            return service_records.load(ctx, number), scopes, rows[0] if rows else None

        self.shell.jobs.query(work, owner=self, done=self._show, failed=self._refuse)

    def _count(self) -> None:
        """Count the rates of the scopes."""
        number = self.service_id

        def done(scopes: list[ScopeView]) -> None:
            self.panel.model.update(scopes)

        self.shell.jobs.query(
            lambda ctx: scope_changes.scopes_of(ctx, number), owner=self, done=done
        )

    def _refuse(self, problem: UserError) -> None:
        self.bar.show_message(str(problem), kind="error")

    def _show(self, loaded: _Loaded) -> None:
        self.record, scopes, self._row = loaded
        self.heading.setText(self.record.title)
        self.facts.setText(self._facts(self.record))
        self._show_state()
        self._forget_gone({scope.id for scope in scopes})
        chosen = self._chosen(scopes)
        self.panel.show_scopes(scopes, chosen)
        self._mark_unsaved()
        if not chosen:
            self._show_empty()
        elif chosen not in self.editors or self.stack.currentWidget() is self.empty:
            self.show_scope(chosen)
        for scope in map(int, self._recovered.copy()):
            self._editor_of(scope)
        self.described.emit()
        self._enable()
        self._counting.start()

    def _show_state(self) -> None:
        """Show whether the service is in force, as its list does."""
        place = [column.name for column in SERVICES.columns].index("state") + 1
        state = self._row[place] if self._row is not None else ""
        known = {choice.value: choice for choice in service_section.STATES}
        self.status_label.setVisible(state in known)
        if state in known:
            self.status_label.set_status(known[state].tone, titles.tr(known[state].title))
        archived = state == "archived"
        self.commands.actions["archive"].setVisible(not archived)
        self.commands.actions["restore"].setVisible(archived)

    def _forget_gone(self, known: set[int]) -> None:
        """Drop what belongs to scopes that somebody deleted; unsaved edits of them are told."""
        for number in [n for n in self.editors if n not in known]:
            if not self.editors[number].is_dirty():
                self._drop_editor(number)
        gone = [number for number in self._recovered if int(number) not in known]
        for lost in gone:
            del self._recovered[lost]
        if gone:
            words = self.tr("Unsaved edits of scope {n} were dropped: it was deleted meanwhile.")
            self.bar.show_message(words.format(n=", ".join(gone)), kind="warn")

    def _drop_editor(self, number: int) -> None:
        editor = self.editors.pop(number, None)
        if editor is not None:
            self.stack.removeWidget(editor)
            editor.deleteLater()

    def _selected(self) -> Selected:
        """Return this service as the row that the section's commands work on."""
        return Selected((self._row[0],), (self._row,)) if self._row is not None else Selected()

    def _facts(self, record: Record) -> str:
        values = record.values
        size = formats.number(values["size"]) if values.get("size") is not None else ""
        parts = [
            self.tr("ID {id}").format(id=record.id),
            titles.choices(service_section.TYPES).get(values["type"], ""),
            titles.choices(service_section.SIDES).get(values["side"], ""),
            values.get("currency") or "",
            self.tr("size {size}").format(size=size) if size else "",
        ]
        return " · ".join(part for part in parts if part)

    def _chosen(self, scopes: list[ScopeView]) -> int:
        """Return the scope to show: the wanted one, the one shown, the current one, the first."""
        known = {scope.id: scope for scope in scopes}
        current = [s.id for s in scopes if s.state == "current"]
        wanted, self._wanted = self._wanted, 0
        for number in (wanted, self.panel.current_id(), *current, *known):
            if number in known:
                return number
        return 0

    def _show_empty(self) -> None:
        self.empty.set(
            "calendar",
            self.tr("This service has no scope yet."),
            self.tr("A scope says from when until when its rates hold, and has a rate tree."),
            [(self.tr("New scope"), self.new_scope, True)],
        )
        self.stack.setCurrentWidget(self.empty)

    def show_scope(self, scope_id: int) -> None:
        """Show the tree of a scope; edits in the others stay as they are."""
        editor = self._editor_of(scope_id)
        self.stack.setCurrentWidget(editor)
        if self._node:
            self._go_to(editor, self._node)
            self._node = ""
        self._status_text = ""
        self.described.emit()
        self.touched.emit()
        self._enable()

    def _editor_of(self, scope_id: int) -> TreeEditor:
        if scope_id in self.editors:
            return self.editors[scope_id]
        editor = TreeEditor(self.shell, self)
        self.editors[scope_id] = editor
        self.stack.addWidget(editor)
        editor.dirty_changed.connect(lambda _: self._dirty_changed())
        editor.status.connect(lambda text: self._tell(editor, text))
        editor.touched.connect(self.touched)
        editor.import_requested.connect(lambda path: self.import_rates(scope_id, path))
        if (state := self._states.pop(str(scope_id), None)) is not None:
            editor.restore(state)
        if (unsaved := self._recovered.pop(str(scope_id), None)) is not None:
            editor.recover(unsaved)
        editor.open_scope(scope_id)
        return editor

    def _go_to(self, editor: TreeEditor, place: str) -> None:
        """Show a node, given by its number or by the names on its path."""
        scope = editor.scope_id

        def work(ctx: Context) -> tuple[int, ...]:
            node = tree_pages.node_named(ctx, scope, place)
            return tuple(row.node_no for row in tree_pages.path_of(ctx, scope, node))

        def done(path: tuple[int, ...]) -> None:
            if getattr(editor, "head", None) is not None:
                editor.go_to_path(path)
            else:
                editor.opened.connect(lambda: editor.go_to_path(path))

        self.shell.jobs.query(work, owner=editor, done=done)

    def _tell(self, editor: TreeEditor, text: str) -> None:
        if editor is self.editor():
            self.status.emit(text)

    def _dirty_changed(self) -> None:
        self._mark_unsaved()
        self.described.emit()

    def _mark_unsaved(self) -> None:
        self.panel.model.mark({n for n, editor in self.editors.items() if editor.is_dirty()})

    def _enable(self) -> None:
        """Enable what can be done, and say why the rest can't."""
        self.commands.update()
        may = self.shell.jobs.may(SERVICES.area, "manage")
        refusal = "" if may else self.tr("You may not do this: ask an administrator for the right.")
        self.panel.set_refusal(refusal)
        for action in (self.importing, self.cloning):
            action.setEnabled(may)
            action.setToolTip(refusal or action.text())
        has_scope = bool(self.panel.current_id())
        for action in (self.exporting, self.rates, self.revisions, self.comparing):
            action.setEnabled(has_scope)
            action.setToolTip(action.text() if has_scope else self.tr("Add a scope first."))
        if not self.shell.jobs.may(EXPORT, VIEW):
            self.exporting.setEnabled(False)
            words = self.tr("You may not take data out: ask an administrator for the right.")
            self.exporting.setToolTip(words)

    # ------------------------------------------------------------------ what the buttons do

    def open_properties(self) -> None:
        """Show the form of the service."""
        self.shell.open(Address.of("record", section=SERVICES.id, id=self.service_id))

    def clone(self) -> None:
        """Show the form of a copy of the service: its scopes become drafts."""
        self.shell.open(Address.of("record", section=SERVICES.id, clone=self.service_id))

    def import_rates(self, scope_id: int = 0, node: str = "") -> None:
        """Start an import into the scope shown, or into a node of it."""
        scope = scope_id or self.panel.current_id() or None
        self.shell.open(Address.of("import", service=self.service_id, scope=scope, node=node))

    def compare(self) -> None:
        """Compare the scope shown with another one."""
        self.shell.open(Address.of("compare", first=self.panel.current_id()))

    def compare_file(self) -> None:
        """Hold a file against the scope shown; nothing is written."""
        scope = self.panel.current_id() or None
        self.shell.open(Address.of("import", service=self.service_id, scope=scope, compare=1))

    def open_rates(self) -> None:
        """Show the rates of the scope as a flat list."""
        self.shell.open(Address.of("list", section="rates", scope=self.panel.current_id()))

    def toggle_panel(self) -> None:
        """Hide or show the scopes, for a wider tree."""
        hide = self.panel.isVisibleTo(self)
        self.panel.setVisible(not hide)
        self.toggling.setText(self.tr("Show scopes") if hide else self.tr("Hide scopes"))
        self.toggling.setIcon(icon("eye" if hide else "eye-off"))
        self.touched.emit()

    def export(self, ending: str, *, flat: bool = False) -> None:
        """Ask for a file and write the tree (or the flat list of its rates) to it."""
        scope = self.panel.current_id()
        name = f"{self.title()} {scope}.{ending}".replace("/", "-")
        chosen, _ = QFileDialog.getSaveFileName(
            self, self.tr("Export"), str(Path.home() / name), f"{ending.upper()} (*.{ending})"
        )
        if chosen:
            self.export_to(Path(chosen), flat=flat)

    def export_to(self, file: Path, *, flat: bool = False) -> None:
        """Write the tree of the scope shown to ``file``."""
        service, scope = str(self.service_id), self.panel.current_id()

        def done(rows: int) -> None:
            one, many = self.tr("1 row written to {file}."), self.tr("{n} rows written to {file}.")
            self.shell.notify(formats.counted(rows, one, many).format(file=file.name))

        self.shell.jobs.query(
            lambda ctx: export_scope(ctx, service, file, scope_id=scope, flat=flat),
            owner=self,
            done=done,
            failed=self._refuse,
            title=self.tr("Exporting rates"),
        )

    def show_revisions(self) -> None:
        """Show what changed the scope, with an undo for each revision."""
        editor = self.editor()
        if editor is not None and editor.is_dirty():
            words = self.tr("Save or discard the unsaved edits of this scope first.")
            self.bar.show_message(words, kind="info")
            return
        scope = self.panel.current()
        if scope is None:
            return
        live = scope.state == "current"
        name = f"{self.title()}, {period(scope)}"
        dialog = RevisionsDialog(self.shell, self, scope.id, live=live, name=name)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    # ------------------------------------------------------------------ scopes

    def new_scope(self) -> None:
        """Add a scope."""
        self._open_dates(None)

    def change_dates(self, scope_id: int) -> None:
        """Change dates or the draft flag of a scope."""
        scope = self._scope(scope_id)
        if scope is not None:
            self._open_dates(scope)

    def _scope(self, scope_id: int) -> ScopeView | None:
        return next((s for s in self.panel.model.scopes if s.id == scope_id), None)

    def _open_dates(self, scope: ScopeView | None) -> None:
        zone = str(self.record.values.get("time_zone") or "UTC") if self.record else "UTC"
        dialog = ScopeDialog(self.shell, self, service_id=self.service_id, zone=zone, scope=scope)
        dialog.saved.connect(self._scope_saved)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _scope_saved(self, changed: ChangedScope) -> None:
        self._wanted = changed.scope.id
        self._load()
        if changed.warnings:
            self.bar.show_message("\n".join(changed.warnings), kind="warn")

    def copy_tree(self, scope_id: int) -> None:
        """Replace the tree of a draft by another scope's."""
        scope = self._scope(scope_id)
        if scope is None:
            return
        dialog = CopyTreeDialog(self.shell, self, scope)
        dialog.copied.connect(self._tree_copied)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _tree_copied(self, copied: CopiedTree) -> None:
        one, many = self.tr("1 rate copied."), self.tr("{n} rates copied.")
        text = formats.counted(copied.leaves, one, many)
        self.shell.notify(text)

    def delete_scope(self, scope_id: int) -> None:
        """Ask, then delete a draft."""
        scope = self._scope(scope_id)
        if scope is None:
            return
        rates = self.panel.model.facts(scope)
        text = self.tr("{period}, {rates}. The draft and its rates are deleted for good.")
        question = Question(
            self,
            self.tr("Delete draft scope {n}?").format(n=scope.id),
            text.format(period=period(scope), rates=rates),
            yes=self.tr("Delete draft"),
            danger=True,
        )

        def answered() -> None:
            if question.answer == YES:
                self._delete(scope)
            question.deleteLater()

        question.finished.connect(answered)
        question.open()

    def _delete(self, scope: ScopeView) -> None:
        number, version = scope.id, scope.version

        def done(_: object) -> None:
            self._drop_editor(number)
            self._load()

        self.shell.jobs.change(
            self.tr("Deleting the draft"),
            lambda ctx: scope_changes.delete_scope(ctx, number, version),
            owner=self,
            done=done,
            failed=self._refuse,
            nouns=NOUNS,
        )
