"""What kind of thing a logged action is: what the audit's list is filtered by first (USR-6).

An action is a verb and its object ("add bank account"); its kind follows from how it begins.
"""

from __future__ import annotations

BEGINNINGS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "rates",
        (
            "import",
            "undo import",
            "undo revision",
            "edit rates",
            "change prices",
            "copy tree",
            "add sample rates",
        ),
    ),
    (
        "access",
        (
            "sign in",
            "sign out",
            "sign up",
            "wrong ",
            "end session",
            "ask for new password",
            "change password",
            "reset password",
            "change own second factor",
            "block unused user",
        ),
    ),
    ("add", ("add ", "invite ", "clone ", "extend ")),
    ("delete", ("delete ", "forget ")),
)
"""Kind → the beginnings of its actions; the first that fits decides."""

OTHERWISE = "change"
"""The kind of all other actions."""
