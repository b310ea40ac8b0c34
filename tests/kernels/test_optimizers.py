"""Every scalar optimizer against Optax, PyTorch or a paper over 100 steps, and on a quadratic."""

from __future__ import annotations

import numpy as np
import pytest

from kernels import optimizers
from kernels.jit import kernel
from kernels.optimizers import apply, is_scalar, new_slots, prepare
from workbench.proof.references import REFERENCES

STEPS = 100
NAMES = [entry.name for entry in optimizers.catalog if is_scalar(entry)]


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


class Optax:
    """An Optax transformation as ``advance(p, g)``, in float64."""

    def __init__(self, name, h):
        self.twin, self.state = optax_twin(name, h), None

    def advance(self, p, g):
        import jax
        import optax

        with jax.enable_x64(True):
            p, g = jax.numpy.asarray(p), jax.numpy.asarray(g)
            self.state = self.twin.init(p) if self.state is None else self.state
            updates, self.state = self.twin.update(g, self.state, p)
            return np.asarray(optax.apply_updates(p, updates))


def optax_twin(name, h):
    import optax

    rate = h.learning_rate
    return {
        "sgd": lambda: optax.sgd(rate),
        "momentum": lambda: optax.sgd(rate, h.momentum),
        "nesterov": lambda: optax.sgd(rate, h.momentum, nesterov=True),
        # Optax adds epsilon under the root, which differs: without one there is no difference.
        "adagrad": lambda: optax.adagrad(rate, 0.0, eps=0.0),
        "rmsprop": lambda: optax.rmsprop(rate, h.decay, h.epsilon, eps_in_sqrt=False),
        "adam": lambda: optax.adam(rate, h.beta1, h.beta2, h.epsilon),
        "adadelta": lambda: optax.adadelta(rate, h.decay, h.epsilon),
        "adamax": lambda: optax.adamax(rate, h.beta1, h.beta2, h.epsilon),
        "adamw": lambda: optax.adamw(
            rate, h.beta1, h.beta2, h.epsilon, weight_decay=h.weight_decay
        ),
        "lion": lambda: optax.lion(rate, h.beta1, h.beta2, weight_decay=h.weight_decay),
        "yogi": lambda: optax.chain(
            optax.scale_by_yogi(h.beta1, h.beta2, h.epsilon, initial_accumulator_value=0.0),
            optax.scale_by_learning_rate(rate),
        ),
        "adabelief": lambda: optax.adabelief(rate, h.beta1, h.beta2, h.epsilon, h.epsilon),
        "sgd_clipped": lambda: optax.chain(
            optax.clip_by_global_norm(h.max_norm), optax.sgd(rate, h.momentum)
        ),
    }[name]()


class Paper:
    """What `workbench verify` compares with, as ``advance(p, g)``."""

    def __init__(self, name, h):
        self.twin, self.rate = REFERENCES[name](h), h.learning_rate

    def advance(self, p, g):
        return self.twin.advance(p, g, self.rate)


def reference(item):
    """(item, twin): an independent one with ``advance(p, g)``; epsilon is dropped where it is not
    the same number in both."""
    name = optimizers.catalog.of(item).name
    if name == "adagrad":
        item = item._replace(epsilon=1e-300)
    try:
        return item, Optax(name, item)
    except KeyError:
        return item, Paper(name, item)


def torch_twin(name, h, parameters):
    from torch import optim

    rate = h.learning_rate
    betas = (getattr(h, "beta1", 0.0), getattr(h, "beta2", 0.0))
    return {
        "sgd": lambda: optim.SGD(parameters, rate),
        "momentum": lambda: optim.SGD(parameters, rate, h.momentum),
        "nesterov": lambda: optim.SGD(parameters, rate, h.momentum, nesterov=True),
        "adagrad": lambda: optim.Adagrad(parameters, rate, eps=h.epsilon),
        "rmsprop": lambda: optim.RMSprop(parameters, rate, h.decay, h.epsilon),
        "adam": lambda: optim.Adam(parameters, rate, betas, h.epsilon),
        "adadelta": lambda: optim.Adadelta(parameters, rate, h.decay, h.epsilon),
        "adamax": lambda: optim.Adamax(parameters, rate, betas, h.epsilon),
        "amsgrad": lambda: optim.Adam(parameters, rate, betas, h.epsilon, amsgrad=True),
        "nadam": lambda: optim.NAdam(
            parameters, rate, betas, h.epsilon, momentum_decay=h.momentum_decay
        ),
        "radam": lambda: optim.RAdam(parameters, rate, betas, h.epsilon),
        "adamw": lambda: optim.AdamW(parameters, rate, betas, h.epsilon, h.weight_decay),
        "rprop": lambda: optim.Rprop(
            parameters, rate, (h.shrinkage, h.growth), (h.shortest, h.longest)
        ),
    }[name]()


TORCH = {
    "sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adadelta", "adamax", "amsgrad",
    "nadam", "radam", "adamw", "rprop",
}  # fmt: skip


