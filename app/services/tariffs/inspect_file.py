"""Describes a file without a database: what it is, its sheets, the proposed roles (``inspect``)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from app.services.tariffs.import_checks import refuse_unreadable
from app.services.worker_process import Limits, job_folder, run_job
from importers.formats.limits import memory_limit, time_limit


def inspect_file(
    file: Path, options: dict[str, Any], report: Callable[[str, int, int | None], None]
) -> dict[str, Any]:
    """Return the description of ``file``; it is read in a watched child process."""
    refuse_unreadable(file)
    job = {"task": "inspect", "file": str(file), "options": options}
    limits = Limits(memory_limit(file), time_limit(file))
    with job_folder() as folder:
        return run_job(folder, job, limits, name=file.name, report=report, cancelled=lambda: False)
