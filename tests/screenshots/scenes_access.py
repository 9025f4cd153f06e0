"""Users of the back office and of the client portal, and roles: lists and new records."""

from __future__ import annotations

from collections.abc import Iterator

from tests.screenshots.driver import Driver
from tests.screenshots.scenes import scene


@scene("users")
def users(driver: Driver) -> Iterator[str]:
    for section in ("users", "portal_users", "roles"):
        driver.open(f"list?section={section}")
        yield section
        driver.open(f"record?section={section}&new=1")
        yield f"new-{section}"
