"""Basin maps of surfaces: every pixel a start, coloured by the minimum that it reaches."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from PyQt6.QtWidgets import (
    QWidget,
)

from kernels import optimizers, surfaces
from ui.item_editor import ItemEditor, form_group
from ui.maps_basins import BasinStudy, Shown, painted
from ui.maps_study import hint, number
from ui.text_edit import TextEdit
from workbench import WorkbenchError
from workbench.descents.descent import descend
from workbench.descents.surface import VARIABLES, Surface
from workbench.fields import choose, integer
from workbench.formulas.formula import BadFormula, Formula
from workbench.maps.basin_map import BasinMap
from workbench.maps.pixels import Window


class SurfaceBasins(BasinStudy):
    """Basins of a surface of the catalogue or of a formula, for an optimizer of the catalogue."""

    title = "Basins of a surface"

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("maps-surface", parent)
        self.map.set_labels("x", "y")
        self.surface = ItemEditor("surface", surfaces.catalog)
        self.formula = TextEdit("")
        self.formula.setObjectName("maps.formula")
        self.formula.setPlaceholderText("or type a formula")
        self.formula.setToolTip("a function of x and y, such as x^4 - x^2 + y^2")
        self.optimizer = ItemEditor("optimizer", optimizers.catalog)
        self.steps = number("maps.steps", 4000, "steps of a start at most", self.compute)
        self.resolution = number("maps.resolution", 512, "pixels a side", self.compute)
        self._given: Any = {"name": "himmelblau"}
        self._rule: dict[str, Any] = {"name": "sgd"}
        self._surface: Surface | None = None
        self.surface.show_table(self._given)
        self._show_rule()
        self.lay_out(
            [
                form_group("Surface", [("", self.surface), ("formula", self.formula)]),
                form_group(
                    "Descents",
                    [("", self.optimizer), ("steps", self.steps), ("resolution", self.resolution)],
                ),
                hint(
                    "Plain gradient descent takes the reciprocal of the largest curvature in the "
                    "window as its learning rate, until you give one."
                ),
            ],
            self.map,
            self.right,
        )
        self.surface.changed.connect(self._pick)
        self.formula.committed.connect(self._type)
        self.optimizer.changed.connect(self._choose)
        self.pictures = [("the basin map", self.map), ("the basins page", self.whole)]

    # -- the form ------------------------------------------------------------------------------

    def _pick(self, table: dict[str, Any]) -> None:
        try:
            choose("surface", surfaces.catalog, table)
        except WorkbenchError as error:
            self.message.setText(str(error))
            return
        self._given = table
        entry = surfaces.catalog.get(table["name"])
        self.surface.show_table({h.name: h.default for h in entry.hypers} | table)
        self.formula.set_value("")
        self._other_surface()

    def _type(self, text: str) -> None:
        if not text.strip():
            return
        try:
            Formula(text, VARIABLES)
        except BadFormula as error:
            self.message.setText(f"formula: {error}")
            return
        except WorkbenchError as error:
            self.message.setText(str(error))
            return
        self._given = {"formula": text}
        self.surface.show_none("the formula below")
        self._other_surface()

    def _other_surface(self) -> None:
        self._surface = None
        self.forget_map()
        self.forget_windows()
        self.compute()

    def _choose(self, table: dict[str, Any]) -> None:
        try:
            made = choose("optimizer", optimizers.catalog, table)
        except WorkbenchError as error:
            self.message.setText(str(error))
            return
        # A rate that was not given stays to be found for each window.
        self._rule = table if set(table) == {"name"} else made.to_dict()
        self._show_rule()
        self.compute()

    def _show_rule(self) -> None:
        entry = optimizers.catalog.get(self._rule["name"])
        self.optimizer.show_table({h.name: h.default for h in entry.hypers} | self._rule)
        field = self.optimizer.fields.get("learning_rate")
        if self._rule == {"name": "sgd"} and field is not None:
            field.set_value("from the curvature")

    # -- the study -----------------------------------------------------------------------------

    def whole_window(self) -> Window | None:
        """The surface's domain."""
        return None if self._surface is None else Window.of(list(self._surface.domain))

    def compute(self) -> None:
        """Map the surface of the form."""
        try:
            steps = integer("steps", self.steps.value(), 1, 1_000_000)
            size = integer("resolution", self.resolution.value(), 8, 2048)
        except WorkbenchError as error:
            self.message.setText(str(error))
            return
        given, rule, window = self._given, dict(self._rule), self.window_wanted
        if self.shown is None:
            if "name" in given:
                self._surface = Surface.of(given)  # a formula waits for the job's thread
            self.heading.setText(f"Basins of {given.get('name', 'the formula')}".replace("_", " "))
            self.note.setText("computing…")
            self.reshown()

        def states(progress: Any, cancelled: Any) -> Iterator[Shown]:
            from workbench.maps.basins_surface import states as maps

            surface = Surface.of(given)
            made = maps(
                surface, optimizer=rule, steps=steps, window=window, resolution=size,
                progress=progress, cancelled=cancelled,
            )  # fmt: skip
            for shown in painted(made):
                self._surface = surface
                yield shown

        self.start(states)

    def describe(self, made: BasinMap) -> None:
        """Heading and note of a map."""
        rule = made.about["optimizer"]
        rate = rule.get("learning_rate")
        how = rule["name"] if rate is None else f"{rule['name']}, learning rate {rate:.4g}"
        self.heading.setText(f"Basins of {str(made.about['surface']).replace('_', ' ')}")
        self.note.setText(
            f"{how}, at most {made.about['steps']:,} steps; brighter: fewer steps; ☆ global, "
            "○ local minima; click for the path from there"
        )

    def named(self, row: dict[str, Any]) -> tuple[str, str]:
        """A minimum's place and kind."""
        kind = "global" if row["global"] else "local" if row["known"] else "found here"
        return f"({row['x']:.4g}, {row['y']:.4g})", kind

    def end_name(self, label: int) -> str:
        """A minimum's place and value."""
        assert self.shown is not None
        m = self.shown.made.minima[label]
        return f"minimum ({m.x:.5g}, {m.y:.5g}), f = {m.value:.5g},"

    def path_from(self, place: tuple[float, float]) -> Callable[[], np.ndarray]:
        """The descent that the pixel stands for."""
        assert self.shown is not None
        about, surface = self.shown.made.about, self._surface

        def compute() -> np.ndarray:
            made = descend(
                surface,
                optimizer=about["optimizer"],
                start=list(place),
                steps=about["steps"],
                tolerance=about["tolerance"],
            )
            return np.asarray(made.path[:, :2])

        return compute
