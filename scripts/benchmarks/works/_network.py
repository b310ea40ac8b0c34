"""What the works on 16-6-6-2 networks share: the data, the starts, and the reference in NumPy."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

SIZES = (16, 6, 6, 2)
COUNT = sum((n + 1) * m for n, m in pairwise(SIZES))


def samples(n: int | None = None) -> tuple[np.ndarray, np.ndarray]:
    """The first ``n`` training samples of the tutorial (4×4 images of zeros and ones), float32."""
    import workbench as wb
    from workbench.model import load_data

    train = load_data(wb.Experiment.preset("tutorial")).train
    inputs, targets = train.inputs[:n], train.targets[:n]
    if n is not None and len(inputs) < n:
        raise ValueError(f"the tutorial has only {len(inputs)} samples")
    return np.ascontiguousarray(inputs, np.float32), np.ascontiguousarray(targets, np.float32)


def starts(n: int, seed: int = 0) -> np.ndarray:
    """The starting points 0 … n-1 of the initializer he_normal, (n, 158), float32."""
    from kernels import initializers

    item = initializers.catalog.get("he_normal").make()
    sizes, found = np.array(SIZES), np.empty((n, COUNT))
    for k, row in enumerate(found):
        initializers.initialize(item, sizes, seed, k, row)
    return found.astype(np.float32)


def split(parameters):
    """Weights (…, n_in, n_out) and bias (…, n_out) of each layer of flat vectors (…, 158); works
    on the arrays of any library."""
    found, offset = [], 0
    for n_in, n_out in pairwise(SIZES):
        end = offset + n_in * n_out
        weights = parameters[..., offset:end].reshape((*parameters.shape[:-1], n_in, n_out))
        found.append((weights, parameters[..., end : end + n_out]))
        offset = end + n_out
    return found


def loss_and_gradient(parameters, inputs, targets):
    """Mean loss (n,) and gradient (n, 158) of n networks over the samples, in float64."""
    layers = split(np.asarray(parameters, np.float64))
    values = [np.broadcast_to(np.asarray(inputs, np.float64), (len(parameters), *inputs.shape))]
    for k, (weights, bias) in enumerate(layers):
        z = values[-1] @ weights + bias[:, None]
        values.append(np.maximum(z, 0.0) if k < len(layers) - 1 else z)
    p = np.exp(values[-1] - values[-1].max(-1, keepdims=True))
    p /= p.sum(-1, keepdims=True)
    apart = p - targets
    losses = np.mean(apart**2, axis=(1, 2))
    delta = 2.0 * apart / apart[0].size
    delta = p * (delta - np.sum(delta * p, -1, keepdims=True))
    found = []
    for k in range(len(layers) - 1, -1, -1):
        below = values[k]
        weights = layers[k][0]
        found[:0] = [
            (below.transpose(0, 2, 1) @ delta).reshape(len(weights), -1),
            delta.sum(1),
        ]
        delta = (delta @ weights.transpose(0, 2, 1)) * (below > 0.0)
    return losses, np.concatenate(found, axis=1)
