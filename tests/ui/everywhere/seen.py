"""Items 4 and 47: the focus that is seen, and the text of cells on their ground, in pixels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np
from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPoint, QRect, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QAbstractItemView, QApplication, QHeaderView, QListView, QWidget
from shiboken6 import isValid

from tests.ui.everywhere.reach import stops_of_tab, told

_LINEAR = np.array([v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4
                    for v in np.arange(256) / 255])  # fmt: skip
"""Light of each value of a channel (WCAG 2.1)."""

SEEN = 8
"""So many pixels must change when the keyboard comes to a widget."""

EDGE = 3.0
"""Contrast that the changed pixels need with what was there (WCAG 2.1, 1.4.11)."""

MARKS = ("primary", "danger", "link", "count", "plain", "popup", "invalid")
"""Marks by which resources/style.qss tells widgets of one class apart."""

TEXT = 4.0
"""Contrast of a cell's text as painted; smoothed stems miss the 4.5 of the tokens a little."""


Looked = Counter[object]
"""Kinds of views and how often each was looked at."""

ROWS, COLUMNS, LOOKS = 6, 9, 2


Marks = tuple[object, ...]
"""What tells a kind of widget from others: its class, its name, its marks."""


def kinds(root: QWidget) -> set[Marks]:
    """Return the kinds of the widgets below ``root`` that Tab comes to."""
    return {_kind(widget) for widget in stops_of_tab(root)}


def is_news(
    root: QWidget, held: set[Marks], theme: str, focused: set[Marks], looked: Looked
) -> bool:
    """Whether ``root``, which holds widgets of some kinds, has one or cells not looked at yet."""
    if held - focused:
        return True
    views = (v for v in root.findChildren(QAbstractItemView) if v.isVisible())
    return any(looked[type(v), type(v.model()), theme] < LOOKS for v in views)


def unseen_focus(root: QWidget, known: set[Marks]) -> Iterator[str]:
    """Put the keyboard on each kind of widget; tell where nothing shows it.

    ``known`` = kinds that were looked at already, which get no second look.
    """
    before = QApplication.focusWidget()
    chain = stops_of_tab(root)
    for widget in chain:
        if not isValid(widget) or (kind := _kind(widget)) in known:
            continue
        known.add(kind)
        other = next((w for w in chain if w is not widget and isValid(w)), None)
        if other is None:
            continue
        other.setFocus(Qt.FocusReason.TabFocusReason)
        without = _picture(root, widget)
        widget.setFocus(Qt.FocusReason.TabFocusReason)
        if not isValid(widget) or not widget.isVisible() or not widget.hasFocus():
            continue
        if not _differs(without, _picture(root, widget)):
            yield f"focus can't be seen: {told(widget)}"
    if before is not None and isValid(before) and before.isVisible():
        before.setFocus(Qt.FocusReason.OtherFocusReason)


def _kind(widget: QWidget) -> Marks:
    marks = [(mark, str(widget.property(mark))) for mark in MARKS]
    return (type(widget).__name__, widget.objectName(), *marks)


def _picture(root: QWidget, widget: QWidget) -> np.ndarray:
    QApplication.processEvents()
    place = QRect(widget.mapTo(root, QPoint(0, 0)), widget.size()).adjusted(-2, -2, 2, 2)
    return _pixels(root.grab(place.intersected(root.rect())).toImage())


