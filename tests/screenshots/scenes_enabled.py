"""What agreements have enabled: the four tabs, their forms, the order of use, a refused channel."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from app.db.tables.services import service
from app.sections import section
from app.services import records
from app.services.context import Context
from tests.helpers.agreements import add_agreement, add_company
from tests.screenshots.driver import Driver
from tests.screenshots.scenes import scene
from tests.screenshots.scenes_operator import find

ZONES = {"from_zone": "Europe/Berlin", "till_zone": "Europe/Berlin"}


def _context(driver: Driver) -> Context:
    session = driver.window.jobs.session
    assert session is not None
    return session.context()


def _fill(ctx: Context) -> dict[str, int]:
    """Let two clients buy what the sample operator sells; return the IDs of their agreements."""
    with ctx.database.write() as connection:
        made = {
            code: add_agreement(connection, add_company(connection, name), code)
            for name, code in (("Hornes and Hooves", "1029-S"), ("Telecom Monsters", "NC-12345"))
        }
        rows = connection.execute(sa.select(service.c.name, service.c.id))
        known = {row.name: row.id for row in rows}
    year = ctx.clock().year
    start = dt.datetime.fromisoformat(f"{year}-01-10 08:30")

    def enable(where: str, name: str, code: str, **more: Any) -> None:
        place = {"service_id": str(known[name]), "agreement_id": str(made[code])}
        times = {} if where == "enabled_bundle_packs" else {"effective_from": start, **ZONES}
        records.create(ctx, section(where), {**place, **times, **more})

    for code in made:
        enable("enabled_services", "SMS service", code, hidden=False)
        enable("enabled_services", "Pack prices EUR", code, hidden=True)
        enable("enabled_packs", "USA SMS&WA Pack", code, billing="charge")
        enable("enabled_initiators", "Bundle initiator SMS+WA", code, hidden=False)
        enable("enabled_bundle_packs", "Bundle 1000 contacts", code, auto_extend=True)
    ended = {"effective_till": dt.datetime.fromisoformat(f"{year}-02-01"), "billing": "free"}
    enable("enabled_packs", "USA SMS&WA Pack", "1029-S", **ended)
    return made


@scene("enabled")
def enabled(driver: Driver) -> Iterator[str]:
    made = _fill(_context(driver))
    for tab in ("enabled_services", "enabled_packs", "enabled_initiators", "enabled_bundle_packs"):
        driver.open(f"list?section={tab}")
        yield tab.partition("_")[2]
    driver.open("list?section=order_of_use")
    yield "order"
    driver.open(f"record?section=enabled_packs&id={find(driver, 'enabled_packs', '1029-S')}")
    yield "pack"
    bundle = find(driver, "enabled_bundle_packs", "1029-S")
    driver.open(f"record?section=enabled_bundle_packs&id={bundle}")
    yield "bundle-pack"
    page = driver.open(f"record?section=enabled_packs&new=1&set.agreement_id={made['1029-S']}")
    page.form.put("service_id", "4", "USA SMS&WA Pack")
    driver.settle()
    yield "new-pack"
    page.form.put("effective_till", dt.datetime.fromisoformat("2020-01-01"))
    page.save(lambda _worked: None)
    driver.settle()
    yield "refused"
    page = driver.open(f"record?section=enabled_services&new=1&set.agreement_id={made['1029-S']}")
    page.form.put("service_id", "8", "Bundle prices EUR")
    driver.settle()
    page.save(lambda _worked: None)
    driver.settle()
    yield "channel-taken"
    driver.open(f"record?section=agreements&id={made['1029-S']}")
    yield "agreement"
    driver.open("list?section=services")
    yield "services"


@scene("enabled-end")
def ending(driver: Driver) -> Iterator[str]:
    number = find(driver, "enabled_services", "QH-1002")
    page = driver.open(f"record?section=enabled_services&id={number}")
    page.commands.actions["end"].trigger()
    driver.until(lambda: page.commands.question)
    driver.settle()
    yield "asked"
    question = page.commands.question
    question.form.put("effective_till", dt.datetime.fromisoformat("2020-01-01"))
    question.yes_button.click()
    driver.settle()
    yield "refused"
    question.reject()
