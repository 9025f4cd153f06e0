"""Words and signs around a price: currency, unit of the price, and what must not be there.

The tables are data (``data/currency_tokens.csv``, ``data/price_units.csv``); a token that may mean
several currencies keeps them all, joined by "|", so that nobody picks one silently (Q20).
"""

from __future__ import annotations

import csv
import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

_SPACES = dict.fromkeys(map(ord, "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007"), " ")
_SPACES |= dict.fromkeys(map(ord, "\u2008\u2009\u200a\u202f\u205f\u3000\t\r\n"), " ")
_DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe63\uff0d"), "-")
_QUOTES = dict.fromkeys(map(ord, "\u2018\u2019\u02bc\u00b4\u0060\uff07"), "'")
_NOTHING: dict[int, str | None] = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
_SIGNS = _SPACES | _DASHES | _QUOTES | {0x066B: ".", 0x066C: ","} | _NOTHING

_FOOTNOTE = re.compile("[\u00b9\u00b2\u00b3\u2070-\u2079]+$")
_BY_COUNT = re.compile(
    r"(?:per|/|pro|par|por|za|за|na|每|x)\s*(1[ .,']?000|100|1 ?k\b|thousand\b|tausend\b|mille\b)"
    r"(?!\d|[.,]\d)\s*",
    re.IGNORECASE,
)
_UNKNOWN = re.compile(r"[^\s.,;:()\[\]{}*†‡\"'_|=-]+")
_PLUS = re.compile(r"\+\s*$")
_COMPARISON = re.compile(r"[<>≤≥~≈±]")

Rows = list[dict[str, str]]


def read_table(name: str) -> Rows:
    """Return the rows of ``importers/data/NAME`` as dictionaries."""
    text = files("importers").joinpath("data", name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@cache
def currency_tokens() -> dict[str, str]:
    """Return token (lower case) → ISO 4217 code, or several codes joined by "|"."""
    return {row["token"]: row["currency"] for row in read_table("currency_tokens.csv")}


@cache
def unit_tokens() -> dict[str, tuple[str, str]]:
    """Return token → (what one price unit is worth, the currency it implies or "")."""
    return {row["token"]: (row["unit"], row["currency"]) for row in read_table("price_units.csv")}


@cache
def currency_codes() -> frozenset[str]:
    """Return the ISO 4217 codes known here."""
    return frozenset(c for value in currency_tokens().values() for c in value.split("|"))


def clean(text: str) -> str:
    """Return ``text`` with plain spaces, hyphens, quotes and digits, and without footnote digits.

    Superscripts go first: the usual compatibility folding would turn ``0.04¹`` into ``0.041``.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKC", _FOOTNOTE.sub("", text.strip())).translate(_SIGNS)
        text = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text)
    elif "\n" in text or "\t" in text or "\r" in text or "`" in text:
        text = text.translate(_SIGNS)
    return text.strip()


@dataclass(frozen=True, slots=True)
class Affix:
    """What stands around a number: currency code(s), unit, sign, footnote mark, or a problem."""

    currency: str = ""
    unit: str = ""
    negative: bool = False
    mark: bool = False
    problem: str = ""


@cache
def _token_pattern() -> re.Pattern[str]:
    """Return a pattern for all tokens, the longest first.

    Tokens by first letter stand behind one look at that letter: most positions are passed over
    without trying a token.
    """
    by_first: dict[str, list[str]] = {}
    for token in sorted({*currency_tokens(), *unit_tokens()}, key=len, reverse=True):
        by_first.setdefault(token[0], []).append(token)
    choices = []
    for first, tokens in by_first.items():
        # Latin and Cyrillic tokens must be whole words; Chinese has no spaces between words.
        whole = r"(?<![^\W\d_].)" if _is_lettered(first) else ""
        ends = "|".join(re.escape(token[1:]) + _ending(token) for token in tokens)
        choices.append(f"{re.escape(first)}{whole}(?:{ends})")
    return re.compile("|".join(choices), re.DOTALL)


def _ending(token: str) -> str:
    return r"(?![^\W\d_])" if _is_lettered(token[-1]) else ""


def _is_lettered(char: str) -> bool:
    return char.isalpha() and ord(char) < 0x2E80


def split_count(text: str) -> tuple[str, str]:
    """Take "per 1000" or "/100" out of ``text``; return the rest and the unit ("" if none)."""
    found = _BY_COUNT.search(text)
    if not found:
        return text, ""
    unit = "0.01" if found[1] == "100" else "0.001"
    return text[: found.start()] + " " + text[found.end() :], unit


@lru_cache(maxsize=4096)
def read_affix(before: str, after: str) -> Affix:
    """Understand the text before and after a number (already cleaned)."""
    if "%" in before or "%" in after:
        return Affix(problem="is a percentage, not a price")
    if _COMPARISON.search(before + after):
        return Affix(problem="is a limit, not a price")
    negative = _has_minus(before, after)
    before = _PLUS.sub("", before)
    currency, unit, rest = find_tokens(f"{before} {after}")
    unknown = _UNKNOWN.findall(rest)
    if unknown:
        words = " ".join(unknown)
        return Affix(problem=f'holds words next to the price that are not understood: "{words}"')
    mark = any(sign in after for sign in "*†‡")
    return Affix(currency, unit, negative=negative, mark=mark)


def _has_minus(before: str, after: str) -> bool:
    bracketed = "(" in before and ")" in after and "(" not in after
    return bracketed or "-" in before or after.strip() == "-"


def find_tokens(text: str) -> tuple[str, str, str]:
    """Return currency, unit ("" = none named) and what is left of ``text`` without the tokens."""
    currencies: list[str] = []
    units: list[str] = []

    def take(match: re.Match[str]) -> str:
        token = match[0]
        unit, implied = unit_tokens().get(token, ("", ""))
        currency = implied if unit else currency_tokens()[token]
        if currency:
            currencies.append(currency)
        if unit:
            units.append(unit)
        return " "

    rest = _token_pattern().sub(take, text.casefold())
    return _one_currency(currencies), _strongest(units), rest


def _one_currency(found: list[str]) -> str:
    exact = [c for c in found if "|" not in c]
    pool = exact or found
    return pool[0] if len(set(pool)) == 1 else "|".join(dict.fromkeys(pool))


def _strongest(units: list[str]) -> str:
    # "cent per sms": the 1 of "per sms" says nothing beside the 0.01 of "cent".
    telling = [u for u in units if u != "1"]
    return telling[0] if telling else ("1" if units else "")
