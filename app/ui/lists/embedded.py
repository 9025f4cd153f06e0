"""A list inside the page of a record: only rows that belong to it, its own columns and order."""

from __future__ import annotations

from dataclasses import dataclass, replace

from app.domain.records import Filter
from app.domain.sections import Section
from app.ui.addresses import Address
from app.ui.lists.filter_words import asked
from app.ui.lists.page import ListPage
from app.ui.lists.state import ListState
from app.ui.pages import Shell
from app.ui.titles import section as section_of


@dataclass(frozen=True, slots=True)
class Belonging:
    """Which rows of a section belong where: ``filters`` (column, text), ``adds`` for new ones.

    ``key`` = where the list's columns and order are kept; ``owner`` tells new forms apart;
    ``hides`` = columns that are not shown unless a person chooses them, ``shows`` = those that are.
    """

    section: str
    filters: tuple[tuple[str, str], ...]
    adds: tuple[tuple[str, str], ...]
    key: str
    owner: str
    hides: tuple[str, ...] = ()
    shows: tuple[str, ...] = ()

    def within(self) -> tuple[Filter, ...]:
        """Return the conditions of the rows. Raises ValueError if a text means nothing."""
        section = section_of(self.section)
        texts = [(n, t) for n, t in self.filters if n not in section.arguments]
        found = [asked(text, section.column(name)) for name, text in texts]
        return tuple(one for one in found if one is not None)

    def address(self) -> Address:
        """Return the address of the list; a section with arguments takes them from the filters."""
        known = section_of(self.section).arguments
        arguments = {name: text.lstrip("=") for name, text in self.filters if name in known}
        return Address.of("list", section=self.section, **arguments)

    def new_address(self) -> Address:
        """Return the address of a new row's form, filled with ``adds``."""
        given = {f"set.{name}": text for name, text in self.adds}
        return Address.of("record", section=self.section, new=self.owner, **given)


class EmbeddedList(ListPage):
    """The rows that belong to a record, with the tools of their own list."""

    def __init__(self, shell: Shell, belonging: Belonging) -> None:
        self._belonging = belonging
        super().__init__(shell, belonging.address())
        self.within = belonging.within()
        self.heading.hide()
        around = self.layout()
        assert around is not None
        around.setContentsMargins(0, 4, 0, 0)

    def listed(self, address: Address) -> Section:
        """Return the section with the columns that say something beside the page around it."""
        found, hides = super().listed(address), self._belonging.hides
        shows = self._belonging.shows
        columns = (
            replace(c, hidden=(c.hidden or c.name in hides) and c.name not in shows)
            for c in found.columns
        )
        return replace(found, columns=tuple(columns))

    def preferences_key(self) -> str:
        return self._belonging.key

    def first_state(self) -> ListState:
        """Show every row that belongs here; only columns and order are what was left."""
        state, hides = super().first_state(), self._belonging.hides
        sorts = tuple(sort for sort in state.sorts if sort[0] not in hides)
        return replace(state, filters=(), search="", groups=(), sorts=sorts)

    def add(self) -> None:
        """Open the form of a new row that belongs here."""
        self.shell.open(self._belonging.new_address())
