"""MCC, MNC and MCCMNC as price lists write them, made equal to the dictionary's codes (IMP-11).

The dictionary decides how long an MNC is: a code is looked up by (MCC, integer value of the MNC),
never padded blindly. 3042 of 3044 public codes come back from their damaged forms that way.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from dictionaries.entries import OTHERS, Dictionaries, Dictionary
from dictionaries.others import is_others

_FLOAT = re.compile(r"(\d+)\.0+")
_DECIMAL = re.compile(r"\d+[.]\d+")
_SEPARATED = re.compile(r"(\d{3})\s*[-/:_ \u2010-\u2015\u00a0]\s*(.+)")
_LIST = re.compile(r"\s*[;,|/&+\n]\s*|\s+")
_RANGE = re.compile(r"(\d{1,3})\s*(?:-|[\u2010-\u2015]|\.\.|\bto\b)\s*(\d{1,3})")
_SPACED_RANGE = re.compile(r"(?<=\d)\s*([-\u2010-\u2015])\s*(?=\d)")


@dataclass(frozen=True, slots=True)
class CodeResult:
    """Codes found in a cell, or one sentence why not.

    ``keys`` are dictionary keys, or ``*`` for all networks of ``mcc``. ``reason`` tells how the
    code was read ("code", "zeros restored" …); ``restored`` is set where the text was not the code
    itself, ``doubt`` names another possible reading. ``likely`` is the code that a text seems to
    mean which the dictionary does not have.
    """

    keys: tuple[str, ...] = ()
    mcc: str = ""
    reason: str = ""
    error: str = ""
    restored: bool = False
    doubt: str = ""
    likely: str = ""


class CodeTable:
    """MCC → MNC look-up of one ``mccmnc`` dictionary."""

    def __init__(self, dictionary: Dictionary) -> None:
        self.keys = frozenset(k for k, e in dictionary.entries.items() if not e.retired)
        self.by_value: dict[tuple[str, int], list[str]] = defaultdict(list)
        for key in sorted(self.keys):
            self.by_value[key[:3], int(key[3:])].append(key)
        self.mccs = frozenset(key[:3] for key in self.keys)

    def find(self, mcc: str, mnc: str, padding: str = "") -> CodeResult:
        """Return the code of ``mnc`` (digits) under ``mcc``.

        ``padding`` "right" reads 030 as 03 filled up to three digits, as some lists write it.
        """
        if mcc not in self.mccs:
            return CodeResult(error=_no_mcc(mcc), mcc=mcc)
        right = self._filled_right(mcc, mnc, padding)
        if padding == "right" and right:
            return CodeResult((right,), mcc, "filled with zeros on the right", restored=True)
        if mcc + mnc in self.keys:
            return CodeResult((mcc + mnc,), mcc, "code")
        found = self.by_value.get((mcc, int(mnc)), [])
        if len(found) == 1:
            doubt = f"{mcc} {mnc} may also be {right}" if right and right != found[0] else ""
            return CodeResult((found[0],), mcc, "zeros restored", restored=True, doubt=doubt)
        if found:
            return CodeResult(mcc=mcc, error=f"MNC {mnc} of MCC {mcc} may be any of "
                              f"{', '.join(found)}; write it with its zeros.")  # fmt: skip
        if right:
            return CodeResult((right,), mcc, "filled with zeros on the right", restored=True)
        return self._unknown(mcc, mnc, padding)

    def _filled_right(self, mcc: str, mnc: str, padding: str) -> str:
        """Return the code of an MNC of two digits that was filled up to three, or "".

        In a list known to write so, 722 340 is also the 34 of 722034, its zero lost before.
        """
        if not (len(mnc) == 3 and mnc.endswith("0")):
            return ""
        if mcc + mnc[:2] in self.keys:
            return mcc + mnc[:2]
        found = self.by_value.get((mcc, int(mnc[:2])), []) if padding == "right" else []
        return found[0] if len(found) == 1 and mcc + mnc not in self.keys else ""

    def _unknown(self, mcc: str, mnc: str, padding: str) -> CodeResult:
        """Return the error, and the code that two or three digits seem to mean all the same."""
        size = self._usual_length(mcc)
        own = mnc[:2] if padding == "right" and size == 2 and mnc[2:] == "0" else mnc
        code = mcc + own.zfill(size) if len(mnc) > 1 else ""
        near = f" ({mcc}{mnc}0 is)" if f"{mcc}{mnc}0" in self.keys else ""
        error = (
            f"MCCMNC {mcc}{mnc} is not in the dictionary{near}; correct it, or add it to the "
            "dictionary MCCMNC."
        )
        return CodeResult(mcc=mcc, error=error, likely=code)

    def _usual_length(self, mcc: str) -> int:
        lengths = [len(key) - 3 for (own, _), keys in self.by_value.items() if own == mcc
                   for key in keys]  # fmt: skip
        return max((2, 3), key=lengths.count)

    def between(self, mcc: str, low: int, high: int) -> list[str]:
        """Return the codes of ``mcc`` with an MNC from ``low`` to ``high``."""
        return [k for n in range(low, high + 1) for k in self.by_value.get((mcc, n), ())]


_TABLES: WeakKeyDictionary[Dictionary, CodeTable] = WeakKeyDictionary()


def code_table(dictionaries: Dictionaries) -> CodeTable:
    """Return the look-up of the current ``mccmnc`` dictionary, made once."""
    dictionary = dictionaries["mccmnc"]
    table = _TABLES.get(dictionary)
    if table is None:
        table = _TABLES[dictionary] = CodeTable(dictionary)
    return table


def _no_mcc(mcc: str) -> str:
    return f"MCC {mcc} is not in the dictionary; correct it, or add its codes to MCCMNC."


def _plain(text: str) -> str:
    """Return the text without outer blanks, apostrophes and a spreadsheet's ".0"."""
    stripped = text.replace("\u00a0", " ").strip().strip("'\u2019\"").strip()
    whole = _FLOAT.fullmatch(stripped)
    return whole.group(1) if whole else stripped


