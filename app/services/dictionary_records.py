"""Users' dictionary entries as records of a list: retire them, use them again (GEN-10)."""

from __future__ import annotations

from collections.abc import Sequence

from app.db.queries import dictionary_entries
from app.errors import UserError
from app.services import audit
from app.services.context import Context, service


@service("mccmnc", "manage")
def retire(ctx: Context, ids: Sequence[int]) -> str:
    """Let matching no longer find entries; rates that use their keys keep them."""
    return _mark(ctx, ids, retired=True)


@service("mccmnc", "manage")
def restore(ctx: Context, ids: Sequence[int]) -> str:
    """Let matching find retired entries again."""
    return _mark(ctx, ids, retired=False)


def _mark(ctx: Context, ids: Sequence[int], *, retired: bool) -> str:
    now, names = ctx.clock(), []
    with ctx.database.write() as connection:
        found = dictionary_entries.entries_by_id(connection, ctx.actor.company_id, ids)
        if len(found) < len(set(ids)):
            raise UserError(
                "Some of these entries are gone or belong to your tenant: refresh the list, and "
                "ask there for changes."
            )
        for entry in found:
            if (entry.retired_at is not None) is retired:
                continue
            dictionary_entries.update_entry(
                connection, entry, now=now, retired_at=now if retired else None
            )
            audit.record(
                ctx,
                connection,
                "retire entry" if retired else "restore entry",
                "dictionary_entry",
                entry.key,
                {"dictionary": entry.dictionary, "retired": retired},
                old={"dictionary": entry.dictionary, "retired": not retired},
                company_id=entry.company_id,
            )
            names.append(entry.name)
    if not names:
        return "They are retired already." if retired else "None of them is retired."
    told = names[0] if len(names) == 1 else f"{len(names)} entries"
    return f"{'Retired' if retired else 'Using again'}: {told}."
