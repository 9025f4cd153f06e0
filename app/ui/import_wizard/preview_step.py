"""Step 4: what will come of it - counts that add up, the tree, the changes, the remarks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QCheckBox, QFileDialog, QLabel, QTabWidget, QVBoxLayout, QWidget

from app.ui import formats
from app.ui.import_wizard.change_words import CHANGES, change_name, row_count
from app.ui.import_wizard.changes_tab import ChangesTab
from app.ui.import_wizard.issues_tab import IssuesTab
from app.ui.import_wizard.tree_tab import TreeTab
from app.ui.look.fonts import strong_font

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.errors import UserError
    from app.services.context import Context
    from app.services.tariffs.import_session import ImportSession
    from app.services.tariffs.import_views import DraftView
    from app.ui.import_wizard.wizard import Wizard

STAYING = ("new", "increased", "decreased", "changed", "unchanged")
"""Changes whose counts add up to the rates of the draft that are there afterwards."""


class PreviewStep(QWidget):
    """Tree, Changes and Errors. ``told`` gives (text, kind) for the page's message bar."""

    jump_wanted = Signal(object, str)
    told = Signal(str, str)

    def __init__(self, wizard: Wizard, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.wizard = wizard
        self.tree = TreeTab(wizard)
        self.changes = ChangesTab(wizard)
        self.issues = IssuesTab(wizard)
        self.rows_line = QLabel()
        self.rates_line = QLabel()
        for label in (self.rows_line, self.rates_line):
            label.setWordWrap(True)
        self.rates_line.setFont(strong_font())
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.tabBar().setDrawBase(False)
        self.tabs.addTab(self.tree, self.tr("Tree"))
        self.tabs.addTab(self.changes, self.tr("Changes"))
        self.tabs.addTab(self.issues, self.tr("Errors"))
        self.accept = QCheckBox()
        self.accept.clicked.connect(self._accepted)
        self._lay_out()
        for tab in (self.tree, self.changes, self.issues):
            tab.jump_wanted.connect(self.jump_wanted)
        self.changes.export_wanted.connect(self.export_changes)
        self.issues.export_wanted.connect(self.export_rejects)
        wizard.drafted.connect(self._show)
        wizard.changed.connect(self._show_accept)
        self._show()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(4)
        column.addWidget(self.rates_line)
        column.addWidget(self.rows_line)
        column.addSpacing(4)
        column.addWidget(self.tabs, 1)
        column.addWidget(self.accept)

    # ---------------------------------------------------------------- showing

    def _show(self) -> None:
        draft = self.wizard.draft
        if draft is None:
            self.rows_line.clear()
            self.rates_line.clear()
        else:
            self.rows_line.setText(rows_text(draft))
            self.rates_line.setText(rates_text(draft))
            changed = sum(draft.changes.get(k, 0) for k in CHANGES if k != "unchanged")
            self._name_tab(1, self.tr("Changes"), changed)
            self._name_tab(2, self.tr("Errors"), draft.issues.get("error", 0))
        self._show_accept()

    def _name_tab(self, tab: int, title: str, count: int) -> None:
        self.tabs.setTabText(tab, f"{title} ({formats.number(count)})" if count else title)

    def _show_accept(self) -> None:
        draft = self.wizard.draft
        waits = draft is None or draft.values.get("open", 0) > 0
        waits = waits or self.wizard.state.compare
        rejected = draft.rejected if draft and not waits else 0
        self.accept.setVisible(bool(rejected))
        if rejected == 1:
            self.accept.setText(self.tr("Leave the 1 row in error out of the import"))
        else:
            text = self.tr("Leave the {count} rows in error out of the import")
            self.accept.setText(text.format(count=formats.number(rejected)))
        self.accept.setChecked(self.wizard.state.skip_errors)

    def _accepted(self, on: bool) -> None:
        self.wizard.choose(self.accept.text(), self.wizard.state.but(skip_errors=on))

    # ---------------------------------------------------------------- writing

    def export_changes(self) -> None:
        """Ask for a file and write the changes to it."""
        self._ask_file(
            self.tr("Export changes"),
            "changes",
            lambda path: lambda ctx, session: session.export_changes(ctx, path),
        )

    def export_rejects(self) -> None:
        """Ask for a file and write the rows in error to it, with reasons."""
        self._ask_file(
            self.tr("Export rejected rows"),
            "rejects",
            lambda path: lambda ctx, session: session.export_rejects(ctx, path),
        )

    def _ask_file(
        self,
        title: str,
        word: str,
        work: Callable[[Path], Callable[[Context, ImportSession], int]],
    ) -> None:
        source = Path(self.wizard.state.file)
        dialog = QFileDialog(self, title, str(source.parent / f"{source.stem}-{word}.csv"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter(self.tr("CSV files (*.csv)"))
        dialog.setDefaultSuffix("csv")
        dialog.selectFile(f"{source.stem}-{word}.csv")
        dialog.fileSelected.connect(lambda file: self.write(title, Path(file), work(Path(file))))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def write(self, title: str, path: Path, work: Callable[[Context, ImportSession], int]) -> None:
        """Write a file and tell what was written."""
        self.wizard.export(title, work, lambda rows: self._written(path, rows), self._not_written)

    def _written(self, path: Path, rows: int) -> None:
        text = self.tr("{rows} written to {file}.")
        self.told.emit(text.format(rows=row_count(rows), file=path.name), "ok")

    def _not_written(self, problem: UserError) -> None:
        self.told.emit(str(problem), "error")


def rows_text(draft: DraftView) -> str:
    """Return the balance of rows: read = imported + merged + skipped + not data + errors."""
    rows = draft.rows
    text = QCoreApplication.translate(
        "PreviewStep",
        "Rows: {read} read = {imported} imported + {merged} merged + {skipped} left out + "
        "{not_data} not data + {errors} in error",
    )
    return text.format(**{name: formats.number(count) for name, count in rows.items()})


def rates_text(draft: DraftView) -> str:
    """Return the balance of rates afterwards: new + increased + … + unchanged + staying."""
    shown = [f"{formats.number(draft.changes.get(k, 0))} {change_name(k)}" for k in STAYING]
    if draft.staying:
        others = QCoreApplication.translate("PreviewStep", "{count} staying")
        shown.append(others.format(count=formats.number(draft.staying)))
    text = QCoreApplication.translate("PreviewStep", "Rates: {all} = {parts}; {closed} closed")
    total = sum(draft.changes.get(k, 0) for k in STAYING) + draft.staying
    return text.format(
        all=formats.number(total),
        parts=" + ".join(shown),
        closed=formats.number(draft.changes.get("removed", 0)),
    )
