"""The column chooser: which columns are shown, in which order, and how many are frozen."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.domain.sections import Section
from app.ui.lists.state import ColumnLayout
from app.ui.look.marks import set_mark
from app.ui.widgets.buttons import icon_button, push_button
from app.ui.widgets.number_box import NumberBox

NAME = int(Qt.ItemDataRole.UserRole)
WIDTH = 300


class ColumnChooser(QFrame):
    """A panel below its button; every tick and move takes effect at once."""

    changed = Signal(object)
    """The :class:`ColumnLayout` as chosen now."""

    reset_asked = Signal()

    def __init__(self, section: Section, layout: ColumnLayout, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        set_mark(self, "popup", True)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._section = section
        self._layout = layout
        self._filling = False
        self.list = QListWidget()
        self.list.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.list.setAccessibleName(self.tr("Columns"))
        self.list.itemChanged.connect(self._take)
        self.list.model().rowsMoved.connect(self._take)
        self.list.installEventFilter(self)
        self.frozen = NumberBox()
        self.frozen.setAccessibleName(self.tr("Frozen columns"))
        self.frozen.valueChanged.connect(self._take)
        self._lay_out()
        self._fill()

    def _lay_out(self) -> None:
        up = icon_button("up", self.tr("Move column left (Alt+Up)"), lambda: self.move_row(-1))
        down = icon_button(
            "down", self.tr("Move column right (Alt+Down)"), lambda: self.move_row(1)
        )
        reset = push_button(self.tr("Reset columns"), self.reset_asked.emit, kind="link")
        label = QLabel(self.tr("Frozen columns"))
        label.setBuddy(self.frozen)
        keep = QHBoxLayout()
        self.frozen.setFixedWidth(64)
        keep.addWidget(label)
        keep.addWidget(self.frozen)
        keep.addStretch(1)
        keep.addWidget(up)
        keep.addWidget(down)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(8, 8, 8, 8)
        outer.setSpacing(8)
        outer.addWidget(self.list)
        outer.addLayout(keep)
        outer.addWidget(reset, 0, Qt.AlignmentFlag.AlignLeft)

    def _fill(self) -> None:
        self._filling = True
        row = max(self.list.currentRow(), 0)
        self.list.clear()
        for name in self._layout.order:
            item = QListWidgetItem(self._section.column(name).title)
            item.setData(NAME, name)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            shown = name not in self._layout.hidden
            item.setCheckState(Qt.CheckState.Checked if shown else Qt.CheckState.Unchecked)
            self.list.addItem(item)
        self.list.setCurrentRow(row)
        self.frozen.setRange(0, max(len(self._layout.visible) - 1, 0))
        self.frozen.setValue(self._layout.frozen)
        self._filling = False
        lines = min(len(self._layout.order), 16)
        self.list.setFixedHeight(lines * self.list.sizeHintForRow(0) + 4)

    def show_layout(self, layout: ColumnLayout) -> None:
        """Show another layout."""
        self._layout = layout
        self._fill()

    def show_below(self, button: QWidget) -> None:
        """Open the panel below a button, inside the screen."""
        self.setFixedWidth(WIDTH)
        self.adjustSize()
        place = button.mapToGlobal(QPoint(0, button.height() + 2))
        area = button.screen().availableGeometry()
        place.setX(max(area.left(), min(place.x(), area.right() - self.width())))
        self.move(place)
        self.show()
        self.list.setFocus()

    def move_row(self, by: int) -> None:
        """Move the chosen column by one place."""
        row = self.list.currentRow()
        if 0 <= row + by < self.list.count():
            order = list(self._layout.order)
            order.insert(row + by, order.pop(row))
            self._layout = ColumnLayout(
                tuple(order), self._layout.hidden, self._layout.widths, self._layout.frozen
            )
            self.list.setCurrentRow(row + by)
            self._fill()
            self.changed.emit(self._layout)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
            alt = event.modifiers() & Qt.KeyboardModifier.AltModifier
            if alt and Qt.Key(event.key()) in steps:
                self.move_row(steps[Qt.Key(event.key())])
                return True
        return super().eventFilter(watched, event)

    def _take(self, *_: object) -> None:
        if self._filling:
            return
        items = [self.list.item(row) for row in range(self.list.count())]
        hidden = {i.data(NAME) for i in items if i.checkState() is Qt.CheckState.Unchecked}
        if len(hidden) == len(items):
            self._fill()  # the last shown column stays
            return
        self._layout = ColumnLayout(
            tuple(item.data(NAME) for item in items),
            frozenset(hidden),
            self._layout.widths,
            self.frozen.value(),
        )
        self.frozen.setMaximum(max(len(self._layout.visible) - 1, 0))
        self.changed.emit(self._layout)
