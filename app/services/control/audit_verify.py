"""Checks the trail: every chain is recomputed from its first entry, and compared (G5).

On a server the links are written by the database; on a file by the program, so there the check is
evidence against accidents only. Heads that are kept elsewhere show more: a chain that was cut off
or written anew does not lead to them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from app.db.queries import audit_chain
from app.db.queries.audit_chain import StoredLink
from app.domain.audit_chain import link_hash
from app.domain.counting import counted
from app.errors import UserError
from app.services.context import Context, service

MOST_BREAKS = 200
"""Breaks that are told one by one."""

_HEAD = re.compile(r"(\d+):(\d+):([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class Head:
    """The last entry of a company's chain."""

    company_id: int
    company: str
    number: int
    hash: str

    @property
    def text(self) -> str:
        """Return the head to be kept elsewhere: "company:number:hash"."""
        return f"{self.company_id}:{self.number}:{self.hash}"


@dataclass(frozen=True, slots=True)
class Break:
    """Where a chain does not hold; ``number`` = place in it, 0 = an entry outside of it."""

    company_id: int
    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check found: the chains with their lengths, and every break (the first ones)."""

    heads: tuple[Head, ...]
    entries: int
    breaks: tuple[Break, ...]
    local: bool

    @property
    def sound(self) -> bool:
        """Return whether nothing is wrong."""
        return not self.breaks

    @property
    def meaning(self) -> str:
        """Return what the result proves and what it does not."""
        if self.local:
            return (
                "This is a local file: whoever can open it can write another chain, so this is "
                "evidence against accidents only. Heads that are kept elsewhere prove more."
            )
        return (
            "The chain is written by the server; only its administrator could write another one. "
            "Heads that are kept elsewhere would show that too."
        )


@service("audit", "view")
def heads(ctx: Context) -> list[Head]:
    """Return the last entry of each chain in sight, to be kept where nobody here can write."""
    with ctx.database.read() as connection:
        return [Head(*row) for row in audit_chain.stored_heads(connection, ctx.actor.company_id)]


@service("audit", "view")
def verify(ctx: Context, kept: Sequence[str] = ()) -> Verdict:
    """Recompute all chains in sight; ``kept`` = heads as :attr:`Head.text` gave them.

    Raises UserError for a head that can't be read.
    """
    check = _Check(dict(_kept(text) for text in kept))
    company = ctx.actor.company_id
    with ctx.database.read() as connection:
        entries = audit_chain.number_of_entries(connection, company)
        for done, link in enumerate(audit_chain.stored_links(connection, company)):
            if done % audit_chain.CHUNK == 0:
                ctx.stop_if_cancelled()
                ctx.report("checking", done, entries)
            check.add(link)
        for tenant, entry in audit_chain.loose_entries(connection, company, MOST_BREAKS):
            check.tell(
                tenant, 0, f"The entry with ID {entry} is in no chain: it was put in by other means"
            )
        found = audit_chain.stored_heads(connection, company)
    check.finish()
    return Verdict(
        tuple(Head(*row) for row in found),
        entries,
        tuple(check.breaks),
        local=ctx.database.kind == "sqlite",
    )


def _kept(text: str) -> tuple[tuple[int, int], str]:
    found = _HEAD.fullmatch(text.strip())
    if found is None:
        raise UserError(
            f'"{text.strip()[:80]}" is no head: give it as "tariffdesk audit head" printed it '
            "(company:number:hash)."
        )
    return (int(found[1]), int(found[2])), found[3]


class _Check:
    """Follows the links and notes every break; after one it goes on from what is stored."""

    def __init__(self, kept: dict[tuple[int, int], str]) -> None:
        self.breaks: list[Break] = []
        self._kept = kept
        self._company = 0
        self._last: tuple[int, str] = (0, "")

    def tell(self, company_id: int, number: int, text: str) -> None:
        """Note a break."""
        if len(self.breaks) < MOST_BREAKS:
            self.breaks.append(Break(company_id, number, f"{text}."))

    def add(self, link: StoredLink) -> None:
        """Take the next link, in the order of companies and numbers."""
        if link.company_id != self._company:
            self._company, self._last = link.company_id, (0, "")
        number, before = self._last
        if link.number != number + 1:
            missing = counted(link.number - number - 1, "entry")
            self.tell(link.company_id, number + 1, f"{missing} missing before {link.number}")
        self._look_at(link, before, follows=link.number == number + 1)
        head = self._kept.pop((link.company_id, link.number), None)
        if head is not None and head != link.hash:
            self.tell(
                link.company_id,
                link.number,
                f"Entry {link.number} is not the one of the head that was kept: the chain was "
                "written anew",
            )
        self._last = link.number, link.hash

    def _look_at(self, link: StoredLink, before: str, *, follows: bool) -> None:
        if link.parts is None:
            self.tell(
                link.company_id,
                link.number,
                f"Entry {link.number} (ID {link.audit_id}) was deleted",
            )
        elif link.parts[0] != str(link.company_id):
            self.tell(
                link.company_id,
                link.number,
                f"Entry {link.number} ({_named(link)}) was moved to company {link.parts[0]}",
            )
        elif follows and link_hash(before, link.parts) != link.hash:
            self.tell(
                link.company_id,
                link.number,
                f"Entry {link.number} ({_named(link)}) is not what was written: its text or its "
                "place in the chain was changed",
            )

    def finish(self) -> None:
        """Note the kept heads that no chain came to."""
        for company_id, number in sorted(self._kept):
            self.tell(
                company_id,
                number,
                f"The chain of company {company_id} ends before entry {number}, whose head was "
                "kept: its end was cut off",
            )


def _named(link: StoredLink) -> str:
    assert link.parts is not None
    _, audit_id, at, actor, _, _, action, table_name, object_id, *_ = link.parts
    return f"ID {audit_id}, {at}, {actor}: {action}, {table_name} {object_id}"
