"""Rules for passwords and what else protects a sign-in: pure values (USR-4, guide 15).

Three classes of characters and a term of validity are the guide's; the length that is allowed, the
list of common passwords and the words of the product are what OWASP ASVS 5 asks for besides.
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from typing import Any

LONGEST = 1000
"""Characters of the longest password; more would only keep the machine busy."""

SHORTEST_WORD = 4
"""Letters of a name that a password is searched for."""

UNLIKE = 8
"""Characters that must be left of a password without the person's own names."""

PRODUCT_WORDS = ("tariffdesk", "tariff", "backoffice", "operator", "billing", "messaging")

_LEET = str.maketrans("@4301!$57", "aaeoiisst")
_EDGES = re.compile(r"^[^a-z]+|[^a-z]+$")
_LOWER, _UPPER = "abcdefghijkmnopqrstuvwxyz", "ABCDEFGHJKLMNPQRSTUVWXYZ"
_DIGITS, _SPECIAL = "23456789", "!#%+-=?@_"
GENERATED = 16
"""Characters of a generated password, or the policy's own length if that is more."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number of the policy: what it is called, its unit and its limits; 0 switches some off."""

    name: str
    title: str
    unit: str
    least: int
    most: int


@dataclass(frozen=True, slots=True)
class Policy:
    """Every number of the password policy; the defaults are the guide's."""

    length: int = 8
    classes: int = 3
    history: int = 7
    valid_days: int = 60
    least_hours: int = 24
    first_change: bool = True
    refuse_common: bool = True
    block_days: int = 180
    idle_minutes: int = 60
    password_tries: int = 5
    code_tries: int = 3
    code_pause_minutes: int = 10
    code_minutes: int = 10
    invitation_days: int = 7


PARAMETERS = (
    Parameter("length", "Shortest password", "characters", 8, 64),
    Parameter("classes", "Kinds of characters", "of 4", 1, 4),
    Parameter("history", "Earlier passwords that can't be used again", "passwords", 0, 24),
    Parameter("valid_days", "A password is valid for", "days, 0 = for ever", 0, 3650),
    Parameter("least_hours", "Time between two changes", "hours", 0, 720),
    Parameter("block_days", "Blocked when not signed in for", "days, 0 = never", 0, 3650),
    Parameter("idle_minutes", "Signed out when idle for", "minutes, 0 = never", 0, 1440),
    Parameter("password_tries", "Wrong passwords before a pause", "attempts", 3, 20),
    Parameter("code_tries", "Wrong codes before a pause", "attempts", 1, 5),
    Parameter("code_pause_minutes", "Pause after wrong codes", "minutes", 1, 1440),
    Parameter("code_minutes", "A mailed code is valid for", "minutes", 1, 60),
    Parameter("invitation_days", "An invitation is valid for", "days", 1, 90),
)
"""The numbers in the order of the form; ``first_change`` and ``refuse_common`` are yes or no."""


def policy_problems(policy: Policy) -> dict[str, str]:
    """Return a sentence for every number that is out of its limits."""
    return {
        p.name: f"{p.title}: use a number from {p.least} to {p.most}."
        for p in PARAMETERS
        if not p.least <= getattr(policy, p.name) <= p.most
    }


def policy_of(stored: object) -> Policy:
    """Return a stored policy; what is missing, unknown or out of its limits is as the guide has."""
    known = stored if isinstance(stored, dict) else {}
    standard = Policy()
    limits = {p.name: p for p in PARAMETERS}
    values: dict[str, Any] = {}
    for field in fields(Policy):
        value: Any = known.get(field.name)
        default: Any = getattr(standard, field.name)
        limit = limits.get(field.name)
        right = type(value) is type(default)
        fits = right and (limit is None or limit.least <= value <= limit.most)
        values[field.name] = value if fits else default
    return Policy(**values)


