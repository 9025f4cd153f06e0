"""What a form accepts: the kinds that are lists, moments, passwords and permissions."""

# ruff: noqa: DTZ001 - local times have no zone of their own

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.changes import ObjectWords, plain
from app.domain.sections import Choice, Field, Kind, Section
from app.errors import FieldProblem
from app.services.form_values import is_address, shown, validated
from app.services.history_words import Sayer, Told

DAYS = (Choice("mon", "Monday"), Choice("tue", "Tuesday"), Choice("sun", "Sunday"))


def checked(field: Field, value: Any, **others: Any) -> Any:
    form = (field, Field("zone", "Time zone"), Field("application", "Group"))
    section = Section("x", "X", "x", "Accounts", "file", "x", "x", (), form=form)
    return validated(section, {field.name: value, **others})[field.name]


def problem(field: Field, value: Any, **others: Any) -> str:
    with pytest.raises(FieldProblem) as refused:
        checked(field, value, **others)
    return refused.value.problems[field.name]


def test_choices_stand_in_their_order_and_once() -> None:
    field = Field("days", "Days", Kind.CHOICES, choices=DAYS)
    assert checked(field, ["sun", "mon", "sun"]) == ["mon", "sun"]
    assert checked(field, "tue, mon") == ["mon", "tue"]
    assert checked(field, None) == []
    assert problem(field, ["fri"]) == (
        'Days can\'t be "fri": choose one of Monday, Tuesday, Sunday.'
    )


@pytest.mark.parametrize("kind", [Kind.CHOICES, Kind.REFERENCES, Kind.EMAILS, Kind.WORDS])
def test_a_required_list_is_not_empty(kind: Kind) -> None:
    field = Field("x", "Recipients", kind, required=True, choices=DAYS)
    for empty in (None, "", [], " , ;\n", ["", " "]):
        assert problem(field, empty) == "Recipients is required: add at least one."


def test_references_are_texts() -> None:
    field = Field("roles", "Roles", Kind.REFERENCES, options="x.y")
    assert checked(field, [3, "1", 3]) == ["3", "1"]


def test_words_are_stripped_and_short() -> None:
    field = Field("tags", "Tags", Kind.WORDS, longest=5)
    assert checked(field, " vip ; a,vip\nb") == ["vip", "a", "b"]
    assert problem(field, ["too long"]).startswith('Tags: "too long" must be one line of up to 5')
    assert "one line" in problem(field, ["a\tb"])


def test_mail_addresses_are_each_checked() -> None:
    field = Field("mails", "Mails", Kind.EMAILS)
    assert checked(field, "A@x.de; b@y.co.uk\na@X.DE,") == ["A@x.de", "b@y.co.uk"]
    assert problem(field, ["a@x.de", "b@localhost"]) == (
        'Mails: "b@localhost" is not a mail address: write name@company.com.'
    )


@pytest.mark.parametrize(
    "wrong", ["", "@x.de", "a@", "a@x", "a@b@c.de", "a b@x.de", "a@x..de", "a@x.de.", "a@.de",
              "a\x00@x.de", "a@x.de\u200b", "a" * 250 + "@x.de", "a@x\u2028.de", "<a@x.de>"],
)  # fmt: skip
def test_what_is_no_address(wrong: str) -> None:
    assert not is_address(wrong)


@given(st.text(st.characters(codec="ascii", categories=("Ll", "Nd")), min_size=1, max_size=60))
def test_plain_addresses_are_addresses(name: str) -> None:
    assert is_address(f"{name}@example.com")
    assert is_address(f"{name}.{name}+x@{name}.example.com")


def test_a_password_is_kept_as_it_is_and_never_repeated() -> None:
    field = Field("password", "Password", Kind.HIDDEN, longest=10)
    assert checked(field, "  a b ") == "  a b "
    assert checked(field, "") is None
    told = problem(field, "secret-secret")
    assert "secret" not in told
    assert told == "Password is too long: use up to 10 characters."
    assert problem(Field("p", "Password", Kind.HIDDEN, required=True), "").endswith("fill it in.")


START = Field("start", "Start", Kind.MOMENT, zone="zone")


@pytest.mark.parametrize(
    ("given_", "kept"),
    [
        ("2026-01-31 08:30", dt.datetime(2026, 1, 31, 8, 30)),
        ("2026-01-31T08:30:00", dt.datetime(2026, 1, 31, 8, 30)),
        ("2026-01-31", dt.datetime(2026, 1, 31)),
        (dt.date(2026, 1, 31), dt.datetime(2026, 1, 31)),
        (dt.datetime(2026, 3, 29, 2, 30), dt.datetime(2026, 3, 29, 3)),
        (None, None),
    ],
)
def test_a_moment_is_a_local_time(given_: Any, kept: Any) -> None:
    assert checked(START, given_, zone="Europe/Berlin") == kept


