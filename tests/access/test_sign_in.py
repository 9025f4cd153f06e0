"""Signing in on both databases: by password and code, wrong, waiting, expired, ended (USR-4)."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pyotp
import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher

from app.db.tables.audit import audit
from app.db.tables.companies import company
from app.db.tables.users import user_account, user_secret
from app.domain.permissions import system_role
from app.errors import Conflict, FieldProblem, SignedOut, UserError
from app.services.access import account, hashing, policy, sign_in, switch, user_commands
from app.services.access.sign_in import SignIn
from tests.access.conftest import PASSWORD, Office, on_both

ROOT = Path(__file__).resolve().parents[2]
OTHER = "Ocean-blue-99"


def refused(call: object, *words: str) -> str:
    with pytest.raises(UserError) as problem:
        call()  # type: ignore[operator]
    for word in words:
        assert word in str(problem.value)
    return str(problem.value)


def code_of(secret: str, office: Office, steps: int = 0) -> str:
    return pyotp.TOTP(secret).at(office.now + dt.timedelta(seconds=30 * steps))


def wrong_code(secret: str, office: Office) -> str:
    """Return a code that none of the accepted steps has."""
    taken = {code_of(secret, office, step) for step in (-1, 0, 1)}
    return next(c for c in ("111111", "222222", "333333", "444444") if c not in taken)


def with_authenticator(office: Office) -> str:
    """Let the administrator use an authenticator and return its secret."""
    ctx = office.signed()
    begun = account.enrol(ctx, PASSWORD)
    account.confirm(ctx, begun, code_of(begun.secret, office))
    office.wait(minutes=2)
    office.secret = begun.secret
    return begun.secret


# ------------------------------------------------------------------------------ passwords


@on_both
def test_by_login_or_address_in_any_case(office: Office) -> None:
    for name in ("ann.lee", "ANN.LEE", " Ann@Harbour.example "):
        done = office.sign_in(name)
        assert (done.needs, done.user_id) == ("", 1)
        assert done.actor is not None
        assert done.actor.permissions == system_role("backoffice", "admin").cells
        assert not done.actor.owner
    with office.database.read() as connection:
        entry = connection.execute(sa.select(audit).order_by(audit.c.id.desc())).mappings().first()
    assert entry is not None
    assert (entry["action"], entry["actor"]) == ("sign in", "ann.lee")


def test_nobody_learns_which_part_was_wrong(office: Office) -> None:
    told = {
        refused(lambda n=name, p=word: office.sign_in(n, p))
        for name, word in (
            ("ann.lee", "nothing"),
            ("nobody", "nothing"),
            ("no@body.example", PASSWORD),
            ("ann.lee\0", PASSWORD),
            ("", ""),
            ("' OR 1=1 --", "x"),
        )
    }
    assert told == {"The login or the password is wrong: type both again."}


@on_both
@pytest.mark.parametrize("name", ["ann.lee", "who.knows"])
def test_wrong_passwords_end_in_a_pause_that_grows(office: Office, name: str) -> None:
    for _ in range(5):
        refused(lambda: office.sign_in(name, "wrong"), "wrong: type both")
    refused(lambda: office.sign_in(name, PASSWORD), "try again in 1 minute")
    office.wait(seconds=61)
    refused(lambda: office.sign_in(name, "wrong"), "wrong: type both")
    refused(lambda: office.sign_in(name, PASSWORD), "try again in 2 minutes")
    office.wait(minutes=2, seconds=1)
    if name == "ann.lee":
        assert office.sign_in(name).needs == ""
        refused(lambda: office.sign_in(name, "wrong"), "wrong: type both")
        assert office.sign_in(name).needs == "", "a right password forgives"


@on_both
def test_many_guesses_at_once_are_counted_one_by_one(office: Office) -> None:
    def guess(number: int) -> str:
        return refused(lambda: office.sign_in("ann.lee", f"guess {number}"))

    with ThreadPoolExecutor(8) as threads:
        told = list(threads.map(guess, range(16)))
    assert sum("type both" in sentence for sentence in told) == 5
    assert sum("Too many" in sentence for sentence in told) == 11


def test_long_passwords_count_to_their_last_character(local: Office) -> None:
    long = "Long words for a long way 7 " * 5
    local.user("long.one", password=long)
    assert local.sign_in("long.one", long).needs == ""
    refused(lambda: local.sign_in("long.one", long[:-1]))
    refused(lambda: local.sign_in("long.one", long + "x"))


def test_a_password_typed_by_another_keyboard_is_the_same(local: Office) -> None:
    local.user("umlaut", password="M\u00fcnchen-77-Isar")
    assert local.sign_in("umlaut", "Mu\u0308nchen-77-Isar").needs == ""


def test_hashes_are_argon2id_and_renewed(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    def stored() -> str:
        with office.database.read() as connection:
            return str(connection.execute(sa.select(user_secret.c.password_hash)).scalar_one())

    before = stored()
    real = PasswordHasher(time_cost=1, memory_cost=46 * 1024, parallelism=1)
    monkeypatch.setattr(hashing, "_HASHER", real)
    office.sign_in()
    after = stored()
    assert after != before
    assert after.startswith("$argon2id$v=19$m=47104,t=1,p=1$")
    office.sign_in()
    assert stored() == after


def test_the_parameters_are_those_of_owasp() -> None:
    code = (
        "from app.services.access import hashing as h; "
        "print(h.hash_password('x'), h.MEMORY_KIB, h.PASSES, h.LANES)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout.startswith("$argon2id$v=19$m=47104,t=1,p=1$")
    assert done.stdout.split()[1:] == ["47104", "1", "1"]


@on_both
def test_an_expired_password_is_replaced_before_anything_else(office: Office) -> None:
    office.wait(days=60)
    step = office.sign_in()
    assert (step.needs, step.actor, step.session_id) == ("new_password", None, None)
    with pytest.raises(FieldProblem, match="your last 7 passwords"):
        sign_in.choose_password(office.database, step, PASSWORD, clock=office.clock)
    with pytest.raises(FieldProblem, match="too short"):
        sign_in.choose_password(office.database, step, "Ab1", clock=office.clock)
    done = sign_in.choose_password(office.database, step, OTHER, clock=office.clock)
    assert done.needs == ""
    refused(office.sign_in)
    assert office.sign_in(password=OTHER).needs == ""
    with pytest.raises(Conflict):  # somebody else changed it in the meantime
        assert step.proof is not None
        proof = replace(step.proof, password_at=office.now)
        stale = SignIn("new_password", None, None, 1, "", proof=proof)
        sign_in_twice(office, stale)


def sign_in_twice(office: Office, step: SignIn) -> None:
    from app.services.access import new_password

    real = new_password.check_new

    def slower(*args: object, **named: object) -> object:
        found = real(*args, **named)  # type: ignore[arg-type]
        with office.database.write() as connection:
            connection.execute(sa.update(user_secret).values(password_hash="other"))
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(new_password, "check_new", slower)
        sign_in.choose_password(office.database, step, "Third-way-44", clock=office.clock)


def test_seven_passwords_are_remembered_and_the_eighth_is_free(local: Office) -> None:
    ctx, current = local.signed(), PASSWORD
    for number in range(7):
        new = f"Forest-path-{number}{number}"
        account.change_password(ctx, current, new)
        current = new
        if number < 6:
            with pytest.raises(FieldProblem, match="your last 7"):
                account.change_password(ctx, current, PASSWORD)
    account.change_password(ctx, current, PASSWORD)


def test_a_step_can_be_done_in_its_turn_only(local: Office) -> None:
    done = local.sign_in()
    for call in (
        lambda: sign_in.by_code(local.database, done, "123456", clock=local.clock),
        lambda: sign_in.choose_password(local.database, done, OTHER, clock=local.clock),
        lambda: sign_in.add_phone(local.database, done, "+4930123456", clock=local.clock),
        lambda: sign_in.send_code_again(local.database, done, clock=local.clock),
    ):
        refused(call, "from the start")


# ------------------------------------------------------------------------------ authenticator


@on_both
def test_the_authenticator_is_asked_for_and_each_code_works_once(office: Office) -> None:
    secret = with_authenticator(office)
    step = office.sign_in()
    assert (step.needs, step.enrolment, step.actor) == ("totp", None, None)
    right = code_of(secret, office)
    assert sign_in.by_code(office.database, step, right, clock=office.clock).needs == ""
    again = office.sign_in()
    refused(
        lambda: sign_in.by_code(office.database, again, right, clock=office.clock), "2 attempts"
    )
    office.wait(seconds=30)
    next_one = code_of(secret, office)
    done = sign_in.by_code(
        office.database, again, f"{next_one[:3]} {next_one[3:]}", clock=office.clock
    )
    assert done.actor is not None


@pytest.mark.parametrize(("steps", "good"), [(-2, False), (-1, True), (1, True), (2, False)])
def test_clocks_may_differ_by_one_step(local: Office, steps: int, good: bool) -> None:
    secret = with_authenticator(local)
    step = local.sign_in()
    code = code_of(secret, local, steps)
    if good:
        assert sign_in.by_code(local.database, step, code, clock=local.clock).needs == ""
    else:
        refused(lambda: sign_in.by_code(local.database, step, code, clock=local.clock))


@on_both
def test_three_wrong_codes_make_ten_minutes_whatever_one_does(office: Office) -> None:
    secret = with_authenticator(office)
    step = office.sign_in()
    for left in ("2 attempts are left", "1 attempt is left", "Try again in 10 minutes"):
        refused(
            lambda: sign_in.by_code(
                office.database, step, wrong_code(secret, office), clock=office.clock
            ),
            left,
        )
    right = code_of(secret, office)
    refused(lambda: sign_in.by_code(office.database, step, right, clock=office.clock), "Too many")
    refused(office.sign_in, "Too many wrong codes")
    office.wait(minutes=10, seconds=1)
    step = office.sign_in()
    code = code_of(secret, office)
    assert sign_in.by_code(office.database, step, code, clock=office.clock).needs == ""


def test_who_reads_the_database_has_no_secret(local: Office) -> None:
    secret = with_authenticator(local)
    with local.database.read() as connection:
        row = connection.execute(sa.select(user_secret)).mappings().one()
    assert row["totp_sealed"]
    assert secret not in str(dict(row))
    from app.services.access.authenticator import unseal

    assert unseal(row["totp_sealed"], PASSWORD, 1) == secret
    assert unseal(row["totp_sealed"], "other", 1) is None
    assert unseal(row["totp_sealed"], PASSWORD, 2) is None
    assert unseal("damaged", PASSWORD, 1) is None


@on_both
def test_the_secret_outlives_a_changed_password_not_a_reset_one(office: Office) -> None:
    secret = with_authenticator(office)
    step = office.sign_in()
    first = sign_in.by_code(office.database, step, code_of(secret, office), clock=office.clock)
    ctx = office.as_actor(first.actor)
    account.change_password(ctx, PASSWORD, OTHER)
    office.wait(seconds=60)
    step = office.sign_in(password=OTHER)
    assert step.enrolment is None
    done = sign_in.by_code(office.database, step, code_of(secret, office), clock=office.clock)
    assert done.needs == ""
    told = user_commands.reset_password(office.ctx, [1])
    third = "Third-way-44"
    step = sign_in.reset_password(
        office.database, "ann.lee", told.secret, third, clock=office.clock
    )
    assert (step.needs, step.actor) == ("totp", None)
    assert step.enrolment is not None, "the authenticator is added anew"
    fresh = step.enrolment.secret
    assert fresh != secret
    done = sign_in.by_code(office.database, step, code_of(fresh, office), clock=office.clock)
    assert done.needs == ""
    office.wait(seconds=60)
    step = office.sign_in(password=third)
    assert (step.needs, step.enrolment) == ("totp", None)


def test_a_company_that_demands_two_factors_gets_them(office: Office) -> None:
    office.user("carl")
    with office.database.write() as connection:
        connection.execute(sa.update(company).values(two_factor=True))
    step = office.sign_in("carl")
    assert step.needs == "totp", "no mail is set up here"
    assert step.enrolment is not None
    code = code_of(step.enrolment.secret, office)
    step = sign_in.by_code(office.database, step, code, clock=office.clock)
    assert step.needs == "phone"
    assert "SMS are not sent yet" in step.note
    for bad in ("", "12", "words", "+49 30 12345678901234567"):
        with pytest.raises(FieldProblem):
            sign_in.add_phone(office.database, step, bad, clock=office.clock)
    done = sign_in.add_phone(office.database, step, "+49 (30) 123-456", clock=office.clock)
    assert done.actor is not None
    ctx = office.as_actor(done.actor)
    assert account.my_account(ctx).phone == "+4930123456"
    refused(lambda: account.disable(ctx, PASSWORD), "two factors")
    with pytest.raises(FieldProblem):
        account.change_phone(ctx, "")


# ------------------------------------------------------------------------------ who may not


def test_who_is_off_blocked_or_of_a_blocked_company_is_told_so(office: Office) -> None:
    user_id = office.user("dora")
    session = office.sign_in("dora").session_id
    assert session is not None
    for values, word in (
        ({"active": False}, "switched off"),
        ({"active": True, "blocked_at": office.now}, "is blocked"),
    ):
        with office.database.write() as connection:
            mine = user_account.c.id == user_id
            connection.execute(sa.update(user_account).where(mine).values(**values))
        refused(lambda: office.sign_in("dora"), word)
        with pytest.raises(SignedOut, match=word):
            sign_in.refresh(office.database, session, office.now)
    user_commands.activate(office.ctx, [user_id])
    assert office.sign_in("dora").needs == ""
    with office.database.write() as connection:
        connection.execute(sa.update(company).values(enabled=False))
    refused(lambda: office.sign_in("dora"), "company is blocked")
    refused(lambda: office.sign_in("dora", "wrong"), "type both")


@on_both
def test_180_days_without_a_sign_in_block_all_but_admins(office: Office) -> None:
    user_id = office.user("erik")
    office.wait(days=180)
    refused(lambda: office.sign_in("erik"), "not used for long")
    assert office.sign_in().needs == "new_password", "an Admin is never blocked"
    user_commands.activate(office.ctx, [user_id])
    assert office.sign_in("erik").needs == "new_password"


# ------------------------------------------------------------------------------ sessions


@on_both
def test_rights_and_sessions_are_those_of_the_moment(office: Office) -> None:
    user_id = office.user("finn", "Client manager")
    session = office.sign_in("finn").session_id
    assert session is not None
    actor = sign_in.refresh(office.database, session, office.now)
    assert actor.may("accounts.companies", "manage")
    from app.db.queries.users import set_roles

    with office.database.write() as connection:
        set_roles(connection, user_id, [int(office.role("NOC engineer"))])
    actor = sign_in.refresh(office.database, session, office.now)
    assert not actor.may("accounts.companies", "manage")
    sign_in.end(office.database, session)
    with pytest.raises(SignedOut, match="signed out"):
        sign_in.refresh(office.database, session, office.now)
    with pytest.raises(SignedOut):
        sign_in.refresh(office.database, 10**9, office.now)


@on_both
def test_an_idle_session_ends_and_a_used_one_goes_on(office: Office) -> None:
    session = office.sign_in().session_id
    assert session is not None
    for _ in range(3):
        office.wait(minutes=40)
        sign_in.refresh(office.database, session, office.now)
    office.wait(minutes=30)
    sign_in.seen(office.database, session, office.now)
    office.wait(minutes=59)
    sign_in.refresh(office.database, session, office.now)
    office.wait(minutes=60)
    with pytest.raises(SignedOut, match="nothing was done for 60 minutes"):
        sign_in.refresh(office.database, session, office.now)
    with pytest.raises(SignedOut):
        sign_in.refresh(office.database, session, office.now - dt.timedelta(minutes=59))


def test_a_busy_file_does_not_hold_a_session_up(local: Office) -> None:
    session = local.sign_in().session_id
    assert session is not None
    local.wait(minutes=5)
    with local.database.write() as connection:
        connection.execute(sa.select(user_account.c.id))
        started = dt.datetime.now(dt.UTC)
        sign_in.refresh(local.database, session, local.now)
        assert dt.datetime.now(dt.UTC) - started < dt.timedelta(seconds=2)
    sign_in.refresh(local.database, session, local.now)


def test_a_changed_password_ends_all_other_sessions(office: Office) -> None:
    first, second = office.sign_in(), office.sign_in()
    ctx = office.as_actor(second.actor)
    assert len(account.my_sessions(ctx)) == 2
    account.change_password(ctx, PASSWORD, OTHER, session_id=second.session_id)
    assert [s.id for s in account.my_sessions(ctx)] == [second.session_id]
    with pytest.raises(SignedOut):
        sign_in.refresh(office.database, first.session_id or 0, office.now)
    assert sign_in.refresh(office.database, second.session_id or 0, office.now) == second.actor


# ------------------------------------------------------------------------------ the switch


def test_sign_in_needs_an_administrator_and_goes_off_with_a_password(office: Office) -> None:
    refused(
        lambda: switch.setup_admin(
            office.ctx, "x@y.example", sign_in.Registration("A", "B", "", "x", PASSWORD)
        ),
        "has an administrator already",
    )
    office.user("gina", "Client manager")
    gina = office.signed("gina")
    refused(lambda: switch.switch_off(gina, PASSWORD), "may not manage Users")
    ann = office.signed()
    with pytest.raises(FieldProblem, match="password is wrong"):
        switch.switch_off(ann, "wrong")
    assert sign_in.needed(office.database)
    on = sign_in.protection(office.database)
    switch.switch_off(ann, PASSWORD)
    assert not sign_in.needed(office.database)
    assert sign_in.protection(office.database) != on
    assert "already" in switch.switch_off(ann, PASSWORD)
    assert switch.switch_on(office.ctx).startswith("Sign-in is on")


@on_both
def test_the_policy_is_a_setting_that_counts_at_once(office: Office) -> None:
    policy.save_policy(office.ctx, {"password_tries": 3, "idle_minutes": 5, "length": 12})
    for _ in range(3):
        refused(lambda: office.sign_in(password="wrong"), "type both")
    refused(office.sign_in, "Too many")
    office.wait(minutes=2)
    session = office.sign_in().session_id or 0
    office.wait(minutes=5)
    with pytest.raises(SignedOut):
        sign_in.refresh(office.database, session, office.now)
    for wrong in ({"length": 3}, {"nothing": 1}, {"length": True}, {"first_change": 5}):
        with pytest.raises(FieldProblem):
            policy.save_policy(office.ctx, wrong)
    with office.database.read() as connection:
        entry = (
            connection.execute(sa.select(audit).where(audit.c.action == "change sign-in policy"))
            .mappings()
            .one()
        )
    assert entry["new"] == {"sign_in_tries": 3, "idle_minutes": 5, "length": 12}
