"""Opening databases: files, new files, servers, sample data, upgrades, backups; all in jobs."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from PySide6.QtCore import QObject, QStandardPaths, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QMenu

from app.errors import NoData, UserError
from app.ui.addresses import Address
from app.ui.import_wizard.recent_lists import RecentList, remember_list
from app.ui.look.icons import icon
from app.ui.pages import is_available, load_pages, page_class
from app.ui.preferences import config_folder
from app.ui.session_file import SavedSession, read_session, session_path

if TYPE_CHECKING:
    from app.bootstrap import Session
    from app.services.access.entrance import Entrance
    from app.services.context import Context
    from app.ui.jobs import Job
    from app.ui.main_window import MainWindow

RECENT = 8
SUFFIX = ".db"
SAMPLE_NAME = "sample"


@dataclass(frozen=True, slots=True)
class Opened:
    """An open database, how it is called, and what its last session left; ``local`` = a file.

    ``entrance`` = whether people sign in to it; the last session is its owner's.
    """

    session: Session
    target: str
    place: str
    local: bool
    saved: SavedSession
    entrance: Entrance


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample database, and price lists to try; the first one is for ``service``."""

    database: str
    service: str
    lists: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Older:
    """A database that has to be upgraded first."""

    target: str
    sentence: str
    local: bool


def open_work(
    target: str, *, create: bool, upgrade: bool, kinds: Sequence[str] = ()
) -> Opened | Older | None:
    """Open a database in a job; None if none was named and the default one does not exist.

    Of the pages only the one in front and those of ``kinds`` are loaded: :func:`load_rest`.
    """
    from app import bootstrap
    from app.services.access.entrance import entrance

    if not target and not bootstrap.database_exists(None):
        return None
    target = target or bootstrap.database_target(None)
    if not create and not bootstrap.database_exists(target):
        raise NoData(f"There is no database {target}: check the name, or create it.")
    try:
        session = bootstrap.open_session(target, create=create, upgrade=upgrade)
    except bootstrap.UpgradeNeeded as problem:
        return Older(target, str(problem), not is_server(target))
    try:
        place = bootstrap.place_of(target)
        asked = entrance(session.database)
        saved = read_session(session_path(config_folder(), place))
        for kind in () if asked.needed else (*kinds, *front_kind(saved)):
            page_class(kind)
    except BaseException:
        session.close()
        raise
    return Opened(session, target, place, not is_server(target), saved, asked)


def front_kind(saved: SavedSession) -> list[str]:
    """Return the kind of page that was in front, if this program has it."""
    front = saved.tabs[saved.active : saved.active + 1] if saved.active >= 0 else ()
    kinds = [Address.parse(tab.address).kind for tab in front]
    return [kind for kind in kinds if is_available(kind)]


def load_rest() -> None:
    """Load every page and service, so that the next tab opens at once; in a job."""
    from app import bootstrap

    load_pages()
    bootstrap.load_services()


def is_server(target: str) -> bool:
    """Tell a server's address from a file."""
    return target.startswith(("postgresql:", "postgres:", "postgresql+"))


def without_password(target: str) -> str:
    """Return a server's address as it may be remembered."""
    if not is_server(target):
        return target
    parts = urlsplit(target)
    login, at, host = parts.netloc.rpartition("@")
    kept = [(n, v) for n, v in parse_qsl(parts.query) if n.lower() not in {"password", "passfile"}]
    place = f"{login.partition(':')[0]}{at}{host}"
    return urlunsplit((parts.scheme, place, parts.path, urlencode(kept), ""))


def data_folder() -> Path:
    """Return the folder for a person's own databases, as the command line has it."""
    place = QStandardPaths.StandardLocation.GenericDataLocation
    return Path(QStandardPaths.writableLocation(place)) / "Tariffdesk"


