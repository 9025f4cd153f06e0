"""Control: the audit, one command of it, the due work."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from app.domain.records import ListQuery
from app.sections.audit import AUDIT
from app.services import records
from app.services.context import Context
from app.ui.control.due_timer import DueTimer
from tests.helpers.agreements import add_agreement, add_company, add_version
from tests.screenshots.driver import Driver
from tests.screenshots.scenes import scene


def _versions(ctx: Context) -> None:
    """Give a client versions that began lately and that will."""
    now = dt.datetime.now(dt.UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    with ctx.database.write() as connection:
        client = add_company(connection, "Aurora Retail")
        made = add_agreement(connection, client, "AR-17", till=now - dt.timedelta(days=30))
        ends = now + dt.timedelta(days=20)
        add_version(connection, made, now - dt.timedelta(days=30), ends)
        add_version(connection, made, ends)


@scene("audit")
def audit(driver: Driver) -> Iterator[str]:
    driver.open("list?section=audit")
    yield "list"
    driver.open("list?section=audit&where.kind=add&where.table_name=company")
    yield "filtered"
    page = driver.open("audit?id=1")
    yield "entry"
    page.stored.trigger()
    yield "stored"
    page = driver.open("record?section=agreements&id=1")
    page.tabs.setCurrentWidget(page.history)
    driver.settle()
    yield "history"


@scene("audit-load")
def one_command(driver: Driver) -> Iterator[str]:
    """A command of many entries: of them one is open, others are found."""

    def add(ctx: Context) -> None:
        from app.services.tariffs.vendor_records import create

        for number in range(40):
            create(ctx, {"name": f"Vendor {number}"})

    driver.window.jobs.change("Add", add, owner=driver.window, nouns=("vendors", "audit"))
    driver.settle()
    session = driver.window.jobs.session
    assert session is not None
    newest = records.first_rows(session.context(), AUDIT, ListQuery("audit"), 1)[0][0]
    page = driver.open(f"audit?id={newest}")
    yield "command"
    page.search.setText("vendor 7")
    page.search.searched.emit(page.search.text())
    yield "found"


@scene("due-work")
def due_work(driver: Driver) -> Iterator[str]:
    session = driver.window.jobs.session
    assert session is not None
    _versions(session.context())
    driver.open("due")
    yield "next"
    clock = DueTimer(driver.window)
    clock.run()
    yield "told"
    driver.open("list?section=due_work")
    yield "list"
