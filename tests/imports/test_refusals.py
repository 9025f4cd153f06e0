"""What can't be done is said in one sentence, and the database stays as it was to the last row."""

from __future__ import annotations

import os
import re
import resource
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from tests.helpers.command_line import Desk, Ran
from tests.helpers.postgres import PostgresServer
from tests.imports.conftest import needs_user
from tests.imports.places import ROOT, dump
from tests.imports.processes import command, job_folders

Write = Callable[..., Path]

NODE = ("--node", "SMS messaging/SMS message")


def _refused(ran: Ran) -> str:
    """Check that a run ended with 1 and one sentence that is no fault of the program."""
    assert ran.code == 1, ran
    assert ran.err.count("\n") == 1, ran
    assert "Traceback" not in ran.err
    assert "fault of Tariffdesk" not in ran.err
    assert re.search(r"\w{3}", ran.err)
    return ran.err


@pytest.fixture(scope="module")
def loaded(
    file_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Desk, Path]]:
    """A desk with rates, and a list that imports into it; nothing here may change them."""
    folder = tmp_path_factory.mktemp("refusals")
    path = folder / "desk.db"
    path.write_bytes(file_template.read_bytes())
    listed = folder / "plain.csv"
    listed.write_text("Country,MCCMNC,Price\nDE,26201,0.05\nFR,20801,0.04\n", encoding="utf-8")
    desk = Desk(path)
    desk.ok("import", listed, "--service", "S")
    before = dump(path)
    yield desk, listed
    assert dump(path) == before


BEFORE_READING = {
    "no such service": (("--service", "X"), 'no service "X"'),
    "no such scope": (("--service", "S", "--scope", "9"), "no scope 9"),
    "no service named": ((), "--service"),
    "no such option": (("--service", "S", "--bogus"), "--bogus"),
    "no number": (("--service", "S", "--start-row", "two"), "--start-row"),
    "no such mode": (("--service", "S", "--mode", "add"), "replace-listed"),
    "no such kind": (("--service", "S", "--kind", "sms"), "whatsapp_basic"),
    "no such duplicates": (("--service", "S", "--duplicates", "any"), "first, last, error"),
    "no such decimal": (("--service", "S", "--decimal", ";"), "--decimal"),
    "no such unit": (("--service", "S", "--unit", "0.1"), "0.001"),
    "no such date order": (("--service", "S", "--date-order", "ymd"), "dmy, mdy"),
    "no such billing rule": (("--service", "S", "--billing-rule", "sent"), "delivered"),
    "no such quantity rule": (("--service", "S", "--quantity-rule", "words"), "segments"),
    "no password file": (("--service", "S", "--password-file", "/none"), "/none"),
    "no folder for the report": (("--service", "S", "--report", "/none/r.json"), "/none"),
    "no folder for the rejects": (("--service", "S", "--rejects", "/none/r.csv"), "/none"),
    "no folder for decisions": (("--service", "S", "--decisions", "/none/d.csv"), "/none"),
    "report is a folder": (("--service", "S", "--report", "."), "folder"),
    "vendor without a name": (("--service", "S", "--vendor", " "), "--vendor"),
    "vendor of two lines": (("--service", "S", "--vendor", "a\nb"), "--vendor"),
    "vendor too long": (("--service", "S", "--vendor", "v" * 201), "201 characters"),
    "profile too long": (("--service", "S", "--save-profile", "p" * 201), "--save-profile"),
    "stale revision": (("--service", "S", "--expect-rev", "7"), "revision 1"),
}
AFTER_READING = {
    "no such column": (("--column", "Z=price"), 'no column "Z"'),
    "no such role": (("--column", "C=cost"), 'no role "cost"'),
    "no such attribute": (("--column", "A=attribute:planet"), '"planet" is not an attribute'),
    "no such matching": (("--column", "A=attribute:country:close"), '"full" or "best"'),
    "half a wide column": (("--column", "C=price@direction"), "price@ATTRIBUTE:KEY"),
    "no price": (("--column", "A=attribute:country"), "price"),
    "no such node": (("--node", "SMS messaging/Pigeon"), "Pigeon"),
    "no such domain": (("--node", "Pigeons"), "Pigeons"),
    "only a domain": (("--node", "SMS messaging"), "resource"),
    "no such level": (("--level", "planet"), "planet"),
    "no such attribute to set": (("--set", "planet=mars"), "planet"),
    "no such key to set": (("--set", "direction=sideways"), "sideways"),
    "no such filter column": (("--where", "Planet=Mars"), "Planet"),
    "a filter that nothing passes": (("--where", "Country=Mars"), "no rate at all"),
    "no such sheet": (("--sheet", "7"), 'no sheet "7"'),
    "rows beyond the sheet": (("--start-row", "99"), "--column"),
    "no such profile": (("--profile", "Nord"), 'no profile "Nord"'),
    "no such currency": (("--currency", "ZZZ"), "ZZZ"),
    "no date": (("--effective", "tomorrow"), "tomorrow"),
    "no such encoding": (("--encoding", "martian"), "martian"),
    "no such delimiter": (("--delimiter", "abc"), "abc"),
    "a card of another channel": (("--kind", "whatsapp_basic"), "WhatsApp"),
}


