"""The checklist as a card of the start page, shown while something is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from app.ui.setup.checklist import Checklist
from app.ui.widgets.buttons import push_button
from app.ui.widgets.card import Card

if TYPE_CHECKING:
    from app.services.context import Context
    from app.services.setup_checklist import Step
    from app.ui.main_window import MainWindow

AREA = "accounts.companies"
"""What a person must be allowed to view to see it."""


class SetupCard(Card):
    """All steps, or the title alone when they were hidden, which is remembered of a database."""

    def __init__(self, window: MainWindow, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._window = window
        place = window.opened.place if window.opened else ""
        self._name = f"setup/hidden/{place}"
        self.list = Checklist(window.open_address, lambda area: window.may(area, "manage"))
        self.toggle = push_button("", self._turn, kind="link")
        self.head.addWidget(self.toggle)
        self.body.addWidget(self.list)
        self.hide()
        self._show_hidden()

    def start(self) -> None:
        """Read the steps."""
        if self._window.jobs.session is None or not self._window.may(AREA, "view"):
            return

        def work(ctx: Context) -> list[Step]:
            from app.services.setup_checklist import of

            return of(ctx)

        self._window.jobs.query(work, owner=self, done=self.show_steps)

    def show_steps(self, steps: list[Step]) -> None:
        """Show the steps if one is missing."""
        done = sum(1 for step in steps if step.state == "done")
        self.set_title(
            self.tr("Set-up: {done} of {all} steps done").format(done=done, all=len(steps))
        )
        self.list.show_steps(steps)
        self.setVisible(any(step.state == "missing" for step in steps))

    def _turn(self) -> None:
        hidden = self._window.preferences.get(self._name) is True
        self._window.preferences.set(self._name, None if hidden else True)
        self._show_hidden()

    def _show_hidden(self) -> None:
        hidden = self._window.preferences.get(self._name) is True
        self.list.setVisible(not hidden)
        self.toggle.setText(self.tr("Show") if hidden else self.tr("Hide"))
        self.toggle.setAccessibleName(
            self.tr("Show the steps of the set-up")
            if hidden
            else self.tr("Hide the steps of the set-up")
        )
