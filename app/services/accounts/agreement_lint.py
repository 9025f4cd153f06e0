"""Looks over agreements for what is missing or does not fit together (ACC-3)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from app.db.queries import agreements as queries
from app.db.queries.agreements import AgreementRecord, AgreementVersion
from app.domain.effective import Span, gaps, overlaps, shown, uncovered
from app.services.accounts import agreement_terms as terms
from app.services.context import Context, service

AREA = "accounts.agreements"

ERROR, WARNING = "error", "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at; ``where`` = the agreement, ``field`` = its field in the form."""

    severity: str
    sentence: str
    where: str
    agreement_id: int
    field: str


@service(AREA, "view")
def findings(ctx: Context, agreement_id: int | None = None) -> list[Finding]:
    """Return what is wrong with an agreement, or with all in sight; errors first.

    Raises UserError if there is no such agreement.
    """
    company, now = ctx.actor.company_id, ctx.clock()
    with ctx.database.read() as connection:
        if agreement_id is None:
            known = queries.agreements(connection, company)
        else:
            known = [queries.agreement_by_id(connection, company, agreement_id)]
        found = [
            finding for one in known for finding in of_agreement(connection, one, company, now)
        ]
    return sorted(found, key=lambda finding: finding.severity != ERROR)


def of_agreement(
    connection: Any, owner: AgreementRecord, company_id: int, now: dt.datetime
) -> list[Finding]:
    """Return what is wrong with one agreement, as far as a company may know."""
    versions = queries.versions_of(connection, owner.id)
    enabled = queries.enabled_spans(connection, owner.id, company_id)
    found = [*_of_versions(versions), *_of_enabled(versions, enabled, now)]
    if not owner.invoice_emails:
        found.append((WARNING, "invoice_emails", "Nobody will get the invoices by e-mail."))
    return [
        Finding(severity, sentence, owner.title, owner.id, field)
        for severity, field, sentence in found
    ]


_Found = tuple[str, str, str]


def _of_versions(versions: Sequence[AgreementVersion]) -> Iterator[_Found]:
    if not versions:
        yield ERROR, "effective_from", "It has no version: add one with its dates and its limit."
        return
    spans = [version.span for version in versions]
    for start, till in overlaps(spans):
        period = _period(start, till, versions)
        yield ERROR, "effective_from", f"Two versions hold at once in {period}: end one of them."
    for start, till in gaps(spans):
        period = _period(start, till, versions)
        yield WARNING, "effective_till", f"No version holds in {period}: add one, or move an end."


def _of_enabled(
    versions: Sequence[AgreementVersion],
    enabled: Sequence[tuple[int, str, str, Span]],
    now: dt.datetime,
) -> Iterator[_Found]:
    """Yield what is enabled while no version holds; what goes on after the end is told apart."""
    if not versions:
        return
    spans = [version.span for version in versions]
    ends = [span[1] for span in spans if span[1] is not None]
    last = max(ends) if len(ends) == len(spans) else None
    for _, name, _, span in enabled:
        for start, till in uncovered(span, spans):
            if last is not None and start >= last:
                yield _after_the_end(name, last, versions, now)
            else:
                period = _period(start, till, versions)
                yield WARNING, "effective_from", f"{name} is enabled in {period} without a version."


def _after_the_end(
    name: str, last: dt.datetime, versions: Sequence[AgreementVersion], now: dt.datetime
) -> _Found:
    zone = versions[-1].till_zone
    ended = "ended" if last <= now else "ends"
    severity = ERROR if last <= now else WARNING
    day = terms.moment(last, zone)
    return (
        severity,
        "effective_till",
        f"The agreement {ended} on {day}, but {name} goes on: end it as well.",
    )


def _period(
    start: dt.datetime, till: dt.datetime | None, versions: Sequence[AgreementVersion]
) -> str:
    """Return a span in the zone of the version that is shown at its start."""
    near = shown(versions, lambda version: version.span, start)
    zone = near.from_zone if near is not None else "UTC"
    return f"{terms.moment(start, zone)} – {terms.moment(till, zone)}"
