"""First run, a database that can't be opened, the start page."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from typing import cast

from tests.screenshots.driver import Driver
from tests.screenshots.scenes import scene


@scene("first-run", "none")
def first_run(driver: Driver) -> Iterator[str]:
    driver.open("home")
    yield "welcome"
    driver.window.connect_server()
    yield "server"
    dialog = driver.dialog()
    for name, text in (("host", "127.0.0.1"), ("database", "tariffs"), ("user", "ann")):
        getattr(dialog, name).setText(text)
    dialog.port.setValue(9)  # type: ignore[attr-defined]
    dialog.test.click()  # type: ignore[attr-defined]
    yield "server-away"


@scene("not-opened", "none")
def not_opened(driver: Driver) -> Iterator[str]:
    driver.open("home")
    wrong = driver.work / "holiday.db"
    wrong.write_bytes(b"this is no database at all" * 200)
    driver.window.open_target(str(wrong))
    yield "wrong-file"
    newer = driver.work / "newer.db"
    newer.write_bytes((driver.work / "sample.db").read_bytes())
    with contextlib.closing(sqlite3.connect(newer)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    driver.window.open_target(str(newer))
    yield "newer"
    driver.window.open_target("postgresql://ann@127.0.0.1:9/tariffs")
    yield "server-away"


@scene("home-empty", "empty")
def empty_home(driver: Driver) -> Iterator[str]:
    driver.open("home")
    yield "start"


@scene("home")
def home(driver: Driver) -> Iterator[str]:
    for address in ("service?id=1", "list?section=services", "service?id=10"):
        driver.open(address)
    driver.open("home")
    yield "start"
    driver.window.commands.by_id["toggle_navigation"].trigger()
    yield "wide"


@scene("navigation")
def navigation(driver: Driver) -> Iterator[str]:
    driver.open("list?section=services")
    for key in ("services", "imports"):
        with contextlib.suppress(KeyError):
            driver.window.navigation.toggle_favourite(key)
    driver.window.focus_navigation()
    driver.keys("imp")
    yield "filtered"
    driver.press("Escape")
    for menu in driver.window.menuBar().actions():
        shown = cast("object", menu.menu())
        if shown is None or menu.text() not in {"&File", "&Go", "&View"}:
            continue
        driver.window.menuBar().setActiveAction(menu)
        yield f"menu-{menu.text().strip('&').lower()}"
        driver.close_popups()
