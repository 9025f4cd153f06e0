"""The section Agreement versions: the terms of agreements, one after the other (ACC-3)."""

from __future__ import annotations

from app.domain.sections import Choice, Column, Command, Field, Kind, Section
from app.sections.common import KEPT

SERVICE, ADVICE = "accounts.agreement_versions", "accounts.agreement_advice"
AREA, PARENT = "accounts.agreements", "agreements"

STATES = (
    Choice("current", "Current", "ok"),
    Choice("upcoming", "Upcoming", "info"),
    Choice("past", "Past", "neutral"),
)
PERIODS = (
    Choice("daily", "Daily"),
    Choice("weekly", "Weekly"),
    Choice("monthly", "Monthly"),
    Choice("quarterly", "Quarterly"),
)
WEEKDAYS = (
    Choice("1", "Monday"),
    Choice("2", "Tuesday"),
    Choice("3", "Wednesday"),
    Choice("4", "Thursday"),
    Choice("5", "Friday"),
    Choice("6", "Saturday"),
    Choice("7", "Sunday"),
)
DAYS = tuple(Choice(str(day), str(day)) for day in range(1, 32))
LISTED_DAYS = (
    *(Choice(f"weekly {day.value}", day.title) for day in WEEKDAYS),
    *(Choice(f"day {day.value:>02}", day.title) for day in DAYS),
)
"""The days as the list has them: those of weeks and those of months in one column, in order."""

_ZONES = "accounts.choices.time_zones"
_ZONE = "Time zone"
_INVOICING = "Invoicing"


def terms(*, reset_by: tuple[str, ...] = (), instead: str = "") -> tuple[Field, ...]:
    """Return the fields of a version; with ``instead`` they can't be changed where they stand."""
    fixed = bool(instead)
    return (
        Field(
            "effective_from",
            "Effective from",
            Kind.MOMENT,
            required=True,
            zone="from_zone",
            group="Version",
            reset_by=reset_by,
            fixed=fixed,
            instead=instead,
        ),
        Field(
            "from_zone",
            _ZONE,
            Kind.REFERENCE,
            required=True,
            options=_ZONES,
            group="Version",
            fixed=fixed,
            instead=instead,
        ),
        Field(
            "effective_till",
            "Effective till",
            Kind.MOMENT,
            zone="till_zone",
            group="Version",
            help="From this moment on it no longer holds. Empty: indefinitely.",
            fixed=fixed,
            instead=instead,
        ),
        Field(
            "till_zone",
            "Time zone of the end",
            Kind.REFERENCE,
            options=_ZONES,
            group="Version",
            help="Empty: that of the start.",
            fixed=fixed,
            instead=instead,
        ),
        Field(
            "credit_limit",
            "Credit limit",
            Kind.AMOUNT,
            placeholder="Unlimited",
            group="Credit limit",
            help="How far the balance may go below zero. Empty: unlimited.",
            fixed=fixed,
            instead=instead,
        ),
        *_invoicing(instead),
    )


def _invoicing(instead: str) -> tuple[Field, ...]:
    group, fixed = _INVOICING, bool(instead)
    return (
        Field(
            "billing_zone",
            "Billing time zone",
            Kind.REFERENCE,
            required=True,
            options=_ZONES,
            group=group,
            help="In which days, weeks and months begin for invoices.",
            fixed=fixed,
            instead=instead,
        ),
        Field(
            "days_for_payment",
            "Days for payment",
            Kind.NUMBER,
            required=True,
            group=group,
            help="Within which an invoice is paid without penalty.",
            fixed=fixed,
            instead=instead,
        ),
        Field(
            "billing_period",
            "Billing period",
            Kind.CHOICE,
            required=True,
            choices=PERIODS,
            group=group,
            fixed=fixed,
            instead=instead,
        ),
        *_billing_day(instead),
    )


