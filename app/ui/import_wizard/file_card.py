"""The file half of step 1: drop zone, what the file is, its sheets, how it is read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QComboBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QStackedLayout,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.ui import formats
from app.ui.import_wizard.change_words import row_count, shown_path
from app.ui.import_wizard.recent_lists import RecentList
from app.ui.look.fonts import heading_font
from app.ui.look.sign import Sign
from app.ui.look.theme import theme
from app.ui.widgets.buttons import push_button
from app.ui.widgets.card import Card, muted_label
from app.ui.widgets.empty_state import EmptyState
from app.ui.widgets.message_bar import MessageBar

if TYPE_CHECKING:
    from app.services.tariffs.import_views import BookView, SheetView
    from app.ui.import_wizard.wizard import Wizard

NAME_ROLE = Qt.ItemDataRole.UserRole
TEXT_TYPES = frozenset({"csv", "tsv"})
ENCODINGS = ("", "utf-8", "utf-8-sig", "utf-16", "cp1252", "cp1251", "cp1250", "latin-1", "gb18030")
DELIMITERS = ("", ";", ",", "\t", "|")
MOST_SHEETS_SHOWN = 6
PATTERNS = "*.xlsx *.xlsm *.xlsb *.xls *.ods *.csv *.tsv *.txt *.html *.htm *.mht *.xml"


class FileCard(Card):
    """The price list. ``opened`` gives the path of a file that a person chose."""

    opened = Signal(str)

    def __init__(
        self, wizard: Wizard, recent: Callable[[], list[RecentList]], parent: QWidget | None = None
    ) -> None:
        super().__init__("", parent)
        self.set_title(self.tr("Price list"))
        self.wizard = wizard
        self._recent = recent
        self._make_empty()
        self._make_filled()
        place = QWidget()
        self._stack = QStackedLayout(place)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self._filled)
        self.body.addWidget(place, 1)
        wizard.read.connect(self.show_file)
        wizard.changed.connect(self.show_file)
        wizard.proposed.connect(self._show_reason)
        self.setAcceptDrops(True)
        self.show_file()

    # ---------------------------------------------------------------- building

    def _make_empty(self) -> None:
        self.empty = EmptyState()
        self.empty.on_files = self._dropped

    def _make_filled(self) -> None:
        self._filled = QWidget()
        self.bar = MessageBar()
        self._name = QLabel()
        self._name.setFont(heading_font())
        self._name.setTextFormat(Qt.TextFormat.PlainText)
        self._sign = Sign("file", "accent", side=20)
        self._about = muted_label(wrap=True)
        self.other = push_button(self.tr("Open another…"), self.ask_file, icon_name="folder")
        self.again = push_button(self.tr("Read again"), self.wizard.open_file, icon_name="refresh")
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._sign)
        head.addWidget(self._name, 1)
        head.addWidget(self.again)
        head.addWidget(self.other)
        self._make_sheets()
        self._make_reading()
        self._reason = muted_label(wrap=True)
        column = QVBoxLayout(self._filled)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self._about)
        column.addWidget(self.bar)
        column.addWidget(self._reason)
        column.addWidget(self._sheets_title)
        column.addWidget(self.sheets)
        column.addWidget(self._reading)
        column.addStretch(1)

    def _make_sheets(self) -> None:
        self._sheets_title = QLabel(self.tr("Sheets: choose the one to import"))
        self.sheets = QTableWidget(0, 3)
        self.sheets.setHorizontalHeaderLabels(
            [self.tr("Sheet"), self.tr("Rows"), self.tr("What it looks like")]
        )
        self.sheets.setAccessibleName(self.tr("Sheets of the file"))
        self.sheets.verticalHeader().hide()
        self.sheets.setShowGrid(False)
        self.sheets.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.sheets.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.sheets.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.sheets.setTabKeyNavigation(False)
        self.sheets.setWordWrap(False)
        header = self.sheets.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        if (rows := self.sheets.horizontalHeaderItem(1)) is not None:
            rows.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        self.sheets.setColumnWidth(0, 150)
        self.sheets.setColumnWidth(1, 70)
        self._sheets_title.setBuddy(self.sheets)
        self.sheets.itemSelectionChanged.connect(self._sheet_chosen)

    def _make_reading(self) -> None:
        self.encoding = QComboBox()
        self.encoding.setEditable(True)
        for name in ENCODINGS:
            self.encoding.addItem(name or self.tr("Detected"), name)
        self.encoding.activated.connect(lambda _place: self._read_as())
        line = self.encoding.lineEdit()
        if line is not None:
            line.editingFinished.connect(self._read_as)
        self.delimiter = QComboBox()
        words = {"": self.tr("Detected"), "\t": self.tr("Tab")}
        for sign in DELIMITERS:
            self.delimiter.addItem(words.get(sign, sign), sign)
        self.delimiter.activated.connect(lambda _place: self._read_as())
        self.quotes = QCheckBox(self.tr("Quotation marks enclose texts"))
        self.quotes.clicked.connect(lambda _on: self._read_as())
        self.password = QLineEdit()
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.password.returnPressed.connect(self._read_as)
        self._reading = QWidget()
        self._form = QFormLayout(self._reading)
        self._form.setContentsMargins(0, 4, 0, 0)
        self._form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        self._form.addRow(self.tr("Encoding"), self.encoding)
        self._form.addRow(self.tr("Separator"), self.delimiter)
        self._form.addRow("", self.quotes)
        self._form.addRow(self.tr("Password"), self.password)
        for title, field in (
            (self.tr("Encoding"), self.encoding),
            (self.tr("Separator"), self.delimiter),
            (self.tr("Password"), self.password),
        ):
            field.setAccessibleName(title)

    # ---------------------------------------------------------------- showing

    def show_file(self) -> None:
        """Show the file of the state, or the place to drop one."""
        if not self.wizard.state.file:
            self._show_empty()
            self._stack.setCurrentWidget(self.empty)
            return
        self._stack.setCurrentWidget(self._filled)
        file = Path(self.wizard.state.file)
        self._name.setText(file.name)
        self._name.setToolTip(str(file))
        self._about.setText(self._describe(self.wizard.book))
        self._about.setVisible(bool(self._about.text()))
        self._show_problem()
        self._show_sheets()
        self._show_reading()
        self._show_reason()

    def _show_empty(self) -> None:
        recent = self._recent()
        actions: list[tuple[str, Callable[[], object], bool]] = [
            (self.tr("Open a price list…"), self.ask_file, True)
        ]
        actions += [(Path(r.file).name, self._opener(r.file), False) for r in recent[:3]]
        self.empty.set(
            "import",
            self.tr("Drop a price list here."),
            self.tr("Excel, OpenDocument, CSV, TSV or an HTML table; as the vendor sent it."),
            actions,
        )

    def _opener(self, file: str) -> Callable[[], None]:
        return lambda: self.opened.emit(file)

    def _describe(self, book: BookView | None) -> str:
        if book is None:
            return "" if self.wizard.file_problem else self.tr("Reading the file…")
        kind = book.type_name[:1].upper() + book.type_name[1:]
        parts = [kind, formats.file_size(book.stamp[0])]
        if book.encoding and book.type in TEXT_TYPES:
            parts.append(self.tr("encoding {name}").format(name=book.encoding))
        if book.delimiter and book.type in TEXT_TYPES:
            word = self.tr("tab") if book.delimiter == "\t" else book.delimiter
            parts.append(self.tr("separator {sign}").format(sign=word))
        return " · ".join(parts)

    def _show_problem(self) -> None:
        book, problem = self.wizard.book, self.wizard.file_problem
        if problem:
            again = [(self.tr("Read again"), self.wizard.open_file)]
            self.bar.show_message(problem, "error", again, closable=False)
        elif book is not None and book.notes:
            self.bar.show_message("\n".join(book.notes), "info", closable=False)
        else:
            self.bar.clear()

    def _show_sheets(self) -> None:
        sheets = self.wizard.book.sheets if self.wizard.book else ()
        for widget in (self.sheets, self._sheets_title):
            widget.setVisible(len(sheets) > 1)
        self.sheets.blockSignals(True)
        self.sheets.setRowCount(len(sheets))
        wanted = self.wizard.state.choices.sheet
        lists = [s for s in sheets if s.price_list and not s.hidden]
        chosen = wanted or (lists[0].name if len(lists) == 1 else "")
        self.sheets.clearSelection()
        for row, sheet in enumerate(sheets):
            self._show_sheet(row, sheet)
            if sheet.name == chosen:
                self.sheets.selectRow(row)
        self.sheets.blockSignals(False)
        height = theme().row_height
        self.sheets.verticalHeader().setDefaultSectionSize(height)
        shown = min(len(sheets), MOST_SHEETS_SHOWN)
        self.sheets.setFixedHeight(shown * height + self.sheets.horizontalHeader().height() + 6)

    def _show_sheet(self, row: int, sheet: SheetView) -> None:
        hidden = self.tr(" (hidden)") if sheet.hidden else ""
        looks = sheet_looks(sheet)
        told = sheet.reasons.get("price_list", "")
        for column, text in enumerate((sheet.name + hidden, formats.number(sheet.rows), looks)):
            item = QTableWidgetItem(text)
            item.setData(NAME_ROLE, sheet.name)
            item.setToolTip(told)
            if column == 1:
                item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            if not sheet.price_list:
                item.setForeground(theme().color("muted"))
            self.sheets.setItem(row, column, item)

    def _show_reading(self) -> None:
        state, book = self.wizard.state, self.wizard.book
        suffix = Path(state.file).suffix.casefold()
        is_text = book.type in TEXT_TYPES if book else suffix in (".csv", ".tsv", ".txt", "")
        secret = bool(state.password) or self.wizard.password_wanted
        for field in (self.encoding, self.delimiter, self.quotes):
            self._form.setRowVisible(field, is_text)
        self._form.setRowVisible(self.password, secret)
        if not self.encoding.hasFocus():
            place = self.encoding.findData(state.encoding)
            self.encoding.setCurrentIndex(place)
            if place < 0:
                self.encoding.setEditText(state.encoding)
        self.delimiter.setCurrentIndex(self.delimiter.findData(state.delimiter))
        self.quotes.setChecked(state.quotes)
        if not self.password.hasFocus():
            self.password.setText(state.password)

    def _show_reason(self) -> None:
        sheet = self.wizard.sheet_view()
        reason = sheet.reasons.get("price_list", "") if sheet else ""
        self._reason.setVisible(sheet is not None)
        if sheet is None:
            return
        text = f"{sheet_looks(sheet)}, {row_count(sheet.rows)}"
        self._reason.setText(f"{text}: {reason}" if reason else text)

    # ---------------------------------------------------------------- choosing

    def ask_file(self) -> None:
        """Ask for a file to open."""
        start = Path(self.wizard.state.file).parent if self.wizard.state.file else Path.home()
        dialog = QFileDialog(self, self.tr("Open a price list"), str(start))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        lists = self.tr("Price lists ({patterns})").format(patterns=PATTERNS)
        dialog.setNameFilters([lists, self.tr("All files (*)")])
        dialog.fileSelected.connect(self.opened)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _dropped(self, files: list[str]) -> None:
        if files:
            self.opened.emit(files[0])

    def _sheet_chosen(self) -> None:
        items = self.sheets.selectedItems()
        name = str(items[0].data(NAME_ROLE)) if items else ""
        if name and name != self.wizard.state.choices.sheet:
            text = self.tr("Sheet {name}").format(name=name)
            self.wizard.choose(text, self.wizard.state.for_sheet(name))

    def _read_as(self) -> None:
        state = self.wizard.state
        place = self.encoding.currentIndex()
        typed = self.encoding.currentText().strip()
        known = place >= 0 and typed == self.encoding.itemText(place)
        wanted = state.but(
            encoding=str(self.encoding.itemData(place)) if known else typed,
            delimiter=str(self.delimiter.currentData() or ""),
            quotes=self.quotes.isChecked(),
            password=self.password.text(),
        )
        self.wizard.choose(self.tr("How the file is read"), wanted)


def sheet_looks(sheet: SheetView) -> str:
    """Return in words what a sheet looks like."""
    if not sheet.rows:
        return _tr("Empty")
    if sheet.kind == "tree_sheet":
        return _tr("Exported rate tree")
    if not sheet.price_list:
        return _tr("No price list")
    kinds = {
        "standard": _tr("Price list"),
        "whatsapp_basic": _tr("WhatsApp basic price list"),
        "whatsapp_tier": _tr("WhatsApp tier price list"),
    }
    return f"{kinds[sheet.kind]}: {shown_path(sheet.node)}" if sheet.node else kinds[sheet.kind]


def _tr(text: str) -> str:
    return QCoreApplication.translate("FileCard", text)
