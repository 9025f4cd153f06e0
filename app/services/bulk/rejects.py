"""The rows of a file that were left out, as they came, with the reasons: to mend and load again."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from app.errors import UserError
from app.services.bulk.headings import IGNORED, REASON
from app.services.bulk.outcomes import REJECTED, RowOutcome
from app.services.tariffs.rejects import escaped


def is_of_file(heading: str) -> bool:
    """Tell whether a heading names a column of the file, not one that rejects have."""
    return bool(heading) and heading.strip().casefold() not in IGNORED


def write_rejects(path: Path, headings: Sequence[str], rows: Sequence[RowOutcome]) -> int:
    """Write the rejected ones of ``rows`` to a CSV file (UTF-8 with BOM); return their number."""
    kept = [place for place, text in enumerate(headings) if is_of_file(text)]
    rejected = [row for row in rows if row.outcome == REJECTED]
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        with temporary.open("w", encoding="utf-8-sig", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow([*(escaped(headings[place]) for place in kept), REASON])
            for row in rejected:
                cells = [escaped(row.cells[place]) for place in kept]
                writer.writerow([*cells, escaped(row.detail)])
        temporary.replace(path)
    except OSError as problem:
        raise UserError(
            f"{path} can't be written ({problem.strerror}): choose another place."
        ) from None
    finally:
        temporary.unlink(missing_ok=True)
    return len(rejected)
