"""A date with its calendar, in the language's order with a year of four digits."""

from __future__ import annotations

import datetime as dt

from PySide6.QtCore import QDate, QLocale, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QTextCharFormat
from PySide6.QtWidgets import QCalendarWidget, QDateEdit, QWidget

from app.ui import formats
from app.ui.look.theme import theme

_ALL_DAYS = tuple(Qt.DayOfWeek)


class DateField(QDateEdit):
    """A date edit that also takes a pasted date, in the language's order or as 2026-09-30."""

    def __init__(self, value: dt.date | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setCalendarPopup(True)
        self.setDisplayFormat(formats.date_format())
        self.set_value(value or dt.date.today())  # noqa: DTZ011 - the person's own day
        self.calendarWidget().setFirstDayOfWeek(QLocale().firstDayOfWeek())
        theme().changed.connect(self._color)
        self._color()

    def value(self) -> dt.date:
        """Return the date."""
        day = self.date()
        return dt.date(day.year(), day.month(), day.day())

    def set_value(self, value: dt.date) -> None:
        """Show a date."""
        self.setDate(QDate(value.year, value.month, value.day))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not event.matches(QKeySequence.StandardKey.Paste):
            super().keyPressEvent(event)
            return
        try:
            self.set_value(formats.parse_date(QGuiApplication.clipboard().text()))
        except ValueError as problem:
            self.setToolTip(str(problem))

    def _color(self) -> None:
        color_calendar(self.calendarWidget())


def color_calendar(calendar: QCalendarWidget) -> None:
    """Give a calendar's days the theme's colours; Qt paints weekends in a fixed red."""
    workdays = set(QLocale().weekdays())
    for day in _ALL_DAYS:
        text = QTextCharFormat()
        text.setForeground(theme().color("text" if day in workdays else "muted"))
        calendar.setWeekdayTextFormat(day, text)
    header = QTextCharFormat()
    header.setForeground(theme().color("muted"))
    calendar.setHeaderTextFormat(header)
