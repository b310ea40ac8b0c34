"""The loss over a plane of parameter space, point by point."""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np

from benchmarks.cpp import library, pointer
from benchmarks.work import Arrays, Engine, Limit, Work
from benchmarks.works._network import SIZES, loss_and_gradient, samples, split, starts

POINTS, SAMPLES = 256, 64


def make(quick: bool) -> Arrays:
    """A start, two orthonormal random directions, and coordinates as far as a start is long."""
    inputs, targets = samples(SAMPLES)
    origin, *others = starts(3)
    directions = np.linalg.qr(np.array(others, np.float64).T)[0].T
    along = np.linspace(-5.0, 5.0, 32 if quick else POINTS, dtype=np.float32)
    return {
        "inputs": inputs,
        "targets": targets,
        "origin": origin,
        "directions": np.ascontiguousarray(directions, np.float32),
        "along": along,
        "across": along.copy(),
    }


def points(problem: Arrays, row: int, dtype: Any) -> np.ndarray:
    """The parameters (n_x, 158) of one row of the plane."""
    first, second = problem["directions"].astype(dtype)
    start = problem["origin"].astype(dtype) + problem["across"][row].astype(dtype) * second
    return start + problem["along"].astype(dtype)[:, None] * first


def reference(problem: Arrays) -> Arrays:
    rows = range(len(problem["across"]))
    inputs, targets = problem["inputs"], problem["targets"]
    found = [
        loss_and_gradient(points(problem, row, np.float64), inputs, targets)[0] for row in rows
    ]
    return {"losses": np.array(found)}


def ours(problem: Arrays, threads: int) -> Engine:
    from benchmarks.works._ours import experiment
    from workbench.landscape import Plane, heights_over
    from workbench.model import Model

    model = Model(experiment(problem, SIZES))
    plane = Plane(problem["origin"], problem["directions"], "random")

    def call() -> Arrays:
        found = heights_over(model, plane, problem["along"], problem["across"], threads=threads)
        return {"losses": found}

    return Engine(call, call, 1, "workbench.landscape")


def cpp(problem: Arrays, threads: int) -> Engine:
    fill = library("plane").plane_losses
    names = ("inputs", "targets", "origin", "directions", "along", "across")
    given = [problem[name] for name in names]
    out = np.empty((len(problem["across"]), len(problem["along"])), np.float32)

    def call() -> Arrays:
        x, t, origin, directions, along, across = map(pointer, given)
        sizes = (len(given[0]), len(given[4]), len(given[5]), ctypes.c_int(threads))
        fill(x, t, origin, directions, along, across, *sizes, pointer(out))
        return {"losses": out}

    return Engine(call, call, 1, "vector extensions, lanes are points, C++ threads")


def jax(problem: Arrays, threads: int) -> Engine:
    import jax.numpy as jnp
    from jax import jit, nn, vmap

    p = {name: jnp.asarray(array) for name, array in problem.items()}

    def loss(a: Any, b: Any) -> Any:
        flat = p["origin"] + a * p["directions"][0] + b * p["directions"][1]
        (w1, b1), (w2, b2), (w3, b3) = split(flat)
        a = nn.relu(nn.relu(p["inputs"] @ w1 + b1) @ w2 + b2)
        return jnp.mean((nn.softmax(a @ w3 + b3) - p["targets"]) ** 2)

    plane = jit(vmap(vmap(loss, (0, None)), (None, 0)))

    def call() -> Arrays:
        return {"losses": np.asarray(plane(p["along"], p["across"]))}

    return Engine(call, call, 1, "jit(vmap(vmap(loss)))")


def jax_tuned(problem: Arrays, threads: int) -> Engine:
    """The point is the last axis, the small products are written out, a block at a time."""
    import jax.numpy as jnp
    from jax import jit, lax, nn

    p = {name: jnp.asarray(array) for name, array in problem.items()}
    layers = [[x for pair in split(v) for x in pair] for v in (p["origin"], *p["directions"])]

    def product(a: Any, weights: Any) -> Any:
        return sum(a[:, i, None] * weights[i] for i in range(len(weights)))

    def losses(place: Any) -> Any:
        def at(origin: Any, first: Any, second: Any) -> Any:
            return origin[..., None] + place[0] * first[..., None] + place[1] * second[..., None]

        w1, b1, w2, b2, w3, b3 = [at(*parts) for parts in zip(*layers, strict=True)]
        a = nn.relu(jnp.tensordot(p["inputs"], w1, 1) + b1)
        q = nn.softmax(product(nn.relu(product(a, w2) + b2), w3) + b3, 1)
        return ((q - p["targets"][:, :, None]) ** 2).mean((0, 1))

    @jit
    def plane(along: Any, across: Any) -> Any:
        places = jnp.stack(jnp.meshgrid(along, across)).reshape(2, -1, BLOCK)
        return lax.map(losses, jnp.moveaxis(places, 1, 0)).reshape(len(across), len(along))

    def call() -> Arrays:
        return {"losses": np.asarray(plane(p["along"], p["across"]))}

    return Engine(call, call, 1, f"jit(map(losses)) over blocks of {BLOCK}, the point last")


BLOCK = 256


def torch(problem: Arrays, threads: int) -> Engine:
    import torch as t

    t.set_num_threads(threads)
    p = {name: t.from_numpy(array) for name, array in problem.items()}
    n_in, n_hidden = SIZES[:2]
    # Eight rows at a time: the units of all points at once would not fit any cache.
    rows = t.split(p["across"], 8)

    @t.inference_mode()
    def call() -> Arrays:
        found = []
        for across in rows:
            flat = p["origin"] + p["along"][:, None] * p["directions"][0]
            flat = (flat + across[:, None, None] * p["directions"][1]).reshape(-1, flat.shape[1])
            n = len(flat)
            (w1, b1), (w2, b2), (w3, b3) = split(flat)
            w1 = w1.transpose(0, 1).reshape(n_in, -1)
            a = t.relu(t.addmm(b1.reshape(-1), p["inputs"], w1))
            a = a.reshape(-1, n, n_hidden).transpose(0, 1)
            a = t.relu(t.baddbmm(b2[:, None], a, w2))
            q = t.softmax(t.baddbmm(b3[:, None], a, w3), -1)
            found.append(((q - p["targets"]) ** 2).mean((1, 2)))
        return {"losses": t.cat(found).reshape(len(p["across"]), -1).numpy()}

    return Engine(call, call, 1, "addmm and baddbmm over eight rows of points at a time")


WORK = Work(
    title=f"loss of 16-6-6-2 over {SAMPLES} samples at {POINTS}×{POINTS} points of a plane",
    unit="plane",
    make=make,
    engines={
        "ours": ours,
        "cpp": cpp,
        "jax": jax,
        "jax-tuned": jax_tuned,
        "torch": torch,
    },
    reference=reference,
    tolerance=1e-5,
    limits={"jax": Limit(at_least=12.0), "jax-tuned": Limit(at_least=12.0)},
)
