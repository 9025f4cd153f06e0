"""The start page: ways to a database while none is open, else what waits and what was open."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.ui.addresses import Address
from app.ui.look.icons import icon
from app.ui.look.marks import set_mark
from app.ui.pages import Page, Shell, is_available
from app.ui.setup.card import SetupCard
from app.ui.setup.checklist import NOUNS as SETUP_NOUNS
from app.ui.widgets.buttons import push_button
from app.ui.widgets.card import Card, PageTitle, muted_label
from app.ui.widgets.elided_label import ElidedLabel
from app.ui.widgets.empty_state import EmptyState

if TYPE_CHECKING:
    from app.services.context import Context
    from app.services.overview import Overview
    from app.ui.main_window import MainWindow

SHOWN = 6
"""Lines of a card."""

WIDEST = 1240
"""Pixels of the content; on a wider screen it stays in the middle."""

LONGEST = 60
"""Characters of a line; the middle of a longer one is left out."""

NOUNS = frozenset({"services", "scopes", "rates", "imports"})

AREA = "finance.services"
"""What a person must be allowed to view for the cards about tariffs."""


class HomePage(Page):
    """Start page of the window; there is always one when no other tab is open."""

    HELP = "start"

    def __init__(self, shell: Shell, address: Address) -> None:
        super().__init__(shell, address)
        self._window = cast("MainWindow", shell)
        self.setup: SetupCard | None = None
        self._area = QScrollArea(self)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setWidgetResizable(True)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._area)
        self._window.database_changed.connect(self._build)
        self._build()

    def title(self) -> str:
        """Return the tab's text."""
        return self.tr("Start")

    def icon_name(self) -> str:
        """Return the tab's icon."""
        return "home"

    def start(self) -> None:
        """Read what waits."""
        if self.setup is not None:
            self.setup.start()
        if self.shell.jobs.session is not None and self._window.may(AREA, "view"):

            def work(ctx: Context) -> Overview:
                from app.services.overview import overview

                return overview(ctx)

            self.shell.jobs.query(work, owner=self, done=self._show_overview)

    def revisit(self, address: Address) -> None:
        """Read anew."""
        super().revisit(address)
        self._build()
        self.start()

    def refresh(self, nouns: frozenset[str]) -> None:
        """Read anew when something shown here changed."""
        if nouns & (NOUNS | SETUP_NOUNS):
            self.start()

    def showEvent(self, event: QShowEvent) -> None:
        """List what was opened since this page was last in front."""
        super().showEvent(event)
        if self.shell.jobs.session is not None:
            self._show_recent()

    def _build(self) -> None:
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(32, 24, 32, 24)
        column.setSpacing(16)
        outer = QWidget()
        centred = QHBoxLayout(outer)
        centred.setContentsMargins(0, 0, 0, 0)
        content.setMaximumWidth(WIDEST)
        centred.addWidget(content)
        self.setup = None
        if self.shell.jobs.session is None:
            self._first_run(column)
        else:
            self._desk(column)
        column.addStretch(1)
        self._area.setWidget(outer)
        first = content.findChild(QPushButton)
        if first is not None:
            self.setFocusProxy(first)

    # -------------------------------------------------------------------------- first run

    def _first_run(self, column: QVBoxLayout) -> None:
        window = self._window
        column.addWidget(PageTitle(self.tr("Welcome to Tariffdesk")))
        column.addWidget(
            muted_label(
                self.tr(
                    "Tariffs and price lists live in a database: a file on this computer, or a "
                    "server that several people share."
                ),
                wrap=True,
            )
        )
        grid = QGridLayout()
        grid.setSpacing(12)
        ways = (
            (
                "sample",
                self.tr("Load sample data"),
                self.tr("A believable operator to try everything on, in a new file."),
                window.load_sample_data,
            ),
            (
                "plus",
                self.tr("New local database"),
                self.tr("An empty file on this computer, for one person."),
                window.new_database,
            ),
            (
                "folder",
                self.tr("Open a database"),
                self.tr("A file that is already there, or a backup."),
                window.open_database,
            ),
            (
                "server",
                self.tr("Connect to a server"),
                self.tr("A PostgreSQL database that is shared in the company."),
                window.connect_server,
            ),
        )
        for place, (picture, title, text, act) in enumerate(ways):
            card = self._way(picture, title, text, act, primary=place == 0)
            grid.addWidget(card, place // 2, place % 2)
        column.addLayout(grid)
        drop = EmptyState()
        drop.set(
            "database",
            self.tr("Drop a database file here"),
            self.tr("Price lists can be dropped anywhere in the window once a database is open."),
        )
        drop.on_files = window.open_files
        drop.setMinimumHeight(150)
        column.addWidget(drop)
        self._recent_databases(column)

    def _way(
        self, picture: str, title: str, text: str, act: Callable[[], object], *, primary: bool
    ) -> Card:
        card = Card("")
        button = push_button(title, act, kind="primary" if primary else "", icon_name=picture)
        button.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        button.setAccessibleDescription(text)
        card.body.addWidget(button)
        card.body.addWidget(muted_label(text, wrap=True))
        return card

    def _recent_databases(self, column: QVBoxLayout) -> None:
        recent = self._window.databases.recent()[:SHOWN]
        if recent:
            card = Card(self.tr("Recent databases"))
            for target in recent:
                self._line(card, target, "", partial(self._window.open_target, target))
            column.addWidget(card)

    # -------------------------------------------------------------------------- with a database

    def _desk(self, column: QVBoxLayout) -> None:
        column.addWidget(PageTitle(self._window.place_name()))
        row = QHBoxLayout()
        row.setSpacing(8)
        quick = (
            ("import", "manage", "import", self.tr("Import price list…"), "import"),
            ("list", "view", "list?section=services", self.tr("Services"), "services"),
            ("record", "manage", "record?section=services", self.tr("Add service…"), "plus"),
            ("compare", "view", "compare", self.tr("Compare scopes…"), "compare"),
        )
        for kind, level, address, title, picture in quick:
            if is_available(kind) and self._window.may(AREA, level):
                row.addWidget(
                    push_button(
                        title,
                        partial(self._window.open_address, address),
                        kind="primary" if kind == "import" else "",
                        icon_name=picture,
                    )
                )
        row.addStretch(1)
        column.addLayout(row)
        self.setup = SetupCard(self._window)
        column.addWidget(self.setup)
        cards = QGridLayout()
        cards.setSpacing(12)
        self.attention = Card(self.tr("Needs attention"))
        self.imports = Card(self.tr("Imported in the last seven days"))
        self.recent = Card(self.tr("Recent items"))
        for place, card in enumerate((self.recent, self.attention, self.imports)):
            card.body.setAlignment(Qt.AlignmentFlag.AlignTop)
            cards.addWidget(card, place // 2, place % 2)
            cards.setColumnStretch(place % 2, 1)
            if card is not self.recent and not self._window.may(AREA, "view"):
                card.hide()
        column.addLayout(cards)
        self._show_recent()

    def _show_recent(self) -> None:
        _clear(self.recent)
        pages = self._window.recent.pages()[:SHOWN]
        for page in pages:
            self._line(
                self.recent, page.title, "", partial(self._window.open_address, page.address),
                page.icon,
            )  # fmt: skip
        if not pages:
            self.recent.body.addWidget(
                muted_label(self.tr("What you open is listed here."), wrap=True)
            )

    def _show_overview(self, found: Overview) -> None:
        from app.ui import formats

        for card in (self.attention, self.imports):
            _clear(card)
        for scope in found.empty_scopes[:SHOWN]:
            self._line(
                self.attention,
                scope.service,
                self.tr("no rates from {0}").format(formats.instant(scope.effective_from)),
                partial(self._go_scope, scope.service_id, scope.id),
                "warning",
            )
        if not found.services:
            self._line(
                self.attention,
                self.tr("There is no service yet"),
                self.tr("add one to import rates"),
                lambda: self._window.open_address("record?section=services"),
                "info",
            )
        elif not found.empty_scopes:
            done = self.tr("Nothing waits: every scope in force has rates.")
            self.attention.body.addWidget(muted_label(done, wrap=True))
        self._more(self.attention, len(found.empty_scopes), "list?section=scopes")
        for run in found.imports[:SHOWN]:
            undone = self.tr(", undone") if run.undone_by else ""
            self._line(
                self.imports,
                run.file_name,
                f"{run.service} · {formats.instant(run.at)}{undone}",
                partial(self._go_scope, run.service_id, run.scope_id),
                "history",
            )
        if not found.imports:
            none = self.tr("Nothing was imported. Drop a price list on the window to begin.")
            self.imports.body.addWidget(muted_label(none, wrap=True))
        self._more(self.imports, len(found.imports), "list?section=imports")

    def _more(self, card: Card, count: int, address: str) -> None:
        if count > SHOWN:
            self._line(card, self.tr("Show all"), "", lambda: self._window.open_address(address))

    def _go_scope(self, service_id: int, scope_id: int) -> None:
        self._window.open(Address.of("service", id=service_id, scope=scope_id))

    def _line(
        self, card: Card, text: str, detail: str, act: Callable[[], object], picture: str = ""
    ) -> None:
        card.body.addWidget(Line(text, detail, act, picture))


class Line(QWidget):
    """A line of a card: a link, and what is to be known beside it."""

    def __init__(self, text: str, detail: str, act: Callable[[], object], picture: str) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        shown = text if len(text) <= LONGEST else f"{text[:28]}…{text[-28:]}"
        button = push_button(shown.replace("&", "&&"), act, kind="link")
        button.setToolTip(text if shown != text else "")
        button.setAccessibleDescription(detail)
        if picture:
            button.setIcon(icon(picture))
        button.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        label = ElidedLabel(self)
        set_mark(label, "tone", "muted")
        label.set_whole(detail)
        row.addWidget(button)
        row.addWidget(label, 1)


def _clear(card: Card) -> None:
    """Take the lines out of a card."""
    while (item := card.body.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
