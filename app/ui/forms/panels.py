"""Lists in the page of a record: rows of other sections that belong to it, a tab each."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from string import Formatter
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QTabWidget, QVBoxLayout, QWidget

from app.domain.records import ListQuery, Record
from app.domain.sections import Panel, Section
from app.services import records
from app.services.form_values import shown_by
from app.ui import formats
from app.ui.lists.embedded import Belonging, EmbeddedList
from app.ui.titles import section as section_of

if TYPE_CHECKING:
    from app.ui.pages import Shell


class RecordPanels(QTabWidget):
    """The panels of a section for one record; a list is read when its tab is first looked at."""

    touched = Signal()
    """Another tab is in front."""

    status = Signal(str)
    """What the list in front says about its rows."""

    def __init__(self, section: Section, shell: Shell, parent: QWidget) -> None:
        super().__init__(parent)
        self._section, self._shell = section, shell
        self._record: Record | None = None
        self._wanted = ""
        self._places: list[_Place] = []
        self.setDocumentMode(True)
        self.tabBar().setDrawBase(False)
        self.tabBar().setAccessibleName(self.tr("What belongs to it"))
        self.setAccessibleName(self.tr("What belongs to it"))
        self.currentChanged.connect(self._turned)
        self.hide()

    # ------------------------------------------------------------------ the record

    def show_record(self, record: Record | None) -> None:
        """Show what belongs to a record; None hides the panels."""
        now = [place.panel.id for place in self._places]
        wanted = self._fitting(record)
        same = record is not None and self._record is not None and record.id == self._record.id
        if same and now == [panel.id for panel in wanted] and self._same_places(record):
            self._record = record
            return
        front = self.panel_in_front() or self._wanted
        self._record = record
        self._clear()
        for panel in wanted:
            self._add(panel)
        self.setVisible(bool(self._places))
        self.choose(front)
        self._turned()

    def _fitting(self, record: Record | None) -> list[Panel]:
        """Return the panels that a record has and the person may look at."""
        if record is None:
            return []
        return [
            panel
            for panel in self._section.panels
            if shown_by(panel.shown_when, record.values)
            and self._shell.jobs.may(section_of(panel.section).area, "view")
        ]

    def _same_places(self, record: Record | None) -> bool:
        assert record is not None
        return all(p.belonging == self._belonging(p.panel, record) for p in self._places)

    def _belonging(self, panel: Panel, record: Record) -> Belonging:
        values = {**record.values, "id": record.id}
        return Belonging(
            panel.section,
            tuple((name, filled(text, values)) for name, text in panel.filters),
            tuple((name, filled(text, values)) for name, text in panel.adds),
            f"panel/{self._section.id}/{panel.id}",
            f"{self._section.id}-{record.id}-{panel.id}",
            panel.hides,
            panel.shows,
        )

    def _add(self, panel: Panel) -> None:
        assert self._record is not None
        place = _Place(panel, self._belonging(panel, self._record), self._shell)
        place.counted.connect(partial(self._tell_count, place))
        place.status.connect(self.status)
        self._places.append(place)
        self.addTab(place, panel.title)
        place.count()

    def _clear(self) -> None:
        self.blockSignals(True)
        for place in self._places:
            place.close_list()
            self.removeTab(self.indexOf(place))
            place.deleteLater()
        self._places.clear()
        self.blockSignals(False)

    # ------------------------------------------------------------------ tabs

    def panel_in_front(self) -> str:
        """Return the id of the panel in front, "" without any."""
        place = self.currentWidget()
        return place.panel.id if isinstance(place, _Place) else ""

    def choose(self, panel_id: str) -> None:
        """Bring a panel to the front, now or when there is one of this id."""
        self._wanted = panel_id
        for place in self._places:
            if place.panel.id == panel_id:
                self.setCurrentWidget(place)

    def list_in_front(self) -> EmbeddedList | None:
        """Return the list in front once it was made."""
        place = self.currentWidget()
        return place.list if isinstance(place, _Place) else None

    def _turned(self, _index: int = 0) -> None:
        place = self.currentWidget()
        if isinstance(place, _Place):
            place.open()
        self.touched.emit()

    def _tell_count(self, place: _Place, count: int) -> None:
        words = self.tr("{title} ({n})").format(title=place.panel.title, n=formats.number(count))
        self.setTabText(self.indexOf(place), words.replace("&", "&&"))

    # ------------------------------------------------------------------ like a page

    def refresh(self, nouns: frozenset[str]) -> None:
        """Read the lists and counts anew that a change touched."""
        for place in self._places:
            place.refresh(nouns)

    def actions_shown(self) -> list[QAction]:
        """Return the actions of the list in front, for the palette."""
        front = self.list_in_front()
        return front.actions_shown() if front is not None else []

    def closing(self) -> None:
        """End what runs for the lists."""
        for place in self._places:
            place.close_list()


class _Place(QWidget):
    """The tab of a panel: its count at once, its list when it is opened."""

    counted = Signal(int)
    status = Signal(str)

    def __init__(self, panel: Panel, belonging: Belonging, shell: Shell) -> None:
        super().__init__()
        self.panel, self.belonging = panel, belonging
        self._shell = shell
        self._nouns = frozenset(section_of(panel.section).nouns)
        self.list: EmbeddedList | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)

    def open(self) -> None:
        """Make the list and read it."""
        if self.list is None:
            self.list = EmbeddedList(self._shell, self.belonging)
            self.list.model.counted.connect(self._take_count)
            self.list.status.connect(self.status)
            self._column.addWidget(self.list)
            self.list.start()

    def count(self) -> None:
        """Ask how many rows belong here, while the list is not there to tell."""
        if self.list is not None:
            return
        chosen, belonging = section_of(self.panel.section), self.belonging
        given = tuple((n, belonging.address().get(n)) for n in chosen.arguments)
        query = ListQuery(chosen.id, arguments=given, within=belonging.within())
        self._shell.jobs.query(
            lambda ctx: records.count(ctx, chosen, query)[1],
            owner=self,
            done=self.counted.emit,
            failed=lambda _: None,
        )

    def refresh(self, nouns: frozenset[str]) -> None:
        """Read anew what a change touched."""
        if self.list is not None:
            self.list.refresh(nouns)
        elif nouns & self._nouns:
            self.count()

    def close_list(self) -> None:
        """End what runs for the list."""
        if self.list is not None:
            self.list.closing()

    def _take_count(self) -> None:
        if self.list is not None and self.list.model.total is not None:
            self.counted.emit(self.list.model.total)


def filled(text: str, values: Mapping[str, Any]) -> str:
    """Return a text with its ``{name}`` places filled; nothing for what has no value."""
    places = {name: values.get(name) for _, name, _, _ in Formatter().parse(text) if name}
    return text.format(**{n: "" if v is None else v for n, v in places.items()})
