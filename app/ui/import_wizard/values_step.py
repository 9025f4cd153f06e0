"""Step 3: values without a certain meaning, decided by keyboard, one after the other (IMP-8)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLabel,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from app.ui import formats
from app.ui.import_wizard.answer_panel import AnswerPanel
from app.ui.import_wizard.cells import (
    PillDelegate,
    dress_table,
    follow_density,
    selected_count,
    selected_rows,
)
from app.ui.import_wizard.list_or_fact import ListOrFact
from app.ui.import_wizard.values_model import (
    STATUS_ROLE,
    WHY,
    Filter,
    ValuesModel,
    with_key,
)
from app.ui.look.theme import theme
from app.ui.widgets.buttons import push_button
from app.ui.widgets.chips import ChipBar, CountChips
from app.ui.widgets.confirm import YES, Question
from app.ui.widgets.search_field import SearchField
from dictionaries.results import ACCEPTABLE

if TYPE_CHECKING:
    from app.services.tariffs.import_views import ValueRow, ValuesPage
    from app.ui.import_wizard.wizard import Wizard

MOST_AT_ONCE = 20_000
"""Suggestions looked through for taking them in bulk."""

_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class ValuesStep(QWidget):
    """The mapping: filter chips, the values, and the panel that answers the current one."""

    def __init__(self, wizard: Wizard, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.wizard = wizard
        self.model = ValuesModel(wizard, self)
        self.table = QTableView()
        self.panel = AnswerPanel(wizard, self)
        self._current = ""
        self._letter = ""
        self._settled = False
        self._build_table()
        self._build_bar()
        self._lay_out()
        self._build_keys()
        wizard.read.connect(self._restart)
        wizard.drafted.connect(self._drafted)
        wizard.changed.connect(self._show_current)
        theme().changed.connect(self._dress)
        self.panel.answered.connect(self._answer)
        self.panel.taken_back.connect(self._take_back)
        self._drafted()

    # ---------------------------------------------------------------- building

    def _build_table(self) -> None:
        table = self.table
        table.setModel(self.model)
        table.setItemDelegate(PillDelegate(STATUS_ROLE, table))
        dress_table(table, widths=(210, 130, 60, 220, 150, 200), stretch=WHY)
        table.setAccessibleName(self.tr("Values of the file"))
        table.installEventFilter(self)
        table.selectionModel().currentChanged.connect(self._moved)
        table.selectionModel().selectionChanged.connect(lambda *_: self._show_current())
        self.model.filled.connect(self._filled)

    def _build_bar(self) -> None:
        self.chips = CountChips()
        self.chips.chosen.connect(lambda _key: self._filter())
        self.search = SearchField(self.tr("Filter values"))
        self.search.searched.connect(lambda _text: self._filter())
        self.search.moved_down.connect(self.table.setFocus)
        self.search.setMaximumWidth(220)
        self.column = ChipBar()
        self.column.removed.connect(lambda _key: self.show_column(""))
        self.column.clear_all.connect(lambda: self.show_column(""))
        self.left = QLabel()
        self.take_all = push_button(self.tr("Take all suggestions"), self.ask_all)
        hint = self.tr("Take all suggestions of {score} % or more, listed first (Ctrl+Return)")
        self.take_all.setToolTip(hint.format(score=f"{ACCEPTABLE:.0f}"))
        self.place = ListOrFact(self.table)

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.chips, 1)
        top.addWidget(self.search)
        below = QHBoxLayout()
        below.setSpacing(8)
        below.addWidget(self.left, 1)
        below.addWidget(self.take_all)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(8)
        column.addLayout(top)
        column.addWidget(self.column)
        column.addWidget(self.place, 1)
        column.addWidget(self.panel)
        column.addLayout(below)

    def _build_keys(self) -> None:
        for text, keys, does in (
            (self.tr("Take all good suggestions"), "Ctrl+Return", self.ask_all),
            (self.tr("Next value to decide"), "Ctrl+Down", self.to_next),
            (self.tr("Filter values"), "Ctrl+F", self.search.setFocus),
        ):
            action = QAction(text, self)
            action.setShortcut(QKeySequence(keys))
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            action.triggered.connect(does)
            self.addAction(action)

    def _dress(self) -> None:
        follow_density(self.table)

    # ---------------------------------------------------------------- showing

    def _restart(self) -> None:
        """Forget the filters: they belong to another file."""
        self._settled = False
        self._current = self._letter = ""
        self.column.set_chips([])
        self.search.clear()
        self.model.names.clear()
        self.model.clear()

    def _drafted(self) -> None:
        draft = self.wizard.draft
        if draft is None:
            self.model.clear()
            return
        if not self._settled:
            self._settled = True
            self.chips.choose("open" if draft.values.get("open") else "all")
            self.model.filter = self._wanted()
        self._show_counts(draft.values)
        self.model.reload()

    def _show_counts(self, counts: dict[str, int]) -> None:
        self.chips.set_counts(
            [
                ("open", self.tr("To decide"), counts.get("open", 0), "warn"),
                ("yellow", self.tr("Suggested"), counts.get("yellow", 0), "info"),
                ("red", self.tr("No match"), counts.get("red", 0), "warn"),
                ("manual", self.tr("Chosen"), counts.get("manual", 0), "ok"),
                ("learned", self.tr("Remembered"), counts.get("learned", 0), "ok"),
                ("green", self.tr("Automatic"), counts.get("green", 0), "neutral"),
                ("all", self.tr("All"), counts.get("all", 0), ""),
            ]
        )
        left = counts.get("open", 0)
        if left == 1:
            self.left.setText(self.tr("1 value left to decide"))
        elif left:
            text = self.tr("{count} values left to decide")
            self.left.setText(text.format(count=formats.number(left)))
        else:
            self.left.setText(self.tr("Nothing left to decide"))
        self.take_all.setEnabled(counts.get("yellow", 0) > 0)

    def show_column(self, letter: str) -> None:
        """Show the values of one column only ("" = of all)."""
        self._letter = letter
        chip = self.tr("Column {letter}").format(letter=letter)
        self.column.set_chips([("column", chip)] if letter else [])
        self._filter()

    def _wanted(self) -> Filter:
        return Filter(self.chips.value() or "all", self.search.text().strip(), self._letter)

    def _filter(self) -> None:
        if self.wizard.draft is not None:
            self.model.show_filter(self._wanted())

    def _filled(self, page: ValuesPage) -> None:
        if page.first == 0 and not self.model.filter.text and not self.model.filter.column:
            self._show_counts(page.counts)
        place = self.model.place(self._current) if self._current else -1
        if place >= 0 and place != self.table.currentIndex().row():
            self._go(place)
        elif not self.table.currentIndex().isValid() and page.total:
            self._go(0)
        self._show_nothing(page)
        self._show_current()

    def _show_nothing(self, page: ValuesPage) -> None:
        show_all = (self.tr("Show all values"), self._show_all)
        if page.total:
            self.place.show_list()
        elif self.model.filter.text or self.model.filter.column:
            self.place.show_fact(
                "filter", self.tr("No value passes these filters."), action=show_all
            )
        elif self.model.filter.show == "open":
            hint = self.tr("Every value of the key columns has a certain meaning.")
            self.place.show_fact("check", self.tr("Nothing to decide."), hint, show_all)
        else:
            self.place.show_fact("list", self.tr("No such value."), action=show_all)

    def _show_all(self) -> None:
        self.search.empty()
        self.chips.choose("all")
        self.show_column("")

    def _moved(self, current: QModelIndex, _before: QModelIndex) -> None:
        row = self.model.known(current.row()) if current.isValid() else None
        self._current = row.id if row else ""
        self._show_current()

    def _show_current(self) -> None:
        index = self.table.currentIndex()
        row = self.model.known(index.row()) if index.isValid() else None
        if row is not None and not self._current:
            self._current = row.id
        chosen = row is not None and self.model.answer(row) is not None
        self.panel.show_value(row, selected_count(self.table), chosen=chosen)

    # ---------------------------------------------------------------- moving

    def _go(self, place: int) -> None:
        index = self.model.index(place, 0)
        self.table.setCurrentIndex(index)
        self.table.scrollTo(index, QAbstractItemView.ScrollHint.EnsureVisible)

    def to_next(self) -> None:
        """Go to the next value that is still to be decided."""
        place = self.model.next_open(self.table.currentIndex().row())
        if place >= 0:
            self._go(place)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.table and event.type() == QEvent.Type.KeyPress:
            assert isinstance(event, QKeyEvent)
            return self._key(event)
        return super().eventFilter(watched, event)

    def _key(self, event: QKeyEvent) -> bool:
        plain = event.modifiers() in (
            Qt.KeyboardModifier.NoModifier,
            Qt.KeyboardModifier.ShiftModifier,
            Qt.KeyboardModifier.KeypadModifier,
        )
        if event.key() in _KEYS and plain:
            self._enter()
            return True
        if event.key() == Qt.Key.Key_F2:
            self.panel.search.line.setFocus(Qt.FocusReason.ShortcutFocusReason)
            return True
        text = event.text()
        if plain and text and text.isprintable() and not text.isspace():
            self.panel.type_on(event)
            return True
        return False

    def _enter(self) -> None:
        """Take the suggestion of the current value; without one the search begins."""
        row = self._row()
        if row is None:
            return
        if not self.model.is_open(row):
            self.to_next()
        elif row.zone == "yellow" and row.key:
            self._answer(row.key, with_key(row.name, row.key))
        else:
            self.panel.search.line.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _row(self) -> ValueRow | None:
        index = self.table.currentIndex()
        return self.model.known(index.row()) if index.isValid() else None

    # ---------------------------------------------------------------- answering

    def _chosen_rows(self) -> list[ValueRow]:
        """Return the selected values that the current one's answer can be given to."""
        current = self._row()
        if current is None:
            return []
        rows = [self.model.known(place) for place in selected_rows(self.table)]
        fitting = [r for r in rows if r is not None and r.dictionary == current.dictionary]
        return fitting if current in fitting else [current]

    def _answer(self, key: str, name: str) -> None:
        rows = self._chosen_rows()
        if not rows:
            return
        for row in rows:
            self.model.names[row.dictionary, key] = name
        text = self._step(rows, name)
        state = self.wizard.state.answering(dict.fromkeys((r.id for r in rows), key))
        self.wizard.choose(text, state)
        self.to_next()
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _take_back(self) -> None:
        rows = self._chosen_rows()
        state = self.wizard.state.answering(dict.fromkeys((r.id for r in rows), None))
        self.wizard.choose(self._step(rows, self.tr("automatic")), state)

    def _step(self, rows: list[ValueRow], name: str) -> str:
        if len(rows) == 1:
            return self.tr("“{value}” = {name}").format(value=rows[0].value, name=name)
        count = formats.number(len(rows))
        return self.tr("{count} values = {name}").format(count=count, name=name)

    # ---------------------------------------------------------------- all at once

    def ask_all(self) -> None:
        """List the good suggestions and take them if the person agrees."""
        self.wizard.page(
            ("suggestions", id(self)),
            lambda ctx, session: session.values(ctx, show="yellow", count=MOST_AT_ONCE),
            self._ask_about,
        )

    def _ask_about(self, page: ValuesPage) -> None:
        good = [r for r in page.rows if r.key and r.score >= ACCEPTABLE and self.model.is_open(r)]
        if not good:
            text = self.tr("No open suggestion reaches {score} %: decide them one by one.")
            self.left.setText(text.format(score=f"{ACCEPTABLE:.0f}"))
            return
        arrow = "{value} → {name} ({score} %)"
        lines = [
            arrow.format(value=r.value, name=with_key(r.name, r.key), score=f"{r.score:.0f}")
            for r in good
        ]
        take = formats.counted(
            len(good), self.tr("Take 1 suggestion"), self.tr("Take {n} suggestions")
        )
        question = Question(
            self,
            take,
            self.tr("Look through them; each can be changed afterwards."),
            yes=take,
            details=lines,
        )
        question.finished.connect(lambda _code: self._take_all(question, good))
        question.open()

    def _take_all(self, question: Question, rows: list[ValueRow]) -> None:
        answer = question.answer
        question.deleteLater()
        if answer != YES:
            return
        for row in rows:
            self.model.names[row.dictionary, row.key] = with_key(row.name, row.key)
        state = self.wizard.state.answering({row.id: row.key for row in rows})
        step = formats.counted(len(rows), self.tr("1 suggestion"), self.tr("{n} suggestions"))
        self.wizard.choose(step, state)
        self.to_next()
