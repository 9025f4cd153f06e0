"""Removes the sample data again in one step: its database file and its price lists (item 45)."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.errors import UserError
from app.ui.import_wizard.recent_lists import forget_lists
from app.ui.open_database import SAMPLE_NAME, SUFFIX, data_folder
from app.ui.preferences import config_folder
from app.ui.session_file import session_path
from app.ui.widgets.confirm import YES, Question

if TYPE_CHECKING:
    from app.ui.main_window import MainWindow

_NAME = re.compile(rf"{re.escape(SAMPLE_NAME)}(-\d+)?{re.escape(SUFFIX)}")
_BESIDE = ("", "-wal", "-shm")
"""What SQLite may leave beside a database file."""


def lists_folder(database: Path) -> Path:
    """Return where the price lists of a sample database are."""
    return database.with_name(f"{database.stem} price lists")


def is_sample(database: Path | None) -> bool:
    """Whether a file was made by loading sample data: by its place, its name and its lists."""
    return (
        database is not None
        and database.parent == data_folder().absolute()
        and _NAME.fullmatch(database.name) is not None
        and lists_folder(database).is_dir()
    )


def delete_sample(database: Path) -> None:
    """Delete a sample database, its price lists and what the window remembers of its tabs.

    Raises UserError if something can't be deleted; what is left can be deleted by hand.
    """
    try:
        for ending in _BESIDE:
            database.with_name(f"{database.name}{ending}").unlink(missing_ok=True)
        shutil.rmtree(lists_folder(database))
    except OSError as problem:
        raise UserError(
            f"The sample data can't be removed ({problem.strerror}): close the programs that use "
            f"{problem.filename or database}, then delete it by hand."
        ) from None
    session_path(config_folder(), str(database)).unlink(missing_ok=True)


class SampleRemoval(QObject):
    """Asks, closes the sample database and deletes it; afterwards the window is as at first."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window

    def ask(self) -> None:
        """Ask whether the open sample database is to be removed."""
        database = self._window.local_path()
        if database is None or not is_sample(database):
            return
        text = self.tr(
            "{file} is deleted with everything that was added to it, and so is the folder "
            "{folder}. Other databases stay as they are."
        ).format(file=database, folder=lists_folder(database).name)
        question = Question(
            self._window,
            self.tr("Remove the sample data?"),
            text,
            yes=self.tr("Remove the sample data"),
            danger=True,
        )
        question.finished.connect(lambda _: self._answered(question, database))
        question.open()

    def _answered(self, question: Question, database: Path) -> None:
        question.deleteLater()
        if question.answer == YES and self._window.close_database():
            self._forget(database)
            self._window.jobs.run(
                lambda _job: delete_sample(database),
                owner=self._window,
                done=lambda _: self._window.notify(self.tr("The sample data is removed.")),
                failed=lambda problem: self._window.tell_notice(str(problem), "error"),
                title=self.tr("Removing the sample data"),
            )

    def _forget(self, database: Path) -> None:
        preferences = self._window.preferences
        self._window.databases.forget(str(database))
        if preferences.get("databases/last") == str(database):
            preferences.set("databases/last", None)
        preferences.set(f"recent/{database}", None)
        forget_lists(preferences, lists_folder(database))
