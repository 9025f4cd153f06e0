"""The command line, a thin command per service: 0 done, 1 refused, 2 decide first, 3 rejects."""

from __future__ import annotations

import io
import logging
import os
import sys
from functools import cache
from typing import Annotated

import click
import typer

from app.cli import (
    access,
    agreements,
    audit,
    databases,
    dictionaries,
    due,
    enabled,
    files,
    imports,
    load,
    registers,
    services,
    setup,
    trees,
)
from app.cli.session import Session
from app.errors import Cancelled, UserError

INTERRUPTED = 130
"""Exit code after Ctrl+C, as shells have it (128 + SIGINT)."""

program = typer.Typer(
    name="tariffdesk",
    help="Tariff and billing back office for messaging and voice operators.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@program.callback()
def _session(
    context: typer.Context,
    db: Annotated[
        str,
        typer.Option(
            "--db",
            metavar="FILE_OR_URL",
            help="The database: a file, or postgresql://user@host/name. "
            "Else TARIFFDESK_DB, else a file in your data folder.",
        ),
    ] = "",
    user: Annotated[
        str,
        typer.Option("--user", metavar="NAME", help="Login or mail address, where one is asked."),
    ] = "",
    password_file: Annotated[
        str,
        typer.Option(
            "--password-file",
            metavar="FILE",
            envvar="TARIFFDESK_PASSWORD_FILE",
            help="File with the password; a terminal is asked without it.",
        ),
    ] = "",
    code: Annotated[
        str, typer.Option("--code", help="Code of the authenticator app, or of the mail.")
    ] = "",
) -> None:
    context.obj = Session(db, user, password_file, code)


for _module in (
    access,
    databases,
    services,
    agreements,
    enabled,
    files,
    imports,
    trees,
    dictionaries,
    due,
    audit,
    registers,
    load,
    setup,
):
    _module.register(program)


@cache
def _commands() -> click.Command:
    """Return what the command line consists of; reading all its annotations takes a while."""
    return typer.main.get_command(program)


def run(arguments: list[str]) -> int:
    """Run one command and return its exit code; what a person did wrong ends in one sentence."""
    logging.captureWarnings(capture=True)
    _print_anything()
    try:
        # Some releases of typer raise Exit and Abort here, others return a code.
        command = _commands()
        code = command.main(args=arguments or ["--help"], standalone_mode=False)
    except typer.Exit as finished:
        code = finished.exit_code
    except (typer.Abort, KeyboardInterrupt):
        code = INTERRUPTED
    except Cancelled as problem:
        return _refused(str(problem), INTERRUPTED)
    except UserError as problem:
        return _refused(str(problem), 1)
    except BrokenPipeError:
        return _unread()
    except Exception as problem:  # noqa: BLE001 - the outermost frame: no traceback for a person
        shown = getattr(problem, "format_message", None)
        if shown is not None:  # a usage error of the command line itself
            return _refused(f"{shown()} (see tariffdesk --help)", 1)
        return _refused(_bug(problem), 1)
    if code == INTERRUPTED:
        return _refused("Cancelled: nothing was changed.", INTERRUPTED)
    return code if isinstance(code, int) else 0


def _print_anything() -> None:
    """Names come in many scripts: a narrow terminal or pipe gets escapes instead of an error."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _unread() -> int:
    """Nobody reads the output any more (``| head``): drop the rest without a word."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 1


def _refused(sentence: str, code: int) -> int:
    sys.stderr.write(f"{sentence}\n")
    return code


def _bug(problem: Exception) -> str:
    """Write the traceback to a log file and return the sentence that names it."""
    import tempfile
    import traceback

    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", prefix="tariffdesk-error-", suffix=".log", delete=False
    ) as log:
        log.write("".join(traceback.format_exception(problem)))
    return (
        f"This is a fault of Tariffdesk ({type(problem).__name__}); what was not told as done was "
        f"not done. Please report it with the file {log.name}."
    )