def _no_network(text: str) -> bool:
    return not text or is_others(text, mnc=True) or set(text) <= set("xX*-–—.?# ")


def normalise_mcc(text: str, dictionaries: Dictionaries) -> CodeResult:
    """Return the MCC(s) in a cell; ``*`` for a catch-all word."""
    plain = _plain(text)
    if is_others(plain):
        return CodeResult((OTHERS,), reason="all")
    parts = [_plain(part) for part in re.split(r"\s*[;,|/]\s*|\s+", plain) if part]
    known = dictionaries["mcc"]
    if not parts:
        return CodeResult(error="The MCC is missing; fill it in.")
    for part in parts:
        if not re.fullmatch(r"\d{3}", part) or part not in known:
            return CodeResult(error=_no_mcc(part) if part.isdigit() else
                              f"{text!r} is no MCC (three digits); correct it.")  # fmt: skip
    return CodeResult(tuple(dict.fromkeys(parts)), parts[0], "code")


def normalise_mnc(
    mcc: str, text: str, dictionaries: Dictionaries, *, padding: str = ""
) -> CodeResult:
    """Return the MCCMNCs of an MNC cell beside its MCC: one, a list, a range, or ``*`` for all.

    Blank, ``xxx``, ``*``, "All networks" … mean all networks of the country. ``padding`` as
    decided for the whole column by :func:`decide_padding`.
    """
    plain, plain_mcc = _plain(text), _plain(mcc)
    table = code_table(dictionaries)
    if not re.fullmatch(r"\d{3}", plain_mcc):
        return CodeResult(error=f"{mcc!r} is no MCC (three digits); correct it.")
    if _no_network(plain):
        if plain_mcc not in table.mccs:
            return CodeResult(error=_no_mcc(plain_mcc), mcc=plain_mcc)
        return CodeResult((OTHERS,), plain_mcc, "all networks")
    if re.fullmatch(r"\d{1,3}", plain):
        return table.find(plain_mcc, plain, padding)
    if plain.startswith(plain_mcc) and re.fullmatch(r"\d{4,6}", plain):
        return table.find(plain_mcc, plain[3:], padding)
    return _mnc_list(plain_mcc, plain, table, padding)


def _mnc_list(mcc: str, text: str, table: CodeTable, padding: str) -> CodeResult:
    if _DECIMAL.fullmatch(text):
        return CodeResult(mcc=mcc, error=f"MNC {text} is a fraction, probably the list "
                          f"{text.replace('.', ',')} read as a number; write it as text with "
                          "semicolons.")  # fmt: skip
    keys: list[str] = []
    for part in filter(None, _LIST.split(_SPACED_RANGE.sub(r"\1", text))):
        found = _mnc_part(mcc, part, table, padding)
        if found.error:
            return found
        keys += found.keys
    if not keys:
        return CodeResult(mcc=mcc, error=f"{text!r} is no MNC (two or three digits); correct it.")
    return CodeResult(tuple(dict.fromkeys(keys)), mcc, "list", restored=True)


def _mnc_part(mcc: str, part: str, table: CodeTable, padding: str) -> CodeResult:
    span = _RANGE.fullmatch(part)
    if span is None:
        digits = _plain(part)
        if re.fullmatch(r"\d{1,3}", digits):
            return table.find(mcc, digits, padding)
        return CodeResult(mcc=mcc, error=f"{part!r} is no MNC (two or three digits); correct it.")
    low, high = int(span.group(1)), int(span.group(2))
    keys = tuple(table.between(mcc, low, high)) if low <= high else ()
    if not keys:
        return CodeResult(mcc=mcc, error=f"The range {part} holds no MNC of MCC {mcc}; correct it.")
    return CodeResult(keys, mcc, "range", restored=True)


