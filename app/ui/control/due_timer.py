"""Does the due work while a database is open: soon after it was opened, then every ten minutes.

Nothing is seen of it until something was done, or could not be done: then a button in the status
bar says so and opens the list. Who may not do it (:func:`may_do`) does not start it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QToolButton

from app.sections.audit import DUE_WORK
from app.ui import formats
from app.ui.addresses import Address
from app.ui.look.icons import icon

if TYPE_CHECKING:
    from app.bootstrap import Session
    from app.services.context import Context
    from app.services.due.run import Report
    from app.ui.jobs import Job
    from app.ui.main_window import MainWindow

FIRST_MS = 4_000
EVERY_MS = 10 * 60 * 1000


class DueTimer(QObject):
    """Starts the due work of the window's database in a job, one at a time."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._job: Job | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.run)
        self.button = QToolButton(window)
        self.button.setAutoRaise(True)
        self.button.hide()
        self.button.clicked.connect(self._open_list)
        window.status.insertPermanentWidget(1, self.button)
        self.button.hide()
        window.database_changed.connect(self._follow)
        self._follow()

    def _follow(self) -> None:
        """Begin anew with another database, stop without one."""
        self.button.hide()
        self._job = None
        if self._window.jobs.session is None:
            self._timer.stop()
        else:
            self._timer.start(FIRST_MS)

    def run(self) -> None:
        """Do what is due now, if the person may; come again later."""
        jobs = self._window.jobs
        self._timer.start(EVERY_MS)
        if jobs.session is None or self._job is not None:
            return
        if not may_do(jobs.session):
            return
        # Not in the lane of the changes: closing the window may end it between two things.
        self._job = jobs.query(_due_work, owner=self, done=self._take, failed=lambda _problem: None)
        job = self._job
        job.ended.connect(lambda: self._ended(job))

    def _ended(self, job: Job) -> None:
        if self._job is job:
            self._job = None

    def _take(self, report: Report) -> None:
        """Tell what was done; what fails again and again was told the first time."""
        fresh = [one for one in report.failed if one.tries == 1]
        if report.outcomes:
            self._window.jobs.changed.emit(report.nouns)
        if fresh:
            one = self.tr("1 due thing failed")
            many = self.tr("{n} due things failed")
            self._tell(formats.counted(len(fresh), one, many), "warning")
        elif report.done:
            one, many = self.tr("1 due thing done"), self.tr("{n} due things done")
            self._tell(formats.counted(len(report.done), one, many), "check")

    def _tell(self, text: str, icon_name: str) -> None:
        self.button.setIcon(icon(icon_name))
        self.button.setText(text)
        self.button.setAccessibleName(text)
        self.button.setToolTip(self.tr("Show the due work"))
        self.button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.button.show()

    def _open_list(self) -> None:
        self.button.hide()
        self._window.open(Address.of("list", section=DUE_WORK.id))


def may_do(session: Session | None) -> bool:
    """Tell whether the person may have the due work done: it is that of all companies."""
    actor = session.actor if session is not None else None
    return actor is not None and actor.company_id == 1 and actor.may(DUE_WORK.area, "manage")


def _due_work(ctx: Context) -> Report:
    from app.services.due.run import run

    return run(ctx)
