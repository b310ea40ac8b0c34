"""Maps that are computed pixel by pixel: a rectangle, and the order in which it fills up."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from workbench.errors import BadValue
from workbench.fields import integer, plain

COARSEST = 8
MAX_RESOLUTION = 8192


@dataclass(frozen=True)
class Window:
    """The rectangle [x_low, x_high] × [y_low, y_high]; its borders are the outermost pixels'
    centres. Raises BadValue where it is empty or not finite."""

    x_low: float
    x_high: float
    y_low: float
    y_high: float

    def __post_init__(self) -> None:
        rule = "must be X_LOW,X_HIGH,Y_LOW,Y_HIGH, finite, each low below its high"
        sides = (self.x_low, self.x_high, self.y_low, self.y_high)
        sound = all(isinstance(v, int | float) and not isinstance(v, bool) for v in sides)
        if not sound or not all(math.isfinite(v) for v in sides):
            raise BadValue("window", rule, sides, "-1,1,-1,1")
        if not (self.x_low < self.x_high and self.y_low < self.y_high):
            raise BadValue("window", rule, sides, "-1,1,-1,1")
        if not math.isfinite(self.x_high - self.x_low) or not math.isfinite(
            self.y_high - self.y_low
        ):
            raise BadValue("window", rule, sides, "-1,1,-1,1")

    @classmethod
    def of(cls, value: Any) -> Window:
        """A window of four numbers; raises BadValue."""
        if isinstance(value, Window):
            return value
        sides = plain(value)
        if not isinstance(sides, list) or len(sides) != 4:
            rule = "must be four numbers, X_LOW,X_HIGH,Y_LOW,Y_HIGH"
            raise BadValue("window", rule, value, "-1,1,-1,1")
        return cls(*sides)

    @property
    def sides(self) -> tuple[float, float, float, float]:
        """(x_low, x_high, y_low, y_high), as Matplotlib's extent wants them."""
        return self.x_low, self.x_high, self.y_low, self.y_high

    def axes(self, shape: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
        """x (n_x,) and y (n_y,) of the pixels of a map of ``shape`` (n_y, n_x)."""
        return (
            np.linspace(self.x_low, self.x_high, shape[1]),
            np.linspace(self.y_low, self.y_high, shape[0]),
        )


def resolution(value: Any) -> tuple[int, int]:
    """(n_y, n_x) of one whole number, or of two, (n_x, n_y); raises BadValue."""
    given = plain(value)
    pair = given if isinstance(given, list) and len(given) == 2 else [given, given]
    n_x, n_y = (integer("resolution", n, 2, MAX_RESOLUTION) for n in pair)
    return n_y, n_x


def passes(shape: tuple[int, int], coarsest: int = COARSEST) -> Iterator[tuple[int, np.ndarray]]:
    """(stride, flat indices) of one pass after the other: every ``coarsest``-th pixel along both
    sides, then those between that halve the stride, until every pixel was named once. Passes
    without pixels are left out."""
    former = np.zeros(shape, bool)
    stride = coarsest
    while stride >= 1:
        here = np.zeros(shape, bool)
        here[::stride, ::stride] = True
        new = np.flatnonzero(here & ~former)
        if len(new):
            yield stride, new
        former |= here
        stride //= 2


def filled(image: np.ndarray, stride: int) -> np.ndarray:
    """``image`` (n_y, n_x) with every pixel from the one computed in its block of ``stride``²."""
    rows, columns = (np.arange(n) // stride * stride for n in image.shape[:2])
    return image[np.ix_(rows, columns)]
