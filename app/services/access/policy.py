"""The password policy of a database: every number of the guide's appendix is a setting (USR-4)."""

from __future__ import annotations

from dataclasses import asdict, replace
from functools import cache
from importlib.resources import files
from typing import Any

from app.db.queries.settings import read_setting, write_setting
from app.db.tables.companies import SYSTEM_OWNER
from app.domain.passwords import (
    PARAMETERS,
    Parameter,
    Policy,
    Rule,
    generate,
    policy_of,
    policy_problems,
    problem_of,
    rules,
)
from app.domain.permissions import SELF
from app.errors import FieldProblem
from app.services import audit
from app.services.context import Context, service

__all__ = [
    "PARAMETERS",
    "Parameter",
    "Policy",
    "Rule",
    "common_passwords",
    "generate_password",
    "new_password_problem",
    "password_rules",
    "policy_in",
    "read_policy",
    "save_policy",
]

SETTING = "access.policy"


def policy_in(connection: Any) -> Policy:
    """Return the policy that holds in a database."""
    return policy_of(read_setting(connection, SYSTEM_OWNER, SETTING))


@service(SELF, "view")
def read_policy(ctx: Context) -> Policy:
    """Return the policy; everybody has to know it who chooses a password."""
    with ctx.database.read() as connection:
        return policy_in(connection)


@service("users", "manage", whole=True)
def save_policy(ctx: Context, changes: dict[str, int]) -> Policy:
    """Change numbers of the policy by name. Raises FieldProblem for those out of their limits."""
    with ctx.database.write() as connection:
        before = policy_in(connection)
        checked: dict[str, Any] = {n: _same_kind(before, n, v) for n, v in changes.items()}
        after = replace(before, **checked)
        problems = policy_problems(after)
        if problems:
            raise FieldProblem(problems)
        old, new = asdict(before), asdict(after)
        differing = [name for name in new if new[name] != old[name]]
        write_setting(connection, SYSTEM_OWNER, SETTING, new)
        audit.record(
            ctx,
            connection,
            "change sign-in policy",
            "setting",
            SETTING,
            {_told(name): new[name] for name in differing},
            old={_told(name): old[name] for name in differing},
            company_id=SYSTEM_OWNER,
        )
    return after


def _same_kind(before: Policy, name: str, value: int) -> int:
    if not hasattr(before, name):
        raise FieldProblem({name: f"The policy has no {name}: see tariffdesk policy show."})
    kind = type(getattr(before, name))
    if type(value) is not kind:
        word = "yes or no" if kind is bool else "a whole number"
        raise FieldProblem({name: f"{name} must be {word}."})
    return value


def _told(name: str) -> str:
    """Return a parameter's name for the audit, which masks whatever is called a password."""
    return name.replace("password", "sign_in")


# ------------------------------------------------------------------------------ passwords


@cache
def common_passwords() -> frozenset[str]:
    """Return the common passwords that ship with the program, as they are compared."""
    text = files("resources.security").joinpath("common_passwords.txt").read_text("utf-8")
    lines = (line.strip() for line in text.splitlines())
    return frozenset(line for line in lines if line and not line.startswith("#"))


def password_rules(policy: Policy, password: str, names: tuple[str, ...] = ()) -> tuple[Rule, ...]:
    """Return the rules with whether a password keeps them, for hints while it is typed."""
    return rules(policy, password, names=names, common=common_passwords())


def new_password_problem(policy: Policy, password: str, names: tuple[str, ...] = ()) -> str:
    """Return the sentence about what is wrong with a new password, "" if nothing is."""
    return problem_of(policy, password, names=names, common=common_passwords())


def generate_password(policy: Policy, names: tuple[str, ...] = ()) -> str:
    """Return a random password that keeps the policy."""
    return generate(policy, names=names, common=common_passwords())
