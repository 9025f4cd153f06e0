"""The settings panel (IMP-4): rows, prices, duplicates, tree structure, mode, and warnings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QScrollArea,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from app.ui import formats
from app.ui.import_wizard.change_words import row_count, sentence_case
from app.ui.import_wizard.levels_list import LevelsList
from app.ui.import_wizard.message_list import MessageList
from app.ui.import_wizard.others_box import OthersBox
from app.ui.look.fonts import small_font
from app.ui.look.marks import set_mark
from app.ui.widgets.buttons import push_button
from app.ui.widgets.card import SectionTitle, muted_label, separator
from app.ui.widgets.combo import NarrowCombo
from app.ui.widgets.number_box import NumberBox

if TYPE_CHECKING:
    from app.services.tariffs.import_views import DraftView, ProposalView
    from app.ui.import_wizard.wizard import Wizard

LAST_ROW = 2**31 - 1
SHARES = (440, 180)
"""First heights of settings and warnings, pixels."""

LETTERS_OF_A_CURRENCY = 3


class SettingsPanel(QWidget):
    """What decides how the sheet becomes rates; every proposal tells its reason."""

    jump_wanted = Signal(object, str)
    values_wanted = Signal()
    errors_wanted = Signal()

    def __init__(self, wizard: Wizard, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.wizard = wizard
        self._reasons: dict[str, QLabel] = {}
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(2)
        self._grid.setColumnStretch(1, 1)
        self._make_fields()
        self.levels = LevelsList(wizard)
        self.messages = MessageList(wizard)
        self.messages.jump_wanted.connect(self.jump_wanted)
        self.messages.values_wanted.connect(self.values_wanted)
        self.messages.errors_wanted.connect(self.errors_wanted)
        self._lay_out()
        wizard.proposed.connect(self._show)
        wizard.drafted.connect(self._show)
        wizard.changed.connect(self._show)
        self._show()

    # ---------------------------------------------------------------- building

    def _make_fields(self) -> None:
        self.start_row = self._spin(self.tr("Start row"), "start_row")
        self.end_row = self._spin(self.tr("End row"), "end_row")
        self._row(self.tr("Rows"), self._beside(self.start_row, self.end_row))
        self._reason("header_row")
        self._reason("end_row")
        self.decimal = self._combo(
            self.tr("Decimal sign"),
            "decimal",
            ((".", self.tr("Point: 0.0712")), (",", self.tr("Comma: 0,0712"))),
        )
        self._row(self.tr("Decimal sign"), self.decimal)
        self._reason("decimal")
        self.currency = QLineEdit()
        self.currency.setMaxLength(LETTERS_OF_A_CURRENCY)
        self.currency.setPlaceholderText("EUR")
        self.currency.setAccessibleName(self.tr("Currency"))
        self.currency.setFixedWidth(64)
        self.currency.editingFinished.connect(self._currency_typed)
        self.unit = self._combo(
            self.tr("Unit of prices"),
            "unit",
            (
                ("1", self.tr("Whole units")),
                ("0.01", self.tr("Cents (hundredths)")),
                ("0.001", self.tr("Per thousand")),
            ),
        )
        self._row(self.tr("Currency"), self._beside(self.currency, self.unit))
        self._reason("currency")
        self._reason("unit")
        self.duplicates = self._combo(
            self.tr("Duplicates"),
            "duplicates",
            (
                ("error", self.tr("Show error (do not import)")),
                ("first", self.tr("Take first")),
                ("last", self.tr("Take last")),
            ),
        )
        self._row(self.tr("Duplicates"), self.duplicates)
        self.others = OthersBox(self.wizard)
        self._grid.addWidget(self.others, self._grid.rowCount(), 0, 1, 2)
        self._make_mode()
        self._make_rare()

    def _make_rare(self) -> None:
        """Make what few files need; hidden rows only where the file has some."""
        self.date_order = self._combo(
            self.tr("Order of dates"),
            "date_order",
            (
                ("", self.tr("As the file proves")),
                ("dmy", self.tr("Day first: 31.01.2026")),
                ("mdy", self.tr("Month first: 01/31/2026")),
            ),
        )
        self.effective = QLineEdit()
        self.effective.setAccessibleName(self.tr("Rates of date"))
        self.effective.setPlaceholderText(self.tr("All, or e.g. 2026-01-31"))
        self.effective.editingFinished.connect(self._effective_typed)
        self.skip_hidden = QCheckBox(self.tr("Leave hidden rows out"))
        self.skip_hidden.toggled.connect(
            lambda on: self._set(self.skip_hidden.text(), skip_hidden=on)
        )
        self._facts = muted_label(wrap=True)
        self._facts.setFont(small_font())
        self.more = push_button(self.tr("More settings"), self._toggle_more, kind="link")
        self.more.setCheckable(True)
        self._grid.addWidget(self.skip_hidden, self._grid.rowCount(), 0, 1, 2)
        self._grid.addWidget(self.more, self._grid.rowCount(), 0, 1, 2, Qt.AlignmentFlag.AlignLeft)
        first = self._grid.rowCount()
        self._row(self.tr("Order of dates"), self.date_order)
        self._reason("date_order")
        self._row(self.tr("Rates of date"), self.effective)
        self._reason("effective")
        self._rare = [
            widget
            for row in range(first, self._grid.rowCount())
            for column in range(2)
            if (item := self._grid.itemAtPosition(row, column)) and (widget := item.widget())
        ]
        self._grid.addWidget(self._facts, self._grid.rowCount(), 0, 1, 2)
        self._toggle_more()

    def _toggle_more(self) -> None:
        shown = self.more.isChecked()
        for widget in self._rare:
            known = widget not in self._reasons.values() or bool(
                widget.text() if isinstance(widget, QLabel) else True
            )
            widget.setVisible(shown and known)
        self._facts.setVisible(shown)
        self.more.setText(self.tr("Fewer settings") if shown else self.tr("More settings"))

    def _spin(self, title: str, name: str) -> NumberBox:
        spin = NumberBox()
        spin.setRange(1, LAST_ROW)
        spin.setKeyboardTracking(False)
        spin.setGroupSeparatorShown(True)
        spin.setMinimumWidth(64)
        spin.setAccessibleName(title)
        spin.setToolTip(title)
        spin.valueChanged.connect(
            lambda row: self._set(f"{title} {formats.number(row)}", **{name: row})
        )
        return spin

    def _combo(self, title: str, name: str, choices: tuple[tuple[str, str], ...]) -> QComboBox:
        combo = NarrowCombo()
        combo.setAccessibleName(title)
        combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        combo.setMinimumContentsLength(8)
        combo.setMinimumWidth(80)
        for value, text in choices:
            combo.addItem(text, value)
        combo.activated.connect(
            lambda place: self._set(
                f"{title}: {combo.itemText(place)}", **{name: combo.itemData(place)}
            )
        )
        return combo

    def _beside(self, first: QWidget, second: QWidget) -> QWidget:
        both = QWidget()
        line = QHBoxLayout(both)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(4)
        line.addWidget(first, 1)
        if first is self.start_row:
            line.addWidget(muted_label(self.tr("to")))
        line.addWidget(second, 1)
        both.setFocusProxy(first)
        return both

    def _row(self, title: str, field: QWidget) -> None:
        row = self._grid.rowCount()
        label = QLabel(title)
        label.setBuddy(field)
        self._grid.addWidget(label, row, 0)
        self._grid.addWidget(field, row, 1)

    def _reason(self, name: str) -> None:
        why = muted_label(wrap=True)
        why.setFont(small_font())
        self._reasons[name] = why
        self._grid.addWidget(why, self._grid.rowCount(), 0, 1, 2)

    def _make_mode(self) -> None:
        """Make the choice of what happens to rates that the file does not name (F5)."""
        self.mode = NarrowCombo()
        self.mode.setAccessibleName(self.tr("Rates that the file does not name"))
        self.mode.setPlaceholderText(self.tr("Choose"))
        self.mode.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.mode.setMinimumWidth(80)
        for mode, title, told in (
            ("merge", self.tr("Stay (merge)"), self.tr("Rates that the file does not name stay.")),
            (
                "replace",
                self.tr("Are closed (replace)"),
                self.tr("Rates that the file does not name are closed."),
            ),
            (
                "replace-listed",
                self.tr("Are closed where listed"),
                self.tr("Rates are closed only below the first-level values that the file names."),
            ),
        ):
            self.mode.addItem(title, mode)
            self.mode.setItemData(self.mode.count() - 1, told, Qt.ItemDataRole.ToolTipRole)
        self.mode.activated.connect(
            lambda place: self.wizard.choose(
                self.mode.itemText(place),
                self.wizard.state.but(mode=self.mode.itemData(place)),
            )
        )
        row = self._grid.rowCount()
        self._row(self.tr("Other rates"), self.mode)
        label = self._grid.itemAtPosition(row, 0)
        assert label is not None
        self._mode_label = label.widget()
        self._mode_told = muted_label(wrap=True)
        self._mode_told.setFont(small_font())
        self._grid.addWidget(self._mode_told, self._grid.rowCount(), 0, 1, 2)

    def _lay_out(self) -> None:
        self._reset = push_button(self.tr("Back to the proposal"), self._to_proposal, kind="link")
        column = QVBoxLayout()
        column.setContentsMargins(12, 4, 12, 12)
        column.setSpacing(8)
        column.addWidget(SectionTitle(self.tr("Settings")))
        column.addLayout(self._grid)
        column.addWidget(self._reset, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(separator())
        column.addWidget(SectionTitle(self.tr("Tree structure")))
        column.addWidget(self.levels)
        column.addStretch(1)
        inside = QWidget()
        inside.setLayout(column)
        self._scroll = _scroll(inside)
        below = QWidget()
        lines = QVBoxLayout(below)
        lines.setContentsMargins(12, 4, 12, 8)
        lines.addWidget(self.messages)
        lines.addStretch(1)
        title = SectionTitle(self.tr("Warnings"))
        title.setContentsMargins(12, 6, 12, 0)
        lower = QWidget()
        lower_column = QVBoxLayout(lower)
        lower_column.setContentsMargins(0, 0, 0, 0)
        lower_column.setSpacing(0)
        lower_column.addWidget(title)
        lower_column.addWidget(_scroll(below), 1)
        parts = QSplitter(Qt.Orientation.Vertical)
        parts.addWidget(self._scroll)
        parts.addWidget(lower)
        parts.setChildrenCollapsible(False)
        parts.setSizes(list(SHARES))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(parts)

    # ---------------------------------------------------------------- showing

    def _show(self) -> None:
        proposal, draft = self.wizard.proposal, self.wizard.draft
        for field in self._fields():
            field.setEnabled(proposal is not None)
        self._reset.setVisible(bool(self._changed_choices()))
        self._show_mode(draft)
        if proposal is None:
            return
        blockers = [QSignalBlocker(w) for w in (self.start_row, self.end_row, self.skip_hidden)]
        self.start_row.setValue(proposal.start_row)
        self.end_row.setValue(proposal.end_row)
        self.skip_hidden.setChecked(proposal.skip_hidden)
        del blockers
        for combo, value in (
            (self.decimal, proposal.decimal),
            (self.unit, proposal.unit),
            (self.date_order, proposal.date_order),
            (self.duplicates, proposal.duplicates),
        ):
            combo.setCurrentIndex(combo.findData(value))
        if not self.currency.hasFocus():
            self.currency.setText(proposal.currency)
        if not self.effective.hasFocus():
            self.effective.setText(proposal.effective)
        hidden = proposal.hidden_rows or 0
        self.skip_hidden.setVisible(bool(hidden) or proposal.skip_hidden)
        self._show_reasons(proposal)

    def _fields(self) -> tuple[QWidget, ...]:
        """Return what an exported tree, which needs no proposal, has no use for."""
        return (
            self.start_row,
            self.end_row,
            self.decimal,
            self.currency,
            self.unit,
            self.duplicates,
            self.date_order,
            self.effective,
            self.skip_hidden,
            self.levels,
        )

    def _show_reasons(self, proposal: ProposalView) -> None:
        choices = self.wizard.state.choices
        set_by_hand = {
            "header_row": choices.start_row is not None,
            "end_row": choices.end_row is not None,
            "decimal": bool(choices.decimal),
            "currency": bool(choices.currency),
            "unit": bool(choices.unit),
            "date_order": bool(choices.date_order),
            "effective": bool(choices.effective),
        }
        for name, label in self._reasons.items():
            reason = proposal.reasons.get(name, "")
            text = self.tr("Chosen by you") if set_by_hand[name] else reason
            label.setText(sentence_case(text))
            label.setToolTip(self.tr("Why: {reason}").format(reason=reason) if reason else "")
            label.setVisible(bool(text) and (label not in self._rare or self.more.isChecked()))
        facts = [proposal.reasons.get(n, "") for n in ("fill_down", "section_rows")]
        facts.append(self.tr("Negative prices are taken as positive and listed as a warning."))
        if proposal.hidden_rows:
            hidden = row_count(proposal.hidden_rows)
            facts.append(self.tr("Hidden in the file: {rows}.").format(rows=hidden))
        if proposal.hidden_columns:
            listed = ", ".join(proposal.hidden_columns)
            facts.append(self.tr("Hidden columns: {columns}.").format(columns=listed))
        self._facts.setText("\n".join(sentence_case(fact) for fact in facts if fact))

    def _show_mode(self, draft: DraftView | None) -> None:
        wanted = self.wizard.state.mode
        asked = draft is not None and draft.mode_open and not wanted
        needed = asked or bool(wanted)
        for widget in (self._mode_label, self.mode, self._mode_told):
            if widget is not None:
                widget.setVisible(needed)
        place = self.mode.findData(wanted) if wanted else -1
        self.mode.setCurrentIndex(place)
        told = self.mode.itemData(place, Qt.ItemDataRole.ToolTipRole) if place >= 0 else ""
        if asked:
            told = self.tr("The target has rates already: choose what happens to the others.")
        self._mode_told.setText(told)
        set_mark(self._mode_told, "tone", "error" if asked else "muted")

    # ---------------------------------------------------------------- choosing

    def _set(self, text: str, **choices: object) -> None:
        self.wizard.choose(text, self.wizard.state.choosing(**choices))

    def _currency_typed(self) -> None:
        text = self.currency.text().strip().upper()
        proposal = self.wizard.proposal
        if proposal is not None and text != proposal.currency:
            title = self.tr("Currency {code}").format(code=text)
            self._set(title, currency=text)

    def _effective_typed(self) -> None:
        text = self.effective.text().strip()
        proposal = self.wizard.proposal
        if proposal is None or text == proposal.effective:
            return
        try:
            day = formats.plain_date(formats.parse_date(text)) if text else ""
        except ValueError as problem:
            set_mark(self.effective, "invalid", True)
            self.effective.setToolTip(str(problem))
            return
        set_mark(self.effective, "invalid", False)
        self.effective.setToolTip("")
        self._set(self.tr("Rates of {day}").format(day=day), effective=day)

    def _changed_choices(self) -> bool:
        state = self.wizard.state
        plain = state.choices.__class__(sheet=state.choices.sheet)
        return state.layout() != plain

    def _to_proposal(self) -> None:
        state = self.wizard.state
        plain = state.choices.__class__(
            sheet=state.choices.sheet,
            answers=state.choices.answers,
            price_words=state.choices.price_words,
        )
        self.wizard.choose(self.tr("Back to the proposal"), state.but(choices=plain))


def _scroll(inside: QWidget) -> QScrollArea:
    area = QScrollArea()
    area.setWidget(inside)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    return area
