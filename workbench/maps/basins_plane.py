"""Basin maps on a plane through a network's parameter space: one whole training a pixel.

Every pixel is a point of the plane from which the experiment is trained to its end. Two pixels have
the same label where their ends are alike:

1. both have converged, by the gradient norm, or neither has;
2. their losses differ by less than half a decade (or are both below 1e-12);
3. their canonical forms (``workbench.symmetry``) differ by at most ``tolerance`` times the length
   of the first's: ends that a permutation or a rescaling maps into each other are alike.

A label's first member, in the order of computing, is the one that others are compared with; of
several that fit, the nearest counts. Converged ends must agree to a thousandth of the tolerance. An
end that has not converged is still on its way, and where it is varies smoothly with where it began:
equal colours then say that two trainings are near each other at their last step, not that they
would arrive at one minimum; of a valley floor, a label covers a piece as long as the tolerance.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from kernels.network import parameter_count
from kernels.training import LOSS_TOO_LARGE, NOT_FINITE
from workbench.errors import BadValue
from workbench.experiment import Experiment
from workbench.fields import plain, within
from workbench.landscape import Plane, plane_of_path
from workbench.maps.basin_map import DIVERGED, OTHER, PENDING, BasinMap, Minimum, sealed
from workbench.maps.pixels import Window, passes, resolution
from workbench.model import Model
from workbench.multistart import Starts, train_starts
from workbench.run import Run
from workbench.symmetry import canonical

TOLERANCE = 0.2
MOST_LABELS = 200
_STRICTER = 1e-3  # of the tolerance, for ends that have converged
_GENTLE = 1e-6  # the gradient norm of a converged end, where the stop rule names none
_DECADES = 0.5
_FLOOR = 1e-12
_MOST_NUMBERS = 500_000_000
_PIECE = 4096  # ends compared at a time


def basins_of(experiment: Experiment, **options: Any) -> BasinMap:
    """The basin map of an experiment; ``plane_states`` says which options. The last state."""
    *_, last = plane_states(experiment, **options)
    return last


def plane_states(
    experiment: Experiment,
    *,
    plane: Any = None,
    window: Any = None,
    resolution: Any = 128,
    tolerance: float = TOLERANCE,
    threads: int | None = None,
    progress: Callable[[float], None] = lambda share: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Iterator[BasinMap]:
    """The map, coarse at first (every 8th pixel) and then refined: yields one state a pass.

    ``plane``: what has an ``origin`` (n,) and ``directions`` (2, n), such as one of
    workbench.landscape; None: the main directions of the experiment's own path. ``window`` in
    coordinates of the plane; None: the square about that path, twice as wide. ``tolerance``: see
    above. ``threads``: None for one a core; the result does not depend on it. ``progress`` is told
    the share that is done and ``cancelled`` asked, between blocks of trainings: once it says True,
    the last state yielded is that of the pass before. Raises BadValue.
    """
    limit = within("tolerance", plain(tolerance), "(0, 1]")
    shape = _shape(resolution)
    # The form of every end is kept, to compare it with labels that are met later.
    count = parameter_count(experiment.network.sizes)
    if shape[0] * shape[1] * count > _MOST_NUMBERS:
        near = int((_MOST_NUMBERS / count) ** 0.5)
        rule = f"must be at most {near} pixels a side for {count} parameters"
        raise BadValue("resolution", rule, f"{shape[1]} x {shape[0]}", near)
    if plane is None:
        run = Run(experiment)
        run.finish()
        plane, about = plane_about(run)
        rectangle = about if window is None else Window.of(window)
    elif window is None:
        raise BadValue("window", "must be given for a plane", window, "-1,1,-1,1")
    else:
        rectangle = Window.of(window)
    return _states(experiment, plane, rectangle, shape, limit, threads, progress, cancelled)


def _shape(value: Any) -> tuple[int, int]:
    return resolution(value)


def plane_about(run: Run) -> tuple[Plane, Window]:
    """The main directions of the path of ``run`` until now, and the square about it, twice as wide
    (at least 1)."""
    path = run.trail()[1]
    path = path[np.isfinite(path).all(1)].astype(np.float64)
    plane = plane_of_path(path)
    places = plane.project(path)
    low, high = places.min(0), places.max(0)
    half = max(float((high - low).max()), 0.5)
    x, y = (low + high) / 2
    window = Window(float(x - half), float(x + half), float(y - half), float(y + half))
    return plane, window


def _states(
    experiment: Experiment,
    plane: Any,
    window: Window,
    shape: tuple[int, int],
    tolerance: float,
    threads: int | None,
    progress: Callable[[float], None],
    cancelled: Callable[[], bool],
) -> Iterator[BasinMap]:
    model = Model(experiment)
    label = np.full(shape, PENDING, np.int32)
    steps = np.zeros(shape, np.int32)
    kinds = _Kinds(model, tolerance, label.size)
    x, y = window.axes(shape)
    inverse = np.linalg.pinv(plane.directions)
    about = {
        "kind": "plane",
        "surface": experiment.title or "the experiment",
        "optimizer": experiment.optimizer.to_dict(),
        "steps": experiment.stop.steps,
        "tolerance": tolerance,
        "gradient_norm": kinds.gentle,
        "dtype": experiment.dtype,
        "named": "end {label}",
        "x_label": "along the plane's first direction",
        "y_label": "along its second",
        "experiment_hash": experiment.hash,
    }

    def state(stride: int) -> BasinMap:
        places = (kinds.ends - plane.origin) @ inverse
        found = [
            Minimum(float(x), float(y), float(loss), False, False)
            for (x, y), loss in zip(places, kinds.losses, strict=True)
        ]
        known = np.flatnonzero(label != PENDING)
        share = kinds.converged_share(known) if len(known) else 0.0
        now = dict(about) | {"converged": share}
        return sealed(BasinMap(window, label, steps, tuple(found), stride, now))

    stride = 0
    for finer, pixels in passes(shape):
        places = np.column_stack([x[pixels % shape[1]], y[pixels // shape[1]]])
        done = int((label != PENDING).sum())
        blocks: list[tuple[np.ndarray, Starts]] = []
        # Points are made a piece at a time: those of a large map would fill the memory.
        for first in range(0, len(pixels), 16 * _PIECE):
            part = places[first : first + 16 * _PIECE]
            points = (plane.origin + part @ plane.directions).astype(model.dtype)
            walk = train_starts(
                experiment, len(points), points=points, threads=threads, cancelled=cancelled
            )
            for block in walk:
                blocks.append((pixels[first + block.index], block))
                done += len(block.index)
                progress(done / label.size)
        if sum(len(at) for at, _ in blocks) < len(pixels):
            break
        stride = finer
        for at, block in blocks:
            kinds.add(at, block)
            steps.ravel()[at] = block.steps
        # All of them anew: a label that was met late may be nearer to an early pixel.
        known = np.concatenate([np.flatnonzero(label != PENDING), pixels])
        label.ravel()[known] = kinds.labels(known)
        yield state(stride)
    if stride == 0:
        yield state(0)


class _Kinds:
    """The labels met so far; ``ends`` (k, n) and ``losses`` (k,) of their first members."""

    def __init__(self, model: Model, tolerance: float, pixels: int) -> None:
        self._model, self._tolerance = model, tolerance
        bound = model.experiment.stop.gradient_norm
        self.gentle = _GENTLE if bound is None else max(bound, _GENTLE)
        n = model.parameter_count
        # Of every pixel: its end's form, in half the memory, its logarithm of the loss, whether it
        # has converged.
        self._forms = np.zeros((pixels, n), np.float32)
        self._levels = np.zeros(pixels)
        self._rest = np.zeros(pixels, bool)
        self._diverged = np.zeros(pixels, bool)
        self._firsts: list[int] = []
        self.ends, self.losses = np.empty((0, n)), np.empty(0)

    def add(self, pixels: np.ndarray, block: Starts) -> None:
        """Take in the ends of ``block``, of the flat indices ``pixels``."""
        bad = (block.code == NOT_FINITE) | (block.code == LOSS_TOO_LARGE)
        bad |= ~np.isfinite(block.parameters).all(1) | ~np.isfinite(block.loss)
        self._diverged[pixels] = bad
        at, sound = pixels[~bad], block.parameters[~bad]
        if not len(at):
            return
        self._forms[at] = canonical(self._model, sound)
        self._levels[at] = np.log10(np.maximum(block.loss[~bad], _FLOOR))
        self._rest[at] = block.gradient_norm[~bad] <= self.gentle
        near, _ = self._nearest(at)
        for j, pixel in enumerate(at):
            if near[j] != OTHER or len(self._firsts) == MOST_LABELS:
                continue
            self._firsts.append(int(pixel))
            self.ends = np.vstack([self.ends, sound[j]])
            self.losses = np.append(self.losses, block.loss[~bad][j])
            found, _ = self._nearest(at, len(self._firsts) - 1)
            near = np.where(near == OTHER, found, near)

    def labels(self, pixels: np.ndarray) -> np.ndarray:
        """The label of every one of ``pixels`` that were taken in, of all that are known now."""
        out = np.full(len(pixels), OTHER, np.int32)
        for first in range(0, len(pixels), _PIECE):
            out[first : first + _PIECE] = self._nearest(pixels[first : first + _PIECE])[0]
        out[self._diverged[pixels]] = DIVERGED
        return out

    def converged_share(self, pixels: np.ndarray) -> float:
        """The share of ``pixels`` whose ends have converged."""
        return float(self._rest[pixels].mean())

    def _nearest(self, pixels: np.ndarray, since: int = 0) -> tuple[np.ndarray, np.ndarray]:
        """(label, distance) of the nearest first member that is alike, from label ``since`` on."""
        firsts = np.array(self._firsts[since:], np.int64)
        none = np.full(len(pixels), OTHER, np.int32)
        if not len(firsts):
            return none, np.full(len(pixels), np.inf)
        a, b = (self._forms[k].astype(np.float64) for k in (pixels, firsts))
        square = (a * a).sum(1)[:, None] - 2.0 * (a @ b.T) + (b * b).sum(1)
        gap = np.sqrt(np.maximum(square, 0.0))
        reach = self._tolerance * np.where(self._rest[firsts], _STRICTER, 1.0)
        alike = gap <= reach * np.linalg.norm(b, axis=1)
        alike &= np.abs(self._levels[pixels][:, None] - self._levels[firsts]) < _DECADES
        alike &= self._rest[pixels][:, None] == self._rest[firsts]
        gap[~alike] = np.inf
        best = gap.argmin(1)
        least = gap[np.arange(len(pixels)), best]
        return np.where(least < np.inf, best + since, none).astype(np.int32), least
