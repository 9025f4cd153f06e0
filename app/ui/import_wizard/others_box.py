"""The question whether Others is free in the regions of a WhatsApp card (A10)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from app.ui import formats
from app.ui.look.fonts import small_font
from app.ui.widgets.card import muted_label

if TYPE_CHECKING:
    from app.services.tariffs.import_views import DraftView
    from app.ui.import_wizard.wizard import Wizard

WHATSAPP = ("whatsapp_basic", "whatsapp_tier")


class OthersBox(QWidget):
    """A check box with the number of regions it is about; hidden for other kinds of files."""

    def __init__(self, wizard: Wizard) -> None:
        super().__init__()
        self.wizard = wizard
        self.box = QCheckBox(self.tr("Others is free where it has no price"))
        self.box.clicked.connect(self._chosen)
        self.note = muted_label(wrap=True)
        self.note.setFont(small_font())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.box)
        column.addWidget(self.note)
        self.setFocusProxy(self.box)
        wizard.proposed.connect(self._show)
        wizard.drafted.connect(self._show)
        self._show()

    def _show(self) -> None:
        proposal, draft = self.wizard.proposal, self.wizard.draft
        self.setVisible(proposal is not None and proposal.kind in WHATSAPP)
        if proposal is not None:
            self.box.setChecked(proposal.others == "free")
        self.note.setText(self._told(draft) if draft is not None else "")

    def _told(self, draft: DraftView) -> str:
        """Return what the choice is about, or did, with the number of regions."""
        if draft.without_others:
            text = self.tr(
                "A message counts as Others until Meta tells its category. Regions without a "
                "price for Others: {count}."
            )
            return text.format(count=formats.number(draft.without_others))
        if draft.service_free:
            text = formats.counted(
                draft.others_free,
                self.tr("Free: Others in 1 region, Service in {services}."),
                self.tr("Free: Others in {n} regions, Service in {services}."),
            )
        elif draft.others_free:
            text = formats.counted(
                draft.others_free,
                self.tr("Free: Others in 1 region."),
                self.tr("Free: Others in {n} regions."),
            )
        else:
            text = self.tr("Every region has a price for Others.")
        return text.format(services=formats.number(draft.service_free))

    def _chosen(self, on: bool) -> None:
        state = self.wizard.state.choosing(others="free" if on else "none")
        self.wizard.choose(self.box.text(), state)
