"""A file held against a scope (SVC-8, item 32): what differs is shown, nothing is written."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.ui.addresses import Address
from app.ui.import_wizard.blockers import CONFIRM, FILE, PREVIEW, VALUES
from app.ui.import_wizard.page import ImportPage
from app.ui.import_wizard.state import WizardState
from app.ui.jobs import Jobs
from app.ui.preferences import Preferences
from tests.helpers.command_line import Desk
from tests.ui.import_wizard.conftest import (
    PLAIN,
    Driver,
    Make,
    RecordingShell,
    delete,
    texts,
    written,
)

OTHER = PLAIN.replace("0.0730", "0.1000").replace("Spain,Movistar,0.0380\n", "")
"""One rate dearer, one not named."""


@pytest.fixture
def comparison(
    importer: Make, jobs: Jobs, plain: Path, tmp_path: Path, config_folder: Path, qtbot: object
) -> Iterator[Driver]:
    """A comparison of another list with the scope that holds the plain one, opened by address."""
    importer(plain).commit()
    shell = RecordingShell(jobs, Preferences(config_folder / "compare.json"))
    file = written(tmp_path / "other.csv", OTHER)
    address = Address.of("import", service="1", file=str(file), compare=1)
    page = ImportPage(shell, address)  # type: ignore[arg-type]
    page.resize(1150, 712)
    page.show()
    page.start()
    driver = Driver(page, shell, qtbot)  # type: ignore[arg-type]
    driver.ready()
    yield driver
    page.closing()
    driver.qtbot.waitUntil(lambda: not jobs.running, timeout=10_000)
    delete(page)
    shell.preferences.save()


def test_item_32_a_file_is_compared_with_a_scope_and_nothing_is_written(
    comparison: Driver, database: Path, tmp_path: Path
) -> None:
    page = comparison.page
    before = Desk(database).rates("Acme SMS")
    assert page.title() == "Compare other.csv"
    assert page.stack.currentIndex() == PREVIEW
    changes = page.preview.changes
    assert page.preview.tabs.currentWidget() is changes
    assert page.preview.tabs.tabText(1) == "Changes (2)"
    counts = comparison.draft.changes
    assert (counts["increased"], counts["removed"], counts["unchanged"]) == (1, 1, 2)
    assert not comparison.draft.mode_open
    assert any("Movistar" in path for path in texts(changes.model, 1))
    assert page.steps.count() == CONFIRM
    assert page.comparison.isVisible()
    assert not page.next.isVisible()
    page.go_next()
    page.go_to(CONFIRM)
    assert page.stack.currentIndex() == PREVIEW
    assert not page.is_dirty()
    path = tmp_path / "changes.csv"
    page.preview.write("c", path, lambda ctx, session: session.export_changes(ctx, path))
    comparison.ready()
    with path.open(encoding="utf-8-sig", newline="") as file:
        assert len(list(csv.reader(file))) == 3
    assert Desk(database).rates("Acme SMS") == before
    assert len(before) == 4


def test_a_comparison_becomes_an_import(comparison: Driver, database: Path) -> None:
    page = comparison.page
    page.comparison.button.click()
    comparison.ready()
    assert page.title() == "Import other.csv"
    assert page.steps.count() == CONFIRM + 1
    assert page.next.isVisible()
    assert comparison.draft.mode_open
    comparison.choose(mode="replace")
    comparison.to(CONFIRM)
    comparison.wizard.undo_stack.undo()
    comparison.wizard.undo_stack.undo()
    comparison.ready()
    assert page.stack.currentIndex() == PREVIEW
    assert page.comparison.isVisible()
    comparison.wizard.undo_stack.redo()
    comparison.wizard.undo_stack.redo()
    comparison.ready()
    comparison.commit()
    assert len(Desk(database).rates("Acme SMS")) == 3


def test_a_comparison_waits_where_a_value_is_open(comparison: Driver, questions: Path) -> None:
    comparison.open(questions)
    page = comparison.page
    assert page.title() == "Compare questions.csv"
    assert page.stack.currentIndex() == FILE
    comparison.to(VALUES)
    comparison.to(PREVIEW)
    assert page.comparison.isVisible()
    assert page.state()["wizard"]["compare"]
    assert WizardState.from_json(page.state()["wizard"]).compare
