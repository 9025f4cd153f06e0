"""One command of a person in the audit: who, when, from where, and every field it changed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QFileDialog, QLabel, QVBoxLayout

from app.domain.permissions import EXPORT, VIEW
from app.sections.audit import RECORDS
from app.sections.object_words import object_words
from app.services.control import audit_entries
from app.ui import formats
from app.ui.addresses import Address
from app.ui.control.audit_lines import entries_of
from app.ui.control.record_links import Key, addresses
from app.ui.forms.change_tree import ChangeTree
from app.ui.lists.clipboard import rows_to_tsv
from app.ui.look.fonts import heading_font
from app.ui.look.icons import icon
from app.ui.look.marks import set_mark
from app.ui.pages import Page
from app.ui.widgets.message_bar import MessageBar
from app.ui.widgets.search_field import SearchField
from app.ui.widgets.tool_bar import PageToolBar

if TYPE_CHECKING:
    from app.errors import UserError
    from app.services.context import Context
    from app.services.control.audit_entries import Change, CommandDetail
    from app.ui.pages import Shell


class AuditPage(Page):
    """The detail of an entry, with all others of its command."""

    IDENTITY: ClassVar[tuple[str, ...]] = ("id",)
    HELP = "audit"

    def __init__(self, shell: Shell, address: Address) -> None:
        super().__init__(shell, address)
        self.detail: CommandDetail | None = None
        self.addresses: dict[Key, str] = {}
        self.heading = QLabel()
        self.facts = QLabel()
        self.more = QLabel()
        self.bar = MessageBar(self)
        self.table = ChangeTree(self.tr("Changes of the command"), self)
        self.search = SearchField(self.tr("Find in this command"), self)
        self.tools = PageToolBar(self)
        self.open_record = self._action(
            self.tr("Open the record"), "jump", self._open_record, "Ctrl+Return"
        )
        self.of_object = self._action(
            self.tr("All entries of this object"), "history", self._list_object
        )
        self.export = self._action(
            self.tr("Download CSV…"), "export", self._ask_export, "Ctrl+Shift+E"
        )
        self.copy = self._action(self.tr("Copy"), "copy", self._copy_rows, "Ctrl+C")
        self.stored = self._action(self.tr("As stored"), "database", self._turn)
        self.stored.setCheckable(True)
        self.stored.setToolTip(
            self.tr("Show tables, fields and values as the database has them, instead of words")
        )
        self._build()

    def _action(
        self, text: str, icon_name: str, slot: Callable[[], object], keys: str = ""
    ) -> QAction:
        action = QAction(icon(icon_name), text, self)
        if keys:
            action.setShortcut(QKeySequence(keys))
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        action.triggered.connect(lambda *_: slot())
        action.setEnabled(False)
        self.addAction(action)
        self.tools.add(action)
        return action

    def _build(self) -> None:
        self.heading.setFont(heading_font())
        self.heading.setTextFormat(Qt.TextFormat.PlainText)
        self.facts.setTextFormat(Qt.TextFormat.PlainText)
        self.facts.setWordWrap(True)
        self.facts.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        set_mark(self.facts, "tone", "muted")
        set_mark(self.more, "tone", "muted")
        self.more.setWordWrap(True)
        self.more.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(8)
        for part in (self.tools, self.heading, self.facts, self.bar):
            layout.addWidget(part)
        layout.addWidget(self.search)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.more)
        self.search.hide()
        self.search.searched.connect(self._find)
        self.search.moved_down.connect(self.table.setFocus)
        self.find_entry = QAction(icon("search"), self.tr("Find in this command"), self)
        self.find_entry.setShortcut(QKeySequence.StandardKey.Find)
        self.find_entry.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self.find_entry.triggered.connect(
            lambda: self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        )
        self.find_entry.setEnabled(False)
        self.addAction(self.find_entry)
        self.table.setExpandsOnDoubleClick(False)
        self.table.activated.connect(lambda _: self.open_record.trigger())
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._follow())
        self.setFocusProxy(self.table)

    # ------------------------------------------------------------------ the page

    def title(self) -> str:
        """Return what was done."""
        return self.detail.action if self.detail else self.tr("Audit entry")

    def icon_name(self) -> str:
        """Return the icon of the audit."""
        return "audit"

    def start(self) -> None:
        """Load the entry; what is written stays, so it is loaded once."""
        number = self.address.number("id") or 0

        def load(ctx: Context) -> tuple[CommandDetail, dict[Key, str]]:
            detail = audit_entries.detail(ctx, number, object_words())
            return detail, addresses(ctx, detail.changes)

        self.shell.jobs.query(load, owner=self, done=self._show, failed=self._refuse)

    def _show(self, loaded: tuple[CommandDetail, dict[Key, str]]) -> None:
        detail, self.addresses = loaded
        self.detail = detail
        self.heading.setText(detail.action)
        self.facts.setText(self._fact_line(detail))
        self._fill(next(n for n, c in enumerate(detail.changes) if c.id == detail.id))
        self.search.setVisible(len(detail.changes) > ChangeTree.FEW)
        self.find_entry.setEnabled(self.search.isVisibleTo(self))
        if detail.more:
            one = self.tr("1 more entry of this command is in the CSV only.")
            many = self.tr("{n} more entries of this command are in the CSV only.")
            self.more.setText(formats.counted(detail.more, one, many))
            self.more.show()
        for action in (self.of_object, self.copy, self.stored):
            action.setEnabled(True)
        self.export.setEnabled(self.shell.jobs.may(EXPORT, VIEW))
        self._follow()
        self._tell_number()
        self.described.emit()

    def _fill(self, current: int) -> None:
        """Show the entries in words or as they are stored, one of them being the current one."""
        assert self.detail is not None
        entries = entries_of(self.detail, stored=self.stored.isChecked())
        self.table.show_entries(entries, current, all_open=False)
        self.table.find(self.search.text())

    def _turn(self) -> None:
        self._fill(max(self.table.current_entry(), 0))

    def _find(self, text: str) -> None:
        found = self.table.find(text)
        if text.strip():
            one, many = self.tr("1 entry found"), self.tr("{n} entries found")
            self.status.emit(formats.counted(found, one, many))
        else:
            self._tell_number()

    def _tell_number(self) -> None:
        assert self.detail is not None
        number = len(self.detail.changes) + self.detail.more
        one, many = self.tr("1 entry of one command"), self.tr("{n} entries of one command")
        self.status.emit(formats.counted(number, one, many))

    def _change(self) -> Change | None:
        """Return the entry of the current line."""
        place = self.table.current_entry()
        return self.detail.changes[place] if self.detail is not None and place >= 0 else None

    def _fact_line(self, detail: CommandDetail) -> str:
        parts = [formats.instant_with_zone(detail.at), detail.actor]
        if detail.login:
            parts.append(self.tr("login {name}").format(name=detail.login))
        if detail.address:
            parts.append(self.tr("from {address}").format(address=detail.address))
        companies = {change.company for change in detail.changes}
        if len(companies) == 1:
            parts.append(self.tr("data of {company}").format(company=companies.pop()))
        return " · ".join(parts)

    def _refuse(self, problem: UserError) -> None:
        self.bar.show_message(str(problem), "error")

    def _record(self) -> str:
        """Return the address of the current entry's object, "" if nothing shows it."""
        change = self._change()
        return self.addresses.get((change.table, change.object_id), "") if change else ""

    def _follow(self) -> None:
        """Offer what can be done with the entry of the current line."""
        change, there = self._change(), bool(self._record())
        self.open_record.setEnabled(there)
        if there:
            why = self.tr("Open the record (Ctrl+Enter)")
        elif change is not None and change.table in RECORDS and not change.exists:
            why = self.tr("This record was deleted since.")
        else:
            why = self.tr("No list that you may see shows this record.")
        self.open_record.setToolTip(why)

    # ------------------------------------------------------------------ commands

    def _open_record(self) -> None:
        address = self._record()
        if address:
            self.shell.open(Address.parse(address))

    def _list_object(self) -> None:
        change = self._change()
        if change is not None:
            where = {
                "where.table_name": f"={change.table}",
                "where.object_id": f"={change.object_id}",
            }
            self.shell.open(Address.of("list", section="audit", **where))

    def _copy_rows(self) -> None:
        self.shell.copy(rows_to_tsv(self.table.changes.texts()))

    def _ask_export(self) -> None:
        dialog = QFileDialog(self, self.tr("Download this command"), "audit-entry.csv")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters([self.tr("CSV (*.csv)"), self.tr("Excel (*.xlsx)")])
        dialog.setDefaultSuffix("csv")
        dialog.fileSelected.connect(lambda name: self.export_to(Path(name)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def export_to(self, file: Path) -> None:
        """Write all entries of the command to ``file`` (.csv or .xlsx)."""
        detail = self.detail
        if detail is None:
            return

        def done(count: int) -> None:
            one, many = self.tr("1 row written to {file}."), self.tr("{n} rows written to {file}.")
            self.shell.notify(formats.counted(count, one, many).format(file=file.name))

        self.shell.jobs.query(
            lambda ctx: audit_entries.export_detail(ctx, detail.id, file, object_words()),
            owner=self,
            done=done,
            failed=self._refuse,
            title=self.tr("Writing {file}").format(file=file.name),
        )
