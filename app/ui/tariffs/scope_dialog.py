"""Dates and draft flag of a scope, new or existing; says what saving means before it is done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from app.errors import Conflict, UserError
from app.services.tariffs import scope_changes
from app.services.tariffs.scope_changes import ChangedScope, CreateScope, ScopeChanges
from app.ui import formats
from app.ui.forms.date_entry import DateEntry
from app.ui.widgets.buttons import push_button
from app.ui.widgets.card import muted_label
from app.ui.widgets.message_bar import MessageBar
from app.ui.widgets.type_ahead import Option, Reply, TypeAhead

if TYPE_CHECKING:
    from app.services.context import Context
    from app.services.tariffs.scope_changes import CopySource, ScopeView
    from app.ui.pages import Shell

NOUNS = ("scopes", "services")
ASK_AFTER_MS = 200
LONGEST_NAME = 200


class ScopeDialog(QDialog):
    """Adds a scope to a service, or changes ``scope``. Open it with ``open()``."""

    saved = Signal(object)
    """The ChangedScope, after it was written."""

    def __init__(
        self,
        shell: Shell,
        parent: QWidget,
        *,
        service_id: int,
        zone: str,
        scope: ScopeView | None = None,
    ) -> None:
        super().__init__(parent)
        self._shell, self._service_id, self._scope = shell, service_id, scope
        self.setWindowTitle(self.tr("Dates of the scope") if scope else self.tr("New scope"))
        self.setModal(True)
        self.setMinimumWidth(480)
        self.bar = MessageBar(self)
        self.told = MessageBar(self)
        self.name = QLineEdit(scope.name if scope else "")
        self.name.setMaxLength(LONGEST_NAME)
        self.draft = QCheckBox(self.tr("Draft: not in force, whatever its dates"))
        self.start = _date_edit(self.tr("Effective from"))
        self.till = _date_edit(self.tr("Effective till"))
        self.indefinitely = QCheckBox(self.tr("∞ (indefinitely)"))
        self.source = TypeAhead(placeholder=self.tr("Empty tree; or type a service or a scope"))
        self.source.setAccessibleName(self.tr("Copy rate tree from"))
        self.source.set_source(copy_options(shell, self))
        title = self.tr("Save dates") if scope else self.tr("Create scope")
        self.save_button = push_button(title, self._save, kind="primary")
        self.save_button.setDefault(True)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(ASK_AFTER_MS)
        self._timer.timeout.connect(self._ask)
        self._fill()
        self._lay_out(zone)
        self._listen()
        self._timer.start()

    def _fill(self) -> None:
        scope = self._scope
        today = date.today()  # noqa: DTZ011 - a proposal in the person's own calendar
        start = date.fromisoformat(scope.start) if scope and scope.start else today
        till = scope.till if scope else ""
        end = date.fromisoformat(till) if till else start + timedelta(days=365)
        self.draft.setChecked(scope.draft if scope else True)
        self.start.set_day(start)
        self.till.set_day(end)
        self.indefinitely.setChecked(not till)
        self.till.setEnabled(bool(till))
        if scope is not None and not scope.start:
            self.start.set_day(None)

    def _lay_out(self, zone: str) -> None:
        till = QHBoxLayout()
        till.setSpacing(8)
        till.addWidget(self.till)
        till.addWidget(self.indefinitely)
        till.addStretch(1)
        form = QFormLayout()
        form.setHorizontalSpacing(12)
        form.setVerticalSpacing(8)
        form.addRow(self.tr("Name"), self.name)
        form.addRow("", self.draft)
        form.addRow(self.tr("Effective from *"), self.start)
        form.addRow(self.tr("Effective till"), till)
        note = self.tr(
            "From midnight to midnight in {zone}; the last day is the day before “till”."
        )
        form.addRow("", muted_label(note.format(zone=zone), wrap=True))
        if self._scope is None:
            form.addRow(self.tr("Copy rate tree from"), self.source)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        buttons.addWidget(self.save_button)
        buttons.addWidget(push_button(self.tr("Cancel"), self.reject))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 12)
        layout.setSpacing(12)
        layout.addWidget(self.bar)
        layout.addLayout(form)
        layout.addWidget(self.told)
        layout.addStretch(1)
        layout.addLayout(buttons)

    def _listen(self) -> None:
        self.indefinitely.toggled.connect(lambda on: self.till.setEnabled(not on))
        self.source.chosen.connect(lambda _: self._timer.start())
        self.source.cleared.connect(self._timer.start)
        for changed in (
            self.draft.toggled,
            self.indefinitely.toggled,
            self.start.edited,
            self.till.edited,
        ):
            changed.connect(self._timer.start)

    # ------------------------------------------------------------------ values

    def _dates(self) -> tuple[str, str]:
        """Return both dates as the services take them. Raises UserError with a sentence."""
        try:
            start = self.start.day()
            till = None if self.indefinitely.isChecked() else self.till.day()
        except ValueError as problem:
            raise UserError(str(problem)) from None
        if till is None and not self.indefinitely.isChecked():
            raise UserError(self.tr("Enter the date it holds till, or choose ∞."))
        return formats.plain_date(start), formats.plain_date(till)

    def _new(self) -> CreateScope:
        start, till = self._dates()
        source = self.source.value()
        return CreateScope(
            service_id=self._service_id,
            start=start,
            till=till,
            draft=self.draft.isChecked(),
            name=self.name.text().strip(),
            copy_from=source if isinstance(source, int) else None,
        )

    def _changes(self) -> ScopeChanges:
        start, till = self._dates()
        return ScopeChanges(
            name=self.name.text().strip(), start=start, till=till, draft=self.draft.isChecked()
        )

    # ------------------------------------------------------------------ consequences and saving

    def _ask(self) -> None:
        """Show what saving would mean (SVC-2)."""
        try:
            work = self._consequences()
        except UserError as problem:
            self._refuse(problem)
            return
        self._shell.jobs.query(work, owner=self, done=self._tell, failed=self._refuse)

    def _consequences(self) -> Callable[[Context], list[str]]:
        scope = self._scope
        if scope is None:
            new = self._new()

            def work(ctx: Context) -> list[str]:
                return scope_changes.consequences_of_new(ctx, new)
        else:
            number, changes = scope.id, self._changes()

            def work(ctx: Context) -> list[str]:
                return scope_changes.consequences(ctx, number, changes)

        return work

    def _tell(self, sentences: Sequence[str]) -> None:
        self.bar.clear()
        if sentences:
            self.told.show_message("\n".join(sentences), kind="warn", closable=False)
        else:
            self.told.clear()
        self.adjustSize()

    def _refuse(self, problem: UserError) -> None:
        self.told.clear()
        self.bar.show_message(str(problem), kind="error", closable=False)
        self.save_button.setEnabled(True)

    def _save(self) -> None:
        try:
            self._dates()
        except UserError as problem:
            self._refuse(problem)
            return
        self.save_button.setEnabled(False)
        scope = self._scope
        if scope is None:
            new = self._new()
            self._run(self.tr("Adding the scope"), lambda ctx: scope_changes.create_scope(ctx, new))
        else:
            number, version, changes = scope.id, scope.version, self._changes()
            self._run(
                self.tr("Saving the dates"),
                lambda ctx: scope_changes.update_scope(ctx, number, version, changes),
            )

    def _run(self, title: str, work: Callable[[Context], ChangedScope]) -> None:
        self._shell.jobs.change(
            title,
            work,
            owner=self,
            done=self._done,
            failed=self._not_saved,
            nouns=NOUNS,
        )

    def _not_saved(self, problem: UserError) -> None:
        if self._scope is None or not isinstance(problem, Conflict):
            self._refuse(problem)
            return
        number = self._service_id
        self._shell.jobs.query(
            lambda ctx: scope_changes.scopes_of(ctx, number, count=False),
            owner=self,
            done=self._meet,
            failed=self._refuse,
        )

    def _meet(self, scopes: list[ScopeView]) -> None:
        """Tell what somebody else saved; a second save replaces it, nothing typed is lost."""
        old = self._scope
        now = next((s for s in scopes if old is not None and s.id == old.id), None)
        if now is None:
            self._refuse(UserError(self.tr("Somebody else deleted this scope meanwhile.")))
            return
        self._scope = now
        state = self.tr("a draft") if now.draft else self.tr("not a draft")
        text = self.tr(
            "Somebody else changed this scope meanwhile: it is {state} from {start} till {till} "
            "now. Save again to replace that by what you see here."
        ).format(state=state, start=now.start or "…", till=now.till or "∞")
        self._refuse(UserError(f"{now.name}: {text}" if now.name else text))

    def _done(self, changed: ChangedScope) -> None:
        self.saved.emit(changed)
        self.accept()


class CopyTreeDialog(QDialog):
    """Chooses the scope whose tree replaces that of a draft."""

    copied = Signal(object)
    """The CopiedTree, after it was written."""

    def __init__(self, shell: Shell, parent: QWidget, scope: ScopeView) -> None:
        super().__init__(parent)
        self._shell, self._scope = shell, scope
        self.setWindowTitle(self.tr("Copy rate tree from"))
        self.setModal(True)
        self.setMinimumWidth(480)
        self.bar = MessageBar(self)
        self.source = TypeAhead(placeholder=self.tr("Type a service or a scope"))
        self.source.setAccessibleName(self.tr("Copy rate tree from"))
        self.source.set_source(copy_options(shell, self))
        text = self.tr("The rates of this draft are replaced by the other scope's.")
        self.copy_button = push_button(
            self.tr("Replace the tree"), self._copy, kind="danger" if scope.leaves else "primary"
        )
        self.copy_button.setEnabled(False)
        self.source.chosen.connect(lambda _: self.copy_button.setEnabled(True))
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.copy_button)
        buttons.addWidget(push_button(self.tr("Cancel"), self.reject))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 12)
        layout.setSpacing(12)
        layout.addWidget(self.bar)
        if scope.leaves:
            layout.addWidget(muted_label(text, wrap=True))
        layout.addWidget(self.source)
        layout.addStretch(1)
        layout.addLayout(buttons)

    def _copy(self) -> None:
        source = self.source.value()
        if not isinstance(source, int):
            return
        self.copy_button.setEnabled(False)
        target, revision = self._scope.id, self._scope.revision
        self._shell.jobs.change(
            self.tr("Copying the rate tree"),
            lambda ctx: scope_changes.copy_tree_into(ctx, target, source, expected_rev=revision),
            owner=self,
            done=self._done,
            failed=self._refuse,
            nouns=("rates", *NOUNS),
        )

    def _refuse(self, problem: UserError) -> None:
        self.bar.show_message(str(problem), kind="error", closable=False)
        self.copy_button.setEnabled(True)

    def _done(self, copied: object) -> None:
        self.copied.emit(copied)
        self.accept()


def copy_options(shell: Shell, owner: QWidget) -> Callable[[str, Reply], object]:
    """Return a source of scopes of all services for a type-ahead."""

    def search(text: str, reply: Reply) -> None:
        def done(found: list[CopySource]) -> None:
            reply([Option(s.scope_id, formats.with_dates(s.title), s.detail) for s in found])

        shell.jobs.query(lambda ctx: scope_changes.copy_sources(ctx, text), owner=owner, done=done)

    return search


def _date_edit(name: str) -> DateEntry:
    entry = DateEntry()
    entry.setAccessibleName(name)
    return entry
