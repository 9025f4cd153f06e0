"""Sections of the tariffs."""

from __future__ import annotations

from tests.contracts.cases import Case

CASES = {
    "services": Case(
        {
            "name": "Made here",
            "type": "monetary_pack",
            "side": "sell",
            "currency": "EUR",
            "size": "99.5",
            "time_zone": "Europe/Berlin",
        },
        {"name": "Made anew", "size": "100"},
    ),
    "vendors": Case({"name": "Vendor made here"}, {"name": "Vendor made anew"}),
}
