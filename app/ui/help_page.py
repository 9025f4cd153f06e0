"""The help: short topics written in Markdown, with a list and a search over all of them (F1)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import (
    QDesktopServices,
    QFont,
    QFontDatabase,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFrameFormat,
    QTextTable,
)
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from app.ui.addresses import Address
from app.ui.look.marks import set_mark
from app.ui.look.theme import theme
from app.ui.pages import Page, Shell
from app.ui.widgets.search_field import SearchField

ORDER = (
    "start", "lists", "services", "tree", "import", "import-values", "preview", "history",
    "compare", "profiles", "databases", "shortcuts",
)  # fmt: skip
"""Topics in reading order; others follow by name."""

HEADINGS = {1: 1.5, 2: 1.2, 3: 1.05}
"""Level of a heading → its size, of the text's."""

CODE = 0.88
"""Size of code, of the text's: fixed fonts look larger."""

OPENS = "open"
"""Scheme of links to pages of the window: ``open:import``."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A help page: name of its file, first heading, Markdown text."""

    name: str
    title: str
    text: str


@lru_cache(maxsize=1)
def topics() -> tuple[Topic, ...]:
    """Return all topics; some ten small files."""
    folder = files("resources").joinpath("help")
    found = {}
    for file in folder.iterdir():
        if file.name.endswith(".md"):
            text = file.read_text(encoding="utf-8")
            name = file.name.removesuffix(".md")
            found[name] = Topic(name, text.partition("\n")[0].lstrip("# ").strip(), text)
    rest = sorted(set(found) - set(ORDER))
    return tuple(found[n] for n in (*ORDER, *rest) if n in found)


def matching_topics(text: str) -> list[Topic]:
    """Return the topics that hold all words of ``text``, those with them in the title first."""
    words = text.casefold().split()
    found = [t for t in topics() if all(w in t.text.casefold() for w in words)]
    return sorted(found, key=lambda t: not all(w in t.title.casefold() for w in words))


class HelpPage(Page):
    """A list of topics beside the text of one; one tab for all."""

    HELP = "start"

    def __init__(self, shell: Shell, address: Address) -> None:
        super().__init__(shell, address)
        self._topic = ""
        self.search = SearchField(self.tr("Search the help"), self)
        self.search.setAccessibleName(self.tr("Search the help"))
        self.list = QListWidget(self)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        set_mark(self.list, "plain", True)
        self.list.setAccessibleName(self.tr("Help topics"))
        self.text = QTextBrowser(self)
        self.text.setOpenLinks(False)
        self.text.setFrameShape(QFrame.Shape.NoFrame)
        set_mark(self.text, "plain", True)
        self.text.setAccessibleName(self.tr("Help text"))
        self._lay_out()
        self.search.textChanged.connect(self._fill)
        self.search.returnPressed.connect(lambda: self._choose(self.list.item(0)))
        self.search.moved_down.connect(self.list.setFocus)
        self.list.currentItemChanged.connect(lambda item, _: self._choose(item))
        self.text.anchorClicked.connect(self._follow)
        theme().changed.connect(self._dress)
        self._fill("")
        self.show_topic(address.get("topic") or "start")

    def title(self) -> str:
        """Return the tab's text."""
        return self.tr("Help")

    def icon_name(self) -> str:
        """Return the tab's icon."""
        return "help"

    def revisit(self, address: Address) -> None:
        """Show another topic."""
        super().revisit(address)
        if address.get("topic"):
            self.show_topic(address.get("topic"))

    def show_topic(self, name: str) -> None:
        """Show a topic; the first one for a name that is not there."""
        known = {t.name: t for t in topics()}
        self._topic = name if name in known else next(iter(known), "")
        self._dress()
        for row in range(self.list.count()):
            item = self.list.item(row)
            if item.data(Qt.ItemDataRole.UserRole) == self._topic:
                self.list.blockSignals(True)
                self.list.setCurrentItem(item)
                self.list.blockSignals(False)

    @property
    def topic(self) -> str:
        """Return the name of the topic shown."""
        return self._topic

    def _lay_out(self) -> None:
        side = QWidget(self)
        side.setFixedWidth(256)
        column = QVBoxLayout(side)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(8)
        column.addWidget(self.search)
        column.addWidget(self.list)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(side)
        row.addWidget(self.text, 1)
        self.setFocusProxy(self.search)

    def _fill(self, text: str) -> None:
        self.list.blockSignals(True)
        self.list.clear()
        for topic in matching_topics(text):
            item = QListWidgetItem(topic.title, self.list)
            item.setData(Qt.ItemDataRole.UserRole, topic.name)
            if topic.name == self._topic:
                self.list.setCurrentItem(item)
        self.list.blockSignals(False)

    def _choose(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self.show_topic(item.data(Qt.ItemDataRole.UserRole))

    def _follow(self, link: QUrl) -> None:
        if link.scheme() == OPENS:
            self.shell.open(Address.parse(link.toString().removeprefix(f"{OPENS}:")))
        elif link.scheme() in {"http", "https"}:
            QDesktopServices.openUrl(link)
        else:
            self.show_topic(link.path())

    def _dress(self) -> None:
        known = {t.name: t for t in topics()}
        document = self.text.document()
        document.setDocumentMargin(24)
        if self._topic in known:
            self.text.setMarkdown(known[self._topic].text)
            style_document(document, self.font())


def style_document(document: QTextDocument, font: QFont) -> None:
    """Give headings, code, links and paragraphs of a Markdown document the window's look."""
    for frame in document.rootFrame().childFrames():
        if isinstance(frame, QTextTable):
            shape = frame.format()
            shape.setBorderBrush(theme().color("border"))
            shape.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
            shape.setBorderCollapse(True)
            frame.setFormat(shape)
    fixed = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont).families()
    block = document.begin()
    while block.isValid():
        level = block.blockFormat().headingLevel()
        cursor = QTextCursor(block)
        spaced = QTextBlockFormat()
        spaced.setTopMargin(16 if level > 1 else 0)
        spaced.setBottomMargin(4 if block.textList() else 8)
        spaced.setLineHeight(125, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
        cursor.mergeBlockFormat(spaced)
        pieces = []
        walk = block.begin()
        while not walk.atEnd():
            pieces.append(walk.fragment())
            walk += 1
        for piece in pieces:
            given = piece.charFormat()
            shaped = QTextCharFormat()
            shaped.setForeground(theme().color("link" if given.isAnchor() else "text"))
            if level:
                shaped.setFontPointSize(font.pointSizeF() * HEADINGS.get(level, 1.0))
                shaped.setFontWeight(QFont.Weight.DemiBold)
            elif given.fontWeight() > QFont.Weight.Normal:
                shaped.setFontWeight(QFont.Weight.DemiBold)  # the bundled font has no bold
            if given.fontFixedPitch():
                shaped.setFontFamilies(fixed)
                shaped.setFontPointSize(font.pointSizeF() * CODE)
                shaped.setBackground(theme().color("neutral_fill"))
            cursor.setPosition(piece.position())
            cursor.setPosition(piece.position() + piece.length(), QTextCursor.MoveMode.KeepAnchor)
            cursor.mergeCharFormat(shaped)
        block = block.next()
