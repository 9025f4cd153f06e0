"""A page of cards with settings, in the middle of the tab; each card saves for itself."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.ui.addresses import Address
from app.ui.look.fonts import small_font
from app.ui.look.marks import set_mark
from app.ui.pages import Page, Shell
from app.ui.widgets.card import Card, PageTitle, muted_label
from app.ui.widgets.message_bar import MessageBar

WIDEST = 860
"""Pixels of the cards; on a wider screen they stay in the middle."""


class SettingsPage(Page):
    """Title, message bar, and cards below each other."""

    def __init__(self, shell: Shell, address: Address) -> None:
        super().__init__(shell, address)
        self.bar = MessageBar(self)
        inside = QWidget()
        inside.setMaximumWidth(WIDEST)
        self.column = QVBoxLayout(inside)
        self.column.setContentsMargins(24, 16, 24, 24)
        self.column.setSpacing(12)
        self.column.addWidget(PageTitle(self.title()))
        outer = QWidget()
        row = QHBoxLayout(outer)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(inside)
        self.area = QScrollArea(self)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setWidgetResizable(True)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setWidget(outer)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.bar)
        layout.addWidget(self.area, 1)

    def add_card(self, card: QWidget) -> None:
        """Add a card at the end."""
        self.column.addWidget(card)

    def finish(self) -> None:
        """Push the cards to the top."""
        self.column.addStretch(1)


class SettingsCard(Card):
    """Lines of title and value, one message of the card, a row of buttons at its end."""

    def __init__(self, title: str, about: str = "") -> None:
        super().__init__(title)
        self.about = muted_label(wrap=True)
        self.message = MessageBar(self)
        self.grid = QGridLayout()
        self.grid.setHorizontalSpacing(16)
        self.grid.setVerticalSpacing(8)
        self.grid.setColumnStretch(2, 1)
        self.grid.setColumnMinimumWidth(0, 200)
        self.buttons = QHBoxLayout()
        self.buttons.setSpacing(8)
        self.body.addWidget(self.about)
        self.body.addWidget(self.message)
        self.body.addLayout(self.grid)
        self.body.addLayout(self.buttons)
        self._troubles: dict[str, QLabel] = {}
        self.say(about)

    def say(self, text: str) -> None:
        """Say below the title what the card is about."""
        self.about.setText(text)
        self.about.setVisible(bool(text))

    def add_line(self, title: str, widget: QWidget, name: str = "", note: str = "") -> QLabel:
        """Add a line; a problem of the field ``name`` is shown below it. Return its note."""
        row = self.grid.rowCount()
        label = QLabel(title)
        label.setBuddy(widget)
        if not widget.accessibleName():
            widget.setAccessibleName(title)
        label.setContentsMargins(0, 3, 0, 0)
        self.grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop)
        self.grid.addWidget(widget, row, 1, Qt.AlignmentFlag.AlignTop)
        told = muted_label(note, wrap=True)
        told.setContentsMargins(0, 3, 0, 0)
        self.grid.addWidget(told, row, 2, Qt.AlignmentFlag.AlignTop)
        if name:
            trouble = QLabel()
            trouble.setFont(small_font())
            trouble.setWordWrap(True)
            set_mark(trouble, "tone", "error")
            trouble.hide()
            self.grid.addWidget(trouble, row + 1, 1, 1, 2)
            self._troubles[name] = trouble
        return told

    def add_buttons(self, *buttons: QWidget) -> None:
        """Add buttons from the left."""
        for button in buttons:
            self.buttons.addWidget(button)
        self.buttons.addStretch(1)

    def show_problems(self, problems: dict[str, str]) -> None:
        """Show a sentence below each field; {} takes them away."""
        for name, label in self._troubles.items():
            label.setText(problems.get(name, ""))
            label.setVisible(name in problems)
        rest = [text for name, text in problems.items() if name not in self._troubles]
        if rest:
            self.message.show_message(rest[0], "error")

    def tell(self, sentence: str, kind: str = "error") -> None:
        """Show one sentence in the card; "" takes it away."""
        if sentence:
            self.message.show_message(sentence, kind)
        else:
            self.message.clear()


class ServiceCard(SettingsCard):
    """A card whose sentences come from a service, as what a sign-in protects."""
