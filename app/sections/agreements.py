"""The section Agreements: contracts with clients and resellers, one balance each (ACC-3)."""

from __future__ import annotations

from app.domain.sections import Choice, Column, Command, Field, Kind, Panel, Section
from app.sections.agreement_versions import ADVICE, AREA, PERIODS, STATES, terms
from app.sections.common import KEPT, delete_command, load_command

SERVICE = "accounts.agreement_records"

DIRECTIONS = (Choice("client", "Client"), Choice("vendor", "Vendor (not available yet)"))

EMAILS = (
    ("invoice_emails", "Invoice e-mails", "Who gets the invoices."),
    (
        "account_emails",
        "Account e-mails",
        "Who is told of registration and activation, and of trouble with the traffic.",
    ),
    ("rate_change_emails", "Rate change e-mails", "Who is told of new prices."),
    ("service_emails", "Service e-mails", "Who is told of technical matters."),
    ("payment_alert_emails", "Payment alert e-mails", "Who is told of payments and of the limit."),
)


def _reference(
    name: str,
    title: str,
    source: str,
    *,
    required: bool = False,
    fixed: bool = False,
    reset_by: tuple[str, ...] = (),
    help: str = "",  # noqa: A002 - as the field calls it
) -> Field:
    """Return a field of the parties, with its choices from the records of ``source``."""
    return Field(
        name,
        title,
        Kind.REFERENCE,
        required=required,
        fixed=fixed,
        reset_by=reset_by,
        options=f"accounts.{source}_records.choices",
        group="Parties",
        help=help,
    )


_SIDES = (
    _reference("party_id", "Company", "company", required=True, fixed=True),
    Field(
        "direction",
        "Direction",
        Kind.CHOICE,
        required=True,
        choices=DIRECTIONS,
        default="client",
        group="Parties",
        help="Client: you render services to the company.",
        fixed=True,
    ),
    _reference(
        "legal_entity_id",
        "Legal entity",
        "legal",
        required=True,
        fixed=True,
        reset_by=("party_id",),
        help="In whose name the company buys.",
    ),
    _reference(
        "own_legal_entity_id",
        "Own legal entity",
        "own_legal",
        required=True,
        fixed=True,
        reset_by=("party_id",),
        help="In whose name you sell.",
    ),
    _reference(
        "bank_account_id",
        "Bank account",
        "bank_account",
        reset_by=("legal_entity_id",),
        help="The company's account.",
    ),
    _reference(
        "own_bank_account_id",
        "Own bank account",
        "own_bank_account",
        reset_by=("own_legal_entity_id",),
        help="Where you are paid; invoices show it.",
    ),
)

_PAPER = (
    Field(
        "code",
        "Agreement code",
        Kind.CODE,
        required=True,
        longest=100,
        group="Agreement",
        help="Its number, unique for the company.",
        fixed=True,
    ),
    Field("date", "Agreement date", Kind.DATE, required=True, group="Agreement", fixed=True),
    Field(
        "currency",
        "Currency",
        Kind.REFERENCE,
        required=True,
        options="accounts.choices.currencies",
        group="Agreement",
        help="Of its balance, and of the services enabled on it.",
        fixed=True,
    ),
)

_MAILS = tuple(
    Field(name, title, Kind.EMAILS, group="E-mails", help=words) for name, title, words in EMAILS
)


def _panel(name: str, title: str, section: str, *shows: str) -> Panel:
    """Return the rows of a section that belong to the agreement; ``shows`` = columns beside."""
    place = "agreement_id"
    filters, adds = ((place, "={id}"),), ((place, "{id}"),)
    hides = ("company", "agreement", "currency")
    return Panel(name, title, section, filters, adds, hides=hides, shows=shows)


