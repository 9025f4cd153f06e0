"""The section's own commands as actions: enabled for fitting rows, asked about, run as changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from app.domain.records import Row
from app.domain.sections import Command, Section
from app.sections.common import REMOVE
from app.services import records
from app.services.context import Context
from app.ui import formats, titles
from app.ui.access.secret_dialog import tell_outcome
from app.ui.addresses import Address
from app.ui.look.icons import NAMES, icon
from app.ui.widgets.confirm import YES, Question

if TYPE_CHECKING:
    from app.ui.forms.command_question import CommandQuestion
    from app.ui.forms.loading import Proposals
    from app.ui.pages import Shell

MOST_NAMES = 3
"""Names in a question; of more rows the number is told."""

KEEPS = ".dependants"
"""Ends the name of a service whose lines tell why rows can't be deleted."""


@dataclass(frozen=True, slots=True)
class Selected:
    """The selected rows: all ids, and the values of those in memory (the first thousands)."""

    ids: Sequence[int] = ()
    rows: tuple[Row, ...] = ()


class SectionCommands(QObject):
    """Actions of a section's commands on the selected rows of a list."""

    ran = Signal(object)
    """The Command that changed something; the window reloads what it touched."""

    opened = Signal(object)
    """The page that a command opened."""

    def __init__(
        self, section: Section, shell: Shell, page: QWidget, selected: Callable[[], Selected]
    ) -> None:
        super().__init__(page)
        self._section, self._shell, self._page = section, shell, page
        self._selected = selected
        self._places = {column.name: i for i, column in enumerate(section.columns, start=1)}
        commands = section.commands + ((titles.shown(REMOVE),) if _needs_remove(section) else ())
        self.actions = {command.id: self._action(command) for command in commands}
        self._commands = {command.id: command for command in commands}
        self.question: Question | None = None
        self.update()

    def _action(self, command: Command) -> QAction:
        action = QAction(command.title, self._page)
        if command.icon in NAMES:
            action.setIcon(icon(command.icon))
        if command.shortcut:
            action.setShortcut(command.shortcut)
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        action.triggered.connect(lambda *_: self.run(command))
        return action

    def known(self) -> list[Command]:
        """Return the commands, in the order of the section."""
        return list(self._commands.values())

    def shown(self, *, minor: bool) -> list[QAction]:
        """Return the actions that tool bars show, or those that they keep in the menu More."""
        return [self.actions[c.id] for c in self.known() if c.minor == minor]

    def update(self) -> None:
        """Enable what fits the selected rows and the person's rights, and say why not."""
        chosen = self._selected()
        for name, action in self.actions.items():
            reason = self._reason(self._commands[name], chosen)
            action.setEnabled(not reason)
            keys = action.shortcut().toString()
            action.setToolTip(reason or (f"{action.text()} ({keys})" if keys else action.text()))

    def _reason(self, command: Command, chosen: Selected) -> str:
        """Return why a command can't be run now, "" if it can."""
        if not self._shell.jobs.may(self._section.area, command.level):
            return self.tr("You may not do this: ask an administrator for the right.")
        if command.needs != "none" and not chosen.ids:
            return self.tr("Select a row first.")
        if command.needs == "one" and len(chosen.ids) > 1:
            return self.tr("Select one row only.")
        if chosen.ids and self._changes_rows(command) and not self._kept(chosen):
            return self.tr("Your tenant keeps this: ask there for changes.")
        if command.when and not self._fitting(command, chosen):
            return self.tr("Nothing to do for the selected rows.")
        return ""

    def _changes_rows(self, command: Command) -> bool:
        """Return whether a command is for rows that are the actor's to change."""
        return bool(self._section.kept) and command.needs != "none" and command.level == "manage"

    def _kept(self, chosen: Selected) -> Sequence[int]:
        """Return the ids that no tenant handed down; rows that are not in memory are left to it."""
        if len(chosen.rows) < len(chosen.ids):
            return chosen.ids
        place = self._places[self._section.kept]
        return tuple(row[0] for row in chosen.rows if row[place])

    def _fitting(self, command: Command, chosen: Selected) -> Sequence[int]:
        """Return the ids the command is for; rows that are not in memory are left to it."""
        ids = self._kept(chosen) if self._changes_rows(command) else chosen.ids
        if command.when is None or len(chosen.rows) < len(chosen.ids):
            return ids
        place, values = self._places[command.when[0]], command.when[1]
        kept = set(ids)
        return tuple(row[0] for row in chosen.rows if row[place] in values and row[0] in kept)

    # -------------------------------------------------------------------------- running

    def run(self, command: Command) -> None:
        """Do a command on the selected rows: open, or ask if it wants that and change."""
        chosen = self._selected()
        if self._reason(command, chosen):
            return
        ids = self._fitting(command, chosen) if command.needs != "none" else ()
        rows = [row for row in chosen.rows if row[0] in set(ids)]
        if command.opens:
            row = rows[0] if rows else None
            self.opened.emit(self._shell.open(address_of(command.opens, self._section, row)))
        elif command.details or command.suggest:
            self._shell.jobs.query(
                lambda ctx: _prepared(ctx, command, list(ids)),
                owner=self._page,
                done=lambda prepared: self._ask(command, ids, rows, *prepared),
            )
        else:
            self._ask(command, ids, rows, [], {})

    def _ask(
        self,
        command: Command,
        ids: Sequence[int],
        rows: Sequence[Row],
        details: list[str],
        found: Proposals,
    ) -> None:
        if not command.confirm:
            self._change(command, ids)
            return
        title = command.title.rstrip("…")
        text = command.confirm.format(names=self._names(ids, rows), count=formats.number(len(ids)))
        if details and removes(self._section, command) and command.details.endswith(KEEPS):
            text = " ".join((text, self.tr("What is in use can't be deleted:")))
        window = self._page.window()
        if command.asks:
            question: Question = self._form_question(command, ids, text, details, found)
        else:
            question = Question(
                window, title, text, yes=title, details=details, danger=command.danger
            )
        question.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        question.finished.connect(partial(self._answered, question, command, ids))
        self.question = question
        question.open()

    def _form_question(
        self,
        command: Command,
        ids: Sequence[int],
        text: str,
        details: list[str],
        found: Proposals,
    ) -> CommandQuestion:
        """Return a question whose fields go along with the change, which it waits for."""
        from app.ui.forms.command_question import CommandQuestion

        def change(values: Mapping[str, Any]) -> None:
            self._change(command, ids, (dict(values),), question)

        question = CommandQuestion(
            self._page.window(),
            self._section,
            command,
            self._shell.jobs,
            text,
            found=found,
            details=details,
            change=change,
        )
        return question

    def _answered(self, question: Question, command: Command, ids: Sequence[int], _: int) -> None:
        self.question = None
        if question.answer == YES and not command.asks:
            self._change(command, ids)

    def _change(
        self,
        command: Command,
        ids: Sequence[int],
        more: tuple[Any, ...] = (),
        question: CommandQuestion | None = None,
    ) -> None:
        if command.id == REMOVE.id:
            work: Callable[[Context], Any] = lambda ctx: records.remove(ctx, self._section, ids)  # noqa: E731
        else:
            service = records.named_service(command.service)
            work = lambda ctx: service(ctx, list(ids), *more)  # noqa: E731

        def done(sentence: object) -> None:
            if question is not None:
                question.finish()
            self._tell(command, sentence)

        self._shell.jobs.change(
            command.title.rstrip("…"),
            work,
            owner=self._page,
            done=done,
            failed=None if question is None else question.refuse,
            nouns=self._section.nouns,
        )

    def _tell(self, command: Command, sentence: object) -> None:
        tell_outcome(self._shell, self._page, sentence)
        self.ran.emit(command)

    def _names(self, ids: Sequence[int], rows: Sequence[Row]) -> str:
        """Return the rows' names for a question, or how many they are."""
        place = self._places.get(self._section.name_column)
        if place is None or len(ids) > MOST_NAMES or len(rows) < len(ids):
            if len(ids) == 1:
                return self.tr("this %1").replace("%1", self._section.singular)
            return self.tr("%1 rows").replace("%1", formats.number(len(ids)))
        return ", ".join(f"“{row[place]}”" for row in rows)


