"""The main window: databases, pages and commands on the frame; implements app.ui.pages.Shell."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QCursor, QResizeEvent
from PySide6.QtWidgets import QMenu, QWidget

from app.sections import SECTIONS
from app.ui.access.gate import Gate
from app.ui.access.user_menu import UserMenu
from app.ui.addresses import Address
from app.ui.frame import Frame
from app.ui.launch import Opening, is_database_file
from app.ui.look.theme import theme
from app.ui.menus import Commands
from app.ui.open_database import Databases, Opened, is_server
from app.ui.pages import Page, is_available, is_loaded, make_page
from app.ui.preferences import Preferences, config_folder
from app.ui.recent import Recent
from app.ui.recovery import Recovery
from app.ui.session_file import SavedSession, SavedTab, SessionFile, session_path
from app.ui.tab_bar import Tab
from app.ui.trouble import Trouble
from app.ui.unsaved import ask_unsaved

if TYPE_CHECKING:
    from app.bootstrap import Session
    from app.ui.palette import Palette
    from app.ui.sample_removal import SampleRemoval

FREE_PAGES = frozenset({"home", "help"})
"""Pages that work without a database; they are not kept over a restart."""

CLOSED_KEPT = 20
DROPPED_AT_ONCE = 10
"""Files of one drop that are opened; more would bury the window."""

ALL_NOUNS = frozenset(
    {"services", "scopes", "rates", "imports", "profiles", "vendors", "answers", "dictionaries"}
).union(*(s.nouns for s in SECTIONS))
"""What may have changed while the database was away."""


class MainWindow(Frame):
    """One window on one database."""

    database_changed = Signal()
    """Another database is open, or none."""

    def __init__(self, preferences: Preferences | None = None) -> None:
        super().__init__(preferences)
        self.recent = Recent(self.preferences, self.open_address, self)
        self.databases = Databases(self)
        self.gate = Gate(self)
        self.recovery = Recovery(self)
        self.trouble = Trouble(self, lambda: self._data_changed(ALL_NOUNS))
        self.opened: Opened | None = None
        self._session_file: SessionFile | None = None
        self._closed: list[SavedTab] = []
        self._waiting: list[Address] = []
        self._palette: Palette | None = None
        self._removal: SampleRemoval | None = None
        self._ending = False
        self.commands = Commands(self)
        self.commands.fill(self.menuBar())
        self.user = UserMenu(self)
        self.tabs.make = self._make_page
        self._connect()
        self.show_database()

    def _connect(self) -> None:
        self.navigation.opened.connect(self.open_address)
        self.tabs.shown.connect(self._page_shown)
        self.tabs.described.connect(self._page_described)
        self.tabs.close_wanted.connect(self._close_tabs)
        self.tabs.reopen_wanted.connect(self.reopen_tab)
        self.tabs.rearranged.connect(self.touch)
        self.status.place_clicked.connect(self._show_place_menu)
        self.jobs.changed.connect(self._data_changed)
        self.databases.opened.connect(self._take_database)
        self.databases.none.connect(self._first_run)
        self.databases.loaded.connect(self._open_waiting)
        self.databases.refused.connect(self._not_opened)

    @property
    def page(self) -> Page | None:
        """Return the page in front; none while nobody is signed in."""
        return self.tabs.tab.page if self.tabs.tab and not self.gate.locked else None

    def may(self, area: str, level: str) -> bool:
        """Tell whether the person may do something; without a database there is nobody to ask."""
        session = self.jobs.session
        return not area or (session is not None and session.actor.may(area, level))

    def place_name(self) -> str:
        """Return the last part of the database's place."""
        return self.opened.place.replace("\\", "/").rpartition("/")[2] if self.opened else ""

    def local_path(self) -> Path | None:
        """Return the file of the open database, None for a server or none."""
        return Path(self.opened.place) if self.opened and self.opened.local else None

    # ------------------------------------------------------------------ databases

    def begin(self, what: Opening) -> None:
        """Open what the program was started with; called after the first paint."""
        self._waiting += [Address.of("import", file=f) for f in what.files]
        self.gate.expect(what.user)
        kinds = [address.kind for address in self._waiting]
        self.databases.open(what.database or self.databases.last(), kinds=kinds)

    def take_second_start(self, message: dict[str, Any]) -> None:
        """Come to the front and open what a second start was given (item 49)."""
        top = self.window()
        top.setWindowState(top.windowState() & ~Qt.WindowState.WindowMinimized)
        top.show()
        top.raise_()
        top.activateWindow()
        database = str(message.get("database") or "")
        addresses = [Address.of("import", file=str(f)) for f in message.get("files") or ()]
        if database and not self._is_open(database):
            self._waiting += addresses
            self.tell_notice(
                self.tr("Another start asked for the database {0}.").format(database),
                "info",
                [(self.tr("Open it here"), lambda: self.open_target(database))],
            )
            return
        for address in addresses:
            self.open(address)

    def open_target(self, target: str, *, create: bool = False, upgrade: bool = False) -> None:
        """Open another database; unsaved edits of this one are asked for first."""
        if not self._busy_with_changes():
            self._ask_unsaved(
                list(self.tabs),
                lambda: self.databases.open(target, create=create, upgrade=upgrade),
            )

    def _is_open(self, target: str) -> bool:
        if self.opened is None:
            return False
        if is_server(target) or not self.opened.local:
            return target == self.opened.target
        return Path(target).expanduser().absolute() == Path(self.opened.place)

    def _take_database(self, opened: Opened) -> None:
        again = self.opened is not None and self.opened.place == opened.place
        saved = self._session() if again and not self.gate.locked else opened.saved
        self._leave_database()
        self.opened = opened
        self.notice_bar.clear()
        if opened.entrance.needed:
            self.gate.open_for(opened)
        else:
            self.enter(opened.session, saved)

    def enter(
        self, session: Session, saved: SavedSession, *, user: int | None = None, again: bool = False
    ) -> None:
        """Work on the open database, as ``user`` where people sign in.

        ``again``: the tabs that are open are this user's own and stay; else ``saved`` ones come.
        """
        opened = self.opened
        assert opened is not None
        if not again:
            self.put_work_away()
        elif self._session_file is not None:
            self._session_file.close()
        self.jobs.session = session
        path = session_path(config_folder(), opened.place, user)
        self._session_file = SessionFile(path, self._session, self)
        self.recent.follow(opened.place, user)
        self.show_database()
        if again:
            self._data_changed(ALL_NOUNS)
            self.tabs.focus_page()
        else:
            self._restore_tabs(saved)
        self._open_waiting()

    def _open_waiting(self) -> None:
        if self.jobs.session is not None:
            waiting, self._waiting = self._waiting, []
            for address in waiting:
                self.open(address)

    def _leave_database(self) -> None:
        """Write the tabs of the open database, close them, close it."""
        session = self._let_go()
        if session is not None:
            self.gate.end(session, close=True)

    def _let_go(self) -> Session | None:
        """Write the tabs of the open database and close them; return what is still to be closed."""
        session = self.jobs.session or (self.opened.session if self.opened else None)
        self.put_work_away()
        self.gate.leave()
        self.jobs.session, self.opened = None, None
        return session

    def put_work_away(self) -> None:
        """Write the tabs of who worked until now, edits included, and close them."""
        if self._session_file is not None:
            self._session_file.close()
            self._session_file = None
        for job in self.jobs.running:
            if not job.change:
                job.cancel()
        for tab in list(self.tabs):
            self.tabs.take(tab)
        self._closed.clear()
        self.recovery_bar.clear()

    def close_database(self) -> bool:
        """Close the database without a question and begin as at first; False while a change runs.

        Unsaved edits are lost: this is for a database that is going to be deleted.
        """
        if self._busy_with_changes():
            return False
        self._leave_database()
        self._first_run()
        return True

    def _first_run(self) -> None:
        self._waiting.clear()
        self.show_database()
        self.open(Address.of("home"))

    def _not_opened(self, sentence: str, actions: list[tuple[str, Callable[[], object]]]) -> None:
        """Tell why no other database was opened; without one the start page stands below."""
        if self.opened is None:
            self._first_run()
        self.tell_notice(sentence, "error", actions)

    def show_database(self) -> None:
        """Show what is open now, and offer what can be done with it."""
        session = self.jobs.session
        self.show_person()
        self.navigation.set_usable(session is not None, self.may)
        local = bool(self.opened and self.opened.local)
        self.commands.follow(
            open_database=session is not None, local=local, locked=self.gate.locked
        )
        self._follow_undo()
        name = self.place_name()
        self.setWindowTitle(f"{name} – Tariffdesk" if name else "Tariffdesk")
        self.database_changed.emit()

    def _show_place_menu(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        names = ("open_database", "new_database", "connect_server", "backup")
        menu.addActions([self.commands.by_id[n] for n in names])
        menu.popup(QCursor.pos())

    def show_person(self) -> None:
        """Show who works on what."""
        self.status.show_database(self.opened.place if self.opened else "", self.user.follow())

    # ------------------------------------------------------------------ pages

    def open(self, address: Address, *, activate: bool = True) -> Page:
        """Show the tab of ``address``; an open one is focused and told the new arguments."""
        free = address.kind in FREE_PAGES
        if self.jobs.session is None and not free:
            return self._open_later(address)
        if self.databases.loading and not free and not is_loaded(address.kind):
            self._waiting.append(address)  # to load it here would hold the window up
            return self.page or self.open(Address.of("home"))
        tab = self.tabs.find(address)
        if tab is None:
            tab = self.tabs.add(SavedTab(address.text()))
            page = self._realised(tab)
        else:
            page = self._realised(tab)
            page.revisit(address)
        if activate:
            self.tabs.show_tab(tab)
        self.touch()
        return page

    def open_address(self, text: str) -> Page:
        """Show the tab of an address as text."""
        return self.open(Address.parse(text))

    def open_files(self, paths: Sequence[str]) -> None:
        """Open files by what they are: a database, or price lists to import."""
        databases = [p for p in paths if is_database_file(p)]
        lists = [p for p in paths if not is_database_file(p)][:DROPPED_AT_ONCE]
        if databases:
            self.open_target(databases[0])
        for path in lists:
            self.open(Address.of("import", file=path))

    def close_page(self, page: Page, *, ask: bool = True) -> None:
        """Close a tab; with ``ask`` an unsaved one asks Save / Discard / Cancel first."""
        tab = self.tabs.tab_of(page)
        if tab is not None and ask:
            self._close_tabs([tab])
        elif tab is not None:
            self._drop_tabs([tab])

    def _open_later(self, address: Address) -> Page:
        """Keep what was asked for until a database is open."""
        if self.databases.opening or self.gate.locked:
            self._waiting.append(address)
        else:
            self.notify(self.tr("Open or create a database first."), kind="info")
        front = self.tabs.tab.page if self.tabs.tab and self.gate.locked else None
        return front or self.open(Address.of("home"))

    def _realised(self, tab: Tab) -> Page:
        page = self.tabs.realise(tab)
        assert page is not None, "the window makes every page it knows"
        return page

    def _make_page(self, tab: Tab) -> Page:
        """Build the page of a tab from what was saved of it; it starts when it is in its place."""
        saved = tab.saved
        page = make_page(self, Address.parse(saved.address))
        if saved.state:
            page.restore(saved.state)
        if saved.unsaved is not None:
            page.recover(saved.unsaved)
        page.touched.connect(self.touch)
        page.touched.connect(self._follow_undo)
        page.status.connect(lambda text, p=page: self._page_status(p, text))
        QTimer.singleShot(0, page, page.start)
        return page

    def _page_status(self, page: Page, text: str) -> None:
        page.setProperty("statusLine", text)
        if page is self.page:
            self.status.show_page(text)

    def _page_shown(self, page: Page | None) -> None:
        self.status.show_page(str(page.property("statusLine") or "") if page else "")
        self._page_described(page)

    def _page_described(self, page: Page | None) -> None:
        if page is self.page:
            self._follow_undo()
            if page is not None:
                self.recent.note(page)
        self.touch()

    def _follow_undo(self) -> None:
        page = self.page
        stack = page.undo_stack() if page is not None else None
        if stack is not None and stack not in self.undo_group.stacks():
            self.undo_group.addStack(stack)
        if stack is not self.undo_group.activeStack():
            self.undo_group.setActiveStack(stack)  # type: ignore[arg-type]
        own = (self.commands.undo, self.commands.redo)
        shown = page.actions_shown() if page is not None else []
        self.commands.yield_shortcuts([a for a in shown if a not in own])

    def _data_changed(self, nouns: frozenset[str]) -> None:
        if self.trouble.answered():  # something was saved: the database is back
            nouns = ALL_NOUNS
        for page in self.tabs.pages:
            page.refresh(nouns | {"audit"})  # whatever changed, the audit grew

    # ------------------------------------------------------------------ closing

    def _close_tabs(self, tabs: list[Tab]) -> None:
        self._ask_unsaved(tabs, lambda: self._drop_tabs(tabs))

    def _drop_tabs(self, tabs: Sequence[Tab]) -> None:
        for tab in tabs:
            if tab.address.kind not in FREE_PAGES:
                self._closed.append(tab.snapshot())
            self.tabs.take(tab)
        del self._closed[:-CLOSED_KEPT]
        if not self.tabs.count():
            self.open(Address.of("home"))
        self.tabs.focus_page()

    def _ask_unsaved(self, tabs: Sequence[Tab], then: Callable[[], object]) -> None:
        if self.gate.locked:
            then()  # nobody may see them; the edits are kept for their person
        else:
            ask_unsaved(self, self.tabs, tabs, then)

    def _busy_with_changes(self) -> bool:
        """Tell that a change is still running, which must not lose its database."""
        running = [j for j in self.jobs.running if j.change]
        if running:
            title = running[0].title or self.tr("A change")
            self.tell_notice(
                self.tr("{0} is still running: wait until it has finished, or cancel it.").format(
                    title
                ),
                "warn",
            )
        return bool(running)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask for unsaved edits and wait for changes; then remember everything."""
        if not self._ending and not self._busy_with_changes():
            self._ask_unsaved(list(self.tabs), self.end)
        event.setAccepted(self._ending)

    def end(self) -> None:
        """Close for good: write the tabs, end the jobs, close the database."""
        if self._ending:
            return
        self._ending = True
        self.save_geometry()
        self.preferences.set("theme_shown", theme().name)
        session = self._let_go()
        if session is not None:
            self.gate.end(session)
        self.jobs.shut_down()
        if session is not None:  # no thread uses its connections any more
            session.close()
        self.preferences.save()
        self.hide()  # a close inside of closeEvent would do nothing
        self.ended.emit()
        self.deleteLater()

    # ------------------------------------------------------------------ tabs across restarts

    def touch(self) -> None:
        """Save the tabs soon."""
        if self._session_file is not None:
            self._session_file.touch()

    def _session(self) -> SavedSession:
        kept = [t for t in self.tabs if t.address.kind not in FREE_PAGES]
        front = self.tabs.tab
        active = kept.index(front) if front in kept else -1
        return SavedSession(tuple(t.snapshot() for t in kept), active)

    def _restore_tabs(self, saved: SavedSession) -> None:
        made = [
            (n, self.tabs.add(tab))
            for n, tab in enumerate(saved.tabs)
            if is_available(Address.parse(tab.address).kind)
        ]
        front = next((tab for n, tab in made if n == saved.active), None)
        if saved.unsaved:
            self.recovery.offer(len(saved.unsaved))
        if front is None or front.saved.unsaved is not None:
            self.open(Address.of("home"))
        else:
            self.tabs.show_tab(front)

    # ------------------------------------------------------------------ commands

    def perform(self, does: str) -> None:
        """Do what an action says: a method of this window, or an address."""
        kind, _, name = does.partition(".")
        if kind == "window":
            getattr(self, name)()
        else:
            self.open_address(does)

    def sign_out(self) -> None:
        """End the sign-in, and ask for another."""
        if self.gate.person is not None and not self._busy_with_changes():
            self._ask_unsaved(list(self.tabs), self.gate.sign_out)

    def notify(
        self,
        text: str,
        *,
        kind: str = "ok",
        action: tuple[str, Callable[[], object]] | None = None,
    ) -> None:
        """Tell the outcome of background work; not before somebody is signed in."""
        if not self.gate.hold_news(text, kind):
            super().notify(text, kind=kind, action=action)

    def tell_notice(
        self, sentence: str, kind: str, actions: Sequence[tuple[str, Callable[[], object]]] = ()
    ) -> None:
        """Show a sentence over the tabs, or on the page that asks for a sign-in."""
        if not self.gate.tell(sentence, kind, actions):
            super().tell_notice(sentence, kind, actions)

    def cover(self, page: QWidget) -> None:
        """Show a page over everything but the menus."""
        if self._palette is not None:
            self._palette.dismiss()
        super().cover(page)

    def show_palette(self) -> None:
        """Open the palette over the window; a second Ctrl+K closes it."""
        from app.ui.palette import Palette
        from app.ui.palette_entries import palette_entries

        if self._palette is None:
            self._palette = Palette(self.jobs, self)
        if self._palette.isVisible():
            self._palette.dismiss()
        else:
            self._palette.popup(palette_entries(self), self.open_address)

    def open_database(self) -> None:
        """Choose a database file."""
        self.databases.choose_existing()

    def new_database(self) -> None:
        """Make a new local database."""
        self.databases.choose_new()

    def connect_server(self) -> None:
        """Open a database on a server."""
        self.databases.connect_server()

    def load_sample_data(self) -> None:
        """Make and open a database with sample data."""
        self.databases.load_sample()

    def remove_sample_data(self) -> None:
        """Ask whether the sample data shall go, and remove it."""
        from app.ui.sample_removal import SampleRemoval

        if self._removal is None:
            self._removal = SampleRemoval(self)
        self._removal.ask()

    def backup_database(self) -> None:
        """Copy the open database file."""
        self.databases.back_up()

    def close_tab(self) -> None:
        """Close the tab in front."""
        if self.tabs.tab is not None:
            self._close_tabs([self.tabs.tab])

    def next_tab(self) -> None:
        """Go to the tab at the right."""
        self.tabs.step(1)

    def previous_tab(self) -> None:
        """Go to the tab at the left."""
        self.tabs.step(-1)

    def reopen_tab(self) -> None:
        """Bring the tab back that was closed last."""
        if self._closed and self.jobs.session is not None:
            saved = self._closed.pop()
            if self.tabs.find(Address.parse(saved.address)) is None:
                self.tabs.add(SavedTab(saved.address, saved.title, saved.icon, saved.state))
            self.open_address(saved.address)

    def set_theme(self, name: str) -> None:
        """Show a theme at once and keep it."""
        super().set_theme(name)
        self.commands.themes[name].setChecked(True)

    def set_density(self, name: str) -> None:
        """Show a row density at once and keep it."""
        super().set_density(name)
        self.commands.densities[name].setChecked(True)

    def choose_density(self) -> None:
        """Offer the row densities."""
        menu = QMenu(self)
        menu.addActions(list(self.commands.densities.values()))
        self.popup_menu(menu)

    def show_help(self) -> None:
        """Open the help of the page in front."""
        page = self.page
        topic = page.help_topic() if page is not None and page.address.kind != "help" else ""
        self.open(Address.of("help", topic=topic))

    def show_shortcuts(self) -> None:
        """Show the list of all shortcuts."""
        from app.ui.shortcuts import ShortcutSheet

        ShortcutSheet(self).open()

    def show_about(self) -> None:
        """Show versions, licences and the database's place."""
        from app.ui.about import AboutDialog

        AboutDialog(self.jobs, self.opened.place if self.opened else "", self).open()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the palette in its place."""
        super().resizeEvent(event)
        if self._palette is not None and self._palette.isVisible():
            self._palette.place()
