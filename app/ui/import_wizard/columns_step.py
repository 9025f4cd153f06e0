"""Step 2: the source on the left, the settings on the right (IMP-4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from app.ui.import_wizard.profile_bar import ProfileBar
from app.ui.import_wizard.settings_panel import SettingsPanel
from app.ui.import_wizard.source_panel import SourcePanel

if TYPE_CHECKING:
    from app.ui.import_wizard.wizard import Wizard

SHARES = (760, 350)
"""First widths of source and settings, pixels."""


class ColumnsStep(QWidget):
    """Source and settings. ``values_wanted`` gives a column's letter, "" for all values."""

    values_wanted = Signal(str)

    def __init__(self, wizard: Wizard, source: SourcePanel, settings: SettingsPanel) -> None:
        super().__init__()
        self.profile = ProfileBar(wizard)
        self.source = source
        self.settings = settings
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.addWidget(self.source)
        self.splitter.addWidget(self.settings)
        self.splitter.setStretchFactor(0, 1)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setSizes(list(SHARES))
        self.settings.setMinimumWidth(280)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.profile)
        column.addWidget(self.splitter, 1)
        self.source.mapping_wanted.connect(self.values_wanted)
        self.settings.values_wanted.connect(lambda: self.values_wanted.emit(""))
        self.settings.jump_wanted.connect(self.source.jump)