class Databases(QObject):
    """What the window can do with databases; tells the window what came of it."""

    opened = Signal(object)
    """:class:`Opened`."""

    none = Signal()
    """Nothing was remembered and there is no default file: the first run."""

    loaded = Signal()
    """The whole program is in memory: told once, a moment after a database was first opened."""

    refused = Signal(str, list)
    """(sentence, [(title, what to do)]) when a database could not be opened."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.opening = False
        self.loading = False
        self._all_loaded = False

    # -------------------------------------------------------------------------- opening

    def open(
        self,
        target: str,
        *,
        create: bool = False,
        upgrade: bool = False,
        kinds: Sequence[str] = (),
    ) -> None:
        """Open a database in the background; the one before stays open until this worked.

        ``kinds`` = pages that will be opened at once.
        """
        if self.opening:
            return
        self.opening = True
        title = self.tr("Upgrading the database") if upgrade else self.tr("Opening the database")
        self._window.jobs.run(
            lambda _job: open_work(target, create=create, upgrade=upgrade, kinds=kinds),
            owner=self,
            done=self._done,
            failed=lambda problem: self._failed(problem, target, create=create, upgrade=upgrade),
            title=title,
        ).ended.connect(self._ended)

    def last(self) -> str:
        """Return the database to open without being told: the variable's, else the last one."""
        chosen = os.environ.get("TARIFFDESK_DB", "")
        return chosen or str(self._window.preferences.get("databases/last", ""))

    def recent(self) -> list[str]:
        """Return the databases that were open, the latest first, without passwords."""
        return [str(t) for t in self._window.preferences.get("databases/recent", [])]

    def remember(self, target: str) -> None:
        """Put a database on top of the recent ones."""
        kept = without_password(target)
        if not is_server(kept):
            kept = os.path.abspath(os.path.expanduser(kept))  # noqa: PTH100, PTH111
        others = [t for t in self.recent() if t != kept]
        self._window.preferences.set("databases/recent", [kept, *others][:RECENT])
        self._window.preferences.set("databases/last", kept)

    def forget(self, target: str) -> None:
        """Take a database off the list; the data stays."""
        kept = [t for t in self.recent() if t != target]
        self._window.preferences.set("databases/recent", kept)

    def fill_recent(self, menu: QMenu) -> None:
        """List the recent databases in a menu."""
        menu.clear()
        for target in self.recent():
            made = QAction(icon("server" if is_server(target) else "database"), target, menu)
            made.triggered.connect(lambda _=False, t=target: self._window.open_target(t))
            menu.addAction(made)
        if menu.isEmpty():
            menu.addAction(self.tr("Nothing yet")).setEnabled(False)

    def _ended(self) -> None:
        self.opening = False

    def _done(self, result: Opened | Older | None) -> None:
        self.opening = False
        if isinstance(result, Opened):
            self.remember(result.target)
            self.opened.emit(result)
        elif isinstance(result, Older):
            self._offer_upgrade(result)
        else:
            self.none.emit()
        self._load_rest()

    def _load_rest(self) -> None:
        """Load what the page in front did without, once it can be used."""
        if not self._all_loaded:
            self._all_loaded = self.loading = True
            self._window.jobs.run(lambda _job: load_rest(), owner=self).ended.connect(
                self._rest_loaded
            )

    def _rest_loaded(self) -> None:
        self.loading = False
        self.loaded.emit()

    def _offer_upgrade(self, older: Older) -> None:
        title = self.tr("Back up and upgrade") if older.local else self.tr("Upgrade")
        self.refused.emit(
            older.sentence,
            [
                (title, lambda: self._window.open_target(older.target, upgrade=True)),
                (self.tr("Open another…"), self.choose_existing),
            ],
        )

    def _failed(self, problem: UserError, target: str, *, create: bool, upgrade: bool) -> None:
        def again(*, create: bool = create) -> None:
            self._window.open_target(target, create=create, upgrade=upgrade)

        self.opening = False
        actions: list[tuple[str, Callable[[], object]]] = []
        if is_server(target):
            actions.append((self.tr("Connect…"), lambda: self.connect_server(target)))
        if isinstance(problem, NoData):
            actions.append((self.tr("Create it here"), lambda: again(create=True)))
        if target:
            actions.append((self.tr("Try again"), again))
        actions.append((self.tr("Open another…"), self.choose_existing))
        self.refused.emit(str(problem), actions)

    # -------------------------------------------------------------------------- dialogs

    def choose_existing(self) -> None:
        """Ask for a database file and open it."""
        dialog = self._file_dialog(self.tr("Open database"), QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self._window.open_target)
        dialog.open()

    def choose_new(self) -> None:
        """Ask where a new database shall be, make it and open it."""
        dialog = self._file_dialog(self.tr("New local database"), QFileDialog.FileMode.AnyFile)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)  # existing ones are opened
        dialog.selectFile("tariffs.db")
        dialog.fileSelected.connect(lambda path: self._window.open_target(path, create=True))
        dialog.open()

    def connect_server(self, target: str = "") -> None:
        """Ask for a server's address and open its database."""
        from app.ui.connect_dialog import ConnectDialog

        dialog = ConnectDialog(self._window.jobs, without_password(target), self._window)
        dialog.chosen.connect(self._window.open_target)
        dialog.chosen_new.connect(lambda url: self._window.open_target(url, create=True))
        dialog.open()

    def back_up(self) -> None:
        """Ask for a file and write a verified copy of the open database to it."""
        dialog = self._file_dialog(self.tr("Back up this database"), QFileDialog.FileMode.AnyFile)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.selectFile(self._window.place_name().removesuffix(SUFFIX) + "-backup.db")
        dialog.fileSelected.connect(self.write_backup)
        dialog.open()

    def write_backup(self, path: str) -> None:
        """Back up in the background."""

        def work(ctx: Context) -> None:
            from app.services.databases import backup_database

            backup_database(ctx, Path(path))

        def told(_: object) -> None:
            self._window.notify(self.tr("Backed up to {0}").format(path))

        self._window.jobs.query(work, owner=self, done=told, title=self.tr("Backing up"))

    def _file_dialog(self, title: str, mode: QFileDialog.FileMode) -> QFileDialog:
        dialog = QFileDialog(self._window, title)
        dialog.setFileMode(mode)
        dialog.setNameFilters(
            [self.tr("Databases (*.db *.sqlite *.sqlite3)"), self.tr("All files (*)")]
        )
        dialog.setDefaultSuffix(SUFFIX)
        folder = data_folder()
        current = self._window.local_path()
        dialog.setDirectory(str(current.parent if current else folder))
        dialog.finished.connect(dialog.deleteLater)
        return dialog

    # -------------------------------------------------------------------------- sample data

    def load_sample(self) -> None:
        """Make a new local database with sample data and open it; nothing is left if it fails."""
        if self.opening:
            return
        self.opening = True
        self._window.jobs.run(
            sample_work,
            owner=self,
            done=self._sample_made,
            failed=self._sample_failed,
            title=self.tr("Loading sample data"),
        ).ended.connect(self._ended)

    def _sample_made(self, made: Sample) -> None:
        """Open the sample and offer its price lists, where the import offers recent ones too."""
        self.opening = False
        for path in reversed(made.lists):
            remember_list(self._window.preferences, RecentList(path))
        self._window.open_target(made.database)
        first = Address.of("import", file=made.lists[0], service=made.service)
        self._window.notify(
            self.tr("Price lists to try are in {0}.").format(Path(made.lists[0]).parent),
            action=(self.tr("Import one"), lambda: self._window.open(first)),
        )

    def _sample_failed(self, problem: UserError) -> None:
        self.refused.emit(str(problem), [(self.tr("Try again"), self.load_sample)])


