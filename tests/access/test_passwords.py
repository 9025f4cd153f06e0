"""The policy and the generator as laws (USR-4); what ASVS asks for besides."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain import one_time_codes as codes
from app.domain import passwords
from app.domain.passwords import PARAMETERS, Policy, classes_of, policy_of, policy_problems
from app.services.access.policy import (
    common_passwords,
    generate_password,
    new_password_problem,
    password_rules,
)

NAMES = ("ann.lee", "Ann", "Lee", "Harbour Telecom")


def policies() -> st.SearchStrategy[Policy]:
    numbers = {p.name: st.integers(p.least, p.most) for p in PARAMETERS}
    flags = {"first_change": st.booleans(), "refuse_common": st.booleans()}
    return st.builds(Policy, **numbers, **flags)


@settings(max_examples=60, deadline=None)
@given(policies(), st.lists(st.text(max_size=20), max_size=4))
def test_every_generated_password_keeps_its_policy(policy: Policy, names: list[str]) -> None:
    password = generate_password(policy, tuple(names))
    assert new_password_problem(policy, password, tuple(names)) == ""
    assert len(password) >= max(16, policy.length)
    assert not set(password) & set("0O1lI")


def test_generated_passwords_differ() -> None:
    assert len({generate_password(Policy()) for _ in range(200)}) == 200


@given(st.text(max_size=80), policies())
@settings(max_examples=150, deadline=None)
def test_a_problem_is_told_exactly_when_a_rule_is_broken(password: str, policy: Policy) -> None:
    broken = [rule for rule in password_rules(policy, password, NAMES) if not rule.met]
    problem = new_password_problem(policy, password, NAMES)
    assert bool(problem) == bool(broken)
    assert not password.strip() or len(password) < 6 or password not in problem


@given(st.text(min_size=8, max_size=64), st.text(min_size=1, max_size=30))
def test_a_longer_password_never_breaks_length_or_classes(password: str, more: str) -> None:
    assert classes_of(password + more) >= classes_of(password)


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("Ab1-xyz", "too short"),
        ("abcdefghij", "needs 3 of these"),
        ("abcdefgh12", "needs 3 of these"),
        ("Password123!", "common"),
        ("P@ssw0rd2024", "common"),
        ("Tariffdesk-1", "common"),
        ("Qwerty123!", "common"),
        ("AAAaaaAAA1a", "common"),
        ("ann.lee-2026X", "your name"),
        ("Harbour-12", "your name"),
        ("Mountain-7-river", ""),
        ("ann.lee walks 20 Miles", ""),
        ("Пароль-Гора-7", ""),
        ("x" * 1001, "1001 characters"),
        ("Correct horse battery staple 9 " * 4, ""),
    ],
)
def test_passwords_by_the_standard_policy(password: str, said: str) -> None:
    problem = new_password_problem(Policy(), password, NAMES)
    assert (said in problem) if said else problem == ""


def test_two_letters_in_turn_are_no_password() -> None:
    assert passwords.is_common("aAaAaAaA", ())
    assert "common" in new_password_problem(replace(Policy(), classes=1), "aaaaaaaaa")


def test_the_list_of_common_passwords_is_there() -> None:
    assert len(common_passwords()) > 3000
    assert {"password", "dragon", "iloveyou"} <= common_passwords()


def test_every_number_of_the_policy_has_its_limits() -> None:
    flags = {"first_change", "refuse_common"}
    assert {p.name for p in PARAMETERS} | flags == set(asdict(Policy()))
    assert policy_problems(Policy()) == {}
    wrong = policy_problems(replace(Policy(), length=7, idle_minutes=-1))
    assert set(wrong) == {"length", "idle_minutes"}


@given(policies())
def test_a_stored_policy_comes_back(policy: Policy) -> None:
    assert policy_of(asdict(policy)) == policy


@pytest.mark.parametrize(
    "stored", [None, [], {"length": "8"}, {"length": 3, "x": 1}, {"length": True}]
)
def test_a_damaged_policy_is_the_standard_one(stored: object) -> None:
    assert policy_of(stored) == Policy()


# ------------------------------------------------------------------------------ codes


def test_codes_have_their_shape() -> None:
    assert all(len(c) == 6 and c.isdecimal() for c in (codes.six_digits() for _ in range(200)))
    made = {codes.long_code() for _ in range(200)}
    assert len(made) == 200
    assert all(len(codes.as_typed(code)) == codes.LONG for code in made)


@given(st.text(codes.ALPHABET, min_size=12, max_size=12))
def test_a_code_may_be_typed_in_any_way(code: str) -> None:
    shown = f"{code[:4]}-{code[4:8]} {code[8:]}".lower()
    assert codes.as_typed(shown) == code


@given(st.integers(0, 10**6), st.integers(1, 20))
def test_pauses_grow_and_end(failures: int, tries: int) -> None:
    pause = codes.pause_after(failures, tries)
    assert pause <= codes.pause_after(failures + 1, tries) <= codes.LONGEST_PAUSE
    assert bool(pause) == (failures >= tries)


def test_waiting_is_told_in_whole_minutes() -> None:
    now = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    assert codes.waiting(now + dt.timedelta(seconds=5), now) == "1 minute"
    assert codes.waiting(now + dt.timedelta(seconds=61), now) == "2 minutes"
