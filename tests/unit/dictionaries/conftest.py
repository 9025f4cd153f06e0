from __future__ import annotations

from pathlib import Path

import pytest

from dictionaries.entries import Dictionaries

ROOT = Path(__file__).resolve().parents[3]
SOURCES = ROOT.parent / "shared" / "data" / "dictionaries"


@pytest.fixture(scope="session")
def dictionaries() -> Dictionaries:
    return Dictionaries.load()


@pytest.fixture(scope="session")
def sources() -> Path:
    if not SOURCES.is_dir():
        pytest.skip(f"the source lists are not at {SOURCES}")
    return SOURCES
