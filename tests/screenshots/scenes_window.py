"""What belongs to the whole window: palette, help, shortcuts, messages, jobs, unsaved work."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from PySide6.QtCore import QTimer

from tests.screenshots.driver import Driver
from tests.screenshots.scenes import scene
from tests.screenshots.scenes_tree import networks, opened, set_price


@scene("palette")
def palette(driver: Driver) -> Iterator[str]:
    driver.open("list?section=services")
    driver.window.show_palette()
    yield "open"
    driver.keys("sms")
    yield "records"
    driver.press("Ctrl+A")
    driver.keys("zzzz")
    yield "nothing"


@scene("help")
def help_pages(driver: Driver) -> Iterator[str]:
    page = driver.open("help")
    yield "first"
    for topic in ("import", "tree", "shortcuts"):
        page.show_topic(topic)
        yield topic
    driver.window.show_shortcuts()
    yield "sheet"
    driver.close_popups()
    driver.window.show_about()
    yield "about"


@scene("messages")
def messages(driver: Driver) -> Iterator[str]:
    window = driver.window
    driver.open("list?section=services")
    window.notify("12 rates exported to sms_service.xlsx.", action=("Open folder", lambda: None))
    window.notify("The list changed while you were away.", kind="info")
    window.notify("The export stopped: the disk is full.", kind="error")
    yield "toasts"
    window.show_fault("KeyError: 'price'", "Traceback …", Path("tariffdesk.log"))
    yield "fault"
    window.fault_bar.clear()
    window.trouble.lose("The database server does not answer: check the network, then try again.")
    yield "lost"
    window.notice_bar.clear()
    window.recovery.offer(2)
    yield "recovery"


@scene("jobs")
def jobs(driver: Driver) -> Iterator[str]:
    driver.open("list?section=services")
    go = threading.Event()

    def work(job: Any) -> None:
        job.report("matching rows", 420_000, 1_000_000)
        go.wait(20)

    try:
        for title in ("Importing meridian_sms.xlsx", "Exporting rates"):
            driver.window.jobs.run(work, owner=driver.window, title=title)
        driver.busy(0.3)
        driver.shot_now("running")
        driver.window.status.more.click()
        driver.busy(0.2)
        driver.shot_now("list")
    finally:
        go.set()
    driver.close_popups()
    yield "ended"


@scene("unsaved")
def unsaved(driver: Driver) -> Iterator[str]:
    editor = opened(driver)
    set_price(editor, networks(editor, "Austria")[0], 4_990_000)
    driver.open("list?section=imports")
    yield "mark"

    def seen() -> None:
        driver.shot_now("question")
        driver.dialog().reject()

    QTimer.singleShot(500, driver.application, seen)
    driver.window.close()  # asks, and waits for the answer
