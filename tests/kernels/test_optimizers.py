"""Every optimizer against Optax and PyTorch over 100 steps, and on a quadratic."""

from __future__ import annotations

import numpy as np
import pytest

from kernels import optimizers
from kernels.jit import kernel
from kernels.optimizers import apply, new_slots, prepare

STEPS = 100
NAMES = optimizers.catalog.names()


@kernel
def step(item, rate, count, gradient, parameters, slots):
    norm = np.sqrt((gradient * gradient).sum())
    apply(item, prepare(item, rate, count, norm), gradient, parameters, slots)


def slope(p):
    """The gradient of a function with valleys, walls and a saddle: Σ p⁴/4 - p²/2 + c p + sin."""
    c = np.linspace(-1.0, 1.0, p.size)
    return p**3 - p + c + 0.5 * np.cos(3.0 * p)


def path(item, start, gradient=slope, steps=STEPS, dtype=np.float64):
    """The parameters after each step, (steps, n)."""
    p = start.astype(dtype)
    slots = new_slots(item, p.size, dtype)
    found = []
    for k in range(1, steps + 1):
        step(item, item.learning_rate, k, gradient(p).astype(dtype), p, slots)
        found.append(p.copy())
    return np.array(found)


def start():
    return np.random.default_rng(3).normal(0, 1.5, 23)


def optax_twin(name, h):
    import optax

    return {
        "sgd": lambda: optax.sgd(h.learning_rate),
        "momentum": lambda: optax.sgd(h.learning_rate, h.momentum),
        "nesterov": lambda: optax.sgd(h.learning_rate, h.momentum, nesterov=True),
        # Optax adds epsilon under the root, which differs: without one there is no difference.
        "adagrad": lambda: optax.adagrad(h.learning_rate, 0.0, eps=0.0),
        "rmsprop": lambda: optax.rmsprop(h.learning_rate, h.decay, h.epsilon, eps_in_sqrt=False),
        "adam": lambda: optax.adam(h.learning_rate, h.beta1, h.beta2, h.epsilon),
    }[name]()


def torch_twin(name, h, parameters):
    from torch import optim

    rate = h.learning_rate
    return {
        "sgd": lambda: optim.SGD(parameters, rate),
        "momentum": lambda: optim.SGD(parameters, rate, h.momentum),
        "nesterov": lambda: optim.SGD(parameters, rate, h.momentum, nesterov=True),
        "adagrad": lambda: optim.Adagrad(parameters, rate, eps=h.epsilon),
        "rmsprop": lambda: optim.RMSprop(parameters, rate, h.decay, h.epsilon),
        "adam": lambda: optim.Adam(parameters, rate, (h.beta1, h.beta2), h.epsilon),
    }[name]()


@pytest.fixture(params=NAMES)
def item(request):
    """Each optimizer with other hyper-parameters than its defaults."""
    entry = optimizers.catalog.get(request.param)
    changed = {"learning_rate": 0.02, "momentum": 0.8, "beta1": 0.85, "beta2": 0.97, "decay": 0.93}
    fields = [h.name for h in entry.hypers]
    return entry.make({k: v for k, v in changed.items() if k in fields})


def test_path_is_that_of_optax(item):
    import jax
    import optax

    name = optimizers.catalog.of(item).name
    if name == "adagrad":
        item = item._replace(epsilon=1e-300)
    with jax.enable_x64(True):
        twin = optax_twin(name, item)
        p = jax.numpy.asarray(start())
        state = twin.init(p)
        wanted = []
        for _ in range(STEPS):
            updates, state = twin.update(jax.numpy.asarray(slope(np.asarray(p))), state, p)
            p = optax.apply_updates(p, updates)
            wanted.append(np.asarray(p))
    wanted = np.array(wanted)
    assert wanted.dtype == np.float64
    assert np.abs(path(item, start()) - wanted).max() < 1e-11
    assert np.abs(wanted[-1] - start()).max() > 0.1


@pytest.mark.peers
def test_path_is_that_of_pytorch(item):
    import torch

    p = torch.tensor(start(), requires_grad=True)
    twin = torch_twin(optimizers.catalog.of(item).name, item, [p])
    wanted = []
    for _ in range(STEPS):
        p.grad = torch.tensor(slope(p.detach().numpy()))
        twin.step()
        wanted.append(p.detach().numpy().copy())
    assert np.abs(path(item, start()) - np.array(wanted)).max() < 1e-11


def test_reduces_a_quadratic(item):
    scale = np.geomspace(0.1, 10.0, 23)
    # The rates of AdaGrad and its like bound how far a parameter gets.
    item = item._replace(learning_rate=0.1)
    found = path(item, start(), lambda p: scale * p, steps=1000)
    value = (scale * found**2).sum(1) / 2
    assert value[-1] < 0.1 * (scale * start() ** 2).sum() / 2


def test_float32_stays_float32(item):
    narrow = path(item, start(), dtype=np.float32)
    assert narrow.dtype == np.float32
    # The problem bends, so rounding grows along the way; ten steps tell a wrong rule from it.
    assert np.abs(narrow[:10] - path(item, start())[:10]).max() < 1e-4


def test_second_call_does_not_compile(item):
    path(item, start(), steps=1)
    before = len(step.signatures) if hasattr(step, "signatures") else 0
    changed = item._replace(learning_rate=0.5)
    path(changed, start(), steps=2)
    assert (len(step.signatures) if hasattr(step, "signatures") else 0) == before
