"""Imports the files of a manifest one after another; a stopped run goes on where it was (IMP-15).

A manifest is a CSV file with a header: ``file`` and ``service``, and any option of the import
command as a further column (``node``, ``mode``, ``profile``, ``column`` with `` | `` between
several …). Paths are relative to the manifest.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from app.db.queries import batches
from app.errors import Cancelled, UserError
from app.services.context import Context, service
from app.services.tariffs.delimited import read_table
from app.services.tariffs.import_checks import read_password
from app.services.tariffs.import_file import ImportOutcome, ImportRequest, import_file
from app.services.tariffs.targets import Rules
from app.services.worker_process import WorkerFault
from importers.choices import Choices

DONE, DONE_BEFORE, UNDECIDED, FAILED = "done", "already done", "needs decisions", "failed"

_TRUE = {"1", "yes", "true", "x"}
_FLAGS = {"accept_suggestions", "skip_errors", "skip_hidden"}
_LISTS = {"column": "columns", "where": "where", "set": "constants"}
_REQUEST = ("node", "mode", "vendor", "profile", "save_profile")
_OPTIONS = ("encoding", "delimiter")


@dataclass(frozen=True, slots=True)
class BatchOutcome:
    """Counts of files and a report with a line per file."""

    done: int
    skipped: int
    undecided: int
    failed: int
    report: dict[str, Any] = field(default_factory=dict)

    @property
    def exit_code(self) -> int:
        """Return 0 all done, 2 some need decisions, 1 some failed, 3 some left rows out."""
        if self.failed:
            return 1
        if self.undecided:
            return 2
        return 3 if any(line["rejected"] for line in self.report["files"]) else 0


@service("finance.services", "manage")
def import_batch(
    ctx: Context, manifest: Path, *, restart: bool = False, tell: Callable[[str], None]
) -> BatchOutcome:
    """Import every line of ``manifest``; each file is its own transaction.

    A line that was done in an earlier run of the same manifest is skipped unless ``restart``.
    """
    lines = read_manifest(manifest)
    batch = _batch(ctx, manifest, lines, restart=restart)
    report = []
    for position, line in enumerate(lines):
        entry = _one(ctx, batch, position, line)
        report.append(entry)
        place = f"{position + 1}/{len(lines)} {entry['file']}"
        tell(f"{place}: {entry['status']} {entry['message']}".rstrip())
    tally = [entry["status"] for entry in report]
    if not tally.count(FAILED) + tally.count(UNDECIDED):
        with ctx.database.write() as connection:
            batches.finish_batch(connection, batch, now=ctx.clock())
    return BatchOutcome(
        done=tally.count(DONE),
        skipped=tally.count(DONE_BEFORE),
        undecided=tally.count(UNDECIDED),
        failed=tally.count(FAILED),
        report={"manifest": str(manifest), "batch": batch, "files": report},
    )


def _batch(ctx: Context, manifest: Path, lines: list[ImportRequest], *, restart: bool) -> int:
    """Return the batch to go on with: the unfinished one of this very manifest, else a new one."""
    company = ctx.actor.company_id
    digest = hashlib.sha256(manifest.read_bytes()).hexdigest()
    with ctx.database.write() as connection:
        known = batches.unfinished_batch(connection, company, digest)
        if known is not None and not restart:
            return known.id
        return batches.start_batch(
            connection,
            company,
            name=manifest.name,
            manifest_hash=digest,
            options={},
            files=[(str(line.file), {}) for line in lines],
            actor=ctx.actor.name,
            now=ctx.clock(),
        ).id


def _one(ctx: Context, batch: int, position: int, request: ImportRequest) -> dict[str, Any]:
    entry: dict[str, Any] = {"file": str(request.file), "rejected": 0, "message": ""}
    with ctx.database.read() as connection:
        known = batches.batch_items(connection, batch)[position]
    if known.state == "done":
        return entry | {"status": DONE_BEFORE, "import": known.import_run_id}
    started = ctx.clock()
    try:
        outcome = import_file(ctx, request)
    except Cancelled:
        raise  # this file is done by the next run
    except UserError as problem:
        entry |= {"status": FAILED, "message": str(problem), "import": None}
    except WorkerFault as fault:  # a bug, but no reason to keep the other files waiting
        entry |= {"status": FAILED, "message": _bug(request, fault), "import": None}
    else:
        entry |= _told(outcome)
    with ctx.database.write() as connection:
        batches.update_item(
            connection,
            batch,
            position,
            state="done" if entry["status"] == DONE else "failed",
            import_run_id=entry["import"],
            report=entry,
            started_at=started,
            finished_at=ctx.clock(),
        )
    return entry


def _bug(request: ImportRequest, fault: WorkerFault) -> str:
    last = str(fault).rstrip().rpartition("\n")[2]
    return (
        f"This is a fault of Tariffdesk ({last}); nothing of {request.file.name} was imported. "
        "Import the file alone to get a log to report."
    )


def _told(outcome: ImportOutcome) -> dict[str, Any]:
    if not outcome.written:
        questions = "; ".join(decision["question"] for decision in outcome.decisions[:3])
        return {"status": UNDECIDED, "message": questions, "import": None}
    changes = outcome.report["changes"]
    return {
        "status": DONE,
        "message": ", ".join(f"{count} {word}" for word, count in changes.items()),
        "import": outcome.import_id,
        "rejected": outcome.rejected,
        "rows": outcome.report["rows"],
        "changes": changes,
    }


def read_manifest(manifest: Path) -> list[ImportRequest]:
    """Return the imports that a manifest asks for. UserError names a wrong line."""
    try:
        with manifest.open(encoding="utf-8-sig", newline="") as stream:
            reader = read_table(stream)
            header = set(reader.fieldnames or ())
            if not {"file", "service"} <= header:
                raise UserError(
                    f"{manifest.name} needs the columns file and service, with a comma, semicolon "
                    "or tab between."
                )
            unknown = header - _known_columns()
            if unknown:
                raise UserError(
                    f"{manifest.name}: unknown columns {', '.join(sorted(map(str, unknown)))}; "
                    f"known are {', '.join(sorted(_known_columns()))}."
                )
            return [
                _request(manifest, reader.line_num, _cells(manifest, reader.line_num, row))
                for row in reader
            ]
    except (OSError, UnicodeDecodeError, csv.Error) as problem:
        raise UserError(f"The manifest {manifest} can't be read as UTF-8 CSV: {problem}.") from None


def _cells(manifest: Path, line: int, row: dict[str, str | None]) -> dict[str, str]:
    """Return a line's cells by column. UserError if it has more cells than the header."""
    if None in row:
        raise UserError(f"{manifest.name}, line {line}: it has more cells than there are columns.")
    return {name: (cell or "").strip() for name, cell in row.items()}