@pytest.mark.parametrize("case", BEFORE_READING)
def test_bad_arguments(loaded: tuple[Desk, Path], case: str) -> None:
    desk, listed = loaded
    arguments, named = BEFORE_READING[case]
    assert named in _refused(desk("import", listed, *arguments))


@pytest.mark.parametrize("case", AFTER_READING)
def test_bad_arguments_about_the_file(loaded: tuple[Desk, Path], case: str) -> None:
    desk, listed = loaded
    arguments, named = AFTER_READING[case]
    ran = desk("import", listed, "--service", "S", "--mode", "replace", *arguments)
    assert named in _refused(ran)


def test_bad_files(loaded: tuple[Desk, Path], tmp_path: Path) -> None:
    desk, listed = loaded
    contents = {
        "empty.csv": b"",
        "blank.csv": b"\n\n\n",
        "noise.xlsx": bytes(range(256)) * 20,
        "cut.xlsx": b"PK\x03\x04" + b"\0" * 60,
        "story.txt": b"Once upon a time there was no price.\n" * 5,
    }
    for name, content in contents.items():
        path = tmp_path / name
        path.write_bytes(content)
        for words in (("import", path, "--service", "S", "--mode", "replace"),):
            assert name in _refused(desk(*words))
    for place in (tmp_path, tmp_path / "none.csv", Path("/dev/null"), Path(desk.target)):
        for words in (("inspect",), ("import", "--service", "S")):
            assert place.name in _refused(desk(*words, place))
    assert listed.exists()
    assert job_folders() == []


