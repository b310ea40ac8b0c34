"""Many descents over a surface of two coordinates."""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np

from benchmarks.cpp import library, pointer
from benchmarks.work import Arrays, Engine, Limit, Work

STARTS, STEPS, RATE, CHECKED = 1_000_000, 200, 0.02, 4096


def make(quick: bool) -> Arrays:
    """Starts drawn uniformly from the domain of Rosenbrock's function."""
    rng = np.random.default_rng(0)
    low, high = (-2.0, -1.0), (2.0, 3.0)
    n = 50_000 if quick else STARTS
    return {"starts": rng.uniform(low, high, (n, 2)).astype(np.float32)}


def coefficients(dtype: Any) -> tuple[np.ndarray, np.ndarray]:
    """Adam's corrections of each step: rate / (1 - 0.9^t) and 1 / √(1 - 0.999^t)."""
    t = np.arange(1, STEPS + 1)
    first, second = RATE / (1.0 - 0.9**t), 1.0 / np.sqrt(1.0 - 0.999**t)
    return first.astype(dtype), second.astype(dtype)


def height(x: Any, y: Any) -> Any:
    return (1.0 - x) ** 2 + 100.0 * (y - x * x) ** 2


def step(state: Any, c: Any, root: Any) -> Any:
    """One step of Adam for arrays of any library; ``state`` is x, y, their means and squares."""
    x, y, mx, my, vx, vy = state
    r = y - x * x
    gx, gy = -2.0 * (1.0 - x) - 400.0 * x * r, 200.0 * r
    mx, my = 0.9 * mx + 0.1 * gx, 0.9 * my + 0.1 * gy
    vx, vy = 0.999 * vx + 0.001 * gx * gx, 0.999 * vy + 0.001 * gy * gy
    x = x - c[0] * mx / (root(vx) * c[1] + 1e-8)
    y = y - c[0] * my / (root(vy) * c[1] + 1e-8)
    return x, y, mx, my, vx, vy


def reference(problem: Arrays) -> Arrays:
    """Where the first CHECKED starts end, in float64."""
    x, y = problem["starts"][:CHECKED].astype(np.float64).T
    state = (x, y, *np.zeros((4, len(x))))
    for c in zip(*coefficients(np.float64), strict=True):
        state = step(state, c, np.sqrt)
    return {"ends": np.stack(state[:2], 1), "values": height(*state[:2])}


def error(found: Arrays, wanted: Arrays) -> float:
    """How far the ends of 99.9 % of the starts are apart; those near the ridge may go elsewhere."""
    apart = np.abs(found["ends"] - wanted["ends"]).max(1)
    values = np.abs(found["values"] - wanted["values"])
    return float(max(np.quantile(apart, 0.999), np.quantile(values, 0.999)))


def ours(problem: Arrays, threads: int) -> Engine:
    from kernels import optimizers, surfaces
    from workbench.descents.many import Descents

    surface = surfaces.catalog.get("rosenbrock").make()
    rule = optimizers.catalog.get("adam").make({"learning_rate": RATE})
    descents = Descents(surface, rule, STEPS, dtype="float32")
    starts = problem["starts"]

    def check() -> Arrays:
        ends = descents.run(starts[:CHECKED], threads)
        return {"ends": ends.points, "values": ends.values}

    note = "workbench.descents.many, in float32"
    return Engine(check, lambda: descents.run(starts, threads), len(starts), note)


def cpp(problem: Arrays, threads: int) -> Engine:
    descend = library("descents").descend
    starts = problem["starts"]

    def run(n: int) -> Arrays:
        ends, values = starts[:n].copy(), np.empty(min(n, len(starts)), np.float32)
        rate = ctypes.c_double(RATE)
        descend(pointer(ends), len(ends), STEPS, rate, threads, pointer(values))
        return {"ends": ends, "values": values}

    note = "vector extensions, all steps in registers, C++ threads"
    return Engine(lambda: run(CHECKED), lambda: run(len(starts)), len(starts), note)


