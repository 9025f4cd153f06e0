"""A file held against a scope (SVC-8): the import's steps up to the preview, nothing written."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from app.ui.import_wizard.blockers import COLUMNS, FILE, VALUES, blocker
from app.ui.import_wizard.wizard import Wizard
from app.ui.look.marks import set_mark
from app.ui.widgets.buttons import push_button


class ComparisonNote(QWidget):
    """Says that nothing is written, and offers to go on to an import of the same file."""

    import_wanted = Signal()
    """The comparison is to become an import."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.label = QLabel(self.tr("This is a comparison: nothing is written"))
        self.label.setWordWrap(True)
        self.label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        set_mark(self.label, "tone", "muted")
        self.button = push_button(self.tr("Import it…"), self.import_wanted.emit)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self.label, 1)
        row.addWidget(self.button)


def can_be_shown(wizard: Wizard) -> bool:
    """Whether the differences can be looked at as they are: no step before them asks anything."""
    drafted = wizard.draft is not None and not wizard.problem
    return drafted and not any(blocker(step, wizard) for step in (FILE, COLUMNS, VALUES))
