"""Step 1: the price list on the left, where its rates go on the right."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QWidget

from app.ui.import_wizard.file_card import FileCard
from app.ui.import_wizard.target_card import TargetCard

if TYPE_CHECKING:
    from app.ui.import_wizard.recent_lists import RecentList
    from app.ui.import_wizard.wizard import Wizard


class FileStep(QScrollArea):
    """Both cards beside each other; scrolls where the window is low."""

    def __init__(
        self, wizard: Wizard, recent: Callable[[], list[RecentList]], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.file = FileCard(wizard, recent)
        self.target = TargetCard(wizard)
        inside = QWidget()
        row = QHBoxLayout(inside)
        row.setContentsMargins(12, 8, 12, 8)
        row.setSpacing(12)
        row.addWidget(self.file, 1)
        row.addWidget(self.target, 1)
        self.setWidget(inside)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
