"""What keeps parts of a stored tree from being used, as a list to walk through (SVC-4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QListView, QVBoxLayout, QWidget

from app.services.tariffs import tree_lint
from app.ui import formats
from app.ui.look.icons import icon
from app.ui.look.theme import theme
from app.ui.tariffs.tree_words import mark_of
from app.ui.widgets.buttons import icon_button
from app.ui.widgets.chips import CountChips

if TYPE_CHECKING:
    from app.services.tariffs.tree_lint import TreeProblem, TreeProblems
    from app.ui.jobs import Jobs

HEIGHT = 180


class ProblemModel(QAbstractListModel):
    """Problems of one kind, or all."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._all: list[TreeProblem] = []
        self.rows: list[TreeProblem] = []

    def show(self, problems: list[TreeProblem]) -> None:
        """Show other problems."""
        self._all = problems
        self.choose(None)

    def choose(self, kind: str | None) -> None:
        """Show one kind only; None = all."""
        self.beginResetModel()
        self.rows = [p for p in self._all if kind is None or p.kind == kind]
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        problem = self.rows[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return f"{problem.path}:  {problem.reason}"
        if role == Qt.ItemDataRole.DecorationRole:
            mark = mark_of(problem.kind)
            tone = mark.tone if mark else "warn"
            return icon({"info": "others", "error": "error"}.get(tone, "warning"), tone)
        return None


class ProblemsPanel(QFrame):
    """Lists the problems of the stored tree; Enter or a double click shows the node."""

    chosen = Signal(object)
    """Path of node numbers from the root to the node."""

    def __init__(self, jobs: Jobs, parent: QWidget) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self.model = ProblemModel(self)
        self.title = QLabel()
        self.chips = CountChips(self)
        self.list = QListView()
        self.list.setModel(self.model)
        self.list.setUniformItemSizes(True)
        self.list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.list.setAccessibleName(self.tr("Problems of the tree"))
        self.close_button = icon_button("close", self.tr("Close the list of problems"), self.hide)
        row = QHBoxLayout()
        row.addWidget(self.title)
        row.addWidget(self.chips, 1)
        row.addWidget(self.close_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 4, 8, 4)
        layout.setSpacing(4)
        layout.addLayout(row)
        layout.addWidget(self.list)
        self.setFixedHeight(HEIGHT + theme().row_height)
        self.chips.chosen.connect(self.model.choose)
        self.list.activated.connect(self._go)
        self.list.clicked.connect(self._go)
        self.hide()

    def ask(self, scope_id: int) -> None:
        """Look for the problems of a scope's stored tree."""
        self.title.setText(self.tr("Looking for problems…"))
        self._jobs.query(
            lambda ctx: tree_lint.problems(ctx, scope_id),
            owner=self,
            done=self._show,
            failed=lambda problem: self.title.setText(str(problem)),
            title=self.tr("Checking the rate tree"),
        )

    def _show(self, found: TreeProblems) -> None:
        total = sum(found.counts.values())
        self.model.show(list(found.problems))
        if not total:
            self.title.setText(self.tr("No problems: every rate can be used."))
        else:
            text = self.tr("1 problem") if total == 1 else self.tr("{n} problems")
            self.title.setText(text.format(n=formats.number(total)))
        titles = {
            "incomplete": self.tr("Incomplete"),
            "empty": self.tr("Nothing below"),
            "no_others": self.tr("Others missing"),
            "missed_option": self.tr("Missed option"),
            "twin_prefix": self.tr("Prefix twice"),
        }
        chips = []
        for kind, count in found.counts.items():
            mark = mark_of(kind)
            chips.append((kind, titles.get(kind, kind), count, mark.tone if mark else "warn"))
        self.chips.set_counts(chips)

    def _go(self, index: QModelIndex) -> None:
        if index.isValid():
            self.chosen.emit(self.model.rows[index.row()].numbers)
