"""Codes that are typed once: six digits for a sign-in, longer ones for invitations and resets."""

from __future__ import annotations

import datetime as dt
import secrets

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Letters and digits that can't be taken for one another: I, L, O, 0 and 1 are missing."""

LONG = 12
"""Characters of a long code: 59 bits, so that nobody finds one by trying."""

DIGITS = 6
STEP_SECONDS = 30
"""Seconds for which an authenticator shows a code (RFC 6238)."""

LONGEST_PAUSE = dt.timedelta(hours=1)


def six_digits() -> str:
    """Return a random code of six digits."""
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"


def long_code() -> str:
    """Return a random code in groups of four: "7KQM-2XWD-9HTR"."""
    text = "".join(secrets.choice(ALPHABET) for _ in range(LONG))
    return "-".join(text[i : i + 4] for i in range(0, LONG, 4))


def as_typed(code: str) -> str:
    """Return a code without what people put between its characters, in capitals."""
    return "".join(c for c in code.upper() if c.isascii() and c.isalnum())


def step_of(now: dt.datetime) -> int:
    """Return the number of the authenticator's step at a moment."""
    return int(now.timestamp()) // STEP_SECONDS


def pause_after(failures: int, tries: int) -> dt.timedelta:
    """Return how long to wait after so many wrong passwords: a minute at first, then double."""
    if failures < tries:
        return dt.timedelta(0)
    doublings = min(failures - tries, 10)
    return min(dt.timedelta(minutes=2**doublings), LONGEST_PAUSE)


def waiting(till: dt.datetime, now: dt.datetime) -> str:
    """Return how long it is till a moment: "1 minute", "10 minutes"."""
    minutes = max(1, -int((now - till).total_seconds() // 60))
    return f"{minutes} minute{'' if minutes == 1 else 's'}"
