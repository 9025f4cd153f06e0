from __future__ import annotations

from pathlib import Path

import pytest

from dictionaries import build as builder
from dictionaries.sources import countries, markets, operators, tables


def test_the_shipped_tables_are_what_the_sources_give(
    sources: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = tables.DATA
    for module in (countries, markets, operators):
        monkeypatch.setattr(module, "DATA", tmp_path)
    counts = builder.build(sources)
    assert counts["operators"] > 2000
    for path in sorted(tmp_path.glob("*.csv")):
        assert path.read_bytes() == (shipped / path.name).read_bytes(), path.name


def test_a_missing_source_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert builder.main([str(tmp_path / "nowhere")]) == 1
    assert "country-codes.csv" in capsys.readouterr().err
    assert builder.main([]) == 1
