"""Loading companies from a file: the empty page, the preview, what was left out."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.screenshots.driver import Driver
from tests.screenshots.scenes import scene

ROWS = """Name,Tenant,Type,E-mail,Credit limit,Time zone
Korvanto Airlines,,Client,,2500,
Lantern Logistics,Brindlemoor Telecom,Client,ops@lantern.example,1000,Europe/Madrid
Ostrava Parcel,,Client,hello@ostrava.example,,Europe/Prague
Windrow Clinics,,Agency,,,
Saltmarsh Bikes,Nobody Telecom,Client,,,
"""


@scene("loading")
def loading(driver: Driver) -> Iterator[str]:
    page = driver.open("load?section=companies")
    driver.settle()
    yield "empty"
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "clients.csv"
        file.write_text(ROWS, encoding="utf-8")
        page.read(file)
        driver.settle()
        yield "preview"
        page.chips.choose("rejected")
        driver.settle()
        yield "rejected"