def _differs(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether enough pixels changed, and enough to be seen."""
    if one.shape != other.shape:
        return True
    changed = one != other
    pairs, counts = np.unique(
        np.stack([one[changed], other[changed]], axis=1), axis=0, return_counts=True
    )
    strong = _contrasts(pairs[:, 0], pairs[:, 1]) >= EDGE
    return int(counts[strong].sum()) >= SEEN


def _pixels(picture: QImage) -> np.ndarray:
    """Return the pixels of a picture as numbers 0xffrrggbb, a row each."""
    image = picture.convertToFormat(QImage.Format.Format_RGB32)
    bits = np.frombuffer(image.constBits(), np.uint32)
    return bits.reshape(image.height(), image.bytesPerLine() // 4)[:, : image.width()].copy()


# ------------------------------------------------------------------------------ cells


def pale_cells(view: QAbstractItemView, theme: str, looked: Looked) -> Iterator[str]:
    """Tell the cells in sight whose text is hard to read on what is painted behind it.

    ``looked`` = how often each kind of view was looked at; the third time is enough.
    """
    kind = (type(view), type(view.model()), theme)
    looked[kind] += 1
    if looked[kind] > LOOKS:
        return
    model, selection = view.model(), view.selectionModel()
    if model is None or selection is None or isinstance(view, QHeaderView):
        return
    kept, current = selection.selection(), selection.currentIndex()
    for selected in (False, True):
        cells = list(_cells(view))
        if selected:
            flags = QItemSelectionModel.SelectionFlag
            for index in cells:
                selection.select(index, flags.Select)
        QApplication.processEvents()
        picture = _ground(view)
        for index in cells:
            found = _contrast(picture, view.visualRect(index))
            if found and found < TEXT:
                state = "selected " if selected else ""
                where = f"{type(model).__name__} {index.row()}/{index.column()}"
                yield f"{theme}: {state}{index.data()!r} has {found:.1f} in {where}"
    if not isValid(selection):
        return
    selection.blockSignals(True)
    selection.select(kept, QItemSelectionModel.SelectionFlag.ClearAndSelect)
    selection.setCurrentIndex(current, QItemSelectionModel.SelectionFlag.NoUpdate)
    selection.blockSignals(False)


def _ground(view: QAbstractItemView) -> np.ndarray:
    """Return the picture of a view's cells with what shines through from behind."""
    window, inside = view.window(), view.viewport()
    place = QRect(inside.mapTo(window, QPoint(0, 0)), inside.size())
    return _pixels(window.grab(place).toImage())


def _cells(view: QAbstractItemView) -> Iterator[QModelIndex]:
    area = view.viewport().rect()
    index = view.indexAt(QPoint(4, 4))
    rows = 0
    while index.isValid() and rows < ROWS:
        for column in range(_columns(view)):
            cell = index.siblingAtColumn(column)
            place = view.visualRect(cell)
            if cell.data() not in (None, "") and area.contains(place) and place.height() > 8:
                yield cell
        rows += 1
        place = view.visualRect(index)
        index = view.indexAt(QPoint(4, place.bottom() + 4))


def _columns(view: QAbstractItemView) -> int:
    """Return the number of columns; the method of lists is private in Python."""
    return 1 if isinstance(view, QListView) else min(view.model().columnCount(), COLUMNS)


def _contrast(picture: np.ndarray, place: QRect) -> float:
    """Return the contrast of the strongest shade in a cell with its most common one."""
    x, y = place.left() + 4, place.top() + 2
    inside = picture[max(y, 0) : place.bottom() - 1, max(x, 0) : place.right() - 3]
    shades, counts = np.unique(inside, return_counts=True)
    if len(shades) < 6:  # an icon or nothing: smoothed text has many shades
        return 0.0
    grounds = shades[np.argsort(counts)[-2:]]  # the row's, and that of a pill in it
    return float(_contrasts(shades[:, np.newaxis], grounds[np.newaxis, :]).max())


def _contrasts(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Return the contrast of colours 0xrrggbb with others, as app.ui.look.theme tells it."""
    light, dark = _luminances(one), _luminances(other)
    return (np.maximum(light, dark) + 0.05) / (np.minimum(light, dark) + 0.05)


def _luminances(shades: np.ndarray) -> np.ndarray:
    return sum(
        weight * _LINEAR[(shades >> shift) & 0xFF]
        for shift, weight in ((16, 0.2126), (8, 0.7152), (0, 0.0722))
    )
