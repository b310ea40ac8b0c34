"""The products of a layer's matrices, for a tile of networks: loops written in LLVM's language.

Four functions, each with its plain twin for when the compiler is off. Their inner loops hold a
block of sums in registers, of several samples or units by several columns, so that each vector
loaded serves several fused multiply-adds; a cheap activation is applied before they leave them. How
a product is cut into blocks changes no result: every sum runs over its terms in their order.

A tile's parameters and gradient are (n_parameters, width), as kernels.network orders them; units
are (n_units, STRIDE, width), samples of each unit side by side; the index of a unit counts from the
first hidden one. ``Shared`` inputs are numbers (n_samples, n_in).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llvmlite import ir

from kernels.activations import slope, value
from kernels.lanes import compiled
from kernels.lanes.loops import STRIDE, Inputs, Loops, Shared, answer_of, apart, slope_of
from kernels.rules import reads


def _value(x: Any, first: Any, unit: Any, sample: Any) -> Any:
    """The value of a layer's input ``unit`` for a block's ``sample``."""
    if isinstance(x, Shared):
        return x.array[first + sample, unit]
    return x.array[first + unit, sample, 0]


def forward_layer(
    x: Any,
    first: Any,
    p: Any,
    offset: Any,
    n_in: Any,
    n_out: Any,
    z: Any,
    above: Any,
    count: Any,
    width: Any,
) -> None:
    """z[above + j, s] = bias_j + Σ_i x[i, s] w_ij for ``count`` samples s; mutates ``z``.

    ``first``: of ``Own`` units the index of the first, of ``Shared`` inputs the first sample.
    ``offset`` is the place of the layer's weights in ``p``.
    """
    for s in range(count):
        for j in range(n_out):
            total = p[offset + n_in * n_out + j, 0]
            for i in range(n_in):
                total += _value(x, first, i, s) * p[offset + i * n_out + j, 0]
            z[above + j, s, 0] = total


def hidden_layer(
    item: Any,
    x: Any,
    first: Any,
    p: Any,
    offset: Any,
    n_in: Any,
    n_out: Any,
    a: Any,
    slopes: Any,
    above: Any,
    count: Any,
    width: Any,
) -> None:
    """a = f(z) and, unless a tells them, slopes = f'(z), with z of ``forward_layer`` and f the
    activation ``item``.

    Mutates ``a`` and ``slopes``, both at [above + j, s].
    """
    forward_layer(x, first, p, offset, n_in, n_out, a, above, count, width)
    for j in range(above, above + n_out):
        for s in range(count):
            z = a[j, s, 0]
            a[j, s, 0] = value(item, z)
            if not _is_told(type(item)):
                slopes[j, s, 0] = slope(item, z, a[j, s, 0])


def pull_back_layer(
    item: Any,
    p: Any,
    offset: Any,
    n_in: Any,
    n_out: Any,
    a: Any,
    delta: Any,
    below: Any,
    above: Any,
    count: Any,
    width: Any,
) -> None:
    """delta[below + i, s] = f'(z) Σ_j w_ij delta[above + j, s] for ``count`` samples s.

    f'(z) are the slopes of the units below, of activation ``item``: those that ``hidden_layer``
    left in their places in ``delta``, or what ``a`` at [below + i, s] tells. Mutates ``delta``.
    """
    for s in range(count):
        for i in range(n_in):
            total = 0 * delta[above, s, 0]
            for j in range(n_out):
                total += p[offset + i * n_out + j, 0] * delta[above + j, s, 0]
            if _is_told(type(item)):
                answer = a[below + i, s, 0]
                delta[below + i, s, 0] = slope(item, answer, answer)
            delta[below + i, s, 0] *= total


def gradient_layer(
    x: Any,
    first: Any,
    delta: Any,
    above: Any,
    g: Any,
    offset: Any,
    n_in: Any,
    n_out: Any,
    count: Any,
    width: Any,
) -> None:
    """Add Σ_s x[i, s] delta[above + j, s] to the gradient of w_ij, Σ_s delta to that of bias_j.

    Mutates ``g``; the rest as in ``forward_layer``.
    """
    for j in range(n_out):
        for i in range(n_in):
            for s in range(count):
                g[offset + i * n_out + j, 0] += _value(x, first, i, s) * delta[above + j, s, 0]
        for s in range(count):
            g[offset + n_in * n_out + j, 0] += delta[above + j, s, 0]


# What a rule may call and still be so short that it is written out for every sum of a block.
_CHEAP = {"const", "select", "min", "max", "abs", "np", "sign"}


def _is_told(item_class: Any) -> bool:
    """Whether a = f(z) tells the slope f'(z) without z."""
    return not reads(slope.bodies[item_class], 1)


