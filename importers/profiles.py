"""Import profiles (IMP-14): the settings of a vendor's file by header names, for next month.

A profile names columns by their headers, so a moved column is found; what changed in the vendor's
layout is told in sentences instead of being imported wrongly.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from importers.records import FileProblem, ParsedSheet, column_letter
from importers.settings import ColumnUse, ImportSettings, Proposal, Role

FORMAT = 1
"""Version of the profile text; a newer one is refused."""


@dataclass(frozen=True, slots=True)
class Profile:
    """Settings of a known layout.

    ``settings`` hold positions as of the day of saving; ``headers`` (all header names of that file,
    by position) say which columns they mean. ``signature`` is the file's shape fingerprint.
    """

    name: str
    vendor: str
    signature: str
    headers: tuple[str, ...]
    settings: ImportSettings

    def to_text(self) -> str:
        """Return the profile as JSON text; equal profiles give equal texts."""
        data = {
            "format": FORMAT,
            "name": self.name,
            "vendor": self.vendor,
            "signature": self.signature,
            "headers": list(self.headers),
            "settings": self.settings.to_json(),
        }
        return json.dumps(data, ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_text(cls, text: str) -> Profile:
        """Rebuild a profile from :meth:`to_text`. Raises FileProblem if the text is none."""
        try:
            data = json.loads(text)
            version = data["format"]
            if version == FORMAT:
                return cls(
                    name=data["name"],
                    vendor=data["vendor"],
                    signature=data["signature"],
                    headers=tuple(data["headers"]),
                    settings=ImportSettings.from_json(data["settings"]),
                )
        except (ValueError, KeyError, TypeError, AttributeError) as problem:
            raise FileProblem(
                f"The import profile can't be read ({problem}); save it again."
            ) from None
        raise FileProblem(
            f"The import profile was saved by another version (format {version}); save it again."
        )


def to_profile(
    settings: ImportSettings,
    headers: Sequence[str],
    signature: str,
    *,
    name: str = "",
    vendor: str = "",
) -> Profile:
    """Return the profile of ``settings`` for a file with ``headers`` (a name per column).

    The effective date belongs to one file and is not kept.
    """
    uses = tuple(
        replace(use, header=headers[use.column] if use.column < len(headers) else use.header)
        for use in settings.columns
    )
    kept = settings.with_changes(columns=uses, effective="")
    return Profile(name, vendor, signature, tuple(headers), kept)


def from_profile(
    profile: Profile, sheet: ParsedSheet, proposal: Proposal
) -> tuple[ImportSettings, list[str]]:
    """Return the profile's settings for ``sheet`` and what differs from the saved layout.

    Columns are found by header name, rows come from the proposal. A column that is gone is left out
    of the settings and named. Where the file itself proves another decimal sign or currency than
    the profile's, the file's counts and is named.
    """
    finder = _Finder(profile.headers, tuple(proposal.headers), len(sheet.columns))
    uses = [(use, finder.place(use.column)) for use in profile.settings.columns]
    differences = [*_missing_columns(uses), *finder.moves(profile), *finder.news(profile)]
    settings = profile.settings.with_changes(
        columns=tuple(replace(use, column=at) for use, at in uses if at is not None),
        where=tuple(finder.filters(profile.settings.where, differences)),
        fill_down=finder.places(profile.settings.fill_down),
        effective=proposal.effective,
        **_rows(profile.settings, proposal),
        **_proven(profile.settings, proposal, differences),
    )
    return settings, list(dict.fromkeys(differences))


def _rows(settings: ImportSettings, proposal: Proposal) -> dict[str, Any]:
    """Return the row settings of the new file; lines skipped below the header stay skipped."""
    gap = settings.start_row - (max(settings.header_rows, default=-1) + 1)
    start = max(proposal.header_rows, default=-1) + 1 + gap
    return {
        "header_rows": proposal.header_rows,
        "start_row": max(start, 0) if settings.header_rows else proposal.start_row,
        "end_row": proposal.end_row,
        "section_rows": proposal.section_rows,
    }


def _proven(settings: ImportSettings, proposal: Proposal, differences: list[str]) -> dict[str, Any]:
    changed: dict[str, Any] = {}
    if proposal.decimal and settings.decimal and proposal.decimal != settings.decimal:
        changed["decimal"] = proposal.decimal
        differences.append(
            f'The prices are written with "{proposal.decimal}" now, in the profile with '
            f'"{settings.decimal}"; the file\'s sign is used.'
        )
    if proposal.currency and settings.currency and proposal.currency != settings.currency:
        changed["currency"] = proposal.currency
        differences.append(
            f"The file is in {proposal.currency} now, the profile in {settings.currency}."
        )
    if proposal.unit and proposal.unit != settings.unit:
        differences.append(
            f"The price unit looks like {proposal.unit} now; the profile's {settings.unit} is used."
        )
    return changed


def _missing_columns(uses: Sequence[tuple[ColumnUse, int | None]]) -> list[str]:
    return [
        f'Column "{use.header}" is no longer there; it gave the {_purpose(use)}.'
        for use, at in uses
        if at is None and use.role is not Role.IGNORE
    ]


def _purpose(use: ColumnUse) -> str:
    return (use.attribute or use.role.value).replace("_", " ")


@dataclass(frozen=True, slots=True)
class _Finder:
    """Finds the columns of a saved layout in a new one."""

    old: tuple[str, ...]
    new: tuple[str, ...]
    width: int

    def place(self, column: int) -> int | None:
        """Return where a column of the saved layout is now, None if it is gone.

        A column without a name of its own (named by its letter) is found by its place.
        """
        name = self.old[column] if column < len(self.old) else ""
        if not name or name == column_letter(column):
            unnamed = column < self.width and self._unnamed(column)
            return column if unnamed else None
        folded = [_fold(header) for header in self.new]
        wanted = _fold(name)
        if column < len(folded) and folded[column] == wanted:
            return column
        return folded.index(wanted) if wanted in folded else None

    def _unnamed(self, column: int) -> bool:
        return column >= len(self.new) or self.new[column] in ("", column_letter(column))

    def places(self, columns: Sequence[int]) -> tuple[int, ...]:
        """Return where several columns are now, without those that are gone."""
        found = (self.place(column) for column in columns)
        return tuple(at for at in found if at is not None)

    def filters(
        self, where: Sequence[tuple[int, str]], differences: list[str]
    ) -> list[tuple[int, str]]:
        """Return the row filters for the new file; one whose column is gone is named."""
        kept = []
        for column, text in where:
            at = self.place(column)
            if at is None:
                name = self.old[column] if column < len(self.old) else column_letter(column)
                differences.append(
                    f'Column "{name}" is no longer there; rows are no longer filtered by "{text}".'
                )
            else:
                kept.append((at, text))
        return kept

    def moves(self, profile: Profile) -> list[str]:
        """Return a sentence for every used column that stands elsewhere now."""
        sentences = []
        for use in profile.settings.columns:
            at = self.place(use.column)
            if at is not None and at != use.column:
                sentences.append(
                    f'Column "{use.header}" moved from {column_letter(use.column)} to '
                    f"{column_letter(at)}."
                )
        return sentences

    def news(self, profile: Profile) -> list[str]:
        """Return a sentence for every named column that the saved layout does not have."""
        known = {_fold(header) for header in profile.headers}
        return [
            f'Column "{header}" ({column_letter(index)}) is new; it is not used.'
            for index, header in enumerate(self.new)
            if _fold(header) not in known and header != column_letter(index)
        ]


def _fold(text: str) -> str:
    return " ".join(text.split()).casefold()
