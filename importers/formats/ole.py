"""Checks the container of XLS files for loops before a reader follows them for ever.

Format: [MS-CFB] Compound File Binary, sections 2.2 (header), 2.3 (FAT) and 2.6 (directory).
"""

from __future__ import annotations

import struct

import numpy as np
import numpy.typing as npt

from importers.formats.source import ADVICE
from importers.records import FileProblem

OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LAST_SECTOR = 0xFFFFFFFA
"""Numbers from here on are marks (end of chain, free …), not sectors."""
_STREAM, _ROOT = 2, 5


class OleFile:
    """The streams of a compound file whose chains are known to end.

    ``streams`` maps a stream's name to its bytes' length. Raises FileProblem on a broken container.
    """

    def __init__(self, data: bytes, name: str) -> None:
        self._data, self._name = data, name
        if len(data) < 512:
            raise self._broken("it is cut short")
        shift, mini_shift = struct.unpack_from("<HH", data, 30)
        if shift not in (9, 12) or mini_shift > shift:
            raise self._broken("its sector size is impossible")
        self._size, self._mini_size = 1 << shift, 1 << mini_shift
        self._fat = self._read_fat()
        (start,) = struct.unpack_from("<I", data, 48)
        self._directory = self._chain_bytes(self._chain(start, self._fat))
        self._cutoff, mini_start = struct.unpack_from("<II", data, 56)
        self._mini_fat = _numbers(self._chain_bytes(self._chain(mini_start, self._fat)))
        self._mini_stream = b""
        self.streams: dict[str, int] = {}
        self._starts: dict[str, int] = {}
        self._read_directory()

    def _broken(self, why: str) -> FileProblem:
        return FileProblem(f"{self._name} is damaged ({why}): get the file again, or {ADVICE}")

    def _sector(self, number: int) -> bytes:
        start = (number + 1) * self._size
        return self._data[start : start + self._size]

    def _read_fat(self) -> npt.NDArray[np.uint32]:
        """Return the sector table, following the chain of its own sectors (DIFAT)."""
        sectors = list(struct.unpack_from("<109I", self._data, 76))
        following, count = struct.unpack_from("<II", self._data, 68)
        seen: set[int] = set()
        while following < _LAST_SECTOR and count:
            if following in seen or len(self._sector(following)) < self._size:
                raise self._broken("its sector table runs in a circle or out of the file")
            seen.add(following)
            numbers = _numbers(self._sector(following)).tolist()
            sectors += numbers[:-1]
            following = numbers[-1]
        return _numbers(b"".join(self._sector(s) for s in sectors if s < _LAST_SECTOR))

    def _chain(self, start: int, fat: npt.NDArray[np.uint32]) -> list[int]:
        """Return the sectors of a chain; FileProblem if it never ends."""
        chain: list[int] = []
        links = fat.tolist()
        while start < _LAST_SECTOR:
            if start >= len(links):
                break
            if len(chain) > len(links):
                raise self._broken("a chain of its sectors runs in a circle")
            chain.append(start)
            start = links[start]
        return chain

    def _chain_bytes(self, chain: list[int]) -> bytes:
        return b"".join(map(self._sector, chain))

    def _read_directory(self) -> None:
        entries = len(self._directory) // 128
        for index in range(entries):
            entry = self._directory[index * 128 : index * 128 + 128]
            length, kind = struct.unpack_from("<H", entry, 64)[0], entry[66]
            name = entry[: max(min(length, 64) - 2, 0)].decode("utf-16-le", "replace")
            start, size = struct.unpack_from("<II", entry, 116)
            if kind == _ROOT:
                self._mini_stream = self._chain_bytes(self._chain(start, self._fat))
            elif kind == _STREAM:
                self._chain(start, self._mini_fat if size < self._cutoff else self._fat)
                self.streams[name], self._starts[name] = size, start
        self._check_tree(entries)

    def _check_tree(self, entries: int) -> None:
        """Raise FileProblem when the directory's tree visits an entry twice."""
        stack, seen = [0], set()
        while stack:
            index = stack.pop()
            if index >= min(entries, _LAST_SECTOR):
                continue
            if index in seen:
                raise self._broken("its directory runs in a circle")
            seen.add(index)
            stack += struct.unpack_from("<III", self._directory, index * 128 + 68)

    def read(self, name: str) -> bytes:
        """Return the bytes of the stream ``name`` (KeyError if there is none)."""
        size, start = self.streams[name], self._starts[name]
        if size >= self._cutoff:
            return self._chain_bytes(self._chain(start, self._fat))[:size]
        unit = self._mini_size
        chain = self._chain(start, self._mini_fat)
        return b"".join(self._mini_stream[i * unit : (i + 1) * unit] for i in chain)[:size]


def _numbers(data: bytes) -> npt.NDArray[np.uint32]:
    return np.frombuffer(data[: len(data) // 4 * 4], "<u4")