AGREEMENTS = Section(
    id="agreements",
    title="Agreements",
    singular="agreement",
    group="Accounts",
    icon="agreement",
    area=AREA,
    source="agreements",
    columns=(
        Column("id", "ID", Kind.NUMBER, 6),
        Column("company", "Company", Kind.TEXT, 22, link="company?id={party_id}"),
        Column("code", "Agreement code", Kind.TEXT, 14),
        Column("date", "Agreement date", Kind.DATE, 13, hidden=True),
        Column("direction", "Direction", Kind.CHOICE, 9, choices=DIRECTIONS, hidden=True),
        Column("currency", "Currency", Kind.CODE, 8),
        Column(
            "state",
            "Status",
            Kind.STATUS,
            12,
            choices=(*STATES, Choice("none", "No version", "error")),
        ),
        Column(
            "effective_from",
            "Effective from",
            Kind.DATE,
            12,
            help="The start of its first version.",
        ),
        Column(
            "effective_till",
            "Effective till",
            Kind.DATE,
            12,
            help="The end of its last version; ∞: indefinitely.",
            none="∞",
        ),
        Column(
            "credit_limit",
            "Credit limit",
            Kind.AMOUNT,
            12,
            help="Of the version in force.",
            none="Unlimited",
        ),
        Column("billing_zone", "Billing time zone", Kind.CODE, 18, hidden=True),
        Column("days_for_payment", "Days for payment", Kind.NUMBER, 9, hidden=True),
        Column(
            "services",
            "Services",
            Kind.NUMBER,
            9,
            link="list?section=enabled_services&where.agreement_id=%3D{id}",
            help="Pay-as-you-go services enabled on it.",
        ),
        Column(
            "packs",
            "Packs",
            Kind.NUMBER,
            7,
            link="list?section=enabled_packs&where.agreement_id=%3D{id}",
            help="Packs of units and of money enabled on it.",
        ),
        Column(
            "legal_entity",
            "Legal entity",
            Kind.TEXT,
            20,
            link="record?section=legal_entities&id={legal_entity_id}",
        ),
        Column("own_legal_entity", "Own legal entity", Kind.TEXT, 20),
        Column("bank_account", "Bank account", Kind.TEXT, 18, hidden=True),
        Column("own_bank_account", "Own bank account", Kind.TEXT, 18, hidden=True),
        Column("billing_period", "Billing period", Kind.CHOICE, 12, choices=PERIODS),
        Column("tenant", "Kept by", Kind.TEXT, 20, hidden=True),
        KEPT,
        Column("legal_entity_id", "Legal entity ID", Kind.NUMBER, 9, hidden=True),
        Column("own_legal_entity_id", "Own legal entity ID", Kind.NUMBER, 9, hidden=True),
        Column("party_id", "Company ID", Kind.NUMBER, 9, hidden=True),
        Column("version_id", "Version ID", Kind.NUMBER, 9, hidden=True),
        Column("created_at", "Created", Kind.INSTANT, 17, hidden=True),
        Column("updated_at", "Modified", Kind.INSTANT, 17, hidden=True),
    ),
    sort=(("company", False), ("code", False)),
    search=("company", "code", "legal_entity"),
    form=(*_SIDES, *_PAPER, *terms(instead="change its version, or add a new one"), *_MAILS),
    load=f"{SERVICE}.load",
    create=f"{SERVICE}.create",
    update=f"{SERVICE}.update",
    remove=f"{SERVICE}.remove",
    suggest=f"{ADVICE}.suggest",
    advise=f"{ADVICE}.advise",
    commands=(
        Command(
            "add_version",
            "Add new version",
            "calendar",
            opens="record?section=agreement_versions&new=1&set.agreement_id={id}",
        ),
        Command(
            "change_limit",
            "Change credit limit",
            "edit",
            opens="record?section=agreement_versions&id={version_id}&edit=credit_limit",
            when=("state", ("current", "upcoming")),
        ),
        load_command("agreements"),
        delete_command(SERVICE, "Delete agreement {names}?"),
    ),
    nouns=("agreements", "agreement_versions", "companies"),
    name_column="code",
    empty="No agreement yet.",
    empty_hint="Each company has at least one: it is a balance of its own, and what it buys under.",
    help="agreements",
    kept=KEPT.name,
    panels=(
        _panel("versions", "Versions", "agreement_versions"),
        _panel("services", "Enabled services", "enabled_services", "created_at"),
        _panel("packs", "Packs", "enabled_packs", "type", "created_at"),
        _panel("initiators", "Bundle initiators", "enabled_initiators", "created_at"),
        _panel("bundles", "Bundle packs", "enabled_bundle_packs", "created_at"),
        _panel("use", "Order of use", "order_of_use"),
    ),
    parent="agreements",
)
