"""What mlp-128 and mlp-512 share: 784-n-10, ReLU, softmax, mini-batches of shuffled epochs."""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np

from benchmarks.work import Arrays, Engine, Limit, Work

SAMPLES, RATE, CHECKED, SEED = 4096, 0.5, 8, 0


def make(hidden: int, batch: int, quick: bool) -> Arrays:
    """Samples as large as those of MNIST, a start, and the batches of the first epochs."""
    from kernels.random import STREAM_BATCH, permutation

    rng = np.random.default_rng(0)
    n = 1024 if quick else SAMPLES
    inputs = rng.random((n, 784), np.float32)
    labels = np.argmax(inputs[:, :10], axis=1)
    sizes = (784, hidden, 10)
    layers = [(rng.normal(0.0, np.sqrt(2.0 / a), a * b), np.zeros(b)) for a, b in pairwise(sizes)]
    epochs = np.empty((max(1, CHECKED * batch // n), n), np.int64)
    for k, epoch in enumerate(epochs):
        permutation(SEED, STREAM_BATCH, 0, k * n, epoch)
    return {
        "inputs": inputs,
        "targets": np.eye(10, dtype=np.float32)[labels],
        "start": np.concatenate([x for layer in layers for x in layer]).astype(np.float32),
        "order": epochs.reshape(-1, batch),
        "sizes": np.array(sizes),
        "batch": np.array(batch),
    }


def split(problem: Arrays, flat: Any) -> list[Any]:
    """w1 (784, n), b1 (n,), w2 (n, 10), b2 (10,) of a flat vector of any library."""
    found, offset = [], 0
    for n_in, n_out in pairwise(problem["sizes"].tolist()):
        end = offset + n_in * n_out
        found += [flat[offset:end].reshape(n_in, n_out), flat[end : end + n_out]]
        offset = end + n_out
    return found


def reference(problem: Arrays) -> Arrays:
    """The parameters after CHECKED steps, in float64."""
    w1, b1, w2, b2 = (x.copy() for x in split(problem, problem["start"].astype(np.float64)))
    for rows in problem["order"][:CHECKED]:
        x, t = problem["inputs"][rows].astype(np.float64), problem["targets"][rows]
        a = np.maximum(x @ w1 + b1, 0.0)
        z = a @ w2 + b2
        p = np.exp(z - z.max(1, keepdims=True))
        p /= p.sum(1, keepdims=True)
        d = 2.0 * (p - t) / p.size
        d = p * (d - (d * p).sum(1, keepdims=True))
        d1 = (d @ w2.T) * (a > 0.0)
        w2 -= RATE * a.T @ d
        b2 -= RATE * d.sum(0)
        w1 -= RATE * x.T @ d1
        b1 -= RATE * d1.sum(0)
    return {"parameters": np.concatenate([x.ravel() for x in (w1, b1, w2, b2)])}


def ours(problem: Arrays, threads: int) -> Engine:
    from benchmarks.works._ours import advance, experiment, stepper

    batch = int(problem["batch"])
    made = experiment(
        problem,
        tuple(problem["sizes"].tolist()),
        optimizer={"name": "sgd", "learning_rate": RATE},
        batching={"name": "mini_batch", "size": batch},
        seed=SEED,
    )
    run = stepper(made, problem["start"])

    def check() -> Arrays:
        advance(run, CHECKED)
        return {"parameters": run.state.parameters}

    steps = len(problem["inputs"]) // batch
    return Engine(check, partial(advance, run, steps), steps, "the workbench's own training loop")


def products(library: str, changing: bool, problem: Arrays, threads: int) -> Engine:
    """Nothing but the five matrix products of a step.

    ``changing``: with new inputs and moved weights at every step, as training has them. Products by
    two threads then begin with reading what the other core's cache holds.
    """
    hidden, batch = int(problem["sizes"][1]), int(problem["batch"])
    rng = np.random.default_rng(1)
    shapes = {"x": (batch, 784), "w1": (784, hidden), "a": (batch, hidden), "w2": (hidden, 10)}
    m = {name: rng.random(shape, np.float32) for name, shape in shapes.items()}
    m |= {"z": np.empty((batch, 10), np.float32), "d": np.empty((batch, hidden), np.float32)}
    m |= {"g1": np.empty_like(m["w1"]), "g2": np.empty_like(m["w2"])}
    if library == "torch":
        import torch as t

        t.set_num_threads(threads)
        m = {name: t.from_numpy(array) for name, array in m.items()}
        multiply: Any = t.mm
    else:
        multiply = np.matmul
    steps = 100 if hidden < 256 else 10
    fresh = m["x"] + 0.0

    def call() -> None:
        for _ in range(steps):
            if changing:
                m["x"][:] = fresh
            multiply(m["x"], m["w1"], out=m["a"])
            multiply(m["a"], m["w2"], out=m["z"])
            multiply(m["a"].T, m["z"], out=m["g2"])
            multiply(m["z"], m["w2"].T, out=m["d"])
            multiply(m["x"].T, m["d"], out=m["g1"])
            if changing:
                m["g1"] *= 1e-9
                m["w1"] -= m["g1"]

    flops = 2 * batch * hidden * (2 * 784 + 3 * 10)
    note = f"the five products of a step alone, {flops / 1e6:.0f} million operations"
    if changing:
        note = "the five products of a step, its new inputs and the moves of its weights"
    return Engine(None, call, steps, f"{note}, by {library}")


def jax(problem: Arrays, threads: int) -> Engine:
    import jax.numpy as jnp
    from jax import block_until_ready, grad, jit, lax, nn, tree

    inputs, targets = jnp.asarray(problem["inputs"]), jnp.asarray(problem["targets"])
    order = jnp.asarray(problem["order"].astype(np.int32))
    start = [jnp.asarray(x) for x in split(problem, problem["start"])]

    def loss(p: Any, x: Any, t: Any) -> Any:
        w1, b1, w2, b2 = p
        return jnp.mean((nn.softmax(nn.relu(x @ w1 + b1) @ w2 + b2) - t) ** 2)

    @jit
    def train(p: Any, order: Any) -> Any:
        def step(p: Any, rows: Any) -> Any:
            gradient = grad(loss)(p, inputs[rows], targets[rows])
            return tree.map(lambda q, g: q - RATE * g, p, gradient), None

        return lax.scan(step, p, order)[0]

    def check() -> Arrays:
        return {"parameters": _flat([np.asarray(x) for x in train(start, order[:CHECKED])])}

    steps = len(problem["inputs"]) // int(problem["batch"])
    part = order[:steps]
    return Engine(
        check, lambda: block_until_ready(train(start, part)), len(part), "jit(scan(grad))"
    )


def torch(problem: Arrays, threads: int) -> Engine:
    import torch as t

    t.set_num_threads(threads)
    inputs, targets = t.from_numpy(problem["inputs"]), t.from_numpy(problem["targets"])
    order = t.from_numpy(problem["order"])
    start = t.from_numpy(problem["start"])

    def train(order: Any) -> Arrays:
        p = [x.clone().requires_grad_() for x in split(problem, start)]
        w1, b1, w2, b2 = p
        rule = t.optim.SGD(p, lr=RATE, fused=True)
        for rows in order:
            x, y = inputs[rows], targets[rows]
            a = t.relu(t.addmm(b1, x, w1))
            loss = ((t.softmax(t.addmm(b2, a, w2), -1) - y) ** 2).mean()
            rule.zero_grad()
            loss.backward()
            rule.step()
        return {"parameters": _flat([x.detach().numpy() for x in p])}

    steps = len(problem["inputs"]) // int(problem["batch"])
    part = order[:steps]
    return Engine(
        lambda: train(order[:CHECKED]), lambda: train(part), len(part), "eager, autograd, fused SGD"
    )


def _flat(layers: list[np.ndarray]) -> np.ndarray:
    return np.concatenate([x.ravel() for x in layers])


def work(hidden: int, batch: int) -> Work:
    return Work(
        title=f"784-{hidden}-10, SGD on mini-batches of {batch}",
        unit="step",
        make=partial(make, hidden, batch),
        engines={
            "ours": ours,
            "torch": torch,
            "jax": jax,
            "sgemm": partial(products, "numpy", False),
            "sgemm-changing": partial(products, "numpy", True),
            "sgemm-torch": partial(products, "torch", False),
        },
        reference=reference,
        tolerance=1e-4,
        # At least 75 % of the rate of the products alone.
        limits={"torch": Limit(at_least=1.0), "sgemm": Limit(at_most=1.0 / 0.75)},
    )
