"""Sending mail from this machine: settings in the database, the password in the machine's store.

An invitation, a reset and a sign-in code go by mail; without settings an administrator hands the
first two over and the third can't be chosen.
"""

from __future__ import annotations

import contextlib
import re
import smtplib
import ssl
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from typing import Any

from app.db.engine import Database
from app.db.queries.settings import read_setting, write_setting
from app.db.tables.companies import SYSTEM_OWNER
from app.domain.permissions import SELF
from app.errors import FieldProblem, UserError
from app.services import audit
from app.services.access import key_store
from app.services.context import Context, service

SETTING = "access.mail"
SECURITY = ("none", "starttls", "tls")
TIMEOUT = 15.0
"""Seconds for one answer of the mail server."""

ADDRESS = re.compile(r"[^@\s\x00-\x1f\x7f<>,;:\"()\[\]\\]+@[^@\s\x00-\x1f\x7f<>,;]+\.[^@\s.,;<>]+")
LONGEST_ADDRESS = 254
NOT_READY = (
    "Mail can't be sent from this machine yet: enter the mail server and its password under "
    "Security."
)


@dataclass(frozen=True, slots=True)
class MailSettings:
    """How mail is sent. ``security`` = none, starttls or tls; ``sender`` = the address it is from.

    The password is not here: it stays on the machine (:mod:`app.services.access.key_store`).
    """

    host: str = ""
    port: int = 587
    security: str = "starttls"
    user: str = ""
    sender: str = ""


@dataclass(frozen=True, slots=True)
class Mail:
    """One message of plain text."""

    to: str
    subject: str
    text: str = field(repr=False)


def settings_in(connection: Any) -> MailSettings:
    """Return the mail settings of a database; an empty host = none yet."""
    stored = read_setting(connection, SYSTEM_OWNER, SETTING)
    if not isinstance(stored, dict):
        return MailSettings()
    known = asdict(MailSettings())
    return MailSettings(**{name: stored.get(name, value) for name, value in known.items()})


def is_ready(database: Database) -> bool:
    """Return whether this machine can send mail for a database."""
    with database.read() as connection:
        settings = settings_in(connection)
    return bool(settings.host) and (not settings.user or bool(_password(settings)))


def valid_address(text: str) -> bool:
    """Return whether a text is one plain mail address, without anything that could end a header."""
    return len(text) <= LONGEST_ADDRESS and ADDRESS.fullmatch(text) is not None


def _store_name(settings: MailSettings) -> str:
    return f"mail {settings.user}@{settings.host}"


def _password(settings: MailSettings) -> str:
    return key_store.find(_store_name(settings))


# ------------------------------------------------------------------------------ settings


@service("users", "view")
def read_mail_settings(ctx: Context) -> MailSettings:
    """Return how mail is sent."""
    with ctx.database.read() as connection:
        return settings_in(connection)


@service("users", "view")
def password_is_known(ctx: Context) -> bool:
    """Return whether this machine has the mail password, or needs none."""
    settings = read_mail_settings(ctx)
    return not settings.user or bool(_password(settings))


@service(SELF, "view")
def can_send(ctx: Context) -> bool:
    """Return whether this machine can send mail, so that codes by mail can be offered."""
    return is_ready(ctx.database)


@service("users", "manage", whole=True)
def save_mail_settings(ctx: Context, settings: MailSettings, password: str | None = None) -> str:
    """Save how mail is sent; ``password`` None keeps the one this machine has.

    Returns a sentence that says where the password is kept. Raises FieldProblem.
    """
    checked = _checked(settings)
    where = key_store.keep(_store_name(checked), password) if password is not None else ""
    with ctx.database.write() as connection:
        old, new = asdict(settings_in(connection)), asdict(checked)
        write_setting(connection, SYSTEM_OWNER, SETTING, new)
        differing = [name for name in new if new[name] != old[name]]
        audit.record(
            ctx,
            connection,
            "change mail settings",
            "setting",
            SETTING,
            {name: new[name] for name in differing},
            old={name: old[name] for name in differing},
            company_id=SYSTEM_OWNER,
        )
    places = {
        "key store": "Saved. The password is in this machine's key store.",
        "file": "Saved. This machine has no key store: the password is in an encrypted file.",
        "": "Saved.",
    }
    return places[where]


