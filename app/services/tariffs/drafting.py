"""From a file to a draft tree and its difference to the current one; runs in the worker process.

Everything here works on values: the current tree comes in as arrays, nothing touches a database.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from app.domain.counting import counted
from app.domain.diff import ChangeSet, Mode, TreeDiff, change_set, diff
from app.domain.tree import LeafValues, LevelCodes, RateTree, TableProblem, build, from_table
from app.services.tariffs.targets import (
    Rules,
    Target,
    check_kind,
    check_levels,
    has_level,
    has_rates,
    named_target,
    proposed_target,
    steps,
)
from dictionaries.catalogue import Catalogue, load_catalogue
from dictionaries.entries import Dictionaries
from dictionaries.results import GREEN
from importers.choices import Choices, settings_for, settings_of
from importers.formats.book import Book, OpenOptions
from importers.formats.reading import open_book
from importers.matching.coverage import tell_missing_others
from importers.matching.rows import RowsResult, build_rows
from importers.profiles import Profile, from_profile
from importers.proposals.columns import Hints, propose
from importers.proposals.layout import shape_signature
from importers.records import (
    Decision,
    DecisionKind,
    FileProblem,
    Issue,
    MatchedRows,
    ParsedSheet,
    RowState,
    Severity,
)
from importers.settings import ImportSettings, Kind, Proposal
from importers.tree_sheet import currencies_of, is_tree_sheet, read_tree_sheet

Report = Callable[[str, int, int | None], None]

LIKENESSES = 20
"""Values taken by likeness that are listed per column."""


@dataclass(frozen=True, slots=True)
class DraftRequest:
    """What the parent asks for; ``today`` lets prices of the past be warned about (Q35)."""

    path: Path
    options: OpenOptions
    choices: Choices
    node: str = ""
    mode: str = ""
    rules: Rules = field(default_factory=Rules)
    currency: str = ""
    vendor: str = ""
    profile: str = ""
    profiles: tuple[Profile, ...] = ()
    today: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """The outcome: what was understood, the difference, what is to be written, what is open."""

    book_type: str
    sheet: ParsedSheet
    proposal: Proposal | None
    settings: ImportSettings | None
    target: Target | None
    tree: RateTree
    difference: TreeDiff
    rows: dict[str, int]
    state: np.ndarray[Any, np.dtype[np.int8]]
    columns: list[dict[str, Any]]
    issues: list[Issue]
    decisions: list[Decision]
    profile: str = ""
    signature: str = ""
    effective: dt.date | None = None

    def changes(self) -> ChangeSet:
        """Return what a commit writes."""
        return change_set(self.difference)


@dataclass(frozen=True, slots=True)
class _Chosen:
    sheet: ParsedSheet
    proposal: Proposal
    decisions: list[Decision]


def draft(
    request: DraftRequest,
    current: RateTree,
    dictionaries: Dictionaries,
    report: Report,
) -> Draft:
    """Read the file and draft its tree. Raises FileProblem if it can't be used at all."""
    catalogue = load_catalogue()
    report("reading", 0, None)
    book = open_book(request.path, request.options)
    report("understanding", 0, None)
    sheets = _candidates(book, request.choices.sheet)
    if len(sheets) == 1 and is_tree_sheet(sheets[0]):
        return _draft_tree_sheet(book, sheets[0], request, current, report)
    chosen = _choose(sheets, request, dictionaries, catalogue)
    notes = list(book.notes)
    book_type = book.type
    del book, sheets
    return _draft_rows(book_type, chosen, notes, request, current, dictionaries, catalogue, report)


def _candidates(book: Book, wanted: str) -> list[ParsedSheet]:
    """Return the sheets in question: the named one, else all that hold something."""
    if not wanted:
        filled = [s for s in book.sheets if s.row_count]
        visible = [s for s in filled if not s.hidden]
        if not filled:
            raise FileProblem(f"{book.path.name} holds no data: every sheet is empty.")
        return visible or filled
    for number, sheet in enumerate(book.sheets, start=1):
        if wanted in (sheet.name, str(number)):
            return [sheet]
    names = ", ".join(f"{n} {s.name}" for n, s in enumerate(book.sheets, start=1))
    raise FileProblem(f'{book.path.name} has no sheet "{wanted}"; it has {names}.')


