"""The demo: a service and two issues of a sample price list, so that there is something to see."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import as_file, files
from typing import Any

from app.services.context import Context, service
from app.services.tariffs.import_file import ImportOutcome, ImportRequest, import_file
from app.services.tariffs.scopes import NewScope, add_scope
from app.services.tariffs.services import NewService, add_service
from importers.choices import Choices

SERVICE = "Nordwind SMS"
VENDOR = "Nordwind"
LISTS = ("nordwind_sms_2026-01.csv", "nordwind_sms_2026-02.csv")


@service("finance.services", "manage")
def make_demo(ctx: Context) -> Iterator[str]:
    """Fill an empty database and yield what happened, line by line."""
    service_id = add_service(
        ctx, NewService(SERVICE, "payg", "EUR", description="Sample cost list", side="cost")
    )
    scope = add_scope(ctx, NewScope(SERVICE, "2026-01-01"))
    yield f'Service {service_id} "{SERVICE}" with scope {scope.id} added'
    for name in LISTS:
        with as_file(files("resources.sample") / name) as path:
            request = ImportRequest(
                file=path,
                service=SERVICE,
                mode="replace",
                vendor=VENDOR,
                choices=Choices(accept_suggestions=True),
                skip_errors=True,
            )
            yield from _told(name, import_file(ctx, request))


def _told(name: str, outcome: ImportOutcome) -> Iterator[str]:
    report: dict[str, Any] = outcome.report
    rows, changes = report["rows"], report["changes"]
    yield f"{name} imported to {report['node']} as revision {report['revision']}"
    yield (
        f"  {rows['read']} rows = {rows['imported']} imported, {rows['merged']} merged, "
        f"{rows['skipped']} skipped, {rows['not_data']} not data, {rows['errors']} errors"
    )
    yield "  " + ", ".join(f"{count} {word}" for word, count in changes.items())
    for issue in report["issues"]:
        if issue["severity"] == "error":
            yield f"  left out: {issue['column'] or ''}{issue['row'] or ''} {issue['reason']}"
