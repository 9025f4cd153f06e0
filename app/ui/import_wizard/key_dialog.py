"""Asks for the key of a wide sheet's column, or of all rows, by typing a part of its name."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.ui.widgets.buttons import push_button
from app.ui.widgets.card import muted_label
from app.ui.widgets.type_ahead import Option, Reply, TypeAhead

if TYPE_CHECKING:
    from app.services.tariffs.import_views import AttributeView, Found
    from app.ui.import_wizard.wizard import Wizard

OTHERS = "*"
SHOWN = 50
"""Keys offered at once."""


class KeyDialog(QDialog):
    """A field with proposals of an attribute's dictionary; without one the key is typed.

    With ``all_rows`` the key is one for every rate of the file, not for one column's.
    """

    def __init__(
        self,
        wizard: Wizard,
        attribute: AttributeView,
        take: Callable[[str, str], object],
        parent: QWidget,
        *,
        all_rows: bool = False,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(attribute.name)
        self._wizard, self._attribute, self._take = wizard, attribute, take
        self._all_rows = all_rows
        free = not attribute.dictionary
        self.field = TypeAhead(placeholder=self.tr("Type to search"), free_text=free)
        self.field.setAccessibleName(attribute.name)
        if not free:
            self.field.set_source(self._find)
        self.field.chosen.connect(lambda _option: self._enable())
        self.field.edited.connect(lambda _text: self._enable())
        self.field.cleared.connect(self._enable)
        asked, told = self._words()
        label = QLabel(asked.format(name=attribute.name))
        label.setBuddy(self.field)
        note = muted_label(told, wrap=True)
        self.ok = push_button(self.tr("OK"), self._accepted, kind="primary")
        self.ok.setDefault(True)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.ok)
        row.addWidget(push_button(self.tr("Cancel"), self.reject))
        outer = QVBoxLayout(self)
        outer.setContentsMargins(16, 16, 16, 12)
        outer.setSpacing(8)
        for part in (label, self.field, note):
            outer.addWidget(part)
        outer.addLayout(row)
        self.setMinimumWidth(400)
        self._enable()

    def _words(self) -> tuple[str, str]:
        """Return the question, with a place for the attribute's name, and what follows from it."""
        if self._all_rows:
            told = self.tr("The level stands above the others; it can be moved in the list.")
            return self.tr("{name} of every rate in this file"), told
        told = self.tr("Each row gives a rate for it, with the keys in the row's other columns.")
        return self.tr("{name} of this column"), told

    def _enable(self) -> None:
        self.ok.setEnabled(bool(self._chosen()[0]))

    def _chosen(self) -> tuple[str, str]:
        """Return key and name; a typed key is its own name."""
        text = self.field.text().strip()
        if not self._attribute.dictionary:
            return text, text
        key = self.field.value()
        return (str(key), text) if key is not None else ("", "")

    def _accepted(self) -> None:
        key, name = self._chosen()
        if key:
            self.accept()
            self._take(key, name)

    def _find(self, text: str, reply: Reply) -> None:
        dictionary = self._attribute.dictionary
        self._wizard.page(
            ("key", id(self)),
            lambda ctx, session: session.search(ctx, dictionary, text, "", SHOWN),
            lambda found: reply(self._offered(text, found)),
        )

    def _offered(self, text: str, found: list[Found]) -> list[Option]:
        options = [Option(f.key, f.name, f.detail or f.key) for f in found]
        others = self.tr("Others")
        if not self._all_rows and others.casefold().startswith(text.strip().casefold()):
            options.append(Option(OTHERS, others, self.tr("What the other columns do not name")))
        return options
