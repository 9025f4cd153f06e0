"""Adds values under a node: type-ahead over their dictionary, several at once, pasted lists."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractListModel, QEvent, QModelIndex, QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListView,
    QVBoxLayout,
    QWidget,
)

from app.domain.kinds import OTHERS, PriceType
from app.domain.tree_draft import NodeState
from app.services.tariffs import tree_options, tree_pages
from app.ui import formats
from app.ui.look.theme import theme
from app.ui.tariffs.tree_delegate import parse_cell
from app.ui.tariffs.tree_words import Column, attribute_name
from app.ui.widgets.buttons import push_button
from app.ui.widgets.message_bar import MessageBar
from app.ui.widgets.search_field import SearchField

if TYPE_CHECKING:
    from app.services.context import Context
    from app.services.tariffs.tree_options import KeyHit, PastedKey, Path
    from app.ui.jobs import Job, Jobs

SHOWN = 200
ALL_LIMIT = 300
"""Dictionaries up to this size offer to add everything that is missing."""

NAMED_UNKNOWN = 8


@dataclass(frozen=True, slots=True)
class Place:
    """Where values are added: the parent's number, attribute of its children, its path."""

    scope_id: int
    parent_no: int
    attribute: str
    path: Path
    staged: frozenset[str]
    priced: bool = True
    size: int = 0


@dataclass(frozen=True, slots=True)
class Picked:
    """What was chosen: keys with their names, those stored already, values for all (or None)."""

    names: dict[str, str]
    stored: frozenset[str]
    values: NodeState | None


@dataclass(frozen=True, slots=True)
class Found:
    """Keys to offer and those of them that are in the stored tree."""

    hits: tuple[KeyHit, ...]
    there: frozenset[str]


