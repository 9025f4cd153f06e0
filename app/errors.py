"""Errors that a person sees. Everything that is not a :class:`UserError` is a bug."""

from __future__ import annotations


class UserError(Exception):
    """Wrong use, or a state a person can mend; the text says what is wrong and what to do next."""


class NotAllowed(UserError):
    """The actor lacks a right that the command asks for; nothing was done."""


class Conflict(UserError):
    """Somebody else changed the same thing meanwhile; nothing was written (F14, GEN-4)."""


class FieldProblem(UserError):
    """Values of a form that can't be saved; ``problems`` = field → sentence, in form order."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__(" ".join(problems.values()))
        self.problems = problems


class NoData(UserError):
    """The database is there and empty: its tables have to be made first."""


class Unreachable(UserError):
    """The database went away: a lost connection, a disk that was taken out; nothing was saved."""


class Replaced(Unreachable):
    """Another file is where the database was; nothing was saved."""


class Busy(UserError):
    """Somebody else holds the database right now; nothing was changed, the same may work soon."""


class SignedOut(UserError):
    """The sign-in ended: signed out elsewhere, idle too long, blocked; nothing was done."""


class Cancelled(UserError):
    """The person asked to stop; nothing was changed."""

    def __init__(self, text: str = "Cancelled: nothing was changed.") -> None:
        super().__init__(text)
