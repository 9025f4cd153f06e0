"""Finds out in which encoding a text file is written.

In this order: byte order mark, strict UTF-8, UTF-16/32 by the pattern of zero bytes, and else the
likeliest legacy code page as a proposal that a person can overrule (Q5): no guess is safe here.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from importers.formats.limits import MAX_LINE, MIB
from importers.records import FileProblem

BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

SINGLE_BYTE = ("cp1252", "cp1251", "cp1250", "cp1254", "koi8-r", "cp866", "mac_roman")
MULTI_BYTE = ("gb18030", "big5", "shift_jis", "euc_kr")
SAMPLE = 65_536
"""Bytes of lines with non-ASCII characters that a guess is made from."""
ENOUGH = 8
"""Non-ASCII bytes below which a statistical detector only throws dice."""


@dataclass(frozen=True, slots=True)
class Encoding:
    """The encoding of a file. ``guesses`` (likeliest first) is empty unless it is only a proposal.

    ``sample`` is a line with non-ASCII characters, undecoded; ``nul`` tells of zero bytes.
    """

    name: str
    guesses: tuple[str, ...] = ()
    sample: bytes = b""
    nul: bool = False


def find_encoding(path: Path, *, override: str = "") -> Encoding:
    """Return the encoding of ``path``; FileProblem if ``override`` is unknown or does not fit."""
    if override:
        return _checked(path, override)
    head = _head(path)
    for mark, name in BOMS:
        if head.startswith(mark):
            return _checked(path, name)
    wide = _wide_encoding(head)
    if wide:
        return _checked(path, wide)
    scan = _scan(path)
    if scan.valid_utf8:
        return Encoding("utf-8", nul=scan.nul)
    guesses = rank(scan.sample)
    line = scan.sample.split(b"\n", 1)[0].strip()[:120]
    return Encoding(guesses[0], guesses=guesses, sample=line, nul=scan.nul)


def codec_name(name: str) -> str:
    """Return ``name`` if Python knows it as a text encoding; FileProblem otherwise."""
    try:
        "".encode(name)
        b"".decode(name)
    except (LookupError, ValueError, UnicodeError):
        raise FileProblem(
            f"The encoding {name!r} is unknown: use for example utf-8, cp1251 or cp1252"
        ) from None
    return name


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(4096)


def _wide_encoding(head: bytes) -> str:
    """Return a UTF-16/32 name if the zero bytes of ``head`` follow its pattern.

    Text of Latin letters, digits and separators has a zero in every second (UTF-16) or three of
    four bytes (UTF-32), always at the same places.
    """
    size = len(head) // 4 * 4
    if size < 4 or not head.count(0):
        return ""
    zeros = [head[i:size:4].count(0) / (size // 4) for i in range(4)]
    if min(zeros[1:]) > 0.7 and zeros[0] < 0.3:
        return "utf-32-le"
    if min(zeros[:3]) > 0.7 and zeros[3] < 0.3:
        return "utf-32-be"
    even, odd = (zeros[0] + zeros[2]) / 2, (zeros[1] + zeros[3]) / 2
    if odd > 0.3 and even < 0.05:
        return "utf-16-le"
    if even > 0.3 and odd < 0.05:
        return "utf-16-be"
    return ""


def _chunks(path: Path) -> Iterator[bytes]:
    """Yield ``path`` in pieces of a MiB; FileProblem for a line that is too long to be one."""
    run, line = 0, 1
    with path.open("rb") as file:
        while chunk := file.read(MIB):
            ends = chunk.count(b"\n")
            if not ends and b"\r" not in chunk:
                run += len(chunk)
            else:
                run = 0
            if run > MAX_LINE:
                raise FileProblem(
                    f"{path.name}, line {line}: no line end within {MAX_LINE // MIB} MiB, "
                    "so this is no text table: ask for the file as XLSX or CSV"
                )
            line += ends
            yield chunk


def _checked(path: Path, name: str) -> Encoding:
    """Return ``name`` after decoding the whole file with it; FileProblem where it does not fit."""
    decoder = codecs.getincrementaldecoder(codec_name(name))("strict")
    line, nul = 1, False
    try:
        for chunk in _chunks(path):
            text = decoder.decode(chunk)
            line += text.count("\n")
            nul = nul or "\0" in text
        decoder.decode(b"", final=True)
    except UnicodeError as error:
        raise _misfit(path, name, error, line) from None
    return Encoding(name, nul=nul)


def _misfit(path: Path, name: str, error: UnicodeError, line: int) -> FileProblem:
    if isinstance(error, UnicodeDecodeError):
        line += error.object[: error.start].count(b"\n")
        cause = f"byte 0x{error.object[error.start]:02X} does not belong to it"
        if error.reason in ("unexpected end of data", "truncated data"):
            cause = "the file ends in the middle of a character"
    else:
        cause = str(error)
    return FileProblem(
        f"{path.name} is not in the encoding {name}: {cause} (near line {line}); "
        "give another one with --encoding"
    )


@dataclass(frozen=True, slots=True)
class _Scan:
    valid_utf8: bool
    sample: bytes
    nul: bool


def _scan(path: Path) -> _Scan:
    """Check the whole file for UTF-8 and keep lines with other bytes for a guess."""
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    valid, nul, kept, cut = True, False, bytearray(), b""
    for chunk in _chunks(path):
        nul = nul or b"\0" in chunk
        if valid:
            valid = _decodes(decoder, chunk)
        if len(kept) < SAMPLE and not chunk.isascii():
            kept += _non_ascii_lines(cut + chunk, SAMPLE - len(kept))
        cut = chunk[chunk.rfind(b"\n") + 1 :] if len(chunk) == MIB else b""
    return _Scan(valid and _decodes(decoder, b"", final=True), bytes(kept), nul)


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return False
    return True


def _non_ascii_lines(chunk: bytes, room: int) -> bytes:
    lines = chunk.splitlines(keepends=True)
    # A last line may be cut inside a character, which would rule a code page out.
    whole = lines[:-1] if len(lines) > 1 and len(chunk) >= MIB else lines
    picked = bytearray()
    for line in whole:
        if not line.isascii():
            picked += line
            if len(picked) >= room:
                break
    return bytes(picked or b"".join(lines)[:room])


# --------------------------------------------------------------------------- the guess

COMMON = {
    "cp1252": "äöüßéèêëàâçñóòíáúôîûìùœãõøåæÄÖÜÉÅØÇÑÁ€£°–’“”«»ÓÍÚ®™·º",
    "mac_roman": "äöüßéèêëàâçñóòíáúôîûìùœãõøåæÄÖÜÉÅØÇÑÁ€£–’“”«»®™·º",
    "cp1250": "ąćęłńóśźżčřšžěůűőáéíúýťďňöüäŁŚŻŹČŘŠŽĆÁÉÍÓÖÜşţăâîđĐ€–’“”„",
    "cp1254": "ğışİŞĞçöüÇÖÜâîû€–’“”",
}
_BROKEN = re.compile(r"[\x80-\x9f\ufffd\ue000-\uf8ff]")
_WORD = re.compile(r"[^\W\d_]+")
_CYRILLIC = re.compile(r"[Ѐ-ӿ]")
_HAN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")


def rank(sample: bytes) -> tuple[str, ...]:
    """Return up to three encodings for ``sample``, the likeliest first."""
    scores = {}
    favourite = _detector(sample) if sum(b > 127 for b in sample) >= ENOUGH else "cp1252"
    for name in (*SINGLE_BYTE, *MULTI_BYTE):
        text = _decoded(sample, name)
        if text is not None:
            scores[name] = _score(text, sample, name) + 0.15 * (name == favourite)
    best = sorted(scores, key=lambda name: -scores[name])
    return tuple(n for n in best[:3] if scores[n] > scores[best[0]] - 0.8) or ("cp1252",)


def _decoded(sample: bytes, name: str) -> str | None:
    try:
        return sample.decode(name)
    except UnicodeDecodeError:
        return None


def _detector(sample: bytes) -> str:
    """Return what chardet takes ``sample`` for, as a codec name used here ("" = something else)."""
    import chardet

    found = (chardet.detect(sample)["encoding"] or "").lower()
    same = {
        "windows-1251": "cp1251",
        "windows-1252": "cp1252",
        "iso-8859-1": "cp1252",
        "windows-1250": "cp1250",
        "windows-1254": "cp1254",
        "macroman": "mac_roman",
        "mac-roman": "mac_roman",
        "gb2312": "gb18030",
        "big5hkscs": "big5",
        "euc-kr": "euc_kr",
        "cp949": "euc_kr",
        "ibm866": "cp866",
    }
    return same.get(found, found)


def _score(text: str, sample: bytes, name: str) -> float:
    """Return how much ``text`` looks like words of one script, about -2 … 1."""
    foreign = [c for c in text if ord(c) > 127]
    if not foreign:
        return 0.0
    broken = 3.0 * len(_BROKEN.findall(text)) / len(foreign)
    if name in MULTI_BYTE:
        return _score_han(foreign, sample, name) - broken
    words = [w for w in _WORD.findall(text) if not w.isascii()]
    mixed = sum(_bad_word(w) for w in words) / max(len(words), 1)
    return _familiar(foreign, name) - mixed - broken


def _familiar(foreign: list[str], name: str) -> float:
    """Return the share of characters that texts in this code page usually have."""
    common = COMMON.get(name)
    if common is not None:
        return sum(c in common or c == "\xa0" for c in foreign) / len(foreign)
    usual = sum("А" <= c <= "я" or c in "ёЁ№«»–\xa0" for c in foreign)
    return usual / len(foreign)


def _bad_word(word: str) -> float:
    """Return 1 for a word nobody writes: mixed scripts, capitals inside, accents all over."""
    cyrillic = len(_CYRILLIC.findall(word))
    if 0 < cyrillic < len(word) or _inner_capital(word):
        return 1.0
    accents = sum(ord(c) > 127 for c in word)
    return 1.0 if not cyrillic and len(word) > 3 and accents / len(word) > 0.6 else 0.0


def _inner_capital(word: str) -> bool:
    """Tell whether a letter with an accent, or a Cyrillic one, is a capital amid small letters."""
    if word.isupper() or word.islower():
        return False
    return any(c.isupper() and ord(c) > 127 for c in word[1:])


# Lead bytes of the characters in daily use: GB 2312 level 1, Big5 level 1, the kana and level 1
# kanji of Shift JIS, the Hangul of KS X 1001.
_COMMON_LEADS = {
    "gb18030": re.compile(rb"[\xa1\xa3\xb0-\xd7][\xa1-\xfe]"),
    "big5": re.compile(rb"[\xa1\xa4-\xc6][\x40-\x7e\xa1-\xfe]"),
    "shift_jis": re.compile(rb"[\x81-\x83\x88-\x97][\x40-\x7e\x80-\xfc]"),
    "euc_kr": re.compile(rb"[\xa1\xa3\xb0-\xc8][\xa1-\xfe]"),
}


def _score_han(foreign: list[str], sample: bytes, name: str) -> float:
    """Return the share of everyday characters; the sample is read pair by pair."""
    pairs = re.findall(rb"[\x81-\xfe][\x40-\xfe]", sample)
    common = sum(bool(_COMMON_LEADS[name].match(p)) for p in pairs) / max(len(pairs), 1)
    asian = sum(bool(_HAN.match(c)) for c in foreign) / len(foreign)
    return common * asian if common > 0.8 else common * asian - 0.6
