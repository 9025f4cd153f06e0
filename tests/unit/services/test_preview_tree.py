"""The preview's tree is the tree as it will be, rates that stay included (IMP-12)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from app.bootstrap import open_session
from app.services.context import Context
from app.services.tariffs.import_file import ImportRequest
from app.services.tariffs.import_session import ImportSession
from app.services.tariffs.import_views import TreeRow
from tests.helpers.command_line import Desk

NODE = "SMS messaging/SMS message"
FIRST = (
    "Country,Network,Price",
    "Germany,Telekom,0.06",
    "Germany,Vodafone,0.05",
    "Germany,Others,0.09",
    "France,SFR,0.05",
    "Others,,0.2",
)
NEXT = ("Country,Network,Price", "Germany,Telekom,0.07", "Germany,O2,0.04", "Poland,Play,0.03")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = Desk(tmp_path / "desk.db")
    made.ok("db", "init")
    made.service()
    made.ok("import", _write(tmp_path / "first.csv", FIRST), "--service", "S", "--node", NODE)
    fee = _write(tmp_path / "fee.csv", ("Country,Operator,Fee", "Spain,Movistar,10"))
    columns = ("--column", "A=attribute:country", "--column", "B=attribute:mno", "--column")
    node = "SMS messaging/Sender ID usage fee"
    made.ok("import", fee, "--service", "S", "--node", node, *columns, "C=price")
    return made


@pytest.fixture
def session() -> Iterator[ImportSession]:
    with ImportSession() as made:
        yield made


def _write(path: Path, lines: tuple[str, ...]) -> Path:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _rates(session: ImportSession, ctx: Context) -> dict[str, TreeRow]:
    """Return the preview's rates by their path of keys, looked at page by page."""
    found: dict[str, TreeRow] = {}

    def walk(parent: int, path: tuple[str, ...]) -> None:
        first, keys = 0, []
        while (page := session.tree(ctx, parent, first, 2)).rows:
            for row in page.rows:
                keys.append(row.key)
                if row.children:
                    walk(row.id, (*path, row.key))
                else:
                    found["/".join((*path, row.key))] = row
            first += len(page.rows)
        assert first == page.total
        assert keys == sorted(keys, key=lambda key: (key == "*", key))

    walk(0, ())
    return found


@pytest.mark.parametrize("mode", ["merge", "replace", "replace-listed"])
def test_imp_12_the_preview_is_the_tree_after_the_import(
    desk: Desk, session: ImportSession, tmp_path: Path, mode: str
) -> None:
    ctx = open_session(desk.target).context()
    file = _write(tmp_path / "next.csv", NEXT)
    request = ImportRequest(file, "S", node=NODE, mode=mode)
    draft = session.draft(ctx, request)
    assert not draft.block
    shown = _rates(session, ctx)
    root = session.tree(ctx, 0, 0, 10).rows[0]
    assert root.leaves == len(shown)
    assert draft.staying == sum(row.change == "stays" for row in shown.values())
    session.commit(ctx, request)
    then = desk.rates("S")
    below = {
        path: Decimal(price) for path, price in then.items() if path.startswith("sms/sms_message/")
    }
    assert {path: Decimal(row.price) for path, row in shown.items()} == below
    assert len(below) == sum(draft.changes[k] for k in ("new", "increased")) + draft.staying


def test_imp_12_what_stays_is_told_apart(
    desk: Desk, session: ImportSession, tmp_path: Path
) -> None:
    ctx = open_session(desk.target).context()
    file = _write(tmp_path / "next.csv", NEXT)
    draft = session.draft(ctx, ImportRequest(file, "S", node=NODE, mode="merge"))
    assert draft.staying == 4
    shown = _rates(session, ctx)
    stays = {path for path, row in shown.items() if row.change == "stays"}
    vodafone, others = "sms/sms_message/DE/26202", "sms/sms_message/DE/*"
    assert stays >= {vodafone, others, "sms/sms_message/*/*"}
    assert (shown[vodafone].price, shown[vodafone].old) == ("0.05000", "0.05000")
    assert shown[vodafone].source_row is None
    session.draft(ctx, ImportRequest(file, "S", node=NODE, mode="replace"))
    assert not any(row.change == "stays" for row in _rates(session, ctx).values())


def test_imp_12_counts_of_levels_and_rates_are_those_of_the_tree_afterwards(
    desk: Desk, session: ImportSession, tmp_path: Path
) -> None:
    ctx = open_session(desk.target).context()
    file = _write(tmp_path / "next.csv", NEXT)
    request = ImportRequest(file, "S", node=NODE, mode="merge")
    draft = session.draft(ctx, request)
    shown = _rates(session, ctx)
    countries = {path.split("/")[2] for path in shown}
    assert [(level.attribute, level.nodes) for level in draft.levels] == [
        ("country", len(countries)),
        ("network", len(shown)),
    ]
    after = sum(n for kind, n in draft.changes.items() if kind != "removed") + draft.staying
    assert after == len(shown) == 7
    assert draft.leaves == draft.report["tree"]["leaves"] == 3
    told = desk.ok("import", file, "--service", "S", "--node", NODE, "--mode", "merge")
    assert "4 not in the file stay" in told.out


def test_imp_12_a_rate_that_gets_children_is_shown_as_changed(
    desk: Desk, session: ImportSession, tmp_path: Path
) -> None:
    ctx = open_session(desk.target).context()
    flat = _write(tmp_path / "flat.csv", ("Country,Price", "Germany,0.06", "France,0.05"))
    assert session.commit(ctx, ImportRequest(flat, "S", node=NODE, mode="replace")).written
    file = _write(tmp_path / "deep.csv", ("Country,Network,Price", "Germany,Telekom,0.07"))
    draft = session.draft(ctx, ImportRequest(file, "S", node=NODE, mode="merge"))
    shown = _rates(session, ctx)
    others = shown["sms/sms_message/DE/*"]
    assert (others.price, others.old) == ("0.06000", "0.06000")
    assert (draft.changes["new"], draft.changes["changed"], draft.staying) == (1, 1, 1)
    assert len(shown) == 3
    changed = session.changes(ctx, kinds=["changed"]).rows
    assert [(row.path, row.old) for row in changed] == [("Germany", "0.06000")]
