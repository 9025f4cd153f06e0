"""The numbers of the password policy, each beside what the guide has (appendix 1)."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QCheckBox, QLabel

from app.domain.passwords import PARAMETERS, Policy
from app.ui.access.settings_page import SettingsCard
from app.ui.widgets.buttons import push_button
from app.ui.widgets.number_box import NumberBox


class PolicyCard(SettingsCard):
    """A form over the policy; ``changed`` tells the numbers that differ from the stored ones."""

    edited = Signal()
    save_wanted = Signal()

    def __init__(self) -> None:
        super().__init__("")
        self.set_title(self.tr("Password policy and sign-in"))
        self.stored = Policy()
        self.numbers: dict[str, NumberBox] = {}
        self.checks: dict[str, QCheckBox] = {}
        self._notes: dict[str, tuple[QLabel, str]] = {}
        for parameter in PARAMETERS:
            box = NumberBox()
            box.setRange(parameter.least, parameter.most)
            box.setFixedWidth(96)
            box.valueChanged.connect(self._follow)
            self.numbers[parameter.name] = box
            unit = _told(parameter.unit)
            note = self.add_line(_told(parameter.title), box, parameter.name, unit)
            self._notes[parameter.name] = (note, unit)
        self._check("first_change", self.tr("First sign-in"), self.tr("Change a given password"))
        self._check("refuse_common", self.tr("Common passwords"), self.tr("Refuse them"))
        self.save = push_button(self.tr("Save"), self.save_wanted.emit, kind="primary")
        self.undo = push_button(self.tr("Cancel"), lambda: self.show_policy(self.stored))
        self.standard = push_button(
            self.tr("Default values"), lambda: self._put(Policy()), kind="link"
        )
        self.add_buttons(self.save, self.undo, self.standard)
        self.show_policy(self.stored)

    def _check(self, name: str, title: str, text: str) -> None:
        box = QCheckBox(text)
        box.setAccessibleName(f"{title}: {text}")
        box.toggled.connect(self._follow)
        self.checks[name] = box
        self.add_line(title, box)

    def show_policy(self, policy: Policy) -> None:
        """Show the stored policy."""
        self.stored = policy
        self._put(policy)
        self.show_problems({})

    def changes(self) -> dict[str, Any]:
        """Return what differs from the stored policy."""
        stored = asdict(self.stored)
        return {n: v for n, v in self.values().items() if stored[n] != v}

    def values(self) -> dict[str, Any]:
        """Return all values as they stand in the form."""
        found: dict[str, Any] = {n: box.value() for n, box in self.numbers.items()}
        return found | {n: box.isChecked() for n, box in self.checks.items()}

    def put(self, values: dict[str, Any]) -> None:
        """Put values into the form, as edits."""
        for name, value in values.items():
            if name in self.numbers:
                self.numbers[name].setValue(int(value))
            elif name in self.checks:
                self.checks[name].setChecked(bool(value))

    def set_usable(self, usable: bool) -> None:
        """Let the form be edited, or read only."""
        for box in (*self.numbers.values(), *self.checks.values()):
            box.setEnabled(usable)
        for button in (self.save, self.undo, self.standard):
            button.setVisible(usable)

    def _put(self, policy: Policy) -> None:
        self.put(asdict(policy))
        self._follow()

    def _follow(self, *_: object) -> None:
        standard = asdict(Policy())
        for name, (note, unit) in self._notes.items():
            differs = self.numbers[name].value() != standard[name]
            told = self.tr("{0} – default {1}").format(unit, standard[name])
            note.setText(told if differs else unit)
        changed = bool(self.changes())
        self.save.setEnabled(changed)
        self.undo.setEnabled(changed)
        self.edited.emit()


def _told(text: str) -> str:
    return QCoreApplication.translate("policy", text)
