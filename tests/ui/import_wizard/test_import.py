"""From the preview to the import, its undo, and what a tab owes (items 36-41, 47, 49)."""

from __future__ import annotations

import csv
import os
import time
from pathlib import Path

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QAbstractItemView, QLabel

from app.ui.import_wizard.blockers import COLUMNS, CONFIRM, FILE, PREVIEW, VALUES
from app.ui.import_wizard.change_words import row_count
from app.ui.import_wizard.draft_tree_model import DraftTreeModel
from app.ui.import_wizard.page import DONE, ImportPage
from app.ui.import_wizard.state import WizardState
from tests.helpers.command_line import Desk
from tests.ui.import_wizard.conftest import PLAIN, Driver, Make, delete, texts, written

# ------------------------------------------------------------------------------ preview


def test_item_36_an_error_jumps_to_its_cell_and_rejects_are_written(
    wizard: Make, questions: Path, tmp_path: Path
) -> None:
    driver = wizard(questions)
    driver.to(PREVIEW)
    preview = driver.page.preview
    issues = preview.issues
    issues.chips.choose("error")
    driver.ready()
    reasons = texts(issues.model, 5)
    row = next(r for r, text in enumerate(reasons) if "on request" in text)
    issues.table.activated.emit(issues.model.index(row, 0))
    driver.ready()
    table = driver.page.columns.source.table
    assert driver.page.stack.currentIndex() == COLUMNS
    assert (table.currentIndex().row(), table.currentIndex().column()) == (6, 2)
    path = tmp_path / "rejects.csv"
    preview.write("r", path, lambda ctx, session: session.export_rejects(ctx, path))
    driver.ready()
    assert driver.page.bar.text() == f"{row_count(7)} written to rejects.csv."
    with path.open(encoding="utf-8-sig", newline="") as file:
        assert len(list(csv.reader(file))) == 8


def test_item_37_counts_add_up(wizard: Make, questions: Path, tmp_path: Path) -> None:
    driver = wizard(questions)
    driver.to(PREVIEW)
    for draft in (driver.draft,):
        rows = draft.rows
        parts = ("imported", "merged", "skipped", "not_data", "errors")
        assert rows["read"] == sum(rows[p] for p in parts) == 10
        kinds = ("new", "increased", "decreased", "changed", "unchanged")
        assert draft.leaves == sum(draft.changes[k] for k in kinds)
    text = driver.page.preview.rows_line.text()
    assert text.startswith("Rows: 10 read = 2 imported + 0 merged + 0 left out + 1 not data + 7")


def test_rows_in_error_must_be_accepted_by_their_number(wizard: Make, tmp_path: Path) -> None:
    path = written(tmp_path / "bad.csv", PLAIN + "Italy,TIM,ask us\n")
    driver = wizard(path)
    driver.to(PREVIEW)
    accept = driver.page.preview.accept
    assert accept.isVisible()
    assert accept.text() == "Leave the 1 row in error out of the import"
    assert not driver.page.next.isEnabled()
    accept.click()
    driver.ready()
    assert driver.page.next.isEnabled()
    assert driver.wizard.state.skip_errors


def test_changes_are_filtered_sorted_and_jumps_marked(
    importer: Make, plain: Path, tmp_path: Path
) -> None:
    importer(plain).commit()
    dearer = PLAIN.replace("0.0730", "0.1000").replace("0.0725", "0.0726").replace("0.0380", "0.01")
    driver = importer(written(tmp_path / "next.csv", dearer))
    driver.choose(mode="merge")
    driver.to(PREVIEW)
    changes = driver.page.preview.changes
    driver.page.preview.tabs.setCurrentWidget(changes)
    driver.ready()
    assert driver.draft.changes["increased"] == 2
    assert driver.draft.changes["decreased"] == 1
    changes.table.sortByColumn(4, Qt.SortOrder.DescendingOrder)
    driver.ready()
    percents = texts(changes.model, 4)
    assert percents[0].startswith("! ")
    assert "+37.0" in percents[0]
    changes.chips.choose("decreased")
    driver.ready()
    assert changes.model.rowCount() == 1
    assert "Movistar" in texts(changes.model, 1)[0]
    assert driver.page.preview.rates_line.text().startswith("Rates: 4 = 0 new + 2 increased")


