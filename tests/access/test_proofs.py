"""What a sign-in may still do when the password changed, a login was taken, or time could tell."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from app.db.queries import users
from app.errors import FieldProblem
from app.sections.users import USERS
from app.services import records
from app.services.access import account, hashing, sign_in, sign_up, user_commands
from app.services.access.entry import Proof, advance
from app.services.access.sign_up import Registration
from tests.access.conftest import PASSWORD, Office, on_both
from tests.access.test_sign_in import code_of, refused, with_authenticator

OTHER = "Ocean-blue-99"
GIVE_UP_SECONDS = 20


def test_a_begun_sign_in_ends_with_its_password(office: Office) -> None:
    carl = office.user("carl")
    office.wait(days=61)
    begun = office.sign_in("carl")
    assert begun.needs == "new_password"
    assert begun.proof is not None
    proof = begun.proof
    user_commands.give_password(office.ctx, carl, "Third-way-44")
    for call in (
        lambda: sign_in.choose_password(office.database, begun, OTHER, clock=office.clock),
        lambda: advance(office.database, proof, office.clock),
    ):
        refused(call, "Sign in again")
    assert office.sign_in("carl", "Third-way-44").needs == "new_password"


def test_a_code_does_not_finish_a_sign_in_of_the_old_password(office: Office) -> None:
    secret = with_authenticator(office)
    begun = office.sign_in()
    changing = office.as_actor(office.signed_by_code())
    office.wait(days=2)
    account.change_password(changing, PASSWORD, OTHER)
    code = code_of(secret, office)
    refused(
        lambda: sign_in.by_code(office.database, begun, code, clock=office.clock), "Sign in again"
    )


def test_a_phone_is_not_stored_by_a_sign_in_of_the_old_password(office: Office) -> None:
    sue = office.user("sue")
    proof = Proof(sue, office.now, second_step=True)
    begun = sign_in.SignIn("phone", None, None, sue, "", proof=proof)
    office.wait(days=1)
    user_commands.give_password(office.ctx, sue, OTHER)
    refused(
        lambda: sign_in.add_phone(office.database, begun, "+49999999999", clock=office.clock),
        "Sign in again",
    )


@on_both
def test_who_loses_the_race_for_a_login_keeps_the_invitation(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    invited = []
    for email in ("a@harbour.example", "b@harbour.example"):
        code = office.invite(email).told.secret
        invited.append(sign_in.accept_invitation(office.database, email, code, clock=office.clock))
    both = threading.Barrier(2)
    checked = sign_up.checked_registration

    def together(*given: Any, **more: Any) -> dict[str, str]:
        found = checked(*given, **more)
        both.wait(GIVE_UP_SECONDS)
        return found

    def register(invitation: sign_in.Invitation, login: str = "same") -> object:
        form = Registration("Some", "Body", "", login, PASSWORD)
        try:
            return sign_in.register(office.database, invitation, form, clock=office.clock)
        except FieldProblem as problem:
            return problem

    with monkeypatch.context() as patch, ThreadPoolExecutor(2) as pool:
        patch.setattr(sign_up, "checked_registration", together)
        ended = list(pool.map(register, invited))
    lost = [one for one in ended if isinstance(one, FieldProblem)]
    assert [set(one.problems) for one in lost] == [{"login"}]
    again = register(invited[ended.index(lost[0])], "other")
    assert isinstance(again, sign_in.SignIn)
    assert again.actor is not None


def test_a_wrong_code_takes_as_many_hashes_for_everybody(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.invite("guest@harbour.example")
    judged: list[str] = []
    verify = hashing.verify_password

    def counted(stored: str | None, password: str) -> bool:
        judged.append(password)
        return verify(stored, password)

    monkeypatch.setattr(hashing, "verify_password", counted)
    numbers = set()
    for email in ("guest@harbour.example", "ann@harbour.example", "nobody@harbour.example"):
        judged.clear()
        refused(
            lambda e=email: sign_in.accept_invitation(
                office.database, e, "AAAA-AAAA-AAAA", clock=office.clock
            )
        )
        numbers.add(len(judged))
    assert len(numbers) == 1


def test_nobody_goes_round_the_own_password(office: Office) -> None:
    with_authenticator(office)
    ann = office.as_actor(office.signed_by_code())
    refused(lambda: user_commands.reset_password(ann, [1]), "under My account")
    record = records.load(ann, USERS, 1)
    with pytest.raises(FieldProblem, match="under My account"):
        records.update(ann, USERS, 1, record.version, {"two_factor": False})
    office.user("second", "Admin")
    records.update(office.signed("second"), USERS, 1, record.version, {"two_factor": False})


def test_a_session_that_ended_keeps_nobody_active(office: Office) -> None:
    carl = office.user("carl")
    session = office.sign_in("carl").session_id or 0
    sign_in.end(office.database, session, now=office.now)
    before = office.now
    office.wait(days=3)
    sign_in.seen(office.database, session, office.now)
    with office.database.read() as connection:
        found = users.account(connection, carl)
    assert found is not None
    assert found.last_active_at == before
