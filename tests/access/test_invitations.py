"""From an invitation to an account; too late, revoked, again; given passwords (USR-1, A27)."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
import sqlalchemy as sa

from app.db.tables.audit import audit
from app.db.tables.users import one_time_code, user_account
from app.domain.records import ListQuery
from app.errors import FieldProblem
from app.sections.users import PORTAL_USERS, USERS
from app.services import records
from app.services.access import due, mail, sign_in, user_commands
from app.services.access.mail import MailSettings
from app.services.access.sign_in import Registration
from tests.access.conftest import PASSWORD, Office, on_both
from tests.access.mail_server import mail_server
from tests.access.test_sign_in import OTHER, refused

FORM = Registration("Bob", "Roy", "+49 30 123456", "bob.roy", PASSWORD)
EMAIL = "bob@harbour.example"
CODE = re.compile(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}")


def accept(office: Office, code: str, email: str = EMAIL) -> sign_in.Invitation:
    return sign_in.accept_invitation(office.database, email, code, clock=office.clock)


def status(office: Office, user_id: int) -> str:
    return str(records.load(office.ctx, USERS, user_id).values["status"])


def with_mail(office: Office, port: int) -> None:
    settings = MailSettings("127.0.0.1", port, "none", "", "office@harbour.example")
    mail.save_mail_settings(office.ctx, settings)


# ------------------------------------------------------------------------------ sign up


@on_both
def test_an_invited_person_signs_up_and_works(office: Office) -> None:
    made = office.invite("Bob@Harbour.example ", "Client manager", "Rate manager")
    told = made.told
    assert "Hand this code over" in told
    assert CODE.fullmatch(told.secret)
    assert status(office, made) == "invited"
    invitation = accept(office, told.secret.lower().replace("-", " "), "BOB@harbour.example")
    assert (invitation.company, invitation.application) == ("System owner", "backoffice")
    assert invitation.roles == ("Client manager", "Rate manager")
    assert not invitation.second_factor_needed
    done = sign_in.register(office.database, invitation, FORM, clock=office.clock)
    assert done.actor is not None
    assert done.actor.may("accounts.companies", "manage")
    assert done.actor.may("mccmnc", "manage")
    assert not done.actor.may("users", "manage")
    assert status(office, made) == "active"
    refused(lambda: accept(office, told.secret), "wrong")
    refused(lambda: sign_in.register(office.database, invitation, FORM, clock=office.clock))
    with office.database.read() as connection:
        actions = [
            row
            for row in connection.execute(
                sa.select(audit.c.action, audit.c.actor).order_by(audit.c.id)
            )
            if row[0] not in {"switch sign-in on", "add first administrator"}
        ]
    assert actions[:3] == [
        ("invite user", "owner"),
        ("sign up", "bob.roy"),
        ("sign in", "bob.roy"),
    ]


def test_the_form_names_everything_that_is_wrong_and_the_code_stays_good(office: Office) -> None:
    code = office.invite(EMAIL).told.secret
    invitation = accept(office, code)
    bad = Registration(" ", "x" * 61, "12", "Bob Roy!", "bob.roy")
    with pytest.raises(FieldProblem) as problems:
        sign_in.register(office.database, invitation, bad, clock=office.clock)
    assert set(problems.value.problems) == {
        "first_name",
        "last_name",
        "phone",
        "login",
        "password",
    }
    for login in ("ann.lee", "Ann.Lee"):
        with pytest.raises(FieldProblem, match="is taken"):
            taken = replace(FORM, login=login)
            sign_in.register(office.database, invitation, taken, clock=office.clock)
    with pytest.raises(FieldProblem, match="your name"):
        own = replace(FORM, password="Bob.Roy-12")
        sign_in.register(office.database, invitation, own, clock=office.clock)
    assert sign_in.register(office.database, invitation, FORM, clock=office.clock).needs == ""


@on_both
def test_wrong_codes_are_three_then_ten_minutes_for_anybody(office: Office) -> None:
    code = office.invite(EMAIL).told.secret
    told = {
        email: [refused(lambda e=email: accept(office, "AAAA-BBBB-CCCC", e)) for _ in range(4)]
        for email in (EMAIL, "nobody@harbour.example")
    }
    assert told[EMAIL] == told["nobody@harbour.example"], "an address tells nothing"
    assert "Try again in 10 minutes" in told[EMAIL][2]
    refused(lambda: accept(office, code), "Too many")
    office.wait(minutes=10, seconds=1)
    assert accept(office, code).email == EMAIL


@on_both
def test_invitations_end_are_renewed_and_revoked(office: Office) -> None:
    made = office.invite(EMAIL)
    first = made.told.secret
    office.wait(days=7)
    assert status(office, made) == "expired"
    refused(lambda: accept(office, first))
    second = user_commands.resend(office.ctx, [made]).secret  # type: ignore[attr-defined]
    assert second != first
    assert status(office, made) == "invited"
    refused(lambda: accept(office, first))
    assert accept(office, second)
    user_commands.revoke(office.ctx, [made])
    assert status(office, made) == "revoked"
    refused(lambda: accept(office, second))
    third = user_commands.resend(office.ctx, [made]).secret  # type: ignore[attr-defined]
    sign_in.register(office.database, accept(office, third), FORM, clock=office.clock)
    refused(lambda: user_commands.resend(office.ctx, [made]), "signed up already")
    refused(lambda: user_commands.revoke(office.ctx, [made]), "signed up already")


def test_an_invitation_revoked_while_the_form_is_open_makes_no_account(office: Office) -> None:
    made = office.invite(EMAIL)
    invitation = accept(office, made.told.secret)
    user_commands.revoke(office.ctx, [made])
    refused(lambda: sign_in.register(office.database, invitation, FORM, clock=office.clock))
    assert status(office, made) == "revoked"


def test_codes_are_hashed_and_bound_to_their_user(local: Office) -> None:
    code = local.invite(EMAIL).told.secret
    other = local.invite("other@harbour.example").told.secret
    refused(lambda: accept(local, other))
    with local.database.read() as connection:
        stored = [row.code_hash for row in connection.execute(sa.select(one_time_code))]
    assert all(text.startswith("$argon2id$") for text in stored)
    assert local.database.path is not None
    raw = local.database.path.read_bytes()
    assert code.encode() not in raw
    assert code.replace("-", "").encode() not in raw


def test_a_company_that_demands_two_factors_wants_a_phone_at_once(office: Office) -> None:
    reseller = office.company("Strict", two_factor=True)
    made = office.invite(EMAIL, company_id=reseller)
    invitation = accept(office, made.told.secret)
    assert invitation.phone_needed
    assert invitation.second_factor_needed
    with pytest.raises(FieldProblem, match="demands a phone"):
        sign_in.register(office.database, invitation, replace(FORM, phone=""), clock=office.clock)
    step = sign_in.register(office.database, invitation, FORM, clock=office.clock)
    assert step.needs == "totp"
    assert step.enrolment is not None


@on_both
def test_guests_come_first_and_portal_users_have_their_own_list(office: Office) -> None:
    client = office.company("Client", "client")
    office.user("zoe")
    for name in ("mia", "bea"):
        office.invite(f"{name}@harbour.example")
    office.invite("pia@client.example", portal=True, company_id=client, departments=["Help"])
    rows = records.first_rows(office.ctx, USERS, ListQuery("users"))
    assert [row[3] for row in rows] == [
        "bea@harbour.example",
        "mia@harbour.example",
        "ann@harbour.example",
        "zoe@harbour.example",
    ]
    assert [row[2] for row in rows] == ["Guest", "Guest", "Ann Lee", "Some Body"]
    found = records.first_rows(office.ctx, PORTAL_USERS, ListQuery("portal_users"))
    assert [row[3] for row in found] == ["pia@client.example"]
    with pytest.raises(FieldProblem, match="client portal"):
        office.invite("no@client.example", company_id=client)


# ------------------------------------------------------------------------------ by mail


@on_both
def test_invitation_code_reset_and_sign_in_code_by_mail(office: Office) -> None:
    with mail_server() as inbox:
        with_mail(office, inbox.port)
        made = office.invite(EMAIL, two_factor=True)
        assert (made.told, made.told.secret) == (f"The code was mailed to {EMAIL}.", "")
        assert inbox.mails[0]["To"] == EMAIL
        found = CODE.search(inbox.last())
        assert found is not None
        step = sign_in.register(office.database, accept(office, found[0]), FORM, clock=office.clock)
        assert step.needs == "email_code"
        assert "b•••@harbour.example" in step.note
        assert EMAIL not in step.note
        first = six(inbox.last())
        refused(
            lambda: sign_in.send_code_again(office.database, step, clock=office.clock), "a moment"
        )
        office.wait(seconds=31)
        sign_in.send_code_again(office.database, step, clock=office.clock)
        second = six(inbox.last())
        if first != second:
            refused(lambda: sign_in.by_code(office.database, step, first, clock=office.clock))
        assert sign_in.by_code(office.database, step, second, clock=office.clock).needs == ""
        refused(lambda: sign_in.by_code(office.database, step, second, clock=office.clock))

        told = sign_in.ask_reset(office.database, "bob.roy", clock=office.clock)
        mails = len(inbox.mails)
        assert sign_in.ask_reset(office.database, "nobody", clock=office.clock) == told
        assert sign_in.ask_reset(office.database, "bob.roy", clock=office.clock) == told
        assert len(inbox.mails) == mails
        code = CODE.search(inbox.last())
        assert code is not None
        step = sign_in.reset_password(
            office.database, "bob.roy", code[0], OTHER, clock=office.clock
        )
        assert step.needs == "email_code"
        assert sign_in.by_code(office.database, step, six(inbox.last()), clock=office.clock).actor
    refused(lambda: office.sign_in("bob.roy", PASSWORD))
    refused(lambda: office.sign_in("bob.roy", OTHER), "can't be reached")


def six(text: str) -> str:
    found = re.search(r"\b\d{6}\b", text)
    assert found is not None
    return found[0]


def test_a_code_belongs_to_its_own_sign_in_and_ends(office: Office) -> None:
    with mail_server() as inbox:
        with_mail(office, inbox.port)
        office.invite(EMAIL, two_factor=True)
        code = CODE.search(inbox.last())
        assert code is not None
        step = sign_in.register(office.database, accept(office, code[0]), FORM, clock=office.clock)
        sign_in.by_code(office.database, step, six(inbox.last()), clock=office.clock)
        one = office.sign_in("bob.roy")
        of_one = six(inbox.last())
        two = office.sign_in("bob.roy")
        of_two = six(inbox.last())
        if of_one != of_two:
            refused(lambda: sign_in.by_code(office.database, one, of_one, clock=office.clock))
        refused(lambda: sign_in.by_code(office.database, one, of_two, clock=office.clock))
        office.wait(minutes=10, seconds=1)
        refused(lambda: sign_in.by_code(office.database, two, of_two, clock=office.clock))
        office.wait(minutes=10, seconds=1)
        three = office.sign_in("bob.roy")
        assert (
            sign_in.by_code(office.database, three, six(inbox.last()), clock=office.clock).needs
            == ""
        )


def test_a_mail_that_fails_hands_the_code_over_instead(local: Office) -> None:
    with mail_server() as inbox:
        with_mail(local, inbox.port)
        inbox.refuses = True
        made = local.invite(EMAIL)
    assert "did not take the mail" in made.told
    assert accept(local, made.told.secret).email == EMAIL


# ------------------------------------------------------------------------------ new passwords


def test_a_password_that_an_administrator_set_is_changed_first(office: Office) -> None:
    user_id = office.user("bob.roy")
    user_commands.give_password(office.ctx, user_id, OTHER)
    refused(lambda: office.sign_in("bob.roy"))
    step = office.sign_in("bob.roy", OTHER)
    assert step.needs == "new_password"
    done = sign_in.choose_password(office.database, step, "Third-way-44", clock=office.clock)
    assert done.needs == ""
    guest = office.invite("guest@harbour.example")
    refused(lambda: user_commands.reset_password(office.ctx, [guest]), "not signed up yet")
    second = office.user("second", "Admin")
    refused(
        lambda: user_commands.give_password(office.signed("second"), second, OTHER),
        "under My account",
    )


# ------------------------------------------------------------------------------ due


@on_both
def test_due_work_tells_ends_once_and_blocks_who_stays_away(office: Office) -> None:
    office.invite(EMAIL)
    office.user("carl")
    client = office.company("Client", "client")
    office.user("pia", portal=True, company_id=client)
    office.wait(days=7)
    assert due.expire_invitations(office.ctx, office.now) == 1
    assert due.block_inactive(office.ctx, office.now) == 0
    office.wait(days=173)
    assert due.block_inactive(office.ctx, office.now) == 2
    assert due.block_inactive(office.ctx, office.now) == 0
    with office.database.read() as connection:
        blocked = connection.execute(
            sa.select(user_account.c.login).where(user_account.c.blocked_at.is_not(None))
        ).scalars()
        assert sorted(blocked) == ["carl", "pia"]
        told = sa.select(audit.c.company_id).where(audit.c.action == "block unused user")
        assert sorted(connection.execute(told).scalars()) == [1, client]
