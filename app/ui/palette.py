"""The palette (Ctrl+K): sections, commands, recent items and records by a few letters of each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QIcon, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QLabel,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from app.sections import SECTIONS
from app.ui import titles
from app.ui.jobs import Job, Jobs
from app.ui.look import fonts
from app.ui.look.icons import icon
from app.ui.look.marks import set_mark
from app.ui.look.theme import theme

if TYPE_CHECKING:
    from app.services.context import Context
    from app.services.palette import FoundRecord

WIDTH = 620
ROWS = 12
SEARCH_AFTER_MS = 150
MOST = 60
"""Entries shown at most; more letters find the rest."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Something to go to or to do. ``group`` is shown at the right, or ``hint``, its shortcut.

    A ``command`` acts on the page, so that the keyboard goes back there first.
    """

    title: str
    group: str
    icon: QIcon
    run: Callable[[], object]
    detail: str = ""
    hint: str = ""
    command: bool = False


def matching(entries: Iterable[Entry], text: str) -> list[Entry]:
    """Return the entries that hold all words of ``text`` in any order, best first."""
    words = text.casefold().split()
    found = []
    for entry in entries:
        title = entry.title.casefold()
        whole = f"{title} {entry.group.casefold()} {entry.detail.casefold()}"
        if all(word in whole for word in words):
            found.append((_rank(title, words), entry))
    return [entry for _, entry in sorted(found, key=lambda pair: pair[0])]


def _rank(title: str, words: Sequence[str]) -> int:
    if not words or title.startswith(" ".join(words)):
        return 0
    begins = title.split()
    if all(any(part.startswith(word) for part in begins) for word in words):
        return 1
    return 2 if all(word in title for word in words) else 3


class EntryModel(QAbstractListModel):
    """The entries found."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.entries: list[Entry] = []

    def show(self, entries: list[Entry]) -> None:
        """Replace all entries."""
        self.beginResetModel()
        self.entries = entries[:MOST]
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008
        """Return the number of entries."""
        return 0 if parent.isValid() else len(self.entries)

    def data(
        self,
        index: QModelIndex | QPersistentModelIndex,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        """Return title, icon, or the whole line for screen readers."""
        if not index.isValid() or index.row() >= len(self.entries):
            return None
        entry = self.entries[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return entry.title
        if role == Qt.ItemDataRole.DecorationRole:
            return entry.icon
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join(t for t in (entry.title, entry.detail, entry.group, entry.hint) if t)
        return None


class EntryDelegate(QStyledItemDelegate):
    """Paints an entry: icon, title, detail; group and shortcut at the right."""

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """Return a row a little higher than in lists."""
        return QSize(WIDTH - 40, theme().row_height + 6)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Paint one row."""
        model = index.model()
        assert isinstance(model, EntryModel)
        entry = model.entries[index.row()]
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        if selected:
            painter.fillRect(option.rect, theme().color("selection"))
        strong = theme().color("selection_text" if selected else "text")
        weak = theme().color("selection_text" if selected else "muted")
        rect = QRect(option.rect).adjusted(8, 0, -8, 0)
        mark = QRect(rect.left(), rect.center().y() - 7, 16, 16)
        entry.icon.paint(painter, mark)
        rect.setLeft(mark.right() + 9)
        right = entry.hint or entry.group
        metrics = option.fontMetrics
        width = min(metrics.horizontalAdvance(right), rect.width() // 3)
        painter.setPen(weak)
        middle = Qt.AlignmentFlag.AlignVCenter
        side = QRect(rect.right() - width, rect.top(), width, rect.height())
        painter.drawText(side, middle | Qt.AlignmentFlag.AlignRight, right)
        rect.setRight(side.left() - 12)
        painter.setPen(strong)
        title = metrics.elidedText(entry.title, Qt.TextElideMode.ElideRight, rect.width())
        painter.drawText(rect, middle, title)
        rect.setLeft(rect.left() + metrics.horizontalAdvance(title) + 12)
        if entry.detail and rect.width() > 40:
            painter.setPen(weak)
            detail = metrics.elidedText(entry.detail, Qt.TextElideMode.ElideRight, rect.width())
            painter.drawText(rect, middle, detail)
        painter.restore()


class Palette(QFrame):
    """A box over the window: type, choose by the arrows, Enter goes, Esc closes (item 6)."""

    closed = Signal()

    def __init__(self, jobs: Jobs, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("palette")
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setAutoFillBackground(True)
        self.setAccessibleName(self.tr("Go to anything"))
        self._jobs = jobs
        self._window = parent
        self._entries: list[Entry] = []
        self._records: list[Entry] = []
        self._open_record: Callable[[str], object] = lambda _: None
        self._asked: Job | None = None
        self._before: QWidget | None = None
        self.input = QLineEdit(self)
        self.input.setPlaceholderText(self.tr("Section, command, or a record by number or name"))
        self.input.setAccessibleName(self.tr("Go to anything"))
        self.input.setFont(fonts.heading_font())
        self.model = EntryModel(self)
        self.list = QListView(self)
        self.list.setModel(self.model)
        self.list.setItemDelegate(EntryDelegate(self.list))
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        set_mark(self.list, "plain", True)
        self.list.setUniformItemSizes(True)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setAccessibleName(self.tr("Found"))
        self.nothing = QLabel(self.tr("Nothing found. Try fewer letters."), self)
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.nothing.setContentsMargins(0, 12, 0, 12)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(8)
        for widget in (self.input, self.list, self.nothing):
            layout.addWidget(widget)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SEARCH_AFTER_MS)
        self._timer.timeout.connect(self._find_records)
        self.input.textChanged.connect(self._typed)
        self.input.installEventFilter(self)
        self.list.clicked.connect(self._take)
        self.hide()

    def popup(self, entries: list[Entry], open_record: Callable[[str], object]) -> None:
        """Show the palette with these entries; ``open_record`` takes a record's address."""
        self._before = QApplication.focusWidget()
        self._entries, self._records = entries, []
        self._open_record = open_record
        self.input.clear()
        self._fill()
        self.place()
        self.show()
        self.raise_()
        self.input.setFocus(Qt.FocusReason.PopupFocusReason)

    def place(self) -> None:
        """Put the box under the top of the window, in its middle."""
        parent = self._window
        width = min(WIDTH, parent.width() - 32)
        rows = min(max(self.model.rowCount(), 1), ROWS)
        self.list.setFixedHeight(rows * (theme().row_height + 6) + 4)
        self.setFixedWidth(width)
        self.adjustSize()
        self.move((parent.width() - width) // 2, min(72, parent.height() // 8))

    def dismiss(self) -> None:
        """Close and give the keyboard back."""
        if self.isHidden():
            return
        self._timer.stop()
        self._stop_asking()
        self.hide()
        if self._before is not None and self._before.isVisible():
            self._before.setFocus(Qt.FocusReason.PopupFocusReason)
        self._before = None
        self.closed.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Move in the list by the arrows while typing; Enter takes, Esc or leaving closes."""
        if (
            watched is self.input
            and isinstance(event, QKeyEvent)
            and event.type()
            in {
                QEvent.Type.KeyPress,
                QEvent.Type.ShortcutOverride,
            }
        ):
            return self._key(event)
        if watched is self.input and event.type() == QEvent.Type.FocusOut:
            QTimer.singleShot(0, self, self._leave)
        return super().eventFilter(watched, event)

    def _leave(self) -> None:
        if not self.isAncestorOf(QApplication.focusWidget() or self._window):
            self._before = None  # the keyboard went somewhere on purpose
            self.dismiss()

    def _key(self, event: QKeyEvent) -> bool:
        keys = Qt.Key
        steps = {keys.Key_Down: 1, keys.Key_Up: -1, keys.Key_PageDown: ROWS, keys.Key_PageUp: -ROWS}
        key = keys(event.key())
        if key not in {*steps, keys.Key_Return, keys.Key_Enter, keys.Key_Escape}:
            return False
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()  # no shortcut of the page behind
            return True
        if key is keys.Key_Escape:
            self.dismiss()
        elif key in steps:
            self._step(steps[key])
        else:
            self._take(self.list.currentIndex())
        return True

    def _step(self, by: int) -> None:
        count = self.model.rowCount()
        if count:
            row = self.list.currentIndex().row() + by
            row = row % count if abs(by) == 1 else min(max(row, 0), count - 1)
            self.list.setCurrentIndex(self.model.index(row))

    def _take(self, index: QModelIndex) -> None:
        if index.isValid():
            entry = self.model.entries[index.row()]
            self._before = self._before if entry.command else None
            self.dismiss()
            entry.run()

    # -------------------------------------------------------------------------- finding

    def _typed(self) -> None:
        self._records = []
        self._fill()
        self._stop_asking()
        self._timer.start()

    def _stop_asking(self) -> None:
        if self._asked is not None:
            self._asked.cancel()
            self._asked = None

    def _find_records(self) -> None:
        text = self.input.text().strip()
        if not text or self._jobs.session is None:
            return

        def find(ctx: Context) -> list[FoundRecord]:
            from app.services.palette import find_records

            return find_records(ctx, SECTIONS, text)

        def forget(_problem: object) -> None:
            self._asked = None  # what can't be searched is just not found

        self._asked = self._jobs.query(find, owner=self, done=self._found, failed=forget)

    def _found(self, records: list[FoundRecord]) -> None:
        self._asked = None
        known = {s.id: s for s in titles.sections()}
        self._records = [
            Entry(
                record.title,
                known[record.section].title,
                icon(known[record.section].icon or "list"),
                partial(self._open_record, record.address),
                record.detail,
            )
            for record in records
        ]
        self._fill(keep=True)

    def _fill(self, *, keep: bool = False) -> None:
        text = self.input.text().strip()
        chosen = self.list.currentIndex().row() if keep else 0
        found = matching(self._entries, text)
        numbered = text.lstrip("#").isdecimal()  # the record of that number comes first
        found = self._records + found if numbered else found + self._records
        self.model.show(found)
        self.list.setVisible(bool(found))
        self.nothing.setVisible(not found)
        if found:
            self.list.setCurrentIndex(self.model.index(max(0, min(chosen, len(found) - 1))))
        self.place()
