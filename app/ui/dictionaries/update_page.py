"""A newer list of a dictionary: choose a file, look at what it changes, take it or leave it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.sections.answers import DICTIONARIES
from app.sections.entries import OF_THE_PROGRAM
from app.services import dictionary_update
from app.services.dictionary_update import Counts, Preview, Updated
from app.ui import formats
from app.ui.addresses import Address
from app.ui.dictionaries.lines import LinesModel, LinesView
from app.ui.pages import Page
from app.ui.titles import choices
from app.ui.widgets.buttons import push_button
from app.ui.widgets.card import PageTitle, muted_label
from app.ui.widgets.empty_state import EmptyState
from app.ui.widgets.message_bar import MessageBar

if TYPE_CHECKING:
    from app.errors import UserError
    from app.ui.jobs import Job
    from app.ui.pages import Shell

NOUNS = ("dictionaries", "learned")
_WIDTHS = (110, 130, 300, 420)
_PROBLEMS = 8
"""Sentences about rows left out that are shown; the rest is a number."""


class UpdatePage(Page):
    """``dictionary-update?dictionary=NAME``: there is one."""

    IDENTITY: ClassVar[tuple[str, ...]] = ()
    HELP: ClassVar[str] = "dictionaries"

    def __init__(self, shell: Shell, address: Address) -> None:
        super().__init__(shell, address)
        self.file: Path | None = None
        self.preview: Preview | None = None
        self.job: Job | None = None
        self.dialog: QFileDialog | None = None
        self.bar = MessageBar(self)
        self.name = QComboBox()
        self.whole = QCheckBox(self.tr("The list is &complete: retire what it lacks"))
        self.undo = push_button(self.tr("Undo the last update"), self._undo)
        self.place = EmptyState(self)
        titles = (self.tr("Change"), self.tr("Key"), self.tr("Name"), self.tr("What changes"))
        self.model = LinesModel(self, titles)
        self.table = LinesView(self.model, self.tr("What the list changes"), _WIDTHS)
        self.summary = QLabel()
        self.left_out = muted_label(wrap=True)
        self.take = push_button(self.tr("Update"), self._take, kind="primary")
        self.other = push_button(self.tr("Choose another file…"), self.choose)
        self.progress = QProgressBar()
        self.phase = muted_label()
        self.cancel = push_button(self.tr("Cancel"), self._cancel)
        self.stack = QStackedWidget()
        self._build(address.get("dictionary"))

    def _build(self, chosen: str) -> None:
        titles = choices(DICTIONARIES)
        for choice in DICTIONARIES:
            if choice.value not in OF_THE_PROGRAM:
                self.name.addItem(titles[choice.value], choice.value)
        self.name.setCurrentIndex(max(self.name.findData(chosen or "mccmnc"), 0))
        self.name.setAccessibleName(self.tr("Dictionary"))
        label = QLabel(self.tr("&Dictionary"))
        label.setBuddy(self.name)
        row = QHBoxLayout()
        row.setSpacing(8)
        for part in (label, self.name, self.whole):
            row.addWidget(part)
        row.addStretch(1)
        row.addWidget(self.undo)
        self.progress.setRange(0, 0)
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName(self.tr("Reading the list"))
        self.stack.addWidget(self.place)
        self.stack.addWidget(self._shown())
        running = QHBoxLayout()
        running.setSpacing(8)
        running.addWidget(self.progress, 1)
        running.addWidget(self.phase)
        running.addWidget(self.cancel)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(8)
        layout.addWidget(PageTitle(self.title()))
        layout.addLayout(row)
        layout.addWidget(self.bar)
        layout.addWidget(self.stack, 1)
        layout.addLayout(running)
        self.name.currentIndexChanged.connect(lambda _: self._turned())
        self.whole.toggled.connect(lambda _: self._again())
        self._show_running(running=False)
        self._show_place()

    def _shown(self) -> QWidget:
        there = QWidget()
        column = QVBoxLayout(there)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.summary, 1)
        buttons.addWidget(self.other)
        buttons.addWidget(self.take)
        column.addLayout(buttons)
        column.addWidget(self.table, 1)
        column.addWidget(self.left_out)
        return there

    # ------------------------------------------------------------------ the page

    def title(self) -> str:
        """Return what the page is about."""
        return self.tr("Update a dictionary")

    def icon_name(self) -> str:
        """Return the icon of reading files."""
        return "import"

    def start(self) -> None:
        """Ask whether there is an update to undo."""
        self._ask_last()

    def revisit(self, address: Address) -> None:
        """Turn to another dictionary."""
        super().revisit(address)
        place = self.name.findData(address.get("dictionary"))
        if place >= 0:
            self.name.setCurrentIndex(place)

    def closing(self) -> None:
        """Stop reading; nothing is changed then."""
        self._cancel()

    def _may(self) -> bool:
        return self.shell.jobs.may("mccmnc", "manage")

    def chosen(self) -> str:
        """Return the name of the dictionary."""
        return str(self.name.currentData())

    def _turned(self) -> None:
        self._ask_last()
        self._again()

    def _ask_last(self) -> None:
        name = self.chosen()
        self.undo.setEnabled(False)
        self.shell.jobs.query(
            lambda ctx: dictionary_update.last_update(ctx, name), owner=self, done=self._show_last
        )

    def _show_last(self, told: str) -> None:
        self.undo.setEnabled(bool(told) and self._may())
        none = self.tr("There is no update of this dictionary to undo.")
        self.undo.setToolTip(
            self.tr("Puts back what {file} changed").format(file=told) if told else none
        )

    # ------------------------------------------------------------------ reading

    def choose(self) -> None:
        """Ask for a file."""
        dialog = QFileDialog(self, self.tr("Choose a newer list"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters(
            [self.tr("Tables (*.csv *.txt *.tsv *.xlsx *.xls *.ods)"), self.tr("All files (*)")]
        )
        dialog.fileSelected.connect(lambda name: self.read(Path(name)))
        dialog.finished.connect(dialog.deleteLater)
        self.dialog = dialog
        dialog.open()

    def read(self, file: Path) -> None:
        """Read a list and show what it would change."""
        self.file = file
        self._again()

    def _again(self) -> None:
        if self.file is None:
            return
        self._cancel()
        self.bar.clear()
        file, name, complete = self.file, self.chosen(), self.whole.isChecked()
        self.job = self.shell.jobs.query(
            lambda ctx: dictionary_update.preview_update(ctx, name, file, complete=complete),
            owner=self,
            done=self._show,
            failed=self._refused,
        )
        self._watch(self.job, self.tr("Reading {file}").format(file=file.name))

    def _show(self, found: Preview) -> None:
        self.preview = found
        words = {
            "added": self.tr("Added"),
            "changed": self.tr("Changed"),
            "retired": self.tr("Retired"),
        }
        self.model.show([(words[x.what], x.key, x.name, x.details) for x in found.lines])
        self.summary.setText(self._counts(found.counts, found.file))
        self.left_out.setText(self._problems(found.counts.problems))
        self.left_out.setVisible(bool(found.counts.problems))
        self.stack.setCurrentIndex(1)
        changes = found.counts.added + found.counts.changed + found.counts.retired
        self.take.setEnabled(bool(changes) and not found.refusal and self._may())
        if found.refusal:
            self.bar.show_message(found.refusal, "error")
        elif not changes:
            self.bar.show_message(
                self.tr("The dictionary has all of this already: nothing to update."), "ok"
            )
        elif not found.undoable:
            self.bar.show_message(
                self.tr("So many entries change that the update can't be undone in one step."),
                "warn",
            )

    def _counts(self, counts: Counts, file: str) -> str:
        return self.tr(
            "{file}: {added} to add, {changed} to change, {retired} to retire, {same} unchanged"
        ).format(
            file=file,
            added=formats.number(counts.added),
            changed=formats.number(counts.changed),
            retired=formats.number(counts.retired),
            same=formats.number(counts.unchanged),
        )

    def _problems(self, problems: tuple[str, ...]) -> str:
        lines = list(problems[:_PROBLEMS])
        more = len(problems) - _PROBLEMS
        if more > 0:
            lines.append(self.tr("And {n} more rows.").format(n=formats.number(more)))
        return "\n".join(lines)

    # ------------------------------------------------------------------ doing

    def _take(self) -> None:
        if self.file is None or self.job is not None:
            return
        file, name, complete = self.file, self.chosen(), self.whole.isChecked()
        self.bar.clear()
        self.job = self.shell.jobs.change(
            self.tr("Update a dictionary"),
            lambda ctx: dictionary_update.update_dictionary(ctx, name, file, complete=complete),
            owner=self,
            done=self._taken,
            failed=self._refused,
            nouns=NOUNS,
        )
        self._watch(self.job, self.tr("Updating"))

    def _taken(self, done: Updated) -> None:
        words = self.tr("{added} added, {changed} changed, {retired} retired.").format(
            added=formats.number(done.counts.added),
            changed=formats.number(done.counts.changed),
            retired=formats.number(done.counts.retired),
        )
        self._leave_preview()
        self.bar.show_message(words, "ok")
        self._ask_last()

    def _undo(self) -> None:
        name = self.chosen()
        self.bar.clear()
        self.shell.jobs.change(
            self.tr("Undo the last update"),
            lambda ctx: dictionary_update.undo_update(ctx, name),
            owner=self,
            done=self._undone,
            failed=self._refused,
            nouns=NOUNS,
        )

    def _undone(self, sentence: str) -> None:
        self._leave_preview()
        self.bar.show_message(sentence, "ok")
        self._ask_last()

    def _leave_preview(self) -> None:
        self.file, self.preview = None, None
        self.model.show([])
        self.stack.setCurrentIndex(0)

    def _refused(self, problem: UserError) -> None:
        self._leave_preview()
        self.bar.show_message(str(problem), "error")

    # ------------------------------------------------------------------ running

    def _watch(self, job: Job, words: str) -> None:
        job.progress.connect(self._progressed)
        job.ended.connect(lambda: self._ended(job))
        self.phase.setText(words)
        self._show_running(running=True)

    def _progressed(self, _phase: str, done: int, total: int | None) -> None:
        self.progress.setRange(0, total or 0)
        self.progress.setValue(done)

    def _ended(self, job: Job) -> None:
        if self.job is job:
            self.job = None
            self._show_running(running=False)

    def _cancel(self) -> None:
        if self.job is not None:
            self.job.cancel()

    def _show_running(self, *, running: bool) -> None:
        for part in (self.progress, self.phase, self.cancel):
            part.setVisible(running)
        for box in (self.take, self.other, self.whole, self.name):
            box.setEnabled(not running)
        for button in self.place.buttons():
            button.setEnabled(not running)
        if not running and self.preview is not None:
            counts = self.preview.counts
            changes = counts.added + counts.changed + counts.retired
            self.take.setEnabled(bool(changes) and not self.preview.refusal and self._may())

    def _show_place(self) -> None:
        hint = self.tr(
            "CSV or a spreadsheet with a column “key” (for networks “MCC” and “MNC”) and any of: "
            "names, brand, operator, status, countries, codes, aliases. You see what it changes "
            "before anything is changed."
        )
        may = self._may()
        actions = [(self.tr("Choose file…"), self.choose, True)] if may else []
        self.place.set("import", self.tr("Choose or drop a newer list"), hint, actions)
        self.place.on_files = (lambda paths: self.read(Path(paths[0]))) if may else None
