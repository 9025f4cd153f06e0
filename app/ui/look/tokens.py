"""Colours by what they are for, light and dark; no other module names a colour.

Every text on every background it is used on has a contrast of at least 4.5 (WCAG 2.1, 1.4.3), the
edge of an input at least 3 (1.4.11); the tests compute both.
"""

from __future__ import annotations

LIGHT = {
    "window": "#f3f4f6",
    "base": "#ffffff",
    "table": "#ffffff",
    "alternate": "#f8f9fb",
    "panel": "#ffffff",
    "header": "#eceef2",
    "text": "#1b1f24",
    "muted": "#59636e",
    "placeholder": "#68717c",
    "disabled": "#9aa2ac",
    "icon": "#46505b",
    "accent": "#1f5fd6",
    "accent_hover": "#184fb5",
    "accent_text": "#ffffff",
    "accent_fill": "#e8effd",
    "link": "#1b57c4",
    "focus": "#1f5fd6",
    "selection": "#d6e4ff",
    "selection_inactive": "#e3e8f0",
    "selection_text": "#0b2350",
    "hover": "#e9ecf1",
    "pressed": "#dde2e9",
    "border": "#cfd5dc",
    "input_border": "#828b97",
    "grid": "#e4e7eb",
    "button": "#ffffff",
    "scroll": "#b4bcc6",
    "scroll_hover": "#8c95a1",
    "tooltip": "#22272e",
    "tooltip_text": "#f3f4f6",
    "ok": "#17703a",
    "ok_fill": "#e5f5ea",
    "warn": "#8a5300",
    "warn_fill": "#fff4dc",
    "error": "#b3261e",
    "error_fill": "#fdecea",
    "info": "#0a5fa3",
    "info_fill": "#e5f1fb",
    "neutral": "#59636e",
    "neutral_fill": "#eceff3",
    "danger": "#b3261e",
    "danger_hover": "#93201a",
    "danger_text": "#ffffff",
    "changed": "#fff1c2",
    "changed_mark": "#b56a00",
    "new_mark": "#17703a",
    "error_mark": "#b3261e",
    "match": "#ffe08a",
    "up": "#8a5300",
    "down": "#0a5fa3",
    "shadow": "#000000",
    "chart_1": "#1f5fd6",
    "chart_2": "#b65f00",
    "chart_3": "#17803f",
    "chart_4": "#8a3fc4",
    "chart_5": "#b8336a",
    "chart_6": "#0b7285",
}
"""Token → colour on a light ground."""

DARK = {
    "window": "#22272e",
    "base": "#2d333b",
    "table": "#1c2128",
    "alternate": "#20252c",
    "panel": "#272d35",
    "header": "#2a3037",
    "text": "#e6e9ed",
    "muted": "#9ba6b2",
    "placeholder": "#98a2ae",
    "disabled": "#67717d",
    "icon": "#b6bfca",
    "accent": "#6ea2ff",
    "accent_hover": "#8bb5ff",
    "accent_text": "#0b1a33",
    "accent_fill": "#263553",
    "link": "#85b1ff",
    "focus": "#6ea2ff",
    "selection": "#2b4a80",
    "selection_inactive": "#37414e",
    "selection_text": "#eaf1ff",
    "hover": "#313840",
    "pressed": "#3b434d",
    "border": "#4a525d",
    "input_border": "#7d8793",
    "grid": "#343b44",
    "button": "#343b44",
    "scroll": "#545e6a",
    "scroll_hover": "#74808d",
    "tooltip": "#3b434d",
    "tooltip_text": "#f0f2f5",
    "ok": "#6bd089",
    "ok_fill": "#163322",
    "warn": "#e8b04a",
    "warn_fill": "#3a2d12",
    "error": "#ff8a80",
    "error_fill": "#3d1f1e",
    "info": "#72b6ff",
    "info_fill": "#152d45",
    "neutral": "#9ba6b2",
    "neutral_fill": "#2a3037",
    "danger": "#ff8a80",
    "danger_hover": "#ffa49c",
    "danger_text": "#2b0d0b",
    "changed": "#4a3a10",
    "changed_mark": "#f0b429",
    "new_mark": "#6bd089",
    "error_mark": "#ff8a80",
    "match": "#6b5410",
    "up": "#e8b04a",
    "down": "#72b6ff",
    "shadow": "#000000",
    "chart_1": "#6ea2ff",
    "chart_2": "#f0a04b",
    "chart_3": "#5ecb86",
    "chart_4": "#c39bf5",
    "chart_5": "#f287b0",
    "chart_6": "#4fc3d9",
}
"""Token → colour on a dark ground."""

TABLES = {"light": LIGHT, "dark": DARK}

TONES = ("ok", "warn", "error", "info", "neutral")
"""Tones of a status or a message; each has a text and a ``_fill`` token."""

TEXT_PAIRS = (
    *(
        (text, ground)
        for text in ("text", "muted")
        for ground in (
            "window",
            "base",
            "table",
            "alternate",
            "panel",
            "header",
            "hover",
        )
    ),
    *(("text", ground) for ground in ("pressed", "button", "changed", "match", "accent_fill")),
    *((tone, f"{tone}_fill") for tone in TONES),
    *(
        (tone, ground)
        for tone in (*TONES, "up", "down", "link")
        for ground in (
            "base",
            "table",
            "alternate",
            "panel",
            "window",
        )
    ),
    *(("text", f"{tone}_fill") for tone in TONES),
    *(("link", f"{tone}_fill") for tone in TONES),
    ("placeholder", "base"),
    ("selection_text", "selection"),
    ("selection_text", "selection_inactive"),
    ("accent_text", "accent"),
    ("accent_text", "accent_hover"),
    ("danger_text", "danger"),
    ("danger_text", "danger_hover"),
    ("accent", "window"),
    ("tooltip_text", "tooltip"),
)
"""(text, background) pairs that occur; each needs a contrast of 4.5."""

EDGE_PAIRS = (
    ("input_border", "base"),
    ("input_border", "window"),
    ("focus", "base"),
    ("focus", "window"),
    ("changed_mark", "selection"),
    ("error_mark", "selection"),
)
"""(edge or mark, background) pairs that must be seen; each needs a contrast of 3."""
