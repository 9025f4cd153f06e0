"""Why a field of a record can't be changed now."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from app.domain.records import Record
from app.domain.sections import Field


def why_fixed(field: Field, record: Record | None, *, is_new: bool) -> str:
    """Return a sentence, "" for what can be changed; a new record with ``record`` is its copy."""
    if record is not None and not is_new and field.name in record.locked:
        return record.locked[field.name]
    if not field.fixed or record is None:
        return ""
    if is_new:
        return _tr("A copy keeps it.")
    if field.instead:
        return _tr(f"{field.instead[:1].upper()}{field.instead[1:]}.")
    return _tr("Can't be changed after creation.")


def _tr(text: str) -> str:
    return QCoreApplication.translate("RecordPage", text)
