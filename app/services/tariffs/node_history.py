"""The history of a rate and its price on a date (SVC-7, F1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from app.db.queries import import_runs, rate_nodes, scopes
from app.db.queries.rate_nodes import NodeRecord, NodeVersion
from app.db.queries.scopes import RevisionRecord
from app.db.queries.tenancy import sees
from app.domain.kinds import BillingRule, PriceType, QuantityRule
from app.domain.pricing import price_text, to_units
from app.domain.tree_draft import VALUES, NodeState
from app.services.context import Context, service
from app.services.tariffs.tree_pages import scope_and_service
from app.services.tariffs.tree_view import PRICE_DECIMALS_SHOWN, scale_words, state_words


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A version of a node: when, who, how (edit, import …), from which file; price words.

    ``fields`` = (field, old, new) texts of what changed; ``kind`` "removed" closes a history.
    """

    rev: int
    at: dt.datetime | None
    actor: str
    kind: str
    file: str
    old: str
    new: str
    fields: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class PriceOnDate:
    """What a node cost at an instant, by which revision; ``price`` "" = it was not there."""

    price: str
    rev: int
    since: dt.datetime | None


@service("finance.services", "view")
def history(ctx: Context, scope_id: int, node_no: int) -> list[VersionRow]:
    """Return the versions of a node, newest first; a buyer of the service gets none."""
    if node_no < 0:
        return []
    with ctx.database.read() as connection:
        _, owner = scope_and_service(connection, ctx, scope_id)
        if not sees(connection, ctx.actor.company_id, owner.company_id):
            return []
        versions = rate_nodes.node_history(connection, scope_id, node_no)
        revs = {v.node.from_rev for v in versions} | {v.to_rev for v in versions if v.to_rev}
        made = {r.rev: r for r in scopes.revisions_by_number(connection, scope_id, revs)}
        runs = [r.import_run_id for r in made.values() if r.import_run_id is not None]
        files = import_runs.file_names(connection, runs)
    rows: list[VersionRow] = []
    before: NodeVersion | None = None
    for version in versions:
        if before is not None and before.to_rev != version.node.from_rev:
            rows.append(_row(before.to_rev or 0, before.node, None, made, files))
            before = None
        old = before.node if before is not None else None
        rows.append(_row(version.node.from_rev, old, version.node, made, files))
        before = version
    if before is not None and before.to_rev is not None:
        rows.append(_row(before.to_rev, before.node, None, made, files))
    return rows[::-1]


def _row(
    rev: int,
    old: NodeRecord | None,
    new: NodeRecord | None,
    made: dict[int, RevisionRecord],
    files: dict[int, str],
) -> VersionRow:
    revision = made.get(rev)
    then, now = _state(old), _state(new)
    return VersionRow(
        rev=rev,
        at=revision.at if revision else None,
        actor=revision.actor if revision else "",
        kind="removed" if new is None else revision.kind if revision else "",
        file=files.get(revision.import_run_id or 0, "") if revision else "",
        old=state_words(then) if then else "",
        new=state_words(now) if now else "",
        fields=_differences(then, now) if then and now else (),
    )


def _differences(old: NodeState, new: NodeState) -> tuple[tuple[str, str, str], ...]:
    return tuple(
        (name, _text(name, getattr(old, name)), _text(name, getattr(new, name)))
        for name in VALUES
        if getattr(old, name) != getattr(new, name)
    )


def _text(name: str, value: object) -> str:
    """Return a value in words, "" if it is not set."""
    enums = {"price_type": PriceType, "billing_rule": BillingRule, "quantity_rule": QuantityRule}
    if value is None:
        return ""
    if name in enums and isinstance(value, int):
        word: str = enums[name](value).name
        return "Default" if word == "INHERIT" else word.replace("_", " ").capitalize()
    if name == "scale":
        return scale_words(str(value))
    if name.endswith("price") and isinstance(value, int):
        return price_text(value, PRICE_DECIMALS_SHOWN)
    return str(value).replace("_", " ")


def _state(node: NodeRecord | None) -> NodeState | None:
    if node is None:
        return None
    connect = node.connect_price
    return NodeState(
        key=node.key,
        depends_on=node.depends_on,
        price_type=node.price_type,
        price=None if node.price is None else to_units(node.price),
        scale=node.scale,
        billing_rule=node.billing_rule,
        quantity_rule=node.quantity_rule,
        connect_price=None if connect is None else to_units(connect),
        first_interval=node.first_interval,
        next_interval=node.next_interval,
    )


@service("finance.services", "view")
def price_on(ctx: Context, scope_id: int, node_no: int, date: dt.date) -> PriceOnDate:
    """Return what the tree said for a node at the end of ``date`` in the service's time zone."""
    with ctx.database.read() as connection:
        _, owner = scope_and_service(connection, ctx, scope_id)
        next_day = dt.datetime.combine(
            date + dt.timedelta(days=1), dt.time(), ZoneInfo(owner.time_zone)
        )
        rev = scopes.revision_at(connection, scope_id, next_day.astimezone(dt.UTC))
        versions = rate_nodes.node_history(connection, scope_id, node_no) if node_no >= 0 else []
    return _version_at(versions, rev)


def _version_at(versions: Sequence[NodeVersion], rev: int) -> PriceOnDate:
    for version in versions:
        ends = version.to_rev
        state = _state(version.node)
        if state and version.node.from_rev <= rev and (ends is None or ends > rev):
            return PriceOnDate(state_words(state), version.node.from_rev, version.at)
    return PriceOnDate("", rev, None)
