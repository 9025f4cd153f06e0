"""The walls of the house: import contracts, pure domain, shared numbers, style and types."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from app.domain import tree
from importers import records

ROOT = Path(__file__).resolve().parents[2]


def _tool(*command: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]


def test_domain_imports_the_standard_library_and_numpy_only() -> None:
    for path in (ROOT / "app" / "domain").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            for name in names:
                top = name.partition(".")[0]
                allowed = top in sys.stdlib_module_names or top == "numpy"
                assert allowed or name.startswith("app.domain"), f"{path.name} imports {name}"


@pytest.mark.parametrize("name", ["PriceType", "BillingRule", "QuantityRule"])
def test_importers_and_domain_agree_on_stored_numbers(name: str) -> None:
    ours = {m.name: int(m) for m in getattr(tree, name)}
    theirs = {m.name: int(m) for m in getattr(records, name)}
    assert ours == theirs


def test_import_contracts_hold() -> None:
    script = "from importlinter.cli import lint_imports; raise SystemExit(lint_imports())"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]


def test_ruff_is_clean() -> None:
    _tool("ruff", "check", ".")
    _tool("ruff", "format", "--check", ".")


def test_mypy_is_clean() -> None:
    _tool("mypy")


def test_modules_and_functions_stay_readable() -> None:
    for package in ("app", "importers", "dictionaries", "resources"):
        for path in (ROOT / package).rglob("*.py"):
            if path.parent.name == "versions":
                continue  # a released migration is never touched again
            text = path.read_text(encoding="utf-8")
            assert text.count("\n") <= 600, f"{path} is over 600 lines: split it"
            for node in ast.walk(ast.parse(text)):
                if isinstance(node, ast.FunctionDef) and node.end_lineno:
                    length = node.end_lineno - node.body[0].lineno
                    assert length <= 60, f"{path}: {node.name} has {length} lines"
