"""The frame of the main window: navigation, bars over the tabs, status bar, theme, geometry."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QMimeData, Qt, QUrl, Signal
from PySide6.QtGui import (
    QDesktopServices,
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QUndoGroup,
)
from PySide6.QtWidgets import (
    QApplication,
    QMainWindow,
    QMenu,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.ui import focus_order
from app.ui.first_window import NAVIGATION, SMALLEST, geometry_text, restore_geometry
from app.ui.jobs import Jobs
from app.ui.launch import is_database_file, is_price_list
from app.ui.look.theme import theme
from app.ui.navigation import Navigation
from app.ui.preferences import Preferences
from app.ui.status_bar import StatusBar
from app.ui.tab_bar import Tabs
from app.ui.widgets.message_bar import MessageBar


class Frame(QMainWindow):
    """Widgets and looks of the window; what they do is added by app.ui.main_window.

    It stands alone, or in the program inside app.ui.first_window.
    """

    ended = Signal()
    """It was closed for good."""

    def __init__(self, preferences: Preferences | None = None) -> None:
        super().__init__()
        self.preferences = preferences or Preferences(parent=self)
        self.jobs = Jobs(self)
        self.undo_group = QUndoGroup(self)
        self._faults = 0
        self.setObjectName("mainWindow")
        self.setMinimumSize(*SMALLEST)
        self.setAcceptDrops(True)
        self.navigation = Navigation(self.preferences, self)
        self.tabs = Tabs(self)
        self.fault_bar = MessageBar(self)
        self.notice_bar = MessageBar(self)
        self.recovery_bar = MessageBar(self)
        self.idle_bar = MessageBar(self)
        self.status = StatusBar(self.jobs, self)
        self.setStatusBar(self.status)
        self._lay_out()
        self._restore_geometry()

    def _lay_out(self) -> None:
        centre = QWidget(self)
        layout = QVBoxLayout(centre)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for bar in (self.idle_bar, self.fault_bar, self.notice_bar, self.recovery_bar):
            layout.addWidget(bar)
        layout.addWidget(self.tabs, 1)
        self.splitter = QSplitter(Qt.Orientation.Horizontal, self)
        self.splitter.setObjectName("frame")
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setHandleWidth(1)
        self.splitter.addWidget(self.navigation)
        self.splitter.addWidget(centre)
        self.splitter.setStretchFactor(1, 1)
        self.layers = QStackedWidget(self)
        self.layers.addWidget(self.splitter)
        self.setCentralWidget(self.layers)

    # ------------------------------------------------------------------ covering

    def cover(self, page: QWidget) -> None:
        """Show a page over everything but the menus."""
        if self.layers.indexOf(page) < 0:
            self.layers.addWidget(page)
        self.layers.setCurrentWidget(page)
        self.status.hide()

    def uncover(self) -> None:
        """Show navigation and tabs again."""
        self.layers.setCurrentWidget(self.splitter)
        self.status.show()

    # ------------------------------------------------------------------ geometry

    def _restore_geometry(self) -> None:
        restore_geometry(self, self.preferences)
        stored = self.preferences.get("window", {})
        self.splitter.setSizes([int(stored.get("navigation", NAVIGATION)), self.width()])
        self.navigation.setHidden(bool(stored.get("navigation_hidden", False)))

    def save_geometry(self) -> None:
        """Keep size, place and the width of the navigation."""
        shown = not self.navigation.isHidden()
        before = self.preferences.get("window", {}).get("navigation", NAVIGATION)
        self.preferences.set(
            "window",
            {
                "geometry": geometry_text(self.window()),
                "navigation": self.splitter.sizes()[0] if shown else before,
                "navigation_hidden": not shown,
            },
        )

    def focus_navigation(self) -> None:
        """Put the keyboard into the navigation's filter."""
        self.navigation.show()
        self.navigation.filter.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.navigation.filter.selectAll()

    def toggle_navigation(self) -> None:
        """Show or hide the navigation."""
        self.navigation.setVisible(self.navigation.isHidden())

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Lead Tab through the window as it is laid out (item 47)."""
        return focus_order.step(self, QApplication.focusWidget(), forward=forward)

    # ------------------------------------------------------------------ looks

    def switch_theme(self) -> None:
        """Change between light and dark."""
        self.set_theme("light" if theme().is_dark else "dark")

    def set_theme(self, name: str) -> None:
        """Show a theme at once and keep it: "light", "dark" or "system"."""
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        theme().apply(application, name)
        self.preferences.set("theme", name)

    def set_density(self, name: str) -> None:
        """Show a row density at once and keep it: "compact", "normal" or "comfortable"."""
        theme().set_density(name)
        self.preferences.set("density", name)

    # ------------------------------------------------------------------ telling

    def notify(
        self,
        text: str,
        *,
        kind: str = "ok",
        action: tuple[str, Callable[[], object]] | None = None,
    ) -> None:
        """Tell the outcome of background work in a toast; ``kind`` ok, info, warn or error."""
        from app.ui.widgets.toast import show_toast

        show_toast(self, text, kind, action)

    def copy(self, text: str, html: str = "") -> None:
        """Put text on the clipboard."""
        data = QMimeData()
        data.setText(text)
        if html:
            data.setHtml(html)
        QGuiApplication.clipboard().setMimeData(data)

    def tell_notice(
        self, sentence: str, kind: str, actions: Sequence[tuple[str, Callable[[], object]]] = ()
    ) -> None:
        """Show a sentence over the tabs; it goes when one of its actions is taken."""

        def leaving(then: Callable[[], object]) -> Callable[[], object]:
            def act() -> None:
                self.notice_bar.clear()
                then()

            return act

        self.notice_bar.show_message(sentence, kind, [(t, leaving(a)) for t, a in actions])

    def show_fault(self, short: str, details: str, log: Path) -> None:
        """Tell of an unexpected error in one bar; the program goes on (item 50)."""
        self._faults += 1
        text = self.tr(
            "Something went wrong inside Tariffdesk ({0}); what was not told as done was not done."
        ).format(short)
        if self._faults > 1:
            text += " " + self.tr("It happened {0} times.").format(self._faults)
        log_url = QUrl.fromLocalFile(str(log))
        self.fault_bar.show_message(
            text,
            "error",
            [
                (self.tr("Copy details"), lambda: self.copy(details)),
                (self.tr("Open log"), lambda: QDesktopServices.openUrl(log_url)),
            ],
        )

    def popup_menu(self, menu: QMenu) -> None:
        """Show a menu in the middle of the window."""
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.mapToGlobal(self.rect().center()))

    # ------------------------------------------------------------------ dropped files

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take price lists and databases."""
        if dropped(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open what was dropped."""
        event.acceptProposedAction()
        self.open_files(dropped(event.mimeData()))

    def open_files(self, paths: Sequence[str]) -> None:
        """Open files by what they are."""
        raise NotImplementedError


def dropped(data: QMimeData) -> list[str]:
    """Return the dropped local files that the window knows what to do with."""
    paths = [url.toLocalFile() for url in data.urls() if url.isLocalFile()]
    return [p for p in paths if is_database_file(p) or is_price_list(p)]