def _is_cheap(item: Any) -> bool:
    bodies = [rule.bodies[item.instance_class].__code__ for rule in (value, slope)]
    return all(set(b.co_names) <= _CHEAP | set(item.fields) for b in bodies)


def _forward(
    code: Loops,
    inputs: Inputs,
    weights: Any,
    first_weight: Any,
    shape: tuple[Any, Any],
    samples: Any,
    keep: Callable[[list[Any], list[Any], int, Any], None],
) -> None:
    """Write a layer's product; ``keep(sums, [sample, column], n_samples,
    n_columns)`` stores a block of them."""
    inner, outer = shape

    def some(s: Any, n_samples: int, j: Any, n_columns: int) -> None:
        bias = code.index(first_weight, (inner, outer), j)
        biases = [code.load(weights, code.index(bias, c)) for c in range(n_columns)]

        def add(totals: list[Any], at: list[Any]) -> list[Any]:
            steps = [code.index(at[0], (k, inputs.sample)) for k in range(n_samples)]
            ws = [code.load(weights, code.index(at[1], c)) for c in range(n_columns)]
            return code.outer(totals, [inputs.load(step) for step in steps], ws)

        places = [
            (inputs.place(0, s), inputs.unit),
            (code.index(first_weight, j), outer),
        ]
        totals = code.sums(inner, biases * n_samples, places, add)
        keep(totals, [s, j], n_samples, n_columns)

    code.blocks(samples, code.samples, lambda s, n: code.blocks(
        outer, code.columns, lambda j, m: some(s, n, j, m)))  # fmt: skip


@compiled(forward_layer)
def _forward_layer(
    x: Any, first: Any, p: Any, offset: Any, n_in: Any, n_out: Any, z: Any, above: Any, count: Any,
    width: Any,
) -> Any:  # fmt: skip
    def write(code: Loops, *values: Any) -> None:
        data, begin, weights, first_weight, inner, outer, out, place, samples = values

        def keep(totals: list[Any], at: list[Any], n_samples: int, n_columns: int) -> None:
            start = code.index((code.index(place, at[1]), STRIDE), at[0])
            for k in range(n_samples):
                for c in range(n_columns):
                    there = code.index(start, k, (c, STRIDE))
                    code.store(out, there, totals[k * n_columns + c])

        inputs = Inputs(code, x, data, begin, inner)
        _forward(code, inputs, weights, first_weight, (inner, outer), samples, keep)

    return apart("forward", (x, first, p, offset, n_in, n_out, z, above, count, width), write)


@compiled(hidden_layer)
def _hidden_layer(
    item: Any, x: Any, first: Any, p: Any, offset: Any, n_in: Any, n_out: Any, a: Any, slopes: Any,
    above: Any, count: Any, width: Any,
) -> Any:  # fmt: skip
    def write(code: Loops, *values: Any) -> None:
        hypers, data, begin, weights, first_weight, inner, outer, out, bent, place, samples = values
        cheap = _is_cheap(item)

        def activate(there: Any, z: Any) -> None:
            answer = code.applied(answer_of, item, hypers, z)
            code.store(out, there, answer)
            if not _is_told(item.instance_class):
                code.store(bent, there, code.applied(slope_of, item, hypers, z, answer))

        def keep(totals: list[Any], at: list[Any], n_samples: int, n_columns: int) -> None:
            start = code.index((code.index(place, at[1]), STRIDE), at[0])
            for k in range(n_samples):
                for c in range(n_columns):
                    there, total = code.index(start, k, (c, STRIDE)), totals[k * n_columns + c]
                    if cheap:
                        activate(there, total)
                    else:
                        code.store(out, there, total)
            if not cheap:
                code.blocks(n_columns, (1,), lambda c, _: code.blocks(
                    n_samples, (1,), lambda k, _: again(start, k, c)))  # fmt: skip

        def again(start: Any, k: Any, c: Any) -> None:
            there = code.index(start, k, (c, STRIDE))
            activate(there, code.load(out, there))

        inputs = Inputs(code, x, data, begin, inner)
        _forward(code, inputs, weights, first_weight, (inner, outer), samples, keep)

    kinds = item, x, first, p, offset, n_in, n_out, a, slopes, above, count, width
    return apart("hidden", kinds, write)


