"""The child process: takes ``DIR/job.json``, reads and drafts, leaves its results in DIR (F9)."""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from app.services.tariffs.draft_jobs import (
    draft_result,
    read_current,
    read_dictionaries,
    read_options,
    read_request,
)
from app.services.tariffs.drafting import draft
from app.services.tariffs.inspecting import inspect_book
from app.services.tariffs.tree_files import CHANGES, CURRENT, save_change_set, save_tree
from importers.records import FileProblem


def main(folder: Path) -> int:
    """Do the job in ``folder``; bad files become a "problem" in the result, bugs a traceback."""
    job = json.loads((folder / "job.json").read_text(encoding="utf-8"))
    if job["task"] == "session":
        from app.services.tariffs.session_worker import serve

        return serve(folder)
    threading.Thread(target=_stop_with_parent, daemon=True).start()
    try:
        result = _TASKS[job["task"]](folder, job)
    except FileProblem as problem:
        result = {"problem": str(problem)}
    except MemoryError:
        result = {"problem": f"{Path(job['file']).name} is too large for this computer's memory."}
    temporary = folder / "result.tmp"
    temporary.write_text(json.dumps(result, ensure_ascii=False), encoding="utf-8")
    temporary.replace(folder / "result.json")
    return 0


def _stop_with_parent() -> None:
    # not through sys.stdin: its lock would abort the interpreter when the job ends first
    while os.read(0, 1024):
        continue
    os._exit(1)


def report_line(phase: str, done: int, total: int | None) -> None:
    """Send one progress line to the parent."""
    sys.stdout.write(json.dumps({"phase": phase, "done": done, "total": total}) + "\n")
    sys.stdout.flush()


def _inspect(folder: Path, job: dict[str, Any]) -> dict[str, Any]:
    del folder
    return inspect_book(Path(job["file"]), read_options(job), read_dictionaries(job), report_line)


def _draft(folder: Path, job: dict[str, Any]) -> dict[str, Any]:
    dictionaries = read_dictionaries(job)
    current = read_current(folder / CURRENT)
    made = draft(read_request(job), current, dictionaries, report_line)
    report_line("comparing", 0, None)
    save_change_set(folder / CHANGES, made.changes())
    if job.get("keep_tree"):
        save_tree(folder / "draft", made.tree)
    return draft_result(folder, job, made, dictionaries)


def _compare(folder: Path, job: dict[str, Any]) -> dict[str, Any]:
    from app.services.tariffs.comparing import compare_folder

    return {"counts": compare_folder(folder, read_dictionaries(job), report_line)}


def _table(folder: Path, job: dict[str, Any]) -> dict[str, Any]:
    from app.services.bulk.table import tables_of

    del folder
    return tables_of(Path(job["file"]), report_line)


_TASKS: dict[str, Callable[[Path, dict[str, Any]], dict[str, Any]]] = {
    "inspect": _inspect,
    "draft": _draft,
    "compare": _compare,
    "table": _table,
}
