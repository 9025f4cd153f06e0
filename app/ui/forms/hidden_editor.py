"""A password: typed unseen, looked at on request, kept nowhere."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLineEdit

from app.domain.sections import Field
from app.ui.forms.editor import SHORT_WIDTH, TEXT_WIDTH, FieldEditor
from app.ui.look.icons import icon


class HiddenEditor(FieldEditor):
    """One line of dots with an eye that shows what is typed.

    Nothing of it is written for recovery, and showing or hiding it ends what undo could bring back.
    """

    def __init__(self, field: Field) -> None:
        self.line = QLineEdit()
        super().__init__(field, self.line)
        self.line.setEchoMode(QLineEdit.EchoMode.Password)
        self.line.setPlaceholderText(field.placeholder)
        self.line.setFixedWidth(
            SHORT_WIDTH if field.longest <= 40 else (SHORT_WIDTH + TEXT_WIDTH) // 2
        )
        self.line.textEdited.connect(self._tell)
        self.eye = QAction(self.line)
        self.eye.setCheckable(True)
        self.eye.toggled.connect(self._show)
        self.line.addAction(self.eye, QLineEdit.ActionPosition.TrailingPosition)
        self._show(False)

    def put(self, value: Any, label: str = "") -> None:
        self.eye.setChecked(False)
        self.line.setText("" if value is None else str(value))

    def value(self) -> str | None:
        return self.line.text() or None

    def memo(self) -> None:
        return None

    def length(self) -> int:
        return len(self.line.text())

    def _show(self, shown: bool) -> None:
        translate = QCoreApplication.translate
        words = translate("HiddenEditor", "Hide") if shown else translate("HiddenEditor", "Show")
        self.eye.setText(words)
        self.eye.setToolTip(words)
        self.eye.setIcon(icon("eye-off" if shown else "eye"))
        mode = QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password
        place = self.line.cursorPosition()
        self.line.setEchoMode(mode)
        self.line.setText(self.line.text())  # forgets what undo knew
        self.line.setCursorPosition(place)
