"""The sample operator (GEN-8): the guide's examples, vendors' lists, past and coming scopes."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.bootstrap import opened
from app.errors import UserError
from app.sections import SECTIONS
from app.services.demo import TO_TRY, copy_price_lists, make_demo
from app.services.tariffs.import_history import list_imports, list_profiles
from tests.helpers.command_line import Desk


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    path = tmp_path_factory.mktemp("demo") / "demo.db"
    with opened(str(path), create=True) as ctx:
        assert sum("added" in line for line in make_demo(ctx, SECTIONS)) == 12
    return Desk(path)


def test_it_holds_the_worked_examples_of_the_guide(demo: Desk) -> None:
    sms = demo.rates("SMS service")
    assert sms["sms/sms_message/mt/ES/21401"] == "0.04"
    assert sms["sms/sms_message/mt/ES/*"] == "0.08"
    assert sms["sms/sms_message/mo"] == "Free"
    assert demo.rates("WhatsApp")["whatsapp/whatsapp_message/egypt/marketing"] == "0.1073"
    assert demo.rates("RCS messages")["rcs/rcs_message/single/ES"] == "0.093"
    packs = {row["name"]: row["id"] for row in demo.ok("service", "list", "--json").json}
    pack = f"service_purchase/unit_pack/{packs['USA SMS&WA Pack']}"
    assert demo.rates("Pack prices EUR") == {pack: "10"}
    assert demo.rates("Bundle prices EUR")["bundle_grouping/bundle_member"] == "1"


def test_scopes_lie_in_the_past_now_and_in_the_future(demo: Desk) -> None:
    scopes = demo.ok("scope", "list", "--service", "SMS service", "--json").json
    assert [s["state"] for s in scopes] == ["past", "current", "upcoming", "draft"]
    year = datetime.now(UTC).year
    assert scopes[1]["from"] == f"{year}-01-01"


def test_vendors_lists_are_imported_and_their_next_issue_is_there_to_try(
    demo: Desk, tmp_path: Path
) -> None:
    with opened(demo.target) as ctx:
        assert len(list_imports(ctx)) == 4
        assert {p["name"] for p in list_profiles(ctx)} == {"Nordwind monthly", "Meridian monthly"}
        with pytest.raises(UserError, match="empty database"):
            list(make_demo(ctx, SECTIONS))
    lists = copy_price_lists(tmp_path / "lists")
    assert TO_TRY in {path.name for path in lists}
    ran = demo(
        "import", tmp_path / "lists" / TO_TRY, "--service", "Meridian SMS", "--vendor", "Meridian",
        "--mode", "replace",
    )  # fmt: skip
    assert ran.code == 2  # it has the usual errors: something is to be decided
    assert "profile: Meridian monthly" in ran.out


def test_imp_8_a_vendors_answers_are_remembered_and_hold_for_its_next_issue(
    demo: Desk, tmp_path: Path
) -> None:
    told = demo("dictionary", "learned", "--vendor", "Meridian").out
    assert "sipgate simquadrat" in told
    assert "xfera mobil" in told
    assert "Harbour Mobile" in demo("dictionary", "list", "operator").out
    copy_price_lists(tmp_path)
    ran = demo(
        "import", tmp_path / TO_TRY, "--service", "Meridian SMS", "--vendor", "Meridian",
        "--dry-run",
    )  # fmt: skip
    asked = [line for line in ran.err.splitlines() if line.startswith("decide: operator")]
    assert len(asked) == 2  # the misspelt and the unknown one, none that was answered before
