"""The list that drops down from a field: proposals with detail, score and mark."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFont, QFontMetrics, QMouseEvent, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QListView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from app.ui.look.fonts import small_font
from app.ui.look.icons import icon
from app.ui.look.marks import set_mark
from app.ui.look.theme import theme
from app.ui.widgets.status import paint_status, status_width

Index = QModelIndex | QPersistentModelIndex

_MOST_ROWS = 10
_LEAST_WIDTH = 260
_WIDEST = 640
_PAD = 8
_CROSS = 12


@dataclass(frozen=True, slots=True)
class Option:
    """A proposal. ``detail`` stands beside or below the text, ``score`` (0–1) as per cent.

    ``mark`` is a short word in a pill, coloured by ``tone``: "Learned", "Archived". ``drops``: a
    cross at the end deletes what is proposed.
    """

    key: object
    text: str
    detail: str = ""
    score: float | None = None
    mark: str = ""
    tone: str = "neutral"
    drops: bool = False


class OptionList(QFrame):
    """A window without focus below (or above) a field; the field keeps the keyboard."""

    taken = Signal(object)
    """The Option that was clicked."""

    dropped = Signal(object)
    """The Option whose cross was clicked."""

    def __init__(self, field: QWidget, *, two_lines: bool = False) -> None:
        super().__init__(field, Qt.WindowType.ToolTip | Qt.WindowType.FramelessWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        set_mark(self, "popup", True)
        self._field = field
        self._model = OptionModel(self)
        self._delegate = _OptionDelegate(self, two_lines=two_lines)
        self._view = _Proposals(self)
        self._view.crossed.connect(self._crossed)
        self._view.setModel(self._model)
        self._view.setItemDelegate(self._delegate)
        self._view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._view.setUniformItemSizes(True)
        self._view.setMouseTracking(True)
        self._view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._view.setFrameShape(QFrame.Shape.NoFrame)
        self._view.setMinimumSize(1, 1)  # a view asks for three rows, whatever it holds
        self._view.setAccessibleName(self.tr("Proposals"))
        self._view.clicked.connect(self._clicked)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.addWidget(self._view)
        self._watched: QWidget | None = None

    def options(self) -> list[Option]:
        """Return the proposals."""
        return list(self._model.options)

    def show_options(self, options: Sequence[Option], typed: str, nothing: str) -> None:
        """Show proposals, the first marked, or ``nothing`` where there are none."""
        self._model.show(options, nothing)
        self._delegate.typed = typed.casefold().split()
        if options:
            self._view.setCurrentIndex(self._model.index(0, 0))
        self._view.scrollToTop()
        self._place()
        self._watch()
        self.show()
        self.raise_()

    def current(self) -> Option | None:
        """Return the marked proposal."""
        index = self._view.currentIndex()
        return self._model.options[index.row()] if index.isValid() and self.options() else None

    def step(self, way: int) -> None:
        """Move the mark by one, from the end to the start and back."""
        count = len(self._model.options)
        if count:
            row = (self._view.currentIndex().row() + way) % count
            self._view.setCurrentIndex(self._model.index(row, 0))

    def page(self, way: int) -> None:
        """Move the mark by a page."""
        count = len(self._model.options)
        if count:
            row = self._view.currentIndex().row() + way * (_MOST_ROWS - 1)
            self._view.setCurrentIndex(self._model.index(min(max(row, 0), count - 1), 0))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.WindowDeactivate):
            self.hide()
        return False

    def _clicked(self, index: QModelIndex) -> None:
        if self._model.options:
            self.taken.emit(self._model.options[index.row()])

    def _crossed(self, index: QModelIndex) -> None:
        self.dropped.emit(self._model.options[index.row()])

    def _watch(self) -> None:
        """Close with a window that is moved: the list is a window of its own."""
        window = self._field.window()
        if window is not self._watched:
            if self._watched is not None:
                self._watched.removeEventFilter(self)
            self._watched = window
            window.installEventFilter(self)

    def _place(self) -> None:
        metrics = self._view.fontMetrics()
        shown = self._model.options[:200]
        wanted = max((self._delegate.width(o, metrics) for o in shown), default=0)
        width = min(max(self._field.width(), _LEAST_WIDTH, wanted + 20), _WIDEST)
        rows = min(max(self._model.rowCount(), 1), _MOST_ROWS)
        height = rows * self._delegate.row_height() + 4
        corner = self._field.mapToGlobal(QPoint(0, self._field.height() + 1))
        screen = self._field.screen().availableGeometry()
        if corner.y() + height > screen.bottom():
            corner.setY(self._field.mapToGlobal(QPoint(0, 0)).y() - height - 1)
        corner.setX(max(min(corner.x(), screen.right() - width), screen.left()))
        self.setGeometry(QRect(corner, QSize(width, height)))


class _Proposals(QListView):
    """The rows; a click on a cross does not take the proposal."""

    crossed = Signal(QModelIndex)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        spot = event.position().toPoint()
        index = self.indexAt(spot)
        shown = index.data(Qt.ItemDataRole.UserRole)
        if shown is not None and shown.drops and cross_of(self.visualRect(index)).contains(spot):
            self.crossed.emit(index)
            return
        super().mouseReleaseEvent(event)


def cross_of(row: QRect) -> QRect:
    """Return where the cross of a row is."""
    return QRect(row.right() - _CROSS - 2 * _PAD, row.y(), _CROSS + 2 * _PAD, row.height())


class OptionModel(QAbstractListModel):
    """The proposals, or one row that says why there are none."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.options: tuple[Option, ...] = ()
        self._nothing = ""

    def show(self, options: Sequence[Option], nothing: str) -> None:
        """Take other proposals."""
        self.beginResetModel()
        self.options = tuple(options)
        self._nothing = nothing
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        if parent is not None and parent.isValid():
            return 0
        return len(self.options) or bool(self._nothing)

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not self.options:
            return Qt.ItemFlag.NoItemFlags
        return super().flags(index)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        if not self.options:
            return self._nothing if role == Qt.ItemDataRole.DisplayRole else None
        option = self.options[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return option.text
        if role == Qt.ItemDataRole.UserRole:
            return option
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join(t for t in (option.text, option.detail, _score(option)) if t)
        return None


class _OptionDelegate(QStyledItemDelegate):
    """Paints text with the matching letters marked, detail, score and mark."""

    def __init__(self, parent: QObject, *, two_lines: bool) -> None:
        super().__init__(parent)
        self._two_lines = two_lines
        self.typed: list[str] = []

    def row_height(self) -> int:
        """Return the height of a row, pixels."""
        height = theme().row_height
        return height + QFontMetrics(small_font()).height() if self._two_lines else height

    def width(self, option: Option, metrics: QFontMetrics) -> int:
        """Return the width that a proposal needs, pixels."""
        text, detail = (metrics.horizontalAdvance(t) for t in (option.text, option.detail))
        mark = status_width(metrics, option.mark) + _PAD if option.mark else 0
        score = metrics.horizontalAdvance("100 %") + _PAD if option.score is not None else 0
        words = max(text, detail) if self._two_lines else text + detail + 2 * _PAD
        cross = _CROSS + 2 * _PAD if option.drops else 0
        return words + mark + score + cross + 3 * _PAD

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(_LEAST_WIDTH, self.row_height())

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        shown = index.data(Qt.ItemDataRole.UserRole)
        rect: QRect = option.rect
        font: QFont = option.font
        view: QWidget = option.widget
        painter.save()
        painter.setFont(font)
        if shown is None:
            painter.setPen(theme().color("muted"))
            room = rect.adjusted(_PAD, 0, -_PAD, 0)
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, str(index.data()))
            painter.restore()
            return
        current = isinstance(view, QListView) and view.currentIndex() == index
        if current:
            painter.fillRect(rect, theme().color("selection"))
        ink = theme().color("selection_text" if current else "text")
        soft = theme().color("selection_text" if current else "muted")
        room = rect.adjusted(_PAD, 0, -_PAD, 0)
        if shown.drops:
            place = cross_of(rect)
            icon("close", tint="selection_text" if current else "muted").paint(
                painter, place.adjusted(_PAD, 0, -_PAD, 0)
            )
            room.setRight(place.left())
        room = self._paint_right(painter, room, shown, soft, current)
        if self._two_lines:
            self._paint_lines(painter, room, shown, ink, soft)
        else:
            self._paint_columns(painter, room, shown, ink, soft)
        painter.restore()

    def _paint_right(
        self, painter: QPainter, room: QRect, shown: Option, soft: QColor, selected: bool
    ) -> QRect:
        """Paint score and mark and return the room that is left."""
        metrics = painter.fontMetrics()
        if shown.score is not None:
            width = metrics.horizontalAdvance("100 %")
            painter.setPen(soft)
            place = QRect(room.right() - width, room.y(), width, room.height())
            right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
            painter.drawText(place, right, _score(shown))
            room = room.adjusted(0, 0, -width - _PAD, 0)
        if shown.mark:
            width = min(status_width(metrics, shown.mark), room.width() // 2)
            place = QRect(room.right() - width, room.y(), width, room.height())
            paint_status(painter, place, shown.tone, shown.mark, selected)
            room = room.adjusted(0, 0, -width - _PAD, 0)
        return room

    def _paint_columns(
        self, painter: QPainter, room: QRect, shown: Option, ink: QColor, soft: QColor
    ) -> None:
        metrics = painter.fontMetrics()
        wide = metrics.horizontalAdvance(shown.text)
        if shown.detail:
            detail = metrics.horizontalAdvance(shown.detail)
            wide = min(wide, max(room.width() - detail - 2 * _PAD, room.width() * 3 // 5))
        place = QRect(room.x(), room.y(), min(wide + 1, room.width()), room.height())
        self._paint_text(painter, place, shown.text, ink)
        rest = room.adjusted(place.width() + 2 * _PAD, 0, 0, 0)
        _paint_plain(painter, rest, shown.detail, soft, Qt.AlignmentFlag.AlignRight)

    def _paint_lines(
        self, painter: QPainter, room: QRect, shown: Option, ink: QColor, soft: QColor
    ) -> None:
        if not shown.detail:
            self._paint_text(painter, room, shown.text, ink)
            return
        small = small_font()
        lower = QFontMetrics(small).height()
        top = (room.height() - lower - painter.fontMetrics().height()) // 2
        upper = QRect(room.x(), room.y() + top, room.width(), painter.fontMetrics().height())
        self._paint_text(painter, upper, shown.text, ink)
        painter.setFont(small)
        below = QRect(room.x(), upper.bottom() + 1, room.width(), lower)
        _paint_plain(painter, below, shown.detail, soft, Qt.AlignmentFlag.AlignLeft)

    def _paint_text(self, painter: QPainter, room: QRect, text: str, ink: QColor) -> None:
        """Paint the text with a ground under the letters that were typed."""
        metrics = painter.fontMetrics()
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room.width())
        folded = shown.casefold()
        for word in self.typed if len(folded) == len(shown) else ():
            start = folded.find(word)
            if start >= 0:
                left = room.x() + metrics.horizontalAdvance(shown[:start])
                width = metrics.horizontalAdvance(shown[start : start + len(word)])
                top = room.y() + (room.height() - metrics.height()) // 2
                ground = theme().color("match")
                ground.setAlphaF(0.7)
                painter.fillRect(QRect(left, top, width, metrics.height()), ground)
        painter.setPen(ink)
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, shown)


def _paint_plain(
    painter: QPainter, room: QRect, text: str, color: QColor, side: Qt.AlignmentFlag
) -> None:
    painter.setPen(color)
    shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room.width())
    painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | side, shown)


def _score(option: Option) -> str:
    return "" if option.score is None else f"{round(option.score * 100)}\u00a0%"
