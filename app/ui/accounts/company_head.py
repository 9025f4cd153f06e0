"""The head of a company's profile: name, status, checked attributes, Edit and Block."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from app.ui import formats
from app.ui.look.icons import icon
from app.ui.look.marks import set_mark
from app.ui.widgets.buttons import push_button
from app.ui.widgets.card import PageTitle, muted_label
from app.ui.widgets.flow_layout import FlowLayout
from app.ui.widgets.status import StatusLabel

if TYPE_CHECKING:
    from app.services.accounts.company_profile import Profile
    from app.ui.pages import Shell


class CompanyHead(QWidget):
    """Title and status in the first line, facts in the second, attributes as pills below."""

    def __init__(self, shell: Shell, parent: QWidget, open_tenant: Callable[[], object]) -> None:
        super().__init__(parent)
        self._shell = shell
        self._id = ""
        self.heading = PageTitle()
        self.heading.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self.status = StatusLabel()
        self.kind = _pill("", self)
        self.number = push_button("", self.copy_number, kind="link", icon_name="copy")
        self.number.setToolTip(self.tr("Copy the ID"))
        self.tenant = push_button("", open_tenant, kind="link")
        self.facts = muted_label()
        self.pills = QWidget()
        self._flow = FlowLayout(self.pills, spacing=6)
        self.buttons: dict[QAction, QToolButton] = {}
        self._row = QHBoxLayout()
        self._lay_out()

    def _lay_out(self) -> None:
        middle = Qt.AlignmentFlag.AlignVCenter
        self._row.setSpacing(10)
        self._row.addWidget(self.heading)
        self._row.addWidget(self.status, 0, middle)
        self._row.addWidget(self.kind, 0, middle)
        self._row.addStretch(1)
        facts = QHBoxLayout()
        facts.setSpacing(12)
        for part in (self.number, self.tenant):
            facts.addWidget(part, 0, middle)
        facts.addWidget(self.facts, 1)
        policy = self.pills.sizePolicy()
        policy.setHeightForWidth(True)
        self.pills.setSizePolicy(policy)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(self._row)
        column.addLayout(facts)
        column.addWidget(self.pills)

    def add_command(self, action: QAction) -> None:
        """Show a command as a button behind the title."""
        button = QToolButton()
        button.setDefaultAction(action)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.buttons[action] = button
        self._row.addWidget(button)

    def offer(self, action: QAction, *, shown: bool) -> None:
        """Show the button of a command, or hide it."""
        action.setVisible(shown)
        self.buttons[action].setVisible(shown)

    def show_profile(self, profile: Profile) -> None:
        """Show a company."""
        self._id = str(profile.id)
        self.heading.setText(profile.name)
        if profile.enabled:
            self.status.set_status("ok", self.tr("Enabled"))
        else:
            self.status.set_status("error", self.tr("Blocked"))
        self.kind.setText(self._kinds()[profile.type])
        words = self.tr("ID {id}").format(id=self._id)
        self.number.setText(words)
        self.number.setAccessibleName(self.tr("{id}, copy").format(id=words))
        self.tenant.setText(self.tr("Tenant: {name}").format(name=profile.tenant))
        self.tenant.setIcon(icon("reseller"))
        self.tenant.setVisible(bool(profile.tenant) and profile.standing in {"top", "below"})
        self.facts.setText(
            " · ".join(
                (
                    self.tr("Created {at}").format(at=formats.instant(profile.created_at)),
                    self.tr("Modified {at}").format(at=formats.instant(profile.updated_at)),
                )
            )
        )
        self._show_pills([self._titles()[name] for name in profile.attributes])

    def _show_pills(self, titles: list[str]) -> None:
        while (old := self._flow.takeAt(0)) is not None:
            widget = old.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for title in titles:
            self._flow.addWidget(_pill(title, self.pills))
        self._flow.invalidate()
        self.pills.setVisible(bool(titles))

    def copy_number(self) -> None:
        """Put the ID on the clipboard."""
        self._shell.copy(self._id)
        self._shell.notify(self.tr("Copied ID {id}.").format(id=self._id))

    def _kinds(self) -> dict[str, str]:
        return {
            "owner": self.tr("System owner"),
            "reseller": self.tr("Reseller"),
            "client": self.tr("Client"),
        }

    def _titles(self) -> dict[str, str]:
        return {
            "creator_of_resellers": self.tr("Creator of resellers"),
            "invoices_enabled": self.tr("Invoices enabled"),
            "mnp_requests": self.tr("MNP requests"),
            "moderation": self.tr("Moderation"),
            "two_factor": self.tr("Two-factor authentication"),
            "fz230": self.tr("FZ-230"),
        }


def _pill(text: str, parent: QWidget) -> QLabel:
    """Return a word in a frame: a fact that has no state of its own."""
    label = QLabel(text, parent)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
    set_mark(label, "chip", True)
    return label
