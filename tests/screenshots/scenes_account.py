"""Signing in, the own account, security: what the tour of the window sees too."""

from __future__ import annotations

from collections.abc import Iterator

from tests.screenshots.driver import Driver
from tests.screenshots.scenes import scene
from tests.ui.everywhere.tour_access import access


@scene("sign-in")
def signing_in(driver: Driver) -> Iterator[str]:
    yield from access(driver)
