"""What decides how a sheet becomes rates: the proposals of *inspect* and the settings in force.

:class:`Proposal` is what the program thinks of a sheet, each part with its reason.
:class:`ImportSettings` is what a person (or the proposal) decided; it is also what a profile keeps
(IMP-14), so it is plain data that survives JSON.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import Any


class Role(StrEnum):
    """What a column is for (IMP-5)."""

    PRICE = "price"
    PRICE_TYPE = "price_type"
    BILLING_RULE = "billing_rule"
    QUANTITY_RULE = "quantity_rule"
    ATTRIBUTE = "attribute"
    CONNECT_PRICE = "connect_price"
    FIRST_INTERVAL = "first_interval"
    NEXT_INTERVAL = "next_interval"
    INCREMENT = "increment"  # "60/60" in one cell
    CURRENCY = "currency"
    UNIT = "unit"
    EFFECTIVE_FROM = "effective_from"
    EFFECTIVE_TILL = "effective_till"
    TIER_FROM = "tier_from"
    TIER_TILL = "tier_till"
    FILTER = "filter"
    IGNORE = "ignore"


class Kind(StrEnum):
    """File kinds of IMP-3."""

    STANDARD = "standard"
    WHATSAPP_BASIC = "whatsapp_basic"
    WHATSAPP_TIER = "whatsapp_tier"


class Duplicates(StrEnum):
    """IMP-10."""

    FIRST = "first"
    LAST = "last"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class ColumnUse:
    """One use of one column; a column may have several (Q31), an attribute several columns (Q33).

    ``column`` is the 0-based index, ``header`` the header text it was chosen by ("" = by place).
    ``by`` = "key", a dictionary attribute's name, or "any"; ``how`` = "full" or "best".
    ``keys`` (wide sheets, Q16) are attribute → key pairs that a price column stands for.
    ``extract`` names the part of the cell that counts: "" = all, "after_dash" = the part behind
    the last " - " (Q31), "before_dash", "in_brackets".
    ``unit`` = what one price unit is worth: "1", "0.01" (cents), "0.001" (per thousand).
    ``currency`` = ISO code that this price column is in, "" = the settings' one.
    ``rival`` marks a column of prices that is not taken: "ask" = it may be the right one as well,
    "tell" = its header rules it out; "" = no such column.
    """

    column: int
    role: Role
    attribute: str = ""
    by: str = "any"
    how: str = "best"
    header: str = ""
    keys: tuple[tuple[str, str], ...] = ()
    extract: str = ""
    unit: str = ""
    currency: str = ""
    reason: str = ""
    rival: str = ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a sheet looks like. Rows are 0-based here, ``end_row`` is the last data row.

    ``decimal`` is ".", "," or "" (undecidable: both readings are possible, Q19).
    ``levels`` are the attributes of the tree from the target downwards, in order.
    ``domain``/``resource`` are catalogue keys, "" if the sheet does not look like a price list.
    ``reasons`` explain each part by its name: header_row, decimal, currency, end_row, domain …
    ``price_list`` is False for a sheet that has no usable price column.
    """

    header_rows: tuple[int, ...]
    start_row: int
    end_row: int
    decimal: str
    currency: str
    unit: str
    domain: str
    resource: str
    kind: Kind
    columns: tuple[ColumnUse, ...]
    levels: tuple[str, ...]
    headers: tuple[str, ...]
    effective: str = ""
    price_list: bool = True
    section_rows: tuple[int, ...] = ()
    fill_down: tuple[int, ...] = ()
    ask_fill_down: tuple[int, ...] = ()
    reasons: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ImportSettings:
    """Everything that turns a sheet into rates; equal settings on an equal file give equal rates.

    ``start_row``/``end_row`` are 0-based and inclusive. ``answers`` maps "dictionary|context|value"
    (value normalised by dictionaries.normalise) to a key or to one of skip, blocked, zero, error.
    ``price_words`` maps a normalised word in a price cell to blocked, not_included, free, zero,
    skip or error (Q23). ``constants`` are attribute → key for levels without a column (``--set``).
    ``where`` are (column, text) filters; ``fill_down`` columns repeat the value above.
    ``others``: "free" makes Others free in every WhatsApp region without a price for it (A10).
    ``ask_filter``: ask when a filter column tells contradicting rows apart (several lists).
    """

    kind: Kind
    header_rows: tuple[int, ...]
    start_row: int
    end_row: int
    columns: tuple[ColumnUse, ...]
    levels: tuple[str, ...]
    decimal: str = "."
    currency: str = ""
    unit: str = "1"
    constants: tuple[tuple[str, str], ...] = ()
    where: tuple[tuple[int, str], ...] = ()
    duplicates: Duplicates = Duplicates.ERROR
    fill_down: tuple[int, ...] = ()
    section_rows: tuple[int, ...] = ()
    skip_hidden: bool = False
    effective: str = ""
    day_first: bool | None = None
    negative: str = "positive"
    accept_suggestions: bool = False
    others: str = ""
    ask_filter: bool = True
    answers: dict[str, str] = field(default_factory=dict)
    price_words: dict[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON data."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> ImportSettings:
        """Rebuild settings from :meth:`to_json` data; unknown fields are refused (TypeError)."""
        plain = dict(data)
        plain["kind"] = Kind(plain["kind"])
        plain["duplicates"] = Duplicates(plain.get("duplicates", "error"))
        plain["columns"] = tuple(column_use(c) for c in plain["columns"])
        for name in ("header_rows", "levels", "fill_down", "section_rows"):
            plain[name] = tuple(plain.get(name, ()))
        for name in ("constants", "where"):
            plain[name] = tuple((a, b) for a, b in plain.get(name, ()))
        return cls(**plain)

    def with_changes(self, **changes: Any) -> ImportSettings:
        """Return a copy with some fields replaced."""
        return replace(self, **changes)


def column_use(data: dict[str, Any]) -> ColumnUse:
    """Rebuild one :class:`ColumnUse` from JSON data."""
    plain = dict(data)
    plain["role"] = Role(plain["role"])
    plain["keys"] = tuple((a, b) for a, b in plain.get("keys", ()))
    return ColumnUse(**plain)