def _choice_fields() -> set[str]:
    skip = {"columns", "constants", "answers", "price_words"}
    return {f.name for f in fields(Choices)} - skip


def _known_columns() -> set[str]:
    return {
        "file", "service", "scope", "level", "billing_rule", "quantity_rule", "skip_errors",
        "decisions", "rejects", "password_file", "expect_rev", *_LISTS, *_REQUEST, *_OPTIONS,
        *(_choice_fields() - {"levels"}),
    }  # fmt: skip


def _request(manifest: Path, line: int, row: dict[str, str]) -> ImportRequest:
    folder = manifest.parent
    try:
        scope = int(row["scope"]) if row.get("scope") else None
        expect_rev = int(row["expect_rev"]) if row.get("expect_rev") else None
        choices = _choices(row)
    except ValueError as problem:
        raise UserError(f"{manifest.name}, line {line}: {problem}.") from None
    return ImportRequest(
        file=folder / row["file"],
        service=row["service"],
        scope=scope,
        choices=choices,
        rules=Rules(row.get("billing_rule", "").lower(), row.get("quantity_rule", "").lower()),
        options=_options(folder, row),
        expect_rev=expect_rev,
        skip_errors=row.get("skip_errors", "").lower() in _TRUE,
        decisions=folder / row["decisions"] if row.get("decisions") else None,
        rejects=folder / row["rejects"] if row.get("rejects") else None,
        **{name: row[name] for name in _REQUEST if row.get(name)},  # type: ignore[arg-type]
    )


def _options(folder: Path, row: dict[str, str]) -> dict[str, str]:
    options = {name: row[name] for name in _OPTIONS if row.get(name)}
    if row.get("password_file"):
        options["password"] = read_password(folder / row["password_file"])
    return options


def _choices(row: dict[str, str]) -> Choices:
    plain: dict[str, Any] = {}
    for name in _choice_fields() & row.keys():
        value = row[name]
        if name in _FLAGS:
            plain[name] = value.lower() in _TRUE
        elif name in {"start_row", "end_row"}:
            plain[name] = int(value) if value else None
        elif name != "where":
            plain[name] = value
    for column, name in _LISTS.items():
        plain[name] = tuple(part.strip() for part in row.get(column, "").split("|") if part.strip())
    plain["currency"] = row.get("currency", "").upper()
    plain["levels"] = tuple(p.strip() for p in row.get("level", "").split(",") if p.strip())
    return Choices(**plain)