def _choose(
    sheets: Sequence[ParsedSheet],
    request: DraftRequest,
    dictionaries: Dictionaries,
    catalogue: Catalogue,
) -> _Chosen:
    hints = _hints(request, catalogue, dictionaries)
    proposals = [propose(s, dictionaries, catalogue, hints=hints) for s in sheets]
    plausible = [(s, p) for s, p in zip(sheets, proposals, strict=True) if p.price_list]
    decisions = []
    if len(plausible) > 1:
        names = tuple(s.name for s, _ in plausible)
        decisions.append(
            Decision(
                DecisionKind.SHEET,
                f"{len(names)} sheets look like price lists ({', '.join(names)}): "
                "choose one with --sheet.",
                options=names,
            )
        )
    if not plausible and not request.choices.columns and not request.profile:
        raise FileProblem(_no_price_list(request.path, sheets, proposals))
    sheet, proposal = (plausible or list(zip(sheets, proposals, strict=True)))[0]
    return _Chosen(sheet, proposal, decisions)


def _no_price_list(path: Path, sheets: Sequence[ParsedSheet], proposals: Sequence[Proposal]) -> str:
    reasons = "; ".join(
        f'sheet "{s.name}": {p.reasons.get("price_list", "no price column was found")}'
        for s, p in zip(sheets, proposals, strict=True)
    )
    return (
        f"{path.name} does not look like a price list ({reasons}). "
        "Declare its columns with --column, e.g. --column C=price --column A=attribute:country."
    )


def _hints(request: DraftRequest, catalogue: Catalogue, dictionaries: Dictionaries) -> Hints:
    choices = request.choices
    resource = ""
    if request.node:
        resource = named_target(request.node, catalogue, dictionaries).resource.key
    return Hints(
        resource=resource,
        kind=Kind(choices.kind) if choices.kind else None,
        decimal=choices.decimal,
        currency=choices.currency,
        start_row=None if choices.start_row is None else choices.start_row - 1,
        end_row=None if choices.end_row is None else choices.end_row - 1,
    )


def _draft_rows(
    book_type: str,
    chosen: _Chosen,
    notes: list[Issue],
    request: DraftRequest,
    current: RateTree,
    dictionaries: Dictionaries,
    catalogue: Catalogue,
    report: Report,
) -> Draft:
    sheet, proposal = chosen.sheet, chosen.proposal
    signature = shape_signature(sheet, proposal)
    base, profile, differences = _base(request, sheet, proposal, signature)
    settings = settings_for(
        base, request.choices, sheet=sheet, headers=proposal.headers, catalogue=catalogue
    )
    target = _target(request, proposal, settings, current, catalogue, dictionaries)
    settings = _with_target_levels(settings, target, current)
    check_levels(target, settings.levels)
    check_kind(target, settings.kind)
    report("matching", 0, None)
    result = build_rows(
        sheet,
        settings,
        dictionaries,
        catalogue,
        resource=target.resource.key,
        vendor=request.vendor,
        service_currency=request.currency,
        today=request.today,
    )
    decisions = [*chosen.decisions, *_open_questions(settings, proposal), *result.decisions]
    if not len(result.rows) and not decisions:
        raise FileProblem(_no_rates(request.path, result))
    report("building", 0, None)
    tree = build(steps(target, request.rules, current), _levels(result.rows), _leaves(result.rows))
    mode, mode_decisions = _mode(request.mode, target, current)
    difference = diff(current, tree, target.path, mode)
    return Draft(
        book_type=book_type,
        sheet=sheet,
        proposal=proposal,
        settings=settings,
        target=target,
        tree=tree,
        difference=difference,
        rows=asdict(result.counts),
        state=result.state,
        columns=[asdict(column) for column in result.columns],
        issues=[
            *notes,
            *differences,
            *result.issues,
            *_by_likeness(result, sheet),
            *_lint(result, target, current, mode),
        ],
        decisions=[*decisions, *mode_decisions, *_structure(difference, catalogue, dictionaries)],
        profile=profile,
        signature=signature,
        effective=result.effective,
    )


def _no_rates(path: Path, result: RowsResult) -> str:
    """Say why nothing is left to import; a replace would otherwise empty the tree."""
    first = next((i for i in result.issues if i.severity is Severity.ERROR), None)
    reason = ""
    if first is not None:
        place = f"{first.column or 'row '}{first.row}: " if first.row else ""
        reason = f"; the first reason is {place}{first.reason}"
    counts = result.counts
    return (
        f"{path.name} gives no rate at all ({counted(counts.skipped, 'row')} skipped, "
        f"{counts.errors} in error{reason}): check the chosen rows, columns and filters."
    )


