"""The rate-tree editor of one scope: tree, tool bar, search, panels, staged edits and undo."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAction, QUndoStack
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.domain.tree_draft import Edit, TreeDraft
from app.errors import UserError
from app.services.tariffs import tree_pages
from app.services.tariffs.key_names import key_names
from app.ui import formats
from app.ui.tariffs.breadcrumb import Breadcrumb
from app.ui.tariffs.find_bar import FindBar, Search
from app.ui.tariffs.history_panel import WIDTH, HistoryPanel
from app.ui.tariffs.problems_panel import ProblemsPanel
from app.ui.tariffs.tree_actions import TreeActions
from app.ui.tariffs.tree_clipboard import TreeClipboard
from app.ui.tariffs.tree_commands import TreeCommands
from app.ui.tariffs.tree_model import TreeModel
from app.ui.tariffs.tree_reveal import Reveal
from app.ui.tariffs.tree_saving import NOUNS, TreeSaver
from app.ui.tariffs.tree_source import TreeSource
from app.ui.tariffs.tree_steps import TreeSteps
from app.ui.tariffs.tree_view import TreeView
from app.ui.widgets.buttons import push_button
from app.ui.widgets.confirm import YES, Question
from app.ui.widgets.empty_state import EmptyState
from app.ui.widgets.message_bar import MessageBar

if TYPE_CHECKING:
    from app.services.context import Context
    from app.services.tariffs.edit_tree import SavedEdits
    from app.services.tariffs.tree_pages import Expansion, TreeHead
    from app.ui.pages import Shell
    from app.ui.tariffs.tree_items import Item

MOST_OPEN = 2_000
"""Branches that "All" opens; more would be a list to scroll through, not an overview."""


class TreeEditor(QWidget):
    """Shows and edits the tree of one scope; unsaved edits live here until Save."""

    dirty_changed = Signal(bool)
    status = Signal(str)
    import_requested = Signal(str)
    """Path of the node to import into, as the import takes it; "" = the whole tree."""

    touched = Signal()
    opened = Signal()
    """The tree of :meth:`open_scope` is shown."""

    head: TreeHead
    model: TreeModel
    steps: TreeSteps
    reveal: Reveal
    search: Search

    def __init__(self, shell: Shell, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.shell = shell
        self.scope_id = 0
        self._is_open = self._opening = False
        self._was_dirty = False
        self._restored: dict[str, Any] = {}
        self._recovered: dict[str, Any] | None = None
        self._warned = False
        self.dialogs: list[QDialog] = []
        self.commands = TreeCommands(self)
        self.view = TreeView(self.commands.options_for, self)
        self.clipboard = TreeClipboard(self)
        self.saver = TreeSaver(self)
        self.find_bar = FindBar(self)
        self.breadcrumb = Breadcrumb(self)
        self.bar = MessageBar(self)
        self.live_bar = MessageBar(self)
        self.history = HistoryPanel(shell.jobs, self)
        self.problems = ProblemsPanel(shell.jobs, self)
        self.empty = EmptyState(self)
        self.reason = QLabel()
        self.acts = TreeActions(self)
        self._build()
        self._listen()
        self.setEnabled(False)

    # ------------------------------------------------------------------ widgets

    def _build(self) -> None:
        self.save_button = push_button("", self.save_now, kind="primary", icon_name="save")
        self.discard_button = push_button(self.tr("Discard"), self.ask_discard)
        top = QHBoxLayout()
        top.setContentsMargins(0, 0, 8, 0)
        top.setSpacing(8)
        self.tools = self.acts.tool_bar()
        top.addWidget(self.tools, 1)
        top.addWidget(self.discard_button)
        top.addWidget(self.save_button)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.view)
        self.stack.addWidget(self.empty)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.addWidget(self.stack)
        self.splitter.addWidget(self.history)
        self.splitter.setStretchFactor(0, 1)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setSizes([900, WIDTH])
        self.history.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(top)
        for widget in (self.live_bar, self.bar, self.breadcrumb, self.find_bar):
            layout.addWidget(widget)
        layout.addWidget(self.splitter, 1)
        layout.addWidget(self.problems)
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)

    def _listen(self) -> None:
        self.view.drag_data = self.clipboard.drag_data
        self.view.accepts = self.clipboard.accepts
        self.view.dropped.connect(
            lambda data, index, copy: self.clipboard.drop(data, index, copy=copy)
        )
        self.view.customContextMenuRequested.connect(self._show_menu)
        self.view.expanded.connect(lambda _: self.touched.emit())
        self.view.collapsed.connect(lambda _: self.touched.emit())
        self.view.scale_wanted.connect(
            lambda index: self.commands.edit_scale(self.model.item(index))
        )
        self.breadcrumb.chosen.connect(self._go_to_number)
        self.problems.chosen.connect(self.go_to_path)
        self.problems.close_button.clicked.connect(lambda: self.show_problems(False))
        self.history.close_button.clicked.connect(lambda: self.show_history(False))

    # ------------------------------------------------------------------ opening

    def actions(self) -> list[QAction]:
        """Return all actions, those of the tree itself included, for palette and sheet."""
        return [*super().actions(), *self.view.actions()]

    def open_scope(self, scope_id: int) -> None:
        """Show the tree of a scope; edits of the one shown before are forgotten."""
        self.scope_id = scope_id

        def done(head: TreeHead) -> None:
            self._opening = False
            if head.scope_id == self.scope_id:
                self._show(head)

        def failed(problem: UserError) -> None:
            self._opening = False
            self.shell.jobs.refused.emit(str(problem), self)

        self._opening = True
        self.shell.jobs.query(
            lambda ctx: tree_pages.tree_head(ctx, scope_id), owner=self, done=done, failed=failed
        )

    def _show(self, head: TreeHead) -> None:
        self.head = head
        self.acts.prices.setEnabled(head.priced)  # packs and initiators have none (L16)
        draft = self._recovered_draft()
        source = TreeSource(self.shell.jobs, head.scope_id, self)
        self.steps = TreeSteps(draft, self)
        self.model = TreeModel(head, source, self.steps, self)
        self.reveal = Reveal(self.shell.jobs, head.scope_id, self.model)
        self.search = Search(
            self.shell.jobs, head.scope_id, self.find_bar, lambda: self.steps.draft
        )
        self.search.marked.connect(self.model.show_matches)
        self.search.arrived.connect(self.go_to_path)
        self.view.show_model(self.model)
        self.model.edited.connect(self.commands.edited)
        self.model.filled.connect(self._filled)
        self.steps.changed.connect(self._edited)
        self.steps.refused.connect(self.refuse)
        self.steps.stack.indexChanged.connect(self._undo_changed)
        self.view.selectionModel().currentChanged.connect(self._current_changed)
        self.view.selectionModel().selectionChanged.connect(self._tell_status)
        self.setEnabled(True)
        self._is_open = True
        self.model.load(self.model.root)
        self._restore_view()
        self.learn_names()
        self._undo_changed()
        self._edited({})
        self._current_changed()
        self._filled()
        self.opened.emit()

    def _recovered_draft(self) -> TreeDraft:
        plain, self._recovered = self._recovered, None
        if plain is None or plain.get("scope") != self.scope_id:
            return TreeDraft()
        try:
            return TreeDraft.from_json(plain["draft"])
        except ValueError as problem:
            self.refuse(self.tr("Unsaved edits could not be restored: {why}.").format(why=problem))
            return TreeDraft()

    def _restore_view(self) -> None:
        state, self._restored = self._restored, {}
        if state.get("scope") != self.scope_id:
            self.open_levels(2, anew=False)
            return
        self.view.open_when_loaded(state.get("open", ()))
        self.show_history(bool(state.get("history")))
        path = state.get("current")
        if path:
            self.go_to_path(path)

    def reload(self) -> None:
        """Read the tree again; selection, scroll, expanded nodes and unsaved edits stay."""
        if not self._is_open:
            return
        scope = self.scope_id

        def done(head: TreeHead) -> None:
            if head.scope_id == self.scope_id:
                self._take_head(head)
                self.model.reload()

        self.bar.clear()
        self.shell.jobs.query(lambda ctx: tree_pages.tree_head(ctx, scope), owner=self, done=done)

    def _take_head(self, head: TreeHead) -> None:
        # Unsaved edits keep the revision they were begun at, so that a save can tell what moved.
        if self.is_dirty():
            from dataclasses import replace

            head = replace(head, revision=self.head.revision)
        self.head = head
        self.model.replace_head(head)
        self.view.show_columns()
        self._show_live_bar()
        self._tell_status()

    def refresh(self, nouns: frozenset[str]) -> None:
        """Take note of a change elsewhere."""
        if not self._is_open and not self._opening and self.scope_id:
            self.open_scope(self.scope_id)  # it could not be read before
        elif (
            self._is_open
            and not self.saver.running
            and nouns & {*NOUNS, "services", "dictionaries"}
        ):
            self.reload()

    # ------------------------------------------------------------------ edits

    def do(self, edit: Edit) -> bool:
        """Do a step; return whether it changed anything."""
        self.bar.clear()
        return self.steps.push(edit)

    def undo(self) -> None:
        """Take the last step back."""
        self.steps.stack.undo()

    def redo(self) -> None:
        """Do the step that was taken back again."""
        self.steps.stack.redo()

    @property
    def undo_stack(self) -> QUndoStack | None:
        """Return the undo stack, None before a tree is open."""
        return self.steps.stack if self._is_open else None

    def is_dirty(self) -> bool:
        """Whether there are unsaved edits."""
        return self._is_open and self.steps.is_dirty

    def save(self, done: Callable[[bool], object]) -> None:
        """Save the unsaved edits, then call ``done`` with whether it worked."""
        if self._is_open:
            self.saver.save(done)
        else:
            done(True)

    def save_now(self) -> None:
        """Save; what comes of it is told in the window."""
        self.save(lambda _: None)

    def after_save(self, result: SavedEdits) -> None:
        """Show what was saved as stored, in place."""
        from dataclasses import replace

        self.view.renumber(result.numbers)
        self.model.settle(result.revision, result.numbers, result.states)
        self.head = replace(self.head, revision=result.revision)
        self._warned = False
        self._edited({})
        self.reload()

    def discard(self) -> None:
        """Forget the unsaved edits."""
        if self._is_open:
            self.steps.discard()

    def ask_discard(self) -> None:
        """Forget the unsaved edits after asking."""
        if not self.is_dirty():
            return
        one, many = self.tr("Discard 1 change"), self.tr("Discard {n} changes")
        question = Question(
            self,
            formats.counted(self.steps.draft.count, one, many),
            self.tr("The tree is shown as it is saved. This cannot be undone."),
            yes=self.tr("Discard"),
            danger=True,
        )
        question.finished.connect(lambda _: self.discard() if question.answer == YES else None)
        self.show_dialog(question)

    def unsaved(self) -> dict[str, Any] | None:
        """Return the unsaved edits as JSON data."""
        if not self.is_dirty():
            return self._recovered
        return {"scope": self.scope_id, "draft": self.steps.draft.to_json()}

    def recover(self, unsaved: dict[str, Any]) -> None:
        """Take what :meth:`unsaved` gave; before the scope is opened."""
        self._recovered = unsaved

    def state(self) -> dict[str, Any]:
        """Return what a restart restores."""
        if not self._is_open:
            return self._restored
        item = self.view.current_item()
        path = [*self.model.above(item), item.no] if item is not self.model.root else []
        return {
            "scope": self.scope_id,
            "open": self.view.open_numbers()[:MOST_OPEN],
            "current": path,
            "history": self.history.isVisibleTo(self),
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Take what :meth:`state` gave; before the scope is opened."""
        self._restored = state

    def learn_names(self) -> None:
        """Ask for the names of staged values that are not known (recovered, pasted)."""
        wanted = self.model.unnamed()
        if wanted:
            self.shell.jobs.query(
                lambda ctx: key_names(ctx, wanted), owner=self, done=self.model.learn
            )

    # ------------------------------------------------------------------ going places

    def go_to_path(self, path: Sequence[int]) -> None:
        """Show a node wherever it is; ``path`` = numbers from the root down to it."""

        def show(item: Item) -> None:
            if item is not self.model.root:
                self.view.go_to(item)

        self.reveal.show(path, show)

    def go_to_keys(self, keys: Sequence[str]) -> None:
        """Show the node at a path of keys (or the deepest one above it that exists)."""
        scope = self.scope_id

        def work(ctx: Context) -> tuple[int, ...]:
            number = tree_pages.node_at(ctx, scope, keys)
            return tuple(row.node_no for row in tree_pages.path_of(ctx, scope, number))

        self.shell.jobs.query(work, owner=self, done=self.go_to_path)

    def _go_to_number(self, number: int) -> None:
        item = self.model.find(number)
        if item is not None and item is not self.model.root:
            self.view.go_to(item)
        self.view.setFocus()

    def open_levels(self, levels: int, *, anew: bool = True) -> None:
        """Open the tree so that so many levels show; 0 = all, up to MOST_OPEN branches.

        Without ``anew`` what is open stays open, such as the way to a node that was asked for.
        """
        scope = self.scope_id

        def done(found: Expansion) -> None:
            if scope != self.scope_id:
                return
            if anew:
                self.view.close_all()
            self.view.open_when_loaded(no for no in found.numbers if no)
            if found.left_out:
                one = self.tr("1 more branch stays closed: open it if you need it.")
                many = self.tr("{n} more branches stay closed: open those you need.")
                self.refuse(formats.counted(found.left_out, one, many), kind="info")

        self.shell.jobs.query(
            lambda ctx: tree_pages.expand_levels(ctx, scope, 0, levels, MOST_OPEN),
            owner=self,
            done=done,
        )

    def search_step(self, step: int) -> None:
        """Go to the next or previous hit; without a search open the bar."""
        if self._is_open and self.search.text:
            self.search.move(step)
        else:
            self.find_bar.open_bar()

    # ------------------------------------------------------------------ panels and messages

    def show_history(self, on: bool) -> None:
        """Show or hide the panel beside the tree."""
        self.acts.history.setChecked(on)
        self.history.setVisible(on)
        self.view.stand_beside(on)
        self.view.keep_current()
        self.touched.emit()

    def show_problems(self, on: bool) -> None:
        """Show or hide the list of problems."""
        self.acts.problems.setChecked(on)
        self.problems.setVisible(on)
        self.view.keep_current()
        if on:
            self.problems.ask(self.scope_id)

    def refuse(
        self,
        text: str,
        actions: Sequence[tuple[str, Callable[[], object]]] = (),
        *,
        kind: str = "error",
    ) -> None:
        """Tell in the bar why something was not done."""
        self.bar.show_message(text, kind, actions)

    def warn(self, text: str) -> None:
        """Tell something a person should know."""
        self.bar.show_message(text, "warn")

    def show_dialog(self, dialog: QDialog) -> None:
        """Open a dialog that belongs to the editor, and forget it when it is closed."""
        self.dialogs.append(dialog)
        dialog.finished.connect(lambda _: self._forget_dialog(dialog))
        dialog.open()

    def _forget_dialog(self, dialog: QDialog) -> None:
        if dialog in self.dialogs:
            self.dialogs.remove(dialog)
        dialog.deleteLater()
        self.view.setFocus()

    def import_here(self) -> None:
        """Ask the page to import rates into the current node."""
        self.import_into(self.view.current_item())

    def import_into(self, item: Item) -> None:
        """Ask the page to import rates into a node."""
        names = [node.name.replace("/", r"\/") for node in self.model.path(item)]
        if any(node.stored is None for node in self.model.path(item)):
            self.refuse(self.tr("Save your changes first, then import into this node."))
            return
        self.import_requested.emit("/".join(names))

    def scale_here(self) -> None:
        """Edit the scale of the current node."""
        self.commands.edit_scale(self.view.current_item())

    def _show_menu(self, point: QPoint) -> None:
        menu = self.acts.menu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.view.viewport().mapToGlobal(point))

    # ------------------------------------------------------------------ keeping up

    def _edited(self, _touched: object) -> None:
        dirty = self.steps.is_dirty
        self._show_live_bar()
        self.busy_changed()
        if self.find_bar.isVisible():
            self.search.outdate()
        if dirty != self._was_dirty:
            self._was_dirty = dirty
            self.dirty_changed.emit(dirty)
        self._tell_status()
        self.touched.emit()

    def busy_changed(self) -> None:
        """Show on the buttons what can be saved now, and why not."""
        count = self.steps.draft.count
        number = formats.number(count)
        one = count == 1
        text = self.tr("Save 1 change") if one else self.tr("Save {n} changes").format(n=number)
        if not count:
            text = self.tr("Save changes")
        self.save_button.setText(text)
        reason = ""
        if self.saver.running:
            reason = self.tr("Saving…")
        elif not count:
            reason = self.tr("There is nothing to save: the tree is as it is stored.")
        for button, action in (
            (self.save_button, self.acts.save),
            (self.discard_button, self.acts.discard),
        ):
            button.setEnabled(not reason)
            button.setToolTip(reason or action.toolTip())
            action.setEnabled(not reason)

    def _show_live_bar(self) -> None:
        """SVC-2: an edit of the scope in force is live once it is saved."""
        if self.steps.is_dirty and self.head.scope_state == "current":
            if not self._warned:
                self._warned = True
                self.live_bar.show_message(
                    self.tr("This scope is in force: saved changes are live at once."),
                    "warn",
                    closable=False,
                )
        else:
            self._warned = False
            self.live_bar.clear()

    def _undo_changed(self) -> None:
        stack = self.steps.stack
        for action, able, word, text in (
            (self.acts.undo, stack.canUndo(), self.tr("Undo"), stack.undoText()),
            (self.acts.redo, stack.canRedo(), self.tr("Redo"), stack.redoText()),
        ):
            action.setEnabled(able)
            action.setText(f"{word}: {text}" if text else word)
            action.setToolTip(action.text())

    def _filled(self) -> None:
        root = self.model.root
        nothing = not root.entries and root.loaded is not False and not self.model.is_loading(root)
        empty = nothing or (not root.entries and not root.total)
        if empty:
            self._fill_empty()
        self.stack.setCurrentWidget(self.empty if empty else self.view)
        self._tell_status()

    def _fill_empty(self) -> None:
        self.empty.set(
            "tree",
            self.tr("This scope has no rates yet"),
            self.tr("Add a service domain such as SMS messaging, or import a price list."),
            [
                (self.tr("Add service domain…"), self.commands.add, True),
                (self.tr("Import price list…"), lambda: self.import_requested.emit(""), False),
            ],
        )

    def _current_changed(self) -> None:
        item = self.view.current_item()
        path = [(0, self.head.service_name)]
        path += [(node.no, node.name) for node in self.model.path(item)]
        self.breadcrumb.show_path(path)
        self.history.follow(self.model, self.scope_id, item)
        self.touched.emit()

    def _tell_status(self) -> None:
        if not self._is_open:
            return
        parts = [self.tr("Revision {n}").format(n=formats.number(self.head.revision))]
        cells = sum(
            (part.bottom() - part.top() + 1) * (part.right() - part.left() + 1)
            for part in self.view.ranges()
        )
        if cells > 1:
            parts.append(self.tr("{n} cells selected").format(n=formats.number(cells)))
        counts = self.steps.draft.counts()
        for number, text in (
            (counts.changed, self.tr("{n} changed")),
            (counts.added, self.tr("{n} new")),
            (counts.removed, self.tr("{n} removed")),
        ):
            if number:
                parts.append(text.format(n=formats.number(number)))
        self.status.emit("  ·  ".join(parts))
