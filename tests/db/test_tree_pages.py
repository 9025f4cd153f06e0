"""Pages of a stored tree for the editor, on both databases."""

from __future__ import annotations

import pytest

from app.db.engine import Database
from app.db.queries.scopes import ScopeRecord
from app.errors import UserError
from app.services.tariffs import tree_pages
from app.services.tariffs.tree_options import match_keys, options_for, search_keys
from tests.db.desk import MT, SMS, context, number
from tests.db.trees import commit, flat

PATH = (("domain", "sms"), ("resource", "sms_message"), ("direction", "mt"))


@pytest.fixture
def sms(database: Database, scope: ScopeRecord) -> ScopeRecord:
    commit(database, scope.id, SMS)
    return scope


def test_rows_show_names_rules_and_marks(database: Database, sms: ScopeRecord) -> None:
    ctx = context(database)
    head = tree_pages.tree_head(ctx, sms.id)
    assert (head.revision, head.currency, head.scope_state, head.priced) == (
        1,
        "EUR",
        "draft",
        True,
    )
    assert head.root.children == 2
    mt = number(ctx, sms.id, MT)
    page = tree_pages.children_page(ctx, sms.id, mt)
    assert [(row.key, row.name, row.mark) for row in page.rows] == [
        ("DE", "Germany", ""),
        ("ES", "Spain", ""),
        ("XX", "Missed option: XX", "missed_option"),
        ("*", "Others", ""),
    ]
    assert (page.total, page.at_end) == (4, True)
    germany = page.rows[0]
    assert (germany.children, germany.has_others, germany.attribute) == (3, True, "country")
    assert (germany.effective_billing, germany.effective_quantity) == (2, 1)
    assert germany.above == (0, number(ctx, sms.id, MT[:1]), number(ctx, sms.id, MT[:2]), mt)
    assert page.rows[1].state.price == 7_000_000
    marks = {row.key: row.mark for row in tree_pages.children_page(ctx, sms.id, 0).rows}
    assert marks == {"sms": "", "voice": "empty"}
    size = tree_pages.tree_size(ctx, sms.id)
    assert (size.nodes, size.leaves, size.incomplete) == (len(SMS) - 1, 7, 2)


def test_pages_follow_the_last_key_and_others_ends_them(
    database: Database, sms: ScopeRecord
) -> None:
    ctx = context(database)
    mt = number(ctx, sms.id, MT)
    seen, after = [], None
    while True:
        page = tree_pages.children_page(ctx, sms.id, mt, after_key=after, limit=2)
        seen += [row.key for row in page.rows]
        if page.at_end:
            break
        after = page.rows[-1].key
    assert seen == ["DE", "ES", "XX", "*"]
    assert tree_pages.count_children(ctx, sms.id, mt) == 4


def test_pages_go_backwards_too(database: Database, sms: ScopeRecord) -> None:
    ctx = context(database)
    mt = number(ctx, sms.id, MT)
    page = tree_pages.children_before(ctx, sms.id, mt, "*", limit=2)
    assert ([row.key for row in page.rows], page.at_end) == (["ES", "XX"], False)
    page = tree_pages.children_before(ctx, sms.id, mt, "ES", limit=2)
    assert ([row.key for row in page.rows], page.at_end) == (["DE"], True)


def test_paths_numbers_and_counts(database: Database, sms: ScopeRecord) -> None:
    ctx = context(database)
    de, top = number(ctx, sms.id, (*MT, "DE")), number(ctx, sms.id, MT[:1])
    assert [row.key for row in tree_pages.path_of(ctx, sms.id, de)] == ["", *MT, "DE"]
    assert tree_pages.count_below(ctx, sms.id, [de, top, -7]) == {de: 3, top: 11, -7: 0}
    assert [row.key for row in tree_pages.rows_by_number(ctx, sms.id, [top, 999, de])] == [
        "sms",
        "DE",
    ]
    assert set(tree_pages.rows_by_keys(ctx, sms.id, de, ["26201", "99999", "*"])) == {"26201", "*"}
    assert tree_pages.node_at(ctx, sms.id, (*MT, "DE", "nowhere")) == de
    with pytest.raises(UserError, match="not there any more"):
        tree_pages.path_of(ctx, sms.id, 999)
    with pytest.raises(UserError, match="no scope"):
        tree_pages.tree_head(ctx, 999)


def test_item_30_levels_to_expand(database: Database, sms: ScopeRecord) -> None:
    ctx = context(database)

    def keys(levels: int, **more: int) -> set[str]:
        found = tree_pages.expand_levels(ctx, sms.id, 0, levels, **more)
        return {row.key for row in tree_pages.rows_by_number(ctx, sms.id, found.numbers)}

    assert keys(1) == {""}
    assert keys(2) == {"", "sms", "voice"}
    assert keys(3) == {"", "sms", "voice", "sms_message"}
    assert keys(0) == {"", "sms", "voice", "sms_message", "mt", "DE"}
    assert tree_pages.expand_levels(ctx, sms.id, 0, 0, limit=4).left_out == 2


def test_a_million_siblings_open_like_a_few(database: Database, sms: ScopeRecord) -> None:
    """The page is read by key and siblings are counted up to a cap (here 3 000 of them)."""
    many = {(*MT[:2], "mt", "DE", f"{20000 + i}"): flat(1) for i in range(3000)}
    commit(database, sms.id, SMS | many)
    ctx = context(database)
    row = tree_pages.rows_by_number(ctx, sms.id, [number(ctx, sms.id, (*MT, "DE"))])[0]
    assert row.children == tree_pages.COUNTED + 1
    page = tree_pages.children_page(ctx, sms.id, row.node_no)
    assert (len(page.rows), page.total, page.at_end) == (200, tree_pages.NOT_COUNTED, False)
    assert tree_pages.count_children(ctx, sms.id, row.node_no) == 3003


def test_options_follow_the_catalogue_and_the_service(database: Database, sms: ScopeRecord) -> None:
    ctx = context(database)
    found = options_for(ctx, sms.id, (*PATH, ("country", "DE")))
    assert [a.key for a in found.depends_on] == [
        "network",
        "mcc",
        "mnc",
        "mccmnc",
        "sender_id_type",
    ]
    assert found.price_types == (1, 2, 3, 4, 6, 7)
    assert [r.title for r in found.billing_rules][:2] == ["Default (Delivered)", "Submitted"]
    assert found.counter_groups[-1].title == "Sender ID"
    assert not found.voice
    assert options_for(ctx, sms.id, (("domain", "voice"), ("resource", "call"))).voice
    assert options_for(ctx, sms.id, (("domain", "sms"),)).price_types == (1,)
    assert [a.key for a in options_for(ctx, sms.id, ()).depends_on] == ["domain"]


def test_keys_are_found_under_their_country(database: Database, sms: ScopeRecord) -> None:
    ctx = context(database)
    path = (*PATH, ("country", "DE"))
    assert search_keys(ctx, "network", "voda", path)[0].key == "26202"
    assert search_keys(ctx, "resource", "fee", PATH[:1])[0].key == "sms_sender_id_setup_fee"
    assert [hit.key for hit in search_keys(ctx, "prefix", "+49 151")] == ["49151"]
    pasted = match_keys(ctx, "country", ["Germany", "ES", "Others", "Nowhere"])
    assert [p.keys for p in pasted] == [("DE",), ("ES",), ("*",), ()]
    assert "Nowhere" in pasted[-1].problem
