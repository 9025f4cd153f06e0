"""The tab Overview of a company's profile: its traffic, what it has, how to reach it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QFormLayout,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.ui import formats
from app.ui.addresses import Address
from app.ui.look.icons import icon
from app.ui.look.marks import set_mark
from app.ui.widgets.buttons import push_button
from app.ui.widgets.card import Card, muted_label

if TYPE_CHECKING:
    from app.services.accounts.company_profile import Profile
    from app.ui.pages import Shell

PERIODS = ("day", "month", "year")


class CompanyOverview(QScrollArea):
    """Three cards of traffic for a day, a month or a year; facts and links below."""

    period_chosen = Signal(str)
    """Day, month or year: the profile opens with it the next time."""

    def __init__(self, shell: Shell, parent: QWidget) -> None:
        super().__init__(parent)
        self._shell = shell
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.periods: dict[str, QPushButton] = {}
        self.sentences: list[QLabel] = []
        self.links: dict[str, QPushButton] = {}
        self._profile_id = 0
        self._details = QFormLayout()
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(2, 8, 2, 8)
        column.setSpacing(12)
        column.addLayout(self._switch())
        column.addLayout(self._traffic())
        column.addLayout(self._facts())
        column.addStretch(1)
        self.setWidget(body)
        self.choose("month")

    def _switch(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(4)
        group = QButtonGroup(self)
        titles = (self.tr("Day"), self.tr("Month"), self.tr("Year"))
        for period, title in zip(PERIODS, titles, strict=True):
            button = QPushButton(title)
            button.setCheckable(True)
            set_mark(button, "count", True)
            button.setAccessibleName(self.tr("Traffic of a {period}").format(period=title))
            button.clicked.connect(lambda *_, p=period: self._chosen(p))
            group.addButton(button)
            self.periods[period] = button
            row.addWidget(button)
        row.addStretch(1)
        return row

    def _traffic(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setSpacing(12)
        titles = (
            self.tr("Traffic by channel"),
            self.tr("Most active senders"),
            self.tr("Chatbots"),
        )
        for place, title in enumerate(titles):
            card = Card(title)
            sentence = muted_label(wrap=True)
            sentence.setMinimumHeight(64)
            sentence.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
            card.body.addWidget(sentence)
            self.sentences.append(sentence)
            grid.addWidget(card, 0, place)
            grid.setColumnStretch(place, 1)
        return grid

    def _facts(self) -> QGridLayout:
        has, reach = Card(self.tr("What it has")), Card(self.tr("Details"))
        for name, (icon_name, _) in _LINKS.items():
            button = push_button("", partial(self._open, name), kind="link")
            button.setIcon(icon(icon_name))
            has.body.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
            self.links[name] = button
        has.body.addStretch(1)
        self._details.setHorizontalSpacing(16)
        self._details.setVerticalSpacing(6)
        self._details.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        reach.body.addLayout(self._details)
        reach.body.addStretch(1)
        grid = QGridLayout()
        grid.setSpacing(12)
        grid.addWidget(has, 0, 0)
        grid.addWidget(reach, 0, 1)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 2)
        return grid

    # ------------------------------------------------------------------ showing

    def choose(self, period: str) -> None:
        """Show the traffic of a day, a month or a year."""
        self.periods[period].setChecked(True)
        words = {
            "day": self.tr("No traffic yet today."),
            "month": self.tr("No traffic yet this month."),
            "year": self.tr("No traffic yet this year."),
        }[period]
        why = self.tr("Events are counted here once they are rated.")
        for sentence in self.sentences:
            sentence.setText(f"{words}\n{why}")

    def period(self) -> str:
        """Return the period shown."""
        return next(name for name, button in self.periods.items() if button.isChecked())

    def _chosen(self, period: str) -> None:
        self.choose(period)
        self.period_chosen.emit(period)

    def show_profile(self, profile: Profile) -> None:
        """Show a company."""
        self._profile_id = profile.id
        one_many = {
            "legal_entities": (self.tr("1 legal entity"), self.tr("{n} legal entities")),
            "agreements": (self.tr("1 agreement"), self.tr("{n} agreements")),
            "users": (self.tr("1 back office user"), self.tr("{n} back office users")),
            "portal_users": (self.tr("1 portal user"), self.tr("{n} portal users")),
            "companies": (self.tr("1 company below it"), self.tr("{n} companies below it")),
        }
        for name, button in self.links.items():
            button.setText(formats.counted(profile.counts[name], *one_many[name]))
        own = profile.standing in {"own", "owner"}
        self.links["companies"].setVisible(profile.type != "client" and not own)
        self.links["users"].setVisible(profile.type != "client")
        self.links["portal_users"].setVisible(profile.type != "owner")
        self.links["legal_entities"].setVisible(not own)
        self._show_details(profile)

    def _show_details(self, profile: Profile) -> None:
        while self._details.rowCount():
            self._details.removeRow(0)
        found = {**profile.details}
        if profile.own_entity:
            found = {"own_entity": profile.own_entity, **found}
        for name, title in self._titles().items():
            if name in found:
                value = QLabel(found[name])
                value.setTextFormat(Qt.TextFormat.PlainText)
                value.setWordWrap(True)
                value.setTextInteractionFlags(
                    Qt.TextInteractionFlag.TextSelectableByMouse
                    | Qt.TextInteractionFlag.TextSelectableByKeyboard
                )
                value.setAccessibleName(title)
                self._details.addRow(muted_label(title), value)

    def _titles(self) -> dict[str, str]:
        return {
            "own_entity": self.tr("Own legal entity"),
            "email": self.tr("E-mail"),
            "phone": self.tr("Phone"),
            "time_zone": self.tr("Time zone"),
            "tax_id": self.tr("Tax ID (INN)"),
            "kpp": self.tr("KPP"),
            "legal_address": self.tr("Legal address"),
            "bank_name": self.tr("Bank"),
            "bik": self.tr("BIK"),
            "bank_account": self.tr("Account"),
            "description": self.tr("Description"),
        }

    def _open(self, name: str) -> None:
        where = {f"where.{_LINKS[name][1]}": f"={self._profile_id}"}
        self._shell.open(Address.of("list", section=name, **where))


_LINKS = {
    "legal_entities": ("legal", "party_id"),
    "agreements": ("agreement", "party_id"),
    "users": ("users", "company_id"),
    "portal_users": ("users", "company_id"),
    "companies": ("company", "tenant_id"),
}
"""Section → its icon, and the column that names the company."""
