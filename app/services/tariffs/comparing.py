"""Holds two whole trees against each other in arrays, in the child process for big ones (SVC-8).

Leaves "DIR/rows": an element per rate and column, in the order of the tree, and the names of all
nodes as one text, so that the parent can search and page without building a million objects.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from app.domain.diff import Change, TreeDiff, compare
from app.domain.kinds import OTHERS, PriceType
from app.domain.tree import NONE, Bools, Int32, Int64, RateTree
from app.services.tariffs.tree_files import load_tree
from dictionaries.catalogue import load_catalogue
from dictionaries.entries import Dictionaries
from dictionaries.normalise import normalise

ROWS = "rows"
CHUNK = 20_000


def compare_folder(
    folder: Path, dictionaries: Dictionaries, report: Callable[[str, int, int | None], None]
) -> dict[str, int]:
    """Compare the trees in "DIR/first" and "DIR/second" and return the rates of each kind."""
    report("comparing", 0, None)
    found = compare(load_tree(folder / "first"), load_tree(folder / "second"))
    union = _union(found)
    rows = _rows(found, union)
    target = folder / ROWS
    target.mkdir()
    for name, values in rows.items():
        np.save(target / f"{name}.npy", values)
    np.save(target / "parent.npy", union.tree.parent)
    np.save(target / "key.npy", union.tree.key)
    _save_texts(target, "keys", found.draft.keys)
    report("naming", 0, None)
    _save_names(target, found, union, dictionaries)
    tally = np.bincount(rows["kind"], minlength=7)
    return {change.name.lower(): int(tally[change]) for change in Change if change}


@dataclass(frozen=True, slots=True)
class _Union:
    """Every node of either tree: those of the second, then those only the first has.

    ``attribute`` codes what each node's key is a value of, ``of_first`` the place of each node of
    the first tree.
    """

    tree: RateTree
    attribute: Int32
    of_first: Int32


def _union(found: TreeDiff) -> _Union:
    first, second, match = found.current, found.draft, found.match
    of_first = np.full(len(first), NONE, np.int32)
    matched = np.flatnonzero(match >= 0)
    of_first[match[matched]] = matched
    only = np.flatnonzero(of_first < 0)
    of_first[only] = len(second) + np.arange(len(only))
    parent = np.concatenate([second.parent, of_first[first.parent[only]]])
    tree = replace(
        second,
        parent=parent.astype(np.int32),
        key=np.concatenate([second.key, first.key[only]]),
        node_no=None,
    )
    attribute = np.concatenate([_attributes(second), _attributes(first)[only]])
    return _Union(tree, attribute.astype(np.int32), of_first)


def _attributes(tree: RateTree) -> Int32:
    return np.where(tree.parent >= 0, tree.depends_on[tree.parent], NONE).astype(np.int32)


def _rows(found: TreeDiff, union: _Union) -> dict[str, Any]:
    """Return the columns of the rates of both trees, in tree order.

    ``node`` = place in the union, ``then`` and ``now`` = places in the trees or -1, ``kind`` a
    :class:`Change`, ``percent`` NaN where there is none.
    """
    first, second = found.current, found.draft
    now = np.flatnonzero(second.leaf)
    match = found.match[now]
    then = np.where((match >= 0) & first.leaf[np.maximum(match, 0)], match, NONE)
    stayed = np.zeros(len(first), np.bool_)
    stayed[then[then >= 0]] = True
    gone = np.flatnonzero(first.leaf & ~stayed)
    none = np.full(len(gone), NONE)
    columns: dict[str, Any] = {
        "node": np.concatenate([now, union.of_first[gone]]).astype(np.int32),
        "then": np.concatenate([then, gone]).astype(np.int32),
        "now": np.concatenate([now, none]).astype(np.int32),
        "kind": np.concatenate([found.change[now], none * 0 + Change.REMOVED]).astype(np.int8),
    }
    columns["percent"] = _percent(first, second, columns["then"], columns["now"])
    place = np.empty(len(union.tree.parent), np.int64)
    place[union.tree.preorder()] = np.arange(len(place))
    order = np.argsort(place[columns["node"]], kind="stable")
    ordered = {name: values[order] for name, values in columns.items()}
    ordered["by_percent"] = np.argsort(ordered["percent"], kind="stable").astype(np.int32)
    return ordered


def _percent(first: RateTree, second: RateTree, then: Int32, now: Int32) -> Any:
    """Return the change of flat prices in percent, to sort by; NaN where there is none."""
    percent = np.full(len(then), np.nan)
    both = (then >= 0) & (now >= 0)
    old, new = first.price[then], second.price[now]
    flat = both & (first.price_type[then] == PriceType.FLAT)
    flat &= (second.price_type[now] == PriceType.FLAT) & (old > 0)
    percent[flat] = (new[flat] - old[flat]) * 100.0 / old[flat]
    return percent


# ------------------------------------------------------------------------------ names


def _save_names(target: Path, found: TreeDiff, union: _Union, dictionaries: Dictionaries) -> None:
    """Write the distinct names, as shown and as searched (codes too), and each node's name."""
    width = len(found.draft.keys) + 1
    joined = union.attribute.astype(np.int64) * width + union.tree.key
    distinct, codes = np.unique(joined, return_inverse=True)
    catalogue = load_catalogue()
    named = {
        code
        for code, name in enumerate(found.draft.attributes)
        if name not in catalogue.attributes or catalogue.attributes[name].dictionary
    }
    names, found_by = [], []
    for value in distinct.tolist():
        attribute, key = divmod(value, width)
        text = found.draft.keys[key]
        if attribute in named or text == OTHERS:
            text = catalogue.key_text(found.draft.attributes[attribute], text, dictionaries)
            found_by.append(searched(f"{text} {found.draft.keys[key]}"))
        else:
            found_by.append(searched(text))
        names.append(text)
    np.save(target / "name.npy", codes.astype(np.int32))
    _save_texts(target, "names", names)
    _save_texts(target, "searched", found_by)


