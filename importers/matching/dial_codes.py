"""Prefixes in two columns: the dial code of the country, and the area codes behind it."""

from __future__ import annotations

import re
from collections.abc import Sequence

DIAL_CODE = "dial_code"
"""``ColumnUse.by`` of a column whose values stand before those of the other prefix column."""

_LIST = re.compile(r"\s*[,;/|]\s*|\s+(?![-\u2010-\u2015\s])(?<![-\u2010-\u2015]\s)")
_RANGE = re.compile(r"(\d+)\s*[-\u2010-\u2015]\s*(\d+)")
_SIGNS = re.compile(r"^(?:\+|00)|[\s().-]|\.0+$")


def dialled(dial_codes: Sequence[str], area_codes: Sequence[str]) -> list[str]:
    """Return dial code + area codes, pair by pair, as lists that the prefix reader understands.

    A blank area code leaves the dial code, a blank dial code nothing. Where every area code begins
    with its dial code already, the area codes are whole prefixes and stay as they are.
    """
    pairs = [
        (_SIGNS.sub("", dial.strip().removesuffix(".0")), _parts(area))
        for dial, area in zip(dial_codes, area_codes, strict=True)
    ]
    filled = [(dial, part) for dial, parts in pairs for part in parts]
    if filled and all(dial and _SIGNS.sub("", part).startswith(dial) for dial, part in filled):
        return [", ".join(parts) if parts else dial for dial, parts in pairs]
    return [_joined(dial, parts) for dial, parts in pairs]


def _parts(area: str) -> list[str]:
    return [part for part in _LIST.split(area.strip().removesuffix(".0")) if part]


def _joined(dial: str, parts: Sequence[str]) -> str:
    if not dial:
        return ""
    return ", ".join(_one(dial, part) for part in parts) if parts else dial


def _one(dial: str, part: str) -> str:
    """Join one area code or range; a leading 0 stays in front, so that the row is refused."""
    if part.startswith("0"):
        return part
    span = _RANGE.fullmatch(part)
    return f"{dial}{span[1]}-{dial}{span[2]}" if span else dial + part
