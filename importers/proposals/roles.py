"""What each column is for: the words of its header weighed against its values (IMP-5).

A header claims a role, the values confirm it or contradict it; a column without a telling header
can still be recognised by its values.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from importers.proposals.facts import Facts
from importers.proposals.headers import Meaning, header_money, read_header
from importers.settings import Role

IGNORED = {
    "old": "an earlier price",
    "change": "a difference between prices",
    "fee": "a fee besides the price",
    "short_code": "a price of special numbers",
    "international": "a price for messages from abroad",
    "total": "a total or gross price",
    "discount": "a discount or margin",
    "minimum": "a bound or an average, not the price",
    "updated": "it tells when the row was changed, not when the price takes effect",
    "note": "a remark",
    "technical": "technical information",
    "package": "the size of a package",
}
"""Why a column with such a header is left out."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One column understood: a role, perhaps an attribute, how sure, and why."""

    facts: Facts
    role: Role
    attribute: str = ""
    score: float = 0.0
    reason: str = ""


def read_columns(
    columns: Sequence[Facts], *, attributes: Sequence[str], is_whatsapp: bool
) -> list[Reading]:
    """Return one reading per column; ``attributes`` are those of the resource, in its order."""
    return [_read(facts, attributes, is_whatsapp) for facts in columns]


def meanings_of(facts: Facts) -> tuple[Meaning, ...]:
    """Return the meanings of a column's header: of all its lines, and of the last one alone."""
    own = read_header(facts.own) if facts.own != facts.header else ()
    return tuple(dict.fromkeys((*read_header(facts.header), *own)))


def _read(facts: Facts, attributes: Sequence[str], is_whatsapp: bool) -> Reading:
    named = [_weighed(facts, m, attributes, is_whatsapp) for m in meanings_of(facts)]
    best = max([*named, *_by_values(facts, attributes)], key=lambda r: r.score, default=None)
    if not facts.values and (best is None or best.role not in _MAY_BE_EMPTY):
        return Reading(facts, Role.IGNORE, reason="the column is empty")
    if best is None or best.score <= 0:
        return Reading(facts, Role.IGNORE, reason=_not_understood(facts, named))
    return best


_MAY_BE_EMPTY = frozenset({Role.IGNORE, Role.FILTER})


def _not_understood(facts: Facts, named: Sequence[Reading]) -> str:
    contradicted = next((r for r in named if r.role is not Role.IGNORE), None)
    if contradicted is None:
        return "neither the header nor the values tell what it is for"
    what = contradicted.attribute or contradicted.role.value
    example = facts.texts[0] if facts.texts else ""
    return f'the header says {what}, but values such as "{example[:40]}" do not fit'


def _weighed(
    facts: Facts, meaning: Meaning, attributes: Sequence[str], is_whatsapp: bool
) -> Reading:
    """Weigh one meaning of the header against the values."""
    if meaning.role == Role.IGNORE:
        reason = f'"{meaning.phrase}": {IGNORED.get(meaning.attribute, "not needed")}'
        return Reading(facts, Role.IGNORE, score=meaning.weight, reason=reason)
    role, attribute = Role(meaning.role), meaning.attribute
    if role is Role.ATTRIBUTE:
        attribute = _translated(attribute, attributes, is_whatsapp)
        factor = _attribute_fit(facts, attribute)
        if attribute not in attributes:
            factor *= 0.5  # no level of this resource; another meaning may fit better
    else:
        role, factor = _role_fit(facts, role)
    reason = f'header "{meaning.phrase}"' + (" and values" if factor > 1 else "")
    return Reading(facts, role, attribute, meaning.weight * factor, reason)


def header_holds(facts: Facts, meaning: Meaning) -> bool:
    """Tell whether the values do not contradict a meaning of the header."""
    if meaning.role == Role.IGNORE:
        return True
    if meaning.role == Role.ATTRIBUTE:
        return _attribute_fit(facts, meaning.attribute) >= 0.5
    return _role_fit(facts, Role(meaning.role))[1] >= 0.5


def _translated(attribute: str, attributes: Sequence[str], is_whatsapp: bool) -> str:
    """Name the attribute as this resource calls it: a country of a WhatsApp card is a market."""
    if is_whatsapp and attribute == "country" and "whatsapp_region" in attributes:
        return "whatsapp_region"
    if attribute == "network" and "network" not in attributes and "mno" in attributes:
        return "mno"
    return attribute


# ------------------------------------------------------------------ do the values fit the header?


def _role_fit(facts: Facts, role: Role) -> tuple[Role, float]:
    """Return the role that the values allow and the factor for its weight (0 = contradicted)."""
    if role in (Role.PRICE, Role.CONNECT_PRICE):
        return role, _graded(facts.share("price"), 0.2, 0.5)
    if role in (Role.FIRST_INTERVAL, Role.NEXT_INTERVAL, Role.INCREMENT):
        return _interval_fit(facts, role)
    if role in (Role.EFFECTIVE_FROM, Role.EFFECTIVE_TILL):
        return role, _graded(max(facts.share("date"), facts.share("serial")), 0.3, 0.6)
    if role in (Role.TIER_FROM, Role.TIER_TILL):
        return _tier_fit(facts, role)
    if role is Role.CURRENCY:
        return role, _graded(facts.share("currency"), 0.5, 0.8)
    if role in _WORDED:
        return (role, 1.2) if facts.known(_WORDED[role]) >= 0.5 else (Role.FILTER, 0.4)
    return role, 1.0