def test_a_moment_without_a_known_zone_stays() -> None:
    gap = dt.datetime(2026, 3, 29, 2, 30)
    assert checked(START, gap) == checked(START, gap, zone="Berlin") == gap
    assert "zone of its own" in problem(START, "2026-01-31 00:00+01:00")
    assert "zone of its own" in problem(START, dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    assert problem(START, "31.01.26") == (
        'Start "31.01.26" is not a date and time: write 2026-01-31 00:00.'
    )
    assert "year 9999" in problem(START, "9999-12-31", zone="America/New_York")


CELLS = Field("cells", "Permissions", Kind.CELLS, zone="application")


def test_permissions_name_areas_and_levels() -> None:
    given_ = {"users": "manage", "settings.http": "view", "roles": "none", "audit": None}
    kept = checked(CELLS, given_, application="backoffice")
    assert list(kept.items()) == [("settings.http", "view"), ("users", "manage")]
    assert checked(CELLS, None) == checked(CELLS, {}) == {}
    assert "unknown area" in problem(CELLS, {"cells": "view"})
    assert "unknown area" in problem(CELLS, {"users": "view"}, application="portal")
    assert checked(CELLS, {"portal.users": "view"}, application="portal")
    assert "must be view or manage" in problem(CELLS, {"users": "all"})
    assert "must name areas" in problem(CELLS, "users")
    required = Field("cells", "Permissions", Kind.CELLS, required=True)
    assert "at least one" in problem(required, {"users": "none"})


def test_computed_fields_are_left_out() -> None:
    form = (Field("name", "Name"), Field("count", "Count", computed=True, required=True))
    section = Section("x", "X", "x", "Accounts", "file", "x", "x", (), form=form)
    assert validated(section, {"name": "A", "count": object()}) == {"name": "A"}


def test_fields_depend_on_lists_and_flags_too() -> None:
    field = Field("x", "X", shown_when=("other", ("a", "yes")))
    assert shown(field, {"other": ["b", "a"]})
    assert not shown(field, {"other": ["b"]})
    assert shown(field, {"other": True})
    assert not shown(field, {"other": False})


def said(fields: tuple[Field, ...], old: dict[str, Any], new: dict[str, Any]) -> dict[str, str]:
    """Return the titles and the new values of an entry in plain words."""
    words = ObjectWords(fields={"thing": {field.name: field for field in fields}})
    told = Told("thing", "1", old, new)
    return {one.title: plain(one.after) for one in Sayer(words, {}).fields(told)}


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        (Field("d", "Days", Kind.CHOICES, choices=DAYS), ["mon", "old"], "Monday, old"),
        (Field("d", "Day", Kind.CHOICE, choices=DAYS), "mon", "Monday"),
        (Field("m", "Limit", Kind.AMOUNT), "12.50", "12.50"),
        (Field("f", "Active", Kind.FLAG), False, "No"),
        (Field("d", "Day", Kind.DATE), "2026-01-31", "2026-01-31"),
        (Field("t", "Words", Kind.WORDS), ["a", "b"], "a, b"),
        (Field("c", "Country", Kind.REFERENCE, options="x.countries"), "DE", "Germany (DE)"),
    ],
)
def test_history_says_values_as_the_form_does(field: Field, value: Any, words: str) -> None:
    assert said((field,), {}, {field.name: value}) == {field.title: words}


def test_a_moment_is_told_in_its_own_zone() -> None:
    local = {"start": "2026-01-31T08:30:00", "zone": "Europe/Berlin"}
    assert said((START,), {}, local)["Start"] == "2026-01-31 08:30 Europe/Berlin"
    instant = {"start": "2026-01-31T08:30:00+00:00", "zone": "Europe/Berlin"}
    assert said((START,), {}, instant)["Start"] == "2026-01-31 09:30 Europe/Berlin"
    assert said((START,), {}, {"start": "2026-01-31T08:30:00"})["Start"] == "2026-01-31 08:30"


def test_permissions_are_told_one_by_one_where_they_differ() -> None:
    old = {"users": "view", "audit": "view", "gone": "manage"}
    new = {"users": "manage", "audit": "view"}
    told = said((CELLS,), {"cells": old}, {"cells": new})
    assert told == {"Permissions: Users": "Manage", "Permissions: gone": "None"}


def test_what_no_form_has_is_told_by_its_name() -> None:
    assert said((), {}, {"first_name": "Ann", "retired": True, "session": 3}) == {
        "First name": "Ann",
        "Retired": "Yes",
        "Session": "3",
    }
