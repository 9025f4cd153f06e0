"""Message bar, toasts, questions: what the window tells and asks."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QLabel,
    QListView,
    QMainWindow,
    QPushButton,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app.ui.look.theme import theme
from app.ui.widgets import confirm, toast
from app.ui.widgets.confirm import Question, SaveQuestion
from app.ui.widgets.message_bar import MessageBar
from tests.ui.conftest import Dialogs
from tests.ui.look.conftest import shown

Left = Qt.MouseButton.LeftButton


# ------------------------------------------------------------------------------ message bar


def test_message_bar_shows_one_message_with_its_actions_and_hides_when_closed(
    qtbot: QtBot,
) -> None:
    bar = MessageBar()
    shown(qtbot, bar)
    assert not bar.isVisible()
    done: list[str] = []
    bar.show_message("3 fields need a value.", "error", [("Go to first", lambda: done.append("x"))])
    assert bar.isVisible()
    assert (bar.text(), bar.kind, bar.accessibleName()) == (
        "3 fields need a value.",
        "error",
        "3 fields need a value.",
    )
    qtbot.mouseClick(bar.buttons()[0], Left)
    assert done == ["x"]
    bar.show_message("Saved.", "ok")
    assert [b.text() for b in bar.buttons()] == []
    with qtbot.waitSignal(bar.closed):
        qtbot.mouseClick(bar.findChild(QToolButton), Left)
    assert not bar.isVisible()
    assert bar.text() == ""


def test_message_bar_wraps_long_text_and_lets_it_be_selected(qtbot: QtBot) -> None:
    bar = MessageBar()
    shown(qtbot, bar, width=320)
    bar.show_message("The file could not be read. " * 8, "warn", closable=False)
    QApplication.processEvents()
    assert bar.height() > 80
    assert bar.width() <= 320
    label = bar.findChildren(QLabel)[1]
    assert label.textInteractionFlags() & Qt.TextInteractionFlag.TextSelectableByKeyboard
    assert not bar.findChild(QToolButton).isVisible()
    with pytest.raises(KeyError):
        bar.show_message("?", "loud")


def test_message_bar_is_closed_by_escape_in_it(qtbot: QtBot) -> None:
    bar = MessageBar()
    window = shown(qtbot, bar)
    bar.show_message("Note.", "info", [("More", lambda: None)])
    with qtbot.waitActive(window):
        window.activateWindow()
    bar.buttons()[0].setFocus()
    qtbot.keyClick(bar.buttons()[0], Qt.Key.Key_Escape)
    assert not bar.isVisible()


# ------------------------------------------------------------------------------ toasts


def test_toasts_stand_in_the_corner_three_at_most_and_follow_the_window(
    frame: QMainWindow,
) -> None:
    toast.show_toast(frame, "The file could not be read.", "error")
    for n in range(4):
        toast.show_toast(frame, f"Import {n} is done.", "ok")
    assert [t.text() for t in toast.toasts(frame)] == [
        "The file could not be read.",
        "Import 2 is done.",
        "Import 3 is done.",
    ]
    for width, height in ((900, 600), (1200, 700)):
        frame.resize(width, height)
        QApplication.processEvents()
        boxes = [t.geometry() for t in toast.toasts(frame)]
        assert all(frame.rect().contains(box) for box in boxes)
        assert boxes[-1].right() > width - 40
        assert boxes[-1].bottom() < frame.statusBar().y()
        assert not any(a.intersects(b) for a in boxes for b in boxes if a is not b)


def test_toast_hides_by_itself_but_an_error_or_a_hovered_one_stays(
    frame: QMainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(toast, "SHOWN_MS", 100)
    toast.show_toast(frame, "Refused.", "error")
    hovered = toast.show_toast(frame, "Hovered.", "info")
    toast.show_toast(frame, "Done.", "ok")
    _hover(frame, hovered)
    _wait_for(qtbot, frame, "Refused.", "Hovered.")
    _hover(frame, hovered)  # the other one left, so this one moved
    qtbot.wait(150)
    _wait_for(qtbot, frame, "Refused.", "Hovered.")
    QTest.mouseMove(frame.windowHandle(), QPoint(5, 5))
    _wait_for(qtbot, frame, "Refused.")


def _hover(frame: QMainWindow, over: QWidget) -> None:
    QTest.mouseMove(frame.windowHandle(), over.mapTo(frame, over.rect().center()))
    QApplication.processEvents()


def _wait_for(qtbot: QtBot, frame: QMainWindow, *texts: str) -> None:
    qtbot.waitUntil(lambda: [t.text() for t in toast.toasts(frame)] == list(texts))


def test_toast_is_worked_by_keyboard(frame: QMainWindow, qtbot: QtBot) -> None:
    done: list[str] = []
    made = toast.show_toast(frame, "Done.", "ok", ("Open service", lambda: done.append("open")))
    assert made.button.focusPolicy() & Qt.FocusPolicy.TabFocus
    qtbot.keyClick(made.button, Qt.Key.Key_Space)
    assert done == ["open"]
    assert toast.toasts(frame) == []
    again = toast.show_toast(frame, "Refused.", "error", ("Details", lambda: None))
    qtbot.keyClick(again.button, Qt.Key.Key_Escape)
    assert toast.toasts(frame) == []


# ------------------------------------------------------------------------------ questions


def test_item_27_dangerous_question_names_what_depends_and_defaults_to_cancel(
    qtbot: QtBot,
) -> None:
    question = Question(
        None,
        "Archive 2 services",
        "Rating stops for agreements that use them.",
        yes="Archive",
        danger=True,
        details=["Retail SMS: 4 agreements"],
    )
    qtbot.addWidget(question)
    question.open()
    with qtbot.waitActive(question):
        question.activateWindow()
    assert question.cancel_button.hasFocus()
    with qtbot.waitSignal(question.finished):
        qtbot.keyClick(question, Qt.Key.Key_Return)
    assert question.answer == "cancel"
    question.open()
    qtbot.mouseClick(question.yes_button, Left)
    assert question.answer == "yes"


def test_question_says_what_its_buttons_do_and_escape_cancels(qtbot: QtBot) -> None:
    question = Question(None, "Replace the draft?", "", yes="Replace", more=["Keep both"])
    qtbot.addWidget(question)
    texts = [b.text() for b in question.findChildren(QPushButton)]
    assert texts == ["Replace", "Keep both", "Cancel"]
    question.open()
    qtbot.mouseClick(question.more_buttons[0], Left)
    assert question.answer == "Keep both"
    question.answer = "cancel"
    question.open()
    qtbot.keyClick(question, Qt.Key.Key_Escape)
    assert question.answer == "cancel"


def test_an_open_question_takes_the_colours_of_another_theme(
    qtbot: QtBot, qapp: QApplication
) -> None:
    theme().apply(qapp, "light")
    question = Question(None, "Delete 2 drafts?", "They are gone.", yes="Delete", danger=True)
    qtbot.addWidget(question)
    sign = next(label for label in question.findChildren(QLabel) if not label.pixmap().isNull())
    before = sign.pixmap().toImage()
    theme().apply(qapp, "dark")
    assert sign.pixmap().toImage() != before


def _press(name: str) -> Callable[[QDialog], None]:
    def press(dialog: QDialog) -> None:
        next(b for b in dialog.findChildren(QPushButton) if b.text() == name).click()

    return press


@pytest.mark.parametrize(
    ("button", "answer"), [("Replace", True), ("Cancel", False), ("Keep both", "Keep both")]
)
def test_ask_returns_what_was_chosen(dialogs: Dialogs, button: str, answer: object) -> None:
    dialogs.answer(_press(button))
    got = confirm.ask(
        None, "Replace the draft?", "It has rates.", yes="Replace", more=["Keep both"]
    )
    assert got == answer


@pytest.mark.parametrize(
    ("button", "answer"), [("Save", "save"), ("Discard", "discard"), ("Cancel", "cancel")]
)
def test_item_25_ask_save_offers_save_discard_cancel(
    dialogs: Dialogs, button: str, answer: str
) -> None:
    dialogs.answer(_press(button))
    assert confirm.ask_save(None, "Save 2 tabs?", ["Retail SMS", "Acme SMS"]) == answer
    assert isinstance(dialogs.shown[0], SaveQuestion)


def test_long_details_are_wrapped_and_seen_whole(qtbot: QtBot) -> None:
    line = "Brindlemoor Telecom: 3 companies, 1 legal entity, 1 agreement, 2 bank accounts, 2 users"
    question = Question(
        None, "Delete", "Delete it?", yes="Delete", details=[line, "A bank: 1 account"]
    )
    qtbot.addWidget(question)
    with qtbot.waitExposed(question):
        question.show()
    (view,) = question.findChildren(QListView)
    last = view.visualRect(view.model().index(1, 0))
    assert view.visualRect(view.model().index(0, 0)).height() > last.height(), "it has two lines"
    assert view.viewport().rect().contains(last)
    assert not view.horizontalScrollBar().isVisible()
