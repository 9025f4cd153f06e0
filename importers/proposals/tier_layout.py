"""The volume-tier card of WhatsApp: groups of From, To, Rate type and Rate side by side (IMP-3)."""

from __future__ import annotations

from collections.abc import Sequence

from importers.proposals.facts import Facts
from importers.proposals.headers import read_header
from importers.proposals.price_columns import key_within
from importers.settings import ColumnUse, Role

_PARTS = {
    "tier_from": Role.TIER_FROM,
    "tier_till": Role.TIER_TILL,
    "price": Role.PRICE,
    "price_type": Role.PRICE_TYPE,
}


def tier_columns(columns: Sequence[Facts]) -> tuple[ColumnUse, ...]:
    """Return the columns of all groups, each with its pricing category; () for another layout.

    A group is a run of columns whose own header lines are From, To, Rate type, Rate; its category
    comes from the line above them. Two complete groups are needed, of different categories.
    """
    uses: list[ColumnUse] = []
    for facts in columns:
        role = _part(facts)
        category = key_within(facts, "pricing_category") if role else ""
        if role is not None and category:
            uses.append(_use(facts, role, category))
    complete = {c for c in _categories(uses) if _roles(uses, c) >= _NEEDED}
    kept = [u for u in uses if dict(u.keys)["pricing_category"] in complete]
    return tuple(kept) if len(complete) > 1 else ()


_NEEDED = {Role.TIER_FROM, Role.TIER_TILL, Role.PRICE}


def _part(facts: Facts) -> Role | None:
    for meaning in read_header(_unnumbered(facts.own))[:1]:
        return _PARTS.get(meaning.role)
    return None


def _unnumbered(name: str) -> str:
    head, bracket, tail = name.rpartition(" (")
    return head if bracket and tail.rstrip(")").isdigit() else name


def _use(facts: Facts, role: Role, category: str) -> ColumnUse:
    return ColumnUse(
        column=facts.index,
        role=role,
        header=facts.header,
        keys=(("pricing_category", category),),
        reason=f'"{facts.own}" of the group {category}',
    )


def _categories(uses: Sequence[ColumnUse]) -> set[str]:
    return {dict(u.keys)["pricing_category"] for u in uses}


def _roles(uses: Sequence[ColumnUse], category: str) -> set[Role]:
    return {u.role for u in uses if dict(u.keys)["pricing_category"] == category}
