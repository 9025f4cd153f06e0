"""The validity periods of a service as cards: state in glyph and word, dates, number of rates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QPainter, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from app.sections.scopes import STATES
from app.ui import formats, titles
from app.ui.look.theme import theme
from app.ui.widgets.buttons import icon_button, push_button
from app.ui.widgets.card import SectionTitle
from app.ui.widgets.status import paint_status

if TYPE_CHECKING:
    from app.services.tariffs.scope_changes import ScopeView

AnyIndex = QModelIndex | QPersistentModelIndex
SCOPE = Qt.ItemDataRole.UserRole
UNSAVED = Qt.ItemDataRole.UserRole + 1
WIDTH = 208
_CARD_HEIGHT = 72
_TITLES = {choice.value: (choice.title, choice.tone) for choice in STATES}


def state_title(state: str) -> tuple[str, str]:
    """Return title and tone of a scope's state."""
    title, tone = _TITLES.get(state, (state.capitalize(), "neutral"))
    return titles.tr(title), tone


class ScopeModel(QAbstractListModel):
    """The scopes of one service, and which of them have unsaved edits."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.scopes: list[ScopeView] = []
        self._unsaved: set[int] = set()

    def rowCount(self, parent: AnyIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.scopes)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        scope = self.scopes[index.row()]
        if role == SCOPE:
            return scope
        if role == UNSAVED:
            return scope.id in self._unsaved
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole}:
            lines = [state_title(scope.state)[0], period(scope), self._facts(scope)]
            if scope.name:
                lines.insert(0, scope.name)
            return "\n".join(lines)
        return None

    def _facts(self, scope: ScopeView) -> str:
        revision = formats.number(scope.revision)
        rates = "…" if scope.leaves < 0 else formats.number(scope.leaves)
        one, several = self.tr("1 rate"), self.tr("{rates} rates").format(rates=rates)
        told = one if scope.leaves == 1 else several
        return self.tr("{rates} · revision {revision}").format(rates=told, revision=revision)

    def facts(self, scope: ScopeView) -> str:
        """Return number of rates and revision in words."""
        return self._facts(scope)

    def show(self, scopes: Sequence[ScopeView]) -> None:
        """Take the scopes as read; rates counted before stand until they are counted again."""
        known = {(scope.id, scope.revision): scope.leaves for scope in self.scopes}
        self.beginResetModel()
        self.scopes = [
            replace(s, leaves=known.get((s.id, s.revision), s.leaves)) if s.leaves < 0 else s
            for s in scopes
        ]
        self.endResetModel()

    def update(self, scopes: Sequence[ScopeView]) -> None:
        """Take the same scopes again, with their rates counted."""
        counted = {scope.id: scope for scope in scopes}
        self.scopes = [counted.get(scope.id, scope) for scope in self.scopes]
        if self.scopes:
            self.dataChanged.emit(self.index(0), self.index(len(self.scopes) - 1))

    def mark(self, unsaved: set[int]) -> None:
        """Take which scopes have unsaved edits."""
        self._unsaved = unsaved
        if self.scopes:
            self.dataChanged.emit(self.index(0), self.index(len(self.scopes) - 1))


def period(scope: ScopeView) -> str:
    """Return the dates of a scope, ``till`` being the first day after it; "∞" = for ever."""
    if not scope.start:
        return "—"
    start = date.fromisoformat(scope.start)
    return formats.period(start, date.fromisoformat(scope.till) if scope.till else None)


class _CardDelegate(QStyledItemDelegate):
    """Paints one scope: its state, its dates, how many rates it holds."""

    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        scope: ScopeView = index.data(SCOPE)
        return QSize(WIDTH - 24, _CARD_HEIGHT + (18 if scope.name else 0))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        scope: ScopeView = index.data(SCOPE)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        card = QRectF(option.rect).adjusted(2, 2, -2, -2)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(theme().color("accent" if chosen else "border"))
        painter.setBrush(theme().color("selection" if chosen else "table"))
        painter.drawRoundedRect(card, 4, 4)
        title, tone = state_title(scope.state)
        inner = card.adjusted(8, 6, -8, -6)
        mark = QRectF(inner.left(), inner.top(), inner.width(), 20)
        paint_status(painter, mark.toRect(), tone, title, chosen)
        role = QPalette.ColorRole.HighlightedText if chosen else QPalette.ColorRole.Text
        painter.setPen(option.palette.color(role))
        if index.data(UNSAVED):
            painter.drawText(mark, Qt.AlignmentFlag.AlignRight, "•")
        top = mark.bottom() + 4
        lines = [*([scope.name] if scope.name else []), period(scope)]
        for line in lines:
            self._line(painter, QRectF(inner.left(), top, inner.width(), 17), line)
            top += 18
        if not chosen:
            painter.setPen(theme().color("muted"))
        facts = index.model().facts(scope)  # type: ignore[attr-defined]
        self._line(painter, QRectF(inner.left(), top, inner.width(), 17), facts)
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(theme().color("accent"))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(card.adjusted(2, 2, -2, -2), 3, 3)
        painter.restore()

    @staticmethod
    def _line(painter: QPainter, place: QRectF, text: str) -> None:
        elided = painter.fontMetrics().elidedText(
            text, Qt.TextElideMode.ElideRight, int(place.width())
        )
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, elided)


class ScopePanel(QWidget):
    """List of scopes with what can be done to them."""

    chosen = Signal(int)
    new_wanted = Signal()
    dates_wanted = Signal(int)
    copy_wanted = Signal(int)
    delete_wanted = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = ScopeModel(self)
        self._refusal = ""
        self.view = QListView()
        self.view.setModel(self.model)
        self.view.setItemDelegate(_CardDelegate(self.view))
        self.view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setAccessibleName(self.tr("Scopes"))
        self.view.setFrameShape(QListView.Shape.NoFrame)
        self.view.viewport().setAutoFillBackground(False)
        self.view.selectionModel().currentChanged.connect(self._choose)
        self.view.doubleClicked.connect(lambda _: self.dates_button.click())
        self._build()
        self.setMinimumWidth(WIDTH)

    def _build(self) -> None:
        self.new_button = push_button(self.tr("New scope"), self.new_wanted.emit, icon_name="plus")
        self.dates_button = icon_button(
            "edit", self.tr("Dates and draft flag of this scope…"),
            lambda: self.dates_wanted.emit(self.current_id()),
        )  # fmt: skip
        self.copy_button = icon_button(
            "copy", self.tr("Copy rate tree from another scope…"),
            lambda: self.copy_wanted.emit(self.current_id()),
        )  # fmt: skip
        self.delete_button = icon_button(
            "trash", self.tr("Delete this draft…"),
            lambda: self.delete_wanted.emit(self.current_id()),
        )  # fmt: skip
        head = QHBoxLayout()
        head.setSpacing(0)
        head.addWidget(SectionTitle(self.tr("Scopes")), 1)
        for button in (self.dates_button, self.copy_button, self.delete_button):
            head.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 8, 0)
        layout.setSpacing(8)
        layout.addLayout(head)
        layout.addWidget(self.view, 1)
        layout.addWidget(self.new_button)
        self._enable()

    def set_refusal(self, reason: str) -> None:
        """Take why scopes can't be changed, "" if they can; the buttons tell it."""
        self._refusal = reason
        self._enable()

    def show_scopes(self, scopes: Sequence[ScopeView], current: int) -> None:
        """Show the scopes, ``current`` chosen, without telling :attr:`chosen`."""
        self.view.selectionModel().blockSignals(True)
        self.model.show(scopes)
        row = next((i for i, scope in enumerate(self.model.scopes) if scope.id == current), -1)
        self.view.setCurrentIndex(self.model.index(row) if row >= 0 else QModelIndex())
        self.view.selectionModel().blockSignals(False)
        self.view.viewport().update()
        self._enable()

    def current(self) -> ScopeView | None:
        """Return the chosen scope."""
        index = self.view.currentIndex()
        return index.data(SCOPE) if index.isValid() else None

    def current_id(self) -> int:
        """Return the number of the chosen scope, 0 if there is none."""
        scope = self.current()
        return scope.id if scope is not None else 0

    def choose(self, scope_id: int) -> None:
        """Choose a scope as a click does."""
        for row, scope in enumerate(self.model.scopes):
            if scope.id == scope_id:
                self.view.setCurrentIndex(self.model.index(row))

    def _choose(self, now: QModelIndex, _before: QModelIndex) -> None:
        self._enable()
        if now.isValid():
            self.chosen.emit(now.data(SCOPE).id)

    def _enable(self) -> None:
        scope = self.current()
        draft = scope is not None and scope.draft
        self.new_button.setEnabled(not self._refusal)
        self.new_button.setToolTip(
            self._refusal or self.tr("Add a scope: a period with rates of its own")
        )
        self.dates_button.setEnabled(scope is not None and not self._refusal)
        self.copy_button.setEnabled(draft and not self._refusal)
        self.delete_button.setEnabled(draft and not self._refusal)
        only = self._refusal or self.tr(
            "Only a draft can be overwritten or deleted: make the scope a draft first."
        )
        for button, tip in (
            (self.copy_button, self.tr("Copy rate tree from another scope…")),
            (self.delete_button, self.tr("Delete this draft…")),
        ):
            button.setToolTip(only if self._refusal or (scope and not draft) else tip)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.view.viewport().update()
