"""Loads records from a file: choose it, look at what it would do, load it, keep the rejects."""

from __future__ import annotations

from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.errors import UserError
from app.sections import section as declared
from app.services.access.mail import can_send
from app.services.bulk.headings import Heads, heading_key, read_heads, refusal
from app.services.bulk.load_file import chosen_table, load_records
from app.services.bulk.loads import load_of
from app.services.bulk.outcomes import ONLY_NEW, UPDATE, Loaded, LoadRequest
from app.services.bulk.rejects import write_rejects
from app.services.bulk.table import Table, read_tables, rows_below
from app.services.bulk.template import write_template
from app.ui import formats
from app.ui.addresses import Address
from app.ui.dictionaries.lines import LinesModel, LinesView
from app.ui.lists.clipboard import Cell, rows_to_html, rows_to_tsv
from app.ui.loading.columns import LEAVE_OUT, ColumnsPanel
from app.ui.loading.remembered import known_columns, remember_columns
from app.ui.pages import Page
from app.ui.titles import section as section_of
from app.ui.widgets.buttons import push_button
from app.ui.widgets.card import PageTitle, muted_label
from app.ui.widgets.chips import CountChips
from app.ui.widgets.combo import NarrowCombo
from app.ui.widgets.empty_state import EmptyState
from app.ui.widgets.message_bar import MessageBar

if TYPE_CHECKING:
    from app.ui.jobs import Job
    from app.ui.pages import Shell

_WIDTHS = (70, 110, 320, 520)
_TONES = {"added": "ok", "changed": "info", "unchanged": "neutral", "rejected": "error"}
_USERS = ("users", "portal_users")
_PLACE, _ROWS, _COLUMNS = range(3)
"""What the page shows: where a file is chosen, what comes of its rows, what its columns are."""

_EXAMPLES = 3
"""First values that are shown of a column."""

_SHEET_LETTERS = 16


