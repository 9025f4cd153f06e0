"""Who works in the window: covers it while nobody is signed in, and keeps the work meanwhile.

Beneath the cover the pages of a person who was signed out stay as they are, edits included; the
same person finds them again. For anybody else they are written to that person's tabs file and
closed first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication, QDialog, QWidget
from shiboken6 import isValid

from app.ui.access.idle import IdleWatch

if TYPE_CHECKING:
    from app.bootstrap import Session
    from app.services.access.account import MyAccount
    from app.services.access.entrance import Entrance
    from app.services.access.sign_in import SignIn
    from app.services.context import Context
    from app.ui.access.arrival import Arrival
    from app.ui.access.sign_in_page import SignInPage
    from app.ui.jobs import Job
    from app.ui.main_window import MainWindow
    from app.ui.open_database import Opened


class Gate(QObject):
    """Asks for sign-ins, watches for idleness, signs out."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.locked = False
        self.page: SignInPage | None = None
        self.person: MyAccount | None = None
        """Who is signed in; None for nobody and where no sign-in is needed."""

        self._holder: int | None = None
        """The user whose pages are kept beneath the cover."""

        self._session: Session | None = None
        """The database while nobody is signed in."""

        self._login = self._expected = self._sentence = ""
        self._hidden: list[QDialog] = []
        self._news: list[tuple[str, str]] = []
        self.idle = IdleWatch(self)
        self.idle.busy = lambda: any(j.change for j in window.jobs.running)
        self.idle.warned.connect(self._warn)
        self.idle.resumed.connect(window.idle_bar.clear)
        self.idle.over.connect(self._too_long)
        self.idle.working.connect(self._tell_working)
        window.jobs.signed_out.connect(self.lock)
        window.jobs.changed.connect(self._follow)

    # ------------------------------------------------------------------ covering

    def expect(self, login: str) -> None:
        """Fill in a login where the first database asks for one."""
        self._expected = login

    def open_for(self, opened: Opened) -> None:
        """Cover the window: the database was opened and wants a sign-in."""
        self._holder, self._login, self._expected = None, self._expected, ""
        self._cover(opened.session, opened.entrance, "")

    def lock(self, sentence: str) -> None:
        """Cover the window and keep the work of who was signed in."""
        session, opened, person = self._window.jobs.session, self._window.opened, self.person
        if self.locked or session is None or opened is None:
            return
        self._holder = person.user_id if person is not None else None
        self._login = person.login if person is not None else ""
        self._cover(session, opened.entrance, sentence, "warn")

    def _cover(
        self, session: Session, entrance: Entrance, sentence: str, kind: str = "info"
    ) -> None:
        from app.ui.access.new_password import PasswordRules

        window = self._window
        self.locked, self._session, self.person = True, session, None
        self.idle.stop()
        window.idle_bar.clear()
        self._sentence = sentence or self.tr("Nobody is signed in: sign in first.")
        window.jobs.bar(self._sentence)
        self._put_away()
        page = self._made_page()
        window.cover(page)
        page.begin(
            session.database,
            window.place_name(),
            PasswordRules(entrance.policy, common=entrance.common),
            login=self._login,
            told=sentence,
            kind=kind,
        )
        window.recent.follow("")
        window.show_database()
        page.focus_step()

    def _put_away(self) -> None:
        """Close menus and hide dialogs: nothing of the data stays in sight."""
        from app.ui.widgets.toast import toasts

        while (popup := QApplication.activePopupWidget()) is not None:
            popup.close()
        for toast in toasts(self._window):
            toast.dismiss()
        mine = [w for w in QApplication.topLevelWidgets() if isinstance(w, QDialog)]
        shown = [d for d in mine if d.isVisible() and self._owns(d)]
        self._hidden += shown
        for dialog in shown:
            dialog.hide()

    def _owns(self, widget: QWidget) -> bool:
        parent: QWidget | None = widget
        while parent is not None:
            if parent is self._window:
                return True
            parent = parent.parentWidget()
        return False

    def _made_page(self) -> SignInPage:
        from app.ui.access.sign_in_page import SignInPage

        if self.page is None:
            window = self._window
            self.page = SignInPage(window.jobs, window)
            self.page.copy_text = window.copy
            self.page.entered.connect(self._enter)
            self.page.other_wanted.connect(window.open_database)
            self.page.help_wanted.connect(self.show_help)
        return self.page

    # ------------------------------------------------------------------ coming in

    def _enter(self, sign_in: SignIn) -> None:
        """Read what the window needs to know of who came in, then uncover it."""
        session, opened = self._session, self._window.opened
        assert session is not None
        assert opened is not None
        assert self.page is not None

        def work(_: Job) -> Arrival:
            from app.ui.access.arrival import arrive

            return arrive(session, sign_in, opened.place)

        self._window.jobs.run(work, owner=self.page, done=self._arrived, failed=self.page.refuse)

    def _arrived(self, arrival: Arrival) -> None:
        if self._session is None:
            return  # another database was opened meanwhile
        same = self._holder == arrival.person.user_id
        window, hidden = self._window, [d for d in self._hidden if isValid(d)]
        self._hidden = []
        if not same:
            for dialog in hidden:
                dialog.reject()
                dialog.deleteLater()
            self._news.clear()
        self._uncover()
        self.person = arrival.person
        window.enter(arrival.session, arrival.saved, user=arrival.person.user_id, again=same)
        self.idle.begin(arrival.person.idle_minutes)
        if same:
            window.trouble.forget(self._sentence)
            for dialog in hidden:
                dialog.show()
        for text, kind in self._news:
            window.notify(text, kind=kind)
        self._news.clear()

    def _uncover(self) -> None:
        self.locked, self._session, self._holder = False, None, None
        self._window.jobs.bar("")
        if self.page is not None:
            self.page.forget()
        self._window.uncover()

    def leave(self) -> None:
        """Forget the database that was open, signed in or not."""
        self.idle.stop()
        self._window.idle_bar.clear()
        self.person = None
        self._login = ""
        self._news.clear()
        if self.locked:
            hidden, self._hidden = self._hidden, []
            for dialog in hidden:
                if isValid(dialog):
                    dialog.deleteLater()
            self._uncover()

    # ------------------------------------------------------------------ going out

    def sign_out(self) -> None:
        """End the sign-in; the tabs are kept for the next one, edits were asked for before."""
        session, opened, person = self._window.jobs.session, self._window.opened, self.person
        if session is None or opened is None or person is None:
            return
        self.end(session)
        self._window.put_work_away()
        self._holder, self._login = None, person.login
        self._cover(session, opened.entrance, self.tr("You are signed out."), "ok")

    def end(self, session: Session, *, close: bool = False) -> None:
        """Tell the database that a sign-in has ended, if there was one, then ``close`` it."""
        if session.sign_in is None:
            if close:
                session.close()
            return

        def work(_: Job) -> None:
            from app.ui.access.arrival import end

            try:
                end(session)
            finally:
                if close:
                    session.close()

        self._window.jobs.run(work, owner=self, failed=lambda _: None, last=True)

    def account_deleted(self) -> None:
        """Leave, after the own account was deleted."""
        session, opened = self._window.jobs.session, self._window.opened
        if session is not None and opened is not None:
            self._window.put_work_away()
            self._holder, self._login = None, ""
            self._cover(session, opened.entrance, self.tr("Your account was deleted."), "ok")

    def switched_on(self, user_id: int | None, login: str) -> None:
        """Ask for the first sign-in; the pages stay for the administrator who was made."""
        session, opened = self._window.jobs.session, self._window.opened
        if session is not None and opened is not None:
            self._holder, self._login = user_id, login
            told = self.tr("Sign-in is on: sign in to go on.")
            self._cover(session, opened.entrance, told, "ok")

    def switched_off(self) -> None:
        """Open the database anew, as one that nobody signs in to."""
        opened = self._window.opened
        if opened is not None:  # after the change that tells this has ended
            QTimer.singleShot(0, self, lambda: self._window.open_target(opened.target))

    # ------------------------------------------------------------------ idleness

    def _warn(self) -> None:
        self._window.idle_bar.show_message(
            self.tr(
                "Nobody has used this window for a while: it signs out in {0} seconds. Your "
                "unsaved edits are kept."
            ).format(round(self.idle.warning_seconds)),
            "warn",
            [(self.tr("Stay signed in"), self.idle.stir)],
            closable=False,
        )

    def _too_long(self) -> None:
        session, person = self._window.jobs.session, self.person
        if person is None:
            return
        minutes = person.idle_minutes
        self.lock(
            self.tr(
                "You were signed out because nobody used the window for {0} minutes. Sign in to go "
                "on where you were; unsaved edits are kept."
            ).format(minutes)
        )
        if session is not None:
            self.end(session)

    def _tell_working(self) -> None:
        """Let the database know that somebody is there, who types for long without asking it."""
        session = self._window.jobs.session
        if session is None or self.person is None:
            return

        def work(_: Job) -> None:
            from app.ui.access.arrival import seen

            seen(session)

        self._window.jobs.run(work, owner=self, failed=lambda _: None)

    def _follow(self, nouns: frozenset[str]) -> None:
        """Take a changed policy or account over."""
        if self.person is None or self.locked or not nouns & {"security", "account"}:
            return

        def work(ctx: Context) -> MyAccount:
            from app.services.access.account import my_account

            return my_account(ctx)

        self._window.jobs.query(work, owner=self, done=self._changed, failed=lambda _: None)

    def _changed(self, person: MyAccount) -> None:
        if self.person is not None and not self.locked:
            if person.idle_minutes != self.person.idle_minutes:
                self.idle.begin(person.idle_minutes)
            self.person = person
            self._window.show_person()

    # ------------------------------------------------------------------ while covered

    def hold_news(self, text: str, kind: str) -> bool:
        """Keep news of background work until the window is uncovered; False if it is open."""
        if self.locked and self._holder is not None:
            self._news.append((text, kind))
        return self.locked

    def show_help(self) -> None:
        """Show how signing in works, in a window of its own."""
        from app.ui.access.help_dialog import HelpDialog

        dialog = HelpDialog(self._window, "sign-in", self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.show()

    def tell(
        self, sentence: str, kind: str, actions: Sequence[tuple[str, Callable[[], object]]]
    ) -> bool:
        """Show a sentence on the page that asks for a sign-in; False if that is not shown."""
        if self.locked and self.page is not None:
            self.page.notice.show_message(sentence, kind, list(actions))
        return self.locked
