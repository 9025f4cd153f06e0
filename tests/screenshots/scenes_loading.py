"""Loading companies from a file: the empty page, columns to tell, preview, what was left out."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import xlsxwriter

from tests.screenshots.driver import Driver
from tests.screenshots.scenes import scene

HEADINGS = ("Name", "Tenant", "Kind of partner", "E-mail", "Credit limit", "Time zone", "Colour")
ROWS = (
    ("Korvanto Airlines", "", "Client", "", "2500", "", "red"),
    (
        "Lantern Logistics",
        "Brindlemoor Telecom",
        *("Client", "ops@lantern.example", "1000", "Europe/Madrid", "blue"),
    ),
    ("Ostrava Parcel", "", "Client", "hello@ostrava.example", "", "Europe/Prague", ""),
    ("Windrow Clinics", "", "Agency", "", "", "", ""),
    ("Saltmarsh Bikes", "Nobody Telecom", "Client", "", "", "", "green"),
)


@scene("loading")
def loading(driver: Driver) -> Iterator[str]:
    page = driver.open("load?section=companies")
    driver.settle()
    yield "empty"
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "clients.xlsx"
        _write(file)
        page.read(file)
        driver.settle()
        yield "columns"
        choice = page.columns.choices["Kind of partner"]
        choice.setCurrentText("Type")
        choice.activated.emit(choice.currentIndex())
        page.columns.rest.click()
        page.columns.next.click()
        driver.settle()
        yield "preview"
        page.chips.choose("rejected")
        driver.settle()
        yield "rejected"


def _write(file: Path) -> None:
    with xlsxwriter.Workbook(str(file)) as book:
        book.add_worksheet("Cover").write_row(0, 0, ["List of partners"])
        sheet = book.add_worksheet("Partners of 2026")
        for place, row in enumerate((HEADINGS, *ROWS)):
            sheet.write_row(place, 0, row)
