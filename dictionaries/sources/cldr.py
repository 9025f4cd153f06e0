"""Country names of the Unicode CLDR in the languages of the country dictionary, through Babel.

``python -m dictionaries.sources.cldr`` writes them to ``cldr_names.csv`` once; the build reads that
file, so that another Babel never changes a match unseen (F18).
"""

from __future__ import annotations

from pathlib import Path

from dictionaries.sources.tables import read_rows, write_rows

FILE = Path(__file__).resolve().parent / "cldr_names.csv"
HEADER = ("key", "language", "name")


def cldr_names() -> list[tuple[str, str, str]]:
    """Return the pinned (alpha-2, language, name) rows."""
    return [(r["key"], r["language"], r["name"]) for r in read_rows(FILE)]


def main() -> None:
    """Write the names as the installed Babel has them."""
    from babel import Locale

    from dictionaries.sources.countries import LANGUAGES

    rows = [
        (key, language, name)
        for language in ("en", "fr", *LANGUAGES)
        for key, name in sorted(Locale(language).territories.items())
        if len(key) == 2 and key.isalpha()
    ]
    write_rows(FILE, HEADER, rows)


if __name__ == "__main__":
    main()
