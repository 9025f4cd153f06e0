"""Every page and dialog of the window: keyboard, screen readers, longer languages, both themes."""

from __future__ import annotations

import importlib
import pkgutil

import pytest
from PySide6.QtCore import QAbstractItemModel

import app.ui
from app.actions import ACTIONS
from app.sections import SECTIONS
from app.sections.common import REMOVE
from app.ui.main_window import MainWindow
from app.ui.menus import empty
from app.ui.shortcuts import shortcuts
from app.ui.titles import texts
from tests.ui.everywhere.conftest import ELSEWHERE, Tour

BASES = frozenset({"PagedModel", "TreeRows"})
"""Models that only others are made of."""

STOPS = 190
"""The tour has at least so many; fewer would mean that a part of it was left out."""


def _none(made: Tour, kind: str) -> None:
    found = made.found[kind]
    assert not found, "\n".join(["", *found])


def test_the_tour_sees_every_page_and_no_fault(english: Tour) -> None:
    assert len(english.stops) >= STOPS, english.stops
    assert not english.faults


def test_item_47_every_control_has_an_accessible_name(english: Tour) -> None:
    _none(english, "names")


def test_item_47_tab_follows_the_layout_and_reaches_everything(english: Tour) -> None:
    _none(english, "tab")


def test_item_47_nothing_needs_a_mouse(english: Tour) -> None:
    _none(english, "mouse")


def test_item_47_the_focus_is_seen_in_both_themes(english: Tour) -> None:
    _none(english, "focus")


def test_item_46_no_two_enabled_actions_share_a_key(english: Tour) -> None:
    _none(english, "keys")


def test_item_46_the_sheet_lists_every_key_of_every_page(english: Tour) -> None:
    _none(english, "sheet")


def test_item_46_the_sheet_lists_every_command(window: MainWindow) -> None:
    listed = {shortcut.title for shortcut in shortcuts(window)}
    assert {a.title for a in ACTIONS} <= listed


def test_item_46_menus_leave_the_shared_commands_alive(window: MainWindow) -> None:
    """Emptying a menu must not end the Python objects of what stands elsewhere too."""
    for _ in range(2):
        for entry in window.menuBar().actions():
            menu = entry.menu()
            menu.aboutToShow.emit()  # type: ignore[attr-defined]
    every = [window.commands.undo, window.commands.redo, *window.commands.by_id.values()]
    assert all(action.text() for action in every)
    menu = window.menuBar().actions()[1].menu()
    empty(menu)  # type: ignore[arg-type]
    assert window.commands.undo.text()


def test_item_28_the_wheel_changes_no_unfocused_field(english: Tour) -> None:
    _none(english, "wheel")


def test_item_03_nothing_is_cut_at_1366_by_768(english: Tour) -> None:
    _none(english, "cut")


def test_item_04_cells_are_readable_selected_or_not(english: Tour) -> None:
    _none(english, "cells")


def test_every_model_was_under_the_tester(english: Tour) -> None:
    """A warning of the tester fails the tour; a model that no stop shows fails this test."""
    for module in pkgutil.walk_packages(app.ui.__path__, "app.ui."):
        importlib.import_module(module.name)
    seen = {model.__name__ for model in english.models}
    assert _models(QAbstractItemModel) - BASES - ELSEWHERE <= seen


def _models(base: type) -> set[str]:
    """Return the names of the window's own models."""
    found = {base.__name__} if base.__module__.startswith("app.ui") else set()
    return found.union(*(_models(below) for below in base.__subclasses__()))


@pytest.mark.soak
def test_item_48_every_text_is_translated(longer: Tour) -> None:
    assert not longer.faults
    _none(longer, "words")


@pytest.mark.soak
def test_item_48_nothing_is_cut_in_a_longer_language(longer: Tour) -> None:
    _none(longer, "cut")


def test_item_48_a_translator_is_told_every_text_of_the_sections() -> None:
    told = set(texts())
    assert {"Services", "Pay-as-you-go", "Effective from", "Tariffs"} & told >= {"Services"}
    assert {REMOVE.title, REMOVE.confirm, *_ways_out()} <= told
    assert all(text.strip() for text in told)


def _ways_out() -> set[str]:
    """Return what sections say to do instead of changing a fixed field."""
    return {field.instead for section in SECTIONS for field in section.form if field.instead}
