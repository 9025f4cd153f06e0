"""Checks of an import's arguments before any work: words of a closed list, places to write to."""

from __future__ import annotations

import os
from pathlib import Path

from app.errors import UserError
from app.services.tariffs.targets import Rules
from importers.choices import Choices

_WORDS = {
    "kind": ("standard", "whatsapp_basic", "whatsapp_tier"),
    "duplicates": ("first", "last", "error"),
    "decimal": (".", ","),
    "unit": ("1", "0.01", "0.001"),
    "date_order": ("dmy", "mdy"),
    "others": ("free", "none"),
}
_MODES = ("merge", "replace", "replace-listed")
_BILLING = ("submitted", "delivered", "default")
_QUANTITY = ("messages", "segments", "full_period", "default")


def refuse_unknown_words(choices: Choices, mode: str, rules: Rules) -> None:
    """Raise UserError naming the option whose value is not one of its list."""
    for name, known in _WORDS.items():
        _one_of(f"--{name.replace('_', '-')}", getattr(choices, name), known)
    _one_of("--mode", mode, _MODES)
    _one_of("--billing-rule", rules.billing, _BILLING)
    _one_of("--quantity-rule", rules.quantity, _QUANTITY)


def _one_of(option: str, value: str, known: tuple[str, ...]) -> None:
    if value and value not in known:
        raise UserError(f'{option} "{value}" is unknown; choose one of {", ".join(known)}.')


def refuse_unwritable(path: Path) -> None:
    """Raise UserError unless a file can be written at ``path``; told before rates are written."""
    if path.is_dir():
        raise UserError(f"{path} is a folder: give the name of a file.")
    if not path.parent.is_dir():
        raise UserError(f"{path} can't be written: there is no folder {path.parent}.")
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        raise UserError(f"{path} can't be written: choose another place.")


def refuse_unreadable(path: Path) -> None:
    """Raise UserError unless ``path`` is a file."""
    if path.is_dir():
        raise UserError(f"{path} is a folder: give the name of a price list.")
    if not path.is_file():
        raise UserError(f"There is no file {path}: check the name.")


def read_password(path: Path) -> str:
    """Return the first line of a password file. Raises UserError if it can't be read."""
    try:
        return path.read_text(encoding="utf-8-sig").partition("\n")[0].rstrip("\r")
    except OSError as problem:
        raise UserError(
            f"The password file {path} can't be read ({problem.strerror}): check the name."
        ) from None
    except UnicodeDecodeError:
        raise UserError(f"The password file {path} is not a UTF-8 text: save it as one.") from None
