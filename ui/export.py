"""Saving what a view shows: PNG at twice the screen's resolution, SVG with its lines as lines."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
from PyQt6.QtCore import QBuffer, QByteArray, QIODevice, QPoint, QRect
from PyQt6.QtGui import QColor, QImage, QPainter
from PyQt6.QtSvg import QSvgGenerator
from PyQt6.QtWidgets import QFileDialog, QWidget

from ui.theme import themes
from ui.vectors import paint_vectors
from workbench import WorkbenchError

_SCALE = 2.0
_SVG = "http://www.w3.org/2000/svg"
_XLINK = "http://www.w3.org/1999/xlink"
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")


@dataclass(frozen=True)
class Picture:
    """A view that can be saved, and what it is called."""

    name: str
    widget: QWidget


@dataclass(frozen=True)
class Said:
    """One line about a save, and whether it succeeded."""

    saved: bool
    text: str


def choose_and_save(parent: QWidget, picture: Picture) -> Said | None:
    """Ask for a file and write it; None where the user changed their mind."""
    name, chosen = QFileDialog.getSaveFileName(
        parent, f"Export {picture.name}", f"{_stem(picture.name)}.png", "PNG (*.png);;SVG (*.svg)"
    )
    if not name:
        return None
    path = Path(name)
    if path.suffix.lower() not in (".png", ".svg"):
        path = path.with_name(path.name + (".svg" if "svg" in chosen else ".png"))
    return save(lambda: save_picture(picture.widget, path), path)


def choose_and_save_table(parent: QWidget, what: str, content: bytes) -> Said | None:
    """Ask for a .csv file and write a table; None where the user changed their mind."""
    name, _ = QFileDialog.getSaveFileName(
        parent, f"Export {what}", f"{_stem(what.removeprefix('the '))}.csv", "CSV (*.csv)"
    )
    if not name:
        return None
    path = Path(name) if Path(name).suffix else Path(f"{name}.csv")
    return save(lambda: write_whole(path, content), path)


def save(write: Callable[[], None], path: Path) -> Said:
    """Write, and say how it went."""
    try:
        write()
    except WorkbenchError as error:
        return Said(False, str(error))
    return Said(True, f"saved {path}")


def save_picture(widget: QWidget, path: Path) -> None:
    """Save what ``widget`` shows to a .png or .svg file. Raises WorkbenchError."""
    if path.suffix.lower() == ".svg":
        write_whole(path, svg(widget))
    else:
        write_whole(path, png(widget))


def write_whole(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, so that what was there before is not lost halfway.

    Raises WorkbenchError.
    """
    with replacing(path) as unfinished:
        unfinished.write_bytes(content)


