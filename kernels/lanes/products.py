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

import hashlib
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.targetconfig import ConfigStack

from kernels.activations import slope, value
from kernels.lanes import (
    REGISTER_BYTES,
    REGISTERS,
    LanesType,
    array_data,
    compiled,
    emit_fma,
    emit_load,
    emit_pointer,
    emit_spread,
    emit_store,
)

_I64 = ir.IntType(64)
# Samples of one unit that are worked on together, and vectors from one unit to the next: some more,
# since units a power of two apart would compete for the same places in the processor's cache.
# Numbers known to the compiler, so that addresses within a block need no registers.
BLOCK, STRIDE = 32, 36


class Own(NamedTuple):
    """``array``: lanes, each network's own units."""

    array: Any


class Shared(NamedTuple):
    """``array``: numbers that are the same for every network, a data set's inputs."""

    array: Any


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
    """a = f(z) and slopes = f'(z), with z of ``forward_layer`` and f the activation ``item``.

    Mutates ``a`` and ``slopes``, both at [above + j, s].
    """
    forward_layer(x, first, p, offset, n_in, n_out, a, above, count, width)
    for j in range(above, above + n_out):
        for s in range(count):
            a[j, s, 0], slopes[j, s, 0] = _activated(item, a[j, s, 0])


def _activated(item: Any, z: Any) -> Any:
    a = value(item, z)
    return a, slope(item, z, a)


def pull_back_layer(
    p: Any,
    offset: Any,
    n_in: Any,
    n_out: Any,
    delta: Any,
    below: Any,
    above: Any,
    count: Any,
    width: Any,
) -> None:
    """delta[below + i, s] *= Σ_j w_ij delta[above + j, s] for ``count`` samples s.

    Mutates ``delta``, which holds the slopes f'(z) of the units below.
    """
    for s in range(count):
        for i in range(n_in):
            total = 0 * delta[above, s, 0]
            for j in range(n_out):
                total += p[offset + i * n_out + j, 0] * delta[above + j, s, 0]
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


def _is_item(kind: Any) -> bool:
    return isinstance(kind, types.BaseNamedTuple) and kind.instance_class not in (Own, Shared)


def _apart(name: str, kinds: tuple[Any, ...], write: Callable[..., None]) -> Any:
    """The signature and code that call what ``write`` writes, as a function of its own.

    Inlined, each use would be compiled again, at each level of kernels that call kernels.
    ``write(loops, *values)`` gets arrays as pointers to their numbers, and no width.
    """
    text = f"{name} {kinds}"
    name = f"lanes_{name}_{hashlib.sha256(text.encode()).hexdigest()[:16]}"
    given = [
        k if isinstance(k, types.Array | types.BaseNamedTuple) else types.intp for k in kinds[:-1]
    ]

    def flat(context: Any, builder: Any, kind: Any, value: Any) -> list[Any]:
        if _is_item(kind):
            return list(cgutils.unpack_tuple(builder, value, len(kind.types)))
        if isinstance(kind, types.BaseNamedTuple):
            value, kind = builder.extract_value(value, 0), kind.types[0]
        isarray = isinstance(kind, types.Array)
        return [array_data(context, builder, kind, value) if isarray else value]

    def whole(context: Any, builder: Any, values: Iterator[Any]) -> Iterator[Any]:
        for kind in given:
            if _is_item(kind):
                fields = [next(values) for _ in kind.types]
                yield context.make_tuple(builder, kind, fields)
            else:
                yield next(values)

    def call(context: Any, builder: Any, arguments: Any) -> Any:
        pairs = zip(given, arguments, strict=False)
        values = [part for kind, value in pairs for part in flat(context, builder, kind, value)]
        function = builder.module.globals.get(name)
        if function is None:
            kind = ir.FunctionType(ir.VoidType(), [value.type for value in values])
            function = ir.Function(builder.module, kind, name)
            function.linkage = "linkonce_odr"
            function.attributes.add("noinline")
            inside = ir.IRBuilder(function.append_basic_block())
            loops = _Loops(context, inside, len(kinds[-1]))
            write(loops, *whole(context, inside, iter(function.args)))
            inside.ret_void()
        builder.call(function, values)
        return context.get_dummy_value()

    return types.void(*given, kinds[-1]), call


