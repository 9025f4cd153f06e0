"""What a list shows, as values: filters, order, groups and columns; a saved view keeps all of it.

Everything is known by column *names*, so that a state outlives a section's new or dropped columns.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from app.domain.sections import Section

VERSION = 1
"""Of the JSON form; another one is not read."""

GROUP_LEVELS = 2


@dataclass(frozen=True, slots=True)
class ColumnLayout:
    """Order, hidden ones and widths (pixels) of the columns; ``frozen`` = how many stay left."""

    order: tuple[str, ...]
    hidden: frozenset[str] = frozenset()
    widths: tuple[tuple[str, int], ...] = ()
    frozen: int = 0

    @classmethod
    def of(cls, section: Section) -> ColumnLayout:
        """Return the layout a section declares."""
        hidden = frozenset(c.name for c in section.columns if c.hidden)
        return cls(tuple(c.name for c in section.columns), hidden)

    @property
    def visible(self) -> tuple[str, ...]:
        """Return the shown columns, left to right."""
        return tuple(name for name in self.order if name not in self.hidden)

    @property
    def frozen_names(self) -> frozenset[str]:
        """Return the columns that stay; at least one column scrolls."""
        visible = self.visible
        return frozenset(visible[: min(self.frozen, len(visible) - 1)])

    def width(self, name: str) -> int | None:
        """Return the chosen width of a column in pixels, None if nobody chose one."""
        return dict(self.widths).get(name)

    def resized(self, name: str, pixels: int) -> ColumnLayout:
        """Return the layout with one column's width."""
        widths = {**dict(self.widths), name: pixels}
        return replace(self, widths=tuple(sorted(widths.items())))

    def toggled(self, name: str, shown: bool) -> ColumnLayout:
        """Return the layout with one column shown or hidden; the last shown one stays."""
        hidden = self.hidden - {name} if shown else self.hidden | {name}
        if len(hidden) >= len(self.order):
            return self
        return replace(self, hidden=hidden)

    def moved(self, name: str, before: str | None) -> ColumnLayout:
        """Return the layout with one column put before another one (None = last)."""
        if name == before:
            return self
        order = [n for n in self.order if n != name]
        order.insert(len(order) if before is None else order.index(before), name)
        return replace(self, order=tuple(order))

    def to_json(self) -> dict[str, Any]:
        """Return the layout as JSON data."""
        return {
            "order": list(self.order),
            "hidden": sorted(self.hidden),
            "widths": dict(self.widths),
            "frozen": self.frozen,
        }

    @classmethod
    def from_json(cls, data: object, section: Section) -> ColumnLayout:
        """Return the layout that :meth:`to_json` wrote; columns it does not know come last."""
        declared = cls.of(section)
        if not isinstance(data, dict):
            return declared
        names = set(declared.order)
        order = [n for n in data.get("order", []) if n in names]
        hidden = {n for n in data.get("hidden", []) if n in names}
        hidden |= {n for n in declared.hidden if n not in order}
        order += [n for n in declared.order if n not in order]
        widths = {n: int(w) for n, w in dict(data.get("widths", {})).items() if n in names}
        if len(hidden) >= len(order):
            hidden = set(declared.hidden)
        frozen = int(data.get("frozen", 0))
        return cls(tuple(order), frozenset(hidden), tuple(sorted(widths.items())), frozen)


