"""Step 5: what will be written, once more in words; the profile to keep (IMP-13, IMP-14)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QDate, QLocale, Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.ui import formats
from app.ui.import_wizard.change_words import row_count, shown_path
from app.ui.import_wizard.preview_step import rates_text, rows_text
from app.ui.look.fonts import strong_font
from app.ui.widgets.card import Card, muted_label
from app.ui.widgets.message_bar import MessageBar

if TYPE_CHECKING:
    from app.services.tariffs.import_views import DraftView
    from app.ui.import_wizard.wizard import Wizard


class ConfirmStep(QScrollArea):
    """Summary, cautions and the profile; the page's own button imports."""

    def __init__(self, wizard: Wizard, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.wizard = wizard
        self._facts: dict[str, QLabel] = {}
        self.caution = MessageBar()
        self.others = MessageBar()
        self.what = QLabel()
        self.what.setFont(strong_font())
        self.what.setWordWrap(True)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(8)
        column.addWidget(self.caution)
        column.addWidget(self.others)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self._summary(), 3)
        row.addWidget(self._profile(), 2)
        column.addLayout(row)
        column.addStretch(1)
        self.setWidget(inside)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        wizard.drafted.connect(self._show)
        wizard.changed.connect(self._show)
        self._show()

    # ---------------------------------------------------------------- building

    def _summary(self) -> Card:
        card = Card(self.tr("What will be written"))
        card.body.addWidget(self.what)
        form = QFormLayout()
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        for name, title in (
            ("file", self.tr("File")),
            ("service", self.tr("Service")),
            ("node", self.tr("Node")),
            ("mode", self.tr("Other rates there")),
            ("effective", self.tr("Rates of date")),
            ("rows", self.tr("Rows")),
            ("rates", self.tr("Rates")),
            ("left_out", self.tr("Left out")),
            ("revision", self.tr("Revision")),
        ):
            label = QLabel()
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            form.addRow(muted_label(title), label)
            self._facts[name] = label
        card.body.addLayout(form)
        card.body.addStretch(1)
        return card

    def _profile(self) -> Card:
        card = Card(self.tr("Next time"))
        self.save_profile = QCheckBox(self.tr("Save these settings as a profile"))
        self.save_profile.clicked.connect(self._save_toggled)
        self.name = QLineEdit()
        self.name.setAccessibleName(self.tr("Name of the profile"))
        self.name.setMaxLength(200)
        self.name.editingFinished.connect(self._named)
        self._note = muted_label(wrap=True)
        card.body.addWidget(self.save_profile)
        card.body.addWidget(self.name)
        card.body.addWidget(self._note)
        card.body.addStretch(1)
        return card

    # ---------------------------------------------------------------- showing

    def _show(self) -> None:
        draft = self.wizard.draft
        self._show_profile(draft)
        if draft is None:
            return
        self.what.setText(sentence(draft))
        for name, text in self._texts(draft).items():
            self._facts[name].setText(text)
        self._show_cautions(draft)

    def _texts(self, draft: DraftView) -> dict[str, str]:
        state = self.wizard.state
        modes = {
            "merge": self.tr("Stay (merge)"),
            "replace": self.tr("Are closed (replace)"),
            "replace-listed": self.tr("Are closed inside the values that the file names"),
        }
        sheet = str(draft.report.get("sheet") or "")
        sheet = "" if sheet == Path(state.file).stem else sheet
        day = draft.effective or ""
        left_out = self.tr("{rows} in error").format(rows=row_count(draft.rejected))
        return {
            "file": " · ".join(filter(None, (Path(state.file).name, sheet, state.vendor))),
            "service": self.tr("{name}, scope {scope}").format(
                name=draft.service, scope=draft.scope
            ),
            "node": shown_path(draft.node) or self.tr("Whole tree"),
            "mode": modes.get(draft.mode, draft.mode),
            "effective": _shown_day(day) if day else self.tr("The file names none"),
            "rows": rows_text(draft).partition(": ")[2],
            "rates": rates_text(draft).partition(": ")[2],
            "left_out": left_out if draft.rejected else self.tr("No row in error"),
            "revision": self.tr("{now} becomes {then}").format(
                now=formats.number(draft.revision), then=formats.number(draft.revision + 1)
            ),
        }

    def _show_cautions(self, draft: DraftView) -> None:
        if draft.live:
            text = self.tr("The scope is in force: these rates are live as soon as you import.")
            self.caution.show_message(text, "warn", closable=False)
        else:
            self.caution.clear()
        if draft.drops_others:
            text = self.tr(
                "A fallback (Others) that is there now is dropped: what no rate names will have "
                "no price."
            )
            self.others.show_message(text, "warn", closable=False)
        else:
            self.others.clear()

    def _show_profile(self, draft: DraftView | None) -> None:
        state = self.wizard.state
        possible = draft is not None and draft.proposal is not None
        self.save_profile.setEnabled(possible)
        self.save_profile.setChecked(bool(state.save_profile))
        self.name.setEnabled(bool(state.save_profile))
        if not self.name.hasFocus():
            self.name.setText(state.save_profile or self.proposed_name())
        if not possible:
            note = self.tr("An exported tree needs no profile.")
        elif state.vendor:
            note = self.tr("Recognised for the next list of {vendor} with the same columns.")
            note = note.format(vendor=state.vendor)
        else:
            note = self.tr("Name a vendor in step 1 to keep the profile for its lists only.")
        self._note.setText(note)

    def proposed_name(self) -> str:
        """Return a name for the profile: the one in force, else the vendor's or the file's."""
        draft, state = self.wizard.draft, self.wizard.state
        if draft is not None and draft.profile:
            return draft.profile
        return state.vendor or Path(state.file).stem[:60]

    def _save_toggled(self, on: bool) -> None:
        name = self.name.text().strip() or self.proposed_name()
        state = self.wizard.state.but(save_profile=name if on else "")
        self.wizard.choose(self.save_profile.text(), state)

    def _named(self) -> None:
        name, state = self.name.text().strip(), self.wizard.state
        if state.save_profile and name and name != state.save_profile:
            step = self.tr("Profile {name}").format(name=name)
            self.wizard.choose(step, state.but(save_profile=name))


def sentence(draft: DraftView) -> str:
    """Return what importing does, as its button says it: "Add 34, raise 12, lower 5, close 3"."""
    words = (
        ("new", _tr("add {count}")),
        ("increased", _tr("raise {count}")),
        ("decreased", _tr("lower {count}")),
        ("changed", _tr("change {count}")),
        ("removed", _tr("close {count}")),
    )
    parts = [
        text.format(count=formats.number(draft.changes[kind]))
        for kind, text in words
        if draft.changes.get(kind)
    ]
    if not parts:
        return _tr("Import without a change")
    joined = ", ".join(parts)
    return joined[:1].upper() + joined[1:]


def _shown_day(day: str) -> str:
    date = QDate.fromString(day, Qt.DateFormat.ISODate)
    return QLocale().toString(date, formats.date_format()) if date.isValid() else day


def _tr(text: str) -> str:
    return QCoreApplication.translate("ConfirmStep", text)
