"""Brings a node into sight wherever it is: opens what is above it, loading only what that needs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.services.tariffs import tree_pages

if TYPE_CHECKING:
    from app.errors import UserError
    from app.services.tariffs.tree_pages import TreeRow
    from app.ui.jobs import Jobs
    from app.ui.tariffs.tree_items import Item
    from app.ui.tariffs.tree_model import TreeModel


class Reveal(QObject):
    """Loads the way to one node at a time; a newer wish replaces the one before."""

    def __init__(self, jobs: Jobs, scope_id: int, model: TreeModel) -> None:
        super().__init__(model)
        self._jobs = jobs
        self._scope = scope_id
        self._model = model
        self._path: tuple[int, ...] = ()
        self._keys: dict[int, str] = {}
        self._done: Callable[[Item], object] | None = None
        self._asked: set[int] = set()
        self._learning = False
        model.filled.connect(self._go_on)
        model.forgot.connect(self._ask_again)

    @property
    def busy(self) -> bool:
        """Whether a node is on its way."""
        return self._done is not None

    def show(self, path: Sequence[int], done: Callable[[Item], object]) -> None:
        """Load the nodes of ``path`` (from the root down) and hand the last one to ``done``.

        A node that is gone hands over the deepest one above it that is there.
        """
        self._path, self._done, self._asked = tuple(path), done, set()
        missing = [no for no in path if no > 0 and self._model.find(no) is None]
        self._keys, self._learning = {}, bool(missing)
        if not missing:
            self._go_on()
            return
        scope, wanted = self._scope, self._path
        self._jobs.query(
            lambda ctx: tree_pages.rows_by_number(ctx, scope, missing),
            owner=self,
            done=lambda rows: self._learn(wanted, rows),
            failed=lambda problem: self._fail(wanted, problem),
        )

    def _learn(self, wanted: tuple[int, ...], rows: Sequence[TreeRow]) -> None:
        if wanted == self._path:
            self._keys = {row.node_no: row.key for row in rows}
            self._learning = False
            self._go_on()

    def _fail(self, wanted: tuple[int, ...], problem: UserError) -> None:
        if wanted == self._path:
            self._done, self._learning = None, False
        self._jobs.refused.emit(str(problem), self)

    def _go_on(self) -> None:
        # Other pages may come before it is known where the nodes of the way stand.
        if self._done is None or self._learning:
            return
        reached = self._model.root
        for number in self._path:
            item = self._model.find(number)
            if item is None:
                if self._load(reached, number):
                    return
                break
            reached = item
        done, self._done = self._done, None
        done(reached)

    def _ask_again(self) -> None:
        self._asked.clear()

    def _load(self, parent: Item, number: int) -> bool:
        """Ask for a child of ``parent``; return whether it is worth waiting for."""
        key = self._keys.get(number)
        if key is None or number in self._asked:
            return number in self._asked and self._model.is_loading(parent)
        self._asked.add(number)
        return not self._model.load_around(parent, key)
