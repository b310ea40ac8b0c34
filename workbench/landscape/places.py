"""Points of parameter space by name: the ends of starts and of run folders."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path as File

import numpy as np

from workbench.errors import BadValue
from workbench.experiment import Experiment
from workbench.model import Model
from workbench.run import Run
from workbench.store import load_parameters

_RULE = "must be initial, final, start:K, end:K, end:+K or a run folder"


def is_of_run(spec: object) -> bool:
    """Whether a point is one of the run's own path."""
    return spec in ("initial", "final")


def point(
    spec: object,
    model: Model,
    run_path: Callable[[], np.ndarray],
    finish: Callable[[Run], None] = Run.finish,
) -> tuple[str, np.ndarray]:
    """A point's name and the point, float64 (n,); raises WorkbenchError.

    ``spec`` is a vector, or one of: "initial" and "final", of ``run_path()`` (m, n); "start:K", the
    starting point K of the experiment; "end:K", where training from it ends ("end:+K": counted from
    the experiment's own start), which ``finish`` carries out; or a run folder, its end.
    """
    if not isinstance(spec, str | File):
        return "a point", _checked(model, spec, "plane.points")
    text = str(spec)
    if is_of_run(text):
        return text, np.asarray(run_path()[0 if text == "initial" else -1], np.float64)
    word, colon, number = text.partition(":")
    if colon and word in ("start", "end"):
        k = _number(text, number, model.experiment)
        if word == "start":
            return f"start {k}", model.start(k).astype(np.float64)
        run = Run(model.experiment.replace(start=k))
        finish(run)
        return f"end of start {k}", run.parameters.astype(np.float64)
    if not File(text).is_dir():
        raise BadValue("plane.points", _RULE, text, "end:1")
    return File(text).name or text, _checked(model, load_parameters(text), text)


def _number(text: str, number: str, experiment: Experiment) -> int:
    try:
        k = int(number) + (experiment.start if number.startswith("+") else 0)
    except ValueError:
        k = -1
    if not 0 <= k < 2**32:
        raise BadValue("plane.points", _RULE, text, "end:1")
    return k


def _checked(model: Model, values: object, field: str) -> np.ndarray:
    vector = model.check(values).astype(np.float64)
    if not np.isfinite(vector).all():
        raise BadValue(field, "must be finite numbers", "NaN or infinity", "another point")
    return vector
