"""Which unit of one network stands for which unit of another: exact where that can be had.

The distance between two networks a and b, over all orders of the hidden units of b (and all signs,
where an activation allows them), is Euclidean: |a - π(b)|², so a large Σ a·π(b). Every layer of
weights lies between two layers of units. Once the orders of every other layer of units are fixed,
each layer of weights has at most one free side, so the sum falls apart into one assignment problem
a free layer, where unit i of a and unit j of b gain (what enters i)·(what enters j) + (what leaves
i)·(what leaves j), or its magnitude where signs are free. Such a problem is solved exactly
(Kuhn 1955; Crouse 2016, as in ``scipy.optimize.linear_sum_assignment``). So the least distance is
the least over the orders of the fixed layers alone:

- one hidden layer: nothing is fixed, one assignment problem;
- two of six units: 720 of them instead of the 6!·6! = 518,400 orders;
- three: the orders of the middle layer.

Orders whose bound cannot reach the best found so far are left out, which changes no result. Where
there are more than ``MOST`` orders to fix, layers are matched in turn until no layer changes, from
several beginnings: weight matching, algorithm 1 of Ainsworth, Hayase & Srinivasa 2022, "Git
Re-Basin" (arXiv 2209.04836, section 3.2). That is a heuristic, and the result says so.
"""

from __future__ import annotations

from itertools import permutations, product
from math import factorial, prod
from typing import NamedTuple

import numpy as np
from scipy.optimize import linear_sum_assignment

from workbench.symmetry import Units

MOST = 50_000  # orders and signs of fixed layers that are gone through
_CHUNK = 512
_ROUNDING = 1e-13  # of the lengths: gains that differ by less are one
_MOST_ROUNDS = 100

Layers = list[np.ndarray]


class Move(NamedTuple):
    """Where a hidden layer's units come from, ``order`` (n,), and their ``signs`` (n,), ±1."""

    order: np.ndarray
    signs: np.ndarray


class Alignment(NamedTuple):
    """One move for each hidden layer of b, the ``distance`` to a that is left, and whether no other
    is nearer (``exact``) or it is what a heuristic found."""

    moves: tuple[Move, ...]
    distance: float
    exact: bool


def align(a: Layers, b: Layers, kinds: list[Units], most: int = MOST) -> Alignment:
    """The moves of the hidden units of ``b`` that bring it nearest to ``a``.

    Layers are (n_in + 1, n_out), the bias last; of one network each, with ``kinds`` of the hidden
    layers and centred, as ``workbench.symmetry.reduce`` makes them. ``most``: how many orders and
    signs of fixed layers are gone through before the heuristic takes over.
    """
    if not kinds:
        return Alignment((), _distance(a, b), True)
    fixed = min(
        (range(start, len(kinds), 2) for start in (0, 1)), key=lambda f: _count(kinds, a, f)
    )
    if _count(kinds, a, fixed) <= most:
        moves = _exhaust(a, b, kinds, list(fixed))
        return Alignment(moves, _distance(a, moved(b, moves)), True)
    found = [_descend(a, b, kinds, begin) for begin in _beginnings(a, b, kinds)]
    gaps = [_distance(a, moved(b, moves)) for moves in found]
    best = int(np.argmin(gaps))
    return Alignment(found[best], gaps[best], False)


def moved(b: Layers, moves: tuple[Move, ...]) -> Layers:
    """``b`` with its hidden units in other places and with other signs; a copy."""
    out = [layer.copy() for layer in b]
    for k, (order, signs) in enumerate(moves):
        out[k] = out[k][:, order] * signs
        out[k + 1][:-1] = out[k + 1][order] * signs[:, None]
    return out


def _distance(a: Layers, b: Layers) -> float:
    return float(np.sqrt(sum(((x - y) ** 2).sum() for x, y in zip(a, b, strict=True))))


def _count(kinds: list[Units], a: Layers, fixed: range) -> int:
    sizes = [a[k].shape[1] for k in fixed]
    # Factorials of large layers would be numbers of thousands of digits.
    if any(n > 12 for n in sizes):
        return MOST**4
    return prod(
        factorial(n) * (2**n if kinds[k].signs else 1) for k, n in zip(fixed, sizes, strict=True)
    )


