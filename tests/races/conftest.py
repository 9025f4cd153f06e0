"""The office of the contract tests, for two people at once."""

from __future__ import annotations

from tests.contracts.conftest import office, postgres

__all__ = ["office", "postgres"]
