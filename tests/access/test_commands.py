"""The command line of a database that asks who you are; no secret is left behind anywhere."""

from __future__ import annotations

import datetime as dt
import json
import sys
import tempfile
from pathlib import Path

import pyotp
import pytest

from app import bootstrap
from app.db.engine import open_database
from app.errors import SignedOut, UserError
from app.services.access import account, hashing, sign_in
from app.services.access.authenticator import Enrolment
from app.services.context import NOBODY, Context
from tests.access.conftest import PASSWORD
from tests.access.mail_server import USER, mail_server
from tests.access.test_invitations import CODE, six
from tests.access.test_sign_in import OTHER
from tests.helpers.command_line import Desk, Ran


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


@pytest.fixture
def secret_file(tmp_path: Path) -> Path:
    path = tmp_path / "password.txt"
    path.write_text(f"{PASSWORD}\nanother line\n", encoding="utf-8")
    return path


@pytest.fixture
def desk(tmp_path: Path, secret_file: Path) -> Desk:
    """A new file with an administrator made by commands, and sign-in on."""
    made = Desk(tmp_path / "office.db")
    made.ok("db", "init")
    made.ok(
        *("sign-in", "setup", "--email", "ann@harbour.example", "--login", "ann.lee"),
        *("--first-name", "Ann", "--last-name", "Lee", "--new-password-file", secret_file),
    )
    assert "can read and change it with other programs" in made.ok("sign-in", "on").out
    return made


class Signed:
    """Commands of somebody who signs in for each."""

    def __init__(self, desk: Desk, name: str, file: Path) -> None:
        self.desk, self.first = desk, ("--user", name, "--password-file", file)

    def __call__(self, *arguments: object) -> Ran:
        return self.desk(*self.first, *arguments)

    def ok(self, *arguments: object) -> Ran:
        return self.desk.ok(*self.first, *arguments)


@pytest.fixture
def ann(desk: Desk, secret_file: Path) -> Signed:
    return Signed(desk, "ann.lee", secret_file)


# ------------------------------------------------------------------------------ signing in


