"""The colours and symbols that tell racers apart, on the map, in 3-D and in the plot."""

from __future__ import annotations

import pyqtgraph as pg
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QColor, QIcon, QPainter, QPen, QPixmap

from ui.theme import DARK, themes

# Okabe & Ito 2008, "Color universal design": apart for every common colour blindness. Each comes
# with a symbol of its own too; those that drown in a light or in a dark plot have two versions.
_COLOURS = (
    ("#d55e00", "#ff7043"),
    ("#0072b2", "#56b4e9"),
    ("#b0508a", "#e59ac4"),
    ("#b98000", "#e8b33b"),
    ("#00785a", "#2fc79b"),
    ("#1b1d21", "#ffffff"),
    ("#7a4bb5", "#b79cf0"),
    ("#7d6608", "#f0e442"),
)
SYMBOLS = ("o", "s", "t1", "d", "p", "h", "t", "+")
MOST = len(_COLOURS)


def colour(k: int) -> str:
    """Colour of racer ``k`` in plots of the theme in use."""
    return _COLOURS[k % MOST][1 if themes.now is DARK else 0]


def map_colour(k: int) -> str:
    """Colour of racer ``k`` on the surface's colours, which are the same in both themes: the bright
    one, which a dark rim sets off."""
    return _COLOURS[k % MOST][1]


def draw_symbol(painter: QPainter, symbol: str, x: float, y: float, size: float, fill: str) -> None:
    """One of pyqtgraph's symbols, ``size`` pixels wide, with a dark rim."""
    painter.save()
    painter.translate(x, y)
    painter.scale(size, size)
    pen = QPen(QColor("black"), 1.0)
    pen.setCosmetic(True)
    painter.setPen(pen)
    painter.setBrush(QColor(fill))
    painter.drawPath(pg.graphicsItems.ScatterPlotItem.Symbols[symbol])
    painter.restore()


def swatch(k: int, size: int = 14) -> QIcon:
    """Colour and symbol of racer ``k`` as an icon."""
    pixmap = QPixmap(size, size)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    draw_symbol(painter, SYMBOLS[k % MOST], size / 2, size / 2, size - 3, colour(k))
    painter.end()
    icon = QIcon(pixmap)
    icon.addPixmap(pixmap, QIcon.Mode.Selected)
    return icon
