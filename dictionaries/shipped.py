"""Reading the shipped dictionaries from ``dictionaries/data``."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

from dictionaries.entries import Ambiguous, Dictionary, Entry, Name
from dictionaries.normalise import normalise

DATA = Path(__file__).resolve().parent / "data"

_TITLES = {
    "country": "Country",
    "mcc": "MCC",
    "mccmnc": "MCCMNC",
    "mnc": "MNC",
    "operator": "Operator",
    "whatsapp_market": "WhatsApp region",
    "currency": "Currency",
    "direction": "Direction",
    "price_type": "Price type",
    "billing_rule": "Billing rule",
    "quantity_rule": "Quantity rule",
    "pricing_category": "Pricing category",
    "pricing_type": "Pricing type",
    "billing_event": "Billing event",
    "sender_id_type": "Sender ID type",
    "periodicity": "Periodicity",
    "service_domain": "Service domain",
    "resource": "Resource",
    "pack": "Pack",
    "additional_service": "Additional service",
}

NAMES = tuple(_TITLES)
"""The names of all dictionaries."""


@cache
def load_dictionary(name: str) -> Dictionary:
    """Return one shipped dictionary, read once; KeyError if there is none of that name."""
    if name not in _TITLES:
        raise KeyError(f"There is no dictionary {name!r}; there are: {', '.join(NAMES)}.")
    loader = _LOADERS.get(name)
    return loader() if loader else _terms(name)


def _rows(file: str) -> Iterator[list[str]]:
    with (DATA / file).open(encoding="utf-8", newline="") as stream:
        reader = csv.reader(stream)
        next(reader)
        yield from reader


def _header(file: str) -> list[str]:
    with (DATA / file).open(encoding="utf-8", newline="") as stream:
        return next(csv.reader(stream))


def _country() -> Dictionary:
    attributes = tuple(_header("countries.csv")[1:])
    english = attributes.index("name_en")
    entries = {row[0]: Entry(row[0], tuple(row[1:])) for row in _rows("countries.csv")}
    return Dictionary(
        "country",
        _TITLES["country"],
        attributes,
        entries,
        names=_country_names,
        ambiguous=_ambiguous_countries,
        label=lambda e: e.values[english] or e.key,
    )


def _country_names() -> list[Name]:
    return [Name(key, text or norm, kind, norm, "", safe == "1")
            for key, norm, kind, safe, text in _rows("country_names.csv")]  # fmt: skip


def _ambiguous_countries() -> dict[str, Ambiguous]:
    return {row[0]: Ambiguous(tuple(row[1].split()), row[2])
            for row in _rows("country_ambiguous.csv")}  # fmt: skip


def _mcc() -> Dictionary:
    entries = {key: Entry(key, countries=tuple(c.split())) for key, c in _rows("mcc.csv")}
    return Dictionary("mcc", _TITLES["mcc"], (), entries, label=_mcc_label)


def _mcc_label(entry: Entry) -> str:
    """Return "262 Germany": the code with its main country."""
    return " ".join([entry.key, *(_country_labels().get(c, c) for c in entry.countries[:1])])


@cache
def _country_labels() -> dict[str, str]:
    country = _country()
    return {key: country.label(key) for key in country}


def _mccmnc() -> Dictionary:
    entries = {}
    for key, operator, countries, status, brand, name in _rows("mccmnc.csv"):
        details = (("operator_key", operator or key), ("status", status), ("brand", brand),
                   ("operator", name or brand))  # fmt: skip
        entries[key] = Entry(key, countries=tuple(countries.split()), details=details)
    return Dictionary("mccmnc", _TITLES["mccmnc"], (), entries, label=_mccmnc_label)


def _mccmnc_label(entry: Entry) -> str:
    """Return "26201 Telekom": the code with its brand, or its company."""
    return f"{entry.key} {entry.detail('brand') or entry.detail('operator')}".strip()


def _mnc() -> Dictionary:
    keys = sorted({row[0][3:] for row in _rows("mccmnc.csv")})
    return Dictionary("mnc", _TITLES["mnc"], (), {key: Entry(key) for key in keys})


def _operator() -> Dictionary:
    entries = {}
    for key, name, brand, company, countries, status, codes in _rows("operators.csv"):
        entries[key] = Entry(key, (name, brand, company), tuple(countries.split()),
                             (key, *codes.split()), (("status", status),))  # fmt: skip
    return Dictionary("operator", _TITLES["operator"], ("name", "brand", "operator"), entries,
                      names=_operator_names, label=_operator_label)  # fmt: skip


def _operator_names() -> list[Name]:
    return [Name(key, text, kind, normalise(text), until)
            for key, kind, until, text in _rows("operator_names.csv")]  # fmt: skip


def _operator_label(entry: Entry) -> str:
    name, brand, company = entry.values
    shown = brand or name
    return f"{shown} ({company})" if company and company.casefold() != shown.casefold() else shown


def _market() -> Dictionary:
    entries = {key: Entry(key, (name,), tuple(countries.split()), (), (("type", kind),))
               for key, name, kind, countries in _rows("whatsapp_markets.csv")}  # fmt: skip
    return Dictionary("whatsapp_market", _TITLES["whatsapp_market"], ("name",), entries,
                      names=_market_names, ambiguous=_ambiguous_markets)  # fmt: skip


def _market_names() -> list[Name]:
    """Return what rate cards call markets: single-country ones have the country's names.

    A country of a regional market is a name of it, too, but one to be confirmed: the card may list
    the country apart. Countries of no market belong to Other.
    """
    single, member = _markets_of_countries()
    result = list(_alias_names("whatsapp_market"))
    for n in (*_country().names, *_code_names()):
        if n.key in single:
            result.append(Name(single[n.key], n.text, n.kind, n.norm, n.until, n.safe))
        else:
            key = member.get(n.key, "other")
            result.append(Name(key, n.text, "member", n.norm, n.until, safe=False))
    return result


def _markets_of_countries() -> tuple[dict[str, str], dict[str, str]]:
    """Return country → market: those that are markets of their own, those inside a regional one."""
    single: dict[str, str] = {}
    member: dict[str, str] = {}
    for key, _, kind, countries in _rows("whatsapp_markets.csv"):
        table = single if kind == "individual" else member
        table.update(dict.fromkeys(countries.split(), key))
    return single, member


def _ambiguous_markets() -> dict[str, Ambiguous]:
    """Return the texts that mean countries of several markets, and are no name of one."""
    single, member = _markets_of_countries()
    own = {name.norm for name in _alias_names("whatsapp_market")}
    own |= {normalise(row[1]) for row in _rows("whatsapp_markets.csv")}
    found = {}
    for text, known in _ambiguous_countries().items():
        if text in own:
            continue
        keys = dict.fromkeys(single.get(c) or member.get(c, "other") for c in known.keys)
        found[text] = Ambiguous(tuple(keys), known.note)
    return found


def _code_names() -> Iterator[Name]:
    return (Name(row[0], row[0], "country code", row[0].lower()) for row in _rows("countries.csv"))


def _currency() -> Dictionary:
    entries, names = {}, []
    for key, numeric, name, minor, tokens in _rows("currencies.csv"):
        entries[key] = Entry(key, (numeric, name), (), (), (("minor_units", minor),
                                                           ("tokens", tokens)))  # fmt: skip
        names += [_token(key, t) for t in tokens.split("|") if t]
    return Dictionary("currency", _TITLES["currency"], ("numeric", "name"), entries,
                      names=lambda: names, label=lambda e: e.key)  # fmt: skip


def _token(key: str, token: str) -> Name:
    """Return a currency word or sign (which counts as it stands); ``?`` = to be confirmed."""
    text = token.removeprefix("?")
    norm = normalise(text) if text.replace(" ", "").replace(".", "").isalpha() else ""
    return Name(key, text, "token", norm, "", text == token)


def _catalogue_terms(name: str, file: str) -> Dictionary:
    header = _header(f"catalogue/{file}")
    place = header.index("name")
    entries = {row[0]: Entry(row[0], (row[place],)) for row in _rows(f"catalogue/{file}")}
    return Dictionary(name, _TITLES[name], ("name",), entries, names=lambda: _alias_names(name))


@cache
def _term_rows() -> tuple[tuple[str, ...], ...]:
    return tuple(map(tuple, _rows("terms.csv")))


def _terms(name: str) -> Dictionary:
    entries = {key: Entry(key, (text,)) for d, key, text, _ in _term_rows() if d == name}
    return Dictionary(name, _TITLES[name], ("name",), entries, names=lambda: _alias_names(name))


def _alias_names(name: str) -> list[Name]:
    return [Name(key, text, "alias", normalise(text)) for d, key, _, aliases in _term_rows()
            if d == name for text in aliases.split("|") if text]  # fmt: skip


_LOADERS: dict[str, Callable[[], Dictionary]] = {
    "country": _country,
    "mcc": _mcc,
    "mccmnc": _mccmnc,
    "mnc": _mnc,
    "operator": _operator,
    "whatsapp_market": _market,
    "currency": _currency,
    "service_domain": lambda: _catalogue_terms("service_domain", "domains.csv"),
    "resource": lambda: _catalogue_terms("resource", "resources.csv"),
}
