"""CSV files that people edit (decisions, manifests), as their spreadsheet programs save them."""

from __future__ import annotations

import csv
from typing import TextIO

DELIMITERS = ",;\t"


def read_table(stream: TextIO) -> csv.DictReader[str]:
    """Return a reader of ``stream``; its header tells comma, semicolon or tab (Excel saves all)."""
    header = stream.readline()
    stream.seek(0)
    return csv.DictReader(stream, delimiter=max(DELIMITERS, key=header.count))
