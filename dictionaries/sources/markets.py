"""WhatsApp markets (facts of Meta's pricing page) and currencies (ISO 4217, public domain)."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from dictionaries.normalise import normalise
from dictionaries.sources.tables import DATA, OWN, read_rows, write_rows

_NAMES = {  # country names of the source table that are no ISO name
    "Republic of the Congo (Brazzaville)": "CG",
    "Ivory Coast": "CI",
    "Swaziland": "SZ",
    "Turkey": "TR",
    "Laos": "LA",
    "Russia": "RU",
}


def build_markets(source: Path) -> dict[str, int]:
    """Write whatsapp_markets.csv: key, name, type, countries (``other`` = every other country)."""
    codes = {normalise(r["name_en"]): r["key"] for r in read_rows(DATA / "countries.csv")}
    codes |= {normalise(name): key for name, key in _NAMES.items()}
    for row in read_rows(DATA / "country_names.csv"):
        codes.setdefault(row["norm"], row["key"])
    markets: dict[str, list[str]] = defaultdict(list)
    kinds: dict[str, str] = {}
    table = source / "whatsapp" / "whatsapp_market_country_calling_codes.csv"
    for row in read_rows(table):
        kinds[row["market"]] = row["market_type"]
        if row["market"] != "Other":
            markets[row["market"]].append(codes[normalise(row["country"])])
    kinds.setdefault("Other", "group")
    rows = [(_slug(name), name, kinds[name], " ".join(markets[name])) for name in sorted(kinds)]
    write_rows(DATA / "whatsapp_markets.csv", ("key", "name", "type", "countries"), rows)
    return {"whatsapp markets": len(rows)}


def _slug(name: str) -> str:
    return normalise(name).replace(" and ", " ").replace(" ", "_")


def build_currencies(source: Path) -> dict[str, int]:
    """Write currencies.csv; tokens have ``|`` between them, ``?`` before an unsafe one."""
    from defusedxml import ElementTree

    tokens: dict[str, list[str]] = defaultdict(list)
    for row in read_rows(OWN / "currency_tokens.csv"):
        tokens[row["key"]].append(row["token"])
    root = ElementTree.parse(source / "currencies" / "iso4217_list_one.xml").getroot()
    assert root is not None
    rows: dict[str, tuple[str, ...]] = {}
    for entry in root.iter("CcyNtry"):
        code, name = entry.findtext("Ccy"), entry.findtext("CcyNm")
        if code and name:
            minor = entry.findtext("CcyMnrUnts") or ""
            rows[code] = (code, entry.findtext("CcyNbr") or "", name,
                          minor if minor.isdigit() else "", "|".join(tokens[code]))  # fmt: skip
    write_rows(DATA / "currencies.csv", ("key", "numeric", "name", "minor_units", "tokens"),
               sorted(rows.values()))  # fmt: skip
    return {"currencies": len(rows)}
