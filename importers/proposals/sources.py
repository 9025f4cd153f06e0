"""Which columns feed which attribute, in which order of trust, and the levels they make.

Several columns may feed one attribute (Q33), one column may feed two (Q31); a column that only
repeats what another one says better is kept out with a reason.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from dictionaries.normalise import normalise
from importers.matching.dial_codes import DIAL_CODE
from importers.proposals.facts import Facts, known_texts, starts_with_calling_code
from importers.proposals.headers import header_words
from importers.proposals.roles import Reading
from importers.records import column_letter
from importers.settings import ColumnUse, Role

LEVEL_ORDER = (
    "billing_event",
    "direction",
    "whatsapp_region",
    "country",
    "destination",
    "prefix",
    "mcc",
    "network",
    "mno",
    "mnc",
    "mccmnc",
    "sender_id_type",
    "pricing_category",
    "pricing_type",
    "periodicity",
    "pack",
    "additional_service",
)
"""How levels follow one another in a tree (the general before the particular)."""

_NAMES = {"country": 2, "whatsapp_region": 1, "network": 2, "mno": 2}
"""So many columns may feed an attribute; all others take one."""

_CODED = frozenset({"mcc", "mnc", "mccmnc"})
_AFTER_DASH = re.compile(r"\s[-–—]\s+(?!.*\s[-–—]\s)(.*)$")
_BEFORE_DASH = re.compile(r"^(.*?)\s+[-–—]\s")
_DIRECTED = re.compile(
    r"\b(outbound|inbound|outgoing|incoming|terminated|originated|mt|mo)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Sources:
    """The attribute columns in order of trust, the levels, and the columns left out, with reasons.

    ``node`` is a key that the whole sheet stands for, as ("direction", "mt"), with its reason.
    """

    uses: tuple[ColumnUse, ...]
    levels: tuple[str, ...]
    left_out: dict[int, tuple[Role, str]]
    node: tuple[str, str, str] = ("", "", "")


@dataclass(slots=True)
class _Choice:
    """Collects the uses while the attributes are gone through."""

    uses: list[ColumnUse] = field(default_factory=list)
    left_out: dict[int, tuple[Role, str]] = field(default_factory=dict)

    def has(self, attribute: str) -> bool:
        return any(u.attribute == attribute for u in self.uses)


def choose_sources(
    readings: Sequence[Reading], *, attributes: Sequence[str], domain: str, wide: str = ""
) -> Sources:
    """Choose the attribute columns of a sheet; ``wide`` is the attribute in the price headers."""
    choice = _Choice()
    by_attribute: dict[str, list[Reading]] = {}
    for reading in readings:
        if reading.role is Role.ATTRIBUTE:
            by_attribute.setdefault(reading.attribute, []).append(reading)
    _settle_codes(by_attribute, choice)
    _settle_prefixes(readings, by_attribute, choice, attributes)
    for attribute in LEVEL_ORDER:
        for place, reading in enumerate(_trusted(attribute, by_attribute.get(attribute, []))):
            _take(reading, place, choice, attributes, domain)
    _split_cells(readings, choice, attributes)
    levels = _levels(choice, wide)
    return Sources(tuple(choice.uses), levels, choice.left_out, _direction(readings, choice, wide))


def _settle_codes(by_attribute: dict[str, list[Reading]], choice: _Choice) -> None:
    """Let network codes stand for the network, its name being evidence only (IMP-11)."""
    whole = bool(by_attribute.get("mccmnc"))
    parts = bool(by_attribute.get("mcc")) and bool(by_attribute.get("mnc"))
    if whole and parts:
        for reading in (*by_attribute.pop("mcc"), *by_attribute.pop("mnc")):
            choice.left_out[reading.facts.index] = (Role.IGNORE, "part of the MCCMNC column")
    if whole or parts:
        for name in ("network", "mno", "destination"):
            for reading in by_attribute.pop(name, []):
                reason = "the network's name; the network codes tell it exactly"
                choice.left_out[reading.facts.index] = (Role.FILTER, reason)
    elif by_attribute.get("mnc"):
        for reading in by_attribute.pop("mnc"):
            choice.left_out[reading.facts.index] = (Role.IGNORE, "an MNC without an MCC column")
    elif by_attribute.get("mcc") and by_attribute.get("country"):
        for reading in by_attribute.pop("mcc"):
            choice.left_out[reading.facts.index] = (Role.FILTER, "the country column tells more")


_AREA = re.compile(r"\b(?:area|city|region|regional)s? codes?\b")
_DIAL = re.compile(r"[1-9]\d{0,2}")


def _settle_prefixes(
    readings: Sequence[Reading],
    by_attribute: dict[str, list[Reading]],
    choice: _Choice,
    attributes: Sequence[str],
) -> None:
    """Join a column of dial codes and one of area codes to one prefix: 49 and 15 are 4915."""
    areas = [r for r in readings if _AREA.search(header_words(r.facts.header))]
    dials = [r for r in by_attribute.get("prefix", []) if r not in areas and _is_dial(r.facts)]
    if len(areas) != 1 or len(dials) != 1 or "prefix" not in attributes:
        return
    area, dial = areas[0], dials[0]
    reason = f"area codes behind the dial codes of column {column_letter(dial.facts.index)}"
    by_attribute["prefix"] = [
        replace(area, role=Role.ATTRIBUTE, attribute="prefix", score=dial.score, reason=reason)
    ]
    choice.uses.append(
        ColumnUse(
            column=dial.facts.index,
            role=Role.ATTRIBUTE,
            attribute="prefix",
            by=DIAL_CODE,
            header=dial.facts.header,
            reason=f"dial codes before the area codes of column {column_letter(area.facts.index)}",
        )
    )


def _is_dial(facts: Facts) -> bool:
    """Tell whether all values are calling codes of countries (one to three digits)."""
    digits = [t.strip().removeprefix("+").removesuffix(".0") for t in facts.texts]
    return bool(digits) and all(_DIAL.fullmatch(d) and starts_with_calling_code(d) for d in digits)


def _trusted(attribute: str, readings: list[Reading]) -> list[Reading]:
    """Sort columns of one attribute by trust: codes, then names, then weaker headers."""
    if attribute == "country":
        return sorted(readings, key=lambda r: (-_code_share(r.facts), -r.facts.share("country")))
    return sorted(readings, key=lambda r: (-r.score, r.facts.index))


def _code_share(facts: Facts) -> float:
    share = max(facts.share("two_letters"), facts.share("alpha3"))
    return round(share) if share >= 0.9 else 0.0


def _take(
    reading: Reading, place: int, choice: _Choice, attributes: Sequence[str], domain: str
) -> None:
    attribute, index = reading.attribute, reading.facts.index
    if attribute not in attributes:
        choice.left_out[index] = (Role.IGNORE, _no_level(attribute, domain))
        return
    if place >= _NAMES.get(attribute, 1):
        first = next(u for u in choice.uses if u.attribute == attribute)
        reason = f"column {column_letter(first.column)} already tells the {attribute}"
        choice.left_out[index] = (Role.IGNORE, reason)
        return
    by, why = _matched_by(attribute, reading.facts)
    reason = reading.reason + (f"; {why}" if why else "") + ("; second source" if place else "")
    choice.uses.append(
        ColumnUse(
            column=index,
            role=Role.ATTRIBUTE,
            attribute=attribute,
            by=by,
            how="best",
            header=reading.facts.header,
            reason=reason,
        )
    )


def _no_level(attribute: str, domain: str) -> str:
    if attribute == "prefix":
        return f"a dial code is no level of a price list for {domain or 'messages'}"
    return f"{attribute} is no level of {domain or 'this resource'}"


def _matched_by(attribute: str, facts: Facts) -> tuple[str, str]:
    if attribute == "country":
        # One code that is no key (UK, AN) is enough: its aliases and successors must be offered.
        if facts.share("two_letters") >= 0.9 and facts.share("alpha2") == 1:
            return "key", "two-letter codes"
        if facts.share("two_letters") < 0.5 and facts.share("alpha3") == 1:
            return "alpha3", "three-letter codes"
    return ("key", "") if attribute in _CODED else ("any", "")


# ---------------------------------------------------------- one cell, two meanings (Q31)


def _split_cells(readings: Sequence[Reading], choice: _Choice, attributes: Sequence[str]) -> None:
    """Offer the parts of "ANDORRA Outbound SMS - Mobiland" as network (and country)."""
    if "network" not in attributes:
        return
    for reading in readings:
        facts = reading.facts
        extract = _pattern(facts)
        if not extract or reading.role not in (Role.ATTRIBUTE, Role.IGNORE, Role.FILTER):
            continue
        if _split_one(facts, extract, choice):
            return


def _pattern(facts: Facts) -> str:
    if len(facts.texts) < 3:
        return ""
    if facts.share("dashed") >= 0.8:
        return "after_dash"
    return "in_brackets" if facts.share("bracketed") >= 0.8 else ""


def _split_one(facts: Facts, extract: str, choice: _Choice) -> bool:
    index = facts.index
    own = next((u for u in choice.uses if u.column == index), None)
    if own is not None and own.attribute == "network":
        choice.uses[choice.uses.index(own)] = replace(own, extract=extract, reason=_SPLIT)
        return True
    countries = own is not None and own.attribute == "country"
    if choice.has("network") or any(choice.has(c) for c in _CODED):
        return False
    if not countries and choice.has("country"):
        if not _parts_differ(facts):
            return False
    elif not _starts_with_countries(facts) or extract != "after_dash":
        return False
    elif own is not None:
        choice.uses[choice.uses.index(own)] = replace(own, by="any", extract="before_dash")
    else:
        choice.uses.append(_split_use(facts, "country", "before_dash"))
    choice.left_out.pop(index, None)
    choice.uses.append(_split_use(facts, "network", extract))
    return True


_SPLIT = "the part behind the country in each cell"


def _split_use(facts: Facts, attribute: str, extract: str) -> ColumnUse:
    return ColumnUse(
        column=facts.index,
        role=Role.ATTRIBUTE,
        attribute=attribute,
        header=facts.header,
        extract=extract,
        reason=_SPLIT if attribute == "network" else "the part before the dash in each cell",
    )


def _parts_differ(facts: Facts) -> bool:
    parts = {m[1] for m in map(_AFTER_DASH.search, facts.texts) if m}
    return len(parts) > 1 or facts.share("bracketed") >= 0.8


def _starts_with_countries(facts: Facts) -> bool:
    table = known_texts(facts.dictionaries["country"])
    starts = [m[1] for m in map(_BEFORE_DASH.match, facts.texts) if m]
    known = sum(normalise(_DIRECTED.sub("", s).replace("SMS", "")) in table for s in starts)
    return 2 * known > len(starts) > 0


# --------------------------------------------------------------------------------- the levels


def _levels(choice: _Choice, wide: str) -> tuple[str, ...]:
    named = {u.attribute for u in choice.uses} | ({wide} if wide else set())
    if {"mcc", "mnc"} <= named:  # IMP-11: two columns, one level
        named = (named - {"mcc", "mnc"}) | {"mccmnc"}
    return tuple(attribute for attribute in LEVEL_ORDER if attribute in named)


def _direction(readings: Sequence[Reading], choice: _Choice, wide: str) -> tuple[str, str, str]:
    """Return the direction that every description names, if no column tells it row by row."""
    if wide == "direction" or choice.has("direction"):
        return "", "", ""
    for reading in readings:
        texts = reading.facts.texts
        if len(texts) < 3 or reading.facts.share("label") < 0.8:
            continue
        words = [m[1] for m in map(_DIRECTED.search, texts) if m]
        table = known_texts(reading.facts.dictionaries["direction"])
        keys = {table.get(header_words(w), "") for w in words}
        if len(words) == len(texts) and len(keys) == 1 and "" not in keys:
            letter = column_letter(reading.facts.index)
            return "direction", keys.pop(), f'every cell of column {letter} says "{words[0]}"'
    return "", "", ""
