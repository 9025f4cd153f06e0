"""Theme, tokens, icons and font: item 4 and what the whole window's look stands on."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from importlib.resources import files
from itertools import pairwise

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QFont, QFontMetrics, QIcon, QPalette
from PySide6.QtWidgets import QApplication, QLabel, QToolButton
from pytestqt.qtbot import QtBot

from app.ui.look import fonts, icons, tokens
from app.ui.look.icons import NAMES, icon
from app.ui.look.marks import set_mark
from app.ui.look.theme import ROW_HEIGHTS, contrast, palette, style_sheet, theme

THEMES = ("light", "dark")


@pytest.fixture(autouse=True)
def _light_again(qapp: QApplication) -> Iterator[None]:
    yield
    theme().set_density("normal")
    theme().apply(qapp, "light")


def test_contrast_of_black_on_white_is_21() -> None:
    assert contrast(QColor("#000000"), QColor("#ffffff")) == pytest.approx(21)
    assert contrast(QColor("#777777"), QColor("#ffffff")) == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("name", THEMES)
def test_item_04_every_text_has_contrast_on_its_background(name: str) -> None:
    table = {token: QColor(value) for token, value in tokens.TABLES[name].items()}
    poor = {
        (text, ground): round(contrast(table[text], table[ground]), 2)
        for text, ground in tokens.TEXT_PAIRS
        if contrast(table[text], table[ground]) < 4.5
    }
    assert poor == {}


@pytest.mark.parametrize("name", THEMES)
def test_item_04_edges_of_inputs_and_marks_are_seen(name: str) -> None:
    table = {token: QColor(value) for token, value in tokens.TABLES[name].items()}
    for edge, ground in tokens.EDGE_PAIRS:
        assert contrast(table[edge], table[ground]) >= 3, (edge, ground)


def test_item_04_a_selected_changed_cell_shows_its_mark(qapp: QApplication) -> None:
    for name in THEMES:
        theme().apply(qapp, name)
        for mark in ("changed_mark", "error_mark", "new_mark"):
            assert contrast(theme().color(mark), theme().color("selection")) >= 3


def test_both_tables_have_the_same_tokens() -> None:
    assert tokens.LIGHT.keys() == tokens.DARK.keys()


@pytest.mark.parametrize("name", THEMES)
def test_palette_tells_disabled_from_enabled(qapp: QApplication, name: str) -> None:
    theme().apply(qapp, name)
    made = palette(theme())
    role = QPalette.ColorRole.Text
    normal = made.color(QPalette.ColorGroup.Active, role)
    assert normal == theme().color("text")
    assert made.color(QPalette.ColorGroup.Disabled, role) != normal
    inactive = QPalette.ColorGroup.Inactive
    ground = made.color(inactive, QPalette.ColorRole.Highlight)
    text = made.color(inactive, QPalette.ColorRole.HighlightedText)
    assert contrast(text, ground) >= 4.5


def test_style_sheet_has_no_token_left_and_no_unknown_picture(qapp: QApplication) -> None:
    for name in THEMES:
        theme().apply(qapp, name)
        text = style_sheet(theme())
        assert "$" not in text.split("*/", 1)[1]
        pictures = {p.split(")")[0] for p in text.split("look:")[1:]}
        missing = {p for p in pictures if not files("resources").joinpath("style", p).is_file()}
        assert missing == set()


def test_system_follows_the_platform_and_is_light_where_it_tells_nothing(
    qapp: QApplication,
) -> None:
    theme().apply(qapp, "system")
    assert (theme().setting, theme().name, theme().is_dark) == ("system", "light", False)
    with pytest.raises(ValueError, match="unknown theme"):
        theme().apply(qapp, "blue")


def test_change_of_theme_and_density_is_told_at_once(qapp: QApplication, qtbot: QtBot) -> None:
    with qtbot.waitSignal(theme().changed):
        theme().apply(qapp, "dark")
    assert qapp.palette().color(QPalette.ColorRole.Window) == theme().color("window")
    for name, height in ROW_HEIGHTS.items():
        theme().set_density(name)
        assert (theme().density, theme().row_height) == (name, height)


def test_mark_changes_the_look_of_a_shown_label(qapp: QApplication, qtbot: QtBot) -> None:
    label = QLabel("Price")
    qtbot.addWidget(label)
    label.show()
    before = label.grab().toImage()
    set_mark(label, "tone", "error")
    assert label.grab().toImage() != before


# ------------------------------------------------------------------------------ icons


def test_names_and_files_of_icons_agree() -> None:
    folder = files("resources").joinpath("icons")
    stored = {p.name.removesuffix(".svg") for p in folder.iterdir() if p.name.endswith(".svg")}
    assert stored == set(NAMES)
    with pytest.raises(KeyError):
        icon("unheard-of")


@pytest.mark.parametrize("name", THEMES)
def test_every_icon_is_drawn_in_every_state(qapp: QApplication, name: str) -> None:
    theme().apply(qapp, name)
    ground = theme().color("window")
    for each in NAMES:
        for mode in QIcon.Mode:
            image = icon(each).pixmap(QSize(24, 24), 1.0, mode).toImage()
            seen = {
                image.pixelColor(x, y).name()
                for x in range(24)
                for y in range(24)
                if image.pixelColor(x, y).alpha() > 200
            }
            assert seen, (each, mode)
            if mode in (QIcon.Mode.Normal, QIcon.Mode.Active):
                assert max(contrast(QColor(c), ground) for c in seen) >= 3, each


def test_icons_are_drawn_sharp_on_a_dense_screen(qapp: QApplication) -> None:
    picture = icon("search").pixmap(QSize(16, 16), 2.0)
    assert (picture.width(), picture.devicePixelRatioF()) == (32, 2.0)
    assert icons.pixmap("search", 16, "error", 1.5).width() == 24


def test_icon_of_a_button_follows_the_theme(qapp: QApplication, qtbot: QtBot) -> None:
    button = QToolButton()
    qtbot.addWidget(button)
    button.setIcon(icon("plus"))
    theme().apply(qapp, "light")
    light = button.icon().pixmap(QSize(16, 16)).toImage()
    theme().apply(qapp, "dark")
    assert button.icon().pixmap(QSize(16, 16)).toImage() != light
    assert icon("plus", "error").pixmap(QSize(16, 16)).toImage() != light


# ------------------------------------------------------------------------------ font


def test_bundled_font_is_used_and_its_digits_are_of_one_width(qapp: QApplication) -> None:
    assert qapp.font().family() == fonts.FAMILY
    metrics = QFontMetrics(qapp.font())
    assert len({metrics.horizontalAdvance(d) for d in "0123456789"}) == 1
    heavy = QFontMetrics(fonts.strong_font())
    assert len({heavy.horizontalAdvance(d) for d in "0123456789"}) == 1


def test_no_font_is_smaller_than_nine_points(qapp: QApplication) -> None:
    made = (
        fonts.small_font(),
        fonts.strong_font(),
        fonts.heading_font(),
        fonts.title_font(),
        fonts.fixed_font(),
    )
    assert all(font.pointSizeF() >= 9 for font in made)
    sizes = [fonts.small_font(), qapp.font(), fonts.heading_font(), fonts.title_font()]
    assert all(a.pointSizeF() < b.pointSizeF() for a, b in pairwise(sizes))
    assert fonts.title_font().weight() == QFont.Weight.DemiBold


def test_licence_of_the_font_is_shipped() -> None:
    folder = files("resources").joinpath("fonts")
    assert "SIL OPEN FONT LICENSE" in folder.joinpath("OFL.txt").read_text(encoding="utf-8")
    assert sum(len(folder.joinpath(name).read_bytes()) for name in fonts.FILES) < 1_000_000


def test_look_and_widgets_load_no_heavy_library() -> None:
    """The first window needs them; what costs start-up time stays out."""
    code = (
        "import sys, pkgutil, importlib, app.ui.widgets, app.ui.look, app.ui.formats\n"
        "for p in (app.ui.widgets, app.ui.look):\n"
        "    for m in pkgutil.iter_modules(p.__path__, p.__name__ + '.'):\n"
        "        importlib.import_module(m.name)\n"
        "heavy = ('numpy', 'sqlalchemy', 'pandas', 'alembic', 'typer', 'app.services', 'app.db')\n"
        "print([m for m in heavy if m in sys.modules])\n"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"
