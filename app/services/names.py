"""Checks of the names that people give to services, vendors and profiles."""

from __future__ import annotations

from app.errors import UserError

LONGEST = 200
"""Characters of a name, as the database holds it."""


def checked_name(name: str, option: str) -> str:
    """Return ``name`` without spaces around it. Raises UserError naming the option."""
    stripped = name.strip()
    if not stripped:
        raise UserError(f"A name is needed: give one with {option}.")
    if len(stripped) > LONGEST:
        raise UserError(
            f"The name of {option} has {len(stripped)} characters: use up to {LONGEST}."
        )
    if not stripped.isprintable():
        raise UserError(
            f"The name of {option} has a line break or another sign that can't be shown."
        )
    return stripped
