"""One import in the making: the file is read once, then re-mapped, looked at and committed.

The file, its draft and all that is paged live in a child process; this side knows the database.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from types import TracebackType
from typing import Any

from app.services.context import Context
from app.services.tariffs.import_file import ImportOutcome, ImportRequest
from app.services.tariffs.import_views import (
    BookView,
    ChangesPage,
    DraftView,
    Found,
    IssuesPage,
    ProposalView,
    RowsView,
    TreePage,
    ValuesPage,
)
from importers.choices import Choices


class ImportSession:
    """A price list on its way into a scope; one per wizard.

    Every method may be called from any thread; they are answered one by one. ``ctx.cancelled`` is
    watched: Cancelled is raised within two seconds. Raises UserError with one sentence when the
    file can't be used or the reading process stopped; the next call starts it again by itself.
    """

    def __init__(self, folder_base: Path | None = None) -> None:
        """Make the session's folder in ``folder_base`` (the system's place for such by default)."""
        raise NotImplementedError

    def __enter__(self) -> ImportSession:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.close()

    def open(self, ctx: Context, file: Path, options: dict[str, Any]) -> BookView:
        """Read ``file``; ``options`` as ImportRequest.options (encoding, delimiter, password …)."""
        raise NotImplementedError

    def sheet(self, ctx: Context, sheet: str, choices: Choices, *, node: str = "") -> ProposalView:
        """Return how ``sheet`` would be read; ``node`` names the target as ImportRequest does."""
        raise NotImplementedError

    def rows(self, ctx: Context, sheet: str, first: int, count: int) -> RowsView:
        """Return a block of rows; their states are those of the last draft or :meth:`sheet`."""
        raise NotImplementedError

    def draft(self, ctx: Context, request: ImportRequest) -> DraftView:
        """Draft the tree that ``request`` gives. ``request.mode`` may be open: merge is shown."""
        raise NotImplementedError

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
        """Return distinct values of the draft; ``show`` open|all|yellow|red|manual|learned|green."""
        raise NotImplementedError

    def search(
        self, ctx: Context, dictionary: str, text: str, context: str = "", limit: int = 20
    ) -> list[Found]:
        """Return the keys of ``dictionary`` for a text being typed (of operators in ``context``)."""
        raise NotImplementedError

    def tree(self, ctx: Context, path_id: int, first: int = 0, count: int = 200) -> TreePage:
        """Return children of a node of the draft (0 = the root)."""
        raise NotImplementedError

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
        """Return leaves by change; ``kinds`` new, increased, decreased, changed, unchanged, removed.

        No kinds = all but unchanged; ``sort`` is path, percent, old or new.
        """
        raise NotImplementedError

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
        raise NotImplementedError

    def export_changes(self, ctx: Context, path: Path) -> int:
        """Write all changes but unchanged ones to a CSV file; return their number."""
        raise NotImplementedError

    def export_rejects(self, ctx: Context, path: Path) -> int:
        """Write the rows left out in error, with reasons, to a CSV file; return their number."""
        raise NotImplementedError

    def commit(self, ctx: Context, request: ImportRequest) -> ImportOutcome:
        """Write the import in one transaction, as ``tariffdesk import`` does.

        Raises Conflict if the rates changed since the draft: the draft has been made anew then.
        """
        raise NotImplementedError

    def cancel(self) -> None:
        """Stop what is being worked on, from any thread; its caller gets Cancelled."""
        raise NotImplementedError

    def close(self) -> None:
        """End the reading process and remove the session's folder; may be called twice."""
        raise NotImplementedError
