"""Commands about rates from files: import, import-batch, undo-import, and lists of them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from app.cli.files import reading_options
from app.cli.session import LARGEST_ID, Session, print_json, say, table, warn, write_json
from app.domain.counting import counted

SHOWN_ISSUES = 20


def register(program: typer.Typer) -> None:
    """Add the commands of this module."""
    program.command("import")(import_file)
    program.command("import-batch")(import_batch)
    program.command("undo-import")(undo_import)
    program.command("import-list")(import_list)
    program.command("profile-list")(profile_list)


def import_file(
    context: typer.Context,
    file: Path,
    service: Annotated[str, typer.Option("--service", help="Name or ID of the service.")],
    scope: Annotated[
        int, typer.Option("--scope", help="Scope ID; else the current or only one.")
    ] = 0,
    node: Annotated[
        str, typer.Option("--node", help='E.g. "SMS messaging/SMS message/A2P (MT)".')
    ] = "",
    billing_rule: Annotated[
        str, typer.Option("--billing-rule", help="submitted or delivered.")
    ] = "",
    quantity_rule: Annotated[
        str, typer.Option("--quantity-rule", help="messages or segments.")
    ] = "",
    kind: Annotated[
        str, typer.Option("--kind", help="standard, whatsapp_basic or whatsapp_tier.")
    ] = "",
    profile: Annotated[str, typer.Option("--profile", help="A saved profile.")] = "",
    save_profile: Annotated[str, typer.Option("--save-profile", help="Save the settings.")] = "",
    sheet: Annotated[str, typer.Option("--sheet", help="Name or number.")] = "",
    start_row: Annotated[int, typer.Option("--start-row", min=0, help="First data row.")] = 0,
    end_row: Annotated[int, typer.Option("--end-row", min=0, help="Last data row.")] = 0,
    column: Annotated[
        list[str] | None,
        typer.Option(
            "--column",
            help="COL=ROLE[:ATTRIBUTE[:full|best][:PART]], or COL=price@ATTR:KEY for wide sheets.",
        ),
    ] = None,
    where: Annotated[
        list[str] | None, typer.Option("--where", help="COL=VALUE: only such rows.")
    ] = None,
    duplicates: Annotated[str, typer.Option("--duplicates", help="first, last or error.")] = "",
    mode: Annotated[str, typer.Option("--mode", help="merge, replace or replace-listed.")] = "",
    accept_suggestions: Annotated[bool, typer.Option("--accept-suggestions")] = False,
    skip_errors: Annotated[bool, typer.Option("--skip-errors")] = False,
    skip_hidden: Annotated[
        bool, typer.Option("--skip-hidden", help="Leave hidden rows out.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Write nothing.")] = False,
    report: Annotated[Path | None, typer.Option("--report", help="JSON report file.")] = None,
    rejects: Annotated[Path | None, typer.Option("--rejects", help="CSV of rows left out.")] = None,
    vendor: Annotated[
        str, typer.Option("--vendor", help="Whose list; its choices are remembered.")
    ] = "",
    encoding: Annotated[str, typer.Option("--encoding")] = "",
    delimiter: Annotated[str, typer.Option("--delimiter")] = "",
    decimal: Annotated[str, typer.Option("--decimal", help="A point or a comma.")] = "",
    currency: Annotated[str, typer.Option("--currency", help="Currency of the prices.")] = "",
    unit: Annotated[str, typer.Option("--unit", help="1, 0.01 (cents) or 0.001.")] = "",
    password_file: Annotated[Path | None, typer.Option("--password-file")] = None,
    no_quotes: Annotated[
        bool, typer.Option("--no-quotes", help="Quotation marks are ordinary characters.")
    ] = False,
    level: Annotated[str, typer.Option("--level", help="Tree levels in order: A,B,…")] = "",
    constant: Annotated[
        list[str] | None, typer.Option("--set", help="ATTR=KEY: a level without a column.")
    ] = None,
    effective: Annotated[str, typer.Option("--effective", help="Date of the rates to take.")] = "",
    date_order: Annotated[
        str, typer.Option("--date-order", help="dmy or mdy, where 01/02/2026 could be both.")
    ] = "",
    others: Annotated[
        str,
        typer.Option(
            "--others", help="WhatsApp cards: free = Others costs nothing where it has no price."
        ),
    ] = "",
    expect_rev: Annotated[int, typer.Option("--expect-rev", help="Refuse another revision.")] = -1,
    decisions: Annotated[
        Path | None, typer.Option("--decisions", help="CSV of open values.")
    ] = None,
) -> None:
    """Import a price list into a service's rate tree, all or nothing."""
    from app.services.tariffs.import_checks import refuse_unwritable
    from app.services.tariffs.import_file import ImportRequest
    from app.services.tariffs.import_file import import_file as run_import
    from app.services.tariffs.targets import Rules
    from importers.choices import Choices

    choices = Choices(
        sheet=sheet,
        kind=kind,
        start_row=start_row or None,
        end_row=end_row or None,
        columns=tuple(column or ()),
        where=tuple(where or ()),
        levels=tuple(part.strip() for part in level.split(",") if part.strip()),
        constants=tuple(constant or ()),
        duplicates=duplicates,
        decimal=decimal,
        currency=currency.upper(),
        unit=unit,
        effective=effective,
        date_order=date_order,
        others=others,
        skip_hidden=skip_hidden,
        accept_suggestions=accept_suggestions,
    )
    request = ImportRequest(
        file=file,
        service=service,
        scope=scope or None,
        node=node,
        mode=mode,
        choices=choices,
        rules=Rules(billing_rule.lower(), quantity_rule.lower()),
        options=reading_options(encoding, delimiter, password_file, quotes=not no_quotes),
        vendor=vendor,
        profile=profile,
        save_profile=save_profile,
        expect_rev=expect_rev if expect_rev >= 0 else None,
        skip_errors=skip_errors,
        dry_run=dry_run,
        decisions=decisions,
        rejects=rejects,
    )
    if report is not None:
        refuse_unwritable(report)
    session: Session = context.obj
    with session.open_patient() as ctx:
        outcome = run_import(ctx, request)
    if report is not None:
        write_json(report, outcome.report)
    _tell(outcome.report, outcome.written, outcome.import_id)
    for decision in outcome.decisions:
        warn(_question(decision))
    if any(decision["kind"] == "value" for decision in outcome.decisions):
        warn(_advice(decisions))
    raise typer.Exit(outcome.exit_code)


