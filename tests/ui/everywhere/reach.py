"""Item 47: what a screen reader is told, and where the keyboard gets to."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface, QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QMainWindow,
    QMenu,
    QMenuBar,
    QScrollArea,
    QScrollBar,
    QTabBar,
    QTextBrowser,
    QToolBar,
    QToolButton,
    QWidget,
)
from shiboken6 import isValid

from app.ui import focus_order
from app.ui.widgets.toast import Toast

ROLE = QAccessible.Role
NAMED = frozenset(
    {
        ROLE.Button,
        ROLE.ButtonMenu,
        ROLE.ButtonDropDown,
        ROLE.EditableText,
        ROLE.ComboBox,
        ROLE.SpinBox,
        ROLE.List,
        ROLE.Tree,
        ROLE.Table,
        ROLE.PageTabList,
        ROLE.PageTab,
        ROLE.CheckBox,
        ROLE.RadioButton,
        ROLE.Slider,
        ROLE.MenuItem,
        ROLE.Dialog,
    }
)
"""Roles that must have a name."""

CLOSED = frozenset({ROLE.List, ROLE.Tree, ROLE.Table, ROLE.ComboBox, ROLE.SpinBox, ROLE.MenuBar})
"""Roles whose inside is data, or is told by its holder."""

NEAR = 4
"""Pixels by which neighbours in a row may stand higher or lower."""


def told(widget: QWidget) -> str:
    """Return a widget as it is named in a finding."""
    name = widget.accessibleName() or getattr(widget, "text", str)() or widget.objectName()
    parents, above = [], widget.parentWidget()
    while above is not None and len(parents) < 3:
        parents.append(type(above).__name__)
        above = above.parentWidget()
    return f"{type(widget).__name__} {name!r} in {' < '.join(parents)}"


# ------------------------------------------------------------------------------ names


def nameless(root: QWidget) -> Iterator[str]:
    """Tell every visible control below ``root`` without an accessible name, and every twin."""
    interface = QAccessible.queryAccessibleInterface(root)
    if interface is not None:
        yield from _nameless(interface, 0)


def _nameless(interface: QAccessibleInterface, depth: int) -> Iterator[str]:
    role = interface.role()
    name = interface.text(QAccessible.Text.Name).strip()
    held = interface.object()
    if role in NAMED and not name and not _is_internal(held):
        yield f"no name: {_place(interface)}"
    if role in CLOSED or depth > 40:
        return
    before: tuple[object, str] | None = None
    count = held.count() if isinstance(held, QTabBar) else interface.childCount()
    for number in range(count):  # Qt keeps the objects of tabs that were closed
        child = interface.child(number)
        if child is None or child.state().invisible:
            continue
        now = (child.role(), child.text(QAccessible.Text.Name).strip())
        if now[0] == ROLE.Button and now[1] and now == before:
            yield f"twins: {_place(child)}"
        before = now
        yield from _nameless(child, depth + 1)


def _is_internal(held: object) -> bool:
    return isinstance(held, QWidget) and isinstance(
        held.parentWidget(), (QAbstractSpinBox, QComboBox)
    )


def _place(interface: QAccessibleInterface) -> str:
    held = interface.object()
    if isinstance(held, QWidget):
        return told(held)
    return f"{interface.role().name} {interface.text(QAccessible.Text.Name)!r}"


# ------------------------------------------------------------------------------ the way of Tab


def stops_of_tab(root: QWidget) -> list[QWidget]:
    """Return the visible widgets below ``root`` that Tab should come to."""
    return [w for w in root.findChildren(QWidget) if _tab_reaches(w) and w.window() is root]


def _tab_reaches(widget: QWidget) -> bool:
    return (
        widget.isVisible()
        and _takes_tab(widget)
        and widget.focusProxy() is None
        and not widget.visibleRegion().isEmpty()
    )


def _takes_tab(widget: QWidget) -> bool:
    return widget.isEnabled() and bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)


def way_of_tab(root: QWidget, presses: int = 400) -> list[QWidget]:
    """Press Tab until it comes to a widget again, and return the way; the last one is that one."""
    wanted = stops_of_tab(root)
    if not wanted:
        return []
    if not (root.isActiveWindow() or root.windowType() == Qt.WindowType.Popup):
        root.activateWindow()
        QApplication.processEvents()
    wanted[0].setFocus(Qt.FocusReason.TabFocusReason)
    way: list[QWidget] = []
    for _ in range(presses):
        now = QApplication.focusWidget()
        if now is None or now in way:
            return way if now is None else [*way, now]
        way.append(now)
        _press_tab(now)
    return way


def _press_tab(now: QWidget) -> None:
    """Press Tab; in a text with links, which it goes through first, until it leaves the text."""
    links = now.toHtml().count("<a href") if isinstance(now, QTextBrowser) else 0
    for _ in range(links + 1):
        if QApplication.focusWidget() is now:
            QTest.keyClick(now, Qt.Key.Key_Tab)


def way_faults(root: QWidget) -> Iterator[str]:
    """Tell what holds Tab, what it never comes to, and where it goes against the layout."""
    way = way_of_tab(root)
    if not way:
        if stops_of_tab(root):
            yield f"Tab goes nowhere in {told(root)}"
        return
    way = [w for w in way if isValid(w)]
    again = way.index(way[-1]) if way[-1] in way[:-1] else 0
    ring = way[again:-1] if way[-1] in way[:-1] else way
    if again:
        yield f"Tab goes round in {[told(w) for w in ring][:4]}"
    for widget in stops_of_tab(root):
        if widget not in way and not any(widget.isAncestorOf(w) for w in way):
            yield f"Tab never comes to {told(widget)}"
    first = focus_order.stops(root)[0] if isinstance(root, QMainWindow) else way[0]
    for one, other in pairwise(way[:-1]):
        if other is not first and _is_back(root, one, other):
            yield f"Tab goes back: {told(one)} -> {told(other)}"


def _is_back(root: QWidget, one: QWidget, other: QWidget) -> bool:
    """Whether Tab went up in one column, or to the left in one row."""
    if not (one.isVisible() and other.isVisible()) or one.isAncestorOf(other):
        return False
    if isinstance(other.parentWidget(), Toast):  # floats over the rest, and comes last
        return False
    other = _outermost_area(root, one, other)
    here, there = _rect(root, one), _rect(root, other)
    above = there.bottom() < here.top() + NEAR and there.left() < here.right() - NEAR
    left = there.right() < here.left() + NEAR and there.top() < here.bottom() - NEAR
    return above or left


def _outermost_area(root: QWidget, one: QWidget, other: QWidget) -> QWidget:
    """Return the scrolled place that Tab entered: what is in it moves while Tab goes on."""
    entered, at = other, other.parentWidget()
    while at is not None and at is not root and not at.isAncestorOf(one):
        if isinstance(at, QScrollArea):
            entered = at
        at = at.parentWidget()
    return entered


def _rect(root: QWidget, widget: QWidget) -> QRect:
    return QRect(widget.mapTo(root, QPoint(0, 0)), widget.size())


# ------------------------------------------------------------------------------ without a mouse


def mouse_only(root: QWidget, known: set[QAction]) -> Iterator[str]:
    """Tell the visible buttons that only a mouse can press.

    ``known`` = actions of the window and of its pages, which menus, palette and shortcuts offer.
    """
    for button in root.findChildren(QAbstractButton):
        if not button.isVisible() or button.focusPolicy() & Qt.FocusPolicy.TabFocus:
            continue
        if _is_known(button, known) or _has_its_key(button):
            continue
        yield f"only by mouse: {told(button)}"


def _is_known(button: QAbstractButton, known: set[QAction]) -> bool:
    words = button.accessibleName() or button.text()
    return isinstance(button, QToolButton) and any(
        button in action.associatedObjects() or action.text().replace("&", "") == words
        for action in known
    )


def _has_its_key(button: QAbstractButton) -> bool:
    """Whether a key does what a click on a button does, or comes to it.

    Close buttons of tabs (Ctrl+W), signs in fields (Esc), arrows of bars, choices of a group.
    """
    holder = button.parentWidget()
    if isinstance(holder, (QTabBar, QLineEdit, QMenuBar, QMenu, QScrollBar, QComboBox)):
        return True
    if isinstance(holder, QAbstractItemView) or button.objectName() == "tabClose":
        return True
    group = button.group()
    if group is not None and any(_takes_tab(b) for b in group.buttons() if b.isVisible()):
        return True  # arrows go through the buttons of a group
    return isinstance(holder, QToolBar) and button.objectName() == "qt_toolbar_ext_button"
