"""Forward and backward pass of many samples, or of large layers, as matrix products.

The products are BLAS's (through SciPy, as Numba's own), with as many threads as it is set to use.
A product is cut along the sum so that no piece is longer than SPAN: within a piece BLAS libraries
add the terms in their order, and how they share the rest among threads changes no result.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.np.linalg import ensure_blas

from kernels.jit import kernel, load_blas
from kernels.lanes import array_data, compiled
from kernels.losses import compare, is_right
from kernels.outputs import respond
from kernels.rules import const
from kernels.units import activate, damp

ROWS = 256
SPAN = 256
# From this many samples on, or weights in one layer, a call of BLAS costs less than it saves.
LEAST_SAMPLES = 8
LEAST_WEIGHTS = 2048


class MatrixWork(NamedTuple):
    """Caller-owned scratch for ROWS samples: z, a and delta, each (ROWS * n_units,), inputs first;
    each layer's part is a matrix (samples, units). ``which``: int64 (ROWS,)."""

    z: Any
    a: Any
    delta: Any
    which: Any


def product(
    a: Any, a_place: Any, b: Any, b_place: Any, beta: Any, c: Any, c_place: Any, shape: Any
) -> None:
    """C = A B + beta C, of matrices in rows; mutates ``c``.

    ``a``, ``b`` and ``c`` are vectors of one dtype. ``a_place`` and ``b_place`` are (index of the
    first element, distance between rows, 1 where the transpose is meant, else 0); ``c_place`` is
    (first, distance). ``shape`` is (rows of C, columns of C, terms of a sum).
    """
    rows, columns, terms = shape

    def matrix(vector: Any, place: Any, height: Any, width: Any) -> Any:
        first, stride = place[0], place[1] * vector.itemsize
        strides = (stride, vector.itemsize)
        return np.lib.stride_tricks.as_strided(vector[first:], (height, width), strides)

    left = matrix(a, a_place, terms, rows).T if a_place[2] else matrix(a, a_place, rows, terms)
    right = (
        matrix(b, b_place, columns, terms).T if b_place[2] else matrix(b, b_place, terms, columns)
    )
    out = matrix(c, c_place, rows, columns)
    out[:] = left @ right + (beta * out if beta else 0.0)


def _gemm_arguments(byte: Any, size: Any, pointer: Any) -> list[Any]:
    """LLVM types: kind, two letters, m, n, k, alpha, A, lda, B, ldb, beta, C, ldc."""
    operands = [pointer, pointer, size, pointer, size, pointer, pointer, size]
    return [byte] * 3 + [size] * 3 + operands


@compiled(product)
def _product(
    a: Any, a_place: Any, b: Any, b_place: Any, beta: Any, c: Any, c_place: Any, shape: Any
) -> Any:
    ensure_blas()
    numbers, pair = types.UniTuple(types.intp, 3), types.UniTuple(types.intp, 2)

    def write(context: Any, builder: Any, arguments: Any) -> Any:
        number = context.get_value_type(c.dtype)
        size, byte = ir.IntType(64), ir.IntType(8)
        pointer = byte.as_pointer()

        def element(kind: Any, array: Any, index: Any) -> Any:
            data = array_data(context, builder, kind, array)
            return builder.bitcast(builder.gep(data, [index], inbounds=True), pointer)

        def matrix(kind: Any, array: Any, place: Any) -> tuple[Any, Any, Any]:
            first, stride, flipped = (builder.extract_value(place, k) for k in range(3))
            straight = builder.icmp_signed("==", flipped, size(0))
            letter = builder.select(straight, byte(ord("n")), byte(ord("t")))
            return element(kind, array, first), stride, letter

        def held(value: Any) -> Any:
            memory = cgutils.alloca_once(builder, number)
            builder.store(value, memory)
            return builder.bitcast(memory, pointer)

        left, left_stride, left_letter = matrix(a, arguments[0], arguments[1])
        right, right_stride, right_letter = matrix(b, arguments[2], arguments[3])
        out_place = [builder.extract_value(arguments[6], k) for k in range(2)]
        rows, columns, terms = (builder.extract_value(arguments[7], k) for k in range(3))
        function = cgutils.get_or_insert_function(
            builder.module,
            ir.FunctionType(
                ir.IntType(32),
                _gemm_arguments(byte, size, pointer),
            ),
            "numba_xxgemm",
        )
        # BLAS counts by columns: it is told of the transposes, whose product is B' A'.
        builder.call(
            function,
            [
                byte(ord("s" if c.dtype == types.float32 else "d")),
                right_letter,
                left_letter,
                columns,
                rows,
                terms,
                held(ir.Constant(number, 1.0)),
                right,
                right_stride,
                left,
                left_stride,
                held(context.cast(builder, arguments[4], beta, c.dtype)),
                element(c, arguments[5], out_place[0]),
                out_place[1],
            ],
        )
        return context.get_dummy_value()

    return types.void(a, numbers, b, numbers, types.float64, c, pair, numbers), write


