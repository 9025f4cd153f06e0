"""Questions whose buttons say what they do; never Yes and No (items 25 and 27)."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, QRect, QStringListModel, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QLabel,
    QListView,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.ui.look.fonts import heading_font
from app.ui.look.sign import Sign
from app.ui.widgets.buttons import push_button

YES = "yes"
CANCEL = "cancel"

_WIDTH = 460
_SHOWN_DETAILS = 8
_DETAILS_WIDTH = 360
"""Least pixels for the text of a detail: the dialog without its margins and sign."""

_LINE = 20


class Question(QDialog):
    """A modal question. ``open()`` it and read :attr:`answer` when ``finished`` is emitted.

    ``answer`` is "yes", "cancel" or the text of one of the ``more`` buttons. A dangerous question
    has Cancel as its default, so that Enter alone destroys nothing. ``body`` stands below the
    text.
    """

    def __init__(
        self,
        parent: QWidget | None,
        title: str,
        text: str,
        *,
        yes: str,
        details: Sequence[str] = (),
        danger: bool = False,
        more: Sequence[str] = (),
        cancel: str = "",
        body: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.answer = CANCEL
        self.setWindowTitle(title)
        self.setModal(True)
        self._danger = danger
        self.yes_button = push_button(yes, self._yes, kind="danger" if danger else "primary")
        self.cancel_button = push_button(cancel or self.tr("Cancel"), self.reject)
        self.more_buttons = [self._more_button(words) for words in more]
        for button in (self.yes_button, self.cancel_button, *self.more_buttons):
            button.setAutoDefault(True)
        (self.cancel_button if danger else self.yes_button).setDefault(True)
        self._lay_out(title, text, list(details), body)

    def _lay_out(self, title: str, text: str, details: list[str], body: QWidget | None) -> None:
        tone = "warn" if self._danger else "info"
        sign = Sign("warning" if self._danger else "help", tone, side=24)
        heading = QLabel(title)
        heading.setFont(heading_font())
        heading.setWordWrap(True)
        words = QLabel(text)
        words.setWordWrap(True)
        words.setTextFormat(Qt.TextFormat.PlainText)
        words.setVisible(bool(text))
        column = QVBoxLayout()
        column.setSpacing(8)
        column.addWidget(heading)
        column.addWidget(words)
        if details:
            column.addWidget(_list_of(details, self.tr("Details")))
        if body is not None:
            column.addWidget(body)
        around = QHBoxLayout()
        around.setSpacing(12)
        around.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
        around.addLayout(column, 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(16, 16, 16, 12)
        outer.setSpacing(16)
        outer.addLayout(around)
        outer.addStretch(1)
        outer.addLayout(self._button_row())
        self.setMinimumWidth(_WIDTH)
        self.setAccessibleDescription(text)

    def _button_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch(1)
        for button in (self.yes_button, *self.more_buttons, self.cancel_button):
            row.addWidget(button)
        return row

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        (self.cancel_button if self._danger else self.yes_button).setFocus()

    def _more_button(self, words: str) -> QPushButton:
        return push_button(words, lambda: self._take(words))

    def _yes(self) -> None:
        self._take(YES)

    def _take(self, answer: str) -> None:
        self.answer = answer
        self.accept()


def ask(
    parent: QWidget | None,
    title: str,
    text: str,
    *,
    yes: str,
    details: Sequence[str] = (),
    danger: bool = False,
    more: Sequence[str] = (),
) -> str | bool:
    """Ask and wait: True for ``yes``, False for Cancel, else the text of the ``more`` button."""
    question = Question(parent, title, text, yes=yes, details=details, danger=danger, more=more)
    question.exec()
    answer = question.answer
    question.deleteLater()
    return answer if answer not in (YES, CANCEL) else answer == YES


class SaveQuestion(Question):
    """Save, discard or cancel before something unsaved is closed; ``choice`` tells which."""

    def __init__(self, parent: QWidget | None, title: str, names: Sequence[str]) -> None:
        translate = QCoreApplication.translate
        several = translate("SaveQuestion", "What is not saved is lost when it is discarded.")
        told = translate("SaveQuestion", "“{0}” has edits that are not saved; Discard loses them.")
        super().__init__(
            parent,
            title,
            told.format(names[0]) if len(names) == 1 else several,
            yes=translate("SaveQuestion", "Save"),
            details=names if len(names) > 1 else (),
            more=(translate("SaveQuestion", "Discard"),),
        )

    @property
    def choice(self) -> str:
        """Return "save", "discard" or "cancel"."""
        return {YES: "save", CANCEL: "cancel"}.get(self.answer, "discard")


def ask_save(parent: QWidget | None, title: str, names: Sequence[str]) -> str:
    """Ask and wait what becomes of unsaved edits: "save", "discard" or "cancel"."""
    question = SaveQuestion(parent, title, names)
    question.exec()
    choice = question.choice
    question.deleteLater()
    return choice


def _list_of(lines: list[str], name: str) -> QListView:
    """Return a read-only list as high as its first eight lines, long ones wrapped."""
    view = QListView()
    view.setModel(QStringListModel(lines, view))
    view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    view.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
    view.setWordWrap(True)
    view.setResizeMode(QListView.ResizeMode.Adjust)
    view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    view.setAccessibleName(name)
    letters = view.fontMetrics()
    within = QRect(0, 0, _DETAILS_WIDTH, 0)
    shown = [
        max(letters.boundingRect(within, Qt.TextFlag.TextWordWrap, line).height(), _LINE)
        for line in lines[:_SHOWN_DETAILS]
    ]
    view.setSpacing(1)
    view.setFixedHeight(sum(shown) + 2 * len(shown) + 10)
    return view
