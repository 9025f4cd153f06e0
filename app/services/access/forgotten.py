"""From a forgotten password back into an account (M8): a code by mail, or from an administrator.

Who signs in with an authenticator app gets none by mail. Its secret is sealed under the password,
so that nobody who reads the database has it; without the old password nothing is left to check a
code of the app against, and the mailbox alone would pass both steps. An administrator, who knows
whom the code is handed to, makes it instead; the app is then added anew at the sign-in. Mailed
sign-in codes prove the mailbox, as the reset does: they stay asked for after it.
"""

from __future__ import annotations

import datetime as dt

from app.db.engine import Database
from app.db.queries import user_secrets, users
from app.db.queries.users import Account, account_named
from app.domain.one_time_codes import long_code
from app.errors import UserError
from app.services.access import hashing, mail
from app.services.access.attempts import check_code, take_typed_code
from app.services.access.entry import AGAIN, Clock, SignIn, system_context, tell
from app.services.access.new_password import prepared, store_password
from app.services.access.policy import policy_in
from app.services.access.sign_up import go_on

RESET = "reset"
ASK_AFTER = dt.timedelta(seconds=30)
"""Time between two mails with a code for a new password: nobody's mailbox is filled by asking."""

ASKED = (
    "If there is such an account, a code was sent to its mail address: type it here within {} "
    "minutes. Who signs in with an authenticator app gets the code from an administrator instead."
)


def mail_is_enough(account: Account) -> bool:
    """Return whether a mail may carry a user's code for a new password."""
    return account.second_factor != "totp"


def ask_reset(database: Database, login_or_email: str, *, clock: Clock | None = None) -> str:
    """Mail a code for a new password and return the answer, the same whether a user exists or not.

    Raises UserError, for every name alike, where no mail can be sent.
    """
    clock = clock or _utc_now
    if not mail.is_ready(database):
        raise UserError(
            "This machine can't send mail: ask an administrator for a code for a new password."
        )
    with database.read() as connection:
        policy = policy_in(connection)
        account = account_named(connection, login_or_email)
    code = long_code()
    hashed = hashing.hash_code(code)
    stored = account is not None and store_reset(
        database, account.id, hashed, clock, minutes=policy.code_minutes
    )
    if account is None or not stored:
        mail.probe(database)
    else:
        message = reset_mail(account, code, f"{policy.code_minutes} minutes")
        try:
            mail.send(database, message)
        except UserError:  # nobody has this code, and another may be asked for at once
            with database.write() as connection:
                user_secrets.end_codes(connection, account.id, RESET, clock())
            raise
    return ASKED.format(policy.code_minutes)


def store_reset(
    database: Database, user_id: int, hashed: str, clock: Clock, *, minutes: int
) -> bool:
    """Make a code for a new password the only one that holds; False where none may be mailed."""
    now = clock()
    with database.write() as connection:
        # Locked against an authenticator that is added at this moment.
        user_secrets.read_secret(connection, user_id, lock=True)
        account = users.account(connection, user_id)
        last = user_secrets.open_code(connection, user_id, RESET, now)
        soon = last is not None and now < last.made_at + ASK_AFTER
        if account is None or account.registered_at is None or not account.active or soon:
            return False
        if not mail_is_enough(account):
            return False
        ends = now + dt.timedelta(minutes=minutes)
        user_secrets.add_code(connection, user_id, RESET, hashed, now=now, ends_at=ends)
        ctx = system_context(database, account, clock)
        tell(connection, ctx, "ask for new password", account)
    return True


def reset_mail(account: Account, code: str, validity: str) -> mail.Mail:
    """Return the mail that carries a code for a new password."""
    text = (
        f"Your code for a new Tariffdesk password is {code}. It is valid for {validity} and works "
        "once: choose Forgotten password where you sign in, then I have a code.\n\nIf you did not "
        "ask for it, leave it: your password stays as it is.\n"
    )
    return mail.Mail(account.email, "Your code for a new password", text)


def reset_password(
    database: Database, login_or_email: str, code: str, new: str, *, clock: Clock | None = None
) -> SignIn:
    """Set a new password with the code of a reset and go on signing in.

    The code is used up together with the change: a password that is refused, or was changed
    elsewhere meanwhile, leaves it good. An authenticator is dropped and added anew.
    """
    clock = clock or _utc_now
    with database.read() as connection:
        account = account_named(connection, login_or_email)
    check_code(database, account, RESET, code, clock, login_or_email)
    if account is None:
        raise UserError(AGAIN)
    change = prepared(database, account.id, new, field="password")
    take_typed_code(
        database,
        account,
        RESET,
        code,
        clock,
        login_or_email,
        then=lambda connection: store_password(
            connection, change, clock(), system_context(database, account, clock)
        ),
    )
    return go_on(database, account, new, clock)


def _utc_now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
