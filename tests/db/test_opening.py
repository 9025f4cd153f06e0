"""Opening: what can't be trusted with data is refused in one sentence."""

from __future__ import annotations

import datetime as dt
import os
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.db.engine import Database, open_database
from app.db.info import database_info
from app.db.migrations import UpgradeNeeded
from app.db.places import file_system, refuse_network
from app.db.types import Amount, Json, Price, UtcDateTime
from app.errors import UserError
from tests.helpers.postgres import PostgresServer


def test_a_new_file_is_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "new.db"
    open_database(path, create=True).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_missing_file_is_not_made_unasked(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no database"):
        open_database(tmp_path / "none.db", create=False)
    assert list(tmp_path.iterdir()) == []


def test_a_file_in_a_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be created"):
        open_database(tmp_path / "none" / "new.db", create=True)


@pytest.mark.parametrize(
    "content", [b"just some text, longer than a header" * 5, b"PK\x03\x04", b"\x00" * 4096]
)
def test_a_file_of_another_kind_is_refused_and_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "prices.xlsx"
    path.write_bytes(content)
    with pytest.raises(UserError, match="not a Tariffdesk database"):
        open_database(path, create=True)
    assert path.read_bytes() == content


def test_the_database_of_another_program_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE bookmarks (id INTEGER)")
    before = path.read_bytes()
    with pytest.raises(UserError, match="another program"):
        open_database(path, create=True)
    assert path.read_bytes() == before


def test_another_programs_mark_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA application_id = 252006674")
        connection.execute("CREATE TABLE t (id INTEGER)")
    with pytest.raises(UserError, match="another program"):
        open_database(path, create=False)


def test_a_damaged_file_is_refused(sqlite_file: Path) -> None:
    with sqlite_file.open("r+b") as stream:
        stream.seek(100)
        stream.write(b"\xff" * 4000)
    with pytest.raises(UserError, match="damaged"):
        open_database(sqlite_file, create=False)


def test_a_folder_is_not_a_database(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="not a file"):
        open_database(tmp_path, create=True)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_file_is_refused(sqlite_file: Path) -> None:
    sqlite_file.chmod(0o400)
    with pytest.raises(UserError, match="cannot be opened for writing"):
        open_database(sqlite_file, create=False)


def test_a_newer_schema_is_refused_on_both(database: Database, target: str | Path) -> None:
    with database.write() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    for create in (False, True):
        with pytest.raises(UserError, match=r"newer Tariffdesk \(schema 9999"):
            open_database(target, create=create, upgrade=True)


def test_an_older_schema_is_only_upgraded_when_asked(
    database: Database, target: str | Path
) -> None:
    with database.write() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '0000'"))
    with pytest.raises(UpgradeNeeded, match="schema 0000"):
        open_database(target, create=True)


def test_an_empty_server_database_is_not_filled_unasked(postgres: PostgresServer) -> None:
    name = postgres.create_database()
    with pytest.raises(UserError, match="holds no Tariffdesk data"):
        open_database(postgres.address(name), create=False)
    postgres.drop_database(name)


def test_a_server_database_of_another_program_is_refused(postgres: PostgresServer) -> None:
    name = postgres.create_database()
    with open_database(postgres.address(name), create=True) as database:
        with database.write() as connection:
            connection.execute(sa.text("UPDATE alembic_version SET version_num = 'abc123'"))
        with pytest.raises(UserError, match="another program"):
            open_database(postgres.address(name), create=True)
    postgres.drop_database(name)


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://clerk:s3cret@127.0.0.1:1/tariffs",
        "postgresql://clerk:s3cret@no-such-host.invalid/tariffs",
        "postgresql://clerk:s3cret@host:port/tariffs",
    ],
)
def test_no_server_is_one_sentence_without_the_password(address: str) -> None:
    with pytest.raises(UserError) as caught:
        open_database(address, create=False)
    assert "s3cret" not in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_an_unknown_database_on_a_server_is_named(postgres: PostgresServer) -> None:
    with pytest.raises(UserError, match=r"no_such on .* does not exist"):
        open_database(postgres.address("no_such"), create=True)


