"""Commands about users, roles and signing in. Passwords come from files, never as arguments."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.session import Session, print_json, read_password, say, table
from app.errors import UserError

if TYPE_CHECKING:
    from app.services.context import Context

user = typer.Typer(help="Users: invite, resend, revoke, switch off.", no_args_is_help=True)
sign_in = typer.Typer(help="Signing in: set up, on, off, status.", no_args_is_help=True)
policy = typer.Typer(help="The password policy: show, set.", no_args_is_help=True)
mail = typer.Typer(help="Sending mail: show, set, test.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Portal = Annotated[bool, typer.Option("--portal", help="Of the client portal.")]
PasswordFile = Annotated[
    str, typer.Option("--new-password-file", metavar="FILE", help="File with the new password.")
]


def register(program: typer.Typer) -> None:
    """Add the commands of this module."""
    program.command()(users)
    program.command()(roles)
    program.add_typer(user, name="user")
    program.add_typer(sign_in, name="sign-in")
    program.add_typer(policy, name="policy")
    program.add_typer(mail, name="mail")


def _rows(ctx: Context, section_id: str, names: tuple[str, ...]) -> list[dict[str, Any]]:
    from app.domain.records import ListQuery
    from app.sections import section
    from app.services import records

    chosen = section(section_id)
    query = ListQuery(section_id)
    ids = records.keys(ctx, chosen, query)
    columns = ["key", *(column.name for column in chosen.columns)]
    found = []
    for row in records.rows_by_keys(ctx, chosen, query, ids):
        values = dict(zip(columns, row, strict=True))
        found.append({name: values[name] for name in names})
    return found


def _print(found: list[dict[str, Any]], names: tuple[str, ...], *, as_json: bool) -> None:
    if as_json:
        print_json(found)
        return
    heads = [name.replace("_at", "").replace("_", " ").capitalize() for name in names]
    table(heads, [[_cell(row[name]) for name in names] for row in found])


def _cell(value: object) -> object:
    return value.strftime("%Y-%m-%d %H:%M") if isinstance(value, dt.datetime) else value


def users(context: typer.Context, portal: Portal = False, as_json: Json = False) -> None:
    """List the users of the back office, or of the client portal."""
    names = ("id", "name", "email", "login", "company", "status", "roles", "last_active_at")
    session: Session = context.obj
    with session.open() as ctx:
        found = _rows(ctx, "portal_users" if portal else "users", names)
    _print(found, names, as_json=as_json)


def roles(context: typer.Context, as_json: Json = False) -> None:
    """List the roles with who may give them and how many users hold them."""
    names = ("id", "name", "kind", "application", "companies", "users")
    session: Session = context.obj
    with session.open() as ctx:
        found = _rows(ctx, "roles", names)
    _print(found, names, as_json=as_json)


# ------------------------------------------------------------------------------ users


@user.command()
def invite(
    context: typer.Context,
    email: str,
    company: Annotated[str, typer.Option(help="Name of the company; your own without it.")] = "",
    role: Annotated[list[str] | None, typer.Option(help="Name of a role; several times.")] = None,
    admin: Annotated[bool, typer.Option("--admin", help="No restrictions.")] = False,
    portal: Portal = False,
    two_factor: Annotated[bool, typer.Option("--two-factor", help="Ask for a code.")] = False,
    department: Annotated[
        list[str] | None, typer.Option(help="Of portal users, who need one.")
    ] = None,
) -> None:
    """Invite a user by mail, or print the code to hand over where no mail can be sent."""
    from app.domain.records import NewRecord
    from app.sections import section
    from app.services import records
    from app.services.access import naming

    application = "portal" if portal else "backoffice"
    session: Session = context.obj
    with session.open() as ctx:
        values = naming.form_of_user(
            ctx,
            application,
            email=email,
            company=company,
            role_names=role or (),
            unrestricted=admin,
            two_factor=two_factor,
            departments=department or (),
        )
        made = records.create(ctx, section("portal_users" if portal else "users"), values)
    say(f"Invited {email} as user {int(made)}.")
    if isinstance(made, NewRecord):
        _say_secret(made.told)


def _say_secret(told: str) -> None:
    say(str(told))
    secret = getattr(told, "secret", "")
    if secret:
        say(secret)


def _command(context: typer.Context, name: str, who: str) -> None:
    from app.services.access import naming, user_commands

    session: Session = context.obj
    with session.open() as ctx:
        told = getattr(user_commands, name)(ctx, [naming.user_id(ctx, who)])
    _say_secret(told)


@user.command()
def resend(context: typer.Context, who: str) -> None:
    """Make a new code of an invitation; the one before ends."""
    _command(context, "resend", who)


@user.command()
def revoke(context: typer.Context, who: str) -> None:
    """End an invitation."""
    _command(context, "revoke", who)


@user.command()
def activate(context: typer.Context, who: str) -> None:
    """Let a user sign in again."""
    _command(context, "activate", who)


@user.command()
def deactivate(context: typer.Context, who: str) -> None:
    """Sign a user out and let them sign in no longer."""
    _command(context, "deactivate", who)


@user.command("reset-password")
def reset_password(context: typer.Context, who: str) -> None:
    """Make a code for a new password."""
    _command(context, "reset_password", who)


@user.command("end-sessions")
def end_sessions(context: typer.Context, who: str) -> None:
    """Sign a user out everywhere."""
    _command(context, "end_sessions", who)


@user.command("set-password")
def set_password(context: typer.Context, who: str, new_password_file: PasswordFile = "") -> None:
    """Set a user's password, to be changed at the next sign-in, or change your own."""
    from app.services.access import account, naming, user_commands

    session: Session = context.obj
    with session.open() as ctx:
        user_id = naming.user_id(ctx, who)
        new = read_password(new_password_file, f"New password of {who}: ")
        if user_id == ctx.actor.user_id:
            say(account.change_password(ctx, session.password(), new))
        else:
            say(user_commands.give_password(ctx, user_id, new))


