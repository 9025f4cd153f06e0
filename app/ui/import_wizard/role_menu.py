"""The menu of a column's role: rate properties, and attributes in the three cases of IMP-6."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from app.ui.import_wizard.column_choices import attribute_text, role_text, used

if TYPE_CHECKING:
    from app.services.tariffs.import_views import (
        AttributeView,
        ColumnView,
        ProposalView,
        UseView,
    )

NONE, KEYS = "none", "keys"
"""Cases of a dictionary: there is none, or one of keys only."""

Declare = Callable[[str, str], object]
"""(text for Choices.columns or "" = not used, what the undo step is called)."""


def role_menu(
    parent: QWidget,
    proposal: ProposalView,
    index: int,
    *,
    declare: Declare,
    values: Sequence[str],
    only: Callable[[str], object],
    other_value: Callable[[], object],
) -> QMenu:
    """Return the menu of a column; ``values`` are some of its cells, offered as filters."""
    column = proposal.columns[index]
    menu = QMenu(parent)
    menu.setToolTipsVisible(True)
    menu.setAccessibleName(_tr("Role of column {letter}").format(letter=column.letter))
    menu.addSection(_heading(column))
    roles = {use.role for use in used(column)}
    ignored = _add(menu, _tr("Not used"), lambda: declare("", _step(column, _tr("not used"))))
    _check(ignored, not roles)
    _rate_properties(menu, proposal, column, roles, declare)
    menu.addSection(_tr("What the prices are for"))
    for attribute in proposal.attributes:
        _attribute(menu, attribute, column, declare)
    menu.addSeparator()
    _filters(menu, proposal, column, values, only, other_value)
    return menu


def _rate_properties(
    menu: QMenu,
    proposal: ProposalView,
    column: ColumnView,
    roles: set[str],
    declare: Declare,
) -> None:
    menu.addSection(_tr("Rate properties"))
    more = QMenu(_tr("More"), menu)
    for place, (role, title) in enumerate(proposal.roles):
        target = menu if place < 6 else more
        text = role_text(column.letter, role)
        name = _tr(title)
        action = _add(target, name, _call(declare, text, _step(column, name)))
        _check(action, role in roles)
    if not more.isEmpty():
        menu.addMenu(more)


def _attribute(menu: QMenu, attribute: AttributeView, column: ColumnView, declare: Declare) -> None:
    """Add an attribute: plain, by key, or a submenu of what its names may be matched by."""
    use = next((u for u in used(column) if u.attribute == attribute.key), None)
    step = _step(column, attribute.name)
    if attribute.case == NONE:
        text = attribute_text(column.letter, attribute.key)
        _check(_add(menu, attribute.name, _call(declare, text, step)), use is not None)
        return
    if attribute.case == KEYS:
        title = _tr("{name} (by key)").format(name=attribute.name)
        text = attribute_text(column.letter, attribute.key)
        _check(_add(menu, title, _call(declare, text, step)), use is not None)
        return
    below = QMenu(attribute.name, menu)
    for title, by, how in _ways(attribute):
        text = attribute_text(column.letter, attribute.key, by, how)
        action = _add(below, title, _call(declare, text, step))
        _check(action, use is not None and _is_way(use, by, how))
        action.setToolTip(attribute.dictionary_title)
    entry = menu.addMenu(below)
    _check(entry, use is not None)


def _is_way(use: UseView, by: str, how: str) -> bool:
    return use.by == by and (by in ("any", "key") or use.how == how)


def _ways(attribute: AttributeView) -> list[tuple[str, str, str]]:
    """Return (title, by, how) of each way to match the values of a column."""
    ways = [
        (_tr("Any name or code (recommended)"), "any", "best"),
        (_tr("By key"), "key", "full"),
    ]
    for name, title in attribute.match_by:
        ways.append((_tr("By {name}: full match").format(name=title), name, "full"))
        ways.append((_tr("By {name}: best match").format(name=title), name, "best"))
    return ways


def _filters(
    menu: QMenu,
    proposal: ProposalView,
    column: ColumnView,
    values: Sequence[str],
    only: Callable[[str], object],
    other_value: Callable[[], object],
) -> None:
    current = [value for letter, value in proposal.where if letter == column.letter]
    below = QMenu(_tr("Only rows where it is"), menu)
    _check(_add(below, _tr("Any value"), lambda: only("")), not current)
    for value in dict.fromkeys([*current, *values]):
        _check(_add(below, value.replace("&", "&&"), _call(only, value)), value in current)
    below.addSeparator()
    _add(below, _tr("Another value…"), other_value)
    menu.addMenu(below)


def _heading(column: ColumnView) -> str:
    name = f" · {column.header}" if column.header else ""
    return _tr("Column {letter}").format(letter=column.letter) + name


def _step(column: ColumnView, role: str) -> str:
    return _tr("Column {letter}: {role}").format(letter=column.letter, role=role)


def _add(menu: QMenu, title: str, does: Callable[[], object]) -> QAction:
    action = QAction(title, menu)
    action.triggered.connect(lambda _checked=False: does())
    menu.addAction(action)
    return action


def _call(function: Callable[..., object], *arguments: str) -> Callable[[], object]:
    return lambda: function(*arguments)


def _check(action: QAction, on: bool) -> None:
    action.setCheckable(True)
    action.setChecked(on)


def _tr(text: str) -> str:
    return QCoreApplication.translate("RoleMenu", text)
