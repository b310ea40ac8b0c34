"""Kinds of planes through parameter space, one a file.

An item is a ``NamedTuple`` of options. Its facts are ``lay``, a function
``lay(item, scene) -> View``; ``points``, the points of parameter space that it asks for, as
``workbench.landscape.places`` reads them where nobody gives others; ``path``, whether it shows the
run's own path.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from kernels.catalog import Catalog
from kernels.draws import fill_normals
from kernels.random import STREAM_PLANE
from workbench.errors import WorkbenchError
from workbench.landscape.plane import Path, Plane
from workbench.landscape.profile import Profile
from workbench.model import Model

catalog = Catalog("kind of plane", __name__)
SEED = ("integer [0, 4294967295]", "which draw of the random directions")


@dataclass(frozen=True)
class Scene:
    """What planes are laid through: a run's ``path``, which ends where the run stands, and as many
    chosen ``points`` (n,), float64, as the kind asks for, with their ``names``."""

    model: Model
    path: Path
    points: tuple[np.ndarray, ...] = ()
    names: tuple[str, ...] = ()
    cancelled: Callable[[], bool] = lambda: False

    @property
    def parameters(self) -> np.ndarray:
        """Where the run stands, (n,)."""
        end: np.ndarray = self.path.points[-1]
        return end


@dataclass(frozen=True)
class View:
    """A plane, what to show on it, and the ``least`` half side of the part that is shown, in
    coordinates. ``marks`` are named points of parameter space; ``profiles`` curves along which the
    loss was measured."""

    plane: Plane
    path: Path
    least: float = 0.5
    marks: tuple[tuple[str, np.ndarray], ...] = ()
    profiles: tuple[Profile, ...] = ()


def build(item: Any, scene: Scene) -> View:
    """The plane of an item; raises WorkbenchError where the scene has none of that kind."""
    if not np.isfinite(scene.path.points).all():
        raise WorkbenchError("plane: the parameters along the path are not finite")
    made: View = catalog.of(item).facts["lay"](item, scene)
    return made


def random_directions(n: int, seed: float, count: int = 2) -> np.ndarray:
    """Standard normal deviates (count, n), the numbers 0 … count n - 1 of the seed's stream."""
    flat = np.empty(count * n)
    fill_normals(int(seed), STREAM_PLANE, 0, flat)
    return flat.reshape(count, n)
