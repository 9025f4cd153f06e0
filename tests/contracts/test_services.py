"""Every service names its permission and refuses who does not hold it (F15)."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator

import pytest

import app.services
from app.errors import UserError
from app.services.context import SERVICES, Actor, Context


def _modules() -> Iterator[str]:
    for found in pkgutil.walk_packages(app.services.__path__, "app.services."):
        importlib.import_module(found.name)
        yield found.name


MODULES = list(_modules())
LEVELS = {"view", "manage"}


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
    positional = [None for p in needed if p.kind is p.POSITIONAL_OR_KEYWORD]
    keywords = {p.name: None for p in needed if p.kind is p.KEYWORD_ONLY}
    with pytest.raises(UserError, match="Eve may not"):
        function(stranger, *positional, **keywords)


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_manage_includes_view(name: str) -> None:
    permission = SERVICES[name]
    assert permission.level in LEVELS
    holder = Actor("Ann", owner=False, permissions=frozenset({(permission.area, "manage")}))
    assert holder.may(permission.area, permission.level)
    assert not holder.may("another area", "view")


def test_every_function_that_takes_a_context_in_public_is_registered() -> None:
    for name in MODULES:
        module = importlib.import_module(name)
        for public, function in vars(module).items():
            if public.startswith("_") or not inspect.isfunction(function):
                continue
            if function.__module__ != name or name.endswith((".context", ".audit")):
                continue
            first = next(iter(inspect.signature(function).parameters), "")
            assert first != "ctx" or f"{name}.{public}" in SERVICES, f"{name}.{public} has no right"
