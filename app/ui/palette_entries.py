"""What the palette lists before anything is typed: recent items, sections, commands."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QAction, QKeySequence

from app.ui import titles
from app.ui.look.icons import icon
from app.ui.navigation import places
from app.ui.palette import Entry

if TYPE_CHECKING:
    from app.ui.main_window import MainWindow

RECENT_SHOWN = 5


def palette_entries(window: MainWindow) -> list[Entry]:
    """Return recent items, sections, the page's and the window's commands, in this order."""

    def go(address: str) -> Callable[[], object]:
        return lambda: window.open_address(address)

    found = []
    if window.jobs.session is not None:
        pages = [p for p in window.recent.pages() if not p.address.startswith("list?")]
        recent = pages[:RECENT_SHOWN]  # lists are below, as sections
        found += [Entry(p.title, _tr("Recent"), icon(p.icon), go(p.address)) for p in recent]
        found += [
            Entry(e.title, titles.tr(e.group), icon(e.icon or "list"), go(e.address))
            for e in places()
            if window.may(e.area, "view") and not e.key.startswith("action:")
        ]
    page = window.page
    if page is not None:
        found += [_command(a, page.title()) for a in page.actions_shown() if _usable(a)]
    own = [a for a in window.actions() if a.objectName() != "palette"]
    choices = [*window.commands.themes.values(), *window.commands.densities.values()]
    return found + [_command(a, _tr("Command")) for a in [*own, *choices] if _usable(a)]


def plain_title(action: QAction) -> str:
    """Return the text of an action without the mark of its access key."""
    return action.text().replace("&&", "\0").replace("&", "").replace("\0", "&")


def shortcut_text(action: QAction) -> str:
    """Return the first shortcut of an action as people read it, "" without one."""
    return action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)


def _usable(action: QAction) -> bool:
    return action.isEnabled() and bool(action.text())


def _command(action: QAction, group: str) -> Entry:
    shown = action.icon() if not action.icon().isNull() else icon("chevron-right")
    return Entry(
        plain_title(action), group, shown, action.trigger, "", shortcut_text(action), command=True
    )


def _tr(text: str) -> str:
    return QCoreApplication.translate("palette", text)
