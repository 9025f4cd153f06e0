"""The machine's own place for passwords: its key store, else an encrypted file of this person.

Never the database: whoever reads that must not be able to send mail in your name. The file is
readable by its owner only (0600) and its key lies beside it, so it keeps the password out of
backups of one file and out of sight, not from somebody who works as this person.
"""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path
from typing import Any

import platformdirs
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.errors import UserError

SERVICE = "Tariffdesk"
NONCE_BYTES = 12


def keep(name: str, secret: str) -> str:
    """Keep a secret on this machine ("" forgets it) and return where: "key store" or "file"."""
    store = _key_store()
    if store is not None:
        with contextlib.suppress(*_failures()):
            _put(store, name, secret)
            _write({key: text for key, text in _read().items() if key != name})
            return "key store"
    kept = _read()
    kept.pop(name, None)
    _write({**kept, name: secret} if secret else kept)
    return "file"


def find(name: str) -> str:
    """Return a secret of this machine, "" if it has none."""
    store = _key_store()
    if store is not None:
        with contextlib.suppress(*_failures()):
            found = store.get_password(SERVICE, name)
            if found:
                return str(found)
    return _read().get(name, "")


def _put(store: Any, name: str, secret: str) -> None:
    import keyring.errors

    if secret:
        store.set_password(SERVICE, name, secret)
        return
    with contextlib.suppress(keyring.errors.PasswordDeleteError):
        store.delete_password(SERVICE, name)


def _key_store() -> Any | None:
    """Return the key store of the desktop, None where there is none (servers, containers)."""
    import keyring
    from keyring.backends import fail

    store = keyring.get_keyring()
    usable = not isinstance(store, fail.Keyring) and getattr(store, "priority", 0) >= 1
    return store if usable else None


def _failures() -> tuple[type[Exception], ...]:
    import keyring.errors

    return (keyring.errors.KeyringError, OSError, RuntimeError)


# ------------------------------------------------------------------------------ the file


def _folder() -> Path:
    return Path(platformdirs.user_data_dir("Tariffdesk", appauthor=False))


def _read() -> dict[str, str]:
    try:
        key = (_folder() / "secrets.key").read_bytes()
        raw = (_folder() / "secrets.sealed").read_bytes()
        text = AESGCM(key).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], None)
        return {str(name): str(secret) for name, secret in json.loads(text).items()}
    except (OSError, InvalidTag, ValueError):
        return {}


def _write(secrets: dict[str, str]) -> None:
    folder = _folder()
    if not secrets and not (folder / "secrets.sealed").exists():
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
        key_file = folder / "secrets.key"
        if not key_file.exists():
            _write_private(key_file, AESGCM.generate_key(256))
        nonce = os.urandom(NONCE_BYTES)
        sealed = AESGCM(key_file.read_bytes()).encrypt(nonce, json.dumps(secrets).encode(), None)
        _write_private(folder / "secrets.sealed", nonce + sealed)
    except (OSError, ValueError):
        raise UserError(
            f"The password can't be kept in {folder}: check that you may write there."
        ) from None


def _write_private(path: Path, content: bytes) -> None:
    """Write a file that only this person can read, whole or not at all."""
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    descriptor = os.open(temporary, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
    temporary.replace(path)
