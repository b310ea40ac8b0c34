"""What descends where: the surface, the racers with their optimizers, the start, the steps."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import (
    QFormLayout,
    QFrame,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from kernels import optimizers, schedules, surfaces
from ui.item_editor import ItemEditor, field_label
from ui.number_edit import NumberEdit
from ui.racing import Racer
from ui.surface_grid import Shown, catalogued
from ui.symbols import MOST, swatch
from ui.theme import themes
from workbench import WorkbenchError
from workbench.fields import choose, integer, within

MOST_STEPS = 100_000
_SPREAD = (0.25, 0.5, 2.0, 4.0)


class SurfacePanel(QScrollArea):
    """``surface_changed(Shown)`` follows another surface, ``changed`` whatever else decides about
    the descents; ``racer_chosen`` another selected racer. What does not hold changes nothing, and
    ``message`` says why."""

    surface_changed = pyqtSignal(object)
    changed = pyqtSignal()
    racer_chosen = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.message = QLabel("")
        self.message.setObjectName("formMessage")
        self.message.setWordWrap(True)
        self.surface = ItemEditor("surface", surfaces.catalog)
        self.about = QLabel("")
        self.about.setObjectName("viewNote")
        self.about.setWordWrap(True)
        self.racers: list[Racer] = []
        self.list = QListWidget()
        self.list.setMaximumHeight(92)
        self.list.setAccessibleName("racers")
        self.list.setToolTip("all start at the same point; the selected one is edited below")
        self.add = QPushButton("&Add")
        self.add.setToolTip("another racer, made like the selected one (Alt+A)")
        self.spread = QPushButton("Ra&tes")
        self.spread.setToolTip("four more like it, at ¼, ½, 2 and 4 times its rate (Alt+T)")
        self.remove = QPushButton("Re&move")
        self.remove.setToolTip("remove the selected racer (Alt+M)")
        self.optimizer = ItemEditor("optimizer", optimizers.catalog)
        self.schedule = ItemEditor("schedule", schedules.catalog)
        self.numbers = {
            "x": NumberEdit(0.0),
            "y": NumberEdit(0.0),
            "steps": NumberEdit(1000, whole=True),
        }
        self.start = (0.0, 0.0)
        self.steps = 1000
        self.shown: Shown | None = None

        inside = QWidget()
        layout = QVBoxLayout(inside)
        layout.setContentsMargins(6, 6, 6, 6)
        layout.setSpacing(6)
        layout.addWidget(_group("Surface", [("", self.surface), ("", self.about)]))
        layout.addWidget(self._racers_group())
        layout.addWidget(_group("Descent", self._descent_rows()))
        layout.addStretch(1)
        self.setWidget(inside)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)

        self.surface.changed.connect(self._set_surface)
        self.optimizer.changed.connect(lambda table: self._edit("optimizer", table))
        self.schedule.changed.connect(lambda table: self._edit("schedule", table))
        self.list.currentRowChanged.connect(self._chosen)
        self.add.clicked.connect(self.add_racer)
        self.spread.clicked.connect(self.add_rates)
        self.remove.clicked.connect(self.remove_racer)
        themes.changed.connect(self._fill_list)

    def _racers_group(self) -> QGroupBox:
        group = QGroupBox("Racers")
        column = QVBoxLayout(group)
        column.setContentsMargins(8, 4, 8, 6)
        column.setSpacing(4)
        column.addWidget(self.list)
        row = QHBoxLayout()
        for button in (self.add, self.spread, self.remove):
            button.setMinimumWidth(0)
            row.addWidget(button, 1)
        column.addLayout(row)
        column.addWidget(self.optimizer)
        column.addWidget(self.schedule)
        return group

    def _descent_rows(self) -> list[tuple[str, QWidget]]:
        tips = {
            "x": "where all racers start; click on the map, or drag the white disc",
            "y": "where all racers start; click on the map, or drag the white disc",
            "steps": f"steps of each racer, up to {MOST_STEPS:,}",
        }
        for name, field in self.numbers.items():
            field.setObjectName(f"descent.{name}")
            field.setToolTip(tips[name])
            field.committed.connect(lambda _: self._take_numbers())
        return [
            ("start x", self.numbers["x"]),
            ("start y", self.numbers["y"]),
            ("steps", self.numbers["steps"]),
        ]

    # -- what is chosen ------------------------------------------------------------------------

    @property
    def selected(self) -> int:
        """The row of the selected racer."""
        return max(self.list.currentRow(), 0)

    def show_first(self, surface: str, optimizer: dict[str, Any]) -> None:
        """Begin with a catalogue's surface and one racer."""
        self.racers = [
            Racer(
                0,
                choose("optimizer", optimizers.catalog, optimizer),
                choose("schedule", schedules.catalog, "constant"),
            )
        ]
        self._fill_list()
        self._set_surface({"name": surface})

    def _set_surface(self, table: dict[str, Any]) -> None:
        try:
            choice = choose("surface", surfaces.catalog, table)
        except WorkbenchError as error:
            self._say(str(error))
            return
        values = {key: value for key, value in choice.to_dict().items() if key != "name"}
        self.surface.show_table(choice.to_dict())
        self.show_surface(catalogued(choice.name, values))

    def show_surface(self, shown: Shown) -> None:
        """Take over a surface; its start is a point of its domain's upper left."""
        former = self.shown
        self._say("")
        self.shown = shown
        self.about.setText(f"f = {shown.formula}")
        self.about.setToolTip(shown.source)
        if former is None or former.domain != shown.domain:
            x_low, x_high, y_low, y_high = shown.domain
            self.set_start(x_low + 0.3 * (x_high - x_low), y_low + 0.85 * (y_high - y_low))
        self.surface_changed.emit(shown)

    def set_start(self, x: float, y: float) -> None:
        """Show the start there, without telling anyone."""
        self.start = (x, y)
        for key, value in (("x", x), ("y", y)):
            self.numbers[key].set_value(float(f"{value:.6g}"))

    def _take_numbers(self) -> None:
        try:
            x, y = (within(f"start {k}", self.numbers[k].value(), "(-inf, inf)") for k in "xy")
            steps = integer("steps", self.numbers["steps"].value(), 1, MOST_STEPS)
        except WorkbenchError as error:
            self._say(str(error))
            return
        self._say("")
        self.start, self.steps = (x, y), steps
        self.changed.emit()

    # -- racers --------------------------------------------------------------------------------

    def add_racer(self) -> None:
        """Another racer like the selected one."""
        self._add([self.racers[self.selected]])

    def add_rates(self) -> None:
        """Four more like the selected one, with other learning rates."""
        like = self.racers[self.selected]
        made = []
        for factor in _SPREAD:
            table = like.optimizer.to_dict()
            table["learning_rate"] = float(f"{table['learning_rate'] * factor:.6g}")
            try:
                choice = choose("optimizer", optimizers.catalog, table)
            except WorkbenchError:
                continue  # beyond what the optimizer takes
            made.append(replace(like, optimizer=choice))
        self._add(made)

    def _add(self, made: list[Racer]) -> None:
        taken = {racer.number for racer in self.racers}
        free = [k for k in range(MOST) if k not in taken]
        if not free:
            self._say(f"racers: at most {MOST}, which can be told apart; remove one first")
            return
        self._say("")
        for number, racer in zip(free, made, strict=False):
            self.racers.append(replace(racer, number=number))
        self._fill_list(len(self.racers) - 1)
        self.changed.emit()

    def remove_racer(self) -> None:
        """Remove the selected racer; the last one stays."""
        if len(self.racers) > 1:
            row = self.selected
            del self.racers[row]
            self._fill_list(min(row, len(self.racers) - 1))
            self.changed.emit()

    def _edit(self, field: str, table: dict[str, Any]) -> None:
        catalog = optimizers.catalog if field == "optimizer" else schedules.catalog
        try:
            choice = choose(field, catalog, table)
        except WorkbenchError as error:
            self._say(str(error))
            self._show_selected()
            return
        self._say("")
        row = self.selected
        self.racers[row] = replace(self.racers[row], **{field: choice})
        self._fill_list(row)
        self.changed.emit()

    def _fill_list(self, row: int | None = None) -> None:
        row = self.selected if row is None else row
        self.list.blockSignals(True)
        self.list.clear()
        for racer in self.racers:
            item = QListWidgetItem(swatch(racer.number), racer.label)
            item.setToolTip(racer.label)
            self.list.addItem(item)
        self.list.setCurrentRow(row)
        self.list.blockSignals(False)
        self.remove.setEnabled(len(self.racers) > 1)
        self.add.setEnabled(len(self.racers) < MOST)
        self.spread.setEnabled(len(self.racers) < MOST)
        self._show_selected()

    def _chosen(self, _row: int) -> None:
        self._show_selected()
        self.racer_chosen.emit()

    def _show_selected(self) -> None:
        if self.racers:
            racer = self.racers[self.selected]
            self.optimizer.show_table(racer.optimizer.to_dict())
            self.schedule.show_table(racer.schedule.to_dict())

    def _say(self, text: str) -> None:
        self.message.setText(text)


def _group(title: str, rows: list[tuple[str, QWidget]]) -> QGroupBox:
    group = QGroupBox(title)
    form = QFormLayout(group)
    form.setContentsMargins(8, 4, 8, 6)
    form.setVerticalSpacing(4)
    for label, widget in rows:
        if label:
            form.addRow(field_label(label), widget)
        else:
            form.addRow(widget)
    return group