def test_a_command_asks_who_you_are(
    desk: Desk, ann: Signed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for command in (
        ("users",),
        ("due", "--dry-run"),
        ("tree", "--service", "S"),
        ("sign-in", "status"),
    ):
        refused = desk(*command)
        assert refused.code == 1
        assert "asks who you are: add --user" in refused.err
    assert "ann@harbour.example" in ann.ok("users").out
    wrong = tmp_path / "wrong"
    wrong.write_text("nothing", encoding="utf-8")
    assert "wrong: type both" in Signed(desk, "ann.lee", wrong)("users").err
    assert "can't be read" in Signed(desk, "ann.lee", tmp_path / "missing")("users").err
    assert "no terminal to ask" in desk("--user", "ann.lee", "users").err
    monkeypatch.setenv("TARIFFDESK_PASSWORD_FILE", str(ann.first[3]))
    assert desk.ok("--user", "ann.lee", "users").out
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    monkeypatch.setattr("getpass.getpass", lambda _question: PASSWORD)
    monkeypatch.delenv("TARIFFDESK_PASSWORD_FILE")
    assert desk.ok("--user", "ann@harbour.example", "users").out


def test_each_command_is_a_session_of_its_own_that_ends(desk: Desk, ann: Signed) -> None:
    ann.ok("users")
    ann.ok("roles")
    with open_database(desk.target, create=False) as database:
        step = sign_in.by_password(database, "ann.lee", PASSWORD, clock=now)
        ctx = Context(step.actor or NOBODY, database)
        assert [s.id for s in account.my_sessions(ctx)] == [step.session_id]


def test_codes_go_with_the_command(desk: Desk, ann: Signed, secret_file: Path) -> None:
    with mail_server() as inbox:
        ann.ok(
            *("mail", "set", "--host", "127.0.0.1", "--port", inbox.port, "--security", "none"),
            *("--sender", "office@harbour.example"),
        )
        assert "was sent to bob@x.example" in ann.ok("mail", "test", "bob@x.example").out
        with open_database(desk.target, create=False) as database:
            step = sign_in.by_password(database, "ann.lee", PASSWORD, clock=now)
            account.use_mailed_codes(Context(step.actor or NOBODY, database), PASSWORD)
        refused = ann("users")
        assert "Add it to the command: --code CODE" in refused.err
        code = six(inbox.last())
        given = ("--user", "ann.lee", "--password-file", secret_file, "--code")
        assert desk.ok(*given, code, "users").out
        assert desk(*given, code, "users").code == 1, "a code works once"


def test_an_authenticator_goes_with_the_command(desk: Desk, ann: Signed) -> None:
    with open_database(desk.target, create=False) as database:
        step = sign_in.by_password(database, "ann.lee", PASSWORD, clock=now)
        ctx = Context(step.actor or NOBODY, database)
        begun: Enrolment = account.enrol(ctx, PASSWORD)
        before = dt.datetime.now(dt.UTC) - dt.timedelta(seconds=30)
        account.confirm(ctx, begun, pyotp.TOTP(begun.secret).at(before))
    assert "Add --code with what your authenticator app shows" in ann("users").err
    code = pyotp.TOTP(begun.secret).now()
    assert ann.desk.ok(*ann.first, "--code", code, "users").out


# ------------------------------------------------------------------------------ the commands


def test_users_are_invited_and_managed(ann: Signed, tmp_path: Path) -> None:
    invited = ann.ok("user", "invite", "bob@x.example", "--role", "rate manager")
    code = CODE.search(invited.out)
    assert code is not None
    assert "Expired" not in ann.ok("users").out
    listed = json.loads(ann.ok("users", "--json").out)
    assert [(u["email"], u["status"]) for u in listed] == [
        ("bob@x.example", "invited"),
        ("ann@harbour.example", "active"),
    ]
    assert "choose of Admin" in ann("user", "invite", "x@x.example", "--role", "Nobody").err
    assert "no company" in ann("user", "invite", "x@x.example", "--company", "No").err
    assert (
        "is there already" in ann("user", "invite", "bob@x.example", "--role", "Rate manager").err
    )
    assert "revoked" in ann.ok("user", "revoke", "bob@x.example").out
    again = CODE.search(ann.ok("user", "resend", "bob@x.example").out)
    assert again is not None
    assert again[0] != code[0]
    ann.ok("user", "invite", "pia@x.example", "--portal", "--admin", "--department", "Help")
    assert "pia@x.example" in ann.ok("users", "--portal").out
    ann.ok("user", "delete", "bob@x.example")
    assert "There is no user bob@x.example" in ann("user", "activate", "bob@x.example").err
    assert "your own account" in ann("user", "deactivate", "ann.lee").err
    assert "session" in ann.ok("user", "end-sessions", "ann.lee").out
    roles = json.loads(ann.ok("roles", "--json").out)
    assert {role["kind"] for role in roles} == {"system"}


def test_a_given_password_and_the_policy(desk: Desk, ann: Signed, tmp_path: Path) -> None:
    new = tmp_path / "new"
    new.write_text(OTHER, encoding="utf-8")
    code = CODE.search(ann.ok("user", "invite", "bob@x.example", "--admin").out)
    assert code is not None
    with open_database(desk.target, create=False) as database:
        invited = sign_in.accept_invitation(database, "bob@x.example", code[0], clock=now)
        form = sign_in.Registration("Bob", "Roy", "", "bob.roy", PASSWORD)
        sign_in.register(database, invited, form, clock=now)
    assert (
        "has to be changed"
        in ann.ok("user", "set-password", "bob.roy", "--new-password-file", new).out
    )
    changed = Signed(desk, "bob.roy", new)
    assert "That is done in the window" in changed("users").err
    assert (
        "The password was changed"
        in ann.ok("user", "set-password", "ann.lee", "--new-password-file", new).out
    )
    assert Signed(desk, "ann.lee", new).ok("users").out, "chosen by oneself, to be kept"


def test_the_policy_is_shown_and_set(ann: Signed) -> None:
    assert json.loads(ann.ok("policy", "show", "--json").out)["valid_days"] == 60
    ann.ok("policy", "set", "valid_days", "0")
    ann.ok("policy", "set", "first_change", "no")
    shown = ann.ok("policy", "show").out
    assert "idle_minutes" in shown
    for name, value in (("length", "3"), ("nothing", "1"), ("length", "many"), ("length", "yes")):
        refused = ann("policy", "set", name, value)
        assert refused.code == 1
        assert refused.err.count("\n") == 1


def test_sign_in_goes_off_and_on(desk: Desk, ann: Signed) -> None:
    assert "Sign-in is off" in ann.ok("sign-in", "off").out
    assert "Sign-in is off." in desk.ok("sign-in", "status").out
    assert "off already" in desk.ok("sign-in", "off").out
    assert (
        "has an administrator already"
        in desk(
            *("sign-in", "setup", "--email", "x@x.example", "--login", "x"),
            *("--first-name", "X", "--last-name", "Y", "--new-password-file", ann.first[3]),
        ).err
    )
    desk.ok("sign-in", "on")
    assert desk("users").code == 1


# ------------------------------------------------------------------------------ sessions


def test_a_session_of_the_window_knows_who_works(desk: Desk) -> None:
    session = bootstrap.open_session(desk.target)
    try:
        assert session.actor == session.context().actor == NOBODY
        step = sign_in.by_password(session.database, "ann.lee", PASSWORD, clock=now)
        entered = bootstrap.signed_in(session, step)
        assert entered.context().actor.name == "ann.lee"
        sign_in.end(session.database, step.session_id or 0)
        with pytest.raises(SignedOut):
            entered.context()
        unfinished = sign_in.SignIn("totp", None, None, 1, "")
        with pytest.raises(UserError, match="not finished"):
            bootstrap.signed_in(session, unfinished)
    finally:
        session.close()


def test_sign_in_switched_on_by_another_program_counts_from_the_next_command(
    desk: Desk, ann: Signed
) -> None:
    ann.ok("sign-in", "off")
    session = bootstrap.open_session(desk.target)
    try:
        assert session.context().actor.owner
        desk.ok("sign-in", "on")
        with pytest.raises(SignedOut, match="was switched on"):
            session.context()
        ann.ok("sign-in", "off")
        assert session.context().actor.owner
    finally:
        session.close()


# ------------------------------------------------------------------------------ canaries


def test_no_secret_is_left_anywhere(
    desk: Desk, ann: Signed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Secrets go through every command and a crash; then everything is searched for them."""
    logs = tmp_path / "logs"
    logs.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(logs))
    mail_secret, new_secret = "Canary-mail-5521", "Canary-given-7717"
    for name, text in (("mail.txt", mail_secret), ("new.txt", new_secret)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    said = [
        ann.ok("users"),
        ann.ok(
            *("mail", "set", "--host", "127.0.0.1", "--port", "1", "--sender", "o@x.example"),
            *("--mail-user", USER, "--mail-password-file", tmp_path / "mail.txt"),
        ),
        ann("mail", "test", "bob@x.example"),
        ann.ok("mail", "show"),
        ann("user", "set-password", "ann.lee", "--new-password-file", tmp_path / "new.txt"),
        Signed(desk, "ann.lee", tmp_path / "new.txt")("users"),
        Signed(desk, "Canary-as-login-9", tmp_path / "new.txt")("users"),
    ]
    with open_database(desk.target, create=False) as database:
        step = sign_in.by_password(database, "ann.lee", new_secret, clock=now)
        ctx = Context(step.actor or NOBODY, database)
        account.change_password(ctx, new_secret, "Canary-own-3391")
        begun = account.enrol(ctx, "Canary-own-3391")
        account.confirm(ctx, begun, pyotp.TOTP(begun.secret).now())
        shown = repr((step, begun, ctx, sign_in.Registration("a", "b", "", "c", new_secret)))

    def broken(*_: object) -> bool:
        raise RuntimeError("a fault in the middle")

    monkeypatch.setattr(hashing, "verify_password", broken)
    said.append(Signed(desk, "ann.lee", tmp_path / "new.txt")("users"))
    assert list(logs.rglob("tariffdesk-error-*")), "the crash left its file"
    canaries = [
        PASSWORD,
        mail_secret,
        new_secret,
        "Canary-own-3391",
        "Canary-as-login-9",
        begun.secret,
    ]
    places = {str(number): (ran.out + ran.err).encode() for number, ran in enumerate(said)}
    places["repr"] = shown.encode()
    for root in (logs, tmp_path / "data"):
        places |= {str(p): p.read_bytes() for p in root.rglob("*") if p.is_file()}
    for path in tmp_path.glob("office.db*"):
        places[str(path)] = path.read_bytes()
    assert len(places) > len(said) + 3
    found = [
        (canary, place)
        for canary in canaries
        for place, content in places.items()
        if canary.encode() in content
    ]
    assert found == []
