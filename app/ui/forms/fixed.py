"""Why a field of a record can't be changed now."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from app.domain.records import Record
from app.domain.sections import Field, Section


def why_fixed(field: Field, record: Record | None, *, is_new: bool) -> str:
    """Return a sentence, "" for what can be changed; a new record with ``record`` is its copy."""
    if record is not None and not is_new and field.name in record.locked:
        return record.locked[field.name]
    if not field.fixed or record is None:
        return ""
    if is_new:
        return _tr("A copy keeps it.")
    if field.instead:
        return f"{field.instead[:1].upper()}{field.instead[1:]}."  # translated with its section
    return _tr("Can't be changed after creation.")


def all_fixed(section: Section, record: Record | None) -> str:
    """Return why nothing of a record can be changed, "" if something can."""
    if record is None:
        return ""
    asked = [field for field in section.form if not field.computed]
    reasons = [why_fixed(field, record, is_new=False) for field in asked]
    if not reasons or not all(reasons):
        return ""
    locked = [reason for reason in reasons if reason in record.locked.values()]
    return (locked or reasons)[0]


def _tr(text: str) -> str:
    return QCoreApplication.translate("RecordPage", text)
