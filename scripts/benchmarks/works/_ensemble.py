"""What ensemble-gd and ensemble-adam share: 4,096 networks, full batches of 64 samples."""

from __future__ import annotations

import ctypes
from functools import partial
from typing import Any

import numpy as np

from benchmarks.cpp import library, pointer
from benchmarks.work import Arrays, Engine, Limit, Work
from benchmarks.works._network import SIZES, loss_and_gradient, samples, split, starts

NETWORKS, SAMPLES, CHECKED = 4096, 64, 20
RATES = {"gd": 0.5, "adam": 0.01}
# Optax corrects Adam's means for their start in float32, where 1 - 0.999 has an error of 2e-5.
TOLERANCES = {"gd": 1e-4, "adam": 1e-3}


def make(optimizer: str, quick: bool) -> Arrays:
    inputs, targets = samples(SAMPLES)
    found = starts(1024 if quick else NETWORKS)
    return {
        "inputs": inputs,
        "targets": targets,
        "starts": found,
        "rate": np.float32(RATES[optimizer]),
    }


def reference(optimizer: str, problem: Arrays) -> Arrays:
    """Losses and parameters after CHECKED steps, in float64."""
    p = problem["starts"].astype(np.float64)
    rate, mean, square = float(problem["rate"]), np.zeros_like(p), np.zeros_like(p)
    for step in range(1, CHECKED + 1):
        _, g = loss_and_gradient(p, problem["inputs"], problem["targets"])
        if optimizer == "adam":
            mean += 0.1 * (g - mean)
            square += 0.001 * (g * g - square)
            root = np.sqrt(square / (1.0 - 0.999**step))
            p -= rate * mean / (1.0 - 0.9**step) / (root + 1e-8)
        else:
            p -= rate * g
    losses, _ = loss_and_gradient(p, problem["inputs"], problem["targets"])
    return {"losses": losses, "parameters": p}


def error(found: Arrays, wanted: Arrays) -> float:
    """How far 99.9 % of the losses, and of the parameters, are apart at most.

    The rest are those of units that a rounding turned on or off, and of gradients so near to zero
    that Adam, which divides by their size, steps by the rounding's sign.
    """
    return max(float(np.quantile(np.abs(found[k] - right), 0.999)) for k, right in wanted.items())


def ours(optimizer: str, problem: Arrays, threads: int) -> Engine:
    from benchmarks.works._ours import experiment
    from workbench.multistart import train_starts

    name = {"gd": "sgd"}.get(optimizer, optimizer)
    rate = float(problem["rate"])
    made = experiment(problem, SIZES, optimizer={"name": name, "learning_rate": rate})
    n = len(problem["starts"])

    def run(steps: int) -> Arrays:
        limited = made.replace(stop={"steps": steps})
        blocks = list(train_starts(limited, n, threads=threads))
        return {
            "losses": np.concatenate([block.loss for block in blocks]),
            "parameters": np.concatenate([block.parameters for block in blocks]),
        }

    return Engine(
        partial(run, CHECKED), partial(run, 100), 100, "workbench.multistart, starts drawn by it"
    )


def cpp(optimizer: str, problem: Arrays, threads: int) -> Engine:
    train = getattr(library("ensemble"), f"train_{optimizer}")
    inputs, targets, first = problem["inputs"], problem["targets"], problem["starts"]
    end, losses = np.empty_like(first), np.empty(len(first), np.float32)

    def run(steps: int) -> None:
        train(
            pointer(inputs),
            pointer(targets),
            len(inputs),
            pointer(first),
            len(first),
            steps,
            ctypes.c_float(problem["rate"]),
            threads,
            pointer(end),
            pointer(losses),
        )

    def check() -> Arrays:
        run(CHECKED)
        return {"losses": losses, "parameters": end}

    return Engine(
        check, lambda: run(100), 100, "vector extensions, lanes are networks, C++ threads"
    )


def jax(optimizer: str, problem: Arrays, threads: int) -> Engine:
    import jax.numpy as jnp
    import optax
    from jax import grad, jit, lax, nn, vmap

    inputs, targets = jnp.asarray(problem["inputs"]), jnp.asarray(problem["targets"])
    first, rate = jnp.asarray(problem["starts"]), float(problem["rate"])
    rule = optax.adam(rate) if optimizer == "adam" else optax.sgd(rate)

    def loss(parameters: Any) -> Any:
        (w1, b1), (w2, b2), (w3, b3) = split(parameters)
        a = nn.relu(nn.relu(inputs @ w1 + b1) @ w2 + b2)
        return jnp.mean((nn.softmax(a @ w3 + b3) - targets) ** 2)

    def train(steps: int, parameters: Any) -> Any:
        def step(state: Any, _: Any) -> Any:
            p, memory = state
            moves, memory = rule.update(grad(loss)(p), memory)
            return (optax.apply_updates(p, moves), memory), None

        p = lax.scan(step, (parameters, rule.init(parameters)), None, steps)[0][0]
        return p, loss(p)

    def check() -> Arrays:
        end, losses = jit(vmap(partial(train, CHECKED)))(first)
        return {"losses": np.asarray(losses), "parameters": np.asarray(end)}

    timed = jit(vmap(partial(train, 10)))
    return Engine(check, lambda: timed(first)[1].block_until_ready(), 10, "jit(vmap(scan(grad)))")


