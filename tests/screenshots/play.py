"""Plays the scenes one after the other, each in a window of its own, and tells what happened."""

from __future__ import annotations

import sys
import time
import traceback
from argparse import Namespace
from pathlib import Path

from PySide6.QtCore import QLocale, QMessageLogContext, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from tests.screenshots.driver import Driver
from tests.screenshots.scenes import Scene, Skipped, load


def play(asked: Namespace, work: Path) -> int:
    """Take the pictures that were asked for; return 1 if a scene failed."""
    scenes = load()
    if asked.list:
        _tell("\n".join(scene.name for scene in scenes))
        return 0
    driver = _driver(asked, work)
    databases = _databases(work)
    wanted = [(n, s) for n, s in enumerate(scenes, start=1) if _wanted(s, asked.only)]
    failed = [s.name for n, s in wanted if not _play(driver, n, s, databases, asked.variant)]
    for fault in driver.faults:
        _tell(f"fault: {fault}")
    _tell(f"{len(driver.taken)} pictures in {asked.folder}")
    if failed:
        _tell(f"failed: {', '.join(failed)}")
    return 1 if failed or driver.faults or not wanted else 0


def _wanted(scene: Scene, only: list[str]) -> bool:
    return not only or any(scene.name.startswith(name) for name in only)


def _driver(asked: Namespace, work: Path) -> Driver:
    """Make the application in the look that a person sees."""
    QLocale.setDefault(QLocale("en_US"))
    qInstallMessageHandler(_qt_told)
    existing = QApplication.instance()
    application = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    if not application.property("longer") and getattr(asked, "longer", False):
        from tests.screenshots.longer import Longer

        application.installTranslator(Longer(application))
    from app.ui.look import fonts
    from app.ui.look.theme import theme
    from app.ui.widgets import wheel_guard

    themes = ("light", "dark") if asked.theme == "both" else (asked.theme,)
    fonts.install(application)
    theme().apply(application, themes[0])
    wheel_guard.install(application)
    application.setCursorFlashTime(0)  # a caret that blinks makes no two pictures the same
    width, height = (int(part) for part in asked.size.split("x"))
    driver = Driver(asked.folder, work, themes=themes, size=(width, height))
    driver.sheet = asked.sheet
    sys.excepthook = driver.slot_failed
    return driver


def _databases(work: Path) -> dict[str, Path]:
    """Make the databases that the scenes work on copies of."""
    from app.bootstrap import open_session
    from app.sections import SECTIONS
    from app.services.demo import make_demo

    made = {name: work / f"{name}.db" for name in ("sample", "empty")}
    for name, path in made.items():
        session = open_session(str(path), create=True)
        try:
            if name == "sample":
                for _ in make_demo(session.context(), SECTIONS):
                    pass
        finally:
            session.close()
    return made


def _play(
    driver: Driver, number: int, scene: Scene, databases: dict[str, Path], variant: str
) -> bool:
    """Play one scene; a scene that fails leaves the others alone."""
    begun = time.monotonic()
    before = len(driver.taken)
    driver.prefix = "_".join(part for part in (f"{number:02d}", variant, scene.name) if part)
    try:
        driver.begin(databases.get(scene.database))
        for name in scene.play(driver):
            driver.shot(name)
    except Skipped as reason:
        _tell(f"{scene.name}: skipped, {reason}")
        return True
    except Exception:  # noqa: BLE001 - whatever goes wrong in one scene, the others are wanted
        _tell(f"{scene.name}: failed\n{traceback.format_exc()}")
        return False
    finally:
        driver.end()
    count = len(driver.taken) - before
    _tell(f"{scene.name}: {count} pictures, {time.monotonic() - begun:.1f} s")
    return True


def _qt_told(_kind: QtMsgType, _context: QMessageLogContext, text: str) -> None:
    """Pass Qt's messages on, but not what the offscreen platform lacks."""
    if "This plugin does not support" not in text:
        _tell(f"Qt: {text}")


def _tell(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
