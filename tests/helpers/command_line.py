"""Runs the command line as a person does, in this process (the reading child is a real one)."""

from __future__ import annotations

import contextlib
import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.cli import run


@dataclass(frozen=True)
class Ran:
    """Exit code and what was printed."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class Desk:
    """One database and the commands on it."""

    def __init__(self, target: str | Path) -> None:
        self.target = str(target)

    def __call__(self, *arguments: object) -> Ran:
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = run(["--db", self.target, *map(str, arguments)])
        return Ran(code, out.getvalue(), err.getvalue())

    def ok(self, *arguments: object) -> Ran:
        """Run a command that must end with 0."""
        ran = self(*arguments)
        assert ran.code == 0, (arguments, ran)
        return ran

    def service(
        self, name: str = "S", currency: str = "USD", kind: str = "payg", *more: object
    ) -> None:
        """Add a service with one scope."""
        money = ("--currency", currency) if currency else ()
        self.ok("service", "add", "--name", name, "--type", kind, *money, *more)
        self.ok("scope", "add", "--service", name, "--from", "2026-01-01")

    def import_report(self, tmp: Path, *arguments: object) -> tuple[Ran, dict[str, Any]]:
        """Import a file and return the run with its report."""
        report = tmp / "report.json"
        report.unlink(missing_ok=True)
        ran = self("import", *arguments, "--report", report)
        data = json.loads(report.read_text(encoding="utf-8")) if report.exists() else {}
        return ran, data

    def rates(self, name: str = "S", scope: int = 0) -> dict[str, str]:
        """Return {path of keys: price text} of the leaves."""
        extra = ("--scope", scope) if scope else ()
        shown = self.ok("tree", "--service", name, "--json", *extra).json
        found: dict[str, str] = {}
        for node in shown["tree"]:
            _collect(node, "", found)
        return found


def _collect(node: dict[str, Any], above: str, found: dict[str, str]) -> None:
    path = f"{above}/{node['key']}" if above else node["key"]
    if node["price_type"] not in {"depends_on", "none"}:
        found[path] = node.get("price") or node["text"]
    for child in node.get("children", []):
        _collect(child, path, found)