def test_the_tree_opens_lazily_and_keeps_what_was_open(wizard: Make, plain: Path) -> None:
    driver = wizard(plain)
    driver.to(PREVIEW)
    tab = driver.page.preview.tree
    driver.ready()
    model = tab.model
    domain = model.index(0, 0)
    resource = model.index(0, 0, domain)
    driver.qtbot.waitUntil(lambda: model.rowCount(resource) == 3, timeout=5000)
    germany = next(
        i for r in range(3) if (i := model.index(r, 0, resource)).data().startswith("Germany")
    )
    assert model.rowCount(germany) == 0
    tab.tree.expand(germany)
    driver.ready()
    assert model.rowCount(germany) == 2
    driver.choosing(start_row=3)
    driver.ready()
    resource = model.index(0, 0, model.index(0, 0))
    germany = next(
        i for r in range(3) if (i := model.index(r, 0, resource)).data().startswith("Germany")
    )
    driver.qtbot.waitUntil(lambda: tab.tree.isExpanded(germany), timeout=5000)
    assert model.rowCount(germany) == 1


def test_models_pass_the_model_tester(wizard: Make, questions: Path) -> None:
    driver = wizard()
    preview, values = driver.page.preview, driver.page.values
    models = [
        driver.page.columns.source.model,
        values.model,
        preview.changes.model,
        preview.issues.model,
        preview.tree.model,
    ]
    mode = QAbstractItemModelTester.FailureReportingMode.Warning
    testers = [QAbstractItemModelTester(model, mode) for model in models]
    driver.open(questions)
    for step in (COLUMNS, VALUES, PREVIEW):
        driver.to(step)
    preview.tree.open_levels(5)
    driver.ready()
    values.chips.choose("all")
    driver.ready()
    driver.choosing(start_row=5)
    driver.wizard.undo_stack.undo()
    driver.ready()
    assert isinstance(preview.tree.model, DraftTreeModel)
    assert preview.tree.model.rowCount(QModelIndex()) == 1
    assert len(testers) == 5


# ------------------------------------------------------------------------------ commit


def test_the_button_says_what_will_happen_and_the_import_can_be_undone(
    importer: Make, plain: Path, database: Path
) -> None:
    driver = importer(plain)
    driver.to(CONFIRM)
    assert driver.page.next.text() == "Add 4"
    driver.commit()
    assert driver.page.stack.currentIndex() == DONE
    assert not driver.page.is_dirty()
    desk = Desk(database)
    assert len(desk.rates("Acme SMS")) == 4
    done = driver.page.done
    assert done.title.text() == "Import 1 is written"
    done.tree.click()
    assert driver.shell.opened[-1].startswith("service?")
    done.undo.click()
    told = [label.text() for label in done.question.findChildren(QLabel)]
    assert any("live at once" in text for text in told)
    done.question.cancel_button.click()
    assert len(desk.rates("Acme SMS")) == 4
    done.undo.click()
    done.question.yes_button.click()
    driver.ready()
    assert "was undone in revision 2" in done.bar.text()
    assert desk.rates("Acme SMS") == {}
    assert not done.undo.isEnabled()
    done.another.click()
    assert driver.page.stack.currentIndex() == FILE
    assert driver.wizard.state == WizardState(service="Acme SMS", scope=1)


def test_item_40_an_undo_lists_what_was_changed_since(
    importer: Make, plain: Path, tmp_path: Path
) -> None:
    first = importer(plain)
    first.commit()
    later = importer(written(tmp_path / "later.csv", PLAIN.replace("0.0730", "0.0900")))
    later.choose(mode="merge")
    later.commit()
    first.page.done.undo.click()
    first.page.done.question.yes_button.click()
    first.ready()
    assert first.page.done.kept.count() >= 1
    assert "because they were edited since" in first.page.done.bar.text()


def test_the_commit_equals_the_command_line(
    importer: Make, questions: Path, database: Path, tmp_path: Path
) -> None:
    desk = Desk(database)
    desk.service("Twin", "EUR", "payg", "--side", "cost")
    answers = tmp_path / "answers.csv"
    answers.write_text(
        "dictionary,context,value,answer\noperator,AT,A1,23201\noperator,IL,Beezz,skip\n"
        "operator,KH,Cootel,45601\noperator,NL,Digicel,skip\nprice,,on request,blocked\n",
        encoding="utf-8",
    )
    code = desk(
        "import", questions, "--service", "Twin", "--vendor", "Acme", "--duplicates", "last",
        "--decisions", answers, "--skip-errors", "--billing-rule", "delivered",
    ).code  # fmt: skip
    assert code in (0, 3)
    driver = importer(questions)
    driver.choose(vendor="Acme", billing="delivered", skip_errors=True)
    driver.choosing(duplicates="last")
    chosen = {
        "operator|AT|a1": "23201",
        "operator|IL|beezz": "skip",
        "operator|KH|cootel": "45601",
        "operator|NL|digicel": "skip",
        "price||on request": "blocked",
    }
    driver.wizard.choose("t", driver.wizard.state.answering(dict(chosen)))
    driver.ready()
    driver.commit()
    assert driver.page.stack.currentIndex() == DONE, driver.page.bar.text()
    assert desk.rates("Acme SMS") == desk.rates("Twin")
    shown = [desk.ok("tree", "--service", s, "--json").json["tree"] for s in ("Acme SMS", "Twin")]
    assert shown[0] == shown[1]


