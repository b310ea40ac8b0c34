"""One step of a descent in words and arrows: the gradient, and the step beside the plain one."""

from __future__ import annotations

import numpy as np

from ui.racing import Trace
from ui.symbols import map_colour

_DOWNHILL, _PLAIN = "#ffe680", "#ffffff"

Arrow = tuple[np.ndarray, np.ndarray, str]  # foot (2,), step (2,), colour


def look_at(trace: Trace, k: int, reach: float) -> tuple[str, list[Arrow]]:
    """What there is after ``k`` steps: lines of text, and arrows of -gradient, ``reach`` long, of
    -rate · gradient as the optimizer was given it, and of the step that it took. At the end there
    are no arrows."""
    x, y, value, gx, gy = trace.path[k]
    text = f"step {k:,}: ({x:.5g}, {y:.5g}), f = {value:.6g}, ∇f = ({gx:.3g}, {gy:.3g})"
    if k + 1 >= len(trace.path):
        return text, []
    foot, step, rate = trace.path[k, :2], trace.descent.step(k), trace.rate(k)
    slope, taken = np.array([gx, gy]), np.array(step.change)
    plain = -rate * np.array(step.gradient)
    size = float(np.hypot(gx, gy))
    downhill = -slope * (reach / size if size > 0 else 0.0)
    text += (
        f"\nstep taken ({taken[0]:.3g}, {taken[1]:.3g}); "
        f"−rate·∇f ({plain[0]:.3g}, {plain[1]:.3g}), dashed; rate {rate:.4g}"
    )
    colour = map_colour(trace.racer.number)
    return text, [(foot, downhill, _DOWNHILL), (foot, plain, _PLAIN), (foot, taken, colour)]
