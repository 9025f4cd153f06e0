"""Operators, MCCs and MCCMNCs from mcc-mnc-list (MIT; text of Wikipedia, CC BY-SA).

An operator is a brand in a country; its key is its smallest operational MCCMNC there. Former names
come from the list's notes, from the brands that the same codes bore in the 2018 edition, and from
``data/own/operator_aliases.csv``.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from dictionaries.names import company, core, words
from dictionaries.normalise import normalise
from dictionaries.sources.tables import DATA, OWN, read_rows, write_rows

_FORMER = re.compile(
    r"(?:^|;|,)\s*(?:former(?:ly)?|previously|originally)\b[:,]?\s*"
    r"(?:branded as|known as|called)?\s*([^;]+)",
    re.IGNORECASE,
)
_NOT_A_NAME = re.compile(
    r"\b(owned|shut|merged|used|uses|withdrawn|bankrupt|mcc|mnc|sold|network|acquired|licen[cs]e|"
    r"code|moved|roaming|operator|test|part of|customers?|spectrum|services?)\b", re.IGNORECASE
)  # fmt: skip
_YEAR = re.compile(r"(?:until|in|\()\s*(?:\w{3,9}\s+)?((?:19|20)\d\d)\)?")
_RANK = {"Operational": 0, "Temporary operational": 1, "Ongoing": 1, "Allocated": 2, "Unknown": 2,
         "Planned": 3, "Upcoming": 3, "Reserved": 3}  # fmt: skip
_LATIN = ("fr", "de", "es", "it", "pt", "pl", "nl", "tr")
_TEST = {"001", "999"}


@dataclass(slots=True)
class _Holder:
    """One row of the list: who holds a code in which countries."""

    code: str
    brand: str
    operator: str
    countries: tuple[str, ...]
    status: str
    notes: str

    @property
    def rank(self) -> int:
        return _RANK.get(self.status, 4)


@dataclass(slots=True)
class _Operator:
    """An operator while it is put together."""

    countries: list[str]
    holders: list[_Holder] = field(default_factory=list)

    @property
    def key(self) -> str:
        return min((h.rank, h.code) for h in self.holders)[1]

    @property
    def first(self) -> _Holder:
        """The holder of the key."""
        return next(h for h in self.holders if h.code == self.key)

    @property
    def operational(self) -> bool:
        return any(h.rank < 2 for h in self.holders)


def build_operators(source: Path) -> dict[str, int]:
    """Write mcc.csv, mccmnc.csv, operators.csv and operator_names.csv; return row counts."""
    holders = _holders(read_rows(source / "mccmnc" / "mcc-mnc-list.csv"))
    holders += _own_holders({h.code for h in holders})
    by_code = _by_code(holders)
    operators = _group(by_code)
    owner = {h.code: o.key for o in operators for h in o.holders}
    mcc_rows = _mccs(holders)
    codes = [_code_row(code, hs, owner[code]) for code, hs in sorted(by_code.items())]
    names = _names(operators, by_code, owner, read_rows(
        source / "mccmnc" / "mccmnc_wikipedia_2018.csv"))  # fmt: skip
    write_rows(DATA / "mcc.csv", ("key", "countries"), mcc_rows)
    write_rows(DATA / "mccmnc.csv", ("key", "operator", "countries", "status", "brand", "name"),
               codes)  # fmt: skip
    write_rows(DATA / "operators.csv",
               ("key", "name", "brand", "operator", "countries", "status", "codes"),
               sorted(_operator_row(o) for o in operators))  # fmt: skip
    write_rows(DATA / "operator_names.csv", ("key", "kind", "until", "text"), names)
    return {"mcc": len(mcc_rows), "mccmnc": len(codes), "operators": len(operators),
            "operator names": len(names)}  # fmt: skip


def _holders(rows: list[dict[str, str]]) -> list[_Holder]:
    result = []
    for row in rows:
        if not (re.fullmatch(r"\d{3}", row["mcc"]) and re.fullmatch(r"\d{2,3}", row["mnc"])):
            continue
        if row["mcc"] in _TEST or row["operator"] == "Unassigned":
            continue
        countries = tuple(c[:2] for c in row["countryCode"].split("/") if c)
        if row["mcc"] == "221":
            countries = ("XK",)
        result.append(_Holder(row["mcc"] + row["mnc"], _clean(row["brand"]),
                              _clean(row["operator"]), countries, row["status"],
                              row["notes"]))  # fmt: skip
    return result


def _own_holders(listed: set[str]) -> list[_Holder]:
    """Return the operators of own/operators.csv, which the list lacks."""
    result = []
    for row in read_rows(OWN / "operators.csv"):
        if row["code"] in listed:
            raise ValueError(
                f"operators.csv: the source list has code {row['code']} by now; delete the line."
            )
        result.append(_Holder(row["code"], row["brand"], row["operator"], (row["country"],),
                              row["status"], row["notes"]))  # fmt: skip
    return result


def _clean(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def _mccs(holders: list[_Holder]) -> list[tuple[str, str]]:
    """Return (MCC, its countries, the one with most codes first, those of own/mcc_countries last).

    The own table lists places whose networks use another country's MCC.
    """
    counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for holder in holders:
        counts[holder.code[:3]]
        for place, country in enumerate(holder.countries):
            counts[holder.code[:3]][country] += 100 if place == 0 else 1
    for row in read_rows(OWN / "mcc_countries.csv"):
        for country in row["countries"].split():
            counts[row["mcc"]].setdefault(country, 0)
    return [(mcc, " ".join(sorted(c, key=lambda k: (-c[k], k)))) for mcc, c in
            sorted(counts.items())]  # fmt: skip


def _by_code(holders: list[_Holder]) -> dict[str, list[_Holder]]:
    """Return code → its holders, the operational one whose country has most of the MCC first."""
    main = {mcc: countries.split(" ")[0] for mcc, countries in _mccs(holders)}
    result: dict[str, list[_Holder]] = defaultdict(list)
    for holder in holders:
        result[holder.code].append(holder)
    for code, group in result.items():
        group.sort(key=lambda h: (h.rank, main[code[:3]] not in h.countries, h.countries))
    return dict(result)


def country_words() -> dict[str, frozenset[str]]:
    """Return alpha-2 → words of the country's English name and codes, as brands carry them."""
    result: dict[str, set[str]] = defaultdict(set)
    for row in read_rows(DATA / "countries.csv"):
        names = [row["name_en"], *(row[f"name_{language}"] for language in _LATIN)]
        result[row["key"]] |= {word for name in names for word in normalise(name).split()}
    for row in read_rows(OWN / "country_aliases.csv"):
        if row["kind"] == "abbreviation":
            result[row["key"]] |= set(normalise(row["text"]).split())
    codes = {r["key"]: {r["key"].lower(), r["alpha3"].lower()} for r in
             read_rows(DATA / "countries.csv")}  # fmt: skip
    drop = words("stop") | words("guard")
    return {key: frozenset(result[key] - drop | own - {""}) for key, own in codes.items()}