def _tell(report: dict[str, Any], written: bool, import_id: int | None) -> None:
    """Print what happened in the words of the trade; every count adds up."""
    rows, changes, tree = report["rows"], report["changes"], report["tree"]
    say(f"{report['file']}, sheet {report['sheet']}: {report['node'] or 'whole tree'}")
    say(
        f"  rows: {rows['read']} read = {rows['imported']} imported + {rows['merged']} merged + "
        f"{rows['skipped']} skipped + {rows['not_data']} not data + {rows['errors']} errors"
    )
    levels = " > ".join(f"{lv['attribute']} {lv['nodes']}" for lv in tree["levels"])
    say(f"  tree: {counted(tree['leaves'], 'rate')}" + (f" ({levels})" if levels else ""))
    told = [f"{count} {word}" for word, count in changes.items()]
    if tree["staying"]:
        told.append(f"{tree['staying']} not in the file stay")
    say("  changes: " + ", ".join(told))
    if report["profile"]:
        say(f"  profile: {report['profile']}")
    ranked = sorted(report["issues"], key=lambda issue: issue["severity"] == "info")
    for issue in ranked[:SHOWN_ISSUES]:
        warn(f"  {issue['severity']}: {_place(issue)}{issue['reason']}")
    hidden = len(ranked) - SHOWN_ISSUES + report["issues_left_out"]
    if hidden > 0:
        warn(f"  … and {hidden} more; see --report")
    if written:
        say(f"Import {import_id} written: scope {report['scope']}, revision {report['revision']}")
    else:
        say("Nothing was written")


