"""From a file to a draft tree and its difference to the current one; runs in the worker process.

Everything here works on values: the current tree comes in as arrays, nothing touches a database.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from app.domain.counting import counted
from app.domain.diff import Mode, diff
from app.domain.tree import LeafValues, LevelCodes, RateTree, build, leaf_order
from app.services.tariffs.drafting_tree_sheet import draft_tree_sheet
from app.services.tariffs.drafts import (
    NO_PROFILE,
    Draft,
    DraftRequest,
    FileFacts,
    Kept,
    Report,
    structure_questions,
)
from app.services.tariffs.free_others import (
    ADVICE,
    CATEGORY,
    Drafted,
    settle_others,
    tell_others,
)
from app.services.tariffs.price_jumps import tell_jumps
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
from importers.formats.book import Book
from importers.formats.reading import open_book
from importers.matching.coverage import tell_missing_others
from importers.matching.rows import RowsResult, build_rows
from importers.profiles import from_profile
from importers.proposals.columns import Hints, propose
from importers.proposals.layout import shape_signature
from importers.records import (
    Decision,
    DecisionKind,
    FileProblem,
    Issue,
    MatchedRows,
    ParsedSheet,
    Severity,
)
from importers.settings import ImportSettings, Kind, Proposal
from importers.tree_sheet import is_tree_sheet

LIKENESSES = 20
"""Values taken by likeness that are listed per column."""


@dataclass(frozen=True, slots=True)
class _Chosen:
    """The sheet to read; ``proposal`` None = an exported tree."""

    sheet: ParsedSheet
    proposal: Proposal | None
    decisions: list[Decision]


@dataclass(frozen=True, slots=True)
class _Plan:
    """How the rows are read: ``settings`` of the ``profile`` ("" = none) and the person's choices.

    ``differences`` = where the sheet is not as the profile knows it.
    """

    settings: ImportSettings
    target: Target
    signature: str
    profile: str
    differences: list[Issue]


def draft(
    request: DraftRequest,
    current: RateTree,
    dictionaries: Dictionaries,
    report: Report,
) -> Draft:
    """Read the file and draft its tree. Raises FileProblem if it can't be used at all."""
    report("reading", 0, None)
    book = open_book(request.path, request.options)
    chosen = _understood(book, request, dictionaries, report, None)
    source = FileFacts(book.type, list(book.notes))
    del book  # the other sheets
    return _draft(source, chosen, request, current, dictionaries, report, None)


def draft_again(
    book: Book,
    request: DraftRequest,
    current: RateTree,
    dictionaries: Dictionaries,
    report: Report,
    *,
    kept: Kept,
) -> Draft:
    """Draft a file that was read before, for a preview; the same as :func:`draft` gives."""
    chosen = _understood(book, request, dictionaries, report, kept)
    source = FileFacts(book.type, list(book.notes))
    return _draft(source, chosen, request, current, dictionaries, report, kept)


def _understood(
    book: Book,
    request: DraftRequest,
    dictionaries: Dictionaries,
    report: Report,
    kept: Kept | None,
) -> _Chosen:
    """Return the sheet to read with its proposal (None for a tree sheet)."""
    report("understanding", 0, None)
    sheets = _candidates(book, request.choices.sheet)
    if len(sheets) == 1 and is_tree_sheet(sheets[0]):
        return _Chosen(sheets[0], None, [])
    return _choose(sheets, request, dictionaries, kept)


def _draft(
    source: FileFacts,
    chosen: _Chosen,
    request: DraftRequest,
    current: RateTree,
    dictionaries: Dictionaries,
    report: Report,
    kept: Kept | None,
) -> Draft:
    if chosen.proposal is None:
        return draft_tree_sheet(source, chosen.sheet, request, current, report, keep=bool(kept))
    return _draft_rows(source, chosen, request, current, dictionaries, report, kept)


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
    kept: Kept | None,
) -> _Chosen:
    hints = hints_of(request.choices, request.node, dictionaries)
    proposals = [propose_sheet(s, hints, dictionaries, kept) for s in sheets]
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


def propose_sheet(
    sheet: ParsedSheet, hints: Hints, dictionaries: Dictionaries, kept: Kept | None = None
) -> Proposal:
    """Return what a sheet looks like, as remembered in ``kept`` if it was asked before."""
    known = kept.proposals.get((sheet.name, hints)) if kept else None
    if known is None:
        known = propose(sheet, dictionaries, load_catalogue(), hints=hints)
        if kept:
            kept.proposals[sheet.name, hints] = known
    return known


def hints_of(choices: Choices, node: str, dictionaries: Dictionaries) -> Hints:
    """Return what a person's choices fix before a sheet is looked at.

    Raises FileProblem if ``node`` names no place of a rate tree.
    """
    resource = ""
    if node:
        resource = named_target(node, load_catalogue(), dictionaries).resource.key
    return Hints(
        resource=resource,
        kind=Kind(choices.kind) if choices.kind else None,
        decimal=choices.decimal,
        currency=choices.currency,
        start_row=None if choices.start_row is None else choices.start_row - 1,
        end_row=None if choices.end_row is None else choices.end_row - 1,
    )


