"""Takes the rows of a file one by one: finds the record of each, and adds or changes it (G6).

The services of the form do the saving, so every rule of the form holds; a row that they refuse is
left out with their sentence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from app.domain.records import Record
from app.domain.sections import Field, Kind
from app.errors import (
    Busy,
    Cancelled,
    FieldProblem,
    NotAllowed,
    SignedOut,
    Unreachable,
    UserError,
)
from app.services import records
from app.services.bulk import cells as cell_values
from app.services.bulk.directory import Directory, fold
from app.services.bulk.headings import Heads
from app.services.bulk.inviting import Inviting
from app.services.bulk.keys import REFERENCES, existing, moment
from app.services.bulk.loads import Load
from app.services.bulk.outcomes import (
    ADDED,
    CHANGED,
    ONLY_NEW,
    REJECTED,
    UNCHANGED,
    UPDATE,
    RowOutcome,
)
from app.services.bulk.stored import stored_values
from app.services.bulk.table import is_error
from app.services.context import Context
from app.services.form_values import shown, validated
from app.services.masters import chosen

_STOPS = (Unreachable, Busy, Cancelled, NotAllowed, SignedOut)
"""What is wrong with the whole work, not with one row."""

Given = dict[str, Any]


class _NothingChanged(Exception):
    """Undoes a save after which the record is as it was: the form only writes it otherwise."""


class RowLoader:
    """Loads rows of one file inside one transaction; ``context.database`` is that transaction's."""

    def __init__(
        self, context: Context, load: Load, heads: Heads, directory: Directory, mode: str
    ) -> None:
        self.context = context
        self.load = load
        self.section = load.section
        self.heads = heads
        self.directory = directory
        self.mode = mode
        self.fields = {field.name: field for field in load.fields}
        self.key = {field.name for field in load.what.extra} | set(load.key)
        self.inviting = Inviting(context, self.section)
        self._seen: dict[tuple[str, ...], int] = {}
        self._defaults_of: dict[int, int] = {}
        self._proposed: dict[tuple[str, ...], Given] = {}
        self._stored = stored_values(directory.connection, context, self.section)
        self._depended = {name for field in self.section.form for name in field.reset_by}

    def take(self, number: int, cells: Sequence[str]) -> RowOutcome:
        """Load one row. Raises UserError only for what stops the whole file."""
        title = self._title(cells)
        try:
            outcome, detail = self._take(number, cells)
        except _STOPS:
            raise
        except UserError as problem:
            return RowOutcome(number, REJECTED, title, str(problem), tuple(cells))
        return RowOutcome(number, outcome, title, detail)

    def _take(self, number: int, cells: Sequence[str]) -> tuple[str, str]:
        texts = self._texts(cells)
        _refuse_errors(texts)
        key = self._key(texts)
        self._refuse_seen(number, key)
        record_id = existing(self.directory, self.load, key)
        if record_id is None:
            if self.mode == UPDATE:
                raise UserError("There is no such record, and only those there are changed.")
            detail = self._create(key, texts)
            self._remember(number, key)
            return ADDED, detail
        if self.mode == ONLY_NEW:
            found = UNCHANGED, "It is there already and was left as it is."
        else:
            found = self._change(record_id, texts)
        self._remember(number, key)
        return found

    # ------------------------------------------------------------------ cells

    def _title(self, cells: Sequence[str]) -> str:
        """Return what the row is called: the texts that tell it apart."""
        places = {head.fields[0].name: head.place for head in self.heads.columns}
        named = [cells[places[name]] for name in self.fields if name in self.key & places.keys()]
        return " · ".join(filter(None, named))

    def _texts(self, cells: Sequence[str]) -> list[tuple[tuple[Field, ...], str]]:
        """Return the cells that say something, with the fields that each may fill."""
        return [(h.fields, cells[h.place]) for h in self.heads.columns if cells[h.place]]

    def _key(self, texts: Sequence[tuple[tuple[Field, ...], str]]) -> Given:
        """Return the values that tell the row apart. Raises FieldProblem."""
        given = {fields[0].name: text for fields, text in texts if fields[0].name in self.key}
        missing = {
            name: f"{self.fields[name].title} is required: fill it in."
            for name in self.load.key
            if self.fields[name].required and not given.get(name) and name != "effective_from"
        }
        if missing:
            raise FieldProblem(missing)
        return self._values({self.fields[name]: text for name, text in given.items()}, {})

    def _values(self, texts: Mapping[Field, str], known: Mapping[str, Any]) -> Given:
        """Return the values of cells; references are looked up among ``known`` ones besides."""
        order = list(REFERENCES)
        found: Given = {}
        problems = {}
        ranked = sorted(
            texts, key=lambda field: order.index(field.name) if field.name in order else -1
        )
        for field in ranked:
            try:
                found[field.name] = self._value(field, texts[field], {**known, **found})
            except ValueError as problem:
                problems[field.name] = f"{field.title}: {problem}"
        if problems:
            raise FieldProblem(problems)
        return found

    def _value(self, field: Field, text: str, known: Mapping[str, Any]) -> Any:
        if text in cell_values.NOTHING:
            return None
        if field.kind in {Kind.CHOICE, Kind.STATUS}:
            return cell_values.chosen(field, text)
        if cell_values.is_shipped(field):
            if not cell_values.is_list(field):
                return cell_values.shipped(field, text)
            return [cell_values.shipped(field, part) for part in cell_values.parts(text)]
        resolve = REFERENCES.get(field.name)
        if resolve is None:
            return text
        if not cell_values.is_list(field):
            return str(resolve(self.directory, self.load, known, text))
        named = cell_values.parts(text)
        return [str(resolve(self.directory, self.load, known, part)) for part in named]

    def _rest(
        self, texts: Sequence[tuple[tuple[Field, ...], str]], base: Mapping[str, Any]
    ) -> Given:
        """Return the values beside the key; of fields with one title the one that is shown."""
        plain = {f[0]: text for f, text in texts if len(f) == 1 and f[0].name not in self.key}
        found = self._values(plain, base)
        merged = {**base, **found}
        for fields, text in texts:
            if len(fields) > 1:
                field = next((one for one in fields if shown(one, merged)), fields[0])
                found |= self._values({field: text}, merged)
        if self.section.id.endswith("legal_entities") and _says_no(found.get("is_default")):
            del found["is_default"]  # a default one is replaced by another, never unset
        return found

    # ------------------------------------------------------------------ rows of one file

    def _remember(self, number: int, key: Given) -> None:
        self._seen[_identity(key)] = number

    def _refuse_seen(self, number: int, key: Given) -> None:
        """Two rows about one record would change it to and fro, each time the file is loaded."""
        before = self._seen.get(_identity(key))
        if before is not None and before != number:
            raise UserError(f"Row {before} is about the same record: put both into one row.")

    def _refuse_second_default(self, given: Given, base: Mapping[str, Any]) -> None:
        if "is_default" not in given or not self.section.id.endswith("legal_entities"):
            return
        party = chosen({**base, **given}, "party_id") or self.directory.own
        self._defaults_of[party] = self._defaults_of.get(party, 0) + 1
        if self._defaults_of[party] > 1:
            raise FieldProblem(
                {"is_default": "Is default: another row makes another one the default: choose one."}
            )

    def _refuse_unshown(self, given: Given, merged: Mapping[str, Any]) -> None:
        """Refuse what the form would not show, and so would silently not save."""
        problems = {
            name: f"{self.fields[name].title} means nothing here: empty the cell."
            for name, value in given.items()
            if not _is_nothing(value)
            and not _says_no(value)
            and name in self.fields
            and not shown(self.fields[name], merged)
        }
        if problems:
            raise FieldProblem(problems)

    # ------------------------------------------------------------------ new records

    def _create(self, key: Given, texts: Sequence[tuple[tuple[Field, ...], str]]) -> str:
        base = self._base(key)
        given = {**key, **self._rest(texts, {**base, **key})}
        if self._depended & (given.keys() - key.keys()):
            base = self._base(given)
        given = {name: value for name, value in given.items() if value is not None}
        merged = {**base, **given}
        for field in self.load.what.extra:
            merged.pop(field.name, None)
        self._refuse_unshown(given, merged)
        self._refuse_second_default(given, base)
        if self.inviting.is_for_users:
            self.inviting.invite(merged)
            return ""
        made = records.create(self.context, self.section, merged)
        if self.section.id == "companies":
            tenant = chosen(merged, "parent_id") or self.directory.own
            self.directory.add_company(made, str(merged["name"]), tenant)
        return ""

    def _base(self, given: Given) -> Given:
        """Return what a new form would begin with: defaults, and what the section proposes.

        Proposals follow from the fields that others are reset by, so they are asked for once.
        """
        found = {f.name: f.default for f in self.section.form if f.default is not None}
        if not self.section.suggest:
            return found
        deciding = tuple(str(given.get(name)) for name in sorted(self._depended))
        if deciding not in self._proposed:
            suggest = records.named_service(self.section.suggest)
            proposed = suggest(self.context, dict(given), "")
            self._proposed[deciding] = {name: value for name, (value, _) in proposed.items()}
        return found | self._proposed[deciding]

    # ------------------------------------------------------------------ records that are there

    def _change(
        self, record_id: int, texts: Sequence[tuple[tuple[Field, ...], str]]
    ) -> tuple[str, str]:
        known = self._stored.get(record_id)
        if known is not None and not self._differing(texts, known):
            self._refuse_second_default(self._rest(texts, known), known)
            return UNCHANGED, ""
        before = records.load(self.context, self.section, record_id)
        changed = self._differing(texts, before.values)
        self._refuse_second_default(self._rest(texts, before.values), before.values)
        if not changed:
            return UNCHANGED, ""
        locked = {
            name: f"{self.fields[name].title} can't be changed. {before.locked[name]}"
            for name in changed
            if name in before.locked
        }
        if locked:
            raise FieldProblem(locked)
        try:
            with self.context.database.write():
                records.update(self.context, self.section, record_id, before.version, changed)
                after = records.load(self.context, self.section, record_id)
                detail = self._told(before, after)
                if not detail:
                    raise _NothingChanged
        except _NothingChanged:
            return UNCHANGED, ""
        return CHANGED, detail

    def _differing(
        self, texts: Sequence[tuple[tuple[Field, ...], str]], values: Mapping[str, Any]
    ) -> Given:
        """Return what a row would change in the values of a form. Raises FieldProblem."""
        given = self._rest(texts, values)
        merged = {**values, **given}
        self._refuse_unshown(given, merged)
        checked = validated(self.section, merged)
        return {name: checked[name] for name in given if _differ(checked[name], values.get(name))}

    def _told(self, before: Record, after: Record) -> str:
        """Return the fields that differ: "Phone: 1 → 2; …", empty for none."""
        found = []
        for field in self.section.form:
            old, new = before.values.get(field.name), after.values.get(field.name)
            if not field.computed and _differ(old, new):
                texts = (_worded(field, old, before), _worded(field, new, after))
                found.append(f"{field.title}: {texts[0]} → {texts[1]}")
        return "; ".join(found)