def suits_matrices(sizes: Any, batch: int) -> bool:
    """Whether the kernels of this module are the faster ones for a network of these layer sizes
    that sees ``batch`` samples at a time."""
    largest = max(int(n) * int(m) for n, m in pairwise(sizes))
    return batch >= LEAST_SAMPLES or largest >= LEAST_WEIGHTS


def new_matrix_work(sizes: Any, dtype: Any) -> MatrixWork:
    """Scratch for a network of these layer sizes."""
    load_blas()
    z, a, delta = (np.zeros(ROWS * int(np.sum(sizes)), dtype) for _ in range(3))
    return MatrixWork(z, a, delta, np.zeros(ROWS, np.int64))


@kernel
def piece(terms: Any) -> Any:
    """The length of the equal pieces, none above SPAN, that a sum of ``terms`` is cut into."""
    pieces = (terms + SPAN - 1) // SPAN
    return (terms + pieces - 1) // pieces


@kernel
def matrix_forward(network: Any, p: Any, count: Any, work: Any) -> None:
    """Answer the ``count`` samples whose inputs stand in work.a: mutates work.z and work.a."""
    sizes = network.sizes
    n_layers = sizes.size - 1
    here, offset = 0, 0
    for layer in range(n_layers):
        n_in, n_out = sizes[layer], sizes[layer + 1]
        after, bias = here + ROWS * n_in, offset + n_in * n_out
        end = after + count * n_out
        span = piece(n_in)
        for first in range(0, n_in, span):
            terms = min(span, n_in - first)
            product(
                work.a,
                (here + first, n_in, 0),
                p,
                (offset + first * n_out, n_out, 0),
                0.0 if first == 0 else 1.0,
                work.z,
                (after, n_out),
                (count, n_out, terms),
            )
        for start in range(after, end, n_out):
            for j in range(n_out):
                work.z[start + j] += p[bias + j]
        if layer < n_layers - 1:
            activate(
                network.activations, network.kinds[layer], work.z[after:end], work.a[after:end]
            )
        else:
            for start in range(after, end, n_out):
                stop = start + n_out
                respond(network.output, work.z[start:stop], work.a[start:stop])
        here, offset = after, bias + n_out


@kernel
def matrix_compare(network: Any, targets: Any, which: Any, count: Any, work: Any) -> Any:
    """Summed loss (float64) and right answers of the samples that ``matrix_forward`` answered.

    ``which`` (≥ count,) are their places in ``targets`` (n, n_out). Mutates work.delta, the
    outputs' dL/dz.
    """
    n_out = network.sizes[-1]
    start = work.z.size - ROWS * n_out
    total, right = 0.0, 0
    for k in range(count):
        stop = start + n_out
        wanted = targets[which[k]]
        answer = work.a[start:stop]
        loss = compare(
            network.loss, network.output, work.z[start:stop], answer, wanted, work.delta[start:stop]
        )
        total += np.float64(loss)
        right += is_right(network.loss, answer, wanted)
        start = stop
    return total, right