@user.command()
def delete(context: typer.Context, who: str) -> None:
    """Delete a guest, or a user who never changed anything."""
    from app.services.access import naming, user_records

    session: Session = context.obj
    with session.open() as ctx:
        say(user_records.remove(ctx, [naming.user_id(ctx, who)]))


# ------------------------------------------------------------------------------ signing in


@sign_in.command()
def setup(
    context: typer.Context,
    email: Annotated[str, typer.Option(help="Mail address of the first administrator.")],
    login: Annotated[str, typer.Option(help="Latin letters, digits, dots, underscores.")],
    first_name: Annotated[str, typer.Option()],
    last_name: Annotated[str, typer.Option()],
    phone: Annotated[str, typer.Option()] = "",
    new_password_file: PasswordFile = "",
) -> None:
    """Make the first administrator; afterwards switch sign-in on."""
    from app.services.access.sign_up import Registration
    from app.services.access.switch import setup_admin

    session: Session = context.obj
    with session.open() as ctx:
        new = read_password(new_password_file, f"New password of {login}: ")
        setup_admin(ctx, email, Registration(first_name, last_name, phone, login, new))
    say(f"{login} is an administrator now: tariffdesk sign-in on.")


@sign_in.command()
def on(context: typer.Context) -> None:
    """Ask everybody who opens this database who they are."""
    from app.services.access.switch import protection_text, switch_on

    session: Session = context.obj
    with session.open() as ctx:
        say(switch_on(ctx))
        say(protection_text(ctx))


@sign_in.command()
def off(context: typer.Context) -> None:
    """Let everybody work who can open this database."""
    from app.services.access.switch import protection_text, sign_in_is_on, switch_off

    session: Session = context.obj
    with session.open() as ctx:
        say(switch_off(ctx, session.password() if sign_in_is_on(ctx) else ""))
        say(protection_text(ctx))


@sign_in.command()
def status(context: typer.Context) -> None:
    """Tell whether sign-in is on and what it protects here."""
    from app.services.access.switch import protection_text, sign_in_is_on

    session: Session = context.obj
    with session.open() as ctx:
        say(f"Sign-in is {'on' if sign_in_is_on(ctx) else 'off'}.")
        say(protection_text(ctx))


# ------------------------------------------------------------------------------ policy


@policy.command("show")
def show_policy(context: typer.Context, as_json: Json = False) -> None:
    """Print every number of the password policy."""
    from app.services.access.policy import PARAMETERS, read_policy

    session: Session = context.obj
    with session.open() as ctx:
        values = asdict(read_policy(ctx))
    if as_json:
        print_json(values)
        return
    lines = [(p.name, str(values[p.name]), p.unit, p.title) for p in PARAMETERS]
    for name, title in (
        ("first_change", "A password that an administrator set has to be changed"),
        ("refuse_common", "Common passwords are refused"),
    ):
        lines.append((name, "yes" if values[name] else "no", "", title))
    table(("Name", "Value", "Unit", "What"), lines)


@policy.command("set")
def set_policy(context: typer.Context, name: str, value: str) -> None:
    """Change one number of the password policy."""
    from app.services.access.policy import save_policy

    session: Session = context.obj
    with session.open() as ctx:
        save_policy(ctx, {name: _value(value)})
    say(f"{name} is {value} now.")


def _value(text: str) -> int:
    words = {"yes": True, "no": False}
    if text.casefold() in words:
        return words[text.casefold()]
    if not text.isascii() or not text.isdecimal() or len(text) > 9:
        raise UserError(f'"{text}" is neither a whole number nor yes or no.')
    return int(text)


# ------------------------------------------------------------------------------ mail


@mail.command("show")
def show_mail(context: typer.Context, as_json: Json = False) -> None:
    """Print how mail is sent, without the password."""
    from app.services.access.mail import password_is_known, read_mail_settings

    session: Session = context.obj
    with session.open() as ctx:
        values = asdict(read_mail_settings(ctx))
        known = password_is_known(ctx)
    if as_json:
        print_json({**values, "password_known": known})
        return
    rows = [(name, str(value)) for name, value in values.items()]
    table(("Name", "Value"), [*rows, ("password", "known here" if known else "not known here")])


@mail.command("set")
def set_mail(
    context: typer.Context,
    host: Annotated[str, typer.Option(help="Mail server.")],
    sender: Annotated[str, typer.Option(help="Address that mails come from.")],
    port: Annotated[int, typer.Option()] = 587,
    security: Annotated[str, typer.Option(help="none, starttls or tls")] = "starttls",
    mail_user: Annotated[str, typer.Option("--mail-user", help="User of the mail server.")] = "",
    mail_password_file: Annotated[
        str, typer.Option(metavar="FILE", help="File with that user's password.")
    ] = "",
) -> None:
    """Say how mail is sent; the password stays on this machine."""
    from app.services.access.mail import MailSettings, save_mail_settings

    session: Session = context.obj
    with session.open() as ctx:
        secret = None
        if mail_password_file:
            secret = read_password(mail_password_file, "")
        settings = MailSettings(host, port, security, mail_user, sender)
        say(save_mail_settings(ctx, settings, secret))


@mail.command("test")
def test_mail(context: typer.Context, to: str) -> None:
    """Send a short mail to see that the settings are right."""
    from app.services.access.mail import send_test_mail

    session: Session = context.obj
    with session.open() as ctx:
        say(send_test_mail(ctx, to))
