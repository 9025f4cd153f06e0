"""A table to fill in: the headings with what each column is, and one example row (M4)."""

from __future__ import annotations

from pathlib import Path

from app.domain.sections import Field, Kind
from app.errors import UserError
from app.services.bulk.loads import Load
from app.services.bulk.table import COMMENT
from app.services.tariffs.import_checks import refuse_unwritable

_EXAMPLES = {
    "name": "Northlight Media",
    "company": "Northlight Media",
    "party_id": "Northlight Media",
    "company_id": "Northlight Media",
    "legal_entity_id": "Northlight Media Ltd",
    "own_legal_entity_id": "Harbour Messaging GmbH",
    "legal_name": "Northlight Media Limited",
    "holder": "Northlight Media Limited",
    "country": "DE",
    "legal_id": "HRB 100200",
    "currency": "EUR",
    "time_zone": "Europe/Berlin",
    "email": "ann@northlight.example",
    "roles": "Billing manager",
    "bank_id": "Harbour Bank",
    "number": "DE89 3704 0044 0532 0130 00",
    "address": "Kai 1, 20457 Hamburg",
    "agreement_id": "NL-2026-1",
    "code": "NL-2026-1",
    "service_id": "SMS Europe",
    "from_zone": "Europe/Berlin",
    "till_zone": "Europe/Berlin",
    "billing_zone": "Europe/Berlin",
    "days_for_payment": "10",
    "dialogues_per_operator": "3000",
    "billing_period": "Monthly",
    "billing_day": "1",
}
_NAMES = {
    "legal_entities": "Northlight Media Ltd",
    "own_legal_entities": "Harbour Messaging GmbH",
    "banks": "Harbour Bank",
    "bank_accounts": "Northlight EUR",
    "own_bank_accounts": "Harbour EUR",
}
_KINDS = {
    Kind.DATE: "a date, 2026-01-31",
    Kind.MOMENT: "a local date and time, 2026-01-31 08:30",
    Kind.FLAG: "yes or no",
    Kind.NUMBER: "a whole number",
    Kind.AMOUNT: "an amount with a point, 1000.50",
    Kind.EMAILS: "mail addresses with commas between them",
    Kind.WORDS: "words with commas between them",
    Kind.REFERENCES: "names with commas between them",
}
_RULES = (
    "Fill in the first sheet below its headings; columns that you do not need may be taken out.",
    f"A row that begins with {COMMENT} is not loaded, as the example is not.",
    "An empty cell leaves a value as it is, or lets the program propose one; a - empties it.",
    "Columns marked with * are needed for a new record, where the form would propose nothing.",
)


def write_template(load: Load, path: Path) -> int:
    """Write the template of a load to an XLSX file and return the number of its columns."""
    import xlsxwriter

    if path.suffix.lower() != ".xlsx":
        raise UserError(f"{path.name}: choose a name that ends in .xlsx.")
    refuse_unwritable(path)
    fields = _columns(load)
    try:
        with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False}) as book:
            _fill_in(book, load, fields)
            _explained(book, fields)
    except (OSError, xlsxwriter.exceptions.FileCreateError) as problem:
        raise UserError(f"{path} can't be written ({problem}): choose another place.") from None
    return len(fields)


def _columns(load: Load) -> list[Field]:
    """Return a column for each title."""
    return list({field.title: field for field in reversed(load.fields)}.values())[::-1]


def _fill_in(book: object, load: Load, fields: list[Field]) -> None:
    sheet = book.add_worksheet(load.section.title[:31])  # type: ignore[attr-defined]
    bold = book.add_format({"bold": True, "bottom": 1})  # type: ignore[attr-defined]
    text = book.add_format({"num_format": "@"})  # type: ignore[attr-defined]
    sheet.freeze_panes(1, 0)
    for place, field in enumerate(fields):
        heading = f"{field.title} *" if field in load.needed else field.title
        sheet.set_column(place, place, max(14, len(heading) + 2), text)
        sheet.write_string(0, place, heading, bold)
        sheet.write_comment(0, place, note(field))
        shown = example(load, field)
        sheet.write_string(1, place, f"{COMMENT} {shown}" if place == 0 else shown)


def _explained(book: object, fields: list[Field]) -> None:
    sheet = book.add_worksheet("About the columns")  # type: ignore[attr-defined]
    bold = book.add_format({"bold": True})  # type: ignore[attr-defined]
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, 1, 100)
    for row, rule in enumerate(_RULES):
        sheet.write_string(row, 0, rule)
    for row, field in enumerate(fields, start=len(_RULES) + 1):
        sheet.write_string(row, 0, field.title, bold)
        sheet.write_string(row, 1, note(field))


def note(field: Field) -> str:
    """Return what a column is, in one or two sentences."""
    kind = _KINDS.get(field.kind, "")
    if field.choices and len(field.choices) < 20:
        kind = f"one of {', '.join(choice.title for choice in field.choices)}"
    elif field.kind is Kind.REFERENCE:
        kind = "a code or a name" if field.options.startswith("accounts.choices") else "a name"
    needed = "Required." if field.required else ""
    fixed = "It never changes." if field.fixed else ""
    words = [needed, f"{kind[:1].upper()}{kind[1:]}." if kind else "", field.help, fixed]
    return " ".join(filter(None, words)) or f"{field.title}, as in the form."


def example(load: Load, field: Field) -> str:
    """Return what the example row has in a column, "" for what may stay empty."""
    if field.name == "name" and load.section.id in _NAMES:
        return _NAMES[load.section.id]
    if field.name in _EXAMPLES and (field.required or field.kind is not Kind.REFERENCE):
        return _EXAMPLES[field.name]
    if not field.required:
        return ""
    if field.kind in {Kind.DATE, Kind.MOMENT}:
        return "2026-01-01"
    choices = {choice.value: choice.title for choice in field.choices}
    return choices.get(str(field.default), next(iter(choices.values()), ""))
