"""One question at a time to the import session, so that paging never fills the window's threads."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from app.errors import UserError
    from app.services.context import Context
    from app.ui.jobs import Job, Jobs

WAITING = 12
"""Pages that may wait; older ones were scrolled past and are asked for again when seen."""

Work = Callable[["Context"], Any]


@dataclass(frozen=True, slots=True)
class Question:
    """Something to ask. ``lost`` is called instead of ``done`` when no answer will come."""

    key: Hashable
    work: Work
    done: Callable[[Any], object]
    failed: Callable[[UserError], object]
    lost: Callable[[], object]
    title: str
    first: bool


class Lane(QObject):
    """Asks the newest question next; what changes the draft goes before what pages through it."""

    working = Signal(bool)
    """Whether a question that goes first is being answered or waits."""

    def __init__(self, jobs: Jobs, owner: QObject) -> None:
        super().__init__(owner)
        self._jobs = jobs
        self._owner = owner
        self._waiting: dict[Hashable, Question] = {}
        self._asked: tuple[Question, Job] | None = None
        self._told = False
        self._closed = False

    @property
    def busy(self) -> bool:
        """Whether a question that goes first is being answered or waits."""
        asked = self._asked is not None and self._asked[0].first
        return asked or any(question.first for question in self._waiting.values())

    def ask(
        self,
        key: Hashable,
        work: Work,
        done: Callable[[Any], object],
        *,
        failed: Callable[[UserError], object],
        lost: Callable[[], object] = lambda: None,
        title: str = "",
        first: bool = False,
    ) -> None:
        """Ask soon; a waiting question of the same key is replaced.

        With ``first`` it goes before the others, and stops one of its key that is being answered.
        """
        if self._closed:
            return
        replaced = self._waiting.pop(key, None)
        self._waiting[key] = Question(key, work, done, failed, lost, title, first)
        if replaced is not None:
            replaced.lost()
        if first and self._asked is not None and self._asked[0].key == key:
            self._stop()
        self._drop_old()
        self._next()
        self._tell()

    def forget(self, key: Hashable) -> None:
        """Take back a question that waits, or stop the one being answered."""
        self._waiting.pop(key, None)
        if self._asked is not None and self._asked[0].key == key:
            self._stop()
        self._tell()

    def close(self) -> None:
        """Ask nothing more and stop what is being answered."""
        self._closed = True
        self._waiting.clear()
        if self._asked is not None:
            self._stop()

    def _stop(self) -> None:
        assert self._asked is not None
        self._asked[1].cancel()

    def _drop_old(self) -> None:
        pages = [question for question in self._waiting.values() if not question.first]
        for question in pages[:-WAITING]:
            del self._waiting[question.key]
            question.lost()

    def _next(self) -> None:
        if self._asked is not None or self._closed or not self._waiting:
            return
        urgent = [question for question in self._waiting.values() if question.first]
        question = urgent[0] if urgent else next(reversed(self._waiting.values()))
        del self._waiting[question.key]
        outcome = _Outcome(question)
        job = self._jobs.query(
            question.work,
            owner=self._owner,
            done=outcome.done,
            failed=outcome.failed,
            title=question.title,
        )
        self._asked = (question, job)
        job.ended.connect(lambda: self._ended(outcome))

    def _ended(self, outcome: _Outcome) -> None:
        self._asked = None
        if not outcome.told and not self._closed:
            outcome.question.lost()
        self._next()
        self._tell()

    def _tell(self) -> None:
        if self.busy != self._told:
            self._told = self.busy
            self.working.emit(self._told)


class _Outcome:
    """Whether a question got its answer; one that was cancelled or failed badly gets none."""

    __slots__ = ("question", "told")

    def __init__(self, question: Question) -> None:
        self.question = question
        self.told = False

    def done(self, result: Any) -> None:
        self.told = True
        self.question.done(result)

    def failed(self, problem: UserError) -> None:
        self.told = True
        self.question.failed(problem)
