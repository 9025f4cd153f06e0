"""The page of a record of any section: read, edit, save or cancel, delete, history (GEN-2)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QTabWidget, QVBoxLayout, QWidget

from app.domain.records import Record, Row
from app.domain.sections import Command, Field
from app.errors import FieldProblem, UserError
from app.services import records
from app.ui.access.secret_dialog import tell_outcome
from app.ui.addresses import Address
from app.ui.forms.asking import FormQuestions
from app.ui.forms.conflict_dialog import ConflictDialog, Difference, differences
from app.ui.forms.fixed import all_fixed, why_fixed
from app.ui.forms.form import RecordForm
from app.ui.forms.head import RecordHead
from app.ui.forms.history import HistoryView
from app.ui.forms.links import links
from app.ui.forms.loading import Loaded, load_new, load_record
from app.ui.forms.neighbours import Neighbours
from app.ui.forms.panels import RecordPanels
from app.ui.forms.shown import record_name
from app.ui.forms.split import RecordSplit
from app.ui.forms.tools import RecordTools
from app.ui.lists.commands import SectionCommands, Selected, address_of, removes
from app.ui.look.icons import icon
from app.ui.pages import Page, Shell
from app.ui.titles import section as section_of
from app.ui.widgets.buttons import push_button
from app.ui.widgets.card import muted_label
from app.ui.widgets.confirm import YES, Question, SaveQuestion
from app.ui.widgets.message_bar import MessageBar

if TYPE_CHECKING:
    from app.services.context import Context

Done = Callable[[bool], object]

EDIT = "edit"
"""Argument of an address: the field with which changing begins at once."""

SET = "set."
"""Begins the arguments of an address that fill a field of a new form: ``set.bank_id=7``."""


class RecordPage(Page):
    """``record?section=ID&id=N``; without ``id`` a new record, with ``clone=N`` a copy of one.

    ``set.FIELD=VALUE`` fills a new form; ``new=…`` tells one new form from another.
    """

    IDENTITY: ClassVar[tuple[str, ...]] = ("section", "id", "clone", "new")
    HELP: ClassVar[str] = "lists"

    def __init__(self, shell: Shell, address: Address) -> None:
        super().__init__(shell, address)
        self.section = section_of(address.get("section"))
        self.record_id = address.number("id")
        self.record: Record | None = None
        self.editing = False
        self._loaded = self._saving = False
        self._row: Row | None = None
        self._recovered: dict[str, Any] | None = None
        self._base_known = True
        self._tab_wanted = 0
        self._neighbours = Neighbours()
        self.question: Question | None = None
        self.conflict: ConflictDialog | None = None
        self._make_widgets()
        self.commands = SectionCommands(self.section, shell, self, self._selected)
        self.commands.ran.connect(self._ran)
        self.tools = RecordTools(self)
        self._lay_out()
        self.form.fill()
        self._wire()
        self._show_mode()

    # ------------------------------------------------------------------ widgets

    def _make_widgets(self) -> None:
        self.head = RecordHead(self.shell, self)
        self.heading, self.mode, self.facts = self.head.heading, self.head.mode, self.head.facts
        self.bar = MessageBar(self)
        self.advice_bar = MessageBar(self)
        self.questions = FormQuestions(self.section, self.shell.jobs, self._about, self)
        self.form = RecordForm(self.section, self.questions.lookup, self, empty=True)
        self.questions.attend(self.form, self.bar, self.advice_bar)
        self.history = HistoryView(self)
        self.panels = RecordPanels(self.section, self.shell, self)
        self.save_button = push_button(self.tr("Save"), self._save_and_show, kind="primary")
        self.save_button.setIcon(icon("save", "accent_text"))
        self.save_button.setToolTip(self.tr("Save (Ctrl+S)"))
        self.cancel_button = push_button(self.tr("Cancel"), self.cancel)
        self.cancel_button.setToolTip(self.tr("Leave without saving (Esc)"))
        self.unsaved_note = muted_label()
        self.edit_row = QWidget()
        row = QHBoxLayout(self.edit_row)
        row.setContentsMargins(0, 2, 0, 2)
        row.setSpacing(8)
        row.addWidget(self.save_button)
        row.addWidget(self.cancel_button)
        row.addWidget(self.unsaved_note, 1)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.tabBar().setDrawBase(False)
        self.tabs.addTab(self.form, self.tr("Properties"))
        self.tabs.addTab(self.history, self.tr("History"))
        self.tabs.currentChanged.connect(lambda _: self.touched.emit())

    def _lay_out(self) -> None:
        self.split = RecordSplit(self.form, self.tabs, self.panels)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(4)
        column.addWidget(self.head)
        column.addWidget(self.tools.bar)
        column.addWidget(self.edit_row)
        column.addWidget(self.bar)
        column.addWidget(self.advice_bar)
        column.addWidget(self.split, 1)
        self.setFocusProxy(self.tabs.tabBar())

    def _wire(self) -> None:
        self.form.edited.connect(self._edited)
        self.form.problems_changed.connect(self._tell_problems)
        self.form.link_opened.connect(self._open_link)
        self.panels.touched.connect(self.touched)

    # ------------------------------------------------------------------ page

    @property
    def is_new(self) -> bool:
        """Whether saving makes a record."""
        return self.record_id is None

    def title(self) -> str:
        if self.record is not None and not self.is_new:
            return record_name(self.record)
        words = self.tr("Copy of {name}") if self.record else self.tr("New {name}")
        name = record_name(self.record) if self.record else self.section.singular
        return words.format(name=name) if self.is_new else self.section.singular.capitalize()

    def icon_name(self) -> str:
        return self.section.icon

    def help_topic(self) -> str:
        return self.section.help

    def start(self) -> None:
        self._load()

    def come_from(self, ids: Sequence[int]) -> None:
        self._neighbours = Neighbours(ids)
        self._enable()

    def refresh(self, nouns: frozenset[str]) -> None:
        self.panels.refresh(nouns)
        if not self.editing and nouns & set(self.section.nouns):
            self._load()

    def is_dirty(self) -> bool:
        return self.editing and bool(self.form.changed())

    def save(self, done: Done) -> None:
        self._save(done)

    def discard(self) -> None:
        self._leave_editing()

    def state(self) -> dict[str, Any]:
        return {"tab": self.tabs.currentIndex(), "panel": self.panels.panel_in_front()}

    def restore(self, state: dict[str, Any]) -> None:
        self._tab_wanted = int(state.get("tab") or 0)
        self.panels.choose(str(state.get("panel") or ""))

    def revisit(self, address: Address) -> None:
        """Fill a new form anew that nobody has typed in yet, or begin to change what is asked."""
        if self.is_new and address.parts(SET) and not self.is_dirty():
            super().revisit(address)
            self.editing = self._loaded = False
            self._load()
        elif address.get(EDIT):
            super().revisit(address)
            self._edit_asked()

    def closing(self) -> None:
        self.panels.closing()

    def actions_shown(self) -> list[QAction]:
        """Return the actions of the record and those of the panel in front."""
        return [*super().actions_shown(), *self.tools.own, *self.panels.actions_shown()]

    def unsaved(self) -> dict[str, Any] | None:
        if self._recovered is not None:
            return self._recovered
        if not self.is_dirty():
            return None
        version = self.record.version if self.record is not None else 0
        return {"version": version, "values": self.form.memo()}

    def recover(self, unsaved: dict[str, Any]) -> None:
        self._recovered = unsaved

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave editing by Esc, unless a list or a calendar of a field took it."""
        if event.key() == Qt.Key.Key_Escape and self.editing:
            self.cancel()
        else:
            super().keyPressEvent(event)

    # ------------------------------------------------------------------ loading

    def _load(self) -> None:
        section, number, clone = self.section, self.record_id, self.address.number("clone")
        given = self.address.parts(SET)

        def work(ctx: Context) -> Loaded:
            if number is not None:
                return load_record(ctx, section, number)
            return load_new(ctx, section, clone, given)

        def done(loaded: Loaded) -> None:
            if number == self.record_id:  # else the page shows another record by now
                self._take(loaded)

        self.shell.jobs.query(work, owner=self, done=done, failed=self._not_loaded)

    def _not_loaded(self, problem: UserError) -> None:
        self._row = None
        self.bar.show_message(str(problem), kind="error")
        self._enable()

    def _take(self, loaded: Loaded) -> None:
        if self.editing and self._loaded:
            return  # an edit began while this was read; saving tells what changed meanwhile
        first, self._loaded = not self._loaded, True
        self.record, self._row = loaded.record, loaded.row
        self.form.show_values(loaded.values, loaded.labels)
        self.form.set_links(self._links())
        self.history.show_history(loaded.record.history if loaded.record else ())
        self.tabs.setTabVisible(1, not self.is_new)
        if first and not self.is_new:
            self.tabs.setCurrentIndex(self._tab_wanted)
        if self._recovered is not None:
            self._take_recovered()
        elif self.is_new:
            self.begin_editing()
        else:
            self._show_mode()
            self._edit_asked()
        self.panels.show_record(None if self.is_new else self.record)
        self.questions.advise()

    def _edit_asked(self) -> None:
        """Begin with the field that the address asks to change, once."""
        wanted = self.address.get(EDIT)
        if wanted:
            self.address = self.address.without(EDIT)
            self.begin_editing()
            if self.editing:
                self.form.go_to(wanted)

    def _take_recovered(self) -> None:
        unsaved, self._recovered = self._recovered or {}, None
        self.begin_editing()
        self.form.recall(unsaved.get("values") or {})
        version = int(unsaved.get("version") or 0)
        if self.record is not None and not self.is_new and version != self.record.version:
            self._base_known = False
            self.record = replace(self.record, version=version)

    # ------------------------------------------------------------------ reading and editing

    def why_not_edit(self) -> str:
        """Return why the record can't be edited, "" if it can."""
        if not self.shell.jobs.may(self.section.area, "manage"):
            return self.tr("You may not change this: ask an administrator for the right.")
        if not self.is_new and not self.section.update:
            return self.tr("This can't be changed.")
        return all_fixed(self.section, None if self.is_new else self.record)

    def begin_editing(self) -> None:
        """Offer the editors; the first one gets the keyboard."""
        if self.editing or not self._loaded or self.why_not_edit():
            return
        self.editing = True
        self._base_known = True
        self.tabs.setCurrentIndex(0)
        self._show_mode()
        self.form.focus_first()

    def _fixed(self, field: Field) -> str:
        """Return why a field can't be changed now, "" if it can."""
        return why_fixed(field, self.record, is_new=self.is_new)

    def _show_mode(self) -> None:
        """Show the page for reading or for editing."""
        mode = self.tr("New") if self.is_new else self.tr("Editing")
        stored = None if self.is_new else self.record
        numbered = any(column.name == "id" for column in self.section.columns)
        shown_mode = mode if self.editing else ""
        self.head.show_record(stored, self._headline(), shown_mode, numbered=numbered)
        self.tools.bar.setVisible(not self.editing)
        self.edit_row.setVisible(self.editing)
        had_focus = self.isAncestorOf(self.focusWidget() or self.window())
        self.form.set_editing(self.editing, self._fixed, new=self.is_new)
        self.split.fit()
        if had_focus and not self.editing:
            self.setFocus(Qt.FocusReason.OtherFocusReason)
        self._tell_unsaved()
        self._enable()

    def _headline(self) -> str:
        """Return what kind of record this is, and its name."""
        if self.is_new or self.record is None:
            return self.title()
        words = self.tr("{kind} “{name}”")
        return words.format(kind=self.section.singular.capitalize(), name=record_name(self.record))

    def _edited(self) -> None:
        self._tell_unsaved()
        self.touched.emit()

    def _tell_unsaved(self) -> None:
        titles = {field.name: field.title for field in self.section.form}
        names = [titles[name] for name in self.form.changed()] if self.editing else []
        words = self.tr("Not saved: {names}").format(names=", ".join(names))
        self.unsaved_note.setText(words if names else "")
        self.save_button.setEnabled(self.editing and not self._saving)
        self.status.emit(words if names else "")
        self.described.emit()

    def _enable(self) -> None:
        self.commands.update()
        self.tools.update(self._neighbours)

    def _selected(self) -> Selected:
        """Return the record for the section's commands; none while it is edited."""
        if self._row is None or self.editing or self.is_new:
            return Selected()
        return Selected((self._row[0],), (self._row,))

    def cancel(self) -> None:
        """Leave editing without saving; asks when something would be lost."""
        if not self.editing or self._saving:
            return
        if not self.is_dirty():
            self._leave_editing()
            return
        question = Question(
            self.window(),
            self.tr("Discard what you changed?"),
            self.unsaved_note.text(),
            yes=self.tr("Discard"),
            cancel=self.tr("Keep editing"),
            danger=True,
        )

        def answered() -> None:
            if question.answer == YES:
                self._leave_editing()

        self._open(question, answered)

    def _open(self, question: Question, then: Callable[[], object]) -> None:
        def answered() -> None:
            self.question = None
            question.deleteLater()
            then()

        self.question = question
        question.finished.connect(answered)
        question.open()

    def _leave_editing(self) -> None:
        self.editing = False
        self._base_known = True
        self.bar.clear()
        if self.is_new:
            self.described.emit()
            self.touched.emit()
            self.shell.close_page(self, ask=False)
            return
        self.form.show_values(self.form.base(), self.record.labels if self.record else {})
        self._show_mode()
        self.touched.emit()
        self._load()

    # ------------------------------------------------------------------ saving

    def _save_and_show(self) -> None:
        self._save(lambda _: None, show=True)

    def save_now(self) -> None:
        """Save by Ctrl+S: like the button."""
        if self.editing:
            self._save_and_show()

    def _save(self, done: Done, *, show: bool = False) -> None:
        """Check and save; ``show`` opens what a new record is for, where saving closes nothing."""
        if not self.editing or self._saving:
            done(not self.editing)
            return
        try:
            values = self.form.values()
        except FieldProblem as problem:
            self._refuse(problem)
            done(False)
            return
        if not self.is_new and not self.form.changed() and self._base_known:
            self._leave_editing()
            done(True)
            return
        self._saving = True
        self.save_button.setEnabled(False)
        self.shell.jobs.change(
            self.tr("Saving {name}").format(name=self.title()),
            self._work(values),
            owner=self,
            done=partial(self._saved, done, show),
            failed=partial(self._not_saved, done),
            nouns=self.section.nouns,
        )

    def _work(self, values: dict[str, Any]) -> Callable[[Context], int]:
        """Return what saves: a new record, a copy, or the changed fields of this one."""
        section, record, number = self.section, self.record, self.record_id
        if number is None and record is not None:
            return lambda ctx: records.clone(ctx, section, record.id, values)
        if number is None or record is None:
            return lambda ctx: records.create(ctx, section, values)
        changed = {name: values[name] for name in self.form.changed()}

        def update(ctx: Context) -> int:
            records.update(ctx, section, number, record.version, changed)
            return number

        return update

    def _saved(self, done: Done, show: bool, number: int) -> None:
        self._saving = self.editing = False
        self._base_known = True
        self.bar.clear()
        was_new, self.record_id = self.is_new, number
        self.address = Address.of("record", section=self.section.id, id=number)
        if was_new:
            self.record, self._loaded = None, False
        self.form.show_values(self.form.loose_values(), self.form.labels())
        self._show_mode()
        self.touched.emit()
        opens = self.section.open_row
        if was_new and show and opens:
            self.shell.open(Address.parse(opens.format(id=number)))
            self.shell.close_page(self, ask=False)
        else:
            self._load()
        tell_outcome(self.shell, self, number)
        done(True)

    def _not_saved(self, done: Done, problem: UserError) -> None:
        self._saving = False
        self._tell_unsaved()
        done(False)
        if isinstance(problem, records.RecordConflict):
            self._choose(problem)
        else:
            self._refuse(problem)

    def _refuse(self, problem: UserError) -> None:
        """Show what is wrong below its fields and over the form; go to the first (item 23)."""
        known = problem.problems if isinstance(problem, FieldProblem) else {}
        here = {name: text for name, text in known.items() if name in self.form.rows}
        self.form.show_problems(here)
        others = [text for name, text in known.items() if name not in here]
        if not here or others:
            self.bar.show_message(" ".join(others) or str(problem), kind="error")
        else:
            self.tabs.setCurrentIndex(0)
            self.form.go_to(next(iter(here)))

    def _tell_problems(self) -> None:
        """Sum up over the form what is wrong in it."""
        found = self.form.problems()
        if not found:
            if self.bar.property("fields"):
                self.bar.clear()
            self.bar.setProperty("fields", False)
            return
        titles = [self.form.rows[name].field.title for name in found]
        one, more = (
            self.tr("One field is not right yet: {names}."),
            self.tr("{n} fields are not right yet: {names}."),
        )
        words = (one if len(found) == 1 else more).format(n=len(found), names=", ".join(titles))
        first = next(iter(found))
        self.bar.show_message(
            words,
            kind="error",
            actions=[(self.tr("Go to first"), lambda: self.form.go_to(first))],
            closable=False,
        )
        self.bar.setProperty("fields", True)

    def _choose(self, problem: records.RecordConflict) -> None:
        """Ask field by field what stays of two people's changes (GEN-4)."""
        stored = problem.record
        mine = {**stored.values, **{n: self.form.loose_values()[n] for n in self.form.changed()}}
        base = self.form.base()
        found = differences(self.section, base, stored.values, mine)
        self.bar.show_message(str(problem), kind="warn")
        labels = (stored.labels, self.form.labels())
        self.conflict = ConflictDialog(
            self.window(), str(problem), found, labels, base_known=self._base_known
        )
        self.conflict.finished.connect(partial(self._chosen, self.conflict, stored, found))
        self.conflict.open()

    def _chosen(
        self, dialog: ConflictDialog, stored: Record, found: list[Difference], _: int
    ) -> None:
        self.conflict = None
        dialog.deleteLater()
        if dialog.result() != ConflictDialog.DialogCode.Accepted:
            return
        kept, labels = dialog.chosen(), self.form.labels()
        self.record = stored
        self._base_known = True
        self.form.show_values(stored.values, stored.labels)
        self.form.set_editing(True, self._fixed, new=self.is_new)
        for difference in found:
            name = difference.field.name
            if kept[name]:
                self.form.put(name, difference.mine, labels.get(name, ""))
        self.bar.clear()
        self._save_and_show()

    # ------------------------------------------------------------------ what else there is to do

    def _ran(self, command: Command) -> None:
        if removes(self.section, command):
            self.shell.close_page(self, ask=False)

    def step(self, by: int) -> None:
        """Show the record before or after this one in the list it was opened from."""
        number = self._neighbours.step(self.record_id or 0, by)
        if number is None:
            return
        if not self.is_dirty():
            self._go_to(number)
            return
        question = SaveQuestion(self.window(), self.tr("Unsaved changes"), [self.title()])

        def answered() -> None:
            if question.choice == "save":
                self._save(lambda worked: self._go_to(number) if worked else None)
            elif question.choice == "discard":
                self._go_to(number)

        self._open(question, answered)

    def _go_to(self, number: int) -> None:
        self.editing = self._loaded = False
        self._tab_wanted = self.tabs.currentIndex()
        self.bar.clear()
        self.record_id = number
        self.address = Address.of("record", section=self.section.id, id=number)
        self._load()
        self.touched.emit()

    def _about(self) -> tuple[int | None, bool]:
        """Return what questions are about: the record, and whether the form is a fresh one."""
        return self.record_id, self.is_new and self.record is None

    def _links(self) -> dict[str, str]:
        """Return the addresses that shown values of this record open."""
        return {} if self._row is None else links(self.section)

    def _open_link(self, name: str) -> None:
        link = self._links().get(name)
        if link:
            self.shell.open(address_of(link, self.section, self._row))

    def toolbar_actions(self) -> list[QAction]:
        """Return the section's commands that make sense on the record's own page."""
        here = f"record?section={self.section.id}&id={{id}}"
        return [
            self.commands.actions[command.id]
            for command in self.commands.known()
            if command.opens != here and command.needs != "none"
        ]
