"""Zeros and ones drawn by hand on a 4×4 grid: clean, all different, none ambiguous."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from workbench.datasets import COMMON, Table, catalog, one_hot

_ZEROS = """
.##.  ####  ####  .##.  ###.  .###  ....  ....  ###.  .###  .###  .##.  ####  .##.  .###  ###.
#..#  #..#  #..#  #..#  #.#.  .#.#  .##.  ###.  #.#.  .#.#  #..#  #..#  #..#  #..#  #..#  #..#
#..#  #..#  #..#  #..#  #.#.  .#.#  #..#  #.#.  ###.  .###  #..#  #.#.  #..#  .#.#  #..#  #..#
.##.  ####  .##.  ####  ###.  .###  .##.  ###.  ....  ....  ###.  .#..  ###.  ..#.  .##.  .##.
"""
_ONES = """
.#..  ..#.  #...  ...#  .#..  ..#.  ..#.  ...#  .##.  ..##  ..#.  .#..  ...#  ..#.  .##.  ..#.
.#..  ..#.  #...  ...#  ##..  .##.  .##.  ..##  ..#.  ...#  ..#.  .#..  ..#.  .#..  .##.  .##.
.#..  ..#.  #...  ...#  .#..  ..#.  ..#.  ...#  ..#.  ...#  .#..  ..#.  .#..  .#..  .##.  ..#.
.#..  ..#.  #...  ...#  .#..  ..#.  .###  ...#  ..#.  ...#  .#..  ..#.  #...  #...  .##.  .##.
"""


class Drawn01(NamedTuple):
    """No hyper-parameters but the common ones."""

    test_fraction: float = 0.0
    split_seed: float = 0
    scaling: str = "none"


def _read(drawing: str) -> np.ndarray:
    """Images float64 (n, 16) from rows of 4×4 drawings set side by side, # being ink."""
    rows = [line.split() for line in drawing.strip().splitlines()]
    pictures = zip(*rows, strict=True)
    return np.array([[c == "#" for line in lines for c in line] for lines in pictures], float)


def _table(item: Any) -> Table:
    zeros, ones = _read(_ZEROS), _read(_ONES)
    labels = np.repeat([0, 1], [len(zeros), len(ones)])
    return Table(np.vstack([zeros, ones]), one_hot(labels, 2), (4, 4), ("0", "1"))


catalog.register(
    Drawn01,
    "drawn01_4x4",
    "32 zeros and ones drawn by hand, 4×4 black and white, all different",
    hypers=COMMON,
    shape=(16, 2),
    table=_table,
)
