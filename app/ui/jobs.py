"""The window's only way to the services: *query* and *change*, run in threads (DESIGN §5).

Queries run side by side; changes queue in one writer lane. A job gets its own context, whose
``report`` and ``cancelled`` are wired to it, and its outcome is delivered in the window's thread.
"""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot
from shiboken6 import isValid

from app.errors import Busy, Cancelled, SignedOut, Unreachable, UserError

if TYPE_CHECKING:
    from app.bootstrap import Session
    from app.services.context import Context

T = TypeVar("T")

READERS = 3
"""Threads for queries; a server connection pool of two and an overflow serve as many."""

REPORT_SECONDS = 0.05
"""Shortest time between two progress messages of a job; more would only fill the event queue."""


_NUMBERS = itertools.count(1)


class Job(QObject):
    """One running query or change. ``title`` is what the status bar shows ("" = silent).

    ``number`` grows from job to job.
    """

    progress = Signal(str, int, object)
    """(phase, done, total or None), at most twenty times a second."""

    ended = Signal()
    """Done, failed or cancelled; the outcome's callback has run."""

    def __init__(self, title: str, *, change: bool, parent: QObject, database: bool = True) -> None:
        super().__init__(parent)
        self.database = database
        self.last = False
        self.title = title
        self.number = next(_NUMBERS)
        self.change = change
        self._cancel = threading.Event()
        self._told = 0.0
        self.reported: tuple[str, int, int | None] = ("", 0, None)
        """Phase, done and total as they were told last."""
        self.session: Session | None = None
        """What it asked, once it runs; another may be open by the time it ends."""

    @property
    def cancelled(self) -> bool:
        """Whether somebody asked this job to stop."""
        return self._cancel.is_set()

    def cancel(self) -> None:
        """Ask the job to stop; a change that was already committed stays."""
        self._cancel.set()

    def report(self, phase: str, done: int, total: int | None) -> None:
        """Take a progress message in the job's own thread."""
        now = time.monotonic()
        if now - self._told >= REPORT_SECONDS or (total is not None and done >= total):
            self._told = now
            self.reported = (phase, done, total)
            self.progress.emit(phase, done, total)


