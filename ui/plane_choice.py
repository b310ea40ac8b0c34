"""What the plane shows: its kind with options, the points it goes through, the height."""

from __future__ import annotations

from typing import Any

import numpy as np
from PyQt6.QtCore import QPoint, Qt, pyqtSignal
from PyQt6.QtGui import QStandardItemModel
from PyQt6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ui.item_editor import ItemEditor
from ui.plane_frame import END, MIDDLE, Spot
from ui.search_combo import SearchCombo
from workbench import Run, WorkbenchError
from workbench.fields import Choice, choose
from workbench.landscape import heights, kinds
from workbench.landscape.kinds.weights import name_of

_MOST_PICKED = 4000  # parameters that a list can offer; of more the number is typed
_OTHER_STARTS = 2


class PlaneChoice(QWidget):
    """``changed`` follows every choice that holds; ``wrong(text)`` says why one does not."""

    changed = pyqtSignal()
    wrong = pyqtSignal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.kind = _combo([(item.name, item.summary) for item in kinds.catalog], "plane.kind")
        self.heights = _combo([(i.name, i.summary) for i in heights.catalog], "plane.height")
        self.log = _box("log", "colours of the logarithm above the lowest height")
        self.marks = _box("marks", "mark the minima and saddles of the shown grid")
        self.relief = _box("3-D", "show the plane in 3-D; turn it with the mouse")
        self.more = QToolButton()
        self.more.setText("options")
        self.more.setToolTip("options of this kind of plane")
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self.kind, 2)
        row.addWidget(self.more)
        row.addWidget(self.heights, 3)
        for box in (self.log, self.marks, self.relief):
            row.addWidget(box)
        self.editor = ItemEditor("plane", kinds.catalog)
        self.editor.hide_row(self.editor.combo)
        self.pickers = QWidget()
        self._row = QHBoxLayout(self.pickers)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(6)
        # Beside the map, not above it: it needs its room.
        self.panel = QFrame(self, Qt.WindowType.Popup)
        self.panel.setFrameShape(QFrame.Shape.StyledPanel)
        inner = QVBoxLayout(self.panel)
        inner.setContentsMargins(8, 6, 8, 6)
        inner.setSizeConstraint(QVBoxLayout.SizeConstraint.SetFixedSize)
        inner.addWidget(self.editor)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(row)
        column.addWidget(self.pickers)
        self.choice: Choice = choose("plane", kinds.catalog, "pca")
        self._tables: dict[str, dict[str, Any]] = {}
        self._run: Run | None = None
        self._spots: list[Spot] = []
        self._points: list[QComboBox] = []
        self.kind.setCurrentText(self.choice.name)
        self.heights.setCurrentText("loss")
        self.marks.setChecked(True)
        self.kind.textActivated.connect(self._pick_kind)
        self.heights.textActivated.connect(lambda _: self.changed.emit())
        for box in (self.log, self.marks, self.relief):
            box.toggled.connect(lambda _: self.changed.emit())
        self.more.clicked.connect(self.show_options)
        self.editor.changed.connect(self._edited)

    @property
    def spots(self) -> tuple[Spot, ...]:
        """The chosen points, as many as the kind asks for."""
        return tuple(self._spots[max(combo.currentIndex(), 0)] for combo in self._points)

    def open(self, run: Run, runs: list[Run]) -> None:
        """Offer the points of ``runs`` that fit the shown one, and its parameters."""
        self._run = run
        self._spots = spots_of(run, runs)
        facts = [(item.name, item.facts) for item in heights.catalog]
        for row, (_, fact) in enumerate(facts):
            lacks = fact.get("classes") and not run.model.data.classes
            lacks = lacks or (fact.get("test") and not len(run.model.test.inputs))
            model = self.heights.model()
            assert isinstance(model, QStandardItemModel)
            item = model.item(row)
            assert item is not None
            item.setEnabled(not lacks)
            if lacks and row == self.heights.currentIndex():
                self.heights.setCurrentText("loss")
        self._show_kind()

    def show_options(self) -> None:
        """Open the options of this kind, below their button."""
        self.panel.adjustSize()
        self.panel.move(self.more.mapToGlobal(QPoint(0, self.more.height() + 2)))
        self.panel.show()

    def show_kind(self, name: str) -> None:
        """Choose a kind, as its combo box does."""
        self.kind.setCurrentText(name)
        self._pick_kind(name)

    def _pick_kind(self, name: str) -> None:
        self._tables[self.choice.name] = self.choice.to_dict()
        table = self._tables.get(name) or {"name": name} | self._moved_most(name)
        self.choice = choose("plane", kinds.catalog, table)
        self._show_kind()
        self.changed.emit()

    def _moved_most(self, name: str) -> dict[str, int]:
        """Which parameters to begin with, where a kind asks for some: weights that never moved
        would show a flat."""
        fields = kinds.catalog.get(name).facts.get("parameters", ())
        if self._run is None or not fields:
            return {}
        run = self._run
        moved = np.abs(run.parameters - run.model.initial_parameters())
        order = np.argsort(-np.nan_to_num(moved), kind="stable")
        return {field: int(place) for field, place in zip(fields, order, strict=False)}

    @property
    def _facts(self) -> Any:
        return kinds.catalog.get(self.choice.name).facts

    def _show_kind(self) -> None:
        self.editor.show_table(self.choice.to_dict())
        chosen = [combo.currentText() for combo in self._points]
        while item := self._row.takeAt(0):
            old = item.widget()
            assert old is not None
            old.hide()
            old.deleteLater()
        self._points = []
        for k, text in enumerate(("first point", "second point", "third point")):
            if k < len(self._facts["points"]):
                self._points.append(self._point_picker(text, k, chosen))
        hidden = self._facts.get("parameters", ())
        if self._run is None or self._run.model.parameter_count > _MOST_PICKED:
            hidden = ()
        for field in hidden:
            self._parameter_picker(field)
        for name, field in self.editor.fields.items():
            if name in hidden:
                self.editor.hide_row(field)
        self.pickers.setVisible(self._row.count() > 0)
        self.more.setEnabled(any(name not in hidden for name in self.editor.fields))

    def _point_picker(self, text: str, k: int, chosen: list[str]) -> QComboBox:
        combo = _combo([(spot.label, "") for spot in self._spots], f"plane.{text}")
        before = combo.findText(chosen[k]) if k < len(chosen) else -1
        combo.setCurrentIndex(before if before >= 0 else min(k, combo.count() - 1))
        combo.textActivated.connect(lambda _: self.changed.emit())
        combo.setToolTip(f"{text} that the plane goes through")
        self._row.addWidget(combo, 1)
        return combo

    def _parameter_picker(self, field: str) -> None:
        assert self._run is not None
        model, picker = self._run.model, SearchCombo()
        picker.setObjectName(f"plane.{field} picker")
        picker.addItems([f"{p}: {name_of(model, p)}" for p in range(model.parameter_count)])
        place = int(getattr(self.choice.item, field))
        picker.setCurrentIndex(min(place, picker.count() - 1))
        picker.textActivated.connect(lambda _: self._picked(field, picker.currentIndex()))
        picker.setToolTip(f"{field} parameter: type a part of its name")
        self._row.addWidget(picker, 1)

    def _picked(self, field: str, place: int) -> None:
        self._edited(self.choice.to_dict() | {field: place})

    def _edited(self, table: dict[str, Any]) -> None:
        try:
            self.choice = choose("plane", kinds.catalog, table)
        except WorkbenchError as error:
            self.wrong.emit(str(error))
            return
        self.editor.show_table(self.choice.to_dict())
        self.changed.emit()


