"""What the lines above the header say: the date from which prices hold (Q10)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from importers.dates import parse_dates

_CANDIDATES = (
    re.compile(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}"),
    re.compile(r"\d{1,2}([-/.])\d{1,2}\1(?:\d{4}|\d{2})(?!\d)"),
    re.compile(r"\d{4}\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日?"),
    re.compile(r"\d{1,2}(?:st|nd|rd|th|\.)?[ -]+(?:de |of )?[^\W\d_]{3,}\.?,?[ -]+(?:de )?\d{4}"),
    re.compile(r"[^\W\d_]{3,}\.? \d{1,2}(?:st|nd|rd|th)?,? \d{4}"),
)
_STARTS = re.compile(
    r"valid|effective|from|start|as of|gültig|gueltig|ab |wirksam|valable|à partir|effet|desde"
    r"|vigen|válid|fecha|partir|data|valid[oa]|decorr|dal |действ|начиная|с |生效|起|geçerli|tarih"
    r"|obowiązuj|ważn|od ",
    re.IGNORECASE,
)
_ENDS = re.compile(
    r"until|till|expir|bis |jusqu|hasta|até|fino|до |截止|失效|kadar|do ", re.IGNORECASE
)


def effective_date(titles: Sequence[str]) -> tuple[str, str]:
    """Return the ISO date from which the titles say that prices hold, and the reason.

    "" when no line has a date, when several do, or when day and month can be swapped (Q18).
    """
    spoken = [line for line in titles if _STARTS.search(line)]
    for lines, what in ((spoken, "says from when"), (list(titles), "has the only date")):
        found = [(text, line) for line in lines for text in _dates_in(line)]
        if not found:
            continue
        column = parse_dates([text for text, _ in found])
        if column.ambiguous:
            return "", f'"{found[column.ambiguous[0]][0]}" can be read with day or month first'
        days = sorted({date.isoformat() for date in column.dates if date is not None})
        if len(days) == 1:
            return days[0], f'the line "{found[0][1][:60]}" {what}'
        if len(days) > 1:
            return "", f"the lines above the header name several dates: {', '.join(days)}"
    return "", "no date above the header"


def _dates_in(line: str) -> list[str]:
    """Return the dates in a line; the part after "until" does not tell the start."""
    end = _ENDS.search(line)
    before = line[: end.start()] if end and any(map(str.isdigit, line[: end.start()])) else line
    found: list[str] = []
    for pattern in _CANDIDATES:
        for match in pattern.finditer(before):
            if not any(match[0] in other for other in found):
                found.append(match[0])
    return [text for text in found if parse_dates([text]).errors == {}]
