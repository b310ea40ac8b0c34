"""Widgets painted as vectors: plots and drawn views as lines and text, controls as images."""

from __future__ import annotations

from PyQt6.QtCore import QPoint, QRectF, Qt
from PyQt6.QtGui import QColor, QImage, QPainter, QPainterPath, QPalette, QRegion
from PyQt6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QGraphicsItem,
    QGraphicsTextItem,
    QGraphicsView,
    QLabel,
    QLineEdit,
    QListView,
    QMenuBar,
    QScrollArea,
    QStyleOptionGraphicsItem,
    QTabBar,
    QTableView,
    QTabWidget,
    QWidget,
)

_SHARP = 2.0  # of controls, which are images
# Widgets of Qt that are painted as they look, with all that is in them.
_CONTROLS = (
    QAbstractButton,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QListView,
    QMenuBar,
    QScrollArea,
    QTabBar,
    QTableView,
)


def paint_vectors(widget: QWidget, painter: QPainter) -> None:
    """Paint ``widget`` and what is in it, with its upper left corner at (0, 0).

    QWidget.render would do, but on a device of vectors it puts the clipping of inner widgets in the
    wrong place.
    """
    painter.setClipRect(widget.rect())
    if isinstance(widget, QGraphicsView):
        _paint_plot(widget, painter)
    elif _draws_itself(widget):
        widget.render(painter, QPoint(0, 0), QRegion(), QWidget.RenderFlag(0))
    elif isinstance(widget, QLabel):
        _paint_label(widget, painter)
    elif isinstance(widget, _CONTROLS):
        painter.drawImage(QRectF(widget.rect()), _look(widget))
    else:
        if isinstance(widget, QTabWidget):
            painter.fillRect(widget.rect(), widget.palette().color(QPalette.ColorRole.Window))
        for inner in widget.children():
            if isinstance(inner, QWidget) and inner.isVisibleTo(widget) and not inner.isWindow():
                painter.save()
                painter.translate(QRectF(inner.geometry()).topLeft())
                paint_vectors(inner, painter)
                painter.restore()


def _draws_itself(widget: QWidget) -> bool:
    ours = (c for c in type(widget).__mro__ if c.__module__.startswith("ui."))
    return any("paintEvent" in vars(c) for c in ours)


def _look(widget: QWidget) -> QImage:
    size = widget.size()
    look = QImage(
        max(round(size.width() * _SHARP), 1),
        max(round(size.height() * _SHARP), 1),
        QImage.Format.Format_ARGB32_Premultiplied,
    )
    look.setDevicePixelRatio(_SHARP)
    look.fill(Qt.GlobalColor.transparent)
    inner = QPainter(look)
    widget.render(inner, QPoint(0, 0), QRegion(), QWidget.RenderFlag.DrawChildren)
    inner.end()
    return look


def _paint_label(label: QLabel, painter: QPainter) -> None:
    painter.setFont(label.font())
    painter.setPen(QColor(label.palette().color(QPalette.ColorRole.WindowText)))
    flags = label.alignment().value
    if label.wordWrap():
        flags |= Qt.TextFlag.TextWordWrap.value
    # Another program's font may be wider: no line is broken that is not broken here.
    area = QRectF(label.contentsRect())
    text = label.text()
    if label.pixmap().isNull():
        painter.drawText(area, flags, text)


def _paint_plot(view: QGraphicsView, painter: QPainter) -> None:
    """Paint a scene item by item.

    QGraphicsView.render would do, but Qt's SVG keeps the clipping of one item for the next ones; so
    each is given its own here, whether it needs one or not.
    """
    painter.fillRect(view.rect(), view.backgroundBrush())
    scene = view.scene()
    if scene is None:
        return
    base, whole = painter.transform(), QPainterPath()
    whole.addRect(QRectF(view.rect()))
    for item in scene.items(Qt.SortOrder.AscendingOrder):
        if not item.isVisible() or item.effectiveOpacity() == 0.0:
            continue
        painter.save()
        painter.setTransform(base)
        painter.setClipPath(_clip(item, view) or whole)
        painter.setTransform(item.deviceTransform(view.viewportTransform()) * base)
        painter.setOpacity(item.effectiveOpacity())
        _paint_item(item, painter)
        painter.restore()


def _clip(item: QGraphicsItem, view: QGraphicsView) -> QPainterPath | None:
    """What an ancestor leaves of ``item``, in the view's coordinates."""
    above = item.parentItem()
    while above is not None:
        if above.flags() & above.GraphicsItemFlag.ItemClipsChildrenToShape:
            return above.deviceTransform(view.viewportTransform()).map(above.shape())
        above = above.parentItem()
    return None


def _paint_item(item: QGraphicsItem, painter: QPainter) -> None:
    document = item.document() if isinstance(item, QGraphicsTextItem) else None
    if document is not None:
        document.drawContents(painter)
        return
    option = QStyleOptionGraphicsItem()
    option.exposedRect = item.boundingRect()
    # pyqtgraph then draws marks as shapes rather than by its images of them.
    export = getattr(item, "setExportMode", None)
    if export is not None:
        export(True, {"antialias": True, "resolutionScale": 1.0})
    try:
        item.paint(painter, option, None)
    finally:
        if export is not None:
            export(False)
