"""Hashes of passwords and codes (argon2id), and the key that a password opens (reliability §2.6).

46 MiB and one pass are OWASP's parameters; a hash with other ones is made anew at the next sign-in.
"""

from __future__ import annotations

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import Type, hash_secret_raw

from app.domain.one_time_codes import as_typed
from app.domain.passwords import LONGEST, as_kept

MEMORY_KIB, PASSES, LANES = 46 * 1024, 1, 1
KEY_BYTES = 32

_HASHER = PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=LANES)


def hash_password(password: str) -> str:
    """Return the hash to store, with its salt and parameters in it."""
    return _HASHER.hash(as_kept(password))


def verify_password(stored: str | None, password: str) -> bool:
    """Return whether a password is the stored one; without one it takes as long and is wrong."""
    try:
        right = _HASHER.verify(stored or _nobody(), as_kept(password[: LONGEST + 1]))
    except (VerificationError, InvalidHashError):
        return False
    return right and stored is not None


def is_outdated(stored: str) -> bool:
    """Return whether a hash was made with other parameters than those of today."""
    return _HASHER.check_needs_rehash(stored)


def hash_code(code: str) -> str:
    """Return the hash of a one-time code; slow, for six digits are soon tried through."""
    return _HASHER.hash(as_typed(code))


def verify_code(stored: str | None, code: str) -> bool:
    """Return whether a typed code is the stored one."""
    return verify_password(stored, as_typed(code))


def derive_key(password: str, salt: bytes) -> bytes:
    """Return the key of 256 bits that only this password gives."""
    return hash_secret_raw(
        as_kept(password).encode(),
        salt,
        time_cost=PASSES,
        memory_cost=MEMORY_KIB,
        parallelism=LANES,
        hash_len=KEY_BYTES,
        type=Type.ID,
    )


@cache
def _nobody() -> str:
    return _HASHER.hash("nobody has this password")
