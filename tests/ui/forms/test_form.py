"""Fields by kind and what depends on what (items 24 and 28), without a database."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import shiboken6
from PySide6.QtCore import QLocale, Qt
from PySide6.QtWidgets import QApplication, QCalendarWidget, QLineEdit
from pytestqt.qtbot import QtBot

from app.domain.sections import Choice, Field, Kind, Section
from app.errors import FieldProblem
from app.ui.forms.date_entry import DateEntry
from app.ui.forms.form import RecordForm
from app.ui.forms.neighbours import Neighbours
from app.ui.forms.shown import shown_text
from app.ui.look.theme import theme
from app.ui.widgets.type_ahead import Option, Reply

AGREEMENTS = Section(
    "agreements", "Agreements", "agreement", "Finance", "file", "finance", "agreements", (),
    form=(
        Field("company", "Company", Kind.CHOICE, required=True,
              choices=(Choice("a", "A"), Choice("b", "B"))),
        Field("entity", "Legal entity", Kind.REFERENCE, reset_by=("company",), options="x.y"),
        Field("agreement", "Agreement", Kind.REFERENCE, reset_by=("entity",), options="x.y"),
        Field("limit", "Credit limit", Kind.AMOUNT, shown_when=("company", ("b",)), required=True,
              group="Money"),
        Field("price", "Price", Kind.PRICE),
        Field("since", "Since", Kind.DATE),
        Field("blocked", "Blocked", Kind.FLAG, default=False),
        Field("note", "Note", Kind.LONG_TEXT, longest=10),
    ),
)  # fmt: skip

EMPTY: dict[str, Any] = {field.name: None for field in AGREEMENTS.form} | {"blocked": False}


def lookup(field: Field, text: str, reply: Reply) -> None:
    reply([Option("1", f"{field.title} 1"), Option("2", f"{field.title} 2")])


@pytest.fixture
def form(qtbot: QtBot) -> RecordForm:
    made = RecordForm(AGREEMENTS, lookup)
    qtbot.addWidget(made)
    made.show_values(EMPTY, {})
    made.set_editing(True)
    made.resize(800, 600)
    made.show()
    return made


def test_item_24_changing_the_company_empties_what_hangs_on_it(form: RecordForm) -> None:
    form.put("company", "a")
    form.put("entity", "1", "Legal entity 1")
    form.put("agreement", "2", "Agreement 2")
    assert form.values()["agreement"] == "2"
    form.put("company", "b")
    form.put("limit", Decimal(5))
    assert form.values()["entity"] is None
    assert form.values()["agreement"] is None
    form.put("company", "a")
    assert form.rows["limit"].cell.isHidden()
    assert form.values()["limit"] is None  # a stale value is not saved
    assert form.changed() == ["company"]


def test_a_heading_goes_with_its_fields(form: RecordForm) -> None:
    [(heading, _)] = form._heads
    assert heading.text() == "Money"
    form.put("company", "b")
    assert heading.isVisible()
    only = Section(
        "x", "X", "x", "Finance", "file", "x", "x", (),
        form=(Field("a", "A"), Field("b", "B", group="More", shown_when=("a", ("yes",)))),
    )  # fmt: skip
    short = RecordForm(only, lookup, form)
    short.show_values({}, {})
    assert short._heads[0][0].isHidden()
    short.put("a", "yes")
    assert not short._heads[0][0].isHidden()


def test_fields_read_what_people_write(form: RecordForm, qtbot: QtBot) -> None:
    form.put("company", "b")
    limit, price, since = (form.rows[n].editor for n in ("limit", "price", "since"))
    limit.recall("1,500.5")
    price.recall("0.0712")
    since.recall("2026-09-30")
    form.put("note", "  text ")
    found = form.values()
    assert (found["limit"], found["price"]) == (Decimal("1500.5"), Decimal("0.0712"))
    assert (found["since"], found["note"]) == (date(2026, 9, 30), "text")
    price.recall("0,0712")
    since.recall("31 February")
    form.put("note", "much too long a note")
    with pytest.raises(FieldProblem) as refused:
        form.values()
    assert list(refused.value.problems) == ["price", "since", "note"]
    assert "decimal mark" in refused.value.problems["price"]
    assert form.rows["note"].count.text() == "20 of 10 characters"
    assert form.rows["note"].count.isVisible()


def test_numbers_are_written_by_the_language(form: RecordForm) -> None:
    QLocale.setDefault(QLocale("de_DE"))
    form.rows["price"].editor.put(Decimal("1234.5"))
    line = form.rows["price"].editor.widget
    assert isinstance(line, QLineEdit)
    assert line.text() == "1.234,50000"
    assert form.rows["price"].editor.value() == Decimal("1234.5")


def test_written_and_put_back_is_unchanged(form: RecordForm) -> None:
    form.put("company", "a")
    form.put("note", "x")
    memo = form.memo()
    assert set(memo) == {"company", "note"}
    form.show_values(EMPTY, {})
    assert form.changed() == []
    form.recall(memo | {"gone": "x"})
    assert form.changed() == ["company", "note"]
    form.put("company", None)
    form.put("note", "")
    assert form.changed() == []


def test_a_date_is_typed_or_picked(qtbot: QtBot) -> None:
    entry = DateEntry()
    qtbot.addWidget(entry)
    entry.show()
    assert entry.day() is None
    qtbot.keyClicks(entry.line, "2026-9-3")
    qtbot.keyClick(entry.line, Qt.Key.Key_Return)
    assert entry.text() == "09/03/2026"
    qtbot.keyClick(entry.line, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert entry.popup is not None
    calendar = entry.popup.findChild(QCalendarWidget)
    assert calendar is not None
    assert calendar.selectedDate().day() == 3
    with qtbot.waitSignal(entry.edited):
        calendar.activated.emit(calendar.selectedDate().addDays(1))
    assert entry.day() == date(2026, 9, 4)


def test_values_are_read_as_people_say_them() -> None:
    fields = {field.name: field for field in AGREEMENTS.form}
    assert shown_text(fields["company"], "a") == "A"
    assert shown_text(fields["entity"], "7", "Seven") == "Seven"
    assert shown_text(fields["blocked"], True) == "Yes"
    assert shown_text(fields["price"], Decimal("0.5")) == "0.50000"
    assert shown_text(fields["since"], date(2026, 1, 2)) == "01/02/2026"
    assert shown_text(fields["note"], None) == ""


def test_neighbours_end_where_the_list_ends() -> None:
    ids = Neighbours([5, 3, 9])
    assert (ids.step(5, -1), ids.step(5, 1), ids.step(9, 1)) == (None, 3, None)
    assert ids.step(4, 1) is None


def test_a_remark_that_went_with_its_form_hears_of_no_other_theme(
    form: RecordForm, qapp: QApplication
) -> None:
    row = form.rows["price"]
    row.show_problem("Not a price.")  # kept alive, as a reference cycle does until it is collected
    shiboken6.delete(row.cell)
    theme().apply(qapp, "dark")  # pytest-qt fails the test for an exception in a slot
    theme().apply(qapp, "light")
