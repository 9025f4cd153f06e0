"""What a person chose, on top of what was proposed: command-line columns, rows, levels, words.

A choice names columns by letter or by header, so it can be written before the file is opened;
:func:`settings_for` turns proposal + choices into the :class:`ImportSettings` in force.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from dictionaries.catalogue import Catalogue
from importers.prices import decide_decimal
from importers.proposals.headers import header_money
from importers.records import FileProblem, ParsedSheet, column_index, column_letter
from importers.settings import ColumnUse, Duplicates, ImportSettings, Kind, Proposal, Role
from importers.tokens import currency_codes

_LETTER = re.compile(r"^[A-Za-z]{1,3}$")
_PRICED = {Role.PRICE, Role.CONNECT_PRICE}

EXTRACTS = ("section", "after_dash", "before_dash", "in_brackets")
"""Parts of a cell that a column may be declared to count by."""

WIDE_ROLES = (Role.PRICE, Role.PRICE_TYPE, Role.TIER_FROM, Role.TIER_TILL)
"""Roles of columns that may stand for keys of their own: prices side by side, tiers with them."""


@dataclass(frozen=True, slots=True)
class Choices:
    """Overrides of a proposal; empty fields leave the proposal as it is.

    ``columns`` are texts of the form ``COL=ROLE[:ATTRIBUTE[.BY][:full|best][:PART]]`` (PART of a
    cell as :class:`ColumnUse` names it) or ``COL=price@ATTRIBUTE:KEY``; ``where`` are
    ``COL=VALUE``; rows are 1-based as a person counts.
    ``unit`` is 1, 0.01 or 0.001; ``decimal`` a point or a comma; ``constants`` ``ATTRIBUTE=KEY``;
    ``date_order`` dmy or mdy, for dates whose day and month could be swapped; ``others`` free or
    none: whether a WhatsApp card makes Others free where it has no price (A10).
    """

    sheet: str = ""
    kind: str = ""
    start_row: int | None = None
    end_row: int | None = None
    columns: tuple[str, ...] = ()
    where: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    constants: tuple[str, ...] = ()
    duplicates: str = ""
    decimal: str = ""
    currency: str = ""
    unit: str = ""
    effective: str = ""
    date_order: str = ""
    others: str = ""
    skip_hidden: bool = False
    accept_suggestions: bool = False
    answers: dict[str, str] = field(default_factory=dict)
    price_words: dict[str, str] = field(default_factory=dict)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Choices:
        """Rebuild choices from plain JSON data."""
        plain = dict(data)
        for name in ("columns", "where", "levels", "constants"):
            plain[name] = tuple(plain.get(name, ()))
        return cls(**plain)


def settings_of(proposal: Proposal) -> ImportSettings:
    """Return the settings that follow a proposal as it is."""
    return ImportSettings(
        kind=proposal.kind,
        header_rows=proposal.header_rows,
        start_row=proposal.start_row,
        end_row=proposal.end_row,
        columns=proposal.columns,
        levels=proposal.levels,
        decimal=proposal.decimal,
        currency=proposal.currency,
        unit=proposal.unit or "1",
        fill_down=proposal.fill_down,
        section_rows=proposal.section_rows,
        effective=proposal.effective,
    )


def settings_for(
    base: ImportSettings,
    choices: Choices,
    *,
    sheet: ParsedSheet,
    headers: Sequence[str],
    catalogue: Catalogue,
) -> ImportSettings:
    """Return ``base`` with the ``choices`` on top.

    Raises FileProblem naming the option when a column, role, attribute or value is unknown.
    """
    changed = replace(base, **_plain(choices))
    if choices.columns:
        uses = tuple(_column(text, headers, sheet, catalogue) for text in choices.columns)
        changed = _declared(changed, uses)
        if any(u.role is Role.PRICE for u in uses) and not choices.unit:
            changed = replace(changed, unit="1")  # the proposed unit was of other price columns
    if choices.unit:
        changed = replace(changed, columns=tuple(replace(u, unit="") for u in changed.columns))
    if choices.currency:
        changed = replace(changed, columns=_in_currency(changed.columns, choices.currency))
    if choices.where:
        changed = replace(changed, where=tuple(_where(w, headers, sheet) for w in choices.where))
    if choices.constants:
        constants = tuple(_constant(text, catalogue) for text in choices.constants)
        extra = tuple(a for a, _ in constants if a not in changed.levels)
        changed = replace(changed, constants=constants, levels=extra + changed.levels)
    if choices.levels:
        for attribute in choices.levels:
            _known_attribute(attribute, catalogue, "--level")
        changed = replace(changed, levels=choices.levels)
    if not choices.decimal and choices.columns:
        changed = replace(changed, decimal=_decimal(changed, sheet))
    return changed


def _declared(base: ImportSettings, uses: Sequence[ColumnUse]) -> ImportSettings:
    """Return ``base`` with a person's columns: only these, if they name what the prices are for.

    Without an attribute among them they override what ``base`` says of the same columns, and take
    the place of other columns of the same role; everything else stays.
    """
    if any(u.role is Role.ATTRIBUTE or u.keys for u in uses):
        fill = tuple(c for c in base.fill_down if _same_key(c, base.columns, uses))
        return replace(base, columns=tuple(uses), levels=_levels_of(uses), fill_down=fill)
    taken = {u.column for u in uses}
    roles = {u.role for u in uses} - {Role.IGNORE, Role.FILTER}
    kept = [u for u in base.columns if u.column not in taken and u.role not in roles]
    if Role.PRICE in roles:
        kept = [replace(u, rival="") for u in kept]
    left = {u.column for u in kept}
    columns = (*kept, *uses)
    fill = tuple(c for c in base.fill_down if c in left)
    return replace(base, columns=columns, levels=_levels_left(base, columns), fill_down=fill)


def _same_key(column: int, before: Sequence[ColumnUse], now: Sequence[ColumnUse]) -> bool:
    """Tell whether a column is declared as the key it was proposed as: its blanks mean it, too."""
    own, declared = ({u.attribute for u in uses if u.column == column} for uses in (before, now))
    return bool(own & declared - {""})


def _levels_left(base: ImportSettings, columns: Sequence[ColumnUse]) -> tuple[str, ...]:
    """Return the levels of ``base`` without those whose last column is gone."""
    before, after = _levels_of(base.columns), _levels_of(columns)
    return tuple(a for a in base.levels if a in after or a not in before)


def _plain(choices: Choices) -> dict[str, Any]:
    """Return the choices that replace a field of the settings one to one."""
    rows = {"start_row": choices.start_row, "end_row": choices.end_row}
    plain: dict[str, Any] = {name: row - 1 for name, row in rows.items() if row is not None}
    if choices.kind:
        plain["kind"] = Kind(choices.kind)
    if choices.duplicates:
        plain |= {"duplicates": Duplicates(choices.duplicates), "ask_filter": False}
    elif choices.accept_suggestions:
        plain["duplicates"] = Duplicates.LAST  # F19
    for name in ("decimal", "currency", "unit", "effective", "answers", "price_words"):
        if getattr(choices, name):
            plain[name] = getattr(choices, name)
    if choices.date_order:
        plain["day_first"] = choices.date_order == "dmy"
    if choices.others:
        plain["others"] = "free" if choices.others == "free" else ""
    for name in ("skip_hidden", "accept_suggestions"):
        if getattr(choices, name):
            plain[name] = True
    return plain


def _in_currency(uses: Sequence[ColumnUse], currency: str) -> tuple[ColumnUse, ...]:
    """Let a chosen currency count instead of the headers', unless one of them names it (Q20)."""
    if currency not in currency_codes():
        raise FileProblem(f'--currency "{currency}" is not an ISO currency code; write e.g. EUR.')
    if any(use.currency == currency for use in uses):
        return tuple(uses)
    return tuple(replace(use, currency="") for use in uses)