def jax(problem: Arrays, threads: int) -> Engine:
    import optax
    from jax import block_until_ready, grad, jit, lax, vmap

    rule = optax.adam(RATE)

    def descend(point: Any) -> Any:
        def move(state: Any, _: Any) -> Any:
            p, memory = state
            moves, memory = rule.update(grad(lambda q: height(q[0], q[1]))(p), memory)
            return (optax.apply_updates(p, moves), memory), None

        end = lax.scan(move, (point, rule.init(point)), None, STEPS)[0][0]
        return end, height(end[0], end[1])

    return _jax(problem, jit(vmap(descend)), block_until_ready, "jit(vmap(scan(grad))), optax")


def jax_tuned(problem: Arrays, threads: int) -> Engine:
    """Coordinates in arrays of their own; a block of starts makes all its steps before the next.

    Unrolled steps are slower: XLA then computes what they share once for each.
    """
    import jax.numpy as jnp
    from jax import block_until_ready, jit, lax

    @jit
    def descend(points: Any) -> Any:
        def block(part: Any) -> Any:
            x, y = part[:, 0], part[:, 1]
            rest = (jnp.zeros_like(x),) * 4
            cs = coefficients(np.float32)
            end = lax.scan(lambda state, c: (step(state, c, jnp.sqrt), None), (x, y, *rest), cs)[0]
            return jnp.stack(end[:2], 1), height(*end[:2])

        n = -len(points) % BLOCK
        parts = jnp.pad(points, ((0, n), (0, 0))).reshape(-1, BLOCK, 2)
        ends, values = lax.map(block, parts)
        return ends.reshape(-1, 2)[: len(points)], values.reshape(-1)[: len(points)]

    note = f"jit(map(scan)) over blocks of {BLOCK:,} starts"
    return _jax(problem, descend, block_until_ready, note)


BLOCK = 8192


def _jax(problem: Arrays, descend: Any, wait: Any, note: str) -> Engine:
    import jax.numpy as jnp

    starts = jnp.asarray(problem["starts"])

    def check() -> Arrays:
        ends, values = descend(starts[:CHECKED])
        return {"ends": np.asarray(ends), "values": np.asarray(values)}

    return Engine(check, lambda: wait(descend(starts)), len(starts), note)


def torch(problem: Arrays, threads: int) -> Engine:
    import torch as t

    t.set_num_threads(threads)
    starts = t.from_numpy(problem["starts"])
    cs = list(zip(*(c.tolist() for c in coefficients(np.float64)), strict=True))

    @t.inference_mode()
    def run(points: Any) -> Arrays:
        ends, values = [], []
        # Blocks that fit the cache, large enough for the call of each operation not to matter.
        for part in t.split(points, 65536):
            x, y = part.T.contiguous()
            mx, my, vx, vy = t.zeros(4, len(part))
            for first, second in cs:
                r = y - x * x
                gx, gy = (x * r).mul_(-400.0).add_(x, alpha=2.0).sub_(2.0), r * 200.0
                for p, g, m, v in ((x, gx, mx, vx), (y, gy, my, vy)):
                    m.lerp_(g, 0.1)
                    v.mul_(0.999).addcmul_(g, g, value=0.001)
                    p.addcdiv_(m, v.sqrt().mul_(second).add_(1e-8), value=-first)
            ends.append(t.stack((x, y), 1))
            values.append(height(x, y))
        return {"ends": t.cat(ends).numpy(), "values": t.cat(values).numpy()}

    n = min(len(starts), 65_536)
    note = "in-place operations on blocks of 65,536 starts"
    return Engine(lambda: run(starts[:CHECKED]), lambda: run(starts[:n]), n, note)


WORK = Work(
    title=f"{STARTS:,} starts × {STEPS} steps of Adam on Rosenbrock's function",
    unit="start",
    make=make,
    engines={"ours": ours, "cpp": cpp, "jax": jax, "jax-tuned": jax_tuned, "torch": torch},
    reference=reference,
    error=error,
    tolerance=1e-3,
    limits={
        "cpp": Limit(at_most=1.3),
        "jax": Limit(at_least=5.0),
        "jax-tuned": Limit(at_least=5.0),
    },
)
