"""What is compared: an experiment, the initializers, from how many starts, and where it is kept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import (
    QCheckBox,
    QFileDialog,
    QFrame,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ui.item_editor import form_group
from ui.maps_sources import SHOWN, ExperimentCombo
from ui.maps_study import hint
from ui.number_edit import NumberEdit
from ui.text_edit import TextEdit
from ui.theme import themes
from workbench import Experiment, Run, WorkbenchError, starts
from workbench.comparison.folder import claim
from workbench.comparison.plan import Plan
from workbench.comparison.verdicts import DEFAULT, polish_count
from workbench.comparison.watch import in_small_parts
from workbench.errors import BadValue
from workbench.fields import integer

FEWEST, MOST = 10, 1_000_000
_CHOSEN = ("he_normal", "glorot_normal", "orthogonal")


class Order(NamedTuple):
    """A comparison to carry out: its folder, claimed, and how many ends of a case to polish."""

    folder: Path
    polish: int


class CompareForm(QWidget):
    """``message`` holds one line about what does not hold. ``run()`` gives the run that the page of
    runs shows."""

    def __init__(self, run: Callable[[], Run | None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.source = ExperimentCombo(run)
        self.source.setObjectName("compare.experiment")
        self.source.setCurrentText("student")  # whose ends are minima
        self.initializers = QListWidget()
        self.initializers.setObjectName("compare.initializers")
        self.initializers.setAccessibleName("initializers to compare")
        self.initializers.setToolTip("which initializers are compared; Space checks one")
        self.initializers.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.starts = self._number("starts", 1000, f"starts of each, {FEWEST} to {MOST:,}")
        self.steps = self._number("steps", 1000, "steps of each training at most")
        self.polish = self._number(
            "polish", DEFAULT, "how many ends of each are polished and classified; 0: none"
        )
        self.kept = QCheckBox("keep &parameters")
        self.kept.setChecked(True)
        self.kept.setToolTip("keep where each start ended; without, ends are trained again (Alt+P)")
        self.out = TextEdit("")
        self.out.setObjectName("compare.out")
        self.out.setPlaceholderText("runs/… (a new one)")
        self.out.setToolTip("folder, new or empty, or one that holds this comparison: carried on")
        self.browse = QToolButton()
        self.browse.setText("choose a folder…")
        self.browse.clicked.connect(self._browse)
        self.message = QLabel("")
        self.message.setObjectName("formMessage")
        self.message.setWordWrap(True)
        self.message.setContentsMargins(8, 2, 8, 2)
        self._lay_out()
        self.source.chosen.connect(self._other)
        themes.changed.connect(self._restyle)
        self._restyle()
        self._other()

    def _number(self, name: str, value: int, tip: str) -> NumberEdit:
        field = NumberEdit(value, whole=True)
        field.setObjectName(f"compare.{name}")
        field.setToolTip(tip)
        field.committed.connect(lambda _: self._check())
        return field

    def _lay_out(self) -> None:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(6, 6, 6, 6)
        column.setSpacing(6)
        column.addWidget(form_group("Experiment", [("experiment", self.source)]))
        self.initializers.setMinimumHeight(6 * 20)
        column.addWidget(form_group("Initializers", [("", self.initializers)]), 1)
        column.addWidget(
            form_group(
                "Starts",
                [("starts", self.starts), ("steps", self.steps), ("polish", self.polish)],
            )
        )
        column.addWidget(form_group("Folder", [("", self.out), ("", self.browse), ("", self.kept)]))
        column.addWidget(
            hint(
                "Start i of every initializer draws from the same random numbers. Ends are "
                "written as they come: what is stopped or killed can be resumed."
            )
        )
        area = QScrollArea()
        area.setWidget(inside)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(area, 1)
        column.addWidget(self.message)
        self.setMinimumWidth(250)
        self.setMaximumWidth(330)

    def _restyle(self) -> None:
        theme = themes.now  # whose dark colours leave no border to Qt's own boxes
        self.initializers.setStyleSheet(
            f"""
            QListWidget {{ background: {theme.base}; }}
            QListWidget::indicator {{ border: 1px solid {theme.faint}; width: 9px; height: 9px; }}
            QListWidget::indicator:checked {{ background: {theme.accent}; }}
            """
        )

    def _browse(self) -> None:
        name = QFileDialog.getExistingDirectory(self, "Choose a folder for the comparison")
        if name:
            self.out.set_value(name)

    def _other(self) -> None:
        """Offer the initializers that fit the experiment, and its steps."""
        found = self.source.told(self.message)
        if found is None:
            return
        self.message.setText("")
        self.steps.set_value(found.stop.steps)
        checked = self.checked() if self.initializers.count() else list(_CHOSEN)
        self.initializers.clear()
        for name in _fitting(found):
            row = QListWidgetItem(name)
            row.setToolTip(starts.catalog.get(name).summary)
            row.setFlags(row.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            state = Qt.CheckState.Checked if name in checked else Qt.CheckState.Unchecked
            row.setCheckState(state)
            self.initializers.addItem(row)

    def checked(self) -> list[str]:
        """The names of the initializers that are checked."""
        rows = [self.initializers.item(k) for k in range(self.initializers.count())]
        return [r.text() for r in rows if r and r.checkState() == Qt.CheckState.Checked]

    def order(self) -> Order | None:
        """Claim a folder for what the form says; None, with a message, where it does not hold."""
        self.message.setText("")
        try:
            plan = self._plan()
            polish = self.polish_of(plan)
            out, chosen = str(self.out.value()), self.source.currentText()
            name = "comparison" if chosen == SHOWN else chosen
            return Order(claim(out or None, plan, name), polish)
        except BadValue as error:
            # The terminal's name of the folder is none of the window's.
            field = "folder" if error.field == "--out" else error.field
            told = BadValue(field, error.rule, error.value, error.nearest)
            self.message.setText(str(told))
        except WorkbenchError as error:
            self.message.setText(str(error))
        return None

    def _check(self) -> None:
        """Say at once what does not hold."""
        try:
            self.polish_of(self._plan())
        except WorkbenchError as error:
            self.message.setText(str(error))
        else:
            self.message.setText("")

    def polish_of(self, plan: Plan) -> int:
        """How many ends of each case of ``plan`` to polish; raises BadValue."""
        given: Any = self.polish.value()
        return polish_count(None if given == "" else given, plan)

    def _plan(self) -> Plan:
        names = self.checked()
        if not names:
            raise BadValue("initializers", "must be one or more", "none checked", "he_normal")
        steps = integer("steps", self.steps.value(), 1, 10**9)
        count = integer("starts", self.starts.value(), FEWEST, MOST)
        experiment = self.source.experiment().replace(stop={"steps": steps})
        parameters = self.kept.isChecked()
        return in_small_parts(
            Plan.of(experiment, {"initializer": names}, count, parameters=parameters)
        )


def _fitting(experiment: Experiment) -> list[str]:
    """The initializers that a network like the experiment's can begin with."""
    found = []
    for name in starts.simple():
        try:
            experiment.replace(initializer=name)
        except WorkbenchError:
            continue
        found.append(name)
    return found
