"""Where an import goes: the node a person named, or the one the file looks like (IMP-2, F22)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.tree import BillingRule, PathStep, PriceType, QuantityRule, RateTree
from dictionaries.catalogue import Catalogue, Resource
from dictionaries.entries import Dictionaries
from importers.records import FileProblem
from importers.settings import Kind

Path = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Target:
    """The node an import goes to: its path from the root, its resource, and why it was chosen."""

    path: Path
    resource: Resource
    reason: str


@dataclass(frozen=True, slots=True)
class Rules:
    """Rules a person asked for, as dictionary keys; "" = as they are, else the catalogue's."""

    billing: str = ""
    quantity: str = ""


def named_target(text: str, catalogue: Catalogue, dictionaries: Dictionaries) -> Target:
    """Return the target of a ``--node`` path. Raises FileProblem telling the possibilities."""
    try:
        path = catalogue.parse_path(text, dictionaries)
    except ValueError as problem:
        raise FileProblem(f"--node: {problem}") from None
    if len(path) < 2:
        raise FileProblem(
            f'--node "{text}" names a service domain; add a resource, e.g. "{text}/…": '
            "imports go to the second level or below."
        )
    return Target(path, catalogue.resources[path[1][1]], "named with --node")


def proposed_target(
    resource_key: str, levels: Sequence[str], current: RateTree, catalogue: Catalogue, reason: str
) -> Target:
    """Return the node a file looks like: the resource, or its A2P (MT) child (F22)."""
    resource = catalogue.resources[resource_key]
    path: Path = (("domain", resource.domain), ("resource", resource.key))
    node = current.find(path)
    by_direction = (
        node >= 0
        and current.depends_on[node] >= 0
        and current.attributes[current.depends_on[node]] == "direction"
    )
    if by_direction and "direction" not in levels:
        path = (*path, ("direction", "mt"))
        reason = f"{reason}; the resource depends on direction, so A2P (MT)"
    return Target(path, resource, reason)


def check_levels(target: Target, levels: Sequence[str]) -> None:
    """Refuse levels that the target's resource does not have, or that its path already fixes."""
    fixed = {attribute for attribute, _ in target.path}
    for attribute in levels:
        if attribute in fixed:
            raise FileProblem(
                f'The level "{attribute}" is already fixed by the target node; choose a node above '
                "it, or do not declare that column."
            )
        if attribute not in target.resource.attributes:
            known = ", ".join(target.resource.attributes) or "none"
            raise FileProblem(
                f'"{target.resource.name}" has no attribute "{attribute}" (it has: {known}); '
                "choose another node with --node or another role for the column."
            )


def check_kind(target: Target, kind: Kind) -> None:
    """Refuse WhatsApp cards for anything but WhatsApp (IMP-3)."""
    if kind is not Kind.STANDARD and target.resource.domain != "whatsapp":
        raise FileProblem(
            f'A {kind.value} card prices WhatsApp, not "{target.resource.name}": choose another '
            "--kind, or name the node with --node."
        )


def steps(target: Target, rules: Rules, current: RateTree) -> list[PathStep]:
    """Return the target's path with the rules to set on its last node.

    A rule that is neither asked for nor in force yet comes from the catalogue (F22).
    """
    billing, quantity = in_force(target.path, current)
    wanted_billing = BillingRule[rules.billing.upper()] if rules.billing else billing
    wanted_quantity = QuantityRule[rules.quantity.upper()] if rules.quantity else quantity
    if not wanted_billing:
        wanted_billing = BillingRule[target.resource.billing_rule.upper()]
    if not wanted_quantity:
        wanted_quantity = QuantityRule[target.resource.quantity_rule.upper()]
    path = [PathStep(attribute, key) for attribute, key in target.path]
    last = path[-1]
    path[-1] = PathStep(
        last.attribute,
        last.key,
        int(wanted_billing) if wanted_billing != billing else 0,
        int(wanted_quantity) if wanted_quantity != quantity else 0,
    )
    return path


def in_force(path: Path, current: RateTree) -> tuple[BillingRule, QuantityRule]:
    """Return the rules that hold at ``path`` in the current tree (INHERIT = none is set above)."""
    billing, quantity = BillingRule.INHERIT, QuantityRule.INHERIT
    for length in range(len(path), 0, -1):
        node = current.find(path[:length])
        if node >= 0:
            billing = billing or BillingRule(int(current.billing_rule[node]))
            quantity = quantity or QuantityRule(int(current.quantity_rule[node]))
    return billing, quantity


def has_rates(path: Path, current: RateTree) -> bool:
    """Return whether the target node holds rates already, so that a mode must be chosen (F5)."""
    node = current.find(path)
    if node < 0:
        return False
    return bool(current.leaf[node] or (current.below(node) & current.leaf).any())


def has_level(path: Path, attribute: str, current: RateTree) -> bool:
    """Return whether some branch below the target depends on ``attribute``."""
    node = current.find(path)
    if node < 0 or attribute not in current.attributes:
        return False
    code = current.attributes.index(attribute)
    branches = current.below(node) & (current.price_type == PriceType.DEPENDS_ON)
    return bool((branches & (current.depends_on == code)).any())
