"""Networks to test kernels on, with inputs that stay clear of the kinks of ReLU."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from kernels import activations, losses, network, outputs, penalties
from tests import naive

CLEAR = 0.02  # least distance of a pre-activation from the kink at zero


def make_case(names, output, loss, sizes=(3, 4, 3, 2), n=5, dtype=np.float64, penalty="none"):
    """A network with parameters, samples, and its naive loss as a function of the parameters."""
    items = [activations.catalog.get(name).make() for name in names]
    distinct = list(dict.fromkeys(zip(names, items, strict=True))) or [
        ("identity", activations.catalog.get("identity").make())
    ]
    kinds = [distinct.index(pair) for pair in zip(names, items, strict=True)]
    made = network.Network(
        np.array(sizes, np.int64),
        tuple(item for _, item in distinct),
        np.array(kinds, np.int64),
        outputs.catalog.get(output).make(),
        losses.catalog.get(loss).make(),
        penalties.catalog.get(penalty).make(),
    )
    hypers = [(name, item._asdict()) for name, item in zip(names, items, strict=True)]
    count = network.parameter_count(sizes)
    for seed in range(200):
        rng = np.random.default_rng(seed)
        parameters = rng.normal(0, 0.8, count)
        inputs = rng.normal(0, 1, (n, sizes[0]))
        zs, values = naive.forward(parameters, sizes, hypers, output, inputs)
        hidden = np.concatenate([z.ravel() for z in zs[1:-1]] or [np.ones(1)])
        if np.abs(hidden).min() > CLEAR:
            break
    else:
        raise AssertionError("no inputs clear of the kinks")
    targets = np.eye(sizes[-1])[rng.integers(0, sizes[-1], n)]

    def naive_loss(p):
        zs, values = naive.forward(p, sizes, hypers, output, inputs)
        return naive.loss(loss, output, zs[-1], values[-1], targets)

    return SimpleNamespace(
        network=made,
        sizes=sizes,
        names=names,
        hypers=hypers,
        output=output,
        loss_name=loss,
        parameters=parameters.astype(dtype),
        samples=network.Samples(inputs.astype(dtype), targets.astype(dtype)),
        values=values,
        naive_loss=naive_loss,
    )


def gradient_of(case):
    """The kernels' mean loss and gradient over all samples of a case."""
    gradient = np.empty_like(case.parameters)
    n = len(case.samples.inputs)
    work = network.new_work(case.network, case.parameters.dtype)
    loss, _ = network.batch_gradient(
        case.network, case.parameters, case.samples, np.arange(n), n, gradient, work
    )
    return loss, gradient


@pytest.fixture(name="make_case")
def _make_case():
    return make_case


@pytest.fixture(name="gradient_of")
def _gradient_of():
    return gradient_of