def _matched(gains: np.ndarray, signs: bool) -> tuple[Move, float]:
    """The order and signs of the greatest sum of ``gains`` (n, n), and that sum."""
    weight = np.abs(gains) if signs else gains
    rows, order = linear_sum_assignment(weight, maximize=True)
    picked = gains[rows, order]
    sign = np.where(picked < 0.0, -1.0, 1.0) if signs else np.ones(len(order))
    return Move(order, sign), float(weight[rows, order].sum())


# -- exact ----------------------------------------------------------------------------------------


def _exhaust(a: Layers, b: Layers, kinds: list[Units], fixed: list[int]) -> tuple[Move, ...]:
    """The best moves, over all orders and signs of the layers ``fixed``."""
    free = [k for k in range(len(kinds)) if k not in fixed]
    lists = [_all_moves(a[k].shape[1], kinds[k].signs) for k in fixed]
    own = [_own(a, b, k, len(kinds), moves) for k, moves in zip(fixed, lists, strict=True)]
    which = np.array(list(product(*(range(len(g)) for g in own))), np.int64)
    which = which.reshape(prod(len(g) for g in own), len(fixed))
    gain = sum((g[which[:, j]] for j, g in enumerate(own)), np.zeros(len(which)))
    descending = np.argsort(-gain, kind="stable")
    slack = _ROUNDING * (sum((x * x).sum() for x in a) + sum((x * x).sum() for x in b))
    ceiling = sum(_ceiling(a, b, k, kinds) for k in free)
    best, choice = -np.inf, {}
    for first in range(0, len(which), _CHUNK):
        chunk = descending[first : first + _CHUNK]
        if gain[chunk[0]] + ceiling <= best + slack:
            break
        at = {
            k: Move(lists[j].order[which[chunk, j]], lists[j].signs[which[chunk, j]])
            for j, k in enumerate(fixed)
        }
        gains = [_gains(a, b, k, at, len(chunk)) for k in free]
        weights = [np.abs(g) if kinds[k].signs else g for k, g in zip(free, gains, strict=True)]
        # Each unit with its best partner, though two may want the same: no assignment gains more.
        bound = gain[chunk] + sum(w.max(2).sum(1) for w in weights)
        for c in np.argsort(-bound, kind="stable"):
            if bound[c] <= best + slack:
                break
            matched = [_matched(g[c], kinds[k].signs) for k, g in zip(free, gains, strict=True)]
            total = gain[chunk[c]] + sum(worth for _, worth in matched)
            if total > best + slack:
                best = total
                choice = {k: Move(m.order[c], m.signs[c]) for k, m in at.items()}
                choice |= {k: move for k, (move, _) in zip(free, matched, strict=True)}
    return tuple(choice[k] for k in range(len(kinds)))


def _all_moves(n: int, signs: bool) -> Move:
    """All orders and signs of n units: arrays (count, n)."""
    orders = np.array(list(permutations(range(n))), np.int64).reshape(-1, n)
    flips = np.array(list(product((1.0, -1.0), repeat=n)) if signs else [[1.0] * n])
    return Move(np.repeat(orders, len(flips), axis=0), np.tile(flips, (len(orders), 1)))


def _own(a: Layers, b: Layers, k: int, count: int, moves: Move) -> np.ndarray:
    """What the moves of a fixed layer gain by weights that no free layer touches."""
    n = a[k].shape[1]
    gains = np.zeros((n, n))
    if k == 0:
        gains += a[0].T @ b[0]
    if k == count - 1:
        gains += a[-1][:-1] @ b[-1][:-1].T
    rows = np.arange(n)
    return np.asarray((gains[rows, moves.order] * moves.signs).sum(1))


