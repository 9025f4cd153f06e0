"""A date and a time of day in the time zone of another field, or none: without end."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar

from PySide6.QtCore import QCoreApplication, QLocale, Qt
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSizePolicy, QWidget

from app.domain.sections import Field
from app.domain.zones import settled
from app.ui import formats
from app.ui.forms.date_entry import DateEntry
from app.ui.forms.editor import FieldEditor
from app.ui.look.marks import set_mark
from app.ui.widgets.buttons import push_button
from app.ui.widgets.card import muted_label

TIME_WIDTH = 64
_WIDTH = 560
_ZONE_WIDTH = 200
MIDNIGHT = "00:00"

_TIME = re.compile(r"(\d{1,2})(?:[:.h](\d{2}))?(?:[:.]00)?")


class MomentEditor(FieldEditor):
    """A date, a time ("00:00" if none is given) and the zone beside them.

    One that is not required has a button that empties it: it means without end.
    """

    WIDTH: ClassVar[int] = _WIDTH

    def __init__(self, field: Field) -> None:
        self.box = QWidget()
        super().__init__(field, self.box)
        self._zone = ""
        self.day = DateEntry()
        self.time = QLineEdit()
        self.zone = muted_label()
        self.endless = push_button(
            QCoreApplication.translate("MomentEditor", "∞ Indefinitely"), self.clear, kind="link"
        )
        self._lay_out()
        self._name()
        self.day.edited.connect(self._tell)
        self.time.textEdited.connect(self._tell)
        self.day.line.editingFinished.connect(self._tidy)
        self.time.editingFinished.connect(self._tidy)

    def _lay_out(self) -> None:
        row = QHBoxLayout(self.box)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        self.time.setFixedWidth(TIME_WIDTH)
        self.day.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self.time.setPlaceholderText(MIDNIGHT)
        row.addWidget(self.day)
        row.addWidget(self.time)
        row.addWidget(self.endless)
        row.addWidget(self.zone)
        row.addStretch(1)
        self.box.setFocusProxy(self.day)
        self.box.setFixedWidth(self.WIDTH)
        self.endless.setVisible(not self.field.required)
        if not self.field.required:
            self.day.line.setPlaceholderText(formats.OPEN_END)

    def _name(self) -> None:
        translate = QCoreApplication.translate
        name = self.box.accessibleName()
        self.day.setAccessibleName(name)
        self.time.setAccessibleName(
            translate("MomentEditor", "Time of {name}").format(name=self.field.title)
        )
        words = translate("MomentEditor", "Take the date away: without an end")
        self.endless.setToolTip(words)
        self.endless.setAccessibleName(words)

    # ------------------------------------------------------------------ value

    def put(self, value: Any, label: str = "") -> None:
        self.day.set_day(value.date() if isinstance(value, datetime) else value)
        self.time.setText(f"{value:%H:%M}" if isinstance(value, datetime) else "")

    def clear(self) -> None:
        """Take date and time away, as the person asked."""
        self.put(None)
        self.edited.emit()

    def value(self) -> datetime | None:
        day, written = self.day.day(), self.time.text().strip()
        if day is None and not written:
            return None
        if day is None:
            raise ValueError(
                QCoreApplication.translate(
                    "MomentEditor", "Give the date too, or take the time away."
                )
            )
        return moment_of(day, written)

    def memo(self) -> list[str]:
        return [self.day.text(), self.time.text()]

    def recall(self, memo: Any) -> None:
        self.day.set_text(str(memo[0]))
        self.time.setText(str(memo[1]))

    def follow(self, values: Mapping[str, Any]) -> None:
        self._zone = str(values.get(self.field.zone) or "")
        elide = Qt.TextElideMode.ElideMiddle
        self.zone.setText(self.zone.fontMetrics().elidedText(self._zone, elide, _ZONE_WIDTH))
        self.zone.setToolTip(self._zone)

    def set_invalid(self, invalid: bool) -> None:
        set_mark(self.day.line, "invalid", invalid)
        set_mark(self.time, "invalid", invalid)

    def _tidy(self) -> None:
        """Write a moment that can be read as moments are written; a time that clocks skip moves."""
        try:
            value = self.value()
            settled_one = settled(value, self._zone) if value and self._zone else value
        except (ValueError, OverflowError):
            return
        self.put(settled_one)


def moment_of(day: date, written: str) -> datetime:
    """Return a date with a time as people write it: 8:30, 08.30, 8, 8:30 PM, 24:00.

    Raises ValueError with a sentence.
    """
    if not written:
        return datetime.combine(day, time())
    known = QLocale().toTime(written, QLocale.FormatType.ShortFormat)
    if known.isValid():
        return datetime.combine(day, time(known.hour(), known.minute()))
    found = _TIME.fullmatch(written)
    hour, minute = (int(found[1]), int(found[2] or 0)) if found else (99, 0)
    if (hour, minute) == (24, 0) and day < date.max:
        return datetime.combine(day + timedelta(days=1), time())
    if hour > 23 or minute > 59:
        words = QCoreApplication.translate("MomentEditor", "“{text}” is no time: write 08:30.")
        raise ValueError(words.format(text=written))
    return datetime.combine(day, time(hour, minute))
