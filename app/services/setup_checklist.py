"""What must stand before traffic can be charged, in the order of the guide, and what is missing.

Of a whole back office (guide 01, chapter 3), or of one company (14.2 for a reseller): each step is
done, missing or optional, says so in a sentence, and names the form that takes it (M4).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from app.db.queries import masters as rows
from app.db.queries import setup
from app.db.queries.banks import BANK
from app.db.queries.companies import COMPANY
from app.db.queries.setup import Condition, Found
from app.domain.counting import a
from app.domain.permissions import BACKOFFICE, PORTAL
from app.errors import UserError
from app.services.access.state import is_on
from app.services.context import Context, service

AREA = "accounts.companies"
DONE, MISSING, OPTIONAL = "done", "missing", "optional"

FORMS = {
    "own_legal_entities": "settings.own_legal_entities",
    "banks": "accounts.banks",
    "own_bank_accounts": "settings.own_bank_accounts",
    "companies": "accounts.companies",
    "legal_entities": "accounts.legal_entities",
    "bank_accounts": "accounts.bank_accounts",
    "agreements": "accounts.agreements",
    "reselling_agreements": "accounts.reselling_agreements",
    "services": "finance.services",
    "enabled_services": "accounts.enabled_services",
    "users": "users",
    "portal_users": "users",
}
"""Sections of the steps, and what a person must be allowed to manage to take them."""


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the checklist.

    ``address`` = the form that takes it, "" once it is done, or as long as another step comes
    first; ``area`` = what must be allowed to be managed there.
    """

    id: str
    title: str
    state: str
    sentence: str
    address: str = ""
    area: str = ""


@dataclass(frozen=True, slots=True)
class _Asked:
    """A back office or a company, as the steps ask about it; ``name`` "" = a whole back office.

    ``seller`` = the company that sells to it, or to those of the back office.
    """

    ctx: Context
    connection: Any
    who: Condition
    seller: int
    name: str = ""

    def has(self, condition: Condition) -> bool:
        return self.found(condition).number > 0

    def found(self, *conditions: Condition) -> Found:
        return setup.companies(self.connection, self.who, *conditions)

    def seller_has(self, condition: Condition) -> bool:
        """Return whether a condition holds for the company that sells."""
        seller = setup.is_company(self.seller)
        return setup.companies(self.connection, seller, condition).number > 0


@service(AREA, "view")
def of(ctx: Context, company_id: int | None = None, *, name: str = "") -> list[Step]:
    """Return the steps for the actor's back office, or for one company below it.

    The company is given by its ID or by its ``name``. Raises UserError for one out of sight, and
    for a name that several have.
    """
    own = ctx.actor.company_id
    with ctx.database.read() as connection:
        wanted = _named(connection, own, name) if name else company_id
        if wanted is None or wanted == own:
            return _of_office(ctx, connection, own)
        row = rows.find(connection, COMPANY, own, wanted)
        asked = _Asked(ctx, connection, setup.is_company(wanted), row["parent_id"], row["name"])
        steps = _of_companies(asked)
        return [*steps, *_of_reseller(asked)] if row["type"] == "reseller" else steps


def _named(connection: Any, own: int, name: str) -> int:
    """Return the ID of the company with a name. Raises UserError if none or several have it."""
    found = rows.matching(connection, COMPANY, own, text=name)
    named = [number for number, known in found if known.casefold() == name.strip().casefold()]
    if len(named) != 1:
        what = "Several companies are" if named else "No company is"
        raise UserError(f'{what} named "{name}": look at the list of companies.')
    return int(named[0])


def missing(steps: list[Step]) -> int:
    """Return how many steps are still to be taken."""
    return sum(1 for step in steps if step.state == MISSING)


# ------------------------------------------------------------------------------ a back office


def _of_office(ctx: Context, connection: Any, own: int) -> list[Step]:
    """Return the steps of a whole back office; those about companies count all that it serves."""
    mine = _Asked(ctx, connection, setup.is_company(own), own)
    served = _Asked(ctx, connection, setup.served_by(own), own)
    first = [
        _own(
            mine,
            "own_legal_entity",
            "Own legal entity",
            setup.has_entity(),
            "own_legal_entities",
            "In whose name you sell: agreements need one.",
        ),
        _own_account(mine),
        _own(
            mine,
            "company",
            "Company",
            setup.has_companies(),
            "companies",
            "Your first client or reseller.",
        ),
    ]
    entity, agreement, enabled, *more = _of_companies(served)
    return [*first, entity, agreement, _service(mine), enabled, *more, _own_users(mine)]


