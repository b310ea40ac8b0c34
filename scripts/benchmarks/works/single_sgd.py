"""One network, one random sample a step: the classical stochastic gradient descent."""

from __future__ import annotations

import ctypes
from functools import partial
from typing import Any

import numpy as np

from benchmarks.cpp import library, pointer
from benchmarks.work import Arrays, Engine, Limit, Work
from benchmarks.works._network import loss_and_gradient, samples, split

SEED, CHECKED, RATE = 0, 300, 0.1


def experiment() -> Any:
    """The tutorial on single samples, from a random start, without a history."""
    import workbench as wb

    return wb.Experiment.preset("tutorial").replace(
        initializer="he_normal",
        optimizer={"learning_rate": RATE},
        batching="single_sample",
        seed=SEED,
        stop={"steps": 10**9, "check_every": 10**9},
    )


def make(quick: bool) -> Arrays:
    """The tutorial's training samples, our start, and the samples that the generator draws."""
    from kernels.random import STREAM_BATCH, below
    from workbench.model import Model

    inputs, targets = samples()
    order = [below(SEED, STREAM_BATCH, 0, k, len(inputs)) for k in range(20_000)]
    return {
        "inputs": inputs,
        "targets": targets,
        "start": Model(experiment()).initial_parameters(),
        "order": np.array(order, np.int32),
    }


def reference(problem: Arrays) -> Arrays:
    """The parameters after CHECKED steps, in float64."""
    p = problem["start"].astype(np.float64)[None]
    for k in problem["order"][:CHECKED]:
        _, g = loss_and_gradient(p, problem["inputs"][k : k + 1], problem["targets"][k : k + 1])
        p = p - RATE * g
    return {"parameters": p[0]}


def ours(problem: Arrays, threads: int) -> Engine:
    from workbench.stepper import Stepper

    run = Stepper(experiment())

    def advance(steps: int) -> None:
        target = run.step + steps
        while run.step < target:
            run.advance(target)

    def check() -> Arrays:
        advance(CHECKED)
        return {"parameters": run.state.parameters}

    return Engine(check, partial(advance, 200_000), 200_000, "the workbench's own training loop")


def _compiled(kind: str, note: str, problem: Arrays, threads: int) -> Engine:
    train = getattr(library("single_sgd"), f"train_{kind}")
    train.restype = ctypes.c_double
    inputs, targets, start = problem["inputs"], problem["targets"], problem["start"]

    def run(steps: int) -> Arrays:
        end = start.copy()
        train(
            pointer(inputs),
            pointer(targets),
            ctypes.c_int64(len(inputs)),
            ctypes.c_uint64(SEED),
            ctypes.c_int64(steps),
            ctypes.c_float(RATE),
            pointer(end),
        )
        return {"parameters": end}

    return Engine(partial(run, CHECKED), partial(run, 200_000), 200_000, note)


def jax(problem: Arrays, threads: int) -> Engine:
    return _jax(problem, lambda a, weights: a @ weights, 1, "jit(scan(grad))")


def jax_tuned(problem: Arrays, threads: int) -> Engine:
    note = "jit(scan(grad)), products written as sums, eight steps unrolled"
    return _jax(problem, lambda a, weights: (a[:, None] * weights).sum(0), 8, note)


def _jax(problem: Arrays, product: Any, unroll: int, note: str) -> Engine:
    import jax.numpy as jnp
    from jax import block_until_ready, grad, jit, lax, nn, tree

    inputs, targets = jnp.asarray(problem["inputs"]), jnp.asarray(problem["targets"])

    def loss(layers: Any, x: Any, t: Any) -> Any:
        (w1, b1), (w2, b2), (w3, b3) = layers
        a = nn.relu(product(x, w1) + b1)
        a = nn.relu(product(a, w2) + b2)
        return jnp.mean((nn.softmax(product(a, w3) + b3) - t) ** 2)

    @jit
    def train(layers: Any, order: Any) -> Any:
        def step(layers: Any, k: Any) -> Any:
            gradient = grad(loss)(layers, inputs[k], targets[k])
            return tree.map(lambda p, g: p - RATE * g, layers, gradient), None

        return lax.scan(step, layers, order, unroll=unroll)[0]

    start = split(jnp.asarray(problem["start"]))
    order = jnp.asarray(problem["order"])

    def check() -> Arrays:
        layers = train(start, order[:CHECKED])
        flat = [np.asarray(x).reshape(-1) for layer in layers for x in layer]
        return {"parameters": np.concatenate(flat)}

    return Engine(check, lambda: block_until_ready(train(start, order)), len(order), note)


def torch(problem: Arrays, threads: int) -> Engine:
    import torch as t

    # Vectors this small only lose by being shared between threads.
    t.set_num_threads(1)
    inputs, targets = t.from_numpy(problem["inputs"]), t.from_numpy(problem["targets"])
    start, order = t.from_numpy(problem["start"]), problem["order"].tolist()
    rows = [(x, y) for x, y in zip(inputs, targets, strict=True)]

    def run(steps: int) -> Arrays:
        layers = [(w.clone(), b.clone()) for w, b in split(start)]
        flat = [x.requires_grad_() for layer in layers for x in layer]
        (w1, b1), (w2, b2), (w3, b3) = layers
        for k in order[:steps]:
            x, y = rows[k]
            a = t.relu(t.relu(x @ w1 + b1) @ w2 + b2)
            loss = ((t.softmax(a @ w3 + b3, 0) - y) ** 2).mean()
            gradients = t.autograd.grad(loss, flat)
            with t.no_grad():
                t._foreach_add_(flat, gradients, alpha=-RATE)
        return {"parameters": t.cat([x.detach().reshape(-1) for x in flat]).numpy()}

    return Engine(partial(run, CHECKED), partial(run, 1000), 1000, "eager, autograd, one thread")


WORK = Work(
    title="one network 16-6-6-2, SGD on one random sample a step",
    unit="step",
    make=make,
    engines={
        "ours": ours,
        "c": partial(_compiled, "plain", "plain C of fixed sizes, the compiler's vectors"),
        "cpp": partial(_compiled, "vectors", "weights in vectors of 8 and a transposed copy"),
        "jax": jax,
        "jax-tuned": jax_tuned,
        "torch": torch,
    },
    reference=reference,
    tolerance=1e-4,
    limits={
        "c": Limit(at_most=1.3),
        "jax": Limit(at_least=15.0),
        "jax-tuned": Limit(at_least=15.0),
        "torch": Limit(at_least=300.0),
    },
)
