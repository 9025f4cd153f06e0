"""The fields of a section in their order: which are shown, what depends on what, what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from collections.abc import Set as AbstractSet
from functools import partial
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFormLayout, QScrollArea, QVBoxLayout, QWidget

from app.domain.sections import Field, Kind, Section
from app.errors import FieldProblem
from app.services.form_values import shown, validated
from app.ui.forms.editor import Lookup
from app.ui.forms.field_row import FieldRow
from app.ui.widgets.card import SectionTitle, muted_label

LABEL_WIDTH = 130


class RecordForm(QScrollArea):
    """The form of one section; it knows the values it began with, and so whether it changed."""

    edited = Signal()
    """The person changed something."""

    changed_by_person = Signal(str)
    """Field that the person changed; proposals and resets do not tell."""

    fill_asked = Signal(str)
    """Field whose button fills others."""

    drop_asked = Signal(str, str)
    """Field and the proposed word that is to be deleted."""

    link_opened = Signal(str)
    """Field whose shown value, a link, was clicked."""

    problems_changed = Signal()
    """A field was mended, or problems were shown."""

    def __init__(
        self,
        section: Section,
        lookup: Lookup,
        parent: QWidget | None = None,
        *,
        empty: bool = False,
    ) -> None:
        """Make the form; an ``empty`` one is filled in its place (:meth:`fill`).

        To move a form with its hundreds of widgets dresses each of them anew.
        """
        super().__init__(parent)
        self.section, self._lookup = section, lookup
        self._values: dict[str, Any] = {}
        self._labels: dict[str, str] = {}
        self._keys: dict[str, Any] = {}
        self._typed: set[str] = set()
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.body = QWidget()
        self.setWidget(self.body)
        self.rows: dict[str, FieldRow] = {}
        self._heads: list[tuple[SectionTitle, list[FieldRow]]] = []
        if not empty:
            self.fill()

    def fill(self) -> None:
        """Make the rows."""
        self.rows = {f.name: FieldRow(f, self._lookup, self.body) for f in self.section.form}
        self._lay_out()
        for row in self.rows.values():
            row.editor.edited.connect(lambda row=row: self._edited(row))
            row.fill_asked.connect(lambda name=row.field.name: self.fill_asked.emit(name))
            row.editor.drop_asked.connect(partial(self.drop_asked.emit, row.field.name))
            row.link_opened.connect(lambda name=row.field.name: self.link_opened.emit(name))

    def _lay_out(self) -> None:
        self._form = QFormLayout()
        self._form.setHorizontalSpacing(12)
        self._form.setVerticalSpacing(10)
        self._form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.FieldsStayAtSizeHint)
        self._form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.DontWrapRows)
        group = ""
        for row in self.rows.values():
            if row.field.group != group:
                group = row.field.group
                if group:
                    self._heads.append((SectionTitle(self.tr(group), self.body), []))
                    self._form.addRow(self._heads[-1][0])
            if group:
                self._heads[-1][1].append(row)
            row.title.setMinimumWidth(LABEL_WIDTH)
            self._form.addRow(row.title, row.cell)
        self.legend = muted_label(self.tr("* required"))
        column = QVBoxLayout(self.body)
        column.setContentsMargins(4, 12, 12, 12)
        column.setSpacing(12)
        column.addLayout(self._form)
        column.addWidget(self.legend)
        column.addStretch(1)

    # ------------------------------------------------------------------ showing

    def show_values(self, values: Mapping[str, Any], labels: Mapping[str, str]) -> None:
        """Show what is stored (or the proposals of a new record); from here on it counts edits."""
        self._values, self._labels = dict(values), dict(labels)
        for name, row in self.rows.items():
            row.show_value(values.get(name), labels.get(name, ""))
        self._show_fitting()
        self._keys = {name: _key(row.editor.loose()) for name, row in self.rows.items()}
        self._typed.clear()
        self.clear_problems()

    def set_editing(
        self,
        editing: bool,
        fixed: Callable[[Field], str] | None = None,
        *,
        new: bool = False,
    ) -> None:
        """Offer the editors, or the values alone; ``fixed`` tells why a field can't be changed.

        ``new``: a record that is not stored yet; of what is computed, only what was proposed has
        a place.
        """
        for row in self.rows.values():
            row.set_editing(editing, fixed(row.field) if fixed is not None else "", new=new)
        required = any(row.is_editable and row.field.required for row in self.rows.values())
        self.legend.setVisible(required)
        self._show_fitting()
        self.problems_changed.emit()

    def put(self, name: str, value: Any, label: str = "") -> None:
        """Write a value into a field as if the person had."""
        row = self.rows[name]
        row.editor.put(value, label)
        row.editor.edited.emit()

    def propose(
        self, found: Mapping[str, tuple[Any, str]], *, only_empty: bool, changed: str = ""
    ) -> list[str]:
        """Write proposals (value, label) where the person has typed nothing; return where.

        ``only_empty`` spares every value, as of a record that is stored already. What is computed
        is shown as it would be.
        """
        written = []
        for name, (value, label) in found.items():
            row = self.rows.get(name)
            if row is not None and row.field.computed:
                row.show_value(value, label)
                continue
            if row is None or name == changed or name in self._typed or not row.is_editable:
                continue
            now = _key(row.editor.loose())
            if now == _key(value) or (only_empty and now is not None):
                continue
            row.editor.put(value, label)
            row.show_problem("")
            written.append(name)
        for name in written:
            self._reset_dependants(name, spared=set(written))
        self._show_fitting()
        if written:
            self.edited.emit()
        return written

    def write(self, found: Mapping[str, tuple[Any, str]]) -> dict[str, Any]:
        """Write values (value, label) over what is there; return the memos of what they replaced.

        What hangs on a written field stays, and so does what can't be edited.
        """
        before = {}
        for name, (value, label) in found.items():
            row = self.rows.get(name)
            if row is None or not row.is_editable or _key(row.editor.loose()) == _key(value):
                continue
            before[name] = row.editor.memo()
            row.editor.put(value, label)
            self._written(row)
        return before

    def put_back(self, memos: Mapping[str, Any]) -> None:
        """Undo a :meth:`write`."""
        for name, memo in memos.items():
            row = self.rows[name]
            if row.is_editable:
                row.editor.recall(memo)
                self._written(row)

    def _written(self, row: FieldRow) -> None:
        row.show_problem("")
        self._typed.add(row.field.name)
        self._show_fitting()
        self.edited.emit()
        self.problems_changed.emit()

    def needed(self) -> QSize:
        """Return the room in which the form is seen without scrolling, pixels."""
        bar = self.verticalScrollBar().sizeHint().width()
        return self.body.sizeHint() + QSize(bar + 2 * self.frameWidth() + 2, 2 * self.frameWidth())

    def focus_first(self) -> None:
        """Go to the first field that can be edited."""
        for name, row in self.rows.items():
            if row.is_editable and self.is_shown(name):
                row.editor.widget.setFocus(Qt.FocusReason.OtherFocusReason)
                return

    def go_to(self, name: str) -> None:
        """Scroll to a field and put the keyboard into it."""
        row = self.rows[name]
        self.ensureWidgetVisible(row.cell, 0, 40)
        row.editor.widget.setFocus(Qt.FocusReason.OtherFocusReason)

    def is_shown(self, name: str) -> bool:
        """Whether the other values let a field be shown."""
        row = self.rows[name]
        return row.has_place and shown(row.field, self.loose_values())

    def set_links(self, names: Container[str]) -> None:
        """Let the shown values of these fields be links."""
        for name, row in self.rows.items():
            row.set_link(name in names)

    def show_advice(self, advice: Mapping[str, str]) -> None:
        """Show a warning beside each field that looks odd, and none beside the others."""
        for name, row in self.rows.items():
            row.show_advice(advice.get(name, ""))

    # ------------------------------------------------------------------ values

    def loose_values(self) -> dict[str, Any]:
        """Return the value of each field, or what is written where it can't be read."""
        return {name: row.editor.loose() for name, row in self.rows.items()}

    def readable_values(self) -> dict[str, Any]:
        """Return the values that can be read; None for what can't, or is not shown now."""
        given = self.loose_values()
        found: dict[str, Any] = {}
        for name, row in self.rows.items():
            try:
                found[name] = row.editor.value() if shown(row.field, given) else None
            except ValueError:
                found[name] = None
            if row.field.computed:
                found[name] = self._values.get(name)
        return found

    def values(self) -> dict[str, Any]:
        """Return the checked values of all fields. Raises FieldProblem naming those wrong."""
        given, problems = self.loose_values(), {}
        for name, row in self.rows.items():
            if row.field.computed or not self.is_shown(name):
                continue
            try:
                given[name] = row.editor.value()
            except ValueError as problem:
                problems[name] = str(problem)
                given[name] = None
        try:
            found = validated(self.section, given)
        except FieldProblem as more:
            problems = {**more.problems, **problems}
            found = {}
        if problems:
            raise FieldProblem({name: problems[name] for name in self.rows if name in problems})
        return found

    def changed(self) -> list[str]:
        """Return the fields whose value is not the one it began with."""
        given = self.loose_values()
        return [
            name
            for name, row in self.rows.items()
            if shown(row.field, given)
            and not row.field.computed
            and _key(given[name]) != self._keys.get(name)
        ]

    def base(self) -> dict[str, Any]:
        """Return the values the form began with."""
        return dict(self._values)

    def labels(self) -> dict[str, str]:
        """Return the shown texts of the references as they are now."""
        return {name: row.editor.label() for name, row in self.rows.items() if row.editor.label()}

    def memo(self) -> dict[str, Any]:
        """Return what is written in the changed fields, as JSON data; no passwords."""
        return {
            name: self.rows[name].editor.memo()
            for name in self.changed()
            if self.rows[name].field.kind is not Kind.HIDDEN
        }

    def recall(self, memo: Mapping[str, Any]) -> None:
        """Write what :meth:`memo` gave over what is shown; fields that are no more are left out."""
        for name, written in memo.items():
            if name in self.rows:
                self.rows[name].editor.recall(written)
                self._typed.add(name)
        self._show_fitting()
        self.edited.emit()

    # ------------------------------------------------------------------ problems

    def problems(self) -> dict[str, str]:
        """Return the sentences shown below fields, in the order of the form."""
        return {n: r.problem for n, r in self.rows.items() if r.problem and self.is_shown(n)}

    def show_problems(self, problems: Mapping[str, str]) -> None:
        """Show a sentence below each field that is wrong."""
        for name, row in self.rows.items():
            row.show_problem(problems.get(name, ""))
        self.problems_changed.emit()

    def clear_problems(self) -> None:
        """Take all of them away."""
        self.show_problems({})

    # ------------------------------------------------------------------ what depends on what

    def _edited(self, row: FieldRow) -> None:
        name = row.field.name
        if row.problem:
            row.show_problem("")
        self._typed.add(name)
        self._reset_dependants(name)
        self._show_fitting()
        self.edited.emit()
        self.problems_changed.emit()
        self.changed_by_person.emit(name)

    def _reset_dependants(self, changed: str, spared: AbstractSet[str] = frozenset()) -> None:
        """Empty the fields whose choices hang on the changed one, and those behind them."""
        for name, row in self.rows.items():
            if changed in row.field.reset_by and name != changed and name not in spared:
                row.editor.put(None)
                row.show_problem("")
                self._typed.discard(name)
                self._reset_dependants(name, spared)

    def _show_fitting(self) -> None:
        given = self.loose_values()
        for row in self.rows.values():
            row.follow(given)
            self._form.setRowVisible(row.cell, row.has_place and shown(row.field, given))
        for title, rows in self._heads:
            some = any(row.has_place and shown(row.field, given) for row in rows)
            self._form.setRowVisible(title, some)


def _key(value: Any) -> Any:
    """Return what makes two values the same: an empty text or list is no value."""
    return None if value in ("", [], {}) else value
