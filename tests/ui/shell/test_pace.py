"""The interpreter gives way to the window, and does not search through what was loaded."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator

import pytest

from app.ui import pace


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    seconds, thresholds = sys.getswitchinterval(), gc.get_threshold()
    yield
    sys.setswitchinterval(seconds)
    gc.set_threshold(*thresholds)
    gc.unfreeze()


def test_jobs_give_the_interpreter_back_within_a_millisecond() -> None:
    pace.begin()
    assert sys.getswitchinterval() <= 0.001


def test_what_was_loaded_is_no_longer_searched_for_garbage() -> None:
    known = len(gc.get_objects())
    pace.loaded()
    assert gc.get_freeze_count() >= known * 0.9
    assert len(gc.get_objects()) < known * 0.1
    assert gc.get_threshold() == pace.GARBAGE_THRESHOLDS