def test_network_shares_are_refused() -> None:
    mounts = (
        "/dev/sda1 / ext4 rw 0 0\n"
        "srv:/x /mnt/share nfs4 rw 0 0\n"
        "//srv/y /mnt/share/with\\040space cifs rw 0 0\n"
        "/dev/sdb1 /mnt/share/local ext4 rw 0 0\n"
    )
    assert file_system(Path("/mnt/share/a.db"), mounts) == "nfs4"
    assert file_system(Path("/mnt/share/with space/a.db"), mounts) == "cifs"
    assert file_system(Path("/mnt/share/local/a.db"), mounts) == "ext4"
    assert file_system(Path("/mnt/shared.db"), mounts) == "ext4"
    with pytest.raises(UserError, match="network share"):
        refuse_network(Path("/mnt/share/a.db"), mounts=mounts)
    refuse_network(Path("/mnt/share/local/a.db"), mounts=mounts)
    for path in (Path(r"\\server\share\a.db"), Path("//server/share/a.db")):
        with pytest.raises(UserError, match="network share"):
            refuse_network(path)


def test_a_link_to_a_share_is_seen_through(tmp_path: Path) -> None:
    (tmp_path / "share").mkdir()
    link = tmp_path / "link.db"
    link.symlink_to(tmp_path / "share" / "a.db")
    mounts = f"/dev/sda1 / ext4 rw 0 0\nsrv:/x {tmp_path}/share nfs rw 0 0\n"
    with pytest.raises(UserError, match="network share"):
        refuse_network(link, mounts=mounts)


def test_settings_of_a_connection_are_the_safe_ones(sqlite_file: Path) -> None:
    with open_database(sqlite_file, create=False) as database, database.read() as connection:
        found = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("foreign_keys", "synchronous", "journal_mode")
        ]
    wal = sqlite3.sqlite_version_info >= (3, 51, 3)
    assert found == [1, 2, "wal" if wal else "delete"]


def test_opening_does_not_load_alembic(sqlite_file: Path) -> None:
    code = (
        "import sys; from app.db.engine import open_database;"
        f"open_database({str(sqlite_file)!r}, create=False).close();"
        "sys.exit(any(m.split('.')[0] in {'alembic', 'psycopg'} for m in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_info_tells_what_is_there(database: Database) -> None:
    info = database_info(database)
    assert (info.kind, info.schema) == (database.kind, info.newest_schema)
    assert info.counts["company"] == 1
    assert info.counts["rate_node"] == 0
    assert info.size > 100_000
    assert info.engine.lower().startswith(database.kind)
    assert "tester" not in info.place


# ------------------------------------------------------------------------------ values


def test_money_and_times_come_back_exactly(database: Database) -> None:
    table = sa.Table(
        "exact",
        sa.MetaData(),
        sa.Column("price", Price),
        sa.Column("amount", Amount),
        sa.Column("at", UtcDateTime),
        sa.Column("data", Json),
    )
    at = dt.datetime(2026, 3, 1, 1, 2, 3, 4, tzinfo=dt.timezone(dt.timedelta(hours=5, minutes=30)))
    rows = [
        (Decimal("9999999999.99999999"), Decimal("99999999999999.9999"), at, {"b": [1, "é"]}),
        (Decimal("0.00000001"), Decimal("-0.0001"), at, None),
        (Decimal("1E+2"), Decimal("1.10"), at, "x"),
        (None, None, None, None),
    ]
    with database.write() as connection:
        table.create(connection)
        names = [column.name for column in table.columns]
        connection.execute(sa.insert(table), [dict(zip(names, row, strict=True)) for row in rows])
    with database.read() as connection:
        found = [tuple(row) for row in connection.execute(sa.select(table))]
    assert found == rows
    assert found[0][2].utcoffset() == dt.timedelta(0)
    for wrong in (Decimal("1.000000001"), Decimal("1E10"), Decimal("NaN"), 1.5):
        with pytest.raises(sa.exc.StatementError), database.write() as connection:
            connection.execute(sa.insert(table).values(price=wrong))
    with pytest.raises(sa.exc.StatementError), database.write() as connection:
        connection.execute(sa.insert(table).values(at=dt.datetime(2026, 1, 1)))  # noqa: DTZ001