class replacing:
    """A file beside ``path`` that takes its place when all went well; a context manager.

    An OSError inside becomes a WorkbenchError in one line.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._unfinished = Path()

    def __enter__(self) -> Path:
        try:
            handle, name = tempfile.mkstemp(
                prefix=f".{self._path.stem[:40]}-", suffix=self._path.suffix, dir=self._path.parent
            )
            os.close(handle)
        except OSError as error:
            raise self._wrong(error) from None
        self._unfinished = Path(name)
        return self._unfinished

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        try:
            if error is None:
                umask = os.umask(0)
                os.umask(umask)
                self._unfinished.chmod(0o666 & ~umask)
                self._unfinished.replace(self._path)
        except OSError as failed:
            raise self._wrong(failed) from None
        finally:
            self._unfinished.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise self._wrong(error) from None

    def _wrong(self, error: OSError) -> WorkbenchError:
        return WorkbenchError(f"{self._path}: cannot be written ({error.strerror or error})")


def image(widget: QWidget, scale: float = _SCALE) -> QImage:
    """What ``widget`` shows, as an image of ``scale`` times its size."""
    size = widget.size()
    made = QImage(
        round(size.width() * scale), round(size.height() * scale), QImage.Format.Format_RGB32
    )
    made.setDevicePixelRatio(scale)
    made.fill(QColor(themes.now.window))
    painter = QPainter(made)
    widget.render(painter, QPoint(0, 0))
    painter.end()
    return made


def png(widget: QWidget) -> bytes:
    """The same as the bytes of a PNG file."""
    store = QByteArray()
    buffer = QBuffer(store)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image(widget).save(buffer, "PNG")
    buffer.close()
    return store.data()


def svg(widget: QWidget) -> bytes:
    """What ``widget`` shows, as an SVG file."""
    store = QByteArray()
    buffer = QBuffer(store)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    # Version 1.1: the smaller one cannot clip.
    generator = QSvgGenerator(QSvgGenerator.SvgVersion.Svg11)
    generator.setOutputDevice(buffer)
    generator.setResolution(widget.logicalDpiX())
    generator.setSize(widget.size())
    generator.setViewBox(QRect(QPoint(0, 0), widget.size()))
    generator.setTitle("Descent Workbench")
    generator.setDescription("")
    painter = QPainter(generator)
    painter.setFont(widget.font())
    painter.fillRect(widget.rect(), QColor(themes.now.window))
    paint_vectors(widget, painter)
    painter.end()
    buffer.close()
    return portable(store.data(), widget.width(), widget.height())


def portable(content: bytes, width: int, height: int) -> bytes:
    """Qt's SVG as every program reads it.

    Qt writes lines of constant width with ``vector-effect``, which many programs ignore: they would
    draw lines as wide as the map. Here such shapes are given in the picture's own coordinates.
    """
    ElementTree.register_namespace("", _SVG)
    ElementTree.register_namespace("xlink", _XLINK)
    root = ElementTree.fromstring(content)
    root.set("width", str(width))
    root.set("height", str(height))
    for parent in root.iter(f"{{{_SVG}}}g"):
        matrix = parent.attrib.pop("transform", "")
        numbers = [float(n) for n in _NUMBER.findall(matrix)]
        for shape in parent:
            fixed = shape.attrib.pop("vector-effect", "none") != "none"
            if len(numbers) != 6 or numbers == [1, 0, 0, 1, 0, 0]:
                continue
            if fixed:
                _transform(shape, np.array(numbers).reshape(3, 2))
            else:
                shape.set("transform", matrix)
    for clip in root.iter(f"{{{_SVG}}}clipPath"):
        for shape in clip:
            shape.attrib.pop("vector-effect", None)
    return ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)


def _transform(shape: ElementTree.Element, matrix: np.ndarray) -> None:
    """Put a shape's points through ``matrix`` (3, 2), in place."""

    def moved(text: str) -> np.ndarray:
        points = np.array(_NUMBER.findall(text), np.float64).reshape(-1, 2)
        return points @ matrix[:2] + matrix[2]

    if "points" in shape.attrib:
        made = moved(shape.attrib["points"])
        shape.set("points", " ".join(f"{x:.2f},{y:.2f}" for x, y in made))
    elif "d" in shape.attrib:
        parts = re.findall(r"([A-Za-z])([^A-DF-Za-df-z]*)", shape.attrib["d"])
        shape.set(
            "d",
            " ".join(c + " ".join(f"{x:.2f},{y:.2f}" for x, y in moved(rest)) for c, rest in parts),
        )
    elif shape.tag.endswith("rect"):
        x, y, w, h = (float(shape.attrib[k]) for k in ("x", "y", "width", "height"))
        corners = np.array([[x, y], [x + w, y], [x + w, y + h], [x, y + h]])
        made = corners @ matrix[:2] + matrix[2]
        shape.tag = f"{{{_SVG}}}polygon"
        for key in ("x", "y", "width", "height"):
            del shape.attrib[key]
        shape.set("points", " ".join(f"{a:.2f},{b:.2f}" for a, b in made))


def _stem(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
