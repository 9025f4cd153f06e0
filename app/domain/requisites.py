"""Requisites of Russian companies: check digits of INN, OGRN, accounts; forms of KPP and BIK.

What *claims* to be one of them (digits only, of the right length) must have right check digits;
anything else may be a foreign number and is only told about. A foreign number that happens to look
like one is written with its country's letters before it ("PL5260001246").
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_KPP = re.compile(r"\d{4}[0-9A-Z]{2}\d{3}")

_INN_10 = (2, 4, 10, 3, 5, 9, 4, 6, 8)
_INN_12 = ((7, 2, 4, 10, 3, 5, 9, 4, 6, 8), (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8))
_ACCOUNT = (7, 1, 3)
_LETTERS = dict(zip("ABCEHKMPTX", "0123456789", strict=True))
"""Letters that stand for a digit at the sixth place of an account in a clearing currency."""

_CENTRES = frozenset({"000", "001", "002"})
"""Last digits of the BIK of a settlement centre of the Bank of Russia."""


def plain(text: str) -> str:
    """Return a number as it is compared: without spaces, no-break spaces and hyphens, in capitals.

    >>> plain("4070 2810-9000")
    '407028109000'
    """
    return re.sub(r"[\s\u2010-\u2015-]", "", text).upper()


def is_inn(text: str) -> bool:
    """Return whether a tax ID claims to be an INN: 10 digits (company) or 12 (person)."""
    return _digits(text) and len(text) in {10, 12}


def inn_check_digits(text: str) -> str:
    """Return what the last digit (of 10) or the last two (of 12) of an INN must be.

    Weighted sums modulo 11, then modulo 10: order of the Ministry for Taxes BG-3-09/178 of
    3 March 2004, appendix 1; unchanged since.
    """
    digits = _numbers(text)
    if len(digits) == 10:
        return str(_weighted(digits, _INN_10) % 11 % 10)
    first = _weighted(digits, _INN_12[0]) % 11 % 10
    second = _weighted((*digits[:10], first), _INN_12[1]) % 11 % 10
    return f"{first}{second}"


def inn_problem(text: str) -> str:
    """Return a sentence if what claims to be an INN has wrong check digits, else ""."""
    if not is_inn(text):
        return ""
    wanted = inn_check_digits(text)
    given = text[-len(wanted) :]
    if given == wanted:
        return ""
    place = (
        len(text)
        - len(wanted)
        + next(
            i
            for i, pair in enumerate(zip(given, wanted, strict=True), start=1)
            if pair[0] != pair[1]
        )
    )
    return (
        f"Digit {place} of the INN {text} is wrong: the check digit of the digits before it is "
        f"another one. Compare it with the papers; a foreign tax ID begins with its country code."
    )


def ogrn_problem(text: str) -> str:
    """Return a sentence if 13 digits are no OGRN or 15 no OGRNIP, else "".

    The last digit is the remainder of the digits before it by 11 (13 digits) or by 13 (15), and of
    that by 10: order of the Ministry of Finance 165n of 30 October 2017, points 5 and 6.
    """
    if not _digits(text) or len(text) not in {13, 15}:
        return ""
    wanted = int(text[:-1]) % (len(text) - 2) % 10
    if int(text[-1]) == wanted:
        return ""
    return (
        f"Digit {len(text)} of the OGRN {text} is wrong: it checks the digits before it. "
        "Compare it with the papers."
    )


def kpp_problem(text: str) -> str:
    """Return a sentence if nine signs are no KPP, else "".

    Four digits of the tax office, two digits or capitals of the reason, three of the number: order
    of the Federal Tax Service MMV-7-6/435 of 29 June 2012.
    """
    if len(text) != 9 or _KPP.fullmatch(text):
        return ""
    return (
        f"The KPP {text} is wrong: it has four digits, two digits or capital letters and three "
        "digits. Compare it with the papers."
    )


def is_bik(text: str) -> bool:
    """Return whether a text is a BIK: nine digits (Bank of Russia, regulation 732-P)."""
    return _digits(text) and len(text) == 9


def bik_problem(text: str) -> str:
    """Return a sentence if nine digits are no BIK, else ""; a BIK has no check digit.

    The first two are the country: 04, and 00 to 02 for the Bank of Russia and the Treasury.
    """
    if not is_bik(text) or text[:2] in {"00", "01", "02", "04"}:
        return ""
    return (
        f"Digits 1 and 2 of the BIK {text} are wrong: a BIK begins with 04. "
        "Compare it with the papers."
    )


def account_key(bik: str, account: str, *, correspondent: bool = False) -> int:
    """Return what the ninth digit of a 20-digit account at the bank of a BIK must be.

    Digits of the bank and of the account times 7, 1, 3, 7 …, their last digits added; the sum with
    the key ends in 0. The bank is its last three BIK digits; for accounts at the Bank of Russia
    itself (correspondent ones, and those at settlement centres) 0 and BIK digits 5 and 6: order of
    the Bank of Russia 515 of 8 September 1997.
    """
    at_centre = correspondent or bik[-3:] in _CENTRES
    bank = f"0{bik[4:6]}" if at_centre else bik[-3:]
    digits = _numbers(bank + _in_digits(account[:8] + "0" + account[9:]))
    total = sum(d * _ACCOUNT[i % 3] % 10 for i, d in enumerate(digits))
    return total % 10 * 3 % 10


def is_account(text: str) -> bool:
    """Return whether a text claims to be an account of a Russian bank: 20 digits."""
    return _digits(_in_digits(text)) and len(text) == 20


def account_problem(bik: str, account: str, *, correspondent: bool = False) -> str:
    """Return a sentence if the key of a 20-digit account does not fit its BIK, else ""."""
    if not is_bik(bik) or not is_account(account):
        return ""
    if int(account[8]) == account_key(bik, account, correspondent=correspondent):
        return ""
    return (
        f"Digit 9 of the account {account} is wrong for the BIK {bik}: it checks both. "
        "Compare both with the papers."
    )


def _digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(map(int, text))


def _weighted(digits: Sequence[int], weights: Sequence[int]) -> int:
    return sum(d * w for d, w in zip(digits, weights, strict=False))


def _in_digits(account: str) -> str:
    letter = _LETTERS.get(account[5:6])
    return account if letter is None else account[:5] + letter + account[6:]
