"""Opens files that are protected with a password."""

from __future__ import annotations

import io
from dataclasses import replace

from importers.formats.source import Source, reader_errors
from importers.records import FileProblem, PasswordNeeded

DEFAULT_PASSWORD = "VelvetSweatshop"  # noqa: S105 - [MS-OFFCRYPTO] 2.3.6.2 has it in print
"""What Excel itself tries first: workbooks protected against changes only are encrypted with it."""


def decrypted(source: Source, password: str) -> Source:
    """Return ``source`` with its bytes decrypted in memory.

    Raises PasswordNeeded without a password or with a wrong one, FileProblem for an encryption
    that is not known.
    """
    if not password:
        return _unlocked_by_default(source)
    data = _decrypt(source, password)
    if data is None:
        raise PasswordNeeded(
            f"The password for {source.name} is wrong: give the right one with --password-file"
        )
    return replace(source, data=data)


def _unlocked_by_default(source: Source) -> Source:
    try:
        data = _decrypt(source, DEFAULT_PASSWORD)
    except FileProblem:
        data = None
    if data is None:
        raise PasswordNeeded(
            f"{source.name} is protected with a password: give it with --password-file"
        )
    return replace(source, data=data)


def _decrypt(source: Source, password: str) -> bytes | None:
    """Return the decrypted bytes, or None if the password is wrong."""
    import msoffcrypto
    from msoffcrypto.exceptions import InvalidKeyError

    target = io.BytesIO()
    with source.open() as file, reader_errors(source.name, "an encrypted workbook"):
        office = msoffcrypto.OfficeFile(file)
        try:
            office.load_key(password=password)
            office.decrypt(target)
        except InvalidKeyError:
            return None
    return target.getvalue()
