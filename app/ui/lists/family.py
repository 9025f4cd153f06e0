"""Sections of one navigation entry: a row of tabs over the list of the chosen one.

Each list is made when it is first chosen and then stays as it was left.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QTabBar, QVBoxLayout

from app.domain.sections import Section
from app.ui import titles
from app.ui.addresses import Address
from app.ui.lists.page import ListPage
from app.ui.pages import Page, Shell


def family_of(section_id: str) -> tuple[Section, ...]:
    """Return the sections that share the navigation entry of one, the parent first."""
    parent = titles.parent_of(section_id)
    known = titles.sections()
    members = [one for one in known if parent in (one.id, one.parent) and not one.arguments]
    members.sort(key=lambda one: one.id != parent)
    return tuple(members)


def shown_family(section_id: str, shell: Shell) -> tuple[Section, ...]:
    """Return those of a family that the person may look at; the asked one in any case."""
    return tuple(
        one
        for one in family_of(section_id)
        if one.id == section_id or shell.jobs.may(one.area, "view")
    )


class FamilyPage(Page):
    """``list?section=ID`` of a section with siblings; ``shown`` is the list of the chosen one."""

    IDENTITY: ClassVar[tuple[str, ...]] = ("section",)

    turned = Signal(str)
    """ID of the section that is shown now."""

    def __init__(self, shell: Shell, address: Address) -> None:
        super().__init__(shell, address)
        self.members = shown_family(address.get("section"), shell)
        self.lists: dict[str, ListPage] = {}
        self._restored: dict[str, Any] = {}
        self._started = False
        self.row = QTabBar()
        self.row.setDrawBase(False)
        self.row.setExpanding(False)
        self.row.setUsesScrollButtons(True)
        for member in self.members:
            self.row.addTab(member.title.replace("&", "&&"))
        self.row.setAccessibleName(self.tr("Sections of {name}").format(name=self.members[0].title))
        self.stack = QStackedWidget()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 2, 0, 0)
        column.setSpacing(0)
        line = QHBoxLayout()
        line.setContentsMargins(8, 0, 8, 0)
        line.addWidget(self.row, 1)
        column.addLayout(line)
        column.addWidget(self.stack, 1)
        self._show_list(address)
        self.row.currentChanged.connect(self._turn)

    @property
    def shown(self) -> ListPage:
        """Return the list that is shown."""
        return self.lists[self.address.get("section")]

    # ------------------------------------------------------------------ tabs

    def _turn(self, place: int) -> None:
        self._show_list(Address.of("list", section=self.members[place].id))

    def _show_list(self, address: Address) -> None:
        """Show the list of an address; a known one takes the address as a later one."""
        section_id = address.get("section")
        made = self.lists.get(section_id)
        self.address = made.address if made is not None else address
        if made is None:
            made = self._make(section_id, address)
        self.row.blockSignals(True)
        self.row.setCurrentIndex([one.id for one in self.members].index(section_id))
        self.row.blockSignals(False)
        self.stack.setCurrentWidget(made)
        self.setFocusProxy(made.view)
        self.described.emit()
        self.touched.emit()
        self.turned.emit(section_id)

    def _make(self, section_id: str, address: Address) -> ListPage:
        page = ListPage(self.shell, address)
        self.lists[section_id] = page
        state = self._restored.get("lists", {}).get(section_id)
        if isinstance(state, dict):
            page.restore(state)
        page.described.connect(lambda: self._from(page, self.described.emit))
        page.touched.connect(self.touched)
        page.status.connect(lambda text: self._from(page, lambda: self.status.emit(text)))
        self.stack.addWidget(page)
        if self._started:
            QTimer.singleShot(0, page, page.start)
        return page

    def _from(self, page: ListPage, tell: Any) -> None:
        """Pass on what the list in front says; the others are silent."""
        if page is self.stack.currentWidget():
            tell()

    # ------------------------------------------------------------------ page

    def title(self) -> str:
        return self.shown.title()

    def icon_name(self) -> str:
        return self.shown.icon_name()

    def help_topic(self) -> str:
        return self.shown.help_topic()

    def start(self) -> None:
        self._started = True
        if self.row.hasFocus():  # rows first, as in any list
            self.shown.view.setFocus()
        self.shown.start()

    def revisit(self, address: Address) -> None:
        """Show the section of a later address, with its filters."""
        known = address.get("section") in self.lists
        self._show_list(address)
        if known:
            self.shown.revisit(address)

    def come_from(self, ids: Sequence[int]) -> None:
        self.shown.come_from(ids)

    def refresh(self, nouns: frozenset[str]) -> None:
        for page in self.lists.values():
            page.refresh(nouns)

    def state(self) -> dict[str, Any]:
        kept = dict(self._restored.get("lists", {}))
        return {"lists": {**kept, **{name: page.state() for name, page in self.lists.items()}}}

    def restore(self, state: dict[str, Any]) -> None:
        self._restored = state
        own = state.get("lists", {}).get(self.address.get("section"))
        if isinstance(own, dict):
            self.shown.restore(own)

    def actions_shown(self) -> list[QAction]:
        return self.shown.actions_shown()

    def closing(self) -> None:
        for page in self.lists.values():
            page.closing()