_WORDED = {
    Role.PRICE_TYPE: "price_type",
    Role.BILLING_RULE: "billing_rule",
    Role.QUANTITY_RULE: "quantity_rule",
}


def _graded(share: float, least: float, good: float) -> float:
    return 1.2 if share >= good else (0.8 if share >= least else 0.0)


def _interval_fit(facts: Facts, role: Role) -> tuple[Role, float]:
    if facts.share("increment") >= 0.5:
        return Role.INCREMENT, 1.2
    if facts.share("number") < 0.8:
        return role, 0.0
    return (Role.NEXT_INTERVAL if role is Role.INCREMENT else role), 1.1


def _tier_fit(facts: Facts, role: Role) -> tuple[Role, float]:
    if facts.share("date") >= 0.6:
        dated = Role.EFFECTIVE_FROM if role is Role.TIER_FROM else Role.EFFECTIVE_TILL
        return dated, 1.0
    return role, (1.2 if facts.share("price") >= 0.7 else 0.0)


def _attribute_fit(facts: Facts, attribute: str) -> float:
    test = _FITS.get(attribute)
    if test is not None:
        return test(facts)
    return 1.0 if facts.share("label") >= 0.5 else 0.3


def _country_fit(facts: Facts) -> float:
    share = facts.share("country")
    if share >= 0.6:
        return 1.3
    if facts.share("number") >= 0.5:
        return 0.0
    return 0.9 if share >= 0.2 else 0.5


def _market_fit(facts: Facts) -> float:
    share = max(facts.known("whatsapp_market"), facts.share("country"))
    return 1.3 if share >= 0.5 else (0.6 if facts.share("label") >= 0.5 else 0.0)


def _known_fit(dictionary: str) -> Callable[[Facts], float]:
    def fit(facts: Facts) -> float:
        share = facts.known(dictionary)
        return 1.8 if share >= 0.5 else (0.6 if share >= 0.25 else 0.0)

    return fit


def _look_fit(look: str, least: float, good: float) -> Callable[[Facts], float]:
    def fit(facts: Facts) -> float:
        return _graded(facts.share(look), least, good)

    return fit


def _destination_fit(facts: Facts) -> float:
    return 1.1 if facts.share("label") >= 0.5 else 0.0


_FITS: dict[str, Callable[[Facts], float]] = {
    "country": _country_fit,
    "whatsapp_region": _market_fit,
    "direction": _known_fit("direction"),
    "pricing_category": _known_fit("pricing_category"),
    "pricing_type": _known_fit("pricing_type"),
    "sender_id_type": _known_fit("sender_id_type"),
    "billing_event": _known_fit("billing_event"),
    "periodicity": _known_fit("periodicity"),
    "mcc": _look_fit("mcc", 0.4, 0.8),
    "mnc": _look_fit("mnc", 0.5, 0.8),
    "mccmnc": _look_fit("mccmnc", 0.3, 0.6),
    "prefix": _look_fit("prefix", 0.5, 0.8),
    "destination": _destination_fit,
    "network": _destination_fit,
    "mno": _destination_fit,
}


# ----------------------------------------------------------------------- recognised by its values


def _by_values(facts: Facts, attributes: Sequence[str]) -> list[Reading]:
    """Return what the values alone suggest; always weaker than a telling header."""
    if not facts.values:
        return []
    tests = (
        ("mccmnc", facts.distinct > 2 and facts.share("mccmnc") >= 0.9, 6.0),
        ("country", facts.share("label") >= 0.9 and facts.known("country") >= 0.7, 5.5),
        ("prefix", _is_plus_prefixed(facts), 5.0),
        ("direction", facts.known("direction") >= 0.9, 5.0),
    )
    found = [
        Reading(facts, Role.ATTRIBUTE, name, weight, f"values look like {name}")
        for name, fits, weight in tests
        if fits and name in attributes
    ]
    if all(header_money(facts.header)) and facts.share("price") >= 0.8:
        found.append(Reading(facts, Role.PRICE, "", 6.0, "header names a currency and a unit"))
    if facts.share("label") >= 0.9 and facts.share("currency") >= 0.9:
        found.append(Reading(facts, Role.CURRENCY, "", 5.5, "values are currency codes"))
    if facts.share("increment") >= 0.9 and facts.share("date") < 0.5:
        found.append(Reading(facts, Role.INCREMENT, "", 4.0, "values look like 60/60"))
    return found


def _is_plus_prefixed(facts: Facts) -> bool:
    signed = [t for t in facts.texts if t.strip().startswith(("+", "^", "00"))]
    return len(signed) >= 0.8 * len(facts.texts) and facts.share("prefix") >= 0.9