def spots_of(run: Run, runs: list[Run]) -> list[Spot]:
    """The points that planes can go through: the run's, those of others with the same layers, and
    other starts."""
    found = [Spot("end of this run", "end", run, END), Spot("start of this run", "start", run, 0)]
    sizes = run.experiment.network.sizes
    for k, other in enumerate(runs, start=1):
        if other is not run and other.experiment.network.sizes == sizes:
            found.append(Spot(f"end of run {k}", f"end {k}", other, END))
            found.append(Spot(f"start of run {k}", f"start {k}", other, 0))
    # Ends of other runs are what people compare: they come before this run's start.
    ends = [spot for spot in found[1:] if spot.place == END]
    rest = [spot for spot in found[1:] if spot.place != END]
    middle = Spot("middle of this run's path", "middle", run, MIDDLE)
    others = [Spot(f"start + {k}", f"start + {k}", run, k) for k in range(1, _OTHER_STARTS + 1)]
    if np.array_equal(others[0].vector(), others[1].vector()):
        others = []  # an initializer that draws nothing
    return [found[0], *ends, rest[0], middle, *rest[1:], *others]


def _combo(entries: list[tuple[str, str]], name: str) -> QComboBox:
    combo = QComboBox()
    combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    combo.setMinimumContentsLength(6)
    for row, (text, tip) in enumerate(entries):
        combo.addItem(text)
        combo.setItemData(row, tip, Qt.ItemDataRole.ToolTipRole)
    combo.setObjectName(name)
    combo.setAccessibleName(name)
    combo.setToolTip(name.replace("plane.", "of the plane: "))
    return combo


def _box(text: str, tip: str) -> QCheckBox:
    box = QCheckBox(text)
    box.setToolTip(tip)
    return box
