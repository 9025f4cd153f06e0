"""The person at the top right: picture and name, and behind them account, looks and signing out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSize, Qt
from PySide6.QtGui import QAction, QIcon
from PySide6.QtWidgets import QFrame, QLabel, QMenu, QToolButton, QVBoxLayout, QWidgetAction

from app.ui.access.avatar import drawn, picture_of
from app.ui.look.fonts import strong_font
from app.ui.look.marks import set_mark
from app.ui.look.theme import theme
from app.ui.menus import empty
from app.ui.widgets.card import muted_label

if TYPE_CHECKING:
    from app.ui.main_window import MainWindow

SIDE = 20
WIDTH = 300
LONGEST = 24
"""Characters of a name beside the picture."""


class UserMenu(QObject):
    """A button in the corner of the menu bar, and its menu; the status bar opens the same one."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.menu = QMenu(window)
        self.menu.setObjectName("userMenu")
        self.menu.aboutToShow.connect(self._fill)
        self.button = QToolButton(window)
        self.button.setAutoRaise(True)
        self.button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.button.setIconSize(QSize(SIDE, SIDE))
        self.button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.button.setMenu(self.menu)
        window.menuBar().setCornerWidget(self.button, Qt.Corner.TopRightCorner)
        window.status.user_clicked.connect(self._popup)
        theme().changed.connect(self._draw)
        self._name = ""
        self.follow()

    def follow(self) -> str:
        """Show who works now; return the name, "" for nobody."""
        session, person = self._window.jobs.session, self._window.gate.person
        if session is None:
            self._name = ""
        else:
            self._name = person.name if person is not None else session.actor.name
        short = self._name if len(self._name) <= LONGEST else f"{self._name[: LONGEST - 1]}…"
        self.button.setText(short.replace("&", "&&"))
        self.button.setToolTip(self._name)
        self.button.setAccessibleName(self.tr("Account of {0}").format(self._name))
        self.button.setVisible(bool(self._name))
        self._draw()
        return self._name

    def _draw(self) -> None:
        person = self._window.gate.person
        image = picture_of(person.avatar) if person is not None else None
        ratio = self.button.devicePixelRatioF()
        self.button.setIcon(QIcon(drawn(self._name, image, SIDE, ratio)))

    def _popup(self) -> None:
        corner = self._window.status.user.mapToGlobal(self._window.status.user.rect().topLeft())
        size = self.menu.sizeHint()
        corner.setY(corner.y() - size.height())
        self.menu.popup(corner)

    def _fill(self) -> None:
        window, person = self._window, self._window.gate.person
        empty(self.menu)
        self._head()
        commands = window.commands.by_id
        if "account" in commands:
            self.menu.addAction(commands["account"])
            self.menu.addSeparator()
        self.menu.addAction(commands["theme"])
        language = QMenu(self.tr("Language"), self.menu)
        english = QAction("English", language)
        english.setCheckable(True)
        english.setChecked(True)
        language.addAction(english)
        self.menu.addMenu(language)
        self.menu.addAction(commands["about"])
        if person is not None:
            self.menu.addSeparator()
            self.menu.addAction(commands["sign_out"])

    def _head(self) -> None:
        """Say who it is, or whose the database is where nobody signs in."""
        person, opened = self._window.gate.person, self._window.opened
        lines = [self._name]
        if person is not None:
            lines += [person.company, person.login]
        elif opened is not None:
            lines += [self.tr("Nobody has to sign in here."), opened.entrance.protection]
        self.menu.addAction(_label(self.menu, [line for line in lines if line]))
        self.menu.addSeparator()


def _label(menu: QMenu, lines: list[str]) -> QWidgetAction:
    """Return lines that can't be chosen: a name, and what is to be known of it."""
    box = QFrame(menu)
    column = QVBoxLayout(box)
    column.setContentsMargins(12, 8, 12, 8)
    column.setSpacing(2)
    for number, line in enumerate(lines):
        label = QLabel(line) if number == 0 else muted_label(line)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        if number == 0:
            label.setFont(strong_font())
            set_mark(label, "tone", "strong")
        column.addWidget(label)
    box.setFixedWidth(WIDTH)
    made = QWidgetAction(menu)
    made.setDefaultWidget(box)
    made.setEnabled(False)
    return made
