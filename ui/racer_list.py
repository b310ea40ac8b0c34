"""The racers of a race: added, removed, chosen, and the chosen one's optimizer edited."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import (
    QGroupBox,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from kernels import optimizers, schedules
from ui.item_editor import ItemEditor
from ui.racing import Racer
from ui.symbols import MOST, swatch
from ui.theme import themes
from workbench import WorkbenchError
from workbench.fields import choose

_SPREAD = (0.25, 0.5, 2.0, 4.0)
_CATALOGS = {"optimizer": optimizers.catalog, "schedule": schedules.catalog}


class RacerList(QGroupBox):
    """``changed`` follows every change of a racer, ``chosen`` another selected one, ``wrong(text)``
    what does not hold and changed nothing."""

    changed = pyqtSignal()
    chosen = pyqtSignal()
    wrong = pyqtSignal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Racers", parent)
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
        self.editors = {key: ItemEditor(key, catalog) for key, catalog in _CATALOGS.items()}
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 4, 8, 6)
        column.setSpacing(4)
        column.addWidget(self.list)
        row = QHBoxLayout()
        for button in (self.add, self.spread, self.remove):
            button.setMinimumWidth(0)
            row.addWidget(button, 1)
        column.addLayout(row)
        for key, editor in self.editors.items():
            column.addWidget(editor)
            editor.changed.connect(lambda table, key=key: self.edit(key, table))
        self.list.currentRowChanged.connect(self._chosen)
        self.add.clicked.connect(self.add_racer)
        self.spread.clicked.connect(self.add_rates)
        self.remove.clicked.connect(self.remove_racer)
        themes.changed.connect(self._fill)

    @property
    def selected(self) -> int:
        """The row of the selected racer."""
        return max(self.list.currentRow(), 0)

    def show_first(self, optimizer: dict[str, Any]) -> None:
        """Begin with one racer; tells no one."""
        choices = {"optimizer": optimizer, "schedule": "constant"}
        made = {key: choose(key, _CATALOGS[key], value) for key, value in choices.items()}
        self.racers = [Racer(0, **made)]
        self._fill()

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
        for number, racer in zip(free, made, strict=False):
            self.racers.append(replace(racer, number=number))
        self._fill(len(self.racers) - 1)
        self.wrong.emit("")
        self.changed.emit()

    def remove_racer(self) -> None:
        """Remove the selected racer; the last one stays."""
        if len(self.racers) > 1:
            row = self.selected
            del self.racers[row]
            self._fill(min(row, len(self.racers) - 1))
            self.changed.emit()

    def edit(self, key: str, table: dict[str, Any]) -> None:
        """Give the selected racer another ``optimizer`` or ``schedule``."""
        try:
            choice = choose(key, _CATALOGS[key], table)
        except WorkbenchError as error:
            self.wrong.emit(str(error))
            return
        self.wrong.emit("")
        row = self.selected
        changes: dict[str, Any] = {key: choice}
        self.racers[row] = replace(self.racers[row], **changes)
        self._fill(row)
        self.changed.emit()

    def _fill(self, row: int | None = None) -> None:
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
        self.chosen.emit()

    def _show_selected(self) -> None:
        if self.racers:
            racer = self.racers[self.selected]
            self.editors["optimizer"].show_table(racer.optimizer.to_dict())
            self.editors["schedule"].show_table(racer.schedule.to_dict())
