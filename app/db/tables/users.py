"""Users, their roles, secrets and sessions (USR-1 … USR-5). Lists never read ``user_secret``."""

from __future__ import annotations

import sqlalchemy as sa

from app.db.tables.columns import (
    company_id,
    flag,
    identity,
    instant,
    one_of,
    refers,
    sized,
    table,
    text,
    version,
)
from app.db.types import BigInt, Json

APPLICATIONS = ("backoffice", "portal")
SECOND_FACTORS = ("none", "totp", "email")
CODE_PURPOSES = ("invitation", "sign_in", "reset", "phone")

user_account = table(
    "user_account",
    identity(),
    company_id(),
    text("application"),
    text("email"),
    text("login", nullable=True),
    text("first_name", default=""),
    text("last_name", default=""),
    text("phone", default=""),
    sa.Column("departments", Json, nullable=False, server_default="[]"),
    sa.Column("avatar", sa.LargeBinary),
    flag("unrestricted"),
    flag("active", default=True),
    text("second_factor", default="none"),
    text("language", default=""),
    instant("invited_at"),
    instant("invitation_ends", nullable=True),
    instant("revoked_at", nullable=True),
    instant("registered_at", nullable=True),
    instant("blocked_at", nullable=True),
    instant("last_active_at", nullable=True),
    instant("deleted_at", nullable=True),
    version(),
    instant("created_at"),
    instant("updated_at"),
    sized("email", 3, 254),
    sized("login", 1, 60),
    sized("first_name", 0, 60),
    sized("last_name", 0, 60),
    sized("phone", 0, 20),
    one_of("application", *APPLICATIONS),
    one_of("second_factor", *SECOND_FACTORS),
    sa.CheckConstraint("email = lower(email)", name="email_folded"),
    sa.CheckConstraint("login = lower(login)", name="login_folded"),
    sa.CheckConstraint("(registered_at IS NULL) = (login IS NULL)", name="registered"),
    sa.UniqueConstraint("email"),
    sa.UniqueConstraint("login"),
    sa.Index(None, "company_id"),
    sqlite_autoincrement=True,
)
"""``unrestricted`` = *No restrictions* (the Admin role). Without ``registered_at`` a user is a
guest: Invited, Expired after ``invitation_ends``, Revoked with ``revoked_at`` (L35). A deleted user
who did something keeps the login, which is never given again, and nothing personal."""

user_secret = table(
    "user_secret",
    sa.Column("user_id", BigInt, sa.ForeignKey("user_account.id"), primary_key=True),
    text("password_hash", nullable=True),
    instant("password_at", nullable=True),
    flag("must_change"),
    text("totp_sealed", nullable=True),
    sa.Column("failures", sa.Integer, nullable=False, server_default="0"),
    instant("locked_till", nullable=True),
    sa.Column("totp_step", BigInt),
    sa.Column("code_failures", sa.Integer, nullable=False, server_default="0"),
    instant("codes_locked_till", nullable=True),
    sqlite_with_rowid=False,
)
"""argon2id hash; the TOTP secret is sealed with a key derived from the password.

``totp_step`` = the last used step, so that no code works twice; wrong passwords and wrong codes
are counted apart.
"""

unknown_login = table(
    "unknown_login",
    sa.Column("name_hash", sa.Text, primary_key=True),
    sa.Column("failures", sa.Integer, nullable=False, server_default="0"),
    instant("locked_till", nullable=True),
    instant("at"),
    sized("name_hash", 64, 64),
    sqlite_with_rowid=False,
)
"""Attempts under names nobody has: counted as for users, so that a pause tells nothing."""

password_history = table(
    "password_history",
    sa.Column("user_id", BigInt, sa.ForeignKey("user_account.id"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    text("password_hash"),
    instant("at"),
    sqlite_with_rowid=False,
)

one_time_code = table(
    "one_time_code",
    identity(),
    refers("user_id", "user_account.id"),
    text("purpose"),
    text("code_hash"),
    instant("made_at"),
    instant("ends_at"),
    sa.Column("failures", sa.Integer, nullable=False, server_default="0"),
    instant("used_at", nullable=True),
    one_of("purpose", *CODE_PURPOSES),
    sa.Index(None, "user_id", "purpose"),
    sqlite_autoincrement=True,
)
"""Codes that a mail carries; used once, never shown again."""

user_session = table(
    "user_session",
    identity(),
    refers("user_id", "user_account.id"),
    instant("started_at"),
    instant("last_seen_at"),
    instant("ended_at", nullable=True),
    text("address", default=""),
    text("device", default=""),
    sa.Index(None, "user_id"),
    sqlite_autoincrement=True,
)

role = table(
    "role",
    identity(),
    company_id(),
    text("application"),
    text("name"),
    text("description", default=""),
    text("system", nullable=True),
    version(),
    instant("created_at"),
    instant("updated_at"),
    sized("name", 1, 40),
    sized("description", 0, 1000),
    one_of("application", *APPLICATIONS),
    sa.UniqueConstraint("company_id", "application", "name"),
    sa.UniqueConstraint("application", "system"),
    sqlite_autoincrement=True,
)
"""``system`` = key of a system role in app.domain.permissions, whose cells stand there and can't be
changed; NULL for a role of one's own."""

role_permission = table(
    "role_permission",
    sa.Column("role_id", BigInt, sa.ForeignKey("role.id"), primary_key=True),
    sa.Column("area", sa.Text, primary_key=True),
    text("level"),
    one_of("level", "view", "manage"),
    sqlite_with_rowid=False,
)

role_company = table(
    "role_company",
    sa.Column("role_id", BigInt, sa.ForeignKey("role.id"), primary_key=True),
    sa.Column("company_id", BigInt, sa.ForeignKey("company.id"), primary_key=True),
    sqlite_with_rowid=False,
)
"""Companies that may give the role to their users (L32); system roles need no row."""

user_role = table(
    "user_role",
    sa.Column("user_id", BigInt, sa.ForeignKey("user_account.id"), primary_key=True),
    sa.Column("role_id", BigInt, sa.ForeignKey("role.id"), primary_key=True),
    sa.Index(None, "role_id"),
    sqlite_with_rowid=False,
)
