"""Copies, cuts, pastes and drags cells and subtrees, also between scopes and tabs (item 29)."""

from __future__ import annotations

import json
import weakref
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QByteArray, QMimeData, QModelIndex, QObject
from PySide6.QtGui import QGuiApplication

from app.domain import tree_edits
from app.domain.kinds import PriceType
from app.domain.tree_draft import Edit, EditRefused, NodeRef, Subtree
from app.errors import UserError
from app.services.tariffs import subtrees, tree_pages
from app.services.tariffs.key_names import key_names
from app.ui import formats
from app.ui.lists.clipboard import rows_to_tsv, tsv_to_rows
from app.ui.tariffs import tree_cells
from app.ui.widgets.confirm import CANCEL, Question

if TYPE_CHECKING:
    from app.services.context import Context
    from app.ui.tariffs.tree_editor import TreeEditor
    from app.ui.tariffs.tree_items import Item

Names = dict[tuple[str, str], str]

SUBTREE = "application/x-tariffdesk-subtree"
DRAG = "application/x-tariffdesk-drag"
CELLS = "application/x-tariffdesk-cells"

_editors: weakref.WeakValueDictionary[str, TreeEditor] = weakref.WeakValueDictionary()
"""Editors by a name that a drag carries: the source hands its subtree over when it is dropped."""

_cut: list[tuple[weakref.ref[TreeEditor], tuple[int, ...], str]] = []
"""What was cut last: its editor, its nodes and the clipboard's stamp; gone once it was pasted."""


