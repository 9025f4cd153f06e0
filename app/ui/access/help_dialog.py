"""The help in a window of its own, for where there are no tabs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from app.ui.addresses import Address
from app.ui.help_page import HelpPage

if TYPE_CHECKING:
    from app.ui.pages import Shell


class HelpDialog(QDialog):
    """Shows a topic; the others can be read too."""

    def __init__(self, shell: Shell, topic: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Help"))
        self.resize(820, 560)
        self.page = HelpPage(shell, Address.of("help", topic=topic))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.page)
        self.page.start()
