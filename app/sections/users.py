"""The section Users: who works in the back office (USR-1, guide 8.1)."""

from __future__ import annotations

from dataclasses import replace

from app.domain.sections import Choice, Column, Command, Field, Kind, Section
from app.sections.common import delete_command, load_command

SERVICE = "access.user_records"
COMMANDS = "access.user_commands"
DEPARTMENTS = "access.departments"

STATUSES = (
    Choice("invited", "Invited", "info"),
    Choice("expired", "Expired", "warn"),
    Choice("revoked", "Revoked", "neutral"),
    Choice("active", "Active", "ok"),
    Choice("inactive", "Inactive", "neutral"),
)
APPLICATIONS = (Choice("backoffice", "BackOffice"), Choice("portal", "Client portal"))

COLUMNS = (
    Column("id", "ID", Kind.NUMBER, 6),
    Column("name", "User", Kind.TEXT, 22, help="Guest = invited and not signed up yet."),
    Column("email", "E-mail", Kind.TEXT, 32),
    Column("company", "Company", Kind.TEXT, 24, link="company?id={company_id}"),
    Column("company_id", "Company ID", Kind.NUMBER, 11, hidden=True),
    Column("status", "Status", Kind.STATUS, 11, choices=STATUSES),
    Column("roles", "Role", Kind.TEXT, 22),
    Column("last_active_at", "Last active", Kind.INSTANT, 17),
    Column("login", "Login", Kind.CODE, 16, hidden=True),
    Column("phone", "Phone number", Kind.CODE, 16, hidden=True),
    Column("two_factor", "Two-factor", Kind.FLAG, 11, hidden=True),
    Column("invitation_ends", "Invitation ends", Kind.INSTANT, 17, hidden=True),
    Column("blocked_at", "Blocked", Kind.INSTANT, 17, hidden=True),
    Column("created_at", "Invited", Kind.INSTANT, 17, hidden=True),
    Column("updated_at", "Modified", Kind.INSTANT, 17, hidden=True),
)

MY_ACCOUNT = "the user changes it under My account"


def user_fields(application: str) -> tuple[Field, ...]:
    """Return the form of a user of the back office or of the portal."""
    return (*_person(application), *_rights(application))


def _person(application: str) -> tuple[Field, ...]:
    return (
        Field(
            "email",
            "E-mail",
            required=True,
            longest=254,
            fixed=True,
            instead=MY_ACCOUNT,
            group="General",
            help="The code of the invitation is sent there.",
        ),
        Field(
            "company_id",
            "Company",
            Kind.REFERENCE,
            required=True,
            fixed=True,
            instead="invite the user for the other company",
            options=f"{SERVICE}.companies_{application}",
            group="General",
        ),
        Field("name", "Name", computed=True, group="General"),
        Field("login", "Login", Kind.CODE, computed=True, group="General"),
        Field("phone", "Phone number", Kind.CODE, computed=True, group="General"),
        Field("status", "Status", Kind.STATUS, choices=STATUSES, computed=True, group="General"),
        Field("last_active_at", "Last active", Kind.INSTANT, computed=True, group="General"),
        Field(
            "active",
            "Is active",
            Kind.FLAG,
            default=True,
            group="General",
            help="Without it a user can't sign in and is signed out at once.",
        ),
    )


def _rights(application: str) -> tuple[Field, ...]:
    return (
        Field(
            "application",
            "Group",
            Kind.CHOICE,
            choices=APPLICATIONS,
            default=application,
            computed=True,
            group="Role",
        ),
        Field(
            "unrestricted",
            "No restrictions",
            Kind.FLAG,
            default=False,
            group="Role",
            help="The Admin role: access to all objects and actions.",
        ),
        Field(
            "roles",
            "Role",
            Kind.REFERENCES,
            required=True,
            options=f"{SERVICE}.roles_{application}",
            shown_when=("unrestricted", ("False", "None", "")),
            reset_by=("company_id",),
            group="Role",
            help="What several roles allow adds up.",
        ),
        Field(
            "permissions",
            "Permissions",
            Kind.CELLS,
            computed=True,
            zone="application",
            reset_by=("company_id", "unrestricted", "roles"),
            group="Role",
            help="They follow from the roles.",
        ),
        Field(
            "two_factor",
            "Two-factor authentication",
            Kind.FLAG,
            default=False,
            group="Security",
            help="A code is asked for after the password: from an authenticator app, or by mail.",
        ),
    )