@dataclass(frozen=True, slots=True)
class ListState:
    """What a list shows. ``filters`` are (column, text as typed in its filter cell)."""

    columns: ColumnLayout
    filters: tuple[tuple[str, str], ...] = ()
    search: str = ""
    sorts: tuple[tuple[str, bool], ...] = ()
    groups: tuple[str, ...] = ()

    @classmethod
    def of(cls, section: Section) -> ListState:
        """Return what a section shows at first."""
        filters = tuple((n, t) for n, t in section.defaults.items() if t)
        return cls(ColumnLayout.of(section), filters, "", section.sort)

    def filter_of(self, name: str) -> str:
        """Return the filter text of a column."""
        return dict(self.filters).get(name, "")

    def filtered(self, name: str, text: str) -> ListState:
        """Return the state with one column's filter; "" takes it away."""
        filters = {**dict(self.filters), name: text}
        return replace(self, filters=tuple((n, t) for n, t in filters.items() if t))

    def unfiltered(self) -> ListState:
        """Return the state without any filter and search."""
        return replace(self, filters=(), search="")

    @property
    def is_filtered(self) -> bool:
        """Whether a filter or a search may hide rows."""
        return bool(self.filters or self.search)

    def sorted_by(
        self, name: str, *, add: bool = False, descending: bool | None = None
    ) -> ListState:
        """Return the state sorted by a column: a second time reverses; ``add`` keeps the others."""
        now = dict(self.sorts)
        alone = name in now and (add or len(now) == 1)
        turned = not now[name] if alone else False
        new = turned if descending is None else descending
        if add:
            return replace(self, sorts=tuple({**now, name: new}.items()))
        return replace(self, sorts=((name, new),))

    def grouped(self, *names: str) -> ListState:
        """Return the state grouped by up to two columns."""
        return replace(self, groups=names[:GROUP_LEVELS])

    def to_json(self) -> dict[str, Any]:
        """Return the state as JSON data."""
        return {
            "version": VERSION,
            "columns": self.columns.to_json(),
            "filters": dict(self.filters),
            "search": self.search,
            "sorts": [[name, down] for name, down in self.sorts],
            "groups": list(self.groups),
        }

    @classmethod
    def from_json(cls, data: object, section: Section) -> ListState | None:
        """Return the state that :meth:`to_json` wrote, None for anything else."""
        if not isinstance(data, dict) or data.get("version") != VERSION:
            return None
        names = {c.name for c in section.columns}
        try:
            return cls(
                ColumnLayout.from_json(data.get("columns"), section),
                tuple((n, str(t)) for n, t in data["filters"].items() if n in names and t),
                str(data["search"]),
                tuple((n, bool(down)) for n, down in data["sorts"] if n in names),
                tuple(n for n in data["groups"] if n in names)[:GROUP_LEVELS],
            )
        except (KeyError, TypeError, ValueError, AttributeError):
            return None


@dataclass(frozen=True, slots=True)
class SavedView:
    """A named state of a list; one of a section's views may be what it opens with."""

    name: str
    state: ListState
    is_default: bool = False


@dataclass(frozen=True, slots=True)
class SavedViews:
    """The views of one section in the order of their names."""

    section: Section
    views: tuple[SavedView, ...] = field(default=())

    @classmethod
    def from_json(cls, data: object, section: Section) -> SavedViews:
        """Return the views that :meth:`to_json` wrote; unreadable ones are left out."""
        found = []
        for item in data if isinstance(data, list) else ():
            state = ListState.from_json(item.get("state"), section)
            if state is not None and item.get("name"):
                found.append(SavedView(str(item["name"]), state, bool(item.get("default"))))
        return cls(section, tuple(found))

    def to_json(self) -> list[dict[str, Any]]:
        """Return the views as JSON data."""
        return [
            {"name": v.name, "state": v.state.to_json(), "default": v.is_default}
            for v in self.views
        ]

    def get(self, name: str) -> SavedView | None:
        """Return a view by its name."""
        return next((v for v in self.views if v.name == name), None)

    @property
    def default(self) -> SavedView | None:
        """Return the view that the list opens with, None for the section's own."""
        return next((v for v in self.views if v.is_default), None)

    def saved(self, name: str, state: ListState) -> SavedViews:
        """Return the views with this one new or changed."""
        old = self.get(name)
        new = SavedView(name, state, old.is_default if old else False)
        rest = tuple(v for v in self.views if v.name != name)
        views = sorted((*rest, new), key=lambda v: (v.name.casefold(), v.name))
        return replace(self, views=tuple(views))

    def renamed(self, name: str, new: str) -> SavedViews:
        """Return the views with one under another name. Raises ValueError if that one is taken."""
        if new != name and self.get(new):
            raise ValueError(f'There is a view "{new}" already: choose another name.')
        views = [replace(v, name=new) if v.name == name else v for v in self.views]
        return replace(self, views=tuple(sorted(views, key=lambda v: (v.name.casefold(), v.name))))

    def removed(self, name: str) -> SavedViews:
        """Return the views without one."""
        return replace(self, views=tuple(v for v in self.views if v.name != name))

    def opened_with(self, name: str) -> SavedViews:
        """Return the views with another default ("" = the section's own)."""
        return replace(self, views=tuple(replace(v, is_default=v.name == name) for v in self.views))
