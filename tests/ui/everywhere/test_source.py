"""Colours stand in one file; nothing else names one."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import app.ui
from app.ui.look.tokens import DARK, LIGHT

ROOT = Path(app.ui.__file__).parent
TOKENS = ROOT / "look" / "tokens.py"
FILES = sorted(path for path in ROOT.rglob("*.py") if path != TOKENS)

_HEX = re.compile(r"#[0-9a-fA-F]{3}(?:[0-9a-fA-F]{3}(?:[0-9a-fA-F]{2})?)?\b")
_NAMED = re.compile(
    r"\b(?:color|background|border)[\w-]*\s*:[^;}]*\b(?:rgba?\(|hsl|white|black|red|gr[ae]y|blue|green|yellow)"
)
_MADE = ("QColor", "fromRgb", "fromHsv", "fromString")


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_no_colour_outside_of_the_tokens(path: Path) -> None:
    assert not list(_colours(ast.parse(path.read_text(encoding="utf-8"))))


def _colours(tree: ast.AST) -> Iterator[str]:
    """Return what names a colour: texts like #rrggbb, QColor of constants, Qt.GlobalColor."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if _HEX.fullmatch(node.value.strip()) or _NAMED.search(node.value):
                yield f"line {node.lineno}: {node.value!r}"
        elif isinstance(node, ast.Attribute) and _name(node.value) == "GlobalColor":
            if node.attr != "transparent":
                yield f"line {node.lineno}: Qt.GlobalColor.{node.attr}"
        elif isinstance(node, ast.Call) and _name(node.func) in _MADE and _constant(node.args):
            yield f"line {node.lineno}: a colour of constants"


def _constant(arguments: list[ast.expr]) -> bool:
    return bool(arguments) and all(isinstance(value, ast.Constant) for value in arguments)


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def test_both_themes_have_every_token_that_is_used() -> None:
    assert LIGHT.keys() == DARK.keys()
    used: set[str] = set()
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and _name(node.func) in ("color", "hex"):
                used |= {a.value for a in node.args if isinstance(a, ast.Constant)}
    assert {name for name in used if isinstance(name, str)} <= LIGHT.keys()
    style = (ROOT.parents[1] / "resources" / "style.qss").read_text(encoding="utf-8")
    assert not _HEX.findall(style)
    wanted = set(re.findall(r"\$\{?(\w+)", style)) - {"row", "theme"}
    assert wanted <= LIGHT.keys()
