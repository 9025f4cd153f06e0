"""The profile of a company: overview, finance and assets (ACC-1, guide 6.1.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QTabBar, QTabWidget, QVBoxLayout, QWidget

from app.domain.records import ListQuery, Row
from app.services import records
from app.services.accounts import company_profile
from app.ui.accounts.company_finance import CompanyFinance
from app.ui.accounts.company_head import CompanyHead
from app.ui.accounts.company_overview import PERIODS, CompanyOverview
from app.ui.addresses import Address
from app.ui.lists.commands import SectionCommands, Selected
from app.ui.pages import Page
from app.ui.setup.company_setup import CompanySetup
from app.ui.titles import section as section_of
from app.ui.widgets.empty_state import EmptyState
from app.ui.widgets.message_bar import MessageBar

if TYPE_CHECKING:
    from app.domain.sections import Command
    from app.errors import UserError
    from app.services.accounts.company_profile import AgreementCard, Profile
    from app.services.context import Context
    from app.ui.pages import Shell

SHOWN = ("properties", "block", "unblock")
"""Commands of the list that the head offers."""

NOUNS = frozenset({"companies", "agreements", "users", "legal_entities"})


class CompanyPage(Page):
    """``company?id=N``."""

    IDENTITY: ClassVar[tuple[str, ...]] = ("id",)
    HELP = "companies"

    def __init__(self, shell: Shell, address: Address) -> None:
        super().__init__(shell, address)
        self.company_id = address.number("id") or 0
        self.profile: Profile | None = None
        self._row: Row | None = None
        self._tab_wanted = 0
        self.section = section_of("companies")
        self.bar = MessageBar(self)
        self.head = CompanyHead(shell, self, self._open_tenant)
        self.commands = SectionCommands(self.section, shell, self, self._selected)
        self.overview = CompanyOverview(shell, self)
        self.finance = CompanyFinance(shell, self.company_id, self)
        self.assets = CompanyAssets(self)
        self.setup = CompanySetup(shell, self.company_id, self)
        self.tabs = QTabWidget()
        self._lay_out()

    def _lay_out(self) -> None:
        for name in SHOWN:
            action = self.commands.actions[name]
            self.addAction(action)
            self.head.add_command(action)
        self.commands.actions["properties"].setText(self.tr("Edit"))
        self.tabs.setDocumentMode(True)
        self.tabs.tabBar().setDrawBase(False)
        self.tabs.setAccessibleName(self.tr("Parts of the profile"))
        self.tabs.addTab(self.overview, self.tr("Overview"))
        self.tabs.addTab(self.finance, self.tr("Finance"))
        self.tabs.addTab(self.assets, self.tr("Assets"))
        self.tabs.addTab(self.setup, self.tr("Set-up"))
        self.setup.counted.connect(self._tell_missing)
        self.tabs.currentChanged.connect(self._turned)
        self.overview.period_chosen.connect(lambda _: self.touched.emit())
        self.commands.ran.connect(self._ran)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(8)
        layout.addWidget(self.bar)
        layout.addWidget(self.head)
        layout.addWidget(self.tabs, 1)
        self.head.setVisible(False)
        self.setFocusProxy(self.tabs.tabBar())

    # ------------------------------------------------------------------ the page

    def title(self) -> str:
        """Return the company's name."""
        return self.profile.name if self.profile else self.tr("Company")

    def icon_name(self) -> str:
        """Return the icon of companies."""
        return "company"

    def start(self) -> None:
        """Read the profile, and behind it the agreements."""
        self.tabs.setCurrentIndex(self._tab_wanted)
        self._load()
        self.setup.start()

    def refresh(self, nouns: frozenset[str]) -> None:
        """Read anew what a change touched."""
        if nouns & NOUNS:
            self._load()
        self.finance.refresh(nouns)
        self.setup.refresh(nouns)

    def state(self) -> dict[str, Any]:
        """Return the tab in front and the period of the traffic."""
        return {"tab": self.tabs.currentIndex(), "period": self.overview.period()}

    def restore(self, state: dict[str, Any]) -> None:
        """Take the tab and the period of the last time."""
        tab, period = state.get("tab"), state.get("period")
        if isinstance(tab, int) and 0 <= tab < self.tabs.count():
            self._tab_wanted = tab
        if period in PERIODS:
            self.overview.choose(period)

    def closing(self) -> None:
        """End what runs for the lists."""
        self.finance.closing()

    def actions_shown(self) -> list[QAction]:
        """Return what can be done with the company."""
        return [self.commands.actions[name] for name in SHOWN]

    # ------------------------------------------------------------------ reading

    def _load(self) -> None:
        number, section = self.company_id, self.section

        def work(ctx: Context) -> tuple[Profile, list[Row]]:
            found = company_profile.profile(ctx, number)
            return found, records.rows_by_keys(ctx, section, ListQuery(section.id), [number])

        self.shell.jobs.query(work, owner=self, done=self._show, failed=self._refuse)

    def _show(self, found: tuple[Profile, list[Row]]) -> None:
        self.profile, rows = found
        self._row = rows[0] if rows else None
        self.bar.clear()
        self.head.show_profile(self.profile)
        self.head.setVisible(True)
        self.overview.show_profile(self.profile)
        self.commands.update()
        own = self.profile.standing in {"own", "owner"}
        actions, enabled = self.commands.actions, self.profile.enabled
        self.head.offer(actions["block"], shown=enabled and not own)
        self.head.offer(actions["unblock"], shown=not enabled and not own)
        self.described.emit()
        self._load_agreements()

    def _load_agreements(self) -> None:
        number = self.company_id

        def work(ctx: Context) -> list[AgreementCard]:
            return company_profile.agreements(ctx, number)

        self.shell.jobs.query(
            work,
            owner=self,
            done=self.finance.show_agreements,
            failed=lambda problem: self.finance.refuse(str(problem)),
        )

    def _tell_missing(self, number: int) -> None:
        title = self.tr("Set-up ({number} missing)") if number else self.tr("Set-up")
        self.tabs.setTabText(self.tabs.indexOf(self.setup), title.format(number=number))

    def _refuse(self, problem: UserError) -> None:
        self.bar.show_message(str(problem), "error")

    def _turned(self, _index: int) -> None:
        if self.tabs.currentWidget() is self.finance:
            self.finance.start()
        self.touched.emit()

    # ------------------------------------------------------------------ commands

    def _selected(self) -> Selected:
        if self._row is None:
            return Selected()
        return Selected((self.company_id,), (self._row,))

    def _ran(self, _command: Command) -> None:
        self._load()

    def _open_tenant(self) -> None:
        if self._row is None:
            return
        place = [column.name for column in self.section.columns].index("tenant_id") + 1
        self.shell.open(Address.of("company", id=self._row[place]))


class CompanyAssets(QWidget):
    """The tab Assets: templates that the company's users made, by their kind."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.kinds = QTabBar()
        self.kinds.setDrawBase(False)
        self.kinds.setAccessibleName(self.tr("Kind of template"))
        for title in (
            self.tr("Templates"),
            self.tr("Content"),
            self.tr("Conversation"),
            self.tr("WhatsApp"),
        ):
            self.kinds.addTab(title)
        self.empty = EmptyState()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.addWidget(self.kinds)
        column.addWidget(self.empty, 1)
        self.kinds.currentChanged.connect(self._show)
        self._show(0)

    def _show(self, place: int) -> None:
        facts = (
            self.tr("No templates yet."),
            self.tr("No content templates yet."),
            self.tr("No conversation templates yet."),
            self.tr("No WhatsApp templates yet."),
        )
        hint = self.tr("What the company's users make in the client portal is shown here.")
        self.empty.set("file", facts[place], hint)
