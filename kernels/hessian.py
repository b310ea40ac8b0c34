"""The exact Hessian of the training loss.

Differentiating backpropagation along the pre-activation z of one unit u gives, for every parameter
c of that layer and above, m_c = ∂(dL/dc)/∂z_u. A weight from unit k to u moves z_u by a_k and
nothing else, so its row of the Hessian is the sum over samples of a_k m (Bishop 1992, "Exact
calculation of the Hessian matrix for the multilayer perceptron", Neural Computation 4, has the same
sum unit by unit). One pass per unit and one product of matrices replace one pass per parameter.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from kernels.curvature import backward, bend_outputs, bend_penalty, linearize
from kernels.jit import exact_kernel
from kernels.lanes import fma, load, store, width_of
from kernels.network import parameter_count
from kernels.rules import const

_BLOCK = 4  # rows of the Hessian whose sums are held in registers


class Panels(NamedTuple):
    """Caller-owned scratch, of one dtype; n_padded is n_parameters, rounded up to panels.

    ``columns`` (n_parameters, tile): the gradient's change along one unit, samples in lanes.
    ``rows`` (tile, n_padded): the same with parameters in lanes. ``left`` (n, tile): one layer's a,
    a row of ones for the bias, then zeros. ``upper`` (n_parameters, n_padded): the result.
    """

    columns: Any
    rows: Any
    left: Any
    upper: Any


def panel_width(dtype: Any) -> tuple[None, ...]:
    """The ``panel`` of ``hessian_rows``: parameters that fill two registers."""
    return width_of(dtype, 2)


def new_panels(network: Any, dtype: Any, width: Any, panel: Any) -> Panels:
    """Scratch of ``hessian_rows``."""
    n, tile = parameter_count(network.sizes), len(width)
    padded = -(-n // len(panel)) * len(panel)
    left = np.zeros((int(network.sizes[:-1].max()) + 1 + _BLOCK, tile), dtype)
    rows = np.zeros((tile, padded), dtype)
    return Panels(np.zeros((n, tile), dtype), rows, left, np.zeros((n, padded), dtype))


@exact_kernel
def _shift_unit(sizes: Any, parameters: Any, layer: Any, unit: Any, width: Any, curve: Any) -> None:
    """dz, da and ddelta of layer ``layer`` (≥ 1) and those above, along z of its unit ``unit``."""
    dz, da, ddelta = curve.dz, curve.da, curve.ddelta
    here, offset = 0, 0
    for below in range(layer):
        here += sizes[below]
        offset += (sizes[below] + 1) * sizes[below + 1]
    for j in range(sizes[layer]):
        still = const(load(curve.a, 0, width), 0.0)
        store(dz, here + j, still)
        store(da, here + j, still)
    store(dz, here + unit, const(load(curve.a, 0, width), 1.0))
    store(da, here + unit, load(curve.slope, here + unit, width))
    for above in range(layer, sizes.size - 1):
        n_in, n_out = sizes[above], sizes[above + 1]
        after = here + n_in
        # No other unit of its own layer moves.
        low, high = (unit, unit + 1) if above == layer else (0, n_in)
        for j in range(n_out):
            d = parameters[offset + low * n_out + j] * load(da, here + low, width)
            for i in range(low + 1, high):
                d += parameters[offset + i * n_out + j] * load(da, here + i, width)
            store(dz, after + j, d)
            store(da, after + j, d * load(curve.slope, after + j, width))
        here, offset = after, offset + (n_in + 1) * n_out
    bend_outputs(sizes[-1], width, curve)
    for above in range(sizes.size - 2, layer - 1, -1):
        n_in, n_out = sizes[above], sizes[above + 1]
        after = here
        here -= n_in
        offset -= (n_in + 1) * n_out
        for i in range(n_in):
            u = here + i
            d = parameters[offset + i * n_out] * load(ddelta, after, width)
            for j in range(1, n_out):
                d += parameters[offset + i * n_out + j] * load(ddelta, after + j, width)
            d = d * load(curve.slope, u, width) + load(curve.bend, u, width) * load(dz, u, width)
            store(ddelta, u, d)


@exact_kernel
def _fill_columns(sizes: Any, layer: Any, width: Any, curve: Any, columns: Any) -> None:
    """The gradient's change, for the parameters that lead to ``layer`` or higher."""
    delta, ddelta = curve.delta, curve.ddelta
    here, c = 0, 0
    for below in range(layer - 1):
        here += sizes[below]
        c += (sizes[below] + 1) * sizes[below + 1]
    for under in range(layer - 1, sizes.size - 1):
        after = here + sizes[under]
        top = after + sizes[under + 1]
        for i in range(here, after):
            x = load(curve.a, i, width)
            if under < layer:  # below the unit, nothing moves
                for j in range(after, top):
                    store(columns, c, x * load(ddelta, j, width))
                    c += 1
            else:
                dx = load(curve.da, i, width)
                for j in range(after, top):
                    change = x * load(ddelta, j, width)
                    store(columns, c, fma(dx, load(delta, j, width), change))
                    c += 1
        for j in range(after, top):
            store(columns, c, load(ddelta, j, width))
            c += 1
        here = after


