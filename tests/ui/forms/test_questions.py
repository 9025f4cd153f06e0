"""What a form asks while one works in it: proposals, warnings, filling from a field, prefilling."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from app.domain.sections import Field, Kind
from app.errors import FieldProblem, UserError
from app.sections.services import SERVICES
from app.sections.vendors import VENDORS
from app.services.context import Context
from app.ui.addresses import Address
from app.ui.forms.page import RecordPage
from app.ui.main_window import MainWindow
from tests.ui.conftest import settle

Open = Callable[..., RecordPage]
Declare = Callable[..., None]

FORM = tuple(
    replace(field, reset_by=("side",)) if field.name == "currency" else field
    for field in SERVICES.form
)


def asking(**hooks: Any) -> Any:
    return replace(SERVICES, form=FORM, **hooks)


def wait(page: RecordPage, qtbot: QtBot, done: Callable[[], bool]) -> None:
    qtbot.waitUntil(done)
    settle(qtbot, page.shell.jobs)


# ------------------------------------------------------------------------------ proposals


def suggest(_ctx: Context, values: dict[str, Any], changed: str) -> dict[str, tuple[Any, str]]:
    if not changed:
        return {"time_zone": ("Asia/Tokyo", "Asia/Tokyo"), "description": ("by default", "")}
    assert changed == "side"
    currency = "EUR" if values["side"] == "cost" else "USD"
    return {"currency": (currency, f"{currency}, proposed"), "description": (currency, "")}


def test_a_new_form_begins_with_proposals_that_are_no_edits(
    open_record: Open, declare: Declare, qtbot: QtBot
) -> None:
    declare(asking(suggest="tests.suggest"), suggest=suggest)
    page = open_record()
    assert page.form.loose_values()["time_zone"] == "Asia/Tokyo"
    assert page.form.loose_values()["description"] == "by default"
    assert not page.is_dirty()


def test_proposals_follow_a_change_and_spare_what_was_typed(
    open_record: Open, declare: Declare, qtbot: QtBot
) -> None:
    declare(asking(suggest="tests.suggest"), suggest=suggest)
    page = open_record()
    page.form.put("side", "cost")
    wait(page, qtbot, lambda: page.form.loose_values()["currency"] == "EUR")
    assert page.form.loose_values()["description"] == "EUR"
    assert page.form.labels()["currency"] == "EUR, proposed"
    page.form.put("description", "typed")
    page.form.put("side", "sell")
    wait(page, qtbot, lambda: page.form.loose_values()["currency"] == "USD")
    assert page.form.loose_values()["description"] == "typed"


def test_what_is_computed_is_shown_in_a_new_form_once_it_is_proposed(
    open_record: Open, declare: Declare, qtbot: QtBot
) -> None:
    cost = Field("cost", "Cost", computed=True, reset_by=("side",))

    def priced(_ctx: Context, values: dict[str, Any], _changed: str) -> dict[str, tuple[Any, str]]:
        return {"cost": ("40.00 EUR" if values["side"] == "cost" else "", "")}

    declare(replace(SERVICES, form=(*FORM, cost), suggest="tests.suggest"), suggest=priced)
    page = open_record()
    assert not page.form.is_shown("cost")
    page.form.put("side", "cost")
    wait(page, qtbot, lambda: page.form.is_shown("cost"))
    assert page.form.rows["cost"].shown.text() == "40.00 EUR"
    page.form.put("side", "sell")
    wait(page, qtbot, lambda: not page.form.is_shown("cost"))


def test_a_stored_record_is_only_filled_where_it_is_empty(
    open_record: Open, declare: Declare, qtbot: QtBot
) -> None:
    form = tuple(replace(f, fixed=False) for f in FORM)
    declare(replace(SERVICES, form=form, suggest="tests.suggest"), suggest=suggest)
    page = open_record(id=1)
    page.begin_editing()
    page.form.put("description", "mine")
    page.form.put("side", "sell")
    wait(page, qtbot, lambda: page.form.loose_values()["currency"] == "USD")
    assert page.form.loose_values()["description"] == "mine"


# ------------------------------------------------------------------------------ prefilled


def test_an_address_fills_a_new_form(
    window: MainWindow, declare: Declare, open_record: Open, qtbot: QtBot
) -> None:
    declare(asking(suggest="tests.suggest"), suggest=suggest)
    given = {"set.currency": "EUR", "set.type": "unit_pack", "set.size": "5.5", "set.x": "?"}
    page = open_record(new="1", **given, **{"set.description": "given", "set.side": "wrong"})
    values = page.form.loose_values()
    assert (values["currency"], values["type"], str(values["size"])) == ("EUR", "unit_pack", "5.5")
    assert values["description"] == "given", "the address says more than a proposal"
    assert values["side"] is None, "nothing is filled with what the field can't be"
    assert page.form.labels()["currency"] == "EUR – Euro"
    assert not page.is_dirty()
    again = window.open(Address.of("record", section="services", new="1", **{"set.name": "B"}))
    assert again is page
    qtbot.waitUntil(lambda: page._loaded)
    assert page.form.loose_values()["name"] == "B"
    other = window.open(Address.of("record", section="services", new="2"))
    assert other is not page
    settle(qtbot, window.jobs)


# ------------------------------------------------------------------------------ warnings


def advise(_ctx: Context, number: int | None, values: dict[str, Any]) -> dict[str, str]:
    if values["size"] is not None:
        return {"size": "That is a lot."}
    return {"name": f"Name of {number}?", "whole": "Something is odd."} if values["name"] else {}


def test_warnings_come_after_a_pause_and_stay_in_the_read_view(
    open_record: Open, declare: Declare, qtbot: QtBot
) -> None:
    declare(asking(advise="tests.advise"), advise=advise)
    page = open_record(id=1)
    row = page.form.rows["name"]
    assert row.warning.isVisible()
    assert row.advice == "Name of 1?"
    assert page.advice_bar.text() == "Something is odd."
    page.begin_editing()
    page.form.put("name", "")
    wait(page, qtbot, lambda: not row.advice)
    assert page.advice_bar.isHidden()
    page.form.put("name", "Acme 2")
    page.save_now()
    settle(qtbot, page.shell.jobs)
    assert not page.editing
    assert row.advice == "Name of 1?"


# ------------------------------------------------------------------------------ filling

COMPANY = replace(
    VENDORS,
    form=(
        Field("name", "Name", required=True),
        Field("inn", "Tax ID", Kind.CODE, longest=12, fills="tests.fill", fills_title="Fill"),
    ),
)


def fill(_ctx: Context, values: dict[str, Any]) -> dict[str, Any]:
    if values["inn"] == "0":
        raise FieldProblem({"inn": "No company has this tax ID."})
    if values["inn"] == "1":
        raise UserError("Load the register first.")
    return {"name": f"Company {values['inn']}", "unknown": 1}


def test_a_button_fills_other_fields_and_can_be_taken_back(
    open_record: Open, declare: Declare, qtbot: QtBot
) -> None:
    declare(COMPANY, fill=fill)
    page = open_record("vendors")
    page.form.put("name", "Typed")
    page.form.put("inn", "77")
    button = page.form.rows["inn"].fill_button
    assert button.isVisible()
    button.click()
    assert not button.isEnabled()
    wait(page, qtbot, button.isEnabled)
    assert page.form.loose_values()["name"] == "Company 77"
    assert page.bar.text() == "Filled in: Name."
    [undo] = page.bar.buttons()
    undo.click()
    assert page.form.loose_values()["name"] == "Typed"
    assert page.bar.isHidden()


@pytest.mark.parametrize(
    ("inn", "told"), [("0", "No company has this tax ID."), ("1", "Load the register first.")]
)
def test_what_can_not_be_filled_is_told_below_the_field(
    open_record: Open, declare: Declare, qtbot: QtBot, inn: str, told: str
) -> None:
    declare(COMPANY, fill=fill)
    page = open_record("vendors")
    page.form.put("inn", inn)
    page.form.rows["inn"].fill_button.click()
    wait(page, qtbot, page.form.rows["inn"].fill_button.isEnabled)
    assert page.form.problems() == {"inn": told}


# ------------------------------------------------------------------------------ the head


def test_the_id_is_copied_by_a_click(open_record: Open, window: MainWindow, qtbot: QtBot) -> None:
    page = open_record(id=2)
    assert page.heading.text() == "Service “Retail SMS”"
    page.head.number.click()
    from PySide6.QtWidgets import QApplication

    assert QApplication.clipboard().text() == "2"
