"""The page of a list: title, tools, chips of the filters, the table, its empty states."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlencode

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout

from app.domain.records import Filter, ListQuery, Row
from app.domain.sections import Section
from app.ui import formats
from app.ui.addresses import Address
from app.ui.lists import selection
from app.ui.lists.columns import ColumnChooser
from app.ui.lists.commands import SectionCommands, Selected, address_of
from app.ui.lists.copying import copy_selection
from app.ui.lists.export_dialog import ExportDialog
from app.ui.lists.filter_words import asked, described
from app.ui.lists.group_menu import GroupMenu
from app.ui.lists.menus import show_column_menu, show_row_menu
from app.ui.lists.model import RowModel
from app.ui.lists.narrowed import Narrowed
from app.ui.lists.state import ColumnLayout, ListState
from app.ui.lists.summary import SelectionSummary
from app.ui.lists.tools import ListTools
from app.ui.lists.view import ListView
from app.ui.lists.views import ViewsMenu
from app.ui.look.fonts import title_font
from app.ui.look.icons import icon
from app.ui.look.marks import set_mark
from app.ui.pages import Page, Shell
from app.ui.titles import parent_of
from app.ui.titles import section as section_of
from app.ui.widgets.chips import ChipBar
from app.ui.widgets.empty_state import EmptyState
from app.ui.widgets.search_field import SearchField

SEARCH = "search"
"""ID of the chip of the quick search; columns never have it followed by a colon."""

WHERE = "where."
"""Begins the arguments of an address that filter a column: ``where.bank_id=%3D7``."""

SEARCH_WIDTH, WIDEST_SEARCH = 240, 320
VIEWED_WIDTH = 220
LOOKED_AT = 2000
"""Selected rows whose values decide which commands fit."""


def filter_argument(**texts: str) -> str:
    """Return the ``filter`` argument of a list's address, from filter texts by column."""
    return urlencode(texts)


