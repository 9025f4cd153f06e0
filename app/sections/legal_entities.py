"""The section Legal entities: in whose name clients and resellers buy (ACC-2)."""

from __future__ import annotations

from app.domain.sections import Column, Field, Kind, Panel, Section
from app.sections.common import COUNTRY, COUNTRY_CODE, KEPT, LIFE, life_commands, load_command

SERVICE = "accounts.legal_records"

NAME = Field("name", "Name", required=True)


def fields(fills: str, *, own: bool = False) -> tuple[Field, ...]:
    """Return what every legal entity has; ``fills`` = the service behind "Fill by tax ID".

    An ``own`` one sells, so that its number in the register can't be missing (guide 10.4).
    """
    payment_systems = Field(
        "payment_systems",
        "Payment systems",
        Kind.WORDS,
        help="With which clients can top up their balance, by their names.",
    )
    return (
        Field("legal_name", "Legal company name", required=True, longest=400),
        Field(
            "country",
            "Country",
            Kind.REFERENCE,
            required=True,
            options="accounts.choices.countries",
            help="The country of registration.",
        ),
        Field("portal", "Portal", help="The portal of a reseller's clients, by its name."),
        Field(
            "tax_id",
            "Tax ID number",
            Kind.CODE,
            longest=40,
            fills=fills,
            fills_title="Fill by tax ID",
        ),
        Field(
            "legal_id",
            "Legal ID number",
            Kind.CODE,
            required=own,
            longest=40,
            help="The number in the register of the country.",
        ),
        Field("vat_id", "VAT ID number", Kind.CODE, longest=40, help="Of companies in the EU."),
        Field("legal_address", "Legal address", Kind.LONG_TEXT, longest=1000),
        Field("billing_address", "Billing address", Kind.LONG_TEXT, longest=1000),
        Field(
            "notification_emails",
            "Default notification e-mails",
            Kind.EMAILS,
            help="Who is told of events, unless an agreement says otherwise.",
        ),
        Field(
            "is_default",
            "Is default",
            Kind.FLAG,
            help="It is proposed wherever one is chosen; one of each company is.",
        ),
        *((payment_systems,) if own else ()),
    )


def columns(of: str, *more: Column) -> tuple[Column, ...]:
    """Return the columns of a list of legal entities, ``more`` behind the name.

    ``of`` = the column of the agreements that holds such an entity.
    """
    return (
        Column("id", "ID", Kind.NUMBER, 6),
        Column("name", "Name", Kind.TEXT, 22),
        *more,
        COUNTRY,
        COUNTRY_CODE,
        Column("portal", "Portal", Kind.TEXT, 14, hidden=True),
        Column("legal_name", "Legal company name", Kind.TEXT, 27),
        Column("legal_address", "Legal address", Kind.TEXT, 26, hidden=True),
        Column("billing_address", "Billing address", Kind.TEXT, 26, hidden=True),
        Column("tax_id", "Tax ID", Kind.CODE, 14),
        Column("legal_id", "Legal ID", Kind.CODE, 14, hidden=True),
        Column("vat_id", "VAT ID", Kind.CODE, 14, hidden=True),
        Column("is_default", "Default", Kind.FLAG, 8),
        Column(
            "agreements",
            "Agreements",
            Kind.NUMBER,
            11,
            link=f"list?section=agreements&where.{of}=%3D{{id}}",
        ),
        Column("keeper", "Kept by", Kind.TEXT, 18, hidden=True),
        KEPT,
        *LIFE,
    )


SEARCH = (
    "name",
    "legal_name",
    "id",
    "tax_id",
    "legal_id",
    "vat_id",
    "legal_address",
    "country",
    "country_code",
)

LEGAL_ENTITIES = Section(
    id="legal_entities",
    title="Legal entities",
    singular="legal entity",
    group="Accounts",
    icon="legal",
    area="accounts.legal_entities",
    source="legal_entities",
    columns=(
        *columns(
            "legal_entity_id",
            Column("party", "Company", Kind.TEXT, 24, link="company?id={party_id}"),
        ),
        Column("party_id", "Company ID", Kind.NUMBER, 10, hidden=True),
    ),
    sort=(("name", False),),
    search=SEARCH,
    form=(
        Field(
            "party_type",
            "Type of company",
            computed=True,
            shown_when=("party_type", ("never",)),
        ),
        NAME,
        Field(
            "party_id",
            "Company",
            Kind.REFERENCE,
            required=True,
            fixed=True,
            options="accounts.company_records.choices",
            help="A reseller may use it as an own legal entity.",
        ),
        *fields("accounts.register_fill.legal_entity"),
    ),
    load=f"{SERVICE}.load",
    create=f"{SERVICE}.create",
    update=f"{SERVICE}.update",
    remove=f"{SERVICE}.remove",
    advise=f"{SERVICE}.advise",
    commands=(*life_commands(SERVICE, "the legal entity"), load_command("legal_entities")),
    panels=(
        Panel(
            "reselling",
            "Manage reselling agreements",
            "reselling_agreements",
            filters=(("legal_entity_id", "={id}"),),
            adds=(("legal_entity_id", "{id}"),),
            hides=("entity", "party"),
            shown_when=("party_type", ("reseller",)),
        ),
        Panel(
            "bank_accounts",
            "Bank accounts",
            "bank_accounts",
            filters=(("legal_entity_id", "={id}"),),
            adds=(("party_id", "{party_id}"), ("legal_entity_id", "{id}")),
            hides=("party", "entity"),
        ),
    ),
    nouns=("legal_entities", "companies"),
    empty="No legal entity yet.",
    empty_hint="A legal entity is in whose name a client or a reseller buys. Agreements need one.",
    help="legal-entities",
    kept=KEPT.name,
    defaults={"state": "=used"},
)
