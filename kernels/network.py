"""Forward and backward pass of one fully connected network.

Parameters are one flat vector: for each layer in order the weights (n_in, n_out) row-major, then
the bias (n_out,). The units of all layers, inputs first, stand one after the other in the vectors
of ``Work``. Backpropagation: Rumelhart, Hinton & Williams 1986, Nature 323, equations 3 to 7.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numba.extending import overload

from kernels.jit import OPTIONS, kernel
from kernels.losses import compare, is_right
from kernels.matrix import (
    MatrixWork,
    matrix_gradient,
    matrix_losses,
    matrix_respond,
    new_matrix_work,
    suits_matrices,
)
from kernels.outputs import respond
from kernels.penalties import penalize, total_cost
from kernels.rules import const
from kernels.units import activate, damp


class Network(NamedTuple):
    """What a kernel needs to know of a network.

    ``sizes``: int64 (n_layers + 1,), units of each layer, inputs first. ``activations``: tuple of
    the distinct activation items used; ``kinds``: int64 (n_layers - 1,), which of them each hidden
    layer has. ``output``, ``loss`` and ``penalty``: items.
    """

    sizes: Any
    activations: Any
    kinds: Any
    output: Any
    loss: Any
    penalty: Any


class Work(NamedTuple):
    """Caller-owned scratch for one sample: z, a and delta, each (n_units,) over all layers."""

    z: Any
    a: Any
    delta: Any


class Samples(NamedTuple):
    """Inputs (n_samples, n_in) and targets (n_samples, n_out) of one dtype, C-contiguous."""

    inputs: Any
    targets: Any


def new_work(network: Network, dtype: Any, batch: int = 1) -> Work | MatrixWork:
    """Scratch for ``network`` in ``dtype``, for about ``batch`` samples at a time: the kernels
    below go by its type, and take any number of samples with either."""
    if suits_matrices(network.sizes, batch):
        return new_matrix_work(network.sizes, dtype)
    n_units = int(network.sizes.sum())
    return Work(*(np.zeros(n_units, dtype) for _ in range(3)))


def parameter_count(sizes: Any) -> int:
    """Weights and biases of a network of these layer sizes."""
    return int(sum((int(n) + 1) * int(m) for n, m in pairwise(sizes)))


@kernel
def forward(network: Any, parameters: Any, inputs: Any, work: Any) -> None:
    """Answer one sample ``inputs`` (n_in,): mutates work.z and work.a; the answer ends work.a."""
    sizes = network.sizes
    n_layers = sizes.size - 1
    z, a = work.z, work.a
    for i in range(sizes[0]):
        z[i] = inputs[i]
        a[i] = inputs[i]
    here, offset = 0, 0
    for layer in range(n_layers):
        n_in, n_out = sizes[layer], sizes[layer + 1]
        after = here + n_in
        bias = offset + n_in * n_out
        for j in range(n_out):
            z[after + j] = parameters[bias + j]
        for i in range(n_in):
            x = a[here + i]
            row = offset + i * n_out
            for j in range(n_out):
                z[after + j] += x * parameters[row + j]
        below, above = z[after : after + n_out], a[after : after + n_out]
        if layer < n_layers - 1:
            activate(network.activations, network.kinds[layer], below, above)
        else:
            respond(network.output, below, above)
        here, offset = after, bias + n_out


@kernel
def backward(
    network: Any, parameters: Any, targets: Any, weight: Any, gradient: Any, work: Any
) -> Any:
    """Add ``weight`` times one sample's gradient to ``gradient`` (n_parameters,).

    ``work`` holds what ``forward`` left for that sample; ``targets`` is (n_out,). Mutates
    ``gradient`` and work.delta (dL/dz of each unit, times ``weight``; for the input units dL/da).
    Returns the sample's loss, not weighted.
    """
    sizes = network.sizes
    n_layers = sizes.size - 1
    z, a, delta = work.z, work.a, work.delta
    here = 0
    offset = 0
    for layer in range(n_layers - 1):
        here += sizes[layer]
        offset += (sizes[layer] + 1) * sizes[layer + 1]
    after = here + sizes[n_layers - 1]
    loss = compare(network.loss, network.output, z[after:], a[after:], targets, delta[after:])
    for j in range(after, delta.size):
        delta[j] *= weight
    for layer in range(n_layers - 1, -1, -1):
        n_in, n_out = sizes[layer], sizes[layer + 1]
        after = here + n_in
        bias = offset + n_in * n_out
        for j in range(n_out):
            gradient[bias + j] += delta[after + j]
        for i in range(n_in):
            x = a[here + i]
            row = offset + i * n_out
            wish = const(x, 0.0)
            for j in range(n_out):
                d = delta[after + j]
                gradient[row + j] += x * d
                wish += parameters[row + j] * d
            delta[here + i] = wish
        if layer > 0:
            kind = network.kinds[layer - 1]
            damp(network.activations, kind, z[here:after], a[here:after], delta[here:after])
            here -= sizes[layer - 1]
            offset -= (sizes[layer - 1] + 1) * n_in
    return loss


def sum_gradient(
    network: Any,
    parameters: Any,
    samples: Any,
    batch: Any,
    count: Any,
    gradient: Any,
    work: Any,
) -> Any:
    """The summed loss (float64) and right answers of batch[:count]; ``gradient`` is the mean's."""
    body = matrix_gradient if isinstance(work, MatrixWork) else _gradient_one_by_one
    return body(network, parameters, samples, batch, count, gradient, work)


