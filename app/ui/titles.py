"""The sections in the language of the window: their texts are data, and are translated here.

``app/sections`` knows nothing of Qt. Whatever is shown of a section comes from :func:`section` or
:func:`sections`; a translator finds the texts by :func:`texts`, under the context "sections".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, TypeVar

from PySide6.QtCore import QCoreApplication

from app.domain.sections import Choice, Column, Command, Field, Panel, Section
from app.sections import GROUPS, SECTIONS
from app.sections import section as _declared
from app.sections.common import REMOVE

CONTEXT = "sections"

T = TypeVar("T", Section, Column, Field, Command, Choice, Panel)

_SHOWN: dict[type, tuple[str, ...]] = {
    Section: ("title", "singular", "empty", "empty_hint"),
    Column: ("title", "help", "none"),
    Field: ("title", "help", "placeholder", "group", "fills_title", "instead"),
    Command: ("title", "confirm"),
    Choice: ("title",),
    Panel: ("title",),
}
"""Part of a section → its attributes that a person reads."""

_PARTS = ("columns", "form", "commands", "choices", "panels")


def tr(text: str) -> str:
    """Return a text of a section in the language of the window."""
    return QCoreApplication.translate(CONTEXT, text) if text else text


def section(section_id: str) -> Section:
    """Return a section with its texts translated. Raises KeyError."""
    return shown(_declared(section_id))


def sections() -> tuple[Section, ...]:
    """Return all sections with their own texts translated; their parts are as declared.

    Menus and navigation ask often, and show no column or field: see :func:`section`.
    """
    return tuple(replace(one, **_own_texts(one)) for one in SECTIONS)


def parent_of(section_id: str) -> str:
    """Return the section in whose navigation entry one stands; itself if it has one of its own."""
    return {one.id: one.parent for one in SECTIONS}.get(section_id) or section_id


def choices(given: tuple[Choice, ...]) -> dict[str, str]:
    """Return the values of a closed list with their titles translated."""
    return {choice.value: tr(choice.title) for choice in given}


def shown(part: T) -> T:
    """Return a part of a section with its texts, and those of its own parts, translated."""
    changed = _own_texts(part)
    for name in _PARTS:
        below = getattr(part, name, ())
        if below:
            changed[name] = tuple(shown(one) for one in below)
    return replace(part, **changed)


def _own_texts(part: Any) -> dict[str, Any]:
    return {name: tr(text) for name in _SHOWN[type(part)] if (text := getattr(part, name))}


def texts() -> Iterator[str]:
    """Return every text that a translator has to translate, as it is declared."""
    yield from GROUPS
    yield from _texts(REMOVE)
    for one in SECTIONS:
        yield from _texts(one)
        yield from one.arguments


def _texts(part: Any) -> Iterator[str]:
    yield from (text for name in _SHOWN[type(part)] if (text := getattr(part, name)))
    for name in _PARTS:
        for below in getattr(part, name, ()):
            yield from _texts(below)
