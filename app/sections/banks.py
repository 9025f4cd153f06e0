"""The section Banks: what invoices say about where to pay (ACC-7)."""

from __future__ import annotations

from app.domain.sections import Column, Field, Kind, Section
from app.sections.common import COUNTRY, COUNTRY_CODE, KEPT, LIFE, life_commands, load_command

SERVICE = "accounts.bank_records"

BANKS = Section(
    id="banks",
    title="Banks",
    singular="bank",
    group="Accounts",
    icon="bank",
    area="accounts.banks",
    source="banks",
    columns=(
        Column("id", "ID", Kind.NUMBER, 6),
        Column("name", "Name", Kind.TEXT, 30),
        COUNTRY,
        COUNTRY_CODE,
        Column("swift", "SWIFT code", Kind.CODE, 13),
        Column("branch_code", "Branch code", Kind.CODE, 12),
        Column("bank_code", "Bank code", Kind.CODE, 12, hidden=True),
        Column(
            "accounts",
            "Accounts",
            Kind.NUMBER,
            9,
            link="list?section=bank_accounts&where.bank_id=%3D{id}",
        ),
        Column("owner", "Kept by", Kind.TEXT, 22, hidden=True),
        KEPT,
        *LIFE,
    ),
    sort=(("name", False),),
    search=("name", "swift", "branch_code", "country", "country_code"),
    form=(
        Field("name", "Name", required=True, help="The registered name of the institution."),
        Field(
            "country",
            "Country",
            Kind.REFERENCE,
            required=True,
            options="accounts.choices.countries",
        ),
        Field("address", "Address", Kind.LONG_TEXT, required=True, longest=1000),
        Field("swift", "SWIFT code", Kind.CODE, longest=20),
        Field("branch_code", "Branch code", Kind.CODE, longest=40),
        Field("bank_code", "Bank code", Kind.CODE, longest=40, help="The bank's internal code."),
        Field("description", "Description", Kind.LONG_TEXT, longest=4000),
    ),
    load=f"{SERVICE}.load",
    create=f"{SERVICE}.create",
    update=f"{SERVICE}.update",
    remove=f"{SERVICE}.remove",
    advise=f"{SERVICE}.advise",
    commands=(*life_commands(SERVICE, "the bank"), load_command("banks")),
    nouns=("banks", "bank_accounts"),
    empty="No bank yet.",
    empty_hint="A bank is named by the accounts of your clients and of your own legal entities.",
    help="banks",
    kept=KEPT.name,
    defaults={"state": "=used"},
)
