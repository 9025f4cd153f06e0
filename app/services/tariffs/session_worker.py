"""The child process of an import session: keeps a file and its draft, answers line by line (F9).

A question is a JSON line {"ask": n, "task": …, "arguments": …} on the standard input; its answer is
{"reply": n} with a "result", a "problem" (one sentence), "cancelled" or a "fault" (a traceback).
{"cancel": n} stops question n at the next step of the interpreter; the end of the input ends us.
"""

from __future__ import annotations

import _thread
import errno
import json
import os
import signal
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from queue import Queue
from typing import IO, Any, NoReturn

from app.domain.tree import RateTree
from app.services.tariffs.draft_jobs import (
    draft_result,
    read_current,
    read_dictionaries,
    read_options,
    read_request,
)
from app.services.tariffs.drafting import draft_again, hints_of, propose_sheet
from app.services.tariffs.drafts import Draft, Kept
from app.services.tariffs.import_views import (
    BookView,
    ColumnValues,
    Found,
    ProposalView,
    RowsView,
)
from app.services.tariffs.plain_views import to_plain
from app.services.tariffs.preview_tree import Tree
from app.services.tariffs.rejects import write_rejects
from app.services.tariffs.session_pages import Changes, Issues
from app.services.tariffs.session_summary import level_views, summary
from app.services.tariffs.session_values import PRICE_WORDS, Values
from app.services.tariffs.session_views import (
    SheetReader,
    book_view,
    column_values,
    proposal_view,
    stamp_of,
)
from app.services.tariffs.tree_files import CHANGES, save_change_set
from dictionaries.catalogue import load_catalogue
from dictionaries.entries import Dictionaries
from dictionaries.search import search
from importers.choices import Choices, settings_for, settings_of
from importers.formats.book import Book
from importers.formats.reading import open_book
from importers.records import FileProblem, ParsedSheet, PasswordNeeded
from importers.settings import ImportSettings
from importers.tree_sheet import is_tree_sheet


class Stopped(KeyboardInterrupt):
    """The question that is being answered was cancelled; raised wherever the work is.

    A kind of Ctrl+C, which nothing takes for a fault of the file: readers turn all others into one.
    """