def _group(by_code: dict[str, list[_Holder]]) -> list[_Operator]:
    """Put the codes of one brand (or, without a brand, one company) in a country together."""
    own_words = country_words()
    groups: dict[tuple[str, str], _Operator] = {}
    legal: dict[tuple[str, str], set[tuple[str, str]]] = defaultdict(set)
    ordered = sorted(by_code.values(), key=lambda hs: (not hs[0].brand, hs[0].rank, hs[0].code))
    for holders in ordered:
        first = holders[0]
        country = first.countries[0] if first.countries else first.code[:3]
        name = re.sub(r"\([^)]*\)", " ", first.brand) or first.operator or first.code
        ident = (country, company(normalise(name), own_words.get(country, ())))
        company_ident = (country, company(normalise(first.operator), own_words.get(country, ())))
        if not first.brand and ident not in groups and len(legal[ident]) == 1:
            ident = next(iter(legal[ident]))
        elif first.brand and first.operator:
            legal[company_ident].add(ident)
        operator = groups.setdefault(ident, _Operator([]))
        operator.holders += [first]
        for holder in holders:
            operator.countries += [c for c in holder.countries if c not in operator.countries]
    return _merged(list(groups.values()), own_words)


def _merged(operators: list[_Operator], own_words: dict[str, frozenset[str]]) -> list[_Operator]:
    """Put brands of one company together that differ in general words (Bell, Bell Mobility)."""
    result: dict[tuple[str, ...], _Operator] = {}
    for operator in operators:
        first = operator.first
        country = operator.countries[0] if operator.countries else ""
        words_here = own_words.get(country, frozenset())
        brand = core(normalise(first.brand), words_here)
        ident: tuple[str, ...] = (operator.key,)
        if brand and first.operator:
            ident = (country, brand, company(normalise(first.operator), words_here))
        into = result.setdefault(ident, operator)
        if into is not operator:
            into.holders += operator.holders
            into.countries += [c for c in operator.countries if c not in into.countries]
    return list(result.values())


