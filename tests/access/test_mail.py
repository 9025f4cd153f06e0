"""Mail by real servers: codes arrive, headers hold, passwords stay on the machine."""

from __future__ import annotations

import datetime as dt
import ssl
import stat
from dataclasses import replace
from pathlib import Path

import keyring
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from keyring.backend import KeyringBackend

from app.db.info import database_info
from app.errors import FieldProblem, UserError
from app.services.access import key_store, mail
from app.services.access.mail import Mail, MailSettings
from tests.access.conftest import Office
from tests.access.mail_server import SECRET, USER, mail_server


def settings(port: int, **more: str) -> MailSettings:
    return replace(
        MailSettings("127.0.0.1", port, "none", "", "office@harbour.example"),
        **more,  # type: ignore[arg-type]
    )


def test_a_mail_arrives_as_it_was_written(local: Office) -> None:
    with mail_server(login=True) as inbox:
        told = mail.save_mail_settings(local.ctx, settings(inbox.port, user=USER), SECRET)
        assert "encrypted file" in told
        assert mail.can_send(local.ctx)
        mail.send(local.database, Mail("ann@harbour.example", "Grüße", "Zeile 1\nZeile 2: код\n"))
    got = inbox.mails[0]
    assert (got["To"], got["Subject"]) == ("ann@harbour.example", "Grüße")
    assert got["From"] == "office@harbour.example"
    assert got["Auto-Submitted"] == "auto-generated"
    assert inbox.last().splitlines() == ["Zeile 1", "Zeile 2: код"]


@pytest.mark.parametrize(
    ("to", "subject"),
    [
        ("ann@x.example\nBcc: all@x.example", "s"),
        ("ann@x.example\r\n\r\nbody", "s"),
        ("ann@x.example, bob@x.example", "s"),
        ("Ann <ann@x.example>", "s"),
        ("ann@x", "s"),
        ("a" * 250 + "@x.example", "s"),
        ("", "s"),
        ("ann@x.example", "hello\nBcc: all@x.example"),
        ("ann@x.example", "hello\rX: y"),
    ],
)
def test_nothing_breaks_into_the_headers(local: Office, to: str, subject: str) -> None:
    with mail_server() as inbox:
        mail.save_mail_settings(local.ctx, settings(inbox.port))
        with pytest.raises(UserError):
            mail.send(local.database, Mail(to, subject, "text"))
    assert inbox.mails == []


def test_wrong_settings_are_named(local: Office) -> None:
    wrong = MailSettings("mail server", 0, "ssl", "a\nb", "office")
    with pytest.raises(FieldProblem) as refused:
        mail.save_mail_settings(local.ctx, wrong)
    assert set(refused.value.problems) == {"host", "port", "security", "user", "sender"}
    with pytest.raises(UserError, match="can't be sent from this machine yet"):
        mail.send_test_mail(local.ctx, "ann@x.example")


def test_a_server_that_is_away_or_refuses_is_told_in_our_words(local: Office) -> None:
    with mail_server(login=True) as inbox:
        mail.save_mail_settings(local.ctx, settings(inbox.port, user=USER), "wrong-secret-1")
        with pytest.raises(UserError, match="refused the user or the password") as refused:
            mail.send_test_mail(local.ctx, "ann@x.example")
        assert "wrong-secret-1" not in str(refused.value)
        mail.save_mail_settings(local.ctx, settings(inbox.port, user=USER), SECRET)
        inbox.refuses = True
        with pytest.raises(UserError, match="did not take the mail") as refused:
            mail.send_test_mail(local.ctx, "ann@x.example")
        assert "repeated" not in str(refused.value)
        secure = settings(inbox.port, user=USER, security="starttls")
        mail.save_mail_settings(local.ctx, secure)
        with pytest.raises(UserError, match="does not offer what the settings ask for"):
            mail.send_test_mail(local.ctx, "ann@x.example")
    with pytest.raises(UserError, match="can't be reached"):
        mail.send_test_mail(local.ctx, "ann@x.example")


def self_signed(folder: Path) -> ssl.SSLContext:
    """Return the context of a server that nobody has vouched for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    built = x509.CertificateBuilder().subject_name(name).issuer_name(name)
    built = built.public_key(key.public_key()).serial_number(x509.random_serial_number())
    built = built.not_valid_before(now).not_valid_after(now + dt.timedelta(days=1))
    pem = folder / "server.pem"
    pem.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + built.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return context


@pytest.mark.filterwarnings("default")
def test_a_server_without_a_trusted_certificate_gets_no_password(
    local: Office, tmp_path: Path
) -> None:
    with mail_server(login=True, trust=self_signed(tmp_path)) as inbox:
        secure = settings(inbox.port, user=USER, security="starttls")
        mail.save_mail_settings(local.ctx, secure, SECRET)
        with pytest.raises(UserError, match="does not trust"):
            mail.send_test_mail(local.ctx, "ann@x.example")
    assert inbox.mails == []


# ------------------------------------------------------------------------------ the password


class Drawer(KeyringBackend):
    """A key store that works, or refuses as a locked one does."""

    priority = 5

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}
        self.locked = False

    def get_password(self, service: str, username: str) -> str | None:
        self._open()
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._open()
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._open()
        if self.kept.pop((service, username), None) is None:
            raise keyring.errors.PasswordDeleteError("not there")

    def _open(self) -> None:
        if self.locked:
            raise keyring.errors.KeyringLocked("locked")


@pytest.fixture
def drawer(monkeypatch: pytest.MonkeyPatch) -> Drawer:
    made = Drawer()
    monkeypatch.setattr(keyring, "get_keyring", lambda: made)
    return made


def test_the_key_store_is_preferred_and_the_file_helps_out(
    drawer: Drawer, own_machine: Path
) -> None:
    assert key_store.keep("a", "one") == "key store"
    assert list(drawer.kept.values()) == ["one"]
    assert not (own_machine / "Tariffdesk").exists()
    assert key_store.find("a") == "one"
    key_store.keep("a", "")
    assert key_store.find("a") == ""
    drawer.locked = True
    assert key_store.keep("a", "two") == "file"
    assert key_store.find("a") == "two"
    drawer.locked = False
    assert key_store.find("a") == "two"
    assert key_store.keep("a", "three") == "key store"
    drawer.locked = True
    assert key_store.find("a") == "", "the file was cleared"


def test_the_file_is_sealed_and_private(own_machine: Path) -> None:
    assert key_store.keep("a", "canary-in-file") == "file"
    assert key_store.keep("b", "other") == "file"
    assert (key_store.find("a"), key_store.find("b"), key_store.find("c")) == (
        "canary-in-file",
        "other",
        "",
    )
    files = [path for path in own_machine.rglob("*") if path.is_file()]
    assert len(files) == 2
    for path in files:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert b"canary" not in path.read_bytes()
    key_store.keep("a", "")
    assert key_store.find("a") == ""
    next(p for p in files if p.suffix == ".sealed").write_bytes(b"damaged")
    assert key_store.find("b") == ""


def test_a_folder_that_cannot_be_written_is_told(
    own_machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own_machine.parent.mkdir(parents=True, exist_ok=True)
    own_machine.write_text("a file is in the way")
    with pytest.raises(UserError, match="can't be kept in"):
        key_store.keep("a", "x")
    assert key_store.find("a") == ""


def test_the_database_never_holds_the_password(local: Office) -> None:
    mail.save_mail_settings(local.ctx, settings(25, user=USER), "canary-mail-password")
    assert mail.password_is_known(local.ctx)
    assert database_info(local.database)
    assert local.database.path is not None
    assert b"canary-mail" not in local.database.path.read_bytes()
