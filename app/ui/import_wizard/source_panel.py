"""The source panel (IMP-4): the sheet as it is; click a row to begin there, a header for a role."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QBrush, QFont, QKeySequence, QPainter, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QMenu,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.ui.import_wizard.change_words import row_count
from app.ui.import_wizard.column_choices import declare, with_filter
from app.ui.import_wizard.column_heads import column_heads
from app.ui.import_wizard.filter_dialog import FilterDialog
from app.ui.import_wizard.key_dialog import KeyDialog
from app.ui.import_wizard.role_header import RoleHeader
from app.ui.import_wizard.role_menu import role_menu
from app.ui.import_wizard.source_model import LEFT_OUT, MARK_ROLE, STATE_ROLE, SheetModel
from app.ui.look.icons import icon
from app.ui.look.theme import theme
from importers.records import column_index

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.services.tariffs.import_views import AttributeView, ProposalView, RowsView
    from app.ui.import_wizard.wizard import Wizard

USED_WIDTH = 140
"""Least width of a column with a role, which also says how its values matched."""

SAMPLE_ROWS = 60
"""Rows that column widths and offered filter values are taken from."""

WIDTHS = (64, 240)
"""Least and greatest first width of a column, pixels."""

OFFERED = 10
"""Values of a column offered as filters."""


class SheetDelegate(QStyledItemDelegate):
    """Paints what a row's state and a cell's remark mean, also while selected."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        super().initStyleOption(option, index)
        state = index.data(STATE_ROLE)
        look = theme()
        if state in LEFT_OUT:
            option.palette.setColor(QPalette.ColorRole.Text, look.color("muted"))
            option.palette.setColor(QPalette.ColorRole.HighlightedText, look.color("text"))
        if state in ("header", "section"):
            option.font.setWeight(QFont.Weight.DemiBold)
            option.backgroundBrush = QBrush(look.color("header"))
        if state == "error":
            option.backgroundBrush = QBrush(look.color("error_fill"))
        if state == "skipped":
            option.font.setStrikeOut(True)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        super().paint(painter, option, index)
        severity = index.data(MARK_ROLE)
        if severity:
            token = {"error": "error_mark", "warning": "changed_mark"}.get(severity, "info")
            bar = QRect(option.rect.left(), option.rect.top(), 3, option.rect.height() - 1)
            painter.fillRect(bar, theme().color(token))


