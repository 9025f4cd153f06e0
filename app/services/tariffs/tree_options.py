"""What may be chosen at a place of a rate tree: attributes, price types, rules, keys (SVC-3)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from app.db.queries import rate_browse
from app.domain.kinds import OTHERS, BillingRule, PriceType, QuantityRule
from app.domain.tree_draft import ROOT
from app.services.context import Context, service
from app.services.dictionaries import shown_dictionaries
from app.services.tariffs.tree_names import attribute_name
from app.services.tariffs.tree_pages import UNPRICED, catalogue_rules, in_force, scope_and_service
from dictionaries.catalogue import Catalogue, Domain, Resource, find_key, load_catalogue
from dictionaries.entries import Dictionaries, Dictionary
from dictionaries.match import match
from dictionaries.normalise import normalise
from dictionaries.others import is_others
from dictionaries.prefixes import normalise_prefix
from dictionaries.results import GREEN
from dictionaries.search import Hit, search

Path = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Option:
    """A value to choose: what is stored and what a person sees."""

    value: str
    title: str


@dataclass(frozen=True, slots=True)
class RuleOption:
    """A rule to choose; value 0 is "Default (…)", inherited from above."""

    value: int
    title: str


@dataclass(frozen=True, slots=True)
class AttributeOption:
    """An attribute a node may depend on; ``size`` = keys of its dictionary, 0 = free text."""

    key: str
    name: str
    size: int


@dataclass(frozen=True, slots=True)
class NodeOptions:
    """What may be set on the node at a path.

    ``price_types`` are stored numbers; ``priced`` whether the tree has prices at all (packs and
    initiators have none), ``voice`` whether connection price and intervals apply, ``rules``
    whether there are billing and quantity rules here.
    """

    depends_on: tuple[AttributeOption, ...]
    price_types: tuple[int, ...]
    billing_rules: tuple[RuleOption, ...]
    quantity_rules: tuple[RuleOption, ...]
    counter_groups: tuple[Option, ...]
    priced: bool
    voice: bool
    rules: bool


@dataclass(frozen=True, slots=True)
class KeyHit:
    """A key found by typing, its name, and by which other text it was found ("" = by these)."""

    key: str
    name: str
    detail: str


@dataclass(frozen=True, slots=True)
class PastedKey:
    """One line of a pasted list: the keys it means, or a sentence why none."""

    text: str
    keys: tuple[str, ...]
    name: str
    problem: str


COVERING = (
    PriceType.DEPENDS_ON,
    PriceType.INCLUDED,
    PriceType.NOT_INCLUDED,
    PriceType.BLOCKED,
)
"""Price types of packs and initiators, whose trees say what they cover (L16)."""

CALL = "call"
"""The resource whose leaves have a connection price and intervals (F4)."""


@service("finance.services", "view")
def options_for(ctx: Context, scope_id: int, path: Path) -> NodeOptions:
    """Return what may be set on the node at ``path`` ((attribute, key) pairs; () = the root)."""
    catalogue = load_catalogue()
    with ctx.database.read() as connection:
        _, owner = scope_and_service(connection, ctx, scope_id)
        dictionaries = shown_dictionaries(connection, owner.company_id)
        above = _stored_rules(connection, scope_id, path) if len(path) > 1 else (0, 0)
    resource = catalogue.resources.get(path[1][1]) if len(path) > 1 else None
    has_rules = resource is not None and owner.type != "bundle_initiator"
    return NodeOptions(
        depends_on=tuple(
            AttributeOption(
                key, attribute_name(catalogue, key), _size(catalogue, dictionaries, key)
            )
            for key in allowed_attributes(catalogue, path)
        ),
        price_types=allowed_types(catalogue, owner.type, path),
        billing_rules=_billing(resource, above[0]) if resource and has_rules else (),
        quantity_rules=_quantity(resource, above[1]) if resource and has_rules else (),
        counter_groups=tuple(
            Option(key, attribute_name(catalogue, key))
            for key in (resource.counter_groups if resource else ())
        ),
        priced=owner.type not in UNPRICED,
        voice=resource is not None and resource.key == CALL,
        rules=has_rules,
    )


def allowed_attributes(catalogue: Catalogue, path: Path) -> tuple[str, ...]:
    """Return what the node at ``path`` may depend on: what its resource has and is not above."""
    if not path:
        return ("domain",)
    if len(path) == 1:
        return ("resource",)
    resource = catalogue.resources.get(path[1][1])
    used = {attribute for attribute, _ in path}
    return tuple(a for a in (resource.attributes if resource else ()) if a not in used)


def allowed_types(catalogue: Catalogue, service_type: str, path: Path) -> tuple[int, ...]:
    """Return the price types that the node at ``path`` may have, in the guide's order."""
    resource = catalogue.resources.get(path[1][1]) if len(path) > 1 else None
    if resource is None:
        return (int(PriceType.DEPENDS_ON),)
    types = [PriceType[name.upper()] for name in resource.price_types]
    if service_type in UNPRICED:
        types = [t for t in COVERING if t in types or t is PriceType.INCLUDED]
        if resource.price_types == ("flat",):  # a bundle member is in the pack, and that is all
            types = [PriceType.INCLUDED]
    else:
        types = [t for t in types if t is not PriceType.INCLUDED]
    if not allowed_attributes(catalogue, path):
        types = [t for t in types if t is not PriceType.DEPENDS_ON]
    return tuple(int(t) for t in types)


