"""The pages that were open lately, per database, for the palette, the menu and the start page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from app.ui.look.icons import NAMES, icon
from app.ui.pages import Page, is_available
from app.ui.preferences import Preferences

KEPT = 20
KINDS = frozenset({"list", "record", "service", "compare"})
"""Pages that are worth going back to."""


@dataclass(frozen=True, slots=True)
class RecentPage:
    """Address, title and icon of a page."""

    address: str
    title: str
    icon: str


class Recent(QObject):
    """Remembers pages of the open database; ``open_address`` brings one back."""

    def __init__(
        self, preferences: Preferences, open_address: Callable[[str], object], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._preferences = preferences
        self._open = open_address
        self._place = ""

    def follow(self, place: str, user: int | None = None) -> None:
        """Remember for another database, and for one user of it where people sign in."""
        self._place = place if user is None else f"{place}#{user}"

    def pages(self) -> list[RecentPage]:
        """Return the pages, the latest first."""
        stored = self._preferences.get(self._name, [])
        pages = [RecentPage(*map(str, entry)) for entry in stored if len(entry) == 3]
        kinds = {p.address: p.address.partition("?")[0] for p in pages}
        return [p for p in pages if p.icon in NAMES and is_available(kinds[p.address])]

    def note(self, page: Page) -> None:
        """Put a page on top, under the title it has now."""
        if not self._place or page.address.kind not in KINDS or not page.title():
            return
        entry = [page.address.text(), page.title(), page.icon_name()]
        others = [e for e in self._preferences.get(self._name, []) if e[:1] != entry[:1]]
        self._preferences.set(self._name, [entry, *others][:KEPT])

    def fill(self, menu: QMenu) -> None:
        """List the pages in a menu."""
        for page in self.pages():
            made = QAction(icon(page.icon), page.title.replace("&", "&&"), menu)
            made.triggered.connect(lambda _=False, a=page.address: self._open(a))
            menu.addAction(made)
        if menu.isEmpty():
            none = menu.addAction(QCoreApplication.translate("recent", "Nothing yet"))
            none.setEnabled(False)

    @property
    def _name(self) -> str:
        return f"recent/{self._place}"
