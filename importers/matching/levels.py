"""Every level's key per rate, from columns, constants or linked dictionaries.

Rows become *entries* here: a cell that names several codes or carriers repeats its row (Q28, Q31).
Everything works on distinct values or distinct (context, value) pairs; rows are mapped by indexing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from dictionaries.catalogue import Attribute, Catalogue
from dictionaries.entries import Dictionary
from importers.matching.dial_codes import DIAL_CODE, dialled
from importers.matching.keyed import (
    Keyed,
    Source,
    answers_of,
    is_clash,
    is_missing,
    joined,
    placed,
    spread,
    with_blanks_as_others,
    with_problems,
)
from importers.matching.meanings import (
    Answered,
    Asked,
    Matching,
    Problem,
    Trouble,
    dictionary_answers,
    extracted,
    prefix_answers,
    text_answers,
)
from importers.matching.network_codes import (
    CODE,
    keys_from_code,
    paired_code_answers,
    single_code_answers,
)
from importers.matching.selection import Cells, Mask, Selection, pairs
from importers.records import OTHERS, CellError, CellValue, Codes, FileProblem
from importers.settings import ColumnUse, ImportSettings, Role

_CODE_PARTS = ("mccmnc", "mcc", "mnc")
_OPERATORS = ("network", "mno")


@dataclass(frozen=True, slots=True)
class LevelTable:
    """The keys of all levels per entry; ``positions`` says which data row an entry comes from.

    ``problem`` is the number of the entry's first problem in ``problems``, or -1. ``proves`` marks
    entries whose cells show that the row is data. ``sources`` tells what each column contributed.
    """

    positions: Codes
    found: dict[str, Keyed]
    problem: Codes
    problems: list[Problem]
    proves: Mask
    sources: tuple[tuple[str, Source], ...]


@dataclass(frozen=True, slots=True)
class _Evidence:
    """What a further source says: which of its values are sure, their keys, and how to put it."""

    sure: Mask
    keys: Callable[[int], Sequence[str]]
    says: Callable[[int], tuple[str, str]]


@dataclass(slots=True)
class LevelWork:
    """Works the attributes of one sheet out, one after another, repeating entries as lists demand.

    ``wide`` are the levels whose keys come with the price columns.
    """

    selection: Selection
    matching: Matching
    catalogue: Catalogue
    resource: str
    wide: frozenset[str] = frozenset()
    positions: Codes = field(init=False)
    found: dict[str, Keyed] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.positions = np.arange(len(self.selection.rows), dtype=np.int32)

    @property
    def settings(self) -> ImportSettings:
        """The settings in force."""
        return self.selection.settings

    def run(self) -> LevelTable:
        """Work out all levels. Raises FileProblem if a level has no source at all."""
        levels = [a for a in self.settings.levels if a not in self.wide]
        if any(self._uses(part) for part in _CODE_PARTS):
            self.found[CODE] = self._code()
        if self._uses("country") or "country" in self._constants():
            self._resolve("country")
        for attribute in levels:
            self._resolve(attribute)
        problem, problems = _first_problems([self.found[a] for a in levels], len(self.positions))
        proves = np.zeros(len(self.positions), np.bool_)
        for keyed in self.found.values():
            proves |= keyed.proves
        sources = tuple((k.attribute, s) for k in self.found.values() for s in k.sources)
        found = {a: self.found[a] for a in levels}
        return LevelTable(self.positions, found, problem, problems, proves, sources)

    # ------------------------------------------------------------------ one attribute

    def _uses(self, attribute: str) -> list[ColumnUse]:
        return [
            use
            for use in self.settings.columns
            if use.role is Role.ATTRIBUTE and use.attribute == attribute
        ]

    def _constants(self) -> dict[str, str]:
        return dict(self.settings.constants)

    def _info(self, attribute: str) -> Attribute:
        return self.catalogue.attributes[attribute]

    def _resolve(self, attribute: str) -> None:
        if attribute in self.found:
            return
        constant = self._constants().get(attribute)
        if constant is not None:
            self.found[attribute] = self._constant(attribute, constant)
            return
        keyed: Keyed | None = None
        if CODE in self.found and attribute in (*_CODE_PARTS, *_OPERATORS):
            keyed = self._from_code(attribute)
        if attribute not in _CODE_PARTS:
            for use in self._uses(attribute):
                if use.by == DIAL_CODE and len(self._uses(attribute)) > 1:
                    continue
                keyed = self._add_column(attribute, keyed, use)
        if attribute == "country" and CODE in self.found:
            keyed = self._with_code(keyed)
        if keyed is None:
            keyed = self._linked(attribute)
        self.found[attribute] = self._blanks(keyed)

    def _constant(self, attribute: str, key: str) -> Keyed:
        name = self._info(attribute).dictionary
        if name and key != OTHERS and key not in self.matching.dictionaries[name]:
            title = self.matching.dictionaries[name].title
            raise FileProblem(f'--set {attribute}={key}: "{key}" is no key of {title}.')
        count = len(self.positions)
        return Keyed(attribute, [key], np.zeros(count, np.int32), [], np.zeros(count, np.bool_))

    def _blanks(self, keyed: Keyed) -> Keyed:
        """Read a blank below the first level as all others (F2), never a country or a prefix."""
        attribute = keyed.attribute
        kind = self.catalogue.kind(self.resource, attribute)
        first = self.settings.levels[:1] == (attribute,)
        if first or kind == "prefix" or (attribute == "country" and kind != "grouping"):
            return keyed
        return with_blanks_as_others(keyed)

    # ------------------------------------------------------------------ columns

    def _add_column(self, attribute: str, before: Keyed | None, use: ColumnUse) -> Keyed:
        answered, values, texts, contexts = self._ask(attribute, use)
        rows = np.bincount(values, minlength=len(texts))
        earlier = before.sources if before else ()
        keyed = self._add_answers(attribute, before, answered, values, use.column)
        return replace(keyed, sources=(*earlier, Source(use, answered, texts, contexts, rows)))

    def _ask(
        self, attribute: str, use: ColumnUse
    ) -> tuple[Answered, Codes, Sequence[str], Sequence[str]]:
        """Look a column's distinct values up: answers, value number per entry, texts, contexts."""
        cells, texts, values = self._column(use)
        info = self._info(attribute)
        none = ("",) * len(texts)
        if info.kind == "prefix":
            dials = [u for u in self._uses(attribute) if u.by == DIAL_CODE and u is not use]
            if dials:
                return self._ask_dialled(dials[0], use)
            return prefix_answers(cells.values, texts, use.column), values, texts, none
        if not info.dictionary:
            rows = np.bincount(values, minlength=len(texts))
            proves = not self._has_keyed_levels()
            return text_answers(texts, rows, proves=proves), values, texts, none
        dictionary = self.matching.dictionaries[info.dictionary]
        errors = _error_values(cells)
        if info.dictionary != "operator":
            asked = Asked(attribute, texts, none, use, errors)
            return dictionary_answers(self.matching, dictionary, asked), values, texts, none
        return self._ask_in_context(attribute, dictionary, (values, texts, errors), use)

    def _ask_dialled(
        self, dial: ColumnUse, area: ColumnUse
    ) -> tuple[Answered, Codes, Sequence[str], Sequence[str]]:
        """Join the dial codes of one column with the area codes of another: distinct pairs."""
        cells, texts, values = self._column(dial)
        more, more_texts, more_values = self._column(area)
        left, right, place = pairs(values, len(texts), more_values, len(more_texts))
        chosen = list(zip(left.tolist(), right.tolist(), strict=True))
        joined_texts = dialled([texts[a] for a, _ in chosen], [more_texts[b] for _, b in chosen])
        found: list[CellValue] = list(joined_texts)
        for number, (a, b) in enumerate(chosen):
            bad = (v for v in (cells.values[a], more.values[b]) if isinstance(v, CellError))
            found[number] = next(bad, found[number])
        answered = prefix_answers(found, joined_texts, area.column)
        return answered, place, joined_texts, ("",) * len(joined_texts)

    def _ask_in_context(
        self,
        attribute: str,
        dictionary: Dictionary,
        cells: tuple[Codes, Sequence[str], frozenset[int]],
        use: ColumnUse,
    ) -> tuple[Answered, Codes, Sequence[str], Sequence[str]]:
        """Look operators up inside their row's country (or MCC): distinct pairs, not rows."""
        values, texts, errors = cells
        contexts, codes = self._contexts()
        context, value, place = pairs(codes, len(contexts), values, len(texts))
        chosen = value.tolist()
        own_texts = [texts[v] for v in chosen]
        own_contexts = [contexts[c] for c in context.tolist()]
        failed = frozenset(i for i, v in enumerate(chosen) if v in errors)
        asked = Asked(attribute, own_texts, own_contexts, use, failed)
        answered = dictionary_answers(self.matching, dictionary, asked)
        return answered, place, own_texts, own_contexts

    def _untouched(self) -> bool:
        return len(self.positions) == len(self.selection.rows)

    def _has_keyed_levels(self) -> bool:
        infos = [self._info(a) for a in self.settings.levels]
        return any(info.dictionary or info.kind == "prefix" for info in infos)

    def _contexts(self) -> tuple[list[str], Codes]:
        """Return the contexts of operators, countries or MCCs, and each entry's number in them."""
        base = self.found.get("country") or self.found.get(CODE)
        if base is None or not (base.keys or base.problems):
            return [""], np.zeros(len(self.positions), np.int32)
        names = [*base.keys, *(p.likely for p in base.problems)]
        names = ["" if n == OTHERS else n[:3] for n in names]
        codes = np.where(base.codes >= 0, base.codes, len(base.keys) - 1 - base.codes)
        return names, codes.astype(np.int32)

    # ------------------------------------------------------------------ placing and joining

    def _place(self, attribute: str, answered: Answered, values: Codes, column: int) -> Keyed:
        """Give every entry its key; entries with several are repeated, in all attributes alike."""
        counts = answered.count[values]
        within: Codes | int = 0
        if counts.max(initial=0) > 1:
            repeat, within = spread(counts)
            self.positions = self.positions[repeat]
            self.found = {name: keyed.at(repeat) for name, keyed in self.found.items()}
            values = values[repeat]
        missing = Problem(Trouble.MISSING, f"the {self._title(attribute)} is missing", "", column)
        return placed(attribute, answered, values, within, missing=missing)

    def _add_answers(
        self, attribute: str, before: Keyed | None, answered: Answered, values: Codes, column: int
    ) -> Keyed:
        """Add a less trusted source: it fills gaps; certain sources that differ are a problem."""
        if before is None:
            return self._place(attribute, answered, values, column)
        if self._info(attribute).dictionary:
            said = self._said_by(attribute, answered)
            before = self._contradicted(before, values, said, column)
        failed = np.zeros(len(answered.count), np.bool_)
        failed[list(answered.problems)] = True
        given = answered.count[values] > 0
        surer = given & answered.proves[values] & ~before.proves
        excuse = failed[values] & is_missing(before)
        take = ((given & (before.codes < 0)) | surer | excuse) & ~is_clash(before)
        if not take.any():
            return before
        joint, places = joined(before, answered, values, take)
        keyed = self._place(attribute, joint, places, before.column)
        return replace(keyed, sources=before.sources)

    def _contradicted(
        self, before: Keyed, values: Codes, said: _Evidence, column: int, *, guesses: bool = False
    ) -> Keyed:
        """Turn entries into problems where both sources are certain and name different keys.

        With ``guesses`` accepted suggestions count as certain, too.
        """
        sure = before.proves
        if guesses and OTHERS in before.keys:
            sure = before.codes != before.keys.index(OTHERS)
        elif guesses:
            sure = np.ones(len(before.codes), np.bool_)
        both = np.flatnonzero(sure & said.sure[values] & (before.codes >= 0))
        if not len(both):
            return before
        first, second, place = pairs(
            before.codes[both], len(before.keys), values[both], len(said.sure)
        )
        problems: dict[int, Problem] = {}
        agreed: dict[int, str] = {}
        for number, (code, value) in enumerate(zip(first.tolist(), second.tolist(), strict=True)):
            keys = said.keys(value)
            if keys and before.keys[code] not in keys:
                outcome = self._clash(before.attribute, before.keys[code], said.says(value), column)
                if isinstance(outcome, Problem):
                    problems[number] = outcome
                else:
                    agreed[number] = outcome
        places = np.full(len(before.codes), -1, np.int32)
        places[both] = place
        return _with_agreed(with_problems(before, places, problems), places, agreed)

    def _clash(
        self, attribute: str, key: str, other: tuple[str, str], column: int
    ) -> Problem | str:
        """Return the person's key for two sources that contradict each other, or the problem."""
        dictionary = self.matching.dictionaries[self._info(attribute).dictionary]
        value, said = f"{key} / {other[0]}", other[1]
        answer = self.matching.answer(dictionary.name, "", value)
        if answer in dictionary or answer == OTHERS:
            return answer
        trouble = Trouble.ERROR if self.settings.accept_suggestions else Trouble.HELD
        return Problem(
            Trouble.SKIP if answer == "skip" else trouble,
            f"the row says {dictionary.label(key)} ({key}), but {said}",
            value,
            column,
            dictionary=dictionary.name,
            zone="red",
            clash=True,
        )

    def _said_by(self, attribute: str, answered: Answered) -> _Evidence:
        name = self._info(attribute).dictionary

        def keys(value: int) -> list[str]:
            start = answered.first[value]
            return [answered.keys[k] for k in answered.flat[start : start + answered.count[value]]]

        def says(value: int) -> tuple[str, str]:
            key = keys(value)[0]
            label = self.matching.dictionaries[name].label(key) if name else key
            return key, f"another column {label} ({key})"

        return _Evidence(answered.proves, keys, says)

    def _said_by_mcc(self, code: Keyed) -> _Evidence:
        """Return what the MCCs say about countries; kin countries (GB and JE, US and AS) agree."""
        countries = self.matching.dictionaries["country"]

        def says(value: int) -> tuple[str, str]:
            mcc = code.keys[value][:3]
            own = self._countries(mcc)
            listed = ", ".join(countries.label(c) for c in own[:3]) + (" …" if own[3:] else "")
            return f"MCC {mcc}", f"MCC {mcc} is {listed}"

        known = [*(key != OTHERS for key in code.keys), *(False for _ in code.problems)]
        return _Evidence(np.array(known, np.bool_), lambda v: self._kin(code.keys[v][:3]), says)

    def _countries(self, mcc: str) -> tuple[str, ...]:
        return self.matching.dictionaries.linked("mcc", mcc, "country")

    def _kin(self, mcc: str) -> list[str]:
        """Return the countries of ``mcc`` and those that share another MCC with one of them.

        Lists put Jersey under 234 or 235 and American Samoa under any American MCC.
        """
        linked = self.matching.dictionaries.linked
        kin = {
            other
            for country in self._countries(mcc)
            for shared in linked("country", country, "mcc")
            for other in self._countries(shared)
        }
        return sorted(kin)

    # ------------------------------------------------------------------ codes and links

    def _code(self) -> Keyed:
        """Work out the MCCMNC (or the bare MCC) of every entry from one column or two."""
        keyed: Keyed | None = None
        for use in self._uses("mccmnc"):
            cells, texts, values = self._column(use)
            answered = single_code_answers(
                self.matching, texts, column=use.column, errors=_error_values(cells)
            )
            keyed = self._add_code(keyed, answered, (values, texts), use)
        for use in self._uses("mcc")[:1]:
            keyed = self._paired_code(keyed, use, self._uses("mnc"))
        if keyed is None:
            raise FileProblem(
                "A column of MNCs says nothing without the MCCs: declare the MCC column, too."
            )
        return replace(keyed, attribute=CODE)

    def _column(self, use: ColumnUse) -> tuple[Cells, list[str], Codes]:
        cells = self.selection.cells(use.column, use.extract)
        values = cells.codes if self._untouched() else cells.codes[self.positions]
        return cells, extracted(cells.texts, use.extract), values

    def _add_code(
        self,
        before: Keyed | None,
        answered: Answered,
        cells: tuple[Codes, Sequence[str]],
        use: ColumnUse,
    ) -> Keyed:
        values, texts = cells
        rows = np.bincount(values, minlength=len(texts))
        source = Source(use, answered, texts, ("",) * len(texts), rows)
        earlier = before.sources if before else ()
        keyed = self._add_answers("mccmnc", before, answered, values, use.column)
        return replace(keyed, sources=(*earlier, source))

    def _paired_code(self, before: Keyed | None, mcc: ColumnUse, mncs: list[ColumnUse]) -> Keyed:
        cells, texts, values = self._column(mcc)
        errors = _error_values(cells)
        if not mncs:
            answered = paired_code_answers(
                self.matching, texts, ("",) * len(texts), column=mcc.column, errors=errors
            )
            return self._add_code(before, answered, (values, texts), mcc)
        more, more_texts, more_values = self._column(mncs[0])
        left, right, place = pairs(values, len(texts), more_values, len(more_texts))
        firsts = [texts[i] for i in left.tolist()]
        seconds = [more_texts[i] for i in right.tolist()]
        more_errors = _error_values(more)
        failed = frozenset(
            number
            for number, (a, b) in enumerate(zip(left.tolist(), right.tolist(), strict=True))
            if a in errors or b in more_errors
        )
        answered = paired_code_answers(
            self.matching, firsts, seconds, column=mncs[0].column, errors=failed
        )
        shown = [f"{a} {b}".strip() for a, b in zip(firsts, seconds, strict=True)]
        return self._add_code(before, answered, (place, shown), mncs[0])

    def _from_code(self, attribute: str) -> Keyed:
        """Derive MCCMNC, MCC, MNC or the operator from the row's code, in the row's country."""
        code = self.found[CODE]
        anchored = any(a in self.settings.levels for a in ("country", "mcc")) or attribute == "mcc"
        contexts, numbers = self._contexts()
        if attribute not in _OPERATORS:
            contexts, numbers = [""], np.zeros(len(code.codes), np.int32)
        known = np.where(code.codes >= 0, code.codes, len(code.keys) - 1 - code.codes)
        size = len(code.keys) + len(code.problems)
        context, value, place = pairs(numbers, len(contexts), known.astype(np.int32), max(size, 1))
        pair_keys = [code.keys[v] if v < len(code.keys) else "" for v in value.tolist()]
        paired = Keyed(CODE, pair_keys, place, [], code.proves, code.column)
        keys_of: dict[int, tuple[str, ...] | Problem] = {}
        for number, (c, v) in enumerate(zip(context.tolist(), value.tolist(), strict=True)):
            if v >= len(code.keys):
                keys_of[number] = code.problems[v - len(code.keys)]
            else:
                keys_of[number] = keys_from_code(
                    self.matching, attribute, code.keys[v], country=contexts[c], anchored=anchored
                )
        answered, values = answers_of(paired, keys_of)
        keyed = self._place(attribute, answered, values, code.column)
        others = keyed.keys.index(OTHERS) if OTHERS in keyed.keys else -1
        proves = self.found[CODE].proves & (keyed.codes >= 0) & (keyed.codes != others)
        return replace(keyed, proves=proves)

    def _with_code(self, keyed: Keyed | None) -> Keyed:
        """Check a country against the row's MCC and fill it in from the code where it lacks."""
        code = self.found[CODE]
        values = np.where(code.codes >= 0, code.codes, len(code.keys) - 1 - code.codes)
        if keyed is not None:
            said = self._said_by_mcc(code)
            values = values.astype(np.int32)
            keyed = self._contradicted(keyed, values, said, code.column, guesses=True)
        keys_of = {
            i: keys_from_code(self.matching, "country", key, country="", anchored=True)
            for i, key in enumerate(code.keys)
        }
        answered, places = answers_of(replace(code, problems=_quiet(code.problems)), keys_of)
        return self._add_answers("country", keyed, answered, places, code.column)

    def _linked(self, attribute: str) -> Keyed:
        """Derive a level without a column through linked dictionaries (IMP-9)."""
        target = self._info(attribute).dictionary
        dictionaries = self.matching.dictionaries
        for base in self._bases(attribute):
            name = self._info(base).dictionary
            if name and target in dictionaries.links(name):
                self._resolve(base)
                keyed = self.found[base]
                keys_of = {
                    code: self._linked_keys(attribute, (name, key), target)
                    for code, key in enumerate(keyed.keys)
                }
                answered, values = answers_of(keyed, keys_of)
                return self._place(attribute, answered, values, keyed.column)
        raise FileProblem(
            f"The level {self._title(attribute)} has no column: declare one, set one key for all "
            f"rows (--set {attribute}=KEY) or leave the level out (--level)."
        )

    def _bases(self, attribute: str) -> list[str]:
        declared = [u.attribute for u in self.settings.columns if u.role is Role.ATTRIBUTE]
        names = dict.fromkeys([*self.settings.levels, *declared, *self._constants()])
        return [
            name
            for name in names
            if name != attribute
            and name not in self.wide
            and (name in self.found or name in declared or name in self._constants())
        ]

    def _linked_keys(
        self, attribute: str, source: tuple[str, str], target: str
    ) -> tuple[str, ...] | Problem:
        if source[1] == OTHERS:
            return (OTHERS,)
        keys = self.matching.dictionaries.linked(*source, target)
        if keys:
            return keys
        title = self.matching.dictionaries[source[0]].label(source[1])
        return Problem(
            Trouble.ERROR, f"no {self._title(attribute)} is known for {title}", source[1]
        )

    def _title(self, attribute: str) -> str:
        info = self.catalogue.attributes.get(attribute)
        return info.name if info else attribute