def changed(name):
    """An optimizer with other hyper-parameters than its defaults."""
    entry = optimizers.catalog.get(name)
    wanted = {
        "momentum": 0.8, "beta1": 0.85, "beta2": 0.97, "decay": 0.93,
        "weight_decay": 0.3, "share": 0.6, "share1": 0.65, "share2": 0.8, "max_norm": 2.5,
        "momentum_decay": 0.01, "growth": 1.3, "shrinkage": 0.4, "shortest": 1e-3, "longest": 0.2,
    }  # fmt: skip
    # A longer step of NAdam makes one parameter's path so unstable that rounding shows.
    wanted["learning_rate"] = {"adadelta": 0.9, "nadam": 0.005}.get(name, 0.02)
    return entry.make({h.name: wanted[h.name] for h in entry.hypers if h.name in wanted})


@pytest.fixture(params=NAMES)
def item(request):
    return changed(request.param)


def test_path_is_that_of_the_reference(item):
    item, twin = reference(item)
    p, wanted = start(), []
    for _ in range(STEPS):
        p = twin.advance(p, slope(p))
        wanted.append(p)
    wanted = np.array(wanted)
    assert wanted.dtype == np.float64
    assert np.abs(path(item, start()) - wanted).max() < 1e-11
    assert np.abs(wanted[-1] - start()).max() > 0.1


def test_references_written_from_papers_are_those_of_optax(item):
    name = optimizers.catalog.of(item).name
    item, twin = reference(item)
    if isinstance(twin, Paper):
        pytest.skip("Optax has none, or another form of it")
    paper, p, q = Paper(name, item), start(), start()
    for _ in range(STEPS):
        p, q = twin.advance(p, slope(p)), paper.advance(q, slope(q))
    assert np.abs(p - q).max() < 1e-11


@pytest.mark.peers
@pytest.mark.parametrize("name", sorted(TORCH))
def test_path_is_that_of_pytorch(name):
    import torch

    item = changed(name)
    p = torch.tensor(start(), requires_grad=True)
    # NAdam keeps the product of its momenta in the default type.
    usual = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    try:
        paths_agree(torch, item, p, torch_twin(name, item, [p]))
    finally:
        torch.set_default_dtype(usual)


def paths_agree(torch, item, p, twin):
    wanted = []
    for _ in range(STEPS):
        p.grad = torch.tensor(slope(p.detach().numpy()))
        twin.step()
        wanted.append(p.detach().numpy().copy())
    assert np.abs(path(item, start()) - np.array(wanted)).max() < 1e-11


@pytest.mark.parametrize(
    ("special", "values", "general", "others"),
    [
        ("momentum", {"learning_rate": 0.004}, "qhm", {"momentum": 0.9, "share": 1.0}),
        ("nesterov", {"learning_rate": 0.004}, "qhm", {"momentum": 0.9, "share": 0.9}),
        ("sgd", {"learning_rate": 0.04}, "qhm", {"momentum": 0.9, "share": 0.0}),
        (
            "adam",
            {"learning_rate": 0.04, "beta1": 0.8},
            "qhadam",
            {"beta1": 0.8, "share1": 1.0, "share2": 1.0},
        ),
        ("adam", {"learning_rate": 0.04}, "adamw", {"weight_decay": 0.0}),
        ("momentum", {"learning_rate": 0.04}, "sgd_clipped", {"momentum": 0.9, "max_norm": 1e9}),
    ],
)
def test_special_cases_named_by_the_papers(special, values, general, others):
    narrow = optimizers.catalog.get(special).make(values)
    wide = optimizers.catalog.get(general).make({"learning_rate": 0.04} | others)
    assert np.abs(path(narrow, start()) - path(wide, start())).max() < 1e-11


def test_reduces_a_quadratic(item):
    scale = np.geomspace(0.1, 10.0, 23)
    # The rates of AdaGrad and its like bound how far a parameter gets, AdaDelta's the first steps.
    name = optimizers.catalog.of(item).name
    item = item._replace(learning_rate=1.0 if name == "adadelta" else 0.1)
    if "weight_decay" in item._fields:
        item = item._replace(weight_decay=0.0)
    found = path(item, start(), lambda p: scale * p, steps=1000)
    value = (scale * found**2).sum(1) / 2
    assert value[-1] < 0.1 * (scale * start() ** 2).sum() / 2


def test_weight_decay_is_apart_from_the_gradient():
    """Loshchilov & Hutter 2019: without a gradient, parameters shrink by rate · decay a step."""
    for name in ("adamw", "lion"):
        item = optimizers.catalog.get(name).make({"learning_rate": 0.1, "weight_decay": 0.5})
        found = path(item, start(), np.zeros_like, steps=5)
        assert np.allclose(found, start() * 0.95 ** np.arange(1, 6)[:, None], rtol=1e-12)


def test_clipping_bounds_the_norm_of_the_whole_step():
    item = optimizers.catalog.get("sgd_clipped").make({"learning_rate": 1.0, "max_norm": 0.25})
    for factor, wanted in ((1e6, 0.25), (1e-3, 1e-3)):
        unit = slope(start()) / np.linalg.norm(slope(start()))
        moved = path(item, start(), lambda p, g=factor * unit: g, steps=1)[0] - start()
        assert np.allclose(moved, -wanted * unit, rtol=1e-9)


def test_schedule_scales_the_steps_of_rprop():
    item = optimizers.catalog.get("rprop").make({"learning_rate": 0.5})
    p, slots = start(), new_slots(item, 23, np.float64)
    step(item, 0.25, 1, slope(p), p, slots)
    assert np.allclose(np.abs(p - start()), 0.25)


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
