"""Loads the register of companies that "Fill by tax ID" looks into: choose a file, or drop one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from PySide6.QtWidgets import QFileDialog, QProgressBar, QVBoxLayout

from app.services.accounts.register_load import RegisterLoaded, load_register, register_size
from app.ui import formats
from app.ui.addresses import Address
from app.ui.pages import Page
from app.ui.widgets.buttons import push_button
from app.ui.widgets.card import PageTitle, muted_label
from app.ui.widgets.empty_state import EmptyState
from app.ui.widgets.message_bar import MessageBar

if TYPE_CHECKING:
    from app.errors import UserError
    from app.ui.jobs import Job
    from app.ui.pages import Shell


class RegisterPage(Page):
    """``register``: there is one."""

    IDENTITY: ClassVar[tuple[str, ...]] = ()
    HELP = "companies"

    def __init__(self, shell: Shell, address: Address) -> None:
        super().__init__(shell, address)
        self.job: Job | None = None
        self.dialog: QFileDialog | None = None
        self.bar = MessageBar(self)
        self.place = EmptyState(self)
        self.place.on_files = lambda paths: self.load(Path(paths[0]))
        self.progress = QProgressBar()
        self.progress.setRange(0, 0)
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName(self.tr("Loading the register"))
        self.phase = muted_label()
        self.cancel = push_button(self.tr("Cancel"), self._cancel)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(8)
        for part in (PageTitle(self.title()), self.bar, self.place):
            layout.addWidget(part, 1 if part is self.place else 0)
        for running in (self.progress, self.phase, self.cancel):
            layout.addWidget(running)
        self._show_running(False)
        self._show_size(0)

    def title(self) -> str:
        """Return what the page is about."""
        return self.tr("Register of companies")

    def icon_name(self) -> str:
        """Return the icon of what is loaded."""
        return "import"

    def start(self) -> None:
        """Ask how many companies are known."""
        self.shell.jobs.query(register_size, owner=self, done=self._show_size)

    def closing(self) -> None:
        """Stop loading; nothing of the file is kept then."""
        self._cancel()

    # ------------------------------------------------------------------ loading

    def choose(self) -> None:
        """Ask for a file."""
        dialog = QFileDialog(self, self.tr("Load register"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters(
            [self.tr("Tables (*.csv *.txt *.xlsx *.xls *.ods)"), self.tr("All files (*)")]
        )
        dialog.fileSelected.connect(lambda name: self.load(Path(name)))
        dialog.finished.connect(dialog.deleteLater)
        self.dialog = dialog
        dialog.open()

    def load(self, file: Path) -> None:
        """Load a file, all of it or nothing."""
        if self.job is not None:
            return
        self.bar.clear()
        self.job = self.shell.jobs.change(
            self.tr("Load register"),
            lambda ctx: load_register(ctx, file),
            owner=self,
            done=self._loaded,
            failed=self._refused,
            nouns=("register",),
        )
        self.job.progress.connect(self._progressed)
        self.job.ended.connect(self._ended)
        self.phase.setText(self.tr("Reading {file}").format(file=file.name))
        self._show_running(True)

    def _cancel(self) -> None:
        if self.job is not None:
            self.job.cancel()

    def _progressed(self, _phase: str, done: int, _total: object) -> None:
        if done:
            one, many = self.tr("1 company read"), self.tr("{n} companies read")
            self.phase.setText(formats.counted(done, one, many))

    def _loaded(self, found: RegisterLoaded) -> None:
        words = self.tr("{added} added, {changed} changed, {same} were there already.").format(
            added=formats.number(found.added),
            changed=formats.number(found.changed),
            same=formats.number(max(found.read - found.added - found.changed, 0)),
        )
        if found.rejected:
            one, many = self.tr("1 row was left out:"), self.tr("{n} rows were left out:")
            left = formats.counted(found.rejected, one, many)
            words = "\n".join([words, left, *found.reasons])
        self.bar.show_message(words, "warn" if found.rejected else "ok")
        self.start()

    def _refused(self, problem: UserError) -> None:
        self.bar.show_message(str(problem), "error")

    def _ended(self) -> None:
        self.job = None
        self._show_running(False)

    # ------------------------------------------------------------------ showing

    def _show_running(self, running: bool) -> None:
        for part in (self.progress, self.phase, self.cancel):
            part.setVisible(running)
        for button in self.place.buttons():
            button.setEnabled(not running)

    def _show_size(self, size: int) -> None:
        if size:
            one, many = self.tr("1 company is known."), self.tr("{n} companies are known.")
            fact = formats.counted(size, one, many)
        else:
            fact = self.tr("No register is loaded yet.")
        hint = self.tr(
            "“Fill by tax ID” takes name, KPP and address from here. Load a CSV or XLSX file with "
            "the columns INN, KPP, Name and Address; a newer one changes what differs."
        )
        may = self.shell.jobs.may("accounts.companies", "manage")
        actions = [(self.tr("Choose file…"), self.choose, True)] if may else []
        self.place.set("import", fact, hint, actions)
        self.place.on_files = (lambda paths: self.load(Path(paths[0]))) if may else None
