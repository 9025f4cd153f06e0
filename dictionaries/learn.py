"""Learned matches: what people chose before, per vendor or for all, used again (F7)."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from dictionaries.normalise import normalise

_FIELDS = ("dictionary", "context", "value", "vendor", "key", "who", "when", "source_file")


@dataclass(frozen=True, slots=True)
class LearnedMatch:
    """One choice; ``value`` is normalised, ``context`` alpha-2 or "", ``vendor`` "" = all."""

    dictionary: str
    context: str
    value: str
    vendor: str
    key: str
    who: str
    when: dt.datetime
    source_file: str = ""

    @property
    def place(self) -> tuple[str, str, str, str]:
        """What the choice is about; two choices at one place contradict."""
        return (self.dictionary, self.context, self.value, self.vendor)


def learned_match(
    dictionary: str,
    value: str,
    key: str,
    *,
    context: str = "",
    vendor: str = "",
    who: str = "",
    when: dt.datetime,
    source_file: str = "",
) -> LearnedMatch:
    """Return the choice of ``key`` for the text ``value`` as it stood in a file."""
    return LearnedMatch(dictionary, context, normalise(value), vendor, key, who, when, source_file)


class Learned:
    """Learned matches by place; of contradicting ones the newest counts, the others are kept."""

    def __init__(self, matches: Iterable[LearnedMatch] = ()) -> None:
        self._all: dict[tuple[str, str, str, str], list[LearnedMatch]] = defaultdict(list)
        self._dictionaries: set[str] = set()
        for match in matches:
            self.add(match)

    def __iter__(self) -> Iterator[LearnedMatch]:
        for matches in self._all.values():
            yield matches[0]

    def __len__(self) -> int:
        return len(self._all)

    def add(self, match: LearnedMatch) -> None:
        """Add one choice; the newest of a place goes first."""
        matches = self._all[match.place]
        matches.append(match)
        matches.sort(key=lambda m: m.when, reverse=True)
        self._dictionaries.add(match.dictionary)

    def knows(self, dictionary: str) -> bool:
        """Tell whether anything was learned for ``dictionary``."""
        return dictionary in self._dictionaries

    def find(
        self, dictionary: str, value: str, *, context: str = "", vendor: str = ""
    ) -> LearnedMatch | None:
        """Return the choice for a normalised ``value``: the vendor's own one, then everybody's."""
        for who in dict.fromkeys((vendor, "")):
            matches = self._all.get((dictionary, context, value, who))
            if matches:
                return matches[0]
        return None

    def contradictions(self, match: LearnedMatch) -> tuple[LearnedMatch, ...]:
        """Return the older choices of the same place that meant another key."""
        return tuple(m for m in self._all.get(match.place, ()) if m.key != match.key)

    def global_proposals(self) -> list[LearnedMatch]:
        """Return, as choices for all vendors, what two or more vendors chose alike."""
        votes: dict[tuple[str, str, str], dict[str, list[LearnedMatch]]] = {}
        for match in self:
            if match.vendor:
                place = (match.dictionary, match.context, match.value)
                votes.setdefault(place, {}).setdefault(match.key, []).append(match)
        proposals = []
        for place, by_key in votes.items():
            agreed = [matches for matches in by_key.values() if len(matches) > 1]
            if len(by_key) == 1 and agreed and (*place, "") not in self._all:
                newest = max(agreed[0], key=lambda m: m.when)
                proposals.append(replace(newest, vendor=""))
        return proposals

    def to_csv(self) -> str:
        """Return all choices (contradicting older ones too) as CSV text."""
        stream = io.StringIO()
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(_FIELDS)
        for matches in self._all.values():
            for m in reversed(matches):
                writer.writerow((m.dictionary, m.context, m.value, m.vendor, m.key, m.who,
                                 m.when.isoformat(), m.source_file))  # fmt: skip
        return stream.getvalue()

    @classmethod
    def from_csv(cls, text: str) -> Learned:
        """Read :meth:`to_csv` text; ValueError with a sentence if a line is malformed."""
        reader = csv.DictReader(io.StringIO(text))
        missing = set(_FIELDS) - set(reader.fieldnames or ())
        if missing:
            raise ValueError(
                f"The learned matches lack the column(s) {', '.join(sorted(missing))}; "
                "export the list again and edit that file."
            )
        return cls(_read_line(row, reader.line_num) for row in reader)


def _read_line(row: dict[str, str | None], line: int) -> LearnedMatch:
    texts = {name: row[name] or "" for name in _FIELDS}
    try:
        when = dt.datetime.fromisoformat(texts.pop("when"))
    except ValueError:
        raise ValueError(
            f"Line {line} of the learned matches has no date like 2026-03-01T12:00:00+00:00 "
            "in the column when; correct it."
        ) from None
    if when.tzinfo is None:
        when = when.replace(tzinfo=dt.UTC)
    if not (texts["dictionary"] and texts["value"] and texts["key"]):
        raise ValueError(
            f"Line {line} of the learned matches lacks a dictionary, value or key; fill it in."
        )
    texts["value"] = normalise(texts["value"])
    return LearnedMatch(when=when, **texts)
