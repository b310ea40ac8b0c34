"""Experiments of the workbench on a work's own samples."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.work import Arrays

_folder = tempfile.TemporaryDirectory(prefix="bench-data-")


def experiment(problem: Arrays, sizes: tuple[int, ...], **sections: Any) -> Any:
    """A ReLU network with softmax and mean squared error on all of the problem's samples, given as
    a user's file, without an end or a history."""
    import workbench as wb

    path = Path(_folder.name) / "samples.npz"
    np.savez(path, inputs=problem["inputs"], targets=problem["targets"])
    return wb.Experiment.of(
        {
            "dtype": "float32",
            "data": {"name": "npz", "path": str(path), "test_fraction": 0.0},
            "network": {
                "sizes": list(sizes),
                "activations": "relu",
                "output": "softmax",
                "loss": "mean_squared_error",
            },
            "initializer": "he_normal",
            "stop": {"steps": 10**9, "check_every": 10**9},
            **sections,
        }
    )


def stepper(made: Any, start: np.ndarray | None = None) -> Any:
    """A ``workbench.stepper.Stepper``, with other parameters to start from if given."""
    from workbench.checkpoints import Checkpoints
    from workbench.stepper import Stepper

    run = Stepper(made)
    if start is not None:
        run.state.parameters[:] = start
        run.checkpoints = Checkpoints(run.state)
    return run


def advance(run: Any, steps: int) -> None:
    """Make that many more steps."""
    target = run.step + steps
    while run.step < target:
        run.advance(target)
