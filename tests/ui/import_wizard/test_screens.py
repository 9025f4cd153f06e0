"""Every step on real price lists, in both themes: nothing blank, nothing wider than the page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from app.ui.import_wizard.blockers import COLUMNS, CONFIRM, FILE, PREVIEW, VALUES
from app.ui.look.theme import theme
from tests.imports.places import SHARED
from tests.ui.import_wizard.conftest import Driver, Make

RATES = SHARED / "rates"
SHEETS = ("sms/sms_twilio_2024-04.csv", "whatsapp/whatsapp_meta_usd_2026-01.csv")
STEPS = {FILE: "file", COLUMNS: "columns", VALUES: "values", PREVIEW: "preview"}

pytestmark = pytest.mark.skipif(not RATES.is_dir(), reason="the real price lists are not here")


@pytest.fixture(autouse=True)
def _light_again(qapp: QApplication) -> Iterator[None]:
    yield
    theme().apply(qapp, "light")


def _colors(driver: Driver, path: Path) -> int:
    """Save what is shown and return how many colours a coarse look at it finds."""
    picture = driver.page.grab().toImage()
    assert picture.save(str(path))
    assert picture.width() == driver.page.width()
    found = {
        picture.pixel(x, y)
        for x in range(0, picture.width(), 7)
        for y in range(0, picture.height(), 5)
    }
    return len(found)


@pytest.mark.parametrize("name", SHEETS)
def test_screens_of_a_real_list(
    wizard: Make, qapp: QApplication, name: str, tmp_path: Path
) -> None:
    driver = wizard(RATES / name, service="Retail SMS")
    for step, title in STEPS.items():
        driver.to(step)
        for look in ("light", "dark"):
            theme().apply(qapp, look)
            QApplication.processEvents()
            assert _colors(driver, tmp_path / f"{title}-{look}.png") > 25
        assert driver.page.minimumSizeHint().width() <= driver.page.width()


def test_a_real_list_from_file_to_import(importer: Make) -> None:
    driver = importer(RATES / "whatsapp/whatsapp_meta_usd_2026-01.csv", service="Retail SMS")
    assert driver.page.next.isEnabled()
    for step in (COLUMNS, VALUES, PREVIEW, CONFIRM):
        driver.page.go_next()
        driver.ready()
        assert driver.page.stack.currentIndex() == step, driver.page.reason.text()
    assert driver.page.next.text() == "Add 105"
    driver.commit()
    assert driver.page.outcome is not None
