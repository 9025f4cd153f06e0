"""What a file looks like: its sheets, their headers and the proposed roles; runs in the worker."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from dictionaries.catalogue import Catalogue, load_catalogue
from dictionaries.entries import Dictionaries
from importers.formats.book import OpenOptions
from importers.formats.reading import open_book
from importers.proposals.columns import propose
from importers.records import ParsedSheet, column_letter
from importers.settings import ColumnUse, Proposal, Role
from importers.tree_sheet import is_tree_sheet


def inspect_book(
    path: Path,
    options: OpenOptions,
    dictionaries: Dictionaries,
    report: Callable[[str, int, int | None], None],
) -> dict[str, Any]:
    """Return the description that ``tariffdesk inspect`` prints; rows are 1-based there."""
    report("reading", 0, None)
    book = open_book(path, options)
    report("understanding", 0, None)
    catalogue = load_catalogue()
    return {
        "file": str(path),
        "type": book.type,
        "encoding": book.encoding or None,
        "delimiter": book.delimiter or None,
        "notes": [note.reason for note in book.notes],
        "sheets": [_sheet(s, dictionaries, catalogue) for s in book.sheets],
    }


def _sheet(sheet: ParsedSheet, dictionaries: Dictionaries, catalogue: Catalogue) -> dict[str, Any]:
    proposal = propose(sheet, dictionaries, catalogue)
    tree_sheet = is_tree_sheet(sheet)
    return {
        "name": sheet.name,
        "hidden": sheet.hidden,
        "rows": sheet.row_count,
        "header_row": max(proposal.header_rows) + 1 if proposal.header_rows else None,
        "end_row": proposal.end_row + 1 if sheet.row_count else None,
        "decimal": proposal.decimal or None,
        "currency": proposal.currency or None,
        "unit": proposal.unit or None,
        "domain": proposal.domain or None,
        "resource": proposal.resource or None,
        "kind": "tree_sheet" if tree_sheet else proposal.kind.value,
        "levels": list(proposal.levels),
        "price_list": proposal.price_list or tree_sheet,
        "hidden_rows": len(sheet.hidden_rows) if sheet.visibility_known else None,
        "columns": _columns(sheet, proposal),
        "reasons": proposal.reasons,
        "notes": [note.reason for note in sheet.notes],
    }


def _columns(sheet: ParsedSheet, proposal: Proposal) -> list[dict[str, Any]]:
    uses: dict[int, list[ColumnUse]] = {}
    for use in proposal.columns:
        uses.setdefault(use.column, []).append(use)
    unused = ColumnUse(column=0, role=Role.IGNORE, reason="no role was found")
    return [
        {
            "column": column_letter(index),
            "header": proposal.headers[index] if index < len(proposal.headers) else "",
            "role": use.role.value,
            "attribute": use.attribute or ",".join(f"{a}:{k}" for a, k in use.keys) or None,
            "reason": use.reason,
            "hidden": sheet.columns[index].hidden,
        }
        for index in range(len(sheet.columns))
        for use in uses.get(index, [unused])
    ]
