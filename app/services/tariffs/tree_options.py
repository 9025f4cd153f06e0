"""What may be chosen at a place of a rate tree: attributes, price types, rules, keys (SVC-3, L16)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.services.context import Context, service

Path = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Option:
    """A value to choose: what is stored and what a person sees."""

    value: str
    title: str


@dataclass(frozen=True, slots=True)
class RuleOption:
    """A rule to choose; value 0 is "Default (…)", inherited from above."""

    value: int
    title: str


@dataclass(frozen=True, slots=True)
class AttributeOption:
    """An attribute a node may depend on; ``size`` = keys of its dictionary, 0 = free text."""

    key: str
    name: str
    size: int


@dataclass(frozen=True, slots=True)
class NodeOptions:
    """What may be set on the node at a path.

    ``price_types`` are stored numbers; ``priced`` whether the tree has prices at all (packs and
    initiators have none), ``voice`` whether connection price and intervals apply.
    """

    depends_on: tuple[AttributeOption, ...]
    price_types: tuple[int, ...]
    billing_rules: tuple[RuleOption, ...]
    quantity_rules: tuple[RuleOption, ...]
    counter_groups: tuple[Option, ...]
    priced: bool
    voice: bool
    rules: bool


@dataclass(frozen=True, slots=True)
class KeyHit:
    """A key found by typing, its name, and by which other text it was found ("" = by these)."""

    key: str
    name: str
    detail: str


@dataclass(frozen=True, slots=True)
class PastedKey:
    """One line of a pasted list: the keys it means, or a sentence why none."""

    text: str
    keys: tuple[str, ...]
    name: str
    problem: str


@service("finance.services", "view")
def options_for(ctx: Context, scope_id: int, path: Path) -> NodeOptions:
    """Return what may be set on the node at ``path`` ((attribute, key) pairs; () = the root)."""
    raise NotImplementedError


@service("finance.services", "view")
def search_keys(
    ctx: Context, attribute: str, text: str, context_path: Path = (), limit: int = 50
) -> list[KeyHit]:
    """Return the keys for a text being typed, best first; operators of the path's country only."""
    raise NotImplementedError


@service("finance.services", "view")
def all_keys(ctx: Context, attribute: str, context_path: Path = ()) -> list[KeyHit]:
    """Return every key in use of a dictionary, by name ("Add all missing"); free text: none."""
    raise NotImplementedError


@service("finance.services", "view")
def match_keys(
    ctx: Context, attribute: str, texts: Sequence[str], context_path: Path = ()
) -> list[PastedKey]:
    """Return what each text of a pasted list means; only what is certain is taken."""
    raise NotImplementedError
