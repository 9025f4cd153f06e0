"""One import in the making: the file is read once, then re-mapped, looked at and committed.

The file, its draft and all that is paged live in a child process; this side knows the database.
Both draft and commit go through the same steps as the one-shot import of the command line.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from queue import Empty
from types import TracebackType
from typing import Any, NoReturn

from app.errors import Cancelled, Conflict, UserError
from app.services.context import Context, require_export
from app.services.tariffs.decisions_file import read_answers
from app.services.tariffs.draft_views import draft_view
from app.services.tariffs.import_checks import refuse_unreadable, refuse_unwritable
from app.services.tariffs.import_file import conclude
from app.services.tariffs.import_job import (
    ImportOutcome,
    ImportRequest,
    Place,
    draft_job,
    draft_limits,
    live_at_once,
    place_import,
)
from app.services.tariffs.import_views import (
    BookView,
    ChangesPage,
    ColumnValues,
    DraftView,
    Found,
    IssuesPage,
    ProposalView,
    RowsView,
    TreePage,
    ValuesPage,
)
from app.services.tariffs.plain_views import from_plain
from app.services.tariffs.tree_files import saved_size
from app.services.tariffs.window_words import window_sentence
from app.services.worker_process import Child, Limits, WorkerFault, make_job_folder
from importers.choices import Choices
from importers.formats.limits import memory_limit, time_limit

CANCEL_SECONDS = 2.0
"""A child that has not stopped by then is ended (item 39)."""

LOOK_SECONDS = 60.0
"""Time for a question about a draft that is there."""

_KNOWLEDGE = ("user_entries", "learned")
_NOT_DRAFTED = ("save_profile", "today", "profiles", *_KNOWLEDGE)
"""Parts of a job that may differ without making the preview another one."""


class PasswordWanted(UserError):
    """The file is protected and no password, or a wrong one, was given."""


@dataclass(frozen=True, slots=True)
class _Opened:
    """The file that the child has read."""

    file: Path
    options: dict[str, Any]
    stamp: tuple[int, int] = (0, 0)
    rows: int = 0

    @property
    def arguments(self) -> dict[str, Any]:
        return {"file": str(self.file), "options": self.options}


@dataclass(frozen=True, slots=True)
class _Drafted:
    """The draft that the child holds: its whole job, and the state of the scope it was made on."""

    job: dict[str, Any]
    scope: int
    revision: int
    current: str

    def same_question(self, job: dict[str, Any], scope: int) -> bool:
        """Return whether ``job`` asks for this very draft, whatever the database says by now."""
        return scope == self.scope and _question(job) == _question(self.job)


def _question(job: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in job.items() if name not in _NOT_DRAFTED}


class ImportSession:
    """A price list on its way into a scope; one per wizard.

    Every method may be called from any thread; they are answered one by one. ``ctx.cancelled`` is
    watched: Cancelled is raised within two seconds. Raises UserError with one sentence when the
    file can't be used or the reading process stopped; the next call starts it again by itself.
    """

    def __init__(self, folder_base: Path | None = None) -> None:
        """Make the session's folder in ``folder_base`` (the system's place for such by default)."""
        self._folder = make_job_folder(folder_base)
        (self._folder / "job.json").write_text('{"task": "session"}', encoding="utf-8")
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._closed = False
        self._child: Child | None = None
        self._asked = 0
        self._known = ""
        self._opened: _Opened | None = None
        self._drafted: _Drafted | None = None

    def __enter__(self) -> ImportSession:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.close()

    # -------------------------------------------------------------------- the file

    def open(self, ctx: Context, file: Path, options: dict[str, Any]) -> BookView:
        """Read ``file``; ``options`` as ImportRequest.options (encoding, delimiter, password …).

        Raises PasswordWanted for a protected file without the right password.
        """
        with self._turn(ctx):
            return self._open(ctx, file, options)

    def _open(self, ctx: Context, file: Path, options: dict[str, Any]) -> BookView:
        refuse_unreadable(file)
        self._opened = self._drafted = None
        opened = _Opened(file, options)
        limits = Limits(memory_limit(file), time_limit(file))
        view = from_plain(BookView, self._ask(ctx, "open", opened.arguments, limits))
        rows = sum(sheet.rows for sheet in view.sheets)
        self._opened = replace(opened, stamp=view.stamp, rows=rows)
        return view

    def sheet(self, ctx: Context, sheet: str, choices: Choices, *, node: str = "") -> ProposalView:
        """Return how ``sheet`` would be read; ``node`` names the target as ImportRequest does.

        Raises UserError for an exported tree: nothing is to be declared there.
        """
        arguments = {"sheet": sheet, "choices": asdict(choices), "node": node}
        with self._turn(ctx):
            found = self._look(ctx, "sheet", arguments)
        if found is None:
            raise UserError("The sheet is an exported rate tree: its columns are known already.")
        return from_plain(ProposalView, found)

    def rows(self, ctx: Context, sheet: str, first: int, count: int) -> RowsView:
        """Return a block of rows; their states are those of the last draft or :meth:`sheet`."""
        arguments = {"sheet": sheet, "first": first, "count": count}
        with self._turn(ctx):
            return from_plain(RowsView, self._look(ctx, "rows", arguments))

    def column_values(
        self,
        ctx: Context,
        sheet: str,
        column: int,
        *,
        rows: tuple[int, int],
        text: str = "",
        limit: int = 200,
    ) -> ColumnValues:
        """Return the values of a 0-based column within ``rows`` (1-based, both included)."""
        wanted: dict[str, Any] = {"sheet": sheet, "column": column, "text": text, "limit": limit}
        with self._turn(ctx):
            found = self._look(ctx, "column_values", wanted | {"first": rows[0], "last": rows[1]})
        return from_plain(ColumnValues, found)

    # -------------------------------------------------------------------- the draft

    def draft(self, ctx: Context, request: ImportRequest) -> DraftView:
        """Draft the tree that ``request`` gives. ``request.mode`` may be open: merge is shown.

        The file is opened first if it is another one, or read otherwise, than the open one.
        """
        with self._turn(ctx):
            return self._draft(ctx, request, place_import(ctx, request))

    def _draft(self, ctx: Context, request: ImportRequest, place: Place) -> DraftView:
        self._open_as(ctx, request)
        ctx.report("reading rates", 0, None)
        job = self._job(ctx, request, place)
        current = self._tree_folder(place).name
        limits = self._draft_limits(request.file, current)
        told = self._ask_draft(ctx, job, current, limits)
        self._drafted = _Drafted(job, place.scope.id, place.scope.revision, current)
        self._forget_trees(current)
        live = live_at_once(ctx, place.scope, {**told["report"], "issues": []})
        return draft_view(told, request, place, live)

    def _open_as(self, ctx: Context, request: ImportRequest) -> None:
        opened = self._opened
        if opened is None or (opened.file, opened.options) != (request.file, request.options):
            self._open(ctx, request.file, request.options)

    def _job(self, ctx: Context, request: ImportRequest, place: Place) -> dict[str, Any]:
        answers = read_answers(request.decisions)
        try:
            job = draft_job(ctx, request, place, answers=answers, tree=self._tree_folder(place))
        except OSError as problem:
            raise UserError(
                f"The folder {self._folder.parent} can't be written to ({problem.strerror}): make "
                "room there and try again."
            ) from None
        ctx.stop_if_cancelled()
        return job

    def _tree_folder(self, place: Place) -> Path:
        return self._folder / f"tree-{place.scope.id}-{place.scope.revision}"

    def _forget_trees(self, kept: str) -> None:
        for folder in self._folder.glob("tree-*"):
            if folder.name != kept:
                shutil.rmtree(folder, ignore_errors=True)

    def _ask_draft(
        self, ctx: Context, job: dict[str, Any], current: str, limits: Limits
    ) -> dict[str, Any]:
        """Send a job to the child, with what the database knows only if the child lacks it."""
        known = _digest(job)
        self._ready(ctx, "draft")
        sent = job
        if known == self._known:
            sent = {name: value for name, value in job.items() if name not in _KNOWLEDGE}
        arguments = {"job": sent, "known": known, "current": current}
        told: dict[str, Any] = self._ask(ctx, "draft", arguments, limits)
        self._known = known
        return told

    def values(
        self,
        ctx: Context,
        *,
        dictionary: str = "",
        column: str = "",
        show: str = "all",
        text: str = "",
        first: int = 0,
        count: int = 200,
    ) -> ValuesPage:
        """Return distinct values of the draft that went through a dictionary, open ones first.

        ``show``: open, all, yellow, red, manual, learned, green.
        """
        wanted: dict[str, Any] = {"dictionary": dictionary, "column": column, "show": show}
        wanted |= {"text": text, "first": first, "count": count}
        with self._turn(ctx):
            return from_plain(ValuesPage, self._look(ctx, "values", wanted))

    def search(
        self, ctx: Context, dictionary: str, text: str, context: str = "", limit: int = 20
    ) -> list[Found]:
        """Return the keys of a dictionary for a text being typed; "price" lists price words.

        ``context`` (alpha-2 or MCC) limits operators to a country.
        """
        wanted = {"dictionary": dictionary, "text": text, "context": context, "limit": limit}
        with self._turn(ctx):
            found = self._look(ctx, "search", wanted)
        return [from_plain(Found, hit) for hit in found]

    def tree(self, ctx: Context, path_id: int, first: int = 0, count: int = 200) -> TreePage:
        """Return children of a node of the draft (0 = the root)."""
        wanted = {"parent": path_id, "first": first, "count": count}
        with self._turn(ctx):
            return from_plain(TreePage, self._look(ctx, "tree", wanted))

    def changes(
        self,
        ctx: Context,
        *,
        kinds: Collection[str] = (),
        text: str = "",
        sort: str = "path",
        descending: bool = False,
        first: int = 0,
        count: int = 200,
    ) -> ChangesPage:
        """Return leaves by change; no ``kinds`` = all but unchanged.

        ``kinds``: new, increased, decreased, changed, unchanged, removed; ``sort``: path, percent,
        old or new; every word of ``text`` must occur in a name or key of the path.
        """
        wanted = {"kinds": list(kinds), "text": text, "sort": sort, "descending": descending}
        with self._turn(ctx):
            page = self._look(ctx, "changes", {**wanted, "first": first, "count": count})
        return from_plain(ChangesPage, page)

    def issues(
        self,
        ctx: Context,
        *,
        severities: Collection[str] = (),
        text: str = "",
        first: int = 0,
        count: int = 200,
    ) -> IssuesPage:
        """Return remarks on the file; ``severities`` error, warning, info (none = all)."""
        wanted = {"severities": list(severities), "text": text, "first": first, "count": count}
        with self._turn(ctx):
            return from_plain(IssuesPage, self._look(ctx, "issues", wanted))

    # -------------------------------------------------------------------- what comes out

    def export_changes(self, ctx: Context, path: Path) -> int:
        """Write all changes but unchanged ones to a CSV file; return their number."""
        require_export(ctx)
        return self._export(ctx, "export_changes", path)

    def export_rejects(self, ctx: Context, path: Path) -> int:
        """Write the rows left out in error, with reasons, to a CSV file; return their number."""
        return self._export(ctx, "export_rejects", path)

    def _export(self, ctx: Context, task: str, path: Path) -> int:
        refuse_unwritable(path)
        unfinished = path.with_name(f"{path.name}.tmp")
        try:
            with self._turn(ctx):
                count: int = self._look(ctx, task, {"path": str(unfinished)}, seconds=600.0)
            unfinished.replace(path)
        except OSError as problem:
            raise UserError(f"{path} can't be written ({problem.strerror}).") from None
        finally:
            with suppress(OSError):
                unfinished.unlink(missing_ok=True)
        return count

    def commit(self, ctx: Context, request: ImportRequest) -> ImportOutcome:
        """Write the import in one transaction, as ``tariffdesk import`` does.

        Raises Conflict if the rates changed since the draft: the draft has been made anew then.
        """
        with self._turn(ctx):
            self._refuse_changed_file(request)
            place = place_import(ctx, replace(request, expect_rev=None))
            self._settle_draft(ctx, request, place)
            arguments = {"save_profile": request.save_profile}
            result = self._look(ctx, "hand_over", arguments, seconds=600.0)
            answers = read_answers(request.decisions)
            try:
                return conclude(ctx, request, place, result, answers=answers, folder=self._folder)
            except Conflict:
                self._draft_again(ctx, request)

    def _settle_draft(self, ctx: Context, request: ImportRequest, place: Place) -> None:
        """See to it that the child holds the draft that is asked for, on the rates of today."""
        drafted = self._drafted
        expected = request.expect_rev
        if expected is None and drafted is not None and drafted.scope == place.scope.id:
            expected = drafted.revision
        if expected is not None and expected != place.scope.revision:
            self._draft_again(ctx, request)
        job = self._job(ctx, request, place)
        if drafted is None or not drafted.same_question(job, place.scope.id):
            self._draft(ctx, request, place)

    def _draft_again(self, ctx: Context, request: ImportRequest) -> NoReturn:
        """Draft on the rates as they are by now, and say that somebody changed them (F14)."""
        self._draft(ctx, request, place_import(ctx, replace(request, expect_rev=None)))
        raise Conflict(
            "Somebody changed these rates since the preview; nothing was written: look at the new "
            "changes and confirm again."
        )

    def _refuse_changed_file(self, request: ImportRequest) -> None:
        refuse_unreadable(request.file)
        opened = self._opened
        if opened is None or opened.file != request.file:
            return
        found = request.file.stat()
        if (found.st_size, found.st_mtime_ns) != opened.stamp:
            raise UserError(
                f"{request.file.name} was changed since it was read: read it again, then look at "
                "the new preview."
            )

    # -------------------------------------------------------------------- the child

    def cancel(self) -> None:
        """Stop what is being worked on, from any thread; its caller gets Cancelled."""
        self._stop.set()

    def close(self) -> None:
        """End the reading process and remove the session's folder; may be called twice."""
        self._closed = True
        self._stop.set()
        child, self._child = self._child, None
        if child is not None:
            child.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    @contextmanager
    def _turn(self, ctx: Context) -> Iterator[None]:
        """Wait for one's turn; a caller that was cancelled meanwhile gets none."""
        while not self._lock.acquire(timeout=0.02):
            self._stop_if(ctx.cancelled)
        try:
            self._stop_if(ctx.cancelled)
            self._stop.clear()
            yield
        finally:
            self._lock.release()

    def _stop_if(self, cancelled: Callable[[], bool]) -> None:
        if self._closed or cancelled():
            raise Cancelled

    def _look(
        self, ctx: Context, task: str, arguments: dict[str, Any], seconds: float = LOOK_SECONDS
    ) -> Any:
        """Ask about the open file or its draft."""
        if self._opened is None:
            raise UserError("No file is open: choose a price list first.")
        return self._ask(ctx, task, arguments, self._limits(self._opened.file, seconds))

    def _limits(self, file: Path, seconds: float) -> Limits:
        current = self._drafted.current if self._drafted else ""
        try:
            return replace(self._draft_limits(file, current), seconds=seconds)
        except OSError:  # the file is gone; what was read of it is still there
            return Limits(2**63, seconds)

    def _draft_limits(self, file: Path, current: str) -> Limits:
        """Return the limits of a draft; beside the live tree the child holds two of its own."""
        live = saved_size(self._folder / current) if current else 0
        return draft_limits(file, live + (self._opened.rows if self._opened else 0))

    def _ask(self, ctx: Context, task: str, arguments: dict[str, Any], limits: Limits) -> Any:
        return self._exchange(ctx, self._ready(ctx, task), task, arguments, limits)

    def _ready(self, ctx: Context, task: str) -> Child:
        """Return the child, started anew and brought to where it was if it has ended."""
        if self._child is not None and self._child.has_ended():
            self._drop(self._child)  # by somebody else, while nobody asked it anything
        if self._child is not None:
            return self._child
        self._stop_if(ctx.cancelled)
        opened = self._opened
        self._known = ""
        child = self._child = Child(self._folder, opened.file.name if opened else "The file")
        if opened is not None and task != "open":
            limits = Limits(memory_limit(opened.file), time_limit(opened.file))
            self._exchange(ctx, child, "open", opened.arguments, limits)
            drafted = self._drafted
            if drafted is not None and task not in ("draft", "sheet", "rows"):
                known = _digest(drafted.job)
                arguments = {"job": drafted.job, "known": known, "current": drafted.current}
                limits = self._draft_limits(opened.file, drafted.current)
                self._exchange(ctx, child, "draft", arguments, limits)
                self._known = known
        return child

    def _exchange(
        self, ctx: Context, child: Child, task: str, arguments: dict[str, Any], limits: Limits
    ) -> Any:
        """Ask one question and wait for its answer, under the limits and the cancel button."""
        self._asked += 1
        if task == "open":
            child.name = Path(arguments["file"]).name
        try:
            with suppress(OSError):  # a child that has ended; its last words follow
                child.send({"ask": self._asked, "task": task, "arguments": arguments})
            reply = self._reply(ctx, child, limits)
        except (UserError, WorkerFault):
            self._drop(child)
            raise
        if "result" in reply:
            return reply["result"]
        if "cancelled" in reply:
            raise Cancelled
        if "fault" in reply:
            raise WorkerFault(f"the reading process failed on {child.name}:\n{reply['fault']}")
        kind = PasswordWanted if reply.get("password") else UserError
        raise kind(window_sentence(reply["problem"]))

    def _reply(self, ctx: Context, child: Child, limits: Limits) -> dict[str, Any]:
        """Wait for the answer. Raises UserError, Cancelled or WorkerFault if none will come."""
        deadline = time.monotonic() + limits.seconds
        given_up = 0.0
        while True:
            with suppress(Empty):
                line = child.receive()
                if line is None:
                    raise Cancelled if self._closed else child.last_words()
                if line.get("reply") == self._asked:
                    return line
                if "phase" in line:
                    ctx.report(line["phase"], line["done"], line["total"])
            if given_up and time.monotonic() > given_up:
                raise Cancelled
            if not given_up and (self._stop.is_set() or ctx.cancelled()):
                given_up = time.monotonic() + CANCEL_SECONDS
                with suppress(OSError):
                    child.send({"cancel": self._asked})
            child.check(limits, deadline)

    def _drop(self, child: Child) -> None:
        """Forget a child that has ended or must; the next question starts another one."""
        child.stop()
        if self._child is child:
            self._child = None


def _digest(job: dict[str, Any]) -> str:
    """Return what stands for the knowledge of the database that a job brings, and its vendor."""
    known = {name: job[name] for name in (*_KNOWLEDGE, "vendor")}
    return hashlib.sha256(json.dumps(known, sort_keys=True).encode()).hexdigest()
