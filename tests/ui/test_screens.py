"""The driver of the pictures in a small dose: three scenes, every picture as it should be."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from tests.screenshots.longer import longer

ROOT = Path(__file__).resolve().parents[2]
SCENES = {"home-empty": 1, "list-services": 1, "tree-empty": 1}


def _run(folder: Path, *more: str) -> list[Path]:
    command = [sys.executable, "-m", "tests.screenshots", str(folder), *more]
    command += [part for name in SCENES for part in ("--only", name)]
    kept = {k: v for k, v in os.environ.items() if k not in {"DISPLAY", "QT_QPA_PLATFORM"}}
    done = subprocess.run(
        command, cwd=ROOT, env=kept, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return sorted(folder.glob("*.png"))


def _colors(image: QImage) -> set[int]:
    """Return the colours of a coarse grid of points."""
    return {image.pixel(x, y) for x in range(0, image.width(), 7) for y in range(0, 768, 7)}


def test_item_03_the_screens_are_taken_at_the_size_of_a_laptop_in_both_themes(
    tmp_path: Path,
) -> None:
    pictures = _run(tmp_path)
    assert len(pictures) == 2 * sum(SCENES.values())
    for path in pictures:
        image = QImage(str(path))
        assert (image.width(), image.height()) == (1366, 768), path.name
        assert len(_colors(image)) > 8, f"{path.name} is empty"
    for light in tmp_path.glob("*_light.png"):
        dark = QImage(str(light).replace("_light", "_dark"))
        assert QImage(str(light)).pixelColor(4, 300).lightness() > 180
        assert dark.pixelColor(4, 300).lightness() < 80


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("{n} of {m} rates", ("{n}", "{m}")),
        ("&Save %1 as…", ("&S", "%1", "…")),
        ("Excel (*.xlsx)", ("(*.xlsx)",)),
    ],
)
def test_item_48_longer_texts_keep_their_placeholders(text: str, kept: tuple[str, ...]) -> None:
    grown = longer(text)
    assert all(part in grown for part in kept)
    assert len(grown) >= 1.25 * len(text)
