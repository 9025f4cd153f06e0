"""Similar texts: token-sorted likeness of many values to all names at once, with guard words.

``token_sort_ratio`` of two texts is the plain ratio of their sorted words, so both sides are sorted
once and compared by the cheaper ratio.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from dictionaries.names import loose, words

if TYPE_CHECKING:
    from dictionaries.entries import Dictionary, Name

_GUARD_COST = 15.0
_ROWS = 256  # values per matrix: 256 x 30k names x 4 bytes = 30 MB
_DEEP = 40  # candidates per value looked at with guard words


@dataclass(frozen=True, slots=True)
class Similar:
    """A key like a value: guarded score 0–100 and the name it came by."""

    key: str
    score: float
    name: Name


def form(norm: str) -> str:
    """Return the text that is compared: expanded words in order, without stop words."""
    return loose(norm) or " ".join(sorted(norm.split()))


@lru_cache(maxsize=1 << 16)
def marks(norm_form: str) -> frozenset[str]:
    """Return the words that must be on both sides: north, new, dem … and numbers."""
    return frozenset(w for w in norm_form.split() if w in words("guard") or w.isdigit())


class NameMatrix:
    """The comparable forms of a dictionary's names, ready for :func:`similar`."""

    def __init__(self, names: Iterable[Name]) -> None:
        best: dict[tuple[str, str], Name] = {}
        for name in names:
            text = form(name.norm)
            if len(text) >= 3:
                best.setdefault((text, name.key), name)
        self.forms = [text for text, _ in best]
        self.names = list(best.values())


_MATRICES: WeakKeyDictionary[Dictionary, NameMatrix] = WeakKeyDictionary()


def matrix_of(dictionary: Dictionary) -> NameMatrix:
    """Return the matrix of all names of ``dictionary``, made once."""
    matrix = _MATRICES.get(dictionary)
    if matrix is None:
        matrix = _MATRICES[dictionary] = NameMatrix(dictionary.names)
    return matrix


def similar(
    norms: Sequence[str], matrix: NameMatrix, *, cutoff: float = 60.0, deep: int = _DEEP
) -> list[list[Similar]]:
    """Return for each normalised value its similar keys, best first, ties by key.

    Only keys with an unguarded likeness of at least ``cutoff``, from the ``deep`` most similar
    names of each value.
    """
    import numpy as np
    from rapidfuzz import fuzz, process

    forms = [form(norm) for norm in norms]
    results: list[list[Similar]] = []
    for start in range(0, len(forms), _ROWS):
        block = forms[start : start + _ROWS]
        scores = process.cdist(
            block, matrix.forms, scorer=fuzz.ratio, score_cutoff=cutoff, dtype=np.float32
        )
        for text, row in zip(block, scores, strict=True):
            hits = np.flatnonzero(row)
            if len(hits) > deep:
                hits = hits[np.argpartition(-row[hits], deep)[:deep]]
            results.append(_guarded(text, [(int(i), float(row[i])) for i in hits], matrix))
    return results


def _guarded(text: str, hits: list[tuple[int, float]], matrix: NameMatrix) -> list[Similar]:
    own = marks(text)
    best: dict[str, Similar] = {}
    for place, score in hits:
        name = matrix.names[place]
        guarded = score - (_GUARD_COST if marks(matrix.forms[place]) != own else 0.0)
        if name.key not in best or guarded > best[name.key].score:
            best[name.key] = Similar(name.key, guarded, name)
    return sorted(best.values(), key=lambda s: (-s.score, s.key))
