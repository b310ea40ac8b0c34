"""The slow, readable oracle: networks, losses and optimizers in plain NumPy and SciPy, float64.

Written from the formulas, with whole arrays and no sharing with the kernels. ``backward`` is not
here: gradients are compared with differences of these losses.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from scipy import special, stats

ACTIVATIONS = {
    "relu": lambda z: np.where(z > 0, z, 0.0),
    "leaky_relu": lambda z, negative_slope: np.where(z > 0, z, negative_slope * z),
    "tanh": np.tanh,
    "sigmoid": special.expit,
    "gelu": lambda z: z * stats.norm.cdf(z),
    "identity": lambda z: z,
}
OUTPUTS = {
    "softmax": lambda z: special.softmax(z, axis=-1),
    "sigmoid": special.expit,
    "identity": lambda z: z,
}


def unpack(parameters, sizes):
    """The weights (n_in, n_out) and bias (n_out,) of each layer of a flat vector."""
    found, offset = [], 0
    for n_in, n_out in pairwise(sizes):
        end = offset + n_in * n_out
        found.append((parameters[offset:end].reshape(n_in, n_out), parameters[end : end + n_out]))
        offset = end + n_out
    assert offset == len(parameters)
    return found


def forward(parameters, sizes, activations, output, inputs):
    """Pre-activations and activations of each layer, inputs first.

    ``activations`` holds (name, hyper-parameters) of each hidden layer.
    """
    zs, values = [inputs], [inputs]
    layers = unpack(parameters, sizes)
    for k, (weights, bias) in enumerate(layers):
        zs.append(values[-1] @ weights + bias)
        if k < len(layers) - 1:
            name, hypers = activations[k]
            values.append(ACTIVATIONS[name](zs[-1], **hypers))
        else:
            values.append(OUTPUTS[output](zs[-1]))
    return zs, values


def loss(name, output, z, p, targets):
    """Mean loss over samples, from the last layer's z and p."""
    if name == "mean_squared_error":
        return np.mean((p - targets) ** 2)
    if output == "softmax":
        return -np.mean(np.sum(targets * special.log_softmax(z, axis=-1), axis=-1))
    logs = targets * special.log_expit(z) + (1 - targets) * special.log_expit(-z)
    return -np.mean(logs)


def slope(function, x, h=1e-3):
    """Derivatives of ``function`` along every coordinate of ``x``, by central differences.

    Two step lengths and Richardson's extrapolation: the error is of order h⁴.
    """
    found = np.empty_like(x)
    for k in range(x.size):
        e = np.zeros_like(x)
        e[k] = 1.0
        wide = (function(x + h * e) - function(x - h * e)) / (2 * h)
        narrow = (function(x + h / 2 * e) - function(x - h / 2 * e)) / h
        found[k] = (4 * narrow - wide) / 3
    return found
