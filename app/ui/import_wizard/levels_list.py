"""The tree structure (IMP-9): levels in order, to drag or move by keys, to add and remove."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.ui import formats
from app.ui.import_wizard.column_choices import (
    with_constant,
    with_level,
    without_level,
)
from app.ui.import_wizard.key_dialog import KeyDialog
from app.ui.look.icons import icon
from app.ui.look.theme import theme
from app.ui.widgets.buttons import icon_button

if TYPE_CHECKING:
    from app.services.tariffs.import_views import AttributeView, ProposalView
    from app.ui.import_wizard.wizard import Wizard

ATTRIBUTE_ROLE = Qt.ItemDataRole.UserRole
SHOWN_LEVELS = 6
"""Levels that the list has room for without scrolling."""


class LevelsList(QWidget):
    """The levels below the target node with the number of their nodes."""

    def __init__(self, wizard: Wizard, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.wizard = wizard
        self.list = QListWidget()
        self.list.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.list.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.list.setAccessibleName(self.tr("Levels of the tree"))
        self.list.setUniformItemSizes(True)
        self.list.model().rowsMoved.connect(lambda *_: self._take_order())
        self.list.currentRowChanged.connect(lambda _row: self._enable())
        self.up = icon_button("up", self.tr("Move the level up (Alt+Up)"), lambda: self.move(-1))
        self.down = icon_button(
            "down", self.tr("Move the level down (Alt+Down)"), lambda: self.move(1)
        )
        self.drop = icon_button("trash", self.tr("Remove the added level (Del)"), self.remove)
        self.add = QToolButton()
        self.add.setText(self.tr("Add level"))
        self.add.setIcon(icon("plus"))
        self.add.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.add.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu = QMenu(self.add)
        self.add.setMenu(self._menu)
        self._lay_out()
        self._build_keys()
        wizard.proposed.connect(self.show_levels)
        wizard.drafted.connect(self.show_levels)
        self.show_levels()

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(4)
        buttons.addWidget(self.add)
        buttons.addStretch(1)
        for button in (self.up, self.down, self.drop):
            buttons.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.list)
        layout.addLayout(buttons)

    def _build_keys(self) -> None:
        for text, keys, does in (
            (self.tr("Move the level up"), "Alt+Up", lambda: self.move(-1)),
            (self.tr("Move the level down"), "Alt+Down", lambda: self.move(1)),
            (self.tr("Remove the added level"), "Del", self.remove),
        ):
            action = QAction(text, self.list)
            action.setShortcut(QKeySequence(keys))
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            action.triggered.connect(does)
            self.list.addAction(action)

    # ---------------------------------------------------------------- showing

    def show_levels(self) -> None:
        """Show the levels in force, keeping the current one."""
        proposal, draft = self.wizard.proposal, self.wizard.draft
        current = self.list.currentItem()
        kept = current.data(ATTRIBUTE_ROLE) if current else ""
        nodes = {level.attribute: level.nodes for level in draft.levels} if draft else {}
        self.list.clear()
        constants = _constants(proposal)
        added = set(proposal.added_levels) if proposal else set()
        for attribute, name in proposal.levels if proposal else ():
            text = name
            if attribute in constants:
                text = f"{name}: {constants[attribute]}"
            elif attribute in added:
                text = self.tr("{name} (added)").format(name=name)
            if attribute in nodes and not self.wizard.problem:
                text += f"   {formats.number(nodes[attribute])}"
            item = QListWidgetItem(icon("drag", "muted"), text)
            item.setData(ATTRIBUTE_ROLE, attribute)
            item.setSizeHint(QSize(0, theme().row_height))
            self.list.addItem(item)
            if attribute == kept:
                self.list.setCurrentItem(item)
        shown = max(min(self.list.count(), SHOWN_LEVELS), 2)
        self.list.setFixedHeight(shown * theme().row_height + 2 * self.list.frameWidth() + 2)
        self._fill_menu(proposal)
        self._enable()

    def _fill_menu(self, proposal: ProposalView | None) -> None:
        self._menu.clear()
        for level in proposal.addable if proposal else ():
            title = self.tr("{name} (from {source})").format(
                name=level.name, source=self._name(level.source)
            )
            action = self._menu.addAction(title)
            action.triggered.connect(lambda _on=False, a=level.attribute: self._add_linked(a))
        free = self._free(proposal)
        if free:
            below = self._menu.addMenu(self.tr("One value for all rows"))
            for attribute in free:
                action = below.addAction(f"{attribute.name}…")
                action.triggered.connect(lambda _on=False, a=attribute: self._ask_constant(a))
        self.add.setEnabled(not self._menu.isEmpty())
        nothing = self.tr("No further level fits these columns")
        self.add.setToolTip("" if self.add.isEnabled() else nothing)

    def _free(self, proposal: ProposalView | None) -> list[AttributeView]:
        if proposal is None:
            return []
        used = {attribute for attribute, _name in proposal.levels}
        return [a for a in proposal.attributes if a.key not in used]

    def _name(self, attribute: str) -> str:
        proposal = self.wizard.proposal
        names = {a.key: a.name for a in proposal.attributes} if proposal else {}
        return names.get(attribute, attribute.replace("_", " "))

    def _enable(self) -> None:
        row, count = self.list.currentRow(), self.list.count()
        self.up.setEnabled(row > 0)
        self.down.setEnabled(0 <= row < count - 1)
        self.drop.setEnabled(row >= 0 and self._removable(self._attribute(row)))

    def _attribute(self, row: int) -> str:
        item = self.list.item(row)
        return str(item.data(ATTRIBUTE_ROLE)) if item else ""

    def _removable(self, attribute: str) -> bool:
        proposal = self.wizard.proposal
        if proposal is None:
            return False
        return attribute in proposal.added_levels or attribute in dict(proposal.constants)

    # ---------------------------------------------------------------- choosing

    def move(self, step: int) -> None:
        """Move the current level up (-1) or down (1)."""
        row = self.list.currentRow()
        order = [self._attribute(r) for r in range(self.list.count())]
        if not 0 <= row + step < len(order) or row < 0:
            return
        order[row], order[row + step] = order[row + step], order[row]
        self.list.setCurrentRow(row + step)  # stays current when the levels are shown anew
        self._choose_order(tuple(order))

    def _take_order(self) -> None:
        self._choose_order(tuple(self._attribute(r) for r in range(self.list.count())))

    def _choose_order(self, order: tuple[str, ...]) -> None:
        text = self.tr("Order of the levels")
        self.wizard.choose(text, self.wizard.state.choosing(levels=order))

    def _add_linked(self, attribute: str) -> None:
        proposal, state = self.wizard.proposal, self.wizard.state
        if proposal is not None:
            text = self.tr("Add level {name}").format(name=self._name(attribute))
            choices = with_level(state.choices, proposal, attribute)
            self.wizard.choose(text, state.but(choices=choices))

    def _ask_constant(self, attribute: AttributeView) -> None:
        def take(key: str, name: str) -> None:
            self.set_constant(attribute.key, key, name=name)

        KeyDialog(self.wizard, attribute, take, self, all_rows=True).open()

    def set_constant(self, attribute: str, key: str, *, name: str = "") -> None:
        """Give a level without a column one key; ``name`` is what the undo step calls it."""
        state = self.wizard.state
        if key:
            text = self.tr("{name} = {key}").format(name=self._name(attribute), key=name or key)
            choices = with_constant(state.choices, attribute, key)
            self.wizard.choose(text, state.but(choices=choices))

    def remove(self) -> None:
        """Remove the current level if it has no column."""
        proposal, state = self.wizard.proposal, self.wizard.state
        attribute = self._attribute(self.list.currentRow())
        if proposal is not None and self._removable(attribute):
            text = self.tr("Remove level {name}").format(name=self._name(attribute))
            choices = without_level(state.choices, proposal, attribute)
            self.wizard.choose(text, state.but(choices=choices))


def _constants(proposal: ProposalView | None) -> dict[str, str]:
    """Return the names of the keys that all rows share, by attribute."""
    if proposal is None:
        return {}
    attributes = [attribute for attribute, _key in proposal.constants]
    return dict(zip(attributes, proposal.constant_names, strict=True))