def _stored_rules(connection: Any, scope_id: int, path: Path) -> tuple[int, int]:
    """Return the rules that the stored nodes above the node at ``path`` give it."""
    number, numbers = ROOT, [ROOT]
    for _, key in path[:-1]:
        found = rate_browse.browse_keys(connection, scope_id, number, [key], cap=0)
        if key not in found:
            break
        number = found[key].node_no
        numbers.append(number)
    light = rate_browse.with_ancestors(connection, scope_id, numbers)
    rules = in_force([light[n] for n in numbers], light)
    return rules if any(rules) or len(path) > 2 else catalogue_rules(path[1][1])


def _size(catalogue: Catalogue, dictionaries: Dictionaries, attribute: str) -> int:
    if attribute in {"domain", "resource"}:
        return len(catalogue.domains)
    name = catalogue.attributes[attribute].dictionary
    return len(dictionaries[name]) if name else 0


def _billing(resource: Resource, above: int) -> tuple[RuleOption, ...]:
    rules = [BillingRule.SUBMITTED, BillingRule.DELIVERED, BillingRule.DEFAULT]
    if resource.billing_rule == "default":
        rules = [BillingRule.DEFAULT]
    return _rules(BillingRule(above), rules)


def _quantity(resource: Resource, above: int) -> tuple[RuleOption, ...]:
    rules = [QuantityRule.DEFAULT]
    if resource.quantity_rule == "messages":
        rules = [QuantityRule.MESSAGES, QuantityRule.SEGMENTS, QuantityRule.DEFAULT]
    elif resource.quantity_rule == "full_period":
        rules = [QuantityRule.FULL_PERIOD, QuantityRule.DEFAULT]
    return _rules(QuantityRule(above), rules)


def _rules(
    above: BillingRule | QuantityRule, rules: Sequence[BillingRule | QuantityRule]
) -> tuple[RuleOption, ...]:
    inherited = RuleOption(0, f"Default ({_words(above.name)})" if above else "Default")
    return (inherited, *(RuleOption(int(rule), _words(rule.name)) for rule in rules))


def _words(name: str) -> str:
    return name.replace("_", " ").capitalize()


# ------------------------------------------------------------------------------ keys


@service("finance.services", "view")
def search_keys(
    ctx: Context, attribute: str, text: str, context_path: Path = (), limit: int = 50
) -> list[KeyHit]:
    """Return the keys for a text being typed, best first; linked ones of the path only.

    Under a country only its operators and codes are found. Free text gives itself, a prefix its
    digits, both only if they can be a key.
    """
    catalogue = load_catalogue()
    if attribute in {"domain", "resource"}:
        return _named(_catalogue_items(catalogue, attribute, context_path), text)[:limit]
    with ctx.database.read() as connection:
        dictionaries = shown_dictionaries(connection, ctx.actor.company_id)
    name = catalogue.attributes[attribute].dictionary
    if not name:
        return [KeyHit(key, key, "") for key in free_keys(attribute, text)][:limit]
    allowed = _linked(catalogue, dictionaries, name, context_path)
    found = search(dictionaries[name], text, limit if allowed is None else len(dictionaries[name]))
    hits = [hit for hit in found if allowed is None or hit.key in allowed]
    return [KeyHit(hit.key, hit.name, "" if _shows(hit) else hit.found_by) for hit in hits[:limit]]


