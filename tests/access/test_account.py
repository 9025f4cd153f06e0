"""My account: name, picture, phone, password, two factors, sessions, the end of it (USR-5)."""

from __future__ import annotations

import struct
import zlib

import pytest
import sqlalchemy as sa

from app.db.tables.audit import audit
from app.db.tables.users import user_account, user_secret, user_session
from app.domain.records import ListQuery
from app.errors import FieldProblem, SignedOut, UserError
from app.sections.users import USERS
from app.services import records
from app.services.access import account, sign_in
from tests.access.conftest import PASSWORD, Office, on_both
from tests.access.mail_server import mail_server
from tests.access.test_invitations import with_mail
from tests.access.test_sign_in import OTHER, code_of, refused, with_authenticator


def png(width: int, height: int, more: bytes = b"") -> bytes:
    """Return a real PNG of a size that its header claims."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * 10)
    parts = chunk(b"IHDR", header) + chunk(b"IDAT", rows + more) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000") + bytes.fromhex(
    "ffc0000b08010001000101110000ffd9"
)


def test_what_the_page_shows(office: Office) -> None:
    mine = account.my_account(office.signed())
    assert (mine.name, mine.login, mine.email) == ("Ann Lee", "ann.lee", "ann@harbour.example")
    assert (mine.company, mine.roles, mine.second_factor) == ("System owner", ("Admin",), "none")
    assert mine.idle_minutes == 60
    assert "ann" in mine.names
    refused(lambda: account.my_account(office.ctx), "Nobody signs in")


def test_the_name_is_saved_and_checked(office: Office) -> None:
    ctx = office.signed()
    account.save_name(ctx, " Anna ", "Lee-Roy")
    assert account.my_account(ctx).name == "Anna Lee-Roy"
    with pytest.raises(FieldProblem) as problem:
        account.save_name(ctx, " ", "x" * 61)
    assert set(problem.value.problems) == {"first_name", "last_name"}
    with pytest.raises(FieldProblem):
        account.save_name(ctx, "Ann\nLee", "x")
    entries = records.load(office.ctx, USERS, 1).history
    assert entries[0].action == "Change own name"


@pytest.mark.parametrize("picture", [png(256, 256), JPEG], ids=["png", "jpeg"])
def test_a_picture_is_kept_and_taken_away(office: Office, picture: bytes) -> None:
    ctx = office.signed()
    account.save_avatar(ctx, picture)
    assert account.my_account(ctx).avatar == picture
    account.save_avatar(ctx, None)
    assert account.my_account(ctx).avatar is None


@pytest.mark.parametrize(
    ("picture", "word"),
    [
        (b"", "neither"),
        (b"GIF89a" + b"\0" * 40, "neither"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "neither"),
        (b"\x89PNG\r\n\x1a\n", "neither"),
        (b"\xff\xd8\xff", "neither"),
        (b"\xff\xd8" + b"\xff\xe0\x00\x00" * 50, "neither"),
        (png(50_000, 50_000), "pixels a side"),
        (png(0, 10), "pixels a side"),
        (png(10, 10, b"x" * 1024 * 1024), "larger than 1 MB"),
    ],
)
def test_other_files_are_no_pictures(local: Office, picture: bytes, word: str) -> None:
    refused(lambda: account.save_avatar(local.signed(), picture), word)


@on_both
def test_another_phone_ends_every_session(office: Office) -> None:
    first, second = office.sign_in(), office.sign_in()
    ctx = office.as_actor(second.actor)
    account.change_phone(ctx, "+49 30 1234567")
    for step in (first, second):
        with pytest.raises(SignedOut):
            sign_in.refresh(office.database, step.session_id or 0, office.now)
    again = office.signed()
    assert account.my_account(again).phone == "+49301234567"
    assert "same as before" in account.change_phone(again, "0049301234567".replace("00", "+", 1))


def test_the_current_password_is_needed_for_another(office: Office) -> None:
    ctx = office.signed()
    for _ in range(5):
        with pytest.raises(FieldProblem, match="current password is wrong"):
            account.change_password(ctx, "wrong", OTHER)
    refused(lambda: account.change_password(ctx, PASSWORD, OTHER), "Too many wrong attempts")
    office.wait(minutes=2)
    for bad, word in (("short1A", "too short"), (PASSWORD, "your last"), ("Ann.Lee-12", "name")):
        with pytest.raises(FieldProblem, match=word):
            account.change_password(ctx, PASSWORD, bad)
    account.change_password(ctx, PASSWORD, OTHER)
    account.change_password(ctx, OTHER, "Third-way-44")  # the back office may at any time
    assert office.sign_in(password="Third-way-44").needs == ""


def test_portal_users_wait_a_day_between_changes(office: Office) -> None:
    client = office.company("Client", "client")
    office.user("pia", company_id=client, portal=True)
    office.user("boss", "Admin", company_id=client, portal=True)
    pia, boss = office.signed("pia"), office.signed("boss")
    refused(lambda: account.change_password(pia, PASSWORD, OTHER), "less than 24 hours ago")
    account.change_password(boss, PASSWORD, OTHER)
    office.wait(hours=24)
    account.change_password(pia, PASSWORD, OTHER)


def test_an_authenticator_is_stored_when_it_works(office: Office) -> None:
    ctx = office.signed()
    with pytest.raises(FieldProblem):
        account.enrol(ctx, "wrong")
    begun = account.enrol(ctx, PASSWORD)
    assert begun.uri.startswith("otpauth://totp/Tariffdesk:ann.lee?secret=")
    assert begun.grouped.replace(" ", "") == begun.secret
    assert begun.secret not in repr(begun)
    with pytest.raises(FieldProblem, match="2 attempts"):
        account.confirm(ctx, begun, "000000" if code_of(begun.secret, office) != "000000" else "1")
    assert account.my_account(ctx).second_factor == "none"
    account.confirm(ctx, begun, code_of(begun.secret, office))
    assert account.my_account(ctx).second_factor == "totp"
    with pytest.raises(FieldProblem):
        account.disable(ctx, "wrong")
    account.disable(ctx, PASSWORD)
    assert office.sign_in().needs == ""


def test_mailed_codes_can_be_chosen_where_mail_is_set_up(office: Office) -> None:
    ctx = office.signed()
    refused(lambda: account.use_mailed_codes(ctx, PASSWORD), "can't come by mail")
    with mail_server() as inbox:
        with_mail(office, inbox.port)
        with_authenticator(office)
        ctx = office.as_actor(office.signed_by_code())
        account.use_mailed_codes(ctx, PASSWORD)
        assert office.sign_in().needs == "email_code"
        assert len(inbox.mails) == 1


def test_own_sessions_are_listed_and_ended(office: Office) -> None:
    first, second = office.sign_in(), office.sign_in()
    office.user("carl")
    other = office.sign_in("carl").session_id or 0
    ctx = office.as_actor(second.actor)
    assert [s.id for s in account.my_sessions(ctx)] == [second.session_id, first.session_id]
    refused(lambda: account.end_my_sessions(ctx, [other]), "has ended already")
    account.end_my_sessions(ctx, [first.session_id or 0])
    with pytest.raises(SignedOut):
        sign_in.refresh(office.database, first.session_id or 0, office.now)


@on_both
def test_the_account_is_deleted_by_password_and_word(office: Office) -> None:
    carl = office.user("carl", "Admin", phone="+4930555555")
    step = office.sign_in("carl")
    ctx = office.as_actor(step.actor)
    account.save_avatar(ctx, png(9, 9))
    with pytest.raises(FieldProblem):
        account.check_password(ctx, "wrong")
    account.check_password(ctx, PASSWORD)
    for password, word, name in (("wrong", "delete-account", "password"), (PASSWORD, "x", "word")):
        with pytest.raises(FieldProblem) as problem:
            account.delete_my_account(ctx, password, word)
        assert set(problem.value.problems) == {name}
    account.delete_my_account(ctx, PASSWORD, "delete-account")
    with pytest.raises(SignedOut):
        sign_in.refresh(office.database, step.session_id or 0, office.now)
    refused(lambda: office.sign_in("carl"), "type both")
    rows = records.first_rows(office.ctx, USERS, ListQuery("users"))
    assert [row[3] for row in rows] == ["ann@harbour.example"]
    refused(lambda: records.load(office.ctx, USERS, carl), "There is no user")
    with office.database.read() as connection:
        left = (
            connection.execute(sa.select(user_account).where(user_account.c.id == carl))
            .mappings()
            .one()
        )
        for table in (user_secret, user_session):
            gone = sa.select(table.c.user_id).where(table.c.user_id == carl)
            assert connection.execute(gone).first() is None
        told = sa.select(audit.c.action).where(audit.c.actor == "carl").order_by(audit.c.id)
        assert list(connection.execute(told).scalars())[-1] == "delete own account"
    assert (left["login"], left["phone"], left["avatar"]) == ("carl", "", None)
    assert "carl@" not in left["email"]
    with pytest.raises(FieldProblem, match="taken"):
        office.user("carl")  # a name that the audit uses is never given again


def test_the_last_administrator_cannot_leave(office: Office) -> None:
    ctx = office.signed()
    refused(
        lambda: account.delete_my_account(ctx, PASSWORD, "delete-account"), "last administrator"
    )
    assert office.sign_in().needs == ""


def test_the_own_account_is_for_signed_in_users(local: Office) -> None:
    from app.services.context import NOBODY

    nobody = local.as_actor(NOBODY)
    for call in (
        lambda: account.my_account(nobody),
        lambda: account.change_password(nobody, PASSWORD, OTHER),
        lambda: account.delete_my_account(nobody, PASSWORD, "delete-account"),
    ):
        with pytest.raises(UserError, match="sign in first"):
            call()
