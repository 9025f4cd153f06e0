"""The status bar: what the page says at the left; jobs, database and user at the right."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QProgressBar,
    QStatusBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.ui.jobs import Job, Jobs
from app.ui.look.icons import icon
from app.ui.widgets.elided_label import ElidedLabel

BAR_WIDTH = 110
PLACE_WIDTH = 200


class JobRow(QWidget):
    """Title, progress and Cancel of one job."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._job: Job | None = None
        self.label = ElidedLabel(self)
        self.label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.label.setMinimumWidth(220)
        self.bar = QProgressBar(self)
        self.bar.setFixedWidth(BAR_WIDTH)
        self.bar.setMaximumHeight(12)
        self.bar.setTextVisible(False)
        self.cancel = QToolButton(self)
        self.cancel.setText(self.tr("Cancel"))
        self.cancel.setAutoRaise(True)
        self.cancel.clicked.connect(self._stop)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.label, 1)
        layout.addWidget(self.bar)
        layout.addWidget(self.cancel)

    @property
    def job(self) -> Job | None:
        """Return the job that is shown."""
        return self._job

    def follow(self, job: Job | None) -> None:
        """Show a job, or none."""
        if self._job is not None and self._job is not job:
            self._job.progress.disconnect(self._told)
        if job is not None and job is not self._job:
            job.progress.connect(self._told)
            self.bar.setRange(0, 0)
            self.label.set_whole(job.title)
            self.bar.setAccessibleName(job.title)
            self.cancel.setAccessibleName(self.tr("Cancel: {0}").format(job.title))
            self._job = job
            self._told(*job.reported)
        self._job = job
        self.cancel.setEnabled(job is not None and not job.cancelled)
        self.setVisible(job is not None)

    def _told(self, phase: str, done: int, total: int | None) -> None:
        if self._job is None or self._job.cancelled:
            return
        share = f" {100 * done // total} %" if total else ""
        self.label.set_whole(f"{self._job.title} – {phase}{share}" if phase else self._job.title)
        # A progress bar counts in 32 bits.
        self.bar.setRange(0, 1000 if total else 0)
        self.bar.setValue(1000 * done // total if total else 0)

    def _stop(self) -> None:
        if self._job is not None:
            self._job.cancel()
            self.cancel.setEnabled(False)
            self.label.set_whole(self.tr("{0} – cancelling…").format(self._job.title))


class JobsPopup(QFrame):
    """All running jobs, each with its Cancel."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("jobsPopup")
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setAccessibleName(self.tr("Running jobs"))
        self._rows: list[JobRow] = []
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(12, 8, 12, 8)
        self._layout.setSpacing(8)

    def show_jobs(self, running: list[Job]) -> None:
        """List jobs, one a row."""
        while len(self._rows) < len(running):
            row = JobRow(self)
            self._rows.append(row)
            self._layout.addWidget(row)
        for row, job in zip(self._rows, [*running, *[None] * len(self._rows)], strict=False):
            row.follow(job)
        self.adjustSize()


class StatusBar(QStatusBar):
    """Left: the page's line. Right: the newest job with Cancel, database place, user."""

    place_clicked = Signal()
    user_clicked = Signal()

    def __init__(self, jobs: Jobs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self.setSizeGripEnabled(False)
        self.page_line = ElidedLabel(self)
        self.page_line.setContentsMargins(8, 0, 0, 0)
        self.job_row = JobRow(self)
        self.more = QToolButton(self)
        self.more.setAutoRaise(True)
        self.more.setToolTip(self.tr("Show all running jobs"))
        self.popup = JobsPopup(self)
        self.place = QToolButton(self)
        self.place.setIcon(icon("database"))
        self.place.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.place.setAutoRaise(True)
        self.place.setMaximumWidth(PLACE_WIDTH)
        self.user = QToolButton(self)
        self.user.setIcon(icon("user"))
        self.user.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.user.setAutoRaise(True)
        self.user.setMaximumWidth(PLACE_WIDTH)
        self.addWidget(self.page_line, 1)
        for widget in (self.job_row, self.more, self.place, self.user):
            self.addPermanentWidget(widget)
        self.more.clicked.connect(self._show_all)
        self.place.clicked.connect(self.place_clicked)
        self.user.clicked.connect(self.user_clicked)
        jobs.started.connect(lambda _: self._follow())
        jobs.ended.connect(lambda _: self._follow())
        self.show_database("", "")
        self._follow()

    def show_page(self, text: str) -> None:
        """Show what the page says about itself."""
        self.page_line.set_whole(text)

    def show_database(self, place: str, user: str) -> None:
        """Show where the data is and who works on it; "" = no database."""
        name = place.replace("\\", "/").rstrip("/").rpartition("/")[2]
        text = name or self.tr("No database")
        metrics = self.place.fontMetrics()
        room = PLACE_WIDTH - 40
        self.place.setText(metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, room))
        self.place.setToolTip(place or self.tr("Open or create a database"))
        self.place.setAccessibleName(self.tr("Database: {0}").format(place or text))
        shown = metrics.elidedText(user, Qt.TextElideMode.ElideRight, room)
        self.user.setText(shown.replace("&", "&&"))
        self.user.setToolTip(user)
        self.user.setAccessibleName(self.tr("User: {0}").format(user))
        self.user.setVisible(bool(user))

    def shown_jobs(self) -> list[Job]:
        """Return the running jobs that have a title, the oldest first."""
        return sorted((j for j in self._jobs.running if j.title), key=lambda j: j.number)

    def _follow(self) -> None:
        running = self.shown_jobs()
        self.job_row.follow(running[-1] if running else None)
        self.more.setVisible(len(running) > 1)
        self.more.setText(self.tr("{0} jobs").format(len(running)))
        if self.popup.isVisible():
            if running:
                self.popup.show_jobs(running)
            else:
                self.popup.hide()

    def _show_all(self) -> None:
        self.popup.show_jobs(self.shown_jobs())
        size = self.popup.sizeHint()
        corner = self.more.mapToGlobal(QPoint(self.more.width() - size.width(), -size.height()))
        self.popup.move(corner)
        self.popup.show()