def sample_work(job: Job) -> Sample:
    """Make the sample database under a passing name, its price lists beside it, give it its own."""
    from app import bootstrap
    from app.sections import SECTIONS
    from app.services.demo import TO_TRY, TO_TRY_SERVICE, copy_price_lists, make_demo

    folder = data_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise UserError(
            f"{folder} can't be made ({problem.strerror}): use New local database instead."
        ) from None
    path = _free_name(folder)
    part = path.with_name(f"{path.stem}.{os.getpid()}.part")
    place = path.with_name(f"{path.stem} price lists")
    try:
        session = bootstrap.open_session(str(part), create=True)
        try:
            ctx = session.context(job.report, lambda: job.cancelled)
            for line in make_demo(ctx, SECTIONS):
                job.report(line.strip(), 0, None)
                ctx.stop_if_cancelled()
        finally:
            session.close()
        lists = sorted(copy_price_lists(place), key=lambda copy: copy.name != TO_TRY)
        part.rename(path)
    finally:
        part.unlink(missing_ok=True)
    return Sample(str(path), TO_TRY_SERVICE, tuple(map(str, lists)))


def _free_name(folder: Path) -> Path:
    names = [SAMPLE_NAME, *(f"{SAMPLE_NAME}-{n}" for n in range(2, 1000))]
    return next(p for p in (folder / f"{n}{SUFFIX}" for n in names) if not p.exists())
