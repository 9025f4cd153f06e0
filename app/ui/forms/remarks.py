"""Small texts around a field, made when there is first something to say: most fields say little."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QBoxLayout, QLabel, QWidget

from app.ui.look.fonts import small_font
from app.ui.look.marks import set_mark
from app.ui.look.sign import Sign

_SIGN = 14
_BESIDE = 3
"""Share of a line that a remark may take, where the value beside it takes 1."""

_ROUNDED = 4
"""Pixels by which a label may need more than its text measures."""

_ICONS = {"error": "error", "warn": "warning"}
_TOP = Qt.AlignmentFlag.AlignTop


class Remark:
    """A label in ``line``, hidden while it says nothing; errors and warnings have a sign too.

    ``beside`` = it stands at the end of a value's line, and takes no more of it than it says.
    """

    def __init__(
        self, line: QBoxLayout, parent: QWidget, tone: str, *, wrap: bool, beside: bool = False
    ) -> None:
        self._line, self._parent = line, parent
        self._tone, self._wrap, self._beside = tone, wrap, beside
        self._made: QLabel | None = None
        self._sign: Sign | None = None

    def say(self, text: str, tone: str = "") -> None:
        """Show a text, "" for none; ``tone`` is another one than its own."""
        if self._made is None and not text:
            return
        label = self.label
        label.setText(text)
        if self._beside:
            label.setMaximumWidth(label.fontMetrics().horizontalAdvance(text) + _ROUNDED)
        label.setVisible(bool(text))
        set_mark(label, "tone", tone or self._tone)
        if self._sign is not None:
            self._sign.setVisible(bool(text))

    @property
    def label(self) -> QLabel:
        """Return the label."""
        if self._made is None:
            self._made = self._make()
        return self._made

    def _make(self) -> QLabel:
        label = QLabel(self._parent)
        label.setFont(small_font())
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(self._wrap)
        label.setProperty("tone", self._tone)
        label.hide()
        if self._tone in _ICONS:
            self._sign = Sign(_ICONS[self._tone], self._tone, side=_SIGN, parent=self._parent)
            self._sign.hide()
            self._line.addWidget(self._sign, 0, _TOP)
        share = _BESIDE if self._beside else int(self._wrap)
        self._line.addWidget(label, share, _TOP if not self._wrap else _ANY)
        return label


_ANY = Qt.AlignmentFlag(0)
