"""A draft as a wizard sees it: what the child told, where it would go, what stands against it."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from app.domain.counting import counted
from app.services.tariffs.import_job import ImportRequest, Place
from app.services.tariffs.import_views import DraftView, Message
from app.services.tariffs.plain_views import from_plain, to_plain
from app.services.tariffs.window_words import in_window_words

_MODE = "Say what happens to rates that the file does not name: they stay, or they go."


def draft_view(
    told: dict[str, Any], request: ImportRequest, place: Place, live: list[dict[str, Any]]
) -> DraftView:
    """Return the view of a draft; ``live`` are the remarks on a scope that is in force."""
    messages = [*told["messages"], *map(to_plain, _asked(told, request))]
    messages += [to_plain(_live(issue)) for issue in live]
    messages.sort(key=lambda m: ("block", "error", "warning", "info").index(m["severity"]))
    blocking = [m["text"] for m in messages if m["severity"] == "block"]
    data = told | {
        "messages": messages,
        "block": blocking[0] if blocking else "",
        "service": place.service.name,
        "currency": place.service.currency or told["currency"],
        "scope": place.scope.id,
        "revision": place.scope.revision,
        "live": bool(live),
    }
    return from_plain(DraftView, {f.name: data[f.name] for f in fields(DraftView)})


def _asked(told: dict[str, Any], request: ImportRequest) -> list[Message]:
    """Return the questions that only a commit asks: the mode, and consent to leave rows out."""
    asked = []
    if told["mode_open"]:
        asked.append(Message("block", "mode", _MODE, options=tuple(told["mode_options"])))
    count = told["rejected"]
    if count and not told["decisions"]:  # else some of them only wait for an answer
        them = "it" if count == 1 else "them"
        text = f"{counted(count, 'row')} can't be imported: agree to leave {them} out, or mend "
        text += "what the list of errors names."
        severity = "warning" if request.skip_errors else "block"
        asked.append(Message(severity, "rows", text, count=count))
    return asked


def _live(issue: dict[str, Any]) -> Message:
    return Message(issue["severity"], "live", in_window_words(issue["reason"]))
