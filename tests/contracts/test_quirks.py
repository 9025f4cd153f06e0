"""Every quirk of price lists that the importer must survive (Q1 to Q39) has a test of its name."""

from __future__ import annotations

import ast
import re
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
LAST = 39
_NAMED = re.compile(r"_q0?(\d{1,2})(?=_|$)")


def test_every_quirk_has_a_test() -> None:
    named: set[int] = set()
    for path in TESTS.rglob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                named |= {int(number) for number in _NAMED.findall(node.name)}
    assert sorted(set(range(1, LAST + 1)) - named) == []
    assert max(named) == LAST
