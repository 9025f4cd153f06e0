"""What a tab holds (:class:`Page`), what it may ask of the window (:class:`Shell`), and the list.

One more kind of page: subclass Page in its folder and add a line to ``PAGES``. Modules named there
are loaded when the first such tab opens, so they may import services and numpy at their top.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QUndoStack
from PySide6.QtWidgets import QWidget

from app.ui.addresses import Address

if TYPE_CHECKING:
    from app.ui.jobs import Jobs
    from app.ui.preferences import Preferences

PAGES = {
    "home": "app.ui.home:HomePage",
    "list": "app.ui.lists.page:ListPage",
    "record": "app.ui.forms.page:RecordPage",
    "service": "app.ui.tariffs.service_page:ServicePage",
    "compare": "app.ui.tariffs.compare_page:ComparePage",
    "company": "app.ui.accounts.company_page:CompanyPage",
    "load": "app.ui.loading.page:LoadPage",
    "register": "app.ui.accounts.register_page:RegisterPage",
    "dictionary-update": "app.ui.dictionaries.update_page:UpdatePage",
    "missed-option": "app.ui.dictionaries.missed_page:MissedPage",
    "import": "app.ui.import_wizard.page:ImportPage",
    "account": "app.ui.access.account_page:AccountPage",
    "security": "app.ui.access.security_page:SecurityPage",
    "audit": "app.ui.control.audit_page:AuditPage",
    "due": "app.ui.control.due_page:DuePage",
    "help": "app.ui.help_page:HelpPage",
}
"""Kind of address → module:class."""


class Shell(Protocol):
    """What the main window offers its pages."""

    jobs: Jobs
    preferences: Preferences

    def open(self, address: Address, *, activate: bool = True) -> Page:
        """Show the tab of ``address``; an open one is focused and told the new arguments."""

    def close_page(self, page: Page, *, ask: bool = True) -> None:
        """Close a tab; with ``ask`` an unsaved one asks Save / Discard / Cancel first."""

    def notify(
        self,
        text: str,
        *,
        kind: str = "ok",
        action: tuple[str, Callable[[], object]] | None = None,
    ) -> None:
        """Tell the outcome of background work in a toast; ``kind`` ok, info, warn or error."""

    def copy(self, text: str, html: str = "") -> None:
        """Put text on the clipboard."""


class Page(QWidget):
    """The content of a tab. Subclasses build their widgets in ``__init__`` and load in ``start``.

    ``IDENTITY`` names the arguments that tell one page of this kind from another: opening a second
    address with equal ones focuses the first tab and calls :meth:`revisit`.
    """

    IDENTITY: ClassVar[tuple[str, ...]] = ()
    HELP: ClassVar[str] = "start"
    """Topic in resources/help that F1 opens."""

    described = Signal()
    """Title, tooltip or unsaved mark changed."""

    status = Signal(str)
    """What the left of the status bar says about this page: counts, selection, unsaved edits."""

    touched = Signal()
    """:meth:`state` or :meth:`unsaved` would answer differently now; the window saves them soon."""

    @classmethod
    def identity(cls, address: Address) -> tuple[str, ...]:
        """Return what tells the page of an address from others of its kind."""
        return tuple(address.get(name) for name in cls.IDENTITY)

    @classmethod
    def made(cls, shell: Shell, address: Address) -> Page:
        """Return a new page of this kind for an address."""
        return cls(shell, address)

    def __init__(self, shell: Shell, address: Address) -> None:
        super().__init__()
        self.shell = shell
        self.address = address

    def title(self) -> str:
        """Return the tab's text."""
        raise NotImplementedError

    def icon_name(self) -> str:
        """Return the tab's icon (app.ui.look.icons)."""
        return "file"

    def help_topic(self) -> str:
        """Return the topic that F1 opens; a page of several sections tells it by the section."""
        return self.HELP

    def start(self) -> None:
        """Load the data, in jobs; called once, when the page was shown or restored."""

    def revisit(self, address: Address) -> None:
        """Take the arguments of a later address with the same identity."""
        self.address = address

    def come_from(self, ids: Sequence[int]) -> None:
        """Take the ids of the list that opened this page, in its order: previous and next."""

    def refresh(self, nouns: frozenset[str]) -> None:
        """Take note that a change touched ``nouns``; keep selection, scroll and unsaved edits."""

    def is_dirty(self) -> bool:
        """Whether closing would lose something a person did."""
        return False

    def save(self, done: Callable[[bool], object]) -> None:
        """Save the unsaved edits, then call ``done`` with whether it worked."""
        done(True)

    def discard(self) -> None:
        """Forget the unsaved edits."""

    def state(self) -> dict[str, Any]:
        """Return what a restart restores, as JSON data: scroll, expanded nodes, chosen tab."""
        return {}

    def restore(self, state: dict[str, Any]) -> None:
        """Take what :meth:`state` gave; before :meth:`start`."""

    def unsaved(self) -> dict[str, Any] | None:
        """Return the unsaved edits as JSON data, None if there are none (recovery, item 49)."""
        return None

    def recover(self, unsaved: dict[str, Any]) -> None:
        """Take back what :meth:`unsaved` gave before a crash; before :meth:`start`."""

    def actions_shown(self) -> list[QAction]:
        """Return the actions of this page, for the palette and the shortcut sheet."""
        return [a for a in self.actions() if a.text()]

    def undo_stack(self) -> QUndoStack | None:
        """Return the page's undo stack, if it edits anything."""
        return None

    def closing(self) -> None:
        """End what runs for this page (child processes, jobs); called before it is deleted."""


def page_class(kind: str) -> type[Page]:
    """Return the class of a kind of page, loading its module. Raises KeyError if unknown."""
    module, _, name = PAGES[kind].partition(":")
    found: type[Page] = getattr(import_module(module), name)
    _loaded.add(kind)
    return found


_loaded: set[str] = set()


def is_loaded(kind: str) -> bool:
    """Tell whether a page of a kind can be made without loading its module first."""
    return kind in _loaded


def is_available(kind: str) -> bool:
    """Tell whether this program has pages of a kind, without loading them."""
    module = PAGES.get(kind, "").partition(":")[0]
    try:
        return bool(module) and find_spec(module) is not None
    except ModuleNotFoundError:
        return False


def load_pages() -> None:
    """Import the module of every kind of page, in a thread, so that the first tab opens at once."""
    for kind in PAGES:
        if is_available(kind):
            page_class(kind)


def make_page(shell: Shell, address: Address) -> Page:
    """Return a new page for ``address``. Raises KeyError for an unknown kind."""
    return page_class(address.kind).made(shell, address)