def test_an_exported_tree_is_imported_without_a_column_declared(
    importer: Make, plain: Path, database: Path, tmp_path: Path
) -> None:
    importer(plain).commit()
    desk = Desk(database)
    exported = tmp_path / "tree.csv"
    desk.ok("export", "--service", "Acme SMS", exported)
    before = desk.rates("Acme SMS")
    text = exported.read_text(encoding="utf-8-sig").replace("0.073", "0.08")
    driver = importer(written(tmp_path / "changed.csv", text))
    assert driver.wizard.proposal is None
    driver.to(COLUMNS)
    settings = driver.page.columns.settings
    assert not settings.start_row.isEnabled()
    mode = settings.mode
    assert mode.isEnabled()
    mode.activated.emit(mode.findData("replace"))
    driver.ready()
    driver.commit()
    assert driver.page.stack.currentIndex() == DONE, driver.page.bar.text()
    after = desk.rates("Acme SMS")
    assert after != before
    assert sorted(after) == sorted(before)


def test_item_38_a_profile_is_saved_recognised_and_tells_what_differs(
    importer: Make, plain: Path, tmp_path: Path
) -> None:
    first = importer(plain)
    first.choose(vendor="Acme")
    first.choosing(duplicates="first")
    first.to(CONFIRM)
    assert first.page.confirm.proposed_name() == "Acme"
    first.page.confirm.save_profile.click()
    first.ready()
    assert first.wizard.state.save_profile == "Acme"
    first.commit()
    driver = importer(plain)
    driver.choose(vendor="Acme", mode="merge")
    driver.to(COLUMNS)
    bar = driver.page.columns.profile
    assert driver.wizard.target.vendor == "Acme"
    assert driver.draft.profile == "Acme"
    assert bar.isVisible()
    assert driver.wizard.proposal.duplicates == "first"
    bar.profile.setCurrentIndex(1)
    bar.profile.activated.emit(1)
    driver.ready()
    assert driver.draft.profile == ""
    assert driver.wizard.proposal.duplicates == "error"
    german = PLAIN.replace(",", ";").replace("0.0", "0,0")
    driver.open(written(tmp_path / "german.csv", german))
    driver.choose(mode="merge")
    assert driver.draft.profile == "Acme"
    assert driver.page.columns.profile.differences.text().startswith("Different from last time")


def test_item_39_cancel_leaves_the_data_untouched(
    importer: Make, plain: Path, database: Path
) -> None:
    driver = importer(plain)
    driver.to(CONFIRM)
    driver.page.commit()
    driver.page.cancel.click()
    driver.qtbot.waitUntil(lambda: driver.page.committing is None, timeout=3000)
    driver.ready()
    if driver.page.outcome is None:  # cancelled in time
        assert Desk(database).rates("Acme SMS") == {}
        assert driver.page.next.isEnabled()
    driver.page.go_next()


def test_a_moved_tree_goes_back_to_the_preview(importer: Make, plain: Path, tmp_path: Path) -> None:
    driver = importer(plain)
    driver.to(CONFIRM)
    other = importer(written(tmp_path / "other.csv", PLAIN.replace("Telekom", "O2")))
    other.commit()
    driver.page.go_next()
    driver.qtbot.waitUntil(lambda: driver.page.committing is None, timeout=20000)
    driver.ready()
    assert driver.page.stack.currentIndex() == PREVIEW
    assert "Somebody changed these rates" in driver.page.bar.text()
    assert driver.page.steps.state(CONFIRM) == "open"  # nothing was written
    assert driver.draft.revision == 1


def test_item_41_a_past_date_is_told_before_the_import(wizard: Make, tmp_path: Path) -> None:
    text = "Rates valid from 01.01.2020;;\n" + PLAIN.replace(",", ";").replace("0.0", "0,0")
    driver = wizard(written(tmp_path / "past.csv", text))
    texts = [message.text for message in driver.draft.messages]
    assert any("past date" in text for text in texts)


