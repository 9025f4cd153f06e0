"""Permission areas and the system roles' cells (USR-2, SPEC-NOTES §6): data, not code.

A right is (area, level); *manage* includes *view*. What a user may do is the union of the roles'
cells; *No restrictions* is the Admin role.
"""

from __future__ import annotations

from dataclasses import dataclass

SELF = "self"
"""Area of what every signed-in user may do with the own account; it is in no role."""

EXPORT = "export"
"""Area of taking data out as files; whoever exports needs it beside the right to see the data."""

VIEW, MANAGE = "view", "manage"

BACKOFFICE, PORTAL = "backoffice", "portal"


@dataclass(frozen=True, slots=True)
class Area:
    """Something a role may see or change; ``group`` is its heading in the form of a role."""

    id: str
    group: str
    title: str
    help: str


@dataclass(frozen=True, slots=True)
class SystemRole:
    """A role that is the same for every company and can't be changed."""

    id: str
    title: str
    description: str
    cells: frozenset[tuple[str, str]]


# Each line: area, title, help, then M, V or - for Admin, Client manager, Finance manager, NOC
# engineer, Rate manager.
_BACKOFFICE = (
    (
        "Settings",
        (
            (
                "settings.notification_templates",
                "Notification templates",
                "Texts of mails",
                "M--M-",
            ),
            ("settings.notification_channels", "Notification channels", "Mail servers", "M--M-"),
            ("settings.two_factor_sms", "2FA SMS", "Codes sent for other programs", "M--M-"),
            ("settings.vendor_smpp", "Vendors SMPP connections", "Lines to vendors", "M--M-"),
            ("settings.client_smpp", "Client SMPP connections", "Lines of clients", "M--M-"),
            ("settings.http", "HTTP connections", "Lines to messengers", "M--M-"),
            ("settings.hlr", "HLR connections", "Lookups of numbers", "M--M-"),
            ("settings.self_registration", "Self-registration", "Who may sign up", "M--M-"),
            (
                "settings.own_legal_entities",
                "Own legal entities",
                "In whose name you sell",
                "MVM-V",
            ),
            ("settings.own_bank_accounts", "Own bank accounts", "Where you are paid", "MVM-V"),
            ("settings.payment_systems", "Payment systems", "Payments by card", "MVM-V"),
        ),
    ),
    (
        "Account management",
        (
            ("accounts.companies", "Companies", "Clients and resellers", "MMVVV"),
            ("accounts.legal_entities", "Legal entities", "In whose name clients buy", "MMVVV"),
            (
                "accounts.reselling_agreements",
                "Reselling agreements",
                "Under which agreement a reseller buys",
                "MMVVV",
            ),
            ("accounts.agreements", "Agreements", "Contracts and balances", "MMVVV"),
            ("accounts.enabled_services", "Enabled services", "Rate plans of clients", "MMV-M"),
            ("accounts.packs", "Enabled packs", "Packs and bundles of clients", "MMV-M"),
            ("accounts.sender_ids", "Sender IDs", "Names that messages come from", "MM-M-"),
            ("accounts.whatsapp_accounts", "WhatsApp accounts", "Business accounts", "MM-M-"),
            ("accounts.whatsapp_templates", "WhatsApp templates", "Approved texts", "MM-M-"),
            (
                "accounts.sender_id_applications",
                "Sender ID applications",
                "Requests of clients",
                "MMVVV",
            ),
            ("accounts.printable_forms", "Printable forms", "Templates of documents", "MVM--"),
            ("accounts.banks", "Banks", "Details of banks", "MVM--"),
            ("accounts.bank_accounts", "Bank accounts", "Accounts of clients", "MVM--"),
        ),
    ),
    (
        "Finance",
        (
            ("finance.services", "Services", "Rate plans, rate trees, imports", "MVV-M"),
            ("finance.payments", "Payments", "Money received and paid", "MVM--"),
            ("finance.invoices", "Invoices and charges", "What is billed", "MVM--"),
            ("finance.additional_fees", "Additional fees", "Charges by hand", "MVM--"),
            ("finance.edr_rerate", "EDR rerate", "Rating events again", "M-MVM"),
        ),
    ),
    ("MCCMNC", (("mccmnc", "MCCMNC", "Dictionaries of networks and countries", "MV-MM"),)),
    ("Portals", (("portals", "Portals", "Looks and addresses of portals", "MV---"),)),
    (
        "Users",
        (
            ("users", "Users", "Who may sign in", "MV---"),
            ("roles", "Roles", "What users may do", "MV---"),
        ),
    ),
    (
        "Reports",
        (
            ("reports", "Reports", "Templates and results", "MVMVV"),
            ("statistics", "Statistics", "Traffic and amounts", "MVMVV"),
        ),
    ),
    ("Export", (("export", "Export", "Taking data out as files", "MVMVV"),)),
    (
        "Control",
        (
            ("audit", "Audit", "Who changed what", "M-V--"),
            ("pre_moderation", "Pre-moderation", "Checking what clients send", "MM---"),
            ("settings.database", "Database", "Backups and the state of the database", "MVVVV"),
        ),
    ),
)

