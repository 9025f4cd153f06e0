"""Enabling by commands, and an import that would take a channel of another service (A17)."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.bootstrap import open_session
from tests.helpers.agreements import add_agreement, add_company
from tests.helpers.command_line import Desk


@pytest.fixture
def shop(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path / "shop.db")
    desk.ok("db", "init")
    session = open_session(desk.target)
    with session.database.write() as connection:
        add_agreement(connection, add_company(connection, "Hornes"), "1029")
    session.close()
    for name in ("SMS", "Other SMS"):
        desk.service(name, "EUR")
    desk.service("Pack", "", "unit_pack", "--size", 100)
    desk.service("Bundle", "", "bundle_pack", "--size", 100)
    return desk


def test_commands_enable_and_tell_the_order(shop: Desk) -> None:
    under = ("--agreement", "1029")
    said = shop.ok("enable", "SMS", *under, "--from", "2026-01-31T08:30", "--hidden")
    assert said.out == 'Enabled service 1 "SMS" added\n'
    pack = shop.ok("enable", "Pack", *under, "--from", "2026-02-01", "--charge")
    assert pack.out == 'Enabled pack 2 "Pack" added\n'
    assert "Rate not found" in pack.err
    assert shop.ok("enable", "Bundle", *under, "--auto-extend").out.startswith("Enabled bundle")
    order = shop.ok("enabled", "order", *under, "--json").json
    assert [(use["place"], use["service"]) for use in order] == [
        (1, "Pack"),
        (2, "SMS"),
        (0, "Bundle"),
    ]
    assert "Pack" in shop.ok("enabled", "order", *under).out
    assert shop.ok("enabled", "check").out == "The channels of all enabled services are right\n"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("Nothing",), 'no service "Nothing"'),
        (("SMS", "--free"), "leave out --free"),
        (("SMS", "--auto-extend"), "leave out --auto-extend"),
        (("SMS", "--zone", "Mars/X"), "time zone"),
        (("SMS", "--from", "soon"), "not a date and time"),
        (("Pack",), "add --free or --charge"),
        (("Pack", "--free", "--charge"), "either free or charged"),
        (("Pack", "--free", "--hidden"), "leave out --hidden"),
        (("Bundle", "--from", "2026-01-01"), "leave out --from"),
    ],
)
def test_wrong_options_are_refused(shop: Desk, arguments: tuple[str, ...], sentence: str) -> None:
    ran = shop("enable", *arguments, "--agreement", "1029")
    assert ran.code == 1
    assert sentence in ran.err
    assert ran.err.count("\n") == 1


def test_a17_an_import_that_takes_a_channel_is_refused(shop: Desk, tmp_path: Path) -> None:
    price_list = tmp_path / "list.csv"
    price_list.write_text("Country,MCCMNC,Price\nDE,26201,0.05\n", encoding="utf-8")
    for name in ("SMS", "Other SMS"):
        shop.ok("enable", name, "--agreement", "1029", "--from", "2026-02-01")
    shop.ok("import", price_list, "--service", "SMS")
    refused = shop("import", price_list, "--service", "Other SMS")
    assert refused.code == 1
    assert '"Other SMS" would price SMS message on the agreement Hornes - 1029' in refused.err
    assert 'together with "SMS" from 2026-02-01' in refused.err
    assert shop.rates("Other SMS") == {}
    assert shop.ok("enabled", "check").code == 0


def test_wrong_channels_are_told_and_mended(shop: Desk, tmp_path: Path) -> None:
    price_list = tmp_path / "list.csv"
    price_list.write_text("Country,MCCMNC,Price\nDE,26201,0.05\n", encoding="utf-8")
    shop.ok("enable", "SMS", "--agreement", "1029", "--from", "2026-02-01")
    shop.ok("import", price_list, "--service", "SMS")
    session = open_session(shop.target)
    with session.database.write() as connection:
        connection.exec_driver_sql("DELETE FROM enabled_channel")
    session.close()
    wrong = shop("enabled", "check")
    assert wrong.code == 1
    assert '"SMS": 1 channel not stored.' in wrong.out
    assert "Mended 1 service" in shop.ok("enabled", "check", "--repair").out
    assert shop.ok("enabled", "check").code == 0
