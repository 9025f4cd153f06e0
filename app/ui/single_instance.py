"""One window per person: a second start hands its arguments to the first one and ends."""

from __future__ import annotations

import json
import os
import time
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QLockFile, QObject, Signal

if TYPE_CHECKING:
    from PySide6.QtNetwork import QLocalServer, QLocalSocket

ANSWER = b"taken\n"
WAIT_SECONDS = 8.0
"""How long a second start waits for a first one that is still loading."""

_LONGEST = 1_000_000
"""Bytes of a message; more is not ours."""


class SingleInstance(QObject):
    """The lock of a configuration folder, and the ear of the window that holds it."""

    received = Signal(dict)
    """What a second start was given: {"database": text, "files": [paths]}."""

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folder = folder
        self._lock: QLockFile | None = None
        self._server: QLocalServer | None = None
        self._callers: list[QLocalSocket] = []

    def acquire(self) -> bool:
        """Take the lock; a lock left by a process that died is taken over.

        A folder that can't be written can't be locked either: then nobody is first.
        """
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            return True
        lock = QLockFile(str(self._folder / "window.lock"))
        lock.setStaleLockTime(0)  # by the process, never by its age
        if not lock.tryLock(0):
            return lock.error() == QLockFile.LockError.PermissionError
        self._lock = lock
        return True

    def listen(self) -> None:
        """Hear later starts; called after the first paint, they wait for it."""
        from PySide6.QtNetwork import QLocalServer

        name = _name(self._folder)
        QLocalServer.removeServer(name)
        server = QLocalServer(self)
        server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        server.newConnection.connect(self._accept)
        if server.listen(name):
            self._server = server

    def release(self) -> None:
        """Let the next start be the first."""
        for socket in self._callers:
            socket.disconnected.disconnect(self._forget)
        self._callers.clear()
        if self._server is not None:
            self._server.close()
            self._server.deleteLater()
            self._server = None
        if self._lock is not None:
            self._lock.unlock()
            self._lock = None

    def _accept(self) -> None:
        assert self._server is not None
        while (socket := self._server.nextPendingConnection()) is not None:
            self._callers.append(socket)
            socket.readyRead.connect(self._read)
            socket.disconnected.connect(self._forget)
        self._read()

    def _read(self) -> None:
        """Take what callers have sent so far; each sends one line."""
        for socket in list(self._callers):
            if socket.bytesAvailable() > _LONGEST:
                socket.abort()
            elif socket.canReadLine():
                line = bytes(socket.readLine().data())
                socket.write(ANSWER)
                socket.flush()
                self._take(line)

    def _take(self, line: bytes) -> None:
        try:
            message = json.loads(line)
        except ValueError:
            return
        if isinstance(message, dict):
            self.received.emit(message)

    def _forget(self) -> None:
        """Let go of callers that hung up."""
        gone = [s for s in self._callers if s.state() is s.LocalSocketState.UnconnectedState]
        self._callers = [s for s in self._callers if s not in gone]
        for socket in gone:
            socket.deleteLater()


def send(folder: Path, message: dict[str, object]) -> bool:
    """Hand ``message`` to the window that holds the lock; return whether it took it."""
    from PySide6.QtNetwork import QLocalSocket

    until = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < until:
        socket = QLocalSocket()
        socket.connectToServer(_name(folder))
        if socket.waitForConnected(500):
            socket.write(json.dumps(message).encode() + b"\n")
            socket.flush()
            answered = socket.waitForReadyRead(int(WAIT_SECONDS * 1000))
            return answered and bytes(socket.readAll().data()) == ANSWER
        time.sleep(0.1)
    return False


def _name(folder: Path) -> str:
    who = f"{folder.resolve()}|{getattr(os, 'getuid', os.getpid)() if os.name == 'posix' else ''}"
    return f"tariffdesk-{zlib.crc32(who.encode()):08x}"
