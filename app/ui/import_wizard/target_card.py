"""The target half of step 1: service, scope, node, rules, vendor, kind of the file (IMP-2)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from PySide6.QtCore import QCoreApplication, QSize, Signal
from PySide6.QtWidgets import QComboBox, QFormLayout, QHBoxLayout, QLabel, QWidget

from app.services.tariffs.import_targets import (
    ImportTarget,
    ScopeChoice,
    node_choices,
    service_choices,
    vendor_choices,
)
from app.ui import formats
from app.ui.look.marks import set_mark
from app.ui.widgets.buttons import push_button
from app.ui.widgets.card import Card
from app.ui.widgets.type_ahead import Option, Reply, TypeAhead

if TYPE_CHECKING:
    from app.errors import UserError
    from app.ui.import_wizard.wizard import Wizard

NO_END = "∞"


class _Note(QLabel):
    """A remark below a field, as high as its lines: a plain label asks for two instead of one."""

    def __init__(self) -> None:
        super().__init__()
        self.setWordWrap(True)
        set_mark(self, "tone", "muted")

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self.fontMetrics().height())


class TargetCard(Card):
    """Where the rates go. ``new_service`` and ``open_service`` ask the window for another page."""

    new_service = Signal()
    open_service = Signal(int)

    def __init__(self, wizard: Wizard, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.set_title(self.tr("Target"))
        self.wizard = wizard
        self._form = QFormLayout()
        self._form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._form.setHorizontalSpacing(12)
        self._form.setVerticalSpacing(6)
        self._make_service()
        self._make_scope()
        self._make_vendor()
        self._make_node()
        self._make_rules()
        self._make_kind()
        self.body.addLayout(self._form)
        self.body.addStretch(1)
        wizard.changed.connect(self._show)
        wizard.targeted.connect(self._show)
        wizard.proposed.connect(self._show)
        wizard.drafted.connect(self._show)
        self._show()

    # ---------------------------------------------------------------- building

    def _make_service(self) -> None:
        self.service = TypeAhead(placeholder=self.tr("Type a name or ID"))
        self.service.setAccessibleName(self.tr("Service"))
        self.service.set_source(self._find_services)
        self.service.chosen.connect(self._service_chosen)
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self.service, 1)
        line.addWidget(push_button(self.tr("New service…"), self.new_service.emit))
        self._form.addRow(self.tr("Service"), line)
        self._service_note = self._note()

    def _make_scope(self) -> None:
        self.scope = QComboBox()
        self.scope.setAccessibleName(self.tr("Scope"))
        self.scope.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.scope.setMinimumContentsLength(20)
        self.scope.activated.connect(self._scope_chosen)
        self._add_scope = push_button(
            self.tr("Scopes…"), lambda: self.open_service.emit(self._service_id())
        )
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self.scope, 1)
        line.addWidget(self._add_scope)
        self._form.addRow(self.tr("Scope"), line)
        self._scope_note = self._note()

    def _make_vendor(self) -> None:
        self.vendor = TypeAhead(
            placeholder=self.tr("Whose list; its answers are remembered"), free_text=True
        )
        self.vendor.setAccessibleName(self.tr("Vendor"))
        self.vendor.set_source(self._find_vendors)
        self.vendor.chosen.connect(lambda option: self._take_vendor(option.text))
        self.vendor.line.editingFinished.connect(lambda: self._take_vendor(self.vendor.text()))
        self._form.addRow(self.tr("Vendor"), self.vendor)

    def _make_node(self) -> None:
        self.node = TypeAhead(placeholder=self.tr("As the file says"), free_text=True)
        self.node.setAccessibleName(self.tr("Node of the rate tree"))
        self.node.set_source(self._find_nodes)
        self.node.chosen.connect(lambda option: self._take_node(option.text))
        self.node.line.editingFinished.connect(lambda: self._take_node(self.node.text()))
        self._as_proposed = push_button(
            self.tr("As proposed"), lambda: self._take_node(""), kind="link"
        )
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self.node, 1)
        line.addWidget(self._as_proposed)
        self._form.addRow(self.tr("Node"), line)
        self._node_note = self._note()

    def _make_rules(self) -> None:
        self.billing = self._combo(
            self.tr("Billing rule"),
            "billing",
            (
                ("", self.tr("As in the tree")),
                ("submitted", self.tr("Submitted")),
                ("delivered", self.tr("Delivered")),
            ),
        )
        self.quantity = self._combo(
            self.tr("Quantity rule"),
            "quantity",
            (
                ("", self.tr("As in the tree")),
                ("messages", self.tr("Messages")),
                ("segments", self.tr("Segments")),
            ),
        )
        note = self._note()
        note.setText(
            self.tr("A new node without a rule of its own gets the usual one of its resource.")
        )

    def _combo(self, title: str, name: str, choices: tuple[tuple[str, str], ...]) -> QComboBox:
        combo = QComboBox()
        combo.setAccessibleName(title)
        for value, text in choices:
            combo.addItem(text, value)
        combo.activated.connect(
            lambda place: self.wizard.choose(
                f"{title}: {combo.itemText(place)}",
                self.wizard.state.but(**{name: combo.itemData(place)}),
            )
        )
        self._form.addRow(title, combo)
        return combo

    def _make_kind(self) -> None:
        self.kind = QComboBox()
        self.kind.setAccessibleName(self.tr("Kind of file"))
        for value, text in (
            ("", self.tr("As the file looks")),
            ("standard", self.tr("Standard")),
            ("whatsapp_basic", self.tr("WhatsApp basic")),
            ("whatsapp_tier", self.tr("WhatsApp tier")),
        ):
            self.kind.addItem(text, value)
        self.kind.activated.connect(self._kind_chosen)
        self._form.addRow(self.tr("Kind of file"), self.kind)
        self._kind_note = self._note()

    def _note(self) -> QLabel:
        label = _Note()
        self._form.addRow("", label)
        return label

    # ---------------------------------------------------------------- showing

    def _show(self) -> None:
        state, target = self.wizard.state, self.wizard.target
        if not self.service.line.hasFocus():
            self.service.set_value(state.service or None, state.service)
        if not self.vendor.line.hasFocus():
            self.vendor.set_value(state.vendor or None, state.vendor)
        self.billing.setCurrentIndex(max(self.billing.findData(state.billing), 0))
        self.quantity.setCurrentIndex(max(self.quantity.findData(state.quantity), 0))
        self._show_service(target)
        self._show_scopes(target)
        self._show_node()
        self._show_kind()

    def _show_service(self, target: ImportTarget | None) -> None:
        problem = self.wizard.target_problem
        text = problem
        if target is not None and not problem:
            sides = {"cost": self.tr("Cost service"), "sell": self.tr("Sell service")}
            parts = [sides.get(target.service.side, ""), target.service.currency]
            text = " · ".join(filter(None, parts))
        set_mark(self._service_note, "tone", "error" if problem else "muted")
        self._service_note.setText(text)
        self._service_note.setVisible(bool(text))

    def _show_scopes(self, target: ImportTarget | None) -> None:
        self.scope.clear()
        for choice in target.scopes if target else ():
            self.scope.addItem(scope_text(choice, target.time_zone if target else "UTC"), choice.id)
        self.scope.setEnabled(self.scope.count() > 0)
        self._add_scope.setEnabled(target is not None)
        self.scope.setCurrentIndex(self.scope.findData(self.wizard.state.scope))
        chosen = self._chosen_scope()
        live = chosen is not None and chosen.state == "current"
        text = ""
        if live and not self.wizard.state.compare:
            text = self.tr("This scope is in force: the new rates are live at once.")
        elif target is not None and not target.scopes:
            text = self.tr("This service has no scope yet: add one under Scopes.")
        set_mark(self._scope_note, "tone", "warn")
        self._scope_note.setText(text)
        self._scope_note.setVisible(bool(text))

    def _chosen_scope(self) -> ScopeChoice | None:
        target, wanted = self.wizard.target, self.wizard.state.scope
        return next((s for s in target.scopes if s.id == wanted), None) if target else None

    def _show_node(self) -> None:
        state, draft, sheet = self.wizard.state, self.wizard.draft, self.wizard.sheet_view()
        proposed = (draft.node if draft else "") or (sheet.node if sheet else "")
        if not self.node.line.hasFocus():
            shown = state.node or proposed
            self.node.set_value(shown or None, shown)
        self._as_proposed.setVisible(bool(state.node))
        reason = draft.node_reason if draft and not state.node else ""
        if state.node:
            reason = self.tr("Chosen by you")
        self._node_note.setText(reason[:1].upper() + reason[1:])
        self._node_note.setVisible(bool(reason))

    def _show_kind(self) -> None:
        chosen, sheet = self.wizard.state.choices.kind, self.wizard.sheet_view()
        self.kind.setCurrentIndex(max(self.kind.findData(chosen), 0))
        words = {self.kind.itemData(i): self.kind.itemText(i) for i in range(1, 4)}
        text = ""
        if sheet is not None and not chosen:
            name = words.get(sheet.kind, self.tr("Exported rate tree"))
            reason = sheet.reasons.get("kind", "")
            text = f"{name}: {reason}" if reason else name
        self._kind_note.setText(text)
        self._kind_note.setVisible(bool(text))

    # ---------------------------------------------------------------- choosing

    def _service_id(self) -> int:
        return self.wizard.target.service.id if self.wizard.target else 0

    def _service_chosen(self, option: Option) -> None:
        text = self.tr("Service {name}").format(name=option.text)
        self.wizard.choose(text, self.wizard.state.but(service=option.text, scope=None))

    def _scope_chosen(self, place: int) -> None:
        text = self.tr("Scope {name}").format(name=self.scope.itemText(place))
        self.wizard.choose(text, self.wizard.state.but(scope=self.scope.itemData(place)))

    def _take_vendor(self, text: str) -> None:
        name = text.strip()
        if name != self.wizard.state.vendor:
            step = self.tr("Vendor {name}").format(name=name)
            self.wizard.choose(step, self.wizard.state.but(vendor=name))

    def _take_node(self, text: str) -> None:
        path, draft = text.strip(), self.wizard.draft
        if path == self.wizard.state.node:
            return
        if path and not self.wizard.state.node and draft is not None and path == draft.node:
            return
        self.node.set_value(path or None, path)
        step = self.tr("Node {path}").format(path=path)
        self.wizard.choose(step, self.wizard.state.but(node=path))

    def _kind_chosen(self, place: int) -> None:
        text = self.tr("Kind {name}").format(name=self.kind.itemText(place))
        self.wizard.choose(text, self.wizard.state.choosing(kind=self.kind.itemData(place)))

    # ---------------------------------------------------------------- searching

    def _find_services(self, text: str, reply: Reply) -> None:
        self.wizard.jobs.query(
            lambda ctx: service_choices(ctx, text),
            owner=self,
            done=lambda found: reply(
                [Option(s.id, s.name, " · ".join(filter(None, (s.currency, f"ID {s.id}"))))
                 for s in found]
            ),
            failed=self._not_found(reply),
        )  # fmt: skip

    def _find_vendors(self, text: str, reply: Reply) -> None:
        self.wizard.jobs.query(
            lambda ctx: vendor_choices(ctx, text),
            owner=self,
            done=lambda names: reply([Option(name, name) for name in names]),
            failed=self._not_found(reply),
        )

    def _find_nodes(self, text: str, reply: Reply) -> None:
        self.wizard.jobs.query(
            lambda ctx: node_choices(ctx, text),
            owner=self,
            done=lambda paths: reply([Option(path, path) for path in paths]),
            failed=self._not_found(reply),
        )

    @staticmethod
    def _not_found(reply: Reply) -> Callable[[UserError], object]:
        return lambda _problem: reply([])


def scope_text(scope: ScopeChoice, zone: str) -> str:
    """Return a scope in words: its state and its first and last day."""
    return f"{_state(scope.state)} · {_day(scope.start, zone)} – {_day(scope.till, zone)}"


def _day(at: datetime | None, zone: str) -> str:
    return formats.date(at.astimezone(ZoneInfo(zone)).date()) if at else NO_END


def _state(word: str) -> str:
    texts = {
        "current": "Current",
        "draft": "Draft",
        "upcoming": "Upcoming",
        "past": "Past",
        "overlapped": "Overlapped",
    }
    return QCoreApplication.translate("TargetCard", texts.get(word, word))
