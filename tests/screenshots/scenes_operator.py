"""The sample operator: lists, profiles and forms of its masters, and the set-up checklist."""

from __future__ import annotations

from collections.abc import Iterator

from app.domain.records import ListQuery
from app.sections import section
from app.services import records
from tests.screenshots.driver import Driver
from tests.screenshots.scenes import Play, scene

FORMS = {
    "own_legal_entities": "Quillhaven EU",
    "companies": "Brindlemoor Telecom",
    "legal_entities": "Brindlemoor Spain",
    "agreements": "QH-1001",
    "banks": "Speicherkai Bank",
    "bank_accounts": "Korvanto payments",
    "own_bank_accounts": "EU main account",
    "reselling_agreements": "Brindlemoor",
    "agreement_versions": "QH-1001",
    "enabled_services": "QH-1002",
    "enabled_packs": "QH-1002",
    "enabled_bundle_packs": "QH-1004",
    "users": "paolo.verdini@quillhaven.example",
    "portal_users": "till.brandt@murrelwood.example",
}
"""A record of each section, by what finds it."""


def find(driver: Driver, name: str, text: str) -> int:
    """Return the ID of the first record that a search finds."""
    session = driver.window.jobs.session
    assert session is not None
    query = ListQuery(name, search=text)
    return int(records.keys(session.context(), section(name), query)[0])


def _form(name: str, text: str) -> Play:
    def play(driver: Driver) -> Iterator[str]:
        number = find(driver, name, text)
        page = driver.open(f"record?section={name}&id={number}")
        yield "read"
        page.begin_editing()
        driver.settle()
        yield "edit"

    return play


for _name, _text in FORMS.items():
    scene(f"operator-{_name}")(_form(_name, _text))


@scene("operator-profile")
def profiles(driver: Driver) -> Iterator[str]:
    for name in ("Korvanto Airlines", "Brindlemoor Telecom"):
        page = driver.open(f"company?id={find(driver, 'companies', name)}")
        for tab, word in enumerate(("overview", "finance", "assets", "setup")):
            page.tabs.setCurrentIndex(tab)
            driver.settle()
            yield f"{name.partition(' ')[0].lower()}-{word}"


@scene("operator-tabs")
def tabs(driver: Driver) -> Iterator[str]:
    for name in ("order_of_use", "audit", "due_work", "entries"):
        driver.open(f"list?section={name}")
        yield name
    driver.open("home")
    yield "home"


@scene("setup", "empty")
def checklist(driver: Driver) -> Iterator[str]:
    page = driver.open("home")
    yield "empty"
    page.setup.toggle.click()
    yield "hidden"
    page.setup.toggle.click()
    page.setup.list.links["own_legal_entity"].click()
    driver.settle()
    yield "first-form"
