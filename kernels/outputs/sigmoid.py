"""Sigmoid outputs, p_j = 1 / (1 + exp(-z_j)): one independent probability per output."""

from typing import Any, NamedTuple

from kernels.activations.sigmoid import logistic
from kernels.outputs import catalog, pull_back, respond
from kernels.rules import const


class SigmoidOutput(NamedTuple):
    """No hyper-parameters."""


def _respond(item: Any, z: Any, p: Any) -> None:
    for j in range(z.size):
        p[j] = logistic(z[j])


def _pull_back(item: Any, z: Any, p: Any, delta: Any) -> None:
    for j in range(p.size):
        delta[j] *= p[j] * (const(p[j], 1.0) - p[j])


catalog.register(
    SigmoidOutput,
    "sigmoid",
    "one probability per output",
    rules={respond: _respond, pull_back: _pull_back},
)
