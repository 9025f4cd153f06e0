"""What an import session shows of a file and of its draft: plain values, page by page.

Rows are numbered as a person counts them (the first is 1); pages are asked for by position,
beginning with 0. Prices are whole numbers of 1e-8 beside their words.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Pairs = tuple[tuple[str, str], ...]
"""(key, what a person sees) pairs."""


# ------------------------------------------------------------------------------ the file


@dataclass(frozen=True, slots=True)
class SheetView:
    """One sheet as it looks at first sight; ``reasons`` explain, by ``price_list``, ``kind`` etc.

    ``kind`` is standard, whatsapp_basic, whatsapp_tier or tree_sheet (an exported rate tree).
    """

    name: str
    hidden: bool
    rows: int
    columns: int
    price_list: bool
    kind: str
    domain: str
    resource: str
    node: str
    header_row: int | None
    reasons: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BookView:
    """A file that was read. ``stamp`` (size, time of change) tells a later change on disk."""

    file: str
    type: str
    type_name: str
    encoding: str
    delimiter: str
    notes: tuple[str, ...]
    sheets: tuple[SheetView, ...]
    stamp: tuple[int, int]


# ------------------------------------------------------------------------------ the columns


@dataclass(frozen=True, slots=True)
class UseView:
    """One use of a column; ``text`` is what ``Choices.columns`` takes to say the same.

    ``keys`` = (attribute, key) pairs that a column of a wide sheet stands for, ``key_names`` what
    a person sees for each; ``part`` = the part of the cell that counts: "" = all, section,
    after_dash, before_dash, in_brackets.
    """

    role: str
    attribute: str
    by: str
    how: str
    keys: Pairs
    reason: str
    text: str
    part: str = ""
    key_names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ColumnView:
    """One column of the sheet; ``header`` "" where it has none."""

    index: int
    letter: str
    header: str
    hidden: bool
    uses: tuple[UseView, ...]


@dataclass(frozen=True, slots=True)
class AttributeView:
    """An attribute that a column may be declared as (IMP-6).

    ``case``: "none" = no dictionary, "keys" = keys only, "attributes" = keys with attributes;
    ``match_by`` are the dictionary's attributes to match by (name, title), without key and any.
    """

    key: str
    name: str
    case: str
    dictionary: str
    dictionary_title: str
    match_by: Pairs = ()


@dataclass(frozen=True, slots=True)
class LinkedLevel:
    """A level that can be added without a column: its dictionary is linked to ``source``'s."""

    attribute: str
    name: str
    source: str


@dataclass(frozen=True, slots=True)
class ProposalView:
    """How a sheet is read: the proposal, with a person's choices (and profile) on top.

    Rows are 1-based; ``end_row`` is the last data row. ``levels`` are (attribute, name) from the
    target down; ``added_levels`` those without a column. ``reasons`` by header_row, end_row,
    decimal, currency, unit, domain, kind, fill_down, section_rows, price_list …
    ``others`` is "free" if a WhatsApp card makes Others free where it has no price.
    ``roles`` are the rate properties a column may have, (role, title). ``constant_names`` are what
    a person sees for the keys of ``constants``.
    """

    sheet: str
    header_rows: tuple[int, ...]
    start_row: int
    end_row: int
    decimal: str
    currency: str
    unit: str
    kind: str
    domain: str
    resource: str
    price_list: bool
    effective: str
    date_order: str
    duplicates: str
    skip_hidden: bool
    columns: tuple[ColumnView, ...]
    levels: Pairs
    added_levels: tuple[str, ...]
    constants: Pairs
    where: tuple[tuple[str, str], ...]
    section_rows: tuple[int, ...]
    fill_down: tuple[str, ...]
    hidden_rows: int | None
    hidden_columns: tuple[str, ...]
    roles: Pairs
    attributes: tuple[AttributeView, ...]
    addable: tuple[LinkedLevel, ...]
    reasons: dict[str, str] = field(default_factory=dict)
    others: str = ""
    constant_names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ColumnValue:
    """A value of a column as the sheet shows it, and the number of rows that have it."""

    text: str
    rows: int


@dataclass(frozen=True, slots=True)
class ColumnValues:
    """The most frequent values of a column that match a text; ``total`` = how many match."""

    total: int
    values: tuple[ColumnValue, ...]


