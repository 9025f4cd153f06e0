"""Why a step can't be left yet: one sentence for each, "" where nothing is in the way (item 34)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from app.ui import formats

if TYPE_CHECKING:
    from app.services.tariffs.import_views import DraftView, Message
    from app.ui.import_wizard.wizard import Wizard

FILE, COLUMNS, VALUES, PREVIEW, CONFIRM = range(5)

_ELSEWHERE = frozenset({"value", "rows", "mode"})
"""Blocking messages that have a step or a field of their own."""


def blocker(step: int, wizard: Wizard) -> str:
    """Return why the step can't be left, as a sentence that says what to do; "" if it can."""
    return (_file, _columns, _values, _preview, _confirm)[step](wizard)


def reachable(step: int, wizard: Wizard) -> bool:
    """Whether a step can be looked at now."""
    if step == FILE:
        return True
    if step == COLUMNS:
        return wizard.book is not None
    if step in (VALUES, PREVIEW):
        return wizard.draft is not None
    if wizard.state.compare:
        return False
    return wizard.draft is not None and not any(blocker(s, wizard) for s in range(CONFIRM))


def _file(wizard: Wizard) -> str:
    if not wizard.state.file:
        return _tr("Choose a price list file.")
    if wizard.file_problem:
        return _tr("The file can't be used: choose another one or change how it is read.")
    if wizard.book is None:
        stopped = _tr("Reading the file was stopped.")
        return stopped if wizard.stopped else _tr("The file is being read.")
    lists = [s for s in wizard.book.sheets if s.price_list and not s.hidden]
    if len(lists) > 1 and not wizard.state.choices.sheet:
        count = formats.number(len(lists))
        return _tr("Choose one of the {count} sheets with prices.").format(count=count)
    return _target(wizard) or _node(wizard)


def _node(wizard: Wizard) -> str:
    sheet = wizard.sheet_view()
    known = sheet is None or sheet.resource or sheet.kind == "tree_sheet"
    if known or wizard.state.node:
        return ""
    return _tr("Choose the node: what the file prices is not clear from it.")


def _target(wizard: Wizard) -> str:
    if not wizard.state.service:
        if wizard.state.compare:
            return _tr("Choose the service that the file is compared with.")
        return _tr("Choose the service that the rates go to.")
    if wizard.target_problem:
        return wizard.target_problem
    if wizard.target is None:
        return _tr("The service is being looked up.")
    if not wizard.target.scopes:
        return _tr("The service has no scope yet: add one in the service.")
    if wizard.state.scope is None:
        if wizard.state.compare:
            return _tr("Choose the scope that the file is compared with.")
        return _tr("Choose the scope that the rates go to.")
    return ""


def _columns(wizard: Wizard) -> str:
    earlier = _file(wizard)
    if earlier:
        return earlier
    if wizard.problem or wizard.draft is None:
        return _undrafted(wizard)
    if wizard.stopped:
        return _tr("Drafting was stopped.")
    first = next(iter(column_messages(wizard.draft)), None)
    if first is not None:
        return first.text
    if wizard.draft.mode_open:
        return _tr("Choose what happens to rates that the file does not name.")
    return ""


def _undrafted(wizard: Wizard) -> str:
    """Return why there is no draft of what is chosen."""
    if wizard.problem:
        return wizard.problem
    stopped = _tr("Drafting was stopped.")
    return stopped if wizard.stopped else _tr("The rates are being drafted.")


def column_messages(draft: DraftView) -> list[Message]:
    """Return what is in the way in the columns step."""
    return [m for m in draft.messages if m.severity == "block" and m.kind not in _ELSEWHERE]


def _values(wizard: Wizard) -> str:
    draft = wizard.draft
    if draft is None:
        return _undrafted(wizard)
    left = draft.values.get("open", 0)
    if left == 1:
        return _tr("1 value needs a decision.")
    if left:
        return _tr("{count} values need a decision.").format(count=formats.number(left))
    return ""


def _preview(wizard: Wizard) -> str:
    draft = wizard.draft
    if draft is None:
        return _undrafted(wizard)
    if draft.values.get("open", 0):
        return _values(wizard)
    if draft.rejected and not wizard.state.skip_errors:
        if draft.rejected == 1:
            return _tr("Accept leaving 1 row out, or mend it in an earlier step.")
        count = formats.number(draft.rejected)
        return _tr("Accept leaving {count} rows out, or mend them in an earlier step.").format(
            count=count
        )
    return ""


def _confirm(wizard: Wizard) -> str:
    if wizard.state.compare:
        return _tr("This is a comparison: nothing is written.")
    for step in (FILE, COLUMNS, VALUES, PREVIEW):
        reason = blocker(step, wizard)
        if reason:
            return reason
    if wizard.busy:
        return _tr("The rates are being drafted anew.")
    return wizard.draft.block if wizard.draft else ""


def _tr(text: str) -> str:
    return QCoreApplication.translate("Blockers", text)
