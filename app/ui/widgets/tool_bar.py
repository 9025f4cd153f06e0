"""The tool bar of a page: icon and text, what does not fit goes into a menu."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QSizePolicy, QToolBar, QToolButton, QWidget

from app.ui.look.icons import icon
from app.ui.look.theme import ICON_SIZE


class PageToolBar(QToolBar):
    """Buttons from actions. Without its text a button gets the action's text as its name."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setIconSize(QSize(ICON_SIZE, ICON_SIZE))
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setMovable(False)
        self.setFloatable(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.setAccessibleName(self.tr("Tools of the page"))
        self._name_overflow()

    def add(self, action: QAction, *, text: bool = True, menu: QMenu | None = None) -> QToolButton:
        """Add a button; with ``text=False`` only its icon is shown, with ``menu`` it opens that."""
        label = action.text().replace("&", "")
        action.setIconText(label)  # otherwise the "…" of the action is dropped
        self.addAction(action)
        button = self.widgetForAction(action)
        assert isinstance(button, QToolButton)
        button.setAccessibleName(label.rstrip("…"))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        if not text:
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        if menu is not None:
            button.setMenu(menu)
            button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        return button

    def add_all(self, actions: Iterable[QAction | None]) -> None:
        """Add a button for each action and a line for each None."""
        for action in actions:
            if action is None:
                self.addSeparator()
            else:
                self.add(action)

    def add_more(self, actions: Sequence[QAction]) -> None:
        """Add a button with a menu of actions that are used less; none without any."""
        if not actions:
            return
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        menu.addActions(actions)
        self.add(QAction(icon("more"), self.tr("More"), self), menu=menu)

    def add_stretch(self) -> None:
        """Push what is added from now on to the right end."""
        filler = QWidget()
        filler.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.addWidget(filler)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._name_overflow()

    def _name_overflow(self) -> None:
        """Give the overflow button, which Qt makes, an icon and a name."""
        button = self.findChild(QToolButton, "qt_toolbar_ext_button")
        if button is not None:
            button.setIcon(icon("more"))
            button.setAccessibleName(self.tr("More tools"))
            button.setToolTip(self.tr("More tools"))
