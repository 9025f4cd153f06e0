"""Where the shown values of a record lead: the links of its list, said of its fields."""

from __future__ import annotations

from string import Formatter

from app.domain.sections import Kind, Section


def links(section: Section) -> dict[str, str]:
    """Return the links of a section's columns by the names of columns and fields.

    "company?id={party_id}" of the column Company is where the field party_id leads too.
    """
    columns = [column for column in section.columns if column.link]
    references = {field.name for field in section.form if field.kind is Kind.REFERENCE}
    found = {column.name: column.link for column in columns}
    for column in columns:
        places = {name for _, name, _, _ in Formatter().parse(column.link) if name}
        if len(places) == 1:
            found.update(dict.fromkeys(places & references, column.link))
    return found
