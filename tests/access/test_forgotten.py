"""Forgotten passwords: codes by mail and from administrators, with and without two steps (M8)."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from app.db.queries import user_secrets
from app.db.tables.audit import audit
from app.errors import Conflict, FieldProblem, UserError
from app.services.access import account, forgotten, hashing, sign_in, user_commands
from app.services.access.new_password import NewPassword
from tests.access.conftest import PASSWORD, Office, on_both
from tests.access.mail_server import mail_server
from tests.access.test_invitations import CODE, with_mail
from tests.access.test_sign_in import OTHER, code_of, refused, with_authenticator


def reset(office: Office, code: str, new: str = OTHER, name: str = "bob.roy") -> sign_in.SignIn:
    return sign_in.reset_password(office.database, name, code, new, clock=office.clock)


@on_both
def test_without_mail_an_administrator_gives_the_code(office: Office) -> None:
    user_id = office.user("bob.roy")
    for name in ("bob.roy", "nobody"):
        refused(
            lambda n=name: sign_in.ask_reset(office.database, n), "ask an administrator for a code"
        )
    session = office.sign_in("bob.roy").session_id or 0
    told = user_commands.reset_password(office.ctx, [user_id])
    assert office.sign_in("bob.roy").needs == "", "the old password works until then"

    same = [
        refused(lambda n=name: reset(office, "AAAA-BBBB-CCCC", name=n))
        for name in ("bob.roy", "no")
    ]
    assert same[0] == same[1]
    with pytest.raises(FieldProblem, match="too short"):
        reset(office, told.secret, "Ab1")  # type: ignore[attr-defined]
    with pytest.raises(FieldProblem, match="your last"):
        reset(office, told.secret, PASSWORD)  # type: ignore[attr-defined]
    assert reset(office, told.secret).needs == ""  # type: ignore[attr-defined]
    refused(lambda: reset(office, told.secret, "Third-way-44"))  # type: ignore[attr-defined]
    with pytest.raises(UserError):
        sign_in.refresh(office.database, session, office.now)
    told = user_commands.reset_password(office.ctx, [user_id])
    office.wait(days=1, seconds=1)
    refused(lambda: reset(office, told.secret, "Fourth-way-55"))  # type: ignore[attr-defined]


@on_both
def test_several_users_get_a_code_each_in_one_command_or_none_does(office: Office) -> None:
    bob, carl = office.user("bob.roy"), office.user("carl")
    guest = office.invite("guest@harbour.example")
    refused(lambda: user_commands.reset_password(office.ctx, [bob, guest]), "not signed up yet")
    with office.database.read() as connection:
        assert user_secrets.open_code(connection, bob, "reset", office.now) is None
    told = user_commands.reset_password(office.ctx, [bob, carl])
    assert told.startswith("2 codes for a new password were made, 0 of them mailed. Mail can't")
    lines = dict(line.split(": ") for line in told.secret.splitlines())  # type: ignore[attr-defined]
    assert list(lines) == ["bob.roy@harbour.example", "carl@harbour.example"]
    assert reset(office, lines["carl@harbour.example"], name="carl").needs == ""
    assert reset(office, lines["bob.roy@harbour.example"]).needs == ""
    with office.database.read() as connection:
        told_of = sa.select(audit.c.object_id).where(audit.c.action == "reset password")
        assert set(connection.execute(told_of).scalars()) == {str(bob), str(carl)}
    with mail_server() as inbox:
        with_mail(office, inbox.port)
        told = user_commands.reset_password(office.ctx, [bob, carl])
        assert told == "2 codes for a new password were mailed."
        assert [mail["To"] for mail in inbox.mails] == list(lines)


@on_both
def test_a_code_is_used_up_with_the_password_not_before(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    user_id = office.user("bob.roy")
    code = user_commands.reset_password(office.ctx, [user_id]).secret  # type: ignore[attr-defined]
    with pytest.raises(FieldProblem):
        reset(office, code, "weak")
    prepared = forgotten.prepared

    def and_renewed(*args: object, **more: object) -> NewPassword:
        """The user signs in meanwhile, which makes an outdated hash anew."""
        change = prepared(*args, **more)  # type: ignore[arg-type]
        with office.database.write() as connection:
            renewed = {"password_hash": hashing.hash_password(PASSWORD)}
            user_secrets.save_secret(connection, user_id, renewed)
        return change

    monkeypatch.setattr(forgotten, "prepared", and_renewed)
    with pytest.raises(Conflict):
        reset(office, code)
    monkeypatch.undo()
    for left in ("2 attempts are left", "1 attempt is left", "Try again in 10 minutes"):
        refused(lambda: reset(office, "AAAA-BBBB-CCCC"), left)
    refused(lambda: reset(office, code), "Too many wrong codes")
    office.wait(minutes=10, seconds=1)
    assert reset(office, code).needs == ""


@on_both
def test_the_mailbox_alone_does_not_replace_an_authenticator(office: Office) -> None:
    with mail_server() as inbox:
        with_mail(office, inbox.port)
        told = sign_in.ask_reset(office.database, "ann.lee", clock=office.clock)
        assert "authenticator app" in told
        mailed = CODE.search(inbox.last())
        assert mailed is not None
        with_authenticator(office)
        refused(lambda: reset(office, mailed[0], name="ann.lee"), "wrong")
        assert sign_in.ask_reset(office.database, "ann.lee", clock=office.clock) == told
        given = user_commands.reset_password(office.ctx, [1])
        assert "not mailed" in given
        assert len(inbox.mails) == 1
    step = reset(office, given.secret, name="ann.lee")  # type: ignore[attr-defined]
    assert (step.needs, step.actor) == ("totp", None)
    assert step.enrolment is not None


def test_the_last_administrator_is_warned_of_what_no_mail_replaces(local: Office) -> None:
    ctx = local.signed()
    begun = account.enrol(ctx, PASSWORD)
    told = account.confirm(ctx, begun, code_of(begun.secret, local))
    assert "You are the only administrator" in told
