"""What a role may see and change: areas in groups, each with None, View or Manage."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from itertools import groupby
from typing import Any, ClassVar

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QRadioButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.domain.permissions import AREAS, BACKOFFICE, MANAGE, VIEW, Area
from app.domain.sections import Field
from app.ui import formats
from app.ui.forms.editor import FieldEditor
from app.ui.forms.shown import level_title
from app.ui.look.fonts import heading_font
from app.ui.look.icons import icon
from app.ui.look.marks import set_mark
from app.ui.widgets.card import muted_label

LEVELS = ("", VIEW, MANAGE)
"""None, View, Manage: the columns."""

_WIDTH = 560
_COLUMN = 84


class CellsEditor(FieldEditor):
    """A group of areas below another; ``field.zone`` = the field with the application."""

    WIDTH: ClassVar[int] = _WIDTH
    READS: ClassVar[bool] = True

    def __init__(self, field: Field) -> None:
        self.box = QWidget()
        super().__init__(field, self.box)
        self.groups: list[AreaGroup] = []
        self._application = ""
        self._values: dict[str, str] = {}
        self._read_only = False
        self._column = QVBoxLayout(self.box)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        self.box.setFixedWidth(_WIDTH)
        self._build(BACKOFFICE)

    def put(self, value: Any, label: str = "") -> None:
        self._values = {str(area): str(level) for area, level in dict(value or {}).items()}
        for group in self.groups:
            group.put(self._values)

    def value(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for group in self.groups:
            found |= group.value()
        return found

    def follow(self, values: Mapping[str, Any]) -> None:
        wanted = str(values.get(self.field.zone) or "") if self.field.zone else ""
        if wanted in AREAS and wanted != self._application:
            self._build(wanted)

    def set_read_only(self, read_only: bool) -> None:
        self._read_only = read_only
        for group in self.groups:
            group.set_read_only(read_only)

    def set_invalid(self, invalid: bool) -> None:
        set_mark(self.box, "invalid", invalid)

    def _build(self, application: str) -> None:
        """Show the areas of an application; levels of areas that both have stay."""
        left = {area.id for area in AREAS.get(self._application, ())}
        kept = {name: level for name, level in self._values.items() if name not in left}
        self._values = {**kept, **self.value()}
        self._application = application
        for old in self.groups:
            self._column.removeWidget(old)
            old.hide()
            old.deleteLater()
        by_group = groupby(AREAS[application], key=lambda area: area.group)
        self.groups = [AreaGroup(title, areas) for title, areas in by_group]
        for group in self.groups:
            self._column.addWidget(group)
            group.put(self._values)
            group.set_read_only(self._read_only)
            group.edited.connect(self._tell)
        if self.groups:
            self.box.setFocusProxy(self.groups[0].head)


class AreaGroup(QWidget):
    """A heading "Settings (3 of 11)" that folds, one setting for all of them, and their rows.

    The rows are made when they are first looked at.
    """

    edited = Signal()

    def __init__(self, title: str, areas: Iterable[Area]) -> None:
        super().__init__()
        self._title = _tr(title)
        self.areas = tuple(areas)
        self._levels: dict[str, str] = {}
        self._rows: list[AreaRow] = []
        self._read_only = False
        self.head = QToolButton(self)
        self.head.setFont(heading_font())
        self.head.setCheckable(True)
        self.head.setAutoRaise(True)
        self.head.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.head.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.head.setProperty("fold", True)
        self.head.toggled.connect(self._fold)
        self.all = LevelChoice(_tr("All of {name}").format(name=self._title), self)
        self.all.chosen.connect(self._set_all)
        self.body = QWidget(self)
        self._lay_out()
        self._fold(False)
        self._count()

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setContentsMargins(0, 0, 0, 0)
        top.addWidget(self.head)
        top.addStretch(1)
        top.addWidget(self.all)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(top)
        column.addWidget(self.body)

    @property
    def rows(self) -> list[AreaRow]:
        """Return the rows of the areas."""
        if not self._rows:
            self._make_rows()
        return self._rows

    def _make_rows(self) -> None:
        grid = QGridLayout(self.body)
        grid.setContentsMargins(22, 0, 0, 4)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(0, 1)
        for number, area in enumerate(self.areas):
            row = AreaRow(area, self.body)
            grid.addWidget(row.title, number, 0)
            grid.addWidget(row.levels, number, 1)
            row.levels.put(self._levels.get(area.id, ""))
            row.levels.set_read_only(self._read_only)
            row.levels.chosen.connect(partial(self._choose, area.id))
            self._rows.append(row)

    def put(self, values: Mapping[str, str]) -> None:
        """Show levels. No signal."""
        self._levels = {a.id: level for a in self.areas if (level := values.get(a.id, ""))}
        for row in self._rows:
            row.levels.put(self._levels.get(row.area.id, ""))
        self._count()

    def value(self) -> dict[str, str]:
        """Return the levels granted, by area."""
        return {a.id: self._levels[a.id] for a in self.areas if self._levels.get(a.id)}

    def set_read_only(self, read_only: bool) -> None:
        """Show words instead of what can be chosen."""
        self._read_only = read_only
        for row in self._rows:
            row.levels.set_read_only(read_only)
        self.all.setVisible(not read_only)

    def _set_all(self, level: str) -> None:
        self.put({area.id: level for area in self.areas})
        self.edited.emit()

    def _choose(self, area: str, level: str) -> None:
        self._levels[area] = level
        self._count()
        self.edited.emit()

    def _fold(self, unfolded: bool) -> None:
        self.head.setIcon(icon("chevron-down" if unfolded else "chevron-right"))
        if unfolded and not self._rows:
            self._make_rows()
        self.body.setVisible(unfolded)

    def _count(self) -> None:
        levels = {self._levels.get(area.id, "") for area in self.areas}
        words = _tr("{name} ({n} of {all})").format(
            name=self._title,
            n=formats.number(len(self.value())),
            all=formats.number(len(self.areas)),
        )
        self.head.setText(words)
        self.head.setAccessibleName(words)
        self.all.put(levels.pop() if len(levels) == 1 else None)


class AreaRow:
    """An area of permissions: its name, with what it is about, and its level."""

    def __init__(self, area: Area, parent: QWidget) -> None:
        self.area = area
        title = QCoreApplication.translate("permissions", area.title)
        self.title = QLabel(title, parent)
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.title.setToolTip(QCoreApplication.translate("permissions", area.help))
        self.title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.levels = LevelChoice(title, parent)


class LevelChoice(QWidget):
    """None, View or Manage; arrows change it. Of a group that differs nothing is chosen (None)."""

    chosen = Signal(str)

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._level: str | None = ""
        self.buttons = QButtonGroup(self)
        self.word = muted_label()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        buttons = [QRadioButton(level_title(level), self) for level in LEVELS]
        width = max(_COLUMN, *(button.sizeHint().width() for button in buttons))
        for place, (level, button) in enumerate(zip(LEVELS, buttons, strict=True)):
            button.setFixedWidth(width)
            button.setAccessibleName(f"{name}: {level_title(level)}")
            self.buttons.addButton(button, place)
            row.addWidget(button)
        row.addWidget(self.word)
        self.word.setFixedWidth(width)
        self.word.hide()
        self.buttons.idClicked.connect(self._clicked)

    def put(self, level: str | None) -> None:
        """Show a level, None for several. No signal."""
        self._level = level
        if level is None:
            self.buttons.setExclusive(False)
            for button in self.buttons.buttons():
                button.setChecked(False)
            self.buttons.setExclusive(True)
        else:
            self.buttons.button(LEVELS.index(level if level in LEVELS else "")).setChecked(True)
        self.word.setText(level_title(level or ""))
        set_mark(self.word, "tone", "" if level else "muted")

    def value(self) -> str:
        """Return the level, "" for none."""
        return self._level or ""

    def set_read_only(self, read_only: bool) -> None:
        """Show the level as a word."""
        for button in self.buttons.buttons():
            button.setVisible(not read_only)
        self.word.setVisible(read_only)

    def _clicked(self, place: int) -> None:
        self.put(LEVELS[place])
        self.chosen.emit(LEVELS[place])


def _tr(text: str) -> str:
    return QCoreApplication.translate("permissions", text)