def serve(folder: Path) -> NoReturn:
    """Answer questions about one import until the parent ends the conversation."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not stand between our lines
    talk = Conversation(os.fdopen(os.dup(0), "rb"), answers)
    desk = Desk(folder, talk.report)
    talk.go_on(desk.answer)


class Conversation:
    """The lines between the two processes: one question is answered at a time."""

    def __init__(self, questions: IO[bytes], answers: IO[bytes]) -> None:
        self._questions, self._answers = questions, answers
        self._waiting: Queue[dict[str, Any]] = Queue()
        self._cancelled: set[int] = set()
        self._now = 0
        signal.signal(signal.SIGINT, self._interrupted)
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        for line in self._questions:
            message = json.loads(line)
            if "cancel" in message:
                self._cancelled.add(message["cancel"])
                _thread.interrupt_main()
            else:
                self._waiting.put(message)
        os._exit(0)

    def _interrupted(self, *_: object) -> None:
        """Stop the work if it is that of a cancelled question (Ctrl+C is the parent's matter)."""
        if self._now in self._cancelled:
            raise Stopped

    def report(self, phase: str, done: int, total: int | None) -> None:
        """Send one progress line."""
        self._tell({"phase": phase, "done": done, "total": total})

    def _tell(self, message: dict[str, Any]) -> None:
        self._answers.write(json.dumps(message).encode() + b"\n")
        self._answers.flush()

    def go_on(self, answer: Callable[[str, dict[str, Any]], Any]) -> NoReturn:
        """Answer question after question."""
        while True:
            message = self._waiting.get()
            number = message["ask"]
            try:
                reply = self._answered(number, answer, message)
            except Stopped:
                self._now = 0
                reply = {"cancelled": True}
            self._tell({"reply": number, **reply})

    def _answered(
        self, number: int, answer: Callable[[str, dict[str, Any]], Any], message: dict[str, Any]
    ) -> dict[str, Any]:
        self._now = number
        try:
            self._interrupted()  # cancelled while it waited
            return {"result": to_plain(answer(message["task"], message["arguments"]))}
        except PasswordNeeded as problem:
            return {"problem": str(problem), "password": True}
        except FileProblem as problem:
            return {"problem": str(problem)}
        except MemoryError:
            return {"problem": "The file is too large for this computer's memory: split it."}
        except OSError as problem:
            return {"problem": _told(problem)}
        except Exception:  # noqa: BLE001 - a bug must not end the conversation
            return {"fault": traceback.format_exc()}
        finally:
            self._now = 0


class Desk:
    """The file of the session, how its sheets are read, and its draft."""

    def __init__(self, folder: Path, report: Callable[[str, int, int | None], None]) -> None:
        self._folder = folder
        self._report = report
        self._book: Book | None = None
        self._kept = Kept()
        self._known = ""
        self._dictionaries = Dictionaries.load()
        self._settings: dict[str, ImportSettings] = {}
        self._current: tuple[str, RateTree] | None = None
        self._draft: DraftDesk | None = None
        self._readers: dict[str, SheetReader] = {}

    def answer(self, task: str, arguments: dict[str, Any]) -> Any:
        """Return the answer to one question. Raises FileProblem with a sentence."""
        return getattr(self, f"on_{task}")(**arguments)

    # -------------------------------------------------------------------- the file

    def on_open(self, file: str, options: dict[str, Any]) -> BookView:
        """Read a file; the one before is forgotten."""
        path = Path(file)
        self._book = self._draft = None
        self._settings, self._readers = {}, {}
        self._kept = Kept()
        self._report("reading", 0, None)
        stamp = stamp_of(path)
        book = open_book(path, read_options({"options": options}))
        self._report("understanding", 0, None)
        view = book_view(book, stamp, self._dictionaries, self._kept)
        self._book = book
        return view

    def on_sheet(self, sheet: str, choices: dict[str, Any], node: str) -> ProposalView | None:
        """Return how a sheet would be read, None for an exported tree."""
        found = self._sheet(sheet)
        if is_tree_sheet(found):
            return None
        chosen = Choices.from_json(choices)
        hints = hints_of(chosen, node, self._dictionaries)
        proposal = propose_sheet(found, hints, self._dictionaries, self._kept)
        settings = settings_for(
            settings_of(proposal),
            chosen,
            sheet=found,
            headers=proposal.headers,
            catalogue=load_catalogue(),
        )
        self._show(found, settings, None)
        return proposal_view(
            found, proposal, settings, self._dictionaries, resource=proposal.resource
        )

    def on_rows(self, sheet: str, first: int, count: int) -> RowsView:
        """Return a block of a sheet's rows."""
        found = self._sheet(sheet)
        reader = self._readers.get(found.name)
        if reader is None:
            settings = None
            if not is_tree_sheet(found):
                hints = hints_of(Choices(), "", self._dictionaries)
                proposal = propose_sheet(found, hints, self._dictionaries, self._kept)
                settings = settings_of(proposal)
            reader = self._show(found, settings, None)
        return reader.rows(first, count)

    def on_column_values(self, sheet: str, column: int, **wanted: Any) -> ColumnValues:
        """Return the values of a column, e.g. to choose from what rows are taken."""
        return column_values(self._sheet(sheet), column, **wanted)

    def _show(
        self, sheet: ParsedSheet, settings: ImportSettings | None, made: Draft | None
    ) -> SheetReader:
        """Let a sheet's rows be shown under these settings from now on; a draft's stay."""
        known = self._readers.get(sheet.name)
        if made is None and known is not None and known.settings == settings:
            return known
        reader = self._readers[sheet.name] = SheetReader(sheet, settings, made)
        return reader

    def _opened(self) -> Book:
        if self._book is None:
            raise FileProblem("No file is open: choose a price list first.")
        return self._book

    def _sheet(self, wanted: str) -> ParsedSheet:
        book = self._opened()
        for number, sheet in enumerate(book.sheets, start=1):
            if wanted in (sheet.name, str(number)):
                return sheet
        raise FileProblem(f'{book.path.name} has no sheet "{wanted}": choose another one.')

    # -------------------------------------------------------------------- the draft

    def on_draft(self, job: dict[str, Any], known: str, current: str) -> dict[str, Any]:
        """Draft the file; ``known`` names the state of what ``job`` brings from the database."""
        book = self._opened()
        if known != self._known:
            self._dictionaries = read_dictionaries(job)
            self._kept = Kept()
            self._known = known
        request = read_request(job)
        tree = self._tree(current)
        made = draft_again(book, request, tree, self._dictionaries, self._report, kept=self._kept)
        self._report("comparing", 0, None)
        desk = DraftDesk(job, made, self._dictionaries)
        told = summary(job, request, made, self._dictionaries)
        told |= {"values": desk.values.counts(), "issues": desk.issues.counts()}
        told |= {"rejected": made.rows["errors"], "levels": level_views(desk.tree)}
        self._draft = desk
        self._readers = {}
        self._show(made.sheet, made.settings, made)
        return {name: to_plain(value) for name, value in told.items()}

    def _tree(self, name: str) -> RateTree:
        if self._current is None or self._current[0] != name:
            self._current = (name, read_current(self._folder / name))
        return self._current[1]

    def _drafted(self) -> DraftDesk:
        if self._draft is None:
            raise FileProblem("There is no preview yet: choose sheet and columns first.")
        return self._draft

    def on_values(self, **wanted: Any) -> Any:
        """Return a page of values."""
        return self._drafted().values.page(**wanted)

    def on_search(self, dictionary: str, text: str, context: str, limit: int) -> list[Found]:
        """Return keys for a text being typed."""
        if dictionary == "price":
            words = [Found(key, name, "") for key, name in PRICE_WORDS.items()]
            return [w for w in words if text.casefold() in w.name.casefold()]
        book = self._dictionaries[dictionary]
        found = []
        for hit in search(book, text, limit=limit, context=context):
            entry = book.entry(hit.key)
            countries = ", ".join(self._dictionaries["country"].label(c) for c in entry.countries)
            other = hit.found_by if hit.found_by not in (hit.key, hit.name) else ""
            found.append(Found(hit.key, hit.name, "; ".join(filter(None, (countries, other)))))
        return found

    def on_tree(self, parent: int, first: int, count: int) -> Any:
        """Return children of a node of the draft."""
        return self._drafted().tree.page(parent, first, count)

    def on_changes(self, **wanted: Any) -> Any:
        """Return a page of changes."""
        return self._drafted().changes.page(**wanted)

    def on_issues(self, **wanted: Any) -> Any:
        """Return a page of remarks."""
        return self._drafted().issues.page(**wanted)

    def on_export_changes(self, path: str) -> int:
        """Write the changes to a file."""
        return self._drafted().changes.export(Path(path))

    def on_export_rejects(self, path: str) -> int:
        """Write the rows in error to a file."""
        made = self._drafted().made
        headers = list(made.proposal.headers) if made.proposal else made.sheet.row_texts(0)
        return write_rejects(Path(path), made.sheet, made.state, made.issues, headers)

    def on_hand_over(self, save_profile: str) -> dict[str, Any]:
        """Leave the change set in the folder; return what a one-shot draft tells its parent."""
        desk = self._drafted()
        self._report("comparing", 0, None)
        save_change_set(self._folder / CHANGES, desk.made.changes())
        job = {**desk.job, "save_profile": save_profile}
        return draft_result(self._folder, job, desk.made, desk.dictionaries)


def _told(problem: OSError) -> str:
    """Return what to do about a file or a disk that fails."""
    if problem.errno in (errno.ENOSPC, errno.EDQUOT):
        return "There is no room left on the disk: free some space and try again."
    name = problem.filename or "A file"
    return f"{name} can't be read or written ({problem.strerror}): check it and try again."


class DraftDesk:
    """One draft with its pages."""

    def __init__(self, job: dict[str, Any], made: Draft, dictionaries: Dictionaries) -> None:
        self.job, self.made, self.dictionaries = job, made, dictionaries
        self.values = Values(made, dictionaries)
        self.tree = Tree(made, dictionaries)
        self.changes = Changes(made, dictionaries)
        self.issues = Issues(made)
