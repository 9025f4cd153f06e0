"""A small page for the shell's tests: a text that can be edited, saved, refused or lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtGui import QAction, QKeySequence, QUndoCommand, QUndoStack
from PySide6.QtWidgets import QLineEdit, QVBoxLayout

from app.ui.addresses import Address
from app.ui.pages import Page, Shell

KIND = "note"
PLACE = "tests.ui.shell.pages:NotePage"


class NotePage(Page):
    """A note with one line; ``broken`` makes saving fail."""

    IDENTITY = ("id",)
    HELP = "lists"

    def __init__(self, shell: Shell, address: Address) -> None:
        super().__init__(shell, address)
        self.edit = QLineEdit(self)
        self.edit.setAccessibleName("Note")
        self.saved = ""
        self.broken = False
        self.visits: list[Address] = []
        self.refreshed: list[frozenset[str]] = []
        self.started = self.closed = 0
        QVBoxLayout(self).addWidget(self.edit)
        self.setFocusProxy(self.edit)
        self.stack = QUndoStack(self)
        self.shout = QAction("Shout", self)
        self.shout.setShortcut(QKeySequence("Ctrl+Shift+U"))
        self.shout.triggered.connect(lambda: self.edit.setText(self.edit.text().upper()))
        self.addAction(self.shout)
        self.edit.textChanged.connect(self._changed)

    def _changed(self) -> None:
        self.described.emit()
        self.touched.emit()
        self.status.emit(f"{len(self.edit.text())} letters")

    def push(self, text: str) -> None:
        self.stack.push(QUndoCommand(text))

    def title(self) -> str:
        return f"Note {self.address.get('id')}"

    def start(self) -> None:
        self.started += 1

    def revisit(self, address: Address) -> None:
        super().revisit(address)
        self.visits.append(address)

    def refresh(self, nouns: frozenset[str]) -> None:
        self.refreshed.append(nouns)

    def is_dirty(self) -> bool:
        return self.edit.text() != self.saved

    def save(self, done: Callable[[bool], object]) -> None:
        if not self.broken:
            self.saved = self.edit.text()
            self.described.emit()
        done(not self.broken)

    def discard(self) -> None:
        self.edit.setText(self.saved)

    def state(self) -> dict[str, Any]:
        return {"cursor": self.edit.cursorPosition()}

    def unsaved(self) -> dict[str, Any] | None:
        return {"text": self.edit.text()} if self.is_dirty() else None

    def recover(self, unsaved: dict[str, Any]) -> None:
        self.edit.setText(unsaved["text"])

    def undo_stack(self) -> QUndoStack:
        return self.stack

    def closing(self) -> None:
        self.closed += 1


def address(number: int, **more: object) -> Address:
    return Address.of(KIND, id=number, **more)
