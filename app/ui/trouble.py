"""What the window does when the database refuses or is away: sentences, each where it belongs."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.errors import Replaced, UserError
from app.ui.widgets.message_bar import MessageBar

if TYPE_CHECKING:
    from app.services.context import Context
    from app.ui.main_window import MainWindow


class Trouble(QObject):
    """Shows refusals over the page they belong to, and the way back to a database that is away."""

    def __init__(self, window: MainWindow, back: Callable[[], object]) -> None:
        """``back`` lets every page read anew, once the database answers again."""
        super().__init__(window)
        self._window = window
        self._all_anew = back
        self._away = ""
        window.jobs.refused.connect(self.refuse)
        window.jobs.unreachable.connect(self.lose)
        window.jobs.told.connect(self._tell_once)

    def refuse(self, sentence: str, owner: object) -> None:
        """Show a refusal where it belongs: on the owner's page, else over all of them."""
        tab = self._window.tabs.tab_of(owner)
        bar = tab.bar if tab is not None else self._window.notice_bar
        bar.show_message(sentence, "error")

    def lose(self, sentence: str) -> None:
        """Tell that the database is away, until it answers again."""
        self._away = sentence
        again = (self.tr("Try again"), self._reconnect)
        self._window.tell_notice(sentence, "error", [again])

    def answered(self) -> bool:
        """Take note that the database answers; True if it was away until now."""
        was, self._away = self._away, ""
        if was and self._window.notice_bar.text() == was:
            self._window.notice_bar.clear()
        return bool(was)

    def forget(self, sentence: str) -> None:
        """Take a sentence that is no longer true off every bar."""
        for bar in self._window.findChildren(MessageBar):
            if bar.text() == sentence:
                bar.clear()

    def _tell_once(self, sentence: str) -> None:
        """Leave a sentence where it says most: over all pages, else over its page, else in it."""
        notice = self._window.notice_bar
        over_all = not notice.isHidden() and notice.text() == sentence
        for tab in self._window.tabs:
            over_page = not tab.bar.isHidden() and tab.bar.text() == sentence
            for bar in tab.findChildren(MessageBar):
                spare = over_all or (over_page and bar is not tab.bar)
                if spare and bar.text() == sentence and bar.window() is self._window.window():
                    bar.clear()

    def _reconnect(self) -> None:
        """Ask the database anything; when it answers, every page reads anew. Edits stay."""

        def work(ctx: Context) -> None:
            from app.services.databases import ping

            ping(ctx)

        def away(problem: UserError) -> None:
            opened = self._window.opened
            if isinstance(problem, Replaced) and opened is not None:
                self._window.databases.open(opened.target)

        self._window.jobs.query(
            work, owner=self, done=self._back, failed=away, title=self.tr("Connecting")
        )

    def _back(self, _: object) -> None:
        self._away = ""
        self._window.notice_bar.clear()
        for tab in self._window.tabs:
            tab.bar.clear()
        self._all_anew()
        self._window.notify(self.tr("The database is back."))
