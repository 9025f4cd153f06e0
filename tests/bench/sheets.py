"""Synthetic price lists for the benchmarks: a voice A–Z deck as XLSX, every prefix once."""

from __future__ import annotations

from pathlib import Path

from dictionaries.entries import Dictionaries

HEADER = (
    "Country",
    "Destination",
    "Prefix",
    "Rate",
    "Currency",
    "Effective date",
    "Increment",
    "Remark",
)


def voice_deck(path: Path, rows: int, *, raised: bool = False) -> Path:
    """Write a deck of ``rows`` prefixes; ``raised`` = the next issue, every third price higher."""
    import xlsxwriter

    if path.exists():
        return path
    countries = Dictionaries.load()["country"]
    names = [countries.label(key) for key in countries][:240]
    book = xlsxwriter.Workbook(str(path), {"constant_memory": False})
    sheet = book.add_worksheet("Rates")
    sheet.write_row(0, 0, HEADER)
    per_country = rows // len(names) + 1
    for number in range(rows):
        country, place = divmod(number, per_country)
        price = 100 + (number * 7919) % 90_000
        if raised and number % 3 == 0:
            price += 13
        sheet.write_row(
            number + 1,
            0,
            (
                names[country],
                f"{names[country]} zone {place // 300}",
                f"{country + 200}{place:06d}",
                price / 100_000,
                "USD",
                "2026-01-01",
                "60/60",
                "mobile" if place % 2 else "fixed",
            ),
        )
    book.close()
    return path
