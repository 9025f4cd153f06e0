"""What is due next: each thing with its moment, and what the tasks of the due work do (GEN-9)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLabel,
    QStackedWidget,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from app.domain.due_work import TASKS
from app.sections.audit import DUE_WORK
from app.services.due import run as due_run
from app.services.due.commands import run_now
from app.ui import formats
from app.ui.addresses import Address
from app.ui.control.due_timer import may_do
from app.ui.look.fonts import heading_font
from app.ui.look.icons import icon
from app.ui.look.marks import set_mark
from app.ui.look.theme import theme
from app.ui.pages import Page
from app.ui.titles import tr as translated
from app.ui.widgets.empty_state import EmptyState
from app.ui.widgets.message_bar import MessageBar
from app.ui.widgets.tool_bar import PageToolBar

if TYPE_CHECKING:
    from app.errors import UserError
    from app.services.due.run import Due
    from app.ui.pages import Shell

AnyIndex = QModelIndex | QPersistentModelIndex

DAYS = 92
"""How far the page looks ahead: a quarter."""

MOST = 500
_WIDTHS = (150, 200, 420)


class DueModel(QAbstractTableModel):
    """A line for each thing that is due."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._rows: list[tuple[str, str, str]] = []
        self._titles = (self.tr("Due"), self.tr("Task"), self.tr("What"))

    def show(self, found: Sequence[Due]) -> None:
        """Take what is due, soonest first."""
        self.beginResetModel()
        self._rows = [
            (formats.instant(one.unit.at), translated(one.task.title), one.unit.title)
            for one in found
        ]
        self.endResetModel()

    def rowCount(self, parent: AnyIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._rows)

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
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        shown = {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole}
        return (
            self._rows[index.row()][index.column()] if index.isValid() and role in shown else None
        )


class DuePage(Page):
    """What is due now and in the next quarter."""

    HELP = "due-work"

    def __init__(self, shell: Shell, address: Address) -> None:
        super().__init__(shell, address)
        self.tools = PageToolBar(self)
        self.do_now = self._action(self.tr("Do what is due"), "play", self._do_now)
        self.done = self._action(self.tr("What was done"), "list", self._show_done)
        self.bar = MessageBar(self)
        self.table = QTableView()
        self.model = DueModel(self)
        self.empty = EmptyState(self)
        self.stack = QStackedWidget()
        self._build()

    def _action(self, text: str, icon_name: str, slot: object) -> QAction:
        action = QAction(icon(icon_name), text, self)
        action.triggered.connect(slot)
        self.addAction(action)
        self.tools.add(action)
        return action

    def _build(self) -> None:
        heading = QLabel(self.tr("What is due next"))
        heading.setFont(heading_font())
        about = QLabel("\n".join(f"{translated(t.title)}: {translated(t.help)}" for t in TASKS))
        about.setWordWrap(True)
        set_mark(about, "tone", "muted")
        self.table.setModel(self.model)
        self.table.setAccessibleName(self.tr("What is due next"))
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setTabKeyNavigation(False)
        self.table.setShowGrid(False)
        self.table.setWordWrap(False)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header = self.table.horizontalHeader()
        for column, width in enumerate(_WIDTHS):
            header.resizeSection(column, width)
        header.setStretchLastSection(True)
        header.setHighlightSections(False)
        self.stack.addWidget(self.empty)
        self.stack.addWidget(self.table)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(8)
        for part in (self.tools, heading, about, self.bar):
            layout.addWidget(part)
        layout.addWidget(self.stack, 1)
        theme().changed.connect(self._follow_density)
        self._follow_density()
        self.setFocusProxy(self.table)

    def _follow_density(self) -> None:
        self.table.verticalHeader().setDefaultSectionSize(theme().row_height)

    # ------------------------------------------------------------------ the page

    def title(self) -> str:
        """Return the title of the tab."""
        return self.tr("Due next")

    def icon_name(self) -> str:
        """Return the icon of the page."""
        return "clock"

    def start(self) -> None:
        """Load what is due, and whether the person may have it done now."""
        may = may_do(self.shell.jobs.session)
        self.do_now.setEnabled(may)
        self.do_now.setToolTip(
            self.tr("Do what is due") if may else self.tr("Your roles do not allow this.")
        )
        self._load()

    def refresh(self, nouns: frozenset[str]) -> None:
        """Ask again when something changed that may be due."""
        if nouns & set(DUE_WORK.nouns):
            self._load()

    def _load(self) -> None:
        until = datetime.now(UTC) + timedelta(days=DAYS)
        self.shell.jobs.query(
            lambda ctx: due_run.upcoming(ctx, until, MOST),
            owner=self,
            done=self._show,
            failed=self._refuse,
        )

    def _show(self, found: list[Due]) -> None:
        self.model.show(found)
        self.stack.setCurrentWidget(self.table if found else self.empty)
        if not found:
            self.empty.set(
                "checklist",
                self.tr("Nothing is due in the next three months"),
                self.tr("What happens at its time is done by itself while the program is open."),
            )
        one, many = self.tr("1 thing until {day}"), self.tr("{n} things until {day}")
        day = formats.date((datetime.now(UTC) + timedelta(days=DAYS)).date())
        self.status.emit(formats.counted(len(found), one, many).format(day=day) if found else "")

    def _refuse(self, problem: UserError) -> None:
        self.bar.show_message(str(problem), "error")

    # ------------------------------------------------------------------ commands

    def _do_now(self) -> None:
        self.bar.clear()
        self.shell.jobs.change(
            self.tr("Due work"),
            lambda ctx: run_now(ctx, ()),
            owner=self,
            done=self.shell.notify,
            failed=self._failed,
            nouns=DUE_WORK.nouns,
        )

    def _failed(self, problem: UserError) -> None:
        """Tell what could not be done; the rest was done, so the list is read anew."""
        self._refuse(problem)
        self._load()

    def _show_done(self) -> None:
        self.shell.open(Address.of("list", section=DUE_WORK.id))