class HitModel(QAbstractListModel):
    """Found keys with check boxes; what is ticked stays ticked when the search goes on."""

    ticked = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.hits: list[KeyHit] = []
        self.there: frozenset[str] = frozenset()
        self.chosen: dict[str, str] = {}

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.hits)

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        hit = self.hits[index.row()]
        taken = hit.key in self.there
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(hit, taken=taken)
        if role == Qt.ItemDataRole.CheckStateRole:
            on = taken or hit.key in self.chosen
            return Qt.CheckState.Checked if on else Qt.CheckState.Unchecked
        if role == Qt.ItemDataRole.ForegroundRole and taken:
            return theme().color("muted")
        return None

    def _text(self, hit: KeyHit, *, taken: bool) -> str:
        parts = [hit.name]
        if hit.key != hit.name:
            parts.append(hit.key)
        if hit.detail not in ("", hit.key, hit.name):
            parts.append(hit.detail)
        text = "   ·   ".join(parts)
        return self.tr("{value} (there already)").format(value=text) if taken else text

    def flags(self, index: QModelIndex) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        if self.hits[index.row()].key in self.there:
            return Qt.ItemFlag.ItemIsEnabled
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return flags | Qt.ItemFlag.ItemIsUserCheckable

    def setData(self, index: QModelIndex, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.CheckStateRole:
            return False
        hit = self.hits[index.row()]
        if Qt.CheckState(value) == Qt.CheckState.Checked:
            self.chosen[hit.key] = hit.name
        else:
            self.chosen.pop(hit.key, None)
        self.dataChanged.emit(index, index)
        self.ticked.emit()
        return True

    def show(self, hits: Sequence[KeyHit], there: frozenset[str]) -> None:
        """Offer other keys."""
        self.beginResetModel()
        self.hits, self.there = list(hits), there
        self.endResetModel()

    def tick(self, hits: Iterable[KeyHit]) -> None:
        """Tick keys that are not there yet."""
        self.chosen |= {hit.key: hit.name for hit in hits if hit.key not in self.there}
        if self.hits:
            self.dataChanged.emit(self.index(0), self.index(len(self.hits) - 1))
        self.ticked.emit()

    def toggle(self, row: int) -> None:
        """Tick a line, or take its tick away."""
        index = self.index(row)
        if self.flags(index) & Qt.ItemFlag.ItemIsUserCheckable:
            on = self.hits[row].key in self.chosen
            state = Qt.CheckState.Unchecked if on else Qt.CheckState.Checked
            self.setData(index, state, Qt.ItemDataRole.CheckStateRole)


class KeyPicker(QDialog):
    """Asks which values to add; ``picked`` tells them."""

    picked = Signal(object)

    def __init__(
        self, jobs: Jobs, place: Place, title: str, *, parent: QWidget, has_others: bool = False
    ) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._place = place
        self._job: Job | None = None
        self._stored: frozenset[str] = frozenset()
        attribute = attribute_name(place.attribute)
        self.setWindowTitle(
            self.tr("Add {attribute} under {node}").format(attribute=attribute, node=title)
        )
        self.model = HitModel(self)
        self.field = SearchField(self.tr("Type a name or a code, or paste a list"), self)
        self.list = QListView()
        self.message = MessageBar(self)
        self.others = QCheckBox(self.tr("&Others: everything not listed here"))
        self.others.setEnabled(not has_others)
        self.others.setVisible(place.attribute not in ("domain", "resource"))
        self.price = QLineEdit()
        self.summary = QLabel()
        self.add_button = push_button(self.tr("Add"), self._take, kind="primary")
        self.all_button = push_button(self.tr("&Tick all missing"), self.tick_all)
        self._build()
        self.search("")
        self._changed()

    def _build(self) -> None:
        self.list.setModel(self.model)
        self.list.setUniformItemSizes(True)
        self.list.setAccessibleName(self.tr("Values found"))
        self.price.setPlaceholderText(self.tr("set later"))
        self.price.setMaximumWidth(140)
        self.price.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.price.setEnabled(self._place.priced)
        self.all_button.setVisible(0 < self._place.size <= ALL_LIMIT)
        self.field.installEventFilter(self)
        self.list.installEventFilter(self)
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        for widget in (self.field, self.message):
            layout.addWidget(widget)
        layout.addWidget(self.list, 1)
        layout.addWidget(self.others)
        if self._place.priced:
            form = QFormLayout()
            form.addRow(self.tr("&Flat rate for all"), self.price)
            layout.addLayout(form)
        row = QHBoxLayout()
        row.addWidget(self.all_button)
        row.addWidget(self.summary, 1)
        row.addWidget(self.add_button)
        row.addWidget(push_button(self.tr("Cancel"), self.reject))
        layout.addLayout(row)
        for button in (self.add_button, self.all_button):
            button.setAutoDefault(False)
        self.resize(560, 480)
        self.field.searched.connect(self.search)
        self.field.moved_down.connect(self._to_list)
        self.model.ticked.connect(self._changed)
        self.others.toggled.connect(self._changed)
        self.price.textChanged.connect(self._changed)
        self.list.doubleClicked.connect(lambda index: self.model.toggle(index.row()))

    # ------------------------------------------------------------------ searching

    def search(self, text: str) -> None:
        """Offer the keys for a text being typed."""
        if self._job is not None:
            self._job.cancel()
        place = self._place

        def work(ctx: Context) -> Found:
            hits = tree_options.search_keys(ctx, place.attribute, text, place.path, limit=SHOWN)
            return _found(ctx, place, hits)

        self._job = self._jobs.query(work, owner=self, done=self._offer, failed=self._refuse)

    def tick_all(self) -> None:
        """Tick every key of the dictionary that is not there."""
        place = self._place

        def work(ctx: Context) -> Found:
            return _found(ctx, place, tree_options.all_keys(ctx, place.attribute, place.path))

        def done(found: Found) -> None:
            self._offer(found)
            self.model.tick(found.hits)

        self._jobs.query(work, owner=self, done=done, failed=self._refuse)

    def take_list(self, text: str) -> None:
        """Match a pasted list of codes and names, a line each, and tick what is certain."""
        place = self._place
        lines = [line.split("\t")[0].strip() for line in text.splitlines()]
        wanted = list(dict.fromkeys(line for line in lines if line))

        def work(ctx: Context) -> tuple[Found, list[PastedKey]]:
            pasted = tree_options.match_keys(ctx, place.attribute, wanted, place.path)
            hits = [tree_options.KeyHit(k, p.name, p.text) for p in pasted for k in p.keys]
            return _found(ctx, place, hits), pasted

        def done(result: tuple[Found, list[PastedKey]]) -> None:
            found, pasted = result
            self._offer(found)
            self.model.tick(found.hits)
            self._tell_pasted(pasted, found)

        self._jobs.query(work, owner=self, done=done, failed=self._refuse)

    def _tell_pasted(self, pasted: Sequence[PastedKey], found: Found) -> None:
        unknown = [p.text for p in pasted if not p.keys]
        known = len(pasted) - len(unknown)
        text = formats.counted(
            len(pasted), self.tr("{m} of 1 line matched."), self.tr("{m} of {n} lines matched.")
        ).format(m=formats.number(known))
        if found.there:
            text += " " + formats.counted(
                len(found.there),
                self.tr("1 is there already."),
                self.tr("{n} are there already."),
            )
        if unknown:
            named = ", ".join(unknown[:NAMED_UNKNOWN])
            more = len(unknown) - NAMED_UNKNOWN
            if more > 0:
                named += " " + self.tr("and {n} more").format(n=formats.number(more))
            text += " " + self.tr("Not known: {names}.").format(names=named)
        self.message.show_message(text, "warn" if unknown else "ok")

    def _offer(self, found: Found) -> None:
        self._stored |= found.there
        self.model.show(found.hits, found.there | self._place.staged)
        if found.hits:
            self.list.setCurrentIndex(self.model.index(0))

    def _refuse(self, problem: Exception) -> None:
        self.message.show_message(str(problem))

    # ------------------------------------------------------------------ keys

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            text = QGuiApplication.clipboard().text()
            if watched is self.field and event.matches(QKeySequence.StandardKey.Paste):
                if "\n" in text.strip():
                    self.take_list(text)
                    return True
            elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._enter(ctrl=bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier))
                return True
        return super().eventFilter(watched, event)

    def _enter(self, *, ctrl: bool) -> None:
        """Tick the current line; Ctrl+Enter adds what is ticked."""
        if ctrl:
            self._take()
            return
        row = self.list.currentIndex().row()
        if 0 <= row < len(self.model.hits):
            self.model.toggle(row)
            self.field.selectAll()

    def _to_list(self) -> None:
        self.list.setFocus()

    # ------------------------------------------------------------------ result

    def _changed(self) -> None:
        count = len(self.model.chosen) + (self.others.isChecked() and self.others.isEnabled())
        text = self.tr("Add {n}").format(n=formats.number(count)) if count else self.tr("Add")
        self.add_button.setText(text)
        problem = self._price_problem()
        self.add_button.setEnabled(count > 0 and not problem)
        reason = problem or self.tr("Tick values with Enter or Space, add with Ctrl+Enter")
        self.summary.setText(reason if problem or not count else ", ".join(self._first_names()))
        self.add_button.setToolTip("" if self.add_button.isEnabled() else reason)

    def _first_names(self) -> list[str]:
        names = list(self.model.chosen.values())
        return [*names[:3], "…"] if len(names) > 3 else names

    def _price_problem(self) -> str:
        try:
            parse_cell(Column.PRICE, self.price.text())
        except ValueError as problem:
            return str(problem)
        return ""

    def _take(self) -> None:
        if not self.add_button.isEnabled():
            return
        names = dict(self.model.chosen)
        if self.others.isChecked():
            names[OTHERS] = self.tr("Others")
        units = parse_cell(Column.PRICE, self.price.text())
        values = None if units is None else NodeState("", None, int(PriceType.FLAT), units)
        self.picked.emit(Picked(names, self._stored, values))
        self.accept()


def _found(ctx: Context, place: Place, hits: Sequence[KeyHit]) -> Found:
    keys = [hit.key for hit in hits]
    there: frozenset[str] = frozenset()
    if place.parent_no >= 0:
        there = frozenset(tree_pages.rows_by_keys(ctx, place.scope_id, place.parent_no, keys))
    return Found(tuple(hits), there)
