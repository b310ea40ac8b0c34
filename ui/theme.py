"""Light and dark colours, the same for Qt's widgets, the plots and what the views paint."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyqtgraph as pg
from PyQt6.QtCore import QObject, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QIcon, QPainter, QPalette
from PyQt6.QtWidgets import QApplication, QProxyStyle, QStyle, QStyleOption, QWidget

# Blue and red ends of Crameri's "vik" family: lightness alone tells them from the middle, and
# hue tells them from each other for every common colour blindness.
_BLUE = ((0.00, (0.02, 0.20, 0.42)), (0.25, (0.13, 0.45, 0.69)), (0.42, (0.55, 0.75, 0.87)))
_RED = ((0.58, (0.96, 0.66, 0.50)), (0.75, (0.82, 0.33, 0.18)), (1.00, (0.45, 0.04, 0.06)))


@dataclass(frozen=True)
class Theme:
    """One set of colours, as ``#rrggbb``. ``zero`` is the middle of the diverging map."""

    name: str
    window: str
    base: str
    text: str
    faint: str
    accent: str
    train: str
    test: str
    path: str
    error: str
    warning: str
    zero: str


LIGHT = Theme(
    "light",
    window="#f2f3f5",
    base="#ffffff",
    text="#1b1d21",
    faint="#5f6570",
    accent="#0b62c4",
    train="#0072b2",
    test="#d55e00",
    path="#e0400a",
    error="#b00020",
    warning="#8a4b00",
    zero="#f7f7f7",
)
DARK = Theme(
    "dark",
    window="#23262b",
    base="#17191d",
    text="#e8eaed",
    faint="#a3a9b3",
    accent="#6fb1ff",
    train="#56b4e9",
    test="#f0a04b",
    path="#ff7043",
    error="#ff8a80",
    warning="#ffb74d",
    zero="#2b2e33",
)


class Themes(QObject):
    """The theme in use; ``changed`` tells the views to take over another one."""

    changed = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self.now = LIGHT

    def use(self, theme: Theme) -> None:
        """Switch the application to ``theme``."""
        self.now = theme
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.setPalette(_palette(theme))
        self.changed.emit()


themes = Themes()


class Outlined(QProxyStyle):
    """Fusion, whose own outline of a check box cannot be seen on a dark window."""

    def __init__(self) -> None:
        super().__init__("Fusion")

    def drawPrimitive(
        self,
        element: QStyle.PrimitiveElement,
        option: QStyleOption | None,
        painter: QPainter | None,
        widget: QWidget | None = None,
    ) -> None:
        """Draw one element, a check box with an outline in the theme's faint colour."""
        super().drawPrimitive(element, option, painter, widget)
        box = QStyle.PrimitiveElement.PE_IndicatorCheckBox
        if element == box and option is not None and painter is not None:
            painter.setPen(QColor(themes.now.faint))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(option.rect.adjusted(0, 0, -1, -1))


def system_theme() -> Theme:
    """The theme that the desktop asks for; light where it does not say."""
    hints = QApplication.styleHints()
    dark = hints is not None and hints.colorScheme() == Qt.ColorScheme.Dark
    return DARK if dark else LIGHT


def _palette(theme: Theme) -> QPalette:
    palette = QPalette()
    role = QPalette.ColorRole
    window, base, text = QColor(theme.window), QColor(theme.base), QColor(theme.text)
    for which, colour in (
        (role.Window, window),
        (role.Base, base),
        (role.AlternateBase, window),
        (role.Button, window),
        (role.ToolTipBase, base),
        (role.WindowText, text),
        (role.Text, text),
        (role.ButtonText, text),
        (role.ToolTipText, text),
        (role.PlaceholderText, QColor(theme.faint)),
        (role.Highlight, QColor(theme.accent)),
        (role.HighlightedText, base),
        (role.Link, QColor(theme.accent)),
    ):
        palette.setColor(which, colour)
    for which in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, which, QColor(theme.faint))
    return palette


def tinted(icon: QIcon, size: int = 22) -> QIcon:
    """The shape of a style's icon in the theme's text colour, faint where it is disabled."""
    made = QIcon()
    for mode, colour in (
        (QIcon.Mode.Normal, themes.now.text),
        (QIcon.Mode.Disabled, themes.now.faint),
    ):
        pixmap = icon.pixmap(size, size)
        painter = QPainter(pixmap)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
        painter.fillRect(pixmap.rect(), QColor(colour))
        painter.end()
        made.addPixmap(pixmap, mode)
    return made


def diverging(theme: Theme) -> np.ndarray:
    """Colours for values from -1 to 1, uint8 (255, 3), with the theme's middle at zero."""
    zero = QColor(theme.zero)
    middle = (0.5, (zero.redF(), zero.greenF(), zero.blueF()))
    stops = [*_BLUE, middle, *_RED]
    if theme is DARK:
        # On a dark middle the strong end is the bright one.
        stops = [
            (0.0, (0.62, 0.84, 1.00)),
            (0.25, (0.16, 0.52, 0.83)),
            middle,
            (0.75, (0.86, 0.37, 0.14)),
            (1.0, (1.00, 0.80, 0.58)),
        ]
    at = np.linspace(0.0, 1.0, 255)
    places = [place for place, _ in stops]
    channels = [np.interp(at, places, [colour[k] for _, colour in stops]) for k in range(3)]
    return np.round(255 * np.stack(channels, axis=1)).astype(np.uint8)


def shade(values: np.ndarray, limit: float, table: np.ndarray) -> np.ndarray:
    """Colours uint8 (..., 3) of ``values`` on a diverging table from -limit to limit."""
    scaled = np.clip(np.nan_to_num(values / (limit or 1.0)), -1.0, 1.0)
    return table[np.rint(127 * scaled).astype(np.int64) + 127]


def style_plot(plot: Any) -> None:
    """Give a pyqtgraph PlotWidget the colours of the theme in use."""
    theme = themes.now
    plot.setBackground(theme.base)
    item = plot.getPlotItem()
    for side in ("left", "bottom"):
        axis = item.getAxis(side)
        axis.setPen(pg.mkPen(theme.faint))
        axis.setTextPen(pg.mkPen(theme.text))
    if item.legend is not None:
        item.legend.setLabelTextColor(theme.text)
        for _, label in item.legend.items:
            label.setText(label.text)  # the colour is taken up with the text only
        background = QColor(theme.base)
        background.setAlpha(200)
        item.legend.setBrush(pg.mkBrush(background))
