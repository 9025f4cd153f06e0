"""The way of the Tab key: as the layouts stand, whatever was built first.

Pages build their widgets when they need them, so the order in which widgets were made says nothing.
The window asks for its stops at each Tab; a walk over its layouts takes a few milliseconds.
"""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import (
    QAbstractScrollArea,
    QGridLayout,
    QLayout,
    QMainWindow,
    QScrollArea,
    QSplitter,
    QTabWidget,
    QWidget,
)

_DIRECT = Qt.FindChildOption.FindDirectChildrenOnly


def stops(root: QWidget) -> list[QWidget]:
    """Return the visible widgets that Tab comes to below ``root``, from top left to bottom right.

    What is inside a view, as the filters of its columns, comes before its rows.
    """
    return [widget for widget in _walk(root) if _takes_tab(widget)]


def step(root: QWidget, now: QWidget | None, *, forward: bool) -> bool:
    """Give the keyboard to the stop behind (before) ``now``; False if there is none to go to."""
    chain = stops(root)
    if not chain:
        return False
    if now is not None and not (now.isVisible() and now.isEnabled()):
        at = _beside(chain, now)
    else:
        at = _place(chain, now, forward=forward)
    target = chain[at % len(chain)]
    reasons = Qt.FocusReason
    target.setFocus(reasons.TabFocusReason if forward else reasons.BacktabFocusReason)
    return True


def _place(chain: list[QWidget], now: QWidget | None, *, forward: bool) -> int:
    """Return where to go in the chain; from inside a stop, the way starts at that stop."""
    known = {widget: number for number, widget in enumerate(chain)}
    while now is not None and now not in known:
        now = now.parentWidget()
    if now is None:
        return 0 if forward else -1
    return known[now] + (1 if forward else -1)


def _beside(chain: list[QWidget], gone: QWidget) -> int:
    """Return the first stop near a widget that was hidden or disabled while it had the keyboard."""
    place = gone.parentWidget()
    while place is not None:
        for number, widget in enumerate(chain):
            if place.isAncestorOf(widget):
                return number
        place = place.parentWidget()
    return 0


def _takes_tab(widget: QWidget) -> bool:
    return (
        widget.isVisible()
        and widget.isEnabled()
        and bool(widget.focusPolicy().value & Qt.FocusPolicy.TabFocus.value)
        and widget.focusProxy() is None
    )


def _walk(widget: QWidget) -> Iterator[QWidget]:
    if isinstance(widget, QAbstractScrollArea) and not isinstance(widget, QScrollArea):
        # Filters stand over their rows. Not by nextInFocusChain: PySide takes what it returns for
        # a child, and ends its Python object together with the widget that was asked.
        yield from sorted(widget.findChildren(QWidget), key=_across)
        yield widget
        return
    yield widget
    direct = widget.findChildren(QWidget, options=_DIRECT)
    ordered = list(_ordered(widget, direct))
    for child in ordered:
        if child.isVisible():
            yield from _walk(child)
    floating = [c for c in direct if c not in ordered and c.isVisible() and not c.isWindow()]
    for child in sorted(floating, key=_top_left):
        yield from _walk(child)


def _ordered(widget: QWidget, direct: list[QWidget]) -> Iterator[QWidget]:
    """Return the children that a layout or a container holds, in the order they are read."""
    if isinstance(widget, QMainWindow):
        bar, centre, foot = widget.menuBar(), widget.centralWidget(), widget.statusBar()
        yield from (part for part in (bar, centre, foot) if part is not None)
    elif isinstance(widget, QSplitter):
        parts = (widget.widget(n) for n in range(widget.count()))
        yield from (part for part in parts if part is not None)
    elif isinstance(widget, QTabWidget):
        yield widget.tabBar()
    else:
        layout = widget.layout()
        if layout is not None:
            yield from _laid_out(layout, direct)


def _laid_out(layout: QLayout, direct: list[QWidget]) -> Iterator[QWidget]:
    """Return those of a widget's children that a layout of it holds, in its order.

    Not by itemAt: PySide keeps what it returns, and when the widget in it is gone takes whatever
    comes to the same place in memory for that item.
    """
    placed: dict[int, QWidget | QLayout] = {layout.indexOf(part): part for part in direct}
    for inner in layout.findChildren(QLayout, options=_DIRECT):
        placed[layout.indexOf(inner)] = inner
    placed.pop(-1, None)
    places = sorted(placed)
    if isinstance(layout, QGridLayout):
        places.sort(key=lambda n: layout.getItemPosition(n)[:2])  # type: ignore[index]
    for number in places:
        held = placed[number]
        if isinstance(held, QLayout):
            yield from _laid_out(held, direct)
        else:
            yield held


def _across(widget: QWidget) -> int:
    return widget.mapToGlobal(QPoint(0, 0)).x()


def _top_left(widget: QWidget) -> tuple[int, int]:
    return widget.y(), widget.x()