def _refuse_errors(texts: Sequence[tuple[tuple[Field, ...], str]]) -> None:
    problems = {
        fields[0].name: f"{fields[0].title}: the cell shows {text}: mend its formula, or write the "
        "value itself."
        for fields, text in texts
        if is_error(text)
    }
    if problems:
        raise FieldProblem(problems)


def _identity(key: Given) -> tuple[str, ...]:
    """Return what tells a row apart as it is compared: 2026-02-01 and 2026-02-01 00:00 are one."""
    texts = {name: fold(str(value or "")) for name, value in key.items()}
    return tuple(
        f"{name}={moment(text) or text if name == 'effective_from' else text}"
        for name, text in sorted(texts.items())
    )


def _is_nothing(value: Any) -> bool:
    # not `in`: a credit limit of 0 is something
    return value is None or value is False or value == "" or value == []


def _says_no(value: Any) -> bool:
    return isinstance(value, str) and value.casefold() in {"no", "false", "0"}


def _differ(one: Any, other: Any) -> bool:
    if _is_nothing(one) or _is_nothing(other):
        return _is_nothing(one) != _is_nothing(other)
    if isinstance(one, list) and isinstance(other, list):
        return sorted(map(str, one)) != sorted(map(str, other))
    return bool(one != other)


def _worded(field: Field, value: Any, record: Record) -> str:
    if _is_nothing(value):
        return "no" if field.kind is Kind.FLAG else "nothing"
    if field.kind is Kind.FLAG:
        return "yes"
    label = record.labels.get(field.name)
    if label:
        return label.replace("\n", ", ")
    titles = {choice.value: choice.title for choice in field.choices}
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    shown_values = value if isinstance(value, list) else [value]
    return ", ".join(titles.get(str(one), str(one)) for one in shown_values)