@exact_kernel
def _transpose(columns: Any, first: Any, rows: Any) -> None:
    """rows[t, c] = columns[c, t] for c from ``first`` on."""
    n, tile = columns.shape
    for c in range(first, n):
        for t in range(tile):
            rows[t, c] = columns[c, t]


@exact_kernel
def _fill_left(curve: Any, here: Any, n_in: Any, left: Any) -> None:
    """What the weights from the units here … here+n_in-1 and a bias multiply."""
    for t in range(left.shape[1]):
        for k in range(n_in):
            left[k, t] = curve.a[here + k, t]
        left[n_in, t] = 1.0
        for k in range(n_in + 1, n_in + 1 + _BLOCK):
            left[k, t] = 0.0


@exact_kernel
def _add_block(left: Any, k: Any, rows: Any, panel: Any, first: Any, places: Any, out: Any) -> None:
    """out[places[r]] += Σ_t left[k + r, t] rows[t] for r < 4, from panel ``first`` on.

    Rows of ``out`` beyond ``places`` are left out: ``places`` is (row of r = 0, stride, count).
    """
    tile = left.shape[1]
    width = len(panel)
    panels = rows.shape[1] // width
    row, stride, count = places
    for b in range(first, panels):
        x = load(rows, b, panel)
        s0, s1 = left[k, 0] * x, left[k + 1, 0] * x
        s2, s3 = left[k + 2, 0] * x, left[k + 3, 0] * x
        for t in range(1, tile):
            x = load(rows, t * panels + b, panel)
            s0 = fma(left[k, t], x, s0)
            s1 = fma(left[k + 1, t], x, s1)
            s2 = fma(left[k + 2, t], x, s2)
            s3 = fma(left[k + 3, t], x, s3)
        at = row * panels + b
        step = stride * panels
        store(out, at, load(out, at, panel) + s0)
        if count > 1:
            store(out, at + step, load(out, at + step, panel) + s1)
        if count > 2:
            store(out, at + 2 * step, load(out, at + 2 * step, panel) + s2)
        if count > 3:
            store(out, at + 3 * step, load(out, at + 3 * step, panel) + s3)


@exact_kernel
def add_rows(
    sizes: Any, parameters: Any, units: Any, width: Any, panel: Any, curve: Any, panels: Any
) -> None:
    """Add the tile that ``linearize`` left in ``curve`` to rows of panels.upper.

    The rows of the weights and biases that lead to the units units[0] … units[1]-1, counted from
    the first hidden unit, in the upper triangle. Mutates ``curve`` and ``panels``.
    """
    backward(sizes, parameters, width, curve)
    here, offset, number = 0, 0, 0
    for layer in range(1, sizes.size):
        n_in, n_out = sizes[layer - 1], sizes[layer]
        _fill_left(curve, here, n_in, panels.left)
        for unit in range(n_out):
            if units[0] <= number < units[1]:
                _shift_unit(sizes, parameters, layer, unit, width, curve)
                _fill_columns(sizes, layer, width, curve, panels.columns)
                _transpose(panels.columns, offset, panels.rows)
                for k in range(0, n_in + 1, _BLOCK):
                    first = (offset + k * n_out) // len(panel)
                    places = (offset + k * n_out + unit, n_out, n_in + 1 - k)
                    _add_block(panels.left, k, panels.rows, panel, first, places, panels.upper)
            number += 1
        here, offset = here + n_in, offset + (n_in + 1) * n_out


def hessian_rows(
    network: Any,
    parameters: Any,
    samples: Any,
    units: Any,
    width: Any,
    panel: Any,
    curve: Any,
    panels: Any,
) -> None:
    """Rows of the upper triangle of the Hessian of the mean loss, without penalty.

    The rows of the weights and biases that lead to the units units[0] … units[1]-1, counted from
    the first hidden unit. Adds to these rows of panels.upper and mutates the rest of ``panels``
    (new_panels) and ``curve`` (new_curve). Every row is summed in the order of the samples,
    whatever the other rows, so threads may share the units out. ``complete`` makes the matrix.
    """
    for start in range(0, samples.inputs.shape[0], len(width)):
        linearize(network, parameters, samples, start, width, curve)
        add_rows(network.sizes, parameters, units, width, panel, curve, panels)


@exact_kernel
def _mirror(upper: Any, diagonal: Any, out: Any) -> None:
    """``out`` = the upper triangle of ``upper``, on both sides, plus ``diagonal``."""
    n = out.shape[0]
    for low in range(0, n, 32):
        for left in range(low, n, 32):
            for i in range(low, min(low + 32, n)):
                for j in range(max(left, i), min(left + 32, n)):
                    out[i, j] = upper[i, j]
                    out[j, i] = upper[i, j]
    for k in range(n):
        out[k, k] += diagonal[k]


def complete(network: Any, parameters: Any, diagonal: Any, upper: Any, out: Any) -> None:
    """Fill ``out`` (n, n), of any float type, from ``upper`` (n, ≥ n), and add the penalty's part.

    Mutates ``out`` and the scratch ``diagonal`` (n,).
    """
    bend_penalty(network.penalty, network.sizes, parameters, diagonal)
    _mirror(upper, diagonal, out)