def _by_likeness(result: RowsResult, sheet: ParsedSheet) -> list[Issue]:
    """Tell per column which values were taken though no name equals them, for a person's eye."""
    issues = []
    for column in result.matches:
        taken = [m for m in column.matches if m.zone == GREEN and m.reason.startswith("similar ")]
        if not taken:
            continue
        listed = ", ".join(f"{m.value} → {m.key} ({m.score:.0f} %)" for m in taken[:LIKENESSES])
        more = f" and {len(taken) - LIKENESSES} more" if len(taken) > LIKENESSES else ""
        told = f"{counted(len(taken), 'value')} taken by likeness: {listed}{more}"
        issues.append(Issue(Severity.INFO, told, sheet.name, column=column.column))
    return issues


def _lint(result: RowsResult, target: Target, current: RateTree, mode: Mode) -> list[Issue]:
    """Remark on levels without Others, unless rates that stay may fill them (L15)."""
    if has_rates(target.path, current) and mode is not Mode.REPLACE:
        return []
    gap = tell_missing_others(result.rows, load_catalogue(), target.resource.key)
    return [gap] if gap else []


def _base(
    request: DraftRequest, sheet: ParsedSheet, proposal: Proposal, signature: str
) -> tuple[ImportSettings, str, list[Issue]]:
    """Return the settings to start from: the named or recognised profile's, else the proposal's."""
    known = {p.name: p for p in request.profiles}
    if request.profile and request.profile not in known:
        names = ", ".join(sorted(known)) or "none"
        raise FileProblem(f'There is no profile "{request.profile}"; known profiles: {names}.')
    profile = known.get(request.profile)
    if profile is None and not request.choices.columns:
        fitting = [p for p in request.profiles if p.signature == signature]
        profile = fitting[0] if len(fitting) == 1 else None
    if profile is None:
        return settings_of(proposal), "", []
    settings, differences = from_profile(profile, sheet, proposal)
    issues = [Issue(Severity.WARNING, text, sheet.name) for text in differences]
    return settings, profile.name, issues


def _target(
    request: DraftRequest,
    proposal: Proposal,
    settings: ImportSettings,
    current: RateTree,
    catalogue: Catalogue,
    dictionaries: Dictionaries,
) -> Target:
    if request.node:
        return named_target(request.node, catalogue, dictionaries)
    if not proposal.resource:
        raise FileProblem(
            f"{request.path.name}: what kind of service it prices is not clear from the file; "
            'name the node with --node, e.g. --node "SMS messaging/SMS message".'
        )
    reason = proposal.reasons.get("domain", "what the file looks like")
    return proposed_target(proposal.resource, settings.levels, current, catalogue, reason)


def _with_target_levels(
    settings: ImportSettings, target: Target, current: RateTree
) -> ImportSettings:
    """WhatsApp kinds get a pricing-type level only where the target has one (F22)."""
    if settings.kind is Kind.STANDARD or "pricing_type" in settings.levels:
        return settings
    if not has_level(target.path, "pricing_type", current):
        return settings
    return settings.with_changes(
        levels=(*settings.levels, "pricing_type"),
        constants=(*settings.constants, ("pricing_type", "regular")),
    )


def _open_questions(settings: ImportSettings, proposal: Proposal) -> list[Decision]:
    if settings.decimal:
        return []
    return [
        Decision(
            DecisionKind.DECIMAL,
            "The decimal sign can't be told from the prices "
            f"({proposal.reasons.get('decimal', 'both readings are possible')}): "
            "choose it with --decimal , or --decimal .",
            options=(".", ","),
        )
    ]


def _mode(wanted: str, target: Target, current: RateTree) -> tuple[Mode, list[Decision]]:
    if wanted:
        return Mode(wanted), []
    if not has_rates(target.path, current):
        return Mode.MERGE, []
    question = (
        "The target node has rates already: say what happens to those that the file does not name "
        "with --mode merge (they stay), replace (they go) or replace-listed (they go inside the "
        "first-level keys that the file names)."
    )
    options = tuple(mode.value for mode in Mode)
    return Mode.MERGE, [Decision(DecisionKind.MODE, question, options=options)]


