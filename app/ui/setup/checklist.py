"""The steps of the set-up checklist, one below the other, each with the form that takes it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QSizePolicy, QWidget

from app.ui.widgets.buttons import push_button
from app.ui.widgets.card import muted_label
from app.ui.widgets.status import StatusLabel

if TYPE_CHECKING:
    from app.services.setup_checklist import Step

TONES = {"done": "ok", "missing": "warn", "optional": "neutral"}

NOUNS = frozenset(
    {
        "companies",
        "legal_entities",
        "agreements",
        "services",
        "scopes",
        "rates",
        "users",
        "bank_accounts",
        "enabled_services",
        "reselling_agreements",
    }
)
"""What changes when a step is taken."""

ROW, LINK_PADDING = 24, 7
"""Pixels: the least height of a step, and what the style leaves before the text of a link."""


class Checklist(QWidget):
    """Status, title and sentence of each step; a title that can be opened takes its step."""

    def __init__(
        self,
        opened: Callable[[str], object],
        may: Callable[[str], bool],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._open, self._may = opened, may
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(2, 1)
        self.links: dict[str, QPushButton] = {}

    def show_steps(self, steps: list[Step]) -> None:
        """Show the steps instead of those shown before."""
        self._empty()
        for row, step in enumerate(steps):
            self._grid.setRowMinimumHeight(row, ROW)
            self._grid.addWidget(StatusLabel(TONES[step.state], self._word(step.state)), row, 0)
            self._grid.addWidget(self._title(step), row, 1, Qt.AlignmentFlag.AlignLeft)
            self._grid.addWidget(muted_label(step.sentence, wrap=True), row, 2)

    def _title(self, step: Step) -> QWidget:
        if not step.address or not self._may(step.area):
            title = QLabel(step.title)
            title.setContentsMargins(LINK_PADDING, 0, 0, 0)
            return title
        link = push_button(step.title, partial(self._open, step.address), kind="link")
        link.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        link.setAccessibleDescription(step.sentence)
        self.links[step.id] = link
        return link

    def _word(self, state: str) -> str:
        words = {
            "done": self.tr("Done"),
            "missing": self.tr("Missing"),
            "optional": self.tr("Optional"),
        }
        return words[state]

    def _empty(self) -> None:
        self.links.clear()
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