def _error_values(cells: Cells) -> frozenset[int]:
    """Return the value numbers of error cells (Q17)."""
    return frozenset(i for i, v in enumerate(cells.values) if isinstance(v, CellError))


def _quiet(problems: Sequence[Problem]) -> list[Problem]:
    """Problems of codes that only serve as evidence: no country follows from them, no more."""
    return [Problem(Trouble.MISSING, p.reason, p.value, p.column) for p in problems]


def _with_agreed(keyed: Keyed, places: Codes, agreed: dict[int, str]) -> Keyed:
    """Give the key that a person chose to entries whose evidence contradicted itself."""
    keys, codes = list(keyed.keys), keyed.codes.copy()
    for number, key in agreed.items():
        if key not in keys:
            keys.append(key)
        codes[places == number] = keys.index(key)
    return replace(keyed, keys=keys, codes=codes)


def _first_problems(levels: Sequence[Keyed], count: int) -> tuple[Codes, list[Problem]]:
    """Return each entry's first problem from the top level down, and all problems."""
    problem = np.full(count, -1, np.int32)
    problems: list[Problem] = []
    for keyed in levels:
        fresh = (keyed.codes < 0) & (problem < 0)
        problem[fresh] = len(problems) - 1 - keyed.codes[fresh]
        problems += keyed.problems
    return problem, problems
