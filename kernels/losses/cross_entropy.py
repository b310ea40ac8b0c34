"""Cross-entropy, computed from the pre-activations so that no logarithm of zero is ever taken.

With softmax: Σ_j t_j (log Σ_k exp z_k - z_j), averaged over samples; dL/dz = p Σ_j t_j - t.
With sigmoid: -(t log p + (1 - t) log(1 - p)), averaged over outputs and samples;
dL/dz = (p - t) / n_out. Bishop 2006, "Pattern Recognition and Machine Learning", eqs. 4.90, 4.108.
"""

from typing import Any, NamedTuple

import numpy as np

from kernels.losses import catalog, fuse
from kernels.outputs.sigmoid import SigmoidOutput
from kernels.outputs.softmax import Softmax
from kernels.rules import const


class CrossEntropy(NamedTuple):
    """No hyper-parameters."""


def _with_softmax(loss: Any, output: Any, z: Any, p: Any, t: Any, delta: Any) -> Any:
    largest = z[0]
    for j in range(1, z.size):
        largest = max(largest, z[j])
    total = const(largest, 0.0)
    mass = const(largest, 0.0)
    for j in range(z.size):
        total += np.exp(z[j] - largest)
        mass += t[j]
    log_total = np.log(total)
    entropy = const(largest, 0.0)
    for j in range(z.size):
        entropy += t[j] * (log_total - (z[j] - largest))
        delta[j] = p[j] * mass - t[j]
    return entropy


def with_sigmoid(loss: Any, output: Any, z: Any, p: Any, t: Any, delta: Any) -> Any:
    """Fused loss and dL/dz, as in ``kernels.losses.compare``."""
    entropy = const(z[0], 0.0)
    for j in range(z.size):
        # log(1 + exp z) - t z, without overflow for either sign of z
        entropy += max(z[j], const(z[j], 0.0)) - t[j] * z[j] + np.log1p(np.exp(-np.abs(z[j])))
        delta[j] = (p[j] - t[j]) / const(z[j], z.size)
    return entropy / const(z[0], z.size)


def _bend_with_softmax(
    loss: Any, output: Any, z: Any, p: Any, t: Any, delta: Any, matrix: Any
) -> None:
    mass = const(z[0], 0.0)
    for j in range(z.size):
        mass += t[j]
    for i in range(z.size):
        matrix[i, i] = mass * p[i] * (const(p[i], 1.0) - p[i])
        for j in range(i):
            matrix[i, j] = -mass * p[i] * p[j]
            matrix[j, i] = matrix[i, j]


def bend_with_sigmoid(
    loss: Any, output: Any, z: Any, p: Any, t: Any, delta: Any, matrix: Any
) -> None:
    """Fused d²L/dz², as in ``kernels.losses.bend_loss``."""
    for i in range(z.size):
        matrix[i, i] = p[i] * (const(p[i], 1.0) - p[i]) / const(p[i], z.size)
        for j in range(i):
            matrix[i, j] = const(p[i], 0.0)
            matrix[j, i] = const(p[i], 0.0)


catalog.register(
    CrossEntropy,
    "cross_entropy",
    "minus the log-likelihood of the targets; needs softmax or sigmoid outputs",
    accepts=("softmax", "sigmoid"),
)
fuse(CrossEntropy, Softmax, _with_softmax, _bend_with_softmax)
fuse(CrossEntropy, SigmoidOutput, with_sigmoid, bend_with_sigmoid)
