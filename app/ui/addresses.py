"""Addresses of pages: what a tab shows, as text that survives a restart and a second start."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode


@dataclass(frozen=True, slots=True)
class Address:
    """A kind of page and its arguments, e.g. ``service?id=12`` or ``list?section=services``."""

    kind: str
    arguments: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, kind: str, **arguments: object) -> Address:
        """Return an address from keyword arguments; None and "" are left out."""
        given = {n: str(v) for n, v in arguments.items() if v is not None and str(v)}
        return cls(kind, tuple(sorted(given.items())))

    @classmethod
    def parse(cls, text: str) -> Address:
        """Return the address that :meth:`text` wrote."""
        kind, _, query = text.partition("?")
        return cls.of(kind, **dict(parse_qsl(query)))

    def text(self) -> str:
        """Return the address as text."""
        return f"{self.kind}?{urlencode(self.arguments)}" if self.arguments else self.kind

    def get(self, name: str, default: str = "") -> str:
        """Return one argument as text."""
        return dict(self.arguments).get(name, default)

    def parts(self, prefix: str) -> dict[str, str]:
        """Return the arguments that begin with ``prefix``, without it."""
        return {n[len(prefix) :]: t for n, t in self.arguments if n.startswith(prefix)}

    def without(self, name: str) -> Address:
        """Return the address without one argument."""
        return Address(self.kind, tuple(a for a in self.arguments if a[0] != name))

    def number(self, name: str) -> int | None:
        """Return one argument as a whole number, None if it is missing or none."""
        text = self.get(name)
        return int(text) if text.isdigit() else None