class TreeClipboard(QObject):
    """Copy and paste of one editor. Nodes travel as values, never as numbers of another scope."""

    def __init__(self, editor: TreeEditor) -> None:
        super().__init__(editor)
        self._editor = editor
        self._name = f"{id(editor):x}"
        _editors[self._name] = editor

    # ------------------------------------------------------------------ copying

    def copy(self) -> None:
        """Ctrl+C: cells as text, nodes as a subtree and as text."""
        if self._editor.view.whole_nodes():
            self._copy_nodes(cut=False)
        else:
            self._copy_cells()

    def cut(self) -> None:
        """Ctrl+X: nodes leave when they are pasted."""
        if self._editor.view.whole_nodes():
            self._copy_nodes(cut=True)
        else:
            self._editor.refuse(self.tr("Only whole nodes are cut: select them by their name."))

    def _copy_cells(self) -> None:
        view, model = self._editor.view, self._editor.model
        cells = view.cells()
        columns = sorted({index.column() for index in cells})
        rows: dict[int, dict[int, QModelIndex]] = {}
        for index in cells:
            rows.setdefault(index.internalId(), {})[index.column()] = index
        texts, contents = [], []
        for row in rows.values():
            found = [row.get(column) for column in columns]
            texts.append([tree_cells.plain_text(model, i) if i else "" for i in found])
            contents.append([tree_cells.content(model, i) if i else None for i in found])
        data = QMimeData()
        data.setText(rows_to_tsv(texts))
        plain = {"columns": columns, "rows": contents}
        data.setData(CELLS, QByteArray(json.dumps(plain).encode()))
        QGuiApplication.clipboard().setMimeData(data)
        one, many = self.tr("1 cell copied"), self.tr("{n} cells copied")
        self._editor.status.emit(formats.counted(len(cells), one, many))

    def _copy_nodes(self, *, cut: bool) -> None:
        editor = self._editor
        nodes = _siblings(editor, editor.view.chosen())
        if not nodes:
            return
        scope, draft, numbers = editor.scope_id, editor.steps.draft.copy(), [n.no for n in nodes]
        text = rows_to_tsv([self._row(item) for item in nodes])

        def work(ctx: Context) -> tuple[Subtree, bytes]:
            subtree = subtrees.read_subtree(ctx, scope, numbers, draft)
            return subtree, json.dumps(subtree.to_json()).encode()

        def done(found: tuple[Subtree, bytes]) -> None:
            subtree, plain = found
            self._put(plain, text)
            _cut.clear()
            if cut:
                stamp = bytes(plain[:4000]).decode(errors="replace")
                _cut.append((weakref.ref(editor), tuple(numbers), stamp))
            one = self.tr("1 node cut") if cut else self.tr("1 node copied")
            many = self.tr("{n} nodes cut") if cut else self.tr("{n} nodes copied")
            editor.status.emit(formats.counted(len(subtree), one, many))

        editor.shell.jobs.query(work, owner=editor, done=done, failed=self._refused)

    def _row(self, item: Item) -> list[str]:
        model, columns = self._editor.model, self._editor.view.shown_columns()
        return [tree_cells.plain_text(model, model.index_of(item, column)) for column in columns]

    def _put(self, plain: bytes, text: str) -> None:
        data = QMimeData()
        data.setText(text)
        data.setData(SUBTREE, QByteArray(plain))
        QGuiApplication.clipboard().setMimeData(data)

    # ------------------------------------------------------------------ pasting

    def paste(self) -> None:
        """Ctrl+V: nodes under the current one, cells into cells, a list of names as new values."""
        data = QGuiApplication.clipboard().mimeData()
        if data is None:
            return
        view = self._editor.view
        on_names = view.whole_nodes()
        if data.hasFormat(SUBTREE) and on_names:
            self._paste_nodes(bytes(data.data(SUBTREE).data()))
        elif on_names and data.hasText():
            self._editor.commands.add(pasted=data.text())
        elif data.hasText():
            self._paste_cells(data)

    def _paste_cells(self, data: QMimeData) -> None:
        view, model = self._editor.view, self._editor.model
        cells = view.cells()
        if not cells:
            return
        try:
            table = self._table(data, cells[0])
        except ValueError as problem:
            self._editor.refuse(str(problem))
            return
        self._editor.commands.run(
            lambda: tree_cells.pasted(model, table, cells, view.nodes_from, view.shown_columns())
        )

    def _table(self, data: QMimeData, corner: QModelIndex) -> tree_cells.Table:
        """Return the copied block: exact contents if it is one of ours for these columns."""
        if data.hasFormat(CELLS):
            plain = json.loads(bytes(data.data(CELLS).data()))
            if plain["columns"][0] == corner.column():
                return [[_content(value) for value in row] for row in plain["rows"]]
        return tsv_to_rows(data.text().rstrip("\r\n"))

    def _paste_nodes(self, plain: bytes) -> None:
        editor = self._editor
        source = _take_cut(plain)
        target = editor.view.current_item()
        numbers = source[1] if source is not None and source[0] is editor else ()

        def work(_ctx: Context) -> Subtree:
            return Subtree.from_json(json.loads(plain))

        def done(subtree: Subtree) -> None:
            self.place(target, subtree, moved=numbers)
            if source is not None and source[0] is not editor:
                source[0].clipboard.drop_cut(source[1])

        editor.shell.jobs.query(work, owner=editor, done=done, failed=self._refused)

    def place(self, target: Item, subtree: Subtree, *, moved: Sequence[int] = ()) -> None:
        """Put a subtree under a node, or beside a rate, once it is known to fit."""
        editor, model = self._editor, self._editor.model
        parent = self._parent_for(target, subtree)
        scope, path = editor.scope_id, model.path_keys(parent)
        keys = [state.key for state in subtree.tops]
        stored = parent.stored is not None

        named = list(dict.fromkeys(_keys_of(subtree)))

        def work(ctx: Context) -> tuple[str, str, dict[str, NodeRef], Names]:
            reason = subtrees.fits(ctx, scope, path, subtree)
            warning = subtrees.paste_warning(ctx, scope, subtree)
            found = tree_pages.rows_by_keys(ctx, scope, parent.no, keys) if stored else {}
            counts = tree_pages.count_below(ctx, scope, [row.node_no for row in found.values()])
            rivals = {key: row.ref(counts[row.node_no]) for key, row in found.items()}
            return reason, warning, rivals, key_names(ctx, named)

        def done(found: tuple[str, str, dict[str, NodeRef], Names]) -> None:
            reason, warning, rivals, names = found
            model.learn(names)
            if reason:
                editor.refuse(reason)
                return
            if warning:
                editor.warn(warning)
            self._paste_or_ask(parent, subtree, rivals, moved)

        editor.shell.jobs.query(work, owner=editor, done=done, failed=self._refused)

    def _parent_for(self, target: Item, subtree: Subtree) -> Item:
        """Return the node that takes the subtree: the target, or its parent beside a rate."""
        state = self._editor.model.state(target)
        takes = state is not None and (
            state.depends_on == subtree.attribute or state.price_type == PriceType.NONE
        )
        if takes or target.parent is None:
            return target
        above = self._editor.model.state(target.parent)
        if above is not None and above.depends_on == subtree.attribute:
            return target.parent
        return target

    def _paste_or_ask(
        self,
        parent: Item,
        subtree: Subtree,
        rivals: dict[str, NodeRef],
        moved: Sequence[int],
    ) -> None:
        try:
            self._do(self._step(parent, subtree, rivals, moved, "refuse"), parent)
        except EditRefused as refusal:
            if not self._has_rivals(parent, subtree, rivals):
                self._editor.refuse(str(refusal))
                return
            self._ask_rivals(str(refusal), parent, subtree, rivals, moved)

    def _has_rivals(self, parent: Item, subtree: Subtree, rivals: dict[str, NodeRef]) -> bool:
        draft = self._editor.steps.draft
        staged = {draft.ref(no).state.key for no in draft.children_added(parent.no)}
        return any(top.key in staged or top.key in rivals for top in subtree.tops)

    def _ask_rivals(
        self,
        text: str,
        parent: Item,
        subtree: Subtree,
        rivals: dict[str, NodeRef],
        moved: Sequence[int],
    ) -> None:
        replace, skip = self.tr("Replace them"), self.tr("Skip them")
        question = Question(
            self._editor,
            self.tr("Some of these values are there already"),
            text,
            yes=replace,
            more=[skip],
        )

        def answered() -> None:
            if question.answer != CANCEL:
                how = "skip" if question.answer == skip else "replace"
                try:
                    self._do(self._step(parent, subtree, rivals, moved, how), parent)
                except EditRefused as refusal:
                    self._editor.refuse(str(refusal))

        question.finished.connect(answered)
        self._editor.show_dialog(question)

    def _step(
        self,
        parent: Item,
        subtree: Subtree,
        rivals: dict[str, NodeRef],
        moved: Sequence[int],
        conflicts: str,
    ) -> Edit:
        model, draft = self._editor.model, self._editor.steps.draft
        tops = subtree.tops
        what = model.name_of(subtree.attribute, tops[0].key)
        if len(tops) > 1:
            what = self.tr("{n} nodes").format(n=formats.number(len(tops)))
        node = parent.name or self._editor.head.service_name
        ref = model.ref(parent)
        nodes = [item for no in moved if (item := model.find(no)) is not None]
        if nodes:
            text = self.tr("Move {what} to {node}").format(what=what, node=node)
            refs = [model.ref(item) for item in nodes]
            return tree_edits.move(
                draft, refs, ref, subtree, text, stored=rivals, conflicts=conflicts
            )
        text = self.tr("Paste {what} into {node}").format(what=what, node=node)
        return tree_edits.paste(draft, ref, subtree, text, stored=rivals, conflicts=conflicts)

    def _do(self, edit: Edit, parent: Item) -> None:
        editor = self._editor
        editor.do(edit)
        if parent is not editor.model.root:
            editor.view.expand(editor.model.index_of(parent))
        fresh = [no for no, entry in edit.after.items() if entry and entry.parent == parent.no]
        item = editor.model.find(max(fresh)) if fresh else None
        if item is not None:
            editor.view.go_to(item)

    def drop_cut(self, numbers: Sequence[int]) -> None:
        """Remove nodes that were cut here and pasted elsewhere."""
        model = self._editor.model
        items = [item for no in numbers if (item := model.find(no)) is not None]
        if items:
            self._editor.commands.remove_silently(items)

    def _refused(self, problem: UserError) -> None:
        self._editor.refuse(str(problem))

    # ------------------------------------------------------------------ dragging

    def drag_data(self) -> QMimeData | None:
        """Return what a drag of the selected nodes carries: where it comes from and what it is."""
        editor = self._editor
        nodes = _siblings(editor, editor.view.chosen())
        if not nodes or not editor.view.whole_nodes() or any(map(editor.model.removed, nodes)):
            return None
        data = QMimeData()
        data.setText(rows_to_tsv([self._row(item) for item in nodes]))
        plain = {
            "editor": self._name,
            "nodes": [item.no for item in nodes],
            "attribute": nodes[0].attribute,
            "resource": editor.model.resource(nodes[0]),
        }
        data.setData(DRAG, QByteArray(json.dumps(plain).encode()))
        return data

    def accepts(self, data: QMimeData, index: QModelIndex) -> bool:
        """Whether a drag may be dropped on a node; the services check once more."""
        if not data.hasFormat(DRAG):
            return False
        plain = json.loads(bytes(data.data(DRAG).data()))
        editor, model = self._editor, self._editor.model
        target = model.item(index)
        state = model.state(target)
        if state is None or model.removed(target):
            return False
        same = _editors.get(plain["editor"]) is editor
        inside = {target.no, *model.above(target)} & set(plain["nodes"])
        if same and (inside or any(no in target.nodes for no in plain["nodes"])):
            return False
        if plain["attribute"] in ("domain", "resource"):
            return state.depends_on == plain["attribute"]
        if state.depends_on == plain["attribute"]:
            return True
        return state.price_type == PriceType.NONE and target.attribute not in ("", "domain")

    def drop(self, data: QMimeData, index: QModelIndex, *, copy: bool) -> None:
        """Take a drag: it moves inside a scope, it copies between scopes and with Ctrl."""
        plain = json.loads(bytes(data.data(DRAG).data()))
        source = _editors.get(plain["editor"])
        if source is None:
            self._editor.refuse(self.tr("The tree this comes from is not open any more."))
            return
        editor, target = self._editor, self._editor.model.item(index)
        scope, draft, numbers = source.scope_id, source.steps.draft.copy(), plain["nodes"]
        moved = numbers if source is editor and not copy else ()
        editor.shell.jobs.query(
            lambda ctx: subtrees.read_subtree(ctx, scope, numbers, draft),
            owner=editor,
            done=lambda subtree: self.place(target, subtree, moved=moved),
            failed=self._refused,
        )


def _siblings(editor: TreeEditor, items: Sequence[Item]) -> list[Item]:
    """Return the chosen nodes without those below others; all must have one parent."""
    chosen = {item.id for item in items}
    tops = [i for i in items if chosen.isdisjoint(a.id for a in i.above())]
    if any(item.parent is not tops[0].parent for item in tops):
        editor.refuse(editor.tr("Select nodes of one level: they are copied together."))
        return []
    return tops


def _take_cut(plain: bytes) -> tuple[TreeEditor, tuple[int, ...]] | None:
    """Return the editor and nodes that were cut, if the clipboard still holds them."""
    if not _cut:
        return None
    editor, numbers, stamp = _cut[0]
    found = editor()
    if found is None or bytes(plain[:4000]).decode(errors="replace") != stamp:
        return None
    _cut.clear()
    return found, numbers


def _keys_of(subtree: Subtree) -> Iterator[tuple[str, str]]:
    """Yield (attribute, key) of the nodes of a subtree."""
    for node in subtree.nodes:
        above = subtree.nodes[node.parent].state.depends_on if node.parent >= 0 else None
        yield above or subtree.attribute, node.state.key


def _content(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