# The same for the portal's Admin, Broadcast manager, Finance manager, NOC engineer.
_PORTAL = (
    ("Dashboard", (("portal.dashboard", "Dashboard", "Overview of the company", "MVVV"),)),
    ("Broadcasts", (("portal.broadcasts", "Broadcasts", "Campaigns", "MM-V"),)),
    ("Statistics", (("portal.statistics", "Statistics", "Traffic of the company", "MVVV"),)),
    ("Finance", (("portal.finance", "Finance", "Balance, payments, invoices", "M-M-"),)),
    ("Users", (("portal.users", "Users", "Users of the company", "M---"),)),
    ("Audit", (("portal.audit", "Audit", "Who changed what", "M---"),)),
    ("API accesses", (("portal.api", "API accesses", "Keys of programs", "M--M"),)),
    ("2FA SMS", (("portal.two_factor_sms", "2FA SMS", "Codes for own programs", "M--M"),)),
    ("Export", (("portal.export", "Export", "Taking data out as files", "MVM-"),)),
)

_BACKOFFICE_ROLES = (
    ("admin", "Admin", "Everything"),
    ("client_manager", "Client manager", "Customers, agreements and other client information"),
    ("finance_manager", "Finance manager", "Payments, invoices and charges"),
    ("noc_engineer", "NOC engineer", "Connections and their health"),
    ("rate_manager", "Rate manager", "Services and rate plans"),
)
_PORTAL_ROLES = (
    ("admin", "Admin", "Everything"),
    ("broadcast_manager", "Broadcast manager", "Broadcasts"),
    ("finance_manager", "Finance manager", "Balance, payments and invoices"),
    ("noc_engineer", "NOC engineer", "Sending and its health"),
)

_Table = tuple[tuple[str, tuple[tuple[str, str, str, str], ...]], ...]


def _areas(table: _Table) -> tuple[Area, ...]:
    return tuple(
        Area(area, group, title, words) for group, lines in table for area, title, words, _ in lines
    )


def _roles(table: _Table, roles: tuple[tuple[str, str, str], ...]) -> tuple[SystemRole, ...]:
    levels = {"M": MANAGE, "V": VIEW}
    return tuple(
        SystemRole(
            role,
            title,
            words,
            frozenset(
                (area, levels[marks[place]])
                for _, lines in table
                for area, _, _, marks in lines
                if marks[place] in levels
            ),
        )
        for place, (role, title, words) in enumerate(roles)
    )


AREAS = {BACKOFFICE: _areas(_BACKOFFICE), PORTAL: _areas(_PORTAL)}
"""Areas by application, in the order of the form."""

ROLES = {
    BACKOFFICE: _roles(_BACKOFFICE, _BACKOFFICE_ROLES),
    PORTAL: _roles(_PORTAL, _PORTAL_ROLES),
}
"""System roles by application; the first is Admin."""


def system_role(application: str, role_id: str) -> SystemRole:
    """Return a system role. Raises KeyError."""
    return {role.id: role for role in ROLES[application]}[role_id]


def area(area_id: str) -> Area:
    """Return an area of either application. Raises KeyError."""
    return {a.id: a for areas in AREAS.values() for a in areas}[area_id]
