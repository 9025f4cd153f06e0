"""Users of the back office and of the client portal, and roles: lists and new records."""

from __future__ import annotations

from collections.abc import Iterator

from app.ui.forms.list_editor import ListEditor
from tests.screenshots.driver import Driver
from tests.screenshots.scenes import scene


@scene("users")
def users(driver: Driver) -> Iterator[str]:
    for section in ("users", "portal_users", "roles"):
        driver.open(f"list?section={section}")
        yield section
        driver.open(f"record?section={section}&new=1")
        yield f"new-{section}"


@scene("departments")
def departments(driver: Driver) -> Iterator[str]:
    page = driver.open("record?section=portal_users&id=12")
    yield "user"
    page.begin_editing()
    editor = page.form.rows["departments"].editor
    assert isinstance(editor, ListEditor)
    editor.box.set_items([("Office", "Office")])
    editor.box.entry.setFocus()
    editor.box.entry.open()
    driver.settle()
    yield "proposed"
    editor.box.entry.close_list()
    page.questions.drop("departments", "Marketing")
    driver.settle()
    yield "question"
    page.questions.question.reject()
