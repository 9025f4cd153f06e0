"""What every editor of a field is: a widget, the value it stands for, whether it can be read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from PySide6.QtCore import QCoreApplication, QObject, Signal
from PySide6.QtWidgets import QWidget

from app.domain.sections import Field
from app.ui.look.marks import set_mark
from app.ui.widgets.type_ahead import Reply

Lookup = Callable[[Field, str, Reply], object]
"""Called with a field that has ``options``, the typed text and where to put what was found."""

TEXT_WIDTH = 420
SHORT_WIDTH = 220
LONG_HEIGHT = 110


class FieldEditor(QObject):
    """The widget of one field. ``put`` tells nothing; what the person does tells ``edited``."""

    WIDTH: ClassVar[int] = TEXT_WIDTH
    """Pixels of the column that the field needs."""

    READS: ClassVar[bool] = False
    """Whether the editor itself shows a value that is only read (:meth:`set_read_only`)."""

    edited = Signal()

    drop_asked = Signal(str)
    """The word whose cross was clicked in the proposals."""

    def __init__(self, field: Field, widget: QWidget) -> None:
        super().__init__(widget)
        self.field = field
        self.widget = widget
        name = field.title
        if field.required:
            name = QCoreApplication.translate("FieldEditor", "{0}, required").format(name)
        widget.setAccessibleName(name)
        widget.setAccessibleDescription(field.help)

    def put(self, value: Any, label: str = "") -> None:
        """Show a value; ``label`` is the shown text of a reference."""
        raise NotImplementedError

    def value(self) -> Any:
        """Return the value, None for an empty field. Raises ValueError with a sentence."""
        raise NotImplementedError

    def label(self) -> str:
        """Return the shown text of a reference; "" for other kinds."""
        return ""

    def memo(self) -> Any:
        """Return what is written as JSON data, right or wrong (recovery, item 49)."""
        return self.value()

    def recall(self, memo: Any) -> None:
        """Show what :meth:`memo` gave."""
        self.put(memo)

    def loose(self) -> Any:
        """Return the value, or what is written where it can't be read."""
        try:
            return self.value()
        except ValueError:
            return self.memo()

    def follow(self, values: Mapping[str, Any]) -> None:
        """Take note of the other fields' values: the zone of a moment, the owner of rights."""

    def set_read_only(self, read_only: bool) -> None:
        """Offer the value, or show it alone; only for editors that :attr:`READS`."""

    def set_invalid(self, invalid: bool) -> None:
        """Show or take away the red edge."""
        set_mark(self.widget, "invalid", invalid)

    def length(self) -> int:
        """Return how many characters are written; 0 for what is not text."""
        return 0

    def _tell(self, *_: object) -> None:
        self.edited.emit()
