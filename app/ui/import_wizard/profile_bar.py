"""The profile in force: which one was recognised, what differs from last time (item 38)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.services.tariffs.drafts import NO_PROFILE
from app.ui.look.sign import Sign
from app.ui.widgets.card import muted_label
from app.ui.widgets.message_bar import MessageBar

if TYPE_CHECKING:
    from app.ui.import_wizard.wizard import Wizard

RECOGNISED = ""
"""Data of the first entry of the list: the profile that fits, if one does."""


class ProfileBar(QWidget):
    """A line on top of the columns; its height is none while there is no profile at all."""

    chosen = Signal()

    def __init__(self, wizard: Wizard, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.wizard = wizard
        sign = Sign("profile")
        self._told = muted_label(wrap=True)
        self.profile = QComboBox()
        self.profile.setAccessibleName(self.tr("Profile"))
        self.profile.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.profile.activated.connect(self._chosen)
        label = QLabel(self.tr("Profile"))
        label.setBuddy(self.profile)
        self.differences = MessageBar()
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(sign)
        line.addWidget(label)
        line.addWidget(self.profile)
        line.addWidget(self._told, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(line)
        column.addWidget(self.differences)
        wizard.drafted.connect(self._show)
        wizard.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        draft, state = self.wizard.draft, self.wizard.state
        names = list(draft.profiles) if draft else []
        if state.profile not in ("", NO_PROFILE, *names):
            names.append(state.profile)
        self.setVisible(bool(names))
        self.profile.clear()
        self.profile.addItem(self.tr("Recognised by the file"), RECOGNISED)
        self.profile.addItem(self.tr("None"), NO_PROFILE)
        for name in names:
            self.profile.addItem(name, name)
        used = draft.profile if draft else ""
        declared = bool(state.choices.columns) and not used
        self.profile.setCurrentIndex(max(self.profile.findData(state.profile), 0))
        self._told.setText(self._text(used, declared=declared))
        differs = draft.profile_differences if draft and used else ()
        if differs:
            title = self.tr("Different from last time:")
            self.differences.show_message("\n".join((title, *differs)), "warn", closable=False)
        else:
            self.differences.clear()

    def _text(self, used: str, *, declared: bool) -> str:
        if used:
            return self.tr("“{name}” is applied: its columns, settings and answers.").format(
                name=used
            )
        if declared:
            return self.tr("The columns are declared by hand.")
        return self.tr("No saved profile fits this file; the columns are proposed.")

    def _chosen(self, place: int) -> None:
        wanted, state = str(self.profile.itemData(place)), self.wizard.state
        fresh = state.choices.__class__(
            sheet=state.choices.sheet,
            kind=state.choices.kind,
            answers=state.choices.answers,
            price_words=state.choices.price_words,
        )
        text = self.tr("Profile {name}").format(name=self.profile.itemText(place))
        self.wizard.choose(text, state.but(profile=wanted, choices=fresh))
