"""The head of a record's page: what it is, its ID to copy, who made and changed it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from app.domain.records import Record
from app.ui import formats
from app.ui.look.marks import set_mark
from app.ui.widgets.buttons import push_button
from app.ui.widgets.card import PageTitle
from app.ui.widgets.elided_label import ElidedLabel
from app.ui.widgets.status import StatusLabel

if TYPE_CHECKING:
    from app.ui.pages import Shell


class RecordHead(QWidget):
    """Title, mode, ID and facts in one line."""

    def __init__(self, shell: Shell, parent: QWidget) -> None:
        super().__init__(parent)
        self._shell = shell
        self._record_id = ""
        self.heading = PageTitle()
        self.heading.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self.mode = StatusLabel("info")
        self.mode.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.number = push_button("", self.copy_number, kind="link", icon_name="copy")
        self.number.setToolTip(self.tr("Copy the ID"))
        self.facts = ElidedLabel(self)
        set_mark(self.facts, "tone", "muted")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self.heading)
        row.addWidget(self.mode, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.number, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.facts, 1)

    def show_record(
        self, record: Record | None, title: str, mode: str, *, numbered: bool = True
    ) -> None:
        """Show a stored record, or with None one that is not; ``mode`` "" = it is only read.

        ``numbered`` = people know such records by their IDs too.
        """
        self.heading.setText(title)
        self.mode.setText(mode)
        self.mode.setVisible(bool(mode))
        self._record_id = str(record.id) if record is not None else ""
        words = self.tr("ID {id}").format(id=self._record_id)
        self.number.setText(words)
        self.number.setAccessibleName(self.tr("{id}, copy").format(id=words))
        self.number.setVisible(numbered and record is not None)
        self.facts.set_whole(self._facts(record) if record is not None else "")

    def copy_number(self) -> None:
        """Put the ID on the clipboard."""
        self._shell.copy(self._record_id)
        self._shell.notify(self.tr("Copied ID {id}.").format(id=self._record_id))

    def _facts(self, record: Record) -> str:
        parts = []
        for words, at, by in (
            (self.tr("Created {at}"), record.created_at, record.created_by),
            (self.tr("Modified {at}"), record.updated_at, record.updated_by),
        ):
            if at is not None:
                who = self.tr(" by {name}").format(name=by) if by else ""
                parts.append(words.format(at=formats.instant(at)) + who)
        return " · ".join(parts)
