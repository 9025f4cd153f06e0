"""What attributes and their values are called in a tree, and which values are known."""

from __future__ import annotations

from dictionaries.catalogue import Catalogue
from dictionaries.entries import OTHERS, Dictionaries


def is_known(catalogue: Catalogue, dictionaries: Dictionaries, attribute: str, key: str) -> bool:
    """Tell whether ``key`` is (still) a value of ``attribute``; free text always is (SVC-7)."""
    if key == OTHERS:
        return attribute not in {"domain", "resource"}
    if attribute == "domain":
        return key in catalogue.domains
    if attribute == "resource":
        return key in catalogue.resources
    found = catalogue.attributes.get(attribute)
    if found is None:
        return False
    return not found.dictionary or key in dictionaries[found.dictionary]


def attribute_name(catalogue: Catalogue, attribute: str) -> str:
    """Return what a person calls an attribute ("Country")."""
    if attribute in {"domain", "resource"}:
        return "Service domain" if attribute == "domain" else "Resource"
    found = catalogue.attributes.get(attribute)
    return found.name if found else attribute


SMALL = 30
"""Keys of a dictionary that are usually all priced, so that Others may be missing (direction …)."""


def others_wanted(catalogue: Catalogue, dictionaries: Dictionaries, attribute: str | None) -> bool:
    """Tell whether a branch by ``attribute`` normally has an Others node."""
    found = catalogue.attributes.get(attribute or "")
    if found is None or found.kind != "exact":
        return False
    return not found.dictionary or len(dictionaries[found.dictionary]) > SMALL
