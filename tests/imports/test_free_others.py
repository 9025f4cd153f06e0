"""WhatsApp cards: Others = Free per region is asked, and the same at both front doors (A10)."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.bootstrap import open_session
from app.services.tariffs.import_file import ImportRequest
from app.services.tariffs.import_session import ImportSession
from importers.choices import Choices
from tests.helpers.command_line import Desk

CARD = (
    "Market,Currency,Marketing,Utility,Authentication,Authentication-International,Service",
    "Argentina,USD,0.0618,0.026,0.026,,",
    "Brazil,USD,0.0625,0.0068,0.0068,,",
)
TIERS = (
    "Market,Currency,Utility,,,,Authentication,,,",
    ",,From,To,Rate type,Rate,From,To,Rate type,Rate",
    "Argentina,USD,0,100000,List rate,0.026,0,120000,List rate,0.026",
    ",,100001,,Tier rate,0.0247,120001,,Tier rate,0.0247",
)
TOP = "whatsapp/whatsapp_message"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = Desk(tmp_path / "desk.db")
    made.ok("db", "init")
    made.service()
    return made


def _write(path: Path, lines: tuple[str, ...]) -> Path:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def card(tmp_path: Path) -> Path:
    return _write(tmp_path / "card.csv", CARD)


def _free(desk: Desk, service: str = "S") -> set[str]:
    return {path for path, price in desk.rates(service).items() if price.casefold() == "free"}


def test_without_the_choice_nothing_is_added_and_the_gap_is_told(desk: Desk, card: Path) -> None:
    ran, report = desk.import_report(card.parent, card, "--service", "S")
    assert ran.code == 0
    assert _free(desk) == set()
    assert report["others"] == {"free": 0, "service_free": 0, "missing": 2}
    assert "make it free in each region with --others free" in ran.err


def test_others_and_an_unpriced_service_become_free_in_each_region(desk: Desk, card: Path) -> None:
    ran, report = desk.import_report(card.parent, card, "--service", "S", "--others", "free")
    assert ran.code == 0
    places = [f"{TOP}/{region}" for region in ("argentina", "brazil")]
    assert _free(desk) == {f"{place}/{key}" for place in places for key in ("*", "service")}
    assert report["others"] == {"free": 2, "service_free": 2, "missing": 0}
    assert report["tree"]["leaves"] == report["changes"]["new"] == 10
    assert "Others is free in 2 regions" in ran.err
    assert "Pricing category (in" not in ran.err


def test_what_file_and_tree_say_is_never_changed(desk: Desk, card: Path, tmp_path: Path) -> None:
    own = _write(
        tmp_path / "own.csv",
        ("Market,Currency,Marketing,Service,Others", "Argentina,USD,0.06,0.01,0.5"),
    )
    columns = [
        *("--column", "A=whatsapp_region", "--column", "C=price@pricing_category:marketing"),
        *("--column", "D=price@pricing_category:service"),
        *("--column", "E=price@pricing_category:*"),
    ]
    basic = ("--kind", "whatsapp_basic", "--others", "free")
    ran = desk("import", own, "--service", "S", *basic, *columns)
    assert ran.code == 0, ran
    before = desk.rates()
    assert (before[f"{TOP}/argentina/*"], before[f"{TOP}/argentina/service"]) == ("0.5", "0.01")
    ran, report = desk.import_report(
        tmp_path, card, "--service", "S", "--others", "free", "--mode", "merge"
    )
    assert ran.code == 0, ran
    assert report["others"] == {"free": 1, "service_free": 1, "missing": 0}
    after = desk.rates()
    assert (after[f"{TOP}/argentina/*"], after[f"{TOP}/argentina/service"]) == ("0.5", "0.01")
    assert _free(desk) == {f"{TOP}/brazil/*", f"{TOP}/brazil/service"}


def test_a_tier_card_has_the_choice_too(desk: Desk, tmp_path: Path) -> None:
    tiers = _write(tmp_path / "tiers.csv", TIERS)
    ran, report = desk.import_report(tmp_path, tiers, "--service", "S", "--others", "free")
    assert ran.code == 0, ran
    assert report["kind"] == "whatsapp_tier"
    assert _free(desk) == {f"{TOP}/argentina/*", f"{TOP}/argentina/service"}


def test_the_choice_is_kept_in_the_profile_and_can_be_taken_back(desk: Desk, card: Path) -> None:
    named = ("--save-profile", "Meta", "--vendor", "Meta")
    desk.ok("import", card, "--service", "S", "--others", "free", *named)
    desk.service("T")
    desk.ok("import", card, "--service", "T", "--vendor", "Meta")
    assert _free(desk, "T") == _free(desk, "S") != set()
    desk.service("U")
    desk.ok("import", card, "--service", "U", "--vendor", "Meta", "--others", "none")
    assert _free(desk, "U") == set()


def test_other_words_and_other_files_are_told(desk: Desk, tmp_path: Path, card: Path) -> None:
    refused = desk("import", card, "--service", "S", "--others", "gratis")
    assert (refused.code, "choose one of free, none" in refused.err) == (1, True)
    plain = _write(tmp_path / "sms.csv", ("Country,Price", "Germany,0.05"))
    node = ("--node", "SMS messaging/SMS message")
    ran = desk.ok("import", plain, "--service", "S", *node, "--others", "free")
    assert "made free in WhatsApp cards only" in ran.err
    assert set(desk.rates()) == {"sms/sms_message/DE"}


def test_the_wizards_session_gives_what_the_command_line_gives(desk: Desk, card: Path) -> None:
    desk.ok("import", card, "--service", "S", "--others", "free")
    desk.service("Twin")
    with ImportSession() as session:
        ctx = open_session(desk.target).context()
        asked = ImportRequest(card, "Twin")
        draft = session.draft(ctx, asked)
        assert (draft.without_others, draft.others_free) == (2, 0)
        assert not draft.block
        chosen = ImportRequest(card, "Twin", choices=Choices(others="free"))
        draft = session.draft(ctx, chosen)
        assert (draft.without_others, draft.others_free, draft.service_free) == (0, 2, 2)
        assert draft.proposal is not None
        assert draft.proposal.others == "free"
        resource = session.tree(ctx, session.tree(ctx, 0).rows[0].id).rows[0]
        region = session.tree(ctx, resource.id).rows[0]
        rows = session.tree(ctx, region.id).rows
        assert [(row.key, row.source_row) for row in rows] == [
            ("authentication", 2), ("marketing", 2), ("service", None), ("utility", 2), ("*", None),
        ]  # fmt: skip
        assert session.commit(ctx, chosen).written
    assert desk.rates("Twin") == desk.rates("S")
