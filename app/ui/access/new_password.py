"""Choosing a new password: the rules tick as they are met, or one is generated and copied."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.domain import passwords
from app.domain.passwords import Policy
from app.ui.access.password_line import PasswordLine
from app.ui.look.marks import set_mark
from app.ui.look.sign import Sign
from app.ui.widgets.announce import announce
from app.ui.widgets.buttons import push_button


@dataclass(frozen=True, slots=True)
class PasswordRules:
    """What a new password is judged by: the policy, the person's names, common passwords."""

    policy: Policy = field(default_factory=Policy)
    names: tuple[str, ...] = ()
    common: Collection[str] = frozenset()


class RuleList(QWidget):
    """The rules of the policy, one a line: a tick when it is met, a ring while it is not."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)
        self._lines: dict[str, tuple[Sign, Sign, QLabel]] = {}
        self.met: dict[str, bool] = {}

    def show_rules(self, found: Sequence[tuple[str, str, bool]]) -> None:
        """Show rules as (id, text, met)."""
        for rule, title, met in found:
            if rule not in self._lines:
                self._add(rule)
            tick, ring, label = self._lines[rule]
            tick.setVisible(met)
            ring.setVisible(not met)
            label.setText(title)
            state = self.tr("met") if met else self.tr("not met yet")
            label.setAccessibleName(f"{title}: {state}")
            set_mark(label, "tone", "ok" if met else "muted")
            self.met[rule] = met

    def _add(self, rule: str) -> None:
        line = QWidget(self)
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        tick, ring = Sign("check", "ok", side=14), Sign("minus", "muted", side=14)
        label = QLabel()
        label.setWordWrap(True)
        for part in (tick, ring):
            row.addWidget(part)
        row.addWidget(label, 1)
        self._column.addWidget(line)
        self._lines[rule] = (tick, ring, label)


class NewPassword(QWidget):
    """Password, its repetition, the rules; *Generate* fills both and offers to copy."""

    submitted = Signal()
    """Enter was pressed in the last line."""

    def __init__(
        self, copy: Callable[[str], object] | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.rules = PasswordRules()
        self._names: Callable[[], tuple[str, ...]] = tuple
        self._copy = copy or QApplication.clipboard().setText
        self.password = PasswordLine(self.tr("New password"))
        self.again = PasswordLine(self.tr("Confirm password"))
        self.list = RuleList()
        self.generate = push_button(self.tr("Generate a password"), self._generate, kind="link")
        self.copy = push_button(self.tr("Copy"), self._copy_it, kind="link", icon_name="copy")
        self.copy.hide()
        self._lay_out()
        self.setFocusProxy(self.password)
        self.password.changed.connect(self._typed)
        self.again.changed.connect(lambda _: self._judge())
        self.password.submitted.connect(self.again.setFocus)
        self.again.submitted.connect(self.submitted)
        self._judge()

    def judge_by(
        self, rules: PasswordRules, names: Callable[[], tuple[str, ...]] | None = None
    ) -> None:
        """Take the rules; ``names`` = more names, asked for while a form is filled in."""
        self.rules = rules
        self._names = names or tuple
        self._judge()

    def text(self) -> str:
        """Return the password."""
        return self.password.text()

    def clear(self) -> None:
        """Empty both lines."""
        self.password.clear()
        self.again.clear()
        self.copy.hide()

    def problem(self) -> str:
        """Return what has to be mended before it can be sent, "" if nothing is seen."""
        text = self.text()
        if not text:
            return self.tr("Give a new password, or generate one.")
        broken = passwords.problem_of(
            self.rules.policy, text, names=self._all_names(), common=self.rules.common
        )
        if broken:
            return broken
        if text != self.again.text():
            return self.tr("The two passwords differ: type the same one twice.")
        return ""

    def judge(self) -> None:
        """Judge again: a name was typed."""
        self._judge()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(4)
        head.addWidget(QLabel(self.tr("New password *")), 1)
        head.addWidget(self.copy)
        head.addWidget(self.generate)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self.password)
        column.addWidget(self.list)
        column.addSpacing(4)
        column.addWidget(QLabel(self.tr("Confirm password *")))
        column.addWidget(self.again)

    def _all_names(self) -> tuple[str, ...]:
        return (*self.rules.names, *(n for n in self._names() if n))

    def _typed(self, _: str) -> None:
        self.copy.hide()
        self._judge()

    def _judge(self) -> None:
        text = self.text()
        found = passwords.rules(
            self.rules.policy, text, names=self._all_names(), common=self.rules.common
        )
        shown = [(r.id, self.tr(r.title), r.met and bool(text)) for r in found]
        same = bool(text) and text == self.again.text()
        self.list.show_rules([*shown, ("same", self.tr("Typed twice the same"), same)])

    def _generate(self) -> None:
        made = passwords.generate(
            self.rules.policy, names=self._all_names(), common=self.rules.common
        )
        for line in (self.password, self.again):
            line.set_text(made)
            line.reveal(True)
        self.copy.show()
        announce(self, self.tr("A password was generated: copy it to a safe place."))

    def _copy_it(self) -> None:
        self._copy(self.text())
        announce(self, self.tr("Copied."))
