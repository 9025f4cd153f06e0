"""Two people saved one record: field by field, what stays (GEN-4). Closing it loses nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QRadioButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.domain.sections import Field, Section
from app.ui.forms.shown import shown_text
from app.ui.look.fonts import strong_font
from app.ui.widgets.buttons import push_button
from app.ui.widgets.card import muted_label
from app.ui.widgets.message_bar import MessageBar

THEIRS, MINE = 0, 1
_TITLE_WIDTH = 100
_COLUMN_WIDTH = 200


@dataclass(frozen=True, slots=True)
class Difference:
    """One field: what it was when the edit began, what is stored now, what this person wrote."""

    field: Field
    base: Any
    theirs: Any
    mine: Any


def differences(
    section: Section,
    base: Mapping[str, Any],
    theirs: Mapping[str, Any],
    mine: Mapping[str, Any],
) -> list[Difference]:
    """Return the fields in which the stored record and the edited one differ."""
    found = []
    for field in section.form:
        if field.computed:
            continue
        parts = [values.get(field.name) or None for values in (base, theirs, mine)]
        if parts[1] != parts[2]:
            found.append(Difference(field, *parts))
    return found


class ConflictDialog(QDialog):
    """Lets a person choose theirs or mine for each field; ``chosen`` tells which fields are mine.

    A field that only one of the two changed is chosen already; ``base_known`` False (edits from
    before a crash) chooses none.
    """

    def __init__(
        self,
        parent: QWidget,
        text: str,
        found: Sequence[Difference],
        labels: tuple[Mapping[str, str], Mapping[str, str]],
        *,
        base_known: bool = True,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Saved by somebody else meanwhile"))
        self.setModal(True)
        self.found = list(found)
        self._labels = labels
        self.groups: dict[str, QButtonGroup] = {}
        self.bar = MessageBar(self)
        self.bar.show_message(text, kind="warn", closable=False)
        self.save_button = push_button(self.tr("Save these"), self.accept, kind="primary")
        self.reason = muted_label()
        self._lay_out()
        for button in self.findChildren(QPushButton):
            button.setAutoDefault(False)  # Enter must not save by accident
        for difference in self.found:
            self._preset(difference, base_known)
        self._enable()

    def chosen(self) -> dict[str, bool]:
        """Return for each field that differs whether this person's value is kept."""
        return {name: group.checkedId() == MINE for name, group in self.groups.items()}

    def take_all(self, side: int) -> None:
        """Choose theirs or mine everywhere."""
        for group in self.groups.values():
            group.button(side).setChecked(True)
        self._enable()

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        heads = (self.tr("Field"), self.tr("Was"), self.tr("Theirs, saved"), self.tr("Mine"))
        for column, words in enumerate(heads):
            label = QLabel(words)
            label.setFont(strong_font())
            grid.addWidget(label, 0, column)
        for row, difference in enumerate(self.found, start=1):
            self._add_row(grid, row, difference)
        grid.setColumnMinimumWidth(0, _TITLE_WIDTH)
        for column in (1, 2, 3):
            grid.setColumnStretch(column, 1)
        grid.setRowStretch(len(self.found) + 1, 1)
        body = QWidget()
        body.setLayout(grid)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setWidget(body)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(push_button(self.tr("All theirs"), lambda: self.take_all(THEIRS)))
        buttons.addWidget(push_button(self.tr("All mine"), lambda: self.take_all(MINE)))
        buttons.addWidget(self.reason, 1)
        buttons.addWidget(self.save_button)
        buttons.addWidget(push_button(self.tr("Back to the form"), self.reject))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 12)
        layout.setSpacing(12)
        layout.addWidget(self.bar)
        layout.addWidget(scroll, 1)
        layout.addLayout(buttons)
        self.resize(760, min(240 + 40 * len(self.found), 560))

    def _add_row(self, grid: QGridLayout, row: int, difference: Difference) -> None:
        field = difference.field
        theirs, mine = self._labels
        group = QButtonGroup(self)
        self.groups[field.name] = group
        grid.addWidget(QLabel(field.title), row, 0, Qt.AlignmentFlag.AlignTop)
        was = _text(field, difference.base, "")
        grid.addWidget(_label(was), row, 1, Qt.AlignmentFlag.AlignTop)
        sides = (
            (THEIRS, self.tr("theirs"), _text(field, difference.theirs, theirs.get(field.name))),
            (MINE, self.tr("mine"), _text(field, difference.mine, mine.get(field.name))),
        )
        for side, word, text in sides:
            button = QRadioButton()
            button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
            button.setAccessibleName(f"{field.title}, {word}: {text}")
            group.addButton(button, side)
            cell = _Choice(button, text)
            grid.addWidget(cell, row, 2 + side, Qt.AlignmentFlag.AlignTop)
        group.idToggled.connect(lambda *_: self._enable())

    def _preset(self, difference: Difference, base_known: bool) -> None:
        if not base_known or difference.base not in (difference.theirs, difference.mine):
            return
        side = MINE if difference.theirs == difference.base else THEIRS
        self.groups[difference.field.name].button(side).setChecked(True)

    def _enable(self) -> None:
        open_ones = [d.field.title for d in self.found if self._is_open(d)]
        self.save_button.setEnabled(not open_ones)
        words = self.tr("Still to choose: {names}").format(names=", ".join(open_ones))
        self.reason.setText(words if open_ones else "")

    def _is_open(self, difference: Difference) -> bool:
        return self.groups[difference.field.name].checkedId() < 0


class _Choice(QWidget):
    """A radio button with a value that may be long; a click on the value chooses it too."""

    def __init__(self, button: QRadioButton, text: str) -> None:
        super().__init__()
        self._button = button
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(_label(text), 1)

    def mouseReleaseEvent(self, event: object) -> None:
        self._button.setChecked(True)
        self._button.setFocus()


def _label(text: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setMinimumWidth(_COLUMN_WIDTH - 40)
    label.setMaximumWidth(_COLUMN_WIDTH)
    return label


def _text(field: Field, value: Any, label: str | None) -> str:
    return shown_text(field, value, label or "") or "—"