def normalise_mccmnc(text: str, dictionaries: Dictionaries, *, padding: str = "") -> CodeResult:
    """Return the code(s) of an MCCMNC cell.

    Reads ``310410``, ``310-410``, ``310 26``, ``310/026``, ``31026.0``, ``2621``, lists of these,
    an MCC with a list of MNCs (``262 01;02``), and a bare MCC (all its networks).
    """
    plain = _plain(text)
    if not plain:
        return CodeResult(error="The MCCMNC is missing; fill it in.")
    if is_others(plain):
        return CodeResult((OTHERS,), reason="all networks")
    single = _one_mccmnc(plain, dictionaries, padding)
    if single is not None:
        return single
    parts = [part for part in re.split(r"\s*[;,|\n]\s*|\s+", plain) if part]
    results = [_one_mccmnc(_plain(part), dictionaries, padding) for part in parts]
    if len(parts) > 1 and all(r is not None and not r.error for r in results):
        keys = tuple(dict.fromkeys(k for r in results if r is not None for k in r.keys))
        return CodeResult(keys, keys[0][:3], "list", restored=True)
    separated = _SEPARATED.fullmatch(plain)
    if separated:
        return normalise_mnc(separated[1], separated[2], dictionaries, padding=padding)
    return CodeResult(error=f"{text!r} is no MCCMNC (MCC of three digits and MNC of two or three); "
                      "correct it.")  # fmt: skip


def _one_mccmnc(text: str, dictionaries: Dictionaries, padding: str) -> CodeResult | None:
    """Return the result for a text that holds one code; None if it does not look like one."""
    table = code_table(dictionaries)
    if text in table.keys and padding != "right":
        return CodeResult((text,), text[:3], "code")
    if re.fullmatch(r"\d{3}", text):
        return normalise_mnc(text, "", dictionaries)
    if re.fullmatch(r"\d{4,6}", text):
        return table.find(text[:3], text[3:], padding)
    if re.fullmatch(r"\d{3}[xX*]{1,3}", text):
        return normalise_mnc(text[:3], "", dictionaries)
    span = re.fullmatch(r"(\d{3})(\d{2,3})\s*[-\u2013]\s*\1(\d{2,3})", text)
    if span:
        return _mnc_list(span[1], f"{span[2]}-{span[3]}", table, padding)
    dotted = re.fullmatch(r"(\d{3})\.(\d{2,3})", text)
    if dotted:
        return _dotted(dotted[1], dotted[2], table)
    separated = _SEPARATED.fullmatch(text)
    if separated and (re.fullmatch(r"\d{1,3}", separated[2]) or _no_network(separated[2])):
        return normalise_mnc(separated[1], separated[2], dictionaries, padding=padding)
    return None


def _dotted(mcc: str, mnc: str, table: CodeTable) -> CodeResult:
    """Read 310.260: as a number its trailing zero may be lost, so only an exact code counts."""
    lost = f"{mcc}{mnc}0"
    if mcc + mnc in table.keys and lost not in table.keys:
        return CodeResult((mcc + mnc,), mcc, "code", restored=True)
    return CodeResult(mcc=mcc, error=f"{mcc}.{mnc} may be a number that lost zeros; write the "
                      "MCCMNC as text.")  # fmt: skip


def decide_padding(pairs: Iterable[tuple[str, str]], dictionaries: Dictionaries) -> str:
    """Return "right" if the (MCC, MNC) texts of a list are filled with zeros on the right, or "".

    Some lists write 42505 as 425 and 050. One cell can't tell that from MNC 50, a list can: right
    when the codes that exist in only one of the two readings mostly exist in the right one.
    """
    table = code_table(dictionaries)
    left = right = 0
    for mcc, mnc in dict.fromkeys((_plain(a), _plain(b)) for a, b in pairs):
        if not (re.fullmatch(r"\d{3}", mcc) and re.fullmatch(r"\d\d0", mnc)):
            left += len(mnc) == 2 and mnc.isdigit()
            continue
        is_left = (mcc, int(mnc)) in table.by_value
        is_right = mcc + mnc[:2] in table.keys
        left += is_left and not is_right and mcc + mnc not in table.keys
        right += is_right and not is_left
    return "right" if right > 2 * left and right > 2 else ""


def country_of_mcc(mcc: str, dictionaries: Dictionaries) -> tuple[str, ...]:
    """Return the countries of an MCC, the main one first; () if unknown.

    More than one (310, 338, 340, 234, 425, 505 …) means that the MCC alone decides nothing.
    """
    known = dictionaries["mcc"]
    return known.entry(mcc).countries if mcc in known else ()
