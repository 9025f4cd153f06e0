"""Compares two scopes, of any services, node by node (SVC-8, item 32)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QStackedWidget,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from app.domain.permissions import EXPORT, VIEW
from app.services.tariffs import compare_pages, scope_changes
from app.ui import formats
from app.ui.addresses import Address
from app.ui.lists.clipboard import rows_to_tsv
from app.ui.look.fonts import heading_font
from app.ui.look.icons import icon
from app.ui.look.theme import theme
from app.ui.pages import Page
from app.ui.tariffs.compare_model import (
    KEPT_PAGES,
    KIND,
    NEW,
    OLD,
    PAGE,
    PATH,
    PERCENT,
    DifferenceModel,
    kind_text,
)
from app.ui.widgets.buttons import push_button
from app.ui.widgets.chips import CountChips
from app.ui.widgets.empty_state import EmptyState
from app.ui.widgets.message_bar import MessageBar
from app.ui.widgets.search_field import SearchField
from app.ui.widgets.type_ahead import Option, TypeAhead

if TYPE_CHECKING:
    from app.services.tariffs.compare_pages import Comparison, DifferenceRow
    from app.services.tariffs.scope_changes import CopySource
    from app.ui.jobs import Jobs
    from app.ui.pages import Shell


class ScopeField(TypeAhead):
    """Chooses a scope of any service by name or number."""

    def __init__(self, jobs: Jobs, parent: QWidget) -> None:
        super().__init__(parent, placeholder=self.tr("Type a service or a scope"))
        self._jobs = jobs
        self.set_source(self._find_scopes)

    def _find_scopes(self, text: str, reply: Callable[[Sequence[Option]], object]) -> None:
        def done(found: list[CopySource]) -> None:
            reply([Option(s.scope_id, formats.with_dates(s.title), s.detail) for s in found])

        self._jobs.query(lambda ctx: scope_changes.copy_sources(ctx, text), owner=self, done=done)

    def scope_id(self) -> int | None:
        """Return the chosen scope."""
        value = self.value()
        return value if isinstance(value, int) else None


class ComparePage(Page):
    """Two scopes, what differs between them with counts, filters and export."""

    IDENTITY: ClassVar[tuple[str, ...]] = ("first", "second")
    HELP = "compare"

    def __init__(self, shell: Shell, address: Address) -> None:
        super().__init__(shell, address)
        self.first = ScopeField(shell.jobs, self)
        self.second = ScopeField(shell.jobs, self)
        self.go = push_button(self.tr("&Compare"), self.compare, kind="primary")
        self.swap = push_button(self.tr("S&wap"), self.swap_scopes)
        self.with_file = push_button(
            self.tr("Compare with a &file…"), self.compare_file, icon_name="file"
        )
        self.bar = MessageBar(self)
        self.chips = CountChips(self)
        self.search = SearchField(self.tr("Filter by path"), self)
        self.count = QLabel()
        self.table = QTableView()
        self.table.setTabKeyNavigation(False)
        self.empty = EmptyState(self)
        self.model: DifferenceModel | None = None
        self._running = False
        self._kind: str | None = None
        self._search_text = ""
        self._make_actions()
        self._build()

    def _make_actions(self) -> None:
        self.export = self._action(self.tr("Export…"), "export", self.ask_export, "Ctrl+E")
        self.open_second = self._action(
            self.tr("Show in the second scope"), "jump", self.open_node, "Ctrl+Return"
        )
        self.open_first = self._action(
            self.tr("Show in the first scope"), "jump", lambda: self.open_node(second=False)
        )
        self.copy = self._action(self.tr("Copy"), "copy", self.copy_rows, "Ctrl+C")

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
        return action

    def _build(self) -> None:
        heading = QLabel(self.tr("Compare scopes"))
        heading.setFont(heading_font())
        form = QFormLayout()
        form.setSpacing(8)
        form.addRow(self.tr("&First scope (before)"), self.first)
        form.addRow(self.tr("&Second scope (after)"), self.second)
        choose = QHBoxLayout()
        choose.setSpacing(8)
        choose.addLayout(form, 1)
        choose.addWidget(self.swap, 0, Qt.AlignmentFlag.AlignVCenter)
        choose.addWidget(self.go, 0, Qt.AlignmentFlag.AlignVCenter)
        choose.addWidget(self.with_file, 0, Qt.AlignmentFlag.AlignVCenter)
        filters = QHBoxLayout()
        filters.setSpacing(8)
        self.search.setMaximumWidth(260)
        self.search.setMinimumWidth(220)
        filters.addWidget(self.search)
        filters.addWidget(self.count)
        filters.addStretch(1)
        for action in (self.open_second, self.export):
            button = push_button(action.text(), action.trigger)
            button.setIcon(action.icon())
            action.enabledChanged.connect(button.setEnabled)
            button.setEnabled(False)
            filters.addWidget(button)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.empty)
        self.stack.addWidget(self.table)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(8)
        layout.addWidget(heading)
        layout.addLayout(choose)
        layout.addWidget(self.bar)
        layout.addWidget(self.chips)
        layout.addLayout(filters)
        layout.addWidget(self.stack, 1)
        self._dress_table()
        self.first.setAccessibleName(self.tr("First scope"))
        self.second.setAccessibleName(self.tr("Second scope"))
        self.chips.chosen.connect(self._choose_kind)
        self.search.searched.connect(self._filter)
        self._tell_empty()

    def _dress_table(self) -> None:
        self.table.setAccessibleName(self.tr("Differences"))
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(theme().row_height)
        self.table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.table.setShowGrid(False)
        self.table.setAlternatingRowColors(True)
        self.table.setWordWrap(False)
        self.table.setSortingEnabled(True)
        self.table.horizontalHeader().setSortIndicator(PATH, Qt.SortOrder.AscendingOrder)
        self.table.activated.connect(lambda _: self.open_node())

    # ------------------------------------------------------------------ the page

    def title(self) -> str:
        if self.model is None:
            return self.tr("Compare scopes")
        first, second = self.model.comparison.first, self.model.comparison.second
        if first.service_id == second.service_id:
            periods = formats.with_dates(f"{first.period} ↔ {second.period}")
            return f"{first.service_name}: {periods}"
        return f"{first.service_name} ↔ {second.service_name}"

    def icon_name(self) -> str:
        return "compare"

    def start(self) -> None:
        first, second = self.address.number("first"), self.address.number("second")
        for field, scope in ((self.first, first), (self.second, second)):
            if scope is not None:
                self._name_scope(field, scope)
        if first is not None and second is not None:
            self._compare(first, second)

    def revisit(self, address: Address) -> None:
        super().revisit(address)
        self.start()

    def refresh(self, nouns: frozenset[str]) -> None:
        if self.model is not None and "rates" in nouns and not self._running:
            self.bar.show_message(
                self.tr("Rates have changed since: compare again to see them."),
                "info",
                [(self.tr("Compare again"), self.compare)],
            )

    def state(self) -> dict[str, Any]:
        return {
            "first": self.first.scope_id(),
            "second": self.second.scope_id(),
            "kind": self._kind,
            "text": self.search.text(),
        }

    def restore(self, state: dict[str, Any]) -> None:
        self._kind = state.get("kind")
        self._search_text = state.get("text", "")
        if self.address.number("first") is None and state.get("first") and state.get("second"):
            self.address = Address.of("compare", first=state["first"], second=state["second"])

    def closing(self) -> None:
        if self.model is not None:
            comparison = self.model.comparison
            self.model = None
            self.shell.jobs.run(lambda _job: comparison.close(), owner=self, last=True)

    def _name_scope(self, field: ScopeField, scope: int) -> None:
        def done(found: list[CopySource]) -> None:
            for source in found:
                if source.scope_id == scope:
                    field.set_value(scope, formats.with_dates(source.title))

        field.set_value(scope, self.tr("Scope {n}").format(n=scope))
        self.shell.jobs.query(
            lambda ctx: scope_changes.copy_sources(ctx, str(scope)), owner=self, done=done
        )

    # ------------------------------------------------------------------ comparing

    def swap_scopes(self) -> None:
        """Turn the direction of the comparison round."""
        first, second = self.first.scope_id(), self.second.scope_id()
        texts = self.first.text(), self.second.text()
        self.first.set_value(second, texts[1])
        self.second.set_value(first, texts[0])
        if self.model is not None:
            self.compare()

    def compare(self) -> None:
        """Compare the chosen scopes."""
        first, second = self.first.scope_id(), self.second.scope_id()
        if first is None or second is None:
            self.bar.show_message(self.tr("Choose two scopes to compare."), "warn")
            (self.first if first is None else self.second).setFocus()
        elif first == second:
            self.bar.show_message(
                self.tr("These are one and the same scope: choose another one."), "warn"
            )
        elif not self._running:
            self._compare(first, second)

    def compare_file(self) -> None:
        """Hold a file against the chosen scope, the first one if there are two."""
        scope = self.first.scope_id() or self.second.scope_id()
        if scope is None:
            self.shell.open(Address.of("import", compare=1))
            return

        def done(found: list[CopySource]) -> None:
            service = next((s.service_id for s in found if s.scope_id == scope), None)
            self.shell.open(Address.of("import", service=service, scope=scope, compare=1))

        self.shell.jobs.query(
            lambda ctx: scope_changes.copy_sources(ctx, str(scope)), owner=self, done=done
        )

    def _compare(self, first: int, second: int) -> None:
        self._running = True
        self.bar.clear()
        self.go.setEnabled(False)
        self.go.setToolTip(self.tr("Comparing…"))
        self.shell.jobs.query(
            lambda ctx: compare_pages.start_compare(ctx, first, second),
            owner=self,
            done=self._show,
            failed=self._refuse,
            title=self.tr("Comparing two scopes"),
        )

    def _ended(self) -> None:
        self._running = False
        self.go.setEnabled(True)
        self.go.setToolTip("")

    def _refuse(self, problem: Exception) -> None:
        self._ended()
        self.bar.show_message(str(problem))

    def _show(self, comparison: Comparison) -> None:
        self._ended()
        old = self.model
        self.model = DifferenceModel(self.shell.jobs, comparison, self)
        self.model.shown.connect(self._counted)
        selection = self.table.selectionModel()
        self.table.setModel(self.model)
        if selection is not None:
            selection.deleteLater()
        if old is not None:
            gone = old.comparison
            old.deleteLater()
            self.shell.jobs.run(lambda _job: gone.close(), owner=self, last=True)
        self._fit_columns()
        self._show_counts(comparison)
        if self._search_text:
            self.search.setText(self._search_text)
            self._search_text = ""
        self.chips.choose(self._kind)
        self._filter()
        for action in (self.open_first, self.open_second, self.copy):
            action.setEnabled(True)
        self.export.setEnabled(self.shell.jobs.may(EXPORT, VIEW))
        if comparison.first.currency != comparison.second.currency:
            self.bar.show_message(
                self.tr("The scopes have different currencies: prices are compared as numbers."),
                "warn",
            )
        self.described.emit()
        self.touched.emit()

    def _fit_columns(self) -> None:
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setSectionResizeMode(PATH, QHeaderView.ResizeMode.Stretch)
        for column, width in ((OLD, 170), (NEW, 170), (PERCENT, 110), (KIND, 100)):
            self.table.setColumnWidth(column, width)

    def _show_counts(self, comparison: Comparison) -> None:
        tones = {"new": "ok", "removed": "neutral", "changed": "info"}
        self.chips.set_counts(
            [
                (kind, kind_text(kind), comparison.counts.get(kind, 0), tones.get(kind, ""))
                for kind in compare_pages.KINDS
            ]
        )

    def _choose_kind(self, kind: object) -> None:
        self._kind = kind if isinstance(kind, str) else None
        self._filter()
        self.touched.emit()

    def _filter(self, _text: str = "") -> None:
        if self.model is not None:
            kinds = (self._kind,) if self._kind else ()
            self.model.apply(kinds=kinds, text=self.search.text().strip())

    def _counted(self, total: int) -> None:
        if self.model is None:
            return
        everything = sum(self.model.comparison.counts.values())
        n, of = formats.number(total), formats.number(everything)
        text = self.tr("{n} of {m} rates").format(n=n, m=of)
        self.count.setText(text)
        self.status.emit(text)
        self._tell_empty(total)
        self.stack.setCurrentWidget(self.table if total else self.empty)

    def _tell_empty(self, total: int = 0) -> None:
        if self.model is None:
            self.empty.set(
                "compare",
                self.tr("Choose two scopes"),
                self.tr("Scopes of one service or of two; the second is what became of the first."),
            )
        elif not total and (self._kind or self.search.text()):
            self.empty.set(
                "filter",
                self.tr("No difference matches the filter"),
                "",
                [(self.tr("Clear filter"), self._clear_filter, True)],
            )
        elif not total:
            self.empty.set("check", self.tr("The two scopes have the same rates"))

    def _clear_filter(self) -> None:
        self.search.empty()
        self.chips.choose(None)
        self._filter()

    # ------------------------------------------------------------------ rows

    def open_node(self, *, second: bool = True) -> None:
        """Open the service tab at the current rate."""
        row = self._current()
        if row is None or self.model is None:
            return
        comparison = self.model.comparison
        if row.second_node < 0 or (row.first_node >= 0 and not second):
            scope, node = comparison.first, row.first_node
        else:
            scope, node = comparison.second, row.second_node
        self.shell.open(Address.of("service", id=scope.service_id, scope=scope.scope_id, node=node))

    def _current(self) -> DifferenceRow | None:
        index = self.table.currentIndex()
        return self.model.row(index.row()) if self.model is not None and index.isValid() else None

    def copy_rows(self) -> None:
        """Copy the selected rows that are loaded as tab-separated text."""
        model = self.model
        if model is None:
            return
        selection = self.table.selectionModel().selection()
        ranges = [selection.at(place) for place in range(selection.count())]
        rows = [
            row
            for part in ranges
            for number in range(part.top(), min(part.bottom(), part.top() + PAGE * KEPT_PAGES) + 1)
            if (row := model.row(number)) is not None
        ]
        lines = [(r.path, r.old, r.new, r.percent, kind_text(r.kind)) for r in rows]
        self.shell.copy(rows_to_tsv(lines))

    def ask_export(self) -> None:
        """Ask for a file and write the rows shown to it."""
        dialog = QFileDialog(self, self.tr("Export differences"), "differences.xlsx")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters([self.tr("Excel (*.xlsx)"), self.tr("CSV (*.csv)")])
        dialog.setDefaultSuffix("xlsx")
        dialog.fileSelected.connect(lambda name: self.export_to(Path(name)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def export_to(self, file: Path) -> None:
        """Write the rows shown to ``file`` (.xlsx or .csv)."""
        model = self.model
        if model is None:
            return
        comparison, kinds, text = model.comparison, model.kinds, model.text

        def done(count: int) -> None:
            one, many = self.tr("1 row written to {file}."), self.tr("{n} rows written to {file}.")
            self.shell.notify(formats.counted(count, one, many).format(file=file.name))

        self.shell.jobs.query(
            lambda ctx: comparison.export(ctx, file, kinds=kinds, text=text),
            owner=self,
            done=done,
            failed=self._refuse,
            title=self.tr("Exporting differences"),
        )
