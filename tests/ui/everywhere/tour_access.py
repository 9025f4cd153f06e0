"""The part of the tour about signing in: account, security, every step of the sign-in page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from PySide6.QtGui import QImage

from app.domain.records import WithSecret
from app.services.access.sign_up import Registration
from app.services.access.switch import setup_admin, switch_on
from app.ui.access.avatar_dialog import AvatarDialog
from app.ui.access.secret_dialog import tell_outcome
from app.ui.access.sign_in_steps import NewPasswordStep, PhoneStep
from app.ui.access.sign_up_steps import SignUpStep

PASSWORD = "Lantern-forest-27"


def access(walk: Any) -> Iterator[str]:
    """Security and account without a sign-in, the sign-in page, both with one."""
    window = walk.window
    walk.open("account")
    yield "account-nobody"
    page = walk.open("security")
    yield "security-off"
    page.switch_on.click()
    walk.settle()
    yield "switch-on"
    walk.close_popups()
    page._make_administrator()
    walk.settle()
    yield "new-administrator"
    walk.close_popups()
    tell_outcome(window, page, WithSecret(window.tr("Saved"), "7KQM-2XWD-9HTR"))
    yield "shown-once"
    walk.close_popups()
    ctx = window.jobs.session.context()
    ada = Registration("Ada", "Byron", "", "ada", PASSWORD)
    setup_admin(ctx, "ada@example.com", ada, another=True)
    switch_on(ctx)
    window.gate.switched_on(None, "")
    walk.settle()
    yield from _steps(walk, window.gate.page)
    window.gate.page.restart()
    step = window.gate.page.step
    step.login.setText("ada")
    step.password.set_text(PASSWORD)
    step.submit()
    walk.until(lambda: not window.gate.locked)
    walk.settle()
    yield from _account(walk, walk.open("account"))
    walk.open("security")
    yield "security-on"
    window.gate._warn()
    yield "idle"
    window.idle_bar.clear()


def _steps(walk: Any, page: Any) -> Iterator[str]:
    page.step.submit()
    yield "sign-in"
    page.step._forgotten()
    yield "forgotten"
    page.step._have_code()
    page.step.new._generate()
    yield "new-password"
    page.restart()
    page.step._invited()
    yield "invitation"
    from app.services.access.sign_in import Invitation, SignIn

    invited = Invitation(1, "a@example.com", "Acme", "backoffice", (), False, True, (), "")
    page.go(SignUpStep(page, invited))
    walk.settle()
    yield "sign-up"
    for kind in (NewPasswordStep, PhoneStep):
        page.go(kind(page, SignIn("phone", None, None, 1, "")))
        walk.settle()
        yield kind.__name__


def _account(walk: Any, page: Any) -> Iterator[str]:
    yield "account"
    opened: list[tuple[str, Any]] = [
        ("name", page._edit_name),
        ("phone", page._edit_phone),
        ("password", page._change_password),
        ("two-factor-off", page._turn_off),
        ("delete", page._delete),
    ]
    for name, show in opened:
        show()
        walk.settle()
        yield f"account-{name}"
        walk.close_popups()
    picture = QImage(300, 200, QImage.Format.Format_RGB32)
    picture.fill(0)
    AvatarDialog(page.shell.jobs, picture, lambda _: None, page).open()
    walk.settle()
    yield "account-picture"
    walk.close_popups()
    page._turn_on()
    walk.settle()
    dialog = walk.application.activeModalWidget()
    dialog.password.set_text(PASSWORD)
    dialog.submit()
    walk.settle()
    yield "account-two-factor"
    walk.close_popups()