OTHER_COMMANDS = {
    "service without a name": ("service", "add", "--name", " ", "--currency", "EUR"),
    "service twice": ("service", "add", "--name", "S", "--currency", "EUR"),
    "service of no type": ("service", "add", "--name", "T", "--type", "free"),
    "service without a currency": ("service", "add", "--name", "T"),
    "service of no currency": ("service", "add", "--name", "T", "--currency", "Euro"),
    "pack without a size": ("service", "add", "--name", "T", "--type", "unit_pack"),
    "pack of half a unit": (
        "service",
        "add",
        "--name",
        "T",
        "--type",
        "unit_pack",
        "--size",
        "0.5",
    ),
    "pack of no number": ("service", "add", "--name", "T", "--type", "unit_pack", "--size", "NaN"),
    "pack too large": ("service", "add", "--name", "T", "--type", "unit_pack", "--size", "1e40"),
    "name of two lines": ("service", "add", "--name", "a\nb", "--currency", "EUR"),
    "name too long": ("service", "add", "--name", "T" * 201, "--currency", "EUR"),
    "no time zone": ("service", "add", "--name", "T", "--currency", "EUR", "--zone", "Mars"),
    "scope of no service": ("scope", "add", "--service", "X", "--from", "2026-01-01"),
    "scope from no date": ("scope", "add", "--service", "S", "--from", "2026-02-30"),
    "scope till no date": ("scope", "add", "--service", "S", "--from", "2026-02-01", "--till", "x"),
    "scope that ends before": (
        *("scope", "add", "--service", "S", "--from", "2026-02-01", "--till", "2026-01-01"),
    ),
    "copy of no scope": (
        *("scope", "add", "--service", "S", "--from", "2026-02-01", "--copy-from", "77"),
    ),
    "scope before all time": ("scope", "add", "--service", "S", "--from", "0001-01-01"),
    "copy of a number too large": (
        *("scope", "add", "--service", "S", "--from", "2026-02-01", "--copy-from", "9" * 25),
    ),
    "undo of nothing": ("undo-import", "99"),
    "undo of a number too large": ("undo-import", "9" * 25),
    "compare numbers too large": ("compare", "9" * 25, "1"),
    "undo of no number": ("undo-import", "first"),
    "compare with nothing": ("compare", "1", "99"),
    "tree of nothing": ("tree", "--service", "X"),
    "tree of no scope": ("tree", "--service", "S", "--scope", "99"),
    "export to no folder": ("export", "--service", "S", "/none/x.xlsx"),
    "export to CSV in no folder": ("export", "--service", "S", "/none/x.csv"),
    "export to a picture": ("export", "--service", "S", "x.png"),
    "no dictionary": ("match", "planets", "Mars"),
    "no country": ("match", "network", "Vodafone", "--country", "Mars"),
    "backup to no folder": ("db", "backup", "/none/x.db"),
    "restore of nothing": ("db", "restore", "/none/x.db"),
    "no manifest": ("import-batch", "/none/x.csv"),
    "no such command": ("fly",),
}


@pytest.mark.parametrize("case", OTHER_COMMANDS)
def test_other_commands(loaded: tuple[Desk, Path], case: str) -> None:
    _refused(loaded[0](*OTHER_COMMANDS[case]))


def test_decisions_stop_without_a_trace(desk: Desk, write: Write) -> None:
    """Structure, currency and a missing mode are decisions: exit 2, told, nothing written."""
    by_network = write("n.csv", "Country,MCCMNC,Price", "DE,26201,0.05", "FR,20801,0.04")
    by_type = write("t.csv", "Type,Price", "Alphanumeric,0.05", "Numeric,0.06")
    in_euro = write("e.csv", "Country,MCCMNC,Price EUR", "DE,26201,0.05", "FR,20801,0.04")
    desk.ok("import", by_network, "--service", "S")
    before = dump(desk.target)
    for words, named in (
        ((by_network,), "--mode merge"),
        ((in_euro, "--mode", "merge"), "EUR"),
        (
            (by_type, "--mode", "merge", *NODE, "--column", "A=attribute:sender_id_type",
             "--column", "B=price", "--accept-suggestions"),
            "--mode replace",
        ),
    ):  # fmt: skip
        ran = desk("import", *words, "--service", "S")
        assert ran.code == 2, ran
        assert "decide: " in ran.err
        assert named in ran.err
        assert "Nothing was written" in ran.out
        assert dump(desk.target) == before


def test_several_scopes_and_none_current(desk: Desk, plain_list: Path) -> None:
    desk.ok("service", "add", "--name", "Later", "--currency", "USD")
    for day in ("2098-01-01", "2099-01-01"):
        desk.ok("scope", "add", "--service", "Later", "--from", day)
    before = dump(desk.target)
    said = _refused(desk("import", plain_list, "--service", "Later"))
    assert "--scope" in said
    desk.ok("service", "add", "--name", "None", "--currency", "USD")
    assert "scope add" in _refused(desk("import", plain_list, "--service", "None"))
    assert dump(desk.target)["scope"] == before["scope"]


# ------------------------------------------------------------------------------ databases


