"""Countries: ISO 3166-1 with names in many languages, and every other name a price list uses.

Sources: datasets/country-codes (ODC-PDDL), i18n-iso-countries (MIT), Unicode CLDR through Babel
(pinned in ``cldr_names.csv``), countrynames (MIT) and the hand-written tables in ``data/own``.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from dictionaries.normalise import normalise
from dictionaries.sources.cldr import cldr_names
from dictionaries.sources.tables import DATA, OWN, read_rows, write_rows

LANGUAGES = ("de", "es", "it", "pt", "ru", "uk", "pl", "nl", "tr", "zh", "ar", "ja", "ko")
"""Languages that are columns of the country dictionary, besides English and French."""

HEADER = ("key", "alpha3", "numeric", "name_en", "name_fr", *(f"name_{x}" for x in LANGUAGES))

# Reserved codes that price lists use beside ISO 3166-1 (key, alpha-3 in use).
_RESERVED = {"XK": "XKX", "AC": "ASC"}
# Regions and historic codes of countrynames that mean one country of today.
_SAME_COUNTRY = {
    "GB-WLS": "GB", "GB-SCT": "GB", "GB-NIR": "GB", "ZR": "CD", "IC": "ES", "DG": "IO",
    "GE-AB": "GE", "IQ-KR": "IQ",
}  # fmt: skip
_OFFICIAL = (
    "official_name_en", "official_name_fr", "official_name_es", "official_name_ru",
    "official_name_ar", "official_name_cn", "UNTERM English Short", "UNTERM English Formal",
    "UNTERM French Short", "UNTERM French Formal", "UNTERM Spanish Short",
    "UNTERM Spanish Formal", "UNTERM Russian Short", "UNTERM Russian Formal", "CLDR display name",
)  # fmt: skip
_QUIET = frozenset({"alias", "official", "foreign", "colloquial"})  # shown with capitals
_ARTICLE = re.compile(r"\s*\((?:the|l'|la|le|les|el|los|las)\)\s*\*?\s*$|\s*\*\s*$", re.IGNORECASE)


def build_countries(source: Path) -> dict[str, int]:
    """Write countries.csv, country_names.csv and country_ambiguous.csv; return row counts."""
    folder = source / "countries"
    iso = {r["ISO3166-1-Alpha-2"]: r for r in read_rows(folder / "country-codes.csv")}
    iso = {key: row for key, row in iso.items() if re.fullmatch("[A-Z]{2}", key)}
    languages = _languages(folder / "i18n-iso-countries")
    table = _table(iso, languages)
    write_rows(DATA / "countries.csv", HEADER, table)
    ambiguous = [(normalise(r["text"]), r["candidates"], r["note"], r["text"]) for r in
                 read_rows(OWN / "country_ambiguous.csv")]  # fmt: skip
    write_rows(DATA / "country_ambiguous.csv", ("norm", "candidates", "note", "text"), ambiguous)
    names = _names(iso, languages, folder, table, {row[0] for row in ambiguous})
    write_rows(DATA / "country_names.csv", ("key", "norm", "kind", "safe", "text"), names)
    return {"countries": len(table), "country names": len(names)}


def _languages(folder: Path) -> dict[str, dict[str, list[str]]]:
    """Return language → alpha-2 → names."""
    result = {}
    for path in sorted(folder.glob("*.json")):
        names = json.loads(path.read_text(encoding="utf-8"))["countries"]
        result[path.stem] = {k: v if isinstance(v, list) else [v] for k, v in names.items()}
    return result


def _table(
    iso: dict[str, dict[str, str]], languages: dict[str, dict[str, list[str]]]
) -> list[tuple[str, ...]]:
    labels = {r["key"]: r["name_en"] for r in read_rows(OWN / "country_labels.csv")}
    rows = []
    for key in sorted({*iso, *_RESERVED}):
        row = iso.get(key, {})
        names = [languages[x].get(key, [""])[0] for x in LANGUAGES]
        french = row.get("official_name_fr") or languages["fr"].get(key, [""])[0]
        english = labels.get(key) or languages["en"].get(key, [row.get("official_name_en", "")])[0]
        number = row.get("ISO3166-1-numeric", "")
        alpha3 = row.get("ISO3166-1-Alpha-3") or _RESERVED.get(key, "")
        rows.append((key, alpha3, number and number.zfill(3), english, french, *names))
    return rows


def _names(
    iso: dict[str, dict[str, str]],
    languages: dict[str, dict[str, list[str]]],
    folder: Path,
    table: list[tuple[str, ...]],
    blocked: set[str],
) -> list[tuple[str, ...]]:
    """Return the names outside the table; of two countries the better source wins a name."""
    own = [(r["key"], r["kind"], r["text"], r["safe"]) for r in
           read_rows(OWN / "country_aliases.csv")]  # fmt: skip
    columns = [(row[0], "", text, "1") for row in table for text in row[1:] if text]
    translated = [(key, language, text, "1") for language, names in languages.items()
                  for key, texts in names.items() for text in texts]  # fmt: skip
    cldr = [(key, language, text, "1") for key, language, text in cldr_names()]
    official = [(key, "official", _ARTICLE.sub("", row[c]).strip(), "1")
                for key, row in iso.items() for c in _OFFICIAL]  # fmt: skip
    other = [(k, "alias", t, "1") for k, t in _countrynames(folder / "countrynames_aliases.yaml")]
    keys = {row[0] for row in table}
    claimed: dict[str, str] = {}
    result: list[tuple[str, ...]] = []
    for group in (own, columns, translated, cldr, official, other):
        result += _claim([g for g in group if g[0] in keys], claimed, blocked)
    return sorted(row for row in result if row[2])


def _claim(
    group: list[tuple[str, str, str, str]], claimed: dict[str, str], blocked: set[str]
) -> list[tuple[str, ...]]:
    """Take the names of one source that no better source holds and no two countries share."""
    holders: dict[str, set[str]] = {}
    first: dict[str, tuple[str, str, str, str]] = {}
    for row in group:
        norm = normalise(row[2])
        if len(norm) < 2 or norm in claimed or norm in blocked or norm.isdigit():
            continue
        holders.setdefault(norm, set()).add(row[0])
        first.setdefault(norm, row)
    result: list[tuple[str, ...]] = []
    for norm, (key, kind, text, safe) in first.items():
        if len(holders[norm]) == 1:
            claimed[norm] = key
            plain = safe == "1" and kind in _QUIET and text.casefold() == norm
            result.append((key, norm, kind, safe, "" if plain else text))
    return result


def _countrynames(path: Path) -> list[tuple[str, str]]:
    """Return (alpha-2, name) pairs of the YAML list, which is a plain two-level one."""
    result, key = [], ""
    for line in path.read_text(encoding="utf-8").splitlines():
        text = line.split(" #")[0].strip()
        if text.startswith("- "):
            name = text[2:].strip().strip("\"'")
            if key and len(normalise(name)) > 3:
                result.append((key, re.sub(r"\s+", " ", name)))
        elif text.endswith(":") and not text.startswith("#"):
            code = text[:-1].strip("\"'")
            key = _SAME_COUNTRY.get(code, code if len(code) == 2 else "")
    return result