def _billing_day(instead: str) -> tuple[Field, ...]:
    """Return the fields that depend on the billing period."""
    group, fixed = _INVOICING, bool(instead)
    return (
        Field(
            "billing_weekday",
            "Billing day",
            Kind.CHOICE,
            required=True,
            choices=WEEKDAYS,
            shown_when=("billing_period", ("weekly",)),
            group=group,
            help="On which a period begins.",
            fixed=fixed,
            instead=instead,
        ),
        Field(
            "billing_day",
            "Billing day",
            Kind.CHOICE,
            required=True,
            choices=DAYS,
            shown_when=("billing_period", ("monthly", "quarterly")),
            group=group,
            help="On which a period begins; in a shorter month, its last day.",
            fixed=fixed,
            instead=instead,
        ),
        Field(
            "split_by_month",
            "Split by month",
            Kind.FLAG,
            shown_when=("billing_period", ("daily", "weekly")),
            group=group,
            help="A period that spans two months becomes two.",
            fixed=fixed,
            instead=instead,
        ),
    )


AGREEMENT_VERSIONS = Section(
    id="agreement_versions",
    title="Agreement versions",
    singular="agreement version",
    group="Accounts",
    icon="calendar",
    area=AREA,
    source="agreement_versions",
    columns=(
        Column("id", "ID", Kind.NUMBER, 6),
        Column(
            "agreement",
            "Agreement",
            Kind.TEXT,
            34,
            link="record?section=agreements&id={agreement_id}",
        ),
        Column("state", "Status", Kind.STATUS, 12, choices=STATES),
        Column("effective_from", "Effective from", Kind.DATE, 12),
        Column(
            "effective_till",
            "Effective till",
            Kind.DATE,
            13,
            help="The first day on which it no longer holds; ∞: indefinitely.",
            none="∞",
        ),
        Column("credit_limit", "Credit limit", Kind.AMOUNT, 12, none="Unlimited"),
        Column("currency", "Currency", Kind.CODE, 9, hidden=True),
        Column("billing_zone", "Billing time zone", Kind.CODE, 18, hidden=True),
        Column("days_for_payment", "Days for payment", Kind.NUMBER, 9),
        Column("billing_period", "Billing period", Kind.CHOICE, 12, choices=PERIODS),
        Column(
            "billing_day",
            "Billing day",
            Kind.CHOICE,
            11,
            choices=LISTED_DAYS,
            help="Of the week, or of the month or quarter.",
        ),
        Column("split_by_month", "Split by month", Kind.FLAG, 9, hidden=True),
        Column("company", "Company", Kind.TEXT, 22, hidden=True),
        Column("code", "Agreement code", Kind.TEXT, 14, hidden=True),
        Column("from_zone", "Time zone of the start", Kind.CODE, 18, hidden=True),
        Column("till_zone", "Time zone of the end", Kind.CODE, 18, hidden=True),
        Column("agreement_id", "Agreement ID", Kind.NUMBER, 9, hidden=True),
        KEPT,
        Column("created_at", "Created", Kind.INSTANT, 17, hidden=True),
        Column("updated_at", "Modified", Kind.INSTANT, 17, hidden=True),
    ),
    sort=(("agreement", False), ("effective_from", True)),
    search=("agreement",),
    form=(
        Field(
            "agreement_id",
            "Agreement",
            Kind.REFERENCE,
            required=True,
            fixed=True,
            options="accounts.agreement_records.choices",
        ),
        *terms(reset_by=("agreement_id",)),
    ),
    load=f"{SERVICE}.load",
    create=f"{SERVICE}.create",
    update=f"{SERVICE}.update",
    remove=f"{SERVICE}.remove",
    suggest=f"{ADVICE}.suggest_version",
    advise=f"{ADVICE}.advise_version",
    commands=(
        Command(
            "delete",
            "Delete this version",
            "trash",
            service=f"{SERVICE}.remove",
            needs="some",
            shortcut="Del",
            danger=True,
            confirm="Delete the upcoming version of agreement {names}?",
            details=f"{SERVICE}.consequences",
            when=("state", ("upcoming",)),
        ),
    ),
    nouns=("agreement_versions", "agreements"),
    name_column="code",
    empty="No version yet.",
    empty_hint="A version holds the dates, the credit limit and the invoicing of an agreement.",
    help="agreements",
    kept=KEPT.name,
    parent=PARENT,
)