class _Loops:
    """Writes loops over vectors into the kernel that is being compiled."""

    def __init__(self, context: Any, builder: Any, width: int) -> None:
        self.context, self.builder, self.width = context, builder, width
        # Registers hold the sums of four samples (units) by six columns, or half of that.
        spread = max(1, self.width * 4 // REGISTER_BYTES)
        self.columns = (6, 2, 1) if REGISTERS == 32 else (3, 2, 1)
        self.samples = (4, 1) if spread == 1 else (2, 1) if spread == 2 else (1,)
        self.units = (4, 2, 1) if spread == 1 else (2, 1) if spread == 2 else (1,)

    def index(self, *terms: Any) -> Any:
        """The sum of integers, each a value or (factor, factor)."""
        total = _I64(0)
        for term in terms:
            if isinstance(term, tuple):
                term = self.builder.mul(*(_int(factor) for factor in term))
            total = self.builder.add(total, _int(term))
        return total

    def load(self, data: Any, index: Any) -> Any:
        """The ``index``-th vector of ``data``."""
        return emit_load(self.builder, emit_pointer(self.builder, data, index, self.width))

    def load_shared(self, data: Any, index: Any) -> Any:
        """The ``index``-th number of ``data``, in all lanes."""
        number = self.builder.load(self.builder.gep(data, [index], inbounds=True))
        return emit_spread(self.builder, number, self.width)

    def store(self, data: Any, index: Any, value: Any) -> None:
        """Put a vector where ``load`` finds it."""
        emit_store(self.builder, value, emit_pointer(self.builder, data, index, self.width))

    def blocks(
        self, count: Any, sizes: tuple[int, ...], body: Callable[[Any, int], None], begin: Any = 0
    ) -> None:
        """Write ``body(first, size)`` so that it covers begin … count-1, larger sizes first."""
        builder = self.builder
        first, count = _int(begin), _int(count)
        for size in sizes:
            before = builder.block
            head, inside, after = (builder.append_basic_block() for _ in range(3))
            builder.branch(head)
            builder.position_at_end(head)
            here = builder.phi(_I64)
            here.add_incoming(first, before)
            past = builder.add(here, _I64(size))
            builder.cbranch(builder.icmp_signed("<=", past, count), inside, after)
            builder.position_at_end(inside)
            body(here, size)
            here.add_incoming(past, builder.block)
            builder.branch(head)
            builder.position_at_end(after)
            first = here

    def sums(
        self,
        count: Any,
        totals: list[Any],
        places: list[tuple[Any, Any]],
        add: Callable[[list[Any], list[Any]], list[Any]],
    ) -> list[Any]:
        """``add(totals, places)`` done ``count`` >= 1 times, the totals in registers.

        ``places`` are (first, step) of indices that move on with each turn.
        """
        builder = self.builder
        before, head = builder.block, builder.append_basic_block()
        after = builder.append_basic_block()
        builder.branch(head)
        builder.position_at_end(head)
        starts = [_I64(0), *totals, *(first for first, _ in places)]
        held = [builder.phi(start.type) for start in starts]
        for phi, start in zip(held, starts, strict=True):
            phi.add_incoming(start, before)
        turn, sums, at = held[0], held[1 : 1 + len(totals)], held[1 + len(totals) :]
        made = add(sums, at)
        moved = [self.index(place, step) for place, (_, step) in zip(at, places, strict=True)]
        turn_after = self.index(turn, 1)
        for phi, value in zip(held, [turn_after, *made, *moved], strict=True):
            phi.add_incoming(value, head)
        end = builder.cbranch(builder.icmp_signed("<", turn_after, count), head, after)
        end.set_metadata("llvm.loop", self._as_it_is())
        builder.position_at_end(after)
        return made

    def _as_it_is(self) -> Any:
        """Metadata of a loop whose body is as large as it should be: not to be unrolled."""
        module = self.builder.module
        wish = module.add_metadata([ir.MetaDataString(module, "llvm.loop.unroll.disable")])
        # LLVM tells loops apart by a first operand that is the node itself.
        node = module.add_metadata([wish, _I64(len(module.metadata))])
        node.operands = (node, wish)
        return node

    def least(self, a: Any, b: Any) -> Any:
        """The smaller of two integers."""
        a, b = _int(a), _int(b)
        return self.builder.select(self.builder.icmp_signed("<", a, b), a, b)

    def activated(self, kind: Any, item: Any, z: Any) -> list[Any]:
        """[f(z), f'(z)] with f the ``item``, of the Numba type ``kind``."""
        double = isinstance(z.type.element, ir.DoubleType)
        lanes = LanesType(types.float64 if double else types.float32, self.width)
        sig = types.UniTuple(lanes, 2)(kind, lanes)
        flags = ConfigStack().top().copy()
        flags.forceinline = True
        made = self.context.compile_subroutine(self.builder, _activated, sig, flags=flags)
        # The rules raise nothing: there is no status to look at.
        _, pair = self.context.call_internal_no_propagate(self.builder, made.fndesc, sig, [item, z])
        return list(cgutils.unpack_tuple(self.builder, pair, 2))

    def outer(self, totals: list[Any], xs: list[Any], ys: list[Any]) -> list[Any]:
        """totals + xs ⊗ ys, the ys running fastest."""
        pairs = [(x, y) for x in xs for y in ys]
        both = zip(pairs, totals, strict=True)
        return [emit_fma(self.builder, x, y, total) for (x, y), total in both]


def _int(value: Any) -> Any:
    return _I64(value) if isinstance(value, int) else value


class _Inputs:
    """How a layer's inputs are read: lanes of ``Own``, or ``Shared`` numbers spread over lanes."""

    def __init__(self, loops: _Loops, kind: Any, data: Any, first: Any, units: Any) -> None:
        self.loops, self.first = loops, first
        self.shared = kind.instance_class is Shared
        self.data = data
        # Numbers are (sample, unit), lanes (unit, sample): the other one is the next in memory.
        self.unit: Any = 1 if self.shared else STRIDE
        self.sample: Any = units if self.shared else 1

    def place(self, unit: Any, sample: Any) -> Any:
        """Index of one value."""
        if self.shared:
            return self.loops.index((self.loops.index(self.first, sample), self.sample), unit)
        return self.loops.index((self.loops.index(self.first, unit), STRIDE), sample)

    def load(self, place: Any) -> Any:
        """The value there, as a vector."""
        read = self.loops.load_shared if self.shared else self.loops.load
        return read(self.data, place)


# What a rule may call and still be so short that it is written out for every sum of a block.
_CHEAP = {"const", "select", "min", "max", "abs", "np", "sign"}


def _is_cheap(item: Any) -> bool:
    bodies = [rule.bodies[item.instance_class].__code__ for rule in (value, slope)]
    return all(set(b.co_names) <= _CHEAP | set(item.fields) for b in bodies)


def _forward(
    code: _Loops,
    inputs: _Inputs,
    weights: Any,
    first_weight: Any,
    shape: tuple[Any, Any],
    samples: Any,
    keep: Callable[[list[Any], list[Any], int, Any], None],
) -> None:
    """Write a layer's product; ``keep(sums, places, n_samples, …)`` stores a block of them."""
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
    def write(code: _Loops, *values: Any) -> None:
        data, begin, weights, first_weight, inner, outer, out, place, samples = values

        def keep(totals: list[Any], at: list[Any], n_samples: int, n_columns: int) -> None:
            start = code.index((code.index(place, at[1]), STRIDE), at[0])
            for k in range(n_samples):
                for c in range(n_columns):
                    there = code.index(start, k, (c, STRIDE))
                    code.store(out, there, totals[k * n_columns + c])

        inputs = _Inputs(code, x, data, begin, inner)
        _forward(code, inputs, weights, first_weight, (inner, outer), samples, keep)

    return _apart("forward", (x, first, p, offset, n_in, n_out, z, above, count, width), write)


@compiled(hidden_layer)
def _hidden_layer(
    item: Any, x: Any, first: Any, p: Any, offset: Any, n_in: Any, n_out: Any, a: Any, slopes: Any,
    above: Any, count: Any, width: Any,
) -> Any:  # fmt: skip
    def write(code: _Loops, *values: Any) -> None:
        hypers, data, begin, weights, first_weight, inner, outer, out, bent, place, samples = values
        cheap = _is_cheap(item)

        def activate(there: Any, z: Any) -> None:
            for target, made in zip((out, bent), code.activated(item, hypers, z), strict=True):
                code.store(target, there, made)

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
                    n_samples, (1,), lambda k, _: again(code.index(start, k, (c, STRIDE)))))  # fmt: skip

        def again(there: Any) -> None:
            activate(there, code.load(out, there))

        inputs = _Inputs(code, x, data, begin, inner)
        _forward(code, inputs, weights, first_weight, (inner, outer), samples, keep)

    kinds = item, x, first, p, offset, n_in, n_out, a, slopes, above, count, width
    return _apart("hidden", kinds, write)


