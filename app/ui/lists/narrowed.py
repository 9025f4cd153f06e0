"""What a list of one scope belongs to, in words: its service and its dates, not its number."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from PySide6.QtCore import QObject, Signal

from app.services.tariffs.tree_pages import TreeHead, tree_head
from app.ui import formats
from app.ui.addresses import Address
from app.ui.jobs import Jobs

SCOPE = "scope"


class Narrowed(QObject):
    """Asks once for the scope of an address; ``told`` when ``text`` is another."""

    told = Signal()

    def __init__(self, address: Address, jobs: Jobs, parent: QObject) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._scope = address.number(SCOPE)
        self.text = ""

    def ask(self) -> None:
        """Ask for the words if the list is one of a scope; one that is gone stays without."""
        scope = self._scope
        if scope is None:
            return
        self._jobs.query(
            lambda ctx: tree_head(ctx, scope),
            owner=self,
            done=self._take,
            failed=lambda _problem: None,
        )

    def _take(self, head: TreeHead) -> None:
        self.text = f"{head.service_name}, {_period(head)}"
        self.told.emit()


def _period(head: TreeHead) -> str:
    """Return the dates of a scope as its service's zone has them; a draft may have none."""
    if head.effective_from is None:
        return "—"
    zone = ZoneInfo(head.time_zone)
    till = head.effective_till
    return formats.period(
        head.effective_from.astimezone(zone).date(), till.astimezone(zone).date() if till else None
    )