def _place(issue: dict[str, Any]) -> str:
    if issue["row"] is None:
        return ""
    return f"{issue['column'] or 'row '}{issue['row']}: "


def _question(decision: dict[str, Any]) -> str:
    if decision["kind"] != "value":
        return f"decide: {decision['question']}"
    proposal = f", proposed {decision['proposal']}" if decision["proposal"] else ""
    context = f" in {decision['context']}" if decision["context"] else ""
    return (
        f'decide: {decision["dictionary"]} "{decision["value"]}"{context} '
        f"({counted(decision['rows'], 'row')}{proposal})"
    )


def _advice(decisions: Path | None) -> str:
    """Return what to do about open values (F6)."""
    if decisions is None:
        return (
            "Give --decisions FILE to get the open values as a list to answer, or "
            "--accept-suggestions to take the proposals and leave out the rows without one."
        )
    return f"Fill in the column answer of {decisions} (a key or skip) and import again."


def import_batch(
    context: typer.Context,
    manifest: Path,
    report: Annotated[Path | None, typer.Option("--report", help="JSON report file.")] = None,
    restart: Annotated[
        bool, typer.Option("--restart", help="Import finished files again.")
    ] = False,
) -> None:
    """Import every file of a manifest (CSV: file, service, and any option of import); resumable."""
    from app.services.tariffs.import_batch import import_batch as run_batch

    session: Session = context.obj
    with session.open_patient() as ctx:
        outcome = run_batch(ctx, manifest, restart=restart, tell=say)
    if report is not None:
        write_json(report, outcome.report)
    say(
        f"{outcome.done} done, {outcome.skipped} already done before, {outcome.undecided} need "
        f"decisions, {outcome.failed} failed"
    )
    raise typer.Exit(outcome.exit_code)


def undo_import(
    context: typer.Context,
    number: Annotated[int, typer.Argument(metavar="ID", min=1, max=LARGEST_ID)],
    strict: Annotated[
        bool, typer.Option("--strict", help="Refuse if rates were edited since.")
    ] = False,
) -> None:
    """Undo an import in a new revision; rates edited since are kept and listed."""
    from app.services.tariffs.undo_import import undo_import as undo

    session: Session = context.obj
    with session.open_patient() as ctx:
        undone = undo(ctx, number, strict=strict)
    say(
        f"Import {number} undone: {counted(undone.restored, 'node')} restored, "
        f"{undone.removed} removed; revision {undone.revision}"
    )
    for path in undone.kept:
        warn(f"  kept, edited since: {path}")
    raise typer.Exit(3 if undone.kept else 0)


def import_list(
    context: typer.Context,
    service: Annotated[str, typer.Option("--service", help="Only of this service.")] = "",
    limit: Annotated[int, typer.Option("--limit", min=1, max=100_000, help="How many.")] = 200,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List imports, newest first; undo-import takes their ID."""
    from app.services.tariffs.import_history import list_imports

    session: Session = context.obj
    with session.open() as ctx:
        found = list_imports(ctx, service, limit=limit)
    if as_json:
        print_json(found)
        return
    fields = (
        *("id", "at", "service", "scope", "revision", "file", "vendor", "profile"),
        *("changes", "undone_by"),
    )
    lines = [{**run, "changes": _changes(run["changes"])} for run in found]
    titles = [_heading(field) for field in fields]
    table(titles, [[line[field] for field in fields] for line in lines])


def _heading(field: str) -> str:
    return field.replace("_", " ").capitalize()


def _changes(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {word}" for word, count in counts.items() if count) or "none"


def profile_list(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List the saved profiles and whose lists they read."""
    from app.services.tariffs.import_history import list_profiles

    session: Session = context.obj
    with session.open() as ctx:
        found = list_profiles(ctx)
    if as_json:
        print_json(found)
        return
    fields = ("name", "vendor", "signature", "updated")
    table([_heading(f) for f in fields], [[row[f] for f in fields] for row in found])
