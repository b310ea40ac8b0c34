"""Sigmoid outputs, p_j = 1 / (1 + exp(-z_j)): one independent probability per output."""

from typing import Any, NamedTuple

from kernels.activations.sigmoid import logistic
from kernels.outputs import bend_back, catalog, pull_back, respond
from kernels.rules import const


class SigmoidOutput(NamedTuple):
    """No hyper-parameters."""


def _respond(item: Any, z: Any, p: Any) -> None:
    for j in range(z.size):
        p[j] = logistic(z[j])


def _pull_back(item: Any, z: Any, p: Any, delta: Any) -> None:
    for j in range(p.size):
        delta[j] *= p[j] * (const(p[j], 1.0) - p[j])


def _bend_back(item: Any, z: Any, p: Any, delta: Any, matrix: Any) -> None:
    for i in range(p.size):
        q = const(p[i], 1.0) - p[i]
        slope = p[i] * q
        matrix[i, i] = matrix[i, i] * slope * slope + delta[i] * slope * (q - p[i])
        delta[i] *= slope
        for j in range(i):
            matrix[i, j] = const(p[i], 0.0)
            matrix[j, i] = const(p[i], 0.0)


catalog.register(
    SigmoidOutput,
    "sigmoid",
    "one probability per output",
    rules={respond: _respond, pull_back: _pull_back, bend_back: _bend_back},
)
