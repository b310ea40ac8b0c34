"""The tutorial's starting point, constructed so that its forward pass gives the printed figures.

Made by ``scripts/find_tutorial_start``: of the tutorial's data the first training sample, a zero,
is answered with 0.26 / 0.74, and the mean squared error is 0.4768. No initializer drew it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from kernels.initializers import catalog


class ConstructedTutorial(NamedTuple):
    """No hyper-parameters; seed and start index change nothing."""


def _start(item: Any, model: Any, index: int) -> np.ndarray:
    text = Path(__file__).with_suffix(".json").read_text(encoding="utf-8")
    return np.array(json.loads(text)["parameters"], np.float64)


catalog.register(
    ConstructedTutorial,
    "constructed_tutorial",
    "constructed, not drawn: gives the tutorial's first figures (16-6-6-2 only)",
    sizes=(16, 6, 6, 2),
    start=_start,
)
