"""The section Roles: sets of rights, the system's and one's own (USR-2, guide 8.3)."""

from __future__ import annotations

from app.domain.sections import Choice, Column, Field, Kind, Section
from app.sections.common import delete_command
from app.sections.users import APPLICATIONS

SERVICE = "access.role_records"

KINDS = (Choice("system", "System", "info"), Choice("custom", "Custom", "neutral"))

ROLES = Section(
    id="roles",
    title="Roles",
    singular="role",
    group="Administration",
    icon="role",
    area="roles",
    source="roles",
    columns=(
        Column("id", "ID", Kind.NUMBER, 6, hidden=True),
        Column("name", "Name", Kind.TEXT, 26),
        Column("kind", "Kind", Kind.STATUS, 10, choices=KINDS),
        Column("application", "Group", Kind.CHOICE, 14, choices=APPLICATIONS),
        Column(
            "companies",
            "Company",
            Kind.TEXT,
            32,
            none="All of its tenant",
            help="Companies that can give the role to their users.",
        ),
        Column("users", "Users", Kind.NUMBER, 8),
        Column("description", "Description", Kind.TEXT, 40),
        Column("owner", "Made by", Kind.TEXT, 22, hidden=True),
        Column("created_at", "Created", Kind.INSTANT, 17, hidden=True),
        Column("updated_at", "Modified", Kind.INSTANT, 17, hidden=True),
    ),
    search=("name", "description", "companies"),
    form=(
        Field("name", "Name", required=True, longest=40),
        Field("description", "Description", Kind.LONG_TEXT, longest=1000),
        Field(
            "application",
            "Group",
            Kind.CHOICE,
            required=True,
            choices=APPLICATIONS,
            default="backoffice",
            fixed=True,
        ),
        Field(
            "template",
            "Template",
            Kind.REFERENCE,
            options=f"{SERVICE}.templates",
            reset_by=("application",),
            help="Its rights are filled in below and can be changed there.",
        ),
        Field(
            "companies",
            "Company",
            Kind.REFERENCES,
            options=f"{SERVICE}.companies",
            help="Companies that can give the role; none = yours and all below it.",
        ),
        Field(
            "permissions",
            "Permissions",
            Kind.CELLS,
            required=True,
            zone="application",
            reset_by=("application", "template"),
            help="Manage includes view.",
        ),
    ),
    load=f"{SERVICE}.load",
    create=f"{SERVICE}.create",
    update=f"{SERVICE}.update",
    remove=f"{SERVICE}.remove",
    clone=f"{SERVICE}.clone",
    suggest=f"{SERVICE}.suggest",
    commands=(delete_command(SERVICE, "Delete the role {names}?", when=("kind", ("custom",))),),
    nouns=("roles", "users"),
    empty="No role.",
    empty_hint="A role says what its users may see and change.",
    help="roles",
    parent="users",
)
