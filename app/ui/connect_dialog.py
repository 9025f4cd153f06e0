"""The form for a PostgreSQL server. The password lives in memory only, never in a file."""

from __future__ import annotations

from urllib.parse import quote, unquote, urlsplit

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.errors import NoData
from app.ui.jobs import Job, Jobs
from app.ui.look.marks import set_mark
from app.ui.widgets.card import muted_label
from app.ui.widgets.message_bar import MessageBar
from app.ui.widgets.number_box import NumberBox

PORT = 5432


def server_address(host: str, port: int, database: str, user: str, password: str = "") -> str:
    """Return a ``postgresql://`` address of the parts; names may hold any character."""
    login = quote(user, safe="") + (f":{quote(password, safe='')}" if password else "")
    at = f"{login}@" if login else ""
    place = f"[{host}]" if ":" in host else quote(host, safe="")
    return f"postgresql://{at}{place}:{port}/{quote(database, safe='')}"


class ConnectDialog(QDialog):
    """Host, port, database, user, password; *Test connection* tells what is wrong beforehand."""

    chosen = Signal(str)
    """The address of an existing database."""

    chosen_new = Signal(str)
    """The same, with *make the tables* ticked."""

    def __init__(self, jobs: Jobs, address: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Connect to a server"))
        self.setMinimumWidth(440)
        self._jobs = jobs
        self._testing: Job | None = None
        self.message = MessageBar(self)
        self.host = QLineEdit(self)
        self.host.setPlaceholderText("db.example.com")
        self.port = NumberBox(self)
        self.port.setRange(1, 65535)
        self.port.setGroupSeparatorShown(False)
        self.port.setMaximumWidth(96)
        self.database = QLineEdit(self)
        self.user = QLineEdit(self)
        self.password = QLineEdit(self)
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.make_tables = QCheckBox(self.tr("Make the tables if the database is empty"), self)
        self._lay_out()
        self._fill(address)

    def address(self) -> str:
        """Return the address, with the password."""
        return server_address(
            self.host.text().strip(),
            self.port.value(),
            self.database.text().strip(),
            self.user.text().strip(),
            self.password.text(),
        )

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setHorizontalSpacing(12)
        form.setVerticalSpacing(8)
        rows = (
            (self.tr("Host *"), self.host),
            (self.tr("Port"), self.port),
            (self.tr("Database *"), self.database),
            (self.tr("User"), self.user),
            (self.tr("Password"), self.password),
        )
        for title, field in rows:
            form.addRow(title, field)
            field.setAccessibleName(title.rstrip(" *"))
        form.addRow("", self.make_tables)
        note = muted_label(
            self.tr("The password is not stored: a password file of the system may hold it."),
            wrap=True,
        )
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel, self)
        self.test = QPushButton(self.tr("Test connection"), self)
        self.connect_button = QPushButton(self.tr("Connect"), self)
        self.connect_button.setDefault(True)
        set_mark(self.connect_button, "primary", True)
        self.buttons.addButton(self.test, QDialogButtonBox.ButtonRole.ActionRole)
        self.buttons.addButton(self.connect_button, QDialogButtonBox.ButtonRole.AcceptRole)
        self.test.clicked.connect(self._test)
        self.buttons.accepted.connect(self._take)
        self.buttons.rejected.connect(self.reject)
        layout = self._column = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 12)
        layout.setSpacing(12)
        layout.addWidget(self.message)
        layout.addLayout(form)
        layout.addWidget(note)
        layout.addWidget(self.buttons)

    def _fill(self, address: str) -> None:
        parts = urlsplit(address)
        self.host.setText(unquote(parts.hostname or ""))
        try:
            self.port.setValue(parts.port or PORT)
        except ValueError:
            self.port.setValue(PORT)
        self.database.setText(unquote(parts.path.lstrip("/")))
        self.user.setText(unquote(parts.username or ""))
        (self.password if address else self.host).setFocus()

    def _complete(self) -> bool:
        for field, sentence in (
            (self.host, self.tr("Give the name of the server.")),
            (self.database, self.tr("Give the name of the database.")),
        ):
            if not field.text().strip():
                self._tell(sentence, "error")
                field.setFocus()
                return False
        return True

    def _take(self) -> None:
        if self._complete():
            told = self.chosen_new if self.make_tables.isChecked() else self.chosen
            told.emit(self.address())
            self.accept()

    def _test(self) -> None:
        if not self._complete() or self._testing is not None:
            return
        address = self.address()
        self.test.setEnabled(False)
        self._tell(self.tr("Connecting…"), "info")
        self._testing = self._jobs.run(
            lambda _job: try_address(address),
            owner=self,
            done=lambda text: self._tested(text, "ok"),
            failed=lambda problem: self._tested(str(problem), "error"),
            title=self.tr("Testing the connection"),
        )

    def _tested(self, text: str, kind: str) -> None:
        self._testing = None
        self.test.setEnabled(True)
        self._tell(text or self.tr("The connection works."), kind)

    def _tell(self, text: str, kind: str) -> None:
        self.message.show_message(text, kind, closable=False)
        height = self._column.totalHeightForWidth(self.width())
        self.resize(self.width(), max(height, self.sizeHint().height(), self.height()))


def try_address(address: str) -> str:
    """Open and close the database in a job; return what to know about it, "" if it is ready."""
    from app import bootstrap

    try:
        bootstrap.open_session(address).close()
    except bootstrap.UpgradeNeeded:
        return "The connection works; the database has to be upgraded when it is opened."
    except NoData:
        return (
            "The connection works, but the database is empty: tick to make the tables, "
            "then connect."
        )
    return ""