class ListPage(Page):
    """The list of one section: ``list?section=ID&view=NAME&where.COLUMN=TEXT&scope=…``."""

    IDENTITY: ClassVar[tuple[str, ...]] = ("section", "scope")
    HELP: ClassVar[str] = "lists"

    @classmethod
    def identity(cls, address: Address) -> tuple[str, ...]:
        """Return the section and what narrows it; sections of one family share a page."""
        section_id, *others = super().identity(address)
        return (parent_of(section_id), *others)

    @classmethod
    def made(cls, shell: Shell, address: Address) -> Page:
        """Return the list, with the tabs of its family if it has one."""
        from app.ui.lists.family import FamilyPage, shown_family

        alone = len(shown_family(address.get("section"), shell)) < 2
        return cls(shell, address) if alone else FamilyPage(shell, address)

    def __init__(self, shell: Shell, address: Address) -> None:
        super().__init__(shell, address)
        self.section = self.listed(address)
        self.within: tuple[Filter, ...] = ()
        self._started = self._stale = False
        self._restored: dict[str, Any] = {}
        self._problem = ""
        self.state_shown = ListState.of(self.section)
        self.model = RowModel(self.section, shell.jobs, self)
        self.view = ListView(self.model, self)
        self.views = ViewsMenu(self.section, shell.preferences, self, lambda: self.state_shown)
        self.groups = GroupMenu(self.section, self)
        self.summary = SelectionSummary(self.view, shell.jobs, self)
        self.commands = SectionCommands(self.section, shell, self, self._selected)
        self.chooser: ColumnChooser | None = None
        self.dialog: ExportDialog | None = None
        self._told = ""
        self._counted_for: object = None
        self.narrowed = Narrowed(address, shell.jobs, self)
        self._make_widgets()
        self.tools = ListTools(self)
        self._lay_out()
        self._wire()

    # -------------------------------------------------------------------------- parts

    def listed(self, address: Address) -> Section:
        """Return the section whose rows are listed."""
        return section_of(address.get("section"))

    def _make_widgets(self) -> None:
        self.heading = QLabel(self._full_title())
        self.heading.setFont(title_font())
        self.counted = QLabel()
        set_mark(self.counted, "tone", "muted")
        words = self.tr("Search %1").replace("%1", self.section.title.lower())
        self.viewed = QLabel()
        set_mark(self.viewed, "tone", "muted")
        self.search = SearchField(words, self)
        self.search.setFixedWidth(max(SEARCH_WIDTH, min(self.search.room(), WIDEST_SEARCH)))
        self.search.setVisible(bool(self.section.search))
        self.chips = ChipBar(self)
        self.chips.add_action(self.tr("Save view…"), self.views.ask_new)
        self.nothing = EmptyState(self.view)
        self.nothing.setAutoFillBackground(True)
        self.nothing.hide()
        self.never = EmptyState(self)
        self.stack = QStackedWidget(self)
        self.stack.addWidget(self.view)
        self.stack.addWidget(self.never)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, 0, 0)
        head.setSpacing(12)
        head.addWidget(self.heading)
        head.addWidget(self.counted)
        head.addWidget(self.viewed)
        head.addWidget(self.chips, 1)
        head.addStretch(0)  # in their place while there are none
        head.addWidget(self.search)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 2, 8, 0)
        column.setSpacing(2)
        column.addLayout(head)
        column.addWidget(self.tools.bar)
        column.addWidget(self.stack, 1)

    def _wire(self) -> None:
        self.search.searched.connect(lambda text: self.change(search=text.strip()))
        self.search.moved_down.connect(self.view.focus_rows)
        self.chips.removed.connect(self._remove_chip)
        self.chips.clicked.connect(self._click_chip)
        self.chips.clear_all.connect(self.clear_filters)
        self.view.sort_asked.connect(self._sort)
        self.view.filtered.connect(self.set_filter)
        self.view.layout_changed.connect(self._take_layout)
        self.view.opened.connect(self.open_row)
        self.view.link_opened.connect(self._open_link)
        self.view.selected.connect(self._selection_changed)
        self.view.scrolled.connect(self.touched)
        self.view.left_back.connect(self.search.setFocus)
        self.view.menu_asked.connect(lambda place: show_row_menu(self, place))
        self.view.column_menu_asked.connect(lambda name, place: show_column_menu(self, name, place))
        self.summary.told.connect(self._take_summary)
        self.views.chosen.connect(self._show_view)
        self.views.changed.connect(self._tell_view)
        self.commands.opened.connect(self._hand_over)
        self.groups.chosen.connect(lambda names: self.change(groups=names))
        self.groups.turned.connect(self.model.turn_all)
        self.narrowed.told.connect(self._tell_title)
        self.model.loaded.connect(self._loaded)
        self.model.counted.connect(self._count)

    # -------------------------------------------------------------------------- Page

    def title(self) -> str:
        """Return the section's title, with what the list is narrowed to."""
        return self._full_title()

    def _full_title(self) -> str:
        parts = [self.section.title, self.narrowed.text]
        return " · ".join(part for part in parts if part)

    def _tell_title(self) -> None:
        self.heading.setText(self._full_title())
        self.described.emit()

    def icon_name(self) -> str:
        """Return the section's icon."""
        return self.section.icon

    def help_topic(self) -> str:
        """Return the section's topic."""
        return self.section.help

    def preferences_key(self) -> str:
        """Return under which name columns and order are kept."""
        return f"list/{self.section.id}"

    def start(self) -> None:
        """Show what was restored, the view of the address, the default view or the section's."""
        self._started = True
        self.narrowed.ask()
        self.state_shown = self.first_state()
        self._show_state()
        self._load()

    def first_state(self) -> ListState:
        """Return what was restored, the view of the address, the default view or the section's."""
        restored = ListState.from_json(self._restored.get("list"), self.section)
        if restored is not None:
            self.views.select(str(self._restored.get("view", "")))
            self.model.set_turned(frozenset(map(str, self._restored.get("turned", []))))
            return restored
        default = self.views.views.default
        name = self.address.get("view") or (default.name if default else "")
        self.views.select(name)
        view = self.views.views.get(name)
        state = view.state if view else ListState.of(self.section)
        return self._addressed(self._remembered(state, name))

    def _remembered(self, state: ListState, view: str) -> ListState:
        """Return the state with the columns and the order that were left last time (item 11)."""
        kept = self.shell.preferences.get(self.preferences_key())
        if not isinstance(kept, dict) or kept.get("view", "") != view:
            return state
        last = ListState.from_json(kept.get("list"), self.section)
        if last is None:
            return state
        return replace(state, columns=last.columns, sorts=last.sorts)

    def _addressed(self, state: ListState) -> ListState:
        """Return the state with the filters of the address instead of its own.

        They are of this opening only: what the list opens with next time does not change.
        """
        texts = {**dict(parse_qsl(self.address.get("filter"))), **self.address.parts(WHERE)}
        names = {column.name for column in self.section.columns}
        found = tuple((n, t) for n, t in texts.items() if n in names)
        return replace(state, filters=found, search="") if found else state

    def revisit(self, address: Address) -> None:
        """Take the view or the filter of a later address."""
        super().revisit(address)
        name = address.get("view")
        if name and self.views.views.get(name):
            self.views.select(name)
            self._show_view(name)
        if address.get("filter") or address.parts(WHERE):
            self._take_state(self._addressed(self.state_shown))

    def refresh(self, nouns: frozenset[str]) -> None:
        """Ask again when a change touched what is listed; selection and place stay."""
        if not self._started or not nouns & set(self.section.nouns):
            return
        if self.isVisible():
            self.reload()
        else:
            self._stale = True

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._stale:
            self.reload()

    def reload(self) -> None:
        """Ask the database again; selection and place stay."""
        self._stale = False
        self.view.keep_now(scroll=True)
        self._load(quiet=True)

    def state(self) -> dict[str, Any]:
        """Return filters, order, groups, columns, the place and the current row."""
        current = self.view.current()
        return {
            "list": self.state_shown.to_json(),
            "view": self.views.current,
            "scroll": self.view.main.verticalScrollBar().value(),
            "row": self.model.row_id(current[0]) if current else None,
            "column": current[1] if current else None,
            "turned": sorted(self.model.turned),
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Take what :meth:`state` gave."""
        self._restored = state

    def closing(self) -> None:
        """Cancel what runs for the list."""
        self.model.stop()
        self.summary.stop()

    # -------------------------------------------------------------------------- state

    def change(self, **parts: Any) -> None:
        """Show the list with other filters, search, order or groups."""
        self._take_state(replace(self.state_shown, **parts))

    def set_filter(self, name: str, text: str) -> None:
        """Filter a column by a text in the grammar of filters; "" takes the filter away."""
        self._take_state(self.state_shown.filtered(name, text))

    def clear_filters(self) -> None:
        """Take every filter and the search away."""
        self.view.show_filters({})  # also texts that mean nothing, which are no filters
        self._take_state(self.state_shown.unfiltered())

    def _sort(self, name: str, add: bool) -> None:
        self._take_state(self.state_shown.sorted_by(name, add=add))

    def sort_here(self, *, descending: bool) -> None:
        """Sort by the column that one works in."""
        current = self.view.current()
        if current is not None and self.section.columns[current[1]].sortable:
            name = self.section.columns[current[1]].name
            self._take_state(self.state_shown.sorted_by(name, descending=descending))

    def _take_state(self, state: ListState) -> None:
        if state == self.state_shown:
            return
        old, self.state_shown = self.state_shown, state
        self._show_state()
        if replace(old, columns=state.columns) != state:
            self.view.keep_now(scroll=False)
            self._load()
        self._remember()

    def _show_state(self) -> None:
        state = self.state_shown
        if self.view.layout_shown != state.columns:
            self.view.apply_layout(state.columns)
        self.view.show_filters(dict(state.filters))
        self.view.show_order(state.sorts)
        self.groups.show_groups(state.groups)
        if self.search.text().strip() != state.search:
            self.search.setText(state.search)
        self._show_chips()
        self._tell_view()

    def _remember(self) -> None:
        kept = {"view": self.views.current, "list": self.state_shown.to_json()}
        self.shell.preferences.set(self.preferences_key(), kept)
        self.touched.emit()

    def _show_view(self, name: str) -> None:
        view = self.views.views.get(name)
        self._take_state(view.state if view else ListState.of(self.section))

    def _tell_view(self) -> None:
        name = self.views.current
        title = self.tr("Views")
        if name:
            title = self.tr("View: %1").replace("%1", name)
        if self.views.is_changed:
            title = self.tr("View: %1, changed").replace("%1", name)
        self.views.action.setText(title)
        self.views.action.setIconText(self.tr("Views"))  # a name would push the tools out
        self.views.action.setToolTip(title)
        self.views.action.setIcon(icon("star-filled" if name else "star"))
        elide, shown = Qt.TextElideMode.ElideMiddle, title if name else ""
        self.viewed.setText(self.fontMetrics().elidedText(shown, elide, VIEWED_WIDTH))
        self.viewed.setVisible(bool(name))

    # -------------------------------------------------------------------------- loading

    def _query(self) -> ListQuery:
        found: list[Filter] = []
        for name, text in self.state_shown.filters:
            try:
                condition = asked(text, self.section.column(name))
            except ValueError:
                continue  # a saved view may hold a choice that is no more; its chip stays
            if condition is not None:
                found.append(condition)
        arguments = tuple((n, self.address.get(n)) for n in self.section.arguments)
        state = self.state_shown
        asking = (tuple(found), state.sorts, state.search, arguments, self.within)
        return ListQuery(self.section.id, *asking)

    def _load(self, *, quiet: bool = False) -> None:
        self.model.load(self._query(), self.state_shown.groups, quiet=quiet)

    def _loaded(self) -> None:
        self._show_empty_state()
        self._put_back()
        known = self.model.matching is not None and not self._restored
        if known and self.view.current() is None and self.model.rowCount():
            self.view.go_to(0)
        self._selection_changed()

    def _put_back(self) -> None:
        """Go to the row of the last time, once all rows are known."""
        if not self._restored or self.model.matching is None:
            return
        restored, self._restored = self._restored, {}
        key, column = restored.get("row"), restored.get("column")
        rows = self.model.rows_of([int(key)]) if key is not None else {}
        if rows and column in self.view.shown():
            self.view.go_to(next(iter(rows.values())), column)
        bar, value = self.view.main.verticalScrollBar(), int(restored.get("scroll", 0))
        QTimer.singleShot(0, self, lambda: bar.setValue(value))

    def _count(self) -> None:
        asked_for = (self.state_shown.filters, self.state_shown.search)
        if self.model.matching is not None or asked_for != self._counted_for:
            self.counted.setText(self._count_text())
            self._counted_for = asked_for
        self._show_empty_state()
        self._tell_status()

    def _count_text(self) -> str:
        matching, total = self.model.matching, self.model.total
        if matching is None:
            return self.tr("counting…")
        if not total or not self.state_shown.is_filtered:
            text = self.tr("1 row") if matching == 1 else self.tr("%1 rows")
            return text.replace("%1", formats.number(matching))
        text = self.tr("%1 of %2 rows").replace("%1", formats.number(matching))
        return text.replace("%2", formats.number(total))

    # -------------------------------------------------------------------------- empty states

    def _show_empty_state(self) -> None:
        """Tell an empty list from one whose filters hide everything (item 45)."""
        empty = self.model.matching == 0
        never = empty and (self.model.total == 0 or not self.state_shown.is_filtered)
        had_focus = self.stack.isAncestorOf(self.focusWidget() or self)
        if never:
            told = self.section
            self.never.set(told.icon, told.empty, told.empty_hint, self._first_steps())
        self.stack.setCurrentWidget(self.never if never else self.view)
        if never and had_focus:
            next(iter(self.never.buttons()), self.search).setFocus()
        hidden = empty and not never
        if hidden:
            self._tell_hidden()
        self.nothing.setVisible(hidden)
        self.view.set_overlay(self.nothing if hidden else None)

    def _first_steps(self) -> list[tuple[str, Callable[[], object], bool]]:
        steps: list[tuple[str, Callable[[], object], bool]] = []
        if "add" in self.tools.actions:
            add = self.tools.actions["add"]
            steps.append((add.text(), add.trigger, True))
        for command in self.section.commands:
            if command.needs == "none":
                action = self.commands.actions[command.id]
                steps.append((action.text(), action.trigger, not steps))
        return steps

    def _tell_hidden(self) -> None:
        count = len(self._chip_list())
        hiding = self.tr("1 filter") if count == 1 else self.tr("%1 filters")
        fact = self.tr("No %1 matches %2").replace("%1", self.section.singular)
        fact = fact.replace("%2", hiding.replace("%1", formats.number(count)))
        one = self.tr("1 row is hidden by the filters.")
        many = self.tr("{n} rows are hidden by the filters.")
        hint = formats.counted(self.model.total, one, many) if self.model.total else ""
        clear = (self.tr("Clear filters"), self.clear_filters, True)
        self.nothing.set("filter", fact, hint, [clear])

    # -------------------------------------------------------------------------- chips

    def _chip_list(self) -> list[tuple[str, str]]:
        chips = [
            (f"column:{name}", described(text, self.section.column(name)))
            for name, text in self.state_shown.filters
        ]
        if self.state_shown.search:
            words = self.tr("Search: %1").replace("%1", self.state_shown.search)
            chips.append((SEARCH, words))
        return chips

    def _show_chips(self) -> None:
        self.chips.set_chips(self._chip_list())

    def _remove_chip(self, chip: str) -> None:
        if chip == SEARCH:
            self.change(search="")
        else:
            self.set_filter(chip.removeprefix("column:"), "")

    def _click_chip(self, chip: str) -> None:
        if chip == SEARCH:
            self.search.setFocus()
        else:
            self.view.focus_filter(chip.removeprefix("column:"))

    # -------------------------------------------------------------------------- columns

    def _take_layout(self, layout: ColumnLayout) -> None:
        self.state_shown = replace(self.state_shown, columns=layout)
        if self.chooser is not None:
            self.chooser.show_layout(layout)
        self._tell_view()
        self._remember()

    def choose_columns(self) -> None:
        """Open the column chooser below its button."""
        self.chooser = ColumnChooser(self.section, self.state_shown.columns, self)
        self.chooser.changed.connect(lambda layout: self.change(columns=layout))
        self.chooser.reset_asked.connect(self.reset_columns)
        self.chooser.destroyed.connect(self._forget_chooser)
        self.chooser.show_below(self.tools.button("columns"))

    def _forget_chooser(self) -> None:
        self.chooser = None

    def reset_columns(self) -> None:
        """Show the columns as the section declares them."""
        self.change(columns=ColumnLayout.of(self.section))
        if self.chooser is not None:
            self.chooser.show_layout(self.state_shown.columns)

    def freeze_to(self, name: str) -> None:
        """Let the columns up to this one stay while scrolling; "" frees all."""
        layout = self.state_shown.columns
        count = layout.visible.index(name) + 1 if name in layout.visible else 0
        self.change(columns=replace(layout, frozen=count))

    # -------------------------------------------------------------------------- rows

    def _selected(self) -> Selected:
        blocks = self.view.blocks()
        ids = selection.ids_of(self.model, blocks)
        rows: list[Row] = []
        if len(ids) <= LOOKED_AT:
            for first, last in selection.stretches(blocks):
                found = (self.model.row(row) for row in range(first, last + 1))
                rows += [row for row in found if row is not None]
        return Selected(ids, tuple(rows))

    def _selection_changed(self) -> None:
        self.commands.update()
        self.touched.emit()

    def _take_summary(self, text: str) -> None:
        self._told = text
        self._tell_status()

    def _tell_status(self) -> None:
        parts = [self._count_text(), self._told]
        self.status.emit(" · ".join(part for part in parts if part))

    def open_row(self, row: int) -> None:
        """Open a row's own page, else its form."""
        values = self.model.row(row)
        if values is None:
            return
        template = self.section.open_row
        if not template and (self.section.form or self.section.load):
            template = f"record?section={self.section.id}&id={values[0]}"
        if template:
            self._hand_over(self.shell.open(address_of(template, self.section, values)))

    def _hand_over(self, page: object) -> None:
        """Tell a record's page which ones come before and after it here."""
        if isinstance(page, Page):
            page.come_from(self.model.keys)

    def _open_link(self, row: int, column: int) -> None:
        values, link = self.model.row(row), self.section.columns[column].link
        if values is not None and link:
            self.shell.open(address_of(link, self.section, values))

    def open_link(self) -> None:
        """Open what the current cell links to, else the row."""
        current = self.view.current()
        if current is None:
            return
        if self.section.columns[current[1]].link:
            self._open_link(*current)
        else:
            self.open_row(current[0])

    def add(self) -> None:
        """Open the form of a new record."""
        self.shell.open(Address.of("record", section=self.section.id))

    def copy(self, *, headers: bool = False) -> None:
        """Copy the selected cells for a spreadsheet."""
        copy_selection(self.view, self.shell, self, headers=headers)

    def export(self) -> None:
        """Ask what to write where, and write it in a job."""
        chosen = self._selected().ids
        self.dialog = ExportDialog(self, self.model, self.view.shown(), chosen)
        self.dialog.open()

    def find(self) -> None:
        """Go to the quick search; from there, or without one, to the filter of the column."""
        if self.section.search and not self.search.hasFocus():
            self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.search.selectAll()
        else:
            self.find_in_column()

    def find_in_column(self) -> None:
        """Go to the filter of the column that one works in, else to the first there is."""
        self.view.focus_near_filter()
