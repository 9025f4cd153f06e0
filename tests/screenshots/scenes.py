"""The list of scenes: each leads the window somewhere and yields the names of its pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.screenshots.driver import Driver

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared" / "data"
"""Real price lists and damaged files that do not belong to the project; scenes do without."""

Play = Callable[[Driver], Iterator[str]]


class Skipped(Exception):
    """What a scene needs is not there (yet); its text says what."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A walk through the window; ``database`` is "sample", "empty" or "none"."""

    name: str
    play: Play
    database: str


SCENES: list[Scene] = []
"""In the order of a day's work; filled by the modules of scenes."""


def scene(name: str, database: str = "sample") -> Callable[[Play], Play]:
    """Put a generator on the list of scenes."""

    def add(play: Play) -> Play:
        SCENES.append(Scene(name, play, database))
        return play

    return add


def needed(path: Path) -> Path:
    """Return a path that must exist. Raises Skipped."""
    if not path.exists():
        raise Skipped(f"{path.name} is not there")
    return path


def load() -> list[Scene]:
    """Import the modules of scenes and return all scenes."""
    if not SCENES:
        from tests.screenshots import (  # noqa: F401, I001 - in the order of a day
            scenes_start,
            scenes_lists,
            scenes_forms,
            scenes_enabled,
            scenes_operator,
            scenes_loading,
            scenes_services,
            scenes_tree,
            scenes_import,
            scenes_access,
            scenes_account,
            scenes_control,
            scenes_window,
        )
    return SCENES
