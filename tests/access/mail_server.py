"""A real mail server in a thread, and the mails it got."""

from __future__ import annotations

import socket
import ssl
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

USER, SECRET = "office", "mail-secret-77"


@dataclass
class Inbox:
    """What arrived; ``port`` = where the server listens; ``refuses`` = it takes nothing."""

    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    refuses: bool = False

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        if self.refuses:
            return "554 5.7.1 refused: your words were repeated here"
        found = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(found, EmailMessage)
        self.mails.append(found)
        return "250 OK"

    def last(self) -> str:
        """The text of the newest mail."""
        return str(self.mails[-1].get_content())


@contextmanager
def mail_server(*, login: bool = False, trust: ssl.SSLContext | None = None) -> Iterator[Inbox]:
    """Run a server that takes mail, perhaps after a login, perhaps under TLS only."""
    inbox = Inbox()

    def knows(
        _server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any
    ) -> AuthResult:
        right = isinstance(data, LoginPassword) and data.password == SECRET.encode()
        return AuthResult(success=right and data.login == USER.encode(), handled=False)

    options: dict[str, Any] = {}
    if login:
        options = {"authenticator": knows, "auth_required": True, "auth_require_tls": False}
    if trust is not None:
        options["tls_context"] = trust
        options["require_starttls"] = True
    inbox.port = _free_port()
    controller = Controller(inbox, hostname="127.0.0.1", port=inbox.port, **options)
    with warnings.catch_warnings():
        # This server asks for a login without encryption on purpose, at every connection.
        warnings.simplefilter("ignore")
        controller.start()
        try:
            yield inbox
        finally:
            controller.stop()


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
