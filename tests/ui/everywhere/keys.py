"""Item 46: keys that two enabled actions claim at once, and commands the sheet does not list."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QShortcut
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from app.ui.main_window import MainWindow
from app.ui.shortcuts import shortcuts

CONTEXT = Qt.ShortcutContext


@dataclass(frozen=True, slots=True)
class Claim:
    """A key in a place: ``where`` = None for the whole window, else the widget it works in."""

    key: str
    name: str
    where: QWidget | None
    only: bool
    owner: object


def claims(window: QWidget) -> Iterator[Claim]:
    """Return every key that is in force in a window now."""
    widgets = [window, *window.findChildren(QWidget)]
    for widget in widgets:
        if not widget.isVisible() and not isinstance(widget, QMenu):
            continue
        if widget.window() is not window and not isinstance(widget, QMenu):
            continue
        for action in widget.actions():
            if action.isEnabled() and action.isVisible() and action.shortcuts():
                yield from _of_action(action, widget)
    for short in window.findChildren(QShortcut):
        holder = short.parent()
        if short.isEnabled() and isinstance(holder, QWidget) and holder.isVisible():
            for key in short.keys():  # noqa: SIM118 - not a mapping
                yield _claim(key.toString(), "shortcut", short.context(), holder, short)


def _of_action(action: QAction, widget: QWidget) -> Iterator[Claim]:
    if isinstance(widget, QMenu):
        if action.shortcutContext() not in (CONTEXT.WindowShortcut, CONTEXT.ApplicationShortcut):
            return
        if not _in_menu_bar(widget):
            return
    for key in action.shortcuts():
        yield _claim(key.toString(), action.text(), action.shortcutContext(), widget, action)


def _in_menu_bar(menu: QMenu) -> bool:
    return any(
        isinstance(w, QWidget) and not isinstance(w, QMenu) and w.isVisible()
        for w in menu.menuAction().associatedObjects()
    )


def _claim(
    key: str, name: str, context: Qt.ShortcutContext, widget: QWidget, owner: object
) -> Claim:
    whole = context in (CONTEXT.WindowShortcut, CONTEXT.ApplicationShortcut)
    where = None if whole else widget
    return Claim(key, name, where, context == CONTEXT.WidgetShortcut, owner)


def ambiguous(made: list[Claim]) -> Iterator[str]:
    """Tell every key that two enabled actions claim in one place."""
    by_key: dict[str, list[Claim]] = {}
    for claim in made:
        by_key.setdefault(claim.key, []).append(claim)
    for key, found in by_key.items():
        for number, one in enumerate(found):
            for other in found[number + 1 :]:
                if one.owner is not other.owner and _meet(one, other):
                    yield f"{key}: {one.name!r} and {other.name!r}"


def _meet(one: Claim, other: Claim) -> bool:
    if one.where is None or other.where is None:
        place = one.where or other.where
        return place is None or place.isVisible()
    if one.where is other.where:
        return True
    if one.only and other.only:
        return False
    return ((other.only or not one.only) and one.where.isAncestorOf(other.where)) or (
        (one.only or not other.only) and other.where.isAncestorOf(one.where)
    )


def unlisted(window: MainWindow, made: list[Claim]) -> Iterator[str]:
    """Tell the keys of the page in front that the shortcut sheet does not show."""
    if QApplication.activeModalWidget() is not None:
        return
    listed = {(s.title, part) for s in shortcuts(window) for part in s.keys.split(", ")}
    keys = {part for _, part in listed}
    for claim in made:
        if claim.key not in keys:
            yield f"not in the sheet: {claim.key} {claim.name!r}"
