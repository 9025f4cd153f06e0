"""Which columns hold the prices, for which key each, in which currency, unit and decimal sign.

One price column, or a wide sheet with a price column per category or direction (Q16); prices of
other kinds (fees, totals, short codes) are left out with a reason.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from dictionaries.normalise import normalise
from importers.prices import decide_decimal, parse_prices
from importers.proposals.domains import domain_in
from importers.proposals.facts import Facts, known_key
from importers.proposals.headers import header_money, header_words
from importers.proposals.roles import Reading, meanings_of
from importers.records import column_letter
from importers.settings import ColumnUse, Role
from importers.tokens import currency_codes, currency_tokens, read_table

WIDE_ATTRIBUTES = {
    "pricing_category": "pricing_category",
    "direction": "direction",
    "billing_event": "billing_event",
    "sender_id_type": "sender_id_type",
}
"""Attributes whose keys may stand in the headers of price columns → their dictionaries."""

_MONEY = (Role.PRICE, Role.CONNECT_PRICE)


@dataclass(frozen=True, slots=True)
class PriceColumns:
    """The price columns in use, the attribute their headers spread over, and the others.

    ``uses`` are ready :class:`ColumnUse`s, ``wide`` is the attribute of a wide sheet or "",
    ``left_out`` maps a column to the reason why its prices are not taken, ``rivals`` to whether to
    ask or only to tell about it where its prices differ (see :class:`ColumnUse`).
    """

    uses: tuple[ColumnUse, ...]
    wide: str
    left_out: dict[int, str]
    rivals: dict[int, str] = field(default_factory=dict)


def choose_prices(
    readings: Sequence[Reading], *, attributes: Sequence[str], domain: str, currency: str = ""
) -> PriceColumns:
    """Choose the price columns; ``currency`` is the one a person wants where there are several."""
    wide = _wide(readings, attributes, domain)
    if wide.uses:
        return wide
    priced = [r for r in readings if r.role is Role.PRICE]
    if not priced:
        priced = _fallback(readings)
    if not priced:
        return PriceColumns((), "", {})
    is_renewed = any(_age(r) == "new" for r in priced)
    best = max(priced, key=lambda r: _rank(r, currency, is_renewed))
    others = [r for r in priced if r.facts.index != best.facts.index]
    left_out = {r.facts.index: _not_chosen(r, best) for r in others}
    rivals = {r.facts.index: _rivalry(r, best, domain, is_renewed) for r in others}
    rivals |= {r.facts.index: "tell" for r in readings if _is_extra(r, best)}
    return PriceColumns((_use(best, ()),), "", left_out, rivals)


def _rank(reading: Reading, currency: str, is_renewed: bool) -> tuple[bool, int, float, float, int]:
    wanted = bool(currency) and header_money(reading.facts.header)[0] == currency
    worth = _worth(reading, is_renewed)
    return wanted, worth, reading.score, round(reading.facts.fill, 1), -reading.facts.index


@cache
def _age_words() -> dict[str, str]:
    """Return word of a price header → new, current, old or list (the price before discounts)."""
    return {normalise(row["word"]): row["age"] for row in read_table("price_ages.csv")}


def _age(reading: Reading) -> str:
    """Return which of several prices a header means; "" if it does not say."""
    ages = _age_words()
    return next((ages[w] for w in header_words(reading.facts.header).split() if w in ages), "")


def _worth(reading: Reading, is_renewed: bool) -> int:
    """Rank by what the header says: a new price, one that says nothing, an earlier one."""
    age = _age(reading)
    if age == "new":
        return 2
    return 0 if age in ("old", "list") or (age == "current" and is_renewed) else 1


def _rivalry(reading: Reading, best: Reading, domain: str, is_renewed: bool) -> str:
    """Tell whether another price column may be meant as well: "ask", "tell", or "" for neither."""
    currencies = {header_money(r.facts.header)[0] for r in (reading, best)} - {""}
    if len(currencies) > 1 or domain_in(reading.facts.header) not in ("", domain):
        return ""  # for a service in that currency, or of another kind
    return "ask" if _worth(reading, is_renewed) == _worth(best, is_renewed) else "tell"


def _is_extra(reading: Reading, best: Reading) -> bool:
    """Tell whether a header names a fee or total beside the price, in the same currency."""
    if reading.role is not Role.IGNORE or reading.facts.share("price") < 0.8:
        return False
    kinds = {m.attribute for m in meanings_of(reading.facts) if m.role == Role.IGNORE}
    own, other = (header_money(r.facts.header)[0] for r in (reading, best))
    return bool(kinds & {"fee", "total"}) and (not own or not other or own == other)


def _not_chosen(reading: Reading, best: Reading) -> str:
    letter = column_letter(best.facts.index)
    other = column_letter(reading.facts.index)
    return (
        f'another price column; column {letter} "{best.facts.header}" is taken '
        f"(choose this one with --column {other}=price)"
    )


def _use(reading: Reading, keys: tuple[tuple[str, str], ...]) -> ColumnUse:
    currency, unit = header_money(reading.facts.header)
    return ColumnUse(
        column=reading.facts.index,
        role=Role.PRICE,
        header=reading.facts.header,
        keys=keys,
        unit=unit,
        currency=currency if currency in currency_codes() else "",
        reason=reading.reason,
    )


def _fallback(readings: Sequence[Reading]) -> list[Reading]:
    """Return the best column of broken numbers without a name, as in a sheet without header."""
    found = [
        replace(r, role=Role.PRICE, score=r.facts.share("fraction"), reason="numbers with decimals")
        for r in readings
        if r.role is Role.IGNORE
        and not r.score
        and r.facts.header in ("", column_letter(r.facts.index))
        and r.facts.share("price") >= 0.8
        and r.facts.share("fraction") >= 0.2
    ]
    return found[:1] if len(found) == 1 else sorted(found, key=lambda r: -r.score)[:1]


# ----------------------------------------------------------------------------- wide sheets (Q16)


def _wide(readings: Sequence[Reading], attributes: Sequence[str], domain: str) -> PriceColumns:
    """Return price columns named after the keys of one attribute, if there are two or more."""
    found: dict[str, dict[str, Reading]] = {}
    for attribute in WIDE_ATTRIBUTES:
        if attribute in attributes:
            found[attribute] = _keyed_columns(readings, attribute, domain)
    if _has_plain_price(readings, found.get("sender_id_type", {})):
        del found["sender_id_type"]  # prices of special numbers beside the usual one
    attribute = max(found, key=lambda a: len(found[a]), default="")
    keyed = found.get(attribute, {})
    if len(keyed) < 2:
        return PriceColumns((), "", {})
    uses = [
        _use(replace(r, reason=f'header names the {attribute} "{key}"'), ((attribute, key),))
        for key, r in keyed.items()
    ]
    taken = {use.column for use in uses}
    left = {
        r.facts.index: _not_wide(r, attribute, domain)
        for r in readings
        if r.facts.index not in taken and _is_other_price(r, domain)
    }
    return PriceColumns(tuple(uses), attribute, left)


def _has_plain_price(readings: Sequence[Reading], keyed: dict[str, Reading]) -> bool:
    taken = {r.facts.index for r in keyed.values()}
    return bool(keyed) and any(
        r.role is Role.PRICE and r.facts.index not in taken for r in readings
    )


def _is_other_price(reading: Reading, domain: str) -> bool:
    if reading.role is Role.IGNORE and not reading.score and reading.facts.share("price") >= 0.5:
        return domain_in(reading.facts.header) not in ("", domain)
    return reading.role is Role.PRICE


def _not_wide(reading: Reading, attribute: str, domain: str) -> str:
    other = domain_in(reading.facts.header)
    if other not in ("", domain):
        return f"a price for {other}, and the sheet is read as {domain}"
    return f"a price that names no {attribute}"


def _keyed_columns(readings: Sequence[Reading], attribute: str, domain: str) -> dict[str, Reading]:
    keyed: dict[str, Reading] = {}
    for reading in readings:
        facts = reading.facts
        if facts.values and facts.share("price") < 0.5:
            continue
        if reading.role in (Role.TIER_FROM, Role.TIER_TILL, Role.CONNECT_PRICE):
            continue
        if domain_in(facts.header) not in ("", domain):
            continue
        key = key_in_header(facts, attribute)
        if key:
            keyed.setdefault(key, reading)
    return keyed


def key_in_header(facts: Facts, attribute: str) -> str:
    """Return the key of ``attribute`` that a header names, price and currency words set aside."""
    dictionary = WIDE_ATTRIBUTES[attribute]
    words = header_words(facts.header)
    for text in (words, _without_money(facts, words), header_words(facts.own)):
        key = known_key(facts.dictionaries, dictionary, text) if text else ""
        if key:
            return key
    return ""


def _without_money(facts: Facts, words: str) -> str:
    padded = f" {words} "
    for meaning in meanings_of(facts):
        if meaning.role == Role.PRICE:
            padded = padded.replace(f" {meaning.phrase} ", " ")
    kept = [w for w in padded.split() if w not in currency_tokens()]
    return " ".join(kept)


def key_within(facts: Facts, attribute: str) -> str:
    """Return the key whose name stands anywhere in the header, the longest name first."""
    words = header_words(facts.header).split()
    dictionary = WIDE_ATTRIBUTES[attribute]
    for size in range(min(4, len(words)), 0, -1):
        for start in range(len(words) - size + 1):
            text = " ".join(words[start : start + size])
            key = known_key(facts.dictionaries, dictionary, text) if len(text) > 3 else ""
            if key:
                return key
    return ""


# -------------------------------------------------------------------- decimal sign, currency, unit


def decimal_of(columns: Sequence[Facts]) -> tuple[str, str]:
    """Decide the decimal sign of the sheet from the values of its money columns together (Q19)."""
    return decide_decimal([v for facts in columns for v in facts.values])


def currency_of(
    uses: Sequence[ColumnUse],
    readings: Sequence[Reading],
    *,
    titles: Sequence[str],
    sheet_name: str,
) -> tuple[str, str]:
    """Return the currency of the prices and the reason; "" if none or several are named (Q20)."""
    column = next((r.facts for r in readings if r.role is Role.CURRENCY), None)
    if column is not None:
        return _of_column(column)
    named = {u.currency for u in uses if u.currency}
    if len(named) == 1:
        return named.pop(), "named in the header of the price column"
    if len(named) > 1:
        return "", f"the price columns are in {', '.join(sorted(named))}"
    priced = [r.facts for r in readings if r.facts.index in {u.column for u in uses}]
    return _of_cells(priced) or _of_text(titles, sheet_name)


def _of_column(column: Facts) -> tuple[str, str]:
    letter = column_letter(column.index)
    codes = Counter(currency_tokens().get(t.strip().casefold(), "") for t in column.texts)
    known = sorted(c for c in codes if c)
    if len(known) == 1 and "|" not in known[0]:
        return known[0], f"column {letter} says {known[0]} in every row"
    return "", f"column {letter} names several: {', '.join(known[:5])}" if known else "not named"


def _of_cells(priced: Sequence[Facts]) -> tuple[str, str] | None:
    found: set[str] = set()
    for facts in priced:
        found |= set(parse_prices(facts.values, "").currencies.values())
        found |= set(parse_prices(facts.values, ",").currencies.values())
    if not found:
        return None
    if len(found) == 1:
        code = found.pop()
        if "|" in code:
            return "", f"the sign in the price cells may mean {code.replace('|', ', ')}"
        return code, "named in the price cells"
    return "", f"the price cells name several: {', '.join(sorted(found))}"


def _of_text(titles: Sequence[str], sheet_name: str) -> tuple[str, str]:
    for what, texts in (("the lines above the header", titles), ("the sheet's name", [sheet_name])):
        found = {_currency_word(t) for t in texts} - {""}
        if len(found) == 1:
            return found.pop(), f"named in {what}"
    return "", "not named"


def _currency_word(text: str) -> str:
    """Return the one currency that a sentence names by its code in capitals or by a sign."""
    words = text.replace("_", " ").replace("/", " ").split()
    codes = {w.strip("().,:;[]") for w in words} & currency_codes()
    signs = {currency_tokens().get(w.strip("().,:;[]").casefold(), "") for w in words if len(w) < 9}
    found = codes or {s for s in signs if s and "|" not in s and s not in ("ALL", "TOP", "TRY")}
    lower = {w.upper() for w in words if w.lower() in ("usd", "eur", "gbp")}
    found = found or lower
    return found.pop() if len(found) == 1 else ""


def common_unit(uses: Sequence[ColumnUse]) -> str:
    """Return the unit that all price columns share, "1" if they differ."""
    units = {u.unit or "1" for u in uses}
    return units.pop() if len(units) == 1 else "1"
