"""Adding an authenticator app: a QR code to scan, or the key to type, with Copy."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.ui.access.qr_code import QrCode
from app.ui.look.fonts import strong_font
from app.ui.widgets.buttons import push_button
from app.ui.widgets.card import muted_label

if TYPE_CHECKING:
    from app.services.access.authenticator import Enrolment


class AuthenticatorBox(QWidget):
    """The code of an enrolment and its key in groups of four."""

    def __init__(
        self, enrolment: Enrolment, copy: Callable[[str], object], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.code = QrCode(self.tr("QR code for an authenticator app"))
        self.code.show_text(enrolment.uri)
        self.key = QLabel(enrolment.grouped)
        self.key.setFont(strong_font())
        self.key.setWordWrap(True)
        self.key.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.key.setAccessibleName(self.tr("Key for the authenticator app"))
        told = self.tr("Scan this with an authenticator app. Can't scan? Type this key there:")
        self.copy = push_button(
            self.tr("Copy the key"),
            lambda: copy(enrolment.secret),
            kind="link",
            icon_name="copy",
        )
        beside = QVBoxLayout()
        beside.setSpacing(6)
        beside.addWidget(muted_label(told, wrap=True))
        beside.addWidget(self.key)
        beside.addWidget(self.copy, 0, Qt.AlignmentFlag.AlignLeft)
        beside.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        row.addWidget(self.code, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(beside, 1)
