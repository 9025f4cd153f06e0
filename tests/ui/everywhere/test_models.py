"""Qt's model tester on every model of the window."""

from __future__ import annotations

import importlib
import pkgutil

from PySide6.QtCore import QAbstractItemModel

import app.ui
from tests.ui.everywhere.conftest import Tour

BASES = frozenset({"PagedModel", "TreeRows"})
"""Classes that only others of this list are made of."""


def test_every_model_was_under_the_tester(english: Tour) -> None:
    """A warning of the tester fails the tour; a model that no stop shows fails this test."""
    for module in pkgutil.walk_packages(app.ui.__path__, "app.ui."):
        importlib.import_module(module.name)
    seen = {model.__name__ for model in english.models}
    assert _models(QAbstractItemModel) - BASES <= seen


def _models(base: type) -> set[str]:
    """Return the names of the window's own models."""
    found = {base.__name__} if base.__module__.startswith("app.ui") else set()
    return found.union(*(_models(below) for below in base.__subclasses__()))
