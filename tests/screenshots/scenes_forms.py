"""Forms: a new record, an existing one, mistakes, history, a conflict, a refused deletion."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from app.ui.pages import is_available
from tests.screenshots.driver import Driver
from tests.screenshots.scenes import Skipped, scene


def _record(driver: Driver, address: str) -> Any:
    if not is_available("record"):
        raise Skipped("records have no page yet")
    return driver.open(f"record?{address}")


@scene("form-new")
def new(driver: Driver) -> Iterator[str]:
    page = _record(driver, "section=services")
    yield "empty"
    page.save(lambda _worked: None)
    yield "errors"


@scene("form-view")
def view(driver: Driver) -> Iterator[str]:
    _record(driver, "section=services&id=4")
    yield "pack"


@scene("form-clone")
def clone(driver: Driver) -> Iterator[str]:
    _record(driver, "section=services&clone=1")
    yield "clone"


@scene("form-profile")
def profile(driver: Driver) -> Iterator[str]:
    _record(driver, "section=profiles&id=1")
    yield "profile"