def searched(text: str) -> str:
    """Return a text as it is searched for: without case and accents; signs alone stay."""
    if text.isascii() and text.isalnum():  # a million prefixes need no more
        return text.lower()
    return normalise(text) or text.casefold()


def _save_texts(target: Path, name: str, texts: Sequence[str]) -> None:
    """Write texts as one UTF-8 file, each behind a line break, and where each begins."""
    encoded = [text.replace("\n", " ").encode("utf-8", "surrogatepass") for text in texts]
    lengths = np.fromiter(map(len, encoded), np.int64, len(encoded)) + 1
    starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    with (target / f"{name}.bin").open("wb") as stream:
        for begin in range(0, len(encoded), CHUNK):
            stream.write(b"".join(b"\n" + text for text in encoded[begin : begin + CHUNK]))
    np.save(target / f"{name}.npy", starts)


class Texts:
    """Texts written by the comparison, read one by one from the file."""

    def __init__(self, folder: Path, name: str) -> None:
        self._data = np.memmap(folder / f"{name}.bin", np.uint8, "r")
        self._starts = np.load(folder / f"{name}.npy")

    def __len__(self) -> int:
        return len(self._starts) - 1

    def __getitem__(self, place: int) -> str:
        begin, end = int(self._starts[place]) + 1, int(self._starts[place + 1])
        return bytes(self._data[begin:end]).decode("utf-8", "surrogatepass")

    def holding(self, text: str) -> Bools:
        """Return the mask of the texts that hold ``text``."""
        wanted = text.encode("utf-8", "surrogatepass")
        mask = np.zeros(len(self), np.bool_)
        for begin in range(0, len(self), CHUNK):
            end = min(begin + CHUNK, len(self))
            block = bytes(self._data[int(self._starts[begin]) : int(self._starts[end])])
            mask[begin:end] = self._held(block, wanted, begin, end)
        return mask

    def _held(self, block: bytes, wanted: bytes, begin: int, end: int) -> Bools:
        hits: list[int] = []
        at = block.find(wanted)
        while at >= 0:
            hits.append(at)
            at = block.find(wanted, at + 1)
        mask = np.zeros(end - begin, np.bool_)
        starts: Int64 = self._starts[begin:end] - self._starts[begin]
        mask[np.searchsorted(starts, np.array(hits, np.int64), side="right") - 1] = True
        return mask
