"""What goes wrong with XML: broken, or with entities, which are refused."""

from __future__ import annotations

from typing import NoReturn

from importers.records import FileProblem


class EntitiesRefusedError(Exception):
    """The XML declares a document type, which is the door to entity bombs."""


def refuse(*_: object) -> NoReturn:
    """Stop the parser at a document type (a handler for expat)."""
    raise EntitiesRefusedError


def refused_entities(name: str) -> FileProblem:
    """Return the problem of file ``name`` having XML entities."""
    return FileProblem(f"{name} declares XML entities, which no price list needs: it is not read")


def broken_xml(name: str, error: Exception) -> FileProblem:
    """Return the problem of file ``name`` having XML that does not parse."""
    return FileProblem(
        f"{name} is damaged (broken XML: {error}): open it in Excel and save it again"
    )
