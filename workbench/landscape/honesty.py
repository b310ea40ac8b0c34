"""How far a plane can be trusted for a path: distances, shares of variance, and true losses.

A path of many parameters lies in no plane, and what stands above its projection is the loss of
other networks. So each point's own loss is compared with the one that the plane shows for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from workbench.landscape.evaluate import evaluate_places, evaluate_points
from workbench.landscape.plane import Path, Plane
from workbench.model import Model

# A plane is warned about where at some shown point the two losses are further apart than this
# share of the true one, or where it explains a smaller share of the path's variance than that.
MOST_DISAGREEMENT, LEAST_EXPLAINED = 0.10, 0.90
# Losses that differ by less than a tenth of this share of the path's span look alike.
_FLOOR = 0.01


@dataclass(frozen=True)
class Fit:
    """What a plane makes of a path's m points; arrays are float64, (m,) unless said otherwise.

    ``shown`` (m, 2) are coordinates of the nearest points of the plane and ``distance`` how far
    these are off; ``loss`` is the path's own loss, ``loss_plane`` that of the nearest points, and
    ``apart`` their difference over the true loss, or over a hundredth of the span of the path's
    true losses where that is more. ``explained`` is the plane's share of the path's variance about
    its mean, ``explained_from_end`` about its last point. ``warning`` is empty where all agree.
    """

    path: Path
    shown: np.ndarray
    distance: np.ndarray
    loss: np.ndarray
    loss_plane: np.ndarray
    apart: np.ndarray
    explained: float
    explained_from_end: float
    warning: str

    @property
    def disagreement(self) -> float:
        """The largest of ``apart``; infinite where only one of the two losses is finite."""
        return float(self.apart.max())

    @property
    def worst(self) -> int:
        """Which point disagrees most."""
        return int(self.apart.argmax())

    @property
    def columns(self) -> dict[str, np.ndarray]:
        """The path as a table, the places first: arrays (m,) by name."""
        return {
            self.path.name: self.path.places,
            "x": self.shown[:, 0],
            "y": self.shown[:, 1],
            "distance": self.distance,
            "loss": self.loss,
            "loss_plane": self.loss_plane,
            "apart": self.apart,
        }

    def summary(self) -> dict[str, Any]:
        """The figures, ready for JSON."""
        worst = self.worst
        return {
            "explained": self.explained,
            "explained_from_end": self.explained_from_end,
            "distance_max": float(self.distance.max()),
            "distance_mean": float(self.distance.mean()),
            "disagreement": _plain(self.disagreement),
            "disagreement_at": {
                self.path.name: _plain(self.path.places[worst]),
                "loss": _plain(self.loss[worst]),
                "loss_plane": _plain(self.loss_plane[worst]),
            },
            "warning": self.warning,
        }


def _plain(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def apart(loss: np.ndarray, loss_plane: np.ndarray) -> np.ndarray:
    """The relative differences that ``Fit.apart`` describes, (m,)."""
    sound = np.isfinite(loss)
    span = np.ptp(loss[sound]) if sound.any() else 0.0
    with np.errstate(invalid="ignore", divide="ignore"):
        scale = np.maximum(np.abs(loss), _FLOOR * span)
        found = np.abs(loss_plane - loss) / np.maximum(scale, np.finfo(float).tiny)
    # Two losses that are both beyond all numbers agree as well as any picture can show.
    found = np.where(sound & np.isfinite(loss_plane), found, np.inf)
    return np.where(~sound & ~np.isfinite(loss_plane), 0.0, found)


def judge(
    model: Model, plane: Plane, path: Path, height: str = "loss", threads: int | None = None
) -> Fit:
    """Hold ``plane`` against ``path``. The losses are test losses where ``height`` is loss_test,
    training losses otherwise."""
    compared = height if height == "loss_test" else "loss"
    shown = plane.project(path.points)
    distance = plane.distances(path.points)
    loss = evaluate_points(model, path.points, compared, threads)
    on_plane = evaluate_places(model, plane, shown, compared, threads)
    differences = apart(loss, on_plane)
    mean = np.asarray(path.points, np.float64).mean(0)
    explained = plane.share(path.points, mean)
    from_end = plane.share(path.points, path.points[-1])
    fit = Fit(path, shown, distance, loss, on_plane, differences, explained, from_end, "")
    return Fit(**{**fit.__dict__, "warning": _warning(fit, compared)})


def _warning(fit: Fit, compared: str) -> str:
    found = []
    if fit.explained < LEAST_EXPLAINED:
        found.append(
            f"only {100 * fit.explained:.0f} % of the path's variance lies in this plane, and the "
            f"path leaves it by up to {fit.distance.max():.2g}"
        )
    if fit.disagreement > MOST_DISAGREEMENT:
        k, what = fit.worst, "test loss" if compared == "loss_test" else "training loss"
        found.append(
            f"at {fit.path.name} {fit.path.places[k]:g} the {what} is {fit.loss[k]:.3g} but the "
            f"plane shows {fit.loss_plane[k]:.3g}"
        )
    text = "; ".join(found)
    return text[:1].upper() + text[1:]
