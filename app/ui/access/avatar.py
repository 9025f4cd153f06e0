"""The picture of a person: a photograph cut to a circle, or the initials on the accent colour."""

from __future__ import annotations

from PySide6.QtCore import QBuffer, QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QImage, QImageReader, QPainter, QPainterPath, QPixmap
from PySide6.QtWidgets import QLabel, QWidget

from app.errors import UserError
from app.ui.look.fonts import strong_font
from app.ui.look.theme import theme

SIDE = 256
"""Pixels of a stored picture."""

LARGEST_BYTES = 1024 * 1024
LARGEST_SIDE = 4096
"""Pixels a picture may have before it is decoded: more would be a bomb, not a face."""


def initials(name: str) -> str:
    """Return the first letters of the first and the last word of a name, at most two."""
    words = [w for w in name.replace("@", " ").split() if w]
    chosen = words[:1] + words[1:][-1:]
    return "".join(w[0] for w in chosen).upper()


def read_picture(data: bytes) -> QImage:
    """Return the picture of a PNG or JPEG file, upright. Raises UserError for anything else."""
    if len(data) > LARGEST_BYTES:
        raise UserError("The picture is larger than 1 MB: choose a smaller one.")
    buffer = QBuffer()
    buffer.setData(QByteArray(data))
    buffer.open(QBuffer.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer)
    reader.setAutoTransform(True)
    if bytes(reader.format().data()) not in (b"png", b"jpeg", b"jpg"):
        raise UserError("The file is not a PNG or JPEG picture: choose another.")
    size = reader.size()
    if size.isEmpty() or max(size.width(), size.height()) > LARGEST_SIDE:
        raise UserError(f"The picture has more than {LARGEST_SIDE} pixels a side: choose another.")
    whole = reader.read()
    if whole.isNull():
        raise UserError("The picture is damaged: choose another.")
    return whole


def as_png(image: QImage) -> bytes:
    """Return a picture as the bytes of a PNG file."""
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(buffer.data().data())


def picture_of(data: bytes | None) -> QImage | None:
    """Return a stored picture; None for none or one that can't be read."""
    image = QImage.fromData(data) if data else QImage()
    return None if image.isNull() else image


def drawn(name: str, image: QImage | None, side: int, ratio: float = 1.0) -> QPixmap:
    """Return the round picture of a person, ``side`` pixels wide at a screen's ``ratio``."""
    made = QPixmap(QSize(side, side) * ratio)
    made.setDevicePixelRatio(ratio)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.setRenderHints(
        QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform
    )
    place = QRectF(0, 0, side, side)
    if image is not None:
        path = QPainterPath()
        path.addEllipse(place)
        painter.setClipPath(path)
        painter.drawImage(place, image)
    else:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme().color("accent"))
        painter.drawEllipse(place)
        font = QFont(strong_font())
        font.setPixelSize(max(round(side * 0.42), 8))
        painter.setFont(font)
        painter.setPen(theme().color("accent_text"))
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, initials(name))
    painter.end()
    return made


class Avatar(QLabel):
    """Shows the round picture of a person in the colours of the theme."""

    def __init__(self, side: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._side = side
        self._name = ""
        self._image: QImage | None = None
        self.setFixedSize(side, side)
        theme().changed.connect(self._draw)

    def show_person(self, name: str, image: QImage | None) -> None:
        """Show somebody; without a picture the initials."""
        self._name, self._image = name, image
        self.setAccessibleName(self.tr("Picture of {0}").format(name))
        self._draw()

    def _draw(self) -> None:
        self.setPixmap(drawn(self._name, self._image, self._side, self.devicePixelRatioF()))
