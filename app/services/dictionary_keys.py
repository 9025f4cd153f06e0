"""Numbers of dictionary entries: lists and addresses want one, shipped entries are in no table.

The number follows from the dictionary and the key alone, so it is the same after a restart, on
every computer, and before and after a key is first changed.
"""

from __future__ import annotations

from hashlib import blake2b

Place = tuple[str, str]

BITS = 52
"""So long that 100 000 keys meet once in a million tries, so short that JSON keeps it."""

_places: dict[int, Place] = {}


def number_of(dictionary: str, key: str) -> int:
    """Return the number of a key, to be found again by :func:`place_of`."""
    text = f"{dictionary}\0{key}".encode("utf-8", "surrogatepass")
    number = int.from_bytes(blake2b(text, digest_size=8).digest(), "big") >> (64 - BITS)
    _places[number] = (dictionary, key)
    return number


def place_of(number: int) -> Place | None:
    """Return the (dictionary, key) of a number that this program has met, None if it has not."""
    return _places.get(number)