@dataclass(frozen=True, slots=True)
class CellMark:
    """A remark on one cell; ``column`` is its 0-based index, -1 for the row as a whole."""

    column: int
    severity: str
    reason: str


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row of the sheet as a person sees it.

    ``state``: header, section, title (above the data), data, imported, merged, skipped, error,
    blank, below (after the last data row). ``reason`` is the first remark on it.
    """

    number: int
    state: str
    hidden: bool
    cells: tuple[str, ...]
    marks: tuple[CellMark, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RowsView:
    """A block of rows from position ``first`` on, of ``total``."""

    sheet: str
    first: int
    total: int
    rows: tuple[SheetRow, ...]


# ------------------------------------------------------------------------------ the draft


@dataclass(frozen=True, slots=True)
class Message:
    """Something to read before going on. ``severity``: block, error, warning, info.

    ``kind`` of a blocking one is that of the decision: value, mode, decimal, date, currency,
    structure, sheet, filter, node, role, rows. ``options`` are the possible answers.
    """

    severity: str
    kind: str
    text: str
    options: tuple[str, ...] = ()
    column: str = ""
    row: int | None = None
    count: int = 1


@dataclass(frozen=True, slots=True)
class ColumnCounts:
    """How the distinct values of one column fared: ``auto`` + ``suggested`` + ``unmatched``."""

    letter: str
    header: str
    role: str
    attribute: str
    distinct: int
    auto: int
    suggested: int
    unmatched: int


@dataclass(frozen=True, slots=True)
class LevelView:
    """One level of the tree as it will be with its number of nodes."""

    attribute: str
    name: str
    nodes: int


@dataclass(frozen=True, slots=True)
class DraftView:
    """The outcome of a draft.

    ``report`` is the command line's report without its issues (ask :meth:`ImportSession.issues`);
    ``decisions`` the open questions as plain data, without the question about the mode if none was
    chosen: ``mode`` is then the default and ``mode_open`` True. ``rows`` is the row balance
    (read = imported + merged + skipped + not_data + errors), ``changes`` the leaves per change
    word, ``values`` the values per filter of :meth:`ImportSession.values`. ``proposal`` holds the
    settings in force, None for a tree sheet. ``block`` is the sentence why a commit would be
    refused, "" if it would not. ``leaves`` = rates of the file, ``staying`` = rates below the
    target that the file does not name and that stay; all changes but the removed ones and these
    are the rates afterwards, whose ``levels`` are counted. ``others_free`` = regions of a WhatsApp
    card that get Others = Free by choice, ``service_free`` = those that get Service = Free with
    it, ``without_others`` = regions that have no Others (A10).
    """

    report: dict[str, Any]
    decisions: tuple[dict[str, Any], ...]
    messages: tuple[Message, ...]
    block: str
    rows: dict[str, int]
    changes: dict[str, int]
    values: dict[str, int]
    issues: dict[str, int]
    columns: tuple[ColumnCounts, ...]
    leaves: int
    levels: tuple[LevelView, ...]
    proposal: ProposalView | None
    service: str
    currency: str
    scope: int
    revision: int
    node: str
    node_reason: str
    resource: str
    mode: str
    mode_open: bool
    mode_options: tuple[str, ...]
    drops_others: bool
    live: bool
    effective: str
    profile: str
    profile_differences: tuple[str, ...]
    profiles: tuple[str, ...]
    rejected: int
    staying: int
    others_free: int
    service_free: int
    without_others: int


@dataclass(frozen=True, slots=True)
class Alternative:
    """A key that a value may mean; ``score`` 0-100."""

    key: str
    name: str
    score: float


@dataclass(frozen=True, slots=True)
class ValueRow:
    """A distinct value of the key columns (or a word in a price cell: dictionary "price").

    ``id`` is its key in ``Choices.answers``. ``zone``: green, yellow, red; ``origin``: auto,
    learned, manual. ``key`` of a suggestion is the one suggested; several keys are joined by ";".
    ``open`` = a person has to decide.
    """

    id: str
    dictionary: str
    context: str
    context_name: str
    value: str
    columns: tuple[str, ...]
    rows: int
    zone: str
    origin: str
    open: bool
    key: str
    name: str
    score: float
    reason: str
    alternatives: tuple[Alternative, ...] = ()


@dataclass(frozen=True, slots=True)
class ValuesPage:
    """Values from position ``first`` on, of ``total`` that pass the filter, weightiest first.

    ``counts``: all, open, yellow, red, manual, learned, green, under the same text filter.
    """

    first: int
    total: int
    rows: tuple[ValueRow, ...]
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class Found:
    """A key found by typing; ``detail`` tells it from others (code, countries, other name)."""

    key: str
    name: str
    detail: str


@dataclass(frozen=True, slots=True)
class TreeRow:
    """A node of the tree as it will be.

    ``change``: new, increased, decreased, changed, unchanged, stays (a rate that the file does not
    name) or "" (branch). ``old`` is its price in words today, "" if it has none; ``source_row`` its
    row in the sheet. ``connect`` and ``intervals`` are what a voice rate has beside its price.
    """

    id: int
    attribute: str
    key: str
    name: str
    price_type: str
    price: str
    old: str
    children: int
    leaves: int
    change: str
    source_row: int | None
    connect: str
    intervals: str
    billing_rule: str
    quantity_rule: str


@dataclass(frozen=True, slots=True)
class TreePage:
    """Children of node ``parent`` (0 is the root) from position ``first`` on, of ``total``."""

    parent: int
    first: int
    total: int
    rows: tuple[TreeRow, ...]


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One leaf that changes (or stays). ``old``/``new`` are prices in words.

    ``old_price``/``new_price`` are 1e-8 units of flat prices, else None; ``percent`` likewise.
    ``node`` is its id in the draft's tree, None if it is removed.
    """

    change: str
    path: str
    old: str
    new: str
    old_price: int | None
    new_price: int | None
    percent: float | None
    node: int | None
    source_row: int | None
    source_column: str


@dataclass(frozen=True, slots=True)
class ChangesPage:
    """Changes from position ``first`` on, of ``total``; ``counts`` per kind, before filters."""

    first: int
    total: int
    rows: tuple[ChangeRow, ...]
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class IssueRow:
    """One remark; ``row`` 1-based and ``column`` a letter, where known."""

    severity: str
    sheet: str
    row: int | None
    column: str
    value: str
    reason: str


@dataclass(frozen=True, slots=True)
class IssuesPage:
    """Remarks from position ``first`` on, of ``total``; ``counts`` per severity, before filters."""

    first: int
    total: int
    rows: tuple[IssueRow, ...]
    counts: dict[str, int]