def _prepared(ctx: Context, command: Command, ids: list[int]) -> tuple[list[str], Proposals]:
    """Return what a command's question shows: what hangs on the rows, what fields begin with."""
    details, found = command.details, command.suggest
    return (
        records.named_service(details)(ctx, ids) if details else [],
        records.named_service(found)(ctx, ids) if found else {},
    )


def _needs_remove(section: Section) -> bool:
    """Return whether a section removes records without a command of its own for it."""
    own = {command.service for command in section.commands}
    return bool(section.remove) and section.remove not in own


def removes(section: Section, command: Command) -> bool:
    """Return whether a command deletes the records it is run on."""
    return command.id == REMOVE.id or (bool(section.remove) and command.service == section.remove)


def address_of(template: str, section: Section, row: Row | None) -> Address:
    """Return an address whose ``{column}`` places are a row's values; without a row they go."""
    values: dict[str, Any] = {column.name: None for column in section.columns}
    if row is not None:
        values = {c.name: v for c, v in zip(section.columns, row[1:], strict=True)}
        values.setdefault("id", row[0])
    asked = Address.parse(template)
    filled = {name: _filled(text, values) for name, text in asked.arguments}
    return Address.of(asked.kind, **filled)


def _filled(text: str, values: dict[str, Any]) -> str:
    known = {name: "" if value is None else value for name, value in values.items()}
    return text.format(**known)