@kernel
def matrix_backward(network: Any, p: Any, count: Any, beta: Any, gradient: Any, work: Any) -> None:
    """``gradient`` times ``beta`` (0 or 1) plus the gradients of the samples in ``work``, whose
    outputs' delta is there. Mutates ``gradient`` and work.delta."""
    sizes = network.sizes
    after, offset = work.z.size, p.size
    above = after - ROWS * sizes[-1]
    for layer in range(sizes.size - 2, -1, -1):
        n_in, n_out = sizes[layer], sizes[layer + 1]
        bias = offset - n_out
        offset = bias - n_in * n_out
        here = above - ROWS * n_in
        product(
            work.a,
            (here, n_in, 1),
            work.delta,
            (above, n_out, 0),
            beta,
            gradient,
            (offset, n_out),
            (n_in, n_out, count),
        )
        if beta == 0.0:
            for j in range(n_out):
                gradient[bias + j] = 0.0
        for start in range(above, above + count * n_out, n_out):
            for j in range(n_out):
                gradient[bias + j] += work.delta[start + j]
        if layer > 0:
            span = piece(n_out)
            for first in range(0, n_out, span):
                terms = min(span, n_out - first)
                product(
                    work.delta,
                    (above + first, n_out, 0),
                    p,
                    (offset + first, n_out, 1),
                    0.0 if first == 0 else 1.0,
                    work.delta,
                    (here, n_in),
                    (count, n_in, terms),
                )
            end = here + count * n_in
            kind = network.kinds[layer - 1]
            z, a = work.z[here:end], work.a[here:end]
            damp(network.activations, kind, z, a, work.delta[here:end])
        above = here


def matrix_gradient(
    network: Any, p: Any, samples: Any, batch: Any, count: Any, gradient: Any, work: Any
) -> Any:
    """Summed loss (float64) and right answers of the samples batch[:count]; ``gradient`` is
    overwritten with that of their mean loss. Mutates ``work``."""
    n_in, n_out = network.sizes[0], network.sizes[-1]
    weight = const(p[0], 1.0 / count)
    total, right = 0.0, 0
    for first in range(0, count, ROWS):
        rows = min(ROWS, count - first)
        for k in range(rows):
            sample = batch[first + k]
            for i in range(n_in):
                work.a[k * n_in + i] = samples.inputs[sample, i]
        matrix_forward(network, p, rows, work)
        loss, hits = matrix_compare(network, samples.targets, batch[first:], rows, work)
        total += loss
        right += hits
        start = work.z.size - ROWS * n_out
        for j in range(start, start + rows * n_out):
            work.delta[j] *= weight
        matrix_backward(network, p, rows, 0.0 if first == 0 else 1.0, gradient, work)
    return total, right


def matrix_losses(network: Any, p: Any, samples: Any, work: Any) -> Any:
    """Summed loss (float64) and right answers of all samples. Mutates ``work``."""
    n, n_in = samples.inputs.shape
    total, right = 0.0, 0
    for first in range(0, n, ROWS):
        rows = min(ROWS, n - first)
        for k in range(rows):
            for i in range(n_in):
                work.a[k * n_in + i] = samples.inputs[first + k, i]
        matrix_forward(network, p, rows, work)
        which = work.which
        for k in range(rows):
            which[k] = first + k
        loss, hits = matrix_compare(network, samples.targets, which, rows, work)
        total += loss
        right += hits
    return total, right


def matrix_respond(network: Any, p: Any, inputs: Any, units: Any, work: Any) -> None:
    """All units' activations for many samples: fills ``units`` (n_samples, n_units)."""
    n, n_in = inputs.shape
    for first in range(0, n, ROWS):
        rows = min(ROWS, n - first)
        for k in range(rows):
            for i in range(n_in):
                work.a[k * n_in + i] = inputs[first + k, i]
        matrix_forward(network, p, rows, work)
        here, column = 0, 0
        for size in network.sizes:
            for k in range(rows):
                for j in range(size):
                    units[first + k, column + j] = work.a[here + k * size + j]
            here += ROWS * size
            column += size
