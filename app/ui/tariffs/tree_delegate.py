"""Paints the cells of the rate tree with their marks, and edits them in place."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QAbstractItemModel,
    QCoreApplication,
    QEvent,
    QModelIndex,
    QObject,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QBrush, QColor, QFont, QKeyEvent, QPainter, QPalette, QPolygon
from PySide6.QtWidgets import (
    QComboBox,
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolTip,
    QWidget,
)

from app.domain.kinds import PriceType
from app.domain.pricing import to_units
from app.ui import formats
from app.ui.look.icons import icon
from app.ui.look.theme import theme
from app.ui.tariffs import tree_words as words
from app.ui.tariffs.tree_items import Kind
from app.ui.tariffs.tree_model import Look, TreeModel
from app.ui.tariffs.tree_words import Column

if TYPE_CHECKING:
    from app.services.tariffs.tree_options import NodeOptions

CORNER = 8
"""Side of the corner that marks a changed cell, pixels; it stays visible when selected."""

PAD = 4
GAP = "\N{EN SPACE}"
"""Stands between a number and the edge of its cell."""

IMPORT = "import"
"""What the price type editor gives for "Import from file…"."""

_ICONS = {"warn": "warning", "info": "others", "error": "error"}
_MARKS = {"changed": "changed_mark", "new": "new_mark", "removed": "error_mark"}
_Item = QStyleOptionViewItem
_Index = QModelIndex

OptionsFor = Callable[[QModelIndex, Callable[["NodeOptions"], None]], None]


class TreeDelegate(QStyledItemDelegate):
    """Marks are painted over the selection; editors refuse a bad value and stay open."""

    stepped = Signal(int)
    """An edit ended by a key: Qt.Key_Return (go down), Key_Tab or Key_Backtab."""

    def __init__(self, options_for: OptionsFor, parent: QWidget) -> None:
        super().__init__(parent)
        self._options_for = options_for

    # ------------------------------------------------------------------ painting

    def initStyleOption(self, option: _Item, index: _Index) -> None:
        super().initStyleOption(option, index)
        look = _model(index).look(index)
        if look.mark is not None:
            option.features |= _Item.ViewItemFeature.HasDecoration
            option.icon = icon(_ICONS[look.mark.tone], look.mark.tone)
            option.decorationSize = QSize(14, 14)
        if index.column() in words.NUMBERS:
            option.text += GAP
        font = option.font
        font.setWeight(QFont.Weight.DemiBold if look.bold else QFont.Weight.Normal)
        font.setStrikeOut(look.row == "removed")
        option.font = font
        if look.muted or look.row == "removed":
            option.palette.setColor(QPalette.ColorRole.Text, theme().color("muted"))
        if look.match:
            option.backgroundBrush = QBrush(theme().color("match"))
            if not theme().is_dark:
                option.palette.setColor(QPalette.ColorRole.Text, theme().color("text"))
        elif look.changed:
            option.backgroundBrush = QBrush(theme().color("changed"))

    def paint(self, painter: QPainter, option: _Item, index: _Index) -> None:
        super().paint(painter, option, index)
        item = _model(index).item(index)
        if item.kind is Kind.GAP:
            middle = option.widget.height() // 2 if option.widget is not None else 0
            _model(index).load_gap(item, from_below=option.rect.top() < middle)
            return
        look = _model(index).look(index)
        if look.changed or (look.row in ("new", "removed") and index.column() == Column.NAME):
            self._corner(painter, option.rect, theme().color(_MARKS[look.row]))
        if look.row and index.column() == Column.NAME:
            self._word(painter, option, index, look)
        if look.match and option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(
                option.rect.adjusted(0, option.rect.height() - 3, 0, 0), theme().color("match")
            )

    def _corner(self, painter: QPainter, rect: QRect, color: QColor) -> None:
        painter.save()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        left, top = rect.left(), rect.top()
        corner = QPolygon()
        for x, y in ((left, top), (left + CORNER, top), (left, top + CORNER)):
            corner.append(QRect(x, y, 1, 1).topLeft())
        painter.drawPolygon(corner)
        painter.restore()

    def _word(self, painter: QPainter, option: _Item, index: _Index, look: Look) -> None:
        """Write new, changed or removed at the right end of the name, where there is room."""
        word = {"new": self.tr("new"), "changed": self.tr("changed"), "removed": self.tr("removed")}
        text = word[look.row]
        metrics = option.fontMetrics
        width = metrics.horizontalAdvance(text)
        name = metrics.horizontalAdvance(str(index.data()))
        if name + width + 8 * PAD > option.rect.width():
            return
        painter.save()
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        token = {"new": "ok", "changed": "warn", "removed": "error"}[look.row]
        painter.setPen(theme().color("selection_text" if selected else token))
        right = option.rect.adjusted(0, 0, -2 * PAD, 0)
        painter.drawText(right, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)
        painter.restore()

    def sizeHint(self, option: _Item, index: _Index) -> QSize:
        return QSize(super().sizeHint(option, index).width(), theme().row_height)

    # ------------------------------------------------------------------ editing

    def createEditor(self, parent: QWidget, option: _Item, index: _Index) -> QWidget:
        model, column = _model(index), Column(index.column())
        title = str(model.headerData(column, Qt.Orientation.Horizontal))
        editor: QWidget
        if column in words.NUMBERS:
            editor = NumberField(column, parent)
        else:
            editor = ChoiceField(parent)
            self._fill(editor, index)
        editor.setAccessibleName(f"{title}: {model.item(index).name}")
        return editor

    def _fill(self, editor: ChoiceField, index: _Index) -> None:
        model, item = _model(index), _model(index).item(index)
        column, state = Column(index.column()), model.state(item)

        def show(options: NodeOptions) -> None:
            if state is None:
                return
            if column is Column.TYPE:
                editor.offer(_types(options, model), (state.price_type, state.depends_on))
            else:
                rules = options.billing_rules
                if column is Column.QUANTITY:
                    rules = options.quantity_rules
                own = getattr(state, words.FIELDS[column][0])
                editor.offer([(rule.title, rule.value) for rule in rules], own)

        self._options_for(index, show)
        editor.activated.connect(lambda _: self._finish(editor, Qt.Key.Key_unknown))

    def setEditorData(self, editor: QWidget, index: _Index) -> None:
        if isinstance(editor, NumberField) and not editor.isModified():
            editor.setText(str(index.data(Qt.ItemDataRole.EditRole) or ""))
            editor.selectAll()

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: _Index) -> None:
        if isinstance(editor, NumberField):
            if editor.isModified() and not editor.problem():
                model.setData(index, editor.value())
        elif isinstance(editor, ChoiceField) and editor.chosen() is not None:
            model.setData(index, editor.chosen())

    def updateEditorGeometry(self, editor: QWidget, option: _Item, index: _Index) -> None:
        rect = option.rect
        if isinstance(editor, QComboBox):
            rect = rect.adjusted(0, 0, max(0, editor.sizeHint().width() - rect.width()), 0)
        editor.setGeometry(rect)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(watched, QWidget):
            assert isinstance(event, QKeyEvent)
            key = Qt.Key(event.key())
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                return self._finish(watched, Qt.Key.Key_Return)
            if key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
                return self._finish(watched, key)
        return super().eventFilter(watched, event)

    def _finish(self, editor: QWidget, key: Qt.Key) -> bool:
        """Take an editor's value and leave it; a value that means nothing keeps it open."""
        if isinstance(editor, NumberField) and editor.problem():
            editor.complain()
            return True
        self.commitData.emit(editor)
        self.closeEditor.emit(editor, QStyledItemDelegate.EndEditHint.NoHint)
        if key is not Qt.Key.Key_unknown:
            self.stepped.emit(int(key))
        return True