def _structure(
    difference: TreeDiff, catalogue: Catalogue, dictionaries: Dictionaries
) -> list[Decision]:
    if not difference.conflicts:
        return []
    first = difference.conflicts[0]
    place = catalogue.path_text(first.path, dictionaries) or "the root"
    more = len(difference.conflicts) - 1
    also = f" (and {counted(more, 'more place')})" if more else ""
    question = (
        f"At {place}{also} the tree is by {first.current}, the file by {first.draft}: "
        "replace this branch with --mode replace, or choose another node or other levels."
    )
    return [Decision(DecisionKind.STRUCTURE, question)]


def _levels(rows: MatchedRows) -> list[LevelCodes]:
    return [LevelCodes(level.attribute, level.keys, level.codes) for level in rows.levels]


def _leaves(rows: MatchedRows) -> LeafValues:
    return LeafValues(
        price_type=rows.price_type,
        price=rows.price,
        billing_rule=rows.billing_rule,
        quantity_rule=rows.quantity_rule,
        connect_price=rows.connect_price,
        first_interval=rows.first_interval,
        next_interval=rows.next_interval,
        scale=rows.scale,
        scales=rows.scales,
    )


def _balance(state: np.ndarray[Any, np.dtype[np.int8]], read: int) -> dict[str, int]:
    """Return the row balance (F19): read is the sum of the others."""
    tally = np.bincount(state[:read], minlength=len(RowState))
    return {
        "read": int(tally.sum()),
        "imported": int(tally[RowState.IMPORTED]),
        "merged": int(tally[RowState.MERGED]),
        "skipped": int(tally[RowState.SKIPPED]),
        "not_data": int(tally[RowState.NOT_DATA]),
        "errors": int(tally[RowState.ERROR]),
    }


def _draft_tree_sheet(
    book: Book, sheet: ParsedSheet, request: DraftRequest, current: RateTree, report: Report
) -> Draft:
    """Read an exported tree back (F20); it names its own nodes, so there is no target."""
    if request.node:
        raise FileProblem(
            f"{book.path.name} is an exported rate tree and names its own nodes: leave out --node."
        )
    table = read_tree_sheet(sheet)
    report("building", 0, None)
    values = LeafValues(
        price_type=table.price_type,
        price=table.price,
        billing_rule=table.billing_rule,
        quantity_rule=table.quantity_rule,
        connect_price=table.connect_price,
        first_interval=table.first_interval,
        next_interval=table.next_interval,
        scale=table.scale,
        scales=table.scales,
    )
    levels = [LevelCodes(lv.attribute, lv.keys, lv.codes) for lv in table.levels]
    try:
        tree = from_table(levels, table.depends_on, table.attributes, values)
    except TableProblem as problem:
        row = int(table.source_row[problem.row]) + 1
        raise FileProblem(f'Sheet "{sheet.name}", row {row}: {problem.reason}.') from None
    mode, decisions = _tree_mode(request.mode, current)
    difference = diff(current, tree, (), mode)
    state = np.zeros(sheet.row_count, np.int8)
    used = sheet.columns[0].codes > 0
    used[0] = False
    state[used] = RowState.IMPORTED
    return Draft(
        book_type=book.type,
        sheet=sheet,
        proposal=None,
        settings=None,
        target=None,
        tree=tree,
        difference=difference,
        rows=_balance(state, sheet.row_count),
        state=state,
        columns=[],
        issues=list(book.notes),
        decisions=[
            *decisions,
            *_tree_currency(sheet, request),
            *_structure(difference, load_catalogue(), Dictionaries.load()),
        ],
    )


def _tree_currency(sheet: ParsedSheet, request: DraftRequest) -> list[Decision]:
    """Ask about a sheet in another currency than the service's, unless --currency settles it."""
    expected, chosen = request.currency, request.choices.currency
    said = [chosen] if chosen else currencies_of(sheet)
    other = ", ".join(c for c in said if c != expected)
    if not expected or not other:
        return []
    question = (
        f"The file is in {other}, the service in {expected}: import it into a service in {other}, "
        f"or say --currency {expected} if that is what it is in."
    )
    return [Decision(DecisionKind.CURRENCY, question, value=other)]


def _tree_mode(wanted: str, current: RateTree) -> tuple[Mode, list[Decision]]:
    if wanted:
        return Mode(wanted), []
    if not current.leaf.any():
        return Mode.REPLACE, []
    question = (
        "The scope has rates already: --mode replace makes it equal to the file, "
        "--mode merge keeps what the file does not name."
    )
    options = (Mode.MERGE.value, Mode.REPLACE.value)
    return Mode.MERGE, [Decision(DecisionKind.MODE, question, options=options)]