# ------------------------------------------------------------------------------ the rules


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule as a person reads it, and whether a password keeps it."""

    id: str
    title: str
    met: bool


def as_kept(password: str) -> str:
    """Return a password as it is hashed: whole, in one form of Unicode whatever the keyboard."""
    return unicodedata.normalize("NFC", password)


def classes_of(password: str) -> int:
    """Return how many of the four kinds occur: capitals, small letters, digits, all else."""
    kinds = set()
    for character in password:
        if character.isupper():
            kinds.add("capital")
        elif character.isalpha():
            kinds.add("small")
        elif character.isdecimal():
            kinds.add("digit")
        else:
            kinds.add("special")
    return len(kinds)


def rules(
    policy: Policy, password: str, *, names: Sequence[str] = (), common: Collection[str] = ()
) -> tuple[Rule, ...]:
    """Return the rules that can be judged by looking at a password, for hints while it is typed.

    ``names`` = login, name, address and company of the person; ``common`` = :func:`folded` common
    passwords.
    """
    found = [
        Rule("length", f"At least {policy.length} characters", len(password) >= policy.length),
        Rule(
            "classes",
            f"{policy.classes} of: capitals, small letters, digits, special characters",
            classes_of(password) >= policy.classes,
        ),
        Rule("names", "Not your name, login or company", not holds_name(password, names)),
    ]
    if policy.refuse_common:
        rare = bool(password) and not is_common(password, common)
        found.append(Rule("common", "Not a common password", rare))
    return tuple(found)


def problem_of(
    policy: Policy, password: str, *, names: Sequence[str] = (), common: Collection[str] = ()
) -> str:
    """Return the sentence about what is wrong with a new password, "" if nothing is."""
    if len(password) > LONGEST:
        return f"The password has {len(password)} characters: use up to {LONGEST}."
    sentences = {
        "length": f"The password is too short: use at least {policy.length} characters.",
        "classes": (
            f"The password needs {policy.classes} of these: capitals, small letters, digits, "
            "special characters."
        ),
        "names": "The password holds your name, login or company: use other words.",
        "common": "The password is one of the common ones that are tried first: choose another.",
    }
    broken = (r.id for r in rules(policy, password, names=names, common=common) if not r.met)
    return next((sentences[rule] for rule in broken), "")


def folded(password: str) -> set[str]:
    """Return what a password comes down to without capitals, digits for letters and its edges."""
    plain = password.lower()
    bare = _EDGES.sub("", plain)
    shapes = {plain, bare, plain.translate(_LEET), bare.translate(_LEET)}
    return (shapes | {_EDGES.sub("", shape) for shape in shapes}) - {""}


def is_common(password: str, common: Collection[str]) -> bool:
    """Return whether a password is a common one or a product's word behind a thin disguise."""
    shapes = folded(password)
    if len(set(password.lower())) <= 2:  # "aaaaAAA1" is no secret
        return True
    return any(s in common or s in PRODUCT_WORDS for s in shapes if len(s) >= SHORTEST_WORD)


def holds_name(password: str, names: Sequence[str]) -> bool:
    """Return whether little is left of a password without the person's own names."""
    plain = password.lower()
    words = {w for name in names for w in re.split(r"[\W_]+", name.lower())}
    words |= {name.lower() for name in names}
    return any(
        len(word) >= SHORTEST_WORD
        and word in plain
        and len(plain) - len(word) * plain.count(word) < UNLIKE
        for word in words
    )


def generate(policy: Policy, *, names: Sequence[str] = (), common: Collection[str] = ()) -> str:
    """Return a random password that keeps the policy, without characters that look alike."""
    length = max(GENERATED, policy.length)
    groups = (_LOWER, _UPPER, _DIGITS, _SPECIAL)
    draw = secrets.SystemRandom()
    while True:
        chosen = [secrets.choice(group) for group in groups]
        chosen += [secrets.choice("".join(groups)) for _ in range(length - len(groups))]
        draw.shuffle(chosen)
        password = "".join(chosen)
        if not problem_of(policy, password, names=names, common=common):
            return password
