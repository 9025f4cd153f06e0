"""The header of the source table: letter and role above, how the values matched below."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFont, QHelpEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QHeaderView, QToolTip, QWidget

from app.ui.import_wizard.column_heads import ColumnHead
from app.ui.look.theme import theme
from importers.records import column_letter

PADDING = 6
GAP = 3


class RoleHeader(QHeaderView):
    """Paints :class:`ColumnHead`s; a click asks for the role, or shows the open values."""

    role_wanted = Signal(int, QPoint)
    """(column, place on the screen for a menu)."""

    mapping_wanted = Signal(int)
    """Column whose values without a match a person wants to see."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._heads: tuple[ColumnHead, ...] = ()
        self._over = -1
        self.setSectionsClickable(True)
        self.setMouseTracking(True)
        self.setHighlightSections(False)
        self.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
        self.setAccessibleName(self.tr("Columns and their roles"))

    def show_heads(self, heads: tuple[ColumnHead, ...]) -> None:
        """Show other headings."""
        self._heads = heads
        self.viewport().update()

    def head(self, column: int) -> ColumnHead | None:
        """Return the heading of a column, None if it is not known yet."""
        return self._heads[column] if 0 <= column < len(self._heads) else None

    def sizeHint(self) -> QSize:
        lines = 2 * self.fontMetrics().height() + GAP + 2 * PADDING
        return QSize(super().sizeHint().width(), lines)

    def place_below(self, column: int) -> QPoint:
        """Return the place on the screen below a column's heading."""
        left = self.sectionViewportPosition(column)
        return self.viewport().mapToGlobal(QPoint(max(left, 0), self.height()))

    # ---------------------------------------------------------------- painting

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        look = theme()
        painter.save()
        ground = "hover" if section == self._over else "header"
        painter.fillRect(rect, look.color(ground))
        painter.setPen(look.color("border"))
        painter.drawLine(rect.topRight(), rect.bottomRight())
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        head = self.head(section)
        inside = rect.adjusted(PADDING, PADDING, -PADDING, -PADDING)
        if head is not None:
            self._paint_head(painter, inside, head)
        else:
            painter.setPen(look.color("muted"))
            painter.drawText(inside, Qt.AlignmentFlag.AlignLeft, column_letter(section))
        painter.restore()

    def _paint_head(self, painter: QPainter, rect: QRect, head: ColumnHead) -> None:
        look, metrics = theme(), self.fontMetrics()
        line = metrics.height()
        first = QRect(rect.left(), rect.top(), rect.width(), line)
        painter.setFont(self.font())
        painter.setPen(look.color("muted"))
        letter = f"{head.letter} ⊘" if head.hidden else head.letter
        painter.drawText(first, Qt.AlignmentFlag.AlignLeft, letter)
        first.setLeft(first.left() + metrics.horizontalAdvance(letter) + PADDING)
        painter.setPen(look.color(head.tone))
        painter.setFont(self._strong() if head.tone != "muted" else self.font())
        text = painter.fontMetrics().elidedText(
            head.role, Qt.TextElideMode.ElideRight, max(first.width() - 12, 0)
        )
        painter.drawText(first, Qt.AlignmentFlag.AlignLeft, text)
        self._paint_arrow(painter, first)
        second = QRect(rect.left(), rect.top() + line + GAP, rect.width(), line)
        painter.setFont(self.font())
        painter.setPen(look.color(head.fared_tone))
        mark = "▸ " if head.open else ""
        fared = metrics.elidedText(mark + head.fared, Qt.TextElideMode.ElideRight, second.width())
        painter.drawText(second, Qt.AlignmentFlag.AlignLeft, fared)

    def _paint_arrow(self, painter: QPainter, line: QRect) -> None:
        painter.setPen(theme().color("muted"))
        painter.setFont(self.font())
        painter.drawText(line, Qt.AlignmentFlag.AlignRight, "▾")

    def _strong(self) -> QFont:
        font = QFont(self.font())
        font.setWeight(QFont.Weight.DemiBold)
        return font

    # ---------------------------------------------------------------- mouse

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(self.logicalIndexAt(event.position().toPoint()))
        super().mouseMoveEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._hover(-1)
        super().leaveEvent(event)

    def _hover(self, column: int) -> None:
        if column != self._over:
            self._over = column
            self.viewport().update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        resizing = self.cursor().shape() == Qt.CursorShape.SplitHCursor
        super().mouseReleaseEvent(event)
        place = event.position().toPoint()
        column = self.logicalIndexAt(place)
        head = self.head(column)
        if resizing or head is None or not self.viewport().rect().contains(place):
            return
        if head.open and place.y() > self.height() // 2:
            self.mapping_wanted.emit(column)
        else:
            self.role_wanted.emit(column, self.place_below(column))

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            head = self.head(self.logicalIndexAt(event.pos()))
            QToolTip.showText(event.globalPos(), self._told(head) if head else "", self)
            return True
        return super().viewportEvent(event)

    def _told(self, head: ColumnHead) -> str:
        title = f"{head.letter} {head.header}".strip()
        why = self.tr("Why: {reason}").format(reason=head.why) if head.why else ""
        hidden = self.tr("Hidden in the file") if head.hidden else ""
        click = self.tr("Click to choose what this column holds")
        if head.open:
            click = self.tr("Click the lower line to match the values by hand")
        return "\n".join(filter(None, (title, head.role, head.fared, hidden, why, click)))
