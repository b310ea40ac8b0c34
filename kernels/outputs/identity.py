"""Identity outputs, p = z: for regression, and for watching a network diverge."""

from typing import Any, NamedTuple

from kernels.outputs import bend_back, catalog, pull_back, respond
from kernels.rules import const


class IdentityOutput(NamedTuple):
    """No hyper-parameters."""


def _respond(item: Any, z: Any, p: Any) -> None:
    for j in range(z.size):
        p[j] = z[j]


def _pull_back(item: Any, z: Any, p: Any, delta: Any) -> None:
    pass


def _bend_back(item: Any, z: Any, p: Any, delta: Any, matrix: Any) -> None:
    for i in range(z.size):
        for j in range(i):
            matrix[i, j] = const(z[0], 0.0)
            matrix[j, i] = const(z[0], 0.0)


catalog.register(
    IdentityOutput,
    "identity",
    "the last layer's values themselves",
    rules={respond: _respond, pull_back: _pull_back, bend_back: _bend_back},
    aliases=("linear",),
)
