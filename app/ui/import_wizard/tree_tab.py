"""The Tree tab of the preview: levels with their counts, and the tree as it will be."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from app.ui import formats
from app.ui.import_wizard.cells import PillDelegate
from app.ui.import_wizard.draft_tree_model import (
    CHANGE_ROLE,
    NAME,
    VOICE,
    DraftTreeModel,
    Key,
    Node,
)
from app.ui.import_wizard.list_or_fact import ListOrFact
from app.ui.widgets.buttons import push_button
from app.ui.widgets.card import muted_label

if TYPE_CHECKING:
    from app.ui.import_wizard.wizard import Wizard

FEW = 12
"""Children of the target that are opened at once, so that the first look shows rates."""

MOST_OPENED = 400
"""Nodes that one click on a level opens at most."""


class _Tree(QTreeView):
    """The tree; Enter goes to the source row."""

    entered_row = Signal(QModelIndex)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.entered_row.emit(self.currentIndex())
        else:
            super().keyPressEvent(event)


class TreeTab(QWidget):
    """The draft's tree. ``jump_wanted`` gives the source row of a leaf."""

    jump_wanted = Signal(object, str)

    def __init__(self, wizard: Wizard, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.wizard = wizard
        self.model = DraftTreeModel(wizard, self)
        self.tree = _Tree()
        self._opened: set[tuple[Key, ...]] = set()
        self._to_level = 0
        self._levels = QHBoxLayout()
        self._levels.setSpacing(4)
        self._told = muted_label()
        self._build_tree()
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addLayout(self._levels)
        top.addWidget(self._told, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(8)
        column.addLayout(top)
        self.place = ListOrFact(self.tree)
        column.addWidget(self.place, 1)
        wizard.drafted.connect(self._drafted)
        self._drafted()

    def _build_tree(self) -> None:
        tree = self.tree
        tree.setModel(self.model)
        tree.setItemDelegate(PillDelegate(CHANGE_ROLE, tree))
        tree.setUniformRowHeights(True)
        tree.setAllColumnsShowFocus(True)
        tree.setAlternatingRowColors(False)
        tree.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        tree.setAccessibleName(self.tr("The tree as it will be"))
        header = tree.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        for column, width in enumerate((0, 130, 100, 90, 130, 130, 80, 70)):
            if column:
                tree.setColumnWidth(column, width)
        tree.expanded.connect(self._expanded)
        tree.collapsed.connect(lambda index: self._opened.discard(self.model.node(index).path()))
        tree.doubleClicked.connect(self._jump)
        tree.entered_row.connect(self._jump)
        self.model.arrived.connect(self._arrived)
        copy = QAction(self.tr("Copy path and price"), tree)
        copy.setShortcut(QKeySequence.StandardKey.Copy)
        copy.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        copy.triggered.connect(self._copy)
        tree.addAction(copy)

    # ---------------------------------------------------------------- showing

    def _drafted(self) -> None:
        self._show_levels()
        self._to_level = 0
        self._show_nothing()
        self.model.restart()
        self._show_columns()

    def _show_columns(self) -> None:
        for column in VOICE:
            self.tree.setColumnHidden(column, not self.model.has_voice)

    def _show_levels(self) -> None:
        while (item := self._levels.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        draft = self.wizard.draft
        if draft is None:
            return
        for depth, level in enumerate(draft.levels):
            text = f"{level.name} {formats.number(level.nodes)}"
            button = push_button(text, partial(self.open_levels, depth), kind="link")
            button.setToolTip(self.tr("Open the tree down to {level}").format(level=level.name))
            if depth:
                self._levels.addWidget(QLabel("›"))
            self._levels.addWidget(button)
        text = self.tr("{count} rates in this file")
        if draft.staying:
            text = self.tr("{count} rates in this file, {others} others stay")
        rates, others = formats.number(draft.leaves), formats.number(draft.staying)
        self._told.setText(text.format(count=rates, others=others))

    def open_levels(self, depth: int) -> None:
        """Open the tree so that the level at ``depth`` below the target is seen."""
        draft = self.wizard.draft
        if draft is None:
            return
        self._to_level = depth + self._target_depth()
        self._open_below(self.model.node(QModelIndex()))

    def _target_depth(self) -> int:
        node = self.wizard.draft.node if self.wizard.draft else ""
        return len(node.replace(r"\/", " ").split("/")) if node else 2

    def _open_below(self, node: Node) -> None:
        budget = MOST_OPENED
        waiting = list(node.children)
        while waiting and budget:
            child = waiting.pop(0)
            if child.total > 0 and len(child.path()) <= self._to_level:
                budget -= 1
                self.tree.expand(self.model.index_of(child))
                waiting += child.children

    def _expanded(self, index: QModelIndex) -> None:
        node = self.model.node(index)
        self._opened.add(node.path())
        if not node.children and self.model.canFetchMore(index):
            self.model.fetchMore(index)

    def _show_nothing(self) -> None:
        draft = self.wizard.draft
        if draft is None or draft.leaves:
            self.place.show_list()
        else:
            hint = self.tr("Look at the errors, and at rows, columns and filters in step 2.")
            self.place.show_fact("tree", self.tr("The file gives no rate yet."), hint)

    def _arrived(self, index: QModelIndex) -> None:
        """Open what was open before, the way to the target, and what a level asked for."""
        self._show_columns()
        node = self.model.node(index)
        depth, target = len(node.path()), self._target_depth()
        for child in node.children:
            on_the_way = depth < target and len(node.children) <= FEW
            if child.total > 0 and (
                on_the_way or depth < self._to_level or child.path() in self._opened
            ):
                QTimer.singleShot(0, self, lambda n=child: self._open(n))

    def _open(self, node: Node) -> None:
        if self.model.holds(node):
            self.tree.expand(self.model.index_of(node))

    # ---------------------------------------------------------------- acting

    def _jump(self, index: QModelIndex) -> None:
        row = self.model.node(index).row if index.isValid() else None
        if row is not None and row.source_row:
            self.jump_wanted.emit(row.source_row, "")

    def _copy(self) -> None:
        row = self.model.node(self.tree.currentIndex()).row
        if row is not None:
            QGuiApplication.clipboard().setText(f"{row.name}\t{row.price}")
