"""Every scalar rule of the catalogues in lanes does what the plain Python rule does to a number."""

from __future__ import annotations

import numpy as np
import pytest

from kernels import activations, losses, optimizers, outputs, penalties
from kernels.jit import exact_kernel
from kernels.lanes import COMPILED, load, load_some, store, store_some
from kernels.lanes.rows import repeats, rows
from kernels.rules import cast

WIDTH = (None,) * (4 if COMPILED else 1)
LANES = len(WIDTH)
SCALAR = [entry.name for entry in optimizers.catalog if "slots" in entry.facts]
POINTS = np.array([-30.0, -3.1, -1.0, -0.4, 1e-3, 0.3, 0.9, 1.0, 2.5, 5.9, 7.0, 40.0])


@exact_kernel
def activate(item, z, out, width):
    for k in range(z.size // len(width)):
        x = load(z, k, width)
        a = activations.value(item, x)
        store(out[0], k, a)
        store(out[1], k, activations.slope(item, x, a))


@pytest.mark.parametrize("name", activations.catalog.names())
@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_activations(name, kind):
    item = activations.catalog.get(name).make()
    z, out = POINTS.astype(kind), np.zeros((2, POINTS.size), kind)
    activate(item, z, out, WIDTH)
    wanted = [(a := activations.value(item, x), activations.slope(item, x, a)) for x in z]
    assert np.allclose(out.T, wanted, rtol=20 * np.finfo(kind).eps, atol=4 * np.finfo(kind).eps)


@exact_kernel
def penalise(item, w, out, width):
    x = load(w, 0, width)
    store(out[0], 0, penalties.cost(item, x))
    store(out[1], 0, penalties.slope(item, x))


@pytest.mark.parametrize(
    "name", [entry.name for entry in penalties.catalog if not entry.facts.get("free")]
)
def test_penalties(name):
    item = penalties.catalog.get(name).make()
    w = np.array([-2.0, 0.0, 0.5, 3.0])[:LANES]
    out = np.zeros((2, LANES))
    penalise(item, w, out, WIDTH)
    wanted = [(penalties.cost(item, x), penalties.slope(item, x)) for x in w]
    assert np.allclose(out.T, wanted, rtol=1e-14)


@exact_kernel
def compare_lanes(loss, output, z, p, delta, targets, total, width):
    n = targets.size
    zs, ps, deltas = rows(z, 0, n, 1, width), rows(p, 0, n, 1, width), rows(delta, 0, n, 1, width)
    outputs.respond(output, zs, ps)
    t = repeats(targets, 0, n, 0, width, width)
    store(total, 0, losses.compare(loss, output, zs, ps, t, deltas))


PAIRS = [
    (loss.name, output.name)
    for loss in losses.catalog
    for output in outputs.catalog
    if output.name in loss.facts.get("accepts", [output.name])
]


@pytest.mark.parametrize(("loss_name", "output_name"), PAIRS)
def test_losses_and_outputs(loss_name, output_name):
    loss = losses.catalog.get(loss_name).make()
    output = outputs.catalog.get(output_name).make()
    z = np.random.default_rng(2).normal(0, 2, (3, LANES))
    z[:, -1] *= 30
    targets = np.array([0.0, 1.0, 0.0])
    p, delta, total = np.zeros_like(z), np.zeros_like(z), np.zeros((1, LANES))
    compare_lanes(loss, output, z, p, delta, targets, total, WIDTH)
    for lane in range(LANES):
        wanted_p, wanted_delta = np.zeros(3), np.zeros(3)
        one = np.ascontiguousarray(z[:, lane])
        outputs.respond(output, one, wanted_p)
        wanted = losses.compare(loss, output, one, wanted_p, targets, wanted_delta)
        assert np.allclose(p[:, lane], wanted_p, rtol=1e-13)
        assert np.isclose(total[0, lane], wanted, rtol=1e-12, atol=1e-300)
        assert np.allclose(delta[:, lane], wanted_delta, rtol=1e-11, atol=1e-15)


@exact_kernel
def move(item, coefficients, p, g, slots, kept, width):
    c = cast(coefficients, load(p, 0, width))
    new, made = optimizers.update(
        item, c, load(g, 0, width), load(p, 0, width), load_some(slots, 0, 1, kept, width)
    )
    store(p, 0, new)
    store_some(slots, 0, 1, made)


@pytest.mark.parametrize("name", SCALAR)
def test_optimizers(name):
    entry = optimizers.catalog.get(name)
    item, count = entry.make(), entry.facts["slots"]
    rng = np.random.default_rng(4)
    p, slots = rng.normal(size=(1, LANES)), np.zeros((count, LANES))
    wanted_p, wanted = list(p[0]), [(0.0,) * count] * LANES
    for step in range(1, 6):
        g = rng.normal(size=(1, LANES))
        norm = float(np.linalg.norm(g))
        c = tuple(float(v) for v in optimizers.prepare(item, item.learning_rate, step, norm))
        move(item, c, p, g, slots, (None,) * count, WIDTH)
        for k in range(LANES):
            wanted_p[k], wanted[k] = optimizers.update(
                item, tuple(np.float64(v) for v in c), g[0, k], np.float64(wanted_p[k]), wanted[k]
            )
    assert np.allclose(p[0], wanted_p, rtol=1e-13)
    assert np.allclose(slots.T, np.reshape(wanted, (LANES, count)), rtol=1e-13)
