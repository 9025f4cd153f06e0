"""The window's commands as data: what the palette, the menus and the shortcut sheet list."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Action:
    """A command of the whole window.

    ``does`` is an address to open ("list?section=services") or "window.NAME", a method of the main
    window. ``area`` and ``level`` grey the button for who may not; the service refuses anyway.
    """

    id: str
    title: str
    does: str
    shortcut: str = ""
    icon: str = ""
    group: str = "Window"
    area: str = ""
    level: str = "view"


ACTIONS: tuple[Action, ...] = (
    Action("palette", "Go to anything…", "window.show_palette", "Ctrl+K", "search", "Go"),
    Action("home", "Start page", "home", "", "home", "Go"),
    Action(
        "import",
        "Import price list…",
        "import",
        "Ctrl+Shift+I",
        "import",
        "Tariffs",
        "finance.services",
        "manage",
    ),
    Action(
        "compare",
        "Compare scopes…",
        "compare",
        "",
        "compare",
        "Tariffs",
        "finance.services",
        "view",
    ),
    Action("open_database", "Open database…", "window.open_database", "Ctrl+O", "database", "File"),
    Action("new_database", "New local database…", "window.new_database", "", "plus", "File"),
    Action("connect_server", "Connect to a server…", "window.connect_server", "", "server", "File"),
    Action("sample_data", "Load sample data", "window.load_sample_data", "", "sample", "File"),
    Action("account", "My account", "account", "", "account", "Go"),
    Action("security", "Security", "security", "", "lock", "Administration", "users", "view"),
    Action("sign_out", "Sign out", "window.sign_out", "", "sign-out", "File"),
    Action(
        "remove_sample",
        "Remove the sample data…",
        "window.remove_sample_data",
        "",
        "trash",
        "File",
    ),
    Action("backup", "Back up this database…", "window.backup_database", "", "save", "File"),
    Action("close_tab", "Close tab", "window.close_tab", "Ctrl+W", "close", "Window"),
    Action("next_tab", "Next tab", "window.next_tab", "Ctrl+Tab", "", "Window"),
    Action("previous_tab", "Previous tab", "window.previous_tab", "Ctrl+Shift+Tab", "", "Window"),
    Action("reopen_tab", "Reopen closed tab", "window.reopen_tab", "Ctrl+Shift+T", "", "Window"),
    Action(
        "navigation", "Go to the navigation", "window.focus_navigation", "Ctrl+Shift+N", "", "Go"
    ),
    Action(
        "toggle_navigation",
        "Show or hide the navigation",
        "window.toggle_navigation",
        "F9",
        "menu",
        "View",
    ),
    Action("theme", "Switch light / dark", "window.switch_theme", "Ctrl+Shift+D", "theme", "View"),
    Action("density", "Row density…", "window.choose_density", "", "rows", "View"),
    Action("help", "Help for this page", "window.show_help", "F1", "help", "Help"),
    Action(
        "shortcuts", "Keyboard shortcuts", "window.show_shortcuts", "Ctrl+F1", "keyboard", "Help"
    ),
    Action("about", "About Tariffdesk", "window.show_about", "", "info", "Help"),
    Action("quit", "Quit", "window.close", "Ctrl+Q", "", "File"),
)
