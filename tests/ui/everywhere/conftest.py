"""The tour of the window, made once in each language; what it found is shared by the tests."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PySide6.QtCore import QAbstractItemModel
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QAbstractItemView, QApplication, QWidget

from app.ui.look.theme import theme
from app.ui.widgets import wheel_guard
from tests.ui.everywhere import data, keys, reach, seen, tour, wheel, words

Found = dict[str, list[str]]
"""What was looked at → findings, each with the stop of the tour where it was seen first."""

ELSEWHERE = frozenset({"LinesModel", "TreeModel"})
"""Models that tests of their own have under the tester: of pages that need a file or a fault
first, and the tree of rates, whose every edit is tested so."""

TESTER = QAbstractItemModelTester.FailureReportingMode.Warning
"""A warning fails the test (qt_log_level_fail) and says what is wrong; Fatal would end pytest."""


@dataclass
class Tour:
    """A way through the window in one language."""

    found: Found = field(default_factory=dict)
    stops: list[str] = field(default_factory=list)
    models: set[type[QAbstractItemModel]] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)

    def note(self, kind: str, stop: str, findings: Iterator[str]) -> None:
        """Keep findings that were not met before."""
        known = self.found.setdefault(kind, [])
        told = {line.partition("] ")[2] for line in known}
        known += [f"[{stop}] {finding}" for finding in findings if finding not in told]


_MADE: dict[str, Tour] = {}


@pytest.fixture
def english(qapp: QApplication, demo_database: Path, tmp_path: Path) -> Tour:
    """The tour in English, with everything that concerns keyboard, screen readers and looks."""
    if "english" not in _MADE:
        wheel_guard.install(qapp)
        made, audit = Tour(), _English(qapp)
        _go(qapp, made, demo_database, tmp_path, audit.look, models=True)
        _MADE["english"] = made
    return _MADE["english"]


@pytest.fixture
def longer(qapp: QApplication, demo_database: Path, tmp_path: Path) -> Tour:
    """The tour in a language whose words are a third longer."""
    if "longer" not in _MADE:
        language = words.Longer()
        qapp.installTranslator(language)
        try:
            made = Tour()
            known = data.words_of(demo_database, tour.LISTS.glob("*.csv"))

            def look(made: Tour, stop: str, root: QWidget, _walk: tour.Walker) -> None:
                made.note("words", stop, words.untranslated(root, known))
                made.note("cut", stop, words.cut(root))

            with data.listening(known):
                _go(qapp, made, demo_database, tmp_path, look)
        finally:
            qapp.removeTranslator(language)
        _MADE["longer"] = made
    return _MADE["longer"]


Look = Callable[[Tour, str, QWidget, tour.Walker], None]


def _go(
    app: QApplication, made: Tour, database: Path, work: Path, look: Look, *, models: bool = False
) -> None:
    """Walk through every part in one window, then one without a database; look at each stop."""
    app.setCursorFlashTime(0)
    for parts, place in ((tour.PARTS, database), ((tour.first_run,), None)):
        walk = tour.Walker(work, work / parts[-1].__name__, themes=("light",), size=(1366, 768))
        walk.begin(place)
        try:
            for part in parts:
                try:
                    for stop in part(walk):
                        _look_around(made, stop, walk, look, models=models)
                except Exception:  # noqa: BLE001 - the other parts are looked at all the same
                    made.faults.append(traceback.format_exc())
                walk.clear()
        finally:
            walk.end()
        made.faults += walk.faults
    theme().apply(app, "light")


def _look_around(made: Tour, stop: str, walk: tour.Walker, look: Look, *, models: bool) -> None:
    made.stops.append(stop)
    walk.prefix = stop
    for root in walk.roots():
        look(made, stop, root, walk)
    if models:
        _test_models(made, walk)


def _test_models(made: Tour, walk: tour.Walker) -> None:
    """Put one model of each class under Qt's tester, for as long as it lives.

    The tester reads all rows at every change, so the others are left alone.
    """
    for root in walk.application.topLevelWidgets():
        for view in root.findChildren(QAbstractItemView):
            model = view.model()
            kind = type(model)
            if not kind.__module__.startswith("app.ui") or kind in made.models:
                continue
            if kind.__name__ in ELSEWHERE:
                continue
            QAbstractItemModelTester(model, TESTER, model)
            made.models.add(kind)


def _beginning_with(name: str) -> tuple[str, str]:
    """Return both themes, that in force first: the next stop is looked at in the other one."""
    return ("light", "dark") if name == "light" else ("dark", "light")


class _English:
    """What is looked at in English; each kind of widget and cell only once or twice."""

    def __init__(self, app: QApplication) -> None:
        self._app = app
        self._focused: dict[str, set[tuple[object, ...]]] = {"light": set(), "dark": set()}
        self._cells: seen.Looked = seen.Looked()

    def look(self, made: Tour, stop: str, root: QWidget, walk: tour.Walker) -> None:
        """Look at one window, dialog or menu."""
        window = walk.window
        known = {*window.actions(), *(a for p in window.tabs.pages for a in p.actions_shown())}
        made.note("names", stop, reach.nameless(root))
        made.note("mouse", stop, reach.mouse_only(root, known))
        claims = list(keys.claims(root))
        made.note("keys", stop, keys.ambiguous(claims))
        if root is window:
            made.note("sheet", stop, keys.unlisted(window, claims))
        made.note("cut", stop, words.cut(root))
        made.note("wheel", stop, wheel.turned(root))
        kinds = seen.kinds(root)
        for name in _beginning_with(theme().name):
            if not seen.is_news(root, kinds, name, self._focused[name], self._cells):
                continue  # to dress the whole window takes its time
            if theme().name != name:
                theme().apply(self._app, name)
            made.note("cells", stop, self._pale(root, name))
            made.note("focus", stop, seen.unseen_focus(root, self._focused[name]))
        made.note("tab", stop, reach.way_faults(root))

    def _pale(self, root: QWidget, name: str) -> Iterator[str]:
        for view in root.findChildren(QAbstractItemView):
            if view.isVisible():
                yield from seen.pale_cells(view, name, self._cells)
