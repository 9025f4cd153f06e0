"""What stands above each column of the source: its letter, its role in words, how it matched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from app.ui import formats
from app.ui.import_wizard.column_choices import ATTRIBUTE, FILTER, PRICE, used

if TYPE_CHECKING:
    from app.services.tariffs.import_views import ColumnCounts, ColumnView, ProposalView, UseView


@dataclass(frozen=True, slots=True)
class ColumnHead:
    """The heading of a source column.

    ``tone`` is a colour token of the role's word; ``fared`` says how its values matched, in
    ``fared_tone``; ``open`` = values without a certain match, which the mapping shows.
    """

    letter: str
    header: str
    role: str
    tone: str
    fared: str
    fared_tone: str
    open: int
    hidden: bool
    why: str


def column_heads(
    proposal: ProposalView, counts: tuple[ColumnCounts, ...]
) -> tuple[ColumnHead, ...]:
    """Return the headings of a sheet's columns; ``counts`` are those of the draft."""
    by_letter: dict[str, list[ColumnCounts]] = {}
    for count in counts:
        by_letter.setdefault(count.letter, []).append(count)
    return tuple(_head(column, proposal, by_letter.get(column.letter, [])) for column in
                 proposal.columns)  # fmt: skip


def _head(column: ColumnView, proposal: ProposalView, counts: list[ColumnCounts]) -> ColumnHead:
    uses = used(column)
    words = list(dict.fromkeys(use_title(use, proposal) for use in uses))
    filtered = [value for letter, value in proposal.where if letter == column.letter]
    words += [_tr("only “{value}”").format(value=value) for value in filtered]
    fared, tone, left = _fared(counts)
    why = [use.reason for use in column.uses if use.reason]
    return ColumnHead(
        letter=column.letter,
        header=column.header,
        role=" + ".join(words) or _tr("Not used"),
        tone=_tone(uses) if uses else "warn" if filtered else "muted",
        fared=fared,
        fared_tone=tone,
        open=left,
        hidden=column.hidden,
        why="; ".join(dict.fromkeys(why)),
    )


def use_title(use: UseView, proposal: ProposalView) -> str:
    """Return what a use of a column is called, e.g. "Country (after the dash)" or "Price · MO"."""
    if use.role == ATTRIBUTE:
        names = {a.key: a.name for a in proposal.attributes}
        name = names.get(use.attribute, use.attribute.replace("_", " ").capitalize())
        part = part_name(use.part)
        return f"{name} ({part})" if part else name
    title = dict(proposal.roles).get(use.role, use.role.replace("_", " ").capitalize())
    return " · ".join((title, *use.key_names))


def part_name(part: str) -> str:
    """Return what a part of a cell (Q31) is called inside a sentence, "" for all of it."""
    return part_names().get(part, "")


def part_names() -> dict[str, str]:
    """Return the parts of a cell that may count alone, with what they are called."""
    return {
        "after_dash": _tr("after the dash"),
        "before_dash": _tr("before the dash"),
        "in_brackets": _tr("in brackets"),
        "section": _tr("from the section title"),
    }


def _tone(uses: tuple[UseView, ...]) -> str:
    roles = {use.role for use in uses}
    if PRICE in roles:
        return "ok"
    if ATTRIBUTE in roles:
        return "accent"
    return "warn" if FILTER in roles else "info"


def _fared(counts: list[ColumnCounts]) -> tuple[str, str, int]:
    distinct = sum(count.distinct for count in counts)
    auto = sum(count.auto for count in counts)
    suggested = sum(count.suggested for count in counts)
    unmatched = sum(count.unmatched for count in counts)
    if not distinct:
        return "", "muted", 0
    if unmatched:
        text = _tr("No match for %n value(s)", unmatched)
        return text, "warn", unmatched + suggested
    if suggested:
        return _tr("%n suggestion(s) to check", suggested), "warn", suggested
    text = _tr("{matched} of {all} matched")
    return (
        text.format(matched=formats.number(auto), all=formats.number(distinct)),
        "muted",
        0,
    )


def _tr(text: str, count: int = -1) -> str:
    shown = QCoreApplication.translate("ColumnHeads", text, "", count)
    if "(s)" in shown:  # the source text itself, where no translation knows its plural
        shown = shown.replace("(s)", "" if count == 1 else "s").replace("%n", str(count))
    return shown
