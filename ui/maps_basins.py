"""What basin maps of surfaces and of networks share: the map, its table, paths by a click."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QColor, QIcon, QPixmap
from PyQt6.QtWidgets import (
    QLabel,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ui.figure_table import figure_table
from ui.maps_plot import MapPlot, Mark
from ui.maps_study import Study
from ui.worker import Worker
from workbench.maps.basin_map import LABELS, PENDING, BasinMap
from workbench.maps.pixels import Window

Colour = tuple[float, float, float]
_IN_TABLE = 200
_MOST_MARKS = 200


class Shown(NamedTuple):
    """A map, its picture and the colour of each label."""

    made: BasinMap
    image: np.ndarray
    colours: dict[int, Colour]


def painted(states: Iterator[BasinMap]) -> Iterator[Shown]:
    """Each map with its picture."""
    # Here, on the job's thread: it loads Matplotlib.
    from workbench.maps.basins_report import colours, image

    for made in states:
        if made.stride:
            yield Shown(made, image(made), colours(made))


class BasinStudy(Study):
    """What basins of surfaces and of planes share: the map, its table, the mouse."""

    table_name = "The minima as CSV…"
    heads: tuple[str, ...] = ("minimum", "value", "area", "kind")

    def __init__(self, thread: str, parent: QWidget | None = None) -> None:
        super().__init__(thread, parent)
        self.shown: Shown | None = None
        self.map = MapPlot("basin map")
        self.table = figure_table(len(self.heads))
        self.table.setHorizontalHeaderLabels(list(self.heads))
        self.table.setWordWrap(False)
        self.legend = QLabel("Reached, by share of the area")
        self.legend.setObjectName("viewTitle")
        self.path_note = QLabel("")
        self.path_note.setWordWrap(True)
        self.path_note.setMinimumHeight(3 * self.path_note.fontMetrics().lineSpacing())
        self.path_note.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.right = QWidget()
        column = QVBoxLayout(self.right)
        column.setContentsMargins(6, 4, 6, 4)
        column.addWidget(self.legend)
        column.addWidget(self.table, 1)
        column.addWidget(self.path_note)
        self.right.setMinimumWidth(300)
        self.paths = Worker("maps-path", self)
        self.paths.failed.connect(self.path_note.setText)
        self.map.zoomed.connect(self.look)
        self.map.all_wanted.connect(lambda: self.look(None))
        self.map.hovered.connect(self._hover)
        self.map.clicked.connect(self._click)

    def close_study(self) -> None:
        """Stop all that runs."""
        super().close_study()
        self.paths.close()

    def reshown(self) -> None:
        """The path is of another map, or will be found in another window."""
        window = self.window_wanted or self.whole_window()
        if window is not None:
            self.map.show_window(window)

    def whole_window(self) -> Window | None:
        """The window of the whole; None where it is not known yet."""
        raise NotImplementedError

    def forget_map(self) -> None:
        """Another thing is mapped: show nothing of the former."""
        self.shown = None
        self.map.clear()
        self.paths.forget("path")
        self.path_note.setText("")
        self.table.setRowCount(0)

    # -- what has come -------------------------------------------------------------------------

    def show_state(self, state: Shown) -> None:
        """Show a map as far as it is computed."""
        first = self.shown is None or self.shown.made.window != state.made.window
        self.shown = state
        self.map.show_image(state.image, state.made.window)
        if first:
            self.map.show_window(state.made.window)
        self._mark(state)
        self._fill_table(state)
        self.describe(state.made)

    def describe(self, made: BasinMap) -> None:
        """Heading and note of a map."""
        raise NotImplementedError

    def marks_wanted(self, made: BasinMap) -> list[dict[str, Any]]:
        """The rows of the table whose minima are marked."""
        return made.table()

    def _mark(self, state: Shown) -> None:
        w = state.made.window
        inside = [
            row
            for row in self.marks_wanted(state.made)
            if w.x_low <= row["x"] <= w.x_high and w.y_low <= row["y"] <= w.y_high
        ]
        self.map.show_marks(
            [
                Mark(row["x"], row["y"], row["global"], state.colours[row["label"]])
                for row in inside[:_MOST_MARKS]
            ]
        )

    def named(self, row: dict[str, Any]) -> tuple[str, str]:
        """What a row of the table is called, and its kind."""
        raise NotImplementedError

    def _fill_table(self, state: Shown) -> None:
        shares = state.made.shares()
        rows = [
            (row["label"], *self.named(row), f"{row['value']:.6g}", row["share"])
            for row in state.made.table()
        ]
        rows += [(k, name, "", "", shares[k]) for k, name in LABELS.items() if shares.get(k)]
        rows.sort(key=lambda row: -row[4])
        self.table.setRowCount(min(len(rows), _IN_TABLE))
        for r, (label, name, kind, value, share) in enumerate(rows[:_IN_TABLE]):
            texts = (name, value, f"{share:.2%}" if share else "–", kind)
            for c, text in enumerate(texts[: len(self.heads)]):
                cell = QTableWidgetItem(text)
                cell.setToolTip(text)
                if c in (1, 2):
                    cell.setTextAlignment(
                        Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
                    )
                self.table.setItem(r, c, cell)
            first = self.table.item(r, 0)
            assert first is not None
            first.setIcon(swatch(state.colours[label]))

    def csv(self) -> bytes:
        """The table of minima; empty before there is a map."""
        if self.shown is None:
            return b""
        return table_csv(
            ("label", "x", "y", "value", "known", "global", "share"), self.shown.made.table()
        )

    # -- the mouse -----------------------------------------------------------------------------

    def pixel(self, x: float, y: float) -> tuple[int, int] | None:
        """Row and column of the computed pixel that (x, y) shows; None outside."""
        return self.shown.made.pixel(x, y) if self.shown is not None else None

    def place_of(self, pixel: tuple[int, int]) -> tuple[float, float]:
        """The start that a pixel stands for."""
        assert self.shown is not None
        made = self.shown.made
        x, y = made.window.axes((made.label.shape[0], made.label.shape[1]))
        return float(x[pixel[1]]), float(y[pixel[0]])

    def end_text(self, pixel: tuple[int, int]) -> str:
        """Where a pixel's start ended, and after how many steps."""
        assert self.shown is not None
        made = self.shown.made
        label, steps = int(made.label[pixel]), int(made.steps[pixel])
        if label == PENDING:
            return "not computed yet"
        if label in LABELS:
            return f"{LABELS[label]} after {steps:,} steps"
        return f"{self.end_name(label)} after {steps:,} steps"

    def end_name(self, label: int) -> str:
        """What a label stands for, in a few words."""
        raise NotImplementedError

    def _hover(self, x: float, y: float) -> None:
        pixel = self.pixel(x, y)
        if pixel is None:
            self.here.emit("")
            return
        a, b = self.place_of(pixel)
        self.here.emit(f"from ({a:.5g}, {b:.5g}): {self.end_text(pixel)}")

    def _click(self, x: float, y: float) -> None:
        pixel = self.pixel(x, y)
        if pixel is None:
            return
        place, text = self.place_of(pixel), self.end_text(pixel)

        def show(path: np.ndarray) -> None:
            self.map.show_path(path)
            self.path_note.setText(f"path from ({place[0]:.5g}, {place[1]:.5g}): {text}")

        self.paths.ask("path", self.path_from(place), show)

    def path_from(self, place: tuple[float, float]) -> Callable[[], np.ndarray]:
        """What works out the path (m, 2) from a start, on another thread."""
        raise NotImplementedError


def swatch(colour: Colour, size: int = 14) -> QIcon:
    """A square of a colour."""
    pixmap = QPixmap(size, size)
    pixmap.fill(QColor.fromRgbF(*colour))
    return QIcon(pixmap)


def table_csv(columns: tuple[str, ...], rows: list[dict[str, Any]]) -> bytes:
    """Rows as a CSV table; numbers read back as the same floats."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()