def test_databases_that_cannot_be_used(tmp_path: Path, plain_list: Path) -> None:
    foreign, text = tmp_path / "foreign.db", tmp_path / "text.db"
    with closing(sqlite3.connect(foreign)) as connection:
        connection.execute("CREATE TABLE songs (name TEXT)")
    text.write_text("Dear diary\n" * 50, encoding="utf-8")
    for place in (
        tmp_path / "none.db", tmp_path, foreign, text, "postgresql://x@localhost:1/none",
        "postgresql://[::x",
    ):  # fmt: skip
        for words in (("service", "list"), ("import", plain_list, "--service", "S")):
            _refused(Desk(place)(*words))
    assert not (tmp_path / "none.db").exists()
    assert text.read_text(encoding="utf-8").startswith("Dear diary")
    _refused(Desk(tmp_path / "none" / "x.db")("service", "list"))


def test_a_newer_schema_is_left_alone(desk: Desk, server_desk: Desk, plain_list: Path) -> None:
    with closing(sqlite3.connect(desk.target)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '0999'")
    with psycopg.connect(server_desk.target) as connection_:
        connection_.execute("UPDATE alembic_version SET version_num = '0999'")
    for newer in (desk, server_desk):
        before = dump(newer.target)
        for words in (("import", plain_list, "--service", "S"), ("db", "init")):
            assert "newer Tariffdesk" in _refused(newer(*words))
        assert dump(newer.target) == before


def test_a_damaged_database_is_told(desk: Desk, plain_list: Path) -> None:
    desk.ok("import", plain_list, "--service", "S")
    path = Path(desk.target)
    content = bytearray(path.read_bytes())
    for page in range(4096, len(content), 4096):
        content[page : page + 400] = b"\xff" * 400
    path.write_bytes(bytes(content))
    assert "damaged" in _refused(desk("import", plain_list, "--service", "S", "--mode", "merge"))


@needs_user
def test_a_file_that_may_only_be_read(desk: Desk, plain_list: Path) -> None:
    before = dump(desk.target)
    Path(desk.target).chmod(0o444)
    assert "permissions" in _refused(desk("import", plain_list, "--service", "S"))
    assert dump(desk.target) == before


def test_a_login_that_may_only_read(
    server_desk: Desk, postgres: PostgresServer, plain_list: Path
) -> None:
    with psycopg.connect(server_desk.target, autocommit=True) as connection:
        connection.execute("CREATE ROLE reader LOGIN")
        connection.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader")
    before = dump(server_desk.target)
    reader = Desk(server_desk.target.replace("tester@", "reader@"))
    assert reader.rates() == {}
    said = _refused(reader("import", plain_list, "--service", "S"))
    assert "administrator" in said
    assert dump(server_desk.target) == before
    with psycopg.connect(server_desk.target, autocommit=True) as connection:
        connection.execute("DROP OWNED BY reader")
        connection.execute("DROP ROLE reader")


@pytest.mark.soak
def test_a_file_that_another_program_writes(desk: Desk, plain_list: Path) -> None:
    """Ten seconds of patience, then one sentence."""
    before = dump(desk.target)
    with closing(sqlite3.connect(desk.target, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        said = _refused(desk("import", plain_list, "--service", "S"))
        other.execute("ROLLBACK")
    assert "in use" in said
    assert dump(desk.target) == before


def test_a_full_disk_leaves_the_old_tree(desk: Desk, write: Write) -> None:
    rows = [f"Area {n // 10},49{n:05d},0.0{n % 7}" for n in range(3000)]
    deck = write("deck.csv", "Destination,Prefix,Price", *rows)
    before = dump(desk.target)
    room = Path(desk.target).stat().st_size + 100_000
    ran = subprocess.run(
        command(
            desk.target, "import", deck, "--service", "S", "--node", "Voice calls/Call",
            "--column", "A=attribute:destination", "--column", "B=attribute:prefix",
            "--column", "C=price",
        ),
        capture_output=True, text=True, check=False, cwd=ROOT, timeout=120,
        env={**os.environ, "TMPDIR": tempfile.gettempdir()},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (room, room)),
    )  # fmt: skip
    said = _refused(Ran(ran.returncode, ran.stdout, ran.stderr))
    assert "disk" in said
    assert sys.platform == "win32" or dump(desk.target) == before
