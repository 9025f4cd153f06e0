"""Phone numbers of users: kept for two-factor authentication (USR-4)."""

from __future__ import annotations

import re

from app.errors import FieldProblem

LONGEST = 15
"""Digits of the longest number (ITU-T E.164)."""


def checked_phone(text: str) -> str:
    """Return a number as its digits with a plus, "" for none. Raises FieldProblem."""
    plain = re.sub(r"[\s().\-]", "", text.strip())
    if not plain:
        return ""
    if not re.fullmatch(rf"\+?[0-9]{{5,{LONGEST}}}", plain):
        raise FieldProblem(
            {"phone": f"The phone number has 5 to {LONGEST} digits: write +49301234567."}
        )
    return plain if plain.startswith("+") else f"+{plain}"
