"""International account numbers (IBAN) and VAT IDs of the European Union: what looks odd in them.

Both are only told about, never refused: other numbers are in use beside them (C13).
"""

from __future__ import annotations

import re

_SHAPE = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]*")

_LENGTHS = {
    15: "NO",
    16: "BE",
    18: "DK FK FI FO GL NL SD",
    19: "MK SI",
    20: "AT BA EE KZ LT LU MN XK",
    21: "CH HR LI LV",
    22: "BG BH CR DE GB GE IE ME RS VA",
    23: "AE GI IL IQ OM SO TL",
    24: "AD CZ ES MD PK RO SA SE SK TN VG",
    25: "LY PT ST",
    26: "IS TR",
    27: "BI DJ FR GR IT MC MR SM",
    28: "AL AZ BY CY DO GT HN HU LB NI PL SV",
    29: "BR EG PS QA UA",
    30: "JO KW MU YE",
    31: "MT SC",
    32: "LC",
    33: "RU",
}
IBAN_LENGTHS = {code: size for size, codes in _LENGTHS.items() for code in codes.split()}
"""Characters of an IBAN by country: IBAN registry of SWIFT (ISO 13616), release 99."""

_VAT = {
    "AT": r"U\d{8}",
    "BE": r"[01]\d{9}",
    "BG": r"\d{9,10}",
    "CY": r"\d{8}[A-Z]",
    "CZ": r"\d{8,10}",
    "DE": r"\d{9}",
    "DK": r"\d{8}",
    "EE": r"\d{9}",
    "EL": r"\d{9}",
    "ES": r"[A-Z0-9]\d{7}[A-Z0-9]",
    "FI": r"\d{8}",
    "FR": r"[A-HJ-NP-Z0-9]{2}\d{9}",
    "HR": r"\d{11}",
    "HU": r"\d{8}",
    "IE": r"(\d{7}[A-W][A-I]?|\d[A-Z+*]\d{5}[A-W])",
    "IT": r"\d{11}",
    "LT": r"(\d{9}|\d{12})",
    "LU": r"\d{8}",
    "LV": r"\d{11}",
    "MT": r"\d{8}",
    "NL": r"[A-Z0-9+*]{12}",
    "PL": r"\d{10}",
    "PT": r"\d{9}",
    "RO": r"\d{2,10}",
    "SE": r"\d{12}",
    "SI": r"\d{8}",
    "SK": r"\d{10}",
    "XI": r"(\d{9}|\d{12}|GD\d{3}|HA\d{3})",
}
"""Signs behind the country of a VAT ID: European Commission, VIES, "What is the format of a VAT
number"; XI = Northern Ireland."""

_PREFIX = {"GR": "EL"}
"""Countries whose VAT IDs begin with other letters than their code."""


def compact(number: str) -> str:
    """Return an account number as it is compared: no spaces or hyphens, in capitals."""
    return re.sub(r"[\s\u2010-\u2015.-]", "", number).upper()


def looks_like_iban(number: str) -> bool:
    """Return whether a number begins as an IBAN does: two letters, two digits; others pass by."""
    return _SHAPE.fullmatch(compact(number)) is not None


def iban_check_digits(country: str, account: str) -> str:
    """Return the two check digits of an IBAN: 98 less the remainder by 97 (ISO 7064, MOD 97-10)."""
    return f"{98 - _remainder(f'{account}{country}00'):02d}"


def iban_problem(number: str) -> str:
    """Return what is odd about a number that looks like an IBAN, else ""."""
    iban = compact(number)
    if not _SHAPE.fullmatch(iban):
        return ""
    country = iban[:2]
    size = IBAN_LENGTHS.get(country)
    if size is None:
        return (
            f"This looks like an IBAN, but {country} is no country that has them: "
            "compare it with the papers."
        )
    if len(iban) != size:
        return (
            f"An IBAN of {country} has {size} characters, this has {len(iban)}: "
            "compare it with the papers."
        )
    if _remainder(iban[4:] + iban[:4]) != 1:
        return (
            "The check digits (places 3 and 4) do not fit the rest of this IBAN: "
            "compare it with the papers."
        )
    return ""


def vat_problem(number: str, country: str) -> str:
    """Return what is odd about a VAT ID of a legal entity in ``country``, else ""."""
    vat = compact(number)
    wanted = _PREFIX.get(country, country)
    if not vat or wanted not in _VAT:
        return ""
    if re.fullmatch(wanted + _VAT[wanted], vat):
        return ""
    if not vat.startswith(wanted):
        known = vat[:2] in _VAT and re.fullmatch(vat[:2] + _VAT[vat[:2]], vat)
        if known:
            return f"The VAT ID is one of {vat[:2]}, the country is {country}: check both."
        return f"A VAT ID of {country} begins with {wanted}: compare it with the papers."
    return f"This does not look like a VAT ID of {country}: compare it with the papers."


def _remainder(text: str) -> int:
    """Return the remainder by 97 of a text whose letters count as 10 to 35."""
    return int("".join(str(int(sign, 36)) for sign in text)) % 97
