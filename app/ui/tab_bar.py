"""The tabs in the middle of the window: lazily made pages, unsaved marks, keyboard and mouse."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QAction, QMouseEvent
from PySide6.QtWidgets import QMenu, QTabBar, QTabWidget, QToolButton, QVBoxLayout, QWidget

from app.ui.addresses import Address
from app.ui.look.icons import icon
from app.ui.pages import Page, page_class
from app.ui.session_file import SavedTab
from app.ui.widgets.message_bar import MessageBar

UNSAVED = "•"
LONGEST_TITLE = 40
"""Characters of a tab's text; the rest is in its tooltip."""


class Tab(QWidget):
    """The content of one tab: a message bar over a page, which is made when it is first shown."""

    def __init__(self, saved: SavedTab) -> None:
        super().__init__()
        self.saved = saved
        self.page: Page | None = None
        self.bar = MessageBar(self)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self.bar)

    def hold(self, page: Page) -> None:
        """Take the page that this tab was opened for."""
        self.page = page
        self._column.addWidget(page)
        page.show()
        self.setFocusProxy(page)

    @property
    def address(self) -> Address:
        """Return what the tab shows or will show."""
        return self.page.address if self.page else Address.parse(self.saved.address)

    def title(self) -> str:
        """Return the text of the tab without its mark."""
        return self.page.title() if self.page else self.saved.title

    def icon_name(self) -> str:
        """Return the name of the tab's icon."""
        return self.page.icon_name() if self.page else self.saved.icon

    def is_dirty(self) -> bool:
        """Whether closing would lose something."""
        return self.page is not None and self.page.is_dirty()

    def snapshot(self) -> SavedTab:
        """Return what a restart needs."""
        if self.page is None:
            return self.saved
        return SavedTab(
            self.page.address.text(),
            self.page.title(),
            self.page.icon_name(),
            self.page.state(),
            self.page.unsaved(),
        )