def _checked(settings: MailSettings) -> MailSettings:
    problems = {}
    clean = replace(
        settings,
        host=settings.host.strip(),
        user=settings.user.strip(),
        sender=settings.sender.strip(),
    )
    if clean.host and not re.fullmatch(r"[A-Za-z0-9._:\-]{1,253}", clean.host):
        problems["host"] = "The mail server is a name such as mail.example.com, or an address."
    if not 1 <= clean.port <= 65535:
        problems["port"] = "The port is a number from 1 to 65535, mostly 587 or 465."
    if clean.security not in SECURITY:
        problems["security"] = "Security is none, starttls or tls."
    if clean.host and not valid_address(clean.sender):
        problems["sender"] = "The sender must be one mail address, such as office@example.com."
    if len(clean.user) > 200 or not clean.user.isprintable():
        problems["user"] = "The user has a sign that can't be sent: take it out."
    if problems:
        raise FieldProblem(problems)
    return clean


@service("users", "manage", whole=True)
def send_test_mail(ctx: Context, to: str) -> str:
    """Send a short message to see that the settings are right."""
    text = "Tariffdesk can send mail from this machine.\n"
    send(ctx.database, Mail(to, "Test mail from Tariffdesk", text))
    return f"A test mail was sent to {to}."


# ------------------------------------------------------------------------------ sending


def send(database: Database, mail: Mail) -> None:
    """Send a message now. Raises UserError with what to mend; nothing of it is logged."""
    message = _message(_settings(database), mail)
    with _connected(database) as server:
        server.send_message(message)


def probe(database: Database) -> None:
    """Do what :func:`send` does without a message, so that both take as long and fail alike."""
    with _connected(database) as server:
        server.noop()


def _settings(database: Database) -> MailSettings:
    with database.read() as connection:
        settings = settings_in(connection)
    if not settings.host or (settings.user and not _password(settings)):
        raise UserError(NOT_READY)
    return settings


def _message(settings: MailSettings, mail: Mail) -> EmailMessage:
    if not valid_address(mail.to):
        raise UserError("The mail address of the receiver is not one address: mend it first.")
    if not mail.subject.isprintable():
        raise UserError("The subject of a mail must be one line.")
    message = EmailMessage()
    message["From"] = settings.sender
    message["To"] = mail.to
    message["Subject"] = mail.subject
    message["Date"] = formatdate()
    message["Message-ID"] = make_msgid(domain=settings.sender.rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text)
    return message


@contextlib.contextmanager
def _connected(database: Database) -> Iterator[smtplib.SMTP]:
    settings = _settings(database)
    try:
        with _server(settings) as server:
            if settings.security == "starttls":
                server.starttls(context=ssl.create_default_context())
            if settings.user:
                server.login(settings.user, _password(settings))
            yield server
    except (OSError, smtplib.SMTPException) as problem:
        raise UserError(_refusal(settings, problem)) from None


def _server(settings: MailSettings) -> smtplib.SMTP:
    if settings.security == "tls":
        trust = ssl.create_default_context()
        return smtplib.SMTP_SSL(settings.host, settings.port, timeout=TIMEOUT, context=trust)
    return smtplib.SMTP(settings.host, settings.port, timeout=TIMEOUT)


def _refusal(settings: MailSettings, problem: Exception) -> str:
    """Return what went wrong in words, never the server's own: it may repeat what it was sent."""
    where = f"The mail server {settings.host}:{settings.port}"
    if isinstance(problem, smtplib.SMTPAuthenticationError):
        return f"{where} refused the user or the password: check both under Security."
    if isinstance(problem, ssl.SSLCertVerificationError):
        return f"{where} has a certificate that this machine does not trust: nothing was sent."
    if isinstance(problem, smtplib.SMTPNotSupportedError):
        return f"{where} does not offer what the settings ask for: check security and user."
    if isinstance(problem, smtplib.SMTPRecipientsRefused | smtplib.SMTPSenderRefused):
        return f"{where} refused the sender or the receiver: check both addresses."
    if isinstance(problem, smtplib.SMTPException):
        return f"{where} did not take the mail: try again later, or check the settings."
    return f"{where} can't be reached: check its name, the port and the network."
