"""The closed lists of a rate node: price types and rules; their numbers are stored."""

from __future__ import annotations

from enum import IntEnum

OTHERS = "*"
"""Key of the fallback branch at every level (F2)."""


class PriceType(IntEnum):
    """SVC-4; the numbers are stored."""

    NONE = 0
    DEPENDS_ON = 1
    FLAT = 2
    SCALE = 3
    FREE = 4
    INCLUDED = 5
    NOT_INCLUDED = 6
    BLOCKED = 7


class BillingRule(IntEnum):
    """SVC-6; INHERIT shows as "Default (…)"; the numbers are stored."""

    INHERIT = 0
    SUBMITTED = 1
    DELIVERED = 2
    DEFAULT = 3


class QuantityRule(IntEnum):
    """SVC-6; INHERIT shows as "Default (…)"; the numbers are stored."""

    INHERIT = 0
    MESSAGES = 1
    SEGMENTS = 2
    FULL_PERIOD = 3
    DEFAULT = 4