def _code_row(code: str, holders: list[_Holder], owner: str) -> tuple[str, ...]:
    first = holders[0]
    countries = dict.fromkeys(c for h in holders for c in h.countries)
    status = "operational" if first.rank < 2 else "unknown" if first.rank == 2 else "closed"
    return (code, "" if owner == code else owner, " ".join(countries), status, first.brand,
            "" if first.operator == first.brand else first.operator)  # fmt: skip


def _operator_row(operator: _Operator) -> tuple[str, ...]:
    first = operator.first
    name = first.brand or first.operator
    codes = sorted(h.code for h in operator.holders if h.code != operator.key)
    ranks = min(h.rank for h in operator.holders)
    status = "operational" if ranks < 2 else "unknown" if ranks == 2 else "closed"
    return (operator.key, name or first.code, first.brand, first.operator,
            " ".join(operator.countries), status, " ".join(codes))  # fmt: skip


@dataclass(slots=True)
class _NameList:
    """The further names of all operators; a name is kept once per operator."""

    rows: list[tuple[str, ...]] = field(default_factory=list)
    known: set[tuple[str, str]] = field(default_factory=set)

    def add(self, key: str, kind: str, until: str, text: str) -> None:
        norm = normalise(text)
        if norm and (key, norm) not in self.known and not norm.isdigit():
            self.known.add((key, norm))
            self.rows.append((key, kind, until, text))


def _names(
    operators: list[_Operator],
    by_code: dict[str, list[_Holder]],
    owner: dict[str, str],
    old: list[dict[str, str]],
) -> list[tuple[str, ...]]:
    """Return (operator key, kind, until, text) of every name besides the main three."""
    names = _NameList()
    for operator in operators:
        first = operator.first
        names.known |= {(operator.key, normalise(t)) for t in (first.brand, first.operator)}
    for row in read_rows(OWN / "operator_aliases.csv"):
        _check_own(row, by_code)
        names.add(owner[row["code"]], row["kind"], row["until"], row["text"])
    _add_listed(names, operators, by_code, owner)
    for row in old:
        code = row["MCC"] + row["MNC"]
        if code in owner and row["Status"] == "Operational":
            names.add(owner[code], "noted", "2018", _clean(row["Brand"]))
    return sorted(names.rows)


def _add_listed(
    names: _NameList,
    operators: list[_Operator],
    by_code: dict[str, list[_Holder]],
    owner: dict[str, str],
) -> None:
    """Add the names of an operator's other codes, then the former ones told in the notes."""
    held = [(owner[code], h) for code, holders in sorted(by_code.items()) for h in holders]
    for key, holder in held:
        names.add(key, "name", "", holder.brand)
        names.add(key, "company", "", holder.operator)
        for kind, part in _brand_parts(holder):
            names.add(key, kind, "", part)
    for operator in operators:
        if operator.operational and any(h.brand == "3" for h in operator.holders):
            names.add(operator.key, "alias", "", "Three")
    for key, holder in held:
        for text, year in _former(holder.notes):
            names.add(key, "noted", year, text)


def _brand_parts(holder: _Holder) -> list[tuple[str, str]]:
    """Return (kind, name) of the names in a brand like "T-Mobile (BEN)" or "Namaste / Sky Phone".

    A network shared by several brands bears none of their names.
    """
    if holder.operator.startswith("Shared") or "MOCN" in holder.brand:
        return []
    outer = re.sub(r"\([^)]*\)", " ", holder.brand).strip()
    parts = [p.strip() for p in re.split(r"[()/;,]+", holder.brand) if p.strip()]
    return [("alias" if part == outer else "company", part) for part in parts]


def _check_own(row: dict[str, str], by_code: dict[str, list[_Holder]]) -> None:
    holders = by_code.get(row["code"])
    if not holders or row["country"] not in {c for h in holders for c in h.countries}:
        raise ValueError(
            f"operator_aliases.csv: {row['text']!r} names code {row['code']} of {row['country']}, "
            "which the source list does not have; correct the code."
        )


def _former(notes: str) -> list[tuple[str, str]]:
    """Return (name, last year or "") of the former names told in a note."""
    result = []
    for match in _FORMER.finditer(notes):
        for part in re.split(r",|\bthen\b| / | and (?=[A-Z])", match.group(1)):
            year = _YEAR.search(part)
            text = re.sub(r"\([^)]*\)|\s(?:until|in|from|since|before)\s.*$", "", part).strip(" .-")
            if 1 < len(text) < 40 and len(text.split()) <= 4 and not _NOT_A_NAME.search(text):
                result.append((text, year.group(1) if year else ""))
    return result
