"""The import wizard: its steps with real lists, questions, errors, commit, undo, bad files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QMenu

from app.services.demo import TO_TRY, copy_price_lists
from app.services.tariffs.import_file import ImportRequest, import_file
from tests.screenshots.driver import Driver, Stuck
from tests.screenshots.scenes import SHARED, needed, scene

FILE, COLUMNS, VALUES, PREVIEW, CONFIRM = range(5)
BATCHPACK = SHARED / "rates" / "sms" / "sms_batchpack_2019.csv"
OPEN = """Country,Network,Price EUR
Germany,Telekom,0.0730
Austria,A1,0.0412
Israel,Beezz,0.0413
Cambodia,Cootel,0.0414
Netherlands,Digicel,0.0415
Poland,Orange,on request
Poland,Play,0.021
Poland,Play,0.022
France,SFR,0.0555
"""
"""Suggestions, values without a match, a word for a price, a duplicate."""


def sample(driver: Driver, name: str) -> Path:
    """Return a price list of the sample operator in a folder of a person."""
    return next(p for p in copy_price_lists(driver.work / "lists") if p.name == name)


def begun(driver: Driver, file: Path | None, service: int) -> Any:
    """Return an import into a service; with a file it is read and drafted."""
    page = driver.open(f"import?service={service}")
    if file is not None:
        page.open_list(str(file))
        calm(driver, page)
    return page


def calm(driver: Driver, page: Any) -> None:
    """Wait until nothing is read or drafted any more."""
    driver.until(lambda: not page.wizard.busy and not driver.window.jobs.running)
    driver.settle()
    driver.until(lambda: not page.wizard.busy)


def to(driver: Driver, page: Any, step: int) -> None:
    """Go to a step that must be reachable."""
    page.go_to(step)
    calm(driver, page)
    if page.stack.currentIndex() != step:
        raise Stuck(f"step {step} can't be reached: {page.reason.text()}")


def choose(driver: Driver, page: Any, **changes: Any) -> None:
    """Set fields of the wizard's state as its widgets do."""
    page.wizard.choose("choice", page.wizard.state.but(**changes))
    calm(driver, page)


def commit(driver: Driver, page: Any) -> None:
    """Write the import."""
    to(driver, page, CONFIRM)
    page.go_next()
    driver.until(lambda: page.committing is None)
    calm(driver, page)


@scene("import-file")
def file_step(driver: Driver) -> Iterator[str]:
    page = driver.open("import")
    yield "nothing"
    driver.window.close_page(page, ask=False)
    page = begun(driver, sample(driver, TO_TRY), 10)
    yield "recognised"
    page.file.target.service.line.setFocus()
    page.file.target.service.line.selectAll()
    driver.keys("sms")
    yield "service"
    driver.close_popups()


@scene("import-columns")
def columns(driver: Driver) -> Iterator[str]:
    page = begun(driver, _list(driver), 9)
    to(driver, page, COLUMNS)
    yield "source"
    source = page.columns.source
    source.show_role_menu(1, source.header.place_below(1))
    yield "roles"
    for action in _menu(driver).actions():
        if action.text() == "Country" and action.menu() is not None:
            _menu(driver).setActiveAction(action)
            yield "ways"
    driver.close_popups()
    page.columns.settings.more.click()
    yield "more"
    source.start_at(6)
    calm(driver, page)
    yield "later-start"


@scene("import-profile")
def profile(driver: Driver) -> Iterator[str]:
    page = begun(driver, sample(driver, TO_TRY), 10)
    choose(driver, page, vendor="Meridian", mode="replace")
    to(driver, page, COLUMNS)
    yield "applied"
    to(driver, page, PREVIEW)
    page.preview.tabs.setCurrentWidget(page.preview.changes)
    yield "changes"
    page.preview.tabs.setCurrentWidget(page.preview.issues)
    yield "remarks"


@scene("import-values")
def values(driver: Driver) -> Iterator[str]:
    path = driver.work / "vendor_prices.csv"
    path.write_text(OPEN, encoding="utf-8")
    page = begun(driver, path, 9)
    choose(driver, page, mode="replace")
    to(driver, page, VALUES)
    step = page.values
    yield "open"
    found = {step.model.index(row, 0).data(): row for row in range(step.model.rowCount())}
    step._go(found["Beezz"])
    yield "suggested"
    step._go(found["Cootel"])
    step.table.setFocus()
    driver.press("C", step.table)
    yield "searching"
    driver.press("Escape")
    step._go(found["Beezz"])
    step.panel.buttons[0].click()
    calm(driver, page)
    for zone in ("manual", "learned", "all"):
        step.chips.choose(zone)
        driver.settle()
        if step.model.rowCount():
            step._go(0)
            yield f"zone-{zone}"
    step.chips.choose("all")
    driver.settle()
    step.ask_all()
    yield "take-all"


@scene("import-learned")
def learned(driver: Driver) -> Iterator[str]:
    page = begun(driver, sample(driver, "nordwind_sms_2026-02.csv"), 9)
    choose(driver, page, vendor="Nordwind", mode="merge")
    to(driver, page, VALUES)
    page.values.chips.choose("all")
    yield "all"


