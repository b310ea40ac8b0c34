"""What the views of a surface show together: its minima, and the descents at one step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from ui.race_view import RaceView
from ui.racing import Trace
from ui.relief_view import ReliefView
from ui.step_view import look_at
from ui.surface_grid import Grid, thinned
from ui.surface_map import SurfaceMap
from ui.symbols import SYMBOLS, map_colour
from workbench.descents.surface import Surface

_IN_3D = 600  # points of a path in 3-D
_MOST_3D_MINIMA = 60
_GRADIENT_SHARE = 12.0  # the arrow of -gradient is as long as this part of the map


@dataclass
class SurfaceScene:
    """One surface in ``map``, ``relief`` and ``race``; ``grid`` is None until it is worked out."""

    map: SurfaceMap
    relief: ReliefView
    race: RaceView
    shown: Surface | None = None
    grid: Grid | None = None
    traces: Sequence[Trace] = ()
    _minima: list[tuple[np.ndarray, str, str, float]] = field(default_factory=list)

    def show_surface(self, shown: Surface) -> None:
        """Clear all for another surface."""
        self.shown, self.grid, self.traces = shown, None, ()
        self.map.show_surface(shown)
        self.relief.show_grid(None)
        self.race.show_traces(shown, ())

    def show_grid(self, grid: Grid) -> None:
        """The heights, and in 3-D the minima among them; paths wait for ``show_step``."""
        self.grid = grid
        self.map.show_grid(grid)
        self.relief.show_grid(grid)
        minima = () if self.shown is None else self.shown.minima
        inside = [
            m for m in minima if grid.x[0] <= m[0] <= grid.x[-1] and grid.y[0] <= m[1] <= grid.y[-1]
        ]
        # In 3-D, many marks would hide the surface.
        kinds = [[m[:3] for m in inside if m[3] == deepest] for deepest in (False, True)]
        self._minima = [
            (np.array(kind).reshape(-1, 3), shade, symbol, size)
            for kind, (shade, symbol, size) in zip(
                kinds, (("#ffffff", "x", 9.0), ("#ffe680", "star", 14.0)), strict=True
            )
            if len(kind) <= _MOST_3D_MINIMA
        ]

    def show_traces(self, traces: Sequence[Trace]) -> None:
        """The curves of other descents; paths wait for ``show_step``."""
        self.traces = traces
        if self.shown is not None:
            self.race.show_traces(self.shown, traces)

    def show_step(self, step: int, row: int, tangent: bool) -> str:
        """All paths at ``step``, and what the descent number ``row`` does there, with the tangent
        plane or without; returns that in words."""
        self.map.show_paths([(t.path, t.racer.number) for t in self.traces], step)
        self.race.set_step(step)
        self._show_3d(step)
        chosen = self.trace(row)
        if chosen is None or not len(chosen.path):
            self.map.show_step([])
            self.relief.show_tangent(None)
            return ""
        k = min(step, len(chosen.path) - 1)
        x, y, value, gx, gy = chosen.path[k]
        area = self.map.area()
        text, arrows = look_at(chosen, k, (area[1] - area[0]) / _GRADIENT_SHARE)
        self.map.show_step(arrows)
        self.relief.show_tangent((x, y, value, (gx, gy)) if tangent else None)
        return text

    def trace(self, row: int) -> Trace | None:
        """The descent number ``row``, where there is one already."""
        return self.traces[row] if row < len(self.traces) else None

    def _show_3d(self, step: int) -> None:
        paths, points = [], list(self._minima)
        for trace in self.traces:
            if not len(trace.path):
                continue
            last = min(step, len(trace.path) - 1)
            shade = map_colour(trace.racer.number)
            walked = trace.path[: last + 1, :3]
            paths.append((walked[thinned(len(walked), _IN_3D)], shade))
            points.append((walked[-1:], shade, SYMBOLS[trace.racer.number], 11.0))
        self.relief.show_paths(paths)
        self.relief.show_points(points)