def _draft_rows(
    source: FileFacts,
    chosen: _Chosen,
    request: DraftRequest,
    current: RateTree,
    dictionaries: Dictionaries,
    report: Report,
    kept: Kept | None,
) -> Draft:
    sheet, proposal = chosen.sheet, chosen.proposal
    assert proposal is not None
    plan = _planned(sheet, proposal, request, current, dictionaries)
    settings, target = plan.settings, plan.target
    report("matching", 0, None)
    result = _rows(sheet, settings, target, request, dictionaries, kept)
    decisions = [*chosen.decisions, *_open_questions(settings, proposal), *result.decisions]
    if not len(result.rows) and not decisions:
        decisions.append(_nothing(request.path, result, preview=kept is not None))
    report("building", 0, None)
    mode, mode_decisions = _mode(request.mode, target, current)
    drafted = _built(result, target, request.rules, current, mode, keep=kept is not None)
    drafted = settle_others(drafted, settings, target.path, mode)
    difference = drafted.difference
    return Draft(
        book_type=source.type,
        sheet=sheet,
        proposal=proposal,
        settings=settings,
        target=target,
        tree=drafted.tree,
        difference=difference,
        rows=asdict(result.counts),
        state=result.state,
        columns=[asdict(column) for column in result.columns],
        issues=[
            *source.notes,
            *plan.differences,
            *result.issues,
            *_by_likeness(result, sheet),
            *tell_jumps(difference, dictionaries, sheet.name),
            *tell_others(drafted, settings),
            *_lint(result, target, current, mode, drafted),
        ],
        decisions=[
            *decisions,
            *mode_decisions,
            *structure_questions(difference, load_catalogue(), dictionaries),
        ],
        profile=plan.profile,
        signature=plan.signature,
        effective=result.effective,
        profile_differences=tuple(issue.reason for issue in plan.differences),
        result=result if kept else None,
        node_rows=drafted.node_rows,
        others_free=drafted.others_free,
        service_free=drafted.service_free,
        without_others=drafted.without_others,
    )


def _planned(
    sheet: ParsedSheet,
    proposal: Proposal,
    request: DraftRequest,
    current: RateTree,
    dictionaries: Dictionaries,
) -> _Plan:
    """Return how the rows are read. Raises FileProblem for choices that do not go together."""
    catalogue = load_catalogue()
    signature = shape_signature(sheet, proposal)
    base, profile, differences = _base(request, sheet, proposal, signature)
    settings = settings_for(
        base, request.choices, sheet=sheet, headers=proposal.headers, catalogue=catalogue
    )
    target = _target(request, proposal, settings, current, catalogue, dictionaries)
    settings = _with_target_levels(settings, target, current)
    check_levels(target, settings.levels)
    check_kind(target, settings.kind)
    return _Plan(settings, target, signature, profile, differences)


def _rows(
    sheet: ParsedSheet,
    settings: ImportSettings,
    target: Target,
    request: DraftRequest,
    dictionaries: Dictionaries,
    kept: Kept | None,
) -> RowsResult:
    return build_rows(
        sheet,
        settings,
        dictionaries,
        load_catalogue(),
        resource=target.resource.key,
        vendor=request.vendor,
        service_currency=request.currency,
        today=request.today,
        memo=kept.matches if kept else None,
        trail=kept is not None,
    )


def _built(
    result: RowsResult, target: Target, rules: Rules, current: RateTree, mode: Mode, *, keep: bool
) -> Drafted:
    """Return the tree of the rows with what it does to the current one."""
    levels = _levels(result.rows)
    tree = build(steps(target, rules, current), levels, _leaves(result.rows))
    node_rows = _node_rows(tree, levels, result.rows) if keep else None
    return Drafted(tree, diff(current, tree, target.path, mode), node_rows)


def _node_rows(
    tree: RateTree, levels: Sequence[LevelCodes], rows: MatchedRows
) -> np.ndarray[Any, np.dtype[np.int32]]:
    """Return the sheet row of every leaf; branches have none."""
    found = np.full(len(tree), -1, np.int32)
    found[tree.depends_on < 0] = rows.source_row[leaf_order(levels, len(rows))]
    return found


def _nothing(path: Path, result: RowsResult, *, preview: bool) -> Decision:
    """Return why no rate is left, which a preview shows; raises FileProblem without one."""
    reason = _no_rates(path, result)
    if not preview:
        raise FileProblem(reason)
    return Decision(DecisionKind.ROLE, reason)


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


def _lint(
    result: RowsResult, target: Target, current: RateTree, mode: Mode, drafted: Drafted
) -> list[Issue]:
    """Remark on levels without Others, unless rates that stay may fill them (L15)."""
    if has_rates(target.path, current) and mode is not Mode.REPLACE:
        return []
    gap = tell_missing_others(
        result.rows,
        load_catalogue(),
        target.resource.key,
        filled=(CATEGORY,) if drafted.others_free else (),
        advice=ADVICE if drafted.without_others else "",
    )
    return [gap] if gap else []


def _base(
    request: DraftRequest, sheet: ParsedSheet, proposal: Proposal, signature: str
) -> tuple[ImportSettings, str, list[Issue]]:
    """Return the settings to start from: the named or recognised profile's, else the proposal's."""
    known = {p.name: p for p in request.profiles}
    named = request.profile not in ("", NO_PROFILE)
    if named and request.profile not in known:
        names = ", ".join(sorted(known)) or "none"
        raise FileProblem(f'There is no profile "{request.profile}"; known profiles: {names}.')
    profile = known.get(request.profile)
    if not request.profile and not request.choices.columns:
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
