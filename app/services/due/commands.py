"""The due work as a command of its list."""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.counting import counted
from app.errors import UserError
from app.services.context import Context, service
from app.services.due.run import AREA, run


@service(AREA, "manage", whole=True)
def run_now(ctx: Context, _ids: Sequence[int] = ()) -> str:
    """Do what is due and say how much it was. Raises UserError with what could not be done."""
    report = run(ctx)
    if report.holder:
        return f"The due work is being done by {report.holder}."
    if report.failed:
        first = report.failed[0]
        more = len(report.failed) - 1
        others = f" ({more} more failed, see the list)" if more else ""
        raise UserError(f"{first.title}: {first.text}{others}")
    if not report.done:
        return "Nothing is due."
    return f"Done: {counted(len(report.done), 'thing')}."
