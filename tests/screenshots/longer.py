"""A language a third longer than English, as German or Russian may be: shows what gets cut."""

from __future__ import annotations

import re

from PySide6.QtCore import QObject, QTranslator

_FIXED = re.compile(r"%[0-9nL]+|\{[^}]*\}|&\w|\(\*[^)]*\)|<[^>]+>")
_LONGER = str.maketrans("aeiouAEIOU", "äëïöüÄËÏÖÜ")


class Longer(QTranslator):
    """Lengthens every text by 30 % and marks it, so that a literal without ``tr`` shows too."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)

    def isEmpty(self) -> bool:
        """Tell that there are translations; an empty translator is not installed."""
        return False

    def translate(
        self, context: str, text: str, disambiguation: str | None = None, n: int = -1
    ) -> str:
        """Return the longer text; placeholders and mnemonics stay as they are."""
        return longer(text.replace("%n", str(n)) if n >= 0 else text)


def longer(text: str) -> str:
    """Return a text 30 % longer, with accents on its vowels, placeholders untouched."""
    if not text.strip():
        return text
    parts, last = [], 0
    for found in _FIXED.finditer(text):
        parts += [text[last : found.start()].translate(_LONGER), found.group()]
        last = found.end()
    parts.append(text[last:].translate(_LONGER))
    extra = max(1, round(len(text) * 0.3))
    dots = "…" if text.endswith("…") else ""
    return "".join(parts).removesuffix("…") + "~" * extra + dots