def find_column(text: str, headers: Sequence[str], sheet: ParsedSheet) -> int:
    """Return the 0-based column that ``text`` names: by header first, then by letter."""
    wanted = " ".join(text.split()).casefold()
    folded = [" ".join(h.split()).casefold() for h in headers]
    if wanted in folded:
        return folded.index(wanted)
    if _LETTER.match(text) and column_index(text) < len(sheet.columns):
        return column_index(text)
    known = ", ".join(f"{column_letter(i)} ({h})" for i, h in enumerate(headers) if h)
    raise FileProblem(
        f'Sheet "{sheet.name}" has no column "{text}"; its columns are {known or "unnamed"}.'
    )


def _split(text: str, option: str) -> tuple[str, str]:
    name, equals, value = text.rpartition("=") if text.count("=") == 1 else text.partition("=")
    if not equals or not name or not value:
        raise FileProblem(f'{option} "{text}" must have the form COLUMN=VALUE.')
    return name, value


def _where(text: str, headers: Sequence[str], sheet: ParsedSheet) -> tuple[int, str]:
    name, value = _split(text, "--where")
    return find_column(name, headers, sheet), value


def _constant(text: str, catalogue: Catalogue) -> tuple[str, str]:
    name, value = _split(text, "--set")
    return _known_attribute(name, catalogue, "--set"), value