class TabBar(QTabBar):
    """A bar whose tabs close by the middle button and have a menu."""

    close_wanted = Signal(int)
    menu_wanted = Signal(int, QPoint)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setDrawBase(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._menu)
        self.setAccessibleName(self.tr("Open tabs"))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Close the tab under the middle button."""
        index = self.tabAt(event.position().toPoint())
        if event.button() is Qt.MouseButton.MiddleButton and index >= 0:
            self.close_wanted.emit(index)
            event.accept()
            return
        super().mouseReleaseEvent(event)

    def _menu(self, place: QPoint) -> None:
        index = self.tabAt(place)
        if index >= 0:
            self.menu_wanted.emit(index, self.mapToGlobal(place))


class Tabs(QTabWidget):
    """The open tabs; ``make`` builds the page of a tab when it is first shown."""

    shown = Signal(object)
    """The page in front now; None while there is no page."""

    described = Signal(object)
    """A page's title, icon or unsaved mark changed."""

    close_wanted = Signal(list)
    """Tabs that a person wants to close."""

    reopen_wanted = Signal()
    rearranged = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.make: Callable[[Tab], Page] | None = None
        self._bar = TabBar(self)
        self.setTabBar(self._bar)
        self.setDocumentMode(True)
        self.setMovable(True)
        self.setElideMode(Qt.TextElideMode.ElideRight)
        self.setUsesScrollButtons(True)
        self.setIconSize(QSize(16, 16))
        self._bar.close_wanted.connect(lambda i: self.close_wanted.emit([self.widget(i)]))
        self._bar.menu_wanted.connect(self._menu)
        self._bar.tabMoved.connect(lambda *_: self.rearranged.emit())
        self.currentChanged.connect(self._show)

    def __iter__(self) -> Iterator[Tab]:
        """Yield the tabs from left to right."""
        for index in range(self.count()):
            widget = self.widget(index)
            assert isinstance(widget, Tab)
            yield widget

    @property
    def tab(self) -> Tab | None:
        """Return the tab in front."""
        widget = self.currentWidget()
        return widget if isinstance(widget, Tab) else None

    @property
    def pages(self) -> list[Page]:
        """Return the pages that were made so far."""
        return [t.page for t in self if t.page is not None]

    def add(self, saved: SavedTab) -> Tab:
        """Add a tab at the end, without making its page."""
        tab = Tab(saved)
        blocked = self.blockSignals(True)  # the first tab comes to the front by itself
        index = self.addTab(tab, icon(saved.icon), "")
        self.blockSignals(blocked)
        self._bar.setTabButton(index, QTabBar.ButtonPosition.RightSide, self._close_button(tab))
        self._offer_close()
        self.describe(tab)
        return tab

    def realise(self, tab: Tab) -> Page | None:
        """Make the page of a tab if it is not there yet; None while it can't be made."""
        if tab.page is None:
            if self.make is None:
                return None
            page = self.make(tab)
            tab.hold(page)
            page.described.connect(lambda: self.describe(tab))
            self.describe(tab)
        return tab.page

    def find(self, address: Address) -> Tab | None:
        """Return the tab that shows this address, by the identity of its kind (item 7)."""
        for tab in self:
            other = tab.address
            if other.kind == address.kind:
                identity = page_class(address.kind).identity
                if identity(other) == identity(address):
                    return tab
        return None

    def tab_of(self, widget: object) -> Tab | None:
        """Return the tab that holds a widget."""
        while isinstance(widget, QWidget):
            if isinstance(widget, Tab):
                return widget
            widget = widget.parent()
        parent = getattr(widget, "parent", None)
        return self.tab_of(parent()) if callable(parent) and parent() is not None else None

    def describe(self, tab: Tab) -> None:
        """Show title, icon and unsaved mark of a tab."""
        index = self.indexOf(tab)
        if index < 0:
            return
        title = tab.title() or self.tr("Loading…")
        mark = f"{UNSAVED} " if tab.is_dirty() else ""
        short = title if len(title) <= LONGEST_TITLE else f"{title[: LONGEST_TITLE - 1]}…"
        self.setTabText(index, (mark + short).replace("&", "&&"))
        self.setTabIcon(index, icon(tab.icon_name()))
        note = self.tr("unsaved changes")
        self.setTabToolTip(index, f"{title} ({note})" if mark else title)
        button = self._bar.tabButton(index, QTabBar.ButtonPosition.RightSide)
        if button is not None:
            button.setAccessibleName(self.tr("Close {0}").format(title))
        self.described.emit(tab.page)

    def tabRemoved(self, index: int) -> None:
        super().tabRemoved(index)
        self._offer_close()

    def _offer_close(self) -> None:
        """Show the close buttons, but not of the start page alone: it would come back."""
        alone = self.count() == 1 and [t.address.kind for t in self] == ["home"]
        for index in range(self.count()):
            button = self._bar.tabButton(index, QTabBar.ButtonPosition.RightSide)
            if button is not None:
                button.setVisible(not alone)

    def step(self, by: int) -> None:
        """Bring a neighbour to the front, round the ends."""
        if self.count():
            self.setCurrentIndex((self.currentIndex() + by) % self.count())

    def take(self, tab: Tab) -> None:
        """Remove a tab and end its page."""
        if tab.page is not None:
            tab.page.closing()
        self.removeTab(self.indexOf(tab))
        tab.hide()
        tab.deleteLater()
        self.rearranged.emit()

    def show_tab(self, tab: Tab) -> None:
        """Bring a tab to the front and put the keyboard into it."""
        if self.tab is tab:
            self._show(self.indexOf(tab))
        self.setCurrentWidget(tab)
        self.focus_page()

    def focus_page(self) -> None:
        """Give the keyboard to where it last was in the page in front."""
        tab = self.tab
        if tab is not None and tab.page is not None:
            (tab.page.focusWidget() or tab.page).setFocus(Qt.FocusReason.OtherFocusReason)

    def _show(self, index: int) -> None:
        tab = self.widget(index)
        page = self.realise(tab) if isinstance(tab, Tab) else None
        self.shown.emit(page)

    def _close_button(self, tab: Tab) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName("tabClose")
        button.setIcon(icon("close"))
        button.setIconSize(QSize(14, 14))
        button.setFixedSize(20, 20)
        button.setAutoRaise(True)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # by keyboard: Ctrl+W
        button.setToolTip(self.tr("Close tab (Ctrl+W)"))
        button.clicked.connect(lambda: self.close_wanted.emit([tab]))
        return button

    def _menu(self, index: int, place: QPoint) -> None:
        tabs = list(self)
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for title, closed in (
            (self.tr("Close"), [tabs[index]]),
            (self.tr("Close others"), tabs[:index] + tabs[index + 1 :]),
            (self.tr("Close tabs to the right"), tabs[index + 1 :]),
        ):
            action = QAction(title, menu)
            action.setEnabled(bool(closed))
            action.triggered.connect(lambda _=False, c=closed: self.close_wanted.emit(c))
            menu.addAction(action)
        menu.addSeparator()
        menu.addAction(self.tr("Reopen closed tab")).triggered.connect(self.reopen_wanted)
        menu.popup(place)
