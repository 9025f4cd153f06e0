"""The tab Set-up of a company's profile: what it needs before its traffic can be charged (M4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from app.services import setup_checklist
from app.ui.addresses import Address
from app.ui.setup.checklist import NOUNS, Checklist
from app.ui.widgets.message_bar import MessageBar

if TYPE_CHECKING:
    from app.errors import UserError
    from app.services.context import Context
    from app.services.setup_checklist import Step
    from app.ui.pages import Shell


class CompanySetup(QScrollArea):
    """The steps of one company; ``counted`` tells how many are missing."""

    counted = Signal(int)

    def __init__(self, shell: Shell, company_id: int, parent: QWidget) -> None:
        super().__init__(parent)
        self._shell, self._company = shell, company_id
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.bar = MessageBar(self)
        self.list = Checklist(self._open, self._may)
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(2, 12, 2, 8)
        column.addWidget(self.bar)
        column.addWidget(self.list)
        column.addStretch(1)
        self.setWidget(body)

    def start(self) -> None:
        """Read the steps."""
        number = self._company

        def work(ctx: Context) -> list[Step]:
            return setup_checklist.of(ctx, number)

        self._shell.jobs.query(work, owner=self, done=self._show, failed=self._refuse)

    def refresh(self, nouns: frozenset[str]) -> None:
        """Read anew what a change touched."""
        if nouns & NOUNS:
            self.start()

    def _show(self, steps: list[Step]) -> None:
        self.bar.clear()
        self.list.show_steps(steps)
        self.counted.emit(setup_checklist.missing(steps))

    def _refuse(self, problem: UserError) -> None:
        self.bar.show_message(str(problem), "error")

    def _open(self, address: str) -> None:
        self._shell.open(Address.parse(address))

    def _may(self, area: str) -> bool:
        session = self._shell.jobs.session
        return session is not None and session.actor.may(area, "manage")
