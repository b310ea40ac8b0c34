"""Where a 3-D picture is looked at from, and where its points then lie on the screen."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

FIELD_OF_VIEW = 36.0  # degrees, across a square picture
_NEAREST, _FARTHEST = 1.6, 12.0


@dataclass(frozen=True)
class Camera:
    """Looks at the origin from ``distance``, ``azimuth`` and ``elevation`` in degrees.

    The angles are those of pyqtgraph's GLViewWidget, so that a drawn picture and one made by
    OpenGL agree to the pixel.
    """

    distance: float = 4.7
    azimuth: float = -60.0
    elevation: float = 32.0

    def turned(self, right: float, up: float) -> Camera:
        """Moved around the origin by so many degrees; never over the poles."""
        return replace(
            self,
            azimuth=(self.azimuth - right + 180.0) % 360.0 - 180.0,
            elevation=min(max(self.elevation + up, -90.0), 90.0),
        )

    def nearer(self, factor: float) -> Camera:
        """At ``distance / factor``, within limits."""
        return replace(self, distance=min(max(self.distance / factor, _NEAREST), _FARTHEST))

    @property
    def eye(self) -> np.ndarray:
        """Where it stands (3,)."""
        a, e = np.radians(self.azimuth), np.radians(self.elevation)
        out = np.array([np.cos(e) * np.cos(a), np.cos(e) * np.sin(a), np.sin(e)])
        return self.distance * out

    def see(self, points: np.ndarray) -> np.ndarray:
        """``points`` (n, 3) in the camera's axes: right, up, towards the eye (negative: seen)."""
        a, e = np.radians(self.azimuth), np.radians(self.elevation)
        right = np.array([-np.sin(a), np.cos(a), 0.0])
        back = np.array([np.cos(e) * np.cos(a), np.cos(e) * np.sin(a), np.sin(e)])
        up = np.cross(back, right)
        seen = points @ np.stack([right, up, back], axis=1)
        seen[:, 2] -= self.distance
        return seen

    def project(self, points: np.ndarray, width: float, height: float) -> np.ndarray:
        """Pixels x, y and the distance from the eye (n, 3) of ``points`` (n, 3); what lies behind
        the eye is NaN."""
        seen = self.see(points)
        far = np.where(seen[:, 2] < -1e-6, -seen[:, 2], np.nan)
        size = min(width, height) / 2.0 / np.tan(np.radians(FIELD_OF_VIEW) / 2.0)
        return np.column_stack(
            [
                width / 2.0 + size * seen[:, 0] / far,
                height / 2.0 - size * seen[:, 1] / far,
                far,
            ]
        )


def field_across(width: float, height: float) -> float:
    """The field of view in degrees across a picture of that size."""
    share = width / min(width, height)
    return float(2.0 * np.degrees(np.arctan(share * np.tan(np.radians(FIELD_OF_VIEW) / 2.0))))
