"""Where a SQLite file may live: not on a network share, where its locks do not hold."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from app.errors import UserError

NETWORK_TYPES = frozenset(
    {
        "nfs",
        "nfs3",
        "nfs4",
        "cifs",
        "smb",
        "smb2",
        "smb3",
        "smbfs",
        "ncpfs",
        "afs",
        "afpfs",
        "coda",
        "ceph",
        "gfs",
        "gfs2",
        "ocfs2",
        "lustre",
        "glusterfs",
        "beegfs",
        "webdav",
        "davfs",
        "davfs2",
        "fuse.sshfs",
        "fuse.davfs",
        "fuse.davfs2",
        "fuse.glusterfs",
        "fuse.ceph",
        "fuse.rclone",
        "fuse.s3fs",
        "fuse.smbnetfs",
        "fuse.curlftpfs",
        "fuse.gvfsd-fuse",
    }
)

_SENTENCE = (
    "{path} is on a network share ({kind}), where a database file gets damaged: keep it on a local "
    "disk, or use a PostgreSQL server to share it."
)


def refuse_network(path: Path, *, mounts: str | None = None) -> None:
    """Raise UserError if ``path`` is on a share; ``mounts`` is the text of /proc/mounts."""
    text = os.fspath(path)
    if text.startswith(("\\\\", "//")):
        raise UserError(_SENTENCE.format(path=text, kind="UNC path"))
    place = path.resolve()
    if mounts is None and not Path("/proc/mounts").exists():
        kind, remote = _partition(place)
    else:
        kind = file_system(place, mounts or Path("/proc/mounts").read_text(encoding="utf-8"))
        remote = False
    if remote or kind.lower() in NETWORK_TYPES:
        raise UserError(_SENTENCE.format(path=text, kind=kind))


def file_system(place: Path, mounts: str) -> str:
    """Return the type of the file system that holds the absolute path ``place``, "" if unknown.

    ``mounts`` has the format of /proc/mounts (fstab(5)): device, folder, type …; octal escapes.
    """
    best, kind = -1, ""
    for line in mounts.splitlines():
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        folder = Path(_unescape(fields[1]))
        # Of several mounts over one another on a folder, the last one counts.
        if place.is_relative_to(folder) and len(folder.parts) >= best:
            best, kind = len(folder.parts), fields[2]
    return kind


def _unescape(field: str) -> str:
    for code, char in (("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")):
        field = field.replace(code, char)
    return field


def _partition(place: Path) -> tuple[str, bool]:
    """Return type and remoteness of the volume of ``place`` on macOS and Windows."""
    import psutil

    found = [
        p for p in psutil.disk_partitions(all=True) if place.is_relative_to(Path(p.mountpoint))
    ]
    if not found:
        return "", False
    deepest = max(found, key=lambda p: len(Path(p.mountpoint).parts))
    remote = sys.platform == "win32" and "remote" in deepest.opts.split(",")
    return deepest.fstype or "remote", remote
