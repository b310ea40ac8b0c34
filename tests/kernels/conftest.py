"""Networks to test kernels on, with inputs that stay clear of all kinks."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from kernels import activations, losses, network, outputs, penalties
from tests import naive

CLEAR = 0.02  # least distance from a kink


def _distance(items, zs, loss, answers):
    """The least distance of any pre-activation or answer from a kink."""
    found = [np.ones(1)]
    for item, z in zip(items, zs[1:-1], strict=True):
        found += [np.abs(z - kink) for kink in activations.kinks(item)]
    name = losses.catalog.of(loss).name
    if name in naive.LOSS_GAPS:
        found.append(naive.LOSS_GAPS[name](*answers, **loss._asdict()))
    return min(gaps.min() for gaps in found)


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
    for seed in range(1000):
        rng = np.random.default_rng(seed)
        parameters = rng.normal(0, 0.8, count)
        inputs = rng.normal(0, 1, (n, sizes[0]))
        targets = np.eye(sizes[-1])[rng.integers(0, sizes[-1], n)]
        zs, values = naive.forward(parameters, sizes, hypers, output, inputs)
        if _distance(items, zs, made.loss, (zs[-1], values[-1], targets)) > CLEAR:
            break
    else:
        raise AssertionError("no inputs clear of the kinks")

    def naive_loss(p):
        zs, values = naive.forward(p, sizes, hypers, output, inputs)
        mean = naive.loss(loss, made.loss._asdict(), output, zs[-1], values[-1], targets)
        return mean + naive.penalty(penalty, made.penalty._asdict(), p, sizes)

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
    """The kernels' training loss and its gradient over all samples of a case."""
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