def jax_tuned(optimizer: str, problem: Arrays, threads: int) -> Engine:
    """The network is the last axis, the small products are written out, and 128 networks make all
    their steps before the next: what XLA then does stays in the cache and in vector registers."""
    import jax.numpy as jnp
    import optax
    from jax import grad, jit, lax, nn, tree

    inputs, targets = jnp.asarray(problem["inputs"]), jnp.asarray(problem["targets"])
    rate = float(problem["rate"])
    rule = optax.adam(rate) if optimizer == "adam" else optax.sgd(rate)
    first = [jnp.asarray(np.moveaxis(a, 0, -1)) for pair in split(problem["starts"]) for a in pair]

    def product(a: Any, weights: Any) -> Any:
        return sum(a[:, i, None] * weights[i] for i in range(len(weights)))

    def losses(layers: Any) -> Any:
        w1, b1, w2, b2, w3, b3 = layers
        a = nn.relu(jnp.tensordot(inputs, w1, 1) + b1)
        p = nn.softmax(product(nn.relu(product(a, w2) + b2), w3) + b3, 1)
        return ((p - targets[:, :, None]) ** 2).mean((0, 1))

    def train(steps: int, layers: Any) -> Any:
        def step(state: Any, _: Any) -> Any:
            p, memory = state
            moves, memory = rule.update(grad(lambda q: losses(q).sum())(p), memory)
            return (optax.apply_updates(p, moves), memory), None

        p = lax.scan(step, (layers, rule.init(layers)), None, steps)[0][0]
        return p, losses(p)

    def blocks(a: Any) -> Any:
        return jnp.moveaxis(a.reshape(*a.shape[:-1], -1, 128), -2, 0)

    def run(steps: int, layers: Any) -> Any:
        return lax.map(partial(train, steps), tree.map(blocks, layers))

    def check() -> Arrays:
        end, found = jit(partial(run, CHECKED))(first)
        flat = [np.moveaxis(np.asarray(a), -1, 1).reshape(found.size, -1) for a in end]
        return {"losses": np.asarray(found).reshape(-1), "parameters": np.concatenate(flat, 1)}

    timed = jit(partial(run, 10))
    note = "jit(map(scan(grad))) over blocks of 128 networks, the network last in memory"
    return Engine(check, lambda: timed(first)[1].block_until_ready(), 10, note)


def torch(optimizer: str, problem: Arrays, threads: int) -> Engine:
    import torch as t

    t.set_num_threads(threads)
    inputs, targets = t.from_numpy(problem["inputs"]), t.from_numpy(problem["targets"])
    first, rate = t.from_numpy(problem["starts"]), float(problem["rate"])
    n, (n_in, n_hidden) = len(first), SIZES[:2]

    def losses(layers: Any) -> Any:
        w1, b1, w2, b2, w3, b3 = layers
        # All networks see the same inputs, so their first layers are one product.
        a = t.relu(t.addmm(b1, inputs, w1)).reshape(-1, n, n_hidden).transpose(0, 1)
        a = t.relu(t.baddbmm(b2, a, w2))
        p = t.softmax(t.baddbmm(b3, a, w3), -1)
        return ((p - targets) ** 2).mean((1, 2))

    def run(steps: int) -> tuple[Any, Any]:
        (w1, b1), *others = split(first)
        layers = [w1.transpose(0, 1).reshape(n_in, -1).clone(), b1.reshape(-1).clone()]
        layers += [x.clone() for w, b in others for x in (w, b[:, None])]
        kind = t.optim.Adam if optimizer == "adam" else t.optim.SGD
        rule = kind([x.requires_grad_() for x in layers], lr=rate, fused=True)
        for _ in range(steps):
            rule.zero_grad()
            losses(layers).sum().backward()
            rule.step()
        with t.no_grad():
            found = losses(layers)
            w1 = layers[0].reshape(n_in, n, n_hidden).transpose(0, 1)
            return t.cat([x.reshape(n, -1) for x in (w1, *layers[1:])], 1), found

    def check() -> Arrays:
        end, found = run(CHECKED)
        return {"losses": found.numpy(), "parameters": end.numpy()}

    return Engine(check, lambda: run(5), 5, "addmm and baddbmm over all networks, fused optimizer")


def work(optimizer: str) -> Work:
    names = {"gd": "gradient descent", "adam": "Adam"}
    return Work(
        title=f"{NETWORKS:,} networks 16-6-6-2, {names[optimizer]} on full batches of {SAMPLES}",
        unit="step of all networks",
        make=partial(make, optimizer),
        engines={
            "ours": partial(ours, optimizer),
            "cpp": partial(cpp, optimizer),
            "jax": partial(jax, optimizer),
            "jax-tuned": partial(jax_tuned, optimizer),
            "torch": partial(torch, optimizer),
        },
        reference=partial(reference, optimizer),
        error=error,
        tolerance=TOLERANCES[optimizer],
        limits={
            "cpp": Limit(at_most=1.3),
            "jax": Limit(at_least=10.0),
            "jax-tuned": Limit(at_least=10.0),
            "torch": Limit(at_least=10.0),
        },
    )
