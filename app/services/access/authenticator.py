"""Time-based codes of an authenticator app (RFC 6238); the secret is sealed under the password.

Who reads the database has no secret: its key comes from the password, which nobody stores. A reset
password therefore drops the secret, and the user adds the authenticator anew.
"""

from __future__ import annotations

import base64
import datetime as dt
import hmac
import os
from dataclasses import dataclass, field

import pyotp
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.domain.one_time_codes import STEP_SECONDS, as_typed, step_of
from app.services.access.hashing import derive_key

ISSUER = "Tariffdesk"
SALT_BYTES, NONCE_BYTES = 16, 12
NEIGHBOURS = (0, -1, 1)
"""Steps that are accepted: clocks differ by a few seconds, and people type slowly."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key with the salt it was derived with; never printed."""

    salt: bytes = field(repr=False)
    key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A new authenticator: ``uri`` for the QR code, ``secret`` to type; nothing is stored yet."""

    uri: str = field(repr=False)
    secret: str = field(repr=False)
    key: Key | None = field(default=None, repr=False)

    @property
    def grouped(self) -> str:
        """Return the secret in groups of four, as people type it."""
        return " ".join(self.secret[i : i + 4] for i in range(0, len(self.secret), 4))


def new_key(password: str) -> Key:
    """Return a key for a password with a salt of its own."""
    salt = os.urandom(SALT_BYTES)
    return Key(salt, derive_key(password, salt))


def enrolment(account: str, key: Key) -> Enrolment:
    """Return a new secret of 160 bits for an account."""
    secret = pyotp.random_base32()
    uri = pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=ISSUER)
    return Enrolment(uri, secret, key)


def seal(secret: str, key: Key, user_id: int) -> str:
    """Return a secret as it is stored; it opens for this user and password only."""
    nonce = os.urandom(NONCE_BYTES)
    sealed = AESGCM(key.key).encrypt(nonce, secret.encode(), str(user_id).encode())
    return base64.b64encode(key.salt + nonce + sealed).decode()


def unseal(sealed: str, password: str, user_id: int) -> str | None:
    """Return the secret, None if the password does not open it."""
    try:
        raw = base64.b64decode(sealed)
        key = derive_key(password, raw[:SALT_BYTES])
        nonce, text = raw[SALT_BYTES : SALT_BYTES + NONCE_BYTES], raw[SALT_BYTES + NONCE_BYTES :]
        return AESGCM(key).decrypt(nonce, text, str(user_id).encode()).decode()
    except (InvalidTag, ValueError):
        return None


def matching_step(secret: str, code: str, now: dt.datetime) -> int | None:
    """Return the step of the authenticator whose code this is, None if it is wrong."""
    totp = pyotp.TOTP(secret)
    typed = as_typed(code)
    found = None
    for neighbour in NEIGHBOURS:
        step = step_of(now) + neighbour
        if hmac.compare_digest(totp.at(step * STEP_SECONDS), typed):
            found = step
    return found
