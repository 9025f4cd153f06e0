"""Trees and change sets as folders of memory-mapped columns: the way between two processes (F9).

A folder holds one ``.npy`` file per array and one ``.txt`` file per pool of texts, a text a line
(canonical keys never hold a line break).
"""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np

from app.domain.diff import ChangeSet, NodeValues
from app.domain.tree import RateTree

SMALL = 4096
"""Bytes below which a file is read instead of mapped."""

CURRENT = "current"
"""Folder of the live tree inside a job's folder."""

CHANGES = "changes"
"""Folder of the change set inside a job's folder."""

CHUNK = 50_000
BLOCK = 1 << 20
"""Texts written and bytes read at a time: more would make a window of this process stand still."""

_POOLS = ("keys", "attributes", "scales")


def save_texts(path: Path, texts: list[str] | tuple[str, ...]) -> None:
    """Write a pool of texts; none may hold a line break."""
    with path.open("wb") as file:
        for start in range(0, len(texts), CHUNK):
            lines = "".join(f"{text}\n" for text in texts[start : start + CHUNK])
            file.write(lines.encode("utf-8", "surrogatepass"))


def load_texts(path: Path) -> list[str]:
    """Read a pool written by :func:`save_texts`."""
    texts: list[str] = []
    rest = b""
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            data = rest + block
            end = data.rfind(b"\n") + 1
            lines = data[:end].decode("utf-8", "surrogatepass").split("\n")
            lines.pop()
            texts.extend(lines)
            rest = data[end:]
    return texts


def save_tree(folder: Path, tree: RateTree) -> None:
    """Write ``tree`` into ``folder`` (made if needed)."""
    folder.mkdir(parents=True, exist_ok=True)
    for field in fields(RateTree):
        _save(folder, field.name, getattr(tree, field.name))


def load_tree(folder: Path) -> RateTree:
    """Read a tree written by :func:`save_tree`; its arrays are memory-mapped and read-only."""
    return RateTree(**{field.name: _load(folder, field.name) for field in fields(RateTree)})


def is_saved(folder: Path) -> bool:
    """Return whether ``folder`` holds a tree."""
    return (folder / "parent.npy").exists()


def saved_size(folder: Path) -> int:
    """Return the number of nodes of a saved tree, 0 if there is none."""
    return len(np.load(folder / "parent.npy", mmap_mode="r")) if is_saved(folder) else 0


def save_change_set(folder: Path, changes: ChangeSet) -> None:
    """Write a change set into ``folder`` (made if needed)."""
    folder.mkdir(parents=True, exist_ok=True)
    for field in fields(ChangeSet):
        value = getattr(changes, field.name)
        if isinstance(value, NodeValues):
            for inner in fields(NodeValues):
                _save(folder, f"{field.name}.{inner.name}", getattr(value, inner.name))
        else:
            _save(folder, field.name, value)


def load_change_set(folder: Path) -> ChangeSet:
    """Read a change set written by :func:`save_change_set`, memory-mapped."""
    plain: dict[str, Any] = {}
    for field in fields(ChangeSet):
        if field.name in {"insert", "update"}:
            plain[field.name] = NodeValues(
                **{f.name: _load(folder, f"{field.name}.{f.name}") for f in fields(NodeValues)}
            )
        else:
            plain[field.name] = _load(folder, field.name)
    return ChangeSet(**plain)


def _save(folder: Path, name: str, value: Any) -> None:
    if name in _POOLS:
        save_texts(folder / f"{name}.txt", value)
    elif value is not None:
        np.save(folder / f"{name}.npy", value)


def _load(folder: Path, name: str) -> Any:
    if name in _POOLS:
        texts = load_texts(folder / f"{name}.txt")
        return tuple(texts) if name == "attributes" else texts
    path = folder / f"{name}.npy"
    if not path.exists():
        return None
    # an empty file cannot be mapped
    return np.load(path, mmap_mode=None if path.stat().st_size < SMALL else "r")
