"""Item 48: a language a third longer than English; what stays English, what gets cut."""

from __future__ import annotations

import platform
import re
from collections.abc import Iterator, Set
from html import unescape

from PySide6.QtCore import QAbstractItemModel, QCoreApplication, QEvent, Qt, QTranslator
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QComboBox,
    QGroupBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QTabBar,
    QToolButton,
    QWidget,
)

from tests.ui.everywhere.reach import told

OPEN, SHUT = "⟦", "⟧"
MORE = 0.3
_FIXED = re.compile(r"%[0-9nL]+|\{[^}]*\}|&\w|\(\*[^)]*\)|<[^>]+>")


class Longer(QTranslator):
    """Marks every text that is translated and makes it 30 % longer."""

    def isEmpty(self) -> bool:
        return False

    def translate(
        self, context: str, text: str, disambiguation: str | None = None, n: int = -1
    ) -> str:
        if context == "QShortcut":
            return text  # names of keys
        return longer(text.replace("%n", str(n)) if n >= 0 else text)


def longer(text: str) -> str:
    """Return ``text`` between marks, with short words added; a closing … stays the last sign."""
    if not text.strip():
        return text
    plain = _FIXED.sub("", text)
    extra = max(1, round(len(plain) * MORE) - 2)
    added = " ".join(["~" * 5] * (extra // 6) + ["~" * (extra % 6)]).strip()
    body = text.removesuffix("…")
    return f"{OPEN}{body}{added}{SHUT}" + ("…" if text.endswith("…") else "")


# ------------------------------------------------------------------------------ what is said


def texts(root: QWidget) -> Iterator[tuple[QWidget, str, str]]:
    """Return what a person reads below ``root``: (widget, what it is, text)."""
    for widget in [root, *root.findChildren(QWidget)]:
        if not widget.isVisible() or _is_machinery(widget):
            continue
        for kind, text in _texts_of(widget):
            if text:
                yield widget, kind, text


def _is_machinery(widget: QWidget) -> bool:
    return widget.objectName().startswith("qt_") or isinstance(widget.parentWidget(), QComboBox)


_WRITTEN = (
    ((QLabel, QAbstractButton), "text", "text"),
    (QGroupBox, "title", "title"),
    ((QLineEdit, QPlainTextEdit), "placeholder", "placeholderText"),
)


def _texts_of(widget: QWidget) -> Iterator[tuple[str, str]]:
    if not isinstance(widget.parentWidget(), QAbstractItemView):
        yield "tooltip", widget.toolTip()
    yield "name", widget.accessibleName()
    for kinds, name, read in _WRITTEN:
        if isinstance(widget, kinds):
            yield name, str(getattr(widget, read)())
    if isinstance(widget, QComboBox):
        yield from (("item", widget.itemText(row)) for row in range(min(widget.count(), 12)))
    elif isinstance(widget, QTabBar):
        yield from (("tab", widget.tabText(tab)) for tab in range(widget.count()))
    elif isinstance(widget, QHeaderView):
        yield from _titles(widget)
    elif isinstance(widget, QMenu):
        yield from (("menu", action.text()) for action in widget.actions())
    if widget.isWindow() and not isinstance(widget, QMenu):
        yield "window", widget.windowTitle()


def _titles(header: QHeaderView) -> Iterator[tuple[str, str]]:
    model: QAbstractItemModel | None = header.model()
    if model is None or header.orientation() is Qt.Orientation.Vertical:
        return
    for section in range(header.count()):
        if not header.isSectionHidden(section):
            for role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
                yield "column", str(model.headerData(section, header.orientation(), role) or "")


def rests(text: str) -> list[str]:
    """Return the pieces of a text outside of all marks that hold a word."""
    depth, rest = 0, []
    for sign in text:
        if sign == OPEN:
            depth += 1
            rest.append("\n")
        elif sign == SHUT and not depth:
            rest.clear()  # the beginning of a translated text was cut off
        elif sign == SHUT:
            depth -= 1
        elif not depth:
            rest.append(sign)
    pieces = re.split(r"\n| · | – |: |, |\(|\)|…|\.\s|\.$|#|“|”|\|", "".join(rest))
    return [p.strip() for p in pieces if re.search(r"[^\W\d_]{2,}", p)]


def compared(text: str) -> str:
    """Return a text as it is compared: numbers and dates look otherwise in a window."""
    return re.sub(r"\d[\d/.,:-]*(?<=\d)", "0", text.casefold().strip())


EXAMPLES = frozenset(
    compared(name)
    for name in (
        *("Tariffdesk", "Python", "Qt", "SQLite", "UTC", "MM/DD/YYYY", "KeyError"),
        *("db.example.com", "mail.example.com", "office@example.com", "ada@example.com"),
        *("Ada", "Ada Byron", platform.platform(), f"{platform.system()} {platform.release()}"),
    )
)
"""Names, and samples of what to type, that are the same in every language."""

_KEYS = re.compile(
    r"((Ctrl|Shift|Alt|Meta)\+)*([A-Z]|F\d+|Del|Ins|Insert|Return|Enter|Esc|Home|End|Up|Down)"
)
_TIMES = re.compile(
    r"[\d/:.,\s]+([AP]M)?( (UTC|\w+(/[\w+-]+)+))?|"
    r"[\d.,]+ \w?B|([A-Z2-7]{4} ?)+|\d+ %|.*\.(db|csv|xlsx|log)|(cp|utf-|latin-|gb)[\w-]+"
)


def untranslated(root: QWidget, data: Set[str]) -> Iterator[str]:
    """Tell every text that is neither translated nor data.

    Data are ``data`` (what the database and the price lists hold, dictionaries, the sentences of
    services), keys, moments with their zone, sizes, names of files, and :data:`EXAMPLES`.
    """
    for widget, kind, text in texts(root):
        plain = unescape(re.sub(r"<[^>]+>", " ", text)) if "</" in text else text
        english = [p for p in rests(plain) if not _is_data(p, data)]
        if english:
            yield f"{kind} {text!r}: {english} of {told(widget)}"


def _is_data(piece: str, data: Set[str]) -> bool:
    whole = compared(piece.replace("&&", "&").strip("•*+↔ "))
    plain = whole.removesuffix(" 0")  # without a count
    if not data.isdisjoint((whole, plain)) or not EXAMPLES.isdisjoint((whole, plain)):
        return True
    parts = [part.strip() for part in re.split(r" › |\s\s+", plain)]
    if len(parts) > 1 and all(_is_data(part, data) or part.isdigit() for part in parts):
        return True
    return bool(_KEYS.fullmatch(piece) or _TIMES.fullmatch(piece))


# ------------------------------------------------------------------------------ what is cut

ROOM = 2
"""Pixels a text may lack; style and fonts round."""


def cut(root: QWidget) -> Iterator[str]:
    """Tell every text that is wider or higher than its widget, and every widget cut by its parent.

    Labels that shorten themselves, cells and column titles end in "…" on purpose.
    """
    QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)
    for widget in root.findChildren(QWidget):
        if not widget.isVisible() or _is_machinery(widget):
            continue
        lack = _lack(widget)
        if lack > ROOM:
            yield f"cut by {lack} px: {told(widget)}"
        elif isinstance(widget, (QLabel, QAbstractButton, QLineEdit, QComboBox)) and _outside(
            widget
        ):
            yield f"outside of its place: {told(widget)}"


def _lack(widget: QWidget) -> int:
    if isinstance(widget, QLabel):
        return _label_lack(widget)
    if isinstance(widget, QToolButton) and not widget.text():
        return 0
    if isinstance(widget, (QPushButton, QToolButton)) or (
        isinstance(widget, QAbstractButton) and widget.text()
    ):
        if getattr(widget, "elides", False):
            return 0
        return widget.sizeHint().width() - widget.width()
    if type(widget).paintEvent not in (QComboBox.paintEvent, QLineEdit.paintEvent):
        return 0  # shortens its text by itself
    if isinstance(widget, QComboBox) and widget.currentIndex() >= 0:
        return _width(widget, widget.currentText()) + 24 - widget.width()
    if isinstance(widget.parentWidget(), QHeaderView):
        return 0  # as wide as a person makes the column
    if isinstance(widget, QLineEdit) and not widget.text():
        return _width(widget, widget.placeholderText()) + 8 - widget.width()
    return 0


def _width(widget: QWidget, text: str) -> int:
    return QFontMetrics(widget.font()).horizontalAdvance(text)


def _label_lack(label: QLabel) -> int:
    if not label.text() or label.pixmap().width():
        return 0
    if type(label).paintEvent is not QLabel.paintEvent:
        return 0  # shortens its text by itself
    if label.wordWrap():
        return label.heightForWidth(label.width()) - label.height()
    return label.sizeHint().width() - label.width()


def _outside(widget: QWidget) -> bool:
    """Whether a part of a widget is beyond the edge of what holds it, and can't be scrolled to."""
    inner, holder = widget, widget.parentWidget()
    while holder is not None and not inner.isWindow():
        if isinstance(holder.parentWidget(), (QScrollArea, QAbstractItemView, QHeaderView)):
            return False
        if isinstance(holder, (QHeaderView, QAbstractItemView, QTabBar)):
            return False
        if not holder.rect().adjusted(-ROOM, -ROOM, ROOM, ROOM).contains(inner.geometry()):
            return True
        inner, holder = holder, holder.parentWidget()
    return False
