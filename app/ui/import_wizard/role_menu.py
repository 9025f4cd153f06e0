"""The menu of a column's role: rate properties, and attributes in the three cases of IMP-6."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from app.ui.import_wizard.column_choices import (
    ATTRIBUTE,
    PRICE,
    WIDE_ROLES,
    Pairs,
    also_attribute,
    as_attribute,
    role_text,
    used,
    wide_text,
    with_part,
    without_use,
)
from app.ui.import_wizard.column_heads import part_names

if TYPE_CHECKING:
    from app.services.tariffs.import_views import (
        AttributeView,
        ColumnView,
        ProposalView,
        UseView,
    )

NONE, KEYS = "none", "keys"
"""Cases of a dictionary: there is none, or one of keys only."""

FIRST_PROPERTIES = 6
"""Rate properties that stand in the menu itself; the others stand below More."""

Declare = Callable[[tuple[str, ...], str], object]
"""(texts for Choices.columns, none = not used; what the undo step is called)."""

AskKey = Callable[["AttributeView", Callable[[str, str], object]], object]
"""Ask for a key of an attribute; the answer goes to a function of (key, its name)."""


def role_menu(
    parent: QWidget,
    proposal: ProposalView,
    index: int,
    *,
    declare: Declare,
    ask_key: AskKey,
    values: Sequence[str],
    only: Callable[[str], object],
    other_value: Callable[[], object],
) -> QMenu:
    """Return the menu of a column; ``values`` are some of its cells, offered as filters."""
    column = proposal.columns[index]
    menu = QMenu(parent)
    menu.setToolTipsVisible(True)
    menu.setAccessibleName(_tr("Role of column {letter}").format(letter=column.letter))
    _title(menu, _heading(column))
    roles = _Roles(menu, proposal, column, declare, ask_key)
    _check(roles.add(menu, _tr("Not used"), (), _tr("not used")), not used(column))
    menu.addSeparator()
    _title(menu, _tr("Rate properties"))
    roles.rate_properties()
    menu.addSeparator()
    _title(menu, _tr("What the prices are for"))
    for attribute in proposal.attributes:
        roles.attribute(attribute)
    menu.addSeparator()
    roles.parts()
    roles.also()
    _filters(menu, proposal, column, values, only, other_value)
    return menu


@dataclass(frozen=True, slots=True)
class _Roles:
    """Adds to a menu what one column may be."""

    menu: QMenu
    proposal: ProposalView
    column: ColumnView
    declare: Declare
    ask_key: AskKey

    def add(self, menu: QMenu, title: str, texts: tuple[str, ...], step: str) -> QAction:
        """Add an action that declares the column by ``texts``."""
        said = _tr("Column {letter}: {role}").format(letter=self.column.letter, role=step)
        return _add(menu, title, lambda: self.declare(texts, said))

    def rate_properties(self) -> None:
        """Add prices and what goes with them; those of wide sheets name a key."""
        more = QMenu(_tr("More"), self.menu)
        wide = []
        for place, (role, title) in enumerate(self.proposal.roles):
            target = self.menu if place < FIRST_PROPERTIES else more
            name = _tr(title)
            plain = any(use.role == role and not use.keys for use in used(self.column))
            action = self.add(target, name, (role_text(self.column.letter, role),), name)
            _check(action, plain)
            if role == PRICE:
                self.menu.addMenu(self._wide(role, name))
            elif role in WIDE_ROLES:
                wide.append(self._wide(role, name))
        more.addSeparator()
        for below in wide:
            more.addMenu(below)
        self.menu.addMenu(more)

    def _wide(self, role: str, title: str) -> QMenu:
        """Return the menu that says which key a column of a wide sheet stands for."""
        below = QMenu(_tr("{role} of").format(role=title), self.menu)
        use = next((u for u in used(self.column) if u.role == role and u.keys), None)
        names = {
            attribute: name
            for (attribute, _key), name in zip(use.keys, use.key_names, strict=True)
        } if use else {}  # fmt: skip
        for attribute in self.proposal.attributes:
            own = names.get(attribute.key)
            text = f"{attribute.name}: {own}…" if own else f"{attribute.name}…"
            kept = tuple(p for p in use.keys if p[0] != attribute.key) if use else ()
            ask = self._asker(role, title, attribute, kept)
            _check(_add(below, text.replace("&", "&&"), ask), own is not None)
        if use is not None:
            below.addSeparator()
            texts = (role_text(self.column.letter, role),)
            self.add(below, _tr("{role} without a key").format(role=title), texts, title)
        _check(below.menuAction(), use is not None)
        return below

    def _asker(
        self, role: str, title: str, attribute: AttributeView, kept: Pairs
    ) -> Callable[[], object]:
        """Return what asks for a key of ``attribute``, beside the pairs that are ``kept``."""
        letter = self.column.letter

        def take(key: str, name: str) -> None:
            text = wide_text(letter, role, (*kept, (attribute.key, key)))
            step = _tr("Column {letter}: {role}").format(letter=letter, role=f"{title} · {name}")
            self.declare((text,), step)

        return lambda: self.ask_key(attribute, take)

    def attribute(self, attribute: AttributeView) -> None:
        """Add an attribute: plain, by key, or a submenu of what its names may be matched by."""
        use = next((u for u in used(self.column) if u.attribute == attribute.key), None)
        if attribute.case in (NONE, KEYS):
            by_key = _tr("{name} (by key)").format(name=attribute.name)
            title = by_key if attribute.case == KEYS else attribute.name
            texts = as_attribute(self.column, attribute.key)
            _check(self.add(self.menu, title, texts, attribute.name), use is not None)
            return
        below = QMenu(attribute.name, self.menu)
        for title, by, how in _ways(attribute):
            texts = as_attribute(self.column, attribute.key, by, how)
            action = self.add(below, title, texts, attribute.name)
            _check(action, use is not None and _is_way(use, by, how))
            action.setToolTip(attribute.dictionary_title)
        _check(self.menu.addMenu(below), use is not None)

    def parts(self) -> None:
        """Add which part of the cell counts (Q31), for each attribute that the column gives."""
        own = self._own()
        for use in own:
            title = _tr("Part of the cell")
            if len(own) > 1:
                title = _tr("Part of the cell for {name}").format(name=self._name(use.attribute))
            below = QMenu(title, self.menu)
            for part, name in {"": _tr("all of it"), **part_names()}.items():
                if part == "section" and not self.proposal.section_rows and use.part != part:
                    continue
                texts = with_part(self.column, use, part)
                _check(self.add(below, name[:1].upper() + name[1:], texts, name), use.part == part)
            self.menu.addMenu(below)

    def also(self) -> None:
        """Add a further attribute that the column gives, e.g. country and network in one cell."""
        own = {use.attribute: use for use in self._own()}
        if not own:
            return
        below = QMenu(_tr("Also gives"), self.menu)
        for attribute in self.proposal.attributes:
            use = own.get(attribute.key)
            if use is not None and len(own) == 1:
                continue
            if use is None:
                texts = also_attribute(self.column, attribute.key)
                step = _tr("also {name}").format(name=attribute.name)
            else:
                texts = without_use(self.column, use)
                step = _tr("not {name}").format(name=attribute.name)
            _check(self.add(below, attribute.name, texts, step), use is not None)
        self.menu.addMenu(below)

    def _own(self) -> list[UseView]:
        return [use for use in used(self.column) if use.role == ATTRIBUTE]

    def _name(self, attribute: str) -> str:
        names = {a.key: a.name for a in self.proposal.attributes}
        return names.get(attribute, attribute)


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
    _add(below, _tr("Choose values…"), other_value)
    menu.addMenu(below)


def _title(menu: QMenu, text: str) -> None:
    """Add a line that is only read; some styles draw no text in sections."""
    action = QAction(text.replace("&", "&&"), menu)
    action.setEnabled(False)
    menu.addAction(action)


def _heading(column: ColumnView) -> str:
    name = f" · {column.header}" if column.header else ""
    return _tr("Column {letter}").format(letter=column.letter) + name


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
