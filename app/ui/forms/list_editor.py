"""Several values of one field as chips: choices, references, mail addresses, words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QCoreApplication

from app.domain.sections import Field, Kind
from app.services.form_values import is_address
from app.ui.forms.chips_box import ChipsBox
from app.ui.forms.editor import TEXT_WIDTH, FieldEditor, Lookup
from app.ui.forms.shown import labels_of
from app.ui.look.marks import set_mark
from app.ui.widgets.type_ahead import Option, Reply

LIST_KINDS = frozenset({Kind.CHOICES, Kind.REFERENCES, Kind.EMAILS, Kind.WORDS})
FREE = frozenset({Kind.EMAILS, Kind.WORDS})
"""Kinds that take any text; the others only what is proposed."""


class ListEditor(FieldEditor):
    """Chips with an entry; its value is a list of texts, in the order they were added.

    The label of references is their shown texts, one a line.
    """

    def __init__(self, field: Field, lookup: Lookup) -> None:
        free = field.kind in FREE
        self.box = ChipsBox(
            free=free, placeholder=field.placeholder or _hint(field), width=TEXT_WIDTH
        )
        super().__init__(field, self.box)
        self._lookup = lookup
        if field.kind is Kind.EMAILS:
            self.box.is_wrong = lambda text: not is_address(text)
        if field.kind is not Kind.EMAILS and (field.options or not free):
            self.box.entry.set_source(self._propose)
        self.box.edited.connect(self._tell)
        self.box.entry.dropped.connect(self._drop)

    def _drop(self, option: Option) -> None:
        self.box.entry.set_value(None, "")  # else what is typed becomes a chip as the focus goes
        self.drop_asked.emit(option.text)

    def put(self, value: Any, label: str = "") -> None:
        given = [str(one) for one in value or ()]
        if self.field.kind is Kind.CHOICES:
            titles = {choice.value: choice.title for choice in self.field.choices}
            items = [(one, titles.get(one, one)) for one in given]
        else:
            items = labels_of(given, label)
        self.box.set_items(items)

    def value(self) -> list[str]:
        keys = [key for key, _ in self.box.items()]
        if self.field.kind is Kind.CHOICES:
            known = [choice.value for choice in self.field.choices]
            keys.sort(key=lambda key: known.index(key) if key in known else len(known))
        pending = self.box.pending()
        return [*keys, pending] if pending else keys

    def label(self) -> str:
        if self.field.kind is not Kind.REFERENCES:
            return ""
        return "\n".join(text for _, text in self.box.items())

    def memo(self) -> list[list[str]]:
        return [list(item) for item in self.box.items()]

    def recall(self, memo: Any) -> None:
        self.box.set_items([(str(key), str(text)) for key, text in memo])

    def set_invalid(self, invalid: bool) -> None:
        set_mark(self.box, "invalid", invalid)

    def _propose(self, text: str, reply: Reply) -> None:
        """Offer what is not there yet; of free words the typed one first."""
        there = {key for key, _ in self.box.items()}

        def answer(options: Sequence[Option]) -> None:
            left = [
                replace(option, drops=bool(self.field.drops))
                for option in options
                if str(option.key) not in there
            ]
            if self.field.kind is Kind.WORDS and text and text not in {o.text for o in left}:
                left.insert(0, Option(text, text))
            reply(left)

        if self.field.kind is Kind.CHOICES:
            words = text.casefold().split()
            answer(
                [
                    Option(choice.value, choice.title)
                    for choice in self.field.choices
                    if all(word in choice.title.casefold() for word in words)
                ]
            )
        else:
            self._lookup(self.field, text, answer)


def _hint(field: Field) -> str:
    translate = QCoreApplication.translate
    if field.kind is Kind.EMAILS:
        return translate("ListEditor", "Add an address")
    if field.kind is Kind.WORDS:
        return translate("ListEditor", "Add a word")
    return translate("ListEditor", "Type to add")
