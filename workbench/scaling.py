"""Feature scaling: what is done to every input before the network sees it.

It is fitted on the training part alone and applied to both parts: input i becomes
(input i - offset[i]) / scale[i]. A constant input has scale 1, so it becomes a constant near zero
instead of noise blown up.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


def _none(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return np.zeros(x.shape[1]), np.ones(x.shape[1])


def _standard(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return x.mean(0), x.std(0)


def _min_max(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return x.min(0), x.max(0) - x.min(0)


def _max_abs(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return np.zeros(x.shape[1]), np.abs(x).max(0)


def _robust(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    low, middle, high = np.percentile(x, (25, 50, 75), axis=0)
    return middle, high - low


KINDS: dict[str, Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]] = {
    "none": _none,
    "standard": _standard,
    "min_max": _min_max,
    "max_abs": _max_abs,
    "robust": _robust,
}


@dataclass(frozen=True)
class Scaling:
    """``kind`` of scaling with its ``offset`` and ``scale``, float64 (n_in,), read-only.

    Kinds: ``standard`` (mean 0, standard deviation 1), ``min_max`` (0 … 1), ``max_abs`` (largest
    magnitude 1, zeros stay zeros), ``robust`` (median 0, quartiles 1 apart), ``none``.
    """

    kind: str
    offset: np.ndarray
    scale: np.ndarray

    @classmethod
    def fit(cls, kind: str, inputs: np.ndarray) -> Scaling:
        """The scaling that makes ``inputs`` (n, n_in) what ``kind`` says."""
        x = np.zeros((1, inputs.shape[1])) if kind == "none" else np.asarray(inputs, np.float64)
        # In units of each column's largest magnitude: nothing overflows, and a spread within
        # rounding of the values themselves is seen to be none.
        largest = np.abs(x).max(0, initial=0.0)
        unit = np.where(largest > 0.0, largest, 1.0)
        offset, scale = KINDS[kind](x / unit)
        constant = scale <= 10 * np.finfo(np.float64).eps
        offset, scale = offset * unit, np.where(constant, 1.0, scale * unit)
        offset.flags.writeable = scale.flags.writeable = False
        return cls(kind, offset, scale)

    def apply(self, inputs: np.ndarray) -> np.ndarray:
        """``inputs`` (…, n_in) scaled, in their own dtype; computed in float64."""
        if self.kind == "none":
            return inputs
        made = (inputs.astype(np.float64) - self.offset) / self.scale
        with np.errstate(over="ignore"):  # float32 inputs far outside of what it was fitted on
            return made.astype(inputs.dtype)
