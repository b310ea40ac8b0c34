"""Loops over vectors, written in LLVM's language into functions of their own.

What kernels.lanes.products is made of.
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


def answer_of(item: Any, z: Any) -> Any:
    return value(item, z)


def slope_of(item: Any, z: Any, a: Any) -> Any:
    return slope(item, z, a)


def _is_item(kind: Any) -> bool:
    """Whether a Numba type is that of an item of a catalogue."""
    return getattr(kind, "instance_class", Own) not in (Own, Shared)


def apart(name: str, kinds: tuple[Any, ...], write: Callable[..., None]) -> Any:
    """The signature and code that call what ``write`` writes, as a function of its own.

    Inlined, each use would be compiled again, at each level of kernels that call kernels.
    ``write(loops, *values)`` gets arrays as pointers to their numbers, and no width.
    """
    classes = [getattr(kind, "instance_class", None) for kind in kinds]
    text = f"{name} {kinds} {classes}"
    name = f"lanes_{name}_{hashlib.sha256(text.encode()).hexdigest()[:16]}"
    given: list[Any] = [
        k if isinstance(k, types.Array | types.BaseNamedTuple) else types.intp for k in kinds[:-1]
    ]

    def flat(context: Any, builder: Any, kind: Any, value: Any) -> list[Any]:
        if _is_item(kind):
            return list(cgutils.unpack_tuple(builder, value, len(kind.types)))
        if hasattr(kind, "instance_class"):
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
            loops = Loops(context, inside, len(kinds[-1]))
            write(loops, *whole(context, inside, iter(function.args)))
            inside.ret_void()
        builder.call(function, values)
        return context.get_dummy_value()

    return types.void(*given, kinds[-1]), call


class Loops:
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
        for phi, after_turn in zip(held, [turn_after, *made, *moved], strict=True):
            phi.add_incoming(after_turn, head)
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

    def applied(self, rule: Callable[..., Any], kind: Any, item: Any, *vectors: Any) -> Any:
        """``rule(item, *vectors)``, a vector too, with ``item`` of the Numba type ``kind``."""
        double = isinstance(vectors[0].type.element, ir.DoubleType)
        lanes = LanesType(types.float64 if double else types.float32, self.width)
        sig = lanes(kind, *[lanes] * len(vectors))
        flags = ConfigStack().top().copy()
        flags.forceinline = True
        made = self.context.compile_subroutine(self.builder, rule, sig, flags=flags)
        # The rules raise nothing: there is no status to look at.
        given = [item, *vectors]
        return self.context.call_internal_no_propagate(self.builder, made.fndesc, sig, given)[1]

    def outer(self, totals: list[Any], xs: list[Any], ys: list[Any]) -> list[Any]:
        """totals + xs ⊗ ys, the ys running fastest."""
        pairs = [(x, y) for x in xs for y in ys]
        both = zip(pairs, totals, strict=True)
        return [emit_fma(self.builder, x, y, total) for (x, y), total in both]


def _int(value: Any) -> Any:
    return _I64(value) if isinstance(value, int) else value


class Inputs:
    """How a layer's inputs are read: lanes of ``Own``, or ``Shared`` numbers spread over lanes."""

    def __init__(self, loops: Loops, kind: Any, data: Any, first: Any, units: Any) -> None:
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
