"""Records as they are stored, read at once: a file that is loaded again mostly says nothing new.

Only for sections whose form shows the columns of one table; the others are read record by record.
"""

from __future__ import annotations

from typing import Any

from app.db.queries import masters as queries
from app.db.queries.banks import BANK, BANK_ACCOUNT, OWN_BANK_ACCOUNT
from app.db.queries.companies import COMPANY
from app.db.queries.legal_entities import LEGAL_ENTITY, OWN_LEGAL_ENTITY
from app.domain.sections import Section
from app.services import masters
from app.services.accounts.company_rules import standing
from app.services.context import Context

_MASTERS = {
    "companies": COMPANY,
    "legal_entities": LEGAL_ENTITY,
    "own_legal_entities": OWN_LEGAL_ENTITY,
    "banks": BANK,
    "bank_accounts": BANK_ACCOUNT,
    "own_bank_accounts": OWN_BANK_ACCOUNT,
}
"""Tables whose columns are the fields of a form."""


def stored_values(connection: Any, context: Context, section: Section) -> dict[int, dict[str, Any]]:
    """Return the values that forms of the records in sight would show, by ID; {} where unknown."""
    master = _MASTERS.get(section.id)
    if master is None:
        return {}
    rows = queries.all_in_sight(connection, master, context.actor.company_id)
    found = {row["id"]: masters.form_values(master, row) for row in rows}
    if section.id == "companies":
        for row_id, values in found.items():
            values["parent_id"] = values["parent_id"] and str(values["parent_id"])
            entity = values["own_legal_entity_id"]
            values["own_legal_entity_id"] = entity and str(entity)
            values["standing"] = standing(context, row_id)
    return found