def _own_account(mine: _Asked) -> Step:
    """Return the step about where one is paid: at a bank, under the name of an own legal entity."""
    step = _own(
        mine,
        "own_bank_account",
        "Own bank account",
        setup.has_own_account(),
        "own_bank_accounts",
        "Where you are paid; invoices show it.",
        optional=True,
    )
    if step.state == DONE:
        return step
    if not mine.has(setup.has_entity()):
        sentence = "Where you are paid; the own legal entity comes first."
        return replace(step, sentence=sentence, address="")
    if not rows.matching(mine.connection, BANK, mine.seller, text=""):
        sentence = "Where you are paid: add the bank first, then the account."
        return replace(step, sentence=sentence, address=_form("banks"), area=FORMS["banks"])
    return step


def _service(mine: _Asked) -> Step:
    """Return the step about something to sell; of a service that is begun, what it lacks."""
    now = mine.ctx.clock()
    step = _own(
        mine,
        "service",
        "Service with prices in force",
        setup.sells(now),
        "services",
        "A service for sale, with a scope in force that has prices.",
    )
    begun = setup.newest_sale(mine.connection, mine.seller, now)
    if step.state == DONE or begun is None:
        return step
    lacks = "a scope in force, but no prices in it: enter or import them"
    if not begun.live:
        lacks = "no scope in force: add one, or put its draft in force"
    sentence = f"{begun.name} has {lacks}."
    return replace(step, sentence=sentence, address=f"service?id={begun.id}")


def _own(
    asked: _Asked,
    name: str,
    title: str,
    condition: Condition,
    section: str,
    words: str,
    *,
    optional: bool = False,
) -> Step:
    """Return a step about the back office's own company."""
    if asked.has(condition):
        return Step(name, title, DONE, words, area=FORMS[section])
    return Step(
        name, title, OPTIONAL if optional else MISSING, words, _form(section), FORMS[section]
    )


def _own_users(mine: _Asked) -> Step:
    """Return the step about one's own team, optional where nobody is asked to sign in."""
    return _own(
        mine,
        "users",
        "Users of the back office",
        setup.has_user(BACKOFFICE),
        "users",
        "Your team; needed once people sign in.",
        optional=not is_on(mine.connection),
    )


# ------------------------------------------------------------------------------ companies


def _of_companies(asked: _Asked) -> list[Step]:
    """Return the steps that every company needs: of one, or of all that a back office serves."""
    steps = _of_buyers(asked)
    if asked.has(setup.is_reseller()):
        steps += _of_resellers(asked)
    if asked.has(~setup.is_reseller()):
        steps.append(_portal_users(asked))
    return steps


def _of_buyers(asked: _Asked) -> list[Step]:
    """Return what a company needs to buy: a name, terms, a service."""
    now = asked.ctx.clock()
    ready, bound = setup.has_entity(), setup.has_agreement(now)
    return [
        _each(
            asked,
            ("legal_entity", "Legal entity", "legal_entities"),
            (~ready,),
            "the buyer on agreements and invoices",
            lambda company: {"party_id": company},
        ),
        _each(
            asked,
            ("agreement", "Agreement", "agreements"),
            (~bound,),
            "terms and a balance",
            lambda company: {"party_id": company},
            after=((ready, "the legal entity"),),
            waits="" if asked.seller_has(setup.has_entity()) else "the own legal entity",
        ),
        _each(
            asked,
            ("enabled_service", "Enabled service", "enabled_services"),
            (~setup.has_service(now),),
            "without it no traffic is charged",
            lambda company: _on_agreement(asked, company),
            after=((bound, "the agreement"),),
            waits="" if asked.seller_has(setup.has_sale()) else "the service",
        ),
    ]


