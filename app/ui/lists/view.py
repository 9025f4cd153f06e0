"""The table of a list: a scrolling half, a frozen half beside it, one selection for both.

Keys move as in a spreadsheet, over both halves as one grid.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPoint,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollBar, QWidget

from app.domain.sections import Column
from app.ui.lists import keys, selection
from app.ui.lists.header import FilterHeader, sort_mark
from app.ui.lists.model import RowModel
from app.ui.lists.part import ListPart
from app.ui.lists.selection import Block
from app.ui.lists.state import ColumnLayout
from app.ui.look.marks import set_mark
from app.ui.look.theme import theme

Flag = QItemSelectionModel.SelectionFlag

KEPT_IDS = 1000
"""Selected rows that are found again after the rows were replaced."""

LEAST_SCROLLING = 240
"""Pixels that the frozen columns leave to the others."""


class ListView(QFrame):
    """Shows a :class:`RowModel`; tells what a person asks for, decides nothing itself."""

    sort_asked = Signal(str, bool)
    filtered = Signal(str, str)
    layout_changed = Signal(object)
    """The :class:`ColumnLayout` after a person moved or resized a column."""

    opened = Signal(int)
    """Row on which Enter or a double click happened."""

    link_opened = Signal(int, int)
    selected = Signal()
    """Selection or current cell changed."""

    menu_asked = Signal(QPoint)
    column_menu_asked = Signal(str, QPoint)
    scrolled = Signal()
    left_back = Signal()
    """Shift+Tab in the first filter cell: on to what stands above the list."""

    def __init__(self, model: RowModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = model
        self._columns = model.section.columns
        self._places = {column.name: place for place, column in enumerate(self._columns)}
        self._layout = ColumnLayout.of(model.section)
        self._anchor: tuple[int, int] | None = None
        self._kept: _Kept | None = None
        self._later: _Kept | None = None
        self._overlay: QWidget | None = None
        self._applying = False
        self._sorts: tuple[tuple[str, bool], ...] = ()
        self.main = ListPart(model, self)
        self.frozen = ListPart(model, self)
        self.frozen.setSelectionModel(self.main.selectionModel())
        self._line = QFrame(self)
        self._told = QTimer(self)
        self._told.setSingleShot(True)
        self._told.setInterval(0)
        self._told.timeout.connect(self.selected)
        self._build()
        self._wire()
        self.apply_layout(self._layout)
        self._color()

    def _build(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(1, 1, 1, 1)
        set_mark(self, "around", True)
        row.setSpacing(0)
        row.addWidget(self.frozen)
        row.addWidget(self._line)
        row.addWidget(self.main, 1)
        self._line.setFixedWidth(1)
        self._line.setAutoFillBackground(True)
        self.frozen.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.frozen.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.main.header.setStretchLastSection(True)
        self.main.setAccessibleName(self.model.section.title)
        self.frozen.setAccessibleName(self.tr("Frozen columns"))
        self.setFocusProxy(self.main)

    def _wire(self) -> None:
        for part in (self.main, self.frozen):
            part.on_key = self._key
            part.header.sort_asked.connect(self._ask_sort)
            part.header.filtered.connect(self.filtered)
            part.header.stepped.connect(self._step_filter)
            part.header.left.connect(self.focus_rows)
            part.header.sectionMoved.connect(self._take_move)
            part.header.sectionResized.connect(self._take_size)
            part.header.menu_asked.connect(self._ask_column_menu)
            part.extended.connect(lambda row, column: self._go((row, column), keep=True))
            part.pressed.connect(self._begin)
            part.pressed_on.connect(self.main.setFocus)
            part.heading_clicked.connect(self._click_heading)
            part.link_opened.connect(self.link_opened)
            part.doubleClicked.connect(lambda index: self._open(index.row()))
            part.customContextMenuRequested.connect(
                lambda place, one=part: self.menu_asked.emit(one.viewport().mapToGlobal(place))
            )
        self._share(self.main.verticalScrollBar(), self.frozen.verticalScrollBar())
        self.main.verticalScrollBar().valueChanged.connect(self.scrolled)
        self.main.horizontalScrollBar().rangeChanged.connect(self._match_heights)
        self.main.selectionModel().selectionChanged.connect(lambda *_: self._told.start())
        self.main.selectionModel().currentChanged.connect(self._take_current)
        self.model.modelAboutToBeReset.connect(self._keep)
        self.model.modelReset.connect(self._restore)
        self.model.rowsInserted.connect(lambda *_: self._restore_later())
        theme().changed.connect(self._color)

    def _share(self, one: QScrollBar, other: QScrollBar) -> None:
        one.valueChanged.connect(other.setValue)
        other.valueChanged.connect(one.setValue)

    def _match_heights(self) -> None:
        """Keep the rows of both halves side by side when only one has a scroll bar below."""
        bar = self.main.horizontalScrollBar()
        needed = bar.maximum() > bar.minimum()
        on, off = Qt.ScrollBarPolicy.ScrollBarAlwaysOn, Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        self.frozen.setHorizontalScrollBarPolicy(on if needed else off)

    def _color(self) -> None:
        palette = self._line.palette()
        palette.setColor(self._line.backgroundRole(), theme().color("input_border"))
        self._line.setPalette(palette)
        self.show_order(self._sorts)
        for part in (self.main, self.frozen):
            part.take_row_height()
            part.viewport().update()

    # -------------------------------------------------------------------------- columns

    @property
    def layout_shown(self) -> ColumnLayout:
        """Return order, widths, hidden and frozen columns as they are shown."""
        return self._layout

    def shown(self) -> list[int]:
        """Return the shown columns, frozen ones first, by their place in the model."""
        return [self._places[name] for name in self._layout.visible]

    def apply_layout(self, layout: ColumnLayout) -> None:
        """Show the columns as a layout says."""
        self._layout = layout
        self._applying = True
        frozen = layout.frozen_names
        for part, is_frozen in ((self.main, False), (self.frozen, True)):
            self._arrange(part.header, layout, is_frozen)
        self._applying = False
        self._place_frozen(bool(frozen))
        self.model.title_column = self.shown()[0]
        self.main.cells.is_left = not frozen
        self._match_heights()

    def _arrange(self, header: FilterHeader, layout: ColumnLayout, is_frozen: bool) -> None:
        frozen = layout.frozen_names
        for visual, name in enumerate(layout.order):
            place = self._places[name]
            header.moveSection(header.visualIndex(place), visual)
            header.resizeSection(place, layout.width(name) or self._default_width(place))
            header.setSectionHidden(place, name in layout.hidden or (name in frozen) != is_frozen)
        header.place_edits()

    def _default_width(self, place: int) -> int:
        column = self._columns[place]
        metrics = self.fontMetrics()
        title = metrics.horizontalAdvance(column.title) + 34
        return max(title, column.width * metrics.averageCharWidth() + 16)

    def _place_frozen(self, has_frozen: bool) -> None:
        self.frozen.setVisible(has_frozen)
        self._line.setVisible(has_frozen)
        room = max(self.width() - LEAST_SCROLLING, 120)
        self.frozen.setFixedWidth(min(self.frozen.header.length(), room))

    def _take_size(self, place: int, _old: int, new: int) -> None:
        if self._applying or new == 0:
            return
        name = self._columns[place].name
        frozen = name in self._layout.frozen_names
        if frozen:
            self._place_frozen(True)
        elif place == self.shown()[-1]:
            return  # the last one fills what is left
        self._layout = self._layout.resized(name, new)
        self.layout_changed.emit(self._layout)

    def _take_move(self, *_: int) -> None:
        if self._applying:
            return
        header = self.sender()
        assert isinstance(header, FilterHeader)
        order = [self._columns[header.logicalIndex(v)].name for v in range(header.count())]
        frozen = self._layout.frozen_names
        order.sort(key=lambda name: name not in frozen)  # stable: the halves stay apart
        layout = replace(self._layout, order=tuple(order))
        QTimer.singleShot(0, self, lambda: self.apply_layout(layout))
        self._layout = layout
        self.layout_changed.emit(layout)

    def _ask_sort(self, place: int, add: bool) -> None:
        self.sort_asked.emit(self._columns[place].name, add)

    def _ask_column_menu(self, place: int, where: QPoint) -> None:
        self.column_menu_asked.emit(self._columns[place].name, where)

    def show_order(self, sorts: Iterable[tuple[str, bool]]) -> None:
        """Mark the columns of the order; several keys carry their place."""
        found = self._sorts = tuple(sorts)
        many = len(found) > 1
        ratio = self.devicePixelRatioF()
        marks = {
            self._places[name]: sort_mark(down, number if many else 0, max(ratio, 1.0))
            for number, (name, down) in enumerate(found, start=1)
            if name in self._places
        }
        self.model.set_marks(marks)

    # -------------------------------------------------------------------------- filter row

    def show_filters(self, texts: dict[str, str]) -> None:
        """Show the filters in force in the filter row, but never over what is being typed."""
        for part in (self.main, self.frozen):
            for edit in part.header.edits.values():
                text = texts.get(edit.column.name, "")
                if not (edit.hasFocus() and edit.text().strip() == text):
                    edit.show_text(text)

    def focus_filter(self, name: str) -> bool:
        """Put the cursor into a column's filter cell; False if it has none or is not shown."""
        place = self._places.get(name)
        if place is None or place not in self.shown() or not self._columns[place].filterable:
            return False
        part = self._part_of(place)
        self._show_column(part, place)
        part.header.edits[place].setFocus(Qt.FocusReason.ShortcutFocusReason)
        return True

    def focus_near_filter(self) -> None:
        """Put the cursor into the filter of the current column, else of the first that has one."""
        current = self.current()
        places = [current[1], *self.shown()] if current else self.shown()
        for place in places:
            if self.focus_filter(self._columns[place].name):
                return

    def _step_filter(self, name: str, by: int) -> None:
        names = [self._columns[p].name for p in self.shown() if self._columns[p].filterable]
        where = names.index(name) + by if name in names else -1
        if 0 <= where < len(names):
            self.focus_filter(names[where])
        elif by > 0:
            self.focus_rows()
        else:
            self.left_back.emit()

    def _show_column(self, part: ListPart, place: int) -> None:
        header, bar = part.header, part.horizontalScrollBar()
        left = header.sectionPosition(place)
        right = left + header.sectionSize(place)
        if left < bar.value():
            bar.setValue(left)
        elif right > bar.value() + part.viewport().width():
            bar.setValue(right - part.viewport().width())

    def _part_of(self, place: int) -> ListPart:
        return self.frozen if self._columns[place].name in self._layout.frozen_names else self.main

    def column(self, place: int) -> Column:
        """Return a column by its place in the model."""
        return self._columns[place]

    # -------------------------------------------------------------------------- selection

    def blocks(self) -> list[Block]:
        """Return the selected ranges."""
        return selection.blocks(self.main.selectionModel().selection())

    def current(self) -> tuple[int, int] | None:
        """Return the (row, column) one works in."""
        index = self.main.selectionModel().currentIndex()
        return (index.row(), index.column()) if index.isValid() else None

    def focus_rows(self) -> None:
        """Put the cursor into the rows."""
        self.main.setFocus(Qt.FocusReason.OtherFocusReason)
        if self.current() is None and self.model.rowCount():
            self.go_to(0)

    def go_to(self, row: int, column: int | None = None) -> None:
        """Select one cell and show it."""
        place = self.shown()[0] if column is None else column
        self._go((row, place), keep=False)

    def select_everything(self) -> None:
        """Select every row; Qt keeps one range."""
        last = self.model.rowCount() - 1
        if last < 0:
            return
        chosen = QItemSelection(
            self.model.index(0, 0), self.model.index(last, self.model.columnCount() - 1)
        )
        self.main.selectionModel().select(chosen, Flag.ClearAndSelect)
        if self.current() is None:
            first = self.model.index(0, self.shown()[0])
            self.main.selectionModel().setCurrentIndex(first, Flag.NoUpdate)

    def select_rows(self) -> None:
        """Widen the selection to whole rows."""
        chosen = QItemSelection()
        for first, last in selection.stretches(self.blocks()):
            chosen.merge(
                selection.cells_between(self.model, (first, last), range(len(self._columns))),
                Flag.Select,
            )
        self.main.selectionModel().select(chosen, Flag.ClearAndSelect)

    def _take_current(self, current: QModelIndex, _before: QModelIndex) -> None:
        for part in (self.main, self.frozen):
            part.cells.current_row = current.row()
            part.viewport().update()
        self._told.start()

    def _go(self, cell: tuple[int, int], *, keep: bool) -> None:
        """Move to a cell; ``keep`` stretches the selection from where it began."""
        index = self.model.index(*cell)
        chooser = self.main.selectionModel()
        if not keep:
            self._anchor = cell
            chooser.setCurrentIndex(index, Flag.ClearAndSelect)
            return
        self._anchor = self._anchor or self.current() or cell
        self._select_from(self._anchor, cell)
        chooser.setCurrentIndex(index, Flag.NoUpdate)

    def _select_from(self, anchor: tuple[int, int], cell: tuple[int, int]) -> None:
        shown = self.shown()
        ends = sorted(shown.index(c) if c in shown else 0 for c in (anchor[1], cell[1]))
        columns = shown[ends[0] : ends[1] + 1]
        chosen = selection.cells_between(self.model, (anchor[0], cell[0]), columns)
        self.main.selectionModel().select(chosen, Flag.ClearAndSelect)

    def _begin(self, index: QModelIndex) -> None:
        """Remember where a selection by mouse began."""
        self._anchor = (index.row(), index.column())

    # -------------------------------------------------------------------------- keys

    def _key(self, event: QKeyEvent) -> bool:
        """Do what a key of a spreadsheet does; False leaves it to Qt."""
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if event.modifiers() & Qt.KeyboardModifier.AltModifier:
            return False
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not control:
            return self._enter()
        if event.key() == Qt.Key.Key_Space and shift:
            self.select_rows()
            return True
        return self._fold(event.key()) or self._move(event.key(), control, shift)

    def _enter(self) -> bool:
        current = self.current()
        if current is not None:
            self._open(current[0])
        return True

    def _fold(self, key: int) -> bool:
        """Open or close the group whose heading one is on."""
        current = self.current()
        heading = self.model.heading(current[0]) if current else None
        if current is None or heading is None:
            return False
        turns = {Qt.Key.Key_Left: heading.is_open, Qt.Key.Key_Right: not heading.is_open}
        turns[Qt.Key.Key_Space] = True
        if turns.get(Qt.Key(key)):
            self.model.turn(current[0])
        return Qt.Key(key) in turns

    def _move(self, key: int, control: bool, shift: bool) -> bool:
        shown = self.shown()
        current = self.current() or (-1, shown[0])
        column = shown.index(current[1]) if current[1] in shown else 0
        screen = max(self.main.viewport().height() // theme().row_height - 1, 1)
        grid = keys.Grid(self.model.rowCount(), len(shown), screen)
        moved = keys.target(key, control=control, row=current[0], column=column, grid=grid)
        if moved is None:
            return False
        self._go((moved[0], shown[moved[1]]), keep=shift)
        return True

    def _open(self, row: int) -> None:
        if self.model.heading(row) is not None:
            self.model.turn(row)
        else:
            self.opened.emit(row)

    def _click_heading(self, row: int) -> None:
        self._go((row, self.shown()[0]), keep=False)
        self.model.turn(row)

    # -------------------------------------------------------------------------- replaced rows

    def keep_now(self, *, scroll: bool) -> None:
        """Remember selection and place by ids, for the next time the rows are replaced."""
        self._kept = _Kept.of(self, scroll=scroll)

    def _keep(self) -> None:
        scroll = self._kept.scroll if self._kept else True
        self._kept = _Kept.of(self, scroll=scroll)

    def _restore(self) -> None:
        kept, self._kept = self._kept, None
        self._anchor = None
        if kept is not None:
            kept.put_back(self)
        self._later = kept if self.model.matching is None else None
        self._told.start()

    def _restore_later(self) -> None:
        """Put back what stands behind the first rows, unless a person was faster."""
        kept, self._later = self._later, None
        if kept is not None and self.current() is None:
            kept.put_back(self)
            self._told.start()

    def set_overlay(self, overlay: QWidget | None) -> None:
        """Show a widget over the rows, below header and filter row."""
        if self._overlay is not None and self._overlay is not overlay:
            self._overlay.hide()
        self._overlay = overlay
        self._place_overlay()

    def _place_overlay(self) -> None:
        if self._overlay is not None:
            top = self.main.header.height() + 1
            self._overlay.setGeometry(1, top, self.width() - 2, max(self.height() - top - 1, 0))
            self._overlay.show()
            self._overlay.raise_()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_frozen(bool(self._layout.frozen_names))
        self._place_overlay()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FontChange:
            self.apply_layout(self._layout)
        return super().event(event)


class _Kept:
    """Selection, current cell and scroll place of a list, by the ids of rows."""

    def __init__(self) -> None:
        self.scroll = True
        self._current: tuple[int, int] | None = None
        self._blocks: list[tuple[list[int], int, int]] = []
        self._top: tuple[int, int] | None = None
        self._value = 0

    @classmethod
    def of(cls, view: ListView, *, scroll: bool) -> _Kept:
        """Return what a view shows now."""
        kept = cls()
        kept.scroll = scroll
        model = view.model
        current = view.current()
        if current is not None and (key := model.row_id(current[0])) is not None:
            kept._current = (key, current[1])
        found = view.blocks()
        if selection.row_count(found) <= KEPT_IDS:
            kept._blocks = [(list(model.row_ids(b.top, b.bottom)), b.left, b.right) for b in found]
        bar = view.main.verticalScrollBar()
        kept._value = bar.value()
        first = view.main.rowAt(0)
        if first >= 0 and (key := model.row_id(first)) is not None:
            kept._top = (key, view.main.rowViewportPosition(first))
        return kept

    def put_back(self, view: ListView) -> None:
        """Show it again, as far as the rows are still there."""
        ids = {key for keys_, _, _ in self._blocks for key in keys_}
        ids |= {kept[0] for kept in (self._current, self._top) if kept is not None}
        rows = view.model.rows_of(ids)
        chooser = view.main.selectionModel()
        if self._current is not None and self._current[0] in rows:
            index = view.model.index(rows[self._current[0]], self._current[1])
            chooser.setCurrentIndex(index, Flag.NoUpdate)
        chosen = QItemSelection()
        for keys_, left, right in self._blocks:
            for first, last in _stretches(sorted(rows[k] for k in keys_ if k in rows)):
                chosen.select(view.model.index(first, left), view.model.index(last, right))
        chooser.select(chosen, Flag.ClearAndSelect)
        self._scroll(view, rows)

    def _scroll(self, view: ListView, rows: dict[int, int]) -> None:
        bar = view.main.verticalScrollBar()
        if not self.scroll:
            bar.setValue(0)
        elif self._top is not None and self._top[0] in rows:
            bar.setValue(rows[self._top[0]] * theme().row_height - self._top[1])
        else:
            bar.setValue(self._value)


def _stretches(rows: list[int]) -> list[tuple[int, int]]:
    return selection.stretches(Block(row, row, 0, 0) for row in rows)
