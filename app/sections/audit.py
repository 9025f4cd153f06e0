"""The sections of control: who changed what (USR-6), and what happened at its time (GEN-9)."""

from __future__ import annotations

from app.domain.due_work import TASKS
from app.domain.sections import Choice, Column, Command, Kind, Section

OBJECTS = (
    Choice("agreement", "Agreement"),
    Choice("agreement_version", "Agreement version"),
    Choice("dictionary_alias", "Alias"),
    Choice("learned_match", "Answer"),
    Choice("bank", "Bank"),
    Choice("bank_account", "Bank account"),
    Choice("enabled_channel", "Channels of services"),
    Choice("company", "Company"),
    Choice("company_register", "Company register"),
    Choice("dictionary_entry", "Dictionary entry"),
    Choice("enabled_service", "Enabled service"),
    Choice("legal_entity", "Legal entity"),
    Choice("import_profile", "Profile"),
    Choice("reselling_agreement", "Reselling agreement"),
    Choice("role", "Role"),
    Choice("scope", "Scope"),
    Choice("service", "Service"),
    Choice("setting", "Setting"),
    Choice("user_account", "User"),
    Choice("vendor", "Vendor"),
)
"""What entries are about: their tables, as the lists of these things call one of them."""

OPERATIONS = (
    Choice("add", "Added"),
    Choice("change", "Changed"),
    Choice("delete", "Deleted"),
    Choice("rates", "Rates"),
    Choice("access", "Sign-in"),
)
"""Kinds of logged actions (app/domain/audit_kinds.py)."""

AUDIT = Section(
    id="audit",
    title="Audit",
    singular="entry",
    group="Administration",
    icon="audit",
    area="audit",
    source="audit",
    columns=(
        Column(
            "at",
            "Date and time",
            Kind.INSTANT,
            20,
            seconds=True,
            help="In the time zone of this computer.",
        ),
        Column("actor", "User", Kind.TEXT, 18),
        Column("kind", "Operation", Kind.CHOICE, 11, choices=OPERATIONS),
        Column("action", "Logged action", Kind.TEXT, 24),
        Column("table_name", "Object", Kind.CHOICE, 17, choices=OBJECTS),
        Column(
            "object",
            "Name",
            Kind.TEXT,
            34,
            sortable=False,
            filterable=False,
            help="What the object is called now; of one that is gone, its last name or its ID.",
        ),
        Column("company", "Company", Kind.TEXT, 22, help="Whose data it is."),
        Column("address", "Address", Kind.CODE, 16, help="The computer, or its network address."),
        Column("object_id", "Object ID", Kind.CODE, 12, hidden=True),
        Column(
            "login",
            "Login",
            Kind.CODE,
            16,
            hidden=True,
            help="The login on the server, written by the server itself; empty in a file.",
        ),
        Column(
            "operation_id",
            "Command ID",
            Kind.CODE,
            38,
            hidden=True,
            help="The same for all entries of one command.",
            link="list?section=audit&where.operation_id=%3D{operation_id}",
        ),
        Column(
            "values",
            "Values as stored",
            Kind.CODE,
            40,
            hidden=True,
            sortable=False,
            help="What the object became, or was before it was deleted: the fields as JSON.",
        ),
        Column("id", "Entry ID", Kind.NUMBER, 10, hidden=True),
    ),
    search=("actor", "action", "object_id", "values"),
    open_row="audit?id={id}",
    nouns=("audit",),
    name_column="action",
    empty="Nothing was changed yet.",
    empty_hint="Every change is kept here: who, when, from where, what it was and what it became.",
    help="audit",
)

DUE_STATES = (Choice("done", "Done", "ok"), Choice("failed", "Failed", "error"))

DUE_WORK = Section(
    id="due_work",
    title="Due work",
    singular="thing",
    group="Administration",
    icon="checklist",
    area="settings.database",
    source="due_work",
    columns=(
        Column("done_at", "When", Kind.INSTANT, 18),
        Column(
            "task",
            "Task",
            Kind.CHOICE,
            20,
            choices=tuple(Choice(task.id, task.title) for task in TASKS),
        ),
        Column("title", "What", Kind.TEXT, 36),
        Column("due_at", "Was due", Kind.INSTANT, 18),
        Column("state", "Status", Kind.STATUS, 10, choices=DUE_STATES),
        Column("tries", "Tries", Kind.NUMBER, 7),
        Column("text", "Outcome", Kind.TEXT, 34),
        Column("company", "Company", Kind.TEXT, 24, hidden=True),
        Column("subject", "Subject", Kind.CODE, 24, hidden=True),
        Column("operation_id", "Command ID", Kind.CODE, 38, hidden=True),
        Column("id", "ID", Kind.NUMBER, 8, hidden=True),
    ),
    search=("title", "text"),
    commands=(
        Command(
            "run",
            "Do what is due",
            "play",
            service="due.commands.run_now",
            needs="none",
        ),
        Command("next", "What is due next", "clock", opens="due", needs="none", level="view"),
        Command(
            "entries",
            "What was changed",
            "audit",
            opens="list?section=audit&where.operation_id=%3D{operation_id}",
            when=("state", ("done",)),
            level="view",
        ),
    ),
    nouns=("due_work", *sorted({noun for task in TASKS for noun in task.nouns})),
    name_column="title",
    empty="Nothing was due yet.",
    empty_hint="Versions of agreements, auto extend of bundle packs and invitations take effect at "
    "their time by themselves: while the program is open, or by “tariffdesk due” on a server.",
    help="due-work",
)

RECORDS: dict[str, tuple[str, ...]] = {
    "agreement": ("agreements",),
    "agreement_version": ("agreement_versions",),
    "bank": ("banks",),
    "bank_account": ("bank_accounts", "own_bank_accounts"),
    "company": ("companies",),
    "dictionary_alias": ("aliases",),
    "enabled_service": (
        "enabled_services",
        "enabled_packs",
        "enabled_initiators",
        "enabled_bundle_packs",
    ),
    "import_profile": ("profiles",),
    "legal_entity": ("legal_entities", "own_legal_entities"),
    "reselling_agreement": ("reselling_agreements",),
    "role": ("roles",),
    "scope": ("scopes",),
    "service": ("services",),
    "user_account": ("users", "portal_users"),
    "vendor": ("vendors",),
}
"""Table of an entry → the sections that may list its object; the first that does opens it."""

FORMS: dict[str, tuple[str, ...]] = {
    **RECORDS,
    "dictionary_entry": ("entries",),
    "learned_match": ("answers",),
}
"""Table of an entry → the sections whose words its fields have."""
