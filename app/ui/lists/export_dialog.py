"""Asks what of a list is written to which file, and writes it in a job (item 22)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QStandardPaths, Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QDialog,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QRadioButton,
    QVBoxLayout,
)

from app.services import list_export
from app.services.context import Context
from app.ui import formats
from app.ui.lists.model import RowModel
from app.ui.look.marks import set_mark
from app.ui.widgets.buttons import push_button

if TYPE_CHECKING:
    from app.ui.lists.page import ListPage

FOLDER = "export/folder"
"""Preference: the folder of the last export."""

SUFFIXES = {"xlsx": ".xlsx", "csv": ".csv"}


class ExportDialog(QDialog):
    """Rows shown or selected, columns shown or all, an Excel workbook or a CSV file."""

    def __init__(
        self, page: ListPage, model: RowModel, shown: Sequence[int], selected: Sequence[int]
    ) -> None:
        super().__init__(page.window())
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Export %1").replace("%1", page.section.title.lower()))
        self._page, self._model = page, model
        self._shown, self._selected = list(shown), selected
        self._rows = QButtonGroup(self)
        self._formats = QButtonGroup(self)
        count = formats.number(model.matching) if model.matching is not None else "…"
        self.rows_shown = self._choice(
            self._rows, self.tr("Rows shown (%1)").replace("%1", count), True
        )
        chosen = formats.number(len(selected))
        self.rows_selected = self._choice(
            self._rows, self.tr("Selected rows (%1)").replace("%1", chosen), False
        )
        self.rows_selected.setEnabled(bool(selected))
        self.xlsx = self._choice(self._formats, self.tr("Excel workbook (.xlsx)"), True)
        self.csv = self._choice(self._formats, self.tr("CSV file (.csv)"), False)
        self.all_columns = QCheckBox(self.tr("Hidden columns too"))
        self.path = QLineEdit(str(self._proposed()))
        self.path.setAccessibleName(self.tr("File"))
        self.problem = QLabel()
        self.problem.setWordWrap(True)
        self.problem.hide()
        set_mark(self.problem, "tone", "error")
        self.export_button = push_button(self.tr("Export"), self._export, kind="primary")
        self.export_button.setDefault(True)
        self.csv.toggled.connect(self._change_suffix)
        self._lay_out()

    def _choice(self, group: QButtonGroup, title: str, chosen: bool) -> QRadioButton:
        button = QRadioButton(title)
        button.setChecked(chosen)
        group.addButton(button)
        return button

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setHorizontalSpacing(12)
        form.setVerticalSpacing(8)
        form.addRow(self.tr("Rows"), self.rows_shown)
        form.addRow("", self.rows_selected)
        form.addRow(self.tr("Columns"), self.all_columns)
        form.addRow(self.tr("Format"), self.xlsx)
        form.addRow("", self.csv)
        place = QHBoxLayout()
        place.setSpacing(8)
        place.addWidget(self.path, 1)
        place.addWidget(push_button(self.tr("Browse…"), self.browse))
        form.addRow(self.tr("File"), place)
        form.addRow("", self.problem)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        buttons.addWidget(self.export_button)
        buttons.addWidget(push_button(self.tr("Cancel"), self.reject))
        outer = QVBoxLayout(self)
        outer.setContentsMargins(16, 16, 16, 12)
        outer.setSpacing(16)
        outer.addLayout(form)
        outer.addLayout(buttons)
        self.setMinimumWidth(520)

    def _proposed(self) -> Path:
        places = QStandardPaths.StandardLocation.DocumentsLocation
        folder = self._page.shell.preferences.get(FOLDER)
        kept = folder if isinstance(folder, str) else QStandardPaths.writableLocation(places)
        return Path(kept) / f"{self._page.section.id}.xlsx"

    def _change_suffix(self, csv: bool) -> None:
        suffix = SUFFIXES["csv" if csv else "xlsx"]
        path = self.path.text()
        if path.lower().endswith(tuple(SUFFIXES.values())):
            path = path.rpartition(".")[0]
        self.path.setText(path + suffix)

    def browse(self) -> None:
        """Choose the file in the platform's dialog."""
        kinds = {
            "xlsx": self.tr("Excel workbook (*.xlsx)"),
            "csv": self.tr("CSV file (*.csv)"),
        }
        first = "csv" if self.csv.isChecked() else "xlsx"
        chosen, _ = QFileDialog.getSaveFileName(
            self, self.windowTitle(), self.path.text(), kinds[first]
        )
        if chosen:
            self.path.setText(chosen)

    def _export(self) -> None:
        path = Path(self.path.text().strip()).expanduser()
        problem = self._wrong(path)
        if problem:
            self.problem.setText(problem)
            self.problem.show()
            set_mark(self.path, "invalid", True)
            self.path.setFocus()
            return
        suffix = SUFFIXES["csv" if self.csv.isChecked() else "xlsx"]
        if path.suffix.lower() != suffix:
            path = path.with_name(path.name + suffix)
        self._page.shell.preferences.set(FOLDER, str(path.parent))
        self._start(path)
        self.accept()

    def _wrong(self, path: Path) -> str:
        """Return why nothing can be written there, "" if it can."""
        if not self.path.text().strip() or not path.name:
            return self.tr("Give the file a name.")
        if not path.is_absolute():
            return self.tr("Give the folder too, or choose the file with Browse….")
        if not path.parent.is_dir():
            text = self.tr("There is no folder %1: choose another one.")
            return text.replace("%1", str(path.parent))
        return ""

    def _start(self, path: Path) -> None:
        page, section, query = self._page, self._page.section, self._model.query
        everything = range(len(section.columns)) if self.all_columns.isChecked() else self._shown
        hidden = [place for place in everything if place not in self._shown]
        names = [section.columns[place].name for place in (*self._shown, *hidden)]
        ids = self._selected if self.rows_selected.isChecked() else None

        def work(ctx: Context) -> int:
            return list_export.export_list(ctx, section, query, names, path, ids=ids)

        page.shell.jobs.query(
            work,
            owner=page,
            done=partial(_tell, page, path),
            title=self.tr("Exporting %1").replace("%1", section.title.lower()),
        )


def _tell(page: ListPage, path: Path, _result: object) -> None:
    text = page.tr("%1 was written.").replace("%1", path.name)
    folder = QUrl.fromLocalFile(str(path.parent))
    page.shell.notify(
        text, action=(page.tr("Open folder"), lambda: QDesktopServices.openUrl(folder))
    )
