"""The scale editor: tiers, checks beside the field, the live example, pasted blocks (SVC-5)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest
from PySide6.QtCore import QItemSelectionModel
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.domain.pricing import Scale, ScaleType, Tier, parse_scale, to_units
from app.ui.tariffs.scale_editor import PRICE, UP_TO, ScaleEditor, cost


def units(text: str) -> int:
    return to_units(Decimal(text))


GUIDE = Scale(ScaleType.TIER, (Tier(units("1"), 1000), Tier(units("2"), None)))


@pytest.fixture
def editor(qtbot: QtBot) -> Iterator[ScaleEditor]:
    host = QWidget()
    qtbot.addWidget(host)
    dialog = ScaleEditor("Spain", GUIDE.text(), groups=["sender_id"], parent=host)
    dialog.show()
    yield dialog
    host.close()


def test_the_guides_1050_messages() -> None:
    assert cost(GUIDE, 1050) == 1000 * units("1") + 50 * units("2")
    back = Scale(ScaleType.BACK_TO_FIRST, GUIDE.tiers)
    assert cost(back, 1050) == 1050 * units("2")
    assert cost(back, 1000) == 1000 * units("1")  # a threshold is inclusive (A5)


def test_the_example_is_worked_out_while_typing(editor: ScaleEditor) -> None:
    assert editor.cost.text() == "1,050 units cost 1,100.00"
    editor.type.setCurrentIndex(1)
    assert editor.cost.text() == "1,050 units cost 2,100.00"
    editor.example.setText("10")
    assert editor.cost.text() == "10 units cost 10.00"


def test_a_tier_is_inserted_between_rows(qtbot: QtBot, editor: ScaleEditor) -> None:
    editor.table.selectionModel().setCurrentIndex(
        editor.model.index(1, PRICE), QItemSelectionModel.SelectionFlag.ClearAndSelect
    )
    editor.insert_above()
    assert not editor.ok.isEnabled()
    editor.model.put(1, PRICE, "1.5")
    editor.model.put(1, UP_TO, "500")
    assert "above 1,000" in editor.problem.text()
    editor.model.put(1, UP_TO, "2000")
    assert not editor.problem.text()
    with qtbot.waitSignal(editor.chosen) as told:
        editor.ok.click()
    scale = parse_scale(told.args[0])
    assert [tier.up_to for tier in scale.tiers] == [1000, 2000, None]


def test_a_wrong_price_is_told_beside_the_tier(editor: ScaleEditor) -> None:
    editor.model.put(0, PRICE, "-1")
    assert editor.problem.text().startswith("Tier 1: ")
    assert not editor.ok.isEnabled()
    editor.model.put(0, PRICE, "0,5")
    assert editor.problem.text()
    editor.model.put(0, PRICE, "0.5")
    assert editor.ok.isEnabled()


def test_a_block_of_a_spreadsheet_is_pasted(editor: ScaleEditor) -> None:
    QGuiApplication.clipboard().setText("0.05\t10000\n0.04\t50000\n0.03\t\n")
    editor.table.setCurrentIndex(editor.model.index(0, PRICE))
    editor.paste()
    scale, problems = editor.scale()
    assert not problems
    assert scale is not None
    assert [(t.price, t.up_to) for t in scale.tiers] == [
        (units("0.05"), 10000),
        (units("0.04"), 50000),
        (units("0.03"), None),
    ]


def test_tiers_are_deleted_down_to_one(editor: ScaleEditor) -> None:
    editor.table.selectAll()
    editor.delete_tiers()
    assert editor.model.rowCount() == 1
    assert editor.ok.isEnabled()


def test_the_counter_group_is_kept(qtbot: QtBot, editor: ScaleEditor) -> None:
    editor.group.setCurrentIndex(editor.group.findData("sender_id"))
    with qtbot.waitSignal(editor.chosen) as told:
        editor.ok.click()
    assert parse_scale(told.args[0]).group == "sender_id"