def _of_resellers(asked: _Asked) -> list[Step]:
    """Return what a reseller needs beside that to sell on: what it buys, and somebody to work."""
    now, reseller = asked.ctx.clock(), setup.is_reseller()
    ready, bound = setup.has_entity(), setup.has_agreement(now)
    return [
        _each(
            asked,
            ("reselling_agreement", "Reselling agreement", "reselling_agreements"),
            (reseller, ~setup.has_reselling(now)),
            "what it buys to sell on",
            lambda company: _joined(asked, company),
            after=((ready, "the legal entity"), (bound, "the agreement")),
        ),
        _each(
            asked,
            ("reseller_user", "User of its back office", "users"),
            (reseller, ~setup.has_user(BACKOFFICE)),
            "somebody to work in its back office",
            lambda company: {"company_id": company},
        ),
    ]


def _portal_users(asked: _Asked) -> Step:
    """Return the step about who works in the portal of a client."""
    return _each(
        asked,
        ("portal_user", "User of the client portal", "portal_users"),
        (~setup.is_reseller(), ~setup.has_user(PORTAL)),
        "somebody to send messages and to see invoices",
        lambda company: {"company_id": company},
        optional=True,
    )


def _each(
    asked: _Asked,
    step: tuple[str, str, str],
    lacks: tuple[Condition, ...],
    purpose: str,
    given: Callable[[int], dict[str, object]],
    *,
    after: tuple[tuple[Condition, str], ...] = (),
    waits: str = "",
    optional: bool = False,
) -> Step:
    """Return a step that companies need: done when none of them ``lacks`` it.

    ``after`` = what a company must have before, and its name; ``waits`` = what the seller has to
    make before; ``given`` fills the form of a company.
    """
    name, title, section = step
    area, state = FORMS[section], OPTIONAL if optional else MISSING
    lacking = asked.found(*lacks)
    if lacking.number == 0 and not asked.found().number:
        blocked = asked.seller_has(setup.has_companies())
        none = "All companies are blocked." if blocked else "It follows the company."
        return Step(name, title, state, none, area=area)
    if lacking.number == 0:
        return Step(name, title, DONE, f"{_who(asked)} {a(title.lower())}.", area=area)
    thing = a(title.lower())
    ready = asked.found(*lacks, *(condition for condition, _ in after))
    first = [n for condition, n in after if not asked.found(*lacks, condition).number]
    first = [waits] if waits and not first else first
    if first or not ready.number:
        before = " and ".join(first or [name for _, name in after])
        come = "comes" if len(first) == 1 else "come"
        sentence = f"{_needing(lacking)} {thing}; {before} {come} first."
        return Step(name, title, state, sentence, area=area)
    address = _form(section, **given(ready.ids[0]))
    return Step(name, title, state, f"{_needing(lacking)} {thing}: {purpose}.", address, area)


def _who(asked: _Asked) -> str:
    return f"{asked.name} has" if asked.name else "Every company that needs it has"


def _needing(lacking: Found) -> str:
    """Return the beginning of a sentence about companies that lack something."""
    more = lacking.number - len(lacking.names)
    names = ", ".join(lacking.names) + (f" and {more} more" if more else "")
    return f"{names} {'needs' if lacking.number == 1 else 'need'}"


def _on_agreement(asked: _Asked, company: int) -> dict[str, object]:
    found = setup.newest_agreement(asked.connection, company, asked.ctx.clock())
    return {"agreement_id": found}


def _joined(asked: _Asked, company: int) -> dict[str, object]:
    entity = setup.entity_of(asked.connection, company)
    return {"legal_entity_id": entity, **_on_agreement(asked, company)}


def _form(section: str, **given: object) -> str:
    """Return the address of a new form with fields filled."""
    filled = "".join(
        f"&set.{name}={quote(str(value))}" for name, value in given.items() if value is not None
    )
    return f"record?section={section}&new=1{filled}"


# ------------------------------------------------------------------------------ a reseller


def _of_reseller(asked: _Asked) -> list[Step]:
    """Return what a reseller does in its own back office (14.2): for its tenant to look at."""
    now = asked.ctx.clock()
    inside = (
        (
            "handed_down",
            "Its own legal entity",
            setup.has_entity(),
            "It sells in the name of the legal entity that you gave it.",
        ),
        (
            "its_services",
            "Services of its own",
            setup.sells(now),
            "It makes them in its own back office, with prices of its own.",
        ),
        (
            "its_companies",
            "Its first client",
            setup.has_companies(),
            "It adds its clients in its own back office.",
        ),
    )
    return [
        Step(name, title, DONE if asked.has(condition) else OPTIONAL, words)
        for name, title, condition, words in inside
    ]
