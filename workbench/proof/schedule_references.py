"""Schedules in plain NumPy, from the papers, with the hyper-parameters to try them with.

``factors(h, losses)`` are the factors of all steps; ``losses`` holds the loss that each step
started from.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

Array = np.ndarray


class Reference(NamedTuple):
    """``hypers`` make much happen within some 90 steps."""

    hypers: dict[str, float]
    factors: Callable[[Any, Array], Array]


def _by_step(formula: Callable[[Any, Array], Any]) -> Callable[[Any, Array], Array]:
    def factors(h: Any, losses: Array) -> Array:
        steps = np.arange(len(losses), dtype=float)
        return np.asarray(formula(h, steps) + np.zeros_like(steps))

    return factors


def _half_wave(high: Any, low: Any, share: Any) -> Any:
    """From ``high`` to ``low`` along half a cosine as ``share`` goes from 0 to 1."""
    return low + (high - low) * (1 + np.cos(np.pi * share)) / 2


def _warm_restarts(h: Any, steps: Array) -> Array:
    # Loshchilov & Hutter 2017, eq. 5: cycles of T, T·growth, T·growth², …
    ends = np.cumsum(h.steps * h.growth ** np.arange(30))
    starts = np.concatenate([[0.0], ends])
    cycle = np.searchsorted(ends, steps, side="right")
    return np.asarray(_half_wave(1, h.low, (steps - starts[cycle]) / np.diff(starts)[cycle]))


def _one_cycle(h: Any, steps: Array) -> Array:
    # PyTorch's OneCycleLR, in units of max_lr.
    first, last = 1 / h.start, 1 / (h.start * h.end)
    top, end = h.rise * h.steps - 1, h.steps - 1
    rising = _half_wave(first, 1.0, steps / top)
    falling = _half_wave(1.0, last, (np.minimum(steps, end) - top) / (end - top))
    return np.where(steps <= top, rising, falling)


def _on_plateau(h: Any, losses: Array) -> Array:
    # PyTorch's ReduceLROnPlateau, mode "min" and relative threshold, fed with means of windows.
    factor, best, bad, cooling, found, window = 1.0, np.inf, 0, 0, [], []
    for loss in losses:
        found.append(max(factor, h.low))
        window.append(loss)
        if len(window) < h.every:
            continue
        mean, window = np.mean(window), []
        if mean < best * (1 - h.threshold):
            best, bad = mean, 0
        else:
            bad += 1
        if cooling > 0:
            cooling, bad = cooling - 1, 0
        if bad > h.patience:
            factor, cooling, bad = factor * h.decay, h.cooldown, 0
    return np.array(found)


REFERENCES: dict[str, Reference] = {
    "constant": Reference({}, _by_step(lambda h, k: 1.0)),
    "exponential": Reference(
        {"decay": 0.6, "every": 20}, _by_step(lambda h, k: h.decay ** (k / h.every))
    ),
    "step": Reference(
        {"decay": 0.6, "every": 20}, _by_step(lambda h, k: h.decay ** (k // h.every))
    ),
    "cosine": Reference(
        {"steps": 60, "low": 0.1},
        _by_step(lambda h, k: _half_wave(1, h.low, np.minimum(k / h.steps, 1))),
    ),
    "warm_restarts": Reference({"steps": 10, "growth": 2, "low": 0.1}, _by_step(_warm_restarts)),
    "one_cycle": Reference(
        {"steps": 70, "rise": 0.3, "start": 20, "end": 50}, _by_step(_one_cycle)
    ),
    "linear_warmup": Reference(
        {"steps": 30, "start": 0.2},
        _by_step(lambda h, k: h.start + (1 - h.start) * np.minimum(k / h.steps, 1)),
    ),
    "inverse_square_root": Reference(
        {"warmup": 25},
        _by_step(lambda h, k: np.minimum((k + 1) / h.warmup, (h.warmup / (k + 1)) ** 0.5)),
    ),
    "reduce_on_plateau": Reference(
        {"decay": 0.5, "every": 3, "patience": 1, "threshold": 0.5, "cooldown": 2, "low": 0.1},
        _on_plateau,
    ),
}
