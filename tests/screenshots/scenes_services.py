"""The page of a service: every type, its scopes, their dialogs, revisions, the comparison."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from tests.screenshots.driver import Driver
from tests.screenshots.scenes import scene
from tests.screenshots.scenes_tree import networks, set_price

SERVICES = ("sms", "whatsapp", "rcs", "pack", "pack-prices", "initiator", "bundle", "bundle-prices")
COSTS = {9: "nordwind", 10: "meridian", 11: "voice"}


@scene("service-types")
def types(driver: Driver) -> Iterator[str]:
    for number, name in [*enumerate(SERVICES, start=1), *COSTS.items()]:
        page = driver.open(f"service?id={number}")
        page.editor().open_levels(0)
        yield name
        driver.window.close_page(page, ask=False)


@scene("service-scopes")
def scopes(driver: Driver) -> Iterator[str]:
    page = driver.open("service?id=1")
    yield "panel"
    page.new_scope()
    dialog = driver.dialog()
    yield "new"
    year = date.today().year  # noqa: DTZ011 - as the sample data are dated
    dialog.draft.setChecked(False)  # type: ignore[attr-defined]
    dialog.start.set_day(date(year, 6, 1))  # type: ignore[attr-defined]
    dialog.indefinitely.setChecked(True)  # type: ignore[attr-defined]
    yield "consequences"
    dialog.source.line.setFocus()  # type: ignore[attr-defined]
    driver.keys("sms")
    yield "copy-from"
    driver.close_popups()
    page.change_dates(2)
    dialog = driver.dialog()
    dialog.till.set_day(date(year, 3, 1))  # type: ignore[attr-defined]
    yield "dates"
    driver.close_popups()
    page.panel.choose(4)
    yield "draft"
    page.copy_tree(4)
    yield "copy-tree"
    driver.close_popups()
    page.delete_scope(4)
    yield "delete"
    driver.close_popups()
    page.panel.choose(1)
    yield "past"
    page.toggle_panel()
    yield "no-panel"


@scene("service-revisions")
def revisions(driver: Driver) -> Iterator[str]:
    page = driver.open("service?id=9")
    page.show_revisions()
    yield "list"


@scene("service-empty")
def without_scope(driver: Driver) -> Iterator[str]:
    from app.services.tariffs.services import NewService, add_service

    session = driver.window.jobs.session
    assert session is not None
    new = NewService("Harbour SMS", "payg", "EUR", side="cost")
    number = add_service(session.context(), new)
    driver.open(f"service?id={number}")
    yield "no-scope"


@scene("compare")
def compare(driver: Driver) -> Iterator[str]:
    page = driver.open("compare")
    yield "empty"
    page.first.line.setFocus()
    driver.keys("sms")
    yield "choosing"
    driver.close_popups()
    driver.window.close_page(page, ask=False)
    _changed(driver)
    page = driver.open("compare?first=2&second=3")
    yield "differences"
    page.chips.choose("increased")
    yield "increased"
    driver.window.close_page(page, ask=False)
    driver.open("compare?first=1&second=2")
    yield "same"


def _changed(driver: Driver) -> None:
    """Change prices of the coming scope, so that there is something to compare."""
    page = driver.open("service?id=1&scope=3")
    editor = page.editor()
    editor.open_levels(0)
    driver.settle()
    dearer, cheaper, gone = networks(editor, "Austria")[:3]
    set_price(editor, dearer, 4_990_000)
    set_price(editor, cheaper, 2_500_000)
    editor.commands.remove_silently([gone])
    driver.settle()
    editor.save_now()
    driver.settle()
    driver.window.close_page(page, ask=False)
