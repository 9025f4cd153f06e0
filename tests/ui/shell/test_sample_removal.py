"""Sample data goes in one step, with everything that came with it, and nothing else (item 45)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from app.errors import UserError
from app.ui.addresses import Address
from app.ui.home import HomePage
from app.ui.import_wizard.recent_lists import recent_lists
from app.ui.launch import Opening
from app.ui.main_window import MainWindow
from app.ui.open_database import data_folder
from app.ui.sample_removal import delete_sample, is_sample
from app.ui.widgets.confirm import Question
from tests.ui.conftest import settle

Make = Callable[..., MainWindow]


def test_item_45_sample_data_is_removed_in_one_step(
    qtbot: QtBot, make_window: Make, tmp_path: Path
) -> None:
    window = make_window(None)
    window.begin(Opening())
    settle(qtbot, window.jobs)
    remove = window.commands.by_id["remove_sample"]
    assert not remove.isVisible()
    window.load_sample_data()
    qtbot.waitUntil(lambda: window.jobs.session is not None, timeout=60_000)
    settle(qtbot, window.jobs)
    window.open(Address.of("list", section="services"))
    settle(qtbot, window.jobs)
    other = data_folder() / "mine.db"
    other.write_bytes(b"another database")
    assert remove.isVisible()
    assert remove.isEnabled()
    remove.trigger()
    (question,) = window.findChildren(Question)
    assert question.cancel_button.isDefault()
    assert str(data_folder() / "sample.db") in question.accessibleDescription()
    question.cancel_button.click()
    settle(qtbot, window.jobs)
    assert window.jobs.session is not None
    remove.trigger()
    question = window.findChildren(Question)[-1]
    question.yes_button.click()
    settle(qtbot, window.jobs)
    assert [p.name for p in data_folder().iterdir()] == ["mine.db"]
    assert window.jobs.session is None
    assert not remove.isVisible()
    page = window.page
    assert isinstance(page, HomePage)
    assert "Load sample data" in {b.text() for b in page.findChildren(QPushButton)}
    assert [tab.address.kind for tab in window.tabs] == ["home"]
    assert window.databases.recent() == []
    assert window.databases.last() == ""
    assert recent_lists(window.preferences) == []


def test_only_what_loading_made_counts_as_sample(config_folder: Path) -> None:
    folder = data_folder()
    (folder / "sample-2 price lists").mkdir(parents=True)
    (folder / "mine price lists").mkdir()
    assert is_sample(folder / "sample-2.db")
    assert not is_sample(folder / "sample.db")  # no lists beside it
    assert not is_sample(folder / "mine.db")
    assert not is_sample(folder.parent / "sample-2.db")
    assert not is_sample(None)


def test_what_cannot_be_deleted_is_named(tmp_path: Path, config_folder: Path) -> None:
    database = tmp_path / "sample.db"
    database.write_bytes(b"")
    with pytest.raises(UserError, match="sample price lists, then delete it by hand"):
        delete_sample(database)
