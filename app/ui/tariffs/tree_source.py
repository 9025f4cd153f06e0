"""Fetches pages of a stored tree in jobs; the requests of one moment travel together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from app.services.tariffs import tree_pages

if TYPE_CHECKING:
    from app.services.context import Context
    from app.services.tariffs.tree_pages import ChildrenPage
    from app.ui.jobs import Jobs

PAGE = 200
BATCH = 40
"""Parents per job: enough to open a level at once, few enough to show the first ones soon."""


@dataclass(frozen=True, slots=True)
class Request:
    """A page wanted: the children of ``parent_no`` behind the key ``after``; limit 0 = PAGE.

    With ``before`` the page ends in front of that key instead.
    """

    parent_no: int
    after: str | None = None
    limit: int = 0
    before: str | None = None


class TreeSource(QObject):
    """Asks for pages of one scope and hands them over as they come."""

    arrived = Signal(object)
    """list[tuple[Request, ChildrenPage]]"""

    def __init__(self, jobs: Jobs, scope_id: int, parent: QObject) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._scope = scope_id
        self._wanted: dict[Request, None] = {}
        self._running: set[Request] = set()
        self._generation = 0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._send)

    @property
    def busy(self) -> bool:
        """Whether pages are on their way."""
        return bool(self._wanted or self._running)

    def is_wanted(self, parent_no: int) -> bool:
        """Whether a page of a parent is on its way."""
        return any(r.parent_no == parent_no for r in (*self._wanted, *self._running))

    def want(self, request: Request) -> None:
        """Ask for a page, unless it is on its way."""
        if request not in self._running and request not in self._wanted:
            self._wanted[request] = None
            if not self._timer.isActive():
                self._timer.start()

    def forget(self) -> None:
        """Drop what is on its way: the tree is read anew."""
        self._generation += 1
        self._wanted.clear()
        self._running.clear()

    def _send(self) -> None:
        wanted = list(self._wanted)
        self._wanted.clear()
        self._running.update(wanted)
        for start in range(0, len(wanted), BATCH):
            self._ask(wanted[start : start + BATCH])

    def _ask(self, batch: list[Request]) -> None:
        scope, generation = self._scope, self._generation

        def work(ctx: Context) -> list[tuple[Request, ChildrenPage]]:
            return pages(ctx, scope, batch)

        def done(found: list[tuple[Request, ChildrenPage]]) -> None:
            if generation == self._generation:
                self._running.difference_update(batch)
                self.arrived.emit(found)

        def failed(problem: Exception) -> None:
            self._running.difference_update(batch)
            self._jobs.refused.emit(str(problem), self)

        self._jobs.query(work, owner=self, done=done, failed=failed)


def pages(
    ctx: Context, scope_id: int, batch: Sequence[Request]
) -> list[tuple[Request, ChildrenPage]]:
    """Return the pages of ``batch``."""
    found = []
    for wanted in batch:
        ctx.stop_if_cancelled()
        limit = wanted.limit or PAGE
        if wanted.before is None:
            page = tree_pages.children_page(
                ctx, scope_id, wanted.parent_no, after_key=wanted.after, limit=limit
            )
        else:
            page = tree_pages.children_before(
                ctx, scope_id, wanted.parent_no, wanted.before, limit=limit
            )
        found.append((wanted, page))
    return found