def _gradient_one_by_one(
    network: Any,
    parameters: Any,
    samples: Any,
    batch: Any,
    count: Any,
    gradient: Any,
    work: Any,
) -> Any:
    for i in range(gradient.size):
        gradient[i] = 0.0
    total, right = 0.0, 0
    n_out = network.sizes[-1]
    weight = const(parameters[0], 1.0 / count)
    for k in range(count):
        sample = batch[k]
        targets = samples.targets[sample]
        forward(network, parameters, samples.inputs[sample], work)
        total += np.float64(backward(network, parameters, targets, weight, gradient, work))
        right += is_right(network.loss, work.a[-n_out:], targets)
    return total, right


@overload(sum_gradient, jit_options=OPTIONS, strict=False)
def _sum_gradient(
    network: Any,
    parameters: Any,
    samples: Any,
    batch: Any,
    count: Any,
    gradient: Any,
    work: Any,
) -> Any:
    return matrix_gradient if work.instance_class is MatrixWork else _gradient_one_by_one


def sum_losses(network: Any, parameters: Any, samples: Any, work: Any) -> Any:
    """The summed loss (float64) and right answers of all samples, from forward passes."""
    body = matrix_losses if isinstance(work, MatrixWork) else _losses_one_by_one
    return body(network, parameters, samples, work)


def _losses_one_by_one(network: Any, parameters: Any, samples: Any, work: Any) -> Any:
    n = samples.inputs.shape[0]
    n_out = network.sizes[-1]
    total, right = 0.0, 0
    for k in range(n):
        targets = samples.targets[k]
        forward(network, parameters, samples.inputs[k], work)
        answer = work.a[-n_out:]
        total += np.float64(
            compare(
                network.loss,
                network.output,
                work.z[-n_out:],
                answer,
                targets,
                work.delta[-n_out:],
            )
        )
        right += is_right(network.loss, answer, targets)
    return total, right


@overload(sum_losses, jit_options=OPTIONS, strict=False)
def _sum_losses(network: Any, parameters: Any, samples: Any, work: Any) -> Any:
    return matrix_losses if work.instance_class is MatrixWork else _losses_one_by_one


def fill_units(network: Any, parameters: Any, inputs: Any, units: Any, work: Any) -> None:
    """What ``respond_all`` does."""
    body = matrix_respond if isinstance(work, MatrixWork) else _respond_one_by_one
    body(network, parameters, inputs, units, work)


def _respond_one_by_one(network: Any, parameters: Any, inputs: Any, units: Any, work: Any) -> None:
    for k in range(inputs.shape[0]):
        forward(network, parameters, inputs[k], work)
        for j in range(units.shape[1]):
            units[k, j] = work.a[j]


@overload(fill_units, jit_options=OPTIONS, strict=False)
def _fill_units(network: Any, parameters: Any, inputs: Any, units: Any, work: Any) -> Any:
    return matrix_respond if work.instance_class is MatrixWork else _respond_one_by_one


@kernel
def batch_gradient(
    network: Any,
    parameters: Any,
    samples: Any,
    batch: Any,
    count: Any,
    gradient: Any,
    work: Any,
) -> Any:
    """Training loss and gradient: the average over the samples batch[:count] plus the penalty.

    Mutates ``gradient`` (overwritten) and ``work``. Returns (loss float64, samples answered right).
    The sum over samples runs in their order in ``batch``.
    """
    total, right = sum_gradient(network, parameters, samples, batch, count, gradient, work)
    cost = penalize(network.penalty, network.sizes, parameters, gradient)
    return total / count + cost, right


@kernel
def evaluate(network: Any, parameters: Any, samples: Any, work: Any) -> Any:
    """Mean loss (float64) and share of samples answered right; NaN, NaN over no samples.

    The penalty is not in it: this is how well the answers are, not what training minimises.
    Forward passes only. Mutates ``work``.
    """
    n = samples.inputs.shape[0]
    total, right = sum_losses(network, parameters, samples, work)
    return total / n, right / n


@kernel
def objective(network: Any, parameters: Any, samples: Any, work: Any) -> Any:
    """What training minimises, over all of ``samples``: mean loss plus penalty (float64).

    The loss of ``batch_gradient`` over the same samples, up to rounding, from forward passes only.
    Mutates ``work``.
    """
    cost = total_cost(network.penalty, network.sizes, parameters)
    return evaluate(network, parameters, samples, work)[0] + cost


@kernel
def respond_all(network: Any, parameters: Any, inputs: Any, units: Any, work: Any) -> None:
    """All units' activations for many samples: fills ``units`` (n_samples, n_units)."""
    fill_units(network, parameters, inputs, units, work)
