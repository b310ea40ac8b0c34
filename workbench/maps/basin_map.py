"""What a basin map holds, on a surface or on a plane through a network's parameter space."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from workbench.maps.pixels import Window

PENDING, NOT_CONVERGED, DIVERGED, AT_REST, OTHER = -1, -2, -3, -4, -5
LABELS = {
    NOT_CONVERGED: "not converged",
    DIVERGED: "diverged",
    AT_REST: "at rest at no minimum",
    OTHER: "like none of these",
}


class Minimum(NamedTuple):
    """An end that starts share: its point (on a plane, the projection of its first example), value
    (the loss), whether it is one of the surface's ``known`` minima, and a global one of those."""

    x: float
    y: float
    value: float
    known: bool
    is_global: bool


@dataclass(frozen=True)
class BasinMap:
    """A basin map, as far as it is computed; arrays (n_y, n_x), read-only.

    ``label`` int32: the index in ``minima`` that a start reached; NOT_CONVERGED, DIVERGED, AT_REST
    (a saddle or a flat), OTHER (past the most labels of a plane), PENDING (not computed yet).
    ``steps`` int32: how many steps it made. ``stride``: one pixel of every stride × stride is
    computed; 1 once all are, 0 before the first pass. ``about``: what was computed, ready for JSON.
    """

    window: Window
    label: np.ndarray
    steps: np.ndarray
    minima: tuple[Minimum, ...]
    stride: int
    about: Mapping[str, Any]

    def shares(self) -> dict[int, float]:
        """The share of the computed area of each label that occurs, largest first."""
        labels, counts = np.unique(self.label[self.label != PENDING], return_counts=True)
        order = np.argsort(-counts, kind="stable")
        total = max(int(counts.sum()), 1)
        return {int(labels[k]): float(counts[k] / total) for k in order}

    def table(self) -> list[dict[str, Any]]:
        """One row a minimum that was reached or is known, largest share first."""
        shares = self.shares()
        rows = [
            {
                "label": k,
                "x": m.x,
                "y": m.y,
                "value": m.value,
                "known": m.known,
                "global": m.is_global,
                "share": shares.get(k, 0.0),
            }
            for k, m in enumerate(self.minima)
        ]
        return sorted(rows, key=lambda row: (-row["share"], row["label"]))

    def pixel(self, x: float, y: float) -> tuple[int, int] | None:
        """Row and column of the computed pixel that stands for (x, y); None outside, or before the
        first pass."""
        w, (n_y, n_x) = self.window, self.label.shape
        column = round((x - w.x_low) / (w.x_high - w.x_low) * (n_x - 1))
        row = round((y - w.y_low) / (w.y_high - w.y_low) * (n_y - 1))
        if not self.stride or not (0 <= column < n_x and 0 <= row < n_y):
            return None
        return row // self.stride * self.stride, column // self.stride * self.stride

    def summary(self) -> dict[str, Any]:
        """The figures, ready for JSON."""
        shares = self.shares()
        reached = [k for k in shares if k >= 0]
        computed = self.label != PENDING
        return dict(self.about) | {
            "window": list(self.window.sides),
            "resolution": list(self.label.shape[::-1]),
            "computed": float(computed.mean()),
            "basins": len(reached),
            "minima": self.table(),
            **{name.replace(" ", "_"): shares.get(k, 0.0) for k, name in LABELS.items()},
            "median_steps": float(np.median(self.steps[computed])) if computed.any() else None,
        }


def sealed(made: BasinMap) -> BasinMap:
    """A state with arrays of its own, read-only."""
    label, steps = made.label.copy(), made.steps.copy()
    label.flags.writeable = steps.flags.writeable = False
    return replace(made, label=label, steps=steps)
