"""A date that is typed, as people write it or as 2026-09-30, or picked from a calendar."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QDate, QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCalendarWidget, QFrame, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app.ui import formats
from app.ui.look.marks import set_mark
from app.ui.widgets.buttons import icon_button
from app.ui.widgets.date_field import color_calendar

WIDTH = 150


class DateEntry(QWidget):
    """One date or none. Alt+Down, or its button, opens the calendar."""

    edited = Signal()
    """The person typed or picked; the text need not be a date yet."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.line = QLineEdit()
        self.line.setPlaceholderText(formats.date_pattern())
        self.line.setFixedWidth(WIDTH)
        self.line.installEventFilter(self)
        self.line.textEdited.connect(lambda _: self.edited.emit())
        self.line.editingFinished.connect(self._tidy)
        self.button = icon_button("calendar", self.tr("Choose a date"), self.open_calendar)
        self.popup: QFrame | None = None
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.line)
        row.addWidget(self.button)
        row.addStretch(1)
        self.setFocusProxy(self.line)

    def day(self) -> date | None:
        """Return the date, None for an empty field. Raises ValueError with a sentence."""
        text = self.line.text().strip()
        return formats.parse_date(text) if text else None

    def text(self) -> str:
        """Return what is written."""
        return self.line.text()

    def set_day(self, value: date | None) -> None:
        """Show a date, or none. No signal."""
        self.line.setText(formats.date(value))

    def set_text(self, text: str) -> None:
        """Show a text that may be no date. No signal."""
        self.line.setText(text)

    def setAccessibleName(self, name: str) -> None:
        super().setAccessibleName(name)
        self.line.setAccessibleName(name)
        self.button.setAccessibleName(self.tr("Choose a date: {name}").format(name=name))

    def open_calendar(self) -> None:
        """Show a calendar below the field; a click or Enter takes the day, Esc closes it."""
        calendar = QCalendarWidget()
        calendar.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.ISOWeekNumbers)
        calendar.setAccessibleName(self.tr("Calendar"))
        color_calendar(calendar)
        try:
            shown = self.day()
        except ValueError:
            shown = None
        if shown is not None:
            calendar.setSelectedDate(QDate(shown.year, shown.month, shown.day))
        self.popup = QFrame(self, Qt.WindowType.Popup)
        self.popup.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.popup.destroyed.connect(self._popup_gone)
        set_mark(self.popup, "popup", True)
        column = QVBoxLayout(self.popup)
        column.setContentsMargins(4, 4, 4, 4)
        column.addWidget(calendar)
        calendar.activated.connect(self._pick)
        calendar.clicked.connect(self._pick)
        self.popup.move(self.line.mapToGlobal(QPoint(0, self.line.height() + 2)))
        self.popup.show()
        calendar.setFocus()

    def _popup_gone(self) -> None:
        self.popup = None

    def _pick(self, day: QDate) -> None:
        self.set_day(date(day.year(), day.month(), day.day()))
        if self.popup is not None:
            self.popup.close()
        self.line.setFocus()
        self.edited.emit()

    def _tidy(self) -> None:
        """Write a date that can be read the way dates are written here."""
        try:
            self.set_day(self.day())
        except ValueError:
            return

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.line and event.type() == QEvent.Type.KeyPress:
            assert isinstance(event, QKeyEvent)
            alt = event.modifiers() == Qt.KeyboardModifier.AltModifier
            if (event.key() == Qt.Key.Key_Down and alt) or event.key() == Qt.Key.Key_F4:
                self.open_calendar()
                return True
        return False