def _known_attribute(name: str, catalogue: Catalogue, option: str) -> str:
    if name not in catalogue.attributes:
        known = ", ".join(sorted(catalogue.attributes))
        raise FileProblem(f'{option}: "{name}" is not an attribute; choose one of {known}.')
    return name


def _column(
    text: str, headers: Sequence[str], sheet: ParsedSheet, catalogue: Catalogue
) -> ColumnUse:
    name, value = _split(text, "--column")
    index = find_column(name, headers, sheet)
    header = headers[index] if index < len(headers) else ""
    if "@" in value:
        return _wide_price(index, header, value, catalogue)
    role_text, *rest = value.split(":")
    if role_text in catalogue.attributes or role_text.partition(".")[0] in catalogue.attributes:
        role_text, rest = Role.ATTRIBUTE.value, [role_text, *rest]
    try:
        role = Role(role_text)
    except ValueError:
        known = ", ".join(r.value for r in Role)
        raise FileProblem(
            f'--column "{text}": no role "{role_text}"; choose one of {known}.'
        ) from None
    currency, unit = _money(header) if role is Role.PRICE else ("", "")
    use = ColumnUse(
        column=index, role=role, header=header, unit=unit, currency=currency, reason="chosen"
    )
    return _attribute(use, rest, text, catalogue) if role is Role.ATTRIBUTE else use


def _attribute(use: ColumnUse, rest: list[str], text: str, catalogue: Catalogue) -> ColumnUse:
    if not rest:
        raise FileProblem(f'--column "{text}": name the attribute, e.g. {text}:country.')
    attribute, _, by = rest[0].partition(".")
    _known_attribute(attribute, catalogue, "--column")
    more = rest[1:]
    extract = next((part for part in more if part in EXTRACTS), "")
    how = next((part for part in more if part != extract), "best")
    if how not in {"full", "best"}:
        raise FileProblem(f'--column "{text}": the matching is "full" or "best", not "{how}".')
    return replace(use, attribute=attribute, by=by or "any", how=how, extract=extract)


def column_text(use: ColumnUse) -> str:
    """Return the text of :class:`Choices` that declares ``use``, by letter."""
    letter = column_letter(use.column)
    if use.keys:
        return f"{letter}={use.role.value}@" + "@".join(f"{a}:{k}" for a, k in use.keys)
    if use.role is not Role.ATTRIBUTE:
        return f"{letter}={use.role.value}"
    by = "" if use.by == "any" else f".{use.by}"
    how = "" if use.how == "best" else f":{use.how}"
    part = f":{use.extract}" if use.extract else ""
    return f"{letter}=attribute:{use.attribute}{by}{how}{part}"


def _wide_price(index: int, header: str, value: str, catalogue: Catalogue) -> ColumnUse:
    role_text, _, target = value.partition("@")
    pairs = []
    for part in target.split("@"):
        attribute, colon, key = part.partition(":")
        if role_text not in WIDE_ROLES or not colon or not key:
            raise FileProblem(f'--column "…={value}" must have the form price@ATTRIBUTE:KEY.')
        pairs.append((_known_attribute(attribute, catalogue, "--column"), key))
    currency, unit = _money(header) if role_text == Role.PRICE else ("", "")
    return ColumnUse(
        column=index,
        role=Role(role_text),
        header=header,
        keys=tuple(pairs),
        unit=unit,
        currency=currency,
        reason="chosen",
    )


def _money(header: str) -> tuple[str, str]:
    """Return the currency and the unit that the header of a declared price column names."""
    currency, unit = header_money(header)
    return (currency if currency in currency_codes() else ""), unit


def _levels_of(uses: Sequence[ColumnUse]) -> tuple[str, ...]:
    """Return the levels in the order in which the columns were declared (IMP-9)."""
    named = [u.attribute for u in uses if u.role is Role.ATTRIBUTE]
    wide = [attribute for u in uses for attribute, _ in u.keys]
    levels = list(dict.fromkeys([*named, *wide]))
    if "mcc" in levels and "mnc" in levels:  # IMP-11: two columns, one level
        levels[levels.index("mcc")] = "mccmnc"
        levels.remove("mnc")
    return tuple(dict.fromkeys(levels))


def _decimal(settings: ImportSettings, sheet: ParsedSheet) -> str:
    """Decide the decimal sign of the chosen price columns; the first that proves one wins (Q19)."""
    for use in settings.columns:
        if use.role in _PRICED:
            column = sheet.columns[use.column]
            codes = np.unique(column.codes[settings.start_row : settings.end_row + 1])
            sign, _ = decide_decimal([column.values[c] for c in codes.tolist()])
            if sign:
                return sign
    return settings.decimal
