"""The section Own bank accounts: where the actor's company is paid (SET-2, guide 10.7)."""

from __future__ import annotations

from app.domain.sections import Field, Kind, Section
from app.sections.bank_accounts import HOLDER, NAME, NUMBER, SEARCH, columns
from app.sections.common import KEPT, life_commands, load_command

SERVICE = "accounts.own_bank_account_records"

OWN_BANK_ACCOUNTS = Section(
    id="own_bank_accounts",
    title="Own bank accounts",
    singular="own bank account",
    group="Administration",
    icon="bank",
    area="settings.own_bank_accounts",
    source="own_bank_accounts",
    columns=columns("Parent bank", "own_legal_entities"),
    sort=(("name", False),),
    search=SEARCH,
    form=(
        NAME,
        Field(
            "legal_entity_id",
            "Legal entity",
            Kind.REFERENCE,
            required=True,
            options="accounts.own_legal_records.choices",
        ),
        Field(
            "bank_id",
            "Parent bank",
            Kind.REFERENCE,
            required=True,
            options="accounts.bank_records.choices",
            help="The bank that keeps the account; your tenant's banks are offered as well.",
        ),
        HOLDER,
        NUMBER,
    ),
    load=f"{SERVICE}.load",
    create=f"{SERVICE}.create",
    update=f"{SERVICE}.update",
    remove=f"{SERVICE}.remove",
    advise=f"{SERVICE}.advise",
    commands=(*life_commands(SERVICE, "the own bank account"), load_command("own_bank_accounts")),
    nouns=("bank_accounts", "banks"),
    empty="No own bank account yet.",
    empty_hint="Where your clients pay; agreements and invoices name it.",
    help="banks",
    kept=KEPT.name,
    defaults={"state": "=used"},
)