@service("finance.services", "view")
def all_keys(ctx: Context, attribute: str, context_path: Path = ()) -> list[KeyHit]:
    """Return every key in use of a dictionary, by name ("Add all missing"); free text: none."""
    known = load_catalogue().attributes.get(attribute)
    if known is not None and not known.dictionary:
        return []
    found = search_keys(ctx, attribute, "", context_path, limit=10**6)
    return sorted(found, key=lambda hit: hit.name)


@service("finance.services", "view")
def match_keys(
    ctx: Context, attribute: str, texts: Sequence[str], context_path: Path = ()
) -> list[PastedKey]:
    """Return what each text of a pasted list means; only what is certain is taken."""
    catalogue = load_catalogue()
    with ctx.database.read() as connection:
        dictionaries = shown_dictionaries(connection, ctx.actor.company_id)
    wanted = [" ".join(text.split()) for text in texts if text.strip()]
    return [_pasted(catalogue, dictionaries, attribute, text, context_path) for text in wanted]


def free_keys(attribute: str, text: str) -> tuple[str, ...]:
    """Return the keys that a free text stands for; prefixes as an import writes them (F4)."""
    plain = " ".join(text.split())
    if attribute == "prefix":
        return normalise_prefix(plain).prefixes if plain else ()
    return (plain,) if plain and plain != OTHERS else ()


def _catalogue_items(
    catalogue: Catalogue, attribute: str, path: Path
) -> Sequence[Domain | Resource]:
    if attribute == "domain":
        return tuple(catalogue.domains.values())
    return catalogue.of_domain(path[0][1]) if path else ()


def _named(items: Sequence[Domain | Resource], text: str) -> list[KeyHit]:
    wanted = normalise(text)
    return [
        KeyHit(item.key, item.name, "")
        for item in items
        if wanted in normalise(item.name) or wanted in normalise(item.key)
    ]


def _shows(hit: Hit) -> bool:
    """Tell whether a hit's key and name already show by what it was found."""
    return hit.found_by == hit.key or hit.found_by.casefold() in hit.name.casefold()


def _linked(
    catalogue: Catalogue, dictionaries: Dictionaries, name: str, path: Path
) -> Collection[str] | None:
    """Return the keys of a dictionary that belong to every key of the path; None = all."""
    allowed: set[str] | None = None
    for attribute, key in path:
        known = catalogue.attributes.get(attribute)
        source = known.dictionary if known else ""
        if not source or key == OTHERS or name not in dictionaries.links(source):
            continue
        linked = set(dictionaries.linked(source, key, name))
        allowed = linked if allowed is None else allowed & linked
    return allowed


def _pasted(
    catalogue: Catalogue, dictionaries: Dictionaries, attribute: str, text: str, path: Path
) -> PastedKey:
    if attribute in {"domain", "resource"}:
        hits = [
            item
            for item in _catalogue_items(catalogue, attribute, path)
            if normalise(text) in {normalise(item.key), normalise(item.name)}
        ]
        if len(hits) == 1:
            return PastedKey(text, (hits[0].key,), hits[0].name, "")
        return PastedKey(text, (), "", f'"{text}" is no {attribute} here.')
    if is_others(text):
        return PastedKey(text, (OTHERS,), "Others", "")
    found = catalogue.attributes[attribute]
    if not found.dictionary:
        keys = free_keys(attribute, text)
        problem = "" if keys else normalise_prefix(text).error
        return PastedKey(text, keys, ", ".join(keys[:3]), problem)
    return _from_dictionary(dictionaries[found.dictionary], found.name, text, path)


def _from_dictionary(dictionary: Dictionary, attribute: str, text: str, path: Path) -> PastedKey:
    country = dict(path).get("country", "")
    context = "" if country == OTHERS else country
    key = find_key(dictionary, text, context)
    if not key:
        found = match(dictionary, [text], contexts=[context] if context else None)[0]
        key = found.key if found.zone == GREEN else ""
    if key:
        return PastedKey(text, (key,), dictionary.label(key), "")
    return PastedKey(text, (), "", f'"{text}" is no certain {attribute}: choose it by typing.')
