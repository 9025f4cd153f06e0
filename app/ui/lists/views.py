"""Saved views of a list: the menu that chooses, saves, renames and deletes them (item 12)."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QLineEdit, QMenu, QVBoxLayout, QWidget

from app.domain.sections import Section
from app.ui.lists.state import ListState, SavedViews
from app.ui.look.icons import icon
from app.ui.look.marks import set_mark
from app.ui.preferences import Preferences
from app.ui.widgets.buttons import push_button

LONGEST_NAME = 60


class ViewsMenu(QObject):
    """Keeps a section's views in the preferences; ``current`` is the chosen one's name or ""."""

    chosen = Signal(str)
    """Another view is to be shown; "" is the section's own."""

    changed = Signal()
    """The name, or whether the list differs from the view, is another one now."""

    def __init__(
        self,
        section: Section,
        preferences: Preferences,
        page: QWidget,
        state: Callable[[], ListState],
    ) -> None:
        super().__init__(page)
        self._key = f"views/{section.id}"
        self._preferences, self._page, self._state = preferences, page, state
        self._section = section
        self.current = ""
        self.dialog: NameDialog | None = None
        self.action = QAction(icon("star"), self.tr("Views"), page)
        self.menu = QMenu(page)
        self.menu.aboutToShow.connect(self._fill)
        self._fill()

    @property
    def views(self) -> SavedViews:
        """Return the saved views; another tab of the section may have saved one."""
        return SavedViews.from_json(self._preferences.get(self._key, []), self._section)

    @property
    def is_changed(self) -> bool:
        """Whether the list shows something else than its view."""
        view = self.views.get(self.current)
        return view is not None and view.state != self._state()

    def select(self, name: str) -> None:
        """Take a view as the current one, without showing it."""
        self.current = name if self.views.get(name) else ""
        self.changed.emit()

    # -------------------------------------------------------------------------- menu

    def _fill(self) -> None:
        self.menu.clear()
        self._entry(self.tr("All (as delivered)"), "")
        for view in self.views.views:
            title = self.tr("%1 (default)") if view.is_default else "%1"
            self._entry(title.replace("%1", view.name), view.name)
        self.menu.addSeparator()
        self.menu.addAction(icon("plus"), self.tr("Save view…"), self.ask_new)
        name = self.current
        if not name:
            return
        if self.is_changed:
            save = self.tr("Save changes to “%1”").replace("%1", name)
            self.menu.addAction(icon("save"), save, lambda: self.save(name))
            self.menu.addAction(icon("undo"), self.tr("Forget the changes"), self.forget_changes)
        self.menu.addAction(icon("edit"), self.tr("Rename view…"), self.ask_rename)
        now = self.views.get(name)
        default = self.menu.addAction(self.tr("Open the list with this view"))
        default.setCheckable(True)
        default.setChecked(now is not None and now.is_default)
        default.triggered.connect(lambda on: self.make_default(name if on else ""))
        self.menu.addAction(icon("trash"), self.tr("Delete view"), lambda: self.delete(name))

    def _entry(self, title: str, name: str) -> None:
        action = self.menu.addAction(title)
        action.setCheckable(True)
        action.setChecked(name == self.current)
        action.triggered.connect(lambda *_: self._choose(name))

    def _choose(self, name: str) -> None:
        self.current = name
        self.chosen.emit(name)
        self.changed.emit()

    def forget_changes(self) -> None:
        """Show the current view as it was saved."""
        self._choose(self.current)

    # -------------------------------------------------------------------------- changes

    def save(self, name: str) -> None:
        """Save what the list shows under a name, new or not."""
        self._keep(self.views.saved(name, self._state()), name)

    def rename(self, name: str, new: str) -> None:
        """Give a view another name. Raises ValueError with a sentence if it is taken."""
        self._keep(self.views.renamed(name, new), new)

    def delete(self, name: str) -> None:
        """Forget a view; the list stays as it is."""
        self._keep(self.views.removed(name), "")

    def make_default(self, name: str) -> None:
        """Let the list open with a view, or ("") as the section declares."""
        self._keep(self.views.opened_with(name), self.current)

    def _keep(self, views: SavedViews, current: str) -> None:
        self._preferences.set(self._key, views.to_json() or None)
        self.current = current
        self.changed.emit()

    # -------------------------------------------------------------------------- dialogs

    def ask_new(self) -> None:
        """Ask for a name and save the list under it."""
        self._ask(self.tr("Save view"), "", self._save_new)

    def ask_rename(self) -> None:
        """Ask for another name of the current view."""
        name = self.current
        self._ask(self.tr("Rename view"), name, lambda new: self.rename(name, new))

    def _save_new(self, name: str) -> None:
        if self.views.get(name):
            text = self.tr("There is a view “%1” already: choose another name.")
            raise ValueError(text.replace("%1", name))
        self.save(name)

    def _ask(self, title: str, name: str, take: Callable[[str], None]) -> None:
        self.dialog = NameDialog(title, name, take, self._page.window())
        self.dialog.open()


class NameDialog(QDialog):
    """Asks for the name of a view; a name that can't be taken is told below the field."""

    def __init__(self, title: str, name: str, take: Callable[[str], None], parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._take = take
        self.field = QLineEdit(name)
        self.field.setMaxLength(LONGEST_NAME)
        self.field.setAccessibleName(self.tr("Name"))
        self.problem = QLabel()
        self.problem.setWordWrap(True)
        self.problem.hide()
        set_mark(self.problem, "tone", "error")
        label = QLabel(self.tr("Name"))
        label.setBuddy(self.field)
        note = QLabel(self.tr("Keeps filters, order, groups and columns of this list."))
        set_mark(note, "tone", "muted")
        self.save_button = push_button(self.tr("Save"), self._save, kind="primary")
        self.save_button.setDefault(True)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.save_button)
        row.addWidget(push_button(self.tr("Cancel"), self.reject))
        outer = QVBoxLayout(self)
        outer.setContentsMargins(16, 16, 16, 12)
        outer.setSpacing(8)
        for part in (label, self.field, self.problem, note):
            outer.addWidget(part)
        outer.addLayout(row)
        self.setMinimumWidth(360)
        self.field.selectAll()

    def _save(self) -> None:
        name = self.field.text().strip()
        try:
            if not name:
                raise ValueError(self.tr("Give the view a name."))
            self._take(name)
        except ValueError as problem:
            self.problem.setText(str(problem))
            self.problem.show()
            set_mark(self.field, "invalid", True)
            self.field.setFocus()
            return
        self.accept()
