"""The import wizard in a tab: five steps that can be left and entered again, nothing lost."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import (
    QAction,
    QDragEnterEvent,
    QDropEvent,
    QKeySequence,
    QShowEvent,
    QUndoStack,
)
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.errors import Conflict, UserError
from app.ui import formats
from app.ui.addresses import Address
from app.ui.import_wizard.blockers import (
    COLUMNS,
    CONFIRM,
    FILE,
    PREVIEW,
    VALUES,
    blocker,
    reachable,
)
from app.ui.import_wizard.change_words import row_count
from app.ui.import_wizard.columns_step import ColumnsStep
from app.ui.import_wizard.comparison import ComparisonNote, can_be_shown
from app.ui.import_wizard.confirm_step import ConfirmStep, sentence
from app.ui.import_wizard.done_step import DoneStep
from app.ui.import_wizard.file_step import FileStep
from app.ui.import_wizard.preview_step import PreviewStep
from app.ui.import_wizard.recent_lists import RecentList, recent_lists, remember_list
from app.ui.import_wizard.settings_panel import SettingsPanel
from app.ui.import_wizard.source_panel import SourcePanel
from app.ui.import_wizard.state import WizardState
from app.ui.import_wizard.values_step import ValuesStep
from app.ui.import_wizard.wizard import Wizard
from app.ui.look.marks import set_mark
from app.ui.pages import Page, Shell
from app.ui.widgets.buttons import push_button
from app.ui.widgets.message_bar import MessageBar
from app.ui.widgets.steps import StepBar

if TYPE_CHECKING:
    from app.services.tariffs.import_file import ImportOutcome
    from app.ui.jobs import Job

DONE = 5
"""Place of the last page in the stack; it is no step."""

_numbers = itertools.count(time.time_ns())
"""Numbers of imports; those of tabs that a restart brings back are lower."""

_LATER = ("columns", "values", "preview", "confirm", "done")
"""Steps that are made after the first one was painted, in the order of the stack."""

_PARTS = ("_source", "_settings")
"""Parts of a step that are made before it, each in a turn of its own."""

_Step = TypeVar("_Step", bound=QWidget)


class ImportPage(Page):
    """One import. Its identity is a running number, so that several may be open."""

    IDENTITY: ClassVar[tuple[str, ...]] = ("number",)
    HELP: ClassVar[str] = "import"

    def __init__(self, shell: Shell, address: Address) -> None:
        super().__init__(shell, _numbered(address))
        self.wizard = Wizard(shell.jobs, _state_of(address), self)
        # Not QTimer.singleShot: one that the end of the page overtakes keeps the page in memory.
        self._turns = QTimer(self)
        self._turns.setSingleShot(True)
        self._turns.timeout.connect(self._make_next)
        self.committing: Job | None = None
        self.outcome: ImportOutcome | None = None
        self._seen = FILE
        self._place: tuple[object, str] | None = None
        self._make_steps()
        self._make_frame()
        self._make_keys()
        self._connect()
        self._show()

    # ---------------------------------------------------------------- building

    def _make_steps(self) -> None:
        self.file = FileStep(self.wizard, self._recent)
        self.steps = StepBar()
        self._name_steps()
        self.stack = QStackedWidget()
        self.stack.addWidget(self.file)
        for _later in _LATER:
            self.stack.addWidget(QWidget())

    def _name_steps(self) -> None:
        """Show the steps there are: a comparison has none that writes."""
        titles = [
            self.tr("File and target"),
            self.tr("Columns"),
            self.tr("Values to decide"),
            self.tr("Preview"),
            self.tr("Confirm"),
        ]
        wanted = titles[:CONFIRM] if self.wizard.state.compare else titles
        if self.steps.count() != len(wanted):
            self.steps.set_steps(wanted)

    @cached_property
    def _source(self) -> SourcePanel:
        return SourcePanel(self.wizard)

    @cached_property
    def _settings(self) -> SettingsPanel:
        return SettingsPanel(self.wizard)

    @cached_property
    def columns(self) -> ColumnsStep:
        """Step 2; like those behind it made when it is first needed, or after the first paint."""
        step = ColumnsStep(self.wizard, self._source, self._settings)
        step.values_wanted.connect(self._to_values)
        step.settings.errors_wanted.connect(self._to_errors)
        return self._placed(COLUMNS, step)

    @cached_property
    def values(self) -> ValuesStep:
        """Step 3."""
        return self._placed(VALUES, ValuesStep(self.wizard))

    @cached_property
    def preview(self) -> PreviewStep:
        """Step 4."""
        step = PreviewStep(self.wizard)
        step.jump_wanted.connect(self._jump)
        step.told.connect(self._tell)
        return self._placed(PREVIEW, step)

    @cached_property
    def confirm(self) -> ConfirmStep:
        """Step 5."""
        return self._placed(CONFIRM, ConfirmStep(self.wizard))

    @cached_property
    def done(self) -> DoneStep:
        """What follows the import."""
        step = DoneStep(self.shell.jobs)
        step.tree_wanted.connect(self._open_tree)
        step.another_wanted.connect(self._another)
        step.rejects_wanted.connect(self.preview.export_rejects)
        return self._placed(DONE, step)

    def _placed(self, place: int, step: _Step) -> _Step:
        """Put a step in the place that was kept for it."""
        shown = self.stack.currentIndex() == place
        kept = self.stack.widget(place)
        self.stack.insertWidget(place, step)
        if kept is not None:
            self.stack.removeWidget(kept)
            kept.deleteLater()
        if shown:
            self.stack.setCurrentIndex(place)
        return step

    def _make_next(self) -> None:
        """Make one more step, so that no turn of the event loop takes long."""
        name = next((name for name in (*_PARTS, *_LATER) if name not in self.__dict__), None)
        if name is not None:
            getattr(self, name)
            self._turns.start()

    def _make_frame(self) -> None:
        self.bar = MessageBar()
        self.back = push_button(self.tr("Back"), self.go_back, icon_name="chevron-left")
        self.next = push_button(self.tr("Next"), self.go_next, kind="primary")
        self.cancel = push_button(self.tr("Cancel import"), self._cancel_commit)
        self.reason = QLabel()
        self.reason.setWordWrap(True)
        self.reason.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.updating = QLabel(self.tr("Updating…"))
        set_mark(self.updating, "tone", "muted")
        self._foot = QWidget()
        foot = QHBoxLayout(self._foot)
        foot.setContentsMargins(12, 4, 12, 8)
        foot.setSpacing(12)
        foot.addWidget(self.back)
        foot.addWidget(self.updating)
        self.comparison = ComparisonNote()
        foot.addWidget(self.reason, 1)
        foot.addWidget(self.comparison, 1)
        foot.addWidget(self.cancel)
        foot.addWidget(self.next)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.steps)
        column.addWidget(self.bar)
        column.addWidget(self.stack, 1)
        column.addWidget(self._foot)
        self.cancel.hide()
        self.setAcceptDrops(True)

    def _make_keys(self) -> None:
        around = Qt.ShortcutContext.WidgetWithChildrenShortcut
        for text, keys, does in (
            (self.tr("Next step of the import"), "Alt+Right", self.go_next),
            (self.tr("Previous step of the import"), "Alt+Left", self.go_back),
            (self.tr("Open a price list…"), "Ctrl+Shift+O", self.file.file.ask_file),
            (self.tr("Read the price list again"), "F5", self._read_again),
        ):
            action = QAction(text, self)
            action.setShortcut(QKeySequence(keys))
            action.setShortcutContext(around)
            action.triggered.connect(does)
            self.addAction(action)

    def _connect(self) -> None:
        wizard = self.wizard
        self.steps.chosen.connect(self.go_to)
        self.file.file.opened.connect(self.open_list)
        self.file.target.new_service.connect(
            lambda: self.shell.open(Address.of("record", section="services"))
        )
        self.file.target.open_service.connect(
            lambda number: self.shell.open(Address.of("service", id=number))
        )
        wizard.changed.connect(self._changed)
        wizard.read.connect(self._read)
        wizard.targeted.connect(self._show)
        wizard.proposed.connect(self._show)
        wizard.drafted.connect(self._drafted)
        self.comparison.import_wanted.connect(self.import_it)
        wizard.halted.connect(self._halted)
        wizard.working.connect(lambda _on: self._show())

    # ---------------------------------------------------------------- the page

    def title(self) -> str:
        file = Path(self.wizard.state.file).name
        if self.wizard.state.compare:
            title = self.tr("Compare {file}")
            return title.format(file=file) if file else self.tr("Compare with a file")
        return self.tr("Import {file}").format(file=file) if file else self.tr("Import")

    def icon_name(self) -> str:
        return "compare" if self.wizard.state.compare else "import"

    def start(self) -> None:
        self.wizard.start()
        self._show()
        self._turns.start()

    def revisit(self, address: Address) -> None:
        super().revisit(address)
        if address.get("file") and not self.wizard.state.file:
            self.open_list(address.get("file"))

    def refresh(self, nouns: frozenset[str]) -> None:
        if self.committing is not None:
            return
        if nouns & {"services", "scopes"} and self.outcome is None:
            self.wizard.refresh_target()
        elif nouns & {"rates", "learned", "profiles", "dictionaries"} and self.outcome is None:
            self.wizard.update_soon()

    def is_dirty(self) -> bool:
        return self.outcome is None and self.wizard.chosen

    def save(self, done: Callable[[bool], object]) -> None:
        """Go to what is still to be done: an import is written by its own last step only."""
        step = next((s for s in range(CONFIRM) if blocker(s, self.wizard)), CONFIRM)
        self.go_to(step if reachable(step, self.wizard) else FILE)
        text = self.tr("This import is not written yet: finish it here, or discard it.")
        self.bar.show_message(text, "info")
        done(False)

    def discard(self) -> None:
        self.wizard.state = WizardState()

    def state(self) -> dict[str, Any]:
        if self.outcome is not None:
            return {}
        return {"wizard": self.wizard.state.to_json(), "step": self.stack.currentIndex()}

    def restore(self, state: dict[str, Any]) -> None:
        if state.get("wizard"):
            self.wizard.state = WizardState.from_json(state["wizard"])
            self._seen = min(int(state.get("step", FILE)), PREVIEW)
            self._make(self._seen)
            self.stack.setCurrentIndex(self._seen)

    def unsaved(self) -> dict[str, Any] | None:
        return self.state() if self.is_dirty() else None

    def recover(self, unsaved: dict[str, Any]) -> None:
        self.restore(unsaved)

    def undo_stack(self) -> QUndoStack | None:
        return self.wizard.undo_stack

    def closing(self) -> None:
        if self.committing is not None:
            self.committing.cancel()
        self.wizard.close()

    # ---------------------------------------------------------------- showing

    def _show(self) -> None:
        """Show where the wizard stands: steps, buttons, and why it can't go on."""
        step = self.stack.currentIndex()
        finished = step == DONE
        self.steps.setVisible(not finished)
        self._foot.setVisible(not finished)
        if finished:
            return
        self._name_steps()
        self._show_steps(step)
        shown = self.wizard.state.compare and step == PREVIEW
        reason = "" if shown else blocker(step, self.wizard)
        running = self.committing is not None
        self.back.setEnabled(step > FILE and not running)
        self.next.setEnabled(not reason and not running)
        self.next.setText(self._next_text(step))
        self.reason.setText(self.tr("Importing…") if running else formats.with_dates(reason))
        self.reason.setToolTip(reason)
        self.cancel.setVisible(running)
        self.reason.setVisible(not shown)
        self.next.setVisible(not shown)
        self.comparison.setVisible(shown)
        self.updating.setVisible(self.wizard.busy and not running)
        self.status.emit(self._standing())

    def _standing(self) -> str:
        """Return what the status bar says: how much the file gives."""
        draft = self.wizard.draft
        if draft is None or self.wizard.problem:
            return ""
        read = row_count(draft.rows.get("read", 0))
        one, many = self.tr("{rows} read, 1 rate"), self.tr("{rows} read, {n} rates")
        return formats.counted(draft.leaves, one, many).format(rows=read)

    def _next_text(self, step: int) -> str:
        if step == CONFIRM and self.wizard.draft is not None:
            return sentence(self.wizard.draft)
        return self.tr("Next")

    def _show_steps(self, current: int) -> None:
        running = self.committing is not None
        for step in range(self.steps.count()):
            reason = blocker(step, self.wizard)
            passed = step <= self._seen
            can = reachable(step, self.wizard) and not running
            problem = bool(reason) and passed and step < current
            ready = passed and not reason and step != CONFIRM  # what is confirmed has no steps
            state = "problem" if problem else "done" if ready else "open"
            self.steps.set_state(step, state, allowed=can, reason=reason)
        self.steps.button(VALUES).setText(self._values_title())
        self.steps.set_current(current)

    def _values_title(self) -> str:
        left = self.wizard.draft.values.get("open", 0) if self.wizard.draft else 0
        title = self.tr("Values to decide")
        return f"{title} ({formats.number(left)})" if left else title

    def _changed(self) -> None:
        if self.wizard.state.compare and self.stack.currentIndex() == CONFIRM:
            self.go_to(PREVIEW)  # an undo made the import a comparison again
        self._show()
        self.described.emit()
        self.touched.emit()

    def _drafted(self) -> None:
        """Show the draft; a comparison goes on to what differs once, if nothing is asked before."""
        if self.wizard.state.compare and self._seen == FILE and can_be_shown(self.wizard):
            self.preview.tabs.setCurrentWidget(self.preview.changes)
            self.go_to(PREVIEW)
        self._show()

    def import_it(self) -> None:
        """Make an import of the comparison; the steps ask what only an import needs to know."""
        text = self.tr("Import instead of comparing")
        self.wizard.choose(text, self.wizard.state.but(compare=False))

    def _read(self) -> None:
        state = self.wizard.state
        if self.wizard.book is not None:
            opened = RecentList(state.file, state.vendor, state.service)
            remember_list(self.shell.preferences, opened)
            self.bar.clear()
        self.described.emit()
        self._show()

    def _halted(self) -> None:
        if self.wizard.book is None:
            text = self.tr("Reading the file was stopped.")
        else:
            text = self.tr("Drafting was stopped: what is shown is older than your choices.")
        self.bar.show_message(text, "warn", [(self.tr("Go on"), self._go_on)], closable=False)
        self._show()

    def _go_on(self) -> None:
        self.bar.clear()
        self.wizard.go_on()

    def _recent(self) -> list[RecentList]:
        return recent_lists(self.shell.preferences, self.wizard.state.vendor)

    def _tell(self, text: str, kind: str) -> None:
        self.bar.show_message(text, kind)

    # ---------------------------------------------------------------- going

    def go_to(self, step: int) -> None:
        """Show a step, if it can be looked at."""
        if self.committing is not None or not reachable(step, self.wizard):
            return
        self._seen = max(self._seen, step)
        self._make(step)
        self.stack.setCurrentIndex(step)
        self._check_file()
        self._show()
        self.touched.emit()
        self._focus(step)

    def _make(self, step: int) -> None:
        if step > FILE:
            getattr(self, _LATER[step - 1])

    def _focus(self, step: int) -> None:
        if step == FILE:
            first: QWidget = self.file
        elif step == COLUMNS:
            first = self.columns.source.table
        elif step == VALUES:
            first = self.values.table
        else:
            first = self.preview.tabs if step == PREVIEW else self.next
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def go_next(self) -> None:
        """Go to the next step, or import; nothing happens while a reason stands in the way."""
        step = self.stack.currentIndex()
        if step == DONE or blocker(step, self.wizard) or self.committing is not None:
            return
        if step == CONFIRM:
            self.commit()
        else:
            self.go_to(step + 1)

    def go_back(self) -> None:
        """Go to the step before; everything chosen stays."""
        step = self.stack.currentIndex()
        if FILE < step < DONE:
            self.go_to(step - 1)

    def _to_values(self, letter: str) -> None:
        self.go_to(VALUES)
        self.values.show_column(letter)

    def _to_errors(self) -> None:
        self.preview.tabs.setCurrentWidget(self.preview.issues)
        self.go_to(PREVIEW)

    def _jump(self, row: object, letter: str) -> None:
        self.go_to(COLUMNS)
        self.columns.source.jump(row if isinstance(row, int) else None, letter)

    # ---------------------------------------------------------------- the file

    def open_list(self, file: str) -> None:
        """Go over to a price list; the target stays."""
        self.outcome = None
        self._seen = FILE
        self.stack.setCurrentIndex(FILE)
        self.wizard.set_file(file)
        self.described.emit()
        self._show()

    def _read_again(self) -> None:
        if self.wizard.state.file and self.outcome is None:
            self.bar.clear()
            self.wizard.open_file()

    def _check_file(self) -> None:
        """Say that the file changed on disk, and offer to read it again."""
        if not self.wizard.is_stale():
            return
        text = self.tr("The file changed on disk since it was read.")
        again = [(self.tr("Read again"), self._read_again)]
        self.bar.show_message(text, "warn", again)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow():
            self._check_file()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._check_file()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        files = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        if files and self.committing is None:
            event.acceptProposedAction()
            self.open_list(files[0])

    # ---------------------------------------------------------------- the import

    def commit(self) -> None:
        """Write the import, all or nothing."""
        self.bar.clear()
        self.committing = self.wizard.commit(self._committed, self._not_committed)
        self.committing.ended.connect(self._commit_ended)
        self._show()

    def _cancel_commit(self) -> None:
        if self.committing is not None:
            self.committing.cancel()

    def _committed(self, outcome: ImportOutcome) -> None:
        if not outcome.written:
            question = outcome.decisions[0]["question"] if outcome.decisions else ""
            self.bar.show_message(question or self.tr("Nothing was written."), "error")
            self.wizard.update_soon()
            return
        self.outcome = outcome
        self.wizard.undo_stack.clear()
        draft = self.wizard.draft
        self.done.show_outcome(outcome, live=draft is not None and draft.live)
        self.stack.setCurrentIndex(DONE)
        self.touched.emit()
        self.described.emit()

    def _not_committed(self, problem: UserError) -> None:
        if isinstance(problem, Conflict):
            self.committing = None
            self.wizard.update_soon()
            self.go_to(PREVIEW)
        self.bar.show_message(str(problem), "error")

    def _commit_ended(self) -> None:
        self.committing = None
        self._show()

    # ---------------------------------------------------------------- afterwards

    def _open_tree(self) -> None:
        report = self.outcome.report if self.outcome else {}
        target = self.wizard.target
        if target is not None:
            number, scope = target.service.id, report.get("scope")
            node = report.get("node") or None
            self.shell.open(Address.of("service", id=number, scope=scope, node=node))

    def _another(self) -> None:
        self.outcome = None
        self._seen = FILE
        self.stack.setCurrentIndex(FILE)
        self.wizard.set_file("")
        self._show()


def _numbered(address: Address) -> Address:
    """Return the address with a number of its own, so that a further import gets its own tab."""
    arguments = {"number": str(next(_numbers)), **dict(address.arguments)}
    return Address.of("import", **arguments)


def _state_of(address: Address) -> WizardState:
    """Return the state that an address asks for; ``service`` may be a name or an ID."""
    state = WizardState(
        file=address.get("file"),
        service=address.get("service"),
        scope=address.number("scope"),
        node=address.get("node"),
        compare=bool(address.number("compare")),
    )
    kind = address.get("kind")
    return state.choosing(kind=kind) if kind else state