USER_COMMANDS = (
    Command(
        "resend",
        "Resend invitation",
        "mail",
        service=f"{COMMANDS}.resend",
        needs="some",
        when=("status", ("invited", "expired", "revoked")),
    ),
    Command(
        "revoke",
        "Revoke invitation",
        "blocked",
        service=f"{COMMANDS}.revoke",
        needs="some",
        confirm="Revoke the invitation of {names}? Its code is worth nothing then.",
        when=("status", ("invited", "expired")),
    ),
    Command(
        "reset_password",
        "Reset password",
        "key",
        service=f"{COMMANDS}.reset_password",
        needs="some",
        confirm="Make a code for a new password of {names}? The old password works until it is "
        "used; an authenticator app is added anew then.",
        when=("status", ("active", "inactive")),
        minor=True,
    ),
    Command(
        "activate",
        "Activate",
        "check",
        service=f"{COMMANDS}.activate",
        needs="some",
        when=("status", ("inactive",)),
        minor=True,
    ),
    Command(
        "deactivate",
        "Deactivate",
        "lock",
        service=f"{COMMANDS}.deactivate",
        needs="some",
        confirm="Deactivate {names}? They are signed out and can't sign in any more.",
        when=("status", ("active",)),
        minor=True,
    ),
    Command(
        "end_sessions",
        "End sessions",
        "sign-out",
        service=f"{COMMANDS}.end_sessions",
        needs="some",
        confirm="Sign {names} out everywhere?",
        when=("status", ("active", "inactive")),
        minor=True,
    ),
    delete_command(SERVICE, "Delete {names}?"),
)

USERS = Section(
    id="users",
    title="Users",
    singular="user",
    group="Administration",
    icon="users",
    area="users",
    source="users",
    columns=COLUMNS,
    search=("name", "email", "company", "login"),
    form=user_fields("backoffice"),
    load=f"{SERVICE}.load",
    create=f"{SERVICE}.create_backoffice",
    update=f"{SERVICE}.update",
    remove=f"{SERVICE}.remove",
    suggest=f"{SERVICE}.suggest_backoffice",
    commands=(*USER_COMMANDS, load_command("users")),
    nouns=("users",),
    name_column="email",
    empty="No user of the back office yet.",
    empty_hint="Invite the people who work for you and for your resellers.",
    help="users",
)

_DEPARTMENTS = Field(
    "departments",
    "Departments",
    Kind.WORDS,
    required=True,
    longest=60,
    options=f"{DEPARTMENTS}.departments",
    drops=f"{DEPARTMENTS}.delete_department",
    dropped_from=f"{DEPARTMENTS}.members",
    reset_by=("company_id",),
    group="General",
    help="Departments of the company; type a new one to add it. The cross beside a proposal, or "
    "Shift+Del, deletes that department.",
)
_PORTAL_FORM = user_fields("portal")

PORTAL_USERS = replace(
    USERS,
    id="portal_users",
    title="Client portal users",
    source="portal_users",
    form=(*_PORTAL_FORM[:2], _DEPARTMENTS, *_PORTAL_FORM[2:]),
    create=f"{SERVICE}.create_portal",
    suggest=f"{SERVICE}.suggest_portal",
    commands=(*USER_COMMANDS, load_command("portal_users")),
    empty="No user of the client portal yet.",
    empty_hint="Invite the people of your clients who send messages and see invoices.",
    parent="users",
)
