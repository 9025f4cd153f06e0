"""Every service names its permission and refuses who does not hold it (F15)."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import app.services
from app.domain.sections import Section
from app.errors import UserError
from app.sections import SECTIONS
from app.services.context import SECTION_AREA, SERVICES, Actor, Context


def _modules() -> Iterator[str]:
    for found in pkgutil.walk_packages(app.services.__path__, "app.services."):
        importlib.import_module(found.name)
        yield found.name


MODULES = list(_modules())
LEVELS = {"view", "manage"}
ROOT = Path(__file__).parents[2]


def _call(name: str) -> object:
    module, _, function = name.rpartition(".")
    return getattr(importlib.import_module(module), function)


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_a_service_refuses_an_actor_without_the_right(name: str) -> None:
    function = _call(name)
    stranger = Context(actor=Actor("Eve", owner=False), database=None)  # type: ignore[arg-type]
    needed = [
        p for p in list(inspect.signature(function).parameters.values())[1:] if p.default is p.empty
    ]
    positional = [_given(name, p) for p in needed if p.kind is p.POSITIONAL_OR_KEYWORD]
    keywords = {p.name: None for p in needed if p.kind is p.KEYWORD_ONLY}
    with pytest.raises(UserError, match="Eve may not"):
        function(stranger, *positional, **keywords)


def _given(name: str, parameter: inspect.Parameter) -> Section | None:
    """Return a section for the services that take their right from one, else nothing."""
    by_section = SERVICES[name].area == SECTION_AREA and parameter.name == "section"
    return SECTIONS[0] if by_section else None


def test_a_service_of_lists_and_forms_takes_the_right_of_its_section() -> None:
    named = [name for name, permission in SERVICES.items() if permission.area == SECTION_AREA]
    assert "app.services.records.first_rows" in named
    for name in named:
        parameters = list(inspect.signature(_call(name)).parameters)
        assert parameters[:2] == ["ctx", "section"], f"{name} takes no section"


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_manage_includes_view(name: str) -> None:
    permission = SERVICES[name]
    assert permission.level in LEVELS
    holder = Actor("Ann", owner=False, permissions=frozenset({(permission.area, "manage")}))
    assert holder.may(permission.area, permission.level)
    assert not holder.may("another area", "view")


SHARED = (".context", ".audit", ".masters", "_rules")
"""Modules whose functions are parts of services: the services that call them ask for the right."""


def test_parts_of_services_are_called_by_services_only() -> None:
    parts = [name for name in MODULES if name.endswith("_rules")]
    assert parts
    for file in (ROOT / "app").rglob("*.py"):
        if file.is_relative_to(ROOT / "app" / "services"):
            continue
        text = file.read_text(encoding="utf-8")
        assert not [name for name in parts if name.rpartition(".")[2] in text], file


def test_every_function_that_takes_a_context_in_public_is_registered() -> None:
    for name in MODULES:
        module = importlib.import_module(name)
        for public, function in vars(module).items():
            if public.startswith("_") or not inspect.isfunction(function):
                continue
            if function.__module__ != name or name.endswith(SHARED):
                continue
            first = next(iter(inspect.signature(function).parameters), "")
            assert first != "ctx" or f"{name}.{public}" in SERVICES, f"{name}.{public} has no right"