# ------------------------------------------------------------------------------ the page


def test_the_file_that_changed_on_disk_is_told_and_read_again(wizard: Make, plain: Path) -> None:
    driver = wizard(plain)
    written(plain, PLAIN + "Italy,TIM,0.05\n")
    os.utime(plain, (time.time() + 5, time.time() + 5))
    driver.to(COLUMNS)
    assert "changed on disk" in driver.page.bar.text()
    driver.page.bar.buttons()[0].click()
    driver.ready()
    assert driver.draft.leaves == 5
    assert driver.page.bar.text() == ""


def test_a_deleted_file_costs_nothing_but_the_commit(importer: Make, plain: Path) -> None:
    driver = importer(plain)
    driver.to(CONFIRM)
    plain.unlink()
    driver.page.go_next()
    driver.qtbot.waitUntil(lambda: driver.page.committing is None, timeout=20000)
    driver.ready()
    assert "plain.csv" in driver.page.bar.text()
    assert driver.wizard.state.file == str(plain)
    written(plain, PLAIN)
    driver.page._read_again()
    driver.ready()
    driver.commit()
    assert driver.page.stack.currentIndex() == DONE


def test_a_killed_child_is_started_again(wizard: Make, plain: Path) -> None:
    import psutil

    driver = wizard(plain)
    for child in psutil.Process().children(recursive=True):
        if "worker" in " ".join(child.cmdline()):
            child.kill()
            child.wait(5)
    driver.choosing(start_row=3)
    driver.choosing(start_row=4)
    assert driver.draft.leaves == 2
    assert driver.wizard.problem == ""


def test_item_49_a_wizard_is_recovered_after_a_crash(wizard: Make, questions: Path) -> None:
    driver = wizard(questions)
    assert not driver.page.is_dirty()
    driver.choosing(start_row=3)
    driver.to(VALUES)
    driver.page.values.panel.skip.click()
    driver.ready()
    assert driver.page.is_dirty()
    unsaved = driver.page.unsaved()
    assert unsaved is not None
    again = wizard()
    fresh = ImportPage(again.shell, again.page.address)  # type: ignore[arg-type]
    fresh.recover(unsaved)
    fresh.show()
    fresh.start()
    recovered = Driver(fresh, again.shell, driver.qtbot)
    recovered.ready()
    assert fresh.wizard.state == driver.wizard.state
    assert fresh.stack.currentIndex() == VALUES
    assert recovered.draft.rows == driver.draft.rows
    fresh.closing()
    delete(fresh)


def test_recent_lists_are_offered_those_of_the_vendor_first(wizard: Make, plain: Path) -> None:
    driver = wizard(plain)
    again = wizard(None)
    again.shell.preferences = driver.shell.preferences
    titles = [b.text() for b in again.page.file.file.empty.buttons()]
    assert titles[0] == "Open a price list…"
    assert plain.name in [r.file.rpartition("/")[2] for r in again.page._recent()]


def test_item_47_inputs_and_icon_buttons_have_names(wizard: Make, questions: Path) -> None:
    from PySide6.QtWidgets import (
        QAbstractSpinBox,
        QComboBox,
        QHeaderView,
        QLineEdit,
        QToolButton,
    )

    driver = wizard(questions)
    nameless = []
    for kind in (QComboBox, QAbstractSpinBox, QLineEdit, QToolButton, QAbstractItemView):
        for widget in driver.page.findChildren(kind):
            inside = isinstance(widget.parent(), (QComboBox, QAbstractSpinBox, QLineEdit))
            inside = inside or isinstance(widget, QHeaderView)
            internal = widget.objectName().startswith("qt_") or inside
            titled = isinstance(widget, QToolButton) and widget.text()
            shown = widget.window() is driver.page.window()
            if shown and not internal and not titled and not widget.accessibleName():
                nameless.append(f"{type(widget).__name__} in {type(widget.parent()).__name__}")
    assert nameless == []


@pytest.mark.parametrize("width", [900, 1150])
def test_nothing_is_wider_than_the_page(wizard: Make, questions: Path, width: int) -> None:
    driver = wizard(questions)
    driver.page.resize(width, 640)
    for step in (FILE, COLUMNS, VALUES, PREVIEW):
        driver.to(step)
        assert driver.page.width() == width
        assert driver.page.minimumSizeHint().width() <= width
