"""About: versions, the database's place, and the licences of what the program is built on."""

from __future__ import annotations

import platform
import sqlite3
from functools import lru_cache
from importlib import metadata

from PySide6.QtCore import Qt, qVersion
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from app.ui.jobs import Jobs
from app.ui.look.fonts import title_font
from app.ui.widgets.card import SectionTitle, muted_label

NAME = "tariffdesk"


@lru_cache(maxsize=1)
def version() -> str:
    """Return the program's version, "" where it runs from its sources."""
    try:
        return metadata.version(NAME)
    except metadata.PackageNotFoundError:
        return ""


def licences() -> str:
    """Return a line per library with its version and licence; reads their metadata, in a job."""
    try:
        needs = metadata.requires(NAME) or []
    except metadata.PackageNotFoundError:
        return "The list comes with an installed Tariffdesk; this one runs from its sources."
    lines = set()
    for need in needs:
        if "extra ==" in need:
            continue
        name = need.split(";")[0].split("[")[0].split(">")[0].split("<")[0].split("=")[0].strip()
        try:
            about = metadata.metadata(name)
        except metadata.PackageNotFoundError:
            continue
        lines.add(f"{about['Name']} {about['Version']} – {_licence(about)}")
    return "\n".join(sorted(lines, key=str.casefold))


def _licence(about: metadata.PackageMetadata) -> str:
    given = _first(about, "License-Expression")
    classified = [
        c.rpartition(" :: ")[2]
        for c in about.get_all("Classifier") or []
        if c.startswith("License ::")
    ]
    first_line = _first(about, "License").strip().partition("\n")[0]
    return given or ", ".join(classified) or first_line or "see its documentation"


def _first(about: metadata.PackageMetadata, name: str) -> str:
    return next(iter(about.get_all(name) or []), "")


class AboutDialog(QDialog):
    """Versions and licences; the texts can be selected and copied."""

    def __init__(self, jobs: Jobs, place: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("About Tariffdesk"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(560)
        name = QLabel("Tariffdesk")
        name.setFont(title_font())
        facts = QFormLayout()
        facts.setHorizontalSpacing(16)
        for title, value in (
            (self.tr("Version"), version() or self.tr("from its sources")),
            (self.tr("Database"), place or self.tr("none open")),
            ("Python", platform.python_version()),
            ("Qt", qVersion()),
            ("SQLite", sqlite3.sqlite_version),
            (self.tr("System"), platform.platform()),
        ):
            label = QLabel(value)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            facts.addRow(muted_label(title), label)
        self.libraries = QPlainTextEdit(self)
        self.libraries.setReadOnly(True)
        self.libraries.setAccessibleName(self.tr("Libraries and their licences"))
        self.libraries.setPlainText(self.tr("Loading…"))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 12)
        layout.setSpacing(12)
        layout.addWidget(name)
        layout.addWidget(
            muted_label(
                self.tr("Tariff and billing back office for messaging and voice operators.")
            )
        )
        layout.addLayout(facts)
        layout.addWidget(SectionTitle(self.tr("Libraries")))
        layout.addWidget(self.libraries, 1)
        layout.addWidget(buttons)
        jobs.run(lambda _job: licences(), owner=self, done=self.libraries.setPlainText)