class LoadPage(Page):
    """``load?section=ID``."""

    IDENTITY: ClassVar[tuple[str, ...]] = ("section",)
    HELP: ClassVar[str] = "loading"

    def __init__(self, shell: Shell, address: Address) -> None:
        super().__init__(shell, address)
        self.section = section_of(address.get("section"))
        self.load = load_of(declared(self.section.id))
        self.file: Path | None = None
        self.found: Loaded | None = None
        self.can_mail = self.section.id not in _USERS
        self.job: Job | None = None
        self.dialog: QFileDialog | None = None
        self.bar = MessageBar(self)
        self.place = EmptyState(self)
        self.mode = QComboBox()
        self.tables: tuple[Table, ...] = ()
        self.table: Table | None = None
        self.heads: Heads | None = None
        titles = list(dict.fromkeys(field.title for field in self.load.fields))
        self.known = known_columns(shell.preferences, self.section.id, titles)
        self.sheet = NarrowCombo()
        self.sheet_label = QLabel(self.tr("&Sheet"))
        self.columns = ColumnsPanel(titles)
        self.mapping = push_button(self.tr("&Columns…"), self.show_columns)
        self.template = push_button(self.tr("Save a template…"), self.choose_template)
        self.summary = QLabel()
        self.chips = CountChips()
        row = self.tr("Row")
        what, details = self.section.singular.capitalize(), self.tr("Details")
        self.headings = (row, self.tr("Outcome"), what, details)
        self.model = LinesModel(self, self.headings, numbers=row)
        self.lines = LinesView(self.model, self.tr("What comes of each row"), _WIDTHS)
        self.take = push_button(self.tr("Load"), self.load_it, kind="primary")
        self.other = push_button(self.tr("Choose another file…"), self.choose)
        self.rejects = push_button(self.tr("Save rejected rows…"), self.choose_rejects)
        self.progress = QProgressBar()
        self.phase = muted_label()
        self.cancel = push_button(self.tr("Cancel"), self._cancel)
        self.stack = QStackedWidget()
        self._build()

    def _build(self) -> None:
        for title, value in (
            (self.tr("Add what is new, change what differs"), ""),
            (self.tr("Only add what is new"), ONLY_NEW),
            (self.tr("Only change what is there"), UPDATE),
        ):
            self.mode.addItem(title, value)
        self.stack.addWidget(self.place)
        self.stack.addWidget(self._preview())
        self.stack.addWidget(self.columns)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(8)
        layout.addWidget(PageTitle(self.title()))
        layout.addLayout(self._options())
        layout.addWidget(self.bar)
        layout.addWidget(self.stack, 1)
        layout.addLayout(self._running_row())
        self.mode.currentIndexChanged.connect(lambda _: self._again())
        self.sheet.activated.connect(lambda _: self._take_sheet())
        self.chips.chosen.connect(lambda _: self._fill())
        self.columns.chosen.connect(self._say)
        self.columns.leave_rest.connect(self._leave_rest)
        self.columns.other.connect(self.choose)
        self.columns.go_on.connect(self._again)
        self._add_copy()
        self._show_place()
        self._show_running(running=False)

    def _options(self) -> QHBoxLayout:
        label = QLabel(self.tr("&What to do"))
        label.setBuddy(self.mode)
        self.mode.setAccessibleName(self.tr("What to do"))
        self.sheet_label.setBuddy(self.sheet)
        self.sheet.setAccessibleName(self.tr("Sheet of the file"))
        self.sheet.setMinimumContentsLength(_SHEET_LETTERS)
        row = QHBoxLayout()
        row.setSpacing(8)
        for part in (label, self.mode, self.sheet_label, self.sheet, self.mapping):
            row.addWidget(part)
        row.addStretch(1)
        row.addWidget(self.template)
        return row

    def _add_copy(self) -> None:
        copy = QAction(self.tr("Copy"), self.lines)
        copy.setShortcut(QKeySequence.StandardKey.Copy)
        copy.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        copy.triggered.connect(lambda _: self.copy())
        self.lines.addAction(copy)
        self.lines.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)

    def _preview(self) -> QWidget:
        there = QWidget()
        self.summary.setTextFormat(Qt.TextFormat.PlainText)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.summary, 1)
        for button in (self.rejects, self.other, self.take):
            buttons.addWidget(button)
        column = QVBoxLayout(there)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(buttons)
        column.addWidget(self.chips)
        column.addWidget(self.lines, 1)
        return there

    def _running_row(self) -> QHBoxLayout:
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName(self.tr("Reading the file"))
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.progress, 1)
        row.addWidget(self.phase)
        row.addWidget(self.cancel)
        return row

    # ------------------------------------------------------------------ the page

    def title(self) -> str:
        """Return what the page loads."""
        return self.tr("Load {what}").format(what=self.section.title.lower())

    def icon_name(self) -> str:
        """Return the icon of reading files."""
        return "import"

    def start(self) -> None:
        """Ask whether invitations can be mailed, where users are loaded."""
        if self.section.id in _USERS:
            self.shell.jobs.query(can_send, owner=self, done=self._know_mail)

    def _know_mail(self, can_mail: bool) -> None:
        self.can_mail = can_mail

    def closing(self) -> None:
        """Stop loading; nothing is changed then."""
        self._cancel()

    def _may(self) -> bool:
        return self.shell.jobs.may(self.section.area, "manage")

    # ------------------------------------------------------------------ choosing

    def choose(self) -> None:
        """Ask for a file."""
        dialog = self._dialog(self.tr("Choose a file"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters(
            [self.tr("Tables (*.csv *.txt *.tsv *.xlsx *.xls *.ods)"), self.tr("All files (*)")]
        )
        dialog.fileSelected.connect(lambda name: self.read(Path(name)))
        dialog.open()

    def choose_template(self) -> None:
        """Ask where to save a template."""
        dialog = self._saving(self.tr("Save a template"), f"{self.load.what.name}.xlsx", "xlsx")
        dialog.fileSelected.connect(lambda name: self.save_template(Path(name)))
        dialog.open()

    def choose_rejects(self) -> None:
        """Ask where to save the rows that are left out."""
        name = f"{self.file.stem if self.file else self.load.what.name}-rejected.csv"
        dialog = self._saving(self.tr("Save rejected rows"), name, "csv")
        dialog.fileSelected.connect(lambda chosen: self.save_rejects(Path(chosen)))
        dialog.open()

    def _choose_codes(self) -> None:
        dialog = self._saving(self.tr("Save the codes of the invitations"), "codes.csv", "csv")
        dialog.fileSelected.connect(lambda name: self._run(codes=Path(name)))
        dialog.open()

    def _saving(self, title: str, name: str, ending: str) -> QFileDialog:
        dialog = self._dialog(title)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(ending)
        dialog.selectFile(name)
        return dialog

    def _dialog(self, title: str) -> QFileDialog:
        dialog = QFileDialog(self, title)
        dialog.finished.connect(dialog.deleteLater)
        self.dialog = dialog
        return dialog

    def save_template(self, path: Path) -> None:
        """Write a table to fill in."""
        self.shell.jobs.run(
            lambda _job: write_template(self.load, path),
            owner=self,
            done=lambda _: self._told(self.tr("Saved {file}.").format(file=path.name)),
            failed=self._failed,
        )

    def save_rejects(self, path: Path) -> None:
        """Write the rows that are left out, with the reasons."""
        found = self.found
        if found is None:
            return
        self.shell.jobs.run(
            lambda _job: write_rejects(path, found.headings, found.rows),
            owner=self,
            done=lambda _: self._told(self.tr("Saved {file}.").format(file=path.name)),
            failed=self._failed,
        )

    def copy(self) -> None:
        """Copy the selected rows, all that are shown where none is, with their titles."""
        chosen = sorted(index.row() for index in self.lines.selectionModel().selectedRows())
        shown = [self.model.lines[row] for row in chosen] or self.model.lines
        cells = [[Cell(text) for text in line] for line in shown]
        self.shell.copy(rows_to_tsv([self.headings, *shown]), rows_to_html(cells, self.headings))

    # ------------------------------------------------------------------ reading

    def read(self, file: Path) -> None:
        """Read a file and show what it would do."""
        self.file, self.found, self.table, self.heads = file, None, None, None
        self.tables = ()
        self.stack.setCurrentIndex(_PLACE)
        self._follow(
            self.shell.jobs.run(
                lambda job: read_tables(file, report=job.report, cancelled=lambda: job.cancelled),
                owner=self,
                done=self._opened,
                failed=self._refused,
                title=self.title(),
            )
        )

    def _opened(self, tables: tuple[Table, ...]) -> None:
        """Offer the sheets and take the one that fits."""
        self.job = None
        shown = [table for table in tables if not table.hidden] or list(tables)
        self.tables = tuple(shown)
        self.sheet.clear()
        self.sheet.addItems([table.sheet for table in shown])
        try:
            self.sheet.setCurrentText(chosen_table(self.load, shown, "", self.known).sheet)
        except UserError:  # the one that fits is too large, which is told when it is taken
            self.sheet.setCurrentIndex(0)
        self._take_sheet()

    def _take_sheet(self) -> None:
        self.table = self.tables[self.sheet.currentIndex()]
        self.found = None
        self._again()

    def _again(self) -> None:
        """Read the columns anew and show what the file does, or which columns are to be told."""
        if self.table is None or (self.found is not None and not self.found.dry_run):
            return
        self._drop_job()
        self.found = None
        self.bar.clear()
        wrong = self._read_columns()
        if self.heads is None:
            self._failed(UserError(wrong))
            self.stack.setCurrentIndex(_PLACE)
        elif wrong:
            self.bar.show_message(wrong, "warn")
            self.show_columns()
            self.columns.focus_first(self.heads.all)
        else:
            self._run(dry_run=True)
        self._show_running(running=self.job is not None)

    def _read_columns(self) -> str:
        """Find what the columns are; return why they can't be read, "" if they can."""
        assert self.table is not None
        self.heads = None
        if self.table.problem:
            return self.table.problem
        try:
            self.heads = read_heads(self.load, self.table, self.known)
        except UserError as problem:
            return str(problem)
        wrong = refusal(self.load, self.table, self.heads)
        rows = list(islice(rows_below(self.table, self.heads.row), _EXAMPLES))
        values = [[row[h.place] for _, row in rows if row[h.place]] for h in self.heads.all]
        self.columns.show_columns(self.heads.all, values, ready=not wrong)
        return wrong

    # ------------------------------------------------------------------ columns

    def show_columns(self) -> None:
        """Show what each column is."""
        self.stack.setCurrentIndex(_COLUMNS)

    def _say(self, heading: str, title: str) -> None:
        """Take what a person said about a column, for this file and the next."""
        self._said({heading: title})

    def _leave_rest(self) -> None:
        assert self.heads is not None
        self._said({head.text: LEAVE_OUT for head in self.heads.unknown})

    def _said(self, columns: dict[str, str]) -> None:
        for heading, title in columns.items():
            self.known.pop(heading_key(heading), None)
            self.known[heading_key(heading)] = title
        remember_columns(self.shell.preferences, self.section.id, self.known)
        self._drop_job()
        self.found = None
        wrong = self._read_columns()
        self.bar.clear()
        if wrong:
            self.bar.show_message(wrong, "warn")
        self._show_running(running=self.job is not None)

    # ------------------------------------------------------------------ trying and loading

    def load_it(self) -> None:
        """Load the file that is shown."""
        if self.found is None or not self.found.dry_run:
            return
        if self.can_mail or not self.found.number("added"):
            self._run()
        else:
            self._choose_codes()

    def _run(self, *, dry_run: bool = False, codes: Path | None = None) -> None:
        assert self.file is not None
        assert self.heads is not None
        told = {head.text: self.known.get(heading_key(head.text)) for head in self.heads.all}
        request = LoadRequest(
            self.file,
            mapping={heading: title for heading, title in told.items() if title is not None},
            mode=str(self.mode.currentData()),
            dry_run=dry_run,
            codes=codes,
            table=self.table,
        )
        self._follow(self._tried(request) if dry_run else self._loaded(request))

    def _tried(self, request: LoadRequest) -> Job:
        return self.shell.jobs.query(
            lambda ctx: load_records(ctx, self.load.section, request),
            owner=self,
            done=self._show,
            failed=self._refused,
            title=self.title(),
        )

    def _loaded(self, request: LoadRequest) -> Job:
        self.bar.clear()
        return self.shell.jobs.change(
            self.title(),
            lambda ctx: load_records(ctx, self.load.section, request),
            owner=self,
            done=self._show,
            failed=self._failed,
            nouns=(self.section.id, *self.section.nouns),
        )

    def _follow(self, job: Job) -> None:
        """Show how far a job is; it may be stopped."""
        self._drop_job()
        self.job = job
        job.progress.connect(self._progressed)
        job.ended.connect(partial(self._ended, job))
        self.phase.setText(self._phase("reading" if self.table is None else "", 0, None))
        self._show_running(running=True)

    def _show(self, found: Loaded) -> None:
        self.found = found
        self.stack.setCurrentIndex(_ROWS)
        self.chips.choose(None)
        counts = found.counts()
        names = self._outcomes(dry_run=found.dry_run)
        self.chips.set_counts([(key, names[key], counts[key], _TONES[key]) for key in _TONES])
        assert self.file is not None
        rows = formats.counted(found.read, self.tr("1 row"), self.tr("{n} rows"))
        blank = self.tr("{n} blank").format(n=formats.number(found.blank))
        name = self.file.name
        if len(self.tables) > 1 and self.table is not None:
            name = f"{name} · {self.table.sheet}"
        told = f"{name}: {rows}" + (f", {blank}" if found.blank else "")
        self.summary.setText(told)
        self._fill()
        self._tell(found)

    def _outcomes(self, *, dry_run: bool) -> dict[str, str]:
        if dry_run:
            return {
                "added": self.tr("To add"),
                "changed": self.tr("To change"),
                "unchanged": self.tr("Unchanged"),
                "rejected": self.tr("Left out"),
            }
        return {
            "added": self.tr("Added"),
            "changed": self.tr("Changed"),
            "unchanged": self.tr("Unchanged"),
            "rejected": self.tr("Left out"),
        }

    def _fill(self) -> None:
        if self.found is None:
            return
        wanted = self.chips.value()
        names = self._outcomes(dry_run=self.found.dry_run)
        self.model.show(
            [
                (str(row.row), names[row.outcome], row.title, row.detail)
                for row in self.found.rows
                if wanted in {None, row.outcome}
            ]
        )

    def _tell(self, found: Loaded) -> None:
        lines = []
        if found.left_out:
            columns = ", ".join(found.left_out)
            lines.append(self.tr("Columns left out: {columns}.").format(columns=columns))
        kind = "warn" if found.warnings else "info" if lines else "ok"
        lines += found.warnings
        if not found.dry_run:
            lines.insert(0, self.tr("The file is loaded. What was left out is listed below."))
            if not found.number("rejected"):
                lines[0] = self.tr("The file is loaded.")
        elif not found.number("added") and not found.number("changed"):
            lines.insert(0, self.tr("Nothing of the file is to be added or changed."))
            kind = "info" if kind == "ok" else kind
        if lines:
            self.bar.show_message("\n".join(lines), kind)

    def _told(self, words: str) -> None:
        self.bar.show_message(words, "ok")

    def _failed(self, problem: UserError) -> None:
        self.bar.show_message(str(problem), "error")

    def _refused(self, problem: UserError) -> None:
        """Tell why a file can't be read or tried; nothing of it is shown."""
        self._failed(problem)
        self.found = None
        self.stack.setCurrentIndex(_PLACE if self.heads is None else _COLUMNS)

    # ------------------------------------------------------------------ running

    def _progressed(self, phase: str, done: int, total: int | None) -> None:
        self.progress.setRange(0, total or 0)
        self.progress.setValue(done)
        self.phase.setText(self._phase(phase, done, total))

    def _phase(self, phase: str, done: int, total: int | None) -> str:
        """Return what goes on, for people."""
        if phase == "reading":
            assert self.file is not None
            return self.tr("Reading {file}").format(file=self.file.name)
        if phase == "loading" and total:
            return self.tr("Row {n} of {total}").format(
                n=formats.number(done), total=formats.number(total)
            )
        return self.tr("Getting ready")

    def _ended(self, job: Job) -> None:
        if self.job is not job:
            return
        self.job = None
        done = self.found is not None and not self.found.dry_run
        if job.cancelled and not done:
            self.bar.show_message(self.tr("Stopped: nothing was changed."), "info")
            if self.found is None:
                self.stack.setCurrentIndex(_PLACE if self.heads is None else _COLUMNS)
        self._show_running(running=False)

    def _cancel(self) -> None:
        if self.job is not None:
            self.job.cancel()

    def _drop_job(self) -> None:
        """Stop what is no longer wanted, without a word."""
        self._cancel()
        self.job = None

    def _show_running(self, *, running: bool) -> None:
        if running:
            self.progress.setRange(0, 0)
        for part in (self.progress, self.phase, self.cancel):
            part.setVisible(running)
        for box in (self.mode, self.sheet, self.mapping, self.other, *self.place.buttons()):
            box.setEnabled(not running)
        self.columns.setEnabled(not running)
        several = len(self.tables) > 1
        self.sheet_label.setVisible(several)
        self.sheet.setVisible(several)
        loaded = self.found is not None and not self.found.dry_run
        self.mapping.setVisible(self.heads is not None and not loaded)
        found = self.found
        ready = found is not None and not running
        self.rejects.setEnabled(found is not None and ready and bool(found.number("rejected")))
        writes = 0 if found is None else found.number("added") + found.number("changed")
        self.take.setEnabled(
            found is not None and ready and found.dry_run and writes > 0 and self._may()
        )
        one, many = self.tr("Load 1 row"), self.tr("Load {n} rows")
        self.take.setText(formats.counted(writes, one, many) if writes else self.tr("Load"))
        self.take.setVisible(found is None or found.dry_run)

    def _show_place(self) -> None:
        needed = [field.title for field in self.load.needed]
        hint = self.tr(
            "CSV or a spreadsheet whose headings are the fields of the form; records are named by "
            "their names. A new one needs: {fields}; what the form would propose may stay empty. "
            "You see what the file does before anything is changed."
        ).format(fields=", ".join(dict.fromkeys(needed)))
        may = self._may()
        actions = [(self.tr("Choose file…"), self.choose, True)] if may else []
        self.place.set("import", self.tr("Choose or drop a file"), hint, actions)
        self.place.on_files = (lambda paths: self.read(Path(paths[0]))) if may else None
