"""The exact Hessian of the mean loss."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.work import Arrays, Engine, Limit, Work
from benchmarks.works._network import loss_and_gradient, samples, split, starts

SAMPLES = 64


def make(quick: bool) -> Arrays:
    """The first start of which no unit is so near to the kink that a difference crosses it."""
    inputs, targets = samples(SAMPLES)
    for start in starts(1000):
        if _distance(start, inputs) > 1e-3:
            return {"inputs": inputs, "targets": targets, "start": start}
    raise ValueError("every start is close to a kink")


def _distance(start: np.ndarray, inputs: np.ndarray) -> float:
    a, found = inputs.astype(np.float64), np.inf
    for weights, bias in split(start.astype(np.float64))[:-1]:
        z = a @ weights + bias
        found = min(found, float(np.abs(z).min()))
        a = np.maximum(z, 0.0)
    return found


def reference(problem: Arrays) -> Arrays:
    """Central differences of the gradient, in float64: their error is of the order of 1e-9."""
    p, h = problem["start"].astype(np.float64), 1e-5
    ends = np.concatenate([p + h * np.eye(len(p)), p - h * np.eye(len(p))])
    _, gradients = loss_and_gradient(ends, problem["inputs"], problem["targets"])
    found = (gradients[: len(p)] - gradients[len(p) :]) / (2.0 * h)
    return {"hessian": (found + found.T) / 2.0}


def error(found: Arrays, wanted: Arrays) -> float:
    """Largest difference of an element, over the largest element."""
    right = wanted["hessian"]
    return float(np.abs(found["hessian"] - right).max() / np.abs(right).max())


def ours(problem: Arrays, threads: int) -> Engine:
    import workbench as wb
    from kernels.network import Samples
    from workbench.curvature import Curvature
    from workbench.model import Model

    network = Model(wb.Experiment.preset("tutorial")).network
    curvature = Curvature(network, Samples(problem["inputs"], problem["targets"]), threads)
    start = problem["start"]

    def call() -> Arrays:
        return {"hessian": curvature.hessian(start)}

    return Engine(call, call, 1, "workbench.curvature, in float32")


def jax(problem: Arrays, threads: int) -> Engine:
    import jax as j
    import jax.numpy as jnp

    inputs, targets = jnp.asarray(problem["inputs"]), jnp.asarray(problem["targets"])
    start = jnp.asarray(problem["start"])

    def loss(p: Any) -> Any:
        (w1, b1), (w2, b2), (w3, b3) = split(p)
        a = j.nn.relu(j.nn.relu(inputs @ w1 + b1) @ w2 + b2)
        return jnp.mean((j.nn.softmax(a @ w3 + b3) - targets) ** 2)

    found = j.jit(j.hessian(loss))

    def call() -> Arrays:
        return {"hessian": np.asarray(found(start))}

    return Engine(call, call, 1, "jit(hessian(loss))")


def torch(problem: Arrays, threads: int) -> Engine:
    import torch as t

    t.set_num_threads(threads)
    inputs, targets = t.from_numpy(problem["inputs"]), t.from_numpy(problem["targets"])
    start = t.from_numpy(problem["start"])

    def loss(p: Any) -> Any:
        (w1, b1), (w2, b2), (w3, b3) = split(p)
        a = t.relu(t.relu(inputs @ w1 + b1) @ w2 + b2)
        return ((t.softmax(a @ w3 + b3, -1) - targets) ** 2).mean()

    found = t.func.hessian(loss)

    def call() -> Arrays:
        return {"hessian": found(start).numpy()}

    return Engine(call, call, 1, "torch.func.hessian(loss)")


WORK = Work(
    title=f"exact 158×158 Hessian of 16-6-6-2 over {SAMPLES} samples",
    unit="Hessian",
    make=make,
    engines={"ours": ours, "jax": jax, "torch": torch},
    reference=reference,
    error=error,
    tolerance=1e-5,
    limits={"jax": Limit(at_least=10.0), "torch": Limit(at_least=10.0)},
)
