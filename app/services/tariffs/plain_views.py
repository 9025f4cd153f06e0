"""Frozen views as plain JSON data and back: how they travel between the two processes."""

from __future__ import annotations

import types
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")


def to_plain(value: Any) -> Any:
    """Return a view as plain data; dataclasses become dicts, tuples lists."""
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: to_plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, (tuple, list)):
        return [to_plain(item) for item in value]
    return value


def from_plain(kind: type[T], data: Any) -> T:
    """Rebuild a view of class ``kind`` from :func:`to_plain` data that went through JSON."""
    read: Callable[[Any], T] = _reader(kind)  # type: ignore[arg-type]
    return read(data)


@cache
def _reader(kind: Any) -> Callable[[Any], Any]:
    """Return the function that rebuilds values of one annotated type."""
    if is_dataclass(kind):
        return _view_reader(kind)
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is tuple:
        return _tuple_reader(arguments)
    if origin in (Union, types.UnionType):
        inner = next(_reader(a) for a in arguments if a is not type(None))
        return lambda data: None if data is None else inner(data)
    return lambda data: data


def _view_reader(kind: Any) -> Callable[[Any], Any]:
    hints = get_type_hints(kind)
    readers = {f.name: _reader(hints[f.name]) for f in fields(kind)}
    return lambda data: kind(**{name: readers[name](value) for name, value in data.items()})


def _tuple_reader(arguments: tuple[Any, ...]) -> Callable[[Any], Any]:
    if arguments[-1:] == (Ellipsis,):
        every = _reader(arguments[0])
        return lambda data: tuple(map(every, data))
    each = [_reader(a) for a in arguments]
    return lambda data: tuple(read(item) for read, item in zip(each, data, strict=True))