class SourceTable(QTableView):
    """The sheet; tells a plain click on a row, and keys for what the mouse does."""

    row_clicked = Signal(int)
    """Position of a row that was clicked without a modifier and without dragging."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._pressed = QModelIndex()
        self.setWordWrap(False)
        self.setAlternatingRowColors(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ContiguousSelection)
        self.setTabKeyNavigation(False)
        self.setAccessibleName(self.tr("Rows of the file"))
        self.clicked.connect(self._clicked)
        self.pressed.connect(self._remember)

    def _remember(self, index: QModelIndex) -> None:
        self._pressed = index

    def _clicked(self, index: QModelIndex) -> None:
        ranges = self.selectionModel().selection()
        one = ranges.count() == 1 and ranges.first().height() == 1 and ranges.first().width() == 1
        if index == self._pressed and one:
            self.row_clicked.emit(index.row())


class SourcePanel(QWidget):
    """The sheet with its columns' roles. ``mapping_wanted`` gives the column's letter."""

    mapping_wanted = Signal(str)

    def __init__(self, wizard: Wizard, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.wizard = wizard
        self.model = SheetModel(wizard, self)
        self.table = SourceTable(self)
        self.header = RoleHeader(self.table)
        self._menu: QMenu | None = None
        self._sized_for = ""
        self._build_table()
        self._build_bar()
        self._build_keys()
        wizard.read.connect(self._show_sheets)
        wizard.proposed.connect(self._show_proposal)
        wizard.drafted.connect(self._show_draft)
        theme().changed.connect(self._dress)
        self._dress()
        self._show_sheets()
        self._show_heads()

    # ---------------------------------------------------------------- building

    def _build_table(self) -> None:
        table = self.table
        table.setHorizontalHeader(self.header)
        table.setModel(self.model)
        table.setItemDelegate(SheetDelegate(table))
        rows = table.verticalHeader()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setSectionsClickable(True)
        rows.setDefaultAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        rows.sectionClicked.connect(self.start_at)
        table.row_clicked.connect(self.start_at)
        self.header.role_wanted.connect(self.show_role_menu)
        self.header.mapping_wanted.connect(self._to_mapping)
        self.model.filled.connect(self._filled)
        table.selectionModel().currentChanged.connect(lambda *_: self._tell_current())

    def _build_bar(self) -> None:
        self.sheets = QComboBox()
        self.sheets.setAccessibleName(self.tr("Sheet"))
        self.sheets.activated.connect(self._sheet_chosen)
        self._place = QLabel()
        self._role = QToolButton()
        self._role.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._role.setIcon(icon("columns"))
        self._role.clicked.connect(self.show_current_menu)
        self._start = QToolButton()
        self._start.setText(self.tr("Begin here"))
        self._start.setIcon(icon("rows"))
        self._start.setToolTip(self.tr("Begin the data with the current row (Ctrl+Return)"))
        self._start.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._start.clicked.connect(self._start_at_current)
        self._undo = QToolButton()
        self._undo.setText(self.tr("Undo"))
        self._undo.setIcon(icon("undo"))
        self._undo.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._undo.clicked.connect(self.wizard.undo_stack.undo)
        self.wizard.undo_stack.canUndoChanged.connect(self._undo.setEnabled)
        self.wizard.undo_stack.undoTextChanged.connect(self._tell_undo)
        self._undo.setEnabled(False)
        bar = QHBoxLayout()
        bar.setSpacing(8)
        bar.addWidget(self.sheets)
        bar.addWidget(self._place, 1)
        bar.addWidget(self._role)
        bar.addWidget(self._start)
        bar.addWidget(self._undo)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(bar)
        layout.addWidget(self.table, 1)
        self._tell_current()

    def _build_keys(self) -> None:
        for text, keys, does in (
            (self.tr("Choose the column's role"), "Alt+Down", self.show_current_menu),
            (self.tr("Begin the data with this row"), "Ctrl+Return", self._start_at_current),
        ):
            action = QAction(text, self)
            action.setShortcut(QKeySequence(keys))
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            action.triggered.connect(does)
            self.addAction(action)

    def _dress(self) -> None:
        self.table.verticalHeader().setDefaultSectionSize(theme().row_height)
        self.table.viewport().update()
        self.header.viewport().update()

    # ---------------------------------------------------------------- showing

    def _show_sheets(self) -> None:
        book, sheet = self.wizard.book, self.wizard.sheet_view()
        self.sheets.clear()
        for view in book.sheets if book else ():
            hidden = self.tr(" (hidden)") if view.hidden else ""
            self.sheets.addItem(view.name + hidden, view.name)
        self.sheets.setVisible(book is not None and len(book.sheets) > 1)
        self._sized_for = ""
        self._show_sheet()
        if sheet is None:
            self.header.show_heads(())

    def _show_sheet(self) -> None:
        sheet = self.wizard.sheet_view()
        if sheet is None:
            self.model.show_sheet("", 0)
            return
        self.sheets.setCurrentIndex(self.sheets.findData(sheet.name))
        self.model.show_sheet(sheet.name, sheet.columns)

    def _show_proposal(self) -> None:
        self._show_heads()
        self._show_sheet()

    def _show_draft(self) -> None:
        self._show_heads()
        self.model.reload()

    def _show_heads(self) -> None:
        proposal, draft = self.wizard.proposal, self.wizard.draft
        if proposal is None:
            self.header.show_heads(())
            return
        counts = draft.columns if draft and not self.wizard.problem else ()
        before = [self.header.head(column) for column in range(len(proposal.columns))]
        self.header.show_heads(column_heads(proposal, counts))
        for column, old in enumerate(before):
            head = self.header.head(column)
            if head is not None and old is not None and head.role != old.role:
                self._make_room(column)
        self._tell_current()

    def _make_room(self, column: int) -> None:
        """Widen a column whose new role does not fit; a narrower one is left as it is."""
        wanted = min(self._title_width(column) + 24, WIDTHS[1])
        self.table.setColumnWidth(column, max(self.table.columnWidth(column), wanted))

    def _title_width(self, column: int) -> int:
        head = self.header.head(column)
        if head is None:
            return 0
        metrics = self.table.fontMetrics()
        return metrics.horizontalAdvance(f"{head.letter}  {head.role}  ▾")

    def _filled(self, page: RowsView) -> None:
        """Give the columns a first width, from the rows at the top."""
        if page.first or self._sized_for == page.sheet or not page.rows:
            return
        self._sized_for = page.sheet
        metrics = self.table.fontMetrics()
        letter = metrics.averageCharWidth() + 1
        for column in range(self.model.columnCount()):
            texts = [r.cells[column] for r in page.rows[:SAMPLE_ROWS] if column < len(r.cells)]
            head = self.header.head(column)
            title = self._title_width(column)
            least = USED_WIDTH if head and head.tone != "muted" else 0
            wanted = max([title, least, *(letter * len(text) for text in texts)]) + 24
            self.table.setColumnWidth(column, min(max(wanted, WIDTHS[0]), WIDTHS[1]))

    def _tell_current(self) -> None:
        index = self.table.currentIndex()
        head = self.header.head(index.column()) if index.isValid() else None
        self._role.setEnabled(head is not None and self.wizard.proposal is not None)
        self._start.setEnabled(index.isValid() and self.wizard.proposal is not None)
        letter = head.letter if head else ""
        self._role.setText(self.tr("Role of column {letter}").format(letter=letter).strip())
        self._role.setToolTip(self.tr("Choose what this column holds (Alt+Down)"))
        sheet = self.wizard.sheet_view()
        self._place.setText(row_count(sheet.rows) if sheet else "")

    def _tell_undo(self, text: str) -> None:
        self._undo.setToolTip(self.tr("Undo {step} (Ctrl+Z)").format(step=text) if text else "")

    # ---------------------------------------------------------------- choosing

    def _sheet_chosen(self, place: int) -> None:
        name = self.sheets.itemData(place)
        state = self.wizard.state
        if name and name != state.choices.sheet:
            self.wizard.choose(self.tr("Sheet {name}").format(name=name), state.for_sheet(name))

    def start_at(self, row: int) -> None:
        """Begin the data with the row at 0-based position ``row``."""
        proposal = self.wizard.proposal
        if proposal is None or proposal.start_row == row + 1:
            return
        text = self.tr("Start row {row}").format(row=row + 1)
        self.wizard.choose(text, self.wizard.state.choosing(start_row=row + 1))

    def _start_at_current(self) -> None:
        if self.table.currentIndex().isValid():
            self.start_at(self.table.currentIndex().row())

    def show_current_menu(self) -> None:
        """Show the role menu of the current column."""
        column = max(self.table.currentIndex().column(), 0)
        self.show_role_menu(column, self.header.place_below(column))

    def show_role_menu(self, column: int, place: QPoint) -> None:
        """Show the role menu of a column at a place on the screen."""
        menu = self.menu_of(column)
        if menu is not None:
            menu.popup(place)

    def menu_of(self, column: int) -> QMenu | None:
        """Return the role menu of a column, None while the columns are not known."""
        proposal = self.wizard.proposal
        if proposal is None or column >= len(proposal.columns):
            return None
        if self._menu is not None:
            self._menu.deleteLater()
        self._menu = role_menu(
            self,
            proposal,
            column,
            declare=lambda texts, step: self._declare(column, texts, step),
            ask_key=self._ask_key,
            values=self._values(proposal, column),
            only=lambda value: self._only(column, value),
            other_value=lambda: self._ask_value(column),
        )
        return self._menu

    def _ask_key(self, attribute: AttributeView, take: Callable[[str, str], object]) -> None:
        KeyDialog(self.wizard, attribute, take, self).open()

    def _declare(self, column: int, texts: tuple[str, ...], step: str) -> None:
        proposal, state = self.wizard.proposal, self.wizard.state
        if proposal is not None:
            choices = declare(state.choices, proposal, column, *texts)
            self.wizard.choose(step, state.but(choices=choices))

    def _only(self, column: int, value: str) -> None:
        """Take rows with one more value of a column, or no longer with it; "" = with any."""
        proposal = self.wizard.proposal
        if proposal is None:
            return
        letter = proposal.columns[column].letter
        before = [text for at, text in proposal.where if at == letter] if value else []
        if value in before:
            before.remove(value)
        elif value:
            before.append(value)
        self._only_these(column, before)

    def _only_these(self, column: int, values: Sequence[str]) -> None:
        """Take only rows with one of these values in a column; none = with any."""
        proposal, state = self.wizard.proposal, self.wizard.state
        if proposal is None:
            return
        letter = proposal.columns[column].letter
        text = self.tr("Only rows with {value} in column {letter}")
        if not values:
            text = self.tr("All values of column {letter}")
        elif len(values) > 1:
            text = self.tr("Only rows with {count} values in column {letter}")
        text = text.format(value="".join(values[:1]), count=len(values), letter=letter)
        choices = with_filter(state.choices, letter, values)
        self.wizard.choose(text, state.but(choices=choices))

    def _ask_value(self, column: int) -> None:
        proposal = self.wizard.proposal
        if proposal is not None:

            def take(values: Sequence[str]) -> None:
                self._only_these(column, values)

            FilterDialog(self.wizard, proposal, column=column, take=take, parent=self).open()

    def _values(self, proposal: ProposalView, column: int) -> list[str]:
        """Return some different values of a column, the current cell's first."""
        first = proposal.start_row - 1
        current = self.table.currentIndex()
        rows = [current.row()] if current.isValid() and current.row() >= first else []
        rows += range(first, min(first + SAMPLE_ROWS, self.model.rowCount()))
        found: dict[str, None] = {}
        for row in rows:
            known = self.model.known(row)
            if known is not None and column < len(known.cells) and known.cells[column]:
                found[known.cells[column]] = None
        return list(found)[:OFFERED]

    def _to_mapping(self, column: int) -> None:
        head = self.header.head(column)
        if head is not None:
            self.mapping_wanted.emit(head.letter)

    # ---------------------------------------------------------------- jumping

    def jump(self, row: int | None, letter: str) -> None:
        """Select a cell by its 1-based row and its letter, and bring it into view."""
        column = column_index(letter) if letter.isalpha() else 0
        place = max((row or 1) - 1, 0)
        index = self.model.index(place, min(column, max(self.model.columnCount() - 1, 0)))
        if not index.isValid():
            return
        self.table.setCurrentIndex(index)
        self.table.scrollTo(index, QAbstractItemView.ScrollHint.PositionAtCenter)
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)
        QTimer.singleShot(0, self, lambda: self.table.scrollTo(self.table.currentIndex()))