def _gains(a: Layers, b: Layers, k: int, at: dict[int, Move], count: int) -> np.ndarray:
    """Gains (count, n, n) of the free layer k, for each of the moves of its neighbours."""
    entering = np.broadcast_to(b[k], (count, *b[k].shape)).copy()
    if k - 1 in at:
        order, signs = at[k - 1]
        entering[:, :-1] = b[k][order] * signs[:, :, None]
    gains = a[k].T @ entering
    leaving = np.broadcast_to(b[k + 1][:-1], (count, *b[k + 1][:-1].shape))
    if k + 1 in at:
        order, signs = at[k + 1]
        leaving = np.moveaxis(b[k + 1][:-1].T[order] * signs[:, :, None], 1, 2)
    return np.asarray(gains + a[k + 1][:-1] @ np.swapaxes(leaving, 1, 2))


def _ceiling(a: Layers, b: Layers, k: int, kinds: list[Units]) -> float:
    """No less than what the free layer k gains, whatever the moves of its neighbours."""

    def most(sign: float) -> np.ndarray:
        entering, leaving = sign * b[k], sign * b[k + 1][:-1]
        if k == 0:
            gains = a[0].T @ entering
        else:
            gains = _rearranged(a[k][:-1].T, entering[:-1].T, kinds[k - 1].signs)
            gains += np.outer(a[k][-1], entering[-1])
        if k == len(kinds) - 1:
            return gains + a[k + 1][:-1] @ leaving.T
        return gains + _rearranged(a[k + 1][:-1], leaving, kinds[k + 1].signs)

    gains = np.maximum(most(1.0), most(-1.0)) if kinds[k].signs else most(1.0)
    return _matched(gains, False)[1]


def _rearranged(u: np.ndarray, v: np.ndarray, signs: bool) -> np.ndarray:
    """For rows of u and v (n, m): the greatest u_i·π(v_j) over all orders (and signs) π, (n, n).
    That of both sorted: the rearrangement inequality."""
    if signs:
        u, v = np.abs(u), np.abs(v)
    return np.asarray(np.sort(u, 1) @ np.sort(v, 1).T)


# -- heuristic ------------------------------------------------------------------------------------


def _beginnings(a: Layers, b: Layers, kinds: list[Units]) -> list[dict[int, Move]]:
    """Where matching in turn begins: units as they are; matched from the inputs on by what enters
    them; and from the outputs back by what leaves them."""
    as_they_are = {
        k: Move(np.arange(a[k].shape[1]), np.ones(a[k].shape[1])) for k in range(len(kinds))
    }
    onward: dict[int, Move] = {}
    for k in range(len(kinds)):
        entering = _from_moved(b[k], onward.get(k - 1))
        onward[k] = _matched(a[k].T @ entering, kinds[k].signs)[0]
    backward: dict[int, Move] = {}
    for k in reversed(range(len(kinds))):
        leaving = _to_moved(b[k + 1][:-1], backward.get(k + 1))
        backward[k] = _matched(a[k + 1][:-1] @ leaving.T, kinds[k].signs)[0]
    return [as_they_are, onward, backward]


def _from_moved(layer: np.ndarray, move: Move | None) -> np.ndarray:
    """A layer (n_in + 1, n_out) after a move of the units that it comes from."""
    if move is None:
        return layer
    return np.vstack([layer[move.order] * move.signs[:, None], layer[-1:]])


def _to_moved(layer: np.ndarray, move: Move | None) -> np.ndarray:
    """Weights after a move of the units that they lead to."""
    return layer if move is None else layer[:, move.order] * move.signs


def _descend(a: Layers, b: Layers, kinds: list[Units], begin: dict[int, Move]) -> tuple[Move, ...]:
    """Match one layer after the other, the others held, until no match gains."""
    at = dict(begin)
    for _ in range(_MOST_ROUNDS):
        better = False
        for k in range(len(kinds)):
            entering = _from_moved(b[k], at.get(k - 1))
            leaving = _to_moved(b[k + 1][:-1], at.get(k + 1))
            gains = a[k].T @ entering + a[k + 1][:-1] @ leaving.T
            move, worth = _matched(gains, kinds[k].signs)
            held = at[k]
            now = float((gains[np.arange(len(gains)), held.order] * held.signs).sum())
            if worth > now + _ROUNDING * np.abs(gains).sum():
                at[k], better = move, True
        if not better:
            break
    return tuple(at[k] for k in range(len(kinds)))
