"""Empty state, chips, steps, search, tool bar, wheel, status."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, QRect, Qt, QUrl
from PySide6.QtGui import (
    QAction,
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QImage,
    QPainter,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QFormLayout,
    QMainWindow,
    QMenu,
    QPushButton,
    QScrollArea,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app.ui.look.icons import icon
from app.ui.look.theme import theme
from app.ui.widgets import toast, wheel_guard
from app.ui.widgets.buttons import icon_button, push_button
from app.ui.widgets.card import Card, PageTitle
from app.ui.widgets.chips import ChipBar, CountChips
from app.ui.widgets.date_field import DateField
from app.ui.widgets.empty_state import EmptyState
from app.ui.widgets.message_bar import MessageBar
from app.ui.widgets.search_field import SearchField
from app.ui.widgets.status import StatusLabel, glyph, paint_status, status_width
from app.ui.widgets.steps import StepBar
from app.ui.widgets.tool_bar import PageToolBar
from tests.ui.look.conftest import shown

Left = Qt.MouseButton.LeftButton


# ------------------------------------------------------------------------------ empty state


def test_item_45_empty_state_has_fact_hint_and_a_primary_action(qtbot: QtBot) -> None:
    state = EmptyState()
    shown(qtbot, state)
    done: list[str] = []
    state.set(
        "services",
        "No service yet.",
        "Add one, or load sample data.",
        [("Add service", lambda: done.append("add"), True), ("Load sample", print, False)],
    )
    assert state.fact() == "No service yet."
    assert [b.property("primary") for b in state.buttons()] == [True, None]
    qtbot.mouseClick(state.buttons()[0], Left)
    assert done == ["add"]
    state.set("filter", "No service matches 3 filters.")
    assert state.buttons() == []


def test_item_45_empty_state_takes_dropped_files_only_where_asked(
    qtbot: QtBot, tmp_path: Path
) -> None:
    state = EmptyState()
    shown(qtbot, state)
    assert not state.acceptDrops()
    taken: list[str] = []
    state.on_files = taken.extend
    assert state.acceptDrops()
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "rates.xlsx")), QUrl("https://example.org/x")])
    spot = QPoint(20, 20)
    actions, buttons, keys = Qt.DropAction.CopyAction, Left, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(spot, actions, data, buttons, keys)
    state.dragEnterEvent(enter)
    assert enter.isAccepted()
    state.grab()
    state.dropEvent(QDropEvent(QPointF(spot), actions, data, buttons, keys))
    assert taken == [str(tmp_path / "rates.xlsx")]


# ------------------------------------------------------------------------------ chips


CHIPS = [("status", "Status: Current"), ("name", "Name contains “SMS”")]


def test_item_10_chips_appear_and_remove_one_filter_each(qtbot: QtBot) -> None:
    bar = ChipBar()
    bar.add_action("Save view…", lambda: None)
    shown(qtbot, bar)
    assert not bar.isVisible()
    bar.set_chips(CHIPS)
    assert bar.isVisible()
    assert bar.chips() == CHIPS
    with qtbot.waitSignal(bar.removed, check_params_cb=lambda key: key == "name"):
        qtbot.mouseClick(_by_name(bar, "Remove filter Name contains “SMS”"), Left)
    with qtbot.waitSignal(bar.clicked, check_params_cb=lambda key: key == "status"):
        qtbot.mouseClick(_by_name(bar, "Status: Current"), Left)
    with qtbot.waitSignal(bar.removed, check_params_cb=lambda key: key == "status"):
        qtbot.keyClick(_by_name(bar, "Status: Current"), Qt.Key.Key_Delete)
    clear = next(b for b in bar.findChildren(QPushButton) if b.text() == "Clear all")
    with qtbot.waitSignal(bar.clear_all):
        qtbot.mouseClick(clear, Left)
    bar.set_chips([])
    assert not bar.isVisible()


def test_chips_wrap_and_never_overflow(qtbot: QtBot) -> None:
    bar = ChipBar()
    shown(qtbot, bar, width=420)
    bar.set_chips(
        [(str(n), f"Column {n} contains “something”") for n in range(6)] + [("l", "x" * 900)]
    )
    QApplication.processEvents()
    parts = [c for c in bar.children() if isinstance(c, QWidget) and c.isVisible()]
    assert all(c.geometry().right() <= bar.width() for c in parts)
    assert len({c.y() for c in parts}) > 2
    assert max(c.geometry().bottom() for c in parts) <= bar.height()


def test_count_chips_choose_one_or_all(qtbot: QtBot) -> None:
    chips = CountChips()
    shown(qtbot, chips)
    told: list[object] = []
    chips.chosen.connect(told.append)
    chips.set_counts([("new", "New", 1204, "ok"), ("up", "Up", 3, "warn"), ("x", "Gone", 0, "")])
    new, up, gone = chips.findChildren(QPushButton)
    assert (new.text(), new.accessibleName()) == ("● New  1,204", "New: 1,204")
    assert not gone.isEnabled()
    qtbot.mouseClick(new, Left)
    qtbot.mouseClick(up, Left)
    assert (chips.value(), new.isChecked(), up.isChecked()) == ("up", False, True)
    qtbot.mouseClick(up, Left)
    assert told == ["new", "up", None]
    chips.set_counts([("new", "New", 1, "ok"), ("up", "Up", 0, "warn"), ("x", "Gone", 5, "")])
    assert (up.isEnabled(), gone.isEnabled()) == (False, True)


# ------------------------------------------------------------------------------ steps


def test_item_34_steps_are_re_entered_by_mouse_and_keyboard(qtbot: QtBot) -> None:
    bar = StepBar(["File", "Columns", "Values", "Preview"])
    window = shown(qtbot, bar)
    told: list[int] = []
    bar.chosen.connect(told.append)
    bar.set_state(0, "done")
    bar.set_state(1, "problem", reason="Two columns hold a price.")
    bar.set_current(2)
    bar.set_state(3, "open", allowed=False, reason="4 values are to be decided.")
    assert [bar.state(i) for i in range(bar.count())] == ["done", "problem", "current", "open"]
    assert bar.current() == 2
    assert bar.button(1).accessibleName() == "2. Columns, has a problem"
    assert bar.button(3).toolTip() == "4 values are to be decided."
    qtbot.mouseClick(bar.button(0), Left)
    qtbot.mouseClick(bar.button(3), Left)
    assert told == [0]
    with qtbot.waitActive(window):
        window.activateWindow()
    bar.button(0).setFocus()
    qtbot.keyClick(bar.button(0), Qt.Key.Key_Right)
    assert bar.button(1).hasFocus()
    qtbot.keyClick(bar.button(1), Qt.Key.Key_Space)
    qtbot.keyClick(bar.button(1), Qt.Key.Key_Left)
    assert told == [0, 1]
    assert bar.button(0).hasFocus()
    qtbot.keyClick(bar.button(2), Qt.Key.Key_Right)
    assert not bar.button(3).hasFocus()
    with pytest.raises(ValueError, match="unknown state"):
        bar.set_state(0, "lost")


def test_steps_stay_inside_a_narrow_window(qtbot: QtBot) -> None:
    bar = StepBar(
        ["Datei und Ziel auswählen", "Spalten zuordnen", "Werte", "Vorschau", "Bestätigen"]
    )
    shown(qtbot, bar, width=420)
    assert bar.button(4).geometry().right() <= bar.width()
    bar.set_steps(["One", "Two"])
    assert (bar.count(), bar.current()) == (2, 0)


# ------------------------------------------------------------------------------ search field


def test_search_field_waits_for_the_end_of_typing(qtbot: QtBot) -> None:
    field = SearchField("Search services")
    shown(qtbot, field)
    told: list[str] = []
    field.searched.connect(told.append)
    with qtbot.waitSignal(field.searched):
        qtbot.keyClicks(field, "sms")
    assert told == ["sms"]
    assert field.accessibleName() == "Search services"
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert (field.text(), told) == ("", ["sms", ""])
    qtbot.keyClicks(field, "x")
    with qtbot.waitSignal(field.moved_down):
        qtbot.keyClick(field, Qt.Key.Key_Down)
    assert told[-1] == "x"


def test_search_field_shows_its_clear_button_only_with_text(qtbot: QtBot) -> None:
    field = SearchField()
    shown(qtbot, field)
    clear = field.actions()[-1]
    assert not clear.isVisible()
    with qtbot.waitSignal(field.searched):
        field.setText("sms")
    assert clear.isVisible()
    with qtbot.waitSignal(field.searched):
        clear.trigger()
    assert not clear.isVisible()


# ------------------------------------------------------------------------------ tool bar, buttons


def test_tool_bar_keeps_the_dots_and_names_every_button(qtbot: QtBot) -> None:
    bar = PageToolBar()
    shown(qtbot, bar)
    actions = [QAction(icon("import"), "&Import rates…", bar), None]
    bar.add_all(actions)
    bar.add_stretch()
    alone = bar.add(QAction(icon("refresh"), "Refresh", bar), text=False)
    menu = QMenu(bar)
    views = bar.add(QAction(icon("eye"), "Views", bar), menu=menu)
    first = bar.widgetForAction(bar.actions()[0])
    assert isinstance(first, QToolButton)
    assert (first.text(), first.accessibleName()) == ("Import rates…", "Import rates")
    assert alone.toolButtonStyle() == Qt.ToolButtonStyle.ToolButtonIconOnly
    assert alone.accessibleName() == "Refresh"
    assert views.menu() is menu


def test_tool_bar_puts_what_does_not_fit_into_a_named_menu(qtbot: QtBot) -> None:
    bar = PageToolBar()
    window = shown(qtbot, bar, width=900)
    for n in range(8):
        bar.add(QAction(icon("plus"), f"Action number {n}", bar))
    window.resize(300, 200)
    more = bar.findChild(QToolButton, "qt_toolbar_ext_button")
    qtbot.waitUntil(more.isVisible)
    assert more.accessibleName() == "More tools"
    assert not more.icon().isNull()
    assert bar.width() <= 300


def test_item_47_every_icon_button_of_the_widgets_has_a_name(
    qtbot: QtBot, frame: QMainWindow
) -> None:
    bar, chips, search = MessageBar(), ChipBar(), SearchField()
    bar.show_message("Note.", "info")
    chips.set_chips(CHIPS)
    made = [shown(qtbot, w) for w in (bar, chips, search)]
    toast.show_toast(frame, "Done.")
    for window in (*made, frame):
        for button in window.findChildren(QToolButton):
            if button.isVisible():
                name = button.accessibleName() or button.text() or button.toolTip()
                assert name, button
    button = icon_button("close", "Close the panel")
    qtbot.addWidget(button)
    assert (button.accessibleName(), button.toolTip()) == ("Close the panel", "Close the panel")


def test_buttons_call_their_slot_without_arguments(qtbot: QtBot) -> None:
    told: list[tuple[object, ...]] = []

    def slot(*arguments: object) -> None:
        told.append(arguments)

    for button in (
        push_button("Save", slot, kind="primary", icon_name="save"),
        icon_button("close", "Close", slot),
    ):
        qtbot.addWidget(button)
        button.click()
    assert told == [(), ()]


# ------------------------------------------------------------------------------ wheel


def test_item_28_the_wheel_scrolls_the_form_and_changes_no_unfocused_field(
    qtbot: QtBot, qapp: QApplication
) -> None:
    wheel_guard.install(qapp)
    wheel_guard.install(qapp)
    area, inner = QScrollArea(), QWidget()
    form = QFormLayout(inner)
    spin, combo, day = QSpinBox(), QComboBox(), DateField()
    combo.addItems(["one", "two", "three"])
    combo.setCurrentIndex(1)
    spin.setValue(5)
    before = day.value()
    for field in (spin, combo, day, *(QSpinBox() for _ in range(30))):
        form.addRow("Field", field)
    area.setWidget(inner)
    qtbot.addWidget(area)
    area.resize(300, 200)
    with qtbot.waitActive(area):
        area.show()
        area.activateWindow()
    area.setFocus()
    bar = area.verticalScrollBar()
    for field in (spin, combo, day):
        for _ in range(2):
            bar.setValue(0)
            _wheel(area, field, -120)
            assert bar.value() > 0
    assert (spin.value(), combo.currentIndex(), day.value()) == (5, 1, before)
    assert area.focusWidget() not in (spin, combo, day)
    bar.setValue(0)
    spin.setFocus()
    _wheel(area, spin, 120)
    assert spin.value() == 6


def _wheel(window: QWidget, field: QWidget, angle: int) -> None:
    """Turn the wheel over a field, as a mouse does it."""
    spot = field.mapTo(window, field.rect().center())
    QTest.wheelEvent(window.windowHandle(), spot, QPoint(0, angle))
    QApplication.processEvents()


# ------------------------------------------------------------------------------ status, others


@pytest.mark.parametrize("tone", ["ok", "warn", "error", "info", "neutral"])
@pytest.mark.parametrize("name", ["light", "dark"])
def test_item_33_a_status_has_shape_word_and_colour(
    qapp: QApplication, tone: str, name: str
) -> None:
    theme().apply(qapp, name)
    with_word, shape_alone = (_painted(qapp, tone, text) for text in ("Current", ""))
    other = _painted(qapp, "ok" if tone != "ok" else "info", "")
    assert with_word != shape_alone
    assert shape_alone != other
    assert _painted(qapp, tone, "Current", selected=True) != with_word
    assert glyph(tone) in "●◐✕◷○"
    theme().apply(qapp, "light")


def _painted(qapp: QApplication, tone: str, text: str, *, selected: bool = False) -> QImage:
    image = QImage(120, 24, QImage.Format.Format_RGB32)
    image.fill(theme().color("selection" if selected else "table"))
    painter = QPainter(image)
    painter.setFont(qapp.font())
    paint_status(painter, QRect(0, 0, 120, 24), tone, text, selected)
    painter.end()
    return image


def test_status_label_tells_its_word(qtbot: QtBot) -> None:
    label = StatusLabel("ok", "Current")
    shown(qtbot, label)
    label.set_status("error", "Overlapped by another scope")
    assert (label.tone, label.text()) == ("error", "Overlapped by another scope")
    assert label.sizeHint().width() >= status_width(label.fontMetrics(), label.text())


def test_date_field_takes_a_pasted_date_and_has_a_readable_calendar(qtbot: QtBot) -> None:
    import datetime as dt

    field = DateField(dt.date(2026, 9, 3))
    shown(qtbot, field)
    assert field.text() == "09/03/2026"
    QGuiApplication.clipboard().setText("2026-10-31")
    qtbot.keyClick(field, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert field.value() == dt.date(2026, 10, 31)
    QGuiApplication.clipboard().setText("soon")
    qtbot.keyClick(field, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert field.value() == dt.date(2026, 10, 31)
    weekend = field.calendarWidget().weekdayTextFormat(Qt.DayOfWeek.Sunday)
    assert weekend.foreground().color() == theme().color("muted")


def test_gallery_in_both_themes(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> None:
    """Everything beside each other differs between the themes and paints without a warning."""
    pictures = []
    for name in ("light", "dark"):
        theme().apply(qapp, name)
        window = QWidget()
        column = QVBoxLayout(window)
        column.addWidget(PageTitle("Services"))
        bar, chips, steps, card = MessageBar(), ChipBar(), StepBar(["File", "Values"]), Card("Card")
        card.body.addWidget(StatusLabel("warn", "Overlap"))
        state = EmptyState()
        state.set("list", "No service yet.", "Add one.", [("Add", lambda: None, True)])
        for widget in (bar, chips, steps, card, state):
            column.addWidget(widget)
        bar.show_message("The price must be greater than zero.")
        chips.set_chips(CHIPS)
        qtbot.addWidget(window)
        window.resize(900, 600)
        window.show()
        picture = window.grab()
        assert picture.save(str(tmp_path / f"{name}.png"))
        pictures.append(picture.toImage())
    assert pictures[0] != pictures[1]
    theme().apply(qapp, "light")


def _by_name(parent: QWidget, name: str) -> QToolButton:
    return next(b for b in parent.findChildren(QToolButton) if b.accessibleName() == name)
