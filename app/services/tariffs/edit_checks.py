"""Refuses edits that make no sense in a rate tree, with a sentence that names the node."""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.kinds import OTHERS, PriceType
from app.domain.pricing import parse_scale
from app.domain.tree_draft import EditRefused, NodeState, Staged, TreeDraft
from app.domain.tree_edits import checked
from app.errors import UserError
from app.services.tariffs.edit_paths import DraftPaths, Path
from app.services.tariffs.edit_rebase import Plan
from app.services.tariffs.tree_names import attribute_name
from app.services.tariffs.tree_options import allowed_attributes, allowed_types
from dictionaries.catalogue import Catalogue

LONGEST_KEY = 400


def check_plan(plan: Plan, draft: TreeDraft, paths: DraftPaths, service_type: str) -> None:
    """Raise UserError for the first node of a plan that can't be stored as it is."""
    numbers = [node.number for node in plan.added] + [number for number, _ in plan.updated]
    states = [node.state for node in plan.added] + [state for _, state in plan.updated]
    for number, state in zip(numbers, states, strict=True):
        entry = draft.get(number)
        if entry is None:  # a node that others had added too: it was checked when they saved
            continue
        path = (*paths.pairs(entry.above), (entry.attribute, state.key)) if entry.above else ()
        problem = _problem(paths.catalogue, service_type, path, state, entry)
        if problem:
            where = paths.text(entry.above, entry.attribute, state.key) or "The top of the tree"
            raise UserError(f"{where}: {problem}")


def _problem(
    catalogue: Catalogue, service_type: str, path: Path, state: NodeState, entry: Staged
) -> str:
    try:
        checked(state)
    except EditRefused as refused:
        return str(refused)
    base = entry.base
    if state.scale is not None and (base is None or base.scale != state.scale):
        problem = scale_problem(state.scale)
        if problem:
            return problem
    if base is None:
        problem = key_problem(catalogue, path)
        if problem:
            return problem
    return _type_problem(catalogue, service_type, path, state, base)


def _type_problem(
    catalogue: Catalogue, service_type: str, path: Path, state: NodeState, base: NodeState | None
) -> str:
    if not path:
        return "" if state.depends_on == "domain" else "it always depends on the service domain."
    known = (base.price_type, base.depends_on) if base else (int(PriceType.NONE), None)
    types = {known[0], *allowed_types(catalogue, service_type, path)}
    if state.price_type not in types:
        word = PriceType(state.price_type).name.replace("_", " ").lower()
        return f'the price type "{word}" is not possible here: choose another one.'
    if state.depends_on not in {None, known[1], *allowed_attributes(catalogue, path)}:
        name = attribute_name(catalogue, state.depends_on or "")
        return f"it can't depend on {name} here: choose another attribute."
    return ""


def scale_problem(text: str) -> str:
    """Return "", or a sentence why a scale's text can't be stored."""
    try:
        scale = parse_scale(text)
    except (ValueError, KeyError, TypeError) as problem:
        return f"the scale is not complete ({problem})."
    if any(tier.price < 0 for tier in scale.tiers):
        return "a scale has no negative prices."
    if any(tier.up_to is not None and tier.up_to <= 0 for tier in scale.tiers):
        return "the thresholds of a scale are above 0."
    return ""


def key_problem(catalogue: Catalogue, path: Path) -> str:
    """Return "", or a sentence why the last key of ``path`` can't stand there.

    A key that is not (or no longer) in its dictionary works and is marked (SVC-7).
    """
    attribute, key = path[-1]
    if not key.strip() or len(key) > LONGEST_KEY or any(char < " " for char in key):
        return f"a key is a text of 1 to {LONGEST_KEY} characters without line breaks."
    if attribute == "domain":
        return "" if key in catalogue.domains else "there is no such service domain."
    if attribute == "resource":
        known = [resource.key for resource in catalogue.of_domain(path[0][1])]
        return "" if key in known else "the service domain has no such resource."
    if attribute not in catalogue.attributes:
        return "its place in the tree has another attribute now: reload the tree."
    if catalogue.attributes[attribute].kind == "prefix" and key != OTHERS:
        return "" if key.isascii() and key.isdigit() else "a prefix consists of digits only."
    return ""


def path_fits(catalogue: Catalogue, path: Path, attributes: Sequence[str]) -> str:
    """Return the first of ``attributes`` that a node at ``path`` may not have below it, or ""."""
    allowed = set(allowed_attributes(catalogue, path))
    return next((attribute for attribute in attributes if attribute not in allowed), "")
