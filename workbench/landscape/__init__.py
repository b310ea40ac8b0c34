"""Planes through a network's parameter space: laid, measured, and held against what they show.

A plane is two-dimensional and a path is not, so every landscape says which share of the path's
variance its plane explains, how far each point lies from it, and where the loss above it is not
the path's own.
"""

from workbench.landscape.adaptive import Filled, adaptive
from workbench.landscape.evaluate import Stage, heights_over, refined
from workbench.landscape.features import Feature, find_features
from workbench.landscape.honesty import Fit, judge
from workbench.landscape.kinds import Scene, View
from workbench.landscape.kinds.pca import plane_of_path
from workbench.landscape.plane import Path, Plane
from workbench.landscape.profile import Profile
from workbench.landscape.survey import (
    Landscape,
    grid_around,
    lay_plane,
    over,
    shows_path,
    square_around,
)

__all__ = [
    "Feature",
    "Filled",
    "Fit",
    "Landscape",
    "Path",
    "Plane",
    "Profile",
    "Scene",
    "Stage",
    "View",
    "adaptive",
    "find_features",
    "grid_around",
    "heights_over",
    "judge",
    "lay_plane",
    "over",
    "plane_of_path",
    "refined",
    "shows_path",
    "square_around",
]
