"""The exact Hessian of the mean loss.

Differentiating backpropagation along the pre-activation z of one unit u gives, for every parameter
c of that layer and above, m_c = ∂(dL/dc)/∂z_u. A weight from unit k to u moves z_u by a_k and
nothing else, so its row of the Hessian is the sum over samples of a_k m (Bishop 1992, "Exact
calculation of the Hessian matrix for the multilayer perceptron", Neural Computation 4, has the same
sum unit by unit). One pass per unit and one product of matrices replace one pass per parameter.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from kernels.curvature import TILE, bend_outputs, linearize
from kernels.jit import kernel
from kernels.network import parameter_count

_RANK = 8  # samples that one pass over a row of the Hessian adds; divides TILE


def new_columns(network: Any, dtype: Any) -> tuple[np.ndarray, np.ndarray]:
    """Scratch of ``hessian_rows``: (n_parameters, TILE) and (TILE, n_parameters)."""
    n = parameter_count(network.sizes)
    return np.zeros((n, TILE), dtype), np.zeros((TILE, n), dtype)


@kernel
def _shift_unit(network: Any, parameters: Any, layer: Any, unit: Any, curve: Any) -> None:
    """dz, da and ddelta of layer ``layer`` (≥ 1) and those above, along z of its unit ``unit``."""
    sizes = network.sizes
    dz, da, ddelta = curve.dz, curve.da, curve.ddelta
    here, offset = 0, 0
    for below in range(layer):
        here += sizes[below]
        offset += (sizes[below] + 1) * sizes[below + 1]
    for j in range(sizes[layer]):
        for t in range(TILE):
            dz[here + j, t] = 0.0
            da[here + j, t] = 0.0
    for t in range(TILE):
        dz[here + unit, t] = 1.0
        da[here + unit, t] = curve.slope[here + unit, t]
    for above in range(layer, sizes.size - 1):
        n_in, n_out = sizes[above], sizes[above + 1]
        after = here + n_in
        # No other unit of its own layer moves.
        low, high = (unit, unit + 1) if above == layer else (0, n_in)
        for j in range(n_out):
            for t in range(TILE):
                dz[after + j, t] = 0.0
            for i in range(low, high):
                w = parameters[offset + i * n_out + j]
                for t in range(TILE):
                    dz[after + j, t] += w * da[here + i, t]
            for t in range(TILE):
                da[after + j, t] = curve.slope[after + j, t] * dz[after + j, t]
        here, offset = after, offset + (n_in + 1) * n_out
    bend_outputs(sizes[-1], curve)
    for above in range(sizes.size - 2, layer - 1, -1):
        n_in, n_out = sizes[above], sizes[above + 1]
        after = here
        here -= n_in
        offset -= (n_in + 1) * n_out
        for i in range(n_in):
            u = here + i
            for t in range(TILE):
                ddelta[u, t] = 0.0
            for j in range(n_out):
                w = parameters[offset + i * n_out + j]
                for t in range(TILE):
                    ddelta[u, t] += w * ddelta[after + j, t]
            for t in range(TILE):
                ddelta[u, t] = curve.slope[u, t] * ddelta[u, t] + curve.bend[u, t] * dz[u, t]


@kernel
def _columns(network: Any, layer: Any, curve: Any, columns: Any) -> None:
    """Change of the gradient of all parameters that lead to ``layer`` or higher, (n, TILE)."""
    sizes = network.sizes
    a, da, delta, ddelta = curve.a, curve.da, curve.delta, curve.ddelta
    here, c = 0, 0
    for below in range(layer - 1):
        here += sizes[below]
        c += (sizes[below] + 1) * sizes[below + 1]
    for under in range(layer - 1, sizes.size - 1):
        after = here + sizes[under]
        moved = under >= layer
        for i in range(here, after):
            for j in range(after, after + sizes[under + 1]):
                if moved:
                    for t in range(TILE):
                        columns[c, t] = a[i, t] * ddelta[j, t] + da[i, t] * delta[j, t]
                else:
                    for t in range(TILE):
                        columns[c, t] = a[i, t] * ddelta[j, t]
                c += 1
        for j in range(after, after + sizes[under + 1]):
            for t in range(TILE):
                columns[c, t] = ddelta[j, t]
            c += 1
        here = after


@kernel
def _transpose(columns: Any, first: Any, rows: Any) -> None:
    """rows[t, c] = columns[c, t] for c from ``first`` on."""
    for t in range(TILE):
        for c in range(first, columns.shape[0]):
            rows[t, c] = columns[c, t]


@kernel
def _add_row(rows: Any, a: Any, t: Any, first: Any, out: Any) -> None:
    """out[c] += Σ_k a[t + k] rows[t + k, c] over ``_RANK`` samples, for c from ``first`` on."""
    a0, a1, a2, a3 = a[t], a[t + 1], a[t + 2], a[t + 3]
    a4, a5, a6, a7 = a[t + 4], a[t + 5], a[t + 6], a[t + 7]
    for c in range(first, out.size):
        low = a0 * rows[t, c] + a1 * rows[t + 1, c] + a2 * rows[t + 2, c] + a3 * rows[t + 3, c]
        high = a4 * rows[t + 4, c] + a5 * rows[t + 5, c] + a6 * rows[t + 6, c] + a7 * rows[t + 7, c]
        out[c] += low + high


@kernel
def hessian_rows(
    network: Any,
    parameters: Any,
    samples: Any,
    first: Any,
    last: Any,
    curve: Any,
    columns: Any,
    rows: Any,
    out: Any,
) -> None:
    """Rows of the Hessian of the mean loss: the upper triangle, for ``mirror`` to complete.

    The rows of the weights and biases that lead to the units first … last-1, counted from the
    first hidden unit. Mutates these rows of ``out`` (n_parameters, n_parameters) and the scratch
    ``curve`` (new_curve), ``columns``, ``rows`` (new_columns). Every row is summed in the order of
    the samples, whatever the other rows, so that threads may share the units out.
    """
    sizes = network.sizes
    for start in range(0, samples.inputs.shape[0], TILE):
        linearize(network, parameters, samples, start, curve)
        here, offset, number = 0, 0, 0
        for layer in range(1, sizes.size):
            n_in, n_out = sizes[layer - 1], sizes[layer]
            for unit in range(n_out):
                if first <= number < last:
                    _shift_unit(network, parameters, layer, unit, curve)
                    _columns(network, layer, curve, columns)
                    _transpose(columns, offset, rows)
                    if start == 0:
                        for k in range(n_in + 1):
                            out[offset + k * n_out + unit] = 0.0
                    for t in range(0, TILE, _RANK):
                        for k in range(n_in):
                            left = offset + k * n_out
                            _add_row(rows, curve.a[here + k], t, left, out[left + unit])
                        left = offset + n_in * n_out
                        _add_row(rows, curve.ones, t, left, out[left + unit])
                number += 1
            here, offset = here + n_in, offset + (n_in + 1) * n_out


@kernel
def mirror(matrix: Any) -> None:
    """Copy the upper triangle of ``matrix`` (n, n) onto the lower one, in place."""
    n = matrix.shape[0]
    for low in range(0, n, 32):
        for left in range(0, low + 1, 32):
            for i in range(low, min(low + 32, n)):
                for j in range(left, min(left + 32, i)):
                    matrix[i, j] = matrix[j, i]
