"""What a person chose: JSON, requests, and declaring columns and levels."""

from __future__ import annotations

from pathlib import Path

from app.services.tariffs.import_views import ColumnView, ProposalView, UseView
from app.ui.import_wizard.column_choices import (
    attribute_text,
    declare,
    role_text,
    with_constant,
    with_filter,
    with_level,
    without_level,
)
from app.ui.import_wizard.state import WizardState
from importers.choices import Choices


def _use(role: str, text: str, attribute: str = "") -> UseView:
    return UseView(role, attribute, "any", "best", (), "", text)


def _proposal(**changes: object) -> ProposalView:
    uses = (
        _use("attribute", "A=attribute:country:best", "country"),
        _use("attribute", "B=attribute:network:best", "network"),
        _use("price", "C=price"),
        None,
    )
    columns = tuple(
        ColumnView(i, "ABCD"[i], f"H{i}", hidden=False, uses=(use,) if use else ())
        for i, use in enumerate(uses)
    )
    values: dict[str, object] = {
        "sheet": "S", "header_rows": (1,), "start_row": 2, "end_row": 9, "decimal": ".",
        "currency": "EUR", "unit": "1", "kind": "standard", "domain": "sms",
        "resource": "sms_message", "price_list": True, "effective": "", "date_order": "",
        "duplicates": "error", "skip_hidden": False, "columns": columns,
        "levels": (("country", "Country"), ("network", "Network")), "added_levels": (),
        "constants": (), "where": (), "section_rows": (), "fill_down": (), "hidden_rows": 0,
        "hidden_columns": (), "roles": (), "attributes": (), "addable": (),
    }  # fmt: skip
    return ProposalView(**{**values, **changes})  # type: ignore[arg-type]


def test_a_state_survives_json_without_its_password() -> None:
    state = WizardState(
        file="/x.csv", password="secret", service="S", scope=3, mode="merge", quotes=False
    ).choosing(columns=("A=price",), answers={"country||x": "DE"}, start_row=4)
    again = WizardState.from_json(state.to_json())
    assert again == state.but(password="")
    assert "secret" not in str(state.to_json())


def test_a_state_is_the_request_of_the_command_line() -> None:
    state = WizardState(file="/x.csv", service="S", encoding="cp1252", quotes=False, vendor=" V ")
    request = state.request()
    assert request.file == Path("/x.csv")
    assert request.options == {"encoding": "cp1252", "quotes": False}
    assert request.vendor == "V"


def test_another_file_keeps_the_target_and_drops_what_hung_on_the_file() -> None:
    state = WizardState(file="/x.csv", service="S", scope=3, vendor="V", node="N", mode="replace")
    fresh = state.choosing(sheet="T").for_file("/y.csv")
    assert fresh == WizardState(file="/y.csv", service="S", scope=3, vendor="V")


def test_an_answer_can_be_given_and_taken_back() -> None:
    state = WizardState().answering({"a": "1", "b": "skip"}).answering({"a": None})
    assert state.choices.answers == {"b": "skip"}


def test_a_rate_property_keeps_the_rest_of_the_proposal() -> None:
    choices = declare(Choices(), _proposal(), 3, role_text("D", "currency"))
    assert choices.columns == ("D=currency",)


def test_a_key_column_declares_all_columns_that_are_used() -> None:
    choices = declare(Choices(), _proposal(), 3, attribute_text("D", "mccmnc"))
    assert choices.columns == (
        "A=attribute:country:best",
        "B=attribute:network:best",
        "C=price",
        "D=attribute:mccmnc:best",
    )


def test_another_price_column_takes_the_place_of_the_first() -> None:
    first = declare(Choices(), _proposal(), 0, attribute_text("A", "country", "key", "full"))
    assert first.columns[0] == "A=attribute:country.key:full"
    again = declare(first, _proposal(), 3, role_text("D", "price"))
    assert "C=price" not in again.columns
    assert "D=price" in again.columns


def test_an_unused_column_leaves_the_declared_ones_and_the_order_of_levels() -> None:
    choices = declare(Choices(levels=("network", "country")), _proposal(), 1, "")
    assert choices.columns == ("B=ignore",)
    assert choices.levels == ("country",)
    whole = declare(Choices(columns=("A=attribute:country:best",)), _proposal(), 1, "")
    assert whole.columns == ("A=attribute:country:best", "C=price")


def test_levels_are_added_and_removed_behind_the_others() -> None:
    added = with_level(Choices(), _proposal(), "mcc")
    assert added.levels == ("country", "network", "mcc")
    shown = _proposal(levels=(("country", "Country"), ("mcc", "MCC")), added_levels=("mcc",))
    assert without_level(added, shown, "mcc").levels == ("country",)


def test_a_constant_and_a_filter_replace_an_earlier_one() -> None:
    once = with_constant(Choices(), "direction", "mt")
    assert with_constant(once, "direction", "mo").constants == ("direction=mo",)
    assert with_filter(with_filter(Choices(), "A", "x"), "A", "").where == ()
