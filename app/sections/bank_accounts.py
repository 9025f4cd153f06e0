"""The section Bank accounts: those of clients and resellers (ACC-7)."""

from __future__ import annotations

from app.domain.sections import Column, Field, Kind, Section
from app.sections.common import KEPT, LIFE, life_commands, load_command

SERVICE = "accounts.bank_account_records"

NAME = Field("name", "Name", required=True, help="A short name, as lists show it.")
HOLDER = Field(
    "holder",
    "Account holder",
    required=True,
    longest=400,
    help="The name of the holder as the bank has it.",
)
NUMBER = Field(
    "number",
    "Account number",
    Kind.CODE,
    required=True,
    longest=64,
    help="Spaces are kept for reading and do not count.",
)


def columns(bank: str, entities: str, *more: Column) -> tuple[Column, ...]:
    """Return the columns of a list of accounts; ``bank`` = the title of the bank's column.

    ``entities`` = the section of the legal entities that have them.
    """
    return (
        Column("id", "ID", Kind.NUMBER, 6),
        Column("name", "Name", Kind.TEXT, 21),
        *more,
        Column(
            "entity",
            "Legal entity",
            Kind.TEXT,
            17,
            link=f"record?section={entities}&id={{legal_entity_id}}",
        ),
        Column("bank", bank, Kind.TEXT, 17, link="record?section=banks&id={bank_id}"),
        Column("holder", "Account holder", Kind.TEXT, 22 if more else 28),
        Column("number", "Account number", Kind.CODE, 30),
        Column("keeper", "Kept by", Kind.TEXT, 18, hidden=True),
        KEPT,
        Column("bank_id", "Bank ID", Kind.NUMBER, 8, hidden=True),
        Column("legal_entity_id", "Legal entity ID", Kind.NUMBER, 8, hidden=True),
        *LIFE,
    )


SEARCH = ("name", "entity", "bank", "holder", "number", "id")

BANK_ACCOUNTS = Section(
    id="bank_accounts",
    title="Bank accounts",
    singular="bank account",
    group="Accounts",
    icon="bank",
    area="accounts.bank_accounts",
    source="bank_accounts",
    columns=(
        *columns(
            "Bank",
            "legal_entities",
            Column("party", "Company", Kind.TEXT, 20, link="company?id={party_id}"),
        ),
        Column("party_id", "Company ID", Kind.NUMBER, 10, hidden=True),
    ),
    sort=(("name", False),),
    search=SEARCH,
    form=(
        NAME,
        Field(
            "party_id",
            "Company",
            Kind.REFERENCE,
            required=True,
            options="accounts.company_records.choices",
        ),
        Field(
            "legal_entity_id",
            "Legal entity",
            Kind.REFERENCE,
            required=True,
            options="accounts.legal_records.choices",
            reset_by=("party_id",),
        ),
        Field(
            "bank_id",
            "Bank",
            Kind.REFERENCE,
            required=True,
            options="accounts.bank_records.choices",
        ),
        HOLDER,
        NUMBER,
    ),
    load=f"{SERVICE}.load",
    create=f"{SERVICE}.create",
    update=f"{SERVICE}.update",
    remove=f"{SERVICE}.remove",
    advise=f"{SERVICE}.advise",
    commands=(*life_commands(SERVICE, "the bank account"), load_command("bank_accounts")),
    nouns=("bank_accounts", "banks"),
    empty="No bank account yet.",
    empty_hint="The account of a client or a reseller, as invoices name it.",
    help="banks",
    kept=KEPT.name,
    defaults={"state": "=used"},
)