class NumberField(QLineEdit):
    """A price or a number of seconds as typed; red while it means nothing."""

    def __init__(self, column: Column, parent: QWidget) -> None:
        super().__init__(parent)
        self._column = column
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setFrame(False)
        self.textEdited.connect(self._check)

    def value(self) -> int | None:
        """Return 1e-8 units or seconds, None for an empty field. Raises ValueError."""
        return parse_cell(self._column, self.text())

    def problem(self) -> str:
        """Return "", or what is wrong."""
        if not self.isModified():
            return ""
        try:
            self.value()
        except ValueError as problem:
            return str(problem)
        return ""

    def complain(self) -> None:
        """Show what is wrong in a bubble at the field."""
        QToolTip.showText(self.mapToGlobal(self.rect().bottomLeft()), self.problem(), self)

    def _check(self) -> None:
        problem = self.problem()
        self.setToolTip(problem)
        colors = self.palette()
        colors.setColor(QPalette.ColorRole.Base, theme().color("error_fill" if problem else "base"))
        self.setPalette(colors)
        if not problem:
            QToolTip.hideText()


class ChoiceField(QComboBox):
    """A choice that opens at once; lines without a value are headings."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._ready = False
        self.view().setAccessibleName(self.tr("Choices"))

    def offer(self, choices: list[tuple[str, Any]], current: Any) -> None:
        """Show (text, value) pairs with ``current`` chosen."""
        self.clear()
        for text, value in choices:
            if text:
                self.addItem(text, value)
            else:
                self.insertSeparator(self.count())
        values = [self.itemData(row) for row in range(self.count())]
        self.setCurrentIndex(next((r for r, v in enumerate(values) if v == current), -1))
        self.setMinimumContentsLength(10)
        self._ready = True
        if self.isVisible():
            self.showPopup()

    def chosen(self) -> Any:
        """Return the chosen value, None while there is none."""
        return self.currentData() if self._ready else None

    def showEvent(self, event: Any) -> None:
        super().showEvent(event)
        if self._ready:
            self.showPopup()


def parse_cell(column: Column, text: str) -> int | None:
    """Return the value of a typed price (1e-8) or interval (seconds), None for "".

    Raises ValueError with a sentence.
    """
    if not text.strip():
        return None
    if column in (Column.PRICE, Column.CONNECT):
        value = formats.parse_price(text)
        if value < 0:
            raise ValueError(_negative())
        return to_units(value)
    seconds = formats.parse_number(text)
    if seconds < 0 or seconds != int(seconds):
        raise ValueError(_seconds())
    return int(seconds)


def _types(options: NodeOptions, model: TreeModel) -> list[tuple[str, Any]]:
    types: list[tuple[str, Any]] = [
        (words.type_name(kind), (kind, None))
        for kind in options.price_types
        if kind not in (PriceType.DEPENDS_ON, PriceType.NONE)
    ]
    if options.depends_on:
        types.append(("", None))
        for attribute in options.depends_on:
            title = model.tr("Depends on {attribute}").format(attribute=attribute.name)
            types.append((title, (int(PriceType.DEPENDS_ON), attribute.key)))
    types += [("", None), (model.tr("Import from file…"), IMPORT)]
    return types


def _negative() -> str:
    return QCoreApplication.translate("NumberField", "A price is 0 or more.")


def _seconds() -> str:
    return QCoreApplication.translate(
        "NumberField", "An interval is a whole number of seconds, 0 or more."
    )


def _model(index: _Index) -> TreeModel:
    model = index.model()
    assert isinstance(model, TreeModel)
    return model


def is_node(index: _Index) -> bool:
    """Whether an index is a node and not a scale line or a gap."""
    return index.isValid() and _model(index).item(index).kind is Kind.NODE