class Jobs(QObject):
    """Runs jobs on the open database; without one, only :meth:`run` may be used."""

    started = Signal(Job)
    ended = Signal(Job)
    changed = Signal(frozenset)
    """Nouns that a finished change touched ("services", "scopes", "rates", "imports" …)."""

    refused = Signal(str, object)
    """(sentence, owner) of a UserError that the caller does not handle itself."""

    unreachable = Signal(str)
    """The database is away, or held by others when asked for something (sentence); told behind
    :attr:`refused` or the caller's ``failed``."""

    told = Signal(str)
    """The sentence of a failed job, behind :attr:`refused`, its caller and :attr:`unreachable`."""

    signed_out = Signal(str)
    """The person's sign-in has ended (sentence); told behind the caller's ``failed``."""

    faulted = Signal(object, str)
    """(exception, title of the job): a bug; the window shows its error bar."""

    _deliver = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session: Session | None = None
        self._barred = ""
        self._running: set[Job] = set()
        self._closed = False
        self._queries = ThreadPoolExecutor(READERS, thread_name_prefix="query")
        self._changes = ThreadPoolExecutor(1, thread_name_prefix="change")
        self._deliver.connect(self._call, Qt.ConnectionType.QueuedConnection)

    @property
    def running(self) -> tuple[Job, ...]:
        """Return the jobs that have not ended."""
        return tuple(self._running)

    def query(
        self,
        work: Callable[[Context], T],
        *,
        owner: QObject,
        done: Callable[[T], object],
        failed: Callable[[UserError], object] | None = None,
        title: str = "",
    ) -> Job:
        """Run ``work`` beside others and hand its result to ``done`` in the window's thread.

        Nothing is delivered once ``owner`` is gone or the job was cancelled. A UserError goes to
        ``failed``, else to :attr:`refused`; any other exception to :attr:`faulted`.
        """
        job = Job(title, change=False, parent=self)
        self._start(job, self._queries, lambda: work(self._context(job)), owner, done, failed, ())
        return job

    def change(
        self,
        title: str,
        work: Callable[[Context], T],
        *,
        owner: QObject,
        done: Callable[[T], object] | None = None,
        failed: Callable[[UserError], object] | None = None,
        nouns: Iterable[str] = (),
    ) -> Job:
        """Run ``work`` behind the changes before it; on success tell :attr:`changed` its nouns."""
        job = Job(title, change=True, parent=self)
        self._start(
            job, self._changes, lambda: work(self._context(job)), owner, done, failed, nouns
        )
        return job

    def run(
        self,
        work: Callable[[Job], T],
        *,
        owner: QObject,
        done: Callable[[T], object] | None = None,
        failed: Callable[[UserError], object] | None = None,
        title: str = "",
        last: bool = False,
    ) -> Job:
        """Run ``work(job)`` without a database: opening one, looking at a file.

        ``last`` = it tidies up, so it is run even when the window closes meanwhile.
        """
        job = Job(title, change=False, parent=self, database=False)
        job.last = last
        self._start(job, self._queries, lambda: work(job), owner, done, failed, ())
        return job

    def bar(self, sentence: str) -> None:
        """Keep everybody from the database, who is told ``sentence``; "" lets them to it again."""
        self._barred = sentence
        if sentence:
            self.session = None

    def shut_down(self) -> None:
        """Cancel all but what tidies up and wait for the threads; jobs begun later never run."""
        self._closed = True
        for job in self._running:
            if not job.last:
                job.cancel()
        self._queries.shutdown(wait=True)
        self._changes.shutdown(wait=True)

    def may(self, area: str, level: str) -> bool:
        """Tell whether who works here has a right; without a database nothing stands against it."""
        return self.session is None or self.session.actor.may(area, level)

    def _context(self, job: Job) -> Context:
        if self._barred:
            raise SignedOut(self._barred)
        job.session = session = self.session
        if session is None:
            raise UserError("No database is open: open or create one first.")
        return session.context(job.report, lambda: job.cancelled)

    def _start(
        self,
        job: Job,
        lane: ThreadPoolExecutor,
        work: Callable[[], T],
        owner: QObject,
        done: Callable[[T], object] | None,
        failed: Callable[[UserError], object] | None,
        nouns: Iterable[str],
    ) -> None:
        if self._closed:  # a page on its way out may still ask for something
            job.cancel()
            return
        self._running.add(job)
        self.started.emit(job)
        touched = frozenset(nouns)

        def finish(future: Future[T]) -> None:
            if isValid(self):
                self._deliver.emit(lambda: self._settle(job, future, owner, done, failed, touched))

        lane.submit(_unless_cancelled, job, work).add_done_callback(finish)

    @Slot(object)
    def _call(self, deliver: Callable[[], None]) -> None:
        deliver()

    def _settle(
        self,
        job: Job,
        future: Future[Any],
        owner: QObject,
        done: Callable[[Any], object] | None,
        failed: Callable[[UserError], object] | None,
        nouns: frozenset[str],
    ) -> None:
        """Hand one outcome over, then forget the job, whatever the callbacks do."""
        try:
            problem = None if future.cancelled() else future.exception()
            if problem is None and not future.cancelled():
                self._succeed(job, future.result(), owner, done, nouns)
            elif isinstance(problem, UserError) and not isinstance(problem, Cancelled):
                self._fail(job, problem, owner, failed)
                if isinstance(problem, SignedOut) and job.database:
                    self.signed_out.emit(str(problem))
                if _is_away(problem, job) and job.session is self.session:
                    self.unreachable.emit(str(problem))
                self.told.emit(str(problem))
            elif problem is not None and not isinstance(problem, Cancelled):
                self.faulted.emit(problem, job.title)
        finally:
            self._running.discard(job)
            self.ended.emit(job)
            job.ended.emit()
            job.deleteLater()

    def _succeed(
        self,
        job: Job,
        result: object,
        owner: QObject,
        done: Callable[[Any], object] | None,
        nouns: frozenset[str],
    ) -> None:
        if nouns:
            self.changed.emit(nouns)
        # A change that was too late to cancel has happened: its outcome must be seen.
        if done is not None and isValid(owner) and (job.change or not job.cancelled):
            done(result)

    def _fail(
        self,
        job: Job,
        problem: UserError,
        owner: QObject,
        failed: Callable[[UserError], object] | None,
    ) -> None:
        if not isValid(owner):
            return
        if failed is None and isinstance(problem, SignedOut):
            return  # the window asks for a sign-in
        if failed is None and _is_away(problem, job) and job.session is not self.session:
            return  # another database is open by now
        if failed is None:
            self.refused.emit(str(problem), owner)
        else:
            failed(problem)


def _is_away(problem: UserError, job: Job) -> bool:
    """Tell whether it is the open database that can't answer, and not what was asked of it.

    A change that others keep from being written is told by its page, where it can be repeated.
    """
    kinds = (Unreachable,) if job.change else (Unreachable, Busy)
    return job.database and isinstance(problem, kinds)


def _unless_cancelled(job: Job, work: Callable[[], T]) -> T:
    if job.cancelled:
        raise Cancelled
    return work()
