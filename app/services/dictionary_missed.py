"""Missed options: keys in use that are retired or gone from their dictionary (SVC-7, M1).

A key is looked for in the live trees of all scopes, drafts too, in remembered answers and in import
profiles; each with the dictionaries of the company that it belongs to.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from app.db.held_lists import HeldRows
from app.db.queries import dictionary_entries
from app.db.queries import dictionary_usage as usage
from app.db.queries.dictionary_held import MISSED, held_source
from app.db.queries.dictionary_usage import UsedKey
from app.db.queries.lists import Source, interruptible
from app.db.queries.tenancy import refuse_foreign
from app.domain.records import ListQuery
from app.errors import UserError
from app.services import dictionary_records
from app.services.context import Context, service
from app.services.dictionaries import shown_dictionaries
from app.services.dictionary_alias_records import likely_keys
from app.services.dictionary_keys import number_of, place_of
from app.services.dictionary_lists import kept
from app.services.dictionary_usage import dictionary_of, every_attribute, keys_of_profiles
from dictionaries.entries import Dictionaries
from dictionaries.results import Candidate

NAMED = 3
"""Services named in the list; the rest is a number."""

Lost = tuple[int, str, str]
"""Company, dictionary, key."""


@dataclass(slots=True)
class Uses:
    """Where a key is used: ``trees`` = a line for each scope and attribute, profiles by ID."""

    trees: list[UsedKey] = field(default_factory=list)
    answers: int = 0
    profiles: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class MissedPlace:
    """A scope with nodes that have the key; ``begins`` = its first local date, None = unsaid."""

    scope_id: int
    service_id: int
    service: str
    nodes: int
    draft: bool
    begins: dt.date | None


@dataclass(frozen=True, slots=True)
class MissedOption:
    """A key to be repaired; ``why`` is gone or retired, ``name`` what a retired one is called."""

    number: int
    company_id: int
    company: str
    dictionary: str
    title: str
    key: str
    name: str
    why: str
    places: tuple[MissedPlace, ...]
    answers: int
    profiles: int


@service("mccmnc", "view")
def missed(ctx: Context, _query: ListQuery | None = None, _limit: int = 0) -> Source:
    """Return the source of the list of missed options."""
    company = ctx.actor.company_id
    with ctx.database.read() as connection, interruptible(connection, ctx.cancelled):
        stamp = (
            dictionary_entries.stamp(connection, company),
            usage.trees_stamp(connection, company),
        )

        def made() -> HeldRows:
            ctx.report("reading", 0, None)
            return HeldRows(MISSED, _rows(ctx, connection))

        return held_source(kept.rows(ctx, "missed", stamp, made))


@service("mccmnc", "view")
def options(ctx: Context) -> list[MissedOption]:
    """Return all missed options with their places, by dictionary and key."""
    with ctx.database.read() as connection, interruptible(connection, ctx.cancelled):
        found = _collected(ctx, connection)
        return [_option(connection, lost, found[lost]) for lost in sorted(found)]


@service("mccmnc", "view")
def option(ctx: Context, number: int) -> MissedOption:
    """Return a missed option with its places. Raises UserError if nothing uses the key any more."""
    company, name, key = lost_of(number)
    with ctx.database.read() as connection:
        refuse_foreign(connection, ctx.actor.company_id, company, "such missed option")
        found = _collected(ctx, connection, only=(company, name, key))
        if (company, name, key) not in found:
            raise UserError(
                f'Nothing uses the key "{key}" as a missed option any more: refresh the list.'
            )
        return _option(connection, (company, name, key), found[company, name, key])


@service("mccmnc", "view")
def keys(ctx: Context, number: int, text: str) -> list[Candidate]:
    """Return keys that may take the place of a missed option, the likeliest first."""
    company, name, key = lost_of(number)
    with ctx.database.read() as connection:
        refuse_foreign(connection, ctx.actor.company_id, company, "such missed option")
        known = shown_dictionaries(connection, company)[name]
    meant = known.label(key) if key in known else key
    place = key[:3] if name == "operator" else ""
    if name == "mccmnc" and not text.strip():
        text = key[:3]
    return [found for found in likely_keys(known, text, meant, place) if found.key != key]


@service("mccmnc", "manage")
def restore(ctx: Context, numbers: Sequence[int]) -> str:
    """Let imports match retired keys again, so that they are no missed options any more."""
    places = [lost_of(number) for number in numbers]
    with ctx.database.read() as connection:
        foreign = [
            key
            for _, name, key in places
            if why_missed(connection, (ctx.actor.company_id, name, key)) != "retired"
        ]
    if foreign:
        raise UserError(f"{foreign[0]} is retired in another company: use it again there.")
    entries = dict.fromkeys(number_of(name, key) for _, name, key in places)
    return dictionary_records.restore(ctx, list(entries))


# ------------------------------------------------------------------------------ collecting


def _collected(ctx: Context, connection: Any, *, only: Lost | None = None) -> dict[Lost, Uses]:
    """Return the keys in use that their dictionary lacks or has retired, with where they are."""
    company = ctx.actor.company_id
    wanted = None if only is None else [only[2]]
    found: dict[Lost, Uses] = {}
    for one in usage.used_keys(connection, company, every_attribute(), keys=wanted):
        lost = (one.company_id, dictionary_of(one.attribute), one.key)
        found.setdefault(lost, Uses()).trees.append(one)
        ctx.stop_if_cancelled()
    for owner, name, key, number in usage.answered_keys(connection, company):
        if name in Dictionaries():
            found.setdefault((owner, name, key), Uses()).answers += number
    for lost, ids in keys_of_profiles(connection, company).items():
        found.setdefault(lost, Uses()).profiles += ids
    return {
        lost: uses
        for lost, uses in found.items()
        if (only is None or lost == only) and why_missed(connection, lost)
    }


def why_missed(connection: Any, lost: Lost) -> str:
    """Return why a key is a missed option: gone, retired; "" if it is none."""
    company, name, key = lost
    entry = shown_dictionaries(connection, company)[name].entries.get(key)
    if entry is None:
        return "gone"
    return "retired" if entry.retired else ""


def lost_of(number: int) -> Lost:
    """Return what a number of the list means. Raises UserError."""
    place = place_of(number)
    if place is None or not place[0].startswith("missed/"):
        raise UserError("There is no such missed option: open it from the list.")
    name, _, key = place[1].partition("/")
    return int(place[0].removeprefix("missed/")), name, key


def number_for(lost: Lost) -> int:
    """Return the number of a missed option in lists and addresses."""
    return number_of(f"missed/{lost[0]}", f"{lost[1]}/{lost[2]}")


def _option(connection: Any, lost: Lost, uses: Uses) -> MissedOption:
    company, name, key = lost
    known = shown_dictionaries(connection, company)[name]
    return MissedOption(
        number=number_for(lost),
        company_id=company,
        company=usage.company_name(connection, company),
        dictionary=name,
        title=known.title,
        key=key,
        name=known.label(key) if key in known else "",
        why=why_missed(connection, lost),
        places=tuple(_places(uses.trees)),
        answers=uses.answers,
        profiles=len(set(uses.profiles)),
    )


def _places(trees: Sequence[UsedKey]) -> Iterator[MissedPlace]:
    """Yield the scopes, each once though a key may be at levels of two attributes."""
    nodes: dict[int, int] = {}
    for one in trees:
        nodes[one.scope_id] = nodes.get(one.scope_id, 0) + one.nodes
    seen = {one.scope_id: one for one in trees}
    for scope_id, one in seen.items():
        at = one.effective_from
        begins = at.astimezone(ZoneInfo(one.time_zone)).date() if at else None
        yield MissedPlace(scope_id, one.service_id, one.service, nodes[scope_id], one.draft, begins)


def _rows(ctx: Context, connection: Any) -> Iterator[tuple[Any, ...]]:
    for lost, uses in _collected(ctx, connection).items():
        found = _option(connection, lost, uses)
        services = list(dict.fromkeys(place.service for place in found.places))
        more = f" and {len(services) - NAMED} more" if len(services) > NAMED else ""
        yield (
            found.number,
            found.dictionary,
            found.key,
            found.name,
            found.why,
            sum(place.nodes for place in found.places),
            len(found.places),
            found.answers,
            found.profiles,
            ", ".join(services[:NAMED]) + more,
            found.company,
        )
