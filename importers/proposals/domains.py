"""What a sheet prices: service domain and resource, told by words and by kinds of columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cache

from dictionaries.catalogue import Catalogue
from dictionaries.normalise import normalise
from importers.proposals.facts import Facts, known_key
from importers.proposals.headers import header_words
from importers.proposals.roles import header_holds, meanings_of
from importers.settings import Role
from importers.tokens import read_table

_ENOUGH = 3
"""Words of less weight than this do not tell a domain."""

_WEAK = 2
"""Words of this weight keep a list of countries from being taken as SMS."""

_RESOURCES = {"voice": "call"}


@cache
def _domain_words() -> tuple[tuple[str, str, int], ...]:
    rows = read_table("domain_words.csv")
    return tuple((normalise(r["word"]), r["domain"], int(r["weight"])) for r in rows)


def _domains_in(text: str) -> Counter[str]:
    """Add up the weights of the domain words in a text, each word once."""
    padded = f" {header_words(text)} "
    score: Counter[str] = Counter()
    for word, domain, weight in _domain_words():
        needle = word if any(ord(c) > 0x2E80 for c in word) else f" {word} "
        if needle in padded:
            score[domain] += weight
    return score


def domain_in(text: str) -> str:
    """Return the domain that a text such as a header speaks of, or ""."""
    found = _domains_in(text).most_common(1)
    return found[0][0] if found and found[0][1] >= _ENOUGH else ""


def find_domain(
    columns: Sequence[Facts], *, titles: Sequence[str], sheet_name: str
) -> tuple[str, str]:
    """Return the domain ("" = not told) and the reason."""
    if _sells_packages(columns):
        return "", "the sheet lists packages (days, data volume): no resource of the catalogue fits"
    score = _domains_in(" | ".join([f.header for f in columns]))
    score.update(_domains_in(" | ".join([*titles, sheet_name])))
    score.update(_in_values(columns))
    score.update(_by_columns(columns))
    best = score.most_common(2)
    if best and best[0][1] >= _ENOUGH and (len(best) == 1 or best[0][1] > best[1][1]):
        return best[0][0], f"words and columns speak of {best[0][0]}"
    spoken = max(score.values(), default=0)
    if spoken < _WEAK and any(map(_tells_country, _labelled(columns))):
        return "sms", "prices by country and nothing else: taken as SMS"
    return "", "nothing tells what the prices are for"


def _tells_country(facts: Facts) -> bool:
    """Tell whether a column holds countries, by its values or, in a short list, by its header."""
    named = any(m.attribute == "country" for m in meanings_of(facts)[:1])
    return facts.share("country") >= 0.6 or named


def _labelled(columns: Sequence[Facts]) -> list[Facts]:
    return [f for f in columns if f.share("label") >= 0.5]


def _sells_packages(columns: Sequence[Facts]) -> bool:
    kinds = [m.attribute for f in columns for m in meanings_of(f)[:1] if m.role == Role.IGNORE]
    words = {header_words(f.header) for f in columns}
    return kinds.count("package") >= 2 and not any("sms" in w or "call" in w for w in words)


def _in_values(columns: Sequence[Facts]) -> Counter[str]:
    """Count words that most cells of a text column hold ("… Outbound SMS - …")."""
    score: Counter[str] = Counter()
    for facts in columns:
        if facts.share("label") < 0.8 or len(facts.texts) < 5:
            continue
        seen: Counter[str] = Counter()
        sample = facts.texts[:40]
        for text in sample:
            seen.update(set(_domains_in(text)))
        score.update({d: 5 for d, n in seen.items() if 2 * n > len(sample)})
    return score


def _by_columns(columns: Sequence[Facts]) -> Counter[str]:
    """Weigh what only one domain has: network codes, long prefixes, intervals, categories."""
    score: Counter[str] = Counter()
    roles = {m.role for f in columns for m in meanings_of(f)[:1] if f.share("number") >= 0.5}
    for facts in columns:
        first = meanings_of(facts)[:1]
        attribute = first[0].attribute if first else ""
        if first and first[0].domain and header_holds(facts, first[0]):
            score[first[0].domain] += 4
        if attribute in ("mcc", "mccmnc", "mnc") and facts.share(attribute) >= 0.5:
            score["sms"] += 4
        if attribute == "prefix" and _is_breakout(facts, columns):
            score["voice"] += 6
    if roles & {Role.FIRST_INTERVAL, Role.NEXT_INTERVAL}:
        score["voice"] += 5
    score["whatsapp"] += 4 * _categories(columns)
    return +score


def _is_breakout(facts: Facts, columns: Sequence[Facts]) -> bool:
    """Tell whether prefixes split countries: more of them than a list of calling codes has."""
    if facts.share("prefix") < 0.5:
        return False
    countries = [f.distinct for f in columns if f.share("country") >= 0.6 and f is not facts]
    return not countries or facts.distinct > 1.3 * max(countries)


def _categories(columns: Sequence[Facts]) -> int:
    """Count the pricing categories that stand in headers or as values of one column."""
    named = {_category(f, f.header) or _category(f, f.own) for f in columns} - {""}
    strong = named & {"marketing", "utility", "authentication"}
    listed = any(f.known("pricing_category") >= 0.6 and f.distinct > 2 for f in columns)
    return len(named) if len(strong) > 1 else (2 if listed else 0)


def _category(facts: Facts, text: str) -> str:
    return known_key(facts.dictionaries, "pricing_category", header_words(text))


def resource_of(domain: str, catalogue: Catalogue, *, titles: Sequence[str]) -> str:
    """Return the resource that a price list of ``domain`` fills: its messages or calls."""
    if domain == "whatsapp" and "conversation" in normalise(" ".join(titles)):
        wanted = "whatsapp_conversation"
    else:
        wanted = _RESOURCES.get(domain, f"{domain}_message")
    if wanted in catalogue.resources:
        return wanted
    of_domain = catalogue.of_domain(domain) if domain in catalogue.domains else ()
    return of_domain[0].key if of_domain else ""
