"""The form of a record and the lists that belong to it: one below the other, or side by side."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QTabWidget

from app.ui.forms.form import RecordForm
from app.ui.forms.panels import RecordPanels

LIST_WIDTH = 560
"""Pixels that a list beside the form needs; without them it stands below."""

LIST_PART = 0.45
"""Part of the height that a list below a long form gets."""


_SLACK = 12


class RecordSplit(QSplitter):
    """Gives the form what it needs and the lists the rest, until a person moves the border."""

    def __init__(self, form: RecordForm, tabs: QTabWidget, panels: RecordPanels) -> None:
        super().__init__(Qt.Orientation.Vertical)
        self._form, self._tabs, self._panels = form, tabs, panels
        self._moved = False
        self.addWidget(tabs)
        self.addWidget(panels)
        self.setChildrenCollapsible(False)
        self.setStretchFactor(1, 1)
        self.splitterMoved.connect(self._take_move)
        panels.installEventFilter(self)

    def fit(self) -> None:
        """Share the room anew."""
        if self._panels.isHidden():
            return
        need = self._form.needed()
        wide = self.width() >= need.width() + LIST_WIDTH
        orientation = Qt.Orientation.Horizontal if wide else Qt.Orientation.Vertical
        if orientation != self.orientation():
            self._moved = False
            self.setOrientation(orientation)
        if self._moved:
            return
        if wide:
            self.setSizes([need.width(), self.width() - need.width()])
        else:
            most = int(self.height() * (1 - LIST_PART))
            own = min(need.height() + self._tabs.tabBar().sizeHint().height() + _SLACK, most)
            self.setSizes([own, self.height() - own])

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._panels and event.type() == QEvent.Type.ShowToParent:
            self.fit()
        return False

    def _take_move(self, _place: int, _index: int) -> None:
        self._moved = True
