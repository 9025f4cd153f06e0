"""Puts companies of a file behind those of the file that they are below."""

from __future__ import annotations

from collections.abc import Sequence

from app.services.bulk.directory import PATH, fold


def tenants_first(companies: Sequence[tuple[str, str]]) -> list[int]:
    """Return the places of (name, tenant) pairs so that tenants come before their companies.

    A tenant may be a path "Parent / Name". Companies that name each other in a circle stay as they
    come: what they name is not there then.
    """
    named: dict[str, list[int]] = {}
    for place, (name, _) in enumerate(companies):
        named.setdefault(fold(name), []).append(place)
    found: list[int] = []
    seen: set[int] = set()
    for first in range(len(companies)):
        line = [first] if first not in seen else []
        while line:
            seen.add(line[-1])
            above = _next(named, companies[line[-1]][1], seen)
            if above is None:
                found.append(line.pop())
            else:
                line.append(above)
    return found


def _next(named: dict[str, list[int]], tenant: str, seen: set[int]) -> int | None:
    """Return the place of a tenant that was not looked at yet."""
    above = fold(tenant)
    if above not in named:
        above = fold(tenant.rpartition(PATH)[2])
    return next((place for place in named.get(above, []) if place not in seen), None)
