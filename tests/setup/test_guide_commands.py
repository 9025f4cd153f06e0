"""The guide's typical workflow by commands, as an installer does it (01, steps 1-6 and 9)."""

from __future__ import annotations

import csv
from pathlib import Path

from tests.helpers.command_line import Desk
from tests.setup import guide


def by_commands(desk: Desk, folder: Path) -> None:
    """Take every step by a command."""

    def load(what: str, *rows: dict[str, str]) -> None:
        file = folder / f"{what}.csv"
        with file.open("w", encoding="utf-8", newline="") as stream:
            table = csv.DictWriter(stream, rows[0])
            table.writeheader()
            table.writerows(rows)
        desk.ok("load", what, file)

    company, code = guide.COMPANY["name"], guide.AGREEMENT["code"]
    desk.ok("db", "init")
    load("own-legal-entities", {**guide.OWN_ENTITY, "is_default": "yes"})
    own, entity = guide.OWN_ENTITY["name"], guide.ENTITY["name"]
    load("companies", {**guide.COMPANY, "own_legal_entity_id": own})
    load("legal-entities", {"party_id": company, **guide.ENTITY, "is_default": "yes"})
    sides = {"party_id": company, "legal_entity_id": entity, "own_legal_entity_id": own}
    load("agreements", {**sides, "direction": "client", **guide.AGREEMENT})
    desk.ok(
        "service", "add", "--name", guide.SERVICE, "--type", "payg", "--currency", guide.CURRENCY
    )
    desk.ok("scope", "add", "--service", guide.SERVICE, "--from", guide.SCOPE_FROM)
    prices = folder / "prices.csv"
    prices.write_text(f"Country,Price\n{guide.COUNTRY},{guide.PRICE}\n", encoding="utf-8")
    desk.ok("import", prices, "--service", guide.SERVICE, "--node", "SMS messaging/SMS message")
    desk.ok(
        "enable", guide.SERVICE, "--agreement", code, "--company", company,
        "--from", guide.ENABLED["effective_from"].replace(" ", "T"),
        "--zone", guide.ENABLED["zone"],
    )  # fmt: skip
    for (email, role), more in (
        (guide.BACKOFFICE_USER, ()),
        (guide.PORTAL_USER, ("--portal", "--company", company, "--department", guide.DEPARTMENT)),
    ):
        desk.ok("user", "invite", email, "--role", role, *more)


def test_the_typical_workflow_is_done_by_commands(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "commands.db")
    by_commands(desk, tmp_path)
    steps = desk.ok("setup", "--json").json
    optional = {step["id"] for step in steps if step["state"] != "done"}
    assert optional == {"own_bank_account"}
    found = guide.dump(desk.target)
    assert all(found.values())
    assert found["rates"] == {"sms/sms_message/ES": "0.08"}
