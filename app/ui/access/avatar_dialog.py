"""Cutting a picture to the circle of a person: drag it, make it larger or smaller."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QSlider, QWidget

from app.services.access import account
from app.ui.access.avatar import SIDE, as_png
from app.ui.access.form_dialog import FormDialog
from app.ui.jobs import Jobs
from app.ui.look.theme import theme
from app.ui.widgets.buttons import icon_button

VIEW = 240
"""Pixels of the circle on the screen."""

MOST = 400
"""Per cent of the largest enlargement."""

STEP = 8


class CircleView(QWidget):
    """A picture behind a circle; the mouse or the arrow keys move it."""

    def __init__(self, image: QImage, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image = image
        self._scale = 1.0
        self._centre = QPointF(image.width() / 2, image.height() / 2)
        self._held: QPointF | None = None
        self.setFixedSize(QSize(VIEW, VIEW))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self.setAccessibleName(self.tr("Part of the picture that is shown; arrow keys move it"))

    def set_scale(self, percent: int) -> None:
        """Show the picture larger; 100 = the whole shorter side."""
        self._scale = percent / 100
        self._move(QPointF(0, 0))

    def cut(self) -> QImage:
        """Return the square around the circle, as it is stored."""
        smooth = Qt.TransformationMode.SmoothTransformation
        part = self._image.copy(self._source().toRect())
        return part.scaled(SIDE, SIDE, Qt.AspectRatioMode.IgnoreAspectRatio, smooth)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the picture, dimmed outside of the circle."""
        painter = QPainter(self)
        painter.setRenderHints(
            QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform
        )
        place = QRectF(self.rect())
        painter.setOpacity(0.25)
        painter.drawImage(place, self._image, self._source())
        path = QPainterPath()
        path.addEllipse(place)
        painter.setClipPath(path)
        painter.setOpacity(1)
        painter.drawImage(place, self._image, self._source())
        if self.hasFocus():
            painter.setClipping(False)
            painter.setPen(theme().color("focus"))
            painter.drawEllipse(place.adjusted(1, 1, -1, -1))
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the picture."""
        self._held = event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag it."""
        if self._held is not None:
            self._move(self._held - event.position())
            self._held = event.position()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let it go."""
        self._held = None

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to the page."""
        event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move by the arrow keys."""
        keys = Qt.Key
        steps = {
            keys.Key_Left: QPointF(STEP, 0),
            keys.Key_Right: QPointF(-STEP, 0),
            keys.Key_Up: QPointF(0, STEP),
            keys.Key_Down: QPointF(0, -STEP),
        }
        step = steps.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self._move(step)

    def _source(self) -> QRectF:
        side = min(self._image.width(), self._image.height()) / self._scale
        return QRectF(self._centre.x() - side / 2, self._centre.y() - side / 2, side, side)

    def _move(self, by: QPointF) -> None:
        """Move by pixels of the screen; the circle never leaves the picture."""
        half = min(self._image.width(), self._image.height()) / self._scale / 2
        wanted = self._centre + by * (2 * half / VIEW)
        self._centre = QPointF(
            min(max(wanted.x(), half), self._image.width() - half),
            min(max(wanted.y(), half), self._image.height() - half),
        )
        self.update()


class AvatarDialog(FormDialog):
    """The picture as it will be seen, and a slider."""

    def __init__(
        self, jobs: Jobs, image: QImage, told: Callable[[str], object], parent: QWidget
    ) -> None:
        super().__init__(jobs, parent)
        self._told = told
        self.head(self.tr("Your picture"), self.tr("Save"))
        self.view = CircleView(image)
        self.size_of = QSlider(Qt.Orientation.Horizontal)
        self.size_of.setRange(100, MOST)
        self.size_of.setAccessibleName(self.tr("Size of the picture"))
        self.size_of.valueChanged.connect(self.view.set_scale)
        row = QHBoxLayout()
        row.addWidget(icon_button("minus", self.tr("Smaller"), lambda: self._by(-25)))
        row.addWidget(self.size_of, 1)
        row.addWidget(icon_button("plus", self.tr("Larger"), lambda: self._by(25)))
        self.body.addWidget(self.view, 0, Qt.AlignmentFlag.AlignHCenter)
        self.body.addSpacing(8)
        self.body.addLayout(row)

    def submit(self) -> None:
        """Save what is in the circle."""
        data = as_png(self.view.cut())

        def saved(_: None) -> None:
            self._told(self.tr("Your picture was saved."))
            self.accept()

        self.send(lambda ctx: account.save_avatar(ctx, data), saved, nouns=("account",))

    def _by(self, percent: int) -> None:
        self.size_of.setValue(self.size_of.value() + percent)