@compiled(pull_back_layer)
def _pull_back(
    item: Any, p: Any, offset: Any, n_in: Any, n_out: Any, a: Any, delta: Any, below: Any,
    above: Any, count: Any, width: Any,
) -> Any:  # fmt: skip
    def write(code: Loops, *values: Any) -> None:
        hypers, weights, first_weight, inner, outer, answers, data, lower, upper, samples = values
        vector = ir.VectorType(data.type.pointee, code.width)

        def bent(at: Any) -> Any:
            if not _is_told(item.instance_class):
                return code.load(data, at)
            answer = code.load(answers, at)
            return code.applied(slope_of, item, hypers, answer, answer)

        def some(s: Any, n_samples: int, i: Any, n_units: int) -> None:
            rows = [code.index((c, outer)) for c in range(n_units)]

            def add(totals: list[Any], at: list[Any]) -> list[Any]:
                ds = [code.load(data, code.index(at[0], k)) for k in range(n_samples)]
                ws = [code.load(weights, code.index(at[1], row)) for row in rows]
                return code.outer(totals, ds, ws)

            places = [
                (code.index((upper, STRIDE), s), STRIDE),
                (code.index(first_weight, (i, outer)), 1),
            ]
            zeros = [ir.Constant(vector, None)] * (n_samples * n_units)
            totals = code.sums(outer, zeros, places, add)
            start = code.index((code.index(lower, i), STRIDE), s)
            for k in range(n_samples):
                for c in range(n_units):
                    at = code.index(start, k, (c, STRIDE))
                    code.store(data, at, code.builder.fmul(bent(at), totals[k * n_units + c]))

        code.blocks(samples, code.samples, lambda s, n: code.blocks(
            inner, code.columns, lambda i, m: some(s, n, i, m)))  # fmt: skip

    kinds = item, p, offset, n_in, n_out, a, delta, below, above, count, width
    return apart("pull_back", kinds, write)


@compiled(gradient_layer)
def _gradient(
    x: Any, first: Any, delta: Any, above: Any, g: Any, offset: Any, n_in: Any, n_out: Any,
    count: Any, width: Any,
) -> Any:  # fmt: skip
    def write(code: Loops, *values: Any) -> None:
        data, begin, errors, upper, sums, first_weight, inner, outer, samples = values
        inputs = Inputs(code, x, data, begin, inner)

        def error(j: Any, n_columns: int) -> tuple[Any, list[Any]]:
            return code.index((code.index(upper, j), STRIDE)), [
                code.index((c, STRIDE)) for c in range(n_columns)
            ]

        def some(i: Any, n_units: int, j: Any, n_columns: int, bias: bool) -> None:
            start = code.index(first_weight, (i, outer), j)
            grid = [
                code.index(start, (k, outer), c) for k in range(n_units) for c in range(n_columns)
            ]
            if bias:
                below = code.index(first_weight, (inner, outer), j)
                grid += [code.index(below, c) for c in range(n_columns)]
            units = [code.index((k, inputs.unit)) for k in range(n_units)]
            place, columns = error(j, n_columns)

            def add(totals: list[Any], at: list[Any]) -> list[Any]:
                xs = [inputs.load(code.index(at[0], unit)) for unit in units]
                ds = [code.load(errors, code.index(at[1], column)) for column in columns]
                made = code.outer(totals[: n_units * n_columns], xs, ds)
                pairs = zip(totals[n_units * n_columns :], ds, strict=False)
                return made + [code.builder.fadd(total, d) for total, d in pairs]

            places = [(inputs.place(i, 0), inputs.sample), (place, 1)]
            totals = [code.load(sums, at) for at in grid]
            for at, total in zip(grid, code.sums(samples, totals, places, add), strict=True):
                code.store(sums, at, total)

        def column(j: Any, m: int) -> None:
            # The biases' sums go with the first units', whose errors are loaded anyway.
            few = code.units[-2:]
            begin = code.least(inner, few[0])
            code.blocks(begin, few, lambda i, n: some(i, n, j, m, True))
            code.blocks(inner, code.units, lambda i, n: some(i, n, j, m, False), begin)

        code.blocks(outer, code.columns, column)

    return apart("gradient", (x, first, delta, above, g, offset, n_in, n_out, count, width), write)
