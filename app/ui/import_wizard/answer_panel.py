"""Below the values: the current one with its runners-up, a search, and what else it may mean."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.ui import formats
from app.ui.import_wizard.change_words import sentence_case
from app.ui.import_wizard.values_model import PRICE_WORDS, outcomes, with_key
from app.ui.look.fonts import strong_font
from app.ui.look.marks import set_mark
from app.ui.widgets.buttons import push_button
from app.ui.widgets.card import muted_label
from app.ui.widgets.flow_layout import FlowLayout
from app.ui.widgets.type_ahead import Option, Reply, TypeAhead

if TYPE_CHECKING:
    from app.services.tariffs.import_views import ValueRow
    from app.ui.import_wizard.wizard import Wizard

RUNNERS_UP = 5
KEYS = 7
"""Runners-up (or meanings of a price word) that have a key, Alt+1 and following."""


class AnswerPanel(QFrame):
    """Answers the current value, or all selected ones."""

    answered = Signal(str, str)
    """(key or outcome, its name)."""

    taken_back = Signal()
    """The answer is to be the program's own again."""

    def __init__(self, wizard: Wizard, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_mark(self, "panel", True)
        self.wizard = wizard
        self._row: ValueRow | None = None
        self.setAutoFillBackground(False)
        self._title = QLabel()
        self._title.setFont(strong_font())
        self._title.setTextFormat(Qt.TextFormat.PlainText)
        self._reason = muted_label(wrap=True)
        self.search = TypeAhead(placeholder=self.tr("Type to search"))
        self.search.setAccessibleName(self.tr("What the value means"))
        self.search.set_source(self._find)
        self.search.chosen.connect(lambda option: self.answered.emit(str(option.key), option.text))
        self.buttons: list[QPushButton] = []
        self._runners = QWidget()
        self._flow = FlowLayout(self._runners)
        self.skip = push_button(
            outcomes()["skip"], self._taker("skip", outcomes()["skip"]), icon_name="trash"
        )
        self.skip.setToolTip(self.tr("Leave out the rows with this value (Alt+0)"))
        self.back = push_button(self.tr("Back to automatic"), self.taken_back.emit, kind="link")
        self._lay_out()
        self._build_keys()
        self.show_value(None, 0, chosen=False)

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(12)
        top.addWidget(self._title)
        top.addWidget(self._reason, 1)
        top.addWidget(self.back)
        below = QHBoxLayout()
        below.setSpacing(8)
        self._label = QLabel(self.tr("Means"))
        self._label.setBuddy(self.search)
        below.addWidget(self._label)
        self.search.setMinimumWidth(260)
        self.search.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.search.setAutoFillBackground(False)
        below.addWidget(self.search)
        below.addStretch(1)
        below.addWidget(self.skip)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(6)
        column.addLayout(top)
        column.addWidget(self._runners)
        column.addLayout(below)

    def _build_keys(self) -> None:
        around = Qt.ShortcutContext.WidgetWithChildrenShortcut
        owner = self.parentWidget() or self
        take = self.tr("Take proposal {number}")
        named = [(f"Alt+{n}", take.format(number=n), n - 1) for n in range(1, KEYS + 1)]
        for keys, text, place in [*named, ("Alt+0", self.skip.text(), -1)]:
            action = QAction(text, owner)
            action.setShortcut(QKeySequence(keys))
            action.setShortcutContext(around)
            action.triggered.connect(lambda _=False, at=place: self._click(at))
            owner.addAction(action)

    def _click(self, place: int) -> None:
        if place < 0:
            self.skip.click()
        elif place < len(self.buttons) and self.isEnabled():
            self.buttons[place].click()

    def _taker(self, key: str, name: str) -> Callable[[], None]:
        return lambda: self.answered.emit(key, name)

    # ---------------------------------------------------------------- showing

    def show_value(self, row: ValueRow | None, selected: int, *, chosen: bool) -> None:
        """Show a value; ``selected`` of them get the answer."""
        same = row is not None and self._row is not None and row.id == self._row.id
        self._row = row
        self.setEnabled(row is not None)
        self.back.setVisible(chosen)
        self._title.setText(self._heading(row, selected))
        self._reason.setText(sentence_case(row.reason) if row and selected < 2 else "")
        self.skip.setVisible(row is None or row.dictionary != PRICE_WORDS)
        self._show_runners(row)
        if not same:
            self.search.set_value(None, "")

    def _heading(self, row: ValueRow | None, selected: int) -> str:
        if row is None:
            return self.tr("No value is selected")
        if selected > 1:
            return self.tr("{count} values").format(count=formats.number(selected))
        where = row.context_name or row.context
        if where:
            return self.tr("“{value}” in {place}").format(value=row.value, place=where)
        return f"“{row.value}”"

    def _show_runners(self, row: ValueRow | None) -> None:
        for button in self.buttons:
            self._flow.removeWidget(button)
            button.hide()
            button.deleteLater()
        self.buttons = []
        words = row is not None and row.dictionary == PRICE_WORDS
        most = len(row.alternatives) if row and words else RUNNERS_UP
        for place, other in enumerate(row.alternatives[:most] if row else ()):
            name = other.name if words else with_key(other.name, other.key)
            score = f"  {other.score:.0f} %" if other.score else ""
            button = push_button(
                f"{place + 1}  {name}{score}".replace("&", "&&"), self._taker(other.key, name)
            )
            hint = self.tr("Take {name} (Alt+{number})")
            button.setToolTip(hint.format(name=name, number=place + 1))
            self._flow.addWidget(button)
            button.show()
            self.buttons.append(button)

    # ---------------------------------------------------------------- searching

    def _find(self, text: str, reply: Reply) -> None:
        row = self._row
        if row is None:
            reply([])
            return
        if not text.strip():
            reply([Option(a.key, a.name, a.key, (a.score / 100) or None) for a in row.alternatives])
            return
        self.wizard.page(
            ("search", id(self)),
            lambda ctx, session: session.search(ctx, row.dictionary, text, context=row.context),
            lambda found: reply([Option(f.key, f.name, f.detail or f.key) for f in found]),
        )

    def type_on(self, event: QKeyEvent) -> None:
        """Begin a search with a letter that was typed in the list."""
        if not self.search.isHidden() and self.isEnabled():
            self.search.line.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.search.line.selectAll()
            QApplication.sendEvent(self.search.line, event)
