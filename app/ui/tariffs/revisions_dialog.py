"""What changed a scope, revision by revision, and the way back from each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from app.errors import UserError
from app.services.tariffs.edit_tree import UndoneRevision, undo_revision
from app.services.tariffs.revisions import scope_revisions
from app.ui import formats
from app.ui.look.theme import theme
from app.ui.widgets.buttons import push_button
from app.ui.widgets.card import muted_label
from app.ui.widgets.confirm import YES, Question
from app.ui.widgets.message_bar import MessageBar

if TYPE_CHECKING:
    from app.services.tariffs.revisions import RevisionRow
    from app.ui.pages import Shell

AnyIndex = QModelIndex | QPersistentModelIndex
NOUNS = ("rates", "imports", "scopes")
SHOWN_KEPT = 5


class RevisionModel(QAbstractTableModel):
    """The newest revisions of a scope, one row each."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.rows: list[RevisionRow] = []
        self._titles = (
            self.tr("Revision"),
            self.tr("When"),
            self.tr("Who"),
            self.tr("What"),
            self.tr("Added"),
            self.tr("Changed"),
            self.tr("Removed"),
        )
        self._kinds = {
            "edit": self.tr("Edited"),
            "import": self.tr("Import"),
            "undo": self.tr("Undo"),
            "copy": self.tr("Copied"),
            "restore": self.tr("Restored"),
        }

    def rowCount(self, parent: AnyIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def columnCount(self, parent: AnyIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._titles)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation is Qt.Orientation.Vertical:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._titles[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(section)
        return None

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole}:
            return self._cells(self.rows[index.row()])[index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(index.column())
        return None

    def _cells(self, row: RevisionRow) -> tuple[str, ...]:
        return (
            formats.number(row.rev),
            formats.instant(row.at),
            row.actor,
            self._what(row),
            formats.number(row.inserted),
            formats.number(row.updated),
            formats.number(row.removed),
        )

    def _what(self, row: RevisionRow) -> str:
        words = self._kinds.get(row.kind, row.kind)
        if row.undone_rev is not None:
            words = self.tr("Undo of revision {n}").format(n=row.undone_rev)
        elif row.file:
            words = self.tr("Import {n}: {file}").format(n=row.import_id, file=row.file)
        if row.undone_by is not None:
            words += self.tr(" (undone by {n})").format(n=row.undone_by)
        return words

    def show(self, rows: Sequence[RevisionRow]) -> None:
        """Take the revisions as read."""
        self.beginResetModel()
        self.rows = list(rows)
        self.endResetModel()


class RevisionsDialog(QDialog):
    """Lists the revisions of a scope; the chosen one can be taken back as a new revision.

    ``live``: the scope is in force, so an undo is asked about first (SVC-2).
    """

    def __init__(
        self,
        shell: Shell,
        parent: QWidget,
        scope_id: int,
        *,
        live: bool = False,
        name: str = "",
    ) -> None:
        super().__init__(parent)
        self._shell, self._scope, self._live = shell, scope_id, live
        self.question: Question | None = None
        self.setWindowTitle(self.tr("Revisions of {scope}").format(scope=name))
        self.setModal(True)
        self.resize(820, 460)
        self.bar = MessageBar(self)
        self.model = RevisionModel(self)
        self.view = QTableView()
        self.view.setTabKeyNavigation(False)
        self.view.setModel(self.model)
        self.view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.view.setShowGrid(False)
        self.view.setAccessibleName(self.tr("Revisions"))
        self.view.verticalHeader().hide()
        self.view.verticalHeader().setDefaultSectionSize(theme().row_height)
        header = self.view.horizontalHeader()
        header.setHighlightSections(False)
        for section, width in enumerate((80, 150, 100, 250, 70, 76, 84)):
            header.resizeSection(section, width)
        header.setSectionResizeMode(3, QHeaderView.ResizeMode.Stretch)
        self.view.selectionModel().currentRowChanged.connect(lambda *_: self._enable())
        self.undo_button = push_button(self.tr("Undo this revision"), self.undo, icon_name="undo")
        self.undo_button.setAutoDefault(False)
        self._lay_out()
        self._enable()
        self._load()

    def _lay_out(self) -> None:
        note = self.tr(
            "An undo is a new revision: rates edited since the chosen one stay as they are and "
            "are listed. Nothing of the history is lost."
        )
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.undo_button)
        buttons.addStretch(1)
        buttons.addWidget(push_button(self.tr("Close"), self.reject))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 12)
        layout.setSpacing(8)
        layout.addWidget(self.bar)
        layout.addWidget(muted_label(note, wrap=True))
        layout.addWidget(self.view, 1)
        layout.addLayout(buttons)

    def _load(self) -> None:
        scope = self._scope
        self._shell.jobs.query(
            lambda ctx: scope_revisions(ctx, scope),
            owner=self,
            done=self._show,
            failed=self._refuse,
        )

    def _show(self, rows: list[RevisionRow]) -> None:
        self.model.show(rows)
        if rows:
            self.view.selectRow(0)
        self._enable()

    def _chosen(self) -> RevisionRow | None:
        index = self.view.currentIndex()
        return self.model.rows[index.row()] if index.isValid() else None

    def _enable(self) -> None:
        chosen = self._chosen()
        self.undo_button.setEnabled(chosen is not None and chosen.undone_by is None)

    def _refuse(self, problem: UserError) -> None:
        self.bar.show_message(str(problem), kind="error")
        self._enable()

    def undo(self) -> None:
        """Take the chosen revision back; of a scope in force only after a question."""
        chosen = self._chosen()
        if chosen is None:
            return
        rev = chosen.rev
        if not self._live:
            self._undo(rev)
            return
        question = Question(
            self,
            self.tr("Undo revision {n} of the current scope?").format(n=rev),
            self.tr("This scope is in force: the rates it puts back are live at once."),
            yes=self.tr("Undo revision {n}").format(n=rev),
            danger=True,
        )

        def answered() -> None:
            self.question = None
            if question.answer == YES:
                self._undo(rev)
            question.deleteLater()

        self.question = question
        question.finished.connect(answered)
        question.open()

    def _undo(self, rev: int) -> None:
        scope = self._scope
        self.undo_button.setEnabled(False)
        self._shell.jobs.change(
            self.tr("Undoing revision {n}").format(n=rev),
            lambda ctx: undo_revision(ctx, scope, rev),
            owner=self,
            done=self._undone,
            failed=self._refuse,
            nouns=NOUNS,
        )

    def _undone(self, undone: UndoneRevision) -> None:
        text = formats.counted(
            undone.restored,
            self.tr("1 node put back, {m} taken away, as revision {rev}."),
            self.tr("{n} nodes put back, {m} taken away, as revision {rev}."),
        ).format(
            m=formats.number(undone.removed),
            rev=formats.number(undone.revision),
        )
        if undone.kept:
            shown = "; ".join(undone.kept[:SHOWN_KEPT])
            more = len(undone.kept) - SHOWN_KEPT
            also = self.tr(" and {n} more").format(n=formats.number(more)) if more > 0 else ""
            text += self.tr(" Kept, because edited since: {paths}{also}.").format(
                paths=shown, also=also
            )
        self.bar.show_message(text, kind="warn" if undone.kept else "ok")
        self._load()


def _alignment(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column in {0, 4, 5, 6} else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
