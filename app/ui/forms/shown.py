"""Values of fields as a person reads them: in the form, in a conflict, in messages."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from PySide6.QtCore import QCoreApplication

from app.domain.permissions import AREAS
from app.domain.records import Record
from app.domain.sections import Field, Kind
from app.ui import formats
from app.ui.lists.cells import QUANTITIES

HIDDEN_TEXT = "••••••••"
"""Stands for a password, however long it is."""

UNLIMITED = formats.OPEN_END


def shown_text(field: Field, value: Any, label: str = "") -> str:
    """Return a value as a person reads it; "" for none.

    ``label`` = the shown text of a reference; of several references one a line, in their order.
    """
    if value is None or value in ("", [], {}):
        return ""
    by_kind = _BY_KIND.get(field.kind)
    if by_kind is not None:
        return by_kind(field, value, label)
    if isinstance(value, bool):
        return _tr("Yes") if value else _tr("No")
    if isinstance(value, datetime):
        return formats.instant(value) if value.tzinfo else formats.moment(value)
    if isinstance(value, date):
        return formats.date(value)
    if isinstance(value, int | Decimal):
        return number_text(field, Decimal(value))
    return str(value)


def record_name(record: Record) -> str:
    """Return what a record is called; one of several of a title with the day it begins."""
    begins = record.begins
    if begins is None:
        return record.title
    day = formats.moment(begins) if begins.time() != time() else formats.date(begins.date())
    return f"{record.title}, {day}"


def number_text(field: Field, value: Decimal) -> str:
    """Return a number as lists write it: a price, money with its cents, or as many as it has."""
    if field.kind is Kind.PRICE:
        return formats.price(value)
    if field.kind is Kind.AMOUNT and field.name not in QUANTITIES:
        return formats.amount(value)
    return formats.number(value)


def labels_of(value: Any, label: str) -> list[tuple[str, str]]:
    """Return (ID, shown text) of several references from their value and label."""
    ids = [str(one) for one in value or ()]
    texts = label.split("\n") if label else []
    return list(zip(ids, texts if len(texts) == len(ids) else ids, strict=True))


def level_title(level: str) -> str:
    """Return a level of a permission as people call it; "" and "none" are none."""
    titles = {"view": _tr("View"), "manage": _tr("Manage")}
    return titles.get(level, _tr("None"))


def _reference(_field: Field, value: Any, label: str) -> str:
    return label or str(value)


def _choice(field: Field, value: Any, _label: str) -> str:
    return _titles(field).get(value, str(value))


def _choices(field: Field, value: Any, _label: str) -> str:
    titles = _titles(field)
    return ", ".join(titles.get(one, str(one)) for one in value)


def _references(_field: Field, value: Any, label: str) -> str:
    return ", ".join(text for _, text in labels_of(value, label))


def _listed(_field: Field, value: Sequence[Any], _label: str) -> str:
    return value if isinstance(value, str) else ", ".join(map(str, value))


def _hidden(_field: Field, _value: Any, _label: str) -> str:
    return HIDDEN_TEXT


def _cells(_field: Field, value: Mapping[str, str], _label: str) -> str:
    areas = [area for areas in AREAS.values() for area in areas]
    return ", ".join(
        f"{_tr_area(area.title)}: {level_title(value[area.id])}"
        for area in areas
        if value.get(area.id) in ("view", "manage")
    )


def _titles(field: Field) -> dict[str, str]:
    return {choice.value: choice.title for choice in field.choices}


def _tr(text: str) -> str:
    return QCoreApplication.translate("fields", text)


def _tr_area(text: str) -> str:
    return QCoreApplication.translate("permissions", text)


_BY_KIND: dict[Kind, Callable[[Field, Any, str], str]] = {
    Kind.REFERENCE: _reference,
    Kind.CHOICE: _choice,
    Kind.STATUS: _choice,
    Kind.CHOICES: _choices,
    Kind.REFERENCES: _references,
    Kind.EMAILS: _listed,
    Kind.WORDS: _listed,
    Kind.HIDDEN: _hidden,
    Kind.CELLS: _cells,
}
