"""Whatever a sheet holds, the row balance adds up and nothing is lost silently (F19, O6)."""

from __future__ import annotations

import datetime as dt

from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from importers.records import CellError, RowState
from importers.settings import Duplicates

from .sheets import run, use

CELLS = st.sampled_from(
    [
        None,
        "",
        " ",
        "DE",
        "Germany",
        "Atlantis",
        "Others",
        "All networks",
        "Vodafone",
        "EE; O2",
        "26201",
        "262",
        "01;02",
        "xxx",
        "93",
        "+9377",
        "447-449",
        "4.47E+11",
        0,
        1,
        1.5,
        262,
        26201.0,
        -1,
        -0.05,
        True,
        "0.05",
        "0,05",
        "Free",
        "Blocked",
        "n/a",
        "tbd",
        "€0.04",
        "12%",
        "1/1",
        "60/60",
        "USD",
        "EUR",
        dt.date(2026, 1, 1),
        dt.datetime.fromisoformat("2026-03-01T12:00:00"),
        dt.time(1),
        dt.timedelta(1),
        "01/02/2026",
        "2026-05-01",
        CellError("#N/A"),
        "\u0000",
        "=cmd",
        "'",
        "٣",
        "🙂",
        "x" * 300,
    ]
)
SHAPES = [
    (
        ("country", "network", "price", "effective_from", "currency"),
        "country network",
        "sms_message",
    ),
    (("mcc", "mnc", "price", "country", "price_type"), "country mccmnc", "sms_message"),
    (("mccmnc", "price", "unit", "billing_rule", ""), "country network", "sms_message"),
    (
        ("destination", "prefix", "price", "connect_price", "increment"),
        "destination prefix",
        "call",
    ),
    (
        ("country", "price@direction:mt", "price@direction:mo", "", ""),
        "direction country",
        "sms_message",
    ),
    (
        (
            use(0, "country", extract="before_dash"),
            use(0, "network", extract="after_dash"),
            "",
            "price",
        ),
        "country network",
        "sms_message",
    ),
]


@hypothesis_settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    rows=st.lists(st.lists(CELLS, min_size=5, max_size=5), max_size=12),
    shape=st.sampled_from(SHAPES),
    policy=st.sampled_from(list(Duplicates)),
    accept=st.booleans(),
    fill=st.booleans(),
    decimal=st.sampled_from([".", ",", ""]),
)
def test_every_row_is_accounted_for(rows, shape, policy, accept, fill, decimal):
    columns, levels, resource = shape
    result = run(
        [["h"] * 5, *rows],
        columns,
        levels,
        resource=resource,
        duplicates=policy,
        accept_suggestions=accept,
        fill_down=(0,) if fill else (),
        decimal=decimal,
    )
    assert len(result.state) == len(rows) + 1
    named = {issue.row for issue in result.issues if issue.row is not None}
    for row, state in enumerate(result.state.tolist()):
        filled = row > 0 and any(c is not None and str(c).strip() for c in rows[row - 1])
        if filled and state != RowState.IMPORTED:
            assert row + 1 in named, (row, RowState(state), result.issues)
    if accept:
        assert not [d for d in result.decisions if d.kind.value == "value"]
