"""The tab Finance of a company's profile: a card for each agreement, what is enabled, payments."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSplitter,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from app.ui import formats
from app.ui.addresses import Address
from app.ui.lists.embedded import Belonging, EmbeddedList
from app.ui.look.fonts import heading_font
from app.ui.titles import section as section_of
from app.ui.widgets.buttons import push_button
from app.ui.widgets.card import Card, muted_label
from app.ui.widgets.empty_state import Choice, EmptyState
from app.ui.widgets.flow_layout import FlowLayout
from app.ui.widgets.status import StatusLabel

if TYPE_CHECKING:
    from app.services.accounts.company_profile import AgreementCard
    from app.ui.pages import Shell

CARD_WIDTH = 300
LISTS = ("enabled_services", "enabled_packs")


class CompanyFinance(QWidget):
    """Agreements of one legal entity or of all; below, lists of what belongs to the company."""

    def __init__(self, shell: Shell, company_id: int, parent: QWidget) -> None:
        super().__init__(parent)
        self._shell, self._company_id = shell, company_id
        self._all: list[AgreementCard] = []
        self.cards: list[AgreementView] = []
        self.lists: dict[str, EmbeddedList] = {}
        self.entity = QComboBox()
        self.entity.setAccessibleName(self.tr("Legal entity"))
        self.entity.currentIndexChanged.connect(lambda *_: self._show_cards())
        self.empty = EmptyState()
        self._flow_body = QWidget()
        self._flow = FlowLayout(self._flow_body, spacing=12)
        self.area = QScrollArea()
        self.tabs = QTabWidget()
        self._lay_out()

    def _lay_out(self) -> None:
        chooser = QHBoxLayout()
        chooser.setSpacing(8)
        label = muted_label(self.tr("Legal entity"))
        label.setBuddy(self.entity)
        chooser.addWidget(label)
        chooser.addWidget(self.entity)
        chooser.addStretch(1)
        self._chooser = QWidget()
        self._chooser.setLayout(chooser)
        chooser.setContentsMargins(0, 0, 0, 0)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setWidgetResizable(True)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setWidget(self._flow_body)
        upper = QWidget()
        column = QVBoxLayout(upper)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(8)
        column.addWidget(self._chooser)
        column.addWidget(self.area, 1)
        column.addWidget(self.empty, 1)
        self.tabs.setDocumentMode(True)
        self.tabs.tabBar().setDrawBase(False)
        self.tabs.setAccessibleName(self.tr("What belongs to the agreements"))
        parts = QSplitter(Qt.Orientation.Vertical)
        parts.setChildrenCollapsible(False)
        parts.addWidget(upper)
        parts.addWidget(self.tabs)
        parts.setStretchFactor(0, 2)
        parts.setStretchFactor(1, 3)
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(parts)

    def start(self) -> None:
        """Make the lists; called when the tab is first looked at."""
        if self.tabs.count():
            return
        for name in LISTS:
            section = section_of(name)
            if not self._shell.jobs.may(section.area, "view"):
                continue
            one = EmbeddedList(self._shell, self._belonging(name))
            self.lists[name] = one
            self.tabs.addTab(one, section.title)
            one.start()
        self.tabs.addTab(
            self._later("agreement", self.tr("No invoices yet."), self.tr("Invoices")),
            self.tr("Invoices"),
        )
        self.tabs.addTab(
            self._later("account", self.tr("No payments yet."), self.tr("Payments")),
            self.tr("Payments"),
        )

    def _later(self, icon_name: str, fact: str, title: str) -> EmptyState:
        empty = EmptyState()
        hint = self.tr("They stand here once events are rated and billed.")
        empty.set(icon_name, fact, hint)
        empty.setAccessibleName(title)
        return empty

    def _belonging(self, name: str) -> Belonging:
        return Belonging(
            name,
            (("party_id", f"={self._company_id}"),),
            (),
            f"panel/company/{name}",
            f"company-{self._company_id}-{name}",
            ("company",),
        )

    # ------------------------------------------------------------------ agreements

    def show_agreements(self, cards: Sequence[AgreementCard]) -> None:
        """Show the agreements of a company; the chosen legal entity stays chosen."""
        self._all = list(cards)
        before = self.entity.currentData()
        entities = dict(sorted({(c.entity_id, c.entity) for c in cards}, key=lambda e: e[1]))
        self.entity.blockSignals(True)
        self.entity.clear()
        self.entity.addItem(self.tr("All"), None)
        for number, name in entities.items():
            self.entity.addItem(name, number)
        self.entity.setCurrentIndex(max(self.entity.findData(before), 0))
        self.entity.blockSignals(False)
        self._chooser.setVisible(len(entities) > 1)
        self._show_cards()

    def refuse(self, sentence: str) -> None:
        """Say why there are no agreements to see."""
        self._chooser.hide()
        self.area.hide()
        self.empty.set("lock", self.tr("Agreements are not shown."), sentence)
        self.empty.show()

    def _show_cards(self) -> None:
        chosen = self.entity.currentData()
        while (old := self._flow.takeAt(0)) is not None:
            widget = old.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        wanted = [card for card in self._all if chosen in (None, card.entity_id)]
        self.cards = [AgreementView(self._shell, card, self._flow_body) for card in wanted]
        for view in self.cards:
            self._flow.addWidget(view)
            view.show()
        self._flow.invalidate()
        self.area.setVisible(bool(wanted))
        self.empty.setVisible(not wanted)
        if not wanted:
            self.empty.set(
                "agreement",
                self.tr("No agreement yet."),
                self.tr("An agreement says what the company buys, and is one balance."),
                self._actions(),
            )

    def _actions(self) -> list[Choice]:
        session = self._shell.jobs.session
        if session is None or not session.actor.may("accounts.agreements", "manage"):
            return []
        if session.actor.company_id == self._company_id:
            return []
        form = Address.of(
            "record", section="agreements", new=1, **{"set.party_id": self._company_id}
        )
        return [(self.tr("Add agreement"), partial(self._shell.open, form), True)]

    # ------------------------------------------------------------------ like a page

    def refresh(self, nouns: frozenset[str]) -> None:
        """Read the lists anew that a change touched."""
        for one in self.lists.values():
            one.refresh(nouns)

    def closing(self) -> None:
        """End what runs for the lists."""
        for one in self.lists.values():
            one.closing()


class AgreementView(Card):
    """One agreement: balance, credit limit, when it starts and ends."""

    def __init__(self, shell: Shell, card: AgreementCard, parent: QWidget) -> None:
        super().__init__("", parent)
        self.card = card
        self.setFixedWidth(CARD_WIDTH)
        self._shell = shell
        title = push_button(card.title.replace("&", "&&"), self.open, kind="link")
        title.setToolTip(self.tr("Open the agreement"))
        title.setFont(heading_font())
        self.head.insertWidget(0, title)
        self.head.addStretch(1)
        if card.state:
            tone, words = self._states()[card.state]
            self.head.addWidget(StatusLabel(tone, words))
        self.setAccessibleName(self.tr("Agreement {code}").format(code=card.title))
        self.body.setContentsMargins(8, 0, 0, 0)  # the code is a link, which has an edge of its own
        self.body.addWidget(muted_label(card.entity))
        self.body.addLayout(self._figures(card))
        self.body.addWidget(muted_label(self._dates(card)))

    def _figures(self, card: AgreementCard) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(0)
        if card.credit_limit is None:
            limit = self.tr("Unlimited") if card.state else "–"
        else:
            limit = f"{formats.amount(card.credit_limit)} {card.currency}"
        for place, (value, name) in enumerate(
            ((self.tr("Not counted yet"), self.tr("Balance")), (limit, self.tr("Credit limit")))
        ):
            label = QLabel(value)
            label.setAccessibleName(f"{name}: {value}")
            if place:
                label.setFont(heading_font())
            grid.addWidget(label, 0, place)
            grid.addWidget(muted_label(name), 1, place)
            grid.setColumnStretch(place, 1)
        return grid

    def _dates(self, card: AgreementCard) -> str:
        if not card.state:
            return self.tr("It has no version yet.")
        start = formats.date(card.starts.date()) if card.starts else ""
        end = formats.date(card.till.date()) if card.till else formats.OPEN_END
        return self.tr("Starts {start} · Ends {end}").format(start=start, end=end)

    def _states(self) -> dict[str, tuple[str, str]]:
        return {
            "current": ("ok", self.tr("Current")),
            "upcoming": ("info", self.tr("Upcoming")),
            "past": ("neutral", self.tr("Past")),
        }

    def open(self) -> None:
        """Open the agreement's own page."""
        self._shell.open(Address.of("record", section="agreements", id=self.card.id))
