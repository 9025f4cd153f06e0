"""A missed option: where its key is used, and the key that takes its place."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from PySide6.QtCore import QModelIndex
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from app.services import dictionary_missed, dictionary_repair
from app.services.dictionary_missed import MissedOption, MissedPlace
from app.services.dictionary_repair import Repaired
from app.ui import formats
from app.ui.addresses import Address
from app.ui.dictionaries.lines import Line, LinesModel, LinesView
from app.ui.pages import Page
from app.ui.widgets.buttons import push_button
from app.ui.widgets.card import PageTitle, muted_label
from app.ui.widgets.empty_state import EmptyState
from app.ui.widgets.message_bar import MessageBar
from app.ui.widgets.type_ahead import Option, Reply, TypeAhead

if TYPE_CHECKING:
    from app.errors import UserError
    from app.ui.jobs import Job
    from app.ui.pages import Shell
    from dictionaries.results import Candidate

NOUNS = ("dictionaries", "services", "scopes", "rates", "learned", "profiles")
_WIDTHS = (360, 100, 200)


class MissedPage(Page):
    """``missed-option?id=N``: one key that left its dictionary."""

    IDENTITY: ClassVar[tuple[str, ...]] = ("id",)
    HELP: ClassVar[str] = "dictionaries"

    def __init__(self, shell: Shell, address: Address) -> None:
        super().__init__(shell, address)
        self.number = address.number("id") or 0
        self.option: MissedOption | None = None
        self._search: Job | None = None
        self.bar = MessageBar(self)
        self.head = PageTitle()
        self.facts = muted_label(wrap=True)
        self.field = TypeAhead(placeholder=self.tr("Type a name or a code"))
        self.replace = push_button(self.tr("Replace"), self._replace, kind="primary")
        self.again = push_button(self.tr("Use again"), self._use_again)
        self.add = push_button(self.tr("Add the entry…"), self._add)
        titles = (self.tr("Used in"), self.tr("Places"), self.tr("Validity"))
        self.model = LinesModel(self, titles, ticks=True, numbers=titles[1])
        self.table = LinesView(self.model, self.tr("Where the key is used"), _WIDTHS)
        self.gone = EmptyState(self)
        self.stack = QStackedWidget()
        self._build()

    def _build(self) -> None:
        label = QLabel(self.tr("&Use instead"))
        label.setBuddy(self.field)
        self.field.setAccessibleName(self.tr("Use instead"))
        self.field.setMinimumWidth(320)
        self.field.set_source(self._find)
        self.field.chosen.connect(lambda _option: self._enable())
        self.field.edited.connect(lambda _text: self._enable())
        self.field.cleared.connect(self._enable)
        self.model.ticked.connect(self._enable)
        self.table.activated.connect(self._open)
        hint = self.tr("Enter or a double click opens the rate tree.")
        self.hint = muted_label(hint, wrap=True)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(label)
        row.addWidget(self.field, 1)
        for button in (self.replace, self.again, self.add):
            row.addWidget(button)
        row.addStretch(1)
        there = QWidget()
        column = QVBoxLayout(there)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for part in (self.head, self.facts):
            column.addWidget(part)
        column.addLayout(row)
        column.addWidget(self.table, 1)
        column.addWidget(self.hint)
        self.stack.addWidget(there)
        self.stack.addWidget(self.gone)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(8)
        layout.addWidget(self.bar)
        layout.addWidget(self.stack, 1)
        self.setFocusProxy(self.field)
        self._enable()

    # ------------------------------------------------------------------ the page

    def title(self) -> str:
        """Return the key and its dictionary."""
        if self.option is None:
            return self.tr("Missed option")
        return f"{self.option.title} {self.option.key}"

    def icon_name(self) -> str:
        """Return the icon of missed options."""
        return "warning"

    def start(self) -> None:
        """Read where the key is used."""
        self.shell.jobs.query(
            lambda ctx: dictionary_missed.option(ctx, self.number),
            owner=self,
            done=self._show,
            failed=self._nothing,
        )

    def refresh(self, nouns: frozenset[str]) -> None:
        """Read anew what a change touched."""
        if nouns & set(NOUNS):
            self.start()

    def _show(self, found: MissedOption) -> None:
        self.option = found
        self.stack.setCurrentIndex(0)
        self.head.setText(self.title())
        self.facts.setText(self._facts(found))
        self.model.show([*map(self._line, found.places), *self._others(found)])
        self.hint.setVisible(bool(found.places))
        self.again.setVisible(found.why == "retired")
        self.add.setVisible(found.why == "gone")
        self._enable()
        self.described.emit()

    def _facts(self, found: MissedOption) -> str:
        if found.why == "retired":
            told = self.tr(
                "{name} is retired: imports no longer match it. Rates keep it and are rated as "
                "before. Choose the entry that takes its place, or use it again."
            ).format(name=found.name)
        else:
            told = self.tr(
                "The dictionary has no such key. Choose the entry that takes its place, or add it."
            )
        return self.tr("Rates of {company}. {told}").format(company=found.company, told=told)

    def _line(self, place: MissedPlace) -> Line:
        begins = formats.date(place.begins) if place.begins else ""
        since = self.tr("From {day}").format(day=begins) if begins else ""
        validity = self.tr("Draft") if place.draft else since
        return place.service, formats.number(place.nodes), validity

    def _others(self, found: MissedOption) -> list[Line]:
        lines: list[Line] = []
        if found.answers:
            lines.append((self.tr("Remembered answers"), formats.number(found.answers), ""))
        if found.profiles:
            lines.append((self.tr("Import profiles"), formats.number(found.profiles), ""))
        return lines

    def _nothing(self, problem: UserError) -> None:
        self.stack.setCurrentIndex(1)
        self.gone.set("check", self.tr("No missed option any more"), str(problem))

    def _may(self) -> bool:
        return self.shell.jobs.may("mccmnc", "manage")

    def _enable(self) -> None:
        may = self._may()
        ready = may and self.field.value() is not None and bool(self.model.on)
        self.replace.setEnabled(ready)
        reason = "" if may else self.tr("You may not do this: ask an administrator for the right.")
        if may and not ready:
            reason = self.tr("Choose an entry and tick where it takes the place of the key.")
        self.replace.setToolTip(reason)
        for button in (self.again, self.add):
            button.setEnabled(may)

    def _open(self, index: QModelIndex) -> None:
        """Open the rate tree of a line."""
        if self.option is not None and index.row() < len(self.option.places):
            place = self.option.places[index.row()]
            self.shell.open(Address.of("service", id=place.service_id, scope=place.scope_id))

    # ------------------------------------------------------------------ choosing

    def _find(self, text: str, reply: Reply) -> None:
        if self._search is not None:
            self._search.cancel()
        self._search = self.shell.jobs.query(
            lambda ctx: dictionary_missed.keys(ctx, self.number, text),
            owner=self,
            done=lambda found: reply([_offered(one) for one in found]),
        )

    # ------------------------------------------------------------------ doing

    def _replace(self) -> None:
        found, new = self.option, self.field.value()
        if found is None or new is None:
            return
        count = len(found.places)
        scopes = [found.places[n].scope_id for n in sorted(self.model.on) if n < count]
        rest = {self.model.lines[n][0] for n in self.model.on if n >= count}
        answers = self.tr("Remembered answers") in rest
        profiles = self.tr("Import profiles") in rest
        self.bar.clear()
        self.shell.jobs.change(
            self.tr("Replace a missed option"),
            lambda ctx: dictionary_repair.repair(
                ctx,
                found.dictionary,
                found.key,
                str(new),
                company_id=found.company_id,
                scopes=scopes,
                answers=answers,
                profiles=profiles,
            ),
            owner=self,
            done=self._replaced,
            failed=self._refused,
            nouns=NOUNS,
        )

    def _replaced(self, done: Repaired) -> None:
        one, many = self.tr("Replaced in 1 place"), self.tr("Replaced in {n} places")
        told = formats.counted(done.nodes, one, many)
        one, many = self.tr("1 rate tree"), self.tr("{n} rate trees")
        if done.scopes:
            trees = formats.counted(done.scopes, one, many)
            told = self.tr("{places} of {trees}").format(places=told, trees=trees)
        more = done.answers + done.profiles
        if more:
            one, many = self.tr("1 answer or profile"), self.tr("{n} answers and profiles")
            told = self.tr("{done}, in {more}").format(
                done=told, more=formats.counted(more, one, many)
            )
        self.field.set_value(None, "")
        self.shell.notify(f"{told}.")

    def _refused(self, problem: UserError) -> None:
        self.bar.show_message(str(problem), "error")

    def _use_again(self) -> None:
        self.bar.clear()
        self.shell.jobs.change(
            self.tr("Use again"),
            lambda ctx: dictionary_missed.restore(ctx, [self.number]),
            owner=self,
            done=self.shell.notify,
            failed=self._refused,
            nouns=NOUNS,
        )

    def _add(self) -> None:
        if self.option is not None:
            given = {"set.dictionary": self.option.dictionary, "set.key": self.option.key}
            self.shell.open(Address.of("record", section="entries", **given))


def _offered(found: Candidate) -> Option:
    score = found.score / 100 if found.score >= 1 else None
    return Option(found.key, found.name, found.key, score)
