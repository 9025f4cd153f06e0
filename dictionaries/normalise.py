"""Text made comparable: one spelling for case, accents, punctuation, abbreviations and look-alikes.

The normalised text is for matching only; what a person sees is always the original.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_SPECIAL = {
    "ø": "o", "ł": "l", "ı": "i", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe",
    "ħ": "h", "ŧ": "t", "ŋ": "n", "ə": "a", "ʻ": " ", "ʼ": " ", "&": " and ", "_": " ",
}  # fmt: skip
_SUPERSCRIPTS = frozenset("¹²³⁰⁴⁵⁶⁷⁸⁹")  # footnote marks; a subscript belongs to a name (O₂)

# Letters of one script that look like letters of the other, lower case (Q32).
_CYRILLIC_TO_LATIN = dict(zip("авеёікмнорстухјѕԁһ", "abeeikmhopctyxjsdh", strict=True))
_LATIN_TO_CYRILLIC = {"a": "а", "b": "в", "c": "с", "e": "е", "h": "н", "i": "і", "k": "к",
                      "m": "м", "o": "о", "p": "р", "t": "т", "x": "х", "y": "у"}  # fmt: skip
_GREEK_TO_LATIN = dict(zip("αβεζηικμνορτυχ", "abeznikmvoptux", strict=True))
_LATIN = re.compile(r"[a-z]")
_CYRILLIC = re.compile(r"[\u0400-\u052f]")
_GREEK = re.compile(r"[\u0370-\u03ff]")
_INITIALS = re.compile(r"(?<!\w)[^\W\d_](?:\.\s?[^\W\d_](?!\w))+\.?")


class _Table(dict[int, str]):
    """Maps a character to its normalised form, worked out once (for ``str.translate``)."""

    def __missing__(self, code: int) -> str:
        self[code] = text = _settle(chr(code))
        return text


def _settle(text: str) -> str:
    for _ in range(4):
        before = text
        text = "".join(map(_simplify, text))
        if text == before:
            break
    return text


def _simplify(char: str) -> str:
    if char in _SUPERSCRIPTS:
        return " "
    special = _SPECIAL.get(char)
    if special is not None:
        return special
    parts = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", char).casefold())
    return "".join(_SPECIAL.get(part, _kept(part)) for part in parts)


def _kept(char: str) -> str:
    category = unicodedata.category(char)
    if category in {"Mn", "Me", "Cf"}:
        return ""
    return char if char.isalnum() or category == "Mc" else " "


_TABLE = _Table()


@lru_cache(maxsize=1 << 16)
def normalise(text: str) -> str:
    """Return ``text`` for comparison: no case, accents, punctuation; single spaces; idempotent.

    Dotted initials are joined (``U. S. A.`` → ``usa``), ``&`` reads ``and`` and a word
    that mixes Latin with Cyrillic or Greek look-alikes is written in one script.
    """
    if "." in text:
        text = _INITIALS.sub(_joined, text)
    result = " ".join(text.translate(_TABLE).split())
    if result.isascii():
        return result
    return " ".join(map(_one_script, result.split()))


def _joined(initials: re.Match[str]) -> str:
    return "".join(char for char in initials.group() if char.isalpha()) + " "


def _one_script(word: str) -> str:
    if _LATIN.search(word) is None:
        return word
    for pattern, to_latin in ((_CYRILLIC, _CYRILLIC_TO_LATIN), (_GREEK, _GREEK_TO_LATIN)):
        if pattern.search(word):
            return _fold(word, pattern, to_latin)
    return word


def _fold(word: str, foreign: re.Pattern[str], to_latin: dict[str, str]) -> str:
    if all(char in to_latin for char in foreign.findall(word)):
        return "".join(to_latin.get(char, char) for char in word)
    if foreign is _CYRILLIC and all(c in _LATIN_TO_CYRILLIC for c in _LATIN.findall(word)):
        return "".join(_LATIN_TO_CYRILLIC.get(char, char) for char in word)
    return word


def in_cyrillic(norm: str) -> str:
    """Return a normalised Latin text in Cyrillic look-alikes ("mtc" → "мтс"), "" if it has none."""
    letters = [char for char in norm if char.isalpha()]
    if not letters or not all(char in _LATIN_TO_CYRILLIC for char in letters):
        return ""
    return "".join(_LATIN_TO_CYRILLIC.get(char, char) for char in norm)


def mixed_script(text: str) -> str:
    """Return the first word of ``text`` that mixes Latin with Cyrillic or Greek letters, or ""."""
    if text.isascii():
        return ""
    for found in re.finditer(r"[^\W\d_]+", text):
        word = found.group()
        lower = word.casefold()
        if _LATIN.search(lower) and (_CYRILLIC.search(lower) or _GREEK.search(lower)):
            return word
    return ""
