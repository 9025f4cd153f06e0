"""The decisions file: open questions about values go out, a person's answers come back (F6)."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from app.errors import UserError
from app.services.tariffs.delimited import read_table
from dictionaries.normalise import normalise

FIELDS = ("dictionary", "context", "value", "rows", "zone", "proposal", "answer")
OUTCOMES = ("skip", "blocked", "zero")


def answer_key(dictionary: str, context: str, value: str) -> str:
    """Return the name under which import settings keep an answer."""
    return f"{dictionary}|{context}|{normalise(value)}"


def read_answers(path: Path | None) -> dict[str, str]:
    """Return the answers that a person filled in; none if the file does not exist yet.

    Raises UserError if it is not a decisions file.
    """
    if path is None or not path.exists():
        return {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = read_table(file)
            if not {"dictionary", "value", "answer"} <= set(reader.fieldnames or ()):
                raise UserError(
                    f"{path} is not a decisions file: it needs dictionary, value and answer."
                )
            return {
                answer_key(row["dictionary"], row.get("context") or "", row["value"]): answer
                for row in reader
                if (answer := (row["answer"] or "").strip())
            }
    except (OSError, UnicodeDecodeError, csv.Error) as problem:
        raise UserError(
            f"{path} can't be read as a decisions file (UTF-8 CSV): {problem}."
        ) from None


def write_decisions(
    path: Path, decisions: Sequence[dict[str, Any]], answers: dict[str, str]
) -> None:
    """Write the open value decisions, keeping the answers given so far."""
    temporary = path.with_name(path.name + ".tmp")
    with temporary.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, FIELDS, extrasaction="ignore")
        writer.writeheader()
        for name, answer in answers.items():
            dictionary, context, value = name.split("|", 2)
            writer.writerow(
                {"dictionary": dictionary, "context": context, "value": value, "answer": answer}
            )
        for decision in decisions:
            if decision["kind"] == "value":
                writer.writerow({**decision, "answer": ""})
    temporary.replace(path)
