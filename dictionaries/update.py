"""Bring a dictionary up to a newer list: what a CSV file adds, changes and no longer has.

Nothing is stored here: the result holds :class:`UserEntry` values for the caller to keep.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from dictionaries.entries import OTHERS, Dictionary, Entry, Pairs, UserEntry
from dictionaries.normalise import normalise

# Header texts (normalised) that public lists use for our columns.
_HEADERS = {
    "key": "key", "code": "key", "mccmnc": "key", "mcc mnc": "key", "plmn": "key",
    "alpha 2": "key", "iso3166 1 alpha 2": "key", "currency code": "key",
    "mcc": "mcc", "mnc": "mnc", "brand": "brand", "operator": "operator", "network": "operator",
    "countryiso": "countries", "countrycode": "countries", "country iso": "countries",
    "iso": "countries", "cc2s": "countries", "countries": "countries", "status": "status",
    "aliases": "aliases", "alias": "aliases", "codes": "codes", "name": "name",
}  # fmt: skip
_NETWORK_CODES = frozenset({"mccmnc", "operator"})
"""Dictionaries whose keys are an MCC and an MNC together."""

_CODE_HEADERS = frozenset({"mccmnc", "mcc mnc", "plmn", "mcc", "mnc"})
_OPERATIONAL = frozenset({"operational", "true", "yes", "1", "temporary operational", "ongoing"})
_CLOSED = frozenset({"not operational", "false", "no", "0", "closed", "returned spare"})


@dataclass(frozen=True, slots=True)
class UpdateResult:
    """What a list changes.

    ``retired`` keys are those the list no longer has, ``problems`` sentences about lines left out.
    """

    added: tuple[UserEntry, ...]
    changed: tuple[UserEntry, ...]
    retired: tuple[UserEntry, ...]
    unchanged: int
    problems: tuple[str, ...]

    @property
    def entries(self) -> tuple[UserEntry, ...]:
        """All entries to store."""
        return (*self.added, *self.changed, *self.retired)


def update_from_csv(
    dictionary: Dictionary, path: Path | str, *, complete: bool = True
) -> UpdateResult:
    """Compare the CSV file ``path`` with ``dictionary``.

    Columns: ``key`` (of networks: or MCC and MNC), any attribute or detail of the dictionary,
    ``countries``, ``codes``, ``aliases`` (several separated by ``|``). ``complete`` = keys missing
    from the list are retired. Raises ValueError with a sentence if the file cannot be read as such
    a list.
    """
    header, rows = _read(Path(path))
    return update_from_rows(dictionary, Path(path).name, header, rows, complete=complete)


def update_from_rows(
    dictionary: Dictionary,
    file_name: str,
    header: Sequence[str],
    rows: Iterable[tuple[int, Sequence[str]]],
    *,
    complete: bool = True,
) -> UpdateResult:
    """Compare rows of (line number, cells) with ``dictionary``, as :func:`update_from_csv` does."""
    columns = _columns(header, dictionary)
    if "key" not in columns and not {"mcc", "mnc"} <= columns.keys():
        raise ValueError(
            f"{file_name} has no column with the keys of {dictionary.title}; name it key"
            + (" (or give MCC and MNC)." if dictionary.name in _NETWORK_CODES else ".")
        )
    seen: dict[str, dict[str, str]] = {}
    problems: list[str] = []
    for line, row in rows:
        key = _key(row, columns)
        if not key or key == OTHERS or (dictionary.name == "mccmnc" and not _is_code(key)):
            problems.append(f"Line {line} has no usable key ({key or 'empty'}) and was left out.")
            continue
        fields = {name: row[place].strip() for name, place in columns.items() if place < len(row)}
        if key not in seen or _is_operational(fields):
            seen[key] = fields
    return _compared(dictionary, seen, problems, complete=complete)


def _read(path: Path) -> tuple[list[str], list[tuple[int, list[str]]]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            sample = stream.readline()
            stream.seek(0)
            delimiter = max(",;\t", key=sample.count)
            reader = csv.reader(stream, delimiter=delimiter)
            header = next(reader, [])
            rows = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except (OSError, UnicodeDecodeError, csv.Error) as problem:
        raise ValueError(
            f"{path.name} can't be read as a CSV list ({problem}); save it as CSV in UTF-8."
        ) from problem
    return header, rows


def _columns(header: Iterable[str], dictionary: Dictionary) -> dict[str, int]:
    own = {normalise(name): name for name in dictionary.attributes}
    columns: dict[str, int] = {}
    for place, text in enumerate(header):
        norm = normalise(text)
        foreign = norm in _CODE_HEADERS and dictionary.name not in _NETWORK_CODES
        name = own.get(norm) or (None if foreign else _HEADERS.get(norm))
        if name and name not in columns:
            columns[name] = place
    return columns


def _key(row: Sequence[str], columns: dict[str, int]) -> str:
    def cell(name: str) -> str:
        place = columns.get(name, len(row))
        return row[place].strip() if place < len(row) else ""

    return cell("key") or (cell("mcc") + cell("mnc") if cell("mcc") and cell("mnc") else "")


def _is_code(key: str) -> bool:
    return re.fullmatch(r"\d{5,6}", key) is not None


def _is_operational(fields: dict[str, str]) -> bool:
    return normalise(fields.get("status", "")) in _OPERATIONAL


def _status(text: str) -> str:
    norm = normalise(text)
    return "operational" if norm in _OPERATIONAL else "closed" if norm in _CLOSED else "unknown"


def _compared(
    dictionary: Dictionary,
    seen: dict[str, dict[str, str]],
    problems: list[str],
    *,
    complete: bool,
) -> UpdateResult:
    added, changed = [], []
    for key, fields in sorted(seen.items()):
        entry = dictionary.entries.get(key)
        user = _user_entry(dictionary, key, fields, entry)
        if entry is None:
            added.append(user)
        elif entry.retired or user.values or user.countries or user.codes or user.aliases:
            changed.append(user)
    retired = tuple(
        UserEntry(dictionary.name, key, retired=True)
        for key, entry in sorted(dictionary.entries.items())
        if complete and key not in seen and not entry.retired
    )
    unchanged = len(seen) - len(added) - len(changed)
    return UpdateResult(tuple(added), tuple(changed), retired, unchanged, tuple(problems))


def _user_entry(
    dictionary: Dictionary, key: str, fields: dict[str, str], entry: Entry | None
) -> UserEntry:
    """Return what the list says about ``key`` beyond what the dictionary has."""
    old = entry or Entry(key, ("",) * len(dictionary.attributes))
    countries = tuple(
        c[:2].upper() for c in re.split(r"[\s/|,]+", fields.get("countries", "")) if c
    )
    codes = tuple(c for c in re.split(r"[\s/|,]+", fields.get("codes", "")) if c)
    known = {n.norm for n in dictionary.aliases(key)} if fields.get("aliases") else set()
    aliases = tuple(a.strip() for a in fields.get("aliases", "").split("|") if a.strip())
    return UserEntry(
        dictionary.name,
        key,
        values=_differences(dictionary, fields, old),
        aliases=tuple(a for a in aliases if normalise(a) not in known),
        countries=tuple(c for c in countries if c not in old.countries),
        codes=tuple(c for c in codes if c not in old.codes),
    )


def _differences(dictionary: Dictionary, fields: dict[str, str], old: Entry) -> Pairs:
    current = dict(zip(dictionary.attributes, old.values, strict=True)) | dict(old.details)
    pairs = []
    for name, text in fields.items():
        if name in {"key", "mcc", "mnc", "countries", "codes", "aliases"}:
            continue
        if name not in current and name not in {"brand", "operator", "status", "name"}:
            continue
        new = _status(text) if name == "status" else re.sub(r"\s+", " ", text)
        if new and new != current.get(name, ""):
            pairs.append((name, new))
    return tuple(pairs)
