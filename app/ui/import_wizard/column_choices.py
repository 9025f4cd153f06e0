"""Declaring columns and levels: from what is in force and a person's click to new choices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.services.tariffs.import_views import ColumnView, ProposalView, UseView
    from importers.choices import Choices

ATTRIBUTE, PRICE, IGNORE, FILTER = "attribute", "price", "ignore", "filter"
WIDE_ROLES = ("price", "price_type", "tier_from", "tier_till")
"""Roles of columns that may stand for a key of their own (wide sheets)."""

Pairs = tuple[tuple[str, str], ...]
"""(attribute, key) pairs."""


def role_text(letter: str, role: str) -> str:
    """Return the text that declares a column as a rate property."""
    return f"{letter}={role}"


def attribute_text(
    letter: str, attribute: str, by: str = "any", how: str = "best", part: str = ""
) -> str:
    """Return the text that declares a column as an attribute (IMP-6).

    ``by`` = "key", a dictionary attribute or "any"; ``how`` = "full" or "best"; ``part`` of the
    cell as in UseView.
    """
    name = attribute if by == "any" else f"{attribute}.{by}"
    return f"{letter}={ATTRIBUTE}:{name}:{how}" + (f":{part}" if part else "")


def wide_text(letter: str, role: str, pairs: Pairs) -> str:
    """Return the text that declares a column of a wide sheet: what its keys are."""
    return f"{letter}={role}@" + "@".join(f"{attribute}:{key}" for attribute, key in pairs)


def as_attribute(
    column: ColumnView, attribute: str, by: str = "any", how: str = "best"
) -> tuple[str, ...]:
    """Return the texts of a column that becomes ``attribute``.

    Its other attributes stay (Q31), and so does the part of the cell that counts.
    """
    own = _attribute_uses(column)
    if not own:
        return (attribute_text(column.letter, attribute, by, how),)
    changed = next((u for u in own if u.attribute == attribute), own[0])
    new = attribute_text(column.letter, attribute, by, how, changed.part)
    return tuple(new if u is changed else u.text for u in own)


def also_attribute(column: ColumnView, attribute: str) -> tuple[str, ...]:
    """Return the texts of a column that feeds one more attribute (Q31)."""
    texts = [u.text for u in _attribute_uses(column)]
    return (*texts, attribute_text(column.letter, attribute))


def without_use(column: ColumnView, use: UseView) -> tuple[str, ...]:
    """Return the texts of a column without one of its uses."""
    return tuple(u.text for u in used(column) if u is not use)


def with_part(column: ColumnView, use: UseView, part: str) -> tuple[str, ...]:
    """Return the texts of a column one of whose uses takes only a part of the cell."""
    new = attribute_text(column.letter, use.attribute, use.by, use.how, part)
    return tuple(new if u is use else u.text for u in used(column))


def _attribute_uses(column: ColumnView) -> list[UseView]:
    return [u for u in used(column) if u.role == ATTRIBUTE]


def declare(choices: Choices, proposal: ProposalView, index: int, *texts: str) -> Choices:
    """Return ``choices`` with a column declared by ``texts`` (none or "" = ignored).

    A key column makes all columns count as declared, so those in force are declared with it.
    """
    letter = proposal.columns[index].letter
    named = [text for text in texts if text]
    new = named or [role_text(letter, IGNORE)]
    whole = any(is_key(t) for t in (*new, *choices.columns))
    before = in_force(proposal) if whole else list(choices.columns)
    columns = _placed(before, letter, new)
    if whole:
        columns = [t for t in columns if t.partition("=")[2] != IGNORE] or new
    kept = _without_rival_prices(columns, new)
    levels = _levels_after(choices.levels, kept, proposal) if whole else choices.levels
    if not whole and not named:
        levels = _levels_left(choices.levels, proposal, index)
    return replace(choices, columns=tuple(kept), levels=levels)


def is_key(text: str) -> bool:
    """Whether a declaration names what prices are for, as against their properties."""
    value = text.partition("=")[2]
    return value.startswith(f"{ATTRIBUTE}:") or "@" in value


def in_force(proposal: ProposalView) -> list[str]:
    """Return the declarations of all columns that are used."""
    return [use.text for column in proposal.columns for use in used(column) if use.text]


def used(column: ColumnView) -> tuple[UseView, ...]:
    """Return the uses of a column that mean something."""
    return tuple(use for use in column.uses if use.role != IGNORE)


def with_level(choices: Choices, proposal: ProposalView, attribute: str) -> Choices:
    """Return ``choices`` with a level added at the end of the tree (IMP-9)."""
    return replace(choices, levels=(*_attributes(proposal), attribute))


def without_level(choices: Choices, proposal: ProposalView, attribute: str) -> Choices:
    """Return ``choices`` without an added level or a constant."""
    constants = tuple(t for t in choices.constants if not t.startswith(f"{attribute}="))
    levels = tuple(a for a in _attributes(proposal) if a != attribute)
    return replace(choices, levels=levels, constants=constants)


def with_constant(choices: Choices, attribute: str, key: str) -> Choices:
    """Return ``choices`` with one key for a level that has no column."""
    kept = tuple(t for t in choices.constants if not t.startswith(f"{attribute}="))
    levels = choices.levels
    if levels and attribute not in levels:
        levels = (attribute, *levels)
    return replace(choices, constants=(*kept, f"{attribute}={key}"), levels=levels)


def with_filter(choices: Choices, letter: str, values: Sequence[str]) -> Choices:
    """Return ``choices`` that take only rows with one of ``values`` in a column (none = any)."""
    kept = tuple(t for t in choices.where if not t.startswith(f"{letter}="))
    return replace(choices, where=(*kept, *(f"{letter}={value}" for value in values)))


def _placed(texts: list[str], letter: str, new: list[str]) -> list[str]:
    """Return ``texts`` with ``new`` where the column was declared before, else at the end."""
    own = [i for i, t in enumerate(texts) if t.partition("=")[0] == letter]
    rest = [t for t in texts if t.partition("=")[0] != letter]
    place = own[0] if own else len(rest)
    return [*rest[:place], *new, *rest[place:]]


def _without_rival_prices(texts: list[str], new: list[str]) -> list[str]:
    """One plain price column counts: the one declared last."""
    if all(t.partition("=")[2] != PRICE for t in new):
        return texts
    return [t for t in texts if t in new or t.partition("=")[2] != PRICE]


def _attributes(proposal: ProposalView) -> tuple[str, ...]:
    return tuple(attribute for attribute, _name in proposal.levels)


def _levels_after(
    levels: tuple[str, ...], texts: list[str], proposal: ProposalView
) -> tuple[str, ...]:
    """Return a chosen order of levels for other columns: new ones last, those gone left out."""
    if not levels:
        return ()
    declared = list(dict.fromkeys(a for t in texts for a in _named(t)))
    if {"mcc", "mnc"} <= set(declared):  # IMP-11: two columns, one level
        declared = [a for a in declared if a not in ("mcc", "mnc", "mccmnc")] + ["mccmnc"]
    fixed = {*proposal.added_levels, *(attribute for attribute, _key in proposal.constants)}
    kept = [a for a in levels if a in declared or a in fixed]
    return (*kept, *(a for a in declared if a not in kept))


def _named(text: str) -> list[str]:
    """Return the attributes that a declaration names."""
    value = text.partition("=")[2]
    if "@" in value:
        return [pair.partition(":")[0] for pair in value.split("@")[1:]]
    parts = value.split(":")
    return [parts[1].partition(".")[0]] if parts[0] == ATTRIBUTE else []


def _levels_left(levels: tuple[str, ...], proposal: ProposalView, index: int) -> tuple[str, ...]:
    """Return a chosen order of levels without those that only the given column had."""
    others = {u.attribute for c in proposal.columns if c.index != index for u in used(c)}
    gone = {u.attribute for u in used(proposal.columns[index])} - others - {""}
    return tuple(attribute for attribute in levels if attribute not in gone)
