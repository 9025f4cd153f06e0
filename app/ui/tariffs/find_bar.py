"""Search inside a rate tree: the bar ("3 of 17"), and the search itself with its hits (item 30)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from app.services.tariffs import find_nodes
from app.ui import formats
from app.ui.widgets.buttons import icon_button
from app.ui.widgets.search_field import SearchField

if TYPE_CHECKING:
    from app.domain.tree_draft import TreeDraft
    from app.services.tariffs.find_nodes import Hits
    from app.ui.jobs import Job, Jobs

_DIGITS_OF_COUNT = 24


class FindBar(QFrame):
    """A search field with its place among the hits; Esc closes, Enter goes on, Shift+Enter back."""

    searched = Signal(str)
    moved = Signal(int)
    """+1 to the next hit, -1 to the one before."""

    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.field = SearchField(self.tr("Find name, code, prefix or price (=0.05, >1)"), self)
        self.place = QLabel()
        self.place.setMinimumWidth(self.fontMetrics().averageCharWidth() * _DIGITS_OF_COUNT)
        before = icon_button("chevron-up", self.tr("Previous hit (Shift+F3)"))
        after = icon_button("chevron-down", self.tr("Next hit (F3)"))
        close = icon_button("close", self.tr("Close search"))
        before.clicked.connect(lambda: self.moved.emit(-1))
        after.clicked.connect(lambda: self.moved.emit(1))
        close.clicked.connect(self.close_bar)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 4, 8, 4)
        row.setSpacing(4)
        self.field.setMinimumWidth(280)
        row.addWidget(self.field)
        for widget in (before, after, self.place):
            row.addWidget(widget)
        row.addStretch(1)
        row.addWidget(close)
        self.field.searched.connect(self.searched)
        self.hide()

    def open_bar(self) -> None:
        """Show the bar with the text ready to be typed over."""
        self.show()
        self.field.setFocus()
        self.field.selectAll()

    def close_bar(self) -> None:
        """Hide the bar; the hits are not marked any more."""
        self.hide()
        self.closed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_bar()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            back = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self.moved.emit(-1 if back else 1)
        else:
            super().keyPressEvent(event)


class Search(QObject):
    """The hits of a text in one tree; going past the last one begins anew."""

    marked = Signal(object)
    """set[int] of found nodes to highlight."""

    arrived = Signal(object)
    """Path of node numbers from the root to the hit to show."""

    def __init__(self, jobs: Jobs, scope_id: int, bar: FindBar, draft: Callable[[], TreeDraft]):
        super().__init__(bar)
        self._jobs = jobs
        self._scope = scope_id
        self._bar = bar
        self._draft = draft
        self._hits: Hits | None = None
        self._at = -1
        self._job: Job | None = None
        self._stale = False
        self._sought = ""
        bar.searched.connect(self._typed)
        bar.moved.connect(self.move)
        bar.closed.connect(self._clear)

    @property
    def text(self) -> str:
        """Return what is sought."""
        return self._bar.field.text().strip()

    def outdate(self) -> None:
        """Note that the tree changed: the next step searches again."""
        self._stale = True

    def _typed(self, text: str) -> None:
        known = self._hits is not None or self._job is not None
        if text.strip() != self._sought or not known or self._stale:
            self.run()

    def run(self, *, step: int = 1) -> None:
        """Search for the bar's text and show the first hit (the last one for ``step`` -1)."""
        if self._job is not None:
            self._job.cancel()
        wanted = self.text
        if not wanted:
            self._clear()
            return
        self._sought = wanted
        scope, draft = self._scope, self._draft().copy()
        self._stale = False
        self._bar.place.setText(self.tr("Searching…"))
        job = self._jobs.query(
            lambda ctx: find_nodes.find(ctx, scope, wanted, draft=draft),
            owner=self,
            done=lambda hits: self._show(hits, step),
            failed=lambda problem: self._bar.place.setText(str(problem)),
        )
        self._job = job
        job.ended.connect(lambda: self._forget(job))

    def move(self, step: int) -> None:
        """Go to the next or the previous hit."""
        if self._hits is None or self._stale:
            self.run(step=step)
            return
        if self._hits.paths:
            self._at = (self._at + step) % len(self._hits.paths)
            self._tell()
            self.arrived.emit(self._hits.paths[self._at])

    def _show(self, hits: Hits, step: int) -> None:
        self._hits = hits
        self.marked.emit({path[-1] for path in hits.paths})
        self._at = -1 if step > 0 else 0
        if hits.paths:
            self.move(step)
        else:
            self._tell()

    def _tell(self) -> None:
        assert self._hits is not None, "there are hits to tell"
        if not self._hits.total:
            self._bar.place.setText(self.tr("Nothing found"))
            return
        place, total = formats.number(self._at + 1), formats.number(self._hits.total)
        text = self.tr("{k} of {n}").format(k=place, n=total)
        if self._hits.capped:
            shown = formats.number(len(self._hits.paths))
            text += " " + self.tr("(first {n} shown)").format(n=shown)
        self._bar.place.setText(text)

    def _clear(self) -> None:
        self._hits = None
        self._at = -1
        self._bar.place.clear()
        self.marked.emit(set())

    def _forget(self, job: Job) -> None:
        if self._job is job:
            self._job = None