@scene("import-preview")
def preview(driver: Driver) -> Iterator[str]:
    page = begun(driver, _list(driver), 9)
    choose(driver, page, mode="replace")
    to(driver, page, PREVIEW)
    yield "tree"
    page.preview.tree.open_levels(9)
    yield "tree-open"
    page.preview.tabs.setCurrentWidget(page.preview.changes)
    yield "changes"
    page.preview.tabs.setCurrentWidget(page.preview.issues)
    yield "remarks"


@scene("import-jump")
def jump(driver: Driver) -> Iterator[str]:
    path = driver.work / "vendor_prices.csv"
    path.write_text(OPEN, encoding="utf-8")
    page = begun(driver, path, 9)
    choose(driver, page, mode="replace")
    to(driver, page, PREVIEW)
    issues = page.preview.issues
    page.preview.tabs.setCurrentWidget(issues)
    issues.chips.choose("error")
    yield "errors"
    issues.table.activated.emit(issues.model.index(0, 0))
    yield "cell"


@scene("import-commit")
def commits(driver: Driver) -> Iterator[str]:
    page = begun(driver, sample(driver, TO_TRY), 10)
    choose(driver, page, vendor="Meridian", mode="merge", skip_errors=True)
    if page.wizard.draft.values.get("open"):
        to(driver, page, VALUES)
        yield "decide"
        _leave_open_out(driver, page)
    to(driver, page, CONFIRM)
    yield "confirm"
    page.confirm.save_profile.click()
    calm(driver, page)
    yield "save-profile"
    commit(driver, page)
    yield "done"
    page.done.take_back()
    calm(driver, page)
    yield "undone"
    driver.open("list?section=imports")
    yield "history"


@scene("import-conflict")
def conflict(driver: Driver) -> Iterator[str]:
    plain = driver.work / "plain.csv"
    plain.write_text(
        "Country,Network,Price EUR\nGermany,Telekom,0.0730\nFrance,SFR,0.05\n", encoding="utf-8"
    )
    page = begun(driver, plain, 9)
    choose(driver, page, mode="replace")
    to(driver, page, CONFIRM)
    yield "confirm"
    other = plain.with_name("other.csv")
    other.write_text("Country,Network,Price EUR\nSpain,Movistar,0.09\n", encoding="utf-8")
    session = driver.window.jobs.session
    assert session is not None
    somebody = ImportRequest(file=other, service="Nordwind SMS", mode="replace")
    import_file(session.context(), somebody)
    page.go_next()
    driver.until(lambda: page.committing is None)
    yield "moved"


@scene("import-whatsapp")
def whatsapp(driver: Driver) -> Iterator[str]:
    file = needed(SHARED / "rates" / "whatsapp" / "whatsapp_meta_usd_2026-01.csv")
    page = begun(driver, file, 2)
    choose(driver, page, mode="replace")
    yield "file"
    to(driver, page, COLUMNS)
    yield "columns"
    to(driver, page, PREVIEW)
    yield "preview"


@scene("import-voice")
def voice(driver: Driver) -> Iterator[str]:
    file = needed(SHARED / "rates" / "voice" / "voice_ivozprovider_prices_sample.csv")
    page = begun(driver, file, 11)
    choose(driver, page, mode="replace")
    yield "file"
    to(driver, page, COLUMNS)
    yield "columns"
    to(driver, page, PREVIEW)
    page.preview.tree.open_levels(9)
    yield "preview"


@scene("import-workbook")
def workbook(driver: Driver) -> Iterator[str]:
    import xlsxwriter

    path = driver.work / "several.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for name, price in (("January", 0.05), ("February", 0.06)):
            sheet = book.add_worksheet(name)
            rows = (["Country", "Price"], ["Germany", price], ["France", 0.04])
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
        book.add_worksheet("Notes").write(0, 0, "Call us")
    begun(driver, path, 9)
    yield "sheets"


@scene("import-bad-files")
def bad(driver: Driver) -> Iterator[str]:
    broken = driver.work / "broken.xlsx"
    broken.write_bytes(b"PK\x03\x04 this is no workbook")
    page = begun(driver, broken, 9)
    yield "damaged"
    notes = driver.work / "notes.txt"
    notes.write_text("Hello Ann,\nplease call me back about the prices.\n", encoding="utf-8")
    page.open_list(str(notes))
    calm(driver, page)
    yield "no-list"
    page.open_list(str(driver.work / "gone.csv"))
    calm(driver, page)
    yield "missing"
    secret = needed(SHARED / "corpus" / "encrypted_msoffcrypto" / "example_password.xlsx")
    page.open_list(str(secret))
    calm(driver, page)
    yield "password"
    empty = needed(SHARED / "corpus" / "phpspreadsheet_csv" / "empty.csv")
    page.open_list(str(empty))
    calm(driver, page)
    yield "empty"


def _list(driver: Driver) -> Path:
    """Return the price list of the person who takes the pictures, else a real one."""
    return driver.sheet or needed(BATCHPACK)


def _menu(driver: Driver) -> QMenu:
    popup = driver.application.activePopupWidget()
    if not isinstance(popup, QMenu):
        raise Stuck("no menu is open")
    return popup


def _leave_open_out(driver: Driver, page: Any) -> None:
    """Leave every open value out."""
    step = page.values
    while page.wizard.draft.values.get("open"):
        step._go(0)
        step.panel.skip.click()
        calm(driver, page)
