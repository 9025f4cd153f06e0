"""Keeps what a person chose and what came of it: state, file, proposal, draft; no widgets."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from app.errors import Cancelled, Unreachable, UserError
from app.services.tariffs.import_session import ImportSession, PasswordWanted
from app.services.tariffs.import_targets import ImportTarget, import_target
from app.ui.import_wizard.lane import Lane
from app.ui.import_wizard.state import WizardState

if TYPE_CHECKING:
    from app.services.context import Context
    from app.services.tariffs.import_file import ImportOutcome
    from app.services.tariffs.import_views import BookView, DraftView, ProposalView, SheetView
    from app.ui.jobs import Job, Jobs

REDRAFT_AFTER_MS = 120
"""Quiet time after a change before the draft is made anew."""

UNDO_STEPS = 300


class _Choice(QUndoCommand):
    """One change of the state, as an undo step."""

    def __init__(
        self, text: str, take: Callable[[WizardState], None], before: WizardState, now: WizardState
    ) -> None:
        super().__init__(text)
        self._take, self._before, self._now = take, before, now

    def redo(self) -> None:
        self._take(self._now)

    def undo(self) -> None:
        self._take(self._before)


class Wizard(QObject):
    """One import in the making. Views are None until there is one; the last good draft stays."""

    changed = Signal()
    """The choices changed."""

    read = Signal()
    """The file was read, or could not be (``file_problem``)."""

    proposed = Signal()
    """How the sheet is read is known anew."""

    drafted = Signal()
    """The draft is new, or could not be made (``problem``)."""

    targeted = Signal()
    """The service with its scopes is known anew, or could not be found."""

    halted = Signal()
    """A person stopped the reading or drafting (``stopped``)."""

    working = Signal(bool)
    """The draft is being made anew; what is shown is the one before."""

    def __init__(self, jobs: Jobs, state: WizardState, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.jobs = jobs
        self.state = state
        self.undo_stack = QUndoStack(self)
        self.undo_stack.setUndoLimit(UNDO_STEPS)
        self.book: BookView | None = None
        self.proposal: ProposalView | None = None
        self.draft: DraftView | None = None
        self.target: ImportTarget | None = None
        self.file_problem = ""
        self.problem = ""
        self.target_problem = ""
        self.password_wanted = False
        self._unasked = False
        self.stopped = False
        self._closed = False
        self._opened: ImportSession | None = None
        self._lane = Lane(jobs, self)
        self._lane.working.connect(self.working)
        self._proposed_for: tuple[Any, ...] | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(REDRAFT_AFTER_MS)
        self._timer.timeout.connect(self._update)

    # ---------------------------------------------------------------- what was chosen

    @property
    def busy(self) -> bool:
        """Whether the draft shown is behind the choices."""
        return self._timer.isActive() or self._lane.busy

    @property
    def chosen(self) -> bool:
        """Whether something was set that closing would lose; a comparison asks no question."""
        state = self.state
        plain = state.for_file(state.file)
        return (
            bool(state.file)
            and not state.compare
            and state.but(password="", save_profile="") != plain
        )

    def choose(self, text: str, state: WizardState) -> None:
        """Take new choices as one undo step that ``text`` names."""
        if state != self.state:
            self.undo_stack.push(_Choice(text, self._take, self.state, state))

    def start(self) -> None:
        """Look at the file and the target that the wizard was opened with."""
        if self.state.service:
            self._find_target()
        if self.state.file:
            self.open_file()

    def set_file(self, file: str) -> None:
        """Go over to another file; target and vendor stay."""
        self.undo_stack.clear()
        self.book = self.proposal = self.draft = None
        self._proposed_for = None
        self.problem = self.file_problem = ""
        self.state = self.state.for_file(file)
        self.stopped = False
        self._timer.stop()
        self.changed.emit()
        for told in (self.read, self.proposed, self.drafted):
            told.emit()
        if file:
            self.open_file()

    def _take(self, state: WizardState) -> None:
        before, self.state = self.state, state
        self.changed.emit()
        if state.service != before.service:
            self._find_target()
        if not state.reads_alike(before):
            self.open_file()
        else:
            self.update_soon()

    # ---------------------------------------------------------------- the target

    def _find_target(self) -> None:
        """Look the service up; a newly chosen one proposes the vendor of its last import."""
        name = self.state.service
        known = self.target.service.name if self.target else ""
        self.target, self.target_problem = None, ""
        if not name:
            self.targeted.emit()
            return
        self.jobs.query(
            lambda ctx: import_target(ctx, name),
            owner=self,
            done=lambda target: self._targeted(name, target, new=name != known),
            failed=lambda problem: self._not_targeted(name, problem),
        )

    def refresh_target(self) -> None:
        """Read the service and its scopes again: something changed there, or the database is back.

        The file, too, where it could not be read because nobody knew who works here.
        """
        if self._unasked:
            self.open_file()
        if self.state.service:
            self._find_target()

    def _targeted(self, name: str, target: ImportTarget, *, new: bool) -> None:
        if name != self.state.service:
            return
        self.target = target
        known = {scope.id for scope in target.scopes}
        scope = self.state.scope if self.state.scope in known else target.proposed
        vendor = self.state.vendor or (target.vendor if new else "")
        self.state = self.state.but(service=target.service.name, scope=scope, vendor=vendor)
        self.targeted.emit()
        self.changed.emit()
        self.update_soon()

    def _not_targeted(self, name: str, problem: UserError) -> None:
        if name == self.state.service:
            self.target_problem = str(problem)
            self.targeted.emit()

    # ---------------------------------------------------------------- the file

    def open_file(self) -> None:
        """Read the file (again): it is new, has changed on disk, or is read in another way."""
        file, options = Path(self.state.file), self.state.options()
        self.file_problem, self._unasked = "", False
        self._proposed_for = None
        self._ask(
            "open",
            lambda ctx: self._session().open(ctx, file, options),
            self._was_read,
            failed=self._not_read,
            title=self.tr("Reading {name}").format(name=file.name),
        )

    def _was_read(self, book: BookView) -> None:
        self.book, self.file_problem, self.password_wanted = book, "", False
        self.read.emit()
        self._update()

    def _not_read(self, problem: UserError) -> None:
        self.file_problem = str(problem)
        self.password_wanted = isinstance(problem, PasswordWanted)
        self._unasked = isinstance(problem, Unreachable)
        self.book = self.proposal = self.draft = None
        self.read.emit()
        self.proposed.emit()
        self.drafted.emit()

    def is_stale(self) -> bool:
        """Whether the file changed on disk since it was read; a look at the folder only."""
        if self.book is None:
            return False
        try:
            now = Path(self.state.file).stat()
        except OSError:
            return False
        return (now.st_size, now.st_mtime_ns) != tuple(self.book.stamp)

    def sheet_view(self) -> SheetView | None:
        """Return the sheet in question: the chosen one, else the first that looks like a list."""
        sheets = self.book.sheets if self.book else ()
        wanted = self.state.choices.sheet
        named = [s for s in sheets if wanted and s.name == wanted]
        lists = [s for s in sheets if s.price_list and not s.hidden]
        filled = [s for s in sheets if s.rows]
        return next(iter([*named, *lists, *filled, *sheets]), None)

    # ---------------------------------------------------------------- the draft

    def update_soon(self) -> None:
        """Make proposal and draft anew after a moment of quiet."""
        if self.book is not None:
            self._timer.start()
            self.working.emit(True)

    def _update(self) -> None:
        sheet = self.sheet_view()
        if sheet is None:
            return
        state = self.state
        wanted = (sheet.name, state.node, state.layout())
        if wanted != self._proposed_for and sheet.kind != "tree_sheet":
            self._propose(sheet.name, wanted)
        self._draft()

    def _propose(self, sheet: str, wanted: tuple[Any, ...]) -> None:
        choices, node = self.state.choices, self.state.node

        def done(proposal: ProposalView) -> None:
            self._proposed_for = wanted
            self.proposal = proposal
            self.proposed.emit()

        self._ask(
            "sheet",
            lambda ctx: self._session().sheet(ctx, sheet, choices, node=node),
            done,
            failed=self._not_drafted,
        )

    def _draft(self) -> None:
        if not self.state.service or self.state.scope is None:
            self.working.emit(self.busy)
            return
        request = self.state.request()
        self._ask(
            "draft",
            lambda ctx: self._session().draft(ctx, request),
            self._drafted,
            failed=self._not_drafted,
            title=self.tr("Drafting the rates of {name}").format(name=request.file.name),
        )

    def _drafted(self, draft: DraftView) -> None:
        self.draft, self.problem = draft, ""
        if draft.proposal is not None:
            self.proposal = draft.proposal
            self.proposed.emit()
        self.drafted.emit()

    def _not_drafted(self, problem: UserError) -> None:
        self.problem = str(problem)
        self.drafted.emit()

    def _ask(
        self,
        key: str,
        work: Callable[[Context], Any],
        done: Callable[[Any], object],
        *,
        failed: Callable[[UserError], object],
        title: str = "",
    ) -> None:
        self.stopped = False
        self._lane.ask(key, work, done, failed=failed, lost=self._lost, title=title, first=True)

    def _lost(self) -> None:
        """Note that a person stopped the work, unless newer work has taken its place."""
        if not self.busy and not self._closed:
            self.stopped = True
            self.halted.emit()

    def go_on(self) -> None:
        """Begin anew what a person stopped."""
        if self.book is None:
            self.open_file()
        else:
            self._proposed_for = None
            self.update_soon()

    # ---------------------------------------------------------------- looking and writing

    def page(
        self,
        key: Hashable,
        work: Callable[[Context, ImportSession], Any],
        done: Callable[[Any], object],
        *,
        lost: Callable[[], object] = lambda: None,
    ) -> None:
        """Ask the session for a page of something; no answer comes for one scrolled past."""
        self._lane.ask(
            key,
            lambda ctx: work(ctx, self._session()),
            done,
            failed=lambda _problem: lost(),
            lost=lost,
        )

    def export(
        self,
        title: str,
        work: Callable[[Context, ImportSession], int],
        done: Callable[[int], object],
        failed: Callable[[UserError], object],
    ) -> None:
        """Write something of the draft to a file."""
        self._lane.ask(
            ("export", title),
            lambda ctx: work(ctx, self._session()),
            done,
            failed=failed,
            title=title,
        )

    def commit(
        self,
        done: Callable[[ImportOutcome], object],
        failed: Callable[[UserError], object],
    ) -> Job:
        """Write the import in one transaction."""
        request = self.state.request()
        return self.jobs.change(
            self.tr("Importing {name}").format(name=request.file.name),
            lambda ctx: self._session().commit(ctx, request),
            owner=self,
            done=done,
            failed=failed,
            nouns=("rates", "scopes", "services", "imports", "profiles", "vendors", "learned"),
        )

    def close(self) -> None:
        """End the reading process, in a thread, and forget what waits."""
        self._timer.stop()
        self._lane.close()
        session, self._opened, self._closed = self._opened, None, True
        if session is not None:
            self.jobs.run(lambda _job: session.close(), owner=self.jobs, last=True)

    def _session(self) -> ImportSession:
        """Return the session, made at the first question; in a thread, one at a time."""
        if self._closed:
            raise Cancelled
        if self._opened is None:
            try:
                self._opened = ImportSession()
            except OSError as problem:
                raise UserError(
                    f"The import can't begin: no folder can be made for it ({problem.strerror}); "
                    "make room on the disk and read the file again."
                ) from None
        return self._opened