@compiled(pull_back_layer)
def _pull_back(
    p: Any, offset: Any, n_in: Any, n_out: Any, delta: Any, below: Any, above: Any, count: Any,
    width: Any,
) -> Any:  # fmt: skip
    def write(code: _Loops, *values: Any) -> None:
        weights, first_weight, inner, outer, data, lower, upper, samples = values
        vector = ir.VectorType(data.type.pointee, code.width)

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
                    slope = code.load(data, at)
                    code.store(data, at, code.builder.fmul(slope, totals[k * n_units + c]))

        code.blocks(samples, code.samples, lambda s, n: code.blocks(
            inner, code.columns, lambda i, m: some(s, n, i, m)))  # fmt: skip

    return _apart("pull_back", (p, offset, n_in, n_out, delta, below, above, count, width), write)


@compiled(gradient_layer)
def _gradient(
    x: Any, first: Any, delta: Any, above: Any, g: Any, offset: Any, n_in: Any, n_out: Any,
    count: Any, width: Any,
) -> Any:  # fmt: skip
    def write(code: _Loops, *values: Any) -> None:
        data, begin, errors, upper, sums, first_weight, inner, outer, samples = values
        inputs = _Inputs(code, x, data, begin, inner)

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

    return _apart("gradient", (x, first, delta, above, g, offset, n_in, n_out, count, width), write)
