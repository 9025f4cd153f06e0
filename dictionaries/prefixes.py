"""E.164 prefixes of voice lists: digits only, whatever signs surround them (F4)."""

from __future__ import annotations

import re
from dataclasses import dataclass

_MOST = 10_000
_SCIENTIFIC = re.compile(r"\d(?:[.,]\d+)?e\+?\d+", re.IGNORECASE)
_GROUPED = re.compile(r"\+?(\d+)\s*\(([\d\s,;/|-]+)\)")
_CLASS = re.compile(r"\[([\d-]+)\]")
_SPAN = re.compile(r"(\d+)[-\u2010-\u2015](\d+)")
_SEPARATOR = re.compile(r"\s*[,;|/\n]\s*")


@dataclass(frozen=True, slots=True)
class PrefixResult:
    """Prefixes of a cell (digits), or one sentence why there are none."""

    prefixes: tuple[str, ...] = ()
    error: str = ""


def normalise_prefix(text: str) -> PrefixResult:
    """Return the prefixes in a cell: ``+93``, ``^93.*``, ``447-449``, ``44,45``, ``937[0-4]``.

    Ranges and lists are expanded (at most 10 000). A number that a spreadsheet rounded
    (``4.47E+11``) is an error.
    """
    if text.isdigit() and text.isascii() and text[0] != "0" and len(text) <= 15:
        return PrefixResult((text,))
    plain = text.replace("\u00a0", " ").strip().strip("'\u2019\"").strip()
    plain = plain.replace("(0)", "")  # +49 (0)151: the zero is dialled inside the country only
    if not plain:
        return PrefixResult(error="The prefix is missing; fill it in.")
    if _SCIENTIFIC.fullmatch(plain):
        return PrefixResult(error=f"{text!r} is a number rounded by a spreadsheet; format the "
                            "column as text and enter the prefix again.")  # fmt: skip
    try:
        found = [prefix for part in _parts(plain) for prefix in _expand(part)]
    except ValueError as problem:
        return PrefixResult(error=f"{text!r} is no prefix: {problem}.")
    if not found:
        return PrefixResult(error=f"{text!r} is no prefix: it holds no digits.")
    if len(found) > _MOST:
        return PrefixResult(error=f"{text!r} stands for more than {_MOST} prefixes; write it as a "
                            "shorter prefix.")  # fmt: skip
    return PrefixResult(tuple(dict.fromkeys(found)))


def _parts(text: str) -> list[str]:
    """Split a list; ``1 (809, 829)`` is a country code with several area codes."""
    grouped = _GROUPED.fullmatch(text)
    if grouped:
        return [grouped[1] + part for part in _SEPARATOR.split(grouped[2].strip()) if part]
    return [part for part in _SEPARATOR.split(text) if part]


def _expand(part: str) -> list[str]:
    pattern = re.sub(r"[\s()]", "", part.strip())
    pattern = re.sub(r"(?:\.[*+]|\*|\.|x+|X+|%)?\$?$", "", pattern.removeprefix("^"))
    pattern = pattern.replace("\\", "")
    if re.fullmatch(r"\d+\.0+", part.strip()):
        pattern = part.strip().split(".")[0]
    if _CLASS.search(pattern):
        return [prefix for one in _classes(pattern) for prefix in _expand(one)]
    span = _SPAN.fullmatch(pattern.replace("+", ""))
    if span and len(_digits(span[1])) == len(_digits(span[2])):
        return _range(_digits(span[1]), _digits(span[2]))
    return [_digits(re.sub(r"(?<=\d)[-\u2010-\u2015](?=\d)", "", pattern))]


def _classes(pattern: str) -> list[str]:
    """Expand the first ``[0-35]`` of a pattern."""
    match = _CLASS.search(pattern)
    assert match is not None
    digits: list[str] = []
    for low, high in re.findall(r"(\d)(?:-(\d))?", match[1]):
        digits += [str(d) for d in range(int(low), int(high or low) + 1)]
    return [pattern[: match.start()] + d + pattern[match.end() :] for d in digits]


def _digits(text: str) -> str:
    digits = text.removeprefix("+")
    if not (digits.isdigit() and digits.isascii()):
        raise ValueError("only digits, +, 00, ranges and lists are understood")
    digits = digits.removeprefix("00") if not text.startswith("+") else digits
    if not digits or digits[0] == "0":
        raise ValueError("it begins with 0; write it with the country code")
    if len(digits) > 15:
        raise ValueError("it has more than 15 digits")
    return digits


def _range(low: str, high: str) -> list[str]:
    if int(low) > int(high):
        raise ValueError("the range runs backwards")
    if int(high) - int(low) >= _MOST:
        raise ValueError(f"the range holds more than {_MOST} prefixes")
    return [str(number) for number in range(int(low), int(high) + 1)]
