"""Hashes with a fraction of the memory, so that hundreds of sign-ins take seconds."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher

from app.services.access import hashing


@pytest.fixture(scope="session", autouse=True)
def quick_hashing() -> Iterator[None]:
    """Hash with 64 KiB from the first folder on whose tests take this fixture."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hashing, "MEMORY_KIB", 64)
        quick = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
        patch.setattr(hashing, "_HASHER", quick)
        yield
